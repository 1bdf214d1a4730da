/** The thread that parses and matches: says that it is ready, then answers batch by batch. Started by `worker.ts`, for `threads.ts`. */
import { parentPort, workerData } from 'node:worker_threads';
import type { ThreadAsked, ThreadSays, ThreadSetup } from './threads.ts';
import { searchFiles, tiedFinder } from './work.ts';

const { rules } = workerData as ThreadSetup;
const finder = await tiedFinder(rules);
const say = (says: ThreadSays): void => parentPort?.postMessage(says);
parentPort?.on('message', ({ number, files }: ThreadAsked) => say({ number, found: searchFiles(finder, files) }));
say({ number: -1, found: { matches: [], partial: [], skipped: [], failures: [] } });
