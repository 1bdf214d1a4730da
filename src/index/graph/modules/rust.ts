/**
 * Modules of Rust: crates and the files of their modules.
 *
 * The idea: a file's place tells its module (`src/a/b.rs` and `src/a/b/mod.rs` are `crate::a::b`), a crate's root is where `Cargo.toml`
 * or custom puts it, and crates of the worktree know each other by name. Whether a module is declared does not matter: a file that no
 * `mod` names is not compiled, and nothing can mean it. `#[path]` is told by the file that says it (`FileLinks.package`).
 *
 * Absent: renamed dependencies, what `cfg` leaves out, and which of the crates a manifest really depends on.
 */
import type { ModuleResolver, ModuleRules, ModuleTarget, ModuleWorld } from '../modules.ts';
import { normal, sharedParts } from '../paths.ts';

const external: ModuleTarget = { kind: 'external' };

const directoryOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));
const join = (directory: string, name: string): string => (directory === '' ? name : `${directory}/${name}`);
const baseOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Directories of a package whose files, and directories with a `main.rs`, are crates of their own. */
const crateDirectories = ['src/bin', 'tests', 'examples', 'benches'];

interface Package {
  readonly directory: string;
  /** As paths write it: `-` is `_`. */
  readonly name: string;
  /** Root of the library, or `null`. */
  readonly library: string | null;
  /** Roots of binaries that the manifest names, and the usual one. */
  readonly binaries: readonly string[];
}

class RustModules implements ModuleResolver {
  readonly #world: ModuleWorld;
  readonly #packages = new Map<string, Package>();
  /** Libraries by name. */
  readonly #libraries = new Map<string, string[]>();
  readonly #roots = new Set<string>();
  /** Files of modules whose place `#[path]` tells: by declaring file and name, and back. */
  readonly #placed = new Map<string, string>();
  readonly #placedIn = new Map<string, string>();

  constructor(world: ModuleWorld) {
    this.#world = world;
    for (const path of world.paths) {
      if (baseOf(path) === 'Cargo.toml') this.#addPackage(path);
      else if (path.endsWith('.rs')) this.#addPlaced(path, world.packageOf(path));
    }
  }

  resolve(from: string, module: string): ModuleTarget {
    const words = module.split('::');
    let at = this.#start(from, words);
    if (at === null) return external;
    for (let word = words.shift(); word !== undefined; word = words.shift()) {
      // What is no module is something in it.
      const below = this.#child(at, word);
      if (below === null) break;
      at = below;
    }
    return this.#target(at, from);
  }

  child(of: string, name: string): ModuleTarget | null {
    const found = name === 'super' ? this.#parent(of) : this.#child(of, name);
    return found === null ? null : { kind: 'files', paths: [found] };
  }

  visible(): readonly string[] {
    return [];
  }

  /** Where a path begins; its first words are taken off. */
  #start(from: string, words: string[]): string | null {
    if (words[0] === 'crate' || words[0] === '$crate') {
      words.shift();
      return this.#rootOf(from);
    }
    if (words[0] === '') {
      words.shift();
      return this.#crate(words.shift() ?? '', from);
    }
    if (words[0] === 'self' || words[0] === 'super') {
      let at: string | null = from;
      for (; words[0] === 'self' || words[0] === 'super'; words.shift()) {
        if (words[0] === 'super' && at !== null) at = this.#parent(at);
      }
      return at;
    }
    const name = words.shift() ?? '';
    return this.#child(from, name) ?? this.#crate(name, from);
  }

  /** The other crate of the package is looked into when the first has not got the name. */
  #target(path: string, from: string): ModuleTarget {
    const found = this.#packageAround(from);
    if (found === null || from === path || path !== found.library) return { kind: 'files', paths: [path] };
    return { kind: 'files', paths: [path, ...found.binaries.filter((root) => root !== path && this.#world.has(root))] };
  }

  #crate(name: string, from: string): string | null {
    const found = this.#libraries.get(name);
    if (found === undefined) return null;
    const near = (path: string): number => sharedParts(path, from);
    return [...found].sort((a, b) => near(b) - near(a) || (a < b ? -1 : 1))[0] ?? null;
  }

  #child(of: string, name: string): string | null {
    const placed = this.#placed.get(`${of}\0${name}`);
    if (placed !== undefined) return placed;
    // `a/b` is the file of `mod a { mod b; }`.
    if (!/^\w+(\/\w+)*$/.test(name)) return null;
    const directory = this.#directoryOf(of);
    const beside = join(directory, `${name}.rs`);
    if (beside !== of && this.#world.has(beside)) return beside;
    const below = join(join(directory, name), 'mod.rs');
    return below !== of && this.#world.has(below) ? below : null;
  }

  /** Where the modules below a file's lie. */
  #directoryOf(file: string): string {
    if (baseOf(file) === 'mod.rs' || this.#isRoot(file)) return directoryOf(file);
    return file.replace(/\.rs$/, '');
  }

  #parent(file: string): string | null {
    const placed = this.#placedIn.get(file);
    if (placed !== undefined) return placed;
    if (this.#isRoot(file)) return null;
    let directory = baseOf(file) === 'mod.rs' ? directoryOf(directoryOf(file)) : directoryOf(file);
    // A module that is written inside a file has a directory and no file: its parent is further up.
    for (; directory !== '' && !this.#packages.has(directory); directory = directoryOf(directory)) {
      const found = this.#moduleOf(directory);
      if (found !== null) return found;
    }
    return this.#moduleOf(directory);
  }

  /** The file of the module that a directory belongs to. */
  #moduleOf(directory: string): string | null {
    const usual = [join(directory, 'mod.rs'), `${directory}.rs`, join(directory, 'lib.rs'), join(directory, 'main.rs')];
    const found = usual.find((path) => this.#world.has(path));
    return found ?? this.#world.inDirectory(directory).find((path) => this.#roots.has(path)) ?? null;
  }

  #isRoot(file: string): boolean {
    if (this.#roots.has(file)) return true;
    const base = baseOf(file);
    if (base === 'lib.rs' || base === 'main.rs' || base === 'build.rs') return true;
    const found = this.#packageAround(file);
    return found !== null && crateDirectories.some((one) => join(found.directory, one) === directoryOf(file));
  }

  /** The root of the crate that a file belongs to. */
  #rootOf(file: string): string {
    let at = file;
    for (let steps = 0; steps < 64; steps++) {
      const above = this.#parent(at);
      if (above === null || above === at) break;
      at = above;
    }
    return at;
  }

  #packageAround(file: string): Package | null {
    for (let directory = directoryOf(file); ; directory = directoryOf(directory)) {
      const found = this.#packages.get(directory);
      if (found !== undefined) return found;
      if (directory === '') return null;
    }
  }

  #addPackage(manifest: string): void {
    const text = this.#world.read(manifest);
    if (text === null) return;
    const directory = directoryOf(manifest);
    const tables = tablesOf(text);
    const own = tables.find(({ name }) => name === 'package');
    if (own === undefined) return;
    const written = own.values.get('name') ?? baseOf(directory);
    const library = tables.find(({ name }) => name === 'lib')?.values;
    const libraryPath = join(directory, library?.get('path') ?? 'src/lib.rs');
    const binaries = tables
      .filter(({ name }) => /^(bin|test|example|bench)$/.test(name))
      .flatMap(({ values }) => values.get('path') ?? [])
      .map((path) => join(directory, path));
    const found: Package = {
      directory,
      name: (library?.get('name') ?? written).replaceAll('-', '_'),
      library: this.#world.has(libraryPath) ? libraryPath : null,
      binaries: [...binaries, join(directory, 'src/main.rs')],
    };
    this.#packages.set(directory, found);
    for (const root of [libraryPath, ...found.binaries]) this.#roots.add(root);
    if (found.library === null) return;
    this.#libraries.set(found.name, [...(this.#libraries.get(found.name) ?? []), found.library]);
  }

  #addPlaced(path: string, told: string | null): void {
    if (told === null) return;
    for (const line of told.split('\n')) {
      const [name = '', place = ''] = line.split('=', 2);
      const file = normal(join(directoryOf(path), place));
      if (!this.#world.has(file)) continue;
      this.#placed.set(`${path}\0${name}`, file);
      this.#placedIn.set(file, path);
    }
  }
}

/** Tables of a manifest with their plain strings: all that is read of TOML here. */
function tablesOf(text: string): { name: string; values: Map<string, string> }[] {
  const tables: { name: string; values: Map<string, string> }[] = [];
  for (const line of text.split('\n')) {
    const header = /^\s*\[\[?([\w.-]+)\]\]?/.exec(line);
    if (header !== null) tables.push({ name: header[1] as string, values: new Map() });
    const entry = /^\s*([\w-]+)\s*=\s*"([^"]*)"/.exec(line);
    if (entry !== null) tables.at(-1)?.values.set(entry[1] as string, entry[2] as string);
  }
  return tables;
}

export const rust: ModuleRules = {
  languages: ['rust'],
  open: (world) => new RustModules(world),
};
