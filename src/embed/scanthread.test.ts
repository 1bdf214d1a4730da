import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { seededRandom } from '../base/mod.ts';
import { RowScan, type Run, type SignRows } from './rowscan.ts';
import { rowBytes, SignBlock, scanQuery, writeRow } from './scan.ts';
import { type FoundRows, ScanThread, type ScanThreadOptions } from './scanthread.ts';

const dimension = 256;
const folder = mkdtempSync(join(tmpdir(), 'winnow-scan-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const random = seededRandom(1);
const vector = (): Float32Array => Float32Array.from({ length: dimension }, () => random.next() - 0.5);

/** Rows of a block, their bytes in a file. */
function blockOf(first: number, count: number): SignRows {
  const signs = new SignBlock(dimension, count);
  const scales = new Float32Array(new SharedArrayBuffer(4 * count));
  const bytes = new Int8Array(count * rowBytes(dimension));
  for (let at = 0; at < count; at++) writeRow(vector(), at, { bytes, scales, signs: signs.bytes });
  const path = join(folder, `${first}.rows`);
  writeFileSync(path, bytes);
  return { first, signs, scales, bytes: { path, start: 0, width: rowBytes(dimension) } };
}

const blocks = [blockOf(0, 2_500), blockOf(2_600, 1_500)];
const runs: Run[][] = [
  [
    { from: 0, to: 1_001 },
    { from: 1_010, to: 2_500 },
  ],
  [{ from: 3, to: 1_500 }],
];
const here = new RowScan(dimension, blocks);

function started(options: ScanThreadOptions = {}): ScanThread {
  const thread = new ScanThread({ worthRows: 0, alone: 0, ...options });
  onTestFinished(() => thread.close());
  return thread;
}

/** Asks until `enough`, some turns of the loop apart. */
async function askUntil(
  thread: ScanThread,
  enough: (handed: boolean, found: FoundRows | null) => boolean,
  owner: object = blocks,
) {
  for (;;) {
    const query = scanQuery(vector());
    const soon = thread.begin(owner, blocks, runs, query, 101);
    await sleep(2);
    const found = soon?.() ?? null;
    if (found !== null) expect(found).toEqual({ rows: here.nearest(query, 101, runs), isBehind: false });
    if (enough(soon !== null, found)) return;
  }
}

const taken =
  'Atomics.compareExchange(words, 0, (asked.scan << 3) | 1, (asked.scan << 3) | 2) === ((asked.scan << 3) | 1)';

/** A program in the thread's place. */
const acting = (onScan: string): URL =>
  new URL(
    `data:text/javascript,import { parentPort, workerData } from 'node:worker_threads';
    const words = new Int32Array(workerData.answers, 0, 4);
    parentPort.on('message', (asked) => { if (asked.kind === 'scan') { ${onScan} } });
    Atomics.store(words, 3, 1);`,
  );

// A machine of one processor has nothing to do it with.
describe.skipIf(!new ScanThread().canHelp)('the thread that scans', () => {
  test('finds what this one finds, of several sets in turn', async () => {
    const thread = started();
    await askUntil(thread, (_, found) => found !== null);
    for (const owner of [{}, {}, {}, blocks]) await askUntil(thread, (_, found) => found !== null, owner);
    expect(thread.helped).toBeGreaterThanOrEqual(5);
  });

  test('is not started by the first scan, nor for few rows or more than it can answer; until it is ready nothing is handed over', () => {
    const query = scanQuery(vector());
    const ask = (thread: ScanThread, k = 10) => {
      expect(thread.begin(blocks, blocks, runs, query, k)).toBeNull();
      return thread.isStarted;
    };
    const usual = started({ alone: 1 });
    expect([ask(usual), ask(usual)]).toEqual([false, true]);
    expect(ask(started({ worthRows: 10_000 }))).toBe(false);
    expect(ask(started(), 5_000)).toBe(false);
  });

  test('that has not begun is not waited for, and an answer that nobody fetched disturbs no other', async () => {
    const silent = started({ program: acting('') });
    await askUntil(silent, (handed, found) => handed && found === null);
    const thread = started();
    await askUntil(thread, (_, found) => found !== null);
    for (let times = 0; times < 20; times++) thread.begin(blocks, blocks, runs, scanQuery(vector()), 101);
    await askUntil(thread, (_, found) => found !== null);
  });

  test.each([
    ['dies while it scans', `if (${taken}) process.exit(1);`],
    ['fails before it scans', 'throw new Error("no");'],
    ['hangs while it scans', `if (${taken}) for (;;);`],
    ['hangs before it scans', 'for (;;);'],
  ])('that %s is given up, and this one goes on alone', async (_, onScan) => {
    const thread = started({ program: acting(onScan), patienceMs: 20 });
    await askUntil(thread, () => !thread.canHelp);
    expect(thread.helped).toBe(0);
    expect(thread.begin(blocks, blocks, runs, scanQuery(vector()), 10)).toBeNull();
  });

  test('whose rows cannot be read as they should leaves telling to this one', async () => {
    const thread = started();
    const broken = blocks.map((block) => ({ ...block, scales: null as unknown as Float32Array }));
    await askUntil(thread, (_, found) => found !== null);
    const soon = thread.begin({}, broken, runs, scanQuery(vector()), 10);
    await sleep(20);
    expect(soon?.()).toBeNull();
    await askUntil(thread, (_, found) => found !== null);
  });

  test('of a file that is gone it says so', async () => {
    const thread = started();
    const gone = blocks.map((block) => ({ ...block, bytes: { ...block.bytes, path: join(folder, 'gone') } }));
    for (;;) {
      const soon = thread.begin(gone, gone, runs, scanQuery(vector()), 10);
      await sleep(2);
      const found = soon?.() ?? null;
      if (found === null) continue;
      expect(found.isBehind).toBe(true);
      expect(found.rows.every(({ score }) => score === 0)).toBe(true);
      return;
    }
  });
});
