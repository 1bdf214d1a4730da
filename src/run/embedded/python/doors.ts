/**
 * The doors between the interpreter and this process: every function it imports, open or closed.
 *
 * The interpreter is Pyodide's WebAssembly build of CPython, run without Pyodide's JavaScript. Of some 270 imports a plain
 * Python program needs the system calls of `syscalls.ts` and `clock.ts` and the few below. All others, among them the whole bridge
 * to JavaScript objects, are closed: whoever reaches one, by an import or by a forged function pointer, ends the program.
 * So what can be attacked is this table, and not a megabyte of glue; no JavaScript object ever gets into the interpreter.
 *
 * What a host function throws must not be caught inside: `Stop` first empties the fuel, so that the
 * next check inside traps, whatever handler runs.
 */
import { Errno, errno } from '../../wasm/errno.ts';
import type { GuestMemory } from '../../wasm/guestmemory.ts';
import { pathAt, setCString } from './cstring.ts';
import { foreignCalls } from './foreign.ts';

/** Ends the program from inside a host function. `cause` says why; the outcome is read off it. */
export class Stop extends Error {
  override readonly cause: unknown;
  constructor(cause: unknown) {
    super('the program was stopped');
    this.cause = cause;
  }
}

/** The program called `exit`. */
export class Exit {
  readonly code: number;
  constructor(code: number) {
    this.code = code;
  }
}

/** The program reached what is closed, or a door with nonsense. In words. */
export class Fault {
  readonly reason: string;
  constructor(reason: string) {
    this.reason = reason;
  }
}

export interface DoorHost {
  readonly memory: GuestMemory;
  /** Makes room. False: refused, and the program's allocation fails. */
  grow(toBytes: number): boolean;
  maxBytes(): number;
  random(into: Uint8Array): void;
  environment(): readonly Uint8Array[];
  function(index: number): CallableFunction | null;
  /** Room from the interpreter's own allocator; 0 when there is none. */
  allocate(bytes: number): number;
  /** The program may now have changed more than memory: this instance serves no further job. */
  taint(): void;
  /** After this nothing runs inside any more. */
  halt(): void;
  /** The number of a signal for the program, 0 when there is none. Asked only where it was switched on, some thousand times a second. */
  signal(): number;
}

type HostFunction = (...args: never[]) => unknown;

/** Socket calls: refused as by a system that grants no network. */
const socketCalls = [
  'socket',
  'bind',
  'connect',
  'listen',
  'accept4',
  'getpeername',
  'getsockname',
  'getsockopt',
  'recvfrom',
  'recvmsg',
  'sendmsg',
  'sendto',
];

/** `EAI_FAIL`, a name service that never answers. Source: musl `netdb.h`. */
const nameServiceFails = -4;

function ownCalls(host: DoorHost): Record<string, HostFunction> {
  const { memory } = host;
  return {
    exit(code: number): never {
      throw new Stop(new Exit(code));
    },
    proc_exit(code: number): never {
      throw new Stop(new Exit(code));
    },
    _abort_js(): never {
      throw new Stop(new Fault('the interpreter aborted'));
    },
    __assert_fail(condition: number): never {
      throw new Stop(new Fault(`an assertion of the interpreter failed: ${pathAt(memory, condition)}`));
    },
    emscripten_resize_heap: (bytes: number) => (host.grow(bytes >>> 0) ? 1 : 0),
    emscripten_get_heap_max: () => host.maxBytes(),
    random_get(at: number, size: number) {
      host.random(memory.window(at, size));
      return 0;
    },
    environ_sizes_get(countAt: number, bytesAt: number) {
      const list = host.environment();
      memory.setU32(countAt, list.length);
      memory.setU32(
        bytesAt,
        list.reduce((sum, text) => sum + text.length + 1, 0),
      );
      return 0;
    },
    environ_get(pointers: number, at: number) {
      memory.setStrings(pointers, at, host.environment());
      return 0;
    },
    _emscripten_system: () => -errno.nosys,
    _emscripten_get_progname: (at: number, room: number) =>
      room > 6 ? setCString(memory, at, Buffer.from('python')) : undefined,
    _Py_emscripten_runtime: () => 0,
    _Py_CheckEmscriptenSignals_Helper: () => host.signal(),
    __call_sighandler: (handler: number, signal: number) => void host.function(handler)?.(signal),
    __syscall_getuid32_js: () => 0,
    _dlopen_js: () => 0,
    _dlsym_js: () => 0,
    _emscripten_dlopen_js: () => undefined,
    _emscripten_lookup_name: () => 0,
    getaddrinfo: () => nameServiceFails,
    getnameinfo: () => nameServiceFails,
    getprotobyname: () => 0,
    ...Object.fromEntries(socketCalls.map((name) => [`__syscall_${name}`, () => -errno.perm])),
    ...Object.fromEntries(noOperation.map((name) => [name, () => 0])),
    ...foreignCalls(host),
  };
}

/** Hooks of Pyodide's for waiting on promises and of Emscripten's for keeping a page alive: nothing to do. */
const noOperation = [
  'emscripten_runtime_keepalive_push',
  'emscripten_runtime_keepalive_pop',
  '_emscripten_runtime_keepalive_clear',
  '_try_fcntl64',
  '_try_shutdown',
];
/** The same for those that answer with a reference: null. */
const noReference = [
  '__hiwire_deduplicate_new',
  '_maybe_connect_async',
  '_maybe_recvfrom_async',
  '_maybe_sendto_async',
  '_maybe_poll_async',
  'get_suspender',
  'saveState',
];

/** What the interpreter's module asks for, so that its table of imports is complete. */
export interface ImportEntry {
  readonly module: string;
  readonly name: string;
  readonly kind: string;
}

/**
 * @param imports all imports of the module
 * @param calls file and clock calls, by import name
 */
export function buildDoors(
  imports: readonly ImportEntry[],
  host: DoorHost,
  calls: Readonly<Record<string, HostFunction>>,
): WebAssembly.Imports {
  const open: Record<string, HostFunction> = { ...ownCalls(host), ...calls };
  const doors: Record<string, Record<string, WebAssembly.ImportValue>> = {};
  for (const { module, name, kind } of imports) {
    doors[module] ??= {};
    const room = doors[module];
    if (kind === 'global') room[name] = new WebAssembly.Global({ value: 'i32', mutable: true }, 0);
    else if (kind !== 'function')
      throw new Error(`the interpreter imports a ${kind}, ${module}.${name}, which nothing here provides`);
    else if (noReference.includes(name)) room[name] = () => null;
    else room[name] = guard(host, open[name] ?? closed(name), module === 'env' ? -1 : 1);
  }
  return doors;
}

function closed(name: string): HostFunction {
  return () => {
    throw new Stop(new Fault(`the program reached ${name}, which is closed here`));
  };
}

/** @param sign of an error number in a result: negative for system calls, positive for WASI's */
function guard(host: DoorHost, call: HostFunction, sign: 1 | -1): CallableFunction {
  return (...args: never[]) => {
    try {
      return call(...args);
    } catch (error) {
      if (error instanceof Errno) return sign * error.number;
      host.halt();
      // A trap, or the end of the stack, in what a door itself called inside goes on as it is.
      if (error instanceof Stop || error instanceof WebAssembly.RuntimeError || error instanceof RangeError)
        throw error;
      throw new Stop(error);
    }
  };
}
