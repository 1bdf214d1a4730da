/**
 * Signals of changed lines: functions that hold lines which past commits added.
 *
 * A commit with a like message names files; the lines it added, where they still stand, name the functions in them. So do the last
 * commits to the likeliest files: what was changed lately is what breaks. No old version is parsed: a line is looked up by its
 * text among the functions of today, and one that stands in many says nothing.
 */
import { decodeUtf8 } from '../../code/mod.ts';
import { findPlace, type History, ObjectStore, parseCommit, treeChanges } from '../../index/mod.ts';
import { type Evidence, fileOfKey, symbolKey, symbolOfKey } from './evidence.ts';
import { isCallable } from './names.ts';
import type { AlikeCommit } from './pastchanges.ts';

/** Commits read for their likeness, and for each reason the bounds that keep it to some 50 ms of processor time. */
const mostAlike = 15;
const recentFiles = 8;
const perFile = 3;
const mostRecent = 25;
/** Commits looked through for the last ones to a file. */
const lookedThrough = 3_000;
const mostChanged = 20;
const mostFilesRecent = 30;
/** Larger blobs are tables or generated. */
const largestBytes = 400_000;
const longestFunction = 60_000;
/** Shorter lines stand everywhere; a line in more functions than this points at none. */
const shortestLine = 10;
const mostHolders = 3;
/** A change of 200 days ago counts a third of one of today. */
const recentDays = 200;
const dayS = 86_400;

/**
 * @param keys of the symbols that are ranked
 * @param likeliest files, best first
 * @param alike commits whose message speaks as the issue does, best first
 */
export function changedLineSignals(
  evidence: Evidence,
  history: History,
  keys: readonly number[],
  likeliest: readonly number[],
  alike: readonly AlikeCommit[],
): void {
  const gitDir = history.count === 0 ? null : findPlace(evidence.corpus.snapshot.root).commonDir;
  if (gitDir === null) return;
  const objects = new ObjectStore(gitDir);
  try {
    const lines = new HeldLines(evidence, keys);
    const best = alike[0]?.score ?? 1;
    for (const { at, score } of alike.slice(0, mostAlike))
      credit(
        evidence,
        'pastLines',
        addedBy(objects, lines, evidence, history.commit(at).id, null),
        (score / best) ** 2,
        history.commit(at).subject,
      );
    for (const { at, files } of lastChanges(evidence, history, likeliest.slice(0, recentFiles))) {
      const days = Math.max(0, history.headTimeS - history.timeOf(at)) / dayS;
      credit(
        evidence,
        'recentLines',
        addedBy(objects, lines, evidence, history.commit(at).id, files),
        Math.exp(-days / recentDays),
        history.commit(at).subject,
      );
    }
  } finally {
    objects.close();
  }
}

/** Shares a weight among the functions that hold what a commit added. */
function credit(
  evidence: Evidence,
  signal: 'pastLines' | 'recentLines',
  held: ReadonlyMap<number, number>,
  weight: number,
  subject: string,
): void {
  let total = 0;
  for (const count of held.values()) total += count;
  for (const [key, count] of held) {
    evidence.addSymbol(signal, key, (weight * count) / total);
    evidence.note(signal, `${key}`, subject);
  }
}

/** Functions of today that hold lines added by a commit, with how many. @param only files that count */
function addedBy(
  objects: ObjectStore,
  lines: HeldLines,
  { corpus }: Evidence,
  id: string,
  only: ReadonlySet<number> | null,
): Map<number, number> {
  const held = new Map<number, number>();
  const commitOf = (of: string) => {
    const bytes = objects.readKind(of, 'commit');
    return bytes === null ? null : parseCommit(bytes);
  };
  const commit = commitOf(id);
  const parent = commit?.parents[0] === undefined ? null : commitOf(commit.parents[0]);
  if (commit === null || parent === null) return held;
  for (const { path, before, after } of treeChanges(objects, parent.tree, commit.tree, mostChanged) ?? []) {
    const file = corpus.byPath.get(path);
    if (file === undefined || before === null || after === null || only?.has(file) === false || !lines.knows(file))
      continue;
    const [old, fresh] = [objects.readKind(before.id, 'blob'), objects.readKind(after.id, 'blob')];
    if (old === null || fresh === null || fresh.length > largestBytes) continue;
    const known = new Set(linesOf(old.toString('utf8')));
    for (const line of linesOf(fresh.toString('utf8'))) {
      if (known.has(line)) continue;
      const holders = lines.holding(file, line);
      for (const key of holders) held.set(key, (held.get(key) ?? 0) + 1 / holders.length);
    }
  }
  return held;
}

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.length >= shortestLine);

/** Which functions hold a line, by file; read when first asked. */
class HeldLines {
  readonly #evidence: Evidence;
  readonly #keys: ReadonlyMap<number, readonly number[]>;
  readonly #files = new Map<number, ReadonlyMap<string, readonly number[]>>();

  constructor(evidence: Evidence, keys: readonly number[]) {
    this.#evidence = evidence;
    this.#keys = Map.groupBy(keys, fileOfKey);
  }

  knows(file: number): boolean {
    return this.#keys.has(file);
  }

  /** Keys of the functions; none when they are many. */
  holding(file: number, line: string): readonly number[] {
    const known = this.#files.get(file) ?? this.#read(file);
    this.#files.set(file, known);
    const found = known.get(line) ?? [];
    return found.length > mostHolders ? [] : found;
  }

  #read(file: number): Map<string, number[]> {
    const { corpus } = this.#evidence;
    const lines = new Map<string, number[]>();
    const record = corpus.files[file];
    const source = record === undefined ? null : corpus.snapshot.source(record);
    if (source?.kind !== 'source') return lines;
    const { symbols } = corpus.facts(file);
    for (const key of this.#keys.get(file) ?? []) {
      const symbol = symbols[symbolOfKey(key)];
      if (symbol === undefined || !isCallable(symbol.kind)) continue;
      const { start, end } = symbol.span;
      const text = decodeUtf8(source.bytes, start, Math.min(end, start + longestFunction, source.bytes.length));
      for (const line of new Set(linesOf(text))) {
        const holders = lines.get(line);
        if (holders === undefined) lines.set(line, [symbolKey(file, symbolOfKey(key))]);
        else holders.push(key);
      }
    }
    return lines;
  }
}

/** The last commits to each of some files. */
function lastChanges(
  { corpus }: Evidence,
  history: History,
  wanted: readonly number[],
): { readonly at: number; readonly files: ReadonlySet<number> }[] {
  const left = new Map(wanted.map((file) => [file, perFile]));
  const fileOf = history.paths.map((path) => corpus.byPath.get(path) ?? -1);
  const found: { at: number; files: Set<number> }[] = [];
  for (let at = 0; at < Math.min(history.count, lookedThrough) && found.length < mostRecent; at++) {
    const changed = history.filesOf(at);
    if (changed.length > mostFilesRecent) continue;
    const files = new Set<number>();
    for (const path of changed) if ((left.get(fileOf[path] as number) ?? 0) > 0) files.add(fileOf[path] as number);
    for (const file of files) left.set(file, (left.get(file) as number) - 1);
    if (files.size > 0) found.push({ at, files });
  }
  return found;
}
