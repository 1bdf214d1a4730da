/**
 * Code Style Similarity: how alike two pieces of code are written, whatever they do.
 *
 * ReCo (Li et al. 2024, arXiv:2401.04514), by its reference implementation, three parts and their mean:
 *
 *     names, calls   for each name of the one side its nearest of the other (1 − edit distance / longer length), averaged by the names' weights;
 *                    the lesser of both directions. A name's weight is ln(all / its own) of occurrences over all codes compared.
 *     structure      1 − tree edit distance / nodes of the larger tree
 *
 * A part that one side has nothing for is left out of the mean. Where all weights of a side are 0, its names count alike (the
 * reference divides by 0). Trees that would take too long to compare have no structure, and the report counts them.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { WinnowError } from '../base/mod.ts';
import { createStyleReader, type StyleFacts } from '../code/mod.ts';
import { loadGrammarFile } from '../index/mod.ts';
import { textOf } from './beir.ts';
import { extensionOf } from './corpusfiles.ts';
import { type Estimate, estimateAll } from './interval.ts';
import { type BenchProgress, stopIfCancelled } from './progress.ts';
import { readObjects } from './tablerows.ts';
import { treeDistance, treeDistanceWork } from './treedistance.ts';

export const styleParts = ['names', 'calls', 'structure'] as const;
export type StylePart = (typeof styleParts)[number];

/** Cells of the tree distance's tables that are filled: some five seconds. Two functions of 300 nodes take 10 million. */
const mostWork = 1e9;
/** Pairs of nodes, each with a distance in memory: 100 MB. */
const mostNodePairs = 25e6;

export interface StyleOptions {
  /** A file, a directory, or alone a file of pairs (JSON lines). */
  readonly left: string;
  /** `null`: `left` has pairs. */
  readonly right: string | null;
  /** Seed of the bootstrap, default 1. */
  readonly seed?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((step: BenchProgress) => void) | undefined;
}

export interface StylePair {
  readonly id: string;
  readonly language: string;
  /** 0 to 1; `null` where a side has none, or trees are too large. */
  readonly names: number | null;
  readonly calls: number | null;
  readonly structure: number | null;
  /** The mean of the parts there are; `null` without any. */
  readonly similarity: number | null;
}

export interface StyleReport {
  readonly seed: number;
  readonly pairs: readonly StylePair[];
  /** Pairs that could not be compared, by reason. */
  readonly leftOut: Readonly<Record<'one side only' | 'not code with a grammar' | 'two languages', number>>;
  /** Pairs whose trees are too large to compare. */
  readonly tooLarge: number;
  /** Over pairs that have the part. */
  readonly scores: Readonly<Record<StylePart | 'similarity', Estimate | null>>;
}

interface Side {
  readonly path: string;
  readonly bytes: Uint8Array;
}

interface Given {
  readonly id: string;
  readonly left: Side;
  readonly right: Side;
}

/** By how many characters put in, taken out or changed two names differ; 1 for equal ones, 0 for names without anything in common. */
export function nameLikeness(one: string, other: string): number {
  const [a, b] = [[...one], [...other]];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (const [i, letter] of a.entries()) {
    const next = [i + 1];
    for (const [j, second] of b.entries())
      next.push(
        Math.min((row[j] as number) + (letter === second ? 0 : 1), (row[j + 1] as number) + 1, (next[j] as number) + 1),
      );
    row = next;
  }
  return 1 - (row[b.length] as number) / Math.max(a.length, b.length, 1);
}

/** Weights of names: rare ones tell more. @param lists names of each code, each once */
export function nameWeights(lists: readonly (readonly string[])[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of lists.flat()) counts.set(name, (counts.get(name) ?? 0) + 1);
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return new Map([...counts].map(([name, count]) => [name, Math.log(all / count)]));
}

/** @returns `null` when a side has no names */
export function namesLikeness(
  one: readonly string[],
  other: readonly string[],
  weights: ReadonlyMap<string, number>,
): number | null {
  if (one.length === 0 || other.length === 0) return null;
  const towards = (from: readonly string[], to: readonly string[]): number => {
    const given = from.map((name) => weights.get(name) ?? 0);
    const known = given.reduce((sum, weight) => sum + weight, 0);
    const whole = known === 0 ? from.length : known;
    const same = new Set(to);
    const best = from.map((name) =>
      same.has(name) ? 1 : to.reduce((most, second) => Math.max(most, nameLikeness(name, second)), 0),
    );
    return best.reduce((sum, likeness, at) => sum + likeness * (known === 0 ? 1 : (given[at] as number)), 0) / whole;
  };
  return Math.min(towards(one, other), towards(other, one));
}

/** @returns `null` when comparing would take too long */
export function structureLikeness(one: StyleFacts['shape'], other: StyleFacts['shape']): number | null {
  const [nodes, others] = [one.kinds.length, other.kinds.length];
  if (isSameShape(one, other)) return 1;
  if (nodes * others > mostNodePairs || treeDistanceWork(one, other) > mostWork) return null;
  return 1 - treeDistance(one, other) / Math.max(nodes, others, 1);
}

function isSameShape(one: StyleFacts['shape'], other: StyleFacts['shape']): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/**
 * Compares pair by pair.
 *
 * @throws WinnowError `bad-usage` when the sides are not of one sort or nothing is to compare, `bad-data` (file:line), `path-not-found`, `cancelled`
 */
export async function benchStyle(options: StyleOptions): Promise<StyleReport> {
  const { seed = 1 } = options;
  const { given, oneSided } = await pairsOf(options);
  const reader = await createStyleReader(loadGrammarFile);
  const leftOut = { 'one side only': oneSided, 'not code with a grammar': 0, 'two languages': 0 };
  const read: { readonly id: string; readonly left: StyleFacts; readonly right: StyleFacts }[] = [];
  for (const [done, { id, left, right }] of given.entries()) {
    stopIfCancelled(options.signal);
    options.onProgress?.({ label: 'reading code', done, total: given.length });
    const facts = [await reader.read(left.path, left.bytes), await reader.read(right.path, right.bytes)] as const;
    if (facts[0] === null || facts[1] === null) leftOut['not code with a grammar']++;
    else if (facts[0].language !== facts[1].language) leftOut['two languages']++;
    else read.push({ id, left: facts[0], right: facts[1] });
  }
  if (read.length === 0)
    throw new WinnowError(
      'bad-usage',
      `Expected code of one language on both sides, in a language with a grammar; there is none.`,
    );
  const weightsOf = (names: (facts: StyleFacts) => readonly string[]): Map<string, number> =>
    nameWeights(read.flatMap(({ left, right }) => [names(left), names(right)]));
  const ofVariables = weightsOf(({ variables }) => variables);
  const ofCalls = weightsOf(({ calls }) => calls);
  const pairs: StylePair[] = [];
  let tooLarge = 0;
  for (const [done, { id, left, right }] of read.entries()) {
    // A pair takes seconds at most; between two of them signals are heard and progress is drawn.
    await setImmediate();
    stopIfCancelled(options.signal);
    options.onProgress?.({ label: 'comparing', done, total: read.length });
    const names = namesLikeness(left.variables, right.variables, ofVariables);
    const calls = namesLikeness(left.calls, right.calls, ofCalls);
    const structure = structureLikeness(left.shape, right.shape);
    if (structure === null) tooLarge++;
    const parts = [names, calls, structure].filter((part) => part !== null);
    const similarity = parts.length === 0 ? null : parts.reduce((sum, part) => sum + part, 0) / parts.length;
    pairs.push({ id, language: left.language, names, calls, structure, similarity });
  }
  const scoreOf = (part: StylePart | 'similarity'): Estimate | null => {
    const values = pairs.flatMap((pair) => pair[part] ?? []);
    return values.length === 0
      ? null
      : estimateAll(
          values.map((value) => ({ value })),
          ['value'],
          { seed },
        ).value;
  };
  return {
    seed,
    pairs,
    leftOut,
    tooLarge,
    scores: {
      names: scoreOf('names'),
      calls: scoreOf('calls'),
      structure: scoreOf('structure'),
      similarity: scoreOf('similarity'),
    },
  };
}

async function pairsOf({ left, right }: StyleOptions): Promise<{ given: Given[]; oneSided: number }> {
  if (right === null) {
    if (kindOf(left) === 'directory')
      throw new WinnowError(
        'bad-usage',
        `${left} is a directory: give the one to compare it with too. Alone goes a file of pairs.`,
      );
    return { given: await readPairs(left), oneSided: 0 };
  }
  const [one, other] = [kindOf(left), kindOf(right)];
  if (one !== other)
    throw new WinnowError(
      'bad-usage',
      `Expected two files or two directories; ${left} is a ${one} and ${right} a ${other}.`,
    );
  if (one === 'file')
    return { given: [{ id: left, left: sideOf(left, left), right: sideOf(right, right) }], oneSided: 0 };
  const [lefts, rights] = [filesBelow(left), new Set(filesBelow(right))];
  const both = lefts.filter((file) => rights.has(file));
  return {
    given: both.map((file) => ({
      id: file,
      left: sideOf(file, join(left, file)),
      right: sideOf(file, join(right, file)),
    })),
    oneSided: lefts.length + rights.size - 2 * both.length,
  };
}

/** @throws WinnowError `path-unreadable` */
function sideOf(path: string, file: string): Side {
  try {
    return { path, bytes: readFileSync(file) };
  } catch (cause) {
    throw new WinnowError('path-unreadable', `Cannot read ${file}: ${(cause as Error).message}.`, { cause });
  }
}

function kindOf(path: string): 'file' | 'directory' {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined)
    throw new WinnowError('path-not-found', `Expected a file or a directory at ${path}; there is none.`);
  return stats.isDirectory() ? 'directory' : 'file';
}

/** Relative paths, forward slashes, sorted; links are not followed, hidden directories left out. */
function filesBelow(dir: string, below = ''): string[] {
  return readdirSync(join(dir, below), { withFileTypes: true })
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) return entry.name.startsWith('.') ? [] : filesBelow(dir, path);
      return entry.isFile() && extname(entry.name) !== '' ? [path] : [];
    });
}

/** `{"id": …, "left": code, "right": code, "language": "python"}` on each line. */
async function readPairs(path: string): Promise<Given[]> {
  const given: Given[] = [];
  for await (const { row, line } of readObjects(path)) {
    const language = textOf(row, 'language', path, line);
    const extension = extensionOf(language);
    if (extension === null)
      throw new WinnowError(
        'bad-data',
        `${path}:${line}: expected a language that is known; came ${JSON.stringify(language)}.`,
      );
    const side = (key: string): Side => ({ path: `x.${extension}`, bytes: Buffer.from(textOf(row, key, path, line)) });
    given.push({ id: typeof row.id === 'string' ? row.id : String(line), left: side('left'), right: side('right') });
  }
  return given;
}
