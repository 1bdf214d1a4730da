/**
 * One worker: a bubblewrap with a warden in it, seen from this process.
 *
 * Everything goes through pipes; nothing lies on disk. When this process dies, however it dies, bubblewrap gets the kernel's
 * death signal and the warden sees its input end, and with the first process of its namespace everything in it ends.
 */
import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { WinnowError } from '../../base/mod.ts';
import type { Cgroup } from './cgroup.ts';
import { encodeFrame, type Frame, FrameReader } from './frames.ts';
import { seccompFilter } from './seccomp.ts';
import { etcFiles, type Machine, type OwnFile, own, shared, startInside, type WorkerKind } from './startinside.ts';
import { examined, namesByNumber, refused, refusedUncounted, watched } from './syscalls.ts';

/** Sources of the warden, by where they are found in the sandbox. */
const given: readonly OwnFile[] = [
  ...etcFiles,
  ...shared,
  own('warden/warden.py'),
  own('warden/watch.py'),
  own('warden/witness.py'),
  own('warden/compact.py'),
  own('warden/zygote.py'),
  own('warden/ending.py'),
  { source: new URL('warden/sitecustomize.py', import.meta.url), path: '/run/winnow/hook/sitecustomize.py' },
];

/** A start takes 50 ms; on a machine that swaps or is overloaded, seconds. */
const startMs = 30_000;
/** Longest reply believed: all files and both streams of a job at the limits' maxima. */
const mostBytes = 0xffffffff;

export class Worker {
  readonly #child: ChildProcess;
  readonly #cgroup: Cgroup | null;
  readonly #reader = new FrameReader(mostBytes);
  readonly #closed: Promise<void>;
  #waiting: { resolve(frame: Frame): void; reject(cause: Error): void } | null = null;
  #complaint = '';
  #alive = true;

  private constructor(child: ChildProcess, cgroup: Cgroup | null) {
    this.#child = child;
    this.#cgroup = cgroup;
    this.#closed = new Promise((resolve) => child.once('close', () => resolve()));
    child.once('error', (cause) => this.#fail(`bubblewrap could not be started: ${cause.message}`));
    child.once('close', (code, signal) => this.#fail(`the sandbox ended (${signal ?? code})`));
    child.stdout?.on('data', (piece: Buffer) => this.#receive(piece));
    child.stderr?.on('data', (piece: Buffer) => {
      this.#complaint = (this.#complaint + piece.toString()).slice(-2000);
    });
    child.stdin?.on('error', () => {}); // 'close' follows and says more
  }

  /** @throws WinnowError `sandbox-failed` when it does not get ready */
  static async start(machine: Machine, kind: WorkerKind, slot: number): Promise<Worker> {
    const { child, cgroup, hello } = startInside(machine, kind, slot, given, '/run/winnow/warden.py');
    const worker = new Worker(child, cgroup);
    const timer = setTimeout(() => worker.kill(`it was not ready after ${startMs / 1000} s`), startMs);
    try {
      const { architecture } = machine;
      const memoryCounted = cgroup !== null;
      const plain = seccompFilter(architecture, { memoryCounted });
      const watching = seccompFilter(architecture, { memoryCounted, isWatched: true });
      const calls = {
        filterBytes: plain.length,
        watched: namesByNumber(watched, architecture),
        refused: namesByNumber({ ...refused, ...refusedUncounted, ...examined }, architecture),
      };
      await worker.exchange({ ...hello, ...calls }, [plain, watching]);
      return worker;
    } catch (cause) {
      await worker.end();
      throw cause;
    } finally {
      clearTimeout(timer);
    }
  }

  get usable(): boolean {
    return this.#alive;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /**
   * Sends one frame and waits for the answer to it.
   *
   * @throws WinnowError `sandbox-failed` when the worker breaks, `cancelled` when the signal fires; it is of no use then
   */
  exchange(header: unknown, body: readonly Uint8Array[], signal?: AbortSignal): Promise<Frame> {
    return new Promise<Frame>((resolve, reject) => {
      if (!this.#alive) {
        reject(this.#error('the sandbox has ended'));
        return;
      }
      const onAbort = (): void => {
        settle();
        reject(new WinnowError('cancelled', 'The run was cancelled while its program ran.'));
        this.kill('cancelled');
      };
      const settle = (): void => {
        this.#waiting = null;
        signal?.removeEventListener('abort', onAbort);
      };
      this.#waiting = {
        resolve: (frame) => {
          settle();
          const { broken, unstarted } = frame.header as { broken?: unknown; unstarted?: unknown };
          if (typeof broken === 'string') {
            this.#alive = false;
            reject(this.#error(broken, typeof unstarted === 'string' ? unstarted : null));
          } else resolve(frame);
        },
        reject: (cause) => {
          settle();
          reject(cause);
        },
      };
      signal?.addEventListener('abort', onAbort);
      if (signal?.aborted) {
        onAbort();
        return;
      }
      const stdin = this.#child.stdin;
      stdin?.cork();
      for (const piece of encodeFrame(header, body)) stdin?.write(piece);
      stdin?.uncork();
    });
  }

  /** Ends it at once. */
  kill(why: string): void {
    this.#fail(why);
    this.#child.kill('SIGKILL');
  }

  /** Resolves when all its processes are gone: they hold its pipes open until then. */
  async end(): Promise<void> {
    this.#alive = false;
    this.#child.kill('SIGKILL');
    if (this.#child.pid !== undefined) await this.#closed;
    // The kernel closes a dying process's pipes a moment before it takes the process out of its group.
    for (let tries = 0; this.#cgroup?.close() === false && tries < 100; tries++) await sleep(5);
  }

  #receive(piece: Buffer): void {
    try {
      const frame = this.#reader.add(piece);
      if (frame !== null) this.#waiting?.resolve(frame);
    } catch (cause) {
      this.kill(`it sent what cannot be understood: ${String(cause)}`);
    }
  }

  #fail(why: string): void {
    this.#alive = false;
    this.#waiting?.reject(this.#error(why));
  }

  /** @param unstarted what the kernel said when it would not execute the program, by its name in errno(3) */
  #error(why: string, unstarted: string | null = null): WinnowError {
    const said = this.#complaint.trim();
    return new WinnowError(
      'sandbox-failed',
      `The sandbox failed, not the program: ${why}${said === '' ? '' : `; it said: ${said}`}. Try again; if it stays, see whether the sandbox works on this machine at all (run --doctor).`,
      { details: { why, said, unstarted } },
    );
  }
}
