/**
 * Includes of C and C++.
 *
 * The idea: nobody tells the search path, so it is read off the paths themselves. An include is looked for beside the file, then as the
 * end of any header's path; of several the one that shares most of its beginning with the file is meant. Headers of
 * the standard library count as the repository's only where they lie beside the file.
 *
 * A header that is not there but would lie in a directory that has others is made by a build: it is missing, not external.
 *
 * Absent: what compilers are told (`-I`, `compile_commands.json`), and whether an include stands in an `#if` that does not hold.
 */
import type { ModuleResolver, ModuleRules, ModuleTarget, ModuleWorld } from '../modules.ts';
import { normal, sharedParts } from '../paths.ts';

const external: ModuleTarget = { kind: 'external' };
const missing: ModuleTarget = { kind: 'missing' };

/** C11 §7.1.2 and the headers of POSIX that programs of every kind include. */
const standard = new Set(
  `assert complex ctype errno fenv float inttypes iso646 limits locale math setjmp signal stdalign stdarg stdatomic stdbool stddef stdint
   stdio stdlib stdnoreturn string strings tgmath threads time uchar wchar wctype unistd fcntl pthread poll dirent dlfcn netdb regex
   syslog termios sched semaphore pwd grp getopt libgen memory malloc execinfo ucontext`
    .split(/\s+/)
    .map((name) => `${name}.h`),
);

const directoryOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));
const baseOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Of headers with one name, those looked at. */
const maxNamesakes = 256;

class CfamilyModules implements ModuleResolver {
  readonly #world: ModuleWorld;
  /** Paths by their last part. */
  readonly #byBase = new Map<string, string[]>();
  /** Last parts of the directories that hold headers. */
  readonly #directories = new Set<string>();

  constructor(world: ModuleWorld) {
    this.#world = world;
    for (const path of world.paths) {
      const base = baseOf(path);
      if (/\.h(h|pp|xx)?$/.test(base)) this.#directories.add(baseOf(directoryOf(path)));
      const known = this.#byBase.get(base);
      if (known === undefined) this.#byBase.set(base, [path]);
      else if (known.length < maxNamesakes) known.push(path);
    }
  }

  resolve(from: string, module: string): ModuleTarget {
    // `using ns::name` is no include.
    if (module === '' || module.includes('::') || !/[./]/.test(module)) return external;
    const beside = normal(`${directoryOf(from)}/${module}`);
    if (this.#world.has(beside)) return { kind: 'files', paths: [beside] };
    if (standard.has(module)) return external;
    const plain = normal(module);
    const ending = `/${plain}`;
    const found = (this.#byBase.get(baseOf(plain)) ?? []).filter((path) => path === plain || path.endsWith(ending));
    if (found.length === 0) {
      const directory = baseOf(directoryOf(plain));
      return directory !== '' && this.#directories.has(directory) ? missing : external;
    }
    let [best, most] = ['', -1];
    for (const path of found) {
      const near = sharedParts(path, from);
      if (near > most || (near === most && path.length < best.length)) [best, most] = [path, near];
    }
    return { kind: 'files', paths: [best] };
  }

  child(): null {
    return null;
  }

  visible(): readonly string[] {
    return [];
  }
}

export const cfamily: ModuleRules = {
  languages: ['cpp', 'c'],
  open: (world) => new CfamilyModules(world),
};
