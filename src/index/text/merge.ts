/**
 * Merging segments: their postings re-numbered and packed anew, nothing parsed again.
 *
 * Versions of the result stand in ascending order whatever their segments, and a version
 * that several segments hold is taken from the first. So the bytes are those of a fresh
 * build from the kept versions. Reading is one pass over each segment, in order; memory is
 * the result's dictionary and one list at a time.
 */

import { decodeUtf8 } from '../../code/mod.ts';
import { compareBytes } from './bytes.ts';
import type { KeyCursor } from './keys.ts';
import { forEachEntry } from './names.ts';
import { compareNames } from './names-log.ts';
import { blockPostings, decodeBlock, noMoreDocs, PostingCursor } from './postings.ts';
import { StoredSegment } from './segment.ts';
import type { Segment } from './types.ts';
import { weightsFingerprint } from './weights.ts';
import { collector, type Documents, SegmentWriter } from './writer.ts';

/**
 * One segment from several, with the versions that `keep` lets through.
 *
 * @throws Error when a segment was written with other weights: its levels mean something else
 */
export function mergeSegments(segments: readonly Segment[], keep: (version: number) => boolean): Uint8Array {
  const output = collector();
  mergeSegmentsTo(segments, keep, output.write);
  return output.bytes();
}

/** The same, handed to `write` piece by piece, for segments too large to hold twice. */
export function mergeSegmentsTo(
  segments: readonly Segment[],
  keep: (version: number) => boolean,
  write: (bytes: Uint8Array) => void,
): void {
  const stored = segments.map((segment) => {
    if (!(segment instanceof StoredSegment)) throw new Error('only segments from openSegment can be merged');
    if (segment.weights !== weightsFingerprint()) throw new Error('a segment with other weights cannot be merged');
    return segment;
  });
  const plan = planVersions(stored, keep);
  const writer = new SegmentWriter(write);
  mergeTerms(stored, plan.newDocs, writer);
  writer.endTerms();
  mergeNames(stored, plan.newVersions, writer);
  writer.finish(plan.documents);
}

/** Stands for a document or version that is dropped. */
const dropped = 0xffffffff;

interface Plan {
  readonly documents: Documents;
  /** Per segment and version index there: its index in the result. */
  readonly newVersions: readonly Uint32Array[];
  /** Per segment and document there: its number in the result. */
  readonly newDocs: readonly Uint32Array[];
}

function planVersions(segments: readonly StoredSegment[], keep: (version: number) => boolean): Plan {
  const kept: { version: number; segment: number; index: number }[] = [];
  const known = new Set<number>();
  for (const [segment, { versions }] of segments.entries())
    for (const [index, version] of versions.entries())
      if (!known.has(version) && keep(version)) {
        known.add(version);
        kept.push({ version, segment, index });
      }
  kept.sort((a, b) => a.version - b.version);
  const newVersions = segments.map((segment) => new Uint32Array(segment.versions.length).fill(dropped));
  const newDocs = segments.map((segment) => new Uint32Array(segment.docCount).fill(dropped));
  const versions = new Uint32Array(kept.length);
  const chunks = new Uint32Array(kept.length);
  let docs = 0;
  for (const [at, { segment, index, version }] of kept.entries()) {
    const { firstDoc } = segments[segment] as StoredSegment;
    const from = firstDoc[index] as number;
    const to = firstDoc[index + 1] as number;
    versions[at] = version;
    chunks[at] = to - from;
    (newVersions[segment] as Uint32Array)[index] = at;
    for (let doc = from; doc < to; doc++) (newDocs[segment] as Uint32Array)[doc] = docs++;
  }
  const kinds = new Uint8Array(docs);
  const flags = new Uint8Array(docs);
  for (const [at, segment] of segments.entries()) {
    const map = newDocs[at] as Uint32Array;
    const from = { kinds: segment.kinds, flags: segment.flags };
    for (let doc = 0; doc < map.length; doc++) {
      const to = map[doc] as number;
      if (to === dropped) continue;
      kinds[to] = from.kinds[doc] as number;
      flags[to] = from.flags[doc] as number;
    }
  }
  return { documents: { versions, chunks, kinds, flags }, newVersions, newDocs };
}

function mergeTerms(segments: readonly StoredSegment[], newDocs: readonly Uint32Array[], writer: SegmentWriter): void {
  let docs = new Uint32Array(1024);
  let levels = new Uint8Array(1024);
  const cursors = segments.map((segment) => segment.terms.from(0));
  const before = (a: KeyCursor, b: KeyCursor): number => compareBytes(a.key, a.keyLength, b.key, b.keyLength);
  forEachKey(cursors, before, (first, sources) => {
    let count = 0;
    let ascending = true;
    for (const source of sources) {
      const key = cursors[source] as KeyCursor;
      const { pages, layout } = segments[source] as StoredSegment;
      const map = newDocs[source] as Uint32Array;
      if (count + key.count > docs.length) {
        docs = grown(docs, count + key.count);
        levels = grown(levels, count + key.count);
      }
      if (key.count <= blockPostings) {
        const list = pages.read(layout.start.postings + key.offset, key.length);
        decodeBlock(list, key.count, docs, levels, count);
        const end = count + key.count;
        for (let i = count; i < end; i++) {
          const doc = map[docs[i] as number] as number;
          if (doc === dropped) continue;
          if (count > 0 && doc < (docs[count - 1] as number)) ascending = false;
          docs[count] = doc;
          levels[count++] = levels[i] as number;
        }
        continue;
      }
      const list = new PostingCursor(pages, layout.start.postings + key.offset, key.length, key.count, key.top);
      for (list.seek(0); list.doc !== noMoreDocs; list.nextBlock()) {
        for (let i = 0; i < list.blockCount; i++) {
          const doc = map[list.docs[i] as number] as number;
          if (doc === dropped) continue;
          if (count > 0 && doc < (docs[count - 1] as number)) ascending = false;
          docs[count] = doc;
          levels[count++] = list.levels[list.levelStart + i] as number;
        }
      }
    }
    if (count === 0) return;
    if (!ascending) sortByDoc(docs, levels, count);
    writer.addTerm(first.key, first.keyLength, docs, levels, 0, count);
  });
}

function mergeNames(
  segments: readonly StoredSegment[],
  newVersions: readonly Uint32Array[],
  writer: SegmentWriter,
): void {
  const cursors = segments.map((segment) => segment.nameKeys.from(0));
  const folded = cursors.map(() => ({ name: '', folded: '' }));
  const read = (at: number): void => {
    const { key, keyLength } = cursors[at] as KeyCursor;
    const name = decodeUtf8(key, 0, keyLength);
    folded[at] = { name, folded: name.toLowerCase() };
  };
  type Folded = (typeof folded)[number];
  forEachKey(
    cursors,
    (_a, _b, at, bt) => compareNames(folded[at] as Folded, folded[bt] as Folded),
    (first, sources) => {
      const rows: { version: number; symbol: number; kind: number }[] = [];
      for (const source of sources) {
        const key = cursors[source] as KeyCursor;
        const { pages, layout } = segments[source] as StoredSegment;
        const map = newVersions[source] as Uint32Array;
        const bytes = pages.read(layout.start.nameEntries + key.offset, key.length);
        forEachEntry(bytes, key.count, (index, symbol, kind) => {
          const version = map[index] as number;
          if (version !== dropped) rows.push({ version, symbol, kind });
        });
      }
      if (rows.length === 0) return;
      rows.sort((a, b) => a.version - b.version || a.symbol - b.symbol);
      writer.addName(
        first.key,
        first.keyLength,
        rows.length,
        (i) => i,
        rows.map((row) => row.version),
        rows.map((row) => row.symbol),
        rows.map((row) => row.kind),
      );
    },
    read,
  );
}

/**
 * Walks several sorted key lists at once: calls `visit` for each distinct key with the
 * places of the lists that hold it. `moved` is told of each list that stands on a new key.
 */
function forEachKey(
  cursors: readonly KeyCursor[],
  compare: (a: KeyCursor, b: KeyCursor, at: number, bt: number) => number,
  visit: (first: KeyCursor, sources: readonly number[]) => void,
  moved: (at: number) => void = () => {},
): void {
  let open: number[] = [];
  const advance = (at: number): boolean => {
    const more = (cursors[at] as KeyCursor).next();
    if (more) moved(at);
    return more;
  };
  for (let at = 0; at < cursors.length; at++) if (advance(at)) open.push(at);
  const sources: number[] = [];
  while (open.length > 0) {
    sources.length = 0;
    for (const at of open) {
      const first = sources[0];
      const order = first === undefined ? 0 : compare(cursors[at] as KeyCursor, cursors[first] as KeyCursor, at, first);
      if (order < 0) sources.length = 0;
      if (order <= 0) sources.push(at);
    }
    visit(cursors[sources[0] as number] as KeyCursor, sources);
    let ended = false;
    for (const at of sources) if (!advance(at)) ended = true;
    if (ended) {
      const gone = new Set(sources.filter((at) => (cursors[at] as KeyCursor).ended));
      open = open.filter((at) => !gone.has(at));
    }
  }
}

/** Document and level of each posting as one number, kept between lists. */
let sorting = new Float64Array(1024);

function sortByDoc(docs: Uint32Array, levels: Uint8Array, count: number): void {
  if (sorting.length < count) sorting = new Float64Array(docs.length);
  for (let i = 0; i < count; i++) sorting[i] = (docs[i] as number) * 256 + (levels[i] as number);
  const rows = sorting.subarray(0, count).sort();
  for (let i = 0; i < count; i++) {
    const row = rows[i] as number;
    docs[i] = Math.floor(row / 256);
    levels[i] = row % 256;
  }
}

function grown<A extends Uint8Array | Uint32Array>(from: A, least: number): A {
  const to = new (from.constructor as new (length: number) => A)(Math.max(from.length * 2, least));
  to.set(from);
  return to;
}
