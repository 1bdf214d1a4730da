/**
 * All runs of symbols that occur more than once, by a suffix array.
 *
 * Suffixes are sorted by prefix doubling (Manber and Myers 1993) with counting sorts, so that equal files of any length cost a logarithm of their length; common
 * prefixes are Kasai's (2001). A repeat is an interval of suffixes that share more than those around it, and is kept when what stands before its places
 * differs: it cannot be made longer, to neither side, without losing a place. There are at most as many as symbols.
 */

/** Places `order[from]` to `order[to]`, both included, share `length` symbols. */
export interface Repeat {
  readonly from: number;
  readonly to: number;
  readonly length: number;
}

export interface Repeats {
  /** Places by what follows them. */
  readonly order: Int32Array;
  readonly repeats: readonly Repeat[];
}

/**
 * @param symbols 0 to `kinds` - 1; those that end a sequence must occur once
 * @param least symbols of a repeat
 */
export function repeatsIn(symbols: Int32Array, kinds: number, least: number): Repeats {
  const order = suffixArray(symbols, kinds);
  const common = commonPrefixes(symbols, order);
  const changes = changesBefore(symbols, order);
  const repeats: Repeat[] = [];
  const open: { from: number; length: number }[] = [];
  for (let i = 1; i <= order.length; i++) {
    const length = i < order.length ? (common[i] as number) : 0;
    let from = i - 1;
    for (let top = open.at(-1); top !== undefined && top.length > length; top = open.at(-1)) {
      open.pop();
      if (top.length >= least && changes[i - 1] !== changes[top.from])
        repeats.push({ from: top.from, to: i - 1, length: top.length });
      from = top.from;
    }
    if (length > 0 && (open.at(-1)?.length ?? 0) < length) open.push({ from, length });
  }
  return { order, repeats };
}

/** By place in the order: how often what stands before a place differs from that of the place before; a first symbol differs from all. */
function changesBefore(symbols: Int32Array, order: Int32Array): Int32Array {
  const changes = new Int32Array(order.length);
  for (let i = 1; i < order.length; i++) {
    const [one, other] = [order[i - 1] as number, order[i] as number];
    const differs = one === 0 || other === 0 || symbols[one - 1] !== symbols[other - 1];
    changes[i] = (changes[i - 1] as number) + (differs ? 1 : 0);
  }
  return changes;
}

function suffixArray(symbols: Int32Array, kinds: number): Int32Array {
  const n = symbols.length;
  let rank = symbols.slice();
  let next = new Int32Array(n);
  const order = new Int32Array(n);
  const half = new Int32Array(n);
  const counts = new Int32Array(Math.max(kinds, n) + 1);
  const sortByRank = (from: Int32Array, ranks: number): void => {
    counts.fill(0, 0, ranks + 1);
    for (let i = 0; i < n; i++) counts[(rank[i] as number) + 1] = (counts[(rank[i] as number) + 1] as number) + 1;
    for (let r = 0; r < ranks; r++) counts[r + 1] = (counts[r + 1] as number) + (counts[r] as number);
    for (let i = 0; i < n; i++) {
      const place = from[i] as number;
      const r = rank[place] as number;
      order[counts[r] as number] = place;
      counts[r] = (counts[r] as number) + 1;
    }
  };
  for (let i = 0; i < n; i++) half[i] = i;
  sortByRank(half, kinds);
  let ranks = kinds;
  for (let length = 1; ; length *= 2) {
    // By the second half: suffixes without one first, then in the order of what follows them.
    let filled = 0;
    for (let i = Math.max(0, n - length); i < n; i++) half[filled++] = i;
    for (let i = 0; i < n; i++) if ((order[i] as number) >= length) half[filled++] = (order[i] as number) - length;
    sortByRank(half, ranks);
    const second = (place: number): number => (place + length < n ? (rank[place + length] as number) : -1);
    let r = 0;
    if (n > 0) next[order[0] as number] = 0;
    for (let i = 1; i < n; i++) {
      const [one, other] = [order[i - 1] as number, order[i] as number];
      if (rank[one] !== rank[other] || second(one) !== second(other)) r++;
      next[other] = r;
    }
    [rank, next] = [next, rank];
    ranks = r + 1;
    if (ranks >= n || length >= n) return order;
  }
}

/** By place in the order: symbols that it and the one before share. */
function commonPrefixes(symbols: Int32Array, order: Int32Array): Int32Array {
  const n = symbols.length;
  const placeOf = new Int32Array(n);
  for (let i = 0; i < n; i++) placeOf[order[i] as number] = i;
  const common = new Int32Array(n);
  let length = 0;
  for (let i = 0; i < n; i++) {
    const place = placeOf[i] as number;
    if (place === 0) {
      length = 0;
      continue;
    }
    const other = order[place - 1] as number;
    while (i + length < n && other + length < n && symbols[i + length] === symbols[other + length]) length++;
    common[place] = length;
    if (length > 0) length--;
  }
  return common;
}
