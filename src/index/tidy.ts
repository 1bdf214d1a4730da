/** Housekeeping of a store, under the lock: what no worktree needs is given back. */

import { existsSync } from 'node:fs';
import { graphNameOf, removeOtherGraphs } from './graph/graph-file.ts';
import { dataDirOf } from './store/database.ts';
import { StoreWriter } from './store/writer.ts';
import { tidyVectors } from './vectors/vectors.ts';
import { mergeThoroughly } from './work/merge.ts';

/** @throws WinnowError as opening a store does */
export async function tidyStore(storeDir: string): Promise<void> {
  if (!existsSync(dataDirOf(storeDir))) return;
  const writer = new StoreWriter(storeDir);
  try {
    // A worktree that was deleted; one on a disk that is not mounted is indexed again when it is back.
    for (const root of writer.worktreeRoots()) if (!existsSync(root)) writer.dropWorktree(root);
    removeOtherGraphs(writer.dataDir, new Set(writer.worktreeRoots().map(graphNameOf)));
    await mergeThoroughly(writer);
    writer.dropUnheldWithoutChunks();
    const known = writer.versionIds();
    tidyVectors(writer.vectorPlace, (version) => known.has(version));
    writer.compact();
  } finally {
    writer.close();
  }
}
