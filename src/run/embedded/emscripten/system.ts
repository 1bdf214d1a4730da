/**
 * The system calls of a program compiled by Emscripten, on a job's files in memory.
 *
 * Reading, writing and seeking are WASI's own and are shared with the programs that speak it; the rest are Linux calls by
 * other names, with WASI's error numbers. Emscripten's JavaScript half is not used: it brings the host's clock,
 * environment and streams.
 */
import type { CheckedJob } from '../../types.ts';
import { Descriptors } from '../../wasm/descriptors.ts';
import { Errno } from '../../wasm/errno.ts';
import { type DirectoryNode, type FileNode, findPlace, type Node, type Place } from '../../wasm/filetree.ts';
import { GuestMemory } from '../../wasm/guestmemory.ts';
import type { WasiClock } from '../../wasm/wasiclock.ts';
import { fileCalls } from '../../wasm/wasifiles.ts';
import type { EngineOutput } from '../engine.ts';
import { type JobFiles, workDirectory } from '../quickjs/jobfiles.ts';

/** The program called `exit`. */
export class Exit extends Error {
  readonly code: number;
  constructor(code: number) {
    super(`exit ${code}`);
    this.code = code;
  }
}

/** More memory was asked for than the job has. Ends the program at once, so that it cannot spend its time trying again. */
export class OutOfMemory extends Error {}

/** `fcntl.h` of musl. */
const open = {
  accessMode: 3,
  writeOnly: 1,
  readOnly: 0,
  create: 0o100,
  exclusive: 0o200,
  truncate: 0o1000,
  append: 0o2000,
} as const;
const currentDirectory = -100;
/** `AT_REMOVEDIR`, `AT_SYMLINK_NOFOLLOW` of musl. */
const removeDirectory = 0x200;
const noFollow = 0x100;

type Call = (...args: number[]) => number;

export class System {
  readonly memory = new GuestMemory();
  readonly descriptors: Descriptors;
  readonly #files: JobFiles;
  readonly #work: DirectoryNode;
  readonly #clock: WasiClock;
  readonly #memoryBytes: number;
  #memory: WebAssembly.Memory | null = null;

  constructor(job: CheckedJob, files: JobFiles, clock: WasiClock, output: EngineOutput) {
    this.#files = files;
    this.#clock = clock;
    this.#memoryBytes = job.limits.memoryBytes;
    this.#work = files.memory.directory(workDirectory);
    this.descriptors = new Descriptors(files.memory);
    this.descriptors.add({ kind: 'input', bytes: job.stdin, at: 0 });
    this.descriptors.add({ kind: 'output', write: (bytes) => output.stdout(bytes) });
    this.descriptors.add({ kind: 'output', write: (bytes) => output.stderr(bytes) });
  }

  attach(memory: WebAssembly.Memory): void {
    this.#memory = memory;
    this.memory.attach(memory);
  }

  /** A zero-ended path. */
  path(at: number): string {
    // Longer ones are refused by whoever follows them.
    let end = at >>> 0;
    while (end - (at >>> 0) < 4097 && this.memory.u8(end) !== 0) end++;
    return this.memory.text(at, end - (at >>> 0));
  }

  place(directory: number, at: number, followLast: boolean): Place {
    const start = directory === currentDirectory ? this.#work : this.descriptors.directory(directory);
    return findPlace(this.#files.memory.root, start, this.path(at), { followLast });
  }

  node(directory: number, at: number, followLast: boolean): Node {
    const { node } = this.place(directory, at, followLast);
    if (node === null) throw new Errno('noent');
    return node;
  }

  /** `fd_read` and so on, as of WASI preview 1. */
  wasi(): Record<string, Call> {
    const calls = fileCalls({
      memory: this.memory,
      descriptors: this.descriptors,
      files: this.#files.memory,
      clock: this.#clock,
    });
    return Object.fromEntries(
      Object.entries(calls).map(([name, call]) => [name, guarded((...args) => void call(...args), 1)]),
    );
  }

  /** Calls that answer with a negative error number. */
  linux(): Record<
    'open' | 'unlink' | 'removeDirectory' | 'rename' | 'readLink' | 'control' | 'terminal' | 'duplicate',
    Call
  > {
    const { memory } = this.#files;
    return {
      open: guarded((directory, path, flags) =>
        this.#open(this.place(directory as number, path as number, true), flags as number),
      ),
      unlink: guarded((directory, path, flags = 0) => {
        const place = this.place(directory as number, path as number, false);
        if (flags & removeDirectory) memory.removeDirectory(place);
        else memory.removeFile(place);
      }),
      removeDirectory: guarded((path) => memory.removeDirectory(this.place(currentDirectory, path as number, false))),
      rename: guarded((from, oldPath, to, newPath) =>
        memory.rename(
          this.place(from as number, oldPath as number, false),
          this.place(to as number, newPath as number, false),
        ),
      ),
      readLink: guarded((directory, path, into, length) => {
        const node = this.node(directory as number, path as number, false);
        if (node.kind !== 'link') throw new Errno('inval');
        const target = Buffer.from(node.target, 'latin1').subarray(0, (length as number) >>> 0);
        this.memory.window(into as number, target.length).set(target);
        return target.length;
      }),
      control: guarded(() => 0),
      // Says that a stream is a terminal, so that the C library hands on each line as it is written.
      terminal: guarded((descriptor) => {
        if (this.descriptors.get(descriptor as number).kind !== 'output') throw new Errno('inval');
        return 0;
      }),
      duplicate: guarded((from, to) => {
        this.descriptors.renumber(from as number, to as number);
        return to as number;
      }),
    };
  }

  #open(place: Place, flags: number): number {
    const access = flags & open.accessMode;
    const writes = access !== open.readOnly;
    const { memory } = this.#files;
    if (place.node !== null && flags & open.create && flags & open.exclusive) throw new Errno('exist');
    if (place.node === null && !(flags & open.create)) throw new Errno('noent');
    const node = place.node ?? memory.createFile(place);
    if (node.kind === 'directory') {
      if (writes) throw new Errno('isdir');
      return this.descriptors.add({ kind: 'directory', node, given: null, listing: null });
    }
    if (node.kind === 'null') return this.descriptors.add({ kind: 'null', node });
    if (node.kind !== 'file') throw new Errno('loop');
    if (flags & open.truncate && writes) memory.resize(node as FileNode, 0);
    const append = (flags & open.append) !== 0;
    return this.descriptors.add({ kind: 'file', node, at: 0, append, reads: access !== open.writeOnly, writes });
  }

  /** `emscripten_resize_heap`. @throws OutOfMemory past the job's limit */
  grow(bytes: number): number {
    const memory = this.#memory;
    if (memory === null) throw new Error('no memory is attached');
    const wanted = bytes >>> 0;
    if (wanted > this.#memoryBytes) throw new OutOfMemory(`${wanted} bytes asked for`);
    try {
      memory.grow(Math.ceil((wanted - memory.buffer.byteLength) / 65_536));
      return 1;
    } catch {
      throw new OutOfMemory(`${wanted} bytes asked for`);
    }
  }

  stat(node: Node, out: number): void {
    // struct stat of emscripten: see `Mc` of sql.js's glue; 96 bytes.
    const { memory } = this;
    memory.window(out, 96).fill(0);
    const size = node.kind === 'file' ? node.size : 4096;
    const mode = node.kind === 'file' ? 0o100000 | node.mode : node.kind === 'directory' ? 0o40755 : 0o20666;
    memory.setU32(out, 1);
    memory.setU32(out + 4, mode);
    memory.setU32(out + 8, 1);
    memory.setU64(out + 24, BigInt(size));
    memory.setU32(out + 32, 4096);
    memory.setU32(out + 36, Math.ceil(size / 512));
    for (const field of [40, 56, 72]) {
      memory.setU64(out + field, node.modified / 1_000_000_000n);
      memory.setU32(out + field + 8, Number(node.modified % 1_000_000_000n));
    }
    memory.setU64(out + 88, node.inode);
  }

  follows(flags: number): boolean {
    return (flags & noFollow) === 0;
  }
}

/** @param sign of the error number that is returned: WASI returns it, Linux its negative */
export function guarded(call: (...args: number[]) => unknown, sign: 1 | -1 = -1): Call {
  return (...args) => {
    try {
      const result = call(...args);
      return typeof result === 'number' ? result : 0;
    } catch (error) {
      if (error instanceof Errno) return sign * error.number;
      throw error;
    }
  };
}
