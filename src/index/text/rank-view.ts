/**
 * The best documents of one segment, exactly, without scoring most of them.
 *
 * MaxScore (Turtle and Flood 1995) in windows of documents: within a window each term can
 * add at most what the highest level of its blocks there allows. Terms are ordered by that
 * bound. Those which even together cannot lift a document into the best k do not bring
 * documents in: they are walked only to add to what the others found, when those are many,
 * and asked about each of them otherwise. A window, block or document that cannot reach
 * the best k is left. The score itself is summed anew in the order of the query's terms,
 * so that it does not depend on the path: an exhaustive scan gives the same numbers, bit
 * for bit.
 */
import type { BestDocs } from './best.ts';
import type { PostingCursor } from './postings.ts';
import type { SegmentView } from './types.ts';

/** Documents looked at together: their sums stay in the first-level cache. From 1,024 to 4,096 the time is the same. */
const windowDocs = 2048;

/** Sums of bounds may round below the sum of scores in another order; 64 additions err by less than this. */
const roundingSlack = 1 + 1e-12;

/** Asking a term about one document takes as long as walking over about this many; 3 to 12 measure the same. */
const askedPostings = 8;

/** One query term within one segment. */
export interface Walk {
  readonly cursor: PostingCursor;
  /** What the term adds to a score, by level. */
  readonly gains: Float64Array;
}

/** A walk and what is known of it in the current window. */
interface Term extends Walk {
  /** Per document of the window: the term's level, 0 when it has not been seen there. */
  readonly levels: Uint8Array;
  /** Most that the term can add within the window. */
  bound: number;
}

/**
 * Offers to `best` the documents of a view that may be among the best.
 *
 * @param walks the query's terms that the segment has, in the order of the query
 * @param factors of documents, by kind number × 256 + flags; 0 for those not wanted
 */
export function rankView(view: SegmentView, walks: readonly Walk[], factors: Float64Array, best: BestDocs): void {
  const { kinds, flags, docCount } = view.segment;
  const places = Math.min(windowDocs, docCount);
  const terms = walks.map((walk): Term => ({ ...walk, levels: new Uint8Array(places), bound: 0 }));
  const byBound = [...terms];
  const admitted = admittedDocs(view);
  // A single term is never summed, and of its many equal scores the later are refused at sight.
  const slack = terms.length === 1 ? 1 : roundingSlack;
  const topFactor = factors.reduce((top, factor) => Math.max(top, factor), 0) * slack;
  const sums = new Float64Array(places);
  const marks = new Uint32Array((places + 31) >>> 5);
  const alive = new Uint16Array(places);
  let { floor } = best;

  for (let from = 0; from < docCount; from += windowDocs) {
    const to = Math.min(from + windowDocs, docCount);
    if (admitted !== null && !admitted.any(from, to)) continue;
    let reach = 0;
    for (const term of terms) {
      term.bound = term.gains[term.cursor.topWithin(from, to)] as number;
      reach += term.bound;
    }
    if (reach === 0 || reach * topFactor <= floor) continue;
    sortByBound(byBound);
    // The first `walked` terms, by falling bound, bring documents in; the rest cannot lift one by themselves.
    let walked = byBound.length;
    let rest = 0;
    while (walked > 0) {
      const more = rest + (byBound[walked - 1] as Term).bound;
      if (more * topFactor > floor) break;
      rest = more;
      walked--;
    }
    for (let i = 0; i < walked; i++) {
      const term = byBound[i] as Term;
      walkWindow(term, from, to, idleLevel(term, reach, topFactor, floor), sums, marks);
    }
    let count = 0;
    for (let word = 0; word < marks.length; word++) {
      let bits = marks[word] as number;
      marks[word] = 0;
      for (; bits !== 0; bits &= bits - 1) {
        const place = word * 32 + 31 - Math.clz32(bits & -bits);
        if (((sums[place] as number) + rest) * topFactor <= floor) continue;
        const doc = from + place;
        if (factors[((kinds[doc] as number) << 8) | (flags[doc] as number)] === 0) continue;
        if (admitted !== null && !admitted.has(doc)) continue;
        alive[count++] = place;
      }
    }
    for (; count > 0 && walked < byBound.length; walked++) {
      const term = byBound[walked] as Term;
      if (count * askedPostings < term.cursor.postingsWithin) break;
      walkWindow(term, from, to, idleLevel(term, reach, topFactor, floor), sums, null);
      // Subtracting may leave a hair too little: never below nothing.
      rest = Math.max(rest - term.bound, 0);
      let kept = 0;
      for (let i = 0; i < count; i++) {
        const place = alive[i] as number;
        alive[kept] = place;
        if (((sums[place] as number) + rest) * topFactor > floor) kept++;
      }
      count = kept;
    }
    for (let i = 0; i < count; i++) {
      const place = alive[i] as number;
      const sum = sums[place] as number;
      if ((sum + rest) * topFactor <= floor) continue;
      const doc = from + place;
      const factor = factors[((kinds[doc] as number) << 8) | (flags[doc] as number)] as number;
      if (!askRest(byBound, walked, doc, place, sum, rest, floor / (factor * roundingSlack))) continue;
      let exact = 0;
      for (const { gains, levels } of terms) exact += gains[levels[place] as number] as number;
      best.offer(doc, factor * exact);
      floor = best.floor;
    }
    sums.fill(0);
    for (const term of terms) term.levels.fill(0);
  }
}

/**
 * Asks the terms that were not walked about a document and notes their levels, as long as it may pass.
 *
 * @param sum what the walked terms give it
 * @param rest bounds of the others, summed
 * @param needed sum that it must pass
 */
function askRest(
  byBound: readonly Term[],
  walked: number,
  doc: number,
  place: number,
  sum: number,
  rest: number,
  needed: number,
): boolean {
  let known = sum;
  let left = rest;
  for (let i = walked; i < byBound.length; i++) {
    if (known + left <= needed) return false;
    const { bound, cursor, gains, levels } = byBound[i] as Term;
    if (bound === 0) break;
    left = Math.max(left - bound, 0);
    const top = gains[cursor.topAt(doc)] as number;
    if (known + top + left <= needed) return false;
    if (top > 0 && cursor.seek(doc) === doc) {
      const { level } = cursor;
      levels[place] = level;
      known += gains[level] as number;
    }
  }
  return known + left > needed;
}

/** In a block of at most this level no document can come in, whatever the other terms give; −1 when there is none such. */
function idleLevel(term: Term, reach: number, topFactor: number, floor: number): number {
  if (floor <= 0) return -1;
  const { gains } = term;
  const others = reach - term.bound;
  let low = -1;
  let high = gains.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (((gains[middle] as number) + others) * topFactor <= floor) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Adds what the term gives to each document of the window, idle blocks excepted, and marks the documents. */
function walkWindow(
  term: Term,
  from: number,
  to: number,
  idle: number,
  sums: Float64Array,
  marks: Uint32Array | null,
): void {
  const { cursor, gains, levels } = term;
  let target = from;
  while (target < to) {
    const top = cursor.topAt(target);
    if (top === 0) return;
    if (top <= idle) {
      target = cursor.endAt;
      continue;
    }
    if (cursor.seek(target) >= to) return;
    const { docs, blockCount, levelStart } = cursor;
    const blockLevels = cursor.levels;
    let i = cursor.at;
    for (; i < blockCount; i++) {
      const doc = docs[i] as number;
      if (doc >= to) break;
      const place = doc - from;
      const level = blockLevels[levelStart + i] as number;
      levels[place] = level;
      sums[place] = (sums[place] as number) + (gains[level] as number);
      if (marks !== null) marks[place >>> 5] = (marks[place >>> 5] as number) | (1 << (place & 31));
    }
    if (i < blockCount) {
      cursor.at = i;
      cursor.doc = docs[i] as number;
      return;
    }
    target = (docs[blockCount - 1] as number) + 1;
  }
}

/** Falling bounds; the list is short and nearly sorted from window to window. */
function sortByBound(terms: Term[]): void {
  for (let i = 1; i < terms.length; i++) {
    const term = terms[i] as Term;
    let j = i - 1;
    while (j >= 0 && (terms[j] as Term).bound < term.bound) {
      terms[j + 1] = terms[j] as Term;
      j--;
    }
    terms[j + 1] = term;
  }
}

interface AdmittedDocs {
  /** Whether some document in `[from, to)` is admitted; `from` never falls. */
  any(from: number, to: number): boolean;
  /** Whether the document is admitted; `doc` never falls. */
  has(doc: number): boolean;
}

/** The view's filter over documents; `null` when it admits all. */
function admittedDocs(view: SegmentView): AdmittedDocs | null {
  const mask = view.admitted ?? view.live;
  if (mask === null) return null;
  const { firstDoc } = view.segment;
  let ahead = 0;
  let here = 0;
  return {
    any: (from, to) => {
      while (ahead < mask.length && ((firstDoc[ahead + 1] as number) <= from || mask[ahead] === 0)) ahead++;
      return ahead < mask.length && (firstDoc[ahead] as number) < to;
    },
    has: (doc) => {
      while ((firstDoc[here + 1] as number) <= doc) here++;
      return mask[here] === 1;
    },
  };
}
