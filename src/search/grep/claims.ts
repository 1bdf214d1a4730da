/**
 * What searching threads share: a counter that batches are taken from, how many have been printed, and whether to stop.
 *
 * `[0]` the next batch; `[1]` batches whose output is gone; `[2]` 1 when the rest is to be left.
 */
import type { BatchResult, WorkFile, WorkOptions } from './work.ts';

export interface ThreadTask {
  readonly options: WorkOptions;
  readonly batches: readonly PackedBatch[];
  readonly shared: Int32Array;
}

/** A batch as one text: thousands of objects cross threads a hundred times slower. */
export type PackedBatch = string;

/** No path holds a NUL. */
const between = '\0';

export function packBatch(files: readonly WorkFile[]): PackedBatch {
  return files.map(({ file, shown, bytes }) => file + between + shown + between + bytes).join(between);
}

export function unpackBatch(batch: PackedBatch): WorkFile[] {
  const parts = batch.split(between);
  const files: WorkFile[] = [];
  for (let at = 0; at + 2 < parts.length; at += 3)
    files.push({ file: parts[at] as string, shown: parts[at + 1] as string, bytes: Number(parts[at + 2]) });
  return files;
}

export interface ThreadSays {
  readonly batch: number;
  readonly result: BatchResult;
}

/** Batches that may be ready and not printed: bounds memory when one at the head takes long or nobody reads. */
export const mostAhead = 64;

/** @returns null when none is left or the rest is to be left */
export function claimBatch(shared: Int32Array, count: number): number | null {
  if (Atomics.load(shared, 2) === 1) return null;
  const batch = Atomics.add(shared, 0, 1);
  return batch < count ? batch : null;
}

/** Blocks a thread until its batch is near enough to the one that is printed next. Not for the main thread. */
export function waitForTurn(shared: Int32Array, batch: number): void {
  for (;;) {
    const printed = Atomics.load(shared, 1);
    if (batch < printed + mostAhead || Atomics.load(shared, 2) === 1) return;
    Atomics.wait(shared, 1, printed, 1_000);
  }
}
