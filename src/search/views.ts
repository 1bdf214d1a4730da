/**
 * Small questions about segment views: which versions count, which documents hold a term.
 */
import type { SegmentView } from '../index/mod.ts';

/** Where `value` stands in ascending `sorted`, or -1. */
export function indexIn(sorted: Uint32Array, value: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const found = sorted[middle] as number;
    if (found === value) return middle;
    if (found < value) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** Whether the query's filters let the version with this index in the segment through. */
export function admitsIndex(view: SegmentView, index: number): boolean {
  const mask = view.admitted ?? view.live;
  return mask === null || mask[index] === 1;
}

/** Whether the view holds the version and the query's filters let it through. */
export function admitsVersion(view: SegmentView, version: number): boolean {
  const index = indexIn(view.segment.versions, version);
  return index >= 0 && admitsIndex(view, index);
}

/** Flags of a version's first document; 0 when it has none. Traits are those of the whole file. */
export function flagsOfVersion(view: SegmentView, version: number): number {
  const { segment } = view;
  const index = indexIn(segment.versions, version);
  const doc = segment.firstDoc[index];
  return index < 0 || doc === undefined || doc === segment.firstDoc[index + 1] ? 0 : segment.flagsOf(doc);
}

/** The view, narrowed to the versions for which `keep` holds as well. */
export function narrowed(view: SegmentView, keep: (version: number, index: number) => boolean): SegmentView {
  const { versions } = view.segment;
  const admitted = new Uint8Array(versions.length);
  for (let i = 0; i < versions.length; i++) {
    if (admitsIndex(view, i) && keep(versions[i] as number, i)) admitted[i] = 1;
  }
  return { segment: view.segment, live: view.live, admitted };
}

/** Documents that hold every one of the terms, ascending; `terms` is not empty. */
export function docsWithAll(view: SegmentView, terms: readonly string[]): Uint32Array {
  let docs: Uint32Array | null = null;
  const byRarity = [...terms].sort((a, b) => (view.segment.stat(a)?.docs ?? 0) - (view.segment.stat(b)?.docs ?? 0));
  for (const term of byRarity) {
    const found = view.segment.postings(term)?.docs;
    if (found === undefined) return new Uint32Array(0);
    const both: Uint32Array = docs === null ? found : intersection(docs, found);
    if (both.length === 0) return both;
    docs = both;
  }
  return docs ?? new Uint32Array(0);
}

function intersection(few: Uint32Array, many: Uint32Array): Uint32Array {
  const out = new Uint32Array(few.length);
  let count = 0;
  let at = 0;
  for (const doc of few) {
    while (at < many.length && (many[at] as number) < doc) at++;
    if (at < many.length && many[at] === doc) out[count++] = doc;
  }
  return out.subarray(0, count);
}
