/**
 * Where commits are kept between runs: one SQLite file beside the index, rows of packed blocks.
 *
 * A commit never changes, so a block is written once and never again; what is asked next costs only the commits that
 * are new. Two processes may write at once: then some commits are there twice, which harms nobody. The file can
 * always be deleted. A file that is damaged or of another format is thrown away and written anew.
 */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Block, type CommitRow, packBlock, readBlock } from './block.ts';

/** Raised when the form of blocks or the making of terms changes, or what is kept: 2 has no commits whose changes were not to be seen. */
const format = 2;

const fileOf = (storeDir: string): string => path.join(storeDir, 'history.sqlite');

/** Blocks kept so far; none when there are none or they cannot be read. */
export function readKept(storeDir: string): Block[] {
  const file = fileOf(storeDir);
  if (!existsSync(file)) return [];
  try {
    const database = new DatabaseSync(file, { readOnly: true, timeout: 2_000 });
    try {
      if (formatOf(database) !== format) throw new RangeError('another format');
      const rows = database.prepare('SELECT packed FROM block ORDER BY id').all();
      return rows.map((row) => readBlock(row.packed as Uint8Array));
    } finally {
      database.close();
    }
  } catch (cause) {
    if (!isSpoilt(cause)) return [];
    try {
      rmSync(file, { force: true });
    } catch {
      // In a home that only others may write it stays, and commits are read from git each time.
    }
    return [];
  }
}

/** Primary result codes of SQLite (sqlite.org/rescode.html) for bytes that are no database, or no longer one. */
const damaged: ReadonlySet<number> = new Set([11, 26]);

/** Whether it was the file, and not that another process was writing it. */
function isSpoilt(cause: unknown): boolean {
  const { errcode } = cause as { errcode?: number };
  return errcode === undefined || damaged.has(errcode & 0xff);
}

/** Adds commits. A disk that cannot be written costs only that they are read again next time. @returns whether they were kept */
export function keep(storeDir: string, rows: readonly CommitRow[]): boolean {
  try {
    mkdirSync(storeDir, { recursive: true });
    const database = new DatabaseSync(fileOf(storeDir), { timeout: 2_000 });
    try {
      // Not WAL: such a file cannot be read where its folder cannot be written.
      database.exec('PRAGMA journal_mode = DELETE; PRAGMA synchronous = NORMAL;');
      database.exec(
        `PRAGMA user_version = ${format}; CREATE TABLE IF NOT EXISTS block (id INTEGER PRIMARY KEY, packed BLOB NOT NULL)`,
      );
      database.prepare('INSERT INTO block (packed) VALUES (?)').run(packBlock(rows));
    } finally {
      database.close();
    }
    return true;
  } catch {
    return false;
  }
}

function formatOf(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.user_version ?? 0);
}
