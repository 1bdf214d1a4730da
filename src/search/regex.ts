/**
 * Definitions and pieces of code by a regular expression: those with matching lines, ranked.
 *
 * The expression is `grep`'s, so it takes time linear in what is read, whatever it is, and matches stay within a line. What a match lies in is a
 * hit: the definition whose piece it is, else the innermost definition around it, else the piece. One whose name matches stands before
 * those whose signature does, these before uses; then come how many lines match, and the prior that names have. No judged queries are regular expressions,
 * so these weights are reasoned and not measured.
 *
 * It does not decide which files can match: who calls it may know (grams), and says so by `mayMatch`.
 */
import type { Symbol as CodeSymbol, FileFacts } from '../code/mod.ts';
import type { FileRecord, SegmentView } from '../index/mod.ts';
import { kindAdmitted, nameTest } from './filters.ts';
import { compilePatterns, usualPattern } from './grep/pattern/compile.ts';
import { gramQueryOf } from './grep/pattern/gramquery.ts';
import { Matcher } from './grep/pattern/matcher.ts';
import type { Tree } from './grep/pattern/tree.ts';
import type { Ranked } from './hits.ts';
import { type FileSort, flagFactor, priorOf, shallowness } from './prior.ts';
import type { Reader } from './reader.ts';
import { Marker } from './snippet.ts';
import type { Explanation, Query } from './types.ts';
import { admitsIndex, flagsOfVersion } from './views.ts';
import { regexPoints } from './weights.ts';

/** A regular expression, and which files it may match in. */
export interface AskedRegex {
  readonly source: string;
  /** `null`: any. */
  readonly mayMatch: ((path: string) => boolean) | null;
}

export interface RegexHit extends Ranked {
  /** Factor of the sort of its file. */
  readonly factor: number;
  readonly points: Readonly<Record<keyof typeof regexPoints, number>>;
}

const treeOf = (source: string): Tree => compilePatterns({ ...usualPattern, patterns: [source] });

/** What grams a file has that the expression matches in. @throws WinnowError `bad-query` */
export const gramsOfExpression = (source: string) => gramQueryOf(treeOf(source));

/** @returns best first @throws WinnowError `bad-query` */
export function searchRegex(
  reader: Reader,
  views: readonly SegmentView[],
  query: Query,
  asked: ReadonlySet<FileSort>,
  regex: AskedRegex,
): RegexHit[] {
  const matcher = new Matcher(treeOf(regex.source));
  const named = nameTest(query.names);
  const hits: RegexHit[] = [];
  for (const view of views) {
    for (const [index, version] of view.segment.versions.entries()) {
      if (!admitsIndex(view, index)) continue;
      const file = reader.snapshot.fileOfVersion(version);
      if (file === null || regex.mayMatch?.(file.path) === false) continue;
      const matches = matchesIn(reader, file, matcher);
      if (matches.length === 0) continue;
      const facts = reader.facts(version);
      const flags = flagsOfVersion(view, version);
      for (const found of gathered(facts, matches).values()) {
        const symbol = facts.symbols[found.symbol];
        const kind = symbol?.kind ?? facts.chunks[found.chunks[0] as number]?.kind;
        if (kind === undefined || !kindAdmitted(query.kinds, kind)) continue;
        if (named !== null && (symbol === undefined || !named(symbol.name))) continue;
        hits.push(scored(file, facts, found, flags, asked));
      }
    }
  }
  return hits.sort(
    (a, b) =>
      b.score - a.score || (a.file.path < b.file.path ? -1 : a.file.path > b.file.path ? 1 : startOf(a) - startOf(b)),
  );
}

const startOf = ({ facts, symbol, chunks }: RegexHit): number =>
  facts.symbols[symbol]?.span.start ?? facts.chunks[chunks[0] as number]?.parts[0]?.start ?? 0;

/** Where a match begins and ends, in bytes; one for each matching line. */
interface Match {
  readonly start: number;
  readonly end: number;
}

/** The source is read and let go: of a tree, all files may have to be read. */
function matchesIn(reader: Reader, file: FileRecord, matcher: Matcher): Match[] {
  const source = reader.snapshot.source(file);
  if (source.kind !== 'source') {
    reader.changed.add(file.path);
    return [];
  }
  const { buffer, byteOffset, length } = source.bytes;
  const bytes = Buffer.from(buffer, byteOffset, length);
  const found: Match[] = [];
  for (let from = 0; matcher.nextLine(bytes, from, length); from = matcher.lineEnd + 1) {
    const { lineStart, lineEnd } = matcher;
    found.push(matcher.find(bytes, lineStart, lineEnd, lineStart) ?? { start: lineStart, end: lineEnd });
  }
  return found;
}

/** What matches lie in. */
interface Found {
  /** Index in the file's symbols, or -1. */
  readonly symbol: number;
  readonly chunks: readonly number[];
  readonly matches: readonly Match[];
}

function gathered(facts: FileFacts, matches: readonly Match[]): Map<string, Found> {
  const parts = facts.chunks
    .flatMap(({ parts: own }, chunk) => own.map(({ start, end }) => ({ chunk, start, end })))
    .sort((a, b) => a.start - b.start);
  const found = new Map<string, { symbol: number; chunks: number[]; matches: Match[] }>();
  let at = 0;
  for (const match of matches) {
    // Matches ascend, and so do parts. White space between parts is part of none.
    while (at + 1 < parts.length && (parts[at] as Match).end <= match.start) at++;
    const part = parts[at];
    if (part === undefined || part.end <= match.start || part.start > match.end) continue;
    const whole = facts.chunks[part.chunk]?.symbol ?? -1;
    const symbol = whole >= 0 ? whole : innermost(facts.symbols, match);
    const key = symbol >= 0 ? `s${symbol}` : `c${part.chunk}`;
    const known = found.get(key);
    if (known === undefined) found.set(key, { symbol, chunks: [part.chunk], matches: [match] });
    else {
      known.matches.push(match);
      if (!known.chunks.includes(part.chunk)) known.chunks.push(part.chunk);
    }
  }
  return found;
}

/** Parents come before their children, so the last one around a place is the innermost. */
function innermost(symbols: readonly CodeSymbol[], { start, end }: Match): number {
  return symbols.findLastIndex(({ span }) => span.start <= start && end <= span.end);
}

function scored(
  file: FileRecord,
  facts: FileFacts,
  { symbol, chunks, matches }: Found,
  flags: number,
  asked: ReadonlySet<FileSort>,
): RegexHit {
  const definition = facts.symbols[symbol];
  const touches = (span: Match | undefined): boolean =>
    span !== undefined && matches.some(({ start, end }) => start < span.end && end > span.start);
  const factor = flagFactor(flags, asked);
  const points = {
    name: touches(definition?.nameSpan) ? 1 : 0,
    signature: touches(definition?.signature) ? 1 : 0,
    lines: matches.length / (matches.length + 2),
    prior:
      definition === undefined
        ? shallowness(file.path) * nothingDefined
        : priorOf({ ...definition, path: file.path, flags }, asked),
  };
  let score = 0;
  for (const [part, weight] of Object.entries(regexPoints)) score += weight * points[part as keyof typeof regexPoints];
  return { file, facts, symbol, chunks, factor, points, score: factor * score };
}

/** Prior of a piece that defines nothing, beside a definition's at the root. */
const nothingDefined = 0.1;

export function explainRegex({ factor, points, score }: RegexHit): Explanation {
  const leaf = (label: string, value: number): Explanation => ({ label, value, children: [] });
  const parts = Object.entries(regexPoints).map(([part, weight]) => {
    const value = points[part as keyof typeof regexPoints];
    return {
      label: `${labels[part as keyof typeof regexPoints]} (product)`,
      value: weight * value,
      children: [leaf('weight', weight), leaf('value', value)],
    };
  });
  const sum = parts.reduce((all, { value }) => all + value, 0);
  return {
    label: 'score (product)',
    value: score,
    children: [leaf('sort of file', factor), { label: 'points (sum)', value: sum, children: parts }],
  };
}

const labels: Readonly<Record<keyof typeof regexPoints, string>> = {
  name: 'the name matches',
  signature: 'the signature matches',
  lines: 'matching lines, n / (n + 2)',
  prior: 'kind of definition and place',
};

/** What of a line to show: where the expression matches. */
export class RegexMarker extends Marker {
  readonly #matcher: Matcher;

  constructor(source: string) {
    super(new Map([[match, 1]]));
    this.#matcher = new Matcher(treeOf(source));
  }

  override marks(line: string): ReturnType<Marker['marks']> {
    const bytes = Buffer.from(line);
    const marks: { start: number; end: number }[] = [];
    let from = 0;
    while (from <= bytes.length) {
      const found = this.#matcher.find(bytes, from, bytes.length, 0);
      if (found === null) break;
      const start = bytes.toString('utf8', 0, found.start).length;
      if (found.end > found.start)
        marks.push({ start, end: start + bytes.toString('utf8', found.start, found.end).length });
      from = Math.max(found.end, found.start + 1);
    }
    return { marks, terms: marks.length > 0 ? [match] : [] };
  }
}

/** What stands for the one term that there is. */
const match = 'match';
