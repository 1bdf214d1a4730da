/**
 * From signals to numbers that a linear ranker can weigh.
 *
 * A signal's size means little from one issue to the next; its share of the best and its rank mean the same
 * everywhere. Each signal gives both, and some how far the best stands out, which is how the ranker can trust
 * different signals for different issues. For functions, what is known of their files counts as well.
 */
import type { Collected } from './collect.ts';
import { scaled } from './collect.ts';
import { type FileSignal, fileOfKey, fileSignals, type SymbolSignal, symbolSignals } from './evidence.ts';

/** Rows of numbers, one per candidate. */
export interface Table {
  readonly columns: readonly string[];
  /** `columns.length` numbers per candidate, one after another. */
  readonly values: Float64Array;
}

const plainFile: ReadonlySet<FileSignal> = new Set([
  'packageFile',
  'vendored',
  'auxiliary',
  'ran',
  'ranLast',
  'ranRare',
  'ranFrame',
]);
/** Signals for which the gap between the first and the second is a feature. */
const sharpFile: readonly FileSignal[] = [
  'textTop',
  'titleTop',
  'namesProse',
  'namesCode',
  'frame',
  'pathMention',
  'historyProfile',
  'historyMax',
  'testName',
  'literal',
  'basename',
  'convention',
];

export const fileColumns: readonly string[] = [
  ...fileSignals.flatMap((signal) => (plainFile.has(signal) ? [signal] : [`${signal} share`, `${signal} rank`])),
  ...sharpFile.map((signal) => `${signal} sharp`),
];

/** @param candidates files */
export function fileTable({ evidence, candidates }: Collected): Table {
  const values = new Float64Array(candidates.length * fileColumns.length);
  const width = fileColumns.length;
  let column = 0;
  for (const signal of fileSignals) {
    const raw = evidence.files(signal);
    if (plainFile.has(signal)) {
      for (const [row, file] of candidates.entries()) values[row * width + column] = raw[file] as number;
      column++;
      continue;
    }
    const share = scaled(raw);
    const ranks = rankOf(raw, 3);
    for (const [row, file] of candidates.entries()) {
      values[row * width + column] = share[file] as number;
      values[row * width + column + 1] = ranks[file] as number;
    }
    column += 2;
  }
  for (const signal of sharpFile) {
    const share = scaled(evidence.files(signal));
    const gap = 1 - secondOf(share);
    for (const [row, file] of candidates.entries()) values[row * width + column] = (share[file] as number) * gap;
    column++;
  }
  return { columns: fileColumns, values };
}

/** 1 for the largest, less for each that is larger; 0 for 0. Equal values rank alike. */
function rankOf(values: ArrayLike<number>, half: number): Float64Array {
  const order: number[] = [];
  for (let at = 0; at < values.length; at++) if ((values[at] as number) > 0) order.push(at);
  order.sort((a, b) => (values[b] as number) - (values[a] as number));
  const ranks = new Float64Array(values.length);
  let rank = 0;
  for (const [place, at] of order.entries()) {
    if (place > 0 && values[at] !== values[order[place - 1] as number]) rank = place;
    ranks[at] = 1 / (1 + rank / half);
  }
  return ranks;
}

function secondOf(share: Float64Array): number {
  let first = 0;
  let second = 0;
  for (const value of share) {
    if (value > first) {
      second = first;
      first = value;
    } else if (value > second) second = value;
  }
  return second;
}

const plainSymbol: ReadonlySet<SymbolSignal> = new Set([
  'length',
  'special',
  'member',
  'ran',
  'ranLast',
  'ranRare',
  'ranFrame',
]);
const withinFile = ['text', 'name', 'prose'] as const;
const timesFile = ['text', 'namesProse', 'namesCode', 'callee', 'literal'] as const;

export const symbolColumns: readonly string[] = [
  ...symbolSignals.flatMap((signal) => (plainSymbol.has(signal) ? [signal] : [`${signal} share`, `${signal} rank`])),
  'file probability',
  'file log',
  'file rank',
  'file first',
  'file in five',
  ...withinFile.flatMap((signal) => [`${signal} within`, `${signal} within, by file`]),
  ...timesFile.map((signal) => `${signal} by file`),
];

/** What the ranker of files said of a symbol's file. */
export interface FileStanding {
  readonly probability: number;
  /** Score minus that of the best, ≤ 0. */
  readonly behind: number;
  /** 0 for the best file. */
  readonly rank: number;
}

/** @param scores by the ranker of files, beside `files` */
export function fileStandings(files: readonly number[], scores: Float64Array): Map<number, FileStanding> {
  const shares = probabilities(scores);
  const order = [...scores.keys()].sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b);
  const top = scores[order[0] ?? 0] ?? 0;
  return new Map(
    order.map((row, rank) => [
      files[row] as number,
      { probability: shares[row] as number, behind: (scores[row] as number) - top, rank },
    ]),
  );
}

/** Softmax. */
export function probabilities(scores: Float64Array): Float64Array {
  const top = scores.reduce((max, score) => Math.max(max, score), Number.NEGATIVE_INFINITY);
  const raised = scores.map((score) => Math.exp(score - top));
  const sum = raised.reduce((total, value) => total + value, 0);
  return raised.map((value) => value / sum);
}

const noStanding: FileStanding = { probability: 0, behind: Number.NEGATIVE_INFINITY, rank: 1_000 };

/** @param standings by file; `null` leaves the columns about files empty, for `fillStandings` */
export function symbolTable(
  { evidence }: Collected,
  keys: readonly number[],
  standings: ReadonlyMap<number, FileStanding> | null,
): Table {
  const width = symbolColumns.length;
  const values = new Float64Array(keys.length * width);
  let column = 0;
  for (const signal of symbolSignals) {
    const of = evidence.symbols(signal);
    const raw = Float64Array.from(keys, (key) => of.get(key) ?? 0);
    const share = scaled(raw);
    const ranks = plainSymbol.has(signal) ? null : rankOf(raw, 5);
    for (let row = 0; row < keys.length; row++) {
      values[row * width + column] = share[row] as number;
      if (ranks !== null) values[row * width + column + 1] = ranks[row] as number;
    }
    column += ranks === null ? 1 : 2;
  }
  const files = keys.map(fileOfKey);
  for (const signal of withinFile) {
    const ranks = ranksWithin(files, columnOf(values, `${signal} share`));
    const at = symbolColumns.indexOf(`${signal} within`);
    for (const [row, rank] of ranks.entries()) values[row * width + at] = rank;
  }
  if (standings !== null) fillStandings(values, files, standings);
  return { columns: symbolColumns, values };
}

/** Writes the columns that depend on what the ranker of files said. @param files of the rows */
export function fillStandings(
  values: Float64Array,
  files: readonly number[],
  standings: ReadonlyMap<number, FileStanding>,
): void {
  const width = symbolColumns.length;
  const own = symbolColumns.indexOf('file probability');
  const products = symbolColumns.flatMap((column, at) => {
    const by = /^(.*?)(?: within, by file| by file)$/.exec(column)?.[1];
    if (by === undefined) return [];
    const from = symbolColumns.indexOf(column.endsWith('within, by file') ? `${by} within` : `${by} share`);
    return [{ at, from }];
  });
  for (const [row, file] of files.entries()) {
    const { probability, behind, rank } = standings.get(file) ?? noStanding;
    const first = row * width;
    values.set(
      [probability, Math.max(behind, -12) / 4, 1 / (1 + rank), rank < 1 ? 1 : 0, rank < 5 ? 1 : 0],
      first + own,
    );
    for (const { at, from } of products) values[first + at] = probability * (values[first + from] as number);
  }
}

function columnOf(values: Float64Array, name: string): Float64Array {
  const width = symbolColumns.length;
  const at = symbolColumns.indexOf(name);
  return Float64Array.from({ length: values.length / width }, (_, row) => values[row * width + at] as number);
}

function ranksWithin(files: readonly number[], share: Float64Array): Float64Array {
  const rows = new Map<number, number[]>();
  for (const [row, file] of files.entries()) {
    const known = rows.get(file);
    if (known === undefined) rows.set(file, [row]);
    else known.push(row);
  }
  const ranks = new Float64Array(files.length);
  for (const own of rows.values()) {
    own.sort((a, b) => (share[b] as number) - (share[a] as number));
    for (const [place, row] of own.entries()) if ((share[row] as number) > 0) ranks[row] = 1 / (1 + place);
  }
  return ranks;
}
