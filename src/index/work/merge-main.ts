/** The thread that merges one group of segments, says the result and ends. Started by `worker.ts`, for `merge.ts`. */
import { parentPort, workerData } from 'node:worker_threads';
import { mergeContent } from './merge-content.ts';
import type { MergeSetup } from './messages.ts';

const { dataDir, sources, held } = workerData as MergeSetup;
const merged = mergeContent(dataDir, sources, new Set(held));
parentPort?.postMessage(merged, merged.content === null ? [] : [merged.content.bytes.buffer as ArrayBuffer]);
