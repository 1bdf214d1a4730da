/** Keeping gram segments few, and rid of documents and trees that nobody has any more. Under the lock. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { gramCount } from './alphabet.ts';
import { removeFile, replaceFile, segmentNumbers } from './grams.ts';
import { encodeSegment, GramSegment, hashBytes } from './segment.ts';
import { compacted, encodeTree, kind, nowhere, readTree, segmentStep, type Tree } from './tree.ts';

/** Segments that may stay before the small ones are merged: each adds about 0.1 ms to a query. */
const mostSegments = 10;
/** Larger ones are left alone while most of their documents live. */
const smallBytes = 8 * 1024 * 1024;
/** Part of a segment's documents that may be dead before it is written anew. */
const mostDead = 0.5;

/** @returns whether trees were written anew */
export function mergeSmall(directory: string): boolean {
  const numbers = segmentNumbers(directory);
  if (numbers.length <= mostSegments) return false;
  const trees = readTrees(directory);
  const live = liveDocuments(trees.map(({ tree }) => tree));
  const merged: { number: number; segment: GramSegment }[] = [];
  try {
    for (const number of numbers) {
      const held = live.get(number);
      const segment = new GramSegment(path.join(directory, `${number}.grams`));
      if (segment.bytes < smallBytes || (held?.size ?? 0) < segment.docCount * (1 - mostDead))
        merged.push({ number, segment });
      else segment.close();
    }
    if (merged.length < 2) return false;
    const target = Math.max(...numbers) + 1;
    const moved = writeMerged(path.join(directory, `${target}.grams`), merged, live);
    for (const { file, tree } of trees) replaceFile(file, encodeTree(movedTree(tree, target, moved)));
  } finally {
    for (const { segment } of merged) segment.close();
  }
  // Readers that still have the old trees find these missing and read the files themselves.
  for (const { number } of merged) removeFile(path.join(directory, `${number}.grams`));
  return true;
}

function readTrees(directory: string): { file: string; tree: Tree }[] {
  return readdirSync(directory).flatMap((name) => {
    if (!name.endsWith('.tree')) return [];
    const file = path.join(directory, name);
    const tree = readTree(file);
    if (tree !== null && existsSync(tree.root)) return [{ file, tree }];
    removeFile(file);
    return [];
  });
}

/** Segment → documents that some tree names. */
function liveDocuments(trees: readonly Tree[]): Map<number, Set<number>> {
  const live = new Map<number, Set<number>>();
  for (const { segments, targets, kinds } of trees)
    for (let entry = 0; entry < targets.length; entry++) {
      const target = targets[entry] as number;
      if (kinds[entry] !== kind.file || target === nowhere) continue;
      const number = segments[Math.floor(target / segmentStep)] as number;
      const held = live.get(number) ?? new Set();
      held.add(target % segmentStep);
      live.set(number, held);
    }
  return live;
}

/** @returns for each merged segment its documents' new numbers; -1 for those dropped */
function writeMerged(
  file: string,
  merged: readonly { number: number; segment: GramSegment }[],
  live: ReadonlyMap<number, ReadonlySet<number>>,
): Map<number, Int32Array> {
  const moved = new Map<number, Int32Array>();
  const hashes: Uint8Array[] = [];
  for (const { number, segment } of merged) {
    const places = new Int32Array(segment.docCount).fill(-1);
    for (const doc of [...(live.get(number) ?? [])].sort((a, b) => a - b)) {
      places[doc] = hashes.length;
      hashes.push(segment.hashes.subarray(doc * hashBytes, (doc + 1) * hashBytes));
    }
    moved.set(number, places);
  }
  const starts = new Uint32Array(gramCount + 1);
  let docs = new Uint32Array(1 << 20);
  let filled = 0;
  for (let gram = 0; gram < gramCount; gram++) {
    for (const { number, segment } of merged) {
      const places = moved.get(number) as Int32Array;
      segment.forEach(gram, (doc) => {
        const place = places[doc] as number;
        if (place < 0) return;
        if (filled === docs.length) {
          const grown = new Uint32Array(filled * 2);
          grown.set(docs);
          docs = grown;
        }
        docs[filled++] = place;
      });
    }
    starts[gram + 1] = filled;
  }
  replaceFile(file, encodeSegment(Buffer.concat(hashes), { starts, docs }));
  return moved;
}

function movedTree(tree: Tree, number: number, moved: ReadonlyMap<number, Int32Array>): Tree {
  const segments = [...tree.segments, number];
  const targets = tree.targets.map((target, entry) => {
    if (tree.kinds[entry] !== kind.file || target === nowhere) return target;
    const places = moved.get(tree.segments[Math.floor(target / segmentStep)] as number);
    if (places === undefined) return target;
    const place = places[target % segmentStep] as number;
    return place < 0 ? nowhere : tree.segments.length * segmentStep + place;
  });
  return compacted({ ...tree, segments, targets });
}
