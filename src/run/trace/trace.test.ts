/** Reading recordings that nobody vouches for, states, trees, folding, texts of values, coverage and its formats. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { coberturaText, coverageOf, lcovText } from './coverage.ts';
import { effectTexts } from './effecttext.ts';
import { readTrace } from './read.ts';
import { traceStates } from './states.ts';
import { type Folded, foldSteps, type Step, traceTree } from './tree.ts';
import type { Value } from './types.ts';
import { valueText } from './valuetext.ts';

const head = {
  format: 'winnow.recording/1',
  language: 'python',
  runtime: 'CPython 3.13.0',
  level: 'values',
  limits: { events: 1, bytes: 1, firstHits: 1, lastHits: 1, items: 1, text: 1, depth: 1 },
};
const recording = (...rows: readonly unknown[]): Uint8Array =>
  new TextEncoder().encode([head, ...rows].map((row) => JSON.stringify(row)).join('\n'));

describe('reading', () => {
  test('what is none of the format is counted, and nothing throws', () => {
    const trace = readTrace(
      recording(
        { e: 'line', f: 1, l: 3 },
        { e: 'line', f: 1, l: -3 },
        { e: 'line', f: 'x', l: 3 },
        { e: 'unheard' },
        [],
        { e: 'write', f: 1, v: 'x', to: { q: 1 } },
        { e: 'object', f: 1, o: 1, t: 'list', form: 'sequence', n: 1, items: [Number.NaN] },
        { e: 'code', c: 7, file: 'a', name: 'b', kind: 'function', line: 1, end: 1 },
        { e: 'end', dropped: 2 },
      ),
    );
    expect(trace?.events).toHaveLength(2);
    expect(trace?.gaps).toEqual({ skippedLines: 0, uncountedLines: 0, droppedEvents: 2, cut: false, unreadable: 6 });
  });

  test('no head, no trace; a recording that breaks off is cut', () => {
    expect(readTrace(new Uint8Array(0))).toBeNull();
    expect(readTrace(new TextEncoder().encode('{"e":"line","f":1,"l":1}\n'))).toBeNull();
    const whole = recording({ e: 'line', f: 1, l: 3 }, { e: 'end' });
    expect(readTrace(whole.subarray(0, whole.length - 5))?.gaps).toMatchObject({ cut: true, unreadable: 1 });
  });

  test('any bytes and any rows are read', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.array(fc.jsonValue(), { maxLength: 20 }), (bytes, rows) => {
        const trace = readTrace(Buffer.concat([recording(...rows), Buffer.from('\n'), bytes]));
        expect(trace?.gaps.cut).toBeDefined();
        const states = traceStates();
        for (const event of trace?.events ?? []) states.apply(event);
      }),
    );
  });

  test('counts: the last row of a file holds, but one that says more adds', () => {
    const trace = readTrace(
      recording(
        { e: 'hits', file: 'a', lines: [[1, 1]], ways: [] },
        { e: 'hits', file: 'a', lines: [[2, 1]], ways: [], more: true },
        { e: 'hits', file: 'b', lines: [[1, 1]], ways: [] },
        { e: 'hits', file: 'b', lines: [[1, 5]], ways: [[1, -1, 5]] },
      ),
    );
    expect(trace?.counts.map(({ file, lines }) => [file, [...lines]])).toEqual([
      [
        'a',
        [
          [1, 1],
          [2, 1],
        ],
      ],
      ['b', [[1, 5]]],
    ]);
  });
});

/** Sequences are changed at random, told by differences, and put together again. */
test('differences of objects add up to what they were made of', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 12 }), { minLength: 1 }), (versions) => {
      const states = traceStates();
      let before: readonly number[] | null = null;
      for (const version of versions) {
        const known: readonly number[] | null = before;
        const entries = version.flatMap((value, at) =>
          known === null || known[at] !== value ? [[at, value] as const] : [],
        );
        states.apply({
          kind: 'object',
          frame: 1,
          thread: 0,
          skipped: 0,
          object: 1,
          type: 'list',
          form: 'sequence',
          whole: known === null,
          size: version.length,
          entries,
          removed: [],
        });
        const held = states.objects.get(1);
        expect(Array.from(version, (_, at) => held?.entries.get(String(at))?.value)).toEqual(version);
        expect(held?.entries.size).toBe(version.length);
        before = version;
      }
    }),
  );
});

test('calls nest in the step that made them; a generator is visited again', () => {
  const rows = [
    { e: 'call', f: 1, c: 0 },
    { e: 'line', f: 1, l: 1 },
    { e: 'call', f: 2, c: 0, from: 1 },
    { e: 'line', f: 2, l: 9 },
    { e: 'yield', f: 2, to: 1 },
    { e: 'write', f: 1, v: 'x', to: 1 },
    { e: 'line', f: 1, l: 2 },
    { e: 'resume', f: 2 },
    { e: 'line', f: 2, l: 10 },
    { e: 'return', f: 2 },
    { e: 'return', f: 1 },
  ];
  const trace = readTrace(
    recording({ e: 'code', c: 0, file: 'a', name: 'f', kind: 'function', line: 1, end: 0 }, ...rows),
  );
  const roots = traceTree(trace ?? { events: [] });
  expect(roots).toHaveLength(1);
  expect(
    roots[0]?.steps.map(({ line, visits }) => [line, visits.map(({ steps }) => steps.map((step) => step.line))]),
  ).toEqual([
    [1, [[9]]],
    [2, [[10]]],
  ]);
});

const steps = (lines: readonly number[]): Step[] =>
  lines.map((line, event) => ({ line, event, skipped: 0, effects: [], visits: [] }));
const shown = (folded: readonly Folded[]): unknown[] =>
  folded.map((one) =>
    one.kind === 'step' ? one.step.line : { rounds: one.first.map(shown), left: one.left, last: shown(one.last) },
  );

test('what a frame calls after it went on lies within it', () => {
  const rows = [
    { e: 'code', c: 0, file: 'a', name: 'f', kind: 'function', line: 1, end: 0 },
    { e: 'call', f: 1, c: 0 },
    { e: 'line', f: 1, l: 1 },
    { e: 'call', f: 2, c: 0, from: 1 },
    { e: 'line', f: 2, l: 9 },
    { e: 'yield', f: 2, to: 1 },
    { e: 'resume', f: 2 },
    { e: 'call', f: 3, c: 0, from: 2 },
    { e: 'line', f: 3, l: 5 },
    { e: 'return', f: 3 },
    { e: 'return', f: 2 },
    { e: 'return', f: 1 },
  ];
  const roots = traceTree(readTrace(recording(...rows)) ?? { events: [] });
  expect(roots.map(({ frame }) => frame)).toEqual([1]);
  const again = roots[0]?.steps[0]?.visits[1];
  expect(again?.steps.map(({ line, visits }) => [line, visits.map(({ frame }) => frame)])).toEqual([[9, [3]]]);
});

test('rounds of loops are folded, inner ones within', () => {
  expect(shown(foldSteps(steps([1, 2, 3, 2, 3, 2, 3, 2, 3, 2, 4]), 2))).toEqual([
    1,
    {
      rounds: [
        [2, 3],
        [2, 3],
      ],
      left: 1,
      last: [2, 3, 2],
    },
    4,
  ]);
  expect(shown(foldSteps(steps([2, 3, 3, 3, 2, 3, 3, 9]), 1))).toEqual([
    {
      rounds: [[2, { rounds: [[3]], left: 0, last: [3, 3] }]],
      left: 0,
      last: [2, { rounds: [], left: 0, last: [3, 3] }],
    },
    9,
  ]);
});

test('all steps are in the folds, shown or counted', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 40 }), (lines) => {
      const of = (folded: readonly Folded[]): number =>
        folded.reduce(
          (sum, one) =>
            sum + (one.kind === 'step' ? 1 : [...one.first, one.last].reduce((inner, round) => inner + of(round), 0)),
          0,
        );
      expect(of(foldSteps(steps(lines), 1000))).toBe(lines.length);
    }),
  );
});

describe('texts of values', () => {
  const states = traceStates();
  const object = (
    number: number,
    type: string,
    form: 'sequence' | 'mapping' | 'set' | 'record',
    size: number,
    ...entries: [Value, Value][]
  ) =>
    states.apply({
      kind: 'object',
      frame: 0,
      thread: 0,
      skipped: 0,
      object: number,
      type,
      form,
      whole: true,
      size,
      entries,
      removed: [],
    });
  object(1, 'list', 'sequence', 3, [0, 1], [1, { r: 1 }], [2, 'a']);
  object(2, 'dict', 'mapping', 5, ['k', null], [3, true]);
  object(3, 'Point', 'record', 1, ['x', { f: 2 }]);
  object(4, 'set', 'set', 0);
  const text = (value: Value, language = 'python') => valueText(value, states, language, { depth: 3, length: 60 });

  test('in the words of Python', () => {
    expect(text({ r: 1 })).toBe("[1, …, 'a']");
    expect(text({ r: 2 })).toBe("{'k': None, 3: True, …}");
    expect(text({ r: 3 })).toBe('Point(x=2.0)');
    expect(text({ r: 4 })).toBe('set()');
    expect(text({ t: 'tuple', items: [1] })).toBe('(1,)');
    expect(text({ f: 1e-7 })).toBe('1e-07');
    expect(text({ f: 'nan' })).toBe('nan');
    expect(text("it's")).toBe('"it\'s"');
    expect(text({ t: 'function', v: 'f' })).toBe('<function f>');
    expect(text('x'.repeat(100))).toHaveLength(60);
  });

  test('and of JavaScript', () => {
    expect(text(null, 'javascript')).toBe('null');
    expect(text({ f: 'inf' }, 'javascript')).toBe('inf');
    expect(text('a', 'javascript')).toBe('"a"');
  });
});

test('a change is told by the name that leads to it', () => {
  const object = (n: number) => ({
    e: 'object',
    f: 1,
    o: 1,
    t: 'list',
    form: 'sequence',
    n,
    items: Array.from({ length: n }, () => 1),
  });
  const trace = readTrace(
    recording(
      { e: 'call', f: 1, c: 0 },
      object(1),
      { e: 'write', f: 1, v: 't', to: { t: 'tuple', items: [{ r: 1 }, 2] } },
      { e: 'line', f: 1, l: 2 },
      object(2),
    ),
  );
  const texts = effectTexts(trace ?? { events: [], language: '' }, new Set([4]), { depth: 2, length: 50 });
  expect(texts.get(4)).toBe('t[0] = [1, 1]');
});

describe('coverage', () => {
  const trace = readTrace(
    recording({
      e: 'hits',
      file: 'a<b.py',
      lines: [
        [1, 1],
        [2, 2],
        [3, 0],
        [4, 1],
      ],
      ways: [
        [2, 4, 2],
        [4, -1, 1],
      ],
    }),
  );
  const files = coverageOf(
    trace === null ? [] : [trace],
    new Map([
      [
        'a<b.py',
        {
          branches: [
            { line: 2, targets: [0, 3, 4] },
            { line: 3, targets: [0, 4] },
          ],
        },
      ],
    ]),
  );

  test('lines and branches of lines that ran', () => {
    expect(files[0]?.branches).toEqual([
      { line: 2, to: 0, count: 0 },
      { line: 2, to: 3, count: 0 },
      { line: 2, to: 4, count: 2 },
    ]);
  });

  test('LCOV', () => {
    expect(lcovText(files)).toBe(
      'TN:\nSF:a<b.py\nBRDA:2,0,0,0\nBRDA:2,0,3,0\nBRDA:2,0,4,2\nBRF:3\nBRH:1\nDA:1,1\nDA:2,2\nDA:3,0\nDA:4,1\nLF:4\nLH:3\nend_of_record\n',
    );
  });

  test('Cobertura', () => {
    const xml = coberturaText(files, 0);
    expect(xml).toContain('line-rate="0.7500" branch-rate="0.3333"');
    expect(xml).toContain('filename="a&#60;b.py"');
    expect(xml).toContain('<line number="2" hits="2" branch="true" condition-coverage="33% (1/3)"/>');
  });
});
