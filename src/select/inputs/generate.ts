/**
 * Inputs from what is known of parameters: a value of a kind, small first and larger later, with what is awkward among them (nothing, zero, empty, equal elements, sorted ones, the program's own literals).
 *
 * After QuickCheck (Claessen and Hughes 2000): values are drawn by type, under a size that grows.
 */
import type { Random } from '../../base/mod.ts';
import { near, type Pool, pick } from './mutate.ts';
import { type Arguments, boolean, float, integer, none, text, type Value } from './value.ts';

/** Of a parameter or a part of one. Several: any of them. */
export interface Kind {
  readonly kind: string;
  /** Elements, or values of a mapping. */
  readonly of?: readonly Kind[];
  /** Parts of a tuple, one each; keys of a mapping. */
  readonly parts?: readonly (readonly Kind[])[];
  readonly keys?: readonly Kind[];
  /** Of a mapping whose keys are known. */
  readonly fields?: Readonly<Record<string, readonly Kind[]>>;
  /** The values there are: `Literal['a', 'b']`. */
  readonly values?: readonly Value[];
}

export interface Parameter {
  readonly name: string;
  /** Who says of what kind it is: an annotation, calls of tests and examples, or how it is used. */
  readonly from: 'hint' | 'test' | 'use';
  /** None: nothing is known, and anything may come. */
  readonly kinds: readonly Kind[];
}

/** Kinds of known values, the parts of lists taken together. */
export function kindsOf(values: readonly Value[]): readonly Kind[] {
  const found = new Map<string, Value[]>();
  for (const one of values) {
    const key = one.kind === 'tuple' ? `tuple ${one.items.length}` : one.kind;
    found.set(key, [...(found.get(key) ?? []), one]);
  }
  return [...found.values()].map((alike): Kind => {
    const [{ kind }] = alike as [Value];
    const items = alike.map((one) => ('items' in one ? one.items : []));
    if (kind === 'tuple')
      return { kind, parts: (items[0] ?? []).map((_, at) => kindsOf(items.flatMap((one) => one[at] ?? []))) };
    if (kind === 'list' || kind === 'set') return { kind, of: kindsOf(items.flat()) };
    if (kind !== 'mapping') return { kind };
    const pairs = alike.flatMap((one) => ('pairs' in one ? one.pairs : []));
    const fields = fieldsOf(alike);
    if (fields !== null) return { kind, fields };
    return { kind, keys: kindsOf(pairs.map(([key]) => key)), of: kindsOf(pairs.map(([, one]) => one)) };
  });
}

/** Keys that all have, and whose values are of several kinds: a record, and no table. */
function fieldsOf(mappings: readonly Value[]): Record<string, readonly Kind[]> | null {
  const fields = new Map<string, Value[]>();
  for (const one of mappings)
    for (const [key, value] of 'pairs' in one ? one.pairs : []) {
      if (key.kind !== 'text') return null;
      fields.set(key.value, [...(fields.get(key.value) ?? []), value]);
    }
  const kinds = [...fields.values()].map((values) => kindsOf(values));
  const isRecord = new Set(kinds.map((one) => JSON.stringify(one))).size > 1;
  if (!isRecord || [...fields.values()].some((values) => values.length !== mappings.length)) return null;
  return Object.fromEntries([...fields.keys()].map((key, at) => [key, kinds[at] as readonly Kind[]]));
}

/** Kinds with what is not known of their parts taken from others: `P[]` is a list, and inputs that are known say of what. */
export const filled = (kinds: readonly Kind[], seen: readonly Kind[]): readonly Kind[] =>
  kinds.length === 0
    ? seen
    : kinds.map((one) => {
        const like = seen.find(({ kind }) => kind === one.kind);
        if (like === undefined || one.parts !== undefined || one.fields !== undefined || one.values !== undefined)
          return one;
        if ((one.of ?? []).length === 0) return { ...like, ...(one.keys === undefined ? {} : { keys: one.keys }) };
        return { ...one, of: filled(one.of ?? [], like.of ?? []) };
      });

/** A draw takes a literal of the programs this often, where there is one. */
const ownLiteral = 0.25;
/** A list or text has as many parts as a number of the programs says, or one more or less, this often: `len(xs) > 5` turns there. */
const ownLength = 0.2;
const mostLength = 64;
/** Lists within lists within lists of such a length are large, and tell no more. */
const deepestLength = 1;
/** Of parameters of which nothing is known. */
const anything: readonly Kind[] = [{ kind: 'integer' }, { kind: 'text' }, { kind: 'list', of: [{ kind: 'integer' }] }];
const deepest = 4;

/** @param size elements of a list and digits of a number grow with it, ≥ 0 @param literals of the programs */
export const drawnArguments = (
  parameters: readonly Parameter[],
  literals: Pool,
  size: number,
  dice: Random,
): Arguments => parameters.map(({ kinds }) => drawn(kinds, literals, size, 0, dice));

function drawn(kinds: readonly Kind[], literals: Pool, size: number, depth: number, dice: Random): Value {
  const kind = pick(kinds.length === 0 ? anything : kinds, dice);
  if (kind.values !== undefined && kind.values.length > 0) return pick(kind.values, dice);
  const own = literals.get(kind.kind as Value['kind']) ?? [];
  if (own.length > 0 && dice.next() < ownLiteral) return near(pick(own, dice), dice);
  const some = (of: readonly Kind[] | undefined): Value[] => {
    const count = depth >= deepest ? 0 : (turning(literals, depth, dice) ?? dice.int(Math.min(size, 12) + 1));
    const items = Array.from({ length: count }, () => drawn(of ?? [], literals, size, depth + 1, dice));
    // Equal elements and runs are what programs stumble over, and are rare by chance.
    const at = dice.int(4);
    return at === 0 && items.length > 1 ? items.with(-1, items[0] as Value) : items;
  };
  switch (kind.kind) {
    case 'none':
      return none;
    case 'boolean':
      return boolean(dice.int(2) === 1);
    case 'integer':
      return integer(drawnInteger(size, dice));
    case 'float':
      return float(pick([0, 1, 0.5, -1, drawnInteger(size, dice) / pick([1, 2, 3, 10], dice)], dice));
    case 'text':
      return text(drawnText(turning(literals, depth, dice), size, dice));
    case 'bytes':
      return { kind: 'bytes', value: Array.from({ length: dice.int(size + 1) }, () => dice.int(256)) };
    case 'tuple':
      return {
        kind: 'tuple',
        items:
          kind.parts === undefined
            ? some(kind.of)
            : kind.parts.map((part) => drawn(part, literals, size, depth + 1, dice)),
      };
    case 'set':
      return { kind: 'set', items: distinct(some(kind.of)) };
    case 'mapping': {
      if (kind.fields !== undefined)
        return {
          kind: 'mapping',
          pairs: Object.entries(kind.fields).map(([key, one]) => [
            text(key),
            drawn(one, literals, size, depth + 1, dice),
          ]),
        };
      const keys = distinct(some(kind.keys ?? [{ kind: 'text' }]));
      return {
        kind: 'mapping',
        pairs: keys.map((key) => [key, drawn(kind.of ?? [], literals, size, depth + 1, dice)]),
      };
    }
    default:
      return { kind: 'list', items: some(kind.of) };
  }
}

/** Whole numbers: small ones mostly. */
function drawnInteger(size: number, dice: Random): number {
  const most = 1 + size * pick([1, 1, 2, 10], dice);
  return pick([0, 1, -1, 2, dice.int(most), dice.int(most), -dice.int(most)], dice);
}

const alphabets = ['ab', 'abcXYZ', 'aA1 ', '0123456789', 'a b,.-', '()[]{}', 'aé☃\n'];

/** A length at which a condition of the programs may turn; null: any will do. */
function turning(literals: Pool, depth: number, dice: Random): number | null {
  const lengths = (literals.get('integer') ?? []).flatMap((one) =>
    one.kind === 'integer' && one.value >= 0n && one.value <= mostLength ? [Number(one.value)] : [],
  );
  if (depth > deepestLength || lengths.length === 0 || dice.next() >= ownLength) return null;
  return Math.max(0, pick(lengths, dice) + pick([0, 1, -1], dice));
}

/** @param length exactly so many letters; null: small, growing with `size` */
function drawnText(length: number | null, size: number, dice: Random): string {
  const letters = [...pick(alphabets, dice)];
  const made = Array.from({ length: length ?? dice.int(size + 1) }, () => pick(letters, dice)).join('');
  if (length !== null) return made;
  const turned = dice.int(8);
  return turned === 0 ? made + [...made].reverse().join('') : turned === 1 ? `${made} ${made}` : made;
}

function distinct(items: readonly Value[]): Value[] {
  const seen = new Map(
    items
      .filter((one) => !('items' in one || 'pairs' in one))
      .map((one) => [JSON.stringify('value' in one ? `${one.value}` : one.kind), one]),
  );
  return [...seen.values()];
}
