/** What a worker thread does between its start and its end: takes tasks one at a time, hands results over when they are many. */
import { parentPort, workerData } from 'node:worker_threads';
import { createParser, type Parser } from '../../code/mod.ts';
import { loadGrammarFile } from './grammar-files.ts';
import type { FromWorker, ToWorker, WorkerSetup } from './messages.ts';
import type { FileTask } from './tasks.ts';

/** WebAssembly memory never shrinks; past this a worker is replaced. Parsing usual files holds 20 to 60 MB. */
const heapLimitBytes = 192 * 1024 * 1024;

/** Does tasks and gathers what they give. */
export interface Gatherer<Digest> {
  /** Memory that the gathered results hold, in bytes, roughly. */
  readonly heldBytes: number;
  add(task: FileTask): Promise<void>;
  /** What was gathered since the last time, and what of it is moved instead of copied. */
  take(): { readonly digest: Digest; readonly transfer: ArrayBuffer[] };
}

export async function serve<Digest extends { readonly results: readonly unknown[] }>(
  create: (root: string, parser: Parser) => Gatherer<Digest>,
): Promise<void> {
  const port = parentPort;
  if (port === null) throw new Error('this runs in a worker only');
  const { root, flushBytes, begun } = workerData as WorkerSetup;
  const say = (message: FromWorker<Digest>, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);
  const parser = await createParser(loadGrammarFile);
  const gatherer = create(root, parser);

  const handOver = (): void => {
    const { digest, transfer } = gatherer.take();
    if (digest.results.length > 0) say({ kind: 'digest', digest }, transfer);
  };

  const handle = async (message: ToWorker): Promise<void> => {
    if (message.kind === 'finish') {
      handOver();
      say({ kind: 'finished' });
      return;
    }
    let bytes = 0;
    for (const task of message.tasks) {
      if (Atomics.load(begun, 1) === 1) break;
      Atomics.add(begun, 0, 1);
      await gatherer.add(task);
      bytes += task.bytes;
      if (gatherer.heldBytes >= flushBytes) handOver();
    }
    const worn = parser.worn() || parser.heapBytes() > heapLimitBytes;
    say({ kind: 'done', files: message.tasks.length, bytes, worn });
  };

  // One message at a time: parsing waits for grammars, and results must stay in order.
  let last: Promise<void> = Promise.resolve();
  port.on('message', (message: ToWorker) => {
    last = last.then(() => handle(message));
  });
  say({ kind: 'ready' });
}
