/** Line tables written by hand, from the tables of opcodes in DWARF 4, 6.2.5. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readLineRows } from './dwarflines.ts';

const text = (value: string): number[] => [...Buffer.from(value), 0];

/** A unit of version 4 with lines from -5 on and a range of 14, as LLVM writes it. */
function unit(program: readonly number[], version = 4): Uint8Array {
  const rest = [1, 1, 1, 0xfb, 14, 13, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1];
  const files = [...text('/job'), 0, ...text('a.c'), 1, 0, 0, ...text('/abs/b.c'), 0, 0, 0, 0];
  const header = [...rest, ...files];
  const body = [version, 0, header.length, 0, 0, 0, ...header, ...program];
  return Uint8Array.of(body.length, 0, 0, 0, ...body);
}

const setAddress = [0, 5, 2, 100, 0, 0, 0];
const endSequence = [0, 1, 1];

test('special opcodes move address and line, standard ones each of them', () => {
  // Line + 3 at once; address + 200 by a number of two bytes; line − 2; file 2; no statement; address + 17.
  const program = [...setAddress, 3, 3, 1, 2, 200, 1, 3, 0x7e, 4, 2, 6, 1, 8, 1, 13 + 5 + 14, ...endSequence];
  expect(readLineRows(unit(program))).toEqual([
    { address: 100, file: '/job/a.c', line: 4, isStatement: true },
    { address: 300, file: '/abs/b.c', line: 2, isStatement: false },
    { address: 317, file: '/abs/b.c', line: 2, isStatement: false },
    { address: 318, file: '/abs/b.c', line: 2, isStatement: false },
  ]);
});

test('version 5: names in sections of their own, directories of directories', () => {
  const strings = Buffer.from('/job\0src\0a.c\0');
  // Directories by a place in the texts; files by a place, a directory and a sum of sixteen bytes.
  const places = [1, 1, 31, 2, 0, 0, 0, 0, 5, 0, 0, 0];
  const files = [
    3,
    1,
    31,
    2,
    11,
    5,
    30,
    2,
    ...[0, 1].flatMap((directory) => [9, 0, 0, 0, directory, ...Buffer.alloc(16)]),
  ];
  const header = [1, 1, 1, 0xfb, 14, 13, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1, ...places, ...files];
  const program = [...setAddress, 3, 3, 1, 4, 0, 1, ...endSequence];
  const body = [5, 0, 4, 0, header.length, 0, 0, 0, ...header, ...program];
  const rows = readLineRows(Uint8Array.of(body.length, 0, 0, 0, ...body), { line: strings, other: Buffer.alloc(0) });
  expect(rows.map(({ file, line }) => `${file}:${line}`)).toEqual(['/job/src/a.c:4', '/job/a.c:4']);
});

test('units follow each other, other versions are passed over', () => {
  const one = unit([...setAddress, 1, 3, 1, 1, ...endSequence]);
  const other = unit([0, 5, 2, 50, 0, 0, 0, 1, ...endSequence]);
  const rows = readLineRows(Buffer.concat([one, unit([1], 6), other]));
  expect(rows.map(({ address, line }) => [address, line])).toEqual([
    [50, 1],
    [100, 1],
    [100, 2],
  ]);
});

test('nothing makes it throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(80), (noise, at) => {
      const bytes = unit([...setAddress, 1, ...noise]);
      bytes[at % bytes.length] = noise[0] ?? 0;
      readLineRows(bytes);
    }),
  );
});
