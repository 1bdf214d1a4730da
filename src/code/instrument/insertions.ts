/**
 * Text put between the characters of a source, and where everything is afterwards.
 *
 * Pairs nest as their nodes do: of two that begin at one place the earlier is outside, and so it ends later. Nothing that is put in
 * may hold the end of a line, so lines are those of the source.
 */
import { lineAt } from '../../base/mod.ts';
import { encodeUtf8 } from '../encoding.ts';

interface Piece {
  readonly number: number;
  readonly at: number;
  readonly text: string;
  /** At one place ends come before beginnings, and ends of what began last come first. */
  readonly order: number;
}

/** Line, and column in UTF-16 units, both from 1: as engines count. */
interface Place {
  readonly line: number;
  readonly column: number;
}

interface Placed {
  readonly text: string;
  /** Of the character at an offset of the source. */
  ofSource(offset: number): Place;
  /** @param piece what `open` or `around` gave */
  ofPiece(piece: number): Place;
}

export class Insertions {
  readonly #text: string;
  readonly #starts: Uint32Array;
  readonly #pieces: Piece[] = [];

  constructor(text: string) {
    this.#text = text;
    const starts = [0];
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
    this.#starts = Uint32Array.from(starts);
  }

  /** Line from 1 of an offset. */
  lineOf(offset: number): number {
    return lineAt(this.#starts, offset);
  }

  /** Column from 0, in UTF-16 units: as source maps count. */
  columnOf(offset: number): number {
    return offset - (this.#starts[this.lineOf(offset) - 1] as number);
  }

  /** Column from 1, in bytes of UTF-8. */
  byteColumnOf(offset: number): number {
    const start = this.#starts[this.lineOf(offset) - 1] as number;
    return encodeUtf8(this.#text.slice(start, offset)).length + 1;
  }

  /** @returns number of the piece */
  open(at: number, text: string): number {
    const number = this.#pieces.length;
    this.#pieces.push({ number, at, text, order: number + 1 });
    return number;
  }

  /** @returns number of the piece before */
  around(start: number, end: number, before: string, after: string): number {
    const number = this.#pieces.length;
    this.#pieces.push({ number, at: end, text: after, order: -number - 1 });
    return this.open(start, before);
  }

  finish(): Placed {
    const pieces = this.#pieces.toSorted((a, b) => a.at - b.at || a.order - b.order);
    const written: string[] = [];
    /** Where each piece stands: by number, in the new text; `sums`: what was put in up to and with a piece, by order. */
    const offsets = new Uint32Array(pieces.length);
    const sums = new Uint32Array(pieces.length);
    let from = 0;
    let added = 0;
    for (const [index, { number, at, text }] of pieces.entries()) {
      written.push(this.#text.slice(from, at), text);
      from = at;
      offsets[number] = at + added;
      added += text.length;
      sums[index] = added;
    }
    written.push(this.#text.slice(from));

    /** How much was put in at or before an offset of the source. */
    const addedTo = (offset: number, inclusive: boolean): number => {
      let low = 0;
      let high = pieces.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        const { at } = pieces[middle] as Piece;
        if (at < offset || (inclusive && at === offset)) low = middle + 1;
        else high = middle;
      }
      return low === 0 ? 0 : (sums[low - 1] as number);
    };
    const placeOf = (offset: number, moved: number): Place => {
      const line = this.lineOf(offset);
      const start = this.#starts[line - 1] as number;
      // What stands before the first character of a line was put in on the line before, or on this one: it holds no end of a line.
      return { line, column: moved - (start + addedTo(start, false)) + 1 };
    };
    return {
      text: written.join(''),
      ofSource: (offset) => placeOf(offset, offset + addedTo(offset, true)),
      ofPiece: (piece) => placeOf((this.#pieces[piece] as Piece).at, offsets[piece] as number),
    };
  }
}
