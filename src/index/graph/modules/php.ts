/**
 * Modules of PHP: which file an imported class is loaded from, and which an `include` names.
 *
 * What a name means is looked up among definitions (`php-names.ts`), because a class need not lie where its name says. Here is what
 * Composer knows: `composer.json` maps namespaces to directories (PSR-4, PSR-0); without it a class is in the file of its name that
 * says the namespace. Paths of `include` are tried beside the file, then from the root and the directories above the file.
 *
 * Absent: class maps, of which every class is found by its name, and what is in `vendor` and not in the repository.
 */
import type { ModuleResolver, ModuleRules, ModuleTarget, ModuleWorld } from '../modules.ts';
import { normalWithin, sharedDirectories } from '../paths.ts';

const external: ModuleTarget = { kind: 'external' };
const missing: ModuleTarget = { kind: 'missing' };

const directoryOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));
const join = (directory: string, path: string): string => (directory === '' ? path : `${directory}/${path}`);

/** A namespace and a directory that holds it. */
interface Mapping {
  /** With a backslash at its end; `''` is every namespace. */
  readonly prefix: string;
  readonly directory: string;
  /** PSR-0: the namespace's own directories lie below, and `_` in a class's name is a directory as well. */
  readonly whole: boolean;
}

class PhpModules implements ModuleResolver {
  readonly #world: ModuleWorld;
  /** Longest prefixes first. */
  readonly #mappings: readonly Mapping[];
  /** Files by namespace and name, `Shop\Order`, as far as the name of the file tells. */
  readonly #byName = new Map<string, string[]>();
  readonly #namespaces = new Set<string>();

  constructor(world: ModuleWorld) {
    this.#world = world;
    const mappings: Mapping[] = [];
    for (const path of ['composer.json', ...world.paths.filter((path) => path.endsWith('/composer.json'))]) {
      mappings.push(...mappingsOf(world.read(path), directoryOf(path)));
    }
    this.#mappings = mappings.sort((a, b) => b.prefix.length - a.prefix.length || (a.directory < b.directory ? -1 : 1));
    for (const path of world.paths) {
      if (!/\.(php|inc|phtml)$/.test(path)) continue;
      const namespace = world.packageOf(path) ?? '';
      this.#namespaces.add(namespace);
      const name = `${namespace}\\${path.slice(path.lastIndexOf('/') + 1).replace(/(\.class)?\.\w+$/, '')}`;
      const known = this.#byName.get(name);
      if (known === undefined) this.#byName.set(name, [path]);
      else known.push(path);
    }
  }

  resolve(from: string, module: string, name: string): ModuleTarget {
    if (name === '*') return this.#included(from, module);
    const whole = module === '' ? name : `${module}\\${name}`;
    const loaded = this.#mapped(whole, from);
    if (loaded.length > 0) return { kind: 'files', paths: loaded };
    const named = nearest(this.#byName.get(`${module}\\${name}`) ?? [], from);
    if (named.length > 0) return { kind: 'files', paths: named };
    const isOwn = this.#namespaces.has(module) && module !== '';
    return isOwn || this.#mappings.some(({ prefix }) => prefix !== '' && whole.startsWith(prefix)) ? missing : external;
  }

  child(): ModuleTarget | null {
    return null;
  }

  visible(): readonly string[] {
    return nobody;
  }

  /** Files that the longest mapped namespaces say, the nearest package's first. */
  #mapped(whole: string, from: string): string[] {
    const found: string[] = [];
    for (const { prefix, directory, whole: keeps } of this.#mappings) {
      if (!whole.startsWith(prefix)) continue;
      const rest = keeps ? whole : whole.slice(prefix.length);
      const end = rest.lastIndexOf('\\') + 1;
      const base = keeps ? rest.slice(end).replaceAll('_', '/') : rest.slice(end);
      const path = join(directory, `${rest.slice(0, end).replaceAll('\\', '/')}${base}.php`);
      if (this.#world.has(path) && !found.includes(path)) found.push(path);
    }
    return nearest(found, from);
  }

  #included(from: string, path: string): ModuleTarget {
    const start = directoryOf(from);
    const beside = normalWithin(join(start, path));
    if (beside !== null && this.#world.has(beside)) return { kind: 'files', paths: [beside] };
    if (path.startsWith('.')) return missing;
    for (let directory = start; directory !== ''; directory = directoryOf(directory)) {
      const found = normalWithin(join(directoryOf(directory), path));
      if (found !== null && this.#world.has(found)) return { kind: 'files', paths: [found] };
    }
    return missing;
  }
}

const nobody: readonly string[] = [];

/** Those that share the most directories with a path first. */
const nearest = (paths: readonly string[], from: string): string[] =>
  [...paths].sort((a, b) => sharedDirectories(b, from) - sharedDirectories(a, from) || (a < b ? -1 : 1));

/** What a `composer.json` maps; broken ones map nothing. */
function mappingsOf(text: string | null, directory: string): Mapping[] {
  const manifest = text === null ? null : parsed(text);
  const found: Mapping[] = [];
  for (const section of ['autoload', 'autoload-dev']) {
    const rules = fieldOf(manifest, section);
    for (const standard of ['psr-4', 'psr-0']) {
      const map = fieldOf(rules, standard);
      if (typeof map !== 'object' || map === null) continue;
      for (const [prefix, value] of Object.entries(map)) {
        for (const one of Array.isArray(value) ? value : [value]) {
          const place = typeof one === 'string' ? normalWithin(join(directory, one)) : null;
          if (place !== null) found.push({ prefix, directory: place, whole: standard === 'psr-0' });
        }
      }
    }
  }
  return found;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;

export const php: ModuleRules = {
  languages: ['php'],
  open: (world) => new PhpModules(world),
};
