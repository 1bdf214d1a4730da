/** Functions of Cypher: those of one row, and those over many. */
import { lengthOf, sliceOf, splitBy } from './characters.ts';
import { labelOf, typeOf } from './schema.ts';
import { compareValues, isEdge, isList, isNode, isPath, type Value } from './values.ts';
import type { World } from './world.ts';

type Scalar = {
  readonly least: number;
  readonly most: number;
  /** @param refused makes the error of a call that asks for too much, shown where it stands */
  readonly apply: (world: World, args: readonly Value[], refused: (message: string) => Error) => Value;
};

const onText = (apply: (text: string) => Value): Scalar => ({
  least: 1,
  most: 1,
  apply: (_, [value = null]) => (typeof value === 'string' ? apply(value) : null),
});

const onNumber = (apply: (value: number) => number): Scalar => ({
  least: 1,
  most: 1,
  apply: (_, [value = null]) => (typeof value === 'number' ? apply(value) : null),
});

const onValue = (apply: (value: Value, world: World) => Value): Scalar => ({
  least: 1,
  most: 1,
  apply: (world, [value = null]) => (value === null ? null : apply(value, world)),
});

/** Items that `range` may make: more is no question about code. */
const longestRange = 10_000;

export const scalarFunctions: Readonly<Record<string, Scalar>> = {
  tolower: onText((text) => text.toLowerCase()),
  toupper: onText((text) => text.toUpperCase()),
  lower: onText((text) => text.toLowerCase()),
  upper: onText((text) => text.toUpperCase()),
  trim: onText((text) => text.trim()),
  tointeger: onValue((value) => whole(value, Math.trunc)),
  tofloat: onValue((value) => whole(value, (number) => number)),
  tostring: onValue((value) => (isScalar(value) ? String(value) : null)),
  abs: onNumber(Math.abs),
  round: onNumber(Math.round),
  floor: onNumber(Math.floor),
  ceil: onNumber(Math.ceil),
  sqrt: onNumber(Math.sqrt),
  sign: onNumber(Math.sign),
  size: onValue(sizeOf),
  length: onValue((value) => (isPath(value) ? value.edges.length : sizeOf(value))),
  head: onValue((value) => (isList(value) ? (value[0] ?? null) : null)),
  last: onValue((value) => (isList(value) ? (value.at(-1) ?? null) : null)),
  tail: onValue((value) => (isList(value) ? value.slice(1) : null)),
  reverse: onValue((value) =>
    isList(value) ? [...value].reverse() : typeof value === 'string' ? [...value].reverse().join('') : null,
  ),
  nodes: onValue((value) => (isPath(value) ? value.nodes : null)),
  relationships: onValue((value) => (isPath(value) ? value.edges : null)),
  startnode: onValue((value) => (isEdge(value) ? { kind: 'node', id: value.from } : null)),
  endnode: onValue((value) => (isEdge(value) ? { kind: 'node', id: value.to } : null)),
  type: onValue((value) => (isEdge(value) ? typeOf(value.type) : null)),
  labels: onValue((value, world) => (isNode(value) ? [labelOf(world.graph.node(value.id).kind)] : null)),
  id: onValue((value, world) => (isNode(value) ? world.nodeProperty(value.id, 'id') : null)),
  elementid: onValue((value, world) => (isNode(value) ? world.nodeProperty(value.id, 'id') : null)),
  exists: onValue(() => true),
  coalesce: { least: 1, most: 64, apply: (_, args) => args.find((value) => value !== null) ?? null },
  split: {
    least: 2,
    most: 2,
    apply: (_, [text = null, by = null]) =>
      typeof text === 'string' && typeof by === 'string' ? splitBy(text, by) : null,
  },
  replace: {
    least: 3,
    most: 3,
    apply: (_, [text = null, from = null, to = null]) =>
      typeof text === 'string' && typeof from === 'string' && typeof to === 'string' ? text.replaceAll(from, to) : null,
  },
  substring: {
    least: 2,
    most: 3,
    apply: (_, [text = null, start = null, length = null]) => {
      if (typeof text !== 'string' || typeof start !== 'number') return null;
      return sliceOf(text, start, typeof length === 'number' ? start + length : undefined);
    },
  },
  left: {
    least: 2,
    most: 2,
    apply: (_, [text = null, n = null]) =>
      typeof text === 'string' && typeof n === 'number' ? sliceOf(text, 0, Math.max(0, n)) : null,
  },
  right: {
    least: 2,
    most: 2,
    apply: (_, [text = null, n = null]) =>
      typeof text === 'string' && typeof n === 'number' ? sliceOf(text, Math.max(0, lengthOf(text) - n)) : null,
  },
  range: {
    least: 2,
    most: 3,
    apply: (_, [from = null, to = null, step = 1], refused) => {
      if (typeof from !== 'number' || typeof to !== 'number' || typeof step !== 'number' || step === 0) return null;
      const count = Math.floor((to - from) / step) + 1;
      if (count > longestRange) {
        throw refused(`range() may give at most ${longestRange} numbers, this one gives ${count}.`);
      }
      return Array.from({ length: Math.max(0, count) }, (_unused, i) => from + i * step);
    },
  },
};

function sizeOf(value: Value): number | null {
  if (typeof value === 'string') return lengthOf(value);
  return isList(value) ? value.length : null;
}

const isScalar = (value: Value): boolean => ['string', 'number', 'boolean'].includes(typeof value);

function whole(value: Value, apply: (number: number) => number): Value {
  if (typeof value !== 'number' && typeof value !== 'string') return null;
  const number = typeof value === 'string' && value.trim() === '' ? Number.NaN : Number(value);
  return Number.isFinite(number) ? apply(number) : null;
}

/** What one aggregate knows of the rows so far. */
export interface Tally {
  /** Whether each value is kept until the end. */
  readonly holds: boolean;
  add(value: Value): void;
  result(): Value;
}

/** Over the rows of a group; nulls are left out before. */
export const aggregateFunctions: Readonly<Record<string, () => Tally>> = {
  count: () => {
    let count = 0;
    return {
      holds: false,
      add: () => {
        count++;
      },
      result: () => count,
    };
  },
  collect: () => {
    const values: Value[] = [];
    return { holds: true, add: (value) => values.push(value), result: () => values };
  },
  sum: () => overNumbers((sum) => sum),
  avg: () => overNumbers((sum, count) => (count === 0 ? null : sum / count)),
  min: () => extreme(-1),
  max: () => extreme(1),
};

function overNumbers(result: (sum: number, count: number) => Value): Tally {
  let sum = 0;
  let count = 0;
  return {
    holds: false,
    add: (value) => {
      if (typeof value !== 'number') return;
      sum += value;
      count++;
    },
    result: () => result(sum, count),
  };
}

function extreme(sign: number): Tally {
  let best: Value = null;
  return {
    holds: false,
    add: (value) => {
      if (best === null || compareValues(value, best) * sign > 0) best = value;
    },
    result: () => best,
  };
}
