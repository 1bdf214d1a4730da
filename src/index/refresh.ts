/**
 * Bringing the store up to date with the worktree.
 *
 *   scan → compare with the rows → nothing: done, without lock or write
 *        → lock → read and hash suspects → parse what the store has not seen → commit → merge
 *
 * Everything committed is durable and searchable at once, whatever comes after: a killed
 * or cancelled run goes on where it stopped, because what it committed is no longer
 * a difference. A few files are parsed in this thread (a worker takes 100 ms to start);
 * many go to the pool.
 */
import { mkdirSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { guarded } from './store/database.ts';
import { takeLock } from './store/lock.ts';
import type { WorktreeRows } from './store/rows.ts';
import { StoreWriter } from './store/writer.ts';
import type { RefreshReport } from './types.ts';
import { changesBetween } from './work/changes.ts';
import { cancelled, Update, type UpdateInput } from './work/update.ts';
import { type Scan, scan } from './worktree/scan.ts';

export interface RefreshInput extends UpdateInput {
  readonly storeDir: string;
  /** As last known; `WorktreeRows.none()` when nothing is. */
  readonly rows: WorktreeRows;
  /** This process's last scan. */
  readonly lastScan: Scan | null;
  /** Told of every scan. */
  readonly onScan: (scan: Scan) => void;
}

export interface RefreshOutcome {
  readonly report: RefreshReport;
  /** Format of an older store that was replaced. */
  readonly replacedFormat: number | null;
}

export const defaultWaitMs = 2_000;

/** @throws WinnowError `cancelled`, `disk-full`, `store-unwritable`, `index-corrupt`, `index-too-new`, `worker-failed` */
export async function refresh(input: RefreshInput): Promise<RefreshOutcome> {
  const { storeDir, options } = input;
  const startedMs = performance.now();
  const seen = await look(input, input.rows);
  const changes = changesBetween(input.rows, seen);
  if (changes.none)
    return { report: unchangedReport(input.rows, performance.now() - startedMs, false), replacedFormat: null };
  guarded(storeDir, () => mkdirSync(storeDir, { recursive: true }));
  const lock = await takeLock(storeDir, options.waitMs ?? defaultWaitMs, options.signal).catch((cause) => {
    throw options.signal?.aborted ? cancelled() : cause;
  });
  if (lock === null)
    return { report: unchangedReport(input.rows, performance.now() - startedMs, true), replacedFormat: null };
  let writer: StoreWriter | null = null;
  try {
    writer = new StoreWriter(storeDir);
    const rows = writer.worktree(input.place.root, input.rows);
    // Another process was here since: what we saw may be older than what it committed.
    const fresh = rows === input.rows || (rows.byPath.size === 0 && input.rows.byPath.size === 0);
    const scanned = fresh ? seen : await look(input, rows);
    const update = new Update(input, writer, rows, scanned);
    await update.run();
    return { report: update.report(startedMs), replacedFormat: writer.replacedFormat };
  } finally {
    writer?.close();
    lock.release();
  }
}

async function look(input: RefreshInput, rows: WorktreeRows): Promise<Scan> {
  const { place, options, lastScan } = input;
  const sameRules = lastScan !== null && isDeepStrictEqual(lastScan.rules, rows.rules);
  const seen = await scan(place, {
    signal: options.signal,
    known: (path) => rows.byPath.has(path),
    earlier: sameRules ? lastScan : null,
    knownDirectories: sameRules ? lastScan.directories : rows.directories(),
    knownRules: rows.rules,
    onFiles: (filesDone) =>
      options.onProgress?.({ phase: 'scan', filesDone, filesTotal: rows.byPath.size, bytesDone: 0, bytesTotal: 0 }),
  });
  input.onScan(seen);
  return seen;
}

/** @param busy another writer keeps us from looking closer */
export function unchangedReport(rows: WorktreeRows, elapsedMs: number, busy: boolean): RefreshReport {
  return {
    added: 0,
    changed: 0,
    removed: 0,
    unchanged: rows.searched.length,
    bytesParsed: 0,
    busy,
    leftOut: rows.leftOut,
    elapsedMs,
  };
}
