/**
 * How many live documents there are, and how many of them hold a term: exactly, so that a
 * score never depends on what was deleted or on how documents are spread over segments.
 *
 * A segment without dead versions answers from its dictionary. Otherwise the shorter of
 * the two is counted, the live or the dead stretches, leaping over the rest of the list.
 */
import { noMoreDocs, type PostingCursor } from './postings.ts';
import type { SegmentView } from './types.ts';

/** Stretches of documents `[starts[i], ends[i])`, ascending: the live ones, or the dead when `counted` is `dead`. */
export interface LiveRanges {
  readonly counted: 'live' | 'dead';
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  /** Documents of the segment. */
  readonly all: number;
}

export function liveRanges(view: SegmentView): LiveRanges {
  const { live, segment } = view;
  const none = new Uint32Array(0);
  if (live === null) return { counted: 'dead', starts: none, ends: none, all: segment.docCount };
  const { firstDoc } = segment;
  let alive = 0;
  for (let i = 0; i < live.length; i++) alive += live[i] as number;
  const counted = alive * 2 < live.length ? 'live' : 'dead';
  const wanted = counted === 'live' ? 1 : 0;
  const starts: number[] = [];
  const ends: number[] = [];
  for (let i = 0; i < live.length; i++) {
    const start = firstDoc[i] as number;
    const end = firstDoc[i + 1] as number;
    if (live[i] !== wanted || start === end) continue;
    if (ends.at(-1) === start) ends[ends.length - 1] = end;
    else {
      starts.push(start);
      ends.push(end);
    }
  }
  return { counted, starts: Uint32Array.from(starts), ends: Uint32Array.from(ends), all: segment.docCount };
}

/** Live documents. */
export function liveDocuments(ranges: LiveRanges): number {
  let inside = 0;
  for (let i = 0; i < ranges.starts.length; i++) inside += (ranges.ends[i] as number) - (ranges.starts[i] as number);
  return ranges.counted === 'live' ? inside : ranges.all - inside;
}

/** Live documents among those of a posting list; the walk stands before its first document again. */
export function liveHolding(ranges: LiveRanges, cursor: PostingCursor | null): number {
  if (cursor === null) return 0;
  if (ranges.counted === 'dead' && ranges.starts.length === 0) return cursor.count;
  const inside = countInside(cursor, ranges);
  cursor.restart();
  return ranges.counted === 'live' ? inside : cursor.count - inside;
}

/**
 * Inverse document frequency, as Lucene has it: never negative.
 *
 * @param documents live documents
 * @param holding those that hold the term
 */
export function inverseFrequency(documents: number, holding: number): number {
  return Math.log(1 + (documents - holding + 0.5) / (holding + 0.5));
}

function countInside(cursor: PostingCursor, ranges: LiveRanges): number {
  let count = 0;
  for (let i = 0; i < ranges.starts.length; i++) {
    const end = ranges.ends[i] as number;
    cursor.seek(ranges.starts[i] as number);
    if (cursor.doc === noMoreDocs) break;
    while (cursor.doc < end) {
      const { docs, blockCount } = cursor;
      let at = cursor.at;
      while (at < blockCount && (docs[at] as number) < end) at++;
      count += at - cursor.at;
      if (at === blockCount) cursor.nextBlock();
      else {
        cursor.at = at;
        cursor.doc = docs[at] as number;
      }
    }
  }
  return count;
}
