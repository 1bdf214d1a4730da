/**
 * Copies within a repository, as classes: pieces of code that stand in two places or more, largest first.
 *
 * Fingerprints find all of them; only those that are shown, and those whose length is in doubt, are held against their files. Copies of which at most one place is
 * neither test, generated nor vendored code are lowered: there is little to gain by mending them.
 */
import { type LineRange, linesOf, WinnowError } from '../../base/mod.ts';
import { gramTokens, knownLanguages, windowGrams } from '../../code/mod.ts';
import { docFlag, type FileRecord, type Snapshot } from '../../index/mod.ts';
import { linesId } from '../ids.ts';
import { type FileSort, fileSorts, flagFactor } from '../prior.ts';
import { Reader, slice } from '../reader.ts';
import { type CopyClass, type CopyKind, chooseClasses, leastCovered, leastPrints } from './classes.ts';
import { extended, renamingOf, sameBlind, type TokenPlace } from './extend.ts';
import { type GatherOptions, gather } from './gather.ts';
import { type Sequences, sequencesOf } from './sequences.ts';
import { FileTokens } from './tokensof.ts';

export const copyKinds = ['exact', 'renamed', 'near'] as const satisfies readonly CopyKind[];

export interface DuplicatesOptions extends GatherOptions {
  /** Lines of each place, at least 1. */
  readonly minLines: number;
  /** Tokens of each place that are common, at least 20. */
  readonly minTokens: number;
  readonly kinds: readonly CopyKind[];
  /** Classes of the answer. */
  readonly limit: number;
  /** Files that count; `null`: all. */
  readonly admits: ((file: FileRecord) => boolean) | null;
}

export interface DuplicatePlace {
  /** For `show`. */
  readonly id: string;
  readonly path: string;
  readonly language: string;
  readonly lines: LineRange;
  /** Qualified name of the definition that it lies in, if any. */
  readonly name: string | null;
  /** Share of tokens that are written as in the first place; `null` for a near copy's. */
  readonly asWritten: number | null;
  /** Names and literals of the first place stand for the same ones here throughout; `null` for a near copy's. */
  readonly consistent: boolean | null;
  /** What the file is ranked lower for. */
  readonly sorts: readonly FileSort[];
}

export interface DuplicateClass {
  readonly kind: CopyKind;
  /** Common tokens of each place. */
  readonly tokens: number;
  /** Share of the tokens of the longest place that are common: 1 but for near copies. */
  readonly common: number;
  readonly places: readonly DuplicatePlace[];
  readonly lowered: boolean;
  /** Source of the first place. */
  readonly source: string;
}

export interface DuplicatesAnswer {
  readonly classes: readonly DuplicateClass[];
  readonly total: {
    /** Classes by kind: those that fingerprints alone make long enough, and those told. */
    readonly byKind: Readonly<Record<CopyKind, number>>;
    /** Classes that may be long enough: fingerprints lack up to fourteen tokens of it, and their files were not looked at. */
    readonly inDoubt: number;
    readonly files: number;
    readonly tokens: number;
    /** Tokens in classes, each place counted. */
    readonly copied: number;
  };
  /** Files that were not compared: prose, data and languages without a grammar; files of fewer tokens than a fingerprint has. */
  readonly leftOut: { readonly noGrammar: number; readonly tooSmall: number };
  readonly notices: readonly string[];
}

/** Tokens at either end that fingerprints may not cover. */
const uncovered = windowGrams - 1;

/** @throws WinnowError `cancelled` */
export async function findDuplicates(snapshot: Snapshot, options: DuplicatesOptions): Promise<DuplicatesAnswer> {
  const { minTokens, minLines, kinds, admits } = options;
  const { prints } = await gather(snapshot, ['prints'], options);
  const fileOf = (version: number): FileRecord | null => {
    const file = snapshot.fileOfVersion(version);
    return file !== null && (admits === null || admits(file)) ? file : null;
  };
  const covered = Math.max(gramTokens, minTokens - 2 * uncovered);
  const near = kinds.includes('near');
  const sequences = sequencesOf(prints, fileOf, leastPrints(leastCovered(covered, near)));
  const strengths = kinds.some((kind) => kind !== 'exact') ? (['exact', 'renamed'] as const) : (['exact'] as const);
  const { classes, partial } = chooseClasses(sequences, strengths, covered, near);
  const wanted = classes.filter(({ kind, places }) => kinds.includes(kind) && longEnough(sequences, places, minLines));
  const ordered = order(snapshot, sequences, wanted);
  const reader = new Reader(snapshot);
  const { told, looked } = await tell(ordered, sequences, reader, options);
  const isSure = ({ tokens }: CopyClass): boolean => tokens >= minTokens;
  const sure = wanted.filter((found) => isSure(found) || looked.has(found));
  const notices = reader.changeNotices();
  if (partial)
    notices.push('There are so many copies within copies that not all were looked at; narrow the search with --path.');
  return {
    classes: told,
    total: {
      byKind: countKinds(sure),
      inDoubt: wanted.length - sure.length,
      files: sequences.read.size,
      tokens: sequences.tokens,
      copied: copiedTokens(sequences, sure),
    },
    leftOut: await leftOutOf(snapshot, sequences, admits),
    notices,
  };
}

async function leftOutOf(
  snapshot: Snapshot,
  { read }: Sequences,
  admits: DuplicatesOptions['admits'],
): Promise<DuplicatesAnswer['leftOut']> {
  const parsed = new Set((await knownLanguages()).filter(({ form }) => form !== 'text').map(({ name }) => name));
  const out = snapshot.files().filter((file) => !read.has(file.version) && (admits === null || admits(file)));
  const tooSmall = out.filter(({ language }) => parsed.has(language)).length;
  return { noGrammar: out.length - tooSmall, tooSmall };
}

interface Ordered {
  readonly found: CopyClass;
  readonly lowered: boolean;
}

function longEnough(sequences: Sequences, places: CopyClass['places'], minLines: number): boolean {
  // Up to seven tokens at either end may lie on lines of their own.
  return places.some(({ first, last }) => linesBetween(sequences, first, last) + 2 * uncovered >= minLines);
}

const linesBetween = ({ line, lastLine }: Sequences, first: number, last: number): number =>
  (lastLine[last] as number) - (line[first] as number) + 1;

/** Largest first, lowered ones by as much as their second-best place is. */
function order(snapshot: Snapshot, sequences: Sequences, classes: readonly CopyClass[]): Ordered[] {
  const factors = new Map<number, number>();
  const factorOf = (place: number): number => {
    const number = sequences.file[place] as number;
    const known = factors.get(number);
    if (known !== undefined) return known;
    const factor = flagFactor(flagsOf(snapshot, sequences.files[number] as FileRecord), none);
    factors.set(number, factor);
    return factor;
  };
  return classes
    .map((found) => {
      const best = [...new Set(found.places.map(({ first }) => first))].map(factorOf).sort((a, b) => b - a);
      const factor = best[1] ?? 1;
      return { found, lowered: factor < 1, weight: found.tokens * factor };
    })
    .sort((a, b) => b.weight - a.weight || b.found.places.length - a.found.places.length);
}

const none: ReadonlySet<FileSort> = new Set();

const flagsOf = (snapshot: Snapshot, file: FileRecord): number => {
  const { traits } = snapshot.facts(file.version);
  return fileSorts.reduce((flags, sort) => (traits[sort] ? flags | docFlag[sort] : flags), 0);
};

async function tell(
  ordered: readonly Ordered[],
  sequences: Sequences,
  reader: Reader,
  { limit, minTokens, minLines, signal, kinds }: DuplicatesOptions,
): Promise<{ told: DuplicateClass[]; looked: ReadonlySet<CopyClass> }> {
  const told: DuplicateClass[] = [];
  const looked = new Set<CopyClass>();
  const files = new FileTokens(reader);
  for (const one of ordered) {
    if (told.length >= limit) break;
    if (signal?.aborted) throw new WinnowError('cancelled', 'Looking for copies was cancelled.');
    const found = await heldAgainstFiles(one, sequences, reader, files, minLines);
    if (found !== null && found.tokens >= minTokens && kinds.includes(found.kind)) {
      told.push(found);
      looked.add(one.found);
    }
  }
  return { told, looked };
}

interface ReadPlace extends TokenPlace {
  readonly file: FileRecord;
}

async function heldAgainstFiles(
  { found, lowered }: Ordered,
  sequences: Sequences,
  reader: Reader,
  files: FileTokens,
  minLines: number,
): Promise<DuplicateClass | null> {
  const read: ReadPlace[] = [];
  for (const { first, last } of found.places) {
    const file = sequences.files[sequences.file[first] as number] as FileRecord;
    const tokens = await files.of(file);
    if (tokens === null) continue;
    const from = sequences.token[first] as number;
    const to = (sequences.token[last] as number) + gramTokens;
    if (to <= tokens.count) read.push({ file, tokens, from, to });
  }
  const [first] = read;
  if (first === undefined) return null;
  // Equal hashes of different code are as good as impossible; what was read decides all the same.
  const equal = found.kind === 'near' ? read : read.filter((place) => sameBlind(first, place));
  const longest = extended(equal, found.kind).flatMap((place) => {
    const lines = linesOfTokens(reader, place);
    return lines === null || lines.last - lines.first + 1 < minLines ? [] : [{ ...place, lines }];
  });
  const [shown] = longest;
  if (shown === undefined || longest.length < 2) return null;
  const grown = shown.to - shown.from - (first.to - first.from);
  const tokens = found.tokens + grown;
  const places = longest.map((place): DuplicatePlace => {
    const renaming = found.kind === 'near' ? null : renamingOf(shown, place);
    return {
      id: linesId(place.file.path, place.lines),
      path: place.file.path,
      language: place.file.language,
      lines: place.lines,
      name: nameAround(reader, place),
      asWritten: renaming?.asWritten ?? null,
      consistent: renaming?.consistent ?? null,
      sorts: fileSorts.filter((sort) => reader.facts(place.file.version).traits[sort]),
    };
  });
  const isExact = places.every(({ asWritten }) => asWritten === 1);
  return {
    kind: found.kind === 'renamed' && isExact ? 'exact' : found.kind,
    tokens,
    common: tokens / Math.max(...longest.map(({ from, to }) => to - from)),
    places,
    lowered,
    source: sourceOf(reader, shown),
  };
}

const spanOf = ({ tokens, from, to }: TokenPlace): { start: number; end: number } => ({
  start: tokens.starts[from] as number,
  end: tokens.ends[to - 1] as number,
});

function linesOfTokens(reader: Reader, place: ReadPlace): LineRange | null {
  const text = reader.text(place.file);
  return text === null ? null : linesOf(text.starts, spanOf(place));
}

/** Whole lines, so that the first is indented as the others. */
function sourceOf(reader: Reader, place: ReadPlace & { readonly lines: LineRange }): string {
  const text = reader.text(place.file);
  if (text === null) return '';
  const start = text.starts[place.lines.first - 1] as number;
  return slice(text, { start, end: text.starts[place.lines.last] ?? text.bytes.length }).replace(/\n$/, '');
}

function nameAround(reader: Reader, place: ReadPlace): string | null {
  const { start, end } = spanOf(place);
  let found: string | null = null;
  for (const { span, qualifiedName } of reader.facts(place.file.version).symbols)
    if (span.start <= start && end <= span.end) found = qualifiedName;
  return found;
}

function countKinds(classes: readonly CopyClass[]): Record<CopyKind, number> {
  const counts = { exact: 0, renamed: 0, near: 0 };
  for (const { kind } of classes) counts[kind]++;
  return counts;
}

function copiedTokens({ token, file }: Sequences, classes: readonly CopyClass[]): number {
  const byFile = new Map<number, [number, number][]>();
  for (const { places } of classes)
    for (const { first, last } of places) {
      const list = byFile.get(file[first] as number) ?? [];
      list.push([token[first] as number, (token[last] as number) + gramTokens]);
      byFile.set(file[first] as number, list);
    }
  let copied = 0;
  for (const list of byFile.values()) {
    let reached = 0;
    for (const [from, to] of list.sort(([a], [b]) => a - b)) {
      copied += Math.max(0, to - Math.max(from, reached));
      reached = Math.max(reached, to);
    }
  }
  return copied;
}
