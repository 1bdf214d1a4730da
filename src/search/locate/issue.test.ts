import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseIssue, termCounts } from './issue.ts';

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

  test('how programs announce errors is no name, unless it is marked as one', () => {
    const { title, namesInProse } = parseIssue('PHP Fatal error:  Uncaught TypeError: f() in /app/src/Foo.php:12\n');
    expect(title).toBe('TypeError: f() in /app/src/Foo.php:12');
    expect(parseIssue('Fatal error in the parser').namesInProse.has('error')).toBe(false);
    expect([...namesInProse.keys()]).toEqual(expect.arrayContaining(['TypeError', 'f']));
    expect(parseIssue('Call of `error` is wrong').namesInProse.get('error')).toBeGreaterThanOrEqual(3);
  });

  test('a trace with little beside it is told from an issue with a trace', () => {
    const trace = 'Traceback (most recent call last):\n  File "a.py", line 1, in f\nKeyError: 3\n';
    expect(parseIssue(trace).traceOnly).toBe(true);
    expect(parseIssue(`${'When a basket is empty the sum is wrong. '.repeat(12)}\n${trace}`).traceOnly).toBe(false);
    expect(parseIssue('The sum is wrong').traceOnly).toBe(false);
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
      'at a('.repeat(20_000),
      '#0 a '.repeat(20_000),
      `${'a.'.repeat(300)}\n`.repeat(150),
      '\tat a.b(c.java:1)\n'.repeat(8_000),
      "1: from a.rb:1:in `x'\n".repeat(6_000),
      '@http://'.repeat(15_000),
      'in a.php '.repeat(12_000),
      '{closure'.repeat(15_000),
    ];
    for (const text of hostile) {
      const started = performance.now();
      parseIssue(text);
      expect(performance.now() - started).toBeLessThan(5_000);
    }
  });
});
