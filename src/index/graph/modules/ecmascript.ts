/**
 * Modules of JavaScript and TypeScript.
 *
 * The idea: resolve as Node and TypeScript do, but to what people edit. Where both an implementation and its declarations
 * exist, the implementation comes first and the declarations second. Packages of the repository are found by their names without being
 * installed, and what they say is built (`dist/index.js`) is looked for in the sources, since built files are seldom there.
 *
 * Absent: conditions (any that leads to a file counts), `include` and `files` of configurations, aliases that bundlers are told in code but
 * for `@/` and `~/`, and `node_modules`, which is no part of a repository.
 */
import type { ModuleResolver, ModuleRules, ModuleTarget, ModuleWorld } from '../modules.ts';
import { sharedParts } from '../paths.ts';
import { builtFrom } from './ecmascript-built.ts';
import {
  directoryOf,
  joined,
  mapped,
  type PackageFile,
  readPackage,
  readTypescriptConfig,
  splitBare,
  type TypescriptConfig,
  targetsOf,
} from './ecmascript-config.ts';

const external: ModuleTarget = { kind: 'external' };
const missing: ModuleTarget = { kind: 'missing' };

/** In the order in which TypeScript looks, then what only bundlers know. */
const fromTypescript = ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs', '.json', '.vue', '.svelte'];
const fromJavascript = ['.js', '.jsx', '.mjs', '.cjs', '.ts', '.tsx', '.mts', '.cts', '.json', '.vue', '.svelte'];
const declarations = ['.d.ts', '.d.mts', '.d.cts'];

/** What an ending of built code may have been built from. */
const sourceEndings: Readonly<Record<string, readonly string[]>> = {
  '.js': ['.ts', '.tsx', '.jsx'],
  '.jsx': ['.tsx', '.ts'],
  '.mjs': ['.mts', '.ts', '.js'],
  '.cjs': ['.cts', '.ts', '.js'],
  // Declarations import each other as their sources did.
  '.ts': [],
  '.tsx': [],
  '.mts': [],
  '.cts': [],
};

/** Packages below these are made to be tested with: only files of the same directory import them. */
const aside =
  /(^|\/)(tests?|__tests__|fixtures?|__fixtures__|examples?|samples|templates?|playgrounds?|vendor|e2e)(\/|$)/;

/** Packages that are looked at for their names. */
const maxPackages = 5_000;

/** Packages whose entries lead to other packages; one that names itself would lead on for ever. */
const maxPackageSteps = 4;

/** `builtinModules` of Node 24, without those that `node:` must precede. */
const builtin = new Set(
  (
    'assert async_hooks buffer child_process cluster console constants crypto dgram diagnostics_channel dns domain events fs http http2 ' +
    'https inspector module net os path perf_hooks process punycode querystring readline repl stream string_decoder sys timers tls ' +
    'trace_events tty url util v8 vm wasi worker_threads zlib'
  ).split(' '),
);

class EcmascriptModules implements ModuleResolver {
  readonly #world: ModuleWorld;
  #packages: Map<string, string[]> | null = null;
  readonly #packageFiles = new Map<string, PackageFile | null>();
  readonly #configs = new Map<string, TypescriptConfig | null>();

  constructor(world: ModuleWorld) {
    this.#world = world;
  }

  resolve(from: string, module: string): ModuleTarget {
    const written = module.replace(/[?!].*$/, '');
    if (written === '' || /^[a-z][a-z+.-]*:/i.test(written)) return external;
    const order = /\.[mc]?tsx?$/.test(from) ? fromTypescript : fromJavascript;
    const looking: Looking = { from, order, packages: 0 };
    if (written.startsWith('.')) return this.#relative(written, looking) ?? missing;
    if (written.startsWith('#')) return this.#internal(written, looking) ?? this.#mapped(written, looking) ?? missing;
    if (written.startsWith('/')) return this.#at(written.slice(1), looking) ?? external;
    const found = this.#mapped(written, looking);
    if (found !== null) return found;
    if (builtin.has(splitBare(written)[0])) return external;
    return this.#ownPackage(written, looking) ?? this.#aliased(written, looking) ?? external;
  }

  child(): null {
    return null;
  }

  visible(): readonly string[] {
    return [];
  }

  #relative(written: string, looking: Looking): ModuleTarget | null {
    const directory = directoryOf(looking.from);
    const path = joined(directory, written);
    if (path === null) return null;
    const found = this.#at(path, looking) ?? this.#built(path, looking);
    if (found !== null) return found;
    for (const config of this.#configsAbove(directory)) {
      // Directories that count as one: a path out of one of them may lead into another.
      const root = config.rootDirs.find((one) => path === one || path.startsWith(one === '' ? '' : `${one}/`));
      if (root === undefined) continue;
      for (const other of config.rootDirs) {
        const moved = joined(other, path.slice(root.length));
        const target = moved === null || other === root ? null : this.#at(moved, looking);
        if (target !== null) return target;
      }
    }
    return null;
  }

  /** A name that starts with `#`, by the package around. */
  #internal(name: string, looking: Looking): ModuleTarget | null {
    for (let at = directoryOf(looking.from); ; at = directoryOf(at)) {
      const own = this.#packageFile(at);
      if (own !== null) {
        for (const target of targetsOf(own.imports, name) ?? []) {
          // Such a name may not lead to another one, and could lead to itself.
          if (target.startsWith('#')) continue;
          const found = target.startsWith('.') ? this.#entry(at, target, looking) : this.resolve(looking.from, target);
          if (found !== null && found.kind !== 'missing') return found;
        }
        return null;
      }
      if (at === '') return null;
    }
  }

  /** By `paths` and `baseUrl` of the configurations above, the nearest first. */
  #mapped(written: string, looking: Looking): ModuleTarget | null {
    for (const config of this.#configsAbove(directoryOf(looking.from))) {
      for (const mapping of config.paths) {
        for (const path of mapped(mapping, written)) {
          const found = this.#at(path, looking) ?? this.#built(path, looking);
          if (found !== null) return found;
        }
      }
      const based = config.baseUrl === null ? null : joined(config.baseUrl, written);
      const found = based === null ? null : this.#at(based, looking);
      if (found !== null) return found;
    }
    return null;
  }

  #ownPackage(written: string, looking: Looking): ModuleTarget | null {
    const [name, rest] = splitBare(written);
    const directory = this.#directoryOf(name, looking.from);
    if (directory === null) return null;
    return this.#packageEntry(directory, rest, looking) ?? missing;
  }

  /** The nearest package of that name, or null. */
  #directoryOf(name: string, from: string): string | null {
    this.#packages ??= this.#findPackages();
    const candidates = (this.#packages.get(name) ?? []).filter(
      (directory) => !aside.test(directory) || from.startsWith(asideRoot(directory)),
    );
    if (candidates.length < 2) return candidates[0] ?? null;
    return candidates.sort((a, b) => sharedParts(b, from) - sharedParts(a, from) || a.length - b.length)[0] as string;
  }

  #findPackages(): Map<string, string[]> {
    const found = new Map<string, string[]>();
    let left = maxPackages;
    for (const path of this.#world.paths) {
      if (!path.endsWith('package.json') || (path !== 'package.json' && !path.endsWith('/package.json'))) continue;
      if (/(^|\/)node_modules\//.test(path) || left-- <= 0) continue;
      const directory = directoryOf(path);
      const name = this.#packageFile(directory)?.name;
      if (name === null || name === undefined) continue;
      const known = found.get(name);
      if (known === undefined) found.set(name, [directory]);
      else known.push(directory);
    }
    return found;
  }

  #packageFile(directory: string): PackageFile | null {
    let known = this.#packageFiles.get(directory);
    if (known === undefined) {
      known = readPackage(this.#world, directory);
      this.#packageFiles.set(directory, known);
    }
    return known;
  }

  /** What a package gives under a path inside it, `''` for itself. */
  #packageEntry(directory: string, rest: string, asked: Looking): ModuleTarget | null {
    const looking = { ...asked, packages: asked.packages + 1 };
    const own = this.#packageFile(directory);
    const targets = own === null ? null : targetsOf(own.exports, rest === '' ? '.' : `./${rest}`);
    for (const target of targets ?? []) {
      const found = this.#entry(directory, target, looking);
      if (found !== null) return found;
    }
    if (rest !== '') {
      const path = joined(directory, rest);
      if (path === null) return null;
      return (
        this.#at(path, looking) ??
        this.#at(joined(directory, `src/${rest}`) ?? path, looking) ??
        this.#built(path, looking)
      );
    }
    for (const entry of own?.entries ?? []) {
      const found = this.#entry(directory, entry, looking);
      if (found !== null) return found;
    }
    return this.#index(directory, looking) ?? this.#index(joined(directory, 'src') ?? directory, looking);
  }

  /** A file that a package names: itself, or what it is built from. */
  #entry(directory: string, target: string, looking: Looking): ModuleTarget | null {
    const path = joined(directory, target);
    if (path === null) return null;
    return this.#at(path, looking) ?? this.#built(path, looking);
  }

  /** `@/x` and `~/x`, as many bundlers are told: the sources of the package around. */
  #aliased(written: string, looking: Looking): ModuleTarget | null {
    const rest = /^[@~]\/(.+)$/.exec(written)?.[1];
    if (rest === undefined) return null;
    for (let at = directoryOf(looking.from); ; at = directoryOf(at)) {
      for (const base of ['src', 'app', '']) {
        const path = joined(at, `${base}/${rest}`);
        const found = path === null ? null : this.#at(path, looking);
        if (found !== null) return found;
      }
      if (at === '') return null;
    }
  }

  /** A file or directory at a path, with endings left out or written as those of built code. */
  #at(path: string, looking: Looking): ModuleTarget | null {
    const { order } = looking;
    if (path !== '' && this.#world.has(path)) return this.#files(path);
    const ending = /\.[^./]+$/.exec(path)?.[0] ?? '';
    const stem = path.slice(0, path.length - ending.length);
    for (const source of sourceEndings[ending] ?? []) {
      if (this.#world.has(stem + source)) return this.#files(stem + source);
    }
    for (const one of path === '' ? [] : order) if (this.#world.has(path + one)) return this.#files(path + one);
    const declared = declarations.map((one) => (sourceEndings[ending] === undefined ? path : stem) + one);
    const declaration = declared.find((one) => this.#world.has(one));
    if (declaration !== undefined) return { kind: 'files', paths: [declaration] };
    if (!this.#world.isDirectory(path)) return null;
    if (looking.packages < maxPackageSteps && this.#packageFile(path) !== null) {
      return this.#packageEntry(path, '', looking);
    }
    return this.#index(path, looking);
  }

  #index(directory: string, { order }: Looking): ModuleTarget | null {
    const base = directory === '' ? 'index' : `${directory}/index`;
    for (const ending of [...order, ...declarations])
      if (this.#world.has(base + ending)) return this.#files(base + ending);
    return null;
  }

  /** A file, then the declarations that stand beside it. */
  #files(path: string): ModuleTarget {
    const stem = path.replace(/\.[mc]?jsx?$/, '');
    if (stem === path) return { kind: 'files', paths: [path] };
    const declared = declarations.map((ending) => stem + ending).filter((one) => this.#world.has(one));
    return { kind: 'files', paths: [path, ...declared] };
  }

  /** The source that a built file is built from. */
  #built(path: string, looking: Looking): ModuleTarget | null {
    const built = builtFrom(path);
    if (built === null) return null;
    for (const candidate of built.candidates) {
      const found = this.#file(candidate, looking);
      if (found !== null) return found;
    }
    return built.whole === null ? null : this.#index(built.whole, looking);
  }

  /** As `#at`, for files alone. */
  #file(path: string, { order }: Looking): ModuleTarget | null {
    const found = order.map((ending) => path + ending).find((one) => this.#world.has(one));
    return found === undefined ? null : this.#files(found);
  }

  /** Configurations of the directory and those above it, the nearest first. */
  *#configsAbove(directory: string): Generator<TypescriptConfig> {
    for (let at = directory; ; at = directoryOf(at)) {
      const config = this.#configOf(at);
      if (config !== null) yield config;
      if (at === '') return;
    }
  }

  #configOf(directory: string): TypescriptConfig | null {
    const known = this.#configs.get(directory);
    if (known !== undefined) return known;
    const path = ['tsconfig.json', 'jsconfig.json']
      .map((name) => (directory === '' ? name : `${directory}/${name}`))
      .find((one) => this.#world.has(one));
    // While it is read, a package that it extends may be looked for: that asks for no configuration.
    const config =
      path === undefined
        ? null
        : readTypescriptConfig(this.#world, path, (name) => this.#directoryOf(name, `${directory}/`));
    this.#configs.set(directory, config);
    return config;
  }
}

/** Who asks, and in which order endings are tried. */
interface Looking {
  readonly from: string;
  readonly order: readonly string[];
  /** Packages that led into each other so far. */
  readonly packages: number;
}

/** The part of a path that holds what is made to be tested with. */
function asideRoot(directory: string): string {
  const found = aside.exec(`${directory}/`);
  return found === null ? directory : `${directory}/`.slice(0, found.index + found[0].length);
}

export const ecmascript: ModuleRules = {
  languages: ['javascript', 'typescript', 'tsx'],
  open: (world) => new EcmascriptModules(world),
};
