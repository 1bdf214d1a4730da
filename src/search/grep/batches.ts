/**
 * Files in batches, searched by this thread and others, told in order.
 *
 * This thread begins at once and others join when they have started, which takes some 50 ms unless they are there from the last search; a search that is
 * done by then never needs them. Each takes the next batch from a shared counter, so nobody waits for a slow one; results are
 * told in the order of the files, whoever made them.
 */
import { availableParallelism } from 'node:os';
import { inBatches } from '../inbatches.ts';
import { claimBatch, mostAhead, packBatch, type ThreadTask } from './claims.ts';
import { giveBackThread, type SearchThread, takeThread } from './threads.ts';
import { type BatchResult, BatchWorker, type WorkFile, type WorkOptions } from './work.ts';

/** A batch: small enough to be told soon and shared evenly, large enough to hide the messages. */
const batch = { files: 200, bytes: 2 * 1024 * 1024 };
/** Below this much other threads are not worth their start. */
const aloneBytes = 24 * 1024 * 1024;
const aloneFiles = 2_000;
const mostThreads = 8;
/** A file that may hold a thread for long is left to others, so that this one hears Ctrl-C. A costly pattern takes some microseconds a byte. */
const largeBytes = 4 * 1024 * 1024;
/** A text passes over a gigabyte a second and more; starting a thread for one such file doubled what a search took. */
const largeForTextBytes = 128 * 1024 * 1024;

export interface BatchesInput {
  readonly options: WorkOptions;
  readonly files: readonly WorkFile[];
  /** Threads beside this one; default: one for each further processor when there is much to do. */
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told in order; what it returns is waited for. False: nobody wants more. */
  readonly onResult: (result: BatchResult) => Promise<boolean>;
}

/** @throws WinnowError `bad-query`; what `signal` aborts with */
export async function searchBatches(input: BatchesInput): Promise<void> {
  const { files, options } = input;
  const worker = new BatchWorker(options);
  const batches = inBatches(files, batch);
  const bytes = files.reduce((sum, file) => sum + Math.max(0, file.bytes), 0);
  const usual = bytes < aloneBytes && files.length < aloneFiles ? 0 : Math.min(availableParallelism() - 1, mostThreads);
  const mostHere = mostBytesHere(options.search);
  const large = files.some((file) => file.bytes >= mostHere);
  const threads = large ? Math.max(1, input.threads ?? usual) : Math.min(input.threads ?? usual, batches.length - 1);
  try {
    await new Run(input, batches, worker).go(threads, !large);
  } finally {
    worker.close();
  }
}

/** Size from which on a file is not searched in this thread. */
export function mostBytesHere({ patterns, fixedStrings, case: letters, invert }: WorkOptions['search']): number {
  // Words, and choices of words, whose automaton has no more states than they have letters.
  const texts = fixedStrings || patterns.every((pattern) => /^(?:[\w |]+|\(\?:[\w |]+\))$/.test(pattern));
  return texts && letters === 'sensitive' && !invert ? largeForTextBytes : largeBytes;
}

class Run {
  readonly #input: BatchesInput;
  readonly #batches: readonly WorkFile[][];
  readonly #worker: BatchWorker;
  readonly #shared = new Int32Array(new SharedArrayBuffer(12));
  readonly #ready = new Map<number, BatchResult>();
  readonly #threads: SearchThread[] = [];
  #told = 0;
  #wake: () => void = () => {};
  #failure: unknown = null;

  constructor(input: BatchesInput, batches: readonly WorkFile[][], worker: BatchWorker) {
    this.#input = input;
    this.#batches = batches;
    this.#worker = worker;
  }

  /** @param joining whether this thread searches too */
  async go(threads: number, joining: boolean): Promise<void> {
    if (threads > 0) {
      const { options } = this.#input;
      const task: ThreadTask = { options, batches: this.#batches.map(packBatch), shared: this.#shared };
      for (let i = 0; i < threads; i++) this.#start(task);
    }
    try {
      let own = joining;
      while (this.#told < this.#batches.length) {
        this.#input.signal?.throwIfAborted();
        if (this.#failure !== null) throw this.#failure;
        if (!(await this.#tell())) return;
        if (this.#told >= this.#batches.length) return;
        const ahead = Atomics.load(this.#shared, 0) - this.#told;
        if (own && ahead < mostAhead) {
          const next = claimBatch(this.#shared, this.#batches.length);
          own = next !== null;
          if (next !== null) {
            const stop = () => false;
            this.#ready.set(next, this.#worker.search(this.#batches[next] ?? [], stop));
            // Messages of the others, and Ctrl-C, come in between.
            await new Promise((resolve) => setImmediate(resolve));
            continue;
          }
        }
        if (this.#ready.has(this.#told)) continue;
        await this.#nextMessage();
      }
    } finally {
      Atomics.store(this.#shared, 2, 1);
      Atomics.notify(this.#shared, 1);
      // All is told: nobody has a batch any more.
      const done = this.#told >= this.#batches.length && this.#failure === null;
      await Promise.all(this.#threads.map((thread) => giveBackThread(thread, done)));
    }
  }

  #start(task: ThreadTask): void {
    const thread = takeThread();
    thread.onResult = ({ batch: number, result }) => {
      this.#ready.set(number, result);
      this.#wake();
    };
    thread.onFailure = (error) => {
      this.#failure = error;
      this.#wake();
    };
    this.#threads.push(thread);
    thread.give(task);
  }

  #nextMessage(): Promise<void> {
    return new Promise((resolve, reject) => {
      const { signal } = this.#input;
      const abort = (): void => reject(signal?.reason);
      signal?.addEventListener('abort', abort, { once: true });
      this.#wake = () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      };
      if (this.#ready.has(this.#told) || this.#failure !== null) this.#wake();
    });
  }

  /** Tells what is ready and next. @returns false when nobody wants more */
  async #tell(): Promise<boolean> {
    for (;;) {
      const result = this.#ready.get(this.#told);
      if (result === undefined) return true;
      this.#ready.delete(this.#told);
      this.#told++;
      Atomics.store(this.#shared, 1, this.#told);
      Atomics.notify(this.#shared, 1);
      if (!(await this.#input.onResult(result))) return false;
    }
  }
}
