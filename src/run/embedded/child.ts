/**
 * The child process of one engine as the host holds it: started, spoken to, heard, killed.
 *
 * It knows frames but not what they mean. It is gone once: when the stream ends, or when the child breaks the format and is
 * killed for it; nothing is heard after that.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Duplex, Readable } from 'node:stream';
import { type ChildPlan, childCommand } from './confine.ts';
import { type Frame, FrameError, FrameReader, frameHead, pack } from './frames.ts';
import { cpuMsOf, innermost, residentBytesOf } from './proc.ts';

/** Who hears what the child says. */
export interface Listener {
  /** The longest payload that is taken of a frame of this kind now; less than 0: none. */
  mostBytes(kind: number): number;
  /** @throws FrameError when the child must not say this now; it is then killed */
  frame(frame: Frame): void;
  /** No frame will follow. @param broke how it broke the format; null when it just ended */
  gone(broke: FrameError | null): void;
}

/** What is kept of standard error: V8 says in its last lines why it ended. */
const complaintBytes = 4096;

type Streams = [null, null, Readable, Duplex, Duplex | null, Duplex | null];

export class Child {
  readonly #process: ChildProcess;
  readonly #channel: Duplex;
  readonly #reader = new FrameReader((kind) => this.listener?.mostBytes(kind) ?? -1);
  #isGone = false;
  #complaint = '';
  #pid: number | null = null;
  listener: Listener | null = null;
  /** Fulfilled with its exit code when it and all that holds it are gone; by bubblewrap and shells a signal is 128 + its number. */
  readonly closed: Promise<number | null>;

  constructor(plan: ChildPlan) {
    const { argv, env, filter, standsBy } = childCommand(plan);
    this.#process = spawn(argv[0] as string, argv.slice(1), {
      cwd: '/',
      env,
      // Its own process group, so that wrappers and engine are killed by one signal.
      detached: true,
      stdio: [
        ...(['ignore', 'ignore', 'pipe', 'pipe'] as const),
        filter === null ? 'ignore' : 'pipe',
        standsBy ? 'pipe' : 'ignore',
        plan.stopFile ?? 'ignore',
      ],
    });
    const [, , stderr, channel, filterStream, lifeline] = this.#process.stdio as unknown as Streams;
    filterStream?.on('error', () => {}).end(filter);
    this.#channel = channel;
    stderr.on('data', (chunk: Buffer) => {
      this.#complaint = (this.#complaint + chunk.toString('latin1')).slice(-complaintBytes);
    });
    // Broken pipes are seen as the end of the stream.
    for (const stream of [channel, lifeline, stderr]) stream?.on('error', () => {});
    channel.on('data', (chunk: Buffer) => this.#hear(chunk));
    channel.on('close', () => {
      lifeline?.destroy();
      this.#leave(null);
    });
    this.closed = new Promise((resolve) => {
      this.#process.on('error', (cause) => {
        this.#complaint = cause.message;
        for (const stream of [channel, filterStream, lifeline]) stream?.destroy();
        resolve(null);
      });
      this.#process.on('close', (code, signal) => resolve(signal === 'SIGKILL' ? 137 : code));
    });
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  /** The end of what it wrote to standard error. */
  get complaint(): string {
    return this.#complaint.trim();
  }

  /** Finds the engine's process below those that hold it; called when it has spoken for the first time. */
  locate(): void {
    // Its own word would not do: a process in a namespace does not know the number it has here.
    this.#pid = this.#process.pid === undefined ? null : innermost(this.#process.pid);
  }

  /** Since its start; null where it cannot be known. */
  cpuMs(): number | null {
    return this.#pid === null ? null : cpuMsOf(this.#pid);
  }

  residentBytes(): number | null {
    return this.#pid === null ? null : residentBytesOf(this.#pid);
  }

  send(kind: number, value: unknown): void {
    const parts = pack(value);
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    this.#channel.cork();
    for (const part of [frameHead(kind, length), ...parts]) this.#channel.write(part);
    this.#channel.uncork();
  }

  /** The child reads to the end and leaves by itself. */
  finish(): void {
    this.#channel.end();
  }

  /** Ends what the engine runs, not the engine, where it listens (`interruptible.ts`). @returns false: it cannot be reached */
  interrupt(): boolean {
    try {
      return this.#pid !== null && !this.#isGone && process.kill(this.#pid, 'SIGINT');
    } catch {
      return false;
    }
  }

  kill(): void {
    const { pid, exitCode, signalCode } = this.#process;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // Gone between the look and the kill.
    }
  }

  #hear(chunk: Buffer): void {
    if (this.#isGone) return;
    try {
      for (const frame of this.#reader.push(chunk)) {
        if (this.listener === null) throw new FrameError(`a frame of kind ${frame.kind} when nobody asked`);
        this.listener.frame(frame);
      }
    } catch (cause) {
      this.kill();
      // Whatever an enemy's words lead into, it must not be the end of the host.
      this.#leave(cause instanceof FrameError ? cause : new FrameError(`reading it failed: ${cause}`, { cause }));
    }
  }

  #leave(broke: FrameError | null): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.listener?.gone(broke);
  }
}
