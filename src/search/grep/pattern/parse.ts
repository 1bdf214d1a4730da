/**
 * Reading a pattern: the syntax of Rust's `regex` crate, which is what ripgrep reads.
 *
 * Deliberately absent, as there: look-around and back references, which no engine matches in linear
 * time. What differs from there: CRLF mode (`R`) is refused.
 */
import { bracketed } from './brackets.ts';
import { Cursor, type Flags } from './cursor.ts';
import { complement, type Ranges } from './ranges.ts';
import { concat, either, look, type Tree, unicodeShift } from './tree.ts';
import { folded, topCodePoint } from './unicode.ts';

export interface Parsed {
  readonly tree: Tree;
  /** Whether any character stands in it as itself, and whether any of these is upper case: what smart case asks. */
  readonly literals: boolean;
  readonly upperCase: boolean;
}

export interface ParseOptions {
  readonly ignoreCase: boolean;
  readonly dotAll: boolean;
}

/** Groups in groups; as many as Rust's patterns allow. */
const mostDepth = 250;
/** A repetition counts at most this far; more would never fit in the limit of `nfa.ts`. */
const mostRepeats = 1_000_000;

/** @throws WinnowError `bad-query` with the place */
export function parsePattern(pattern: string, options: ParseOptions): Parsed {
  return new Reader(pattern, options).read();
}

/** The pattern that matches exactly this text. */
export function literalPattern(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$#&~-]/g, '\\$&').replaceAll('\n', '\\n');
}

class Reader {
  readonly #cursor: Cursor;
  #flags: Flags;
  #depth = 0;
  readonly #names = new Set<string>();
  #literals = false;
  #upperCase = false;

  constructor(pattern: string, { ignoreCase, dotAll }: ParseOptions) {
    this.#cursor = new Cursor(pattern);
    this.#flags = { ignoreCase, multiline: true, dotAll, swapGreed: false, unicode: true, verbose: false };
  }

  read(): Parsed {
    const tree = this.#alternatives();
    if (!this.#cursor.done) this.#cursor.fail('this ")" closes no group; write \\) for the character.');
    return { tree, literals: this.#literals, upperCase: this.#upperCase };
  }

  #alternatives(): Tree {
    const parts: Tree[] = [];
    do parts.push(this.#sequence());
    while (this.#cursor.take('|'));
    return either(parts);
  }

  #sequence(): Tree {
    const cursor: Cursor = this.#cursor;
    const parts: Tree[] = [];
    let flagsOnly = false;
    for (;;) {
      if (this.#flags.verbose) cursor.skipVerbose();
      if (cursor.done || cursor.next === '|' || cursor.next === ')') return concat(parts);
      if (/^[*+?{]$/.test(cursor.next)) {
        const before = flagsOnly ? undefined : parts.pop();
        if (before === undefined)
          cursor.fail(`"${cursor.next}" has nothing before it to repeat; write \\${cursor.next} for the character.`);
        parts.push(this.#repeated(before));
        continue;
      }
      const part = this.#single();
      // Of flags alone: it holds for what follows.
      flagsOnly = part === null;
      if (part !== null) parts.push(part);
    }
  }

  #repeated(part: Tree): Tree {
    const cursor: Cursor = this.#cursor;
    const start = cursor.at;
    const sign = cursor.next;
    cursor.at++;
    let [min, max] = sign === '*' ? [0, Infinity] : sign === '+' ? [1, Infinity] : [0, 1];
    if (sign === '{') [min, max] = this.#counts(start);
    if (this.#flags.verbose) cursor.skipVerbose();
    const lazy = cursor.take('?');
    return { kind: 'repeat', part, min, max, greedy: lazy === this.#flags.swapGreed };
  }

  #counts(start: number): [number, number] {
    const cursor: Cursor = this.#cursor;
    const space = () => {
      if (this.#flags.verbose) cursor.skipVerbose();
    };
    space();
    const first = cursor.decimal();
    space();
    let last = first;
    if (cursor.take(',')) {
      space();
      last = cursor.decimal() ?? Number.POSITIVE_INFINITY;
      space();
      if (first === null && last === Number.POSITIVE_INFINITY) last = null;
    }
    if (!cursor.take('}') || last === null)
      cursor.fail('expected a count such as {3}, {3,} or {3,5}; write \\{ for the character.', start);
    const min = first ?? 0;
    if (min > last) cursor.fail('the least count is larger than the most.', start);
    if (min > mostRepeats || (last !== Number.POSITIVE_INFINITY && last > mostRepeats))
      cursor.fail(`counts go up to ${mostRepeats}.`, start);
    return [min, last];
  }

  #single(): Tree | null {
    const cursor: Cursor = this.#cursor;
    const start = cursor.at;
    const character = cursor.next;
    cursor.at++;
    switch (character) {
      case '(':
        return this.#group(start);
      case '[':
        return this.#set(bracketed(cursor, this.#flags, (point) => this.#note(point)));
      case '.': {
        const top = this.#flags.unicode ? topCodePoint : 0xff;
        return this.#set(this.#flags.dotAll ? [0, top] : complement([10, 10], top));
      }
      case '^':
        return { kind: 'look', look: this.#flags.multiline ? look.lineStart : look.textStart };
      case '$':
        return { kind: 'look', look: this.#flags.multiline ? look.lineEnd : look.textEnd };
      case '\\':
        return this.#escape(start);
      default:
        return this.#character(character.codePointAt(0) as number, false);
    }
  }

  #escape(start: number): Tree {
    const escaped = this.#cursor.escaped(this.#flags);
    if (escaped.kind === 'character') return this.#character(escaped.point, escaped.hex);
    if (escaped.kind === 'set') return this.#set(escaped.ranges);
    return { kind: 'look', look: this.#lookNamed(escaped.letter, start) };
  }

  #lookNamed(letter: string, start: number): number {
    const cursor: Cursor = this.#cursor;
    if (letter === 'A') return look.textStart;
    if (letter === 'z') return look.textEnd;
    const shift = this.#flags.unicode ? unicodeShift : 0;
    if (letter === 'B') return look.notWord << shift;
    if (letter === '<') return look.wordStart << shift;
    if (letter === '>') return look.wordEnd << shift;
    if (cursor.next !== '{' || /^[0-9,]$/.test(cursor.text[cursor.at + 1] ?? '')) return look.word << shift;
    cursor.at++;
    const name = cursor.until('}', 'this word boundary').trim();
    const found = {
      start: look.wordStart,
      end: look.wordEnd,
      'start-half': look.wordStartHalf,
      'end-half': look.wordEndHalf,
    }[name];
    if (found === undefined)
      cursor.fail(`"${name}" is no kind of word boundary; there are start, end, start-half and end-half.`, start);
    return found << shift;
  }

  #group(start: number): Tree | null {
    const cursor: Cursor = this.#cursor;
    const before = this.#flags;
    if (cursor.take('?')) {
      if (/^(<?[=!])/.test(cursor.text.slice(cursor.at, cursor.at + 2).join('')))
        cursor.fail('look-ahead and look-behind are not supported: they cannot be matched in linear time.', start);
      if (cursor.take('P<') || cursor.take('<')) this.#name(start);
      else {
        this.#flags = this.#readFlags(start);
        if (cursor.take(')')) return null;
        if (!cursor.take(':')) cursor.fail('expected ":" or ")" after the flags of a group.');
      }
    }
    if (++this.#depth > mostDepth) cursor.fail('groups are nested too deeply.', start);
    const inside = this.#alternatives();
    this.#depth--;
    if (!cursor.take(')')) cursor.fail('this group has no closing ")"; write \\( for the character.', start);
    this.#flags = before;
    // A group is one thing to repeat, even when it holds nothing.
    return inside;
  }

  #name(start: number): void {
    const name = this.#cursor.until('>', 'the name of this group');
    if (!/^[\p{L}_][\p{L}\p{N}_.[\]]*$/u.test(name))
      this.#cursor.fail(`"${name}" cannot be the name of a group.`, start);
    if (this.#names.has(name)) this.#cursor.fail(`two groups have the name "${name}".`, start);
    this.#names.add(name);
  }

  #readFlags(start: number): Flags {
    const cursor: Cursor = this.#cursor;
    const flags = { ...this.#flags };
    let on = true;
    let any = false;
    for (; !cursor.done && cursor.next !== ':' && cursor.next !== ')'; cursor.at++) {
      const letter = cursor.next;
      if (letter === '-' && on) {
        on = false;
        any = false;
        continue;
      }
      const key = { i: 'ignoreCase', m: 'multiline', s: 'dotAll', U: 'swapGreed', u: 'unicode', x: 'verbose' }[letter];
      if (letter === 'R') cursor.fail('CRLF mode is not supported; write \\r?$ for the end of such a line.');
      if (key === undefined) cursor.fail(`"${letter}" is no flag; there are i, m, s, U, u and x.`);
      flags[key as keyof Flags] = on;
      any = true;
    }
    if (cursor.done) cursor.fail('this group has no closing ")".', start);
    if (!any && !on) cursor.fail('expected a flag after "-".');
    if (!any && cursor.next === ')')
      cursor.fail('"?" has nothing before it to repeat; write \\? for the character.', start + 1);
    return flags;
  }

  #note(point: number): void {
    this.#literals = true;
    if (!this.#upperCase && /^\p{Uppercase}$/u.test(String.fromCodePoint(point))) this.#upperCase = true;
  }

  #character(point: number, hex: boolean): Tree {
    this.#note(point);
    const { unicode, ignoreCase } = this.#flags;
    if (!unicode && point > 0x7f) {
      if (hex && point <= 0xff) return { kind: 'class', ranges: [point, point], bytes: true };
      // Without Unicode a character is its bytes in UTF-8, one after the other.
      const bytes = new TextEncoder().encode(String.fromCodePoint(point));
      return concat(Array.from(bytes, (byte): Tree => ({ kind: 'class', ranges: [byte, byte], bytes: true })));
    }
    return this.#set(ignoreCase ? folded([point, point], unicode) : [point, point]);
  }

  #set(ranges: Ranges): Tree {
    return { kind: 'class', ranges, bytes: !this.#flags.unicode };
  }
}
