/** Lines as data, for answers in JSON and for views of a person. */
import type { LineSink, Searcher } from './searcher.ts';

export interface FoundLine {
  readonly kind: 'match' | 'context';
  /** Of its first line, from 1. */
  readonly line: number;
  /** Where it starts in the file as it was read (UTF-16 as UTF-8, without a mark). */
  readonly offset: number;
  /** With its line end; several lines when one match goes across them. */
  readonly bytes: Uint8Array;
  /** Half-open ranges in `bytes` that matched: start, end, start, end. */
  readonly spans: readonly number[];
  /** Lines were passed over before it. */
  readonly gap: boolean;
}

export interface FoundFile {
  /** As shown: what the caller gave, and what lies below. */
  readonly path: string;
  readonly lines: readonly FoundLine[];
  /** Matching lines, or matches, as was asked. */
  readonly count: number;
  /** Where a NUL ended the search of it; -1 when none did. */
  readonly binaryAt: number;
  readonly bytesSearched: number;
}

export class Collector implements LineSink {
  readonly #searcher: Searcher;
  readonly #invert: boolean;
  #bytes: Buffer = Buffer.alloc(0);
  #gap = false;
  lines: FoundLine[] = [];

  constructor(searcher: Searcher, invert: boolean) {
    this.#searcher = searcher;
    this.#invert = invert;
  }

  begin(bytes: Buffer): void {
    this.#bytes = bytes;
    this.lines = [];
    this.#gap = false;
  }

  matched(start: number, end: number, line: number): void {
    const spans = this.#invert ? [] : this.#searcher.spansIn(start, end);
    const places = spans.flatMap((span) => [span.start - start, Math.min(span.end, end) - start]);
    this.#add('match', start, end, line, places);
  }

  context(start: number, end: number, line: number): void {
    this.#add('context', start, end, line, []);
  }

  gap(): void {
    this.#gap = true;
  }

  #add(kind: FoundLine['kind'], start: number, end: number, line: number, spans: readonly number[]): void {
    this.lines.push({
      kind,
      line,
      offset: start,
      bytes: new Uint8Array(this.#bytes.subarray(start, end)),
      spans,
      gap: this.#gap,
    });
    this.#gap = false;
  }
}
