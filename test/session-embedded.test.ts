/** `winnow session --backend embedded` as users meet it: what only the embedded backend does, by the program itself. */
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { winnow } from './keptprogram.ts';
import { type Ran, workspace } from './program.ts';

const { dir, home, remove } = workspace();
beforeAll(() => mkdirSync(dir, { recursive: true }));
afterAll(() => {
  session('end', '--all');
  remove();
});

/** A first session makes the engine's image, which takes some seconds and more on a busy machine. */
const patienceMs = 240_000;

const session = (...words: string[]): Ran => winnow(['session', ...words], { home, cwd: dir, timeout: patienceMs / 2 });
const cell = (id: string, code: string): Ran => session('run', id, '--', code);

test('Python: a copy by heap image goes its own way, and a cell that heeds nothing is taken back', {
  timeout: patienceMs,
}, () => {
  expect(session('new', '--lang', 'python', '--backend', 'embedded', '--name', 'one', '--wall', '2s').status).toBe(0);
  expect(cell('one', 'x = 41\ndef f():\n    return x + 1').status).toBe(0);
  const forked = session('fork', 'one', '--name', 'two', '--json');
  expect(JSON.parse(forked.stdout)).toMatchObject({ way: 'heap-image' });
  expect(cell('two', 'x = 1\nf()').stdout).toBe('2\n');
  expect(cell('one', 'f()').stdout).toBe('42\n');
  const stubborn = cell('one', 'x = 5\nsum(range(10**12))');
  expect(stubborn.status).toBe(1);
  expect(stubborn.stderr).toContain('variables and files are those of before it');
  expect(cell('one', 'f()').stdout).toBe('42\n');
  // A name that is no text takes nothing from the others.
  expect(cell('one', 'open(b"n\\xff", "w").write("x"); open("named", "w").write("y")').status).toBe(0);
  const got = session('get', 'one', '**', '--out', 'got');
  expect(got).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^1 file written.*\n.*cannot be read by its name/),
  });
  expect(readdirSync(join(dir, 'got'))).toEqual(['named']);
});

test('JavaScript, Bash and SQL keep their state between commands', { timeout: patienceMs }, () => {
  for (const [lang, set, get, said] of [
    ['javascript', 'const x = 41', 'const y = x + 1; y', '42\n'],
    ['bash', 'cd /tmp; x=41', 'echo $((x + 1)) $PWD', '42 /tmp\n'],
    ['sql', 'create table t (x); insert into t values (41)', 'select x + 1 as n from t', ' n\n──\n42\n'],
  ] as const) {
    expect([lang, session('new', '--lang', lang, '--backend', 'embedded', '--name', lang).status]).toEqual([lang, 0]);
    expect([lang, cell(lang, set).status]).toEqual([lang, 0]);
    expect([lang, cell(lang, get).stdout]).toEqual([lang, said]);
  }
});
