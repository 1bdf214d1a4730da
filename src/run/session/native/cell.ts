/**
 * A program that lives on in a sandbox of its own, with a framed channel: what kernels of every language stand on.
 *
 * How it is used: `openCell` makes the sandbox with an empty work directory; `start` starts the program in it, again whenever it has ended; `send` and
 * the listener's `frame` are the channel; `begin` and `rest` say from when to when a cell's CPU time and output are counted; `files` asks for work on
 * files; `end` ends everything. The program finds three streams (standard input is empty) and two descriptors:
 *
 *   3   the channel, both ways: u32 length of the payload, u8 kind, payload; little-endian
 *   4   order: write one byte and read one; then everything written to the streams before has been taken out of them
 *
 * What is sent over the channel comes after everything written before and, if the program asked for order first, before everything written later. The
 * channel is no part of the streams, so nothing a program prints is taken for protocol; but all of the program may write to it, so what comes is
 * checked for its form here (lengths) and for its meaning by whoever listens.
 */
import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { WinnowError } from '../../../base/mod.ts';
import { FrameError, FrameReader, frameHead } from '../../embedded/frames.ts';
import type { Cgroup } from '../../native/cgroup.ts';
import { countsProcessesPerNamespace } from '../../native/machine.ts';
import { seccompFilter } from '../../native/seccomp.ts';
import {
  etcFiles,
  type Machine,
  type OwnFile,
  shared,
  startInside,
  type WorkerKind,
} from '../../native/startinside.ts';
import { isCount, isRecord } from '../../untrusted.ts';
import type { SessionLimits } from '../types.ts';

export interface CellRequest {
  readonly kind: WorkerKind;
  readonly limits: Pick<SessionLimits, 'memoryBytes' | 'processes' | 'fileBytes' | 'cellCpuMs'>;
  /** The runtime reserves far more address space than it uses. */
  readonly reservesMemory: boolean;
  /** Files of ours that the program needs, read-only, below `/run/winnow/kernel`. */
  readonly ownFiles: readonly OwnFile[];
}

export interface Program {
  /** The program is an absolute path or looked for in `env.PATH`. */
  readonly argv: readonly string[];
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** How a program ended; everything it had started ended with it. */
export interface ProgramEnd {
  readonly code: number | null;
  /** `SIGKILL`; null when it exited. */
  readonly signal: string | null;
  /** Why it was killed from here; null: it was not. `cpu`: what went on between cells used more than a cell may. */
  readonly killed: 'host' | 'cpu' | 'memory' | 'processes' | 'channel' | 'disk' | null;
  /** Memory ran out while a cell was counted. */
  readonly isOutOfMemory: boolean;
  readonly cpuMs: number;
  /** Why the kernel would not execute it, by its name in errno(3). */
  readonly unstarted: string | null;
}

export interface CellListener {
  /** @param cpuMs CPU time since `begin`, and since the `rest` before it */
  frame(kind: number, payload: Uint8Array, cpuMs: number): void;
  output(stream: 'stdout' | 'stderr', bytes: Uint8Array): void;
  /** Bytes past the limit of output, which are let go. */
  omitted(stream: 'stdout' | 'stderr', bytes: number): void;
  /** More CPU time than `begin` allowed. */
  limit(): void;
  /** The program closed its channel, or wrote to it what is no frame. It should be killed. */
  lost(why: string): void;
  ended(end: ProgramEnd): void;
  /** The sandbox itself failed. */
  broken(error: WinnowError): void;
}

const toKeeper = { start: 1, send: 2, signal: 3, kill: 4, begin: 5, rest: 6, files: 7, measure: 8 } as const;
const fromKeeper = {
  ready: 1,
  stdout: 2,
  stderr: 3,
  channel: 4,
  ended: 5,
  done: 6,
  limit: 7,
  omitted: 8,
  broken: 9,
  measured: 10,
} as const;

/** The longest frame of a program that is believed: a picture of 16 MiB as base64, and what is said of it. */
const frameBytes = 24 * 2 ** 20;
/** The longest message to a program: less than the keeper holds back for one that does not read. */
export const sendBytes = 32 * 2 ** 20;
/** A start takes 60 ms; on a machine that swaps or is overloaded, seconds. */
const startMs = 30_000;
/** Between a worker's users and "nobody", 65534: room for a thousand sessions. */
const firstSlot = 500;
const lastSlot = 1499;
/** Files a program may have open, and the same where nobody counts the memory of sockets and pipes; as jobs' (`opensandbox.ts`). */
const openFiles = { counted: [1024, 4096], uncounted: [128, 128] } as const;
const stackBytes = 8 << 20;

const inside = (name: string): OwnFile => ({
  source: new URL(`inside/${name}`, import.meta.url),
  path: `/run/winnow/${name}`,
});
const keeperFiles: readonly OwnFile[] = [
  ...etcFiles,
  ...shared,
  inside('keeper.py'),
  inside('livecell.py'),
  inside('livefiles.py'),
];

const slots = new Set<number>();

/** @throws WinnowError `sandbox-failed` */
export async function openCell(machine: Machine, request: CellRequest): Promise<LiveCell> {
  let slot = firstSlot;
  while (slots.has(slot)) slot++;
  if (slot > lastSlot)
    throw new WinnowError(
      'sandbox-failed',
      `One process may hold ${lastSlot - firstSlot + 1} sessions at once; end some of them.`,
    );
  slots.add(slot);
  try {
    const own = [...keeperFiles, ...request.ownFiles];
    const { child, cgroup, hello } = startInside(machine, request.kind, slot, own, '/run/winnow/keeper.py');
    const cell = new LiveCell(child, cgroup, slot, request);
    await cell.open(machine, hello);
    return cell;
  } catch (error) {
    slots.delete(slot);
    throw error;
  }
}

export class LiveCell {
  readonly #child: ChildProcess;
  readonly #cgroup: Cgroup | null;
  readonly #slot: number;
  readonly #request: CellRequest;
  readonly #closed: Promise<void>;
  readonly #reader: FrameReader;
  #channel: FrameReader | null = null;
  #listener: CellListener | null = null;
  #ready: { resolve(): void; reject(error: Error): void } | null = null;
  readonly #answers: { resolve(payload: Uint8Array): void; reject(error: Error): void }[] = [];
  #broken: WinnowError | null = null;
  #complaint = '';
  #isRunning = false;

  constructor(child: ChildProcess, cgroup: Cgroup | null, slot: number, request: CellRequest) {
    this.#child = child;
    this.#cgroup = cgroup;
    this.#slot = slot;
    this.#request = request;
    // Answers about files are as long as files are; the keeper is ours.
    this.#reader = new FrameReader((kind) => (kind === fromKeeper.done ? 0xffffffff : 2 ** 20));
    this.#closed = new Promise((resolve) => child.once('close', () => resolve()));
    child.once('error', (cause) => this.#break(`bubblewrap could not be started: ${cause.message}`));
    child.once('close', (code, signal) => this.#break(`the sandbox ended (${signal ?? code})`));
    child.stdout?.on('data', (piece: Buffer) => this.#receive(piece));
    child.stderr?.on('data', (piece: Buffer) => {
      this.#complaint = (this.#complaint + piece.toString()).slice(-2000);
    });
    child.stdin?.on('error', () => {}); // 'close' follows and says more
  }

  /** For `openCell` alone. */
  async open(machine: Machine, hello: object): Promise<void> {
    const { memoryBytes, processes, fileBytes, cellCpuMs } = this.#request.limits;
    const header = Buffer.from(
      JSON.stringify({ ...hello, memoryBytes, processes, fileBytes, cpuMs: cellCpuMs, over: this.#overlay() }),
    );
    const length = Buffer.alloc(4);
    length.writeUInt32LE(header.length);
    const filter = seccompFilter(machine.architecture, { memoryCounted: this.#cgroup !== null });
    const timer = setTimeout(() => {
      this.#break(`it was not ready after ${startMs / 1000} s`);
      this.#child.kill('SIGKILL');
    }, startMs);
    try {
      await new Promise<void>((resolve, reject) => {
        this.#ready = { resolve, reject };
        this.#tell(toKeeper.start, length, header, filter);
      });
    } catch (error) {
      await this.end();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Control groups count its memory and processes exactly. */
  get isCounted(): boolean {
    return this.#cgroup !== null;
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** Why it can no longer be used; null while it can. */
  get broken(): WinnowError | null {
    return this.#broken;
  }

  /** Starts the program; it must not be running. Its messages and its end come to the listener. */
  start(program: Program, listener: CellListener): void {
    this.#refuseBroken();
    this.#listener = listener;
    this.#channel = new FrameReader(() => frameBytes);
    this.#isRunning = true;
    this.#tellJson(toKeeper.start, { ...program, rlimits: this.#rlimits() });
  }

  /** @param payload at most `sendBytes` */
  send(kind: number, payload: Uint8Array): void {
    this.#tell(toKeeper.send, frameHead(kind, payload.length), payload);
  }

  /** For programs that read something else than frames. */
  sendBytes(bytes: Uint8Array): void {
    this.#tell(toKeeper.send, bytes);
  }

  /** From now on CPU time and output are those of a cell. */
  begin(terms: { readonly cpuMs: number; readonly outputBytes: number }): void {
    this.#tellJson(toKeeper.begin, terms);
  }

  /** The cell is over; what still goes on is the background's. */
  rest(): void {
    this.#tell(toKeeper.rest);
  }

  /** To the program and all processes of its group. */
  signal(name: NodeJS.Signals): void {
    this.#tell(toKeeper.signal, Buffer.from([constants.signals[name]]));
  }

  /** Ends the program with everything it started; `ended` follows. */
  kill(): void {
    this.#tell(toKeeper.kill);
  }

  /** Work on files (`inside/livefiles.py`). @throws WinnowError `sandbox-failed` */
  async files(ask: Readonly<Record<string, unknown>>, body: readonly Uint8Array[] = []): Promise<FilesAnswer> {
    const text = Buffer.from(JSON.stringify(ask));
    const length = Buffer.alloc(4);
    length.writeUInt32LE(text.length);
    const payload = await this.#ask(toKeeper.files, length, text, ...body);
    const view = Buffer.from(payload.buffer, payload.byteOffset, payload.length);
    const size = view.readUInt32LE(0);
    return { header: JSON.parse(view.toString('utf8', 4, 4 + size)), body: payload.subarray(4 + size) };
  }

  /** Ends the program, and writes down what was changed in the directory that it worked over (`warden/overlay.py`). The last that is asked. */
  async collect(): Promise<void> {
    await this.files({ op: 'collect' });
  }

  /** Memory of all its processes and its files together. */
  async memoryBytes(): Promise<number | null> {
    const value: unknown = JSON.parse(Buffer.from(await this.#ask(toKeeper.measure)).toString());
    return isRecord(value) && isCount(value.memoryBytes) ? value.memoryBytes : null;
  }

  /** Resolves when all its processes are gone. */
  async end(): Promise<void> {
    this.#break('it was ended');
    this.#child.kill('SIGKILL');
    if (this.#child.pid !== undefined) await this.#closed;
    // The kernel closes a dying process's pipes a moment before it takes the process out of its group.
    for (let tries = 0; this.#cgroup?.close() === false && tries < 100; tries++) await sleep(5);
    slots.delete(this.#slot);
  }

  #overlay(): unknown {
    const { kind, limits } = this.#request;
    if (kind.over === null) return null;
    return { path: kind.over.directory, copied: kind.over.copied, mostBytes: limits.fileBytes };
  }

  #rlimits(): Record<string, readonly [number, number]> {
    const { memoryBytes, processes } = this.#request.limits;
    const both = (value: number): readonly [number, number] => [value, value];
    const table: Record<string, readonly [number, number]> = {
      RLIMIT_CORE: both(0),
      RLIMIT_NOFILE: this.isCounted ? openFiles.counted : openFiles.uncounted,
      RLIMIT_STACK: [Math.min(stackBytes, memoryBytes), memoryBytes],
    };
    // What it writes over a directory lies on a disk.
    if (this.#request.kind.over !== null) table.RLIMIT_FSIZE = both(Math.max(4096, this.#request.limits.fileBytes));
    // The cell's first process has the same user, so one more.
    if (countsProcessesPerNamespace()) table.RLIMIT_NPROC = both(processes + 1);
    if (!this.isCounted && !this.#request.reservesMemory) table.RLIMIT_AS = both(memoryBytes);
    return table;
  }

  #ask(kind: number, ...parts: readonly Uint8Array[]): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      if (this.#broken !== null) {
        reject(this.#broken);
        return;
      }
      this.#answers.push({ resolve, reject });
      this.#tell(kind, ...parts);
    });
  }

  #tellJson(kind: number, value: unknown): void {
    this.#tell(kind, Buffer.from(JSON.stringify(value)));
  }

  #tell(kind: number, ...parts: readonly Uint8Array[]): void {
    const stdin = this.#child.stdin;
    if (this.#broken !== null || stdin === null) return;
    stdin.cork();
    stdin.write(
      frameHead(
        kind,
        parts.reduce((sum, part) => sum + part.length, 0),
      ),
    );
    for (const part of parts) stdin.write(part);
    stdin.uncork();
  }

  #receive(piece: Buffer): void {
    try {
      for (const { kind, payload } of this.#reader.push(piece)) this.#obey(kind, payload);
    } catch (cause) {
      if (!(cause instanceof FrameError) && !(cause instanceof SyntaxError)) throw cause;
      this.#break(`it sent what cannot be understood: ${cause.message}`);
      this.#child.kill('SIGKILL');
    }
  }

  #obey(kind: number, payload: Uint8Array): void {
    const listener = this.#listener;
    switch (kind) {
      case fromKeeper.stdout:
        listener?.output('stdout', payload);
        return;
      case fromKeeper.stderr:
        listener?.output('stderr', payload);
        return;
      case fromKeeper.channel:
        this.#hear(payload);
        return;
      case fromKeeper.done:
      case fromKeeper.measured:
        this.#answers.shift()?.resolve(payload);
        return;
      case fromKeeper.ready:
        this.#ready?.resolve();
        return;
    }
    const value: unknown = JSON.parse(Buffer.from(payload).toString());
    if (kind === fromKeeper.limit) listener?.limit();
    else if (kind === fromKeeper.omitted) {
      const [out, err] = value as readonly [number, number];
      if (out > 0) listener?.omitted('stdout', out);
      if (err > 0) listener?.omitted('stderr', err);
    } else if (kind === fromKeeper.ended) {
      this.#isRunning = false;
      this.#channel = null;
      this.#listener = null;
      listener?.ended(endOf(value as Ended));
    } else if (kind === fromKeeper.broken) {
      this.#break(String(value));
      this.#child.kill('SIGKILL');
    }
  }

  /** What the program said; everything about it may be wrong. */
  #hear(payload: Uint8Array): void {
    const cpuMs = new DataView(payload.buffer, payload.byteOffset, 8).getFloat64(0, true);
    if (payload.length === 8) {
      this.#listener?.lost('closed its channel to the session');
      return;
    }
    try {
      for (const frame of this.#channel?.push(payload.subarray(8)) ?? [])
        this.#listener?.frame(frame.kind, frame.payload, cpuMs);
    } catch (cause) {
      if (!(cause instanceof FrameError)) throw cause;
      this.#channel = null;
      this.#listener?.lost('wrote to its channel to the session what is no message');
    }
  }

  #refuseBroken(): void {
    if (this.#broken !== null) throw this.#broken;
  }

  #break(why: string): void {
    if (this.#broken !== null) return;
    const said = this.#complaint.trim();
    this.#broken = new WinnowError(
      'sandbox-failed',
      `The sandbox of the session failed: ${why}${said === '' ? '' : `; it said: ${said}`}. Open another session.`,
      { details: { why, said } },
    );
    this.#isRunning = false;
    this.#ready?.reject(this.#broken);
    this.#ready = null;
    for (const { reject } of this.#answers.splice(0)) reject(this.#broken);
    const listener = this.#listener;
    this.#listener = null;
    listener?.broken(this.#broken);
  }
}

export interface FilesAnswer {
  readonly header: unknown;
  readonly body: Uint8Array;
}

interface Ended {
  readonly status: number;
  readonly unstarted: string | null;
  readonly killed: ProgramEnd['killed'];
  readonly memory: boolean;
  readonly cpuMs: number;
}

function endOf({ status, unstarted, killed, memory, cpuMs }: Ended): ProgramEnd {
  const number = status & 0x7f;
  return {
    code: number === 0 ? (status >> 8) & 0xff : null,
    signal: number === 0 ? null : signalName(number),
    killed,
    isOutOfMemory: memory,
    cpuMs,
    unstarted,
  };
}

function signalName(number: number): string {
  const found = Object.entries(constants.signals).find(([, value]) => value === number);
  return found === undefined ? `SIGRTMIN+${number - 34}` : found[0];
}
