/** The thread that helps to scan: holds sets of rows and finds the nearest in them. Started by `scan-worker.ts`, for `scanthread.ts`. */
import { parentPort, workerData } from 'node:worker_threads';
import { RowScan, type Run } from './rowscan.ts';
import { SignBlock } from './scan.ts';
import { answersOf, stateOf, type ThreadAsked, type ThreadSetup } from './scanthread.ts';

const { words, ids, scores } = answersOf((workerData as ThreadSetup).answers);
const sets = new Map<number, { readonly rows: RowScan; readonly runs: readonly (readonly Run[])[] }>();

parentPort?.on('message', (asked: ThreadAsked) => {
  if (asked.kind === 'rows') {
    const { set, dimension, blocks, runs, dropped } = asked;
    for (const old of dropped) sets.delete(old);
    const rows = blocks.map((block) => ({ ...block, signs: SignBlock.of(block.signs) }));
    sets.set(set, { rows: new RowScan(dimension, rows), runs });
    return;
  }
  const { scan, set, query, k } = asked;
  const offered = stateOf(scan, 'offered');
  // Taken back meanwhile, or another is offered by now.
  if (Atomics.compareExchange(words, 0, offered, stateOf(scan, 'taken')) !== offered) return;
  words[1] = 0;
  let ending: 'done' | 'failed' = 'failed';
  const known = sets.get(set);
  try {
    if (known !== undefined) {
      const found = known.rows.nearest(query, k, known.runs);
      for (const [at, { id, score }] of found.entries()) {
        ids[at] = id;
        scores[at] = score;
      }
      words[1] = found.length;
      words[2] = known.rows.isBehind ? 1 : 0;
      ending = 'done';
    }
  } catch {
    // Who asks does it again and meets the same failure where it can be told.
  }
  Atomics.store(words, 0, stateOf(scan, ending));
  Atomics.notify(words, 0);
});
Atomics.store(words, 3, 1);
