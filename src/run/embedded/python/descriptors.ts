/**
 * Open files of one Python job: descriptors as POSIX has them, with `dup`, pipes, devices and the three standard streams.
 *
 * Standard input is the job's bytes; standard output and error go to the host as they are written. What would
 * wait for ever (an empty pipe whose other end is held by this same and only thread) fails with EAGAIN instead.
 *
 * The WASI programs of `wasm/descriptors.ts` know neither pipes nor shared positions, so they have their own, simpler table.
 */

import { Errno } from '../../wasm/errno.ts';
import type { DirectoryNode, FileNode, Node } from '../../wasm/filetree.ts';
import type { MemoryFiles } from '../../wasm/memoryfiles.ts';
import type { TreeCopier } from '../../wasm/treecopy.ts';
import type { EngineOutput } from '../engine.ts';

/** Open flags. Source: emscripten `bits/fcntl.h`, the same as Linux on x86. */
export const Open = {
  access: 0o3,
  write: 0o1,
  create: 0o100,
  exclusive: 0o200,
  truncate: 0o1000,
  append: 0o2000,
  nonBlocking: 0o4000,
  directory: 0o200000,
  noFollow: 0o400000,
} as const;

/** As `ulimit -n` is on most systems. */
const mostDescriptors = 1024;
/** Linux keeps 64 KiB in a pipe. */
const pipeBytes = 65_536;

/** Where a session's kernel tells what is shown; above what a program is given, so that none comes upon it by counting. */
export const shownDescriptor = mostDescriptors;

export type DeviceName = 'null' | 'zero' | 'full' | 'urandom' | 'stdin' | 'stdout' | 'stderr' | 'shown';

interface Pipe {
  readonly chunks: Uint8Array[];
  bytes: number;
  readers: number;
  writers: number;
}

export type Target =
  | { readonly kind: 'file'; readonly node: FileNode }
  | { readonly kind: 'directory'; readonly node: DirectoryNode; listing: readonly (readonly [string, Node])[] | null }
  | { readonly kind: 'device'; readonly name: DeviceName }
  | { readonly kind: 'pipe'; readonly pipe: Pipe; readonly end: 'read' | 'write' };

/** An open file description: descriptors made by `dup` share it. */
export interface Description {
  readonly target: Target;
  flags: number;
  at: number;
  references: number;
}

export interface DescriptorOptions {
  readonly files: MemoryFiles;
  readonly stdin: Uint8Array;
  readonly output: EngineOutput & {
    /** What a session's kernel shows, one message a call. Absent: there is none, and no descriptor for it. */
    shown?(bytes: Uint8Array): void;
  };
  random(into: Uint8Array): void;
}

export class Descriptors {
  #table: (Description | undefined)[] = [];
  readonly #options: DescriptorOptions;
  #stdinAt = 0;

  constructor(options: DescriptorOptions) {
    this.#options = options;
    for (const name of ['stdin', 'stdout', 'stderr'] as const)
      this.add({ kind: 'device', name }, name === 'stdin' ? 0 : Open.write);
    if (options.output.shown !== undefined) {
      const target: Target = { kind: 'device', name: 'shown' };
      this.#table[shownDescriptor] = { target, flags: Open.write, at: 0, references: 1 };
    }
  }

  /** The same descriptors over a copy of the files. */
  copy(copier: TreeCopier, options: DescriptorOptions): Descriptors {
    const made = new Descriptors(options);
    made.#stdinAt = this.#stdinAt;
    const pipes = new Map<Pipe, Pipe>();
    const copyTarget = (target: Target): Target => {
      switch (target.kind) {
        case 'file':
          return { kind: 'file', node: copier.file(target.node) };
        case 'directory':
          return { kind: 'directory', node: copier.directory(target.node), listing: null };
        case 'device':
          return target;
        case 'pipe': {
          const pipe = pipes.get(target.pipe) ?? { ...target.pipe, chunks: [...target.pipe.chunks] };
          pipes.set(target.pipe, pipe);
          return { ...target, pipe };
        }
      }
    };
    const copied = new Map<Description, Description>();
    made.#table = this.#table.map((description) => {
      if (description === undefined) return undefined;
      const known = copied.get(description) ?? { ...description, target: copyTarget(description.target) };
      copied.set(description, known);
      return known;
    });
    return made;
  }

  get(fd: number): Description {
    const description = this.#table[fd];
    if (description === undefined) throw new Errno('badf');
    return description;
  }

  #free(from: number): number {
    let fd = from;
    while (this.#table[fd] !== undefined) fd++;
    if (fd >= mostDescriptors) throw new Errno('mfile');
    return fd;
  }

  add(target: Target, flags: number): number {
    const fd = this.#free(0);
    this.#table[fd] = { target, flags, at: 0, references: 1 };
    if (target.kind === 'file') this.#options.files.hold(target.node);
    return fd;
  }

  /** @param where the exact number wanted, whose file is closed; or the lowest free one from a number on */
  duplicate(fd: number, where: { to: number } | { from: number }): number {
    const description = this.get(fd);
    const wanted = 'to' in where ? where.to : where.from;
    if (wanted < 0 || wanted >= mostDescriptors) throw new Errno('to' in where ? 'badf' : 'inval');
    const to = 'to' in where ? wanted : this.#free(wanted);
    if (to === fd) return fd;
    if (this.#table[to] !== undefined) this.close(to);
    description.references++;
    this.#table[to] = description;
    return to;
  }

  close(fd: number): void {
    const description = this.get(fd);
    if (fd === shownDescriptor) throw new Errno('badf');
    this.#table[fd] = undefined;
    description.references--;
    if (description.references > 0) return;
    const { target } = description;
    if (target.kind === 'pipe') target.pipe[target.end === 'read' ? 'readers' : 'writers']--;
    if (target.kind === 'file') this.#options.files.release(target.node);
  }

  /** As when a process ends: all but the standard streams, which are fresh, and what is the kernel's. */
  closeAll(): void {
    for (const fd of this.#table.keys()) if (this.#table[fd] !== undefined && fd !== shownDescriptor) this.close(fd);
    for (const name of ['stdin', 'stdout', 'stderr'] as const)
      this.add({ kind: 'device', name }, name === 'stdin' ? 0 : Open.write);
  }

  pipe(): readonly [number, number] {
    const pipe: Pipe = { chunks: [], bytes: 0, readers: 1, writers: 1 };
    const read = this.add({ kind: 'pipe', pipe, end: 'read' }, 0);
    try {
      return [read, this.add({ kind: 'pipe', pipe, end: 'write' }, Open.write)];
    } catch (error) {
      this.close(read);
      throw error;
    }
  }

  /** @param at a position of its own (`pread`); null: the description's, which moves */
  read(fd: number, into: Uint8Array, at: number | null): number {
    const description = this.get(fd);
    if ((description.flags & Open.access) === Open.write) throw new Errno('badf');
    const { target } = description;
    if (target.kind === 'directory') throw new Errno('isdir');
    if (target.kind !== 'file' && at !== null) throw new Errno('spipe');
    if (target.kind === 'device') return this.#readDevice(target.name, into);
    if (target.kind === 'pipe') return readPipe(target.pipe, into);
    const count = this.#options.files.read(target.node, at ?? description.at, into);
    if (at === null) description.at += count;
    return count;
  }

  #readDevice(name: DeviceName, into: Uint8Array): number {
    if (name === 'stdin') {
      const chunk = this.#options.stdin.subarray(this.#stdinAt, this.#stdinAt + into.length);
      into.set(chunk);
      this.#stdinAt += chunk.length;
      return chunk.length;
    }
    if (name === 'null') return 0;
    if (name === 'zero' || name === 'full') into.fill(0);
    else if (name === 'urandom') this.#options.random(into);
    else throw new Errno('badf');
    return into.length;
  }

  write(fd: number, from: Uint8Array, at: number | null): number {
    const description = this.get(fd);
    if ((description.flags & Open.access) === 0) throw new Errno('badf');
    const { target } = description;
    if (target.kind === 'directory') throw new Errno('isdir');
    if (target.kind !== 'file' && at !== null) throw new Errno('spipe');
    if (target.kind === 'device') return this.#writeDevice(target.name, from);
    if (target.kind === 'pipe') return writePipe(target.pipe, from);
    if (at === null && (description.flags & Open.append) !== 0) description.at = target.node.size;
    this.#options.files.write(target.node, at ?? description.at, from);
    if (at === null) description.at += from.length;
    return from.length;
  }

  #writeDevice(name: DeviceName, from: Uint8Array): number {
    if (name === 'full') throw new Errno('nospc');
    if (name === 'stdin') throw new Errno('badf');
    if (name === 'stdout') this.#options.output.stdout(from);
    else if (name === 'stderr') this.#options.output.stderr(from);
    else if (name === 'shown') this.#options.output.shown?.(from);
    return from.length;
  }

  /** @returns the new position */
  seek(fd: number, offset: bigint, whence: number): number {
    const description = this.get(fd);
    const { target } = description;
    if (target.kind === 'pipe') throw new Errno('spipe');
    if (target.kind === 'device') {
      if (target.name.startsWith('std')) throw new Errno('spipe');
      return 0;
    }
    const size = target.kind === 'file' ? target.node.size : 0;
    const base = [0, description.at, size][whence];
    if (base === undefined) throw new Errno('inval');
    const to = base + Number(offset);
    if (!Number.isSafeInteger(to) || to < 0) throw new Errno('inval');
    if (target.kind === 'directory' && to === 0) target.listing = null;
    description.at = to;
    return to;
  }

  /** Event bits that hold now. Source: `poll.h`: 1 readable, 4 writable, 8 error, 16 hung up, 32 not open. */
  ready(fd: number): number {
    const target = this.#table[fd]?.target;
    if (target === undefined) return 32;
    if (target.kind !== 'pipe') return 1 | 4;
    const { pipe } = target;
    if (target.end === 'write') return pipe.readers === 0 ? 8 : pipe.bytes < pipeBytes ? 4 : 0;
    return (pipe.bytes > 0 ? 1 : 0) | (pipe.writers === 0 ? 16 : 0);
  }
}

function readPipe(pipe: Pipe, into: Uint8Array): number {
  let count = 0;
  while (count < into.length) {
    const chunk = pipe.chunks.shift();
    if (chunk === undefined) break;
    const taken = chunk.subarray(0, into.length - count);
    into.set(taken, count);
    count += taken.length;
    if (taken.length < chunk.length) pipe.chunks.unshift(chunk.subarray(taken.length));
  }
  pipe.bytes -= count;
  if (count === 0 && into.length > 0 && pipe.writers > 0) throw new Errno('again');
  return count;
}

function writePipe(pipe: Pipe, from: Uint8Array): number {
  if (pipe.readers === 0) throw new Errno('pipe');
  const count = Math.min(from.length, pipeBytes - pipe.bytes);
  if (count === 0 && from.length > 0) throw new Errno('again');
  if (count > 0) pipe.chunks.push(from.slice(0, count));
  pipe.bytes += count;
  return count;
}
