/** Lines as `grep` prints them into a pipe: `path:number:text`, context with dashes. Bytes in, bytes out. */
import type { Haystack } from './pattern/haystack.ts';
import { place } from './pattern/linekernel.ts';
import { lineEndOf } from './pattern/matcher.ts';
import type { LineSink, Searcher } from './searcher.ts';

export interface PlainOptions {
  readonly path: boolean;
  readonly lineNumbers: boolean;
  readonly columns: boolean;
  /** Each match by itself, not its line. */
  readonly onlyMatching: boolean;
  readonly invert: boolean;
}

const separator = Buffer.from('--\n');

export class PlainPrinter implements LineSink {
  readonly #options: PlainOptions;
  readonly #searcher: Searcher;
  #out = Buffer.allocUnsafeSlow(64 * 1024);
  #length = 0;
  #bytes: Buffer = Buffer.alloc(0);
  #path: Buffer = Buffer.alloc(0);
  /** Something of this file was printed. */
  printed = false;
  /** Something was printed since the start: with context, files are separated too. */
  readonly separate: boolean;
  readonly #haystack: Haystack;
  /** Prints listed lines; null where lines have columns or are not printed whole. */
  readonly listed: ((count: number) => void) | null;
  /** Of listed lines: bytes of the path before each, and up to which address line ends were counted, and how many. */
  #head = -1;
  #counted = 0;
  #number = 0;

  constructor(searcher: Searcher, options: PlainOptions, separate: boolean, haystack: Haystack) {
    this.#searcher = searcher;
    this.#options = options;
    this.separate = separate;
    this.#haystack = haystack;
    const { columns, onlyMatching } = options;
    this.listed = columns || onlyMatching || separate ? null : (count) => this.#listed(count);
  }

  /** What was printed since the last call, in memory of its own. */
  take(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(this.#length);
    bytes.set(this.#out.subarray(0, this.#length));
    this.#length = 0;
    return bytes;
  }

  get length(): number {
    return this.#length;
  }

  begin(path: string, bytes: Buffer): void {
    this.#bytes = bytes;
    this.#path = this.#options.path ? Buffer.from(path) : Buffer.alloc(0);
    this.printed = false;
    this.#head = -1;
  }

  matched(start: number, end: number, line: number): void {
    this.#first();
    const { onlyMatching, columns, invert } = this.#options;
    const spans = (onlyMatching || columns) && !invert ? this.#searcher.spansIn(start, end) : [];
    if (onlyMatching && spans.length > 0) {
      for (const span of spans) {
        for (let from = span.start, number = line + this.#newlines(start, span.start); ; number++) {
          const newline = this.#bytes.indexOf(10, from);
          const to = newline === -1 || newline >= span.end ? span.end : newline;
          if (to > from || (span.start === span.end && !this.#searcher.multiline))
            this.#line(from, to, number, span.start - start + 1, 0x3a);
          from = to + 1;
          if (to >= span.end || from >= span.end) break;
        }
      }
      return;
    }
    const column = spans[0] === undefined ? 0 : spans[0].start - start + 1;
    for (let at = start, number = line; at < end; number++) {
      const to = lineEndOf(this.#bytes, at, end);
      this.#line(at, to, number, column, 0x3a);
      at = to + 1;
    }
  }

  #listed(count: number): void {
    this.printed = true;
    const { kernel, words, out, lines } = this.#haystack;
    const base = this.#bytes.byteOffset;
    if (this.#head === -1) this.#putHead(base);
    const end = place.lines + 8 * count;
    for (let next: number = place.lines; next < end; ) {
      // No room is given where what stands before each line is too long for the loop.
      const outEnd = place.out + (this.#path.length < place.headBytes ? place.outBytes : 0);
      const stopped = kernel.print(next, end, place.out, outEnd, this.#head, this.#counted, this.#number);
      const length = (words[place.at / 4] as number) - place.out;
      this.#number = words[place.number / 4] as number;
      this.#counted = (words[place.next / 4] as number) >>> 0;
      this.#put(out, 0, length);
      if (stopped > next) next = stopped;
      else {
        // Longer than what the loop writes into.
        const start = lines[(next - place.lines) / 4] as number;
        const lineEnd = lines[(next - place.lines) / 4 + 1] as number;
        if (this.#number > 0) this.#number += kernel.count(this.#counted, start);
        this.#counted = start;
        this.#line(start - base, lineEnd - base, this.#number, 0, 0x3a);
        next += 8;
      }
    }
  }

  /** What stands before each listed line, and where its number is counted from. */
  #putHead(base: number): void {
    const { path, lineNumbers } = this.#options;
    this.#head = path ? this.#path.copy(this.#haystack.head) : 0;
    if (path && this.#head < place.headBytes) this.#haystack.head[this.#head++] = 0x3a;
    this.#counted = base;
    this.#number = lineNumbers ? 1 : 0;
  }

  #newlines(from: number, to: number): number {
    if (!this.#options.lineNumbers) return 0;
    let count = 0;
    for (let at = from; at < to; at++) if (this.#bytes[at] === 10) count++;
    return count;
  }

  context(start: number, end: number, line: number): void {
    this.#first();
    this.#line(start, this.#bytes[end - 1] === 10 ? end - 1 : end, line, 0, 0x2d);
  }

  gap(): void {
    this.#put(separator, 0, separator.length);
  }

  /** A line about a file. */
  say(text: string): void {
    const bytes = Buffer.from(text);
    this.#put(bytes, 0, bytes.length);
  }

  #first(): void {
    if (this.printed) return;
    this.printed = true;
    if (this.separate) this.#put(separator, 0, separator.length);
  }

  #line(from: number, to: number, line: number, column: number, mark: number): void {
    const { path, lineNumbers, columns } = this.#options;
    this.#reserve(to - from + this.#path.length + 32);
    const out = this.#out;
    if (path) {
      this.#length += this.#path.copy(out, this.#length);
      out[this.#length++] = mark;
    }
    if (lineNumbers) {
      this.#length += out.write(String(line), this.#length, 'latin1');
      out[this.#length++] = mark;
    }
    if (columns && column > 0) {
      this.#length += out.write(String(column), this.#length, 'latin1');
      out[this.#length++] = mark;
    }
    this.#length += this.#bytes.copy(out, this.#length, from, to);
    out[this.#length++] = 10;
  }

  #put(bytes: Buffer, from: number, to: number): void {
    this.#reserve(to - from);
    this.#length += bytes.copy(this.#out, this.#length, from, to);
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#out.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.#out.length * 2, this.#length + more));
    this.#out.copy(grown, 0, 0, this.#length);
    this.#out = grown;
  }
}
