/**
 * Tables, figures and images of Python's packages as data, by the packages themselves.
 *
 * WINNOW_TEST_PYTHON names an environment that has matplotlib, pandas and Pillow; without it the machine's own Python may.
 */
import { execFileSync } from 'node:child_process';
import { delimiter } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { keptCache } from '../../../test/keptcache.ts';
import { openSessions } from './open.ts';
import type { CellReport, Session, Shown } from './types.ts';

const python = process.env.WINNOW_TEST_PYTHON;
const program = python === undefined ? 'python3' : `${python}/bin/python`;

function missing(): string | null {
  try {
    execFileSync(
      program,
      ['-c', 'import importlib.util as u; [u.find_spec(n).name for n in ("matplotlib","pandas","PIL")]'],
      {
        stdio: 'ignore',
      },
    );
    return null;
  } catch {
    return `${program} has no matplotlib, pandas or Pillow; WINNOW_TEST_PYTHON names an environment that does`;
  }
}

const sessions = openSessions({
  cacheDir: keptCache,
  path: (process.env.PATH ?? '').split(delimiter).filter((path) => path.startsWith('/')),
});
afterAll(() => sessions.close());

const shown = ({ outputs }: CellReport): readonly Shown[] =>
  outputs.flatMap((one) => (one.kind === 'shown' ? [one.value] : []));
/** Outputs in order: what was written as text, pictures as `png`, other values as `value`. */
const order = ({ outputs }: CellReport): readonly string[] =>
  outputs.map((one) =>
    one.kind === 'stream' ? Buffer.from(one.bytes).toString().trim() : one.value.png === undefined ? 'value' : 'png',
  );

const why = missing();
if (why !== null) test.skip(`packages of Python, skipped: ${why}`, () => {});
else
  describe('packages of Python', () => {
    let session: Session;
    const run = async (code: string): Promise<CellReport> => {
      session ??= await sessions.open({
        language: 'python',
        backend: 'native',
        ...(python === undefined ? {} : { python }),
      });
      const report = await session.run(code);
      expect(report.ending).toEqual({ kind: 'done' });
      return report;
    };

    test('figures are shown where show is called, or at the end, once each', async () => {
      await run('import matplotlib.pyplot as plt\nfrom PIL import Image\nimport pandas as pd');
      expect(order(await run('plt.plot([1, 2])\nplt.show()\nprint("after")'))).toEqual(['png', 'after']);
      expect(order(await run('for i in range(2):\n    plt.figure(); plt.plot([i])\nprint("before")'))).toEqual([
        'before',
        'png',
        'png',
      ]);
      expect(order(await run('figure, axes = plt.subplots()\naxes.plot([1, 2])\nfigure'))).toEqual(['png']);
      expect(order(await run('figure, axes = plt.subplots()\ndisplay(figure)\naxes.plot([1, 2])\naxes'))).toEqual([
        'png',
        'value',
        'png',
      ]);
      expect(order(await run('plt.close(figure)\nNone'))).toEqual([]);
    }, 60_000);

    test('a cell that fails shows what it drew, and the next draws on a figure of its own', async () => {
      await run('None');
      const failed = await session.run('plt.plot([1, 2])\n1 / 0');
      expect([order(failed), failed.ending.kind]).toEqual([['png'], 'failed']);
      expect((await run('len(plt.gcf().axes)')).outputs[0]).toMatchObject({ value: { json: 0 } });
      const broken = await session.run('plt.title("$\\\\nonsense{$")');
      expect(broken.ending.kind).toBe('failed');
      expect(order(await run('plt.plot([1]); None'))).toEqual(['png']);
    }, 60_000);

    test('images of any colours are pictures, and show needs no viewer', async () => {
      for (const mode of ['RGB', 'RGBA', 'L', 'CMYK', 'F', 'P', '1'])
        expect(order(await run(`Image.new("${mode}", (2, 2))`)), mode).toEqual(['png']);
      expect(order(await run('Image.new("RGB", (2, 2)).show()\nprint("after")'))).toEqual(['png', 'after']);
      const noise = await run('import os\nImage.frombytes("RGB", (2600, 2600), os.urandom(2600 * 2600 * 3))');
      expect([order(noise), noise.notices.join()]).toEqual([['value'], expect.stringMatching(/picture of \d+ bytes/)]);
    }, 60_000);

    test('frames are tables: dates, missing values, indexes of levels, and no more than a table carries', async () => {
      const table = async (code: string) => shown(await run(code)).at(-1)?.table;
      await run(
        'frame = pd.DataFrame({"a": [1, 2], "b": [1.5, float("nan")], "c": ["x", None], "d": pd.to_datetime(["2020-01-01", None])})',
      );
      expect(await table('frame')).toEqual({
        columns: ['a', 'b', 'c', 'd'],
        rows: [
          [1, 1.5, 'x', '2020-01-01 00:00:00'],
          [2, null, null, null],
        ],
        omittedRows: 0,
      });
      expect(await table('frame.set_index(["a", "c"])[["b"]]')).toMatchObject({
        columns: ['a', 'c', 'b'],
        rows: [
          [1, 'x', 1.5],
          [2, null, null],
        ],
      });
      expect(
        await table('pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("u", "x"), ("u", "y")]))'),
      ).toMatchObject({ columns: ['u.x', 'u.y'] });
      expect(await table('pd.Series([1, 2], index=["u", "v"], name="n")')).toMatchObject({
        columns: ['', 'n'],
        rows: [
          ['u', 1],
          ['v', 2],
        ],
      });
      expect(await table('pd.DataFrame({"x": range(100_000)})')).toMatchObject({
        rows: { length: 1000 },
        omittedRows: 99_000,
      });
      const wide = await run('pd.DataFrame([[0] * 500])');
      expect(shown(wide)[0]?.table?.columns.length).toBe(200);
      expect(wide.notices.join()).toMatch(/500 columns/);
    }, 60_000);

    test('what packages keep for their next start is no file of the session', async () => {
      await run('None');
      expect((await session.list()).files).toEqual([]);
    });
  });

describe('an environment of Python', () => {
  const open = (change: object) =>
    sessions.open({ language: 'python', backend: 'auto', ...change } as Parameters<typeof sessions.open>[0]);

  test.each([
    [{ python: '/nowhere/env' }, 'path-not-found'],
    [{ python: 'env' }, 'bad-job'],
    [{ python: '/usr', language: 'bash' }, 'bad-job'],
    [{ python: '/usr', backend: 'embedded' }, 'unsupported-job'],
  ])('%j is refused', (change, code) => expect(open(change)).rejects.toMatchObject({ code }));
});
