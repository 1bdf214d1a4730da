/**
 * BM25F over segments: the k best documents, exactly, without scoring most of them.
 *
 * MaxScore (Turtle and Flood 1995) in windows of documents: within a window each term can
 * add at most what the highest level of its blocks there allows. Terms are ordered by that
 * bound; those which even together cannot lift a document into the best k are not walked
 * but only asked about documents that the others found. A window, or a document, that
 * cannot reach the best k is left. The score itself is summed anew in the order of the
 * query's terms, so that it does not depend on the path: an exhaustive scan gives the same
 * numbers, bit for bit.
 */
import { chunkKinds } from '../../code/mod.ts';
import { BestDocs } from './best.ts';
import type { PostingCursor } from './postings.ts';
import { inverseFrequency, liveDocuments, liveHolding, liveRanges } from './statistics.ts';
import type { SegmentView, TextAnswer, TextQuery } from './types.ts';
import { gainOfLevel } from './weights.ts';

/** Documents looked at together: three arrays of this length stay in the first-level cache. */
const windowDocs = 2048;

/** Sums of bounds may round below the sum of scores in another order; 64 additions err by less than this. */
const roundingSlack = 1 + 1e-12;

/**
 * Ranks the documents of the views for a query.
 *
 * score(doc) = factor of its flags · factor of its kind · Σ over terms of
 * weight · idf · `gainOfLevel`. Equal scores stand in the order of version
 * and chunk. Documents without any of the terms are not in the answer.
 */
export function rankText(views: readonly SegmentView[], query: TextQuery): TextAnswer {
  const ranges = views.map(liveRanges);
  const documents = ranges.reduce((sum, range) => sum + liveDocuments(range), 0);
  const cursors = views.map(({ segment }) => query.terms.map(({ term }) => segment.cursor(term)));
  const terms = query.terms.map(({ term }, t) => {
    const holding = ranges.reduce((sum, range, at) => sum + liveHolding(range, cursors[at]?.[t] ?? null), 0);
    return { term, documents: holding, idf: inverseFrequency(documents, holding) };
  });
  const gains = query.terms.map(({ weight }, at) => {
    const idf = terms[at]?.idf ?? 0;
    return gainOfLevel.map((gain) => weight * idf * gain);
  });
  const factors = documentFactors(query);
  const best = new BestDocs(views, query.k);
  // The largest first: its documents raise the bar for the others.
  const order = views.map((_, at) => at).sort((a, b) => docsOf(views, b) - docsOf(views, a));
  for (const at of order) {
    const walks: Walk[] = [];
    for (const [t, cursor] of (cursors[at] ?? []).entries())
      if (cursor !== null) walks.push({ cursor, gains: gains[t] as Float64Array, levels: noLevels, bound: 0 });
    best.enter(at);
    if (walks.length > 0) rankView(views[at] as SegmentView, walks, factors, best);
  }
  return { docs: best.sorted(), documents, terms };
}

const docsOf = (views: readonly SegmentView[], at: number): number => views[at]?.segment.docCount ?? 0;

/** By kind number × 256 + flags; 0 for kinds not admitted. */
function documentFactors(query: TextQuery): Float64Array {
  const factors = new Float64Array(256 * chunkKinds.length);
  for (const [number, kind] of chunkKinds.entries()) {
    if (query.kinds !== null && !query.kinds.includes(kind)) continue;
    const ofKind = query.kindFactors[kind];
    for (let flags = 0; flags < 256; flags++) factors[number * 256 + flags] = ofKind * (query.factors[flags] as number);
  }
  return factors;
}

/** One query term within one segment. */
interface Walk {
  readonly cursor: PostingCursor;
  readonly gains: Float64Array;
  /** Per document of the window: the term's level, 0 when it has not been seen there. */
  levels: Uint8Array;
  /** Most that the term can add within the window. */
  bound: number;
}

const noLevels = new Uint8Array(0);

function rankView(view: SegmentView, walks: readonly Walk[], factors: Float64Array, best: BestDocs): void {
  const { segment } = view;
  const byBound = [...walks];
  const { kinds, flags, docCount } = segment;
  const admitted = admittedDocs(view);
  // A single term is never summed, and of its many equal scores the later are refused at sight.
  const slack = walks.length === 1 ? 1 : roundingSlack;
  const topFactor = factors.reduce((top, factor) => Math.max(top, factor), 0) * slack;
  const places = Math.min(windowDocs, docCount);
  for (const walk of walks) walk.levels = new Uint8Array(places);
  const sums = new Float64Array(places);
  const marks = new Uint32Array((places + 31) >>> 5);
  let { floor } = best;

  for (let from = 0; from < docCount; from += windowDocs) {
    const to = Math.min(from + windowDocs, docCount);
    if (admitted !== null && !admitted.any(from, to)) continue;
    let reach = 0;
    for (const walk of walks) {
      walk.bound = walk.gains[walk.cursor.topWithin(from, to)] as number;
      reach += walk.bound;
    }
    if (reach === 0 || reach * topFactor <= floor) continue;
    sortByBound(byBound);
    // The first `essential` terms, by falling bound, are walked; the rest cannot lift a document by themselves.
    let essential = byBound.length;
    let rest = 0;
    while (essential > 0) {
      const more = rest + (byBound[essential - 1] as Walk).bound;
      if (more * topFactor > floor) break;
      rest = more;
      essential--;
    }
    for (let i = 0; i < essential; i++) {
      const walk = byBound[i] as Walk;
      const others = reach - walk.bound;
      // In a block of at most this level no document can come in, whatever the other terms give.
      let idle = -1;
      if (floor > 0) idle = levelsBelow(walk.gains, (gain) => (gain + others) * topFactor <= floor);
      walkWindow(walk, from, to, idle, sums, marks);
    }
    for (let word = 0; word < marks.length; word++) {
      let bits = marks[word] as number;
      marks[word] = 0;
      while (bits !== 0) {
        const place = word * 32 + 31 - Math.clz32(bits & -bits);
        bits &= bits - 1;
        const sum = sums[place] as number;
        sums[place] = 0;
        if ((sum + rest) * topFactor <= floor) continue;
        const doc = from + place;
        const factor = factors[((kinds[doc] as number) << 8) | (flags[doc] as number)] as number;
        if (factor === 0 || (admitted !== null && !admitted.has(doc))) continue;
        if (!askRest(byBound, essential, doc, place, sum, rest, floor / (factor * roundingSlack))) continue;
        let exact = 0;
        for (const walk of walks) exact += walk.gains[walk.levels[place] as number] as number;
        best.offer(doc, factor * exact);
        floor = best.floor;
      }
    }
    for (const walk of walks) walk.levels.fill(0);
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
  byBound: readonly Walk[],
  essential: number,
  doc: number,
  place: number,
  sum: number,
  rest: number,
  needed: number,
): boolean {
  let known = sum;
  let left = rest;
  for (let i = essential; i < byBound.length; i++) {
    if (known + left <= needed) return false;
    const { bound, cursor, gains, levels } = byBound[i] as Walk;
    if (bound === 0) break;
    // Subtracting may leave a hair too little: never below nothing.
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

/** The highest level whose gain is in `fits`; −1 when not even level 0 is. */
function levelsBelow(gains: Float64Array, fits: (gain: number) => boolean): number {
  let low = -1;
  let high = gains.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (fits(gains[middle] as number)) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Adds what the term gives to each document of the window, blocks of at most the level `idle` excepted. */
function walkWindow(walk: Walk, from: number, to: number, idle: number, sums: Float64Array, marks: Uint32Array): void {
  const { cursor, gains, levels } = walk;
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
      marks[place >>> 5] = (marks[place >>> 5] as number) | (1 << (place & 31));
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
function sortByBound(walks: Walk[]): void {
  for (let i = 1; i < walks.length; i++) {
    const walk = walks[i] as Walk;
    let j = i - 1;
    while (j >= 0 && (walks[j] as Walk).bound < walk.bound) {
      walks[j + 1] = walks[j] as Walk;
      j--;
    }
    walks[j + 1] = walk;
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
