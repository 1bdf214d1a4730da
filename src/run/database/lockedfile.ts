/**
 * SQLite files of the user's, copied out and put back under SQLite's own locks.
 *
 * Copies go through SQLite's backup interface: pages by path, whole transactions only, whatever else reads or writes, journal
 * and WAL included. Putting back goes the same way, as one transaction of the file itself: a kill in the middle leaves a journal that the
 * next program to open the file rolls back, and programs that have it open see the new content, which a file renamed over it would not
 * give them. The check that nobody changed the file and the writing happen under one exclusive lock: SQLite's `unix-excl` file system
 * holds it for this process, so that two connections of ours can share it (https://sqlite.org/vfs.html).
 *
 * Absent: reading what is in a database. Nothing here parses a schema or a row, because copies may come out of a sandbox.
 */
import { createHash } from 'node:crypto';
import { constants, createReadStream, lstatSync, realpathSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { WinnowError } from '../../base/mod.ts';

/** Loaded when first needed: runs without databases should not pay for it. */
const sqlite = (): typeof import('node:sqlite') => createRequire(import.meta.url)('node:sqlite');

/** How long other programs may be in the middle of transactions, ms: to read between theirs, and to have the file alone. */
const readPatienceMs = 10_000;
const writePatienceMs = 2_000;
/** All pages in one step: while it lasts others may read, and a step that begins anew with every write of theirs never ends. */
const allPages = 2 ** 31 - 1;
/** https://sqlite.org/fileformat2.html, 1.3: every database begins so. */
const magic = 'SQLite format 3\0';
/**
 * Fields of the header that change with no change of content: versions that say whether there is a WAL, the change counter, the schema's
 * counter, which putting back raises, and the two fields that repeat the first counter with the library's version.
 */
const volatileFields = [
  [18, 20],
  [24, 28],
  [40, 44],
  [92, 100],
] as const;

/** @throws WinnowError `path-not-found`, `bad-data` */
export async function databaseFile(path: string): Promise<string> {
  let real: string;
  try {
    real = realpathSync(path);
  } catch (cause) {
    throw new WinnowError('path-not-found', `There is no database ${path}.`, { details: { path }, cause });
  }
  const handle = await open(real, constants.O_RDONLY | constants.O_NONBLOCK).catch((cause: Error) => {
    throw new WinnowError('path-unreadable', `${path} cannot be read: ${cause.message}.`, { details: { path }, cause });
  });
  try {
    const stat = await handle.stat();
    const head = Buffer.alloc(magic.length);
    if (stat.isFile()) await handle.read(head, 0, head.length, 0);
    // An empty file is an empty database, as for SQLite's own shell.
    if (!stat.isFile() || (stat.size > 0 && head.toString('latin1') !== magic))
      throw new WinnowError('bad-data', `Expected an SQLite database; ${path} is none.`, { details: { path } });
  } finally {
    await handle.close();
  }
  return real;
}

/**
 * A consistent copy, also while others write.
 *
 * @throws WinnowError `database-busy`, `bad-data`, `disk-full`
 */
export async function copyOut(file: string, target: string): Promise<void> {
  const source = opened(file, null);
  try {
    // Begun before, so that waiting for a writer has an end.
    source.exec('BEGIN; SELECT count(*) FROM sqlite_schema');
    await sqlite().backup(source, target, { rate: allPages });
    source.exec('COMMIT');
  } catch (cause) {
    throw explained(cause, file);
  } finally {
    source.close();
  }
}

/**
 * Puts a copy's content into the file, if the file still holds what is expected.
 *
 * @param expected fingerprint of what the file must hold
 * @param scratch a path where a copy can lie meanwhile
 * @throws WinnowError `database-changed`, `database-busy`, `disk-full`
 */
export async function putBack(copy: string, file: string, expected: string, scratch: string): Promise<void> {
  if (lstatSync(file, { throwIfNoEntry: false })?.isFile() !== true)
    throw databaseChanged(file, 'it is not there any more');
  const held = opened(file, 'unix-excl');
  try {
    held.exec('BEGIN EXCLUSIVE; COMMIT');
    await sqlite().backup(held, scratch, { rate: allPages });
    if ((await fingerprint(scratch)) !== expected) throw databaseChanged(file, 'its content is another');
    const source = opened(copy, null);
    try {
      await sqlite().backup(source, address(file, 'unix-excl'), { rate: allPages });
    } finally {
      source.close();
    }
  } catch (cause) {
    throw cause instanceof WinnowError ? cause : explained(cause, file);
  } finally {
    held.close();
  }
}

/** What tells contents of databases apart, made by reading the file once; equal for copies of one content. */
export async function fingerprint(file: string): Promise<string> {
  const hash = createHash('sha256');
  let at = 0;
  for await (const part of createReadStream(file)) {
    const bytes = part as Buffer;
    if (at === 0) for (const [from, to] of volatileFields) bytes.fill(0, from, Math.min(to, bytes.length));
    hash.update(bytes);
    at += bytes.length;
  }
  return hash.digest('hex');
}

function opened(file: string, system: string | null): DatabaseSync {
  const { DatabaseSync } = sqlite();
  const options = {
    timeout: system === null ? readPatienceMs : writePatienceMs,
    allowExtension: false,
    enableForeignKeyConstraints: false,
  };
  try {
    return new DatabaseSync(address(file, system), options);
  } catch (cause) {
    throw explained(cause, file);
  }
}

const address = (file: string, system: string | null): string =>
  `${pathToFileURL(file).href}?mode=rw${system === null ? '' : `&vfs=${system}`}`;

export const databaseChanged = (file: string, why: string): WinnowError =>
  new WinnowError(
    'database-changed',
    `Expected ${file} as it was when the session began; ${why}. Nothing was written. Look at the session's changes, drop them, and begin again.`,
    { details: { file } },
  );

/** Codes of sqlite3.h; those past 255 are kinds of these. */
const sqliteCodes = { busy: 5, locked: 6, readOnly: 8, corrupt: 11, full: 13, notDatabase: 26 } as const;

function explained(cause: unknown, file: string): unknown {
  const { errcode, code } = cause as { errcode?: number; code?: string };
  const kind = (errcode ?? 0) & 0xff;
  const details = { file };
  const message = cause instanceof Error ? cause.message : String(cause);
  if (kind === sqliteCodes.busy || kind === sqliteCodes.locked)
    return new WinnowError(
      'database-busy',
      `Another process holds ${file}: it is writing, or has it open in WAL mode. Nothing was written. Close it there and try again.`,
      { details, cause },
    );
  if (kind === sqliteCodes.full || code === 'ENOSPC')
    return new WinnowError('disk-full', `There is no room for ${file}.`, { details, cause });
  if (kind === sqliteCodes.corrupt || kind === sqliteCodes.notDatabase)
    return new WinnowError('bad-data', `Expected a sound SQLite database; of ${file} SQLite says: ${message}.`, {
      details,
      cause,
    });
  if (kind === sqliteCodes.readOnly || code === 'EACCES')
    return new WinnowError('path-unreadable', `${file} may not be written: ${message}.`, { details, cause });
  return cause;
}
