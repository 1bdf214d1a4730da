/** Loops of tests that are written out ask what the tests ask, as Python itself runs them. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

test.skipIf(spawnSync('python3', ['--version']).status !== 0)(
  'a test passes apart where it passes as it stands',
  () => {
    const told = spawnSync('python3', ['-B', at('../../test/fixtures/unroll_agrees.py'), at('python'), '800', '3'], {
      encoding: 'utf8',
    });
    expect(told.stderr).toBe('');
    const { taken, differing } = JSON.parse(told.stdout) as { taken: number; differing: string[] };
    expect(differing).toEqual([]);
    expect(taken).toBeGreaterThan(150);
  },
);
