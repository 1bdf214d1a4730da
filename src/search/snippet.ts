/**
 * The few lines that show why something is a hit: the line that defines it and the lines
 * that hold most of the query, with what matched marked.
 *
 * Lines are chosen one by one, each for what it adds: a term already shown counts less
 * again, so that three lines about one word do not hide the line with the other.
 */
import type { Span } from '../base/mod.ts';
import { decodeUtf8, splitIdentifier, wordTerms } from '../code/mod.ts';
import type { Text } from './reader.ts';
import type { SnippetLine } from './types.ts';

/** Weight of each term that is worth showing. */
export type TermWeights = ReadonlyMap<string, number>;

/** What snippets of one answer share: words repeat from hit to hit. */
export const markerFor = (weights: TermWeights): Marker => new Marker(weights);

type Mark = SnippetLine['marks'][number];

/** Lines besides the defining one. */
const mostLines = 4;
/** What a term is worth once it is shown. */
const shownAgain = 0.25;
/** Longer lines are cut around their first mark. */
const longestLine = 200;
/** Characters kept before the first mark of a cut line. */
const lead = 40;

interface Candidate {
  readonly line: number;
  readonly text: string;
  readonly marks: readonly Mark[];
  readonly terms: readonly string[];
}

/**
 * @param parts spans to show lines of, ascending
 * @param definition byte offset on the defining line, or `null`
 */
export function snippetOf(
  text: Text,
  parts: readonly Span[],
  definition: number | null,
  marker: Marker,
): SnippetLine[] {
  const candidates: Candidate[] = [];
  let head: Candidate | null = null;
  const seen = new Set<number>();
  for (const part of parts) {
    for (const [line, start, end] of linesWithin(text, part)) {
      if (seen.has(line)) continue;
      seen.add(line);
      const content = decodeUtf8(text.bytes, start, end).replace(/\r$/, '');
      const candidate = { line, text: content, ...marker.marks(content) };
      if (definition !== null && start <= definition && definition < end) head = candidate;
      else if (candidate.terms.length > 0) candidates.push(candidate);
    }
  }
  const chosen = choose(candidates, head, marker.weights);
  if (chosen.length === 0) {
    const first = firstLine(text, parts);
    if (first !== null) chosen.push(first);
  }
  return chosen.sort((a, b) => a.line - b.line).map(({ line, text: content, marks }) => cropped(line, content, marks));
}

function choose(candidates: readonly Candidate[], head: Candidate | null, weights: TermWeights): Candidate[] {
  const chosen: Candidate[] = head === null ? [] : [head];
  const shown = new Set<string>(head?.terms ?? []);
  const left = [...candidates];
  for (let n = 0; n < mostLines && left.length > 0; n++) {
    let best = 0;
    let bestGain = -1;
    for (let i = 0; i < left.length; i++) {
      let gain = 0;
      for (const term of (left[i] as Candidate).terms) {
        gain += (weights.get(term) ?? 0) * (shown.has(term) ? shownAgain : 1);
      }
      if (gain > bestGain) {
        bestGain = gain;
        best = i;
      }
    }
    const [line] = left.splice(best, 1) as [Candidate];
    for (const term of line.terms) shown.add(term);
    chosen.push(line);
  }
  return chosen;
}

function* linesWithin(text: Text, span: Span): Generator<[line: number, start: number, end: number]> {
  const { starts, bytes } = text;
  let line = lineIndex(starts, span.start);
  for (; line < starts.length && (starts[line] as number) < span.end; line++) {
    const start = starts[line] as number;
    let end = line + 1 < starts.length ? (starts[line + 1] as number) : bytes.length;
    if (end > start && bytes[end - 1] === 10) end--;
    yield [line + 1, start, end];
  }
}

function lineIndex(starts: Uint32Array, offset: number): number {
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] as number) <= offset) low = middle;
    else high = middle;
  }
  return low;
}

function firstLine(text: Text, parts: readonly Span[]): Candidate | null {
  for (const part of parts) {
    for (const [line, start, end] of linesWithin(text, part)) {
      const content = decodeUtf8(text.bytes, start, end).replace(/\r$/, '');
      if (content.trim() !== '') return { line, text: content, marks: [], terms: [] };
    }
  }
  return null;
}

const words = /[\p{L}\p{M}\p{N}_$]+/gu;

/** Finds what of a line matches; remembers words, which repeat. */
export class Marker {
  readonly weights: TermWeights;
  readonly #known = new Map<string, { readonly terms: readonly string[]; readonly ranges: readonly Mark[] }>();

  constructor(weights: TermWeights) {
    this.weights = weights;
  }

  marks(line: string): { marks: Mark[]; terms: string[] } {
    const marks: Mark[] = [];
    const terms = new Set<string>();
    for (const match of line.matchAll(words)) {
      const word = match[0];
      let found = this.#known.get(word);
      if (found === undefined) {
        found = this.#look(word);
        this.#known.set(word, found);
      }
      for (const term of found.terms) terms.add(term);
      for (const { start, end } of found.ranges) marks.push({ start: match.index + start, end: match.index + end });
    }
    return { marks, terms: [...terms] };
  }

  /** Terms of the word that are wanted, and which of its letters they are. */
  #look(word: string): { terms: string[]; ranges: Mark[] } {
    const all = wordTerms(word);
    const terms = all.filter((term) => this.weights.has(term));
    if (terms.length === 0) return { terms, ranges: [] };
    const parts = splitIdentifier(word);
    const whole = { start: 0, end: word.length };
    if (parts.length < 2 || all.length !== parts.length + 1 || this.weights.has(all.at(-1) as string)) {
      return { terms, ranges: [whole] };
    }
    const folded = word.toLowerCase();
    const ranges: Mark[] = [];
    let at = 0;
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i] as string;
      const start = folded.indexOf(part, at);
      if (start < 0) return { terms, ranges: [whole] };
      at = start + part.length;
      if (this.weights.has(all[i] as string)) ranges.push({ start, end: at });
    }
    return { terms, ranges };
  }
}

/** A line within the longest length, with its marks moved along. */
function cropped(line: number, text: string, marks: readonly Mark[]): SnippetLine {
  if (text.length <= longestLine) return { line, text, marks };
  let from = Math.min(Math.max(0, (marks[0]?.start ?? 0) - lead), text.length - longestLine);
  let to = from + longestLine;
  if (isLowSurrogate(text, from)) from--;
  if (isLowSurrogate(text, to)) to--;
  const before = from > 0 ? '…' : '';
  const shift = before.length - from;
  return {
    line,
    text: `${before}${text.slice(from, to)}${to < text.length ? '…' : ''}`,
    marks: marks
      .filter(({ start, end }) => start >= from && end <= to)
      .map(({ start, end }) => ({ start: start + shift, end: end + shift })),
  };
}

const isLowSurrogate = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff;
};
