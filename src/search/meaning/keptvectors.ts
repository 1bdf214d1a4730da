/**
 * The vectors of whole snapshots, kept ready between questions.
 *
 * A process that answers takes a snapshot for each question. While nothing changes, these share their list of files, and the vectors of one are those of the
 * next: telling which rows count among 60,000 versions, and reading the heads of files, took longer than the scan. They are asked anew when the files
 * of vectors beside the index are others, or when one was found gone. Bounded like the blocks they are made of, most of which are the same bytes.
 */
import { type FileRecord, type VectorPlace, vectorFilesState } from '../../index/mod.ts';
import type { ChunkVectors } from './blocks.ts';

/** The signs of some two million rows, or the bytes of a repository of 200,000. */
const mostKeptBytes = 64 * 1024 * 1024;
/** Where each version lies takes memory too, about 100 bytes each. */
const mostKept = 4;

interface Kept {
  readonly vectors: ChunkVectors;
  /** Of the files of vectors, when they were read. */
  readonly state: string;
}

type ByKey = Map<string, Kept>;

/** By the list of files, so that nothing is kept for one that is gone. */
const byFiles = new WeakMap<readonly FileRecord[], ByKey>();
/** Least lately used first. */
const lately: { readonly of: ByKey; readonly key: string; readonly kept: Kept }[] = [];

/** @param key tells encoders and ways of keeping rows apart @returns `null` when they have to be opened */
export function keptVectors(files: readonly FileRecord[], key: string, place: VectorPlace | null): ChunkVectors | null {
  const of = byFiles.get(files);
  const kept = of?.get(key);
  if (of === undefined || kept === undefined) return null;
  const at = lately.findIndex((one) => one.kept === kept);
  const [entry] = lately.splice(at, 1);
  if (entry === undefined || kept.vectors.isBehind || kept.state !== stateAt(place)) {
    of.delete(key);
    return null;
  }
  lately.push(entry);
  return kept.vectors;
}

/** @param vectors of every one of the files */
export function keepVectors(
  files: readonly FileRecord[],
  key: string,
  place: VectorPlace | null,
  vectors: ChunkVectors,
): void {
  const of: ByKey = byFiles.get(files) ?? new Map();
  byFiles.set(files, of);
  const kept = { vectors, state: stateAt(place) };
  of.set(key, kept);
  lately.push({ of, key, kept });
  let bytes = lately.reduce((sum, one) => sum + one.kept.vectors.bytes, 0);
  while (lately.length > mostKept || (bytes > mostKeptBytes && lately.length > 0)) {
    const oldest = lately.shift();
    if (oldest === undefined) break;
    bytes -= oldest.kept.vectors.bytes;
    if (oldest.of.get(oldest.key) === oldest.kept) oldest.of.delete(oldest.key);
  }
}

const stateAt = (place: VectorPlace | null): string => (place === null ? '' : vectorFilesState(place));
