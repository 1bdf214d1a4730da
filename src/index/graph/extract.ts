/**
 * Reading the links of files that the store has none of: here when they are few, in workers when they are many.
 *
 * The store's lock is taken only for each commit, so that a search that refreshes meanwhile waits for milliseconds. What
 * could not be committed because another process kept writing is used all the same, and read again next time.
 */
import { availableParallelism } from 'node:os';
import { WinnowError } from '../../base/mod.ts';
import { type StoreLock, takeLock } from '../store/lock.ts';
import { StoreWriter } from '../store/writer.ts';
import type { FileRecord, Progress } from '../types.ts';
import { LinkGatherer, type LinkResult } from '../work/link-gatherer.ts';
import { runPool } from '../work/pool.ts';
import type { FileTask } from '../work/tasks.ts';
import { threadParser } from '../work/thread-parser.ts';

/** Up to this much is read in the calling thread: below the time that starting workers takes. */
const inThread = { files: 32, bytes: 192 * 1024 };
const batch = { files: 50, bytes: 1024 * 1024 };
/** A file this large is given to few workers only. */
const largeBytes = 1024 * 1024;
/** Records gathered before they are committed. */
const commitBytes = 8 * 1024 * 1024;
/** How long a commit waits for another writer; the last one longer. */
const waitMs = { between: 100, last: 2_000 };
/** As for parsing: a worker holds up to 250 MB. */
const usualWorkers = 4;

export interface ExtractInput {
  readonly root: string;
  readonly storeDir: string;
  readonly files: readonly FileRecord[];
  hashOf(version: number): Uint8Array | null;
  readonly workers?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** An empty record: the links of the file could not be read, and trying again would not help. */
const unreadable = new Uint8Array();

/**
 * @returns records that are not in the store because it could not be written to
 * @throws WinnowError `cancelled`, `worker-failed`, and as opening a store does
 */
export async function extractLinks(input: ExtractInput): Promise<Map<number, Uint8Array>> {
  const kept = new Kept(input);
  const tasks = input.files.flatMap(({ path, version, bytes }): FileTask[] => {
    const hash = input.hashOf(version);
    return hash === null ? [] : [{ path, bytes, version, known: [{ id: version, hash }] }];
  });
  const bytes = tasks.reduce((sum, task) => sum + task.bytes, 0);
  if (tasks.length <= inThread.files && bytes <= inThread.bytes) {
    const gatherer = new LinkGatherer(input.root, await threadParser());
    for (const task of tasks) {
      if (input.signal?.aborted) throw new WinnowError('cancelled', 'Building the graph was cancelled.');
      await gatherer.add(task);
    }
    kept.add(gatherer.take().digest.results);
  } else await inPool(input, tasks, kept, bytes);
  return await kept.finish();
}

async function inPool(input: ExtractInput, tasks: readonly FileTask[], kept: Kept, bytesTotal: number): Promise<void> {
  // Last first, as queues are popped; large files apart.
  const large = tasks.filter((task) => task.bytes >= largeBytes);
  const queue = tasks.filter((task) => task.bytes < largeBytes).reverse();
  const workers = Math.min(input.workers ?? availableParallelism(), usualWorkers, Math.ceil(tasks.length / 8));
  let [filesDone, bytesDone] = [0, 0];
  const say = (): void =>
    input.onProgress?.({ phase: 'links', filesDone, filesTotal: tasks.length, bytesDone, bytesTotal });
  say();
  await runPool<{ results: readonly LinkResult[] }>({
    program: 'link',
    root: input.root,
    workers: Math.max(1, workers),
    flushBytes: commitBytes / 4,
    signal: input.signal,
    next: (mayBeLarge) => {
      const from = mayBeLarge && large.length > 0 ? large : queue;
      const taken: FileTask[] = [];
      for (let bytes = 0; taken.length < batch.files && bytes < batch.bytes; ) {
        const task = from.pop();
        if (task === undefined) break;
        taken.push(task);
        bytes += task.bytes;
      }
      return taken.length === 0 ? null : taken;
    },
    again: (lost) => {
      for (const task of lost) (task.bytes < largeBytes ? queue : large).push(task);
    },
    onDigest: ({ results }) => kept.add(results),
    onWorked: (files, bytes) => {
      filesDone += files;
      bytesDone += bytes;
      say();
    },
    onFailed: ({ version }) => kept.add([{ version, packed: unreadable }]),
  });
}

/** Gathers records and commits them in between. */
class Kept {
  readonly #input: ExtractInput;
  #waiting = new Map<number, Uint8Array>();
  #bytes = 0;
  #committing: Promise<void> | null = null;
  #failure: unknown = null;

  constructor(input: ExtractInput) {
    this.#input = input;
  }

  add(results: readonly LinkResult[]): void {
    if (this.#failure !== null) throw this.#failure;
    for (const { version, packed } of results) {
      if (packed === null) continue;
      this.#waiting.set(version, packed);
      this.#bytes += packed.length;
    }
    if (this.#bytes < commitBytes || this.#committing !== null) return;
    this.#committing = this.#commit(waitMs.between)
      .catch((cause: unknown) => {
        this.#failure = cause;
      })
      .finally(() => {
        this.#committing = null;
      });
  }

  async finish(): Promise<Map<number, Uint8Array>> {
    await this.#committing;
    if (this.#failure !== null) throw this.#failure;
    await this.#commit(waitMs.last);
    return this.#waiting;
  }

  async #commit(wait: number): Promise<void> {
    if (this.#waiting.size === 0) return;
    const { storeDir } = this.#input;
    let lock: StoreLock | null = null;
    let writer: StoreWriter | null = null;
    try {
      lock = await takeLock(storeDir, wait);
      if (lock === null) return;
      const rows = [...this.#waiting];
      writer = new StoreWriter(storeDir);
      writer.putLinks(rows);
      for (const [version] of rows) this.#waiting.delete(version);
      this.#bytes = 0;
      for (const packed of this.#waiting.values()) this.#bytes += packed.length;
    } catch (cause) {
      // In a home that only others may write, what was read stays in memory; the answer is the same.
      if (!(cause instanceof WinnowError && cause.code === 'store-unwritable')) throw cause;
    } finally {
      writer?.close();
      lock?.release();
    }
  }
}
