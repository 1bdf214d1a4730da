/** The thread that searches: takes batches from the shared counter until there are no more. Started by `worker.ts`, for `batches.ts`. */
import { parentPort, workerData } from 'node:worker_threads';
import { claimBatch, type ThreadSays, type ThreadSetup, waitForTurn } from './claims.ts';
import { BatchWorker } from './work.ts';

const { options, batches, shared } = workerData as ThreadSetup;
const worker = new BatchWorker(options);
for (;;) {
  const batch = claimBatch(shared, batches.length);
  if (batch === null) break;
  waitForTurn(shared, batch);
  const result = worker.search(batches[batch] ?? [], () => Atomics.load(shared, 2) === 1);
  const transfer = result.plain === null ? [] : [result.plain.buffer];
  parentPort?.postMessage({ batch, result } satisfies ThreadSays, transfer);
}
