/**
 * Files in batches, parsed by this thread and others, told in order.
 *
 * Parsing takes the time, so a batch is small. This thread begins at once; others start only where there is much to do, since each loads its own grammars.
 * Whoever is free gets the next batch; batches that are ready wait until those before them are told.
 */
import module from 'node:module';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { PatternFinder } from '../../code/mod.ts';
import { inBatches } from '../inbatches.ts';
import { type BatchFound, searchFiles, type TiedRule, type WorkFile } from './work.ts';

/** A batch: 50 to 100 ms of parsing at 4 MB/s (docs/measurements/patterns.md). */
const batch = { files: 64, bytes: 256 * 1024 };
/** Below this another thread is not worth its start: half a second of processor time, in which one parses 2 MB. */
const aloneBytes = 4 * 1024 * 1024;
const mostThreads = 8;
/** Batches that may be ready and not told: bounds memory. */
const mostAhead = 64;

export interface ThreadSetup {
  readonly compileCacheDir: string | undefined;
  readonly rules: readonly TiedRule[];
}

export interface ThreadSays {
  readonly number: number;
  readonly found: BatchFound;
}

export interface ThreadAsked {
  readonly number: number;
  readonly files: readonly WorkFile[];
}

export interface ThreadsInput {
  /** Holds `rules`. */
  readonly finder: PatternFinder;
  readonly rules: readonly TiedRule[];
  readonly files: readonly WorkFile[];
  /** Threads beside this one; default: one for each further processor when there is much to do. */
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told in the order of the files. False: nobody wants more. */
  readonly onFound: (found: BatchFound, files: readonly WorkFile[]) => boolean;
}

/** @throws what `signal` aborts with */
export async function searchInThreads(input: ThreadsInput): Promise<void> {
  const batches = inBatches(input.files, batch);
  const bytes = input.files.reduce((sum, file) => sum + Math.max(0, file.bytes), 0);
  const usual = bytes < aloneBytes ? 0 : Math.min(availableParallelism() - 1, mostThreads);
  await new Run(input, batches).go(Math.min(input.threads ?? usual, batches.length - 1));
}

const program = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url);

class Run {
  readonly #input: ThreadsInput;
  readonly #batches: readonly WorkFile[][];
  readonly #ready = new Map<number, BatchFound>();
  readonly #threads: Worker[] = [];
  #next = 0;
  #told = 0;
  #wake: () => void = () => {};
  #failure: unknown = null;

  constructor(input: ThreadsInput, batches: readonly WorkFile[][]) {
    this.#input = input;
    this.#batches = batches;
  }

  async go(threads: number): Promise<void> {
    for (let i = 0; i < threads; i++) this.#start();
    try {
      while (this.#told < this.#batches.length) {
        this.#input.signal?.throwIfAborted();
        if (this.#failure !== null) throw this.#failure;
        if (!this.#tell() || this.#told >= this.#batches.length) return;
        const number = this.#take();
        if (number !== null) {
          this.#ready.set(number, searchFiles(this.#input.finder, this.#batches[number] ?? []));
          // Messages of the others, and Ctrl-C, come in between.
          await new Promise((resolve) => setImmediate(resolve));
        } else if (!this.#ready.has(this.#told)) await this.#nextMessage();
      }
    } finally {
      await Promise.all(this.#threads.map((thread) => thread.terminate()));
    }
  }

  /** @returns null when none is left, or too many are ready */
  #take(): number | null {
    return this.#next < this.#batches.length && this.#next < this.#told + mostAhead ? this.#next++ : null;
  }

  #start(): void {
    const directory = module.getCompileCacheDir();
    const workerData: ThreadSetup = {
      compileCacheDir: directory === undefined ? undefined : path.dirname(directory),
      rules: this.#input.rules,
    };
    const thread = new Worker(program, { workerData, execArgv: [] });
    // What it says first is that it is ready: a batch without files.
    thread.on('message', ({ number, found }: ThreadSays) => {
      if (number >= 0) this.#ready.set(number, found);
      const next = this.#take();
      if (next !== null) {
        const asked: ThreadAsked = { number: next, files: this.#batches[next] ?? [] };
        thread.postMessage(asked);
      }
      this.#wake();
    });
    thread.on('error', (error) => {
      this.#failure = error;
      this.#wake();
    });
    this.#threads.push(thread);
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
    });
  }

  /** Tells what is ready and next. @returns false when nobody wants more */
  #tell(): boolean {
    for (;;) {
      const found = this.#ready.get(this.#told);
      if (found === undefined) return true;
      this.#ready.delete(this.#told);
      if (!this.#input.onFound(found, this.#batches[this.#told++] ?? [])) return false;
    }
  }
}
