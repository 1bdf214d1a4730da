/**
 * A class of copies held against the files: its places made as long as all of them agree, and what of each is as written in the first.
 *
 * Fingerprints begin and end up to seven tokens inside of what is copied. A place whose file changed since is left out.
 */
import type { TokenColumns } from '../../code/mod.ts';
import type { CopyKind } from './classes.ts';

/** Tokens `[from, to)` of a file. */
export interface TokenPlace {
  readonly tokens: TokenColumns;
  readonly from: number;
  readonly to: number;
}

/** Moves the borders of places outwards while tokens agree. Places of one file never grow into each other. */
export function extended<P extends TokenPlace>(places: readonly P[], kind: CopyKind): P[] {
  const column = (place: P): Uint32Array => (kind === 'exact' ? place.tokens.exact : place.tokens.blind);
  const reach = (step: -1 | 1): number => {
    let by = 0;
    for (;;) {
      const at = ({ from, to }: P): number => (step < 0 ? from - by - 1 : to + by);
      const [one] = places;
      if (one === undefined) return by;
      const token = column(one)[at(one)];
      const agrees = places.every(
        (place) =>
          at(place) >= 0 &&
          column(place)[at(place)] === token &&
          !places.some((other) => other !== place && other.tokens === place.tokens && isNear(place, other, by + 1)),
      );
      if (token === undefined || !agrees) return by;
      by++;
    }
  };
  if (places.length < 2) return [...places];
  const before = reach(-1);
  const moved = places.map((place) => ({ ...place, from: place.from - before }));
  places = moved;
  const after = reach(1);
  return moved.map((place) => ({ ...place, to: place.to + after }));
}

/** Whether two places would meet if each grew by so many tokens, to either side. */
const isNear = (one: TokenPlace, other: TokenPlace, by: number): boolean =>
  one.from < other.from ? one.to + by > other.from - by : other.to + by > one.from - by;

/** Whether tokens with names and literals replaced are the same. */
export function sameBlind(one: TokenPlace, other: TokenPlace): boolean {
  if (one.to - one.from !== other.to - other.from) return false;
  for (let i = 0; i < one.to - one.from; i++)
    if (one.tokens.blind[one.from + i] !== other.tokens.blind[other.from + i]) return false;
  return true;
}

/**
 * How a place differs from another of equal blind tokens.
 *
 * @returns `asWritten`: share of tokens that are the same, 0 to 1; `consistent`: each name and literal of one stands for one of the other, both ways
 */
export function renamingOf(one: TokenPlace, other: TokenPlace): { asWritten: number; consistent: boolean } {
  const there = new Map<number, number>();
  const back = new Map<number, number>();
  let same = 0;
  let consistent = true;
  const length = one.to - one.from;
  for (let i = 0; i < length; i++) {
    const a = one.tokens.exact[one.from + i] as number;
    const b = other.tokens.exact[other.from + i] as number;
    if (a === b) same++;
    if ((there.get(a) ?? b) !== b || (back.get(b) ?? a) !== a) consistent = false;
    there.set(a, b);
    back.set(b, a);
  }
  return { asWritten: length === 0 ? 1 : same / length, consistent };
}
