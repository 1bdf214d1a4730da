/**
 * Sets of code points (or bytes) as sorted, disjoint, non-adjacent inclusive ranges in one flat list:
 * `[0x30, 0x39, 0x61, 0x66]` is `[0-9a-f]`.
 */
export type Ranges = readonly number[];

/** Sorts and joins ranges that overlap or touch. @param pairs `lo, hi` pairs in any order */
export function joined(pairs: readonly number[]): Ranges {
  const order = Array.from({ length: pairs.length / 2 }, (_, at) => at * 2);
  order.sort((a, b) => (pairs[a] as number) - (pairs[b] as number));
  const out: number[] = [];
  for (const at of order) {
    const lo = pairs[at] as number;
    const hi = pairs[at + 1] as number;
    const last = out.length - 1;
    if (last > 0 && lo <= (out[last] as number) + 1) out[last] = Math.max(out[last] as number, hi);
    else out.push(lo, hi);
  }
  return out;
}

/** What lies in `[0, top]` and not in the set. */
export function complement(ranges: Ranges, top: number): Ranges {
  const out: number[] = [];
  let from = 0;
  for (let at = 0; at < ranges.length; at += 2) {
    if ((ranges[at] as number) > from) out.push(from, (ranges[at] as number) - 1);
    from = (ranges[at + 1] as number) + 1;
  }
  if (from <= top) out.push(from, top);
  return out;
}

export function intersection(a: Ranges, b: Ranges): Ranges {
  const out: number[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const lo = Math.max(a[i] as number, b[j] as number);
    const hi = Math.min(a[i + 1] as number, b[j + 1] as number);
    if (lo <= hi) out.push(lo, hi);
    if ((a[i + 1] as number) < (b[j + 1] as number)) i += 2;
    else j += 2;
  }
  return out;
}

export const union = (a: Ranges, b: Ranges): Ranges => joined([...a, ...b]);

export const difference = (a: Ranges, b: Ranges, top: number): Ranges => intersection(a, complement(b, top));

export function contains(ranges: Ranges, value: number): boolean {
  let lo = 0;
  let hi = ranges.length / 2;
  while (lo < hi) {
    const mid = (lo + hi) >> 1;
    if ((ranges[2 * mid + 1] as number) < value) lo = mid + 1;
    else hi = mid;
  }
  return 2 * lo < ranges.length && (ranges[2 * lo] as number) <= value;
}

/** How many values it holds. */
export function sizeOf(ranges: Ranges): number {
  let size = 0;
  for (let at = 0; at < ranges.length; at += 2) size += (ranges[at + 1] as number) - (ranges[at] as number) + 1;
  return size;
}
