/** The thread that searches: takes batches from the shared counter until there are no more, then waits for the next search. Started by `worker.ts`, for `threads.ts`. */
import { parentPort } from 'node:worker_threads';
import { claimBatch, type ThreadSays, type ThreadTask, unpackBatch, waitForTurn } from './claims.ts';
import { BatchWorker } from './work.ts';

parentPort?.on('message', ({ options, batches, shared }: ThreadTask) => {
  const worker = new BatchWorker(options);
  for (;;) {
    const batch = claimBatch(shared, batches.length);
    if (batch === null) break;
    waitForTurn(shared, batch);
    const result = worker.search(unpackBatch(batches[batch] ?? ''), () => Atomics.load(shared, 2) === 1);
    const transfer = result.plain === null ? [] : [result.plain.buffer];
    parentPort?.postMessage({ batch, result } satisfies ThreadSays, transfer);
  }
  worker.close();
});
