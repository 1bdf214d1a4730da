/**
 * The host's side of a program in a vm: the door, modules, and the event loop.
 *
 * The loop has Node's order: ticks, then promises, then one timer or immediate, and again. Time is virtual: it moves when
 * it is read (1 µs), and to the next timer when nothing else is ready.
 */
import type { WasiClock } from '../../wasm/wasiclock.ts';
import type { EngineOutput } from '../engine.ts';
import { compileOnly, evalModule } from './abi.ts';
import { realmPrefix } from './image.ts';
import type { JobFiles } from './jobfiles.ts';
import { exportedNames, type Kind, kindOf, type Lookup, type Rules, resolveFile } from './resolve.ts';
import { ModuleError, type Value, type Vm, type VmHost } from './vm.ts';

/** Takes types out; throws a SyntaxError where it cannot. */
export type Strip = (source: string, path: string) => string;

/** The program called `process.exit`. */
export class Exit extends Error {
  readonly code: number;
  constructor(code: number) {
    super(`exit ${code}`);
    this.code = code;
  }
}

/** The version that `process.version` says: the one whose behaviour is followed. */
export const nodeVersion = '24.0.0';

const legacyPrefix = 'legacy:';
const missingPrefix = 'missing:';

/** What a program hangs on. */
export interface ProgramParts {
  readonly files: JobFiles;
  readonly clock: WasiClock;
  readonly timeZone: string;
  readonly stdin: Uint8Array;
  readonly output: EngineOutput;
  readonly strip: Strip | null;
  /** Of a session: hears what nobody caught, in the place of the realm's own report, and throws. */
  readonly uncaught?: (error: Value) => never;
  readonly rejected?: (promise: Value) => never;
  /** Of a session: a value that is shown, as JSON, and a picture. */
  readonly shown?: (json: string, png: Uint8Array | null) => void;
  /** Asked now and then, where the vm was told to: whether what runs is to end. */
  readonly interrupts?: () => boolean;
}

export class ProgramHost implements VmHost {
  readonly files: JobFiles;
  readonly timeZone: string;
  readonly #parts: ProgramParts;
  readonly #strip: Strip | null;
  readonly #clock: WasiClock;
  readonly #rules: Rules;
  readonly #sources = new Map<string, string>();
  readonly #unhandled = new Map<bigint, Value>();
  readonly #missing = new Map<string, ModuleError>();
  #vm: Vm | null = null;
  #enter: Value = 0;

  constructor(parts: ProgramParts) {
    const { strip, timeZone, clock, files } = parts;
    this.#parts = parts;
    this.#strip = strip;
    this.timeZone = timeZone;
    this.#clock = clock;
    this.files = files;
    const lookup: Lookup = {
      isFile: (path) => this.files.kind(path) === 'file',
      isDirectory: (path) => this.files.kind(path) === 'directory',
      text: (path) => {
        const bytes = this.files.read(path);
        return typeof bytes === 'string' ? null : Buffer.from(bytes).toString('utf8');
      },
    };
    this.#rules = { lookup, isTypeScript: strip !== null, detect: (path) => this.#isModule(path) };
  }

  clock(isMonotonic: boolean): bigint {
    return isMonotonic ? this.#clock.elapsedNs() : this.#clock.realNs();
  }

  rejection(promise: bigint, isHandled: boolean): void {
    const vm = this.#live;
    if (isHandled) {
      this.#unhandled.delete(promise);
      return;
    }
    const at = vm.calls.malloc(8);
    new DataView(vm.memory.buffer).setBigInt64(at, promise, true);
    // A reference of our own, or its place could be another promise's by then.
    this.#unhandled.set(promise, vm.calls.QTS_DupValuePointer(vm.context, at));
  }

  /** One that goes on from here by itself, in a copy of the vm's memory. */
  copy(parts: ProgramParts): ProgramHost {
    const made = new ProgramHost(parts);
    for (const [promise, value] of this.#unhandled) made.#unhandled.set(promise, value);
    for (const [name, error] of this.#missing) made.#missing.set(name, error);
    return made;
  }

  interrupts(): boolean {
    return this.#parts.interrupts?.() === true;
  }

  get #live(): Vm {
    if (this.#vm === null) throw new Error('the vm has not started');
    return this.#vm;
  }

  // ---- the loop ----

  /** All calls go to this vm from now on. */
  attach(vm: Vm, enter: Value): void {
    this.#vm = vm;
    this.#enter = enter;
  }

  /** Files may have changed since they were read. */
  forgetSources(): void {
    this.#sources.clear();
  }

  /** @param start what the realm begins with @returns the exit code */
  run(start: object): number {
    this.turn('start', this.#live.string(JSON.stringify(start)));
    for (;;) {
      while (this.next()) {}
      const code = this.#enterNumber('drained');
      if (code >= 0) return code;
      this.settle();
    }
  }

  /** The next timer or immediate, and what follows from it. @returns false when there is none */
  next(): boolean {
    return this.#truth(this.turn('next'));
  }

  kindOf(path: string): Kind {
    const kind = kindOf(this.#rules, path);
    return kind === 'json' ? 'commonjs' : kind;
  }

  /** One call into the realm, and all ticks and promises that follow from it. */
  turn(name: string, value?: Value): Value | null {
    const vm = this.#live;
    const result = vm.call(this.#enter, [vm.string(name), value ?? vm.calls.QTS_GetUndefined()]);
    if ('error' in result) this.#uncaught(result.error);
    this.settle();
    return 'value' in result ? result.value : null;
  }

  settle(): void {
    const vm = this.#live;
    // The first module runs inside the promise queue, as in Node.
    do {
      this.#ticks();
      for (let job = vm.runJob(); ; job = vm.runJob()) {
        if ('error' in job) this.#uncaught(job.error);
        else if (!job.ran) break;
      }
    } while (this.#truth(this.ask('has-ticks')) || this.#reportRejections());
  }

  #ticks(): void {
    const vm = this.#live;
    for (;;) {
      const result = vm.call(this.#enter, [vm.string('ticks'), vm.calls.QTS_GetUndefined()]);
      if ('error' in result) this.#uncaught(result.error);
      else if (!this.#truth(result.value)) return;
    }
  }

  #reportRejections(): boolean {
    const waiting = [...this.#unhandled.values()];
    this.#unhandled.clear();
    for (const promise of waiting) this.#live.own(promise);
    for (const promise of waiting) {
      this.#parts.rejected?.(promise);
      const goesOn = this.ask('rejection', promise);
      if (!this.#truth(goesOn)) this.#fail();
    }
    return waiting.length > 0;
  }

  #uncaught(error: Value): void {
    this.#parts.uncaught?.(error);
    if (!this.#truth(this.ask('error', error))) this.#fail();
  }

  #fail(): never {
    throw new Exit(this.#enterNumber('fail', this.#live.number(1)));
  }

  #enterNumber(name: string, value?: Value): number {
    const result = this.ask(name, value);
    return result === null ? 1 : this.#live.toNumber(result);
  }

  /** A call into the realm that is no turn. An error in it ends the program. */
  ask(name: string, value?: Value): Value | null {
    const vm = this.#live;
    const result = vm.call(this.#enter, [vm.string(name), value ?? vm.calls.QTS_GetUndefined()]);
    if ('value' in result) return result.value;
    if (this.#parts.uncaught !== undefined) this.#parts.uncaught(result.error);
    if (name === 'error' || name === 'fail') throw new Exit(name === 'error' ? 7 : 1);
    this.#uncaught(result.error);
    return null;
  }

  #truth(value: Value | null): boolean {
    return value !== null && this.#live.toText(value) === 'true';
  }

  // ---- modules ----

  /** Text as the engine gets it: without types, and without the `#!` line. */
  #source(path: string): string {
    const known = this.#sources.get(path);
    if (known !== undefined) return known;
    const bytes = this.files.read(path);
    if (typeof bytes === 'string') throw new ModuleError(`Cannot find module '${path}'`, 'ERR_MODULE_NOT_FOUND');
    let text = Buffer.from(bytes)
      .toString('utf8')
      .replace(/^\ufeff/, '');
    if (text.startsWith('#!')) text = `//${text}`;
    if (this.#strip !== null && /\.[cm]?ts$/.test(path)) text = this.#strip(text, path);
    this.#sources.set(path, text);
    return text;
  }

  /** Node: what cannot be CommonJS and can be a module is one. */
  #isModule(path: string): boolean {
    const source = this.#source(path);
    // Without one of these words no text is a module only. Most programs are spared the second parse.
    if (!/\b(?:import|export|await)\b/.test(source)) return false;
    const vm = this.#live;
    const compiles = (text: string, flags: number) =>
      'value' in vm.settle(vm.evaluate(text, path, flags | compileOnly));
    return !compiles(wrapped(source), 0) && (compiles(source, evalModule) || /^\s*(?:import|export)\b/m.test(source));
  }

  loadModule(name: string): string {
    const missing = this.#missing.get(name);
    if (missing !== undefined) throw missing;
    if (name.startsWith(legacyPrefix)) return this.#legacySource(name.slice(legacyPrefix.length));
    return this.#moduleSource(name);
  }

  #moduleSource(path: string): string {
    const source = this.#source(path);
    if (!source.includes('import.meta')) return source;
    const meta = {
      url: `file://${encodeURI(path)}`,
      filename: path,
      dirname: path.slice(0, path.lastIndexOf('/')) || '/',
    };
    // Imports move to the front by themselves; on the first line, so that line numbers stay.
    return `Object.assign(import.meta,${JSON.stringify(meta)});${source}`;
  }

  /** A module that stands for a CommonJS file, a JSON file or a built-in. */
  #legacySource(name: string): string {
    const isFile = name.startsWith('/');
    const list = isFile
      ? name.endsWith('.json')
        ? []
        : exportedNames(this.#source(name))
      : this.#live.toText(this.ask('names', this.#live.string(name)) ?? this.#live.string('')).split(',');
    const exported = list.filter((word) => /^[A-Za-z_$][\w$]*$/.test(word) && word !== 'default');
    const lines = exported.map((word, i) => `const v${i}=m?.${word};export{v${i} as ${word}};`).join('');
    return `import{importLegacy}from'${realmPrefix}main.ts';const m=importLegacy(${JSON.stringify(name)});export default m;${lines}`;
  }

  /** The engine forgets what a resolver throws, so the error waits for the loader. */
  resolveModule(base: string, name: string): string {
    try {
      return this.#resolveModule(base, name);
    } catch (error) {
      if (!(error instanceof ModuleError)) throw error;
      const key = `${missingPrefix}${this.#missing.size}:${name}`;
      this.#missing.set(key, error);
      return key;
    }
  }

  error(error: ModuleError): Value {
    const vm = this.#live;
    const made = this.ask('make-error', vm.string(JSON.stringify({ message: error.message, code: error.code })));
    return made ?? vm.calls.QTS_NewError(vm.context);
  }

  #resolveModule(base: string, name: string): string {
    if (name.startsWith(realmPrefix) && base.startsWith(legacyPrefix)) return name;
    const plain = name.replace(/^node:/, '');
    const isBuiltIn = this.#live.toText(this.ask('names', this.#live.string(plain)) ?? 0) !== '';
    if (isBuiltIn) return legacyPrefix + plain;
    if (name.startsWith('node:'))
      throw new ModuleError(`No such built-in module: ${name}`, 'ERR_UNKNOWN_BUILTIN_MODULE');
    const found = resolveFile(this.#rules, name, base, 'import');
    return found.kind === 'module' ? found.path : legacyPrefix + found.path;
  }

  // ---- the door ----

  call(vm: Vm, args: readonly Value[]): Value | null {
    const text = (i: number) => vm.toText(args[i] as Value);
    const number = (i: number) => vm.toNumber(args[i] as Value);
    const part = (i: number) => vm.toBytes(args[i] as Value).subarray(number(i + 1), number(i + 2));
    const call = text(0);
    switch (call) {
      case 'write':
        this.#emit(number(1), vm.textBytes(args[2] as Value));
        return null;
      case 'write-bytes':
        this.#emit(number(1), part(2).slice());
        return null;
      case 'encode':
        return vm.buffer(vm.textBytes(args[1] as Value));
      case 'decode':
        // Not fatal: each wrong sequence becomes U+FFFD, as in the realm's own decoder.
        return vm.string(Buffer.from(part(1)).toString('utf8'));
      case 'stdin':
        return vm.buffer(this.#parts.stdin);
      case 'shown':
        this.#parts.shown?.(text(1), args.length > 2 ? vm.toBytes(args[2] as Value) : null);
        return null;
      case 'exit':
        throw new Exit(number(1) & 0xff);
      case 'sleep-until':
        this.#sleepUntil(number(1));
        return null;
      case 'file':
        return vm.string(
          this.files.operate(text(1), text(2), args.length > 3 ? text(3) : '', args.length > 4 ? number(4) : 0),
        );
      case 'read-file': {
        const bytes = this.files.read(text(1));
        return typeof bytes === 'string' ? vm.string(bytes) : vm.buffer(bytes);
      }
      case 'write-file': {
        const path = text(1);
        const flags = text(6);
        const at = number(5);
        return vm.string(this.files.write(path, part(2).slice(), at, flags));
      }
      case 'compile':
        return vm.evaluate(wrapped(text(2)), text(1), 0);
      case 'run-module':
        return vm.evaluate(this.#moduleSource(text(1)), text(1), evalModule);
      case 'resolve':
        return vm.string(this.#resolveJson(text(1), text(2), text(3) === 'import' ? 'import' : 'require'));
      case 'source':
        return vm.string(this.#source(text(1)));
      case 'promise-state':
        return vm.number(vm.calls.QTS_PromiseState(vm.context, args[1] as Value));
      case 'promise-result':
        return vm.calls.QTS_PromiseResult(vm.context, args[1] as Value);
      default:
        throw new ModuleError(`no call ${call}`, 'ERR_INVALID_ARG_VALUE');
    }
  }

  #emit(stream: number, bytes: Uint8Array): void {
    if (stream === 2) this.#parts.output.stderr(bytes);
    else this.#parts.output.stdout(bytes);
  }

  #sleepUntil(elapsedMs: number): void {
    const missing = BigInt(Math.round(elapsedMs * 1e6)) - this.#clock.elapsedNs();
    if (missing > 0n) this.#clock.sleep(missing);
  }

  #resolveJson(specifier: string, from: string, style: 'require' | 'import'): string {
    try {
      return JSON.stringify(resolveFile(this.#rules, specifier, from, style));
    } catch (error) {
      if (error instanceof ModuleError) return JSON.stringify({ error: error.code });
      throw error;
    }
  }
}

/** Node's wrapper of CommonJS. On the first line, so that line numbers stay. */
function wrapped(source: string): string {
  return `(function (exports, require, module, __filename, __dirname) {${source}\n})`;
}
