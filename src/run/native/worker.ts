/**
 * One worker: a bubblewrap with a warden in it, seen from this process.
 *
 * Everything goes through pipes; nothing lies on disk. When this process dies, however it dies, bubblewrap gets the kernel's
 * death signal and the warden sees its input end, and with the first process of its namespace everything in it ends.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { WinnowError } from '../../base/mod.ts';
import type { OverMount } from '../types.ts';
import { bwrapArguments, coveredPaths, type View } from './bwrap.ts';
import { type Cgroup, type CgroupParent, openCgroup } from './cgroup.ts';
import { encodeFrame, type Frame, FrameReader } from './frames.ts';
import { seccompFilter } from './seccomp.ts';
import type { Architecture } from './syscalls.ts';

/** What is known of this machine once, for all workers. */
export interface Machine {
  readonly bwrap: string;
  readonly python: string;
  readonly architecture: Architecture;
  readonly cgroups: CgroupParent | null;
}

/** What makes workers interchangeable. */
export interface WorkerKind {
  readonly read: readonly string[];
  readonly network: boolean;
  /** A directory worked on through an overlay; such a worker serves no other. */
  readonly over: OverMount | null;
}

/** Sources of the warden, and the small files of /etc, by where they are found in the sandbox. */
const given: readonly (readonly [string, string])[] = [
  ['warden/warden.py', '/run/winnow/warden.py'],
  ['warden/watch.py', '/run/winnow/watch.py'],
  ['warden/meters.py', '/run/winnow/meters.py'],
  ['warden/messages.py', '/run/winnow/messages.py'],
  ['warden/cell.py', '/run/winnow/cell.py'],
  ['warden/collecting.py', '/run/winnow/collecting.py'],
  ['warden/overlay.py', '/run/winnow/overlay.py'],
  ['warden/compact.py', '/run/winnow/compact.py'],
  ['warden/zygote.py', '/run/winnow/zygote.py'],
  ['warden/ending.py', '/run/winnow/ending.py'],
  ['warden/sitecustomize.py', '/run/winnow/hook/sitecustomize.py'],
  ['warden/etc/passwd', '/etc/passwd'],
  ['warden/etc/group', '/etc/group'],
  ['warden/etc/hosts', '/etc/hosts'],
];

/** A start takes 50 ms; on a machine that swaps or is overloaded, seconds. */
const startMs = 30_000;
/** Longest reply believed: all files and both streams of a job at the limits' maxima. */
const mostBytes = 0xffffffff;
/** Users that exist on no machine, one per worker, for when this process is root: 64000 and up is outside what distributions hand out. */
export const firstUser = 64_000;

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
    const cgroup = machine.cgroups === null ? null : openCgroup(machine.cgroups, String(slot));
    const opened: number[] = [];
    let worker: Worker | null = null;
    try {
      // Descriptors 0 to 2 are the pipes; those listed after them keep their order.
      const inherited: number[] = [];
      const inherit = (fd: number): number => 2 + inherited.push(fd);
      const files = given.map(([source, path]) => {
        const fd = openSync(new URL(source, import.meta.url), 'r');
        opened.push(fd);
        return { fd: inherit(fd), path };
      });
      const cgroupFds = cgroup === null ? null : inheritCgroup(cgroup, inherit);
      const start = startOf(machine, kind, slot);
      const words = bwrapArguments({ ...kind, over: start.over, files });
      const warden = ['--', machine.python, '-I', '-S', '/run/winnow/warden.py'];
      const [program = machine.bwrap, ...before] = start.before;
      const child = spawn(program, [...before, ...words, ...warden], {
        stdio: ['pipe', 'pipe', 'pipe', ...inherited],
        env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' },
        cwd: '/',
        ...start.identity,
      });
      worker = new Worker(child, cgroup);
      const hello = {
        network: kind.network,
        covered: coveredPaths(kind.read).map((one) => [one.source, one.path]),
        cgroup: cgroupFds,
        python: machine.python,
      };
      const timer = setTimeout(() => worker?.kill(`it was not ready after ${startMs / 1000} s`), startMs);
      try {
        await worker.exchange(hello, [seccompFilter(machine.architecture, { memoryCounted: cgroup !== null })]);
      } finally {
        clearTimeout(timer);
      }
      return worker;
    } catch (cause) {
      if (worker === null) cgroup?.close();
      else await worker.end();
      throw cause;
    } finally {
      for (const fd of opened) closeSync(fd);
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

/**
 * Root's sandboxes are other users, one for each worker. Over a directory of root's it takes a program that shows
 * the directory as that user's, and then becomes the sandbox (`warden/rootview.py`).
 */
function startOf(machine: Machine, { over }: WorkerKind, slot: number): Start {
  const isRoot = process.getuid?.() === 0;
  const user = firstUser + slot;
  if (over === null) return { before: [machine.bwrap], over: null, identity: isRoot ? { uid: user, gid: user } : {} };
  const { directory, out } = over;
  if (!isRoot) return { before: [machine.bwrap], over: { directory, lower: directory, out }, identity: {} };
  const { uid, gid } = statSync(directory);
  const view = fileURLToPath(new URL('warden/rootview.py', import.meta.url));
  const ids = [user, uid, gid].map(String);
  return {
    before: [machine.python, '-I', '-S', view, ...ids, directory, out, machine.bwrap],
    over: { directory, lower: '/sys/lower', out: '/sys/out' },
    identity: {},
  };
}

interface Start {
  /** The program to start and its arguments before bubblewrap's. */
  readonly before: readonly string[];
  readonly over: View['over'];
  readonly identity: { readonly uid?: number; readonly gid?: number };
}

function inheritCgroup(cgroup: Cgroup, inherit: (fd: number) => number): Record<string, unknown> {
  const files = Object.entries(cgroup.files).map(([name, fd]) => [name, fd === null ? null : inherit(fd)]);
  return { version: cgroup.version, procs: cgroup.procs.map(inherit), ...Object.fromEntries(files) };
}
