/**
 * From comparisons to figures: shares with intervals, by kind of site and by what the guess rests on.
 *
 * Values of one project resemble each other, so whole projects are drawn again, not single values. A share is that of all values of the projects drawn.
 */
import type { GuessSource, GuessType, MissingKind, SeenValue } from '../../run/mod.ts';
import { type Estimate, estimate } from '../interval.ts';
import { type BaselineKind, baselineKinds, type Guess } from './fidelitybaselines.ts';
import type { Words } from './fidelitymatch.ts';

/**
 * `type`, `truth`, `size`: a real run had it there. An object of a project's own class that extends a container is an instance of a class that is not known and a
 * container: either is right for `type`, and for `strict` the container alone. `usual`: it is the type seen most often there, by the strict reading.
 */
export const fidelityMeasures = ['type', 'strict', 'usual', 'truth', 'size'] as const;
export type FidelityMeasure = (typeof fidelityMeasures)[number];

/** 1, 0, or a chance between; null: the recording does not tell. */
export type Hits = Readonly<Record<FidelityMeasure, number | null>>;

/** An injected value beside what was recorded at its site. */
export interface Comparison {
  readonly project: string;
  /** `path:Qualified.name` */
  readonly function: string;
  readonly kind: MissingKind;
  readonly what: string;
  readonly line: number;
  readonly injected: Words;
  readonly source: GuessSource;
  readonly why: readonly string[];
  readonly recorded: readonly SeenValue[];
  readonly hits: Hits;
  readonly baselines: Readonly<Record<BaselineKind, Hits>>;
}

export interface FidelityScores {
  readonly values: number;
  readonly measures: Readonly<Record<FidelityMeasure, Estimate | null>>;
  readonly baselines: Readonly<Record<BaselineKind, Readonly<Record<FidelityMeasure, Estimate | null>>>>;
  readonly kinds: Readonly<
    Record<
      string,
      {
        readonly values: number;
        readonly type: Estimate | null;
        readonly baselines: Readonly<Record<BaselineKind, number | null>>;
      }
    >
  >;
  readonly sources: Readonly<Record<string, { readonly values: number; readonly type: number | null }>>;
  readonly projects: Readonly<Record<string, { readonly values: number; readonly type: number | null }>>;
}

/** How a guess does where this was seen. */
export function hitsOf(guesses: readonly Guess[], seen: readonly SeenValue[]): Hits {
  const usual = [...totals(seen)].sort((a, b) => b[1] - a[1])[0]?.[0];
  const share = (isHit: (words: Words) => boolean): number =>
    guesses.reduce((sum, guess) => sum + (isHit(guess.words) ? guess.share : 0), 0);
  const truths = new Set(seen.flatMap(({ truth }) => truth ?? []));
  return {
    type: share(({ type }) => seen.some((one) => one.type === type || (type === 'instance' && isOwnContainer(one)))),
    strict: share(({ type }) => seen.some((one) => one.type === type)),
    usual: share(({ type }) => type === usual),
    truth: truths.size === 0 ? null : share(({ truth }) => truth !== null && truths.has(truth)),
    size: share(({ size }) => seen.some((one) => one.size === size)),
  };
}

const containers: ReadonlySet<GuessType> = new Set([
  'list',
  'tuple',
  'set',
  'mapping',
  'iterator',
  'file',
  'awaitable',
]);

/** Modules of the interpreter's own library with classes that extend containers. */
const library =
  /^(_|array|asyncio|codecs|collections|concurrent|configparser|contextlib|csv|email|http|importlib|inspect|io|itertools|json|logging|multiprocessing|os|queue|random|shelve|socket|ssl|string|sys|tempfile|threading|time|types|typing|unittest|urllib|weakref|xml|zipfile)\b/;

/** A class with a module is no built-in; one outside of the library is somebody's own. */
const isOwnContainer = ({ type, own }: SeenValue): boolean =>
  containers.has(type) && own.includes('.') && !library.test(own);

function totals(seen: readonly SeenValue[]): Map<GuessType, number> {
  const counts = new Map<GuessType, number>();
  for (const { type, count } of seen) counts.set(type, (counts.get(type) ?? 0) + count);
  return counts;
}

export function scoresOf(rows: readonly Comparison[], seed: number): FidelityScores {
  const by = <Key extends string>(key: (row: Comparison) => Key): [Key, Comparison[]][] =>
    [...Map.groupBy(rows, key)].sort((a, b) => b[1].length - a[1].length);
  const measured = (hits: (row: Comparison) => Hits) =>
    record(fidelityMeasures, (measure) => shareOf(rows, (row) => hits(row)[measure], seed));
  return {
    values: rows.length,
    measures: measured((row) => row.hits),
    baselines: record(baselineKinds, (kind) => measured((row) => row.baselines[kind])),
    kinds: Object.fromEntries(
      by((row) => row.kind).map(([kind, some]) => [
        kind,
        {
          values: some.length,
          type: shareOf(some, (row) => row.hits.type, seed),
          baselines: record(baselineKinds, (one) => meanOf(some, (row) => row.baselines[one].type)),
        },
      ]),
    ),
    sources: plain(by((row) => row.source)),
    projects: plain(by((row) => row.project)),
  };
}

const plain = (groups: readonly [string, readonly Comparison[]][]) =>
  Object.fromEntries(
    groups.map(([key, some]) => [key, { values: some.length, type: meanOf(some, ({ hits }) => hits.type) }]),
  );

function record<Key extends string, Value>(keys: readonly Key[], value: (key: Key) => Value): Record<Key, Value> {
  return Object.fromEntries(keys.map((key) => [key, value(key)])) as Record<Key, Value>;
}

function meanOf(rows: readonly Comparison[], hit: (row: Comparison) => number | null): number | null {
  const hits = rows.map(hit).filter((one) => one !== null);
  return hits.length === 0 ? null : hits.reduce((sum, one) => sum + one, 0) / hits.length;
}

/** Share of all values, with an interval from drawing whole projects. */
export function shareOf<Row extends { readonly project: string }>(
  rows: readonly Row[],
  hit: (row: Row) => number | null,
  seed: number,
): Estimate | null {
  const sums = [...Map.groupBy(rows, ({ project }) => project).values()].map((some) => {
    const hits = some.map(hit).filter((one) => one !== null);
    return [hits.reduce((sum, one) => sum + one, 0), hits.length] as const;
  });
  const known = sums.filter(([, n]) => n > 0);
  if (known.length === 0) return null;
  const pooled = (drawn: Float64Array): number => {
    let [right, all] = [0, 0];
    for (const at of drawn) {
      right += known[at]?.[0] ?? 0;
      all += known[at]?.[1] ?? 0;
    }
    return right / all;
  };
  const found = estimate(
    known.map((_, at) => at),
    pooled,
    { seed },
  );
  return { ...found, n: known.reduce((sum, [, n]) => sum + n, 0) };
}

/** Recorded type → injected type → what the guess rested on → how often. A site with several types goes by that seen most often, or by the one that was hit. */
export function confusionOf(rows: readonly Comparison[]): Record<string, Record<string, Record<string, number>>> {
  const table: Record<string, Record<string, Record<string, number>>> = {};
  for (const { injected, recorded, hits, source } of rows) {
    const usual = [...totals(recorded)].sort((a, b) => b[1] - a[1])[0]?.[0];
    const right = hits.type === 1 ? injected.type : (usual ?? 'none');
    table[right] ??= {};
    const row = table[right];
    row[injected.type] ??= {};
    const cell = row[injected.type] as Record<string, number>;
    cell[source] = (cell[source] ?? 0) + 1;
  }
  return table;
}
