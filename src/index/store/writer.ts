/**
 * The one writer of a store: all changes go through here, each a transaction that
 * takes the store from one sound state to the next. Exists only under the lock.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { LeftOut } from '../types.ts';
import type { VectorPlace } from '../vectors/vectors.ts';
import type { RulesTable, Stamp } from '../worktree/scan.ts';
import { dataDirOf, guarded, openWriter } from './database.ts';
import { linksFormat, type ObservedRow, type PartialRun } from './graph-rows.ts';
import { type FileRow, loadRows, WorktreeRows } from './rows.ts';
import { stampOf } from './schema.ts';
import {
  checksumOf,
  inlineBytes,
  removeFile,
  removeOrphans,
  type SegmentRow,
  segmentFile,
  writeSegmentFile,
} from './segment-files.ts';

/** A version that the store does not have yet. */
export interface NewVersion {
  /** From `reserveVersions`. */
  readonly id: number;
  readonly path: string;
  readonly hash: Uint8Array;
  readonly language: string;
  readonly bytes: number;
  readonly lines: number;
  /** Documents it has in the batch's segment. */
  readonly chunks: number;
  /** Why it is not searched. Then there are no facts. */
  readonly leftOut: LeftOut | null;
  /** Packed by `encodeFacts`. */
  readonly facts: Uint8Array | null;
}

/** What the worktree has at a path now. `version` is `null` when the file was not read. */
export interface FileChange extends Stamp {
  readonly path: string;
  readonly version: number | null;
  readonly leftOut: LeftOut | null;
  readonly racy: boolean;
}

export interface SegmentContent {
  readonly docs: number;
  readonly bytes: Uint8Array;
}

export interface Batch {
  readonly versions: readonly NewVersion[];
  /** Postings of exactly the versions that have chunks; `null` when none has. */
  readonly segment: SegmentContent | null;
  readonly files: readonly FileChange[];
  readonly removed: readonly string[];
  readonly pending: number;
  readonly rules: RulesTable | null;
}

export interface KnownVersion {
  readonly id: number;
  readonly hash: Uint8Array;
}

export class StoreWriter {
  readonly #database: DatabaseSync;
  readonly #storeDir: string;
  /** Where segment files lie. */
  readonly dataDir: string;
  /** Format of an older store that was dropped on opening. */
  readonly replacedFormat: number | null;
  #nextVersion: number;
  #nextSegment: number;
  readonly #statements = new Map<string, StatementSync>();

  /** @throws WinnowError `index-too-new`, `index-corrupt`, `store-unwritable`, `disk-full` */
  constructor(storeDir: string) {
    this.#storeDir = storeDir;
    this.dataDir = dataDirOf(storeDir);
    const { database, replacedFormat } = openWriter(storeDir);
    this.#database = database;
    this.replacedFormat = replacedFormat;
    const [version, segment] = guarded(storeDir, () => {
      const counters = this.#prepare('SELECT next_version, next_segment FROM meta').get();
      removeOrphans(this.dataDir, new Set(this.segments().map((row) => row.id)));
      return counters as unknown as [number, number];
    });
    this.#nextVersion = version;
    this.#nextSegment = segment;
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      statement.setReturnArrays(true);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #all<T>(sql: string, ...values: (string | number)[]): T[] {
    return guarded(this.#storeDir, () => this.#prepare(sql).all(...values)) as unknown as T[];
  }

  /** @returns the first of `count` new version ids; an id is never given twice once something is committed under it */
  reserveVersions(count: number): number {
    this.#nextVersion += count;
    return this.#nextVersion - count;
  }

  /** The worktree's rows, registered if it is new; `cached` is returned when nothing changed since. */
  worktree(root: string, cached: WorktreeRows | null): WorktreeRows {
    return this.#transaction(() => {
      // Generations of a store that is built anew do not repeat those that another process may remember.
      const insert = "INSERT OR IGNORE INTO worktree(root, generation, pending, rules) VALUES (?, ?, 0, 'null')";
      this.#prepare(insert).run(root, Date.now());
      return loadRows(this.#database, root, cached) ?? WorktreeRows.none();
    });
  }

  knownVersions(path: string): KnownVersion[] {
    return this.#all<[number, Uint8Array]>('SELECT id, hash FROM version WHERE path = ?', path).map(([id, hash]) => ({
      id,
      hash,
    }));
  }

  /** Whether no version is known at all: then there is no use in asking path by path. */
  isEmpty(): boolean {
    return this.#all('SELECT 1 FROM version LIMIT 1').length === 0;
  }

  /** Commits a batch. @returns the rows after it */
  commit(before: WorktreeRows, batch: Batch): WorktreeRows {
    const generation = before.generation + 1;
    const rows: FileRow[] = [];
    this.#withSegment(batch.segment, (writeSegment) => {
      const addVersion = this.#prepare(
        'INSERT INTO version(id, path, hash, language, bytes, lines, chunks, left_out) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      );
      const addFacts = this.#prepare('INSERT INTO facts(version, packed) VALUES (?, ?)');
      const byId = new Map<number, NewVersion>();
      for (const version of batch.versions) {
        const { id, path, hash, language, bytes, lines, chunks, leftOut, facts } = version;
        addVersion.run(id, path, hash, language, bytes, lines, chunks, leftOut);
        if (facts !== null) addFacts.run(id, facts);
        byId.set(id, version);
      }
      writeSegment();
      const put = this.#prepare(
        `INSERT INTO file(worktree, path, version, left_out, bytes, mtime, ctime, inode, racy) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET version = excluded.version, left_out = excluded.left_out, bytes = excluded.bytes,
           mtime = excluded.mtime, ctime = excluded.ctime, inode = excluded.inode, racy = excluded.racy`,
      );
      for (const file of batch.files) {
        const { path, version, leftOut, bytes, mtimeMs, ctimeMs, inode, racy } = file;
        put.run(before.id, path, version, leftOut, bytes, mtimeMs, ctimeMs, inode, racy ? 1 : 0);
        rows.push({ ...file, version: version ?? 0, ...this.#said(version, byId, leftOut) });
      }
      const remove = this.#prepare('DELETE FROM file WHERE worktree = ? AND path = ?');
      for (const path of batch.removed) remove.run(before.id, path);
      this.#prepare('UPDATE worktree SET generation = ?, pending = ?, rules = ? WHERE id = ?').run(
        generation,
        batch.pending,
        JSON.stringify(batch.rules),
        before.id,
      );
    });
    return before.after(generation, batch.pending, batch.rules, rows, batch.removed);
  }

  /** What a file's version says about it. */
  #said(version: number | null, fresh: ReadonlyMap<number, NewVersion>, leftOut: LeftOut | null) {
    if (version === null) return { language: '', lines: 0, leftOut };
    const made = fresh.get(version);
    if (made !== undefined) return { language: made.language, lines: made.lines, leftOut: leftOut ?? made.leftOut };
    const [language, lines, left] = this.#prepare('SELECT language, lines, left_out FROM version WHERE id = ?').get(
      version,
    ) as unknown as [string, number, LeftOut | null];
    return { language, lines, leftOut: leftOut ?? left };
  }

  segments(): SegmentRow[] {
    return this.#all<[number, number, number, number, number]>(
      'SELECT id, docs, bytes, checksum, content IS NOT NULL FROM segment ORDER BY id',
    ).map(([id, docs, bytes, checksum, inline]) => ({ id, docs, bytes, checksum, inline: inline === 1 }));
  }

  inlineContent(id: number): Uint8Array {
    const [found] = this.#all<[Uint8Array]>('SELECT content FROM segment WHERE id = ?', id);
    if (found === undefined) throw new Error(`segment ${id} is not in the store`);
    return found[0];
  }

  /** Versions that some worktree holds. */
  heldVersions(): Set<number> {
    return new Set(
      this.#all<[number]>('SELECT DISTINCT version FROM file WHERE version IS NOT NULL').map(([version]) => version),
    );
  }

  /** All versions that the store has. */
  versionIds(): Set<number> {
    return new Set(this.#all<[number]>('SELECT id FROM version').map(([id]) => id));
  }

  get vectorPlace(): VectorPlace {
    return { directory: this.dataDir, stamp: stampOf(this.#database) };
  }

  /** Versions with chunks that no worktree holds, and all versions with chunks. */
  deadShare(): { dead: number; all: number } {
    const [row] = this.#all<[number, number]>(
      `SELECT (SELECT count(*) FROM version WHERE chunks > 0),
              (SELECT count(*) FROM version v WHERE chunks > 0 AND EXISTS (SELECT 1 FROM file WHERE version = v.id))`,
    );
    const [all, held] = row as [number, number];
    return { dead: all - held, all };
  }

  /** Puts a merged segment in the place of others and forgets the versions that were left out of it. */
  replaceSegments(
    replaced: readonly number[],
    merged: SegmentContent | null,
    droppedVersions: readonly number[],
  ): void {
    this.#withSegment(merged, (writeSegment) => {
      writeSegment();
      const removeSegment = this.#prepare('DELETE FROM segment WHERE id = ?');
      for (const id of replaced) removeSegment.run(id);
      const removeVersion = this.#prepare('DELETE FROM version WHERE id = ?');
      for (const id of droppedVersions) removeVersion.run(id);
    });
    // Readers that were about to open one of these look again; see `snapshot.ts`.
    for (const id of replaced) removeFile(segmentFile(this.dataDir, id));
  }

  /** Forgets versions without chunks that no worktree holds: no segment knows them. */
  dropUnheldWithoutChunks(): void {
    this.#transaction(() =>
      this.#prepare(
        'DELETE FROM version WHERE chunks = 0 AND NOT EXISTS (SELECT 1 FROM file WHERE file.version = version.id)',
      ).run(),
    );
  }

  /** Keeps links of versions that are still there. @param rows version and record */
  putLinks(rows: readonly (readonly [number, Uint8Array])[]): void {
    this.#transaction(() => {
      const put = this.#prepare(
        'INSERT OR REPLACE INTO links(version, format, packed) SELECT id, ?, ? FROM version WHERE id = ?',
      );
      for (const [version, packed] of rows) put.run(linksFormat, packed, version);
    });
  }

  /** Adds up what runs called. */
  putObserved(root: string, calls: readonly ObservedRow[]): void {
    this.#transaction(() => {
      const put = this.#prepare(
        `INSERT INTO observed(worktree, caller_path, caller, callee_path, callee, count)
         SELECT id, ?, ?, ?, ?, ? FROM worktree WHERE root = ?
         ON CONFLICT DO UPDATE SET count = count + excluded.count`,
      );
      const putPartial = this.#prepare(
        `INSERT INTO observed_partially(worktree, caller_version, caller, callee_version, callee, count)
         SELECT w.id, a.version, ?, b.version, ?, ? FROM worktree w
         JOIN file a ON a.worktree = w.id AND a.path = ? AND a.version IS NOT NULL
         JOIN file b ON b.worktree = w.id AND b.path = ? AND b.version IS NOT NULL
         WHERE w.root = ? ON CONFLICT DO UPDATE SET count = count + excluded.count`,
      );
      for (const { callerPath, caller, calleePath, callee, count, partial } of calls) {
        if (partial) putPartial.run(caller, callee, count, callerPath, calleePath, root);
        else put.run(callerPath, caller, calleePath, callee, count, root);
      }
    });
  }

  /** Keeps what a partial run ran of files, until their content changes or the same program runs again. */
  putCoverage(root: string, files: readonly (PartialRun & { readonly path: string })[]): void {
    this.#transaction(() => {
      const put = this.#prepare(
        `INSERT OR REPLACE INTO covered_partially(worktree, version, run, level, ran, missed)
         SELECT w.id, f.version, ?, ?, ?, ? FROM worktree w
         JOIN file f ON f.worktree = w.id AND f.path = ? AND f.version IS NOT NULL WHERE w.root = ?`,
      );
      for (const { path, run, level, ran, missed } of files)
        put.run(run, level, ran.join(','), missed.join(','), path, root);
    });
  }

  dropObserved(root: string, calls: readonly ObservedRow[]): void {
    this.#transaction(() => {
      const drop = this.#prepare(
        `DELETE FROM observed WHERE worktree = (SELECT id FROM worktree WHERE root = ?)
         AND caller_path = ? AND caller = ? AND callee_path = ? AND callee = ?`,
      );
      for (const { callerPath, caller, calleePath, callee } of calls) {
        drop.run(root, callerPath, caller, calleePath, callee);
      }
    });
  }

  worktreeRoots(): string[] {
    return this.#all<[string]>('SELECT root FROM worktree').map(([root]) => root);
  }

  dropWorktree(root: string): void {
    this.#transaction(() => this.#prepare('DELETE FROM worktree WHERE root = ?').run(root));
  }

  /** For tests: a store that may grow by so many pages is a full disk to SQLite. */
  limitPages(more: number): void {
    const [pages] = this.#all<[number]>('PRAGMA page_count')[0] as [number];
    this.#database.exec(`PRAGMA max_page_count = ${pages + more}`);
  }

  /** Gives pages that deletions left free back to the file system when they are more than a quarter. */
  compact(): void {
    guarded(this.#storeDir, () => {
      const [[pages], [free]] = [
        this.#all<[number]>('PRAGMA page_count')[0],
        this.#all<[number]>('PRAGMA freelist_count')[0],
      ] as [[number], [number]];
      if (free > 1_000 && free > pages / 4) this.#database.exec('VACUUM');
      this.#database.exec('PRAGMA wal_checkpoint(PASSIVE)');
    });
  }

  /** A transaction that may register a segment; a file for it is made first and removed if the transaction fails. */
  #withSegment(segment: SegmentContent | null, work: (writeSegment: () => void) => void): void {
    const id = this.#nextSegment;
    const asFile = segment !== null && segment.bytes.length >= inlineBytes;
    if (segment !== null) this.#nextSegment++;
    const register = () => {
      if (segment === null) return;
      this.#prepare('INSERT INTO segment(id, docs, bytes, checksum, content) VALUES (?, ?, ?, ?, ?)').run(
        id,
        segment.docs,
        segment.bytes.length,
        checksumOf(segment.bytes),
        asFile ? null : segment.bytes,
      );
    };
    try {
      if (asFile) guarded(this.#storeDir, () => writeSegmentFile(this.dataDir, id, segment.bytes));
      this.#transaction(() => {
        work(register);
        this.#prepare('UPDATE meta SET next_version = ?, next_segment = ?').run(this.#nextVersion, this.#nextSegment);
      });
    } catch (cause) {
      if (asFile) removeFile(segmentFile(this.dataDir, id));
      throw cause;
    }
  }

  #transaction<T>(work: () => T): T {
    return guarded(this.#storeDir, () => {
      this.#database.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        this.#database.exec('COMMIT');
        return result;
      } catch (cause) {
        // A full disk may have rolled back by itself.
        if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
        throw cause;
      }
    });
  }
}
