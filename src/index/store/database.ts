/**
 * Opening the store's SQLite file, for the one writer and for readers.
 *
 * The data lies in a directory of its own inside the index directory, beside the
 * lock, so that a store can be put aside whole by one rename: whoever has it open
 * keeps a consistent, if dead, copy and notices by the file's inode.
 */
import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { WinnowError } from '../../base/mod.ts';
import { storeFailure } from './failures.ts';
import { addLaterTables, createSchema, formatOf, storeFormat } from './schema.ts';

export const dataDirOf = (storeDir: string): string => path.join(storeDir, 'data');
const fileOf = (dataDir: string): string => path.join(dataDir, 'store.sqlite');

/** Longest that SQLite itself waits: readers meet a lock only in the instant of a checkpoint or recovery. */
const sqliteWaitMs = 5_000;

/** Changes when the store is replaced; `null` when there is none. */
export function storeIdentity(storeDir: string): string | null {
  const stat = statSync(fileOf(dataDirOf(storeDir)), { throwIfNoEntry: false });
  // An inode's number alone is given to the next file.
  return stat === undefined ? null : `${stat.ino} ${stat.birthtimeMs}`;
}

/**
 * A connection that sees only committed data.
 *
 * @returns `null` when there is no store, or one of an older format that the next writer will replace
 * @throws WinnowError `index-too-new`, `index-corrupt`, `store-unwritable`
 */
export function openReader(storeDir: string): DatabaseSync | null {
  const file = fileOf(dataDirOf(storeDir));
  if (!existsSync(file)) return null;
  return guarded(storeDir, () => {
    const database = new DatabaseSync(file, { readOnly: true, timeout: sqliteWaitMs });
    const format = formatUnlessBegun(database);
    if (format === storeFormat) return database;
    database.close();
    refuseNewer(storeDir, format);
    return null;
  });
}

/** SQLITE_READONLY_ROLLBACK (sqlite.org/rescode.html): there is a journal that only a writer may roll back. */
const needsRollback = 776;

/** The store's format; `null` where its making was cut off before it had its write-ahead log, the only time when there is a journal of the other kind: the next writer rolls it back. */
function formatUnlessBegun(database: DatabaseSync): number | null {
  try {
    return formatOf(database);
  } catch (cause) {
    if ((cause as { errcode?: number }).errcode === needsRollback) return null;
    database.close();
    throw cause;
  }
}

export interface OpenedWriter {
  readonly database: DatabaseSync;
  /** Format of the store that was dropped because it was older; `null` normally. */
  readonly replacedFormat: number | null;
}

/** Opens or creates the store. Only under the lock. @throws as `openReader` */
export function openWriter(storeDir: string): OpenedWriter {
  return guarded(storeDir, () => {
    const dataDir = dataDirOf(storeDir);
    mkdirSync(dataDir, { recursive: true });
    const database = connect(dataDir);
    const format = formatOf(database);
    if (format === null) {
      createSchema(database);
      return { database, replacedFormat: null };
    }
    if (format === storeFormat) {
      addLaterTables(database);
      return { database, replacedFormat: null };
    }
    database.close();
    refuseNewer(storeDir, format);
    dropStore(storeDir);
    mkdirSync(dataDir, { recursive: true });
    const fresh = connect(dataDir);
    createSchema(fresh);
    return { database: fresh, replacedFormat: format };
  });
}

function connect(dataDir: string): DatabaseSync {
  const database = new DatabaseSync(fileOf(dataDir), { timeout: sqliteWaitMs, enableForeignKeyConstraints: true });
  // NORMAL in WAL mode: a killed process loses nothing, a power cut may lose the last commits but corrupts nothing.
  // 16 MB of pages keep a commit of a large batch from rereading its indexes.
  database.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16000; PRAGMA journal_size_limit = 4194304;',
  );
  return database;
}

function refuseNewer(storeDir: string, format: number | null): void {
  if (format === null || format <= storeFormat) return;
  throw new WinnowError(
    'index-too-new',
    `The index in ${storeDir} has format ${format}; this version of winnow writes and reads format ${storeFormat}. ` +
      'Update winnow, or build the index anew with `winnow index --rebuild PATH`.',
    { details: { store: storeDir, format, known: storeFormat } },
  );
}

/** Puts the store aside and deletes it. Only under the lock; nothing that readers hold open is touched. */
export function dropStore(storeDir: string): void {
  guarded(storeDir, () => {
    const dataDir = dataDirOf(storeDir);
    if (!existsSync(dataDir)) return;
    const dropped = path.join(storeDir, `dropped-${process.pid}-${Date.now()}`);
    renameSync(dataDir, dropped);
    rmSync(dropped, { recursive: true, force: true });
  });
}

/** Runs `work`, turning what SQLite and the file system throw into `WinnowError`s. */
export function guarded<T>(storeDir: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw storeFailure(cause, storeDir);
  }
}
