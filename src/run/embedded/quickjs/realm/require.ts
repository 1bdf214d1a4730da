/** `require`: the built-in modules of this realm, and CommonJS files of the job. ES modules are the engine's. */
import { assert, strict } from './assert.ts';
import { atob, Buffer, btoa } from './buffer.ts';
import { standardConsole } from './console.ts';
import { door } from './door.ts';
import { EventEmitter, once } from './events.ts';
import * as fs from './fs.ts';
import { dirname, pathModule, resolve } from './path.ts';
import { process } from './process.ts';
import { readlineModule, promises as readlinePromises } from './readline.ts';
import * as timers from './timers.ts';
import { StringDecoder, util } from './util.ts';

type Exports = Record<string, unknown>;

const { promises: fsPromises, callbacks, ...fsSync } = fs;
const { promises: timerPromises, setTimeout, setInterval, setImmediate, clearTimeout, clearImmediate } = timers;

const builtIns: Record<string, unknown> = {
  assert,
  'assert/strict': strict,
  buffer: { Buffer, atob, btoa },
  console: standardConsole,
  events: Object.assign(EventEmitter, { once }),
  fs: { ...fsSync, ...callbacks, promises: fsPromises },
  'fs/promises': fsPromises,
  os: {
    EOL: '\n',
    platform: () => 'linux',
    type: () => 'Linux',
    arch: () => 'x64',
    cpus: () => [{ model: 'virtual', speed: 1000 }],
    totalmem: () => 2 ** 30,
    freemem: () => 2 ** 29,
    tmpdir: () => '/tmp',
    homedir: () => '/work',
    hostname: () => 'localhost',
  },
  path: Object.assign(pathModule, { posix: pathModule }),
  perf_hooks: { performance },
  process,
  readline: readlineModule,
  'readline/promises': readlinePromises,
  string_decoder: { StringDecoder },
  timers: {
    setTimeout,
    setInterval,
    setImmediate,
    clearTimeout,
    clearInterval: clearTimeout,
    clearImmediate,
    promises: timerPromises,
  },
  'timers/promises': timerPromises,
  url: {
    fileURLToPath: (url: string | { href: string }) =>
      decodeURIComponent(String(typeof url === 'string' ? url : url.href).replace(/^file:\/\//, '')),
    pathToFileURL: (file: string) => ({
      href: `file://${resolve(file)}`,
      toString: () => `file://${resolve(file)}`,
    }),
  },
  util,
  'util/types': util.types,
};

/** @returns undefined when there is none of this name */
export function builtIn(name: string): unknown {
  const plain = name.replace(/^node:/, '');
  return Object.hasOwn(builtIns, plain) ? builtIns[plain] : undefined;
}

interface Module {
  id: string;
  filename: string;
  path: string;
  exports: unknown;
  loaded: boolean;
  children: Module[];
  require: CallableFunction;
}

const cache: Record<string, Module> = Object.create(null);
let main: Module | undefined;

function loadFile(file: string, kind: string, isMain: boolean): unknown {
  const known = cache[file];
  if (known !== undefined) return known.exports;
  if (kind === 'json') {
    const text = String(fs.readFileSync(file, 'utf8'));
    try {
      const module = newModule(file);
      module.exports = JSON.parse(text.replace(/^\ufeff/, ''));
      cache[file] = module;
      return module.exports;
    } catch (error) {
      throw Object.assign(error as Error, { message: `${file}: ${(error as Error).message}` });
    }
  }
  if (kind === 'module') {
    const namespace = door('run-module', file);
    if (!(namespace instanceof Promise))
      return Object.hasOwn(namespace as object, 'module.exports')
        ? (namespace as Exports)['module.exports']
        : namespace;
    throw Object.assign(
      new Error(`require() cannot be used on an ESM graph with top-level await. Use import() instead. (${file})`),
      {
        code: 'ERR_REQUIRE_ASYNC_MODULE',
      },
    );
  }
  const module = newModule(file);
  cache[file] = module;
  if (isMain) {
    main = module;
    module.id = '.';
  }
  try {
    const run = door('compile', file, door('source', file)) as (...args: unknown[]) => unknown;
    run.call(module.exports, module.exports, module.require, module, file, dirname(file));
  } catch (error) {
    delete cache[file];
    throw error;
  }
  module.loaded = true;
  return module.exports;
}

function newModule(file: string): Module {
  const require = requireFrom(file);
  return { id: file, filename: file, path: dirname(file), exports: {}, loaded: false, children: [], require };
}

function find(specifier: unknown, from: string): { path: string; kind: string } {
  if (typeof specifier !== 'string')
    throw Object.assign(
      new TypeError(`The "id" argument must be of type string. Received ${util.inspect(specifier)}`),
      { code: 'ERR_INVALID_ARG_TYPE' },
    );
  const found = JSON.parse(door('resolve', specifier, from, 'require')) as {
    path: string;
    kind: string;
    error?: string;
  };
  if (found.error === undefined) return found;
  throw Object.assign(new Error(`Cannot find module '${specifier}'\nRequire stack:\n- ${from}`), {
    code: 'MODULE_NOT_FOUND',
    requireStack: [from],
  });
}

export function requireFrom(file: string): CallableFunction {
  const require = (specifier: string) => {
    const known = typeof specifier === 'string' ? builtIn(specifier) : undefined;
    if (known !== undefined) return known;
    const found = find(specifier, file);
    return loadFile(found.path, found.kind, false);
  };
  return Object.defineProperties(require, {
    main: { get: () => main, enumerable: true },
    cache: { value: cache, enumerable: true },
    resolve: {
      value: (specifier: string) => (builtIn(specifier) === undefined ? find(specifier, file).path : specifier),
    },
  });
}

export function runMain(file: string, kind: string): unknown {
  return kind === 'module' ? door('run-module', file) : void loadFile(file, kind, true);
}

/** What an ES module finds when it imports a CommonJS file or a built-in. */
export function importLegacy(name: string): unknown {
  return builtIn(name) ?? loadFile(name, name.endsWith('.json') ? 'json' : 'commonjs', false);
}

builtIns.module = {
  createRequire: (from: string) => requireFrom(String(from).replace(/^file:\/\//, '')),
  builtinModules: Object.keys(builtIns),
};
