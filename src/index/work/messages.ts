/** What the pool and its workers say to each other. */
import type { Digest, FileTask } from './tasks.ts';

export interface WorkerSetup {
  readonly root: string;
  /** Results are handed over when they hold this much memory. */
  readonly flushBytes: number;
  /** [0]: tasks begun since the worker started. Shared, so that it can be read after the worker's death. */
  readonly begun: Int32Array;
  /** Where this process keeps compiled code, if it does. */
  readonly compileCacheDir: string | undefined;
}

export type ToWorker =
  | { readonly kind: 'tasks'; readonly tasks: readonly FileTask[] }
  /** No more tasks: hand over what is left. */
  | { readonly kind: 'finish' };

export type FromWorker =
  | { readonly kind: 'ready' }
  /** One `tasks` message has been worked off. */
  | { readonly kind: 'done'; readonly files: number; readonly bytes: number; readonly worn: boolean }
  | { readonly kind: 'digest'; readonly digest: Digest }
  | { readonly kind: 'finished' };
