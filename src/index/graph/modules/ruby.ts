/**
 * Modules of Ruby: which files `require`, `require_relative`, `load` and `autoload` mean.
 *
 * The idea: nobody tells what is on `$LOAD_PATH`, so it is read off the directories: a `lib`, wherever it lies, is where a gem is required from,
 * and so are `app/*`, `test` and `spec`, and the top for programs. Of several the one that shares most of its path with the
 * importing file wins. Constants need no such path: they are known all over the repository by their names.
 *
 * Absent: `$LOAD_PATH` changed at run time, `Gemfile` paths, `Bundler.require`, and libraries in C.
 */
import type { ModuleResolver, ModuleRules, ModuleTarget, ModuleWorld } from '../modules.ts';
import { normalWithin, sharedDirectories } from '../paths.ts';

const external: ModuleTarget = { kind: 'external' };
const missing: ModuleTarget = { kind: 'missing' };
const nobody: readonly string[] = [];

const directoryOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** Directories that files are required from. */
const root = /^(?:.*\/)?(?:lib|test|spec|app\/[^/]+(?:\/concerns)?|ext)$/;

class RubyModules implements ModuleResolver {
  readonly #world: ModuleWorld;
  /** Files by what follows a root, without `.rb`. */
  readonly #byName = new Map<string, string[]>();
  /** First names of what lies in the roots: a gem that is here has all its files here. */
  readonly #tops = new Set<string>();

  constructor(world: ModuleWorld) {
    this.#world = world;
    for (const path of world.paths) {
      if (!path.endsWith('.rb')) continue;
      let at = path.indexOf('/');
      for (; at >= 0; at = path.indexOf('/', at + 1)) {
        if (root.test(path.slice(0, at))) this.#add(path.slice(at + 1, -3), path);
      }
    }
  }

  #add(name: string, path: string): void {
    const known = this.#byName.get(name);
    if (known === undefined) this.#byName.set(name, [path]);
    else known.push(path);
    const slash = name.indexOf('/');
    if (slash > 0) this.#tops.add(name.slice(0, slash));
  }

  resolve(from: string, module: string): ModuleTarget {
    const name = module.replace(/\.rb$/, '');
    if (/^\.\.?\//.test(name)) {
      // What counts from the file, or in `require './a'` from where the program was started.
      return this.#file(normalWithin(`${directoryOf(from)}/${name}`)) ?? this.#file(normalWithin(name)) ?? missing;
    }
    if (name.startsWith('/')) return external;
    const [nearest] = [...(this.#byName.get(name) ?? [])].sort(
      (a, b) => sharedDirectories(b, from) - sharedDirectories(a, from) || a.length - b.length || (a < b ? -1 : 1),
    );
    if (nearest !== undefined) return { kind: 'files', paths: [nearest] };
    const atTop = this.#file(name);
    if (atTop !== null) return atTop;
    const slash = name.indexOf('/');
    return slash > 0 && this.#tops.has(name.slice(0, slash)) ? missing : external;
  }

  child(): ModuleTarget | null {
    return null;
  }

  visible(): readonly string[] {
    return nobody;
  }

  #file(name: string | null): ModuleTarget | null {
    if (name === null) return null;
    const path = [`${name}.rb`, name].find((one) => this.#world.has(one));
    return path === undefined ? null : { kind: 'files', paths: [path] };
  }
}

export const ruby: ModuleRules = {
  languages: ['ruby'],
  open: (world) => new RubyModules(world),
};
