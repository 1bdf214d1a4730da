import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { framesIn, pathsIn } from './frames.ts';
import { parseIssue, termCounts } from './issue.ts';

describe('frames, innermost first', () => {
  const check = (name: string, text: string, expected: readonly (readonly [string, number | null, string | null])[]) =>
    test(name, () => expect(framesIn(text).map(({ path, line, name }) => [path, line, name])).toEqual(expected));

  check(
    'Python',
    'Traceback (most recent call last):\n  File "<stdin>", line 1, in <module>\n  File "/usr/lib/a/b.py", line 12, in solve\n    x\nValueError: no',
    [
      ['/usr/lib/a/b.py', 12, 'solve'],
      ['<stdin>', 1, null],
    ],
  );
  check('pytest', 'tests/test_a.py:3: in test_a\n    f()\nsrc/a.py:40: ValueError\n', [
    ['src/a.py', 40, null],
    ['tests/test_a.py', 3, 'test_a'],
  ]);
  check('IPython', '~/x/core.py in run(self, a)\n     10 def', [['~/x/core.py', null, 'run']]);
  check(
    'JavaScript',
    'TypeError: x\n    at Parser.parse (/app/src/parse.js:10:5)\n    at async file:///app/main.mjs:2:1\n    at new Foo (src/foo.ts:3:9)',
    [
      ['/app/src/parse.js', 10, 'Parser.parse'],
      ['/app/main.mjs', 2, null],
      ['src/foo.ts', 3, 'Foo'],
    ],
  );
  check('Java', '\tat com.google.gson.Gson.fromJson(Gson.java:932)\n\tat com.google.gson.A$B.c(A.java:1)', [
    ['com/google/gson/Gson.java', 932, 'Gson.fromJson'],
    ['com/google/gson/A.java', 1, 'A.c'],
  ]);
  check('Go', 'goroutine 1 [running]:\nmain.(*T).Run(0x1, 0x2)\n\t/src/app/t.go:17 +0x1d\n', [
    ['/src/app/t.go', 17, 'Run'],
  ]);
  check(
    'Rust',
    "thread 'main' panicked at src/lib.rs:10:5:\n   3: ripgrep::search::run\n             at ./crates/core/search.rs:44:9",
    [
      ['src/lib.rs', 10, null],
      ['./crates/core/search.rs', 44, 'run'],
    ],
  );

  check(
    'PHP',
    'PHP Fatal error:  Uncaught TypeError: f() in /app/src/Foo.php:12\nStack trace:\n#0 /app/src/Bar.php(33): App\\Foo->go(1)\n#1 C:\\app\\x.php(4): {closure}()\n#2 {main}\n  thrown in /app/src/Foo.php on line 12',
    [
      ['/app/src/Foo.php', 12, null],
      ['/app/src/Bar.php', 33, null],
      ['C:\\app\\x.php', 4, null],
    ],
  );

  test('endless recursion is bounded', () => {
    const one = (at: number) => `  File "a.py", line ${at}, in f\n`;
    const text = Array.from({ length: 20_000 }, (_, at) => one(at)).join('');
    const frames = framesIn(text);
    expect(frames.length).toBeLessThanOrEqual(60);
    expect(frames[0]).toMatchObject({ line: 19_999, depth: 0 });
  });
});

test('paths, with lines where they are given', () => {
  expect(pathsIn('see src/a/b.py#L12, c.ts:7 and C:\\x\\y.go, not a.b or 1.5')).toEqual([
    { path: 'src/a/b.py', line: 12 },
    { path: 'c.ts', line: 7 },
    { path: 'x/y.go', line: null },
  ]);
});

describe('parts of an issue', () => {
  test('title, prose, code, errors', () => {
    const issue = parseIssue(
      'Crash in `solve`\r\nIt fails:\r\n```python\r\nsolve(x)\r\n```\r\n>>> y.z()\r\nValueError: no such thing\r\n<!-- template -->\r\n',
    );
    expect(issue.title).toBe('Crash in `solve`');
    expect(issue.code).toContain('solve(x)');
    expect(issue.code).toContain('y.z()');
    expect(issue.prose).toContain('It fails');
    expect(issue.prose).not.toContain('template');
    expect(issue.errors).toBe('ValueError: no such thing');
    expect(issue.namesInProse.get('solve')).toBeGreaterThanOrEqual(3);
    expect(issue.namesInCode.has('y.z')).toBe(true);
  });

  test('a bare trace takes what went wrong as its title', () => {
    expect(parseIssue('Traceback (most recent call last):\n  File "a.py", line 1, in f\nKeyError: 3\n').title).toBe(
      'KeyError: 3',
    );
  });

  test('names of code in prose of another language', () => {
    const issue = parseIssue('解析失败\n调用 `json_loads` 时 MyParser.parse 抛出异常');
    expect([...issue.namesInProse.keys()]).toEqual(expect.arrayContaining(['json_loads', 'MyParser.parse']));
    expect(termCounts(issue.text).has('解析')).toBe(true);
  });

  test('the middle of a very long text is left out, and it is said', () => {
    const issue = parseIssue(`start\n${'x y z\n'.repeat(200_000)}the end_marker`);
    expect(issue.cut).toBe(true);
    expect(issue.text.length).toBeLessThan(200_000);
    expect(issue.namesInProse.has('end_marker')).toBe(true);
  });

  test('any text is taken apart in reasonable time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 3_000 }), (text) => void parseIssue(text)),
      { numRuns: 200 },
    );
    const hostile = [
      '('.repeat(50_000),
      ' at '.repeat(20_000),
      'a.'.repeat(40_000),
      '`'.repeat(50_000),
      '../'.repeat(30_000),
      'x_'.repeat(50_000),
      '<!--'.repeat(20_000),
      '<a'.repeat(40_000),
      '\n\t'.repeat(40_000),
      '1: a\n at '.repeat(12_000),
    ];
    for (const text of hostile) {
      const started = performance.now();
      parseIssue(text);
      expect(performance.now() - started).toBeLessThan(5_000);
    }
  });
});
