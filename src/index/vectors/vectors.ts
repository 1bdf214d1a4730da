/**
 * All files of vectors of a store: which there are, adding one, keeping them few.
 *
 * No lock and no list of files: each says what it holds, and is removed only by who has written all of it elsewhere. So two
 * processes that add or merge at once may leave the same rows twice, which the next merge ends, and none is ever missed.
 */
import { readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import {
  openVectorFile,
  type VectorFile,
  type VectorLabel,
  type VectorRows,
  VectorsGone,
  type VectorVersion,
  vectorFileName,
  writeVectorFile,
} from './vector-file.ts';

/** Where vectors lie, and what tells this store from others. */
export interface VectorPlace {
  readonly directory: string;
  readonly stamp: string;
}

/** From this many files on, small ones are merged; each costs a query some 50 µs. */
const mostFiles = 8;
/** Two of these are held in memory while merging. */
const mostMergedBytes = 32 * 1024 * 1024;

/** The sound files of one label, the largest first. */
export function vectorFiles({ directory, stamp }: VectorPlace, label: VectorLabel): VectorFile[] {
  return soundFiles(directory, stamp)
    .filter((file) => sameLabel(file.label, label))
    .sort((a, b) => b.rows - a.rows || (a.path < b.path ? -1 : 1));
}

const sameLabel = (a: VectorLabel, b: VectorLabel): boolean => a.label === b.label && `${a.widths}` === `${b.widths}`;

function soundFiles(directory: string, stamp: string): VectorFile[] {
  return namesIn(directory).flatMap((name) => {
    if (name.endsWith('.new')) return [];
    const file = openVectorFile(path.join(directory, name), stamp);
    return file === null ? [] : [file];
  });
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory).filter((name) => vectorFileName.test(name));
  } catch {
    // No store yet.
    return [];
  }
}

/** What files there are, as text: equal texts, equal files, as far as names, sizes and times tell. */
export const vectorFilesState = ({ directory }: VectorPlace): string =>
  namesIn(directory)
    .sort()
    .map((name) => {
      const stats = statSync(path.join(directory, name), { throwIfNoEntry: false });
      return `${name} ${stats?.size} ${stats?.mtimeMs}`;
    })
    .join('\n');

/** Keeps rows, and merges files when there are many. @throws what the file system throws */
export function putVectors(place: VectorPlace, label: VectorLabel, rows: VectorRows): void {
  writeVectorFile(place.directory, label, place.stamp, rows);
  const files = vectorFiles(place, label);
  if (files.length <= mostFiles) return;
  const small = files.filter(({ bytes }) => bytes < mostMergedBytes / 2).reverse();
  mergeFiles(place, label, small.slice(0, mostFiles), () => true);
}

/**
 * Drops rows of versions that are no more, files that nobody can use, and in each family those of labels other than the one that was written last.
 *
 * @param keeps whether the store has the version
 */
export function tidyVectors(place: VectorPlace, keeps: (version: number) => boolean): void {
  const files = soundFiles(place.directory, place.stamp);
  const usable = new Set(files.map((file) => path.basename(file.path)));
  for (const name of namesIn(place.directory))
    if (!usable.has(name)) rmSync(path.join(place.directory, name), { force: true, recursive: true });
  for (const family of Map.groupBy(files, ({ label }) => label.family).values()) tidyFamily(place, family, keeps);
}

function tidyFamily(place: VectorPlace, files: readonly VectorFile[], keeps: (version: number) => boolean): void {
  const latest = files
    .map((file) => ({ file, writtenMs: statSync(file.path, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((a, b) => b.writtenMs - a.writtenMs)[0]?.file.label;
  if (latest === undefined) return;
  const small: VectorFile[] = [];
  for (const file of files) {
    if (!sameLabel(file.label, latest)) rmSync(file.path, { force: true });
    else if (file.bytes < mostMergedBytes / 2) small.push(file);
    else if (file.versions.some((version) => !keeps(version))) mergeFiles(place, latest, [file], keeps);
  }
  if (small.length > 1 || small.some((file) => file.versions.some((version) => !keeps(version))))
    mergeFiles(place, latest, small, keeps);
}

/** One file in the place of several; a version that more than one holds is taken from the first. */
function mergeFiles(
  { directory, stamp }: VectorPlace,
  label: VectorLabel,
  files: readonly VectorFile[],
  keeps: (version: number) => boolean,
): void {
  const versions: VectorVersion[] = [];
  const pieces = label.widths.map((): Uint8Array[] => []);
  const taken = new Set<number>();
  const merged: VectorFile[] = [];
  for (const file of files) {
    const columns = wholeColumns(file);
    merged.push(file);
    if (columns === null) continue;
    for (const [at, version] of file.versions.entries()) {
      if (taken.has(version) || !keeps(version)) continue;
      taken.add(version);
      const [from, to] = [file.firstRow[at] as number, file.firstRow[at + 1] as number];
      versions.push({ version, hash: file.hash(at), rows: to - from });
      for (const [column, width] of label.widths.entries())
        pieces[column]?.push((columns[column] as Uint8Array).subarray(from * width, to * width));
    }
  }
  const columns = pieces.map((list) => Buffer.concat(list));
  const written = versions.length === 0 ? null : writeVectorFile(directory, label, stamp, { versions, columns });
  for (const { path: file } of merged) if (file !== written) rmSync(file, { force: true });
}

/** Every row of a file; `null` when it is gone or not as it was written. */
function wholeColumns(file: VectorFile): Uint8Array[] | null {
  try {
    return file.read((read) =>
      file.label.widths.map((width, column) => {
        const bytes = new Uint8Array(width * file.rows);
        read(column, 0, file.rows, bytes);
        if (!file.isSound(column, bytes)) throw new VectorsGone(file.path);
        return bytes;
      }),
    );
  } catch (cause) {
    if (cause instanceof VectorsGone) return null;
    throw cause;
  }
}

/** Problems of a store's vectors, for `verify`. */
export function vectorProblems({ directory, stamp }: VectorPlace): string[] {
  return soundFiles(directory, stamp).flatMap((file) =>
    wholeColumns(file) === null ? [`vectors in ${path.basename(file.path)} do not match their checksum`] : [],
  );
}
