/**
 * A known input with one to three changes: numbers move and flip, texts and lists lose, repeat, swap and reverse parts, and take values that other inputs hold.
 *
 * Types stay what they were, so that what a function was written for is kept.
 */
import type { Random } from '../../base/mod.ts';
import { type Arguments, boolean, float, integer, isRecord, text, type Value } from './value.ts';

/** One change in three takes a value that is known from elsewhere. */
const borrowing = 0.3;

/** @param pool values of other inputs and literals of programs, by their kind */
export function mutated(args: Arguments, pool: Pool, dice: Random): Arguments {
  const made = [...args];
  const changes = pick([1, 1, 2, 3], dice);
  for (let turn = 0; turn < changes && made.length > 0; turn++) {
    const at = dice.int(made.length);
    made[at] = changed(made[at] as Value, pool, dice);
  }
  return made;
}

/** Known values by their kind; `element`: those that stand in lists. */
export type Pool = ReadonlyMap<Value['kind'] | 'element', readonly Value[]>;

export function poolOf(values: Iterable<Value>): Pool {
  const pool = new Map<Value['kind'] | 'element', Value[]>();
  const add = (to: Value['kind'] | 'element', some: readonly Value[]): void => {
    pool.set(to, [...(pool.get(to) ?? []), ...some]);
  };
  for (const value of values) {
    add(value.kind, [value]);
    if ('items' in value) add('element', value.items);
  }
  return pool;
}

export const pick = <One>(of: readonly One[], dice: Random): One => of[dice.int(of.length)] as One;

/** A known value, or what lies beside it: where a condition turns. */
export function near(value: Value, dice: Random): Value {
  if (value.kind === 'integer') return integer(value.value + BigInt(pick([0, 0, 1, -1], dice)));
  if (value.kind === 'float') return float(value.value + pick([0, 0, 0.1, -0.1, 1, -1], dice));
  if (value.kind === 'text') return text(pick([value.value, value.value, `${value.value}a`, `a${value.value}`], dice));
  return value;
}

function changed(value: Value, pool: Pool, dice: Random): Value {
  const others = pool.get(value.kind) ?? [];
  if (others.length > 1 && dice.next() < borrowing) return near(pick(others, dice), dice);
  switch (value.kind) {
    case 'boolean':
      return boolean(!value.value);
    case 'integer': {
      const { value: it } = value;
      return integer(pick([it + 1n, it - 1n, -it, 0n, 1n, it * 2n, it / 2n, it + 10n], dice));
    }
    case 'float': {
      const { value: it } = value;
      return float(pick([it + 1, it - 0.5, -it, 0, it * 2, it / 3], dice));
    }
    case 'text':
      return text(changedText(value.value, dice));
    case 'bytes': {
      const at = dice.int(value.value.length + 1);
      return {
        kind: 'bytes',
        value: pick([value.value.toSpliced(at, 1), value.value.toSpliced(at, 0, dice.int(256)), []], dice),
      };
    }
    case 'list':
    case 'tuple':
    case 'set':
      return { kind: value.kind, items: changedItems(value.items, value.kind === 'tuple', pool, dice) };
    case 'mapping': {
      if (value.pairs.length === 0) return value;
      const at = dice.int(value.pairs.length);
      const [key, one] = value.pairs[at] as readonly [Value, Value];
      const inner = value.pairs.with(at, [key, changed(one, pool, dice)] as const);
      return {
        kind: 'mapping',
        pairs: isRecord(value.pairs) ? inner : pick([value.pairs.toSpliced(at, 1), inner], dice),
      };
    }
    default:
      return value;
  }
}

function changedText(it: string, dice: Random): string {
  const all = [...it];
  if (all.length === 0) return pick(['a', ' ', 'A1', 'aba'], dice);
  const at = dice.int(all.length);
  const one = all[at] as string;
  return pick(
    [
      all.toSpliced(at, 1).join(''),
      all.toSpliced(at, 0, one).join(''),
      all.toReversed().join(''),
      all.map((letter) => (letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase())).join(''),
      it + (all[0] as string),
      all.toSpliced(at, 0, ' ').join(''),
      '',
      it + it,
    ],
    dice,
  );
}

/** A tuple keeps its length: what stands where in it has a meaning. */
function changedItems(items: readonly Value[], isTuple: boolean, pool: Pool, dice: Random): readonly Value[] {
  if (items.length === 0) {
    const known = pool.get('element') ?? [];
    return known.length === 0 || isTuple ? items : [pick(known, dice)];
  }
  const at = dice.int(items.length);
  const inner = items.with(at, changed(items[at] as Value, pool, dice));
  if (isTuple) return pick([inner, inner, items.toReversed()], dice);
  return pick(
    [
      inner,
      inner,
      items.toSpliced(at, 1),
      items.toSpliced(at, 0, items[at] as Value),
      items.toReversed(),
      [],
      sorted(items),
      [...items, items[0] as Value],
    ],
    dice,
  );
}

const keyOf = (value: Value): number | string =>
  value.kind === 'integer' || value.kind === 'float' ? Number(value.value) : value.kind === 'text' ? value.value : 0;

const sorted = (items: readonly Value[]): readonly Value[] =>
  items.toSorted((one, other) => {
    const [left, right] = [keyOf(one), keyOf(other)];
    return left < right ? -1 : left > right ? 1 : 0;
  });
