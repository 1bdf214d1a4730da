/** A place in a pattern, and the parts of syntax that stand alone: numbers, escapes of characters, names of sets. */

import { fault } from './fault.ts';
import { complement, type Ranges } from './ranges.ts';
import { folded, perl, perlAscii, propertyNamed, topCodePoint } from './unicode.ts';

export interface Flags {
  ignoreCase: boolean;
  /** `^` and `$` at lines. */
  multiline: boolean;
  dotAll: boolean;
  swapGreed: boolean;
  unicode: boolean;
  verbose: boolean;
}

/** What an escape stands for. */
export type Escaped =
  | { readonly kind: 'character'; readonly point: number; readonly hex: boolean }
  | { readonly kind: 'set'; readonly ranges: Ranges }
  | { readonly kind: 'other'; readonly letter: string };

const named: Readonly<Record<string, number>> = { a: 7, f: 12, t: 9, n: 10, r: 13, v: 11 };

export class Cursor {
  readonly text: readonly string[];
  at = 0;

  constructor(pattern: string) {
    this.text = Array.from(pattern);
  }

  get next(): string {
    return this.text[this.at] ?? '';
  }

  get done(): boolean {
    return this.at >= this.text.length;
  }

  starts(words: string): boolean {
    for (let i = 0; i < words.length; i++) if (this.text[this.at + i] !== words[i]) return false;
    return true;
  }

  take(words: string): boolean {
    if (!this.starts(words)) return false;
    this.at += words.length;
    return true;
  }

  fail(why: string, at = this.at): never {
    throw fault(this.text, at, why);
  }

  /** What is not read in verbose mode: white space, and comments up to the end of their line. */
  skipVerbose(): void {
    for (; !this.done; this.at++) {
      if (/^\p{White_Space}$/u.test(this.next)) continue;
      if (this.next !== '#') return;
      while (!this.done && this.text[this.at] !== '\n') this.at++;
    }
  }

  /** Up to and without `end`, which is passed. */
  until(end: string, what: string): string {
    const start = this.at;
    let text = '';
    while (!this.done && this.next !== end) text += this.text[this.at++];
    if (this.done) this.fail(`${what} has no closing "${end}".`, start);
    this.at++;
    return text;
  }

  decimal(): number | null {
    let digits = '';
    while (/^[0-9]$/.test(this.next)) digits += this.text[this.at++];
    return digits === '' ? null : Number(digits);
  }

  /** After a backslash at `this.at - 1`. */
  escaped(flags: Flags): Escaped {
    const start = this.at - 1;
    const letter = this.next;
    if (letter === '') this.fail('a backslash stands at the end; write \\\\ for a backslash.', start);
    this.at++;
    if (/^[0-9]$/.test(letter))
      this.fail('back references are not supported: they cannot be matched in linear time.', start);
    if (letter in named) return { kind: 'character', point: named[letter] as number, hex: false };
    if (letter === 'x' || letter === 'u' || letter === 'U') return this.#hex(letter, start);
    if (letter === 'p' || letter === 'P') return { kind: 'set', ranges: this.#property(letter === 'P', flags, start) };
    const lower = letter.toLowerCase();
    if (lower === 'd' || lower === 's' || lower === 'w') {
      const ranges = flags.unicode ? perl[lower]() : perlAscii[lower];
      const top = flags.unicode ? topCodePoint : 0xff;
      return { kind: 'set', ranges: lower === letter ? ranges : complement(ranges, top) };
    }
    if (/^[AzbB<>]$/.test(letter)) return { kind: 'other', letter };
    if (/^[A-Za-z]$/.test(letter) || letter > '\x7f') this.fail(`"\\${letter}" has no meaning here.`, start);
    return { kind: 'character', point: letter.codePointAt(0) as number, hex: false };
  }

  #hex(letter: 'x' | 'u' | 'U', start: number): Escaped {
    let digits = '';
    if (this.take('{')) digits = this.until('}', 'this escape');
    else {
      const length = { x: 2, u: 4, U: 8 }[letter];
      for (let i = 0; i < length && !this.done; i++) digits += this.text[this.at++];
      if (digits.length < length) this.fail(`expected ${length} hexadecimal digits.`, start);
    }
    const point = /^[0-9A-Fa-f]{1,8}$/.test(digits) ? Number.parseInt(digits, 16) : -1;
    if (point < 0 || point > topCodePoint || (point >= 0xd800 && point <= 0xdfff))
      this.fail(`"${digits}" is no hexadecimal number of a character.`, start);
    return { kind: 'character', point, hex: true };
  }

  #property(negated: boolean, flags: Flags, start: number): Ranges {
    if (!flags.unicode) this.fail('properties of characters need Unicode mode, which (?-u) turns off here.', start);
    let name = this.next;
    this.at++;
    if (name === '{') name = this.until('}', 'this property');
    let inverse = negated;
    if (name.startsWith('^')) {
      inverse = !inverse;
      name = name.slice(1);
    }
    const unequal = /^([^!]+)!=(.*)$/.exec(name);
    if (unequal !== null) {
      inverse = !inverse;
      name = `${unequal[1]}=${unequal[2]}`;
    }
    const ranges = name === '' ? null : propertyNamed(name);
    if (ranges === null) this.fail(`no property, category or script is named "${name}".`, start);
    // What is not in a set is not in it in either case: folding comes first.
    const closed = flags.ignoreCase ? folded(ranges, true) : ranges;
    return inverse ? complement(closed, topCodePoint) : closed;
  }
}
