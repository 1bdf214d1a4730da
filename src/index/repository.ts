/**
 * A repository as the layers above hold it: one worktree, its store, and what this
 * process keeps in memory of both.
 *
 * Refreshes of one repository run one after the other; snapshots are taken at any time,
 * also in the middle of a refresh, and then show what is committed.
 */
import type { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { WinnowError } from '../base/mod.ts';
import { clearGrams, gramProblems, gramsDirectoryOf } from './grams/verify.ts';
import { defaultWaitMs, refresh, unchangedReport } from './refresh.ts';
import { SegmentCache, SegmentGone } from './segment-cache.ts';
import { StoreSnapshot } from './snapshot.ts';
import { dropStore, guarded, openReader, storeIdentity } from './store/database.ts';
import { takeLock, tryLock } from './store/lock.ts';
import { loadRows, WorktreeRows } from './store/rows.ts';
import { defaultHome, storeDirOf } from './store/store-dir.ts';
import { tidyStore } from './tidy.ts';
import type { OpenOptions, RefreshOptions, RefreshReport, Repository, Snapshot } from './types.ts';
import { verifyStore } from './verify.ts';
import { findPlace, type Place } from './worktree/root.ts';
import type { Scan } from './worktree/scan.ts';

/**
 * The repository that holds `path`: the nearest directory above with `.git`, else `path` itself.
 * Nothing is read or written yet but that.
 *
 * @param path an existing directory
 * @throws WinnowError `path-not-found`, `not-a-directory`, `path-unreadable`
 */
export function openRepository(path: string, options: OpenOptions = {}): Repository {
  const place = findPlace(path);
  return new StoredRepository(place, storeDirOf(place, options.home ?? defaultHome()));
}

/** Times a snapshot is taken anew because merges removed its segments; each takes a merge's time at least. */
const snapshotAttempts = 20;

class StoredRepository implements Repository {
  readonly root: string;
  readonly storeDir: string;
  readonly #place: Place;
  #rebuiltFrom: number | null = null;
  #rows = WorktreeRows.none();
  /** Of the store that `#rows`, `#segments` and `#idle` belong to. */
  #identity: string | null = null;
  #segments: SegmentCache;
  /** Reading connections that no snapshot uses. */
  #idle: DatabaseSync[] = [];
  #lastScan: Scan | null = null;
  #upToDate = false;
  /** Ends when all refreshes asked for so far have ended. */
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(place: Place, storeDir: string) {
    this.#place = place;
    this.root = place.root;
    this.storeDir = storeDir;
    this.#segments = new SegmentCache(storeDir);
  }

  get rebuiltFrom(): number | null {
    return this.#rebuiltFrom;
  }

  async refresh(options: RefreshOptions = {}): Promise<RefreshReport> {
    const before = this.#last;
    let finish: () => void = () => {};
    this.#last = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const turn = before.then(() => 'ours' as const);
    try {
      // Whoever writes, this process or another, is waited for equally long.
      const waiting = sleep(options.waitMs ?? defaultWaitMs, 'theirs' as const, { ref: false });
      if ((await Promise.race([turn, waiting])) === 'theirs') return this.#busyReport();
      return await this.#refreshNow(options);
    } finally {
      // One that gave up waiting still stands between those before and after it.
      before.then(finish);
    }
  }

  #busyReport(): RefreshReport {
    this.#load();
    return unchangedReport(this.#rows, 0, true);
  }

  async #refreshNow(options: RefreshOptions): Promise<RefreshReport> {
    if (options.signal?.aborted) throw new WinnowError('cancelled', 'Cancelled before indexing began.');
    this.#upToDate = false;
    this.#load();
    const { report, replacedFormat } = await refresh({
      place: this.#place,
      storeDir: this.storeDir,
      rows: this.#rows,
      options,
      lastScan: this.#lastScan,
      onScan: (scan) => {
        this.#lastScan = scan;
      },
      onRows: (rows) => {
        this.#adopt();
        this.#rows = rows;
      },
    });
    if (replacedFormat !== null) this.#rebuiltFrom = replacedFormat;
    this.#upToDate = !report.busy;
    return report;
  }

  /** Brings `#rows` up to what is committed. */
  #load(): void {
    const reader = this.#reader();
    if (reader === null) return;
    try {
      this.#inTransaction(reader, () => {
        this.#rows = loadRows(reader, this.root, this.#rows) ?? WorktreeRows.none();
      });
    } finally {
      this.#idle.push(reader);
    }
  }

  #inTransaction(reader: DatabaseSync, work: () => void): void {
    guarded(this.storeDir, () => {
      reader.exec('BEGIN');
      try {
        work();
      } finally {
        reader.exec('COMMIT');
      }
    });
  }

  /** Forgets what belongs to a store that was replaced meanwhile. */
  #adopt(): void {
    const identity = guarded(this.storeDir, () => storeIdentity(this.storeDir));
    if (identity === this.#identity) return;
    for (const reader of this.#idle.splice(0)) reader.close();
    this.#segments.close();
    this.#segments = new SegmentCache(this.storeDir);
    this.#rows = WorktreeRows.none();
    this.#identity = identity;
  }

  #reader(): DatabaseSync | null {
    if (this.#closed) throw new Error('the repository is closed');
    this.#adopt();
    return this.#idle.pop() ?? openReader(this.storeDir);
  }

  snapshot(): Snapshot {
    for (let attempt = 1; ; attempt++) {
      try {
        return this.#snapshotNow();
      } catch (cause) {
        if (!(cause instanceof SegmentGone)) throw cause;
        if (attempt >= snapshotAttempts) {
          throw new WinnowError(
            'index-corrupt',
            `The index in ${this.storeDir} names a file that is missing (${cause.message}). ` +
              'Build it anew with `winnow index --rebuild PATH`.',
            { details: { store: this.storeDir }, cause },
          );
        }
      }
    }
  }

  #snapshotNow(): Snapshot {
    const database = this.#reader();
    const { root, storeDir } = this;
    const stale = !this.#upToDate;
    if (database === null) {
      const rows = WorktreeRows.none();
      return new StoreSnapshot({ root, storeDir, database, rows, segments: [], stale, release: () => {} });
    }
    const segmentCache = this.#segments;
    const identity = this.#identity;
    try {
      return guarded(storeDir, () => {
        database.exec('BEGIN');
        const rows = loadRows(database, root, this.#rows) ?? WorktreeRows.none();
        this.#rows = rows;
        const segments = segmentCache.take(database);
        const release = () => {
          segmentCache.giveBack(segments);
          database.exec('COMMIT');
          if (this.#closed || identity !== this.#identity) database.close();
          else this.#idle.push(database);
        };
        return new StoreSnapshot({ root, storeDir, database, rows, segments, stale, release });
      });
    } catch (cause) {
      database.close();
      throw cause;
    }
  }

  async tidy(): Promise<void> {
    const lock = await takeLock(this.storeDir, 0);
    if (lock === null) return;
    try {
      await tidyStore(this.storeDir);
    } finally {
      lock.release();
    }
  }

  verify(): string[] {
    const grams = gramProblems(gramsDirectoryOf(this.storeDir));
    const reader = this.#reader();
    if (reader === null) return grams;
    try {
      return [...verifyStore(reader, this.storeDir), ...grams];
    } finally {
      reader.close();
    }
  }

  clear(): void {
    const busy = (): WinnowError =>
      new WinnowError(
        'index-busy',
        `Another process is writing the index in ${this.storeDir}. Try again when it is done.`,
      );
    const lock = tryLock(this.storeDir);
    if (lock === null) throw busy();
    try {
      dropStore(this.storeDir);
    } finally {
      lock.release();
    }
    if (!clearGrams(gramsDirectoryOf(this.storeDir))) throw busy();
    this.#upToDate = false;
    this.#adopt();
  }

  close(): void {
    this.#closed = true;
    for (const reader of this.#idle.splice(0)) reader.close();
    this.#segments.close();
  }
}
