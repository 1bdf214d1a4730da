/**
 * The store's tables, and what to do with a store of another format.
 *
 * `version` is a (path, content) pair: all that parsing says is a function of it, so
 * worktrees and branches share it. `file` is the thin overlay of one worktree. A
 * version that has chunks is in exactly one segment; version, facts, file rows and
 * segment row are committed together, so none is ever seen without the others.
 *
 * The parser and the tokenizer are part of the format: raise `storeFormat` whenever
 * the same bytes would give other facts or postings. An older store is rebuilt from
 * the worktree, which always has the truth; there is nothing in it worth migrating.
 */
import { randomInt } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { weightsFingerprint } from '../text/mod.ts';
import { optionalGrammars } from '../work/grammar-files.ts';

export const storeFormat = 4;

export const schema = `
CREATE TABLE meta(
  format INTEGER NOT NULL,
  weights INTEGER NOT NULL,
  grammars TEXT NOT NULL,
  next_version INTEGER NOT NULL,
  next_segment INTEGER NOT NULL
) STRICT;
CREATE TABLE version(
  id INTEGER PRIMARY KEY,
  path TEXT NOT NULL,
  hash BLOB NOT NULL,
  language TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  lines INTEGER NOT NULL,
  chunks INTEGER NOT NULL,
  left_out TEXT,
  UNIQUE(path, hash)
) STRICT;
CREATE TABLE facts(
  version INTEGER PRIMARY KEY REFERENCES version(id) ON DELETE CASCADE,
  packed BLOB NOT NULL
) STRICT;
CREATE TABLE worktree(
  id INTEGER PRIMARY KEY,
  root TEXT NOT NULL UNIQUE,
  generation INTEGER NOT NULL,
  pending INTEGER NOT NULL,
  rules TEXT NOT NULL
) STRICT;
CREATE TABLE file(
  worktree INTEGER NOT NULL REFERENCES worktree(id) ON DELETE CASCADE,
  path TEXT NOT NULL,
  version INTEGER REFERENCES version(id),
  left_out TEXT,
  bytes INTEGER NOT NULL,
  mtime REAL NOT NULL,
  ctime REAL NOT NULL,
  inode REAL NOT NULL,
  racy INTEGER NOT NULL,
  PRIMARY KEY(worktree, path)
) STRICT, WITHOUT ROWID;
CREATE INDEX file_version ON file(version);
CREATE TABLE segment(
  id INTEGER PRIMARY KEY,
  docs INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  checksum INTEGER NOT NULL,
  content BLOB
) STRICT;
`;

/**
 * Tables that stores of this format may lack: they came later and start empty. `links` has what a graph is made of, for
 * versions that a graph was wanted of; `observed` what recorded runs called, by names that survive edits; `observed_partially` what partial runs called, which
 * is forgotten with the content that it was seen in; `covered_partially` which lines of a content ran in which partial run.
 */
const laterTables = `
CREATE TABLE IF NOT EXISTS links(
  version INTEGER PRIMARY KEY REFERENCES version(id) ON DELETE CASCADE,
  format INTEGER NOT NULL,
  packed BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS observed(
  worktree INTEGER NOT NULL REFERENCES worktree(id) ON DELETE CASCADE,
  caller_path TEXT NOT NULL,
  caller TEXT NOT NULL,
  callee_path TEXT NOT NULL,
  callee TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY(worktree, caller_path, caller, callee_path, callee)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS observed_partially(
  worktree INTEGER NOT NULL REFERENCES worktree(id) ON DELETE CASCADE,
  caller_version INTEGER NOT NULL REFERENCES version(id) ON DELETE CASCADE,
  caller TEXT NOT NULL,
  callee_version INTEGER NOT NULL REFERENCES version(id) ON DELETE CASCADE,
  callee TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY(worktree, caller_version, caller, callee_version, callee)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS covered_partially(
  worktree INTEGER NOT NULL REFERENCES worktree(id) ON DELETE CASCADE,
  version INTEGER NOT NULL REFERENCES version(id) ON DELETE CASCADE,
  run TEXT NOT NULL,
  level INTEGER NOT NULL,
  ran TEXT NOT NULL,
  missed TEXT NOT NULL,
  PRIMARY KEY(worktree, version, run)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS covered_partially_version ON covered_partially(version);
CREATE INDEX IF NOT EXISTS observed_partially_callee ON observed_partially(callee_version);
CREATE INDEX IF NOT EXISTS observed_partially_caller ON observed_partially(caller_version);
`;

export const addLaterTables = (database: DatabaseSync): void => database.exec(laterTables);

/** Whether the store has a later table; a reader finds none in a store that no writer of today has opened. */
export const hasLaterTable = (
  database: DatabaseSync,
  name: 'observed' | 'observed_partially' | 'covered_partially',
): boolean => database.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(name) !== undefined;

export function createSchema(database: DatabaseSync): void {
  database.exec(
    `BEGIN IMMEDIATE; ${schema} ${laterTables} INSERT INTO meta VALUES (${storeFormat}, ${weightsFingerprint()}, '${optionalGrammars()}', 1, 1);
     PRAGMA user_version = ${randomInt(1, 2 ** 31 - 1)}; COMMIT;`,
  );
}

/** Tells a store from the one it replaced, for files that name versions; '0' in those made before there were such files. */
export const stampOf = (database: DatabaseSync): string =>
  String(database.prepare('PRAGMA user_version').get()?.user_version ?? 0);

/**
 * @returns the format of an opened store; 0 when its segments were weighted by other field
 *   weights, or its files read with other grammars than are installed, which makes them useless; `null` when it has no tables yet
 */
export function formatOf(database: DatabaseSync): number | null {
  const tables = database.prepare("SELECT count(*) AS n FROM sqlite_schema WHERE name = 'meta'").get();
  if (tables?.n === 0) return null;
  const row = database.prepare('SELECT * FROM meta').get();
  if (row === undefined) return null;
  if (row.format !== storeFormat) return row.format as number;
  return row.weights === weightsFingerprint() && row.grammars === optionalGrammars() ? storeFormat : 0;
}
