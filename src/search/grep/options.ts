/** What is asked of a search through files, as plain data: it crosses threads. */
import { type PatternOptions, usualPattern } from './pattern/compile.ts';

export interface GrepOptions extends PatternOptions {
  /** Lines without a match instead of those with one. */
  readonly invert: boolean;
  /** Lines of context before and after. */
  readonly before: number;
  readonly after: number;
  /** Matching lines of a file after which it is left; `Infinity` for all. */
  readonly maxCount: number;
  /** `lines`: what matched. `files`: only whether something did. The counts: of lines, or of matches. */
  readonly report: 'lines' | 'files' | 'count' | 'count-matches';
  /** Of lines the numbers, and of matches the places. */
  readonly lineNumbers: boolean;
  readonly spans: boolean;
}

/** What lines hold a pattern, with their numbers and the places of matches. */
export const usualGrep: GrepOptions = {
  ...usualPattern,
  invert: false,
  before: 0,
  after: 0,
  maxCount: Number.POSITIVE_INFINITY,
  report: 'lines',
  lineNumbers: true,
  spans: true,
};

/** How a file's NUL bytes are taken. */
export type BinaryRule =
  /** Where the first one comes into view, the file is left: for files met on the way. */
  | 'leave'
  /** It is searched to its end, and of what it holds only said that it matches: for files asked for by name. */
  | 'say'
  /** The same for what ripgrep reads piece by piece: a NUL ends a line, and from its piece on nothing is shown. For pipes, and files met on the way that are asked for. */
  | 'split'
  /** It is text. */
  | 'text';
