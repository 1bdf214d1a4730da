/**
 * From bytes to matching lines, their context and their order: ripgrep's rules, line by line.
 *
 * A sink hears of lines in the order in which they stand. Lines are ranges of the bytes and hold their line ends. What decides
 * whether a file is binary, and how much of it is searched all the same, follows the sizes of ripgrep's read
 * buffer, because which lines it shows depends on them.
 */
import type { BinaryRule, GrepOptions } from './options.ts';
import { compilePatterns } from './pattern/compile.ts';
import type { Haystack } from './pattern/haystack.ts';
import { lineEndOf, Matcher } from './pattern/matcher.ts';
import { contains } from './pattern/ranges.ts';
import type { Span } from './pattern/simulate.ts';
import { look, looksIn, type Tree } from './pattern/tree.ts';

export interface LineSink {
  /** One matching line, or several that one match or touching ones lie in. @param line number of the first, from 1; 0 when not asked for */
  matched(start: number, end: number, line: number): void;
  context(start: number, end: number, line: number): void;
  /** Lines were passed over between those of two matches' contexts. */
  gap(): void;
  /** The first lines of the haystack's list matched; null where each line must be told by itself. */
  readonly listed?: ((count: number) => void) | null;
}

export interface FileResult {
  /** Matching lines, or matches where these were to be counted; in a multi-line search always matches. */
  readonly count: number;
  /** Where the NUL lies that ended the search; -1 when none did. */
  readonly binaryAt: number;
}

/** ripgrep's read buffer, in bytes. */
const bufferBytes = 65_536;
/** The first read takes this many bytes, to look for a mark of the encoding. */
const markBytes = 3;
/** How far behind a line a match in it is followed, in a multi-line search (ripgrep's bound on look-ahead). */
const lookAheadBytes = 128;

const nothing: LineSink = { matched: () => {}, context: () => {}, gap: () => {} };

export class Searcher {
  readonly #matcher: Matcher;
  readonly #options: GrepOptions;
  /** Matches may hold line ends. */
  readonly multiline: boolean;
  // Of the file at hand.
  #bytes: Buffer = Buffer.alloc(0);
  #to = 0;
  #sink: LineSink = nothing;
  #position = 0;
  #visited = 0;
  #afterLeft = 0;
  #sunk = false;
  #count = 0;
  #matchedLines = 0;
  #line = 1;
  #counted = 0;
  #binaryAt = -1;
  #checked = false;
  /** From here on lines are counted, not shown, because a NUL was seen; `Infinity` where none was. */
  #splitFrom = Number.POSITIVE_INFINITY;
  #nul = -1;
  #stopped = false;

  /** @throws WinnowError `bad-query` */
  constructor(options: GrepOptions, haystack: Haystack | null = null, tree: Tree = compilePatterns(options)) {
    this.#options = options;
    this.#matcher = new Matcher(tree, haystack);
    const { report, invert, maxCount } = options;
    if (!invert) this.#matcher.ahead = report === 'files' ? 1 : Math.max(1, Math.min(maxCount, this.#matcher.ahead));
    const wholeText = (looksIn(tree) & (look.textStart | look.textEnd)) !== 0;
    this.multiline = options.multiline && (wholeText || canHoldNewline(tree));
  }

  /** Searches one file; with `split` its NULs become line ends. @param sink hears of lines when these are reported */
  search(bytes: Buffer, binary: BinaryRule, sink: LineSink | null): FileResult {
    this.#bytes = bytes;
    this.#to = bytes.length;
    this.#sink = sink ?? nothing;
    this.#position = this.#visited = this.#afterLeft = this.#counted = 0;
    this.#count = this.#matchedLines = 0;
    this.#sunk = this.#stopped = this.#checked = false;
    this.#line = 1;
    this.#binaryAt = -1;
    this.#splitFrom = Number.POSITIVE_INFINITY;
    const nul = binary === 'text' ? -1 : bytes.indexOf(0);
    if (nul !== -1 && binary === 'leave' && !this.multiline) this.#to = searchedBefore(bytes, nul);
    else if (nul !== -1) {
      this.#checked = true;
      if (binary === 'split' && !this.multiline) this.#split(nul);
      else if (nul < bufferBytes) {
        this.#binaryAt = nul;
        if (binary === 'leave') return { count: 0, binaryAt: nul };
      }
    }
    const { report } = this.#options;
    if (report === 'files') {
      // Looking for lines without a match, ripgrep reads on behind the first, and takes back what it found when a NUL comes.
      const takenBack = nul !== -1 && binary === 'leave' && this.#options.invert && !this.#matcher.singly;
      const any = !takenBack && this.#any();
      return { count: any ? 1 : 0, binaryAt: any || this.multiline || binary !== 'leave' ? -1 : nul };
    }
    if (this.multiline) this.#runMultiline();
    else if (this.#options.invert) this.#runInverted();
    else this.#run();
    const inPieces = (binary === 'leave' || binary === 'split') && !this.multiline;
    const left = nul !== -1 && inPieces && !this.#stopped;
    if (left && !(this.#full && this.#afterLeft === 0)) this.#binaryAt = nul;
    return { count: this.#count, binaryAt: this.#binaryAt };
  }

  /** Places of the matches in lines that a sink was told of; relative to the whole bytes. */
  spansIn(start: number, end: number): Span[] {
    const bytes = this.#bytes;
    const { multiline } = this;
    const to = multiline ? Math.min(bytes.length, end + lookAheadBytes) : bytes[end - 1] === 10 ? end - 1 : end;
    const spans: Span[] = [];
    let from = start;
    let last = -1;
    while (from <= to) {
      const span = this.#matcher.find(bytes, from, to, 0);
      if (span === null || span.start >= end) break;
      from = span.end;
      if (span.start === span.end) {
        from++;
        if (span.end === last) continue;
      }
      last = span.end;
      spans.push(span);
    }
    return spans;
  }

  #any(): boolean {
    if (this.#options.maxCount === 0) return false;
    if (!this.#options.invert) {
      if (!this.multiline) return this.#matcher.nextLine(this.#bytes, 0, this.#to);
      const span = this.#matcher.find(this.#bytes, 0, this.#to, 0);
      return span !== null && this.#locate(span).start < this.#to;
    }
    if (this.multiline) this.#runMultiline();
    else this.#runInverted();
    return this.#count > 0;
  }

  get #full(): boolean {
    return this.#matchedLines >= this.#options.maxCount;
  }

  #run(): void {
    const matcher = this.#matcher;
    this.#runListed();
    while (this.#position < this.#to && !this.#full && !this.#stopped) {
      if (!matcher.nextLine(this.#bytes, this.#position, this.#to)) break;
      const start = matcher.lineStart;
      this.#position = Math.min(matcher.lineEnd + 1, this.#to);
      this.#contextAround(start);
      // A NUL in the context ends the search before the match: so does ripgrep.
      if (this.#stopped) break;
      this.#emit(start, this.#position);
    }
    if (!this.#stopped) this.#contextAfter(this.#to);
  }

  /** Where lines need not be told one by one: as many as can be listed. */
  #runListed(): void {
    const { report, before, after, maxCount } = this.#options;
    const listed = report === 'lines' ? this.#sink.listed : report === 'count' ? () => {} : null;
    if (!listed || before > 0 || after > 0 || maxCount !== Number.POSITIVE_INFINITY || this.#checked) return;
    while (this.#position < this.#to) {
      const count = this.#matcher.list(this.#bytes, this.#position, this.#to);
      if (count === null) return;
      if (count > 0) listed(count);
      this.#count += count;
      this.#matchedLines += count;
      this.#position = this.#matcher.listedTo;
    }
  }

  #runInverted(): void {
    const matcher = this.#matcher;
    while (this.#position < this.#to && !this.#full && !this.#stopped) {
      const from = this.#position;
      const found = matcher.nextLine(this.#bytes, from, this.#to);
      const upTo = found ? matcher.lineStart : this.#to;
      this.#position = found ? Math.min(matcher.lineEnd + 1, this.#to) : this.#to;
      if (upTo === from) continue;
      this.#contextAround(from);
      for (let at = from; at < upTo && !this.#full && !this.#stopped; ) {
        const end = this.#endOfLine(at);
        this.#emit(at, end);
        at = end;
      }
    }
    if (!this.#stopped) this.#contextAfter(this.#to);
  }

  #runMultiline(): void {
    const to = this.#to;
    let last: Span | null = null;
    const emit = (lines: Span): void => {
      if (lines.start >= lines.end) {
        this.#stopped = true;
        return;
      }
      this.#contextAround(lines.start);
      if (!this.#stopped) this.#emit(lines.start, lines.end);
    };
    let found = 0;
    while (this.#position < to && !this.#stopped) {
      const full = found >= this.#options.maxCount;
      const span: Span | null = full ? null : this.#matcher.find(this.#bytes, this.#position, to, this.#position);
      if (span !== null) found++;
      if (this.#options.invert) {
        const lines = span === null ? null : this.#locate(span);
        const from = this.#position;
        const upTo = lines === null ? to : lines.start;
        this.#position = lines === null ? to : Math.max(lines.end, from + 1);
        if (upTo <= from) continue;
        this.#contextAround(from);
        for (let at = from; at < upTo && !this.#stopped; at = this.#endOfLine(at)) this.#emit(at, this.#endOfLine(at));
        continue;
      }
      if (span === null) break;
      this.#position = span.end === span.start ? span.end + 1 : span.end;
      const lines = this.#locate(span);
      if (last !== null && last.end >= lines.start) last = { start: last.start, end: Math.max(last.end, lines.end) };
      else {
        if (last !== null) emit(last);
        last = lines;
      }
    }
    if (last !== null && !this.#stopped) emit(last);
    if (!this.#stopped) this.#contextAfter(to);
  }

  /** The lines that a span lies in, with the last line end. */
  #locate({ start, end }: Span): Span {
    const bytes = this.#bytes;
    const first = start === 0 ? 0 : bytes.lastIndexOf(10, start - 1) + 1;
    // A match that ends with a line end ends its last line.
    if (end > first && bytes[end - 1] === 10) return { start: first, end };
    return { start: first, end: this.#endOfLine(end) };
  }

  #endOfLine(at: number): number {
    return Math.min(this.#to, lineEndOf(this.#bytes, at, this.#to) + 1);
  }

  #contextAround(start: number): void {
    const { before, after } = this.#options;
    if (before === 0 && after === 0) return;
    this.#contextAfter(start);
    this.#contextBefore(start);
  }

  #contextAfter(upTo: number): void {
    const full = this.#full;
    for (let at = this.#visited; this.#afterLeft > 0 && at < upTo && !this.#stopped; at = this.#visited) {
      const end = this.#endOfLine(at);
      // Past the last match that counts, a line that matches is shown as one all the same.
      if (full && !this.multiline && !this.#matcher.singly && this.#isMatch(at, end) !== this.#options.invert) {
        const left = this.#afterLeft;
        this.#tell(at, end);
        this.#afterLeft = left - 1;
      } else {
        this.#context(at, end);
        this.#afterLeft--;
      }
    }
  }

  #isMatch(start: number, end: number): boolean {
    return this.#matcher.matches(this.#bytes, start, this.#bytes[end - 1] === 10 ? end - 1 : end);
  }

  #contextBefore(upTo: number): void {
    const { before } = this.#options;
    if (before === 0 || this.#visited >= upTo) return;
    let from = upTo;
    for (let lines = before; lines > 0 && from > this.#visited; lines--)
      from = from < 2 ? 0 : Math.max(this.#visited, this.#bytes.lastIndexOf(10, from - 2) + 1);
    for (let at = from; at < upTo && !this.#stopped; at = this.#endOfLine(at)) {
      this.#break(at);
      this.#context(at, this.#endOfLine(at));
    }
  }

  #context(start: number, end: number): void {
    if (this.#leave(start, end)) return;
    this.#sink.context(start, end, this.#numberOf(start));
    this.#visited = end;
    this.#sunk = true;
  }

  /** Counts a matching line, or the matches of a multi-line search in it, and tells it. */
  #emit(start: number, end: number): void {
    const { report } = this.#options;
    this.#matchedLines++;
    const many = (this.multiline || report === 'count-matches') && !this.#options.invert;
    this.#count += many && report !== 'lines' ? this.spansIn(start, end).length : 1;
    this.#tell(start, end);
  }

  #tell(start: number, end: number): void {
    this.#break(start);
    if (this.#leave(start, end)) return;
    this.#sink.matched(start, end, this.#numberOf(start));
    this.#visited = end;
    this.#afterLeft = this.#options.after;
    this.#sunk = true;
  }

  #break(start: number): void {
    const { before, after } = this.#options;
    if ((before > 0 || after > 0) && this.#sunk && this.#visited < start) this.#sink.gap();
  }

  #split(nul: number): void {
    const bytes = this.#bytes;
    this.#splitFrom = searchedBefore(bytes, nul);
    for (let at = nul; at !== -1; at = bytes.indexOf(0, at + 1)) bytes[at] = 10;
    this.#nul = nul;
  }

  /** Whether a NUL ends the search here. Lines are not told any more, but counted. */
  #leave(start: number, end: number): boolean {
    if (!this.#checked) return false;
    if (this.#splitFrom !== Number.POSITIVE_INFINITY) {
      if (start < this.#splitFrom) return false;
      this.#binaryAt = this.#nul;
    }
    if (this.#binaryAt === -1) {
      const nul = this.#bytes.indexOf(0, start);
      if (nul === -1 || nul >= end) return false;
      this.#binaryAt = nul;
    }
    this.#stopped = this.#options.report === 'lines';
    return true;
  }

  #numberOf(start: number): number {
    if (!this.#options.lineNumbers) return 0;
    const bytes = this.#bytes;
    for (let at = this.#counted; at < start; at++) if (bytes[at] === 10) this.#line++;
    this.#counted = start;
    return this.#line;
  }
}

/** Bytes that are searched of a file with a NUL: what was read into earlier buffers than it. */
function searchedBefore(bytes: Buffer, nul: number): number {
  // The first read is of three bytes; when these hold a line end, they are a buffer of their own.
  const early = nul >= markBytes ? bytes.lastIndexOf(10, markBytes - 1) + 1 : 0;
  let from = early;
  let capacity = bufferBytes;
  for (;;) {
    const end = from + capacity;
    if (nul < end) return from;
    const lastLine = bytes.lastIndexOf(10, end - 1) + 1;
    // A line that is longer than the buffer makes it grow.
    if (lastLine <= from) capacity *= 2;
    else from = lastLine;
  }
}

function canHoldNewline(tree: Tree): boolean {
  if (tree.kind === 'class') return contains(tree.ranges, 10);
  if (tree.kind === 'concat' || tree.kind === 'either') return tree.parts.some(canHoldNewline);
  return tree.kind === 'repeat' && canHoldNewline(tree.part);
}
