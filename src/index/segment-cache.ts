/**
 * Open segments, shared by the snapshots of one repository: opening one reads its
 * dictionary's index, so a server that answers many queries should do that once.
 */
import type { DatabaseSync } from 'node:sqlite';
import { WinnowError } from '../base/mod.ts';
import { dataDirOf } from './store/database.ts';
import type { WorktreeRows } from './store/rows.ts';
import { segmentFile } from './store/segment-files.ts';
import { type ByteSource, fileSource, memorySource, openSegment, type Segment } from './text/mod.ts';

export class OpenedSegment {
  readonly segment: Segment;
  readonly source: ByteSource;
  users = 0;
  #liveOf: WorktreeRows | null = null;
  #live: Uint8Array | null | 'none' = null;

  constructor(source: ByteSource) {
    this.source = source;
    this.segment = openSegment(source);
  }

  /** Which of its versions a worktree holds; `null` for all. */
  liveFor(rows: WorktreeRows): Uint8Array | null | 'none' {
    if (this.#liveOf === rows) return this.#live;
    const { versions } = this.segment;
    const { byVersion } = rows;
    const mask = new Uint8Array(versions.length);
    let count = 0;
    for (let index = 0; index < versions.length; index++) {
      if (!byVersion.has(versions[index] as number)) continue;
      mask[index] = 1;
      count++;
    }
    this.#liveOf = rows;
    this.#live = count === 0 ? 'none' : count === versions.length ? null : mask;
    return this.#live;
  }
}

/** A merge removed a segment file that the rows just read still name. */
export class SegmentGone extends Error {}

export class SegmentCache {
  readonly #dataDir: string;
  readonly #byId = new Map<number, OpenedSegment>();

  constructor(storeDir: string) {
    this.#dataDir = dataDirOf(storeDir);
  }

  /** The segments that the database names in its current transaction, each counted as used. @throws SegmentGone */
  take(database: DatabaseSync): OpenedSegment[] {
    const rows = database.prepare('SELECT id, content IS NULL FROM segment ORDER BY id');
    rows.setReturnArrays(true);
    const named = rows.all() as unknown as [number, number][];
    const taken: OpenedSegment[] = [];
    try {
      for (const [id, asFile] of named) {
        let opened = this.#byId.get(id);
        if (opened === undefined) {
          opened = new OpenedSegment(asFile === 1 ? this.#openFile(id) : memorySource(inlineContent(database, id)));
          this.#byId.set(id, opened);
        }
        opened.users++;
        taken.push(opened);
      }
    } catch (cause) {
      this.giveBack(taken);
      throw cause;
    }
    this.#closeUnused(new Set(named.map(([id]) => id)));
    return taken;
  }

  #openFile(id: number): ByteSource {
    try {
      return fileSource(segmentFile(this.#dataDir, id));
    } catch (cause) {
      const system =
        cause instanceof WinnowError ? (cause.cause as NodeJS.ErrnoException | undefined)?.code : undefined;
      if (system === 'ENOENT') throw new SegmentGone(`segment ${id}`, { cause });
      throw cause;
    }
  }

  giveBack(taken: readonly OpenedSegment[]): void {
    for (const opened of taken) {
      opened.users--;
      // Dropped from the cache while in use.
      if (opened.users === 0 && ![...this.#byId.values()].includes(opened)) opened.segment.close();
    }
  }

  #closeUnused(named: ReadonlySet<number>): void {
    for (const [id, opened] of this.#byId) {
      if (named.has(id)) continue;
      this.#byId.delete(id);
      if (opened.users === 0) opened.segment.close();
    }
  }

  close(): void {
    this.#closeUnused(new Set());
  }
}

function inlineContent(database: DatabaseSync, id: number): Uint8Array {
  const row = database.prepare('SELECT content FROM segment WHERE id = ?').get(id);
  return row?.content as Uint8Array;
}
