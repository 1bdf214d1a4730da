/**
 * Modules of Java: packages, by what files say that they belong to, wherever they lie.
 *
 * The idea: source roots need not be known. A package is all files that name it, from every module and from tests; of several
 * files for one type (modules for several platforms) the one whose path begins most alike counts first. A public type
 * has the file of its name, which the language demands, so no file is read to find it.
 *
 * Absent: module descriptors and what they hide, and which build module depends on which.
 */
import type { ModuleResolver, ModuleRules, ModuleTarget, ModuleWorld } from '../modules.ts';
import { sharedLength } from '../paths.ts';

const external: ModuleTarget = { kind: 'external' };
const missing: ModuleTarget = { kind: 'missing' };
const nobody: readonly string[] = [];

class JavaModules implements ModuleResolver {
  readonly #world: ModuleWorld;
  /** Files by package, ascending. */
  readonly #packages = new Map<string, string[]>();

  constructor(world: ModuleWorld) {
    this.#world = world;
    for (const path of world.paths) {
      if (!path.endsWith('.java')) continue;
      const name = world.packageOf(path) ?? '';
      const known = this.#packages.get(name);
      if (known === undefined) this.#packages.set(name, [path]);
      else known.push(path);
    }
  }

  resolve(from: string, module: string, name: string): ModuleTarget {
    const names = module.split('.');
    // The longest beginning that is a package; what follows are types, one in the other.
    for (let count = names.length; count > 0; count--) {
      const files = this.#packages.get(names.slice(0, count).join('.'));
      if (files === undefined) continue;
      const [outer, ...inner] = names.slice(count);
      if (outer !== undefined) {
        const paths = withType(files, outer, from);
        if (paths.length > 0) return { kind: 'files', paths, inside: [outer, ...inner] };
        // What begins with a small letter is a package, and not one of these.
        return /^\p{Ll}/u.test(outer) ? external : missing;
      }
      if (name === '*') return { kind: 'files', paths: files };
      const paths = withType(files, name, from);
      return paths.length > 0 ? { kind: 'files', paths } : missing;
    }
    return external;
  }

  child(): ModuleTarget | null {
    return null;
  }

  visible(from: string): readonly string[] {
    return this.#packages.get(this.#world.packageOf(from) ?? '') ?? nobody;
  }
}

/** Files that a public type of the name has, the likest path first. */
function withType(files: readonly string[], type: string, from: string): string[] {
  const end = `/${type}.java`;
  const found = files.filter((path) => path.endsWith(end) || path === end.slice(1));
  return found.sort((a, b) => sharedLength(b, from) - sharedLength(a, from) || (a < b ? -1 : 1));
}

export const java: ModuleRules = {
  languages: ['java'],
  open: (world) => new JavaModules(world),
};
