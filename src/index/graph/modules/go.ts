/**
 * Modules of Go: an import names a directory below one of the repository's modules.
 *
 * The idea: every `go.mod` gives a prefix of import paths and the directory that it stands for; the longest prefix wins. A package
 * is the files of a directory with one package clause; files for other systems are part of it, since which are built is not
 * known. Without any `go.mod` (sources as they lie in a GOPATH) the longest end of the path that is a directory counts.
 *
 * Absent: `replace` and `go.work` (the modules they lead to are found by their own names), vendored copies, which are other
 * people's, and build constraints.
 */
import type { ModuleResolver, ModuleRules, ModuleTarget, ModuleWorld } from '../modules.ts';

const external: ModuleTarget = { kind: 'external' };
const missing: ModuleTarget = { kind: 'missing' };
const nobody: readonly string[] = [];

interface Root {
  /** Import path of the module. */
  readonly name: string;
  readonly directory: string;
}

/** Files of one directory with one package clause. */
interface Package {
  readonly name: string;
  readonly files: readonly string[];
  /** `files` without tests, which no other package sees. */
  readonly shown: readonly string[];
}

const directoryOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));
const isTest = (path: string): boolean => path.endsWith('_test.go');

class GoModules implements ModuleResolver {
  readonly #world: ModuleWorld;
  readonly #packages = new Map<string, readonly Package[]>();
  #roots: readonly Root[] | null = null;

  constructor(world: ModuleWorld) {
    this.#world = world;
  }

  resolve(from: string, module: string): ModuleTarget {
    const roots = this.#allRoots();
    for (const { name, directory } of roots) {
      if (module !== name && !module.startsWith(`${name}/`)) continue;
      const below = module.slice(name.length + 1);
      return this.#imported(from, below === '' ? directory : directory === '' ? below : `${directory}/${below}`);
    }
    return roots.length === 0 ? this.#byEnd(from, module) : external;
  }

  child(): ModuleTarget | null {
    return null;
  }

  visible(from: string): readonly string[] {
    const own = this.#of(directoryOf(from)).find(({ files }) => files.includes(from));
    if (own === undefined) return nobody;
    return isTest(from) ? own.files : own.shown;
  }

  isCalled({ paths }: Extract<ModuleTarget, { kind: 'files' }>, name: string): boolean {
    return this.#world.packageOf(paths[0] ?? '') === name;
  }

  #imported(from: string, directory: string): ModuleTarget {
    const [found] = this.#of(directory).filter(({ shown }) => shown.length > 0);
    if (found === undefined) return missing;
    // Tests of a package from outside see what tests inside it show them.
    const isOwnTest = isTest(from) && directoryOf(from) === directory;
    return { kind: 'files', paths: isOwnTest ? found.files : found.shown };
  }

  #byEnd(from: string, module: string): ModuleTarget {
    const names = module.split('/');
    // The standard library's paths begin without a host, and a single word says too little.
    if (!(names[0] as string).includes('.')) return external;
    for (let at = 1; at < names.length; at++) {
      const directory = names.slice(at).join('/');
      if (this.#of(directory).length > 0) return this.#imported(from, directory);
    }
    return external;
  }

  /** Packages of a directory: the one with most files first. */
  #of(directory: string): readonly Package[] {
    let known = this.#packages.get(directory);
    if (known !== undefined) return known;
    const byName = new Map<string, string[]>();
    for (const path of this.#world.inDirectory(directory)) {
      if (!path.endsWith('.go')) continue;
      const name = this.#world.packageOf(path) ?? '';
      const files = byName.get(name);
      if (files === undefined) byName.set(name, [path]);
      else files.push(path);
    }
    known = [...byName]
      .map(([name, files]) => ({ name, files, shown: files.filter((path) => !isTest(path)) }))
      .sort((a, b) => b.shown.length - a.shown.length || (a.name < b.name ? -1 : 1));
    this.#packages.set(directory, known);
    return known;
  }

  /** Longest names first. */
  #allRoots(): readonly Root[] {
    if (this.#roots !== null) return this.#roots;
    const world = this.#world;
    const places = new Set(['go.mod']);
    for (const path of world.paths) if (path.endsWith('/go.mod')) places.add(path);
    const roots: Root[] = [];
    for (const path of places) {
      const text = world.read(path);
      const found = text === null ? null : /^\s*module\s+(?:"([^"\s]+)"|([^\s"]+))/m.exec(text);
      const name = found?.[1] ?? found?.[2];
      if (name !== undefined) roots.push({ name, directory: directoryOf(path) });
    }
    this.#roots = roots.sort((a, b) => b.name.length - a.name.length || (a.directory < b.directory ? -1 : 1));
    return this.#roots;
  }
}

export const go: ModuleRules = {
  languages: ['go'],
  open: (world) => new GoModules(world),
};
