/**
 * Sets of code points as small automata over the bytes of UTF-8.
 *
 * A range of code points splits into sequences of byte ranges (the classic construction of Russ Cox's "Regular
 * Expression Matching in the Wild"); what the sequences share at their ends is one node, so that `\w` has some hundred nodes instead of thousands.
 */
import type { Ranges } from './ranges.ts';

export interface Edge {
  readonly lo: number;
  readonly hi: number;
  /** A node; `accept` behind the last byte. */
  readonly to: number;
}

export const accept = -1;

export interface ByteGraph {
  /** Edges of each node; those of one node do not overlap. */
  readonly nodes: readonly (readonly Edge[])[];
  readonly root: number;
}

type Sequence = readonly (readonly [number, number])[];

/** @param bytes the set holds bytes, not code points */
export function byteGraph(ranges: Ranges, bytes: boolean): ByteGraph {
  const sequences: Sequence[] = [];
  for (let at = 0; at < ranges.length; at += 2) {
    const [lo, hi] = [ranges[at] as number, ranges[at + 1] as number];
    if (bytes) sequences.push([[lo, hi]]);
    else split(lo, hi, sequences);
  }
  const nodes: Edge[][] = [];
  const known = new Map<string, number>();
  const node = (rest: readonly Sequence[]): number => {
    const edges: Edge[] = [];
    for (let from = 0; from < rest.length; ) {
      const [lo, hi] = (rest[from] as Sequence)[0] as readonly [number, number];
      let to = from + 1;
      // First ranges are the same or apart: a sequence with a wide first range has all that may follow it.
      while (to < rest.length && rest[to]?.[0]?.[0] === lo) to++;
      const tails = rest.slice(from, to).map((sequence) => sequence.slice(1));
      const target = tails[0]?.length === 0 ? accept : node(tails);
      const last = edges.at(-1);
      if (last !== undefined && last.to === target && last.hi + 1 === lo) edges[edges.length - 1] = { ...last, hi };
      else edges.push({ lo, hi, to: target });
      from = to;
    }
    const key = edges.map((edge) => `${edge.lo}-${edge.hi}>${edge.to}`).join();
    let id = known.get(key);
    if (id === undefined) {
      id = nodes.push(edges) - 1;
      known.set(key, id);
    }
    return id;
  };
  const root = node(sequences);
  return { nodes, root };
}

/** Highest code points of one, two, three and four bytes. */
const tops = [0x7f, 0x7ff, 0xffff, 0x10ffff] as const;

function split(lo: number, hi: number, out: Sequence[]): void {
  if (lo > hi) return;
  // Surrogates have no UTF-8.
  if (lo <= 0xdfff && hi >= 0xd800) {
    split(lo, 0xd7ff, out);
    split(0xe000, hi, out);
    return;
  }
  for (const top of tops) {
    if (lo <= top && top < hi) {
      split(lo, top, out);
      split(top + 1, hi, out);
      return;
    }
  }
  if (hi <= 0x7f) {
    out.push([[lo, hi]]);
    return;
  }
  // Cut where the leading bytes differ, until the trailing ones are free.
  for (let bits = 6; bits <= 18; bits += 6) {
    const mask = (1 << bits) - 1;
    if ((lo & ~mask) === (hi & ~mask)) continue;
    if ((lo & mask) !== 0) {
      split(lo, lo | mask, out);
      split((lo | mask) + 1, hi, out);
      return;
    }
    if ((hi & mask) !== mask) {
      split(lo, (hi & ~mask) - 1, out);
      split(hi & ~mask, hi, out);
      return;
    }
  }
  const first = encode(lo);
  const last = encode(hi);
  out.push(first.map((byte, at) => [byte, last[at] as number] as const));
}

function encode(point: number): number[] {
  if (point <= 0x7f) return [point];
  if (point <= 0x7ff) return [0xc0 | (point >> 6), 0x80 | (point & 63)];
  if (point <= 0xffff) return [0xe0 | (point >> 12), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63)];
  return [0xf0 | (point >> 18), 0x80 | ((point >> 12) & 63), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63)];
}

/** A code point's bytes. */
export const utf8Of = encode;
