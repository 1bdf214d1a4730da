/**
 * A thread that finds the nearest rows while the one that asks ranks words: of a question in half a million chunks each of the two takes about half.
 *
 * One for the process, started by the second scan, so that a command that answers one question does not pay for it. Work is handed over by a message and
 * the answer comes through shared memory, which the asking thread reads without a turn of its loop; so a search stays one step that nothing comes between.
 * Whoever asks never depends on it: a scan that the thread has not begun when the answer is wanted is taken back, one that it began and does not
 * end in time is done again here, and either way the answer is the same. A snapshot that changes is another set of rows with a number of its own.
 *
 *   state = 8 × number of the scan + offered | taken | withdrawn | done | failed
 */
import module from 'node:module';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { NearRow, RowPlace, Run, SignRows } from './rowscan.ts';
import type { ScanQuery, SharedSigns } from './scan.ts';

/** Rows a scan may be asked for: more is left to the thread that asks. */
export const mostNear = 4_096;
/** Sets of rows that the thread holds, the one before for scans that alternate; each keeps its signs in memory. */
const mostSets = 2;
/** How long a scan that was begun may take, ms. It takes some ten; on a machine with no time to spare, a hundred. */
const patienceMs = 1_000;
/** Scans one after the other that it may leave untouched before it is taken for stuck. On a machine with no time to spare some are. */
const mostUntouched = 64;
/** Below this many rows a scan takes less than handing it over. */
const worthRows = 50_000;

export const phase = { offered: 1, taken: 2, withdrawn: 3, done: 4, failed: 5 } as const;
export const stateOf = (scan: number, of: keyof typeof phase): number => ((scan << 3) | phase[of]) >> 0;

/** Through which answers come. */
export interface Answers {
  /** `state`, the number of rows found, whether a file was gone, whether the thread is ready. */
  readonly words: Int32Array;
  readonly ids: Float64Array;
  readonly scores: Float64Array;
}

export const answersOf = (memory: SharedArrayBuffer): Answers => ({
  words: new Int32Array(memory, 0, 4),
  ids: new Float64Array(memory, 16, mostNear),
  scores: new Float64Array(memory, 16 + 8 * mostNear, mostNear),
});

/** A block as the thread gets it. */
export interface SentRows {
  readonly first: number;
  readonly signs: SharedSigns;
  readonly scales: Float32Array;
  readonly bytes: RowPlace;
}

export type ThreadAsked =
  | {
      readonly kind: 'rows';
      readonly set: number;
      readonly dimension: number;
      readonly blocks: readonly SentRows[];
      readonly runs: readonly (readonly Run[])[];
      /** Sets that are no longer asked. */
      readonly dropped: readonly number[];
    }
  | {
      readonly kind: 'scan';
      readonly scan: number;
      readonly set: number;
      readonly query: ScanQuery;
      readonly k: number;
    };

export interface ThreadSetup {
  readonly compileCacheDir: string | undefined;
  readonly answers: SharedArrayBuffer;
}

export interface FoundRows {
  readonly rows: readonly NearRow[];
  readonly isBehind: boolean;
}

const program = new URL(import.meta.url.endsWith('.ts') ? './scan-worker.ts' : './scan-worker.js', import.meta.url);

export interface ScanThreadOptions {
  /** For tests; default: what helps. */
  readonly program?: URL;
  readonly worthRows?: number;
  readonly patienceMs?: number;
  /** Scans before the thread is started; default 1. */
  readonly alone?: number;
}

export class ScanThread {
  readonly #program: URL;
  readonly #worthRows: number;
  readonly #patienceMs: number;
  #alone: number;
  #worker: Worker | null = null;
  #answers: Answers | null = null;
  /** The thread came to nothing once; it is not tried again. */
  #broken = availableParallelism() < 2;
  #scans = 0;
  #untouched = 0;
  /** Numbers of the sets that the thread holds, the least lately asked first. */
  readonly #sets = new Map<number, object>();
  #numbers = new WeakMap<object, number>();
  #lastSet = 0;
  /** Answers that came from the thread; for tests. */
  helped = 0;

  constructor(options: ScanThreadOptions = {}) {
    this.#program = options.program ?? program;
    this.#worthRows = options.worthRows ?? worthRows;
    this.#patienceMs = options.patienceMs ?? patienceMs;
    this.#alone = options.alone ?? 1;
  }

  /**
   * Hands a scan over.
   *
   * @param owner the rows' own object: the same owner has the same blocks and runs
   * @returns what gives the answer, or `null` when it has to be found here; `null` when nothing was handed over
   */
  begin(
    owner: object,
    blocks: readonly SignRows[],
    runs: readonly (readonly Run[])[],
    query: ScanQuery,
    k: number,
  ): (() => FoundRows | null) | null {
    if (this.#broken || k > mostNear || rowsOf(runs) < this.#worthRows) return null;
    if (blocks.some(({ signs }) => signs.shared === null)) return null;
    if (this.#worker === null) {
      if (this.#alone-- > 0) return null;
      this.#start();
    }
    const { words } = this.#answers as Answers;
    if (Atomics.load(words, 3) === 0) return null;
    if (this.#untouched >= mostUntouched) {
      this.#giveUp();
      return null;
    }
    this.#scans = (this.#scans + 1) & 0xfffffff;
    const scan = this.#scans;
    const set = this.#setOf(owner, blocks, runs, query.dimension);
    Atomics.store(words, 0, stateOf(scan, 'offered'));
    this.#worker?.postMessage({ kind: 'scan', scan, set, query, k } satisfies ThreadAsked);
    return () => this.#wait(scan);
  }

  #wait(scan: number): FoundRows | null {
    const answers = this.#answers as Answers;
    const { words, ids, scores } = answers;
    const before = Atomics.compareExchange(words, 0, stateOf(scan, 'offered'), stateOf(scan, 'withdrawn'));
    if (before === stateOf(scan, 'offered')) {
      this.#untouched++;
      return null;
    }
    this.#untouched = 0;
    if (before === stateOf(scan, 'taken')) Atomics.wait(words, 0, stateOf(scan, 'taken'), this.#patienceMs);
    const state = Atomics.load(words, 0);
    if (state === stateOf(scan, 'done')) {
      this.helped++;
      const found = words[1] as number;
      const rows = Array.from({ length: found }, (_, at) => ({ id: ids[at] as number, score: scores[at] as number }));
      return { rows, isBehind: words[2] === 1 };
    }
    // It died or hangs. What it may still write goes to memory that nobody reads any more.
    if (state === stateOf(scan, 'taken')) this.#giveUp();
    return null;
  }

  #setOf(owner: object, blocks: readonly SignRows[], runs: readonly (readonly Run[])[], dimension: number): number {
    const known = this.#numbers.get(owner);
    if (known !== undefined && this.#sets.has(known)) {
      this.#sets.delete(known);
      this.#sets.set(known, owner);
      return known;
    }
    const set = ++this.#lastSet;
    this.#numbers.set(owner, set);
    this.#sets.set(set, owner);
    const dropped = [...this.#sets.keys()].slice(0, Math.max(0, this.#sets.size - mostSets));
    for (const old of dropped) this.#sets.delete(old);
    const sent = blocks.map(({ first, signs, scales, bytes }) => ({
      ...{ first, signs: signs.shared as SharedSigns, scales, bytes },
    }));
    this.#worker?.postMessage({ kind: 'rows', set, dimension, blocks: sent, runs, dropped } satisfies ThreadAsked);
    return set;
  }

  #start(): void {
    const directory = module.getCompileCacheDir();
    const answers = new SharedArrayBuffer(16 + 16 * mostNear);
    const workerData: ThreadSetup = {
      compileCacheDir: directory === undefined ? undefined : path.dirname(directory),
      answers,
    };
    const worker = new Worker(this.#program, { workerData, execArgv: [] });
    // A process ends when its own work is done, whatever this thread does.
    worker.unref();
    const gone = (): void => {
      if (this.#worker === worker) this.#giveUp();
    };
    worker.on('error', gone);
    worker.on('exit', gone);
    this.#worker = worker;
    this.#answers = answersOf(answers);
  }

  #giveUp(): void {
    this.#broken = true;
    void this.#worker?.terminate();
    this.#worker = null;
    this.#sets.clear();
  }

  /** Whether there is a thread, or can be. */
  get canHelp(): boolean {
    return !this.#broken;
  }

  get isStarted(): boolean {
    return this.#worker !== null;
  }

  /** Ends the thread; scans are done by who asks from then on. */
  close(): void {
    this.#giveUp();
  }
}

const rowsOf = (runs: readonly (readonly Run[])[]): number =>
  runs.reduce((sum, list) => sum + list.reduce((rows, { from, to }) => rows + to - from, 0), 0);

/** The one of this process. */
export const scanThread = new ScanThread();
