import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linesOf, readSealed, seal } from './rows.ts';

const key = 'k'.repeat(64);
const line = (number: number, row: unknown, by = key): string => {
  const text = `${number} ${JSON.stringify(row)}`;
  return `${seal(by, text)} ${text}\n`;
};
const read = (text: string) => readSealed(new TextEncoder().encode(text), key);

describe('sealed rows', () => {
  it('are read back, whatever is in them', () => {
    const value = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.array(fc.string())));
    fc.assert(
      fc.property(fc.array(value, { maxLength: 20 }), (rows) => {
        const plain = JSON.parse(JSON.stringify(rows)) as unknown;
        expect(read(rows.map((row, at) => line(at, row)).join(''))).toEqual({ rows: plain, unsealed: 0 });
      }),
    );
  });

  it('are not made by whoever lacks the key', () => {
    const good = line(0, { e: 'start' });
    const forged = line(1, { e: 'test', state: 'passed' }, 'another');
    expect(read(`${good}${forged}hello\n\n`)).toEqual({ rows: [{ e: 'start' }], unsealed: 3 });
  });

  it('are missed when they are taken away, and not believed twice', () => {
    const rows = [0, 1, 2, 3].map((at) => line(at, { at }));
    expect(read(`${rows[0]}${rows[3]}`)).toEqual({ rows: [{ at: 0 }, { at: 3 }], unsealed: 2 });
    expect(read(`${rows[0]}${rows[0]}${rows[1]}`)).toEqual({ rows: [{ at: 0 }, { at: 1 }], unsealed: 1 });
  });

  it('end where a process was killed', () => {
    expect(read(`${line(0, { a: 1 })}${line(1, { b: 2 }).slice(0, -5)}`)).toEqual({ rows: [{ a: 1 }], unsealed: 0 });
  });
});

describe('lines', () => {
  it('are read from ranges', () => {
    expect(linesOf('1-3,7')).toEqual([1, 2, 3, 7]);
    expect(linesOf('')).toEqual([]);
    expect(linesOf('1-3;7')).toEqual([]);
    expect(linesOf(7)).toEqual([]);
    expect(linesOf('0-2')).toEqual([1, 2]);
  });

  it('are bounded', () => {
    expect(linesOf('1-9999999,1-9999999').length).toBe(1_000_000);
  });
});
