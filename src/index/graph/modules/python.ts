/**
 * Modules of Python.
 *
 * The idea: nobody tells which directories are on `sys.path`, so they are read off the packages. Going up from a
 * file while there is an `__init__.py` leads to the root it is imported from. An absolute import is looked for
 * in the importing file's own root (a script's directory, pytest's `rootdir`), then at the top and in `src`,
 * where directories without `__init__.py` count too, and last in the roots of other packages, the nearest first.
 *
 * Absent: `sys.path` changed at run time, `.pth` files, `pkgutil` paths, and what `pyproject.toml` maps elsewhere.
 */
import type { ModuleResolver, ModuleRules, ModuleTarget, ModuleWorld } from '../modules.ts';
import { sharedParts } from '../paths.ts';
import { pythonStandardModules } from './python-names.ts';

const external: ModuleTarget = { kind: 'external' };
const missing: ModuleTarget = { kind: 'missing' };

/** Packages below these are made to be tested with or copied in: only files of the same root import them. */
const aside = /(^|\/)(tests?|testing|testdata|test-data|fixtures|examples?|vendor|_vendor|third_party|typeshed)(\/|$)/;

const directoryOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));
const join = (directory: string, name: string): string => (directory === '' ? name : `${directory}/${name}`);

class PythonModules implements ModuleResolver {
  readonly #world: ModuleWorld;
  /** Roots by the top-level packages they hold. */
  readonly #rootsOf = new Map<string, string[]>();
  readonly #ownRoots = new Map<string, string>();

  constructor(world: ModuleWorld) {
    this.#world = world;
    for (const path of world.paths) {
      if (!path.endsWith('/__init__.py') && !path.endsWith('/__init__.pyi')) continue;
      const directory = directoryOf(path);
      const root = directoryOf(directory);
      if (this.#isPackage(root)) continue;
      const name = directory.slice(root === '' ? 0 : root.length + 1);
      const roots = this.#rootsOf.get(name) ?? [];
      if (!roots.includes(root)) roots.push(root);
      this.#rootsOf.set(name, roots);
    }
  }

  resolve(from: string, module: string): ModuleTarget {
    const dots = /^\.*/.exec(module)?.[0].length ?? 0;
    const names = module
      .slice(dots)
      .split('.')
      .filter((name) => name !== '');
    let found: ModuleTarget | null;
    if (dots > 0) {
      let directory = directoryOf(from);
      for (let up = 1; up < dots; up++) directory = directoryOf(directory);
      found = this.#package(directory);
    } else {
      found = this.#top(from, names.shift() ?? '');
      if (found === null) return external;
    }
    for (const name of names) {
      found = found === null ? null : this.#below(found, name);
    }
    return found ?? missing;
  }

  child(of: string, name: string): ModuleTarget | null {
    if (!of.endsWith('.py') && !of.endsWith('.pyi')) return this.#module(of, name, true);
    return /(^|\/)__init__\.pyi?$/.test(of) ? this.#module(directoryOf(of), name, true) : null;
  }

  visible(): readonly string[] {
    return [];
  }

  bound(module: string, alias: string): string {
    // `import a.b as a` is read as `import a.b`: who writes it gets `a`, whose member `b` is found all the same.
    return module.startsWith(`${alias}.`) ? alias : module;
  }

  #isPackage(directory: string): boolean {
    const init = join(directory, '__init__.py');
    return this.#world.has(init) || this.#world.has(`${init}i`);
  }

  /** The first directory above the file that is no package. */
  #ownRoot(from: string): string {
    const start = directoryOf(from);
    const known = this.#ownRoots.get(start);
    if (known !== undefined) return known;
    let root = start;
    while (root !== '' && this.#isPackage(root)) root = directoryOf(root);
    this.#ownRoots.set(start, root);
    return root;
  }

  #top(from: string, name: string): ModuleTarget | null {
    const own = this.#ownRoot(from);
    const standard = pythonStandardModules.has(name);
    for (const root of new Set([own, '', 'src'])) {
      if (standard && root !== own) continue;
      const found = this.#module(root, name, false);
      if (found !== null) return found;
    }
    if (standard) return null;
    const elsewhere = (this.#rootsOf.get(name) ?? []).filter(
      (root) => !aside.test(root) || from.startsWith(`${root}/`),
    );
    const [nearest] = elsewhere.sort(
      (a, b) => sharedParts(b, from) - sharedParts(a, from) || a.length - b.length || (a < b ? -1 : 1),
    );
    if (nearest !== undefined) return this.#module(nearest, name, false);
    for (const root of new Set([own, '', 'src'])) {
      const found = this.#module(root, name, true);
      if (found !== null) return found;
    }
    return null;
  }

  #below(of: ModuleTarget, name: string): ModuleTarget | null {
    if (of.kind === 'directory') return this.child(of.path, name);
    return of.kind === 'files' ? this.child(of.paths[0] as string, name) : null;
  }

  #module(directory: string, name: string, namespaces: boolean): ModuleTarget | null {
    const base = join(directory, name);
    return (
      this.#files(`${base}/__init__.py`) ??
      this.#files(`${base}.py`) ??
      (namespaces && this.#world.isDirectory(base) ? { kind: 'directory', path: base } : null)
    );
  }

  #package(directory: string): ModuleTarget | null {
    return this.#files(join(directory, '__init__.py')) ?? { kind: 'directory', path: directory };
  }

  /** A module and its stub, which says what the module's own text may not. */
  #files(path: string): ModuleTarget | null {
    const paths = [path, `${path}i`].filter((one) => this.#world.has(one));
    return paths.length === 0 ? null : { kind: 'files', paths };
  }
}

export const python: ModuleRules = {
  languages: ['python'],
  open: (world) => new PythonModules(world),
};
