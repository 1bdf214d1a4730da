/** What is kept of a cell's output: beginning and end of each stream, in order, whatever comes in whatever pieces. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CellRecord, keptShownBytes, keptStreamBytes } from './cellrecord.ts';
import type { CellOutput } from './types.ts';

const stream = (name: 'stdout' | 'stderr', text: string): CellOutput => ({
  kind: 'stream',
  stream: name,
  bytes: Buffer.from(text),
});
const textOf = (record: CellRecord, name: 'stdout' | 'stderr'): string =>
  Buffer.concat(
    record.outputs().flatMap((one) => (one.kind === 'stream' && one.stream === name ? [one.bytes] : [])),
  ).toString();

describe('small outputs', () => {
  test('are all kept, neighbours of one stream joined, in order', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom('stdout' as const, 'stderr' as const), fc.string())), (pieces) => {
        const record = new CellRecord();
        for (const [name, text] of pieces) record.add(stream(name, text));
        const joined: { name: string; text: string }[] = [];
        for (const [name, text] of pieces) {
          if (text === '') continue;
          if (joined.at(-1)?.name === name) (joined.at(-1) as { text: string }).text += text;
          else joined.push({ name, text });
        }
        expect(
          record
            .outputs()
            .map((one) =>
              one.kind === 'stream' ? { name: one.stream, text: Buffer.from(one.bytes).toString() } : one,
            ),
        ).toEqual(joined);
        expect(record.omitted).toEqual({ stdout: 0, stderr: 0 });
      }),
    );
  });

  test('do not change with the buffers they came in', () => {
    const record = new CellRecord();
    const bytes = Buffer.from('before');
    record.add({ kind: 'stream', stream: 'stdout', bytes });
    bytes.fill(0);
    expect(textOf(record, 'stdout')).toBe('before');
  });
});

describe('large outputs', () => {
  test('keep their beginning and their end, and count the rest', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: keptStreamBytes }), { minLength: 1, maxLength: 12 }), (sizes) => {
        const record = new CellRecord();
        const whole = Buffer.alloc(
          sizes.reduce((sum, size) => sum + size, 0),
          'abcdefghijk',
        );
        let at = 0;
        for (const size of sizes) {
          record.add({ kind: 'stream', stream: 'stdout', bytes: whole.subarray(at, at + size) });
          at += size;
        }
        const kept = textOf(record, 'stdout');
        expect(kept.length + record.omitted.stdout).toBe(whole.length);
        expect(kept.length).toBeLessThanOrEqual(1.25 * keptStreamBytes);
        expect(whole.toString().startsWith(kept.slice(0, keptStreamBytes / 2))).toBe(true);
        expect(whole.toString().endsWith(kept.slice(-Math.min(kept.length, keptStreamBytes / 2)))).toBe(true);
        expect(record.written.stdout).toBe(whole.length);
      }),
      { numRuns: 30 },
    );
  });

  test('two streams in turn without end stay bounded', () => {
    const record = new CellRecord();
    for (let index = 0; index < 100_000; index++) record.add(stream(index % 2 === 0 ? 'stdout' : 'stderr', 'line\n'));
    expect(record.outputs().length).toBeLessThan(20_100);
    expect(textOf(record, 'stdout').length + record.omitted.stdout).toBe(250_000);
    expect(textOf(record, 'stderr').length + record.omitted.stderr).toBe(250_000);
  });
});

test('values past the budget are counted, not kept', () => {
  const record = new CellRecord();
  const png = new Uint8Array(keptShownBytes / 4);
  for (let index = 0; index < 10; index++)
    record.add({ kind: 'shown', isResult: false, value: { text: 'picture', isCut: false, png } });
  expect(record.outputs().length).toBe(3);
  expect(record.shownOmitted).toBe(7);
});
