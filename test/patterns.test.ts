/** `winnow search --pattern` and `--rule` as a user runs them, and beside ast-grep where it is installed. */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { winnow } from './keptprogram.ts';
import { workspace, writeFiles } from './program.ts';

const { dir, home, remove } = workspace();
const tree = join(dir, 'tree');
const run = (...words: string[]) => winnow(['search', ...words], { home, cwd: tree });
const answer = (...words: string[]) => JSON.parse(run(...words, '--json').stdout);

const files: Readonly<Record<string, string>> = {
  '.git/HEAD': 'ref: refs/heads/main\n',
  '.gitignore': 'out/\n',
  'src/a.js': 'if (x == null) {\n  a();\n  b();\n}\nif (y == undefined) c();\n',
  'src/b.ts':
    'export function f(x: number | null): void {\n  if (x == null) {\n    return;\n  }\n  retry(() => f(1), 3);\n}\n',
  'src/c.py':
    'def f(x):\n    if x is None:\n        return retry(x, 1)\n    # retry(x, 2)\n    return retry(x, timeout=3)\n',
  'src/D.java':
    'class D {\n  void f(Object x) {\n    if (x == null) { throw new Error("é"); }\n    retry(x, 1);\n  }\n}\n',
  'src/script': '#!/usr/bin/env python3\nretry(z, 9)\n',
  'src/wide.py': '\ufeffdef g():\n    s = "日本"; retry(s, 5)\n',
  'out/e.js': 'if (z == null) { d(); }\n',
  'README.md': 'if (x == null) { }\n',
  'blob.js': Buffer.from([0, 1, 2, 0]).toString('latin1'),
};

const rules = `# Two rules.
id: no-retry-once
language: python
severity: warning
message: "retry of $F does nothing"
rule:
  pattern: retry($F, $N)
  inside:
    kind: function_definition
    stopBy: end
constraints:
  N: { regex: ^1$ }
fix: $F
---
id: null-check
language: js
rule:
  any:
    - pattern: if ($A == null) { $$$B }
    - pattern: if ($A == undefined) $$$B
files: ['src/**']
`;

beforeAll(() => writeFiles(tree, { ...files, 'rules.yml': rules }));
afterAll(remove);

describe('search --pattern', () => {
  test('prints place, text and metavariables, in every language that has the pattern', () => {
    const { status, stdout, stderr } = run('--pattern', 'if ($A == null) { $$$B }');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(
      stdout.slice(0, stdout.indexOf('3 of 3 matches')),
    ).toBe(`src/D.java:3:5: if (x == null) { throw new Error("é"); }
  $A = x  $$$B = throw new Error("é");
src/a.js:1:1: if (x == null) {
    a();
    b();
  }
  $A = x  $$$B = a(); b();
src/b.ts:2:3: if (x == null) {
    return;
  }
  $A = x  $$$B = return;
`);
    expect(stdout).toMatch(/3 of 3 matches · javascript, java, typescript · 5 of 7 files read · [\d,]+ ms\n$/);
  });

  test('gives bytes, lines and nodes as JSON', () => {
    const { hits, total, nextOffset, languages } = answer('--pattern', 'retry($A, $$$B)', '--lang', 'py', 'src');
    expect(languages).toEqual(['python']);
    expect(total).toEqual({ count: 4, moreThan: false });
    expect(nextOffset).toBeNull();
    expect(hits.map(({ path, lines, column }: never) => [path, lines, column])).toEqual([
      ['src/c.py', { first: 3, last: 3 }, 16],
      ['src/c.py', { first: 5, last: 5 }, 12],
      ['src/script', { first: 2, last: 2 }, 1],
      ['src/wide.py', { first: 2, last: 2 }, 15],
    ]);
    const last = hits[3];
    const bytes = Buffer.from(files['src/wide.py'] as string);
    expect(bytes.toString('utf8', last.span.start, last.span.end)).toBe('retry(s, 5)');
    expect(last.variables[0]).toMatchObject({ name: 'A', many: false, count: 1, place: { text: 's' } });
    expect(last.variables[1]).toMatchObject({ name: 'B', many: true, count: 1, place: { text: '5' } });
  });

  test('answers from the index what it answers without one, and sees what changed since', () => {
    const words = ['--pattern', 'retry($A, $B)', '--count'];
    const counts = () => answer(...words).counts;
    const before = counts();
    expect(counts()).toEqual(before);
    writeFiles(tree, { 'src/new.py': 'retry(a, b)\n', 'src/c.py': 'x = 1\n' });
    const after = counts().map(({ path }: { path: string }) => path);
    expect(after).toContain('src/new.py');
    expect(after).not.toContain('src/c.py');
    rmSync(join(tree, 'src/new.py'));
    writeFiles(tree, { 'src/c.py': files['src/c.py'] as string });
    expect(counts()).toEqual(before);
    expect(run(...words).stdout).toContain('src/c.py:2\n');
  });

  test('pages: what is left begins where the last page ended, within a budget too', () => {
    const all = answer('--pattern', 'retry($$$A)').hits;
    const paged: unknown[] = [];
    for (let offset: number | null = 0; offset !== null; ) {
      const page = answer('--pattern', 'retry($$$A)', '--limit', '2', '--offset', String(offset));
      paged.push(...page.hits);
      offset = page.nextOffset;
    }
    expect(paged).toEqual(all);
    const cut = run('--pattern', 'retry($$$A)', '--budget-tokens', '50');
    expect(cut.stdout.length).toBeLessThan(150);
    expect(cut.stderr).toMatch(/fit 50 tokens; go on with --offset \d/);
  });

  test('narrows by path, takes one file by name, and says so when there is nothing', () => {
    const paths = (...words: string[]) => answer(...words).hits.map(({ path }: { path: string }) => path);
    expect(paths('--pattern', 'if ($A == null) { $$$ }', '--path', '*.ts')).toEqual(['src/b.ts']);
    expect(paths('--pattern', 'if ($A == null) { $$$ }', 'src/a.js')).toEqual(['src/a.js']);
    expect(run('--pattern', 'nowhere($A)').status).toBe(1);
    expect(
      paths('--pattern', 'function $F($P: $T): void { $$$ }', '--selector', 'required_parameter', '--lang', 'ts'),
    ).toEqual(['src/b.ts']);
  });

  test('colours on request', () => {
    const { stdout } = winnow(['search', '--pattern', 'c()'], {
      home,
      cwd: tree,
      env: { PATH: process.env.PATH ?? '', HOME: home, WINNOW_HOME: home, FORCE_COLOR: '1' },
    });
    expect(stdout).toContain('\u001b[35msrc/a.js\u001b[39m:\u001b[32m5\u001b[39m');
  });

  test('refuses what cannot be meant, with the place and the exit code of bad use', () => {
    const refused = (...words: string[]) => {
      const { status, stderr } = run(...words);
      return `${status} ${stderr}`;
    };
    expect(refused('--pattern', 'x = = $A', '--lang', 'py')).toContain(
      '2 error[bad-query]: the pattern: the pattern is no',
    );
    expect(refused('--pattern', 'f($A)', '--lang', 'pyhton')).toContain('Did you mean python');
    expect(refused('--pattern', 'f($A)', 'no/such')).toContain('2 error[path-not-found]');
    expect(refused('--pattern', 'f($A)', '--kind', 'class')).toContain('go into a rule');
    expect(refused('words', '--count')).toContain('--count goes with --pattern');
    expect(refused('--pattern', 'def f(:', '--lang', 'py')).toContain('read with what it lacks put in');
  });
});

describe('search --rule', () => {
  test('reads several rules, says their messages, and changes nothing', () => {
    const { status, stdout, stderr } = run('--rule', 'rules.yml');
    expect(status).toBe(0);
    expect(stderr).toContain('Rule no-retry-once: `fix` is left aside');
    expect(stdout).toContain('src/c.py:3:16: warning no-retry-once: retry of x does nothing\n  retry(x, 1)\n');
    expect(stdout).toContain('src/a.js:5:1: null-check\n  if (y == undefined) c();\n');
    expect(stdout).not.toContain('src/b.ts');
    const piped = winnow(['search', '--rule', '-', '--json', tree], { home, input: rules });
    expect(JSON.parse(piped.stdout).total.count).toBe(3);
  });

  test('tells faults by file and line', () => {
    const fault = winnow(['search', '--rule', '-', tree], {
      home,
      input: 'id: a\nlanguage: js\nrule:\n  patern: f()\n',
    });
    expect(fault).toMatchObject({ status: 2, stdout: '' });
    expect(fault.stderr).toContain(
      'error[bad-data]: <stdin>, line 4: a rule has no part "patern" here. Did you mean pattern',
    );
    expect(run('--rule', 'no-such.yml').stderr).toContain('path-not-found');
  });
});

const program = process.env.WINNOW_AST_GREP ?? 'ast-grep';
const there = spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout?.startsWith('ast-grep') === true;

describe.skipIf(!there)(`what ast-grep finds${there ? '' : ' (skipped: ast-grep is not on the path)'}`, () => {
  const cases: readonly (readonly [string, string])[] = [
    ['js', 'if ($A == null) { $$$B }'],
    ['py', 'retry($A, $$$B)'],
    ['py', 'def $F($$$): $$$'],
    ['java', 'throw new $E($$$)'],
  ];
  for (const [language, pattern] of cases)
    test(`${language}: ${pattern}`, () => {
      const { stdout } = spawnSync(program, ['run', '-p', pattern, '-l', language, '--json=stream', '.'], {
        cwd: tree,
        encoding: 'utf8',
      });
      const theirs = stdout
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line))
        .map(({ file, range }) => `${file.replace(/^\.\//, '')} ${range.byteOffset.start} ${range.byteOffset.end}`);
      const ours = answer('--pattern', pattern, '--lang', language).hits.map(
        ({ path, span }: { path: string; span: { start: number; end: number } }) => `${path} ${span.start} ${span.end}`,
      );
      // Files without an ending are told by their first line, which ast-grep does not look at.
      expect(ours.filter((one: string) => !one.startsWith('src/script ')).sort()).toEqual(theirs.sort());
    });
});
