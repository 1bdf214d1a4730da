/** What threads start with, and what the pool and its workers say to each other. */
import type { MergeSource } from './merge-content.ts';
import type { FileTask } from './tasks.ts';

/** What any thread starts with. */
export interface ThreadSetup {
  readonly program: 'parse' | 'link' | 'merge';
  /** Where this process keeps compiled code, if it does. */
  readonly compileCacheDir: string | undefined;
}

export interface WorkerSetup extends ThreadSetup {
  readonly program: 'parse' | 'link';
  readonly root: string;
  /** Results are handed over when they hold this much memory. */
  readonly flushBytes: number;
  /** [0]: tasks begun since the worker started. [1]: 1 when the rest is to be left. Shared, so that it can be read after the worker's death. */
  readonly begun: Int32Array;
}

export interface MergeSetup extends ThreadSetup {
  readonly program: 'merge';
  readonly dataDir: string;
  readonly sources: readonly MergeSource[];
  /** Versions to keep. */
  readonly held: Float64Array;
}

export type ToWorker =
  | { readonly kind: 'tasks'; readonly tasks: readonly FileTask[] }
  /** No more tasks: hand over what is left. */
  | { readonly kind: 'finish' };

export type FromWorker<Digest> =
  | { readonly kind: 'ready' }
  /** One `tasks` message has been worked off. */
  | { readonly kind: 'done'; readonly files: number; readonly bytes: number; readonly worn: boolean }
  | { readonly kind: 'digest'; readonly digest: Digest }
  | { readonly kind: 'finished' };
