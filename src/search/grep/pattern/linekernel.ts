/**
 * The inner loops of a search, as WebAssembly: an automaton over bytes, a text of which two bytes are known, and lines as they are printed.
 *
 * In JavaScript the automaton takes some 8 ns a byte, here 2: what is left is waiting for the table, whose next row is not known before this one is read.
 * Line ends are looked for 16 bytes at a time. The table is filled by JavaScript (`dfa.ts`) whenever a loop comes upon an entry that is not made yet.
 *
 * What lies where in the memory: see `place`. Ranges that are given to these loops end with a line end, and 16 bytes beyond them
 * can be read, as before them: vectors reach over the edges, and what they find there is not taken.
 */
import { assembly } from '../../../base/mod.ts';

const { block, both, bothBits, divided, get, giveBack, i32, isAbove, isAtLeast, isLess, isNegative } = assembly;
const { isZero, leadingZeros, leap, leapIf, load, loadByte, loadWord, loop, maskOfBytes, minus, moduleOf } = assembly;
const { ones, plus, remainder, sameBytes, set, shiftedLeft, splatByte, step, store, storeByte, storeWord } = assembly;
const { trailingZeros, when, whole } = assembly;
type Code = assembly.Code;

/** Addresses. Pages of the table that no row reaches are never touched, and so cost nothing. */
export const place = {
  /** Where a loop stopped: position, where the next line goes in the list, number of a line. */
  at: 0,
  next: 4,
  number: 8,
  /** Digits of a line's number end here. */
  digits: 32,
  /** Byte → class. */
  classes: 256,
  /** What stands before each line that is printed. */
  head: 512,
  headBytes: 8 * 1024,
  /** Found lines: start and end of each, 4 bytes each. */
  lines: 16 * 1024,
  mostLines: 4096,
  /** Lines as they are printed; vectors may write 16 bytes beyond. */
  out: 64 * 1024,
  outBytes: 128 * 1024 - 64,
  table: 192 * 1024,
  tableBytes: 10_400_000,
  /** The bytes that are searched; vectors may read 16 before. */
  bytes: 11 * 1024 * 1024,
} as const;

/** How a loop ended, but for the marks of the table, which are below 0. */
export const ended = { atEnd: 0, listFull: 1 } as const;

/** From this mark on downwards an entry of the table is a match (`matching` in `dfa.ts`). */
const notMatching = -4;

export interface LineKernel {
  /**
   * Lists lines with a match, running the automaton over all bytes.
   *
   * @param row to start in. @param newlineRow to start in behind a line end. @param floor start of the line of `at`
   * @returns how it ended; at an entry of the table that is neither a row nor a match, its mark: `place.at` is then the byte that led to it
   */
  scan(at: number, to: number, row: number, newlineRow: number, floor: number, next: number, nextEnd: number): number;
  /**
   * Lists lines with a match, running the automaton over lines that hold two bytes at a distance, and another one anywhere.
   *
   * @param also the other; 0: none
   * @param at start of a line
   * @returns as `scan`
   */
  seek(
    at: number,
    to: number,
    newlineRow: number,
    next: number,
    nextEnd: number,
    first: number,
    second: number,
    distance: number,
    also: number,
  ): number;
  /**
   * Writes lines of the list as `path:number:text`.
   *
   * @param counted where line ends were counted up to. @param number of the line there; 0: no numbers
   * @param text what is written. @returns the first line of the list that had no room; `place.at` is where the text ends, `place.number` the last line's number, `place.next` its start
   */
  print(
    next: number,
    nextEnd: number,
    text: number,
    textEnd: number,
    head: number,
    counted: number,
    number: number,
  ): number;
  /** Line ends in a range. */
  count(at: number, to: number): number;
}

const newlines = splatByte(whole(10));
const maskAt = (at: Code, vector: number): Code => maskOfBytes(sameBytes(load(at), get(vector)));

/** Sets `into` to the start of the line around `at`, not below `floor`. */
const toLineStart = (at: Code, floor: number, into: number, mask: number, newline: number): Code => [
  ...set(into, at),
  ...block(
    loop([
      ...set(mask, maskAt(minus(get(into), whole(16)), newline)),
      ...when(get(mask), [
        ...set(into, plus(minus(get(into), whole(16)), minus(whole(32), leadingZeros(get(mask))))),
        ...leap(2),
      ]),
      ...set(into, minus(get(into), whole(16))),
      ...leapIf(isLess(get(floor), get(into)), 0),
    ]),
  ),
  ...when(isLess(get(into), get(floor)), set(into, get(floor))),
];

/** Sets `into` to the line end at or behind `at`; there is one. */
const toLineEnd = (at: Code, into: number, mask: number, newline: number): Code => [
  ...set(into, at),
  ...loop([
    ...set(mask, maskAt(get(into), newline)),
    ...when(isZero(get(mask)), [...step(into, whole(16)), ...leap(1)]),
  ]),
  ...step(into, trailingZeros(get(mask))),
];

/** Reads the entry for the byte at `at` and goes past it. */
const stepOf = (at: number, row: number, next: number): Code => [
  ...set(next, loadWord(plus(get(row), shiftedLeft(loadByte(loadByteAt(at), place.classes), whole(2))), place.table)),
  ...step(at, whole(1)),
];
const loadByteAt = (at: number): Code => loadByte(get(at));

const stop = (position: Code, list: Code, how: Code): Code => [
  ...storeWord(whole(place.at), position),
  ...storeWord(whole(place.next), list),
  ...giveBack(how),
];

const emit = (list: number, start: number, end: number): Code => [
  ...storeWord(get(list), get(start)),
  ...storeWord(get(list), get(end), 4),
  ...step(list, whole(8)),
];

function scanBody(): Code {
  const [at, to, row, newlineRow, floor, list, listEnd] = [0, 1, 2, 3, 4, 5, 6] as const;
  const [next, start, end, mask, newline] = [7, 8, 9, 10, 11] as const;
  const go = (out: number): Code => [
    ...stepOf(at, row, next),
    ...leapIf(isNegative(get(next)), out),
    ...set(row, get(next)),
  ];
  const last = minus(get(at), whole(1));
  return [
    ...set(newline, newlines),
    ...loop([
      ...block([
        ...block(
          loop([
            ...leapIf(isLess(minus(get(to), get(at)), whole(4)), 1),
            ...[...go(2), ...go(2), ...go(2), ...go(2)],
            ...leap(0),
          ]),
        ),
        ...loop([
          ...when(isAtLeast(get(at), get(to)), stop(get(at), get(list), whole(ended.atEnd))),
          ...go(1),
          ...leap(0),
        ]),
      ]),
      ...when(isAbove(get(next), whole(notMatching)), stop(last, get(list), get(next))),
      ...toLineStart(last, floor, start, mask, newline),
      ...toLineEnd(last, end, mask, newline),
      ...emit(list, start, end),
      ...set(at, plus(get(end), whole(1))),
      ...[...set(floor, get(at)), ...set(row, get(newlineRow))],
      ...when(isAtLeast(get(list), get(listEnd)), stop(get(at), get(list), whole(ended.listFull))),
      ...leap(0),
    ]),
    ...whole(0),
  ];
}

function seekBody(): Code {
  const [at, to, newlineRow, list, listEnd, firstByte, secondByte, distance, also] = [
    0, 1, 2, 3, 4, 5, 6, 7, 8,
  ] as const;
  const [floor, row, next, start, end, mask, here] = [9, 10, 11, 12, 13, 14, 15] as const;
  const [newline, first, second, other] = [16, 17, 18, 19] as const;
  const pairs = bothBits(
    sameBytes(load(get(at)), get(first)),
    sameBytes(load(plus(get(at), get(distance))), get(second)),
  );
  const toNextLine = [...set(at, plus(get(end), whole(1))), ...set(floor, get(at))];
  const done = when(isAtLeast(get(at), get(to)), stop(get(at), get(list), whole(ended.atEnd)));
  return [
    ...[...set(newline, newlines), ...set(first, splatByte(get(firstByte)))],
    ...[...set(second, splatByte(get(secondByte))), ...set(floor, get(at))],
    ...set(other, splatByte(get(also))),
    ...loop([
      ...loop([
        ...done,
        ...set(mask, maskOfBytes(pairs)),
        ...when(isZero(get(mask)), [...step(at, whole(16)), ...leap(1)]),
      ]),
      ...step(at, trailingZeros(get(mask))),
      ...done,
      ...toLineStart(get(at), floor, start, mask, newline),
      ...toLineEnd(get(at), end, mask, newline),
      ...when(get(also), [
        ...set(here, get(start)),
        ...block(
          loop([
            ...set(mask, maskAt(get(here), other)),
            ...when(get(mask), [...step(here, trailingZeros(get(mask))), ...leap(2)]),
            ...step(here, whole(16)),
            ...leapIf(isLess(get(here), get(end)), 0),
          ]),
        ),
        ...when(isAtLeast(get(here), get(end)), [...toNextLine, ...leap(2)]),
      ]),
      ...[...set(row, get(newlineRow)), ...set(here, get(start))],
      ...block([
        ...block([
          ...loop([
            ...stepOf(here, row, next),
            ...leapIf(isNegative(get(next)), 1),
            ...set(row, get(next)),
            ...leapIf(isAtLeast(get(end), get(here)), 0),
          ]),
          ...leap(1),
        ]),
        ...when(isAbove(get(next), whole(notMatching)), stop(minus(get(here), whole(1)), get(list), get(next))),
        ...emit(list, start, end),
      ]),
      ...[...set(at, plus(get(end), whole(1))), ...set(floor, get(at))],
      ...when(isAtLeast(get(list), get(listEnd)), stop(get(at), get(list), whole(ended.listFull))),
      ...leap(0),
    ]),
    ...whole(0),
  ];
}

/** Adds the line ends between `at` and `to` to `sum`, and brings `at` to `to`. */
const addNewlines = (at: number, to: number, sum: number, newline: number): Code => [
  ...block(
    loop([
      ...leapIf(isLess(get(to), plus(get(at), whole(16))), 1),
      ...step(sum, ones(maskAt(get(at), newline))),
      ...step(at, whole(16)),
      ...leap(0),
    ]),
  ),
  ...when(isLess(get(at), get(to)), [
    ...step(sum, ones(both(maskAt(get(at), newline), minus(shiftedLeft(whole(1), minus(get(to), get(at))), whole(1))))),
    ...set(at, get(to)),
  ]),
];

/** Copies in steps of 16 bytes, of which the last may write beyond; `text` goes on by `length`. */
const copyTo = (text: number, from: Code, length: Code, source: number, sourceEnd: number, target: number): Code => [
  ...[...set(source, from), ...set(sourceEnd, plus(get(source), length)), ...set(target, get(text))],
  ...step(text, minus(get(sourceEnd), get(source))),
  ...block(
    loop([
      ...leapIf(isAtLeast(get(source), get(sourceEnd)), 1),
      ...store(get(target), load(get(source))),
      ...[...step(source, whole(16)), ...step(target, whole(16))],
      ...leap(0),
    ]),
  ),
];

function printBody(): Code {
  const [list, listEnd, text, textEnd, head, counted, number] = [0, 1, 2, 3, 4, 5, 6] as const;
  const [start, end, source, sourceEnd, target, rest, newline] = [7, 8, 9, 10, 11, 12, 13] as const;
  const put = (byte: number): Code => [...storeByte(get(text), whole(byte)), ...step(text, whole(1))];
  return [
    ...set(newline, newlines),
    ...block(
      loop([
        ...leapIf(isAtLeast(get(list), get(listEnd)), 1),
        ...[...set(start, loadWord(get(list))), ...set(end, loadWord(get(list), 4))],
        // Path, number with its colon, text and line end.
        ...leapIf(
          isLess(get(textEnd), plus(plus(get(text), get(head)), plus(minus(get(end), get(start)), whole(16)))),
          1,
        ),
        ...copyTo(text, whole(place.head), get(head), source, sourceEnd, target),
        ...when(get(number), [
          ...addNewlines(counted, start, number, newline),
          ...[...set(rest, get(number)), ...set(target, whole(place.digits))],
          ...loop([
            ...set(target, minus(get(target), whole(1))),
            ...storeByte(get(target), plus(remainder(get(rest), whole(10)), whole(48))),
            ...set(rest, divided(get(rest), whole(10))),
            ...leapIf(get(rest), 0),
          ]),
          ...set(rest, get(target)),
          ...copyTo(text, get(rest), minus(whole(place.digits), get(rest)), source, sourceEnd, target),
          ...put(0x3a),
        ]),
        ...copyTo(text, get(start), minus(get(end), get(start)), source, sourceEnd, target),
        ...put(10),
        ...step(list, whole(8)),
        ...leap(0),
      ]),
    ),
    ...[...storeWord(whole(place.at), get(text)), ...storeWord(whole(place.number), get(number))],
    ...[...storeWord(whole(place.next), get(counted)), ...get(list)],
  ];
}

function countBody(): Code {
  const [at, to, sum, newline] = [0, 1, 2, 3] as const;
  return [...set(newline, newlines), ...addNewlines(at, to, sum, newline), ...get(sum)];
}

let compiled: WebAssembly.Module | undefined;

/** The loops over a memory of their own. */
export function lineKernelIn(memory: WebAssembly.Memory): LineKernel {
  const numbers = (count: number): number[] => new Array<number>(count).fill(i32);
  compiled ??= new WebAssembly.Module(
    moduleOf([
      { name: 'scan', parameters: numbers(7), locals: [4, 1], body: scanBody(), answers: true },
      { name: 'seek', parameters: numbers(9), locals: [7, 4], body: seekBody(), answers: true },
      { name: 'print', parameters: numbers(7), locals: [6, 1], body: printBody(), answers: true },
      { name: 'count', parameters: numbers(2), locals: [1, 1], body: countBody(), answers: true },
    ]),
  );
  return new WebAssembly.Instance(compiled, { memory: { bytes: memory } }).exports as unknown as LineKernel;
}
