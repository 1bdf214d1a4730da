import { expect, test } from 'vitest';
import { runPool } from './pool.ts';
import type { Digest, FileTask } from './tasks.ts';

const workerFile = new URL('../../../test/programs/dying-worker.ts', import.meta.url);

/** Runs the files through workers that die on some. @returns how often each file was handed over, and which failed */
async function run(files: string[], options: { root?: string; workers?: number; signal?: AbortSignal } = {}) {
  const queue = files.map((path): FileTask => ({ path, bytes: 1, version: 0, known: [] }));
  const handedOver: string[] = [];
  const failed: string[] = [];
  await runPool<Digest>({
    program: 'parse',
    root: options.root ?? 'somewhere',
    workers: options.workers ?? 2,
    flushBytes: 1,
    signal: options.signal,
    next: () => (queue.length === 0 ? null : queue.splice(0, 7)),
    again: (tasks) => queue.push(...tasks),
    onDigest: ({ results }) => {
      for (const result of results) if (result.kind === 'gone') handedOver.push(result.path);
    },
    onWorked: () => {},
    onFailed: (task) => failed.push(task.path),
    workerFile,
    stuckMs: 1_000,
  });
  return { handedOver: handedOver.sort(), failed: failed.sort() };
}

const named = (count: number) => Array.from({ length: count }, (_, i) => `file${String(i).padStart(3, '0')}`);

test('every file is handed over once, also when workers are worn and replaced', async () => {
  expect(await run(named(200))).toEqual({ handedOver: named(200), failed: [] });
});

test('files that kill a worker or hold it for ever fail; no other file is lost or done twice', async () => {
  const bad = ['dies1', 'dies2', 'hangs'];
  const files = [...named(30), 'dies1', 'dies2', ...named(60).slice(30), 'hangs', ...named(70).slice(60)];
  expect(await run(files)).toEqual({ handedOver: named(70), failed: bad });
});

test('the last file of all may be the one that kills', async () => {
  expect(await run([...named(3), 'dies'], { workers: 1 })).toEqual({ handedOver: named(3), failed: ['dies'] });
});

test('workers that cannot start are an error, not a loop', async () => {
  await expect(run(named(3), { root: 'nowhere' })).rejects.toMatchObject({
    code: 'worker-failed',
    message: expect.stringContaining('cannot start'),
  });
});

test('an aborted pool ends', async () => {
  await expect(run(named(3), { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'cancelled' });
  await expect(run([...named(9), 'hangs'], { signal: AbortSignal.timeout(300) })).rejects.toMatchObject({
    code: 'cancelled',
  });
});
