import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WinnowError } from '../base/mod.ts';
import { type BatchEntry, runAll } from './runall.ts';
import type { Job, Outcome } from './types.ts';

/** A job that carries its number, and an outcome that carries it back; `runAll` looks at neither. */
const job = (number: number): Job => ({ language: String(number), files: [], entry: '' });
const outcomeOf = (given: Job): Outcome => ({ language: given.language }) as Outcome;
function* numbered(count: number, pulled?: (number: number) => void): Generator<Job> {
  for (let number = 0; number < count; number++) {
    pulled?.(number);
    yield job(number);
  }
}
const numberOf = (entry: BatchEntry): number => Number('outcome' in entry ? entry.outcome.language : Number.NaN);

/** Rejects as a backend does when its signal asks. */
async function sleeping(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {
    throw new WinnowError('cancelled', 'cancelled');
  });
}

describe('results', () => {
  test('every job once, with its index, whatever order they finish in', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 20 }),
        fc.integer({ min: 1, max: 6 }),
        fc.boolean(),
        fc.boolean(),
        async (turns, parallelism, ordered, asynchronous) => {
          let running = 0;
          let most = 0;
          const source = numbered(turns.length);
          async function* later(): AsyncGenerator<Job> {
            for (const one of source) {
              await turn();
              yield one;
            }
          }
          const entries: BatchEntry[] = [];
          const batch = runAll(
            asynchronous ? later() : source,
            async (one) => {
              most = Math.max(most, ++running);
              for (let i = 0; i < (turns[Number(one.language)] as number); i++) await turn();
              running--;
              return outcomeOf(one);
            },
            { parallelism, ordered },
          );
          for await (const entry of batch) entries.push(entry);
          const indices = entries.map(({ index }) => index);
          const expected = turns.map((_, index) => index);
          expect(ordered ? indices : [...indices].sort((a, b) => a - b)).toEqual(expected);
          for (const entry of entries) expect(numberOf(entry)).toBe(entry.index);
          expect(most).toBeLessThanOrEqual(parallelism);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('come as they finish; with `ordered`, in order', async () => {
    const run = async (one: Job): Promise<Outcome> => {
      await sleep(one.language === '0' ? 60 : 5);
      return outcomeOf(one);
    };
    const order = async (ordered: boolean): Promise<number[]> => {
      const seen: number[] = [];
      for await (const entry of runAll(numbered(3), run, { parallelism: 3, ordered })) seen.push(entry.index);
      return seen;
    };
    expect((await order(false)).at(-1)).toBe(0);
    expect(await order(true)).toEqual([0, 1, 2]);
  });

  test('as many run at once as may', async () => {
    let running = 0;
    let most = 0;
    const run = async (one: Job): Promise<Outcome> => {
      most = Math.max(most, ++running);
      await sleep(5);
      running--;
      return outcomeOf(one);
    };
    for await (const entry of runAll(numbered(12), run, { parallelism: 4 })) expect(numberOf(entry)).toBe(entry.index);
    expect(most).toBe(4);
  });

  test('a world that fails for one job is that job’s entry; the others go on', async () => {
    const entries: BatchEntry[] = [];
    const run = async (one: Job): Promise<Outcome> => {
      if (one.language === '1') throw new WinnowError('sandbox-failed', 'no sandbox');
      return outcomeOf(one);
    };
    for await (const entry of runAll(numbered(3), run, { parallelism: 1 })) entries.push(entry);
    expect(entries.map((entry) => ('error' in entry ? entry.error.code : 'outcome'))).toEqual([
      'outcome',
      'sandbox-failed',
      'outcome',
    ]);
  });

  test('no jobs, no entries', async () => {
    for await (const entry of runAll([], async () => outcomeOf(job(0)), { parallelism: 2 })) expect(entry).toBe(null);
  });
});

describe('backpressure', () => {
  test('nothing is pulled before the first entry is asked for', async () => {
    let pulled = 0;
    runAll(
      numbered(10, () => pulled++),
      async (one) => outcomeOf(one),
      { parallelism: 2 },
    );
    await sleep(5);
    expect(pulled).toBe(0);
  });

  test('a reader that stops reading stops the pulling', async () => {
    let pulled = 0;
    const batch = runAll(
      numbered(1000, () => pulled++),
      async (one) => outcomeOf(one),
      { parallelism: 3 },
    );
    await batch.next();
    await sleep(20);
    // Given one; two times three more may be under way or waiting.
    expect(pulled).toBeLessThanOrEqual(7);
    expect(pulled).toBeGreaterThan(3);
    await batch.return();
    expect(pulled).toBeLessThanOrEqual(7);
  });

  test('with `ordered`, a slow first job does not let the others run away', async () => {
    let pulled = 0;
    const slow = Promise.withResolvers<void>();
    const batch = runAll(
      numbered(1000, () => pulled++),
      async (one) => {
        if (one.language === '0') await slow.promise;
        return outcomeOf(one);
      },
      { parallelism: 2, ordered: true },
    );
    const first = batch.next();
    await sleep(20);
    expect(pulled).toBe(4);
    slow.resolve();
    expect((await first).value).toMatchObject({ index: 0 });
    await batch.return();
  });
});

describe('the end', () => {
  /** How many are running; each ends only when it is told to. */
  const endless = () => {
    const state = { running: 0, ended: 0, closed: false };
    function* source(): Generator<Job> {
      try {
        yield* numbered(1000);
      } finally {
        state.closed = true;
      }
    }
    const run = async (one: Job, signal: AbortSignal): Promise<Outcome> => {
      if (one.language === '0') return outcomeOf(one);
      state.running++;
      await sleeping(60_000, signal).finally(() => state.ended++);
      return outcomeOf(one);
    };
    return { state, source: source(), run };
  };

  test('leaving early cancels what runs, waits for it, and closes the source', async () => {
    const { state, source, run } = endless();
    for await (const entry of runAll(source, run, { parallelism: 3 })) {
      expect(entry.index).toBe(0);
      break;
    }
    expect(state.running).toBeGreaterThan(0);
    expect(state).toMatchObject({ ended: state.running, closed: true });
  });

  test('the signal ends the batch with `cancelled`, also while a reader waits', async () => {
    const { state, source, run } = endless();
    const controller = new AbortController();
    const batch = runAll(source, run, { parallelism: 2, signal: controller.signal });
    await batch.next();
    setTimeout(() => controller.abort(), 10);
    await expect(batch.next()).rejects.toMatchObject({ code: 'cancelled' });
    expect(state).toMatchObject({ running: 2, ended: 2, closed: true });
    expect(await batch.next()).toEqual({ done: true, value: undefined });
  });

  test('a signal that came before pulls nothing', async () => {
    let pulled = 0;
    const batch = runAll(
      numbered(5, () => pulled++),
      async (one) => outcomeOf(one),
      { parallelism: 2, signal: AbortSignal.abort() },
    );
    await expect(batch.next()).rejects.toMatchObject({ code: 'cancelled' });
    expect(pulled).toBe(0);
  });

  test('a source that fails ends the batch with its failure', async () => {
    function* source(): Generator<Job> {
      yield job(0);
      throw new RangeError('no more');
    }
    const run = async (one: Job, signal: AbortSignal): Promise<Outcome> => {
      await sleeping(60_000, signal);
      return outcomeOf(one);
    };
    const batch = runAll(source(), run, { parallelism: 2 });
    await expect(batch.next()).rejects.toThrow('no more');
  });

  test('a source that never answers does not keep a reader who left', async () => {
    async function* source(): AsyncGenerator<Job> {
      yield job(0);
      await new Promise(() => {});
    }
    for await (const entry of runAll(source(), async (one) => outcomeOf(one), { parallelism: 2 })) {
      expect(entry.index).toBe(0);
      break;
    }
  });

  test('a mistake of ours is not an entry', async () => {
    const run = async (): Promise<Outcome> => {
      throw new TypeError('ours');
    };
    await expect(runAll(numbered(3), run, { parallelism: 2 }).next()).rejects.toThrow('ours');
  });

  test.each([0, -1, 1.5, Number.NaN])('parallelism %s is refused', async (parallelism) => {
    const batch = runAll([], async (one) => outcomeOf(one), { parallelism });
    await expect(batch.next()).rejects.toMatchObject({ code: 'bad-usage' });
  });
});
