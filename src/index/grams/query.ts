/** What grams a file must hold to be worth reading, as and/or over grams. */

export type GramQuery =
  /** Every file may match. */
  | { readonly kind: 'any' }
  | { readonly kind: 'gram'; readonly gram: number }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly GramQuery[] };

export const anyFile: GramQuery = { kind: 'any' };

export function allOf(parts: readonly GramQuery[]): GramQuery {
  const flat = distinct(
    parts.flatMap((part) => (part.kind === 'and' ? part.parts : part.kind === 'any' ? [] : [part])),
  );
  return flat.length === 0 ? anyFile : flat.length === 1 ? (flat[0] as GramQuery) : { kind: 'and', parts: flat };
}

export function oneOf(parts: readonly GramQuery[]): GramQuery {
  if (parts.some((part) => part.kind === 'any')) return anyFile;
  const flat = distinct(parts.flatMap((part) => (part.kind === 'or' ? part.parts : [part])));
  return flat.length === 1 ? (flat[0] as GramQuery) : { kind: 'or', parts: flat };
}

function distinct(parts: readonly GramQuery[]): readonly GramQuery[] {
  const grams = new Set<number>();
  return parts.filter((part) => {
    if (part.kind !== 'gram') return true;
    if (grams.has(part.gram)) return false;
    grams.add(part.gram);
    return true;
  });
}

/** Where lists come from. */
export interface GramLists {
  readonly docCount: number;
  /** Bytes of a gram's list: 0 when no document has it. A measure of how many have it. */
  weight(gram: number): number;
  /** Sets the bits of the documents that hold the gram; `into` is all zero. */
  read(gram: number, into: Uint32Array): void;
}

/** Grams of one "and" that are read at most, the rarest first: further ones take away little (see docs/measurements/grep.md). */
const mostRead = 10;

/** Bits of the documents that may match; `null` for all. */
export function candidates(query: GramQuery, lists: GramLists): Uint32Array | null {
  switch (query.kind) {
    case 'any':
      return null;
    case 'gram': {
      const bits = emptyBits(lists);
      lists.read(query.gram, bits);
      return bits;
    }
    case 'or': {
      const all = emptyBits(lists);
      for (const part of query.parts) {
        const bits = candidates(part, lists);
        if (bits === null) return null;
        for (let at = 0; at < all.length; at++) all[at] = (all[at] as number) | (bits[at] as number);
      }
      return all;
    }
    case 'and':
      return narrowed(query.parts, lists);
  }
}

function narrowed(parts: readonly GramQuery[], lists: GramLists): Uint32Array | null {
  const grams = parts.flatMap((part) => (part.kind === 'gram' ? [part.gram] : []));
  const weights = new Map(grams.map((gram) => [gram, lists.weight(gram)]));
  grams.sort((a, b) => (weights.get(a) as number) - (weights.get(b) as number));
  let bits: Uint32Array | null = null;
  const narrow = (other: Uint32Array | null): boolean => {
    if (other === null) return true;
    let left = 0;
    if (bits === null) bits = other;
    else for (let at = 0; at < bits.length; at++) left |= bits[at] = (bits[at] as number) & (other[at] as number);
    return bits === other || left !== 0;
  };
  for (const gram of grams.slice(0, mostRead)) {
    if (weights.get(gram) === 0) return emptyBits(lists);
    const other = emptyBits(lists);
    lists.read(gram, other);
    if (!narrow(other)) return bits;
  }
  for (const part of parts) if (part.kind !== 'gram' && !narrow(candidates(part, lists))) return bits;
  return bits;
}

const emptyBits = ({ docCount }: GramLists): Uint32Array => new Uint32Array((docCount + 31) >>> 5);
