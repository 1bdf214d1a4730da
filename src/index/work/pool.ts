/**
 * Several workers, fed from one queue, with bounded memory.
 *
 * Each worker has at most two batches of tasks ahead of it, and gets the next one
 * only after this thread dealt with (committed) what it handed over before: if commits
 * are slow, workers wait. A worker that dies takes nothing with it but time: its tasks
 * since the last hand-over are queued again, all but the file it died on, which is
 * reported and not tried again. A worker that stays on one file for longer than
 * `stuckMs` is ended and counts as dead.
 */
import type { Worker } from 'node:worker_threads';
import { WinnowError } from '../../base/mod.ts';
import type { FromWorker, ToWorker, WorkerSetup } from './messages.ts';
import type { FileTask } from './tasks.ts';
import { startThread } from './threads.ts';

/** What workers hand over: one result for each task, in order. */
interface Results {
  readonly results: readonly unknown[];
}

export interface PoolOptions<Digest extends Results> {
  /** What the workers do. */
  readonly program: WorkerSetup['program'];
  readonly root: string;
  /** Threads, ≥ 1. */
  readonly workers: number;
  readonly flushBytes: number;
  readonly signal: AbortSignal | undefined;
  /**
   * The next batch; `null` when there is none. Versions ascend from batch to batch.
   * @param large whether it may hold a large file: few threads get them, since one takes 200 MB to parse
   */
  next(large: boolean): FileTask[] | null;
  /** Takes back tasks that were lost with a worker; `next` gives them again with new version ids. */
  again(tasks: readonly FileTask[]): void;
  /** Called in order for each worker; what it throws ends the pool. */
  onDigest(digest: Digest): void;
  onWorked(files: number, bytes: number): void;
  /** A worker died on this file. */
  onFailed(task: FileTask): void;
  /** The program of the workers, for tests. */
  readonly workerFile?: URL;
  /** See `stuckMs`; for tests. */
  readonly stuckMs?: number;
}

const batchesAhead = 2;
/** Ten times what one file may hold a parser (`limits.parseMs`), and room for a busy machine. */
const stuckMs = 60_000;
/** Dying this often is no matter of single files. */
const mostDeaths = 100;
/** A cancelled run waits this long for what its workers gathered, then goes without it. */
const partingMs = 3_000;
const mostFailedStarts = 3;
/** Threads that take large files: with two of them indexing twelve million lines passed 1 GB at times. */
const largeThreads = 1;
/**
 * JavaScript heap of a worker, in MB. Parsing 4 MB files keeps it below 110; with V8's own limits, garbage
 * doubles that before it is collected.
 */
const heap = { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 16 };

/** @throws WinnowError `cancelled`, `worker-failed`; whatever `onDigest` throws */
export function runPool<Digest extends Results>(options: PoolOptions<Digest>): Promise<void> {
  return new Promise((resolve, reject) => new Pool(options, resolve, reject).start());
}

class Pool<Digest extends Results> {
  readonly options: PoolOptions<Digest>;
  readonly stuckMs: number;
  readonly #resolve: () => void;
  readonly #reject: (cause: unknown) => void;
  readonly #threads = new Set<Thread<Digest>>();
  #deaths = 0;
  #failedStarts = 0;
  #over = false;
  /** Cancelled: workers hand over what they have and stop. */
  parting = false;
  #watch: NodeJS.Timeout | undefined;

  constructor(options: PoolOptions<Digest>, resolve: () => void, reject: (cause: unknown) => void) {
    this.options = options;
    this.stuckMs = options.stuckMs ?? stuckMs;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  start(): void {
    this.options.signal?.addEventListener('abort', this.#abort);
    this.#watch = setInterval(() => {
      for (const thread of this.#threads) thread.endIfStuck();
    }, this.stuckMs / 10).unref();
    if (this.options.signal?.aborted) this.#abort();
    else for (let i = 0; i < this.options.workers; i++) this.#startThread(i < largeThreads);
  }

  #startThread(large: boolean): void {
    this.#threads.add(new Thread(this, large));
  }

  /** Runs what a worker's message asks for; an error ends the pool, not the process. */
  attempt(work: () => void): void {
    if (this.#over) return;
    try {
      work();
    } catch (cause) {
      this.#end(() => this.#reject(cause));
    }
  }

  finished(thread: Thread<Digest>): void {
    this.#threads.delete(thread);
    thread.stop();
    if (this.#threads.size === 0) this.#end(this.parting ? this.#cancel : this.#resolve);
  }

  /** Its work is handed over; its memory is not to be trusted or too large. */
  replace(thread: Thread<Digest>): void {
    this.#threads.delete(thread);
    thread.stop();
    this.#startThread(thread.large);
  }

  died(thread: Thread<Digest>, cause: unknown): void {
    if (this.#over || !this.#threads.delete(thread)) return;
    this.#deaths++;
    const { lost, culprit } = thread.unsettled();
    if (culprit === null) this.#failedStarts++;
    if (this.#failedStarts >= mostFailedStarts || this.#deaths >= mostDeaths) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      const message = `Parsing threads stopped ${this.#deaths} times, last with: ${reason}. What was indexed before is kept.`;
      this.#end(() => this.#reject(new WinnowError('worker-failed', message, { cause })));
      return;
    }
    this.attempt(() => {
      this.options.again(lost);
      if (culprit !== null) this.options.onFailed(culprit);
      this.#startThread(thread.large);
    });
  }

  readonly #cancel = (): void =>
    this.#reject(new WinnowError('cancelled', 'Indexing was cancelled; what was indexed before is kept.'));

  readonly #abort = (): void => {
    this.parting = true;
    for (const thread of this.#threads) thread.part();
    if (this.#threads.size === 0) this.#end(this.#cancel);
    else setTimeout(() => this.#end(this.#cancel), partingMs).unref();
  };

  #end(settle: () => void): void {
    if (this.#over) return;
    this.#over = true;
    clearInterval(this.#watch);
    this.options.signal?.removeEventListener('abort', this.#abort);
    const stopping = [...this.#threads].map((thread) => thread.stop());
    Promise.all(stopping).then(settle, settle);
  }
}

class Thread<Digest extends Results> {
  readonly large: boolean;
  readonly #pool: Pool<Digest>;
  readonly #worker: Worker;
  /** Files begun, and 1 when the worker is to leave the rest. */
  readonly #begun = new Int32Array(new SharedArrayBuffer(8));
  /** Tasks given, in order; those handed over are cut off its head. */
  #given: FileTask[] = [];
  #handedOver = 0;
  #batches = 0;
  #finishing = false;
  #replaceWhenFinished = false;
  #lastBegun = 0;
  #lastMoveMs = performance.now();

  constructor(pool: Pool<Digest>, large: boolean) {
    this.large = large;
    this.#pool = pool;
    const { program, root, flushBytes } = pool.options;
    const setup = { program, root, flushBytes, begun: this.#begun };
    this.#worker = startThread<WorkerSetup>(setup, heap, pool.options.workerFile);
    this.#worker.on('message', (message: FromWorker<Digest>) => pool.attempt(() => this.#hear(message)));
    let cause: unknown = 'no reason given';
    this.#worker.on('error', (error) => {
      cause = error;
    });
    this.#worker.on('exit', () => pool.died(this, cause));
  }

  #hear(message: FromWorker<Digest>): void {
    this.#lastMoveMs = performance.now();
    switch (message.kind) {
      case 'ready':
        this.#feed();
        break;
      case 'digest':
        this.#given = this.#given.slice(message.digest.results.length);
        this.#handedOver += message.digest.results.length;
        this.#pool.options.onDigest(message.digest);
        break;
      case 'done':
        this.#batches--;
        this.#pool.options.onWorked(message.files, message.bytes);
        if (message.worn) this.#replaceWhenFinished = true;
        this.#feed();
        break;
      case 'finished':
        if (this.#replaceWhenFinished && !this.#pool.parting) this.#pool.replace(this);
        else this.#pool.finished(this);
    }
  }

  #feed(): void {
    while (!this.#finishing && this.#batches < batchesAhead) {
      const tasks = this.#replaceWhenFinished || this.#pool.parting ? null : this.#pool.options.next(this.large);
      if (tasks === null) {
        this.#finishing = true;
        this.#say({ kind: 'finish' });
        return;
      }
      this.#batches++;
      this.#given.push(...tasks);
      this.#say({ kind: 'tasks', tasks });
    }
  }

  part(): void {
    Atomics.store(this.#begun, 1, 1);
  }

  #say(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  /** What a dead thread leaves behind. */
  unsettled(): { lost: FileTask[]; culprit: FileTask | null } {
    const at = Atomics.load(this.#begun, 0) - this.#handedOver - 1;
    const culprit = this.#given[at] ?? null;
    return { lost: this.#given.filter((_, index) => index !== at), culprit };
  }

  endIfStuck(): void {
    const begun = Atomics.load(this.#begun, 0);
    if (begun !== this.#lastBegun || this.#given.length === 0) {
      this.#lastBegun = begun;
      this.#lastMoveMs = performance.now();
    } else if (performance.now() - this.#lastMoveMs > this.#pool.stuckMs) void this.#worker.terminate();
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}
