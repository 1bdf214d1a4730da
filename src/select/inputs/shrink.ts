/**
 * Smaller inputs: a list without some of its elements, a shorter text, a number nearer to nothing.
 *
 * After delta debugging (Zeller and Hildebrandt 2002): halves are left out first, then quarters, down to single parts; here on the structure of values, as QuickCheck's `shrink`, and
 * not on characters of their text. A value keeps its type, and a tuple its length.
 */
import {
  type Arguments,
  boolean,
  float,
  integer,
  isRecord,
  partsOf,
  sizeOf,
  sizeOfAll,
  text,
  type Value,
} from './value.ts';

/** @returns inputs that are smaller, the smallest first, at most `most` */
export function smaller(args: Arguments, most: number): readonly Arguments[] {
  const size = sizeOfAll(args);
  const seen = new Set<string>();
  return [...args.flatMap((value, at) => shrunk(value).map((one) => args.with(at, one))), ...together(args)]
    .filter((one) => {
      const key = JSON.stringify(one, (_, it) => (typeof it === 'bigint' ? `${it}n` : it));
      if (seen.has(key) || sizeOfAll(one) >= size) return false;
      seen.add(key);
      return true;
    })
    .sort((one, other) => sizeOfAll(one) - sizeOfAll(other))
    .slice(0, most);
}

/** Values that stand there more than once, made smaller everywhere: that they are equal may be what counts. */
function together(args: Arguments): readonly Arguments[] {
  const counts = new Map<string, { value: Value; count: number }>();
  for (const value of args.flatMap((one) => [...partsOf(one)])) {
    if (value.kind !== 'integer' && value.kind !== 'float' && value.kind !== 'text') continue;
    const key = `${value.kind} ${value.value}`;
    counts.set(key, { value, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  return [...counts.values()]
    .filter(({ count }) => count > 1)
    .slice(0, 4)
    .flatMap(({ value }) =>
      shrunk(value)
        .slice(0, 8)
        .map((one) => args.map((arg) => replaced(arg, value, one))),
    );
}

function replaced(value: Value, from: Value, to: Value): Value {
  if (value.kind === from.kind && 'value' in value && 'value' in from && value.value === from.value) return to;
  if ('items' in value) return { ...value, items: value.items.map((one) => replaced(one, from, to)) };
  if ('pairs' in value)
    return {
      ...value,
      pairs: value.pairs.map(([key, one]) => [
        isRecord(value.pairs) ? key : replaced(key, from, to),
        replaced(one, from, to),
      ]),
    };
  return value;
}

function shrunk(value: Value): readonly Value[] {
  switch (value.kind) {
    case 'boolean':
      return value.value ? [boolean(false)] : [];
    case 'integer': {
      const { value: it } = value;
      const toward = it > 0n ? it - 1n : it + 1n;
      return it === 0n
        ? []
        : [integer(0), integer(1), ...(it < 0n ? [integer(-it)] : []), integer(it / 2n), integer(toward)];
    }
    case 'float': {
      const { value: it } = value;
      if (it === 0) return [];
      return [0, 1, -it, Math.trunc(it), Math.trunc(it / 2), Math.round(it * 10) / 10]
        .filter(Number.isFinite)
        .map(float);
    }
    case 'text': {
      const all = [...value.value];
      return [
        ...without(all).map((part) => text(part.join(''))),
        ...all.slice(0, 12).flatMap((one, at) => (one === 'a' ? [] : [text(all.with(at, 'a').join(''))])),
      ];
    }
    case 'bytes':
      return without(value.value).map((part) => ({ kind: 'bytes', value: part }));
    case 'tuple':
      return within(value.items).map((items) => ({ kind: 'tuple', items }));
    case 'list':
    case 'set':
      return [...without(value.items), ...within(value.items)].map((items) => ({ kind: value.kind, items }));
    case 'mapping':
      return [
        ...(isRecord(value.pairs) ? [] : without(value.pairs)),
        ...value.pairs
          .slice(0, 12)
          .flatMap(([key, one], at) => shrunk(one).map((part) => value.pairs.with(at, [key, part]))),
      ].map((pairs) => ({ kind: 'mapping', pairs }));
    default:
      return [];
  }
}

/** Without each of two halves, four quarters, down to each part. */
function without<Part>(parts: readonly Part[]): Part[][] {
  const made: Part[][] = parts.length > 0 ? [[]] : [];
  for (
    let length = Math.ceil(parts.length / 2);
    length >= 1 && parts.length > 1;
    length = length === 1 ? 0 : Math.ceil(length / 2)
  )
    for (let at = 0; at < parts.length; at += length) made.push(parts.toSpliced(at, length));
  return made;
}

/** With one element smaller. Of long lists the first ones: others are left out before. */
const within = (items: readonly Value[]): Value[][] =>
  items.slice(0, 12).flatMap((one, at) =>
    shrunk(one)
      .toSorted((left, right) => sizeOf(left) - sizeOf(right))
      .slice(0, 6)
      .map((part) => items.with(at, part)),
  );
