/** What is asked of whoever reads and parses, in this thread or another. Plain data: it crosses threads. */
import type { FileChange, KnownVersion, NewVersion, SegmentContent } from '../store/writer.ts';

/** A file that is new or may have changed. */
export interface FileTask {
  readonly path: string;
  /** Size at the scan, to weigh the task by. */
  readonly bytes: number;
  /** Id to use if its content is new. Ascending from task to task. */
  readonly version: number;
  /** Contents of this path that the store has. */
  readonly known: readonly KnownVersion[];
}

export type TaskResult =
  | { readonly kind: 'gone'; readonly path: string }
  /** `version` is set when the content is new, else `change` names a known one or none. */
  | { readonly kind: 'found'; readonly change: FileChange; readonly version: NewVersion | null };

/** Results and the postings of their new versions: to be committed together. */
export interface Digest {
  readonly results: readonly TaskResult[];
  readonly segment: SegmentContent | null;
  /** Bytes that were parsed. */
  readonly sourceBytes: number;
}
