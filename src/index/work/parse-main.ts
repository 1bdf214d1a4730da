/** The thread that parses: a `Digester` behind a message port. Started by `worker.ts`, for `pool.ts`. */
import { parentPort, workerData } from 'node:worker_threads';
import { createParser } from '../../code/mod.ts';
import { Digester } from './digester.ts';
import { loadGrammarFile } from './grammar-files.ts';
import type { FromWorker, ToWorker, WorkerSetup } from './messages.ts';

/** WebAssembly memory never shrinks; past this a worker is replaced. Parsing usual files holds 20 to 60 MB. */
const heapLimitBytes = 192 * 1024 * 1024;

const port = parentPort;
if (port === null) throw new Error('parse-main.ts runs in a worker only');
const { root, flushBytes, begun } = workerData as WorkerSetup;
const say = (message: FromWorker, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);

const parser = await createParser(loadGrammarFile);
const digester = new Digester(root, parser);

function handOver(): void {
  const digest = digester.take();
  if (digest.results.length === 0) return;
  const transfer = digest.segment === null ? [] : [digest.segment.bytes.buffer as ArrayBuffer];
  say({ kind: 'digest', digest }, transfer);
}

async function handle(message: ToWorker): Promise<void> {
  if (message.kind === 'finish') {
    handOver();
    say({ kind: 'finished' });
    return;
  }
  let bytes = 0;
  for (const task of message.tasks) {
    if (Atomics.load(begun, 1) === 1) break;
    Atomics.add(begun, 0, 1);
    await digester.add(task);
    bytes += task.bytes;
    if (digester.heldBytes >= flushBytes) handOver();
  }
  const worn = parser.worn() || parser.heapBytes() > heapLimitBytes;
  say({ kind: 'done', files: message.tasks.length, bytes, worn });
}

// One message at a time: parsing waits for grammars, and results must stay in order.
let last: Promise<void> = Promise.resolve();
port.on('message', (message: ToWorker) => {
  last = last.then(() => handle(message));
});
say({ kind: 'ready' });
