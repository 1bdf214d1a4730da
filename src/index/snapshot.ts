/**
 * A consistent view of one worktree: one read transaction of SQLite and the segments
 * it names. Later commits, merges and even the deletion of the index do not change it.
 *
 * Readers never wait for writers. The one race is a merge that deletes a segment file
 * between our reading its row and opening it; then the view is taken anew.
 */
import { join } from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { FileFacts } from '../code/mod.ts';
import type { OpenedSegment } from './segment-cache.ts';
import { dataDirOf, guarded } from './store/database.ts';
import { decodeFacts } from './store/facts-codec.ts';
import { corrupt } from './store/failures.ts';
import { GraphRows, type PartialRun } from './store/graph-rows.ts';
import { CutShort } from './store/packing.ts';
import type { FileRow, WorktreeRows } from './store/rows.ts';
import { stampOf } from './store/schema.ts';
import type { SegmentView } from './text/mod.ts';
import type { Completeness, FileRecord, LeftOut, Snapshot, Source } from './types.ts';
import type { VectorPlace } from './vectors/vectors.ts';
import { contentHash, readPart, readStable } from './worktree/read.ts';

export interface SnapshotParts {
  readonly root: string;
  readonly storeDir: string;
  /** In a read transaction; `null` when there is no store yet. */
  readonly database: DatabaseSync | null;
  readonly rows: WorktreeRows;
  readonly segments: readonly OpenedSegment[];
  readonly stale: boolean;
  /** Gives database and segments back. */
  readonly release: () => void;
}

export class StoreSnapshot implements Snapshot {
  readonly root: string;
  readonly completeness: Completeness;
  readonly #parts: SnapshotParts;
  #factsQuery: StatementSync | null = null;
  #graphRows: GraphRows | null = null;
  #closed = false;

  constructor(parts: SnapshotParts) {
    this.#parts = parts;
    this.root = parts.root;
    const { rows } = parts;
    rows.shared = true;
    this.completeness = {
      pendingFiles: rows.pending,
      indexedFiles: rows.searched.length,
      leftOut: rows.leftOut,
      stale: parts.stale,
    };
  }

  files(): readonly FileRecord[] {
    return this.#parts.rows.searched;
  }

  file(path: string): FileRecord | null {
    const row = this.#parts.rows.byPath.get(path);
    return row === undefined || row.leftOut !== null ? null : row;
  }

  fileOfVersion(version: number): FileRecord | null {
    return this.#parts.rows.byVersion.get(version) ?? null;
  }

  leftOut(end: string): { readonly path: string; readonly reason: LeftOut } | null {
    const { byPath } = this.#parts.rows;
    const exact = byPath.get(end);
    if (exact !== undefined) return exact.leftOut === null ? null : { path: end, reason: exact.leftOut };
    for (const { path, leftOut } of byPath.values())
      if (leftOut !== null && path.endsWith(`/${end}`)) return { path, reason: leftOut };
    return null;
  }

  facts(version: number): FileFacts {
    const { database, storeDir } = this.#parts;
    if (database === null || this.#closed) throw new Error(`no facts: ${this.#closed ? 'closed' : 'empty'} snapshot`);
    const row = guarded(storeDir, () => {
      this.#factsQuery ??= database.prepare('SELECT packed FROM facts WHERE version = ?');
      return this.#factsQuery.get(version);
    });
    if (row === undefined) throw corrupt(storeDir, `the facts of version ${version} are missing`);
    try {
      return decodeFacts(row.packed as Uint8Array);
    } catch (cause) {
      if (cause instanceof CutShort) throw corrupt(storeDir, `facts of version ${version}: ${cause.message}`, cause);
      throw cause;
    }
  }

  source(file: FileRecord): Source {
    const row = this.#parts.rows.byPath.get(file.path) as FileRow | undefined;
    const read = readStable(join(this.root, file.path));
    if (read.kind === 'gone') return { kind: 'gone' };
    if (read.kind === 'left-out') return { kind: 'changed' };
    // A stamp that was settled when the file was hashed vouches for the content.
    const sameStamp =
      row !== undefined &&
      row.version === file.version &&
      !row.racy &&
      row.bytes === read.stamp.bytes &&
      row.mtimeMs === read.stamp.mtimeMs;
    if (sameStamp) return { kind: 'source', bytes: read.bytes };
    const expected = this.hashOf(file.version);
    const equal = expected !== null && Buffer.compare(expected, contentHash(read.bytes)) === 0;
    return equal ? { kind: 'source', bytes: read.bytes } : { kind: 'changed' };
  }

  part(file: FileRecord, start: number, end: number): Uint8Array | null {
    const row = this.#parts.rows.byPath.get(file.path) as FileRow | undefined;
    if (row === undefined || row.version !== file.version || row.racy) return null;
    return readPart(join(this.root, file.path), row, start, end);
  }

  /** What the store keeps for graphs; `null` when there is no store. */
  graphRows(): GraphRows | null {
    const { database } = this.#parts;
    if (this.#closed) throw new Error('no rows: closed snapshot');
    if (database === null) return null;
    this.#graphRows ??= guarded(this.#parts.storeDir, () => new GraphRows(database));
    return this.#graphRows;
  }

  ranPartially(version: number): readonly PartialRun[] {
    const rows = this.graphRows();
    return rows === null ? [] : guarded(this.#parts.storeDir, () => rows.ranPartially(this.root, version));
  }

  get vectorPlace(): VectorPlace | null {
    const { database, storeDir } = this.#parts;
    if (database === null) return null;
    return { directory: dataDirOf(storeDir), stamp: guarded(storeDir, () => stampOf(database)) };
  }

  hashOf(version: number): Uint8Array | null {
    const { database, storeDir } = this.#parts;
    if (database === null) return null;
    const row = guarded(storeDir, () => database.prepare('SELECT hash FROM version WHERE id = ?').get(version));
    return (row?.hash as Uint8Array | undefined) ?? null;
  }

  segments(admit: ((file: FileRecord) => boolean) | null): SegmentView[] {
    const { rows, segments } = this.#parts;
    const views: SegmentView[] = [];
    for (const opened of segments) {
      const live = opened.liveFor(rows);
      if (live === 'none') continue;
      const { segment } = opened;
      views.push({ segment, live, admitted: admit === null ? null : admitted(segment.versions, rows, admit) });
    }
    return views;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#factsQuery = null;
    this.#parts.release();
  }
}

function admitted(versions: Uint32Array, rows: WorktreeRows, admit: (file: FileRecord) => boolean): Uint8Array {
  const mask = new Uint8Array(versions.length);
  versions.forEach((version, index) => {
    const row = rows.byVersion.get(version);
    if (row !== undefined && admit(row)) mask[index] = 1;
  });
  return mask;
}
