/**
 * Lua 5.4 as WebAssembly, by its C interface alone.
 *
 * Of wasmoon only the module is used: its JavaScript half gives programs a bridge to the host. The module asks for a few
 * system calls, which get the job's files, pinned clock and streams; `system`, which `os.execute` calls, says there is no shell.
 */
import type { CheckedJob, Ending } from '../../types.ts';
import { fuelOf } from '../../wasm/fuel.ts';
import { wasiClock } from '../../wasm/wasiclock.ts';
import { formatTime, readLocalTime, writeLocalTime } from '../emscripten/localtime.ts';
import { Exit, OutOfMemory, System } from '../emscripten/system.ts';
import { type EngineOutput, type EngineResult, OutputLimit } from '../engine.ts';
import { Interrupted, interrupted, interruptibly } from '../interruptible.ts';
import { JobFiles } from '../quickjs/jobfiles.ts';
import { bootstrap } from './bootstrap.ts';

/** C's `longjmp` on its way to the call that set it: how Lua throws. */
class LongJump {}
const longJump = new LongJump();

class Aborted extends Error {}

/** Instructions for writing out what the C library still holds when a program was stopped: 10 million is far more than it takes. */
const flushFuel = 10_000_000;

type Call = (...args: (number | bigint)[]) => number;

export function runLua(code: WebAssembly.Module, job: CheckedJob, output: EngineOutput): EngineResult {
  const clock = wasiClock(job.determinism.clockMs);
  const files = new JobFiles(job.files, job.limits.fileBytes, clock);
  const system = new System(job, files, clock, output);
  const lua = new Lua(code, job, system, clock);
  const fuel = fuelOf(lua.exports);
  fuel.set(job.limits.fuel);
  let ending: Ending;
  try {
    ending = { kind: 'exited', code: interruptibly(job.rescue, () => lua.run()) };
  } catch (error) {
    ending = endingOf(error);
  }
  const instructions = fuel.used();
  if (fuel.exhausted()) ending = { kind: 'out-of-fuel' };
  fuel.set(flushFuel);
  try {
    lua.flush();
  } catch (error) {
    if (error instanceof OutputLimit && ending.kind === 'exited') ending = endingOf(error);
  }
  return {
    ending,
    instructions,
    peakMemoryBytes: lua.memory.buffer.byteLength,
    files: files.changes(),
    reusable: ending.kind !== 'crashed' && ending.kind !== 'timed-out',
  };
}

function endingOf(error: unknown): Ending {
  if (error instanceof Exit) return { kind: 'exited', code: error.code };
  if (error instanceof Interrupted) return interrupted;
  if (error instanceof OutputLimit) return { kind: 'output-limit', stream: error.stream };
  if (error instanceof OutOfMemory) return { kind: 'out-of-memory' };
  const isStack = error instanceof RangeError && /call stack/.test(error.message);
  if (isStack || error instanceof WebAssembly.RuntimeError || error instanceof Aborted)
    return { kind: 'crashed', signal: null, reason: (error as Error).message };
  throw error;
}

class Lua {
  readonly exports: WebAssembly.Exports;
  readonly memory: WebAssembly.Memory;
  readonly #job: CheckedJob;
  readonly #system: System;

  constructor(code: WebAssembly.Module, job: CheckedJob, system: System, clock: ReturnType<typeof wasiClock>) {
    this.#job = job;
    this.#system = system;
    const { timeZone } = job.determinism;
    const { open, control, terminal, duplicate, unlink, removeDirectory, rename, readLink } = system.linux();
    const memory = () => this.memory;
    const none = () => 0;
    const env: Record<string, (...args: never[]) => unknown> = {
      abort: () => {
        throw new Aborted('the C library gave up');
      },
      invoke_vii: (index: number, a: number, b: number) => this.#invoke(index, a, b),
      _emscripten_throw_longjmp: () => {
        throw longJump;
      },
      exit: (status: number) => {
        throw new Exit(status & 0xff);
      },
      // No command: is there a shell? No. Else: it could not be started.
      system: (command: number) => (command === 0 ? 0 : -1),
      strftime: (into: number, most: number, format: number, tm: number) => this.#strftime(into, most, format, tm),
      emscripten_date_now: () => Number(clock.realNs() / 1_000_000n),
      _emscripten_get_now_is_monotonic: () => 1,
      emscripten_resize_heap: (bytes: number) => system.grow(bytes),
      _mktime_js: (tm: number) => readLocalTime(memory(), tm, timeZone),
      _localtime_js: (seconds: bigint, tm: number) => void writeLocalTime(memory(), seconds, tm, timeZone),
      _gmtime_js: (seconds: bigint, tm: number) => void writeLocalTime(memory(), seconds, tm, 'UTC'),
      _tzset_js: none,
      __syscall_openat: open,
      __syscall_fcntl64: control,
      __syscall_ioctl: terminal,
      __syscall_dup3: duplicate,
      __syscall_unlinkat: unlink,
      __syscall_rmdir: removeDirectory,
      __syscall_renameat: rename,
      __syscall_readlinkat: readLink,
    };
    const variables = Object.entries(job.env).map(([name, value]) => Buffer.from(`${name}=${value}`, 'utf8'));
    const wasi = {
      ...system.wasi(),
      environ_sizes_get: (count: number, bytes: number) => {
        system.memory.setU32(count, variables.length);
        system.memory.setU32(
          bytes,
          variables.reduce((sum, text) => sum + text.length + 1, 0),
        );
        return 0;
      },
      environ_get: (table: number, text: number) => {
        system.memory.setStrings(table, text, variables);
        return 0;
      },
    };
    const instance = new WebAssembly.Instance(code, { env, wasi_snapshot_preview1: wasi } as WebAssembly.Imports);
    this.exports = instance.exports;
    this.memory = instance.exports.memory as WebAssembly.Memory;
    system.attach(this.memory);
  }

  #call(name: string): Call {
    return this.exports[name] as unknown as Call;
  }

  /** Calls a C function that may leave by `longjmp`, as emscripten compiles `setjmp`. */
  #invoke(index: number, a: number, b: number): void {
    const stack = this.#call('stackSave')();
    const table = this.exports.__indirect_function_table as WebAssembly.Table;
    try {
      (table.get(index) as unknown as Call)(a, b);
    } catch (error) {
      if (error !== longJump) throw error;
      this.#call('stackRestore')(stack);
      this.#call('setThrew')(1, 0);
    }
  }

  #strftime(into: number, most: number, format: number, tm: number): number {
    const { memory } = this.#system;
    const text = Buffer.from(
      formatTime(this.memory, this.#system.path(format), tm, this.#job.determinism.timeZone),
      'utf8',
    );
    if (text.length >= most >>> 0) return 0;
    const out = memory.window(into, text.length + 1);
    out.set(text);
    out[text.length] = 0;
    return text.length;
  }

  #put(bytes: Uint8Array): number {
    const at = this.#call('malloc')(bytes.length + 1);
    if (at === 0) throw new OutOfMemory('no memory for the program');
    const memory = new Uint8Array(this.memory.buffer);
    memory.set(bytes, at);
    memory[at + bytes.length] = 0;
    return at;
  }

  /** @returns the exit code */
  run(): number {
    const call = (name: string) => this.#call(name);
    call('__wasm_call_ctors')();
    const state = call('luaL_newstate')();
    if (state === 0) throw new OutOfMemory('no memory for the interpreter');
    const push = (bytes: Uint8Array) => {
      const at = this.#put(bytes);
      call('lua_pushlstring')(state, at, bytes.length);
      call('free')(at);
    };
    const text = (value: string) => push(Buffer.from(value, 'utf8'));
    call('luaL_openlibs')(state);
    const code = Buffer.from(bootstrap, 'utf8');
    const at = this.#put(code);
    if (call('luaL_loadbufferx')(state, at, code.length, this.#put(Buffer.from('=winnow')), 0) !== 0)
      throw new Error('the first chunk does not compile');
    const { entry, files, args, determinism } = this.#job;
    push(withoutFirstLine(files.find(({ path }) => path === entry)?.bytes ?? new Uint8Array(0)));
    text(entry);
    text(entry);
    call('lua_createtable')(state, args.length, 1);
    [entry, ...args].forEach((value, i) => {
      text(value);
      call('lua_rawseti')(state, -2, BigInt(i));
    });
    call('lua_pushinteger')(state, BigInt(determinism.seed));
    const status = call('lua_pcallk')(state, 5, 1, 0, 0, 0);
    const result = status === 0 ? Number(call('lua_tointegerx')(state, -1, 0)) : 1;
    if (status !== 0) this.#say(state);
    // As lua.c does: what programs have finalized at their end runs now.
    call('lua_close')(state);
    return result;
  }

  /** An error that even the bootstrap's handler could not take: an error in error handling, or no memory. */
  #say(state: number): void {
    const at = this.#call('lua_tolstring')(state, -1, 0);
    const message = at === 0 ? 'unknown error' : Buffer.from(this.#system.path(at), 'latin1').toString('utf8');
    this.#system.descriptors.write(2, [Buffer.from(`lua: ${message}\n`, 'utf8')], null);
  }

  flush(): void {
    this.#call('fflush')(0);
  }
}

/** Without the `#!` line, whose place stays. */
function withoutFirstLine(source: Uint8Array): Uint8Array {
  if (source[0] !== 0x23) return source;
  const end = source.indexOf(0x0a);
  return end === -1 ? new Uint8Array(0) : source.subarray(end);
}
