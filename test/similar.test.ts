/** `similar` and `duplicates` as a user runs them. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { winnow } from './keptprogram.ts';
import { workspace, writeFiles } from './program.ts';

const { dir, home, remove } = workspace();
const total = `def total_of(orders):
    total = 0
    for order in orders:
        if order.cancelled:
            continue
        total += order.price * order.count
        if total > 10000:
            total -= discount(order)
    return total
`;
writeFiles(join(dir, 'shop'), {
  'a.py': `import os\n\n${total}`,
  'b.py': total,
  'c.py': total.replaceAll('total', 'sum').replaceAll('order', 'item'),
  'notes.md': '# Notes\n',
  'esc.py': 'x = "\u001b[31m"\n',
});
writeFiles(join(dir, 'unread'), { 'a.py': total, 'b.py': total });
writeFiles(join(dir, 'empty'), { 'notes.md': '# Notes\n' });
writeFileSync(join(dir, 'outside.py'), `x = 1\n${total}`);
afterAll(remove);
const run = (words: readonly string[], input?: string) =>
  winnow([...words], { home, cwd: join(dir, 'shop'), ...(input === undefined ? {} : { input }) });

describe('duplicates', () => {
  test('prints classes with all places', () => {
    const { status, stdout } = run(['duplicates', '--min-lines', '5', '--min-tokens', '40']);
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^renamed {2}9 lines, \d+ tokens, 3 places\n {2}a\.py:3–11 {2}total_of\n {2}b\.py:1–9 {2}total_of\n {2}c\.py:1–9 {2}sum_of {2}\d+\.\d% as written, names replaced throughout\n/,
    );
    expect(stdout).toMatch(
      /\n1 class of copies \(0 exact, 1 renamed, 0 near\); \d+\.\d% of all tokens lie in one\.\n3 files with \d+ tokens were compared; not compared: 1 of prose, data or a language without a grammar, 1 too small\.\n/,
    );
  });

  test('answers a program, by kind and path', () => {
    const { status, stdout } = run([
      'duplicates',
      '--kind',
      'exact',
      '--min-tokens',
      '40',
      '--path',
      '!c.py',
      '--json',
    ]);
    expect(status).toBe(0);
    const answer = JSON.parse(stdout);
    expect(answer).toMatchObject({
      schema: 'winnow.duplicates/1',
      total: { byKind: { exact: 1, renamed: 0, near: 0 } },
    });
    expect(answer.classes[0].places.map(({ id }: { id: string }) => id)).toEqual(['a.py:3-11', 'b.py:1-9']);
    expect(run(['show', answer.classes[0].places[0].id]).stdout).toContain('def total_of');
  });

  test('exits with 1 where there are none, 2 where the question is wrong', () => {
    expect(run(['duplicates', '../empty'])).toMatchObject({ status: 1 });
    expect(run(['duplicates', '--min-tokens', '5']).status).toBe(2);
    expect(run(['duplicates', '--kind', 'alike']).status).toBe(2);
    expect(run(['duplicates', '--lang', 'klingon'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('lang:klingon is not known'),
    });
  });

  test('says what the index may not know, and that nothing is indexed', () => {
    const asked = ['duplicates', '--min-tokens', '40', '--no-refresh'];
    const { status, stderr } = run(asked);
    expect([status, stderr]).toEqual([0, 'note: The index may be behind the files on disk.\n']);
    expect(JSON.parse(run([...asked, '--json']).stdout).notices).toEqual([
      'The index may be behind the files on disk.',
    ]);
    const unread = run(['duplicates', '../unread', '--no-refresh']);
    expect(unread.stderr).toContain('Nothing of this repository is indexed yet');
    expect(unread.stdout).toMatch(/^Nothing was compared/);
  });
});

describe('similar', () => {
  test('an id: copies, itself left out', () => {
    const { status, stdout } = run(['similar', 'a.py:total_of', '--meaning', 'off']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^exact copies\n {2}b\.py:total_of {2}function {2}1–9 {2}python\n/);
    expect(stdout).toMatch(
      /\ncopies with other names or literals\n {2}c\.py:sum_of[^\n]*\n {4}tokens \d+%, replaced throughout/,
    );
  });

  test('lines of a file outside of the repository, and standard input', () => {
    const outside = JSON.parse(run(['similar', '../outside.py:2-10', '.', '--group', 'exact', '--json']).stdout);
    expect(outside.hits.map(({ id }: { id: string }) => id)).toEqual(['a.py:total_of', 'b.py:total_of']);
    const stdin = JSON.parse(run(['similar', '-', '--lang', 'python', '--group', 'exact', '--json'], total).stdout);
    expect(stdin).toMatchObject({ schema: 'winnow.similar/1', asked: { language: 'python' } });
    expect(stdin.hits.map(({ id }: { id: string }) => id)).toEqual(['a.py:total_of', 'b.py:total_of']);
  });

  test('lines of a file of the repository, given as a path, are not like themselves', () => {
    const { stdout } = run(['similar', 'a.py:3-11', '--group', 'exact', '--json']);
    expect(JSON.parse(stdout).hits.map(({ id }: { id: string }) => id)).toEqual(['b.py:total_of']);
  });

  test('meaning is part of what is compared', () => {
    const { stdout } = run(['similar', 'a.py:total_of', '--json']);
    const { hits } = JSON.parse(stdout);
    expect(hits[0]).toMatchObject({ group: 'exact', why: { tokens: 1, meaning: expect.any(Number) } });
  });

  test('nothing alike is 1, a wrong question 2, an id that is not there 1', () => {
    expect(
      run(['similar', '-', '--lang', 'python', '--meaning', 'off', '--group', 'exact'], 'class Wholly: pass\n'),
    ).toMatchObject({ status: 1 });
    expect(run(['similar', '-'], 'x').stderr).toContain('--lang NAME');
    expect(run(['similar', '-', '--lang', 'klingon'], 'x').status).toBe(2);
    expect(run(['similar', 'a.py:3-11', '--lang', 'python']).status).toBe(2);
    expect(run(['similar', 'a.py:300-400']).status).toBe(2);
    expect(run(['similar', '-', '--lang', 'python'], ' \n').status).toBe(2);
    expect(run(['similar', 'a.py:nothing_like_it']).status).toBe(1);
    expect(run(['similar', 'a.py:total_of', '--in-lang', 'klingon']).status).toBe(2);
    expect(run(['similar', '../empty'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('../empty is a directory'),
    });
  });

  test('says what the index may not know, and that nothing is indexed', () => {
    const plain = ['--no-refresh', '--meaning', 'off'];
    expect(run(['similar', 'a.py:total_of', ...plain]).stderr).toContain('The index may be behind the files on disk.');
    const unread = run(['similar', 'a.py:3-11', '../unread', ...plain]);
    expect([unread.stdout, unread.stderr]).toEqual([
      'Nothing was compared.\n',
      expect.stringContaining('Nothing of this repository is indexed yet'),
    ]);
    expect(run(['similar', 'b.py:total_of', '../unread', ...plain]).stderr).toContain('No id is known before');
  });
});
