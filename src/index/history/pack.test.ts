import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { packBlock, readBlock } from './block.ts';
import { parseCommit } from './commit.ts';
import { applyDelta, BadObject } from './pack.ts';

const varint = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...varint(value >> 7)]);

describe('differences', () => {
  test('copies from the base and new bytes', () => {
    const base = Buffer.from('hello world');
    const delta = Buffer.from([...varint(11), ...varint(9), 0x80 | 0x01 | 0x10, 6, 5, 4, ...Buffer.from('wide')]);
    expect(applyDelta(base, delta).toString()).toBe('worldwide');
  });

  const wrong = (name: string, delta: number[]) =>
    test(name, () => expect(() => applyDelta(Buffer.from('hello world'), Buffer.from(delta))).toThrow(BadObject));
  wrong('of another base', [...varint(10), ...varint(1), 1, 65]);
  wrong('that copy beyond the base', [...varint(11), ...varint(9), 0x80 | 0x01 | 0x10, 6, 9]);
  wrong('that are cut short', [...varint(11), ...varint(9), 9, 1]);
  wrong('with the reserved instruction', [...varint(11), ...varint(1), 0]);
  wrong('that give less than they say', [...varint(11), ...varint(9), 1, 65]);

  test('any bytes give a result or BadObject, never anything else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ maxLength: 40 }), (base, delta) => {
        try {
          applyDelta(Buffer.from(base), Buffer.from(delta));
        } catch (error) {
          expect(error).toBeInstanceOf(BadObject);
        }
      }),
    );
  });
});

test('a block reads back as what was packed', () => {
  const hex = fc.uint8Array({ minLength: 20, maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString('hex'));
  const row = fc.record({
    id: hex,
    parents: fc.array(hex, { maxLength: 3 }),
    timeS: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    subject: fc.string({ unit: 'grapheme', maxLength: 20 }),
    paths: fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }), { maxLength: 4 }),
    terms: fc
      .array(fc.tuple(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: 1, max: 255 })))
      .map((pairs) => new Map(pairs)),
  });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 6 }), (rows) => {
      const block = readBlock(packBlock(rows));
      const read = rows.map((_, at) => ({
        id: block.ids[at],
        parents: block.parents.slice(block.parentStarts[at], block.parentStarts[at + 1]),
        timeS: block.times[at],
        subject: block.subjects[at],
        paths: [...block.files.subarray(block.fileStarts[at], block.fileStarts[at + 1])].map(
          (path) => block.paths[path],
        ),
        terms: new Map(
          [...block.terms.subarray(block.termStarts[at], block.termStarts[at + 1])].map((term, i) => [
            term,
            block.counts[(block.termStarts[at] as number) + i] as number,
          ]),
        ),
      }));
      expect(read).toEqual(rows);
    }),
  );
});

describe('commits', () => {
  const tree = 'a'.repeat(40);
  test('tree, parents, time, message', () => {
    const text = `tree ${tree}\nparent ${'b'.repeat(40)}\nparent ${'c'.repeat(40)}\nauthor A <a@b> 1 +0000\ncommitter B <b@c> 1600000000 +0200\ngpgsig x\n y\n\nSubject\n\nBody\n`;
    expect(parseCommit(Buffer.from(text))).toEqual({
      tree: Buffer.from(tree, 'hex'),
      parents: ['b'.repeat(40), 'c'.repeat(40)],
      timeS: 1_600_000_000,
      message: 'Subject\n\nBody\n',
    });
  });
  test('without a tree it is none', () => expect(parseCommit(Buffer.from('hello'))).toBeNull());
});
