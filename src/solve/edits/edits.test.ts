/** Edits: what is read out of replies, how it is applied, what is refused, and patches that git takes. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { array, asyncProperty, boolean, constantFrom, assert as hold } from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createParser, type Parser } from '../../code/mod.ts';
import { loadGrammarFile } from '../../index/mod.ts';
import { unifiedDiff } from '../../run/mod.ts';
import { applyEdits } from './apply.ts';
import { patchOf } from './patch.ts';
import { readEdits } from './read.ts';
import type { EditableFiles, Edited } from './types.ts';

let parser: Parser;
const dir = mkdtempSync(join(tmpdir(), 'winnow-edits-'));
beforeAll(async () => {
  parser = await createParser(loadGrammarFile);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const filesOf = (
  contents: Readonly<Record<string, string | Uint8Array>>,
  links: readonly string[] = [],
): EditableFiles => ({
  bytes: (path) => {
    const content = contents[path];
    return content === undefined ? null : typeof content === 'string' ? Buffer.from(content) : content;
  },
  isLink: (path) => links.includes(path),
  paths: () => Object.keys(contents),
});

async function applied(
  contents: Parameters<typeof filesOf>[0],
  reply: string,
  links: readonly string[] = [],
): Promise<Edited> {
  const read = readEdits(reply, Object.keys(contents));
  return read.kind === 'none'
    ? { kind: 'refused', reason: read.reason }
    : applyEdits(parser, filesOf(contents, links), read.edits);
}

/** @returns the text of the only file, or why there is none */
async function textOf(contents: Parameters<typeof filesOf>[0], reply: string): Promise<string> {
  const made = await applied(contents, reply);
  return made.kind === 'refused' ? `refused: ${made.reason}` : Buffer.from(made.files[0]?.after ?? []).toString('utf8');
}

const block = (path: string, search: string, replace: string): string =>
  `### ${path}\n<<<<<<< SEARCH\n${search}=======\n${replace}>>>>>>> REPLACE\n`;
const code = 'class A:\n    def one(self):\n        return 1\n\n    def two(self):\n        return 2\n';

describe('search and replace', () => {
  const check = async (search: string, replace: string, expected: string | RegExp): Promise<void> => {
    const text = await textOf({ 'a.py': code }, block('a.py', search, replace));
    if (typeof expected === 'string') expect(text).toBe(expected);
    else expect(text).toMatch(expected);
  };

  test('lines as they stand, with other ends of lines, and with another indentation', async () => {
    await check('        return 2\n', '        return 3\n', code.replace('return 2', 'return 3'));
    await check(
      '    def two(self):  \n        return 2\n',
      '    def two(self):\n        return 3\n',
      code.replace('return 2', 'return 3'),
    );
    await check(
      'def two(self):\n    return 2\n',
      'def two(self):\n    return 3\n',
      code.replace('return 2', 'return 3'),
    );
    await check(
      '            def two(self):\n                return 2\n',
      '            def two(self):\n                return 3\n',
      code.replace('return 2', 'return 3'),
    );
  });

  test('what is not there is told with the nearest, what is there twice with its lines', async () => {
    await check(
      '    def two(self):\n        return 22\n',
      '',
      /nearest begins at line 5; the first difference is at line 6, which is " {8}return 2" and was quoted as " {8}return 22"/,
    );
    await check('import nothing.of.the.kind\n', '', /Nothing there is like it/);
    expect(await textOf({ 'a.txt': 'x\ny\nx\n' }, block('a.txt', 'x\n', 'z\n'))).toMatch(
      /stands at lines 1, 3; quote more/,
    );
    await check('        return 2\n', '        return (2\n', /would not parse any more: line \d/);
    await check('        return 2\n', '        return 2\n', /change nothing/);
  });

  test('line breaks, marks and encodings are kept', async () => {
    expect(await textOf({ 'a.txt': 'x\r\ny\r\n' }, block('a.txt', 'y\n', 'z\n'))).toBe('x\r\nz\r\n');
    expect(await textOf({ 'a.txt': '\ufeffx\ny' }, block('a.txt', 'y\n', 'z\n'))).toBe('\ufeffx\nz');
    const latin = await applied({ 'a.txt': Buffer.from('é\ny\n', 'latin1') }, block('a.txt', 'y\n', 'ü\n'));
    expect(latin.kind === 'edited' && Buffer.from(latin.files[0]?.after ?? []).toString('latin1')).toBe('é\nü\n');
    expect(await textOf({ 'a.txt': Buffer.from('é\ny\n', 'latin1') }, block('a.txt', 'y\n', '→\n'))).toMatch(/Latin-1/);
  });
});

test('several edits are all or nothing, and a new file has an empty search part', async () => {
  const both = block('a.py', '        return 2\n', '        return 3\n') + block('b.py', '', 'B = 1\n');
  const made = await applied({ 'a.py': code }, both);
  expect(made.kind === 'edited' && made.files.map(({ path, before }) => [path, before === null])).toEqual([
    ['a.py', false],
    ['b.py', true],
  ]);
  expect(await textOf({ 'a.py': code }, both + block('a.py', 'nowhere\n', ''))).toMatch(/^refused: edit 3 of 3, a\.py/);
});

test('a whole definition is replaced, indented as it was', async () => {
  const reply = 'DEFINITION a.py A.two\n```python\ndef two(self):\n    if self:\n        return 3\n```\n';
  expect(await textOf({ 'a.py': code }, reply)).toBe(
    code.replace('        return 2', '        if self:\n            return 3'),
  );
  expect(await textOf({ 'a.py': code }, reply.replace('A.two', 'A.tow'))).toMatch(
    /defines no A\.tow\. Nearest: A\.two/,
  );
  expect(await textOf({ 'a.py': code }, 'DEFINITION a.py A.two\nno code\n')).toMatch(/no whole block/);
});

test.each([
  ['../a.py', 'leads out of the project'],
  ['/etc/passwd', 'relative to the project'],
  ['.git/hooks/pre-commit', "git's own directory"],
  ['link/new.py', 'symbolic link'],
  ['binary.dat', 'binary file'],
  ['b.py', 'no such file. Nearest: a.py'],
])('%s is refused: %s', async (path, reason) => {
  const contents = { 'a.py': code, 'binary.dat': Buffer.from([0, 1, 2]) };
  const search = path.startsWith('link') ? '' : 'x\n';
  const made = await applied(contents, block(path, search, 'y\n'), ['link']);
  expect(made).toMatchObject({ kind: 'refused', reason: expect.stringContaining(reason) });
});

test('files of any name are edited, and never the one that was named before', async () => {
  const contents = { 'a.py': 'x = 1\n', 'my file.py': 'x = 1\n', Makefile: 'x:\n', 'zero\u200bwidth.py': 'x = 1\n' };
  const named = async (reply: string): Promise<unknown> => {
    const made = await applied(contents, reply);
    return made.kind === 'refused' ? made.reason : made.files.map(({ path }) => path);
  };
  const first = block('a.py', 'x = 1\n', 'x = 2\n');
  expect(await named(`${first}${block('my file.py', 'x = 1\n', 'x = 3\n')}`)).toEqual(['a.py', 'my file.py']);
  expect(await named(block('`Makefile`', 'x:\n', 'y:\n'))).toEqual(['Makefile']);
  expect(await named(block('zero\\u{200b}width.py', 'x = 1\n', 'x = 3\n'))).toEqual(['zero\u200bwidth.py']);
  expect(await named('DEFINITION my file.py x\n```python\nx = 4\n```\n')).toEqual(['my file.py']);
});

test('a character that is shown written out is the one of the file where it is quoted', async () => {
  const paged = 'x = 1\n\f\ny = 1\n';
  expect(await textOf({ 'a.py': paged }, block('a.py', '\\u{c}\ny = 1\n', '\\u{c}\ny = 2\n'))).toBe(
    'x = 1\n\f\ny = 2\n',
  );
  const written = 'a = "\\u{c}";\n';
  expect(await textOf({ 'a.js': written }, block('a.js', written, `b${written.slice(1)}`))).toBe('b = "\\u{c}";\n');
});

test.each([
  ['', 'is empty'],
  ['It is fine as it is.', 'has no search/replace block'],
  ['### a.py\n<<<<<<< SEARCH\nx\n', 'does not end'],
  ['<<<<<<< SEARCH\nx\n=======\ny\n>>>>>>> REPLACE\n', 'has no path'],
  ['--- a/a.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n', 'files are not removed'],
  ['--- a/a.py\n+++ b/a.py\nnothing\n', 'has no hunk'],
])('no edits are read out of %j', (reply, reason) => {
  expect(readEdits(reply)).toMatchObject({ kind: 'none', reason: expect.stringContaining(reason) });
});

describe('unified diffs', () => {
  const lines = array(constantFrom('a', 'b', '', ' c', '-d', '+e', '@@ x'), { maxLength: 25 });
  const text = (parts: readonly string[], ends: boolean): string =>
    parts.join('\n') + (ends && parts.length > 0 ? '\n' : '');

  test('what differs between two texts makes one of the other', async () => {
    await hold(
      asyncProperty(lines, lines, boolean(), boolean(), async (one, other, oneEnds, otherEnds) => {
        const [before, after] = [text(one, oneEnds), text(other, otherEnds)];
        if (before === after) return;
        const diff = `--- a/f.txt\n+++ b/f.txt\n${unifiedDiff(before, after, Number.POSITIVE_INFINITY)}`;
        expect(await textOf({ 'f.txt': before }, diff)).toBe(after);
      }),
      { numRuns: 300 },
    );
  });

  test('wrong line numbers are forgiven, wrong lines are not', async () => {
    const diff = (line: number, old: string): string =>
      `--- a/a.py\n+++ b/a.py\n@@ -${line},1 +${line},1 @@\n-${old}\n+        return 3\n`;
    expect(await textOf({ 'a.py': code }, diff(2, '        return 2'))).toBe(code.replace('return 2', 'return 3'));
    expect(await textOf({ 'a.py': code }, diff(2, '        return 9'))).toMatch(/hunk 1 says that it begins at line 2/);
  });

  test('patches are what git applies', async () => {
    const git = (words: readonly string[], input = ''): number | null =>
      spawnSync('git', words, { cwd: dir, input }).status;
    expect(git(['init', '-q'])).toBe(0);
    const contents = { 'a.py': code, 'no end.txt': 'x\ny\nz', 'crlf.txt': 'x\r\ny\r\n' };
    for (const [path, content] of Object.entries(contents)) writeFileSync(join(dir, path), content);
    const reply =
      block('a.py', '        return 2\n', '        return 3\n') +
      block('crlf.txt', 'y\n', 'z\n') +
      block('sub/new.py', '', 'B = 1\n') +
      '## no end.txt\n';
    const read = readEdits(reply);
    const edits = read.kind === 'edits' ? read.edits : [];
    const spaced = { kind: 'replace', path: 'no end.txt', search: 'x\n', replace: 'w\n' } as const;
    const made = await applyEdits(parser, filesOf(contents), [...edits, spaced]);
    if (made.kind === 'refused') throw new Error(made.reason);
    expect(git(['apply', '-'], patchOf(made.files))).toBe(0);
    for (const { path, after } of made.files)
      expect(readFileSync(join(dir, path)).equals(Buffer.from(after)), path).toBe(true);
  });
});
