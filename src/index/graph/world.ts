/** A worktree as module rules see it: the set of paths, and the few configuration files that they ask for. */
import type { ModuleWorld } from './modules.ts';

export interface WorldParts {
  /** Ascending. */
  readonly paths: readonly string[];
  /** Text of a file of the worktree; `null` when it is not there or not text. */
  readonly read: (path: string) => string | null;
  readonly packageOf: (path: string) => string | null;
}

export class World implements ModuleWorld {
  readonly paths: readonly string[];
  /** What was asked for by `read`, with the answers. */
  readonly consulted = new Map<string, string | null>();
  readonly #parts: WorldParts;
  readonly #known: ReadonlySet<string>;
  #directories: Map<string, string[]> | null = null;

  constructor(parts: WorldParts) {
    this.paths = parts.paths;
    this.#parts = parts;
    this.#known = new Set(parts.paths);
  }

  has(path: string): boolean {
    return this.#known.has(path);
  }

  inDirectory(directory: string): readonly string[] {
    return this.#byDirectory().get(directory) ?? [];
  }

  isDirectory(directory: string): boolean {
    return this.#byDirectory().has(directory);
  }

  read(path: string): string | null {
    const known = this.consulted.get(path);
    if (known !== undefined) return known;
    const text = this.#parts.read(path);
    this.consulted.set(path, text);
    return text;
  }

  packageOf(path: string): string | null {
    return this.#parts.packageOf(path);
  }

  /** Directories that hold files or directories, each with the files directly in it. */
  #byDirectory(): Map<string, string[]> {
    if (this.#directories !== null) return this.#directories;
    const found = new Map<string, string[]>([['', []]]);
    for (const path of this.paths) {
      let directory = path.slice(0, Math.max(0, path.lastIndexOf('/')));
      const files = found.get(directory);
      if (files !== undefined) {
        files.push(path);
        continue;
      }
      found.set(directory, [path]);
      while (directory !== '') {
        directory = directory.slice(0, Math.max(0, directory.lastIndexOf('/')));
        if (found.has(directory)) break;
        found.set(directory, []);
      }
    }
    this.#directories = found;
    return found;
  }
}
