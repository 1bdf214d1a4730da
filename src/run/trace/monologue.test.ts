/** A run in words and back: whatever the events, the words give them again; and what the words say of a real run is so. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadGrammarFile } from '../../index/mod.ts';
import { monologueDirections, readMonologue, tellTrace } from './monologue.ts';
import { openTestTracing } from './tracing.testing.ts';
import { type TraceCode, type TraceEvent, traceNotes, type Value } from './types.ts';

const count = fc.nat({ max: 1_000_000 });
/** Names and texts that look like the sentences' own words, and any others. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    '',
    'nothing',
    'null',
    'float',
    '#3',
    ' in all)',
    'a is b',
    '"',
    '\\',
    '\n',
    ', which had been 3',
    'x',
  ),
);
const value = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<Value>(null, true, false),
    fc.integer(),
    fc.double({ noDefaultInfinity: true, noNaN: true }).map((one) => (Object.is(one, -0) ? 0 : one)),
    text,
    fc.record({ r: count }),
    fc.record({
      f: fc.oneof(
        fc.constantFrom('nan' as const, 'inf' as const, '-inf' as const, '-0' as const),
        fc.double({ noDefaultInfinity: true, noNaN: true }).map((one) => (Object.is(one, -0) ? 0 : one)),
      ),
    }),
    fc.record({ t: text, v: text, n: count }, { requiredKeys: ['t', 'v'] }),
    fc.record({ t: text, items: fc.array(tie('value'), { maxLength: 3 }), n: count }, { requiredKeys: ['t', 'items'] }),
  ),
})).value;

const frame = { frame: count, thread: fc.nat({ max: 2 }), skipped: fc.nat({ max: 3 }) };
const is = <K extends string>(kind: K): fc.Arbitrary<K> => fc.constant(kind);
const event: fc.Arbitrary<TraceEvent> = fc.oneof(
  fc.record({
    ...frame,
    kind: is('call'),
    code: count,
    caller: count,
    arguments: fc.array(fc.record({ name: text, value }), { maxLength: 3 }),
  }),
  fc.record({
    ...frame,
    kind: fc.constantFrom('line' as const, 'block' as const),
    line: count,
    code: fc.integer({ min: -1, max: 5 }),
  }),
  fc.record({
    ...frame,
    kind: is('branch'),
    line: count,
    way: fc.constantFrom('true' as const, 'false' as const, 'case' as const, 'exception' as const, 'next' as const),
    to: count,
  }),
  fc.record({
    ...frame,
    kind: is('write'),
    name: text,
    scope: fc.constantFrom('local' as const, 'closure' as const, 'global' as const),
    value,
    gone: fc.constant(false),
  }),
  fc.record({
    ...frame,
    kind: is('write'),
    name: text,
    scope: fc.constantFrom('local' as const, 'global' as const),
    value: fc.constant(null),
    gone: fc.constant(true),
  }),
  fc.record({
    ...frame,
    kind: is('object'),
    object: count,
    type: text,
    form: fc.constantFrom('sequence' as const, 'mapping' as const, 'set' as const, 'record' as const),
    whole: fc.boolean(),
    size: count,
    entries: fc.array(fc.tuple(value, value), { maxLength: 3 }),
    removed: fc.array(value, { maxLength: 3 }),
  }),
  fc.record({ ...frame, kind: fc.constantFrom('return' as const, 'yield' as const, 'resume' as const), value }),
  fc.record({ ...frame, kind: is('raise'), line: count, type: text, message: text }),
  fc.record({ ...frame, kind: is('unwind') }),
  fc.record({ ...frame, kind: is('output'), stream: fc.constantFrom('stdout' as const, 'stderr' as const), text }),
  fc.record({ ...frame, kind: is('note'), about: fc.constantFrom(...traceNotes), text }),
);
const code: fc.Arbitrary<TraceCode> = fc.record({
  file: text,
  name: text,
  kind: fc.constantFrom(
    'module' as const,
    'function' as const,
    'class' as const,
    'generator' as const,
    'part' as const,
  ),
  line: count,
  end: count,
});

describe.each(monologueDirections)('told %s', (direction) => {
  test('any events come back from their words', () => {
    fc.assert(
      fc.property(
        fc.array(code, { maxLength: 3 }),
        fc.array(event, { maxLength: 12 }),
        text,
        (codes, events, source) => {
          const sources = new Map(codes.map(({ file }) => [file, Array.from({ length: 50 }, () => source)]));
          const words = tellTrace({ language: 'python', codes, events }, direction, sources);
          const read = readMonologue(words);
          expect(read).toEqual({ direction, codes, events });
        },
      ),
      { numRuns: 400 },
    );
  });

  test('words that are none of these are refused', () => {
    const words = tellTrace({ language: 'python', codes: [], events: [] }, direction);
    expect(readMonologue(`${words}Call 1 returns.\n`)).toBeNull();
    expect(readMonologue(`${words}Call 1 runs line 3. And more.\n`)).toBeNull();
    expect(readMonologue('')).toBeNull();
  });
});

const source = `def total(items):
    seen = []
    sum = 0
    for item in items:
        if item > 1:
            sum += item
        seen.append(item)
    return sum


total([1, 2])
`;

describe('a real run', async () => {
  const tracing = await openTestTracing('python', loadGrammarFile);
  const missing = tracing.missing('native');
  test.skipIf(missing !== '')(`is told with its lines, and backwards with what was before${missing}`, async () => {
    const { trace } = await tracing.run({ 'main.py': source }, { backend: 'native' });
    const sources = new Map([['main.py', source.split('\n')]]);
    const forward = tellTrace(trace, 'forward', sources);
    const backward = tellTrace(trace, 'backward', sources);
    expect(forward).toContain('runs line 6.  | sum += item\nCall 2 sets its sum to 2.');
    expect(backward).toContain('Call 2 had set its sum to 2, which had been 0.');
    expect(backward).toContain('Call 2 had set its item to 1, which had no value before.');
    expect(readMonologue(forward)?.events).toEqual(trace.events);
    expect(readMonologue(backward)?.events).toEqual(trace.events);
    const told = backward.split('\n');
    expect(told.findIndex((line) => line.includes('ended and had given 2'))).toBeLessThan(
      told.findIndex((line) => line.includes('So it was when call 2 began')),
    );
  });
});
