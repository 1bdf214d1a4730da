/**
 * What a session promises, whatever its language and backend, as checks that throw when a promise is broken.
 *
 * One suite for all, so that a caller need not know which kernel runs the cells. The checks say what must hold, not how: an interrupted cell may cost the
 * state or keep it, but the report says which, and the next cell answers. Nothing here depends on a test framework.
 */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { WinnowError } from '../../../base/mod.ts';
import type { CellReport, Session, SessionLimits, SessionRequest } from '../types.ts';
import type { SessionParts } from './languages.ts';

export interface Subject {
  readonly parts: SessionParts;
  /** A session of its own, which the caller ends; limits are those of the suite, changed. */
  open(
    change?: Omit<Partial<SessionRequest>, 'limits'> & { readonly limits?: Partial<SessionLimits> },
  ): Promise<Session>;
  /** One that the checks of a subject share; they leave it usable. */
  shared(): Promise<Session>;
}

export interface Check {
  readonly name: string;
  /** Parts without which there is nothing to check. */
  readonly needs: readonly (keyof SessionParts)[];
  hold(subject: Subject): Promise<void>;
}

/** What a stopped cell may take until the next one answers, ms: the grace and a fresh kernel, on a machine with others on it. */
const patienceMs = 30_000;

export const given = { path: 'given.txt', bytes: new TextEncoder().encode('given\n') };

export const textOf = (report: CellReport, stream: 'stdout' | 'stderr'): string =>
  Buffer.concat(
    report.outputs.flatMap((one) => (one.kind === 'stream' && one.stream === stream ? [one.bytes] : [])),
  ).toString();

const resultOf = (report: CellReport) =>
  report.outputs.flatMap((one) => (one.kind === 'shown' && one.isResult ? [one.value] : [])).at(-1);

/** A cell's result, or else what it printed; of a table its one value. */
export function said(report: CellReport): string {
  const result = resultOf(report);
  if (result?.table !== undefined) return String(result.table.rows[0]?.[0]);
  return result?.json !== undefined ? String(result.json) : (result?.text ?? textOf(report, 'stdout').trimEnd());
}

const must = (part: string | null): string => {
  assert.ok(part !== null);
  return part;
};

async function runs(session: Session, code: string): Promise<CellReport> {
  const report = await session.run(code);
  assert.equal(report.ending.kind, 'done', JSON.stringify([code, report.ending, textOf(report, 'stderr')]));
  return report;
}

/** The next cell answers, and has the state exactly if the report before says so. */
async function goesOn(session: Session, parts: SessionParts, before: CellReport): Promise<void> {
  const report = await session.run(parts.get);
  if (before.stateLost)
    assert.ok(report.ending.kind === 'failed' || said(report) !== '42', JSON.stringify(report.ending));
  else assert.equal(said(report), '42', JSON.stringify([before.ending, report.ending]));
  await runs(session, parts.set);
  assert.equal(said(await runs(session, parts.get)), '42');
}

async function refused(code: string, act: () => Promise<unknown>): Promise<void> {
  await assert.rejects(act, (error) => {
    assert.ok(error instanceof WinnowError, String(error));
    assert.equal(error.code, code, error.message);
    return true;
  });
}

export const checks: readonly Check[] = [
  {
    name: 'names of earlier cells stay, and cells are counted',
    needs: [],
    hold: async ({ shared, parts }) => {
      const session = await shared();
      const first = await runs(session, parts.set);
      const second = await runs(session, parts.get);
      assert.equal(said(second), '42');
      assert.equal(second.count, first.count + 1);
      assert.equal(second.stateLost, false);
      assert.deepEqual(session.history.at(-1), { code: parts.get, report: second });
    },
  },
  {
    name: 'a cell of nothing is done',
    needs: [],
    hold: async ({ shared }) => {
      for (const code of ['', '\n\n', '   ']) assert.deepEqual((await runs(await shared(), code)).outputs, []);
    },
  },
  {
    name: 'the last expression is given, as text and as JSON',
    needs: ['value'],
    hold: async ({ shared, parts }) => {
      const result = resultOf(await runs(await shared(), must(parts.value)));
      assert.equal(result?.text, '42');
      assert.equal(result?.json, 42);
      assert.equal(result?.isCut, false);
    },
  },
  {
    name: 'tables are data',
    needs: ['table'],
    hold: async ({ shared, parts }) => {
      const result = resultOf(await runs(await shared(), must(parts.table)));
      assert.deepEqual(result?.table, {
        columns: ['a', 'b'],
        rows: [
          [1, 2],
          [3, 4],
        ],
        omittedRows: 0,
      });
      assert.ok((result?.text.length ?? 0) > 0);
    },
  },
  {
    name: 'pictures are PNG',
    needs: ['picture'],
    hold: async ({ shared, parts }) => {
      const result = resultOf(await runs(await shared(), must(parts.picture)));
      assert.deepEqual([...(result?.png?.subarray(1, 4) ?? [])], [...Buffer.from('PNG')]);
    },
  },
  {
    name: 'streams are told apart, and come in order',
    needs: ['streams'],
    hold: async ({ shared, parts }) => {
      const report = await runs(await shared(), must(parts.streams));
      assert.equal(textOf(report, 'stdout'), 'one\nthree\n');
      assert.equal(textOf(report, 'stderr'), 'two\n');
      const order = report.outputs.map((one) => (one.kind === 'stream' ? one.stream : one.kind));
      if (parts.keepsOrder) assert.deepEqual(order, ['stdout', 'stderr', 'stdout']);
    },
  },
  {
    name: 'output comes while the cell runs',
    needs: ['slow'],
    hold: async ({ open, parts }) => {
      const came: { readonly text: string; readonly at: number }[] = [];
      // Where a clock is pinned, waiting may take no time.
      const session = await open({ determinism: { clockMs: null } });
      const report = await session.run(must(parts.slow), {
        onOutput: (one) => {
          if (one.kind === 'stream') came.push({ text: Buffer.from(one.bytes).toString(), at: performance.now() });
        },
      });
      const ended = performance.now();
      assert.equal(came.map(({ text }) => text).join(''), textOf(report, 'stdout'));
      assert.match(came[0]?.text ?? '', /^early/);
      assert.ok(ended - (came[0]?.at ?? ended) > 300, 'the first line came with the last');
      await session.end();
    },
  },
  {
    name: 'an error has the line of its cell, and costs no state',
    needs: [],
    hold: async ({ shared, parts }) => {
      const session = await shared();
      await runs(session, parts.set);
      const report = await session.run(parts.error);
      assert.equal(report.ending.kind, 'failed');
      assert.ok(report.ending.kind === 'failed');
      assert.equal(report.ending.error.line, 2, JSON.stringify(report.ending.error));
      assert.ok(report.ending.error.name.length > 0 && report.ending.error.message.length > 0);
      assert.equal(report.stateLost, false);
      assert.equal(said(await runs(session, parts.get)), '42');
    },
  },
  {
    name: 'an error in what an earlier cell declared names both cells and their lines',
    needs: ['fails'],
    hold: async ({ shared, parts }) => {
      const session = await shared();
      assert.ok(parts.fails !== null);
      const declared = await runs(session, parts.fails.declare);
      const report = await session.run(parts.fails.use);
      assert.ok(report.ending.kind === 'failed');
      const { frames, line } = report.ending.error;
      assert.equal(line, 3);
      assert.deepEqual(
        frames.map(({ cell, line }) => [cell, line]),
        [
          [report.count, 3],
          [declared.count, 2],
        ],
      );
    },
  },
  {
    name: 'what is not of the language fails, and costs no state',
    needs: [],
    hold: async ({ shared, parts }) => {
      const session = await shared();
      await runs(session, parts.set);
      const report = await session.run(parts.broken);
      assert.ok(report.ending.kind === 'failed');
      assert.ok(report.ending.error.line === 2 || parts.language === 'bash', JSON.stringify(report.ending));
      assert.equal(said(await runs(session, parts.get)), '42');
    },
  },
  {
    name: 'a cell that never returns is interrupted, and the next one answers',
    needs: [],
    hold: async ({ shared, parts }) => {
      const session = await shared();
      await runs(session, parts.set);
      const timer = setTimeout(() => session.interrupt(), 300);
      const began = performance.now();
      const report = await session.run(parts.loop);
      clearTimeout(timer);
      assert.deepEqual(report.ending, { kind: 'interrupted', by: 'caller' });
      assert.ok(performance.now() - began < patienceMs);
      await goesOn(session, parts, report);
    },
  },
  {
    name: 'interrupting nothing does nothing',
    needs: [],
    hold: async ({ shared, parts }) => {
      const session = await shared();
      await runs(session, parts.set);
      session.interrupt();
      session.interrupt();
      assert.equal(said(await runs(session, parts.get)), '42');
    },
  },
  {
    name: 'a signal interrupts the cell that runs, and cancels one that waits',
    needs: [],
    hold: async ({ shared, parts }) => {
      const session = await shared();
      await runs(session, parts.set);
      const stop = new AbortController();
      const first = session.run(parts.loop, { signal: stop.signal });
      const second = session.run(parts.get, { signal: stop.signal });
      setTimeout(() => stop.abort(), 300);
      await refused('cancelled', () => second);
      assert.deepEqual((await first).ending, { kind: 'interrupted', by: 'caller' });
    },
  },
  {
    name: 'cells of many callers run one after the other',
    needs: [],
    hold: async ({ shared, parts }) => {
      const session = await shared();
      await runs(session, parts.set);
      const reports = await Promise.all(Array.from({ length: 10 }, () => session.run(parts.get)));
      assert.deepEqual(
        reports.map(said),
        Array.from({ length: 10 }, () => '42'),
      );
      const [first] = reports;
      assert.deepEqual(
        reports.map(({ count }) => count),
        reports.map((_, index) => (first?.count ?? 0) + index),
      );
    },
  },
  {
    name: 'a value without end is cut, and said to be',
    needs: ['huge'],
    hold: async ({ shared, parts }) => {
      const result = resultOf(await runs(await shared(), must(parts.huge)));
      assert.equal(result?.isCut, true);
      assert.ok((result?.text.length ?? 0) <= 64 * 1024);
      assert.equal(result?.json, undefined);
    },
  },
  {
    name: 'a value that cannot be shown costs no state',
    needs: ['shy'],
    hold: async ({ shared, parts }) => {
      const session = await shared();
      await runs(session, parts.set);
      const report = await session.run(must(parts.shy));
      assert.ok(['done', 'failed'].includes(report.ending.kind));
      assert.equal(said(await runs(session, parts.get)), '42');
    },
  },
  {
    name: 'files go in and come out, by name and by parts',
    needs: ['read', 'write'],
    hold: async ({ open, parts }) => {
      const session = await open({ files: [given] });
      assert.equal(said(await runs(session, must(parts.read))).trimEnd(), 'given');
      assert.deepEqual(await session.files(), []);
      await runs(session, must(parts.write));
      const text = (files: Awaited<ReturnType<Session['files']>>) =>
        files.map((file) => [file.path, file.change, 'bytes' in file ? Buffer.from(file.bytes).toString() : null]);
      assert.deepEqual(text(await session.files()), [
        ['given.txt', 'modified', 'given\nmore\n'],
        ['made.txt', 'added', 'made'],
      ]);
      assert.deepEqual(text(await session.files('m*')), [['made.txt', 'added', 'made']]);
      assert.deepEqual(
        (await session.files('**', 5)).map(({ path, change }) => [path, change]),
        [
          ['given.txt', 'left-out'],
          ['made.txt', 'added'],
        ],
      );
      await session.put([
        { path: 'deep/er/put.txt', bytes: Buffer.from('put') },
        { path: 'given.txt', bytes: Buffer.from('anew\n') },
      ]);
      assert.equal(said(await runs(session, must(parts.read))).trimEnd(), 'anew');
      const listed = await session.list('**/*.txt');
      assert.deepEqual(
        listed.files.map(({ path, sizeBytes }) => [path, sizeBytes]),
        [
          ['deep/er/put.txt', 3],
          ['given.txt', 5],
          ['made.txt', 4],
        ],
      );
      await session.writePart('parts.bin', 0, Buffer.from('abc'));
      await session.writePart('parts.bin', 3, Buffer.from('def'));
      assert.equal(Buffer.from(await session.readPart('parts.bin', 2, 100)).toString(), 'cdef');
      assert.equal((await session.readPart('parts.bin', 6, 100)).length, 0);
      await refused('path-not-found', () => session.readPart('nope.txt', 0, 1));
      await session.end();
    },
  },
  {
    name: 'no name leads out of the work directory',
    needs: [],
    hold: async ({ shared }) => {
      const session = await shared();
      for (const path of ['../up', '/etc/passwd', 'a/../../up', '']) {
        await refused('bad-job', async () => session.readPart(path, 0, 1));
        await refused('bad-job', async () => session.put([{ path, bytes: new Uint8Array(1) }]));
        await refused('bad-job', async () => session.writePart(path, 0, new Uint8Array(1)));
      }
      await refused('bad-job', async () => session.files('../*'));
    },
  },
  {
    name: 'a fresh kernel in the same place: no names, the files, and the count goes on',
    needs: [],
    hold: async ({ open, parts }) => {
      const session = await open({ files: [given] });
      await runs(session, parts.set);
      if (parts.write !== null) await runs(session, parts.write);
      await session.restart();
      const report = await session.run(parts.get);
      assert.equal(report.count, session.history.length);
      assert.ok(report.ending.kind === 'failed' || said(report) !== '42' || parts.language === 'sql');
      if (parts.read !== null) assert.equal(said(await runs(session, parts.read)).trimEnd(), 'given\nmore');
      await session.end();
    },
  },
  {
    name: 'a copy has the same state and the same count, and goes its own way',
    needs: [],
    hold: async ({ open, parts }) => {
      const session = await open({ files: [given] });
      await runs(session, parts.set);
      if (parts.write !== null) await runs(session, parts.write);
      const snapshot = await session.snapshot();
      const { session: copy, way, differing } = await session.fork();
      assert.deepEqual(differing, []);
      assert.ok(way === 'heap-image' || way === 'replayed');
      const report = await runs(copy, parts.get);
      assert.equal(said(report), '42');
      assert.equal(report.count, session.history.length + 1);
      if (parts.read !== null) assert.equal(said(await runs(copy, parts.read)).trimEnd(), 'given\nmore');
      await copy.restart();
      assert.equal(said(await runs(session, parts.get)), '42');
      await session.end();
      const { session: later } = await snapshot.open();
      assert.equal(said(await runs(later, parts.get)), '42');
      await snapshot.drop();
      await Promise.all([copy.end(), later.end()]);
    },
  },
  {
    name: 'two sessions share nothing',
    needs: [],
    hold: async ({ open, parts }) => {
      const [one, other] = await Promise.all([open(), open()]);
      await runs(one, parts.set);
      const report = await other.run(parts.get);
      assert.ok(report.ending.kind === 'failed' || said(report) !== '42');
      if (parts.fill !== null) {
        await runs(one, must(parts.fill));
        assert.deepEqual((await other.list()).files, []);
      }
      await Promise.all([one.end(), other.end()]);
    },
  },
  {
    name: 'the same seed gives the same chance',
    needs: ['random'],
    hold: async ({ open, parts }) => {
      const values = await Promise.all(
        [7, 7, 8].map(async (seed) => {
          const session = await open({ determinism: { seed } });
          const value = said(await runs(session, must(parts.random)));
          await session.end();
          return value;
        }),
      );
      assert.equal(values[0], values[1]);
      assert.notEqual(values[0], values[2]);
    },
  },
  {
    name: 'past its time a cell is stopped, and the next one answers',
    needs: [],
    hold: async ({ open, parts }) => {
      const session = await open({ limits: { cellMs: 700 } });
      await runs(session, parts.set);
      const report = await session.run(parts.loop);
      assert.deepEqual(report.ending, { kind: 'interrupted', by: 'wall' });
      assert.ok(report.wallMs >= 650, String(report.wallMs));
      await goesOn(session, parts, report);
      await session.end();
    },
  },
  {
    name: 'a cell that will not be interrupted is ended, and the next one answers',
    needs: ['stubborn'],
    hold: async ({ open, parts }) => {
      const session = await open({ limits: { cellMs: 500 } });
      await runs(session, parts.set);
      const report = await session.run(must(parts.stubborn));
      assert.deepEqual(report.ending, { kind: 'interrupted', by: 'wall' });
      assert.ok(report.wallMs < patienceMs);
      await goesOn(session, parts, report);
      await session.end();
    },
  },
  {
    name: 'output without end is stopped, and what is kept is bounded',
    needs: ['loud'],
    hold: async ({ open, parts }) => {
      const session = await open({ limits: { outputBytes: 2 ** 20 } });
      await runs(session, parts.set);
      const report = await session.run(must(parts.loud));
      assert.deepEqual(report.ending, { kind: 'interrupted', by: 'output' });
      assert.ok(report.omitted.stdout > 0);
      assert.ok(textOf(report, 'stdout').length <= 2 ** 20);
      assert.match(textOf(report, 'stdout'), /^loud/);
      await goesOn(session, parts, report);
      await session.end();
    },
  },
  {
    name: 'a cell may end its kernel; files stay, and the next cell meets a fresh one',
    needs: ['exit'],
    hold: async ({ open, parts }) => {
      const session = await open({ files: [given] });
      await runs(session, parts.set);
      const report = await session.run(must(parts.exit));
      assert.deepEqual(report.ending, { kind: 'kernel-ended', code: 3, signal: null });
      await goesOn(session, parts, report);
      if (parts.read !== null) assert.equal(said(await runs(session, parts.read)).trimEnd(), 'given');
      await session.end();
    },
  },
  {
    name: 'a cell that kills its kernel is told of, and the next cell meets a fresh one',
    needs: ['kill'],
    hold: async ({ open, parts }) => {
      const session = await open();
      await runs(session, parts.set);
      const report = await session.run(must(parts.kill));
      assert.ok(
        report.ending.kind === 'kernel-ended' || report.ending.kind === 'failed',
        JSON.stringify(report.ending),
      );
      await goesOn(session, parts, report);
      await session.end();
    },
  },
  {
    name: 'memory has an end, and the next cell answers',
    needs: ['hungry'],
    hold: async ({ open, parts }) => {
      const session = await open({ limits: { memoryBytes: 256 * 2 ** 20 } });
      await runs(session, parts.set);
      const report = await session.run(must(parts.hungry));
      assert.notEqual(report.ending.kind, 'done');
      const next = await session.run(parts.get);
      if (!report.stateLost) assert.equal(said(next), '42');
      await session.restart();
      await runs(session, parts.set);
      assert.equal(said(await runs(session, parts.get)), '42');
      await session.end();
    },
  },
  {
    name: 'files have an end, and the next cell answers',
    needs: ['fill'],
    hold: async ({ open, parts }) => {
      const session = await open({ limits: { fileBytes: 2 ** 20 } });
      await runs(session, parts.set);
      const report = await session.run(must(parts.fill));
      assert.equal(report.ending.kind, 'failed', JSON.stringify(report.ending));
      assert.equal(said(await runs(session, parts.get)), '42');
      await session.end();
    },
  },
  {
    name: 'a session that is over says so, and why',
    needs: [],
    hold: async ({ open, parts }) => {
      const session = await open();
      const running = session.run(parts.loop);
      await sleep(200);
      await session.end();
      await Promise.allSettled([running]);
      assert.equal(session.over, 'ended');
      await refused('session-over', () => session.run(parts.get));
      await refused('session-over', () => session.restart());
      await session.end();
    },
  },
  {
    name: 'a session that nobody uses ends by itself',
    needs: [],
    hold: async ({ open, parts }) => {
      const idle = await open({ limits: { idleMs: 1000 } });
      await runs(idle, parts.set);
      const old = await open({ limits: { totalMs: 1500 } });
      const [ended] = await Promise.allSettled([old.run(parts.loop)]);
      assert.equal(old.over, 'total', JSON.stringify(ended));
      assert.equal(idle.over, 'idle');
      await refused('session-over', () => idle.run(parts.get));
    },
  },
];
