/** `syntax` as a user runs it. */
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { winnow } from './keptprogram.ts';
import { workspace, writeFiles } from './program.ts';

const { dir, home, remove } = workspace();
writeFiles(dir, {
  'a.py': `class Shop:
    def sell(self, count):
        price = 1
        if count > 3:
            price = 2
        return price * count


class Other:
    def sell(self):
        pass


def empty(): pass
`,
  'bad.py': 'def f(x):\n    return x +\n\ndef g(:\n    pass\n',
  'notes.md': '# Notes\n',
  'min.js': `${'a=function(b){return(b+1)};'.repeat(2000)}\n`,
  'nul.py': 'x = "\0\0\0"\n',
  'blank.py': '\n',
  'page.html': '<!DOCTYPE html><script>let a = 1;</script>\n',
  'cells.ipynb': '{"cells": []}\n',
  'little.py': Buffer.from('\ufeffgröße = 1\nb = 2\n', 'utf16le'),
  'big.py': Buffer.from('\ufeffgröße = 1\nb = 2\n', 'utf16le').swap16(),
  'a.kt': 'fun f() = 1\n',
  'esc.py': 'def f():\n    x = "\u001b[31m"\n    return x\n',
});
afterAll(remove);
const run = (...words: string[]) => winnow(['syntax', ...words], { home, cwd: dir });

describe('a function', () => {
  test('its blocks and ways', () => {
    expect(run('a.py', '4')).toMatchObject({
      status: 0,
      stdout: `sell  lines 2–6
  entry → 2
   2  3  price = 1
      4  count > 3
         true → 3   false → 4
   3  5  price = 2
         → 4
   4  6  return price * count
         → exit
`,
    });
  });
  test('where its values come from', () => {
    const { stdout } = run('a.py', '4', '--view', 'data');
    expect(stdout).toMatch(/ 6 {2}read +price {2}← price 3, price 5\n/);
    expect(stdout).toMatch(/ 2 {2}parameter {2}count\n/);
  });
  test('its tokens, tree and sequence are of it alone', () => {
    expect(run('a.py', 'empty', '--view', 'tokens').stdout.split('\n').slice(0, 3)).toEqual([
      '14:1     keyword    def',
      '14:5     identifier empty',
      '14:10    operator   (',
    ]);
    expect(run('a.py', 'empty', '--view', 'tree').stdout).toMatch(/^function_definition \d+–\d+\n {2}'def'/);
    expect(run('a.py', 'empty', '--view', 'sequence').stdout).toMatch(
      /^AST#function_definition#left\n"def"\n"empty"\nAST#parameters#left\n[\s\S]*AST#function_definition#right\n$/,
    );
  });
  test('as a picture, as data', () => {
    expect(run('a.py', '4', '--format', 'svg').stdout).toMatch(/^<svg [\s\S]*price = 1[\s\S]*<\/svg>\n$/);
    expect(run('a.py', '4', '--format', 'dot').stdout).toContain('[label="true"]');
    expect(run('a.py', '4', '--view', 'data', '--format', 'mermaid').stdout).toContain('|comes from|');
    const answer = JSON.parse(run('a.py', '4', '--json').stdout);
    expect(answer).toMatchObject({ schema: 'winnow.syntax/1', language: 'python', sure: true, tokens: null });
    expect(answer.flows[0].edges).toContainEqual({ from: 2, to: 3, kind: 'true' });
  });
});

describe('what cannot be shown', () => {
  test('names the nearest, or the lines of several', () => {
    expect(run('a.py', 'empt')).toMatchObject({ status: 1 });
    expect(run('a.py', 'empt').stderr).toContain('Nearest: empty.');
    expect(run('a.py', 'sell').stderr).toContain('2 functions named sell, at lines 2, 10; give the line');
    expect(run('a.py', '999').status).toBe(1);
  });
  test('prose, missing files, pictures of several functions', () => {
    expect(run('notes.md')).toMatchObject({ status: 2 });
    expect(run('notes.md').stderr).toContain('no grammar reads it (markdown)');
    expect(run('none.py').stderr).toContain('none.py');
    expect(run('a.py', '--format', 'svg').stderr).toContain('Name one, or give a line in it');
    expect(run('a.kt').stderr).toContain('The flow of kotlin is not known');
    expect(run('a.kt', '--view', 'tree').stdout).toMatch(/^source_file/);
  });
  test('says why there is no syntax to show', () => {
    expect(run('min.js').stderr).toContain('it is minified');
    expect(run('nul.py').stderr).toContain('it is binary');
    expect(run('blank.py').stderr).toContain('it is empty');
    expect(run('page.html').stderr).toContain('it holds pieces of other languages (html)');
    expect(run('cells.ipynb').stderr).toContain('it holds pieces of other languages (jupyter)');
    expect(run('min.js').status).toBe(2);
  });
  test('UTF-16 is read as its text', () => {
    for (const name of ['little.py', 'big.py']) {
      const { status, stdout, stderr } = run(name, '--view', 'tokens', '--json');
      expect([status, stderr]).toEqual([0, '']);
      const { tokens } = JSON.parse(stdout);
      expect(tokens.slice(0, 2)).toMatchObject([
        { text: 'größe', line: 1, column: 1 },
        { text: '=', line: 1 },
      ]);
      expect(tokens.at(-1)).toMatchObject({ text: '2', line: 2 });
    }
  });
  test('broken code is shown as far as it goes, and said to be broken', () => {
    const { status, stdout, stderr } = run('bad.py');
    expect(status).toBe(0);
    expect(stdout).toContain('f  lines 1');
    expect(stderr).toContain('bad.py does not parse as a whole');
  });
  test('control characters of a file do not reach the terminal', () => {
    for (const view of ['control', 'tokens', 'sequence', 'tree', 'data'])
      expect(run(join(dir, 'esc.py'), '--view', view).stdout).not.toContain('\u001b');
  });
});
