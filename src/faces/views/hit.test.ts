import { describe, expect, test } from 'vitest';
import type { Hit } from '../../search/mod.ts';
import { hitView } from './hit.ts';

const plain = {
  home: undefined,
  encoder: undefined,
  variable: () => undefined,
  cacheDir: '/cache',
  path: [],
  color: false,
  columns: 60,
};

const hit: Hit = {
  id: 'src/a.ts:Cache.evict',
  path: 'src/a.ts',
  language: 'typescript',
  kind: 'method',
  name: 'Cache.evict',
  span: { start: 100, end: 200 },
  lines: { first: 9, last: 12 },
  score: 12.3456,
  signature: 'evict(): void',
  snippet: [
    { line: 9, text: '\tevict(): void {', marks: [{ start: 1, end: 6 }] },
    { line: 11, text: '\t\tthis.evict(oldest);', marks: [{ start: 7, end: 12 }] },
  ],
  body: null,
  duplicates: [],
  explanation: null,
};

const check = (change: Partial<Hit>, expected: string): void =>
  expect(hitView({ ...hit, ...change }, plain)).toBe(expected);
const header = 'src/a.ts:Cache.evict  method  9–12  12.3\n';

describe('one hit', () => {
  test('what and where, then why, without the indentation that all lines share', () => {
    check({}, `${header}   9  evict(): void {\n  11      this.evict(oldest);\n`);
  });

  test('the body in place of the snippet', () => {
    check({ body: 'evict() {\n\treturn;\n}\n' }, `${header}   9  evict() {\n  10      return;\n  11  }\n`);
  });

  test('folded duplicates', () => {
    check({ snippet: [], duplicates: ['b.ts:x', 'c.ts:x'] }, `${header}  same text: b.ts:x  c.ts:x\n`);
  });

  test('the tree behind the score', () => {
    const leaf = { label: 'name', value: 10, children: [] };
    const explanation = { label: 'score', value: 12.3456, children: [leaf, { ...leaf, label: 'body', value: 2.3456 }] };
    check({ snippet: [], explanation }, `${header}     12.346  score\n     10.000  ├ name\n      2.346  └ body\n`);
  });

  test('a product of numbers takes one line', () => {
    const factor = (label: string, value: number) => ({ label, value, children: [] });
    const explanation = {
      label: 'kind (product)',
      value: 0.36,
      children: [factor('weight', 0.4), factor('value', 0.9)],
    };
    check({ snippet: [], explanation }, `${header}      0.360  kind  weight 0.4 × value 0.9\n`);
  });

  test('long lines are cut to the terminal, around what matched', () => {
    const view = hitView(
      {
        ...hit,
        snippet: [{ line: 9, text: `${'x'.repeat(480)}needle${'x'.repeat(80)}`, marks: [{ start: 480, end: 486 }] }],
      },
      plain,
    );
    for (const line of view.split('\n')) expect(line.length).toBeLessThanOrEqual(60);
    expect(view).toMatch(/ {2}…x+needlex+…\n/);
  });

  test('marks move with tabs and shared indentation', () => {
    const view = hitView(hit, { ...plain, color: true });
    expect(view).toContain('\x1b[1m\x1b[33mevict\x1b[39m\x1b[22m(): void {');
    expect(view).toContain('    this.\x1b[1m\x1b[33mevict\x1b[39m\x1b[22m(oldest);');
  });

  test('what a repository holds cannot steer the terminal', () => {
    const evil = 'a\x1b]0;owned\x07';
    const view = hitView(
      { ...hit, id: `${evil}:f`, path: evil, duplicates: [evil], snippet: [{ line: 9, text: evil, marks: [] }] },
      plain,
    );
    expect(view.includes('\x1b') || view.includes('\x07')).toBe(false);
  });
});
