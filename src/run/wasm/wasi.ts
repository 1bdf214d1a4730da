/**
 * WASI preview 1 for one run of one program: arguments, environment, streams, time, chance, files in memory.
 *
 * Its own, because Node's is no boundary (it says so itself, and it crashed under load) and gives the real disk,
 * clock and randomness. Here nothing of the host can be reached: streams are callbacks, files are `MemoryFiles`,
 * sockets do not exist. The calls on files and paths are in `wasifiles.ts`.
 *
 * An end that comes from the host's side (`proc_exit`, or what an output callback throws) travels as a JavaScript
 * exception, and WebAssembly's `catch_all` could catch it. So the first one is kept, thrown again at every later
 * call, and told by `stopped`: what the program does after its end does not count.
 *
 * Source: wasi_snapshot_preview1 (WebAssembly/WASI, legacy/preview1).
 */
import { seededRandom } from '../../base/mod.ts';
import { Descriptors } from './descriptors.ts';
import { Errno, errno } from './errno.ts';
import { GuestMemory } from './guestmemory.ts';
import type { MemoryFiles } from './memoryfiles.ts';
import type { WasiClock } from './wasiclock.ts';
import { type Calls, fileCalls } from './wasifiles.ts';

export const wasiModule = 'wasi_snapshot_preview1';

/** The program called `proc_exit`. */
export class ProcExit extends Error {
  readonly code: number;
  constructor(code: number) {
    super(`the program exited with ${code}`);
    this.name = 'ProcExit';
    this.code = code;
  }
}

export interface WasiOptions {
  /** The program's name first. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: Uint8Array;
  readonly stdout: (bytes: Uint8Array) => void;
  readonly stderr: (bytes: Uint8Array) => void;
  readonly files: MemoryFiles;
  /** Directories the program finds open from descriptor 3 on, in this order: the path it sees, and the path in `files`. */
  readonly given: readonly (readonly [seen: string, path: string])[];
  readonly clock: WasiClock;
  /** Integer in [0, 2^32). */
  readonly seed: number;
}

export class Wasi {
  /** To be given to the module as `wasi_snapshot_preview1`. */
  readonly calls: Record<string, CallableFunction>;
  readonly #memory = new GuestMemory();
  #stopped: { readonly cause: unknown } | null = null;

  constructor(options: WasiOptions) {
    const descriptors = new Descriptors(options.files);
    descriptors.add({ kind: 'input', bytes: options.stdin, at: 0 });
    descriptors.add({ kind: 'output', write: options.stdout });
    descriptors.add({ kind: 'output', write: options.stderr });
    for (const [seen, path] of options.given)
      descriptors.add({
        kind: 'directory',
        node: options.files.directory(path),
        given: Buffer.from(seen, 'utf8'),
        listing: null,
      });
    const memory = this.#memory;
    const calls = {
      ...processCalls(options, memory),
      ...fileCalls({ memory, descriptors, files: options.files, clock: options.clock }),
    };
    this.calls = Object.fromEntries(Object.entries(calls).map(([name, call]) => [name, this.#guard(call)]));
  }

  /** Before the first call, since an instance's memory exists only after it was made with these calls. */
  attach(memory: WebAssembly.Memory): void {
    this.#memory.attach(memory);
  }

  /** What ended the program from our side: a `ProcExit`, or what an output callback threw; null when nothing did. */
  get stopped(): { readonly cause: unknown } | null {
    return this.#stopped;
  }

  #guard(call: Calls[string]): CallableFunction {
    return (...args: (number | bigint)[]): number => {
      if (this.#stopped !== null) throw this.#stopped.cause;
      try {
        call(...(args as number[]));
        return errno.success;
      } catch (cause) {
        if (cause instanceof Errno) return cause.number;
        this.#stopped = { cause };
        throw cause;
      }
    };
  }
}

const encode = (text: string) => Buffer.from(text, 'utf8');

function processCalls(options: WasiOptions, memory: GuestMemory): Calls {
  const args = options.args.map(encode);
  const env = Object.entries(options.env).map(([name, value]) => encode(`${name}=${value}`));
  const random = seededRandom(options.seed);
  const sizes = (strings: readonly Uint8Array[]) => strings.reduce((sum, bytes) => sum + bytes.length + 1, 0);
  const { clock } = options;
  const unsupported = () => {
    throw new Errno('notsup');
  };
  return {
    args_get: (table, text) => memory.setStrings(table, text, args),
    args_sizes_get: (count, bytes) => {
      memory.setU32(count, args.length);
      memory.setU32(bytes, sizes(args));
    },
    environ_get: (table, text) => memory.setStrings(table, text, env),
    environ_sizes_get: (count, bytes) => {
      memory.setU32(count, env.length);
      memory.setU32(bytes, sizes(env));
    },
    clock_res_get: (id, out) => {
      if (id > 3) throw new Errno('inval');
      memory.setU64(out, 1000n);
    },
    clock_time_get: (id, _precision, out) => {
      if (id > 3) throw new Errno('inval');
      memory.setU64(out, id === 0 ? clock.realNs() : clock.elapsedNs());
    },
    random_get: (pointer, length) => {
      const bytes = memory.window(pointer, length);
      for (let i = 0; i < bytes.length; i++) bytes[i] = random.int(256);
    },
    sched_yield: () => {},
    proc_exit: (code) => {
      throw new ProcExit(code & 0xff);
    },
    proc_raise: unsupported,
    poll_oneoff: (subscriptions, events, count, out) => poll(memory, clock, { subscriptions, events, count, out }),
    sock_accept: unsupported,
    sock_recv: unsupported,
    sock_send: unsupported,
    sock_shutdown: unsupported,
  };
}

/** Source: wasi_snapshot_preview1, `subscription` and `event`. */
const subscriptionBytes = 48;
const eventBytes = 32;
const absoluteTime = 1;

/** Streams and files are always ready; when only clocks are waited for, the first to ring is slept for. */
function poll(
  memory: GuestMemory,
  clock: WasiClock,
  request: { subscriptions: number; events: number; count: number; out: number },
): void {
  const { subscriptions, events, out } = request;
  const count = request.count >>> 0;
  // One for every descriptor and as many clocks: more is no honest use.
  if (count === 0 || count > 4096) throw new Errno('inval');
  const list = Array.from({ length: count }, (_, index) => {
    const at = (subscriptions >>> 0) + index * subscriptionBytes;
    const type = memory.u8(at + 8);
    let waitNs = 0n;
    if (type === 0) {
      const id = memory.u32(at + 16);
      const timeout = memory.u64(at + 24);
      const now = (memory.u16(at + 40) & absoluteTime) === 0 ? 0n : id === 0 ? clock.realNs() : clock.elapsedNs();
      waitNs = timeout > now ? timeout - now : 0n;
    }
    return { userData: memory.u64(at), type, waitNs };
  });
  let shortest = list[0]?.waitNs ?? 0n;
  for (const { waitNs } of list) if (waitNs < shortest) shortest = waitNs;
  if (shortest > 0n) clock.sleep(shortest);
  let written = 0;
  for (const { userData, type, waitNs } of list) {
    if (waitNs > shortest) continue;
    const at = (events >>> 0) + written++ * eventBytes;
    memory.window(at, eventBytes).fill(0);
    memory.setU64(at, userData);
    memory.setU8(at + 10, type);
    if (type !== 0) memory.setU64(at + 16, 1n);
  }
  memory.setU32(out, written);
}
