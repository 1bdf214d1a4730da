/** `[…]`: sets written out, with ranges, sets inside sets, POSIX names, and `&&`, `--` and `~~` between sets. */
import type { Cursor, Flags } from './cursor.ts';
import { complement, difference, intersection, type Ranges, union } from './ranges.ts';
import { folded, perlAscii, topCodePoint } from './unicode.ts';

const posix: Readonly<Record<string, Ranges>> = {
  alnum: [0x30, 0x39, 0x41, 0x5a, 0x61, 0x7a],
  alpha: [0x41, 0x5a, 0x61, 0x7a],
  ascii: [0, 0x7f],
  blank: [0x09, 0x09, 0x20, 0x20],
  cntrl: [0, 0x1f, 0x7f, 0x7f],
  digit: [0x30, 0x39],
  graph: [0x21, 0x7e],
  lower: [0x61, 0x7a],
  print: [0x20, 0x7e],
  punct: [0x21, 0x2f, 0x3a, 0x40, 0x5b, 0x60, 0x7b, 0x7e],
  space: perlAscii.s,
  upper: [0x41, 0x5a],
  word: perlAscii.w,
  xdigit: [0x30, 0x39, 0x41, 0x46, 0x61, 0x66],
};

/** How deep sets may stand in sets; Rust's patterns allow as much. */
const mostDepth = 250;

/** A set under way: what stands left of the operator, and the operator. */
interface Left {
  readonly ranges: Ranges;
  readonly operator: '&&' | '--' | '~~';
}

/**
 * Reads a set whose `[` was passed.
 *
 * @param literal told of each character that was written as itself
 */
export function bracketed(cursor: Cursor, flags: Flags, literal: (point: number) => void, depth = 0): Ranges {
  const start = cursor.at - 1;
  if (depth > mostDepth) cursor.fail('sets are nested too deeply.', start);
  const top = flags.unicode ? topCodePoint : 0xff;
  const space = (): void => {
    if (flags.verbose) cursor.skipVerbose();
  };
  space();
  const negated = cursor.take('^');
  space();
  const pairs: number[] = [];
  const addLiteral = (lo: number, hi = lo): void => {
    literal(lo);
    if (hi !== lo) literal(hi);
    pairs.push(lo, hi);
  };
  while (cursor.take('-')) {
    addLiteral(0x2d);
    space();
  }
  if (pairs.length === 0 && cursor.take(']')) addLiteral(0x5d);
  let left: Left | null = null;
  const settle = (): Ranges => {
    const own = flags.ignoreCase ? folded(union(pairs, []), flags.unicode) : union(pairs, []);
    pairs.length = 0;
    if (left === null) return own;
    if (left.operator === '&&') return intersection(left.ranges, own);
    const less = difference(left.ranges, own, top);
    return left.operator === '--' ? less : union(less, difference(own, left.ranges, top));
  };
  for (;;) {
    space();
    if (cursor.done) cursor.fail('this set has no closing "]".', start);
    const operator = (['&&', '--', '~~'] as const).find((one) => cursor.starts(one));
    if (cursor.take(']')) {
      const ranges = settle();
      return negated ? complement(ranges, top) : ranges;
    }
    if (operator !== undefined) {
      cursor.at += 2;
      left = { ranges: settle(), operator };
    } else if (cursor.next === '[') {
      const name = /^\[:(\^?)([a-z]+):\]/.exec(cursor.text.slice(cursor.at, cursor.at + 14).join(''));
      const known = name === null ? undefined : posix[name[2] as string];
      if (name !== null && known !== undefined) {
        cursor.at += (name[0] as string).length;
        const closed = flags.ignoreCase ? folded(known, flags.unicode) : known;
        pairs.push(...(name[1] === '^' ? complement(closed, top) : closed));
      } else {
        cursor.at++;
        pairs.push(...bracketed(cursor, flags, literal, depth + 1));
      }
    } else readItem(cursor, flags, space, pairs, addLiteral);
  }
}

function readItem(
  cursor: Cursor,
  flags: Flags,
  space: () => void,
  pairs: number[],
  addLiteral: (lo: number, hi?: number) => void,
): void {
  const at = cursor.at;
  const first = readMember(cursor, flags);
  space();
  const dash = cursor.next === '-';
  const after = cursor.text[cursor.at + 1] ?? '';
  if (!dash || after === ']' || after === '-' || after === '') {
    if (typeof first === 'number') addLiteral(first);
    else pairs.push(...first);
    return;
  }
  cursor.at++;
  space();
  const last = readMember(cursor, flags);
  if (typeof first !== 'number' || typeof last !== 'number')
    cursor.fail('a range goes from a character to a character; here one end is a set.', at);
  if (first > last) cursor.fail('a range goes upwards; this one goes down.', at);
  addLiteral(first, last);
}

/** A character's number, or a set. */
function readMember(cursor: Cursor, flags: Flags): number | Ranges {
  const at = cursor.at;
  const point = (cursor.next.codePointAt(0) as number | undefined) ?? 0;
  cursor.at++;
  if (point !== 0x5c) return checked(cursor, flags, point, at, false);
  const escaped = cursor.escaped(flags);
  if (escaped.kind === 'set') return escaped.ranges;
  if (escaped.kind === 'other') cursor.fail(`"\\${escaped.letter}" is no character and cannot stand in a set.`, at);
  return checked(cursor, flags, escaped.point, at, escaped.hex);
}

function checked(cursor: Cursor, flags: Flags, point: number, at: number, hex: boolean): number {
  if (!flags.unicode && point > (hex ? 0xff : 0x7f))
    cursor.fail('with (?-u) a set holds bytes: characters beyond ASCII cannot stand in it.', at);
  return point;
}
