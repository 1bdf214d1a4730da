/**
 * Repositories that stay open between requests: connections, decoded segments and the graph are kept, and the worktree is looked at
 * before every answer all the same.
 *
 * Requests that wait to look share one look, which begins after the last of them came: none is answered from a look that began before
 * it was asked. A first indexing is not waited for to its end: after `patienceMs` an answer comes from what is committed and says so,
 * while the indexing goes on. Those that nobody asked for longest are closed, so that memory is bounded by a few repositories.
 */
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { WinnowError } from '../../base/mod.ts';
import {
  keptGrams,
  type OpenOptions,
  type openGrams,
  openRepository,
  type RefreshOptions,
  type RefreshReport,
  type Repository,
  type Snapshot,
} from '../../index/mod.ts';
import { holdHeap } from './heap.ts';

/** Repositories kept open that nobody uses; one of 11,000 files holds some 60 MB with its graph. */
const idleRepositories = 4;

/** How long an answer waits for the index at most before it says that it is partial; agents wait a few seconds gladly. */
const patienceMs = 3_000;

/** The same for what was whole before, and for answers that are true of a whole index alone, such as those of the graph; clients give up after a minute. */
const longestPatienceMs = 20_000;

export interface WarmRepositories {
  /** As the index's own; closing it gives it back. */
  readonly open: (path: string, options?: OpenOptions) => Repository;
  /** As the index's own, for `grep`; closing gives it back. */
  readonly openGrams: typeof openGrams;
  /** Ends what is going on and closes all. */
  close(): Promise<void>;
}

export function warmRepositories(options: { patienceMs?: number } = {}): WarmRepositories {
  /** Least lately used first. */
  const kept = new Map<string, Warm>();
  const ending = new AbortController();
  const grams = keptGrams();
  const trim = (): void => {
    const idle = [...kept].filter(([, warm]) => warm.isIdle);
    for (const [root, warm] of idle.slice(0, Math.max(0, idle.length - idleRepositories))) {
      kept.delete(root);
      warm.end();
    }
  };
  return {
    openGrams: grams.open,
    open: (path, where) => {
      const opened = openRepository(path, where);
      const known = kept.get(opened.root);
      let warm = known;
      if (known === undefined || known.storeDir !== opened.storeDir) {
        warm = new Warm(opened, options.patienceMs ?? patienceMs, ending.signal, trim);
      } else opened.close();
      kept.delete(opened.root);
      kept.set(opened.root, warm as Warm);
      (warm as Warm).take();
      return warm as Warm;
    },
    close: async () => {
      ending.abort();
      grams.close();
      const all = [...kept.values()];
      kept.clear();
      await Promise.all(all.map((warm) => warm.ended()));
    },
  };
}

/** A look at the worktree that several wait for. */
interface Look {
  readonly report: Promise<RefreshReport>;
  readonly watchers: Set<NonNullable<RefreshOptions['onProgress']>>;
  /** For another process that writes, in milliseconds; the most that a waiter gives. */
  waitMs: number | undefined;
}

/** Said where the look goes on and the answer does not wait for it. */
const goesOn: RefreshReport = {
  added: 0,
  changed: 0,
  removed: 0,
  unchanged: 0,
  bytesParsed: 0,
  busy: true,
  leftOut: {},
  elapsedMs: 0,
};

class Warm implements Repository {
  readonly root: string;
  readonly storeDir: string;
  readonly #own: Repository;
  readonly #patienceMs: number;
  readonly #ending: AbortSignal;
  readonly #onIdle: () => void;
  #users = 0;
  /** The look that goes on. */
  #running: Promise<unknown> | null = null;
  /** The one that has not begun: whoever comes now may join it. */
  #next: Look | null = null;

  constructor(own: Repository, patience: number, ending: AbortSignal, onIdle: () => void) {
    this.#own = own;
    this.root = own.root;
    this.storeDir = own.storeDir;
    this.#patienceMs = patience;
    this.#ending = ending;
    this.#onIdle = onIdle;
  }

  get rebuiltFrom(): number | null {
    return this.#own.rebuiltFrom;
  }

  get isIdle(): boolean {
    return this.#users === 0 && this.#running === null && this.#next === null;
  }

  take(): void {
    this.#users++;
  }

  /** Shares a look with others who wait; each has its own patience, and gives up alone. */
  async refresh({ signal, onProgress, waitMs }: RefreshOptions = {}): Promise<RefreshReport> {
    const look = this.#join();
    if (waitMs !== undefined) look.waitMs = Math.max(waitMs, look.waitMs ?? 0);
    if (onProgress !== undefined) look.watchers.add(onProgress);
    const done = new AbortController();
    const gone = signal === undefined ? done.signal : AbortSignal.any([signal, done.signal]);
    const patience = (ms: number) => sleep(ms, goesOn, { ref: false, signal: gone }).catch(() => goesOn);
    try {
      let report = await Promise.race([look.report, patience(this.#patienceMs)]);
      // Partial answers are for an index that is being made; what was whole before is waited for, since an edit has to be seen.
      const longer = Math.min(Math.max(waitMs ?? 0, this.#isWhole() ? longestPatienceMs : 0), longestPatienceMs);
      if (report === goesOn && !gone.aborted && longer > this.#patienceMs)
        report = await Promise.race([look.report, patience(longer - this.#patienceMs)]);
      if (signal?.aborted) throw new WinnowError('cancelled', 'Cancelled while the index was brought up to date.');
      return report;
    } finally {
      done.abort();
      if (onProgress !== undefined) look.watchers.delete(onProgress);
    }
  }

  #isWhole(): boolean {
    const snapshot = this.#own.snapshot();
    const { indexedFiles, pendingFiles } = snapshot.completeness;
    snapshot.close();
    return indexedFiles > 0 && pendingFiles === 0;
  }

  #join(): Look {
    if (this.#next !== null) return this.#next;
    const watchers: Look['watchers'] = new Set();
    const look: Look = { watchers, waitMs: undefined, report: this.#look(() => look) };
    this.#next = look;
    return look;
  }

  async #look(which: () => Look): Promise<RefreshReport> {
    // A turn of the loop lets those who ask at once join; then the look before this one has to end.
    do await (this.#running ?? nextTurn());
    while (this.#running !== null);
    const { watchers, waitMs } = which();
    this.#next = null;
    holdHeap();
    const report = this.#own.refresh({
      signal: this.#ending,
      onProgress: (step) => {
        for (const tell of watchers) tell(step);
      },
      ...(waitMs === undefined ? {} : { waitMs }),
    });
    this.#running = report.then(noMatter, noMatter).then(() => {
      this.#running = null;
      if (this.isIdle) this.#onIdle();
    });
    return report;
  }

  snapshot(): Snapshot {
    return this.#own.snapshot();
  }

  tidy(): Promise<void> {
    return this.#own.tidy();
  }

  verify(): string[] {
    return this.#own.verify();
  }

  clear(): void {
    this.#own.clear();
  }

  close(): void {
    this.#users--;
    if (this.isIdle) this.#onIdle();
  }

  /** Closes it, of which nobody holds anything. */
  end(): void {
    this.#own.close();
  }

  /** Closes it when the look that goes on has ended. */
  async ended(): Promise<void> {
    await this.#running;
    this.#own.close();
  }
}

const noMatter = (): void => {};
