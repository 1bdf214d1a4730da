/** Housekeeping of a store, under the lock: what no worktree needs is given back. */

import { existsSync } from 'node:fs';
import { dataDirOf } from './store/database.ts';
import { StoreWriter } from './store/writer.ts';
import { dropDead, mergeWhenMany } from './work/merge.ts';

/** @throws WinnowError as opening a store does */
export function tidyStore(storeDir: string): void {
  if (!existsSync(dataDirOf(storeDir))) return;
  const writer = new StoreWriter(storeDir);
  try {
    // A worktree that was deleted; one on a disk that is not mounted is indexed again when it is back.
    for (const root of writer.worktreeRoots()) if (!existsSync(root)) writer.dropWorktree(root);
    mergeWhenMany(writer);
    dropDead(writer);
    writer.dropUnheldWithoutChunks();
    writer.compact();
  } finally {
    writer.close();
  }
}
