/**
 * A JavaScript realm of its own for each run of the shell, and what the shell may have of Node in it: nearly nothing.
 *
 * just-bash interprets Bash in JavaScript, so a script never holds a JavaScript value; what could leak is a mistake of
 * the interpreter, as writing to a prototype. A realm that is thrown away takes such a thing with it. It is no boundary
 * against code: that is the process around it. Modules that reach out (`fs`, `dns`, workers) are empty here, so that
 * even a mistaken call finds nothing. Clock and chance are those of the job.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { createContext, type Script } from 'node:vm';
import zlib from 'node:zlib';
import { ByteTextDecoder, ByteTextEncoder } from './bytetext.ts';

export interface ShellModule {
  readonly Bash: new (options: Record<string, unknown>) => Shell;
}

export interface ShellStat {
  readonly isFile: boolean;
  readonly isDirectory: boolean;
  readonly isSymbolicLink: boolean;
  readonly mode: number;
}

export interface Shell {
  readonly fs: {
    getAllPaths(): string[];
    lstat(path: string): Promise<ShellStat>;
    readFileBuffer(path: string): Promise<Uint8Array>;
    readlink(path: string): Promise<string>;
    writeFile(...args: unknown[]): Promise<void>;
    appendFile(...args: unknown[]): Promise<void>;
    cp(...args: unknown[]): Promise<void>;
    rm(path: string, options?: { readonly recursive?: boolean; readonly force?: boolean }): Promise<void>;
    mkdir(path: string, options?: { readonly recursive?: boolean }): Promise<void>;
    chmod(path: string, mode: number): Promise<void>;
  };
  exec(line: string, options: Record<string, unknown>): Promise<ShellResult>;
  /** Private in the package's types. Runs a script; `depth` 0 is the line given to `exec`. */
  execInScope(
    line: string,
    options: unknown,
    scope: ShellScope,
    depth: number,
    ...rest: unknown[]
  ): Promise<ShellResult>;
  /** Private in the package's types. */
  logResult(result: ShellResult): ShellResult;
}

/** What all of one `exec` is accounted to. */
export interface ShellScope {
  throwIfAborted(site?: string): void;
  /** Throws the interpreter's own error of a limit when `count` is more than `maximum`. */
  consumeLimited(kind: string, count: number, maximum: number): number;
}

export interface ShellResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
  readonly stdoutKind?: 'text' | 'bytes';
}

/** What the bundle asks for by name. Names not here cannot be had. */
const modules: Readonly<Record<string, unknown>> = {
  'node:async_hooks': { AsyncLocalStorage },
  'node:crypto': { createHash },
  'node:path': posix,
  'node:zlib': zlib,
  'node:module': { builtinModules: [] },
  'node:dns': {},
  'node:fs': {},
  'node:worker_threads': {},
  'node:url': {},
};

/** Packages without any state that matters, which the bundle leaves outside: they get strings and give strings. */
const packages = new Map<string, unknown>();
export function loadPackages(require: (name: string) => unknown): void {
  for (const name of ['diff', 'minimatch', 'seek-bzip', 'sprintf-js']) packages.set(name, require(name));
}

function load(name: string): unknown {
  const known = packages.get(name);
  if (known !== undefined) return known;
  const full = name.startsWith('node:') ? name : `node:${name}`;
  const found = modules[full];
  if (found === undefined) throw new Error(`the module ${name} is not there`);
  return found;
}

const pin = `(now, random) => {
  const Real = Date;
  const Pinned = class Date extends Real {
    constructor(...args) { if (args.length === 0) super(now()); else super(...args); }
    static now() { return now(); }
  };
  globalThis.Date = Pinned;
  Math.random = random;
}`;

export interface RealmOptions {
  /** ms since 1970 */
  readonly now: () => number;
  /** in [0, 1) */
  readonly random: () => number;
}

/** @param bundle makes the wrapper of a CommonJS module @param pinner the script of `pinSource` */
export function openRealm(bundle: Script, pinner: Script, options: RealmOptions): ShellModule {
  const started = options.now();
  const context = createContext({
    // Bytes pass between the realms.
    Uint8Array,
    ArrayBuffer,
    Buffer,
    TextEncoder: ByteTextEncoder,
    TextDecoder: ByteTextDecoder,
    URL,
    URLSearchParams,
    AbortController,
    AbortSignal,
    DOMException,
    Event,
    EventTarget,
    setTimeout,
    clearTimeout,
    setInterval,
    clearInterval,
    setImmediate,
    queueMicrotask,
    structuredClone,
    atob,
    btoa,
    performance: { now: () => options.now() - started },
    console: { log() {}, warn() {}, error() {}, debug() {}, info() {} },
    process: {
      env: {},
      argv: [],
      execArgv: [],
      version: 'v24.0.0',
      versions: {},
      platform: 'linux',
      pid: 1,
      on() {},
      cwd: () => '/',
    },
  });
  (pinner.runInContext(context) as (now: () => number, random: () => number) => void)(options.now, options.random);
  const module = { exports: {} as ShellModule };
  const wrapper = bundle.runInContext(context) as (...args: unknown[]) => void;
  wrapper(load, module, module.exports, '/just-bash.cjs', '/');
  return module.exports;
}

export const pinSource = pin;
