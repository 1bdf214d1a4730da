/** Bad queries and bad places: explained or indexed as far as they go, never a crash. */
import { chmodSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { winnow } from './keptprogram.ts';
import { environment, sampleFiles, workspace, writeFiles } from './program.ts';

const { dir, home, remove } = workspace();
const sample = join(dir, 'sample');
beforeAll(() => writeFiles(sample, sampleFiles));
afterAll(remove);

const run = (...words: string[]) => winnow(words, { home, cwd: sample });

describe('bad queries: explained, exit code 2', () => {
  const check = (query: string): void => {
    const { status, stdout, stderr } = run('search', '--', query);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^error\[bad-query\]: /);
  };
  test('empty', () => check(''));
  test('spaces', () => check('   '));
  test('huge', () => check('x '.repeat(20_000)));
  test('only exclusions', () => check('-foo -path:src'));
  test('an unknown filter value', () => check('x lang:klingon'));
  test('odd ones are answered', () => {
    for (const query of ['"unclosed', '((((', '\\', '*', '🦆', 'a\u0001b', '"""', ':', 'lang']) {
      const { status, stderr } = run('search', '--', query);
      expect([0, 1, 2]).toContain(status);
      expect(stderr).not.toContain('bug');
    }
  });
});

describe('bad places', () => {
  const check = (path: string, code: string, exit: number): void => {
    const { status, stderr } = winnow(['search', 'x', path], { home, cwd: dir });
    expect(stderr).toMatch(new RegExp(`^error\\[${code}\\]: `));
    expect(status).toBe(exit);
  };
  test('a path that is not there', () => check('nowhere', 'path-not-found', 2));
  test('a file', () => check('sample/README.md', 'not-a-directory', 2));
  test.skipIf(process.getuid?.() === 0)('a directory that may not be read (skipped for root, who may)', () => {
    const locked = join(dir, 'locked');
    writeFiles(locked, { 'a.py': 'x = 1\n' });
    chmodSync(locked, 0o000);
    check('locked', 'path-unreadable', 3);
    chmodSync(locked, 0o700);
  });
  test.skipIf(process.getuid?.() === 0)('a file that may not be read is told (skipped for root, who may)', () => {
    const partly = join(dir, 'partly');
    writeFiles(partly, { 'a.py': 'def seen():\n    pass\n', 'b.py': 'def unseen():\n    pass\n' });
    chmodSync(join(partly, 'b.py'), 0o000);
    const said = '1 file or folder cannot be read and is not searched.';
    const { status, stderr } = winnow(['search', 'seen', 'partly'], { home, cwd: dir });
    expect([status, stderr]).toEqual([0, `note: ${said}\n`]);
    const { stdout } = winnow(['search', 'seen', 'partly', '--json'], { home, cwd: dir });
    expect(JSON.parse(stdout).notices).toEqual([said]);
    chmodSync(join(partly, 'b.py'), 0o600);
  });
  test('an empty directory', () => {
    writeFiles(join(dir, 'empty'), { '.keep/x': '' });
    expect(winnow(['search', 'x', 'empty'], { home, cwd: dir }).status).toBe(1);
  });
  test('odd names, loops and rubbish are indexed or counted, never fatal', () => {
    const odd = join(dir, 'odd');
    writeFiles(odd, {
      'with space/a b.py': 'def spaced_out():\n    pass\n',
      'with\nnewline.py': 'def new_line():\n    pass\n',
      'binary.py': new Uint8Array([0, 1, 2, 3, 0, 255]),
      'empty.py': '',
      'broken.ts': 'export function halfOpen( { if (',
      'long.js': `var x = "${'y'.repeat(3_000_000)}";`,
      'latin.py': Buffer.from('# caf\xe9\ndef latin_one():\n    pass\n', 'latin1'),
      'escape.py': 'def escape_me():\n    """\x1b[31mred\x1b[0m \x07 bell"""\n',
    });
    writeFileSync(Buffer.concat([Buffer.from(`${odd}/bad-`), Buffer.from([0xff]), Buffer.from('.py')]), 'x = 1\n');
    symlinkSync('.', join(odd, 'loop'));
    const at = (query: string) => winnow(['search', query, 'odd'], { home, cwd: dir });
    expect(at('spaced_out').stdout).toContain('with space/a b.py:spaced_out');
    expect(at('new_line').stdout).toContain('with␊newline.py:new_line');
    expect(at('halfOpen').stdout).toContain('broken.ts');
    expect(at('latin_one').status).toBe(0);
    const escaped = at('escape_me bell');
    expect(escaped.status).toBe(0);
    expect(escaped.stdout.includes('\x1b') || escaped.stdout.includes('\x07')).toBe(false);
    const { leftOut } = JSON.parse(
      winnow(['index', 'odd', '--status', '--json'], { home, cwd: dir }).stdout,
    ).completeness;
    expect(leftOut).toMatchObject({ binary: 1, symlink: 1, 'name-not-utf8': 1 });
  });
  test('an index that cannot be written', () => {
    writeFiles(dir, { 'a-file': '' });
    const { status, stderr } = winnow(['search', 'x', 'sample'], {
      home,
      cwd: dir,
      env: { ...environment(home), WINNOW_HOME: join(dir, 'a-file') },
    });
    expect(stderr).toMatch(/^error\[store-unwritable\]: /);
    expect(status).toBe(3);
  });
});
