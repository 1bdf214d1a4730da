/**
 * One instance of the JavaScript engine: its memory, the calls into it, and the few calls that it makes out.
 *
 * The host side throws through WebAssembly to end a program: nothing in the module catches, and the instance is not
 * used again. Absent: the module's own JavaScript half, and any way to reach the host but `VmHost`.
 */
import { writeLocalTime } from '../emscripten/localtime.ts';
import { type EngineCall, evalModule, exportNames, importNames, initialiser } from './abi.ts';

/** Address of a value, which the engine frees with the rest of its memory. */
export type Value = number;

/** What the engine asks of its host. */
export interface VmHost {
  /** A call of the host function. @returns a value of this vm; null: undefined */
  call(vm: Vm, args: readonly Value[]): Value | null;
  /** Source of a module. @throws ModuleError */
  loadModule(name: string): string;
  /** The full name of a module. @throws ModuleError */
  resolveModule(base: string, name: string): string;
  /** An error of the program's realm. */
  error(error: ModuleError): Value;
  /** ns since 1970, or since the start. */
  clock(isMonotonic: boolean): bigint;
  readonly timeZone: string;
  /** Asked now and then, where the runtime was told to: whether what runs is to end. Absent: never. */
  interrupts?(): boolean;
  /** A promise was rejected without a handler, or got one later. */
  rejection(promise: bigint, isHandled: boolean): void;
}

/** Thrown in the program, as an error with this message and code. */
export class ModuleError extends Error {
  readonly code: string;
  constructor(message: string, code: string) {
    super(message);
    this.name = 'ModuleError';
    this.code = code;
  }
}

/** The engine needs more memory than the job has. */
export class OutOfMemory extends Error {}
/** The engine itself failed: an assertion of its own. */
export class EngineFault extends Error {}

type Call = (...args: number[]) => number;

const decoder = new TextDecoder();

export class Vm {
  readonly memory: WebAssembly.Memory;
  readonly calls = {} as Record<EngineCall, Call>;
  readonly exports: WebAssembly.Exports;
  /** Set when the image is made; the same in every copy. */
  runtime = 0;
  context = 0;
  readonly #host: VmHost;
  #owned: Value[] | null = null;

  /** @param image the memory of a vm made before, to go on from; null: start anew */
  constructor(code: WebAssembly.Module, memory: WebAssembly.Memory, host: VmHost, isCopy: boolean) {
    this.memory = memory;
    this.#host = host;
    const instance = new WebAssembly.Instance(code, { a: this.#imports() });
    this.exports = instance.exports;
    for (const [name, short] of Object.entries(exportNames))
      this.calls[name as EngineCall] = instance.exports[short] as unknown as Call;
    if (!isCopy) (instance.exports[initialiser] as unknown as Call)();
  }

  /** From now on values are kept count of, so that `free` can give them back. Without it they go with the memory. */
  count(): void {
    this.#owned ??= [];
  }

  /** Gives back all values that were made for the host since the last time; none of them may be used again. */
  free(): void {
    const owned = this.#owned ?? [];
    for (const value of owned.splice(0)) this.calls.QTS_FreeValuePointer(this.context, value);
  }

  own(value: Value): Value {
    this.#owned?.push(value);
    return value;
  }

  bytes(): Uint8Array {
    return new Uint8Array(this.memory.buffer);
  }

  /** A zero-ended string at an address. */
  text(at: number): string {
    const bytes = this.bytes();
    return decoder.decode(bytes.subarray(at, bytes.indexOf(0, at)));
  }

  /** Puts bytes and a zero into fresh memory. */
  put(bytes: Uint8Array): number {
    const at = this.calls.malloc(bytes.length + 1);
    if (at === 0) throw new OutOfMemory('no memory for a value');
    const memory = this.bytes();
    memory.set(bytes, at);
    memory[at + bytes.length] = 0;
    return at;
  }

  putText(text: string): number {
    return this.put(Buffer.from(text, 'utf8'));
  }

  string(text: string): Value {
    const at = this.putText(text);
    const value = this.calls.QTS_NewString(this.context, at);
    this.calls.free(at);
    return this.own(value);
  }

  number(value: number): Value {
    return this.own(this.calls.QTS_NewFloat64(this.context, value));
  }

  buffer(bytes: Uint8Array): Value {
    return this.own(this.calls.QTS_NewArrayBuffer(this.context, this.put(bytes), bytes.length));
  }

  toText(value: Value): string {
    const at = this.calls.QTS_GetString(this.context, value);
    const text = this.text(at);
    this.calls.QTS_FreeCString(this.context, at);
    return text;
  }

  /** The UTF-8 of a string, valid until the next call. */
  textBytes(value: Value): Uint8Array {
    const at = this.calls.QTS_GetString(this.context, value);
    const bytes = this.bytes();
    const copy = bytes.slice(at, bytes.indexOf(0, at));
    this.calls.QTS_FreeCString(this.context, at);
    return copy;
  }

  toNumber(value: Value): number {
    return this.calls.QTS_GetFloat64(this.context, value);
  }

  /** Bytes of an ArrayBuffer, valid until the next call. */
  toBytes(value: Value): Uint8Array {
    const at = this.calls.QTS_GetArrayBuffer(this.context, value);
    const length = this.calls.QTS_GetArrayBufferLength(this.context, value);
    return this.bytes().subarray(at, at + length);
  }

  property(value: Value, name: string): Value {
    return this.own(this.calls.QTS_GetProp(this.context, value, this.string(name)));
  }

  /** Calls a function. @returns its result, or what it threw */
  call(callee: Value, args: readonly Value[]): { value: Value } | { error: Value } {
    const list = this.calls.malloc(4 * Math.max(1, args.length));
    const view = new DataView(this.memory.buffer);
    for (const [i, value] of args.entries()) view.setUint32(list + 4 * i, value, true);
    const undefinedAt = this.calls.QTS_GetUndefined();
    const result = this.calls.QTS_Call(this.context, callee, undefinedAt, args.length, list);
    this.calls.free(list);
    return this.settle(result);
  }

  /** @param flags as of `abi.ts` @returns what an evaluation gives; may be an exception, to be handed on or settled */
  evaluate(source: string, path: string, flags: number): Value {
    const bytes = Buffer.from(source, 'utf8');
    const code = this.put(bytes);
    const name = this.putText(path);
    const result = this.calls.QTS_Eval(this.context, code, bytes.length, name, 0, flags);
    this.calls.free(code);
    this.calls.free(name);
    return result;
  }

  settle(result: Value): { value: Value } | { error: Value } {
    const error = this.calls.QTS_ResolveException(this.context, result);
    this.own(error === 0 ? result : error);
    return error === 0 ? { value: result } : { error };
  }

  evaluateModule(source: string, path: string): { value: Value } | { error: Value } {
    return this.settle(this.evaluate(source, path, evalModule));
  }

  /** Runs one job of the promise queue. @returns false when none was there */
  runJob(): { ran: boolean } | { error: Value } {
    if (this.calls.QTS_IsJobPending(this.runtime) === 0) return { ran: false };
    const context = this.calls.malloc(4);
    const result = this.settle(this.calls.QTS_ExecutePendingJob(this.runtime, 1, context));
    this.calls.free(context);
    return 'error' in result ? result : { ran: true };
  }

  /** A pending exception in the program, as the result of a call. */
  throwError(error: ModuleError): Value {
    return this.calls.QTS_Throw(this.context, this.#host.error(error));
  }

  #imports(): Record<string, WebAssembly.ImportValue> {
    const host = this.#host;
    const none = () => 0;
    const named = (body: (...names: number[]) => string) => {
      return (...args: number[]) => {
        try {
          return this.putText(body(...args));
        } catch (error) {
          if (!(error instanceof ModuleError)) throw error;
          this.throwError(error);
          return 0;
        }
      };
    };
    const imports: Record<keyof typeof importNames, WebAssembly.ImportValue> = {
      memory: this.memory,
      assertFailed: (condition: number) => {
        throw new EngineFault(`assertion failed: ${this.text(condition)}`);
      },
      abort: () => {
        throw new EngineFault('the engine gave up');
      },
      exit: () => {
        throw new EngineFault('the engine left');
      },
      writeDescriptor: (_descriptor: number, vectors: number, count: number, written: number) => {
        // Notes of the engine to itself, on what it frees at its end.
        const view = new DataView(this.memory.buffer);
        let total = 0;
        for (let i = 0; i < count; i++) total += view.getUint32(vectors + 8 * i + 4, true);
        view.setUint32(written, total, true);
        return 0;
      },
      closeDescriptor: none,
      seekDescriptor: none,
      getEnvironment: none,
      environmentSizes: (count: number, size: number) => {
        const view = new DataView(this.memory.buffer);
        view.setUint32(count, 0, true);
        view.setUint32(size, 0, true);
        return 0;
      },
      shouldInterrupt: () => (host.interrupts?.() === true ? 1 : 0),
      setTimer: none,
      keepRuntime: none,
      freeHostReference: none,
      initTimeZone: none,
      growMemory: (bytes: number) => {
        const pages = Math.ceil(((bytes >>> 0) - this.memory.buffer.byteLength) / 65_536);
        try {
          this.memory.grow(pages);
          return 1;
        } catch {
          // Ends the program at once: to let it find out by itself once took 16 s.
          throw new OutOfMemory(`${bytes >>> 0} bytes asked for`);
        }
      },
      localTime: (seconds: bigint, at: number) => writeLocalTime(this.memory, seconds, at, host.timeZone),
      now: () => Number(host.clock(false) / 1_000_000n),
      readClock: (id: number, _precision: bigint, at: number) => {
        new DataView(this.memory.buffer).setBigInt64(at, host.clock(id !== 0), true);
        return 0;
      },
      callHost: (_context: number, _self: number, count: number, list: number) => {
        const args: Value[] = [];
        for (let i = 0; i < count; i++) args.push(this.calls.QTS_ArgvGetJSValueConstPointer(list, i));
        try {
          const result = host.call(this, args);
          return result === null ? 0 : this.calls.QTS_DupValuePointer(this.context, result);
        } catch (error) {
          if (error instanceof ModuleError) return this.throwError(error);
          throw error;
        }
      },
      loadModule: named((_runtime, _context, name) => host.loadModule(this.text(name as number))),
      normalizeModule: named((_runtime, _context, base, name) =>
        host.resolveModule(this.text(base as number), this.text(name as number)),
      ),
    };
    return Object.fromEntries(
      Object.entries(importNames).map(([long, short]) => [short, imports[long as keyof typeof importNames]]),
    );
  }
}
