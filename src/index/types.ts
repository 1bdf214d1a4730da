/**
 * What `index` gives to the layers above: a repository that can be brought up to
 * date, and consistent views of it.
 */
import type { FileFacts, SkipReason } from '../code/mod.ts';
import type { PartialRun } from './store/graph-rows.ts';
import type { SegmentView } from './text/types.ts';
import type { VectorPlace } from './vectors/vectors.ts';

/** Why a file of the worktree is not in the index, beyond what parsing says. */
export type LeftOut = SkipReason | 'symlink' | 'name-not-utf8' | 'failed';

/** A file of a worktree as it was when last looked at. */
export interface FileRecord {
  /** Relative to the worktree's root, forward slashes. */
  readonly path: string;
  /** Id of the (path, content) pair in the store; never reused. */
  readonly version: number;
  readonly language: string;
  readonly bytes: number;
  readonly lines: number;
}

export interface Progress {
  /** `links` and `graph` are of `openGraph`: reading what files say about names, and resolving it. */
  readonly phase: 'scan' | 'parse' | 'merge' | 'links' | 'graph';
  readonly filesDone: number;
  readonly filesTotal: number;
  readonly bytesDone: number;
  readonly bytesTotal: number;
}

export interface RefreshOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** Parsing workers, at most 8; default: processors, at most 4, which keeps memory below 1 GB. */
  readonly workers?: number;
  /**
   * What to do when another process is indexing this repository: wait for it at most this long,
   * then go on with what is committed and say so (`busy: true`). Default 2,000 ms.
   */
  readonly waitMs?: number;
}

export interface RefreshReport {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly unchanged: number;
  readonly bytesParsed: number;
  /** Another process was indexing; the answer may be behind. */
  readonly busy: boolean;
  /** Files left out, by reason. */
  readonly leftOut: Readonly<Partial<Record<LeftOut, number>>>;
  readonly elapsedMs: number;
}

/** How complete a snapshot is. Faces print this whenever it is not plain. */
export interface Completeness {
  /** Files in the worktree that should be indexed and are not yet. */
  readonly pendingFiles: number;
  readonly indexedFiles: number;
  readonly leftOut: Readonly<Partial<Record<LeftOut, number>>>;
  /** The index could not be brought up to date with the disk before answering. */
  readonly stale: boolean;
}

/** Source text of a file as indexed, or why it cannot be given. */
export type Source =
  | { readonly kind: 'source'; readonly bytes: Uint8Array }
  | { readonly kind: 'changed' }
  | { readonly kind: 'gone' };

/** A consistent, read-only view; later commits do not change it. */
export interface Snapshot {
  readonly root: string;
  readonly completeness: Completeness;
  /** All files, by path. */
  files(): readonly FileRecord[];
  file(path: string): FileRecord | null;
  fileOfVersion(version: number): FileRecord | null;
  /** The file that is not searched, with its reason, whose path is `end` or ends in it; `null` when there is none. */
  leftOut(end: string): { readonly path: string; readonly reason: LeftOut } | null;
  facts(version: number): FileFacts;
  /** Reads the file and checks that its content is that of the version. */
  source(file: FileRecord): Source;
  /** Bytes `[start, end)` of the file where they can be had without reading all of it, and the file is as it was; `null`: `source` tells. */
  part(file: FileRecord, start: number, end: number): Uint8Array | null;
  /** `contentHash` of a version's content; `null` for a version that the store does not have. */
  hashOf(version: number): Uint8Array | null;
  /** What partial runs ran of a version, by the name of the program; those that `observeCalls` was told of. */
  ranPartially(version: number): readonly PartialRun[];
  /** Where vectors of these versions are kept; `null` when there is no store. */
  readonly vectorPlace: VectorPlace | null;
  /** Views for ranked text. `admit`: files the query's filters let through; `null`: all. */
  segments(admit: ((file: FileRecord) => boolean) | null): SegmentView[];
  close(): void;
}

export interface Repository {
  /** Absolute, real path of the worktree's root. */
  readonly root: string;
  /** Directory of the index. */
  readonly storeDir: string;
  /** Format of an older index that this process replaced by a new one; `null` normally. */
  readonly rebuiltFrom: number | null;
  /** Brings the index up to date with the worktree. Safe to kill at any instant. */
  refresh(options?: RefreshOptions): Promise<RefreshReport>;
  snapshot(): Snapshot;
  /** Merges segments and drops what no worktree holds, in the background's time. */
  tidy(): Promise<void>;
  /** Checks everything against its checksums. @returns problems found, empty when sound */
  verify(): string[];
  /** Deletes the index; the next refresh builds it anew. */
  clear(): void;
  close(): void;
}

export interface OpenOptions {
  /** Where indexes are kept; default: `WINNOW_HOME`, else the user's cache directory. */
  readonly home?: string;
}
