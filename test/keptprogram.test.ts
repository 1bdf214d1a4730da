/** The kept program says what a process of its own says, one command after another. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { winnow as kept } from './keptprogram.ts';
import { environment, sampleFiles, winnow, workspace, writeFiles } from './program.ts';

const { dir, home, remove } = workspace();
beforeAll(() => writeFiles(dir, { ...sampleFiles, 'app/one.py': 'print(1)\n' }));
afterAll(remove);

test.each<{ words: string[]; input?: string; cwd?: string; env?: Record<string, string> }>([
  { words: ['--version'] },
  { words: ['nothing'] },
  { words: ['risk', '--lang', 'python', '-'], input: 'import os\nos.remove("x")\n' },
  { words: ['risk', 'one.py', '--json'], cwd: join(dir, 'app') },
  { words: ['grep', 'def \\w+delay', '--no-index'], env: { ...environment(home), FORCE_COLOR: '1' } },
  { words: ['languages'], env: { ...environment(home), WINNOW_HOEM: 'x' } },
  { words: ['symbols', 'src/client.py'] },
])('$words', ({ words, ...options }) => {
  const whole = { home, cwd: dir, ...options };
  expect(kept(words, whole)).toEqual(winnow(words, whole));
});

test('a command that takes too long is stopped, and the next has a process of its own', () => {
  expect(kept(['languages'], { home, cwd: dir, timeout: 1 })).toEqual({ status: null, stdout: '', stderr: '' });
  expect(kept(['--version'], { home }).status).toBe(0);
});
