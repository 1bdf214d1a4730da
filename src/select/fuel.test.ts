/** Instructions of cells: the same in every run, more for more work, and none where the run gave something else. */
import { afterAll, expect, test } from 'vitest';
import { keptCache } from '../../test/keptcache.ts';
import { openRunner } from '../run/mod.ts';
import { countFuel } from './fuel.ts';

const runner = openRunner({ cacheDir: keptCache, path: [] });
const { signal } = new AbortController();
afterAll(async () => {
  await runner.close();
});
const canRun = (await runner.offers()).some(({ runtimes }) =>
  runtimes.some(({ backend, language, state }) => backend === 'embedded' && language === 'python' && state === 'ready'),
);

(canRun ? test : test.skip)(
  `instructions of cells${canRun ? '' : ' (skipped: Python is not embedded here)'}`,
  async () => {
    const source = 'def f(n):\n    s = 0\n    for i in range(n):\n        s += i\n    return s\n';
    const cell = (call: string): { before: null; calls: string[] } => ({ before: null, calls: [call] });
    const count = (): Promise<readonly number[]> =>
      countFuel(
        source,
        [cell('f(10)'), null, cell('f(1000)'), cell('f(10)'), cell('f("")')],
        ['45', null, '499500', '44', null],
        { runner, signal },
      );
    const [one, two] = [await count(), await count()];
    expect(two).toEqual(one);
    const [few, , many] = one as [number, number, number];
    expect(few).toBeGreaterThan(0);
    // A turn of the loop is some hundred instructions of the interpreter.
    expect(many - few).toBeGreaterThan(50 * 990);
    expect([one[1], one[3], one[4]]).toEqual([-1, -1, -1]);
  },
);
