/** Searching files by rules in whatever thread: reads, parses and matches each. */
import { createPatternFinder, type PatternFinder, type PatternMatch, type RuleSet } from '../../code/mod.ts';
import { FileReader, loadGrammarFile } from '../../index/mod.ts';
import { readRegex } from './regex.ts';
import type { PartialReason } from './types.ts';

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

export interface FoundMatch extends PatternMatch {
  readonly path: string;
  readonly language: string;
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
    const read = reader.read(file, bytes, false, true);
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
    for (const match of found.matches) matches.push({ path, language: found.language, ...match });
  }
  return { matches, partial, skipped, failures };
}
