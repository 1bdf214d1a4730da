/** Searching files by rules in whatever thread: reads, parses and matches each. */
import { lineAt, lineStarts, linesOf, type Span } from '../../base/mod.ts';
import {
  createPatternFinder,
  type PatternFinder,
  type PatternMatch,
  type Piece,
  type RuleSet,
} from '../../code/mod.ts';
import { FileReader, loadGrammarFile } from '../../index/mod.ts';
import { readRegex } from './regex.ts';
import type { PartialReason, Place, Variable } from './types.ts';

/** A rule in a language. */
export interface TiedRule {
  readonly rule: number;
  readonly language: string;
  readonly set: RuleSet;
}

export interface WorkFile {
  /** To open. */
  readonly file: string;
  /** To show, relative to the root. */
  readonly path: string;
  readonly bytes: number;
}

export interface FoundMatch extends Place {
  readonly path: string;
  readonly language: string;
  readonly rule: number;
  readonly kind: string;
  readonly variables: readonly Variable[];
}

export interface BatchFound {
  readonly matches: readonly FoundMatch[];
  readonly partial: readonly { readonly path: string; readonly reason: PartialReason }[];
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
  readonly failures: readonly { readonly path: string; readonly code: string }[];
}

export const patternFinder = (): Promise<PatternFinder> => createPatternFinder(loadGrammarFile, readRegex);

/** @throws WinnowError `bad-query` */
export async function tiedFinder(rules: readonly TiedRule[]): Promise<PatternFinder> {
  const finder = await patternFinder();
  for (const { rule, language, set } of rules) await finder.add(rule, language, set);
  return finder;
}

const reader = new FileReader();

export function searchFiles(finder: PatternFinder, files: readonly WorkFile[]): BatchFound {
  const matches: FoundMatch[] = [];
  const partial: { path: string; reason: PartialReason }[] = [];
  const skipped: { path: string; reason: string }[] = [];
  const failures: { path: string; code: string }[] = [];
  for (const { file, path, bytes } of files) {
    const read = reader.read(file, bytes, false);
    if (read.kind === 'failed') {
      // A file that is gone since the walk is no failure: it is not there.
      if (read.code !== 'ENOENT') failures.push({ path, code: read.code });
      continue;
    }
    const found = finder.search(path, read.bytes);
    if (found.kind === 'skipped') {
      if (found.reason !== 'other-language' && found.reason !== 'empty') skipped.push({ path, reason: found.reason });
      continue;
    }
    if (found.partial !== null) partial.push({ path, reason: found.partial });
    if (found.matches.length > 0)
      for (const match of placed(read.bytes, found.matches)) matches.push({ path, language: found.language, ...match });
  }
  return { matches, partial, skipped, failures };
}

function placed(bytes: Buffer, matches: readonly PatternMatch[]): Omit<FoundMatch, 'path' | 'language'>[] {
  const starts = lineStarts(bytes);
  const place = ({ start, end }: Span, text: string): Place => {
    const line = lineAt(starts, start);
    const column = bytes.toString('utf8', starts[line - 1], start).length + 1;
    return { span: { start, end }, lines: linesOf(starts, { start, end }), column, text };
  };
  const whole = (nodes: readonly Piece[]): Place | null => {
    const [first, last] = [nodes[0], nodes.at(-1)];
    if (first === undefined || last === undefined) return null;
    const span = { start: first.start, end: last.end };
    return place(span, nodes.length === 1 ? first.text : bytes.toString('utf8', span.start, span.end));
  };
  return matches.map(({ rule, kind, start, end, text, variables }) => ({
    rule,
    kind,
    ...place({ start, end }, text),
    variables: variables.map(({ name, many, nodes }) => ({ name, many, place: whole(nodes), count: nodes.length })),
  }));
}
