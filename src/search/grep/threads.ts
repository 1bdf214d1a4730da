/**
 * Threads that search, kept between searches: starting one takes as much processor time as searching 100 MB.
 *
 * A thread is lent to one search at a time. One that was stopped in the middle is ended, not given back: it may be busy with a costly pattern for
 * long. Those that nobody asks for are ended after a while, and never keep a process alive.
 */
import module from 'node:module';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { ThreadSays, ThreadTask } from './claims.ts';

export interface SearchThread {
  /** Told of each batch's result; an error ends the thread. */
  onResult: (says: ThreadSays) => void;
  onFailure: (error: unknown) => void;
  give(task: ThreadTask): void;
}

/** Some 30 MB each. */
const idleMs = 30_000;

const program = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url);

class Thread implements SearchThread {
  onResult: (says: ThreadSays) => void = () => {};
  onFailure: (error: unknown) => void = () => {};
  readonly worker: Worker;
  #timer: NodeJS.Timeout | undefined;

  constructor() {
    const directory = module.getCompileCacheDir();
    const compileCacheDir = directory === undefined ? undefined : path.dirname(directory);
    this.worker = new Worker(program, { workerData: { compileCacheDir }, execArgv: [] });
    this.worker.on('message', (says: ThreadSays) => this.onResult(says));
    this.worker.on('error', (error) => {
      idle.delete(this);
      this.onFailure(error);
    });
  }

  give(task: ThreadTask): void {
    this.worker.postMessage(task);
  }

  use(): void {
    clearTimeout(this.#timer);
    this.worker.ref();
  }

  rest(): void {
    this.onResult = this.onFailure = () => {};
    this.worker.unref();
    this.#timer = setTimeout(() => {
      idle.delete(this);
      void this.worker.terminate();
    }, idleMs).unref();
  }
}

const idle = new Set<Thread>();

/** One that nobody uses, or a new one. */
export function takeThread(): SearchThread {
  const [thread = new Thread()] = idle;
  idle.delete(thread);
  thread.use();
  return thread;
}

/** @param done whether it has nothing left to do; else it is ended */
export async function giveBackThread(thread: SearchThread, done: boolean): Promise<void> {
  if (!(thread instanceof Thread)) return;
  if (!done) {
    await thread.worker.terminate();
    return;
  }
  thread.rest();
  idle.add(thread);
}
