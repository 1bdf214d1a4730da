/** Errors of Python cells: what stands behind them, groups, codes, and interrupts that nobody asked for. */
import { delimiter } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { keptCache } from '../../../test/keptcache.ts';
import { openSessions } from './open.ts';
import type { CellEnding } from './types.ts';

const sessions = openSessions({
  cacheDir: keptCache,
  path: (process.env.PATH ?? '').split(delimiter).filter((path) => path.startsWith('/')),
});
afterAll(() => sessions.close());
const session = await sessions.open({ language: 'python', backend: 'auto' });
const endingOf = async (code: string): Promise<CellEnding> => (await session.run(code)).ending;

test.each([
  [
    'a cause',
    'try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    raise ValueError("bad") from error',
    /^bad\n {2}Cause: ZeroDivisionError: division by zero \(cell \d+, line 2\)$/,
  ],
  [
    'an error while another was handled',
    'try:\n    {}["k"]\nexcept KeyError:\n    raise ValueError("bad")',
    /^bad\n {2}While handling: KeyError: 'k' \(cell \d+, line 2\)$/,
  ],
  [
    'a cause that was put away',
    'try:\n    1 / 0\nexcept ZeroDivisionError:\n    raise ValueError("bad") from None',
    /^bad$/,
  ],
  [
    'a chain that closes upon itself',
    'a, b = ValueError("a"), ValueError("b")\na.__cause__, b.__cause__ = b, a\nraise a',
    /^a\n {2}Cause: ValueError: b$/,
  ],
])('%s is told', async (_, code, message) => {
  expect(await endingOf(code)).toMatchObject({ kind: 'failed', error: { message: expect.stringMatching(message) } });
});

test('the errors of a group are told, each with its place, and no more than ten', async () => {
  const { ending } = await session.run(
    'import sys\nif sys.version_info >= (3, 11):\n    def fail():\n        raise TypeError("b")\n    try:\n        fail()\n    except TypeError as error:\n' +
      '        other = error\n    raise ExceptionGroup("both", [ValueError("a"), ExceptionGroup("inner", [other])])\nraise ValueError("old")',
  );
  const error = ending.kind === 'failed' ? ending.error : null;
  if (error?.message === 'old') return;
  expect(error?.message).toMatch(
    /^both \(2 sub-exceptions\)\n {2}1\. ValueError: a\n {2}2\. ExceptionGroup: inner \(1 sub-exception\)\n {4}1\. TypeError: b \(cell \d+, line 4\)$/,
  );
  const many = await endingOf('raise ExceptionGroup("many", [ValueError(str(i)) for i in range(1000)])');
  expect(many.kind === 'failed' ? many.error.message : '').toMatch(/10\. ValueError: 9\n {2}… 990 more$/);
});

test.each(['raise KeyboardInterrupt', 'import _thread\n_thread.interrupt_main()\nwhile True: pass'])(
  'an interrupt of its own doing is an error of the cell: %j',
  async (code) => {
    expect(await endingOf(code)).toMatchObject({ kind: 'failed', error: { name: 'Interrupt' } });
    expect(await endingOf('1')).toEqual({ kind: 'done' });
  },
);

test.each([
  ['3', 3],
  ['None', 0],
  ['"words"', 1],
  ['259', 3],
])('sys.exit(%s) ends the kernel with %d', async (code, expected) => {
  expect(await endingOf(`import sys\nsys.exit(${code})`)).toMatchObject({ kind: 'kernel-ended', code: expected });
});
