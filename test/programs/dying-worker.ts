/** A parsing worker that dies on files named `dies`, hangs on `hangs`, and cannot start when the root is `nowhere`. */
import { parentPort, workerData } from 'node:worker_threads';
import type { FromWorker, ToWorker, WorkerSetup } from '../../src/index/work/messages.ts';
import type { Digest, TaskResult } from '../../src/index/work/tasks.ts';

const { root, begun } = workerData as WorkerSetup;
const say = (message: FromWorker<Digest>): void => parentPort?.postMessage(message);
if (root === 'nowhere') throw new Error('cannot start');

let results: TaskResult[] = [];
let count = 0;
parentPort?.on('message', (message: ToWorker) => {
  const handOver = () => {
    say({ kind: 'digest', digest: { results, segment: null, sourceBytes: 0 } });
    results = [];
  };
  if (message.kind === 'finish') {
    handOver();
    say({ kind: 'finished' });
    return;
  }
  for (const { path } of message.tasks) {
    Atomics.add(begun, 0, 1);
    if (path.includes('dies')) process.exit(1);
    while (path.includes('hangs')) Atomics.load(begun, 0);
    results.push({ kind: 'gone', path });
    if (++count % 5 === 0) handOver();
  }
  say({ kind: 'done', files: message.tasks.length, bytes: 0, worn: count > 40 });
});
say({ kind: 'ready' });
