/** Values of Cypher at run time, how they compare, and the budget that every step is charged to. */
import type { EdgeKind } from '../../../index/mod.ts';

export interface NodeValue {
  readonly kind: 'node';
  readonly id: number;
}

/** All edges of one kind from one node to another, as one relationship; its sites are its properties. */
export interface EdgeValue {
  readonly kind: 'edge';
  readonly type: EdgeKind;
  readonly from: number;
  readonly to: number;
}

export interface PathValue {
  readonly kind: 'path';
  readonly nodes: readonly NodeValue[];
  readonly edges: readonly EdgeValue[];
}

export type Value = null | boolean | number | string | readonly Value[] | NodeValue | EdgeValue | PathValue;

export type Row = Map<string, Value>;

/** Thrown when the budget is used up; caught where the rows found so far are given. */
export class BudgetSpent extends Error {}

/** Steps between two looks at the clock: a look costs as much as some fifty steps. */
const stepsPerLook = 1024;

/** What ended: the time, the steps, or the room for rows and values that wait for the last one. */
export type Spent = 'time' | 'steps' | 'held';

/** Bounds what a query may cost. A step is an edge followed, a node tried or a row kept. */
export class Budget {
  readonly #deadline: number;
  readonly #signal: AbortSignal | undefined;
  #left: number;
  #untilLook = stepsPerLook;
  spent: Spent | null = null;

  constructor(milliseconds: number, steps: number, signal?: AbortSignal) {
    this.#deadline = performance.now() + milliseconds;
    this.#left = steps;
    this.#signal = signal;
  }

  /** @throws BudgetSpent */
  step(cost = 1): void {
    this.#left -= cost;
    if (this.#left < 0) this.stop('steps');
    this.#untilLook -= cost;
    if (this.#untilLook > 0) return;
    this.#untilLook = stepsPerLook;
    if (performance.now() > this.#deadline || this.#signal?.aborted === true) this.stop('time');
  }

  /** @throws BudgetSpent always */
  stop(reason: Spent): never {
    this.spent = reason;
    throw new BudgetSpent();
  }
}

export const isNode = (value: Value): value is NodeValue => isKind(value, 'node');
export const isEdge = (value: Value): value is EdgeValue => isKind(value, 'edge');
export const isPath = (value: Value): value is PathValue => isKind(value, 'path');
export const isList = (value: Value): value is readonly Value[] => Array.isArray(value);

const isKind = (value: Value, kind: string): boolean =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind;

const listSizes = new WeakMap<readonly Value[], number>();

/** What an item takes, in characters; nodes and relationships as they are printed, with ids and paths. */
const itemSize = 10;
const shownSize = 150;

/** Characters of texts and what items of lists take, all the way down. Lists are shared, so each is counted once and remembered: `[l, l]` over and over would double it. */
export function sizeOf(value: Value): number {
  if (typeof value === 'string') return value.length;
  if (isPath(value)) return value.nodes.length * 2 * shownSize;
  if (isNode(value) || isEdge(value)) return shownSize;
  if (!isList(value)) return itemSize;
  let size = listSizes.get(value);
  if (size === undefined) {
    size = value.reduce((sum: number, item) => sum + sizeOf(item), itemSize);
    listSizes.set(value, size);
  }
  return size;
}

/** One string for equal values, another for others: what grouping and DISTINCT go by. */
export function keyOf(value: Value): string {
  if (isList(value)) return `[${value.map(keyOf).join(',')}]`;
  if (isNode(value)) return `n${value.id}`;
  if (isEdge(value)) return `e${value.type} ${value.from} ${value.to}`;
  if (isPath(value)) return `p${value.nodes.map(keyOf).join('-')}|${value.edges.map(keyOf).join('-')}`;
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

/** @returns null when either is null: unknown */
export function equals(a: Value, b: Value): boolean | null {
  return a === null || b === null ? null : keyOf(a) === keyOf(b);
}

const ranks: Readonly<Record<string, number>> = { string: 3, boolean: 4, number: 5 };
const rankOf = (value: Value): number => (value === null ? 9 : isList(value) ? 2 : (ranks[typeof value] ?? 1));

/** A total order for ORDER BY: kinds apart, nulls last. */
export function compareValues(a: Value, b: Value): number {
  const rank = rankOf(a) - rankOf(b);
  if (rank !== 0) return rank;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (isList(a) && isList(b)) {
    for (let i = 0; i < Math.min(a.length, b.length); i++) {
      const order = compareValues(a[i] as Value, b[i] as Value);
      if (order !== 0) return order;
    }
    return a.length - b.length;
  }
  const [left, right] = typeof a === 'string' && typeof b === 'string' ? [a, b] : [keyOf(a), keyOf(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** `<` and its kin: only numbers with numbers and strings with strings compare. @returns null when they do not */
export function order(a: Value, b: Value): number | null {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  return null;
}
