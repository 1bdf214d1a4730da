/**
 * The vectors of a snapshot's chunks, ready to be compared with queries.
 *
 * Up to `mostExact` rows are compared as signed bytes, all of them. Beyond, only the signs are in memory: they choose the nearest
 * `reranked`, in two steps, whose bytes are then read from their files. So memory and a first query stay small; what
 * the signs miss is in docs/measurements/meaning-search.md. Which versions count is the snapshot's and the filters' affair: rows of others are passed over.
 */
import {
  BestScores,
  type DistanceRun,
  nearestRows,
  RowBlock,
  rowBytes,
  type ScanQuery,
  SignBlock,
  signBytes,
} from '../../embed/mod.ts';
import type { VectorFile, VectorLabel } from '../../index/mod.ts';
import { VectorsGone } from '../../index/mod.ts';

/** Rows compared exactly: 52 MB and some 6 ms at 256 dimensions. */
export const mostExact = 200_000;
/**
 * Rows that signs against signs choose, and those that stay when their signs are compared with the whole query. Then the bytes of these few are read.
 * What each number costs and finds is in docs/measurements/meaning-search.md.
 */
export const bySigns = 2_000;
export const reranked = 500;

/**
 * Rows that lie no further apart are read at once, at most so many: a read costs as much as copying 16 rows of 256 bytes. What is near in meaning lies near
 * in files: of 2,000 reads in spring-framework 700 are left.
 */
const nearRows = 16;
const rowsAtOnce = 512;

/** Columns of a row, in the order of the widths of its label. */
const column = { scales: 0, signs: 1, bytes: 2 } as const;

/** @param id of the encoder; rows of another are never looked at. Raise the number when rows are laid out or made in another way */
export const labelOf = (id: string, dimension: number): VectorLabel => ({
  label: `2 ${id}`,
  widths: [4, signBytes(dimension), rowBytes(dimension)],
});

/** Rows of some versions, end to end. */
export interface Block {
  readonly versions: Uint32Array;
  /** First row of each version, and the number of rows at the end. */
  readonly firstRow: Uint32Array;
  /** `null` where only signs and scales are in memory. */
  readonly rows: RowBlock | null;
  readonly signs: { readonly block: SignBlock; readonly scales: Float32Array } | null;
  /** Where rows that are not in memory are. */
  readonly file: VectorFile | null;
}

/** @returns `null` when the file is gone, cut short or damaged */
export function loadBlock(file: VectorFile, dimension: number, exact: boolean): Block | null {
  const { versions, firstRow } = file;
  try {
    return file.read((read) => {
      const whole = (which: number, target: Uint8Array): void => {
        read(which, 0, file.rows, target);
        if (!file.isSound(which, target)) throw new VectorsGone(file.path);
      };
      if (!exact) {
        const block = new SignBlock(dimension, file.rows);
        const scales = new Float32Array(file.rows);
        whole(column.signs, block.bytes);
        whole(column.scales, bytesOf(scales));
        return { versions, firstRow, rows: null, signs: { block, scales }, file };
      }
      const rows = new RowBlock(dimension, file.rows);
      whole(column.scales, bytesOf(rows.scales));
      whole(column.bytes, bytesOf(rows.bytes));
      return { versions, firstRow, rows, signs: null, file };
    });
  } catch (cause) {
    if (cause instanceof VectorsGone) return null;
    throw cause;
  }
}

export const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView<ArrayBufferLike>): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** A chunk and its cosine with the query. */
export interface NearChunk {
  readonly version: number;
  /** Index in the file's chunks. */
  readonly chunk: number;
  readonly cosine: number;
}

interface Place {
  readonly block: number;
  /** Index in the block's versions. */
  readonly at: number;
}

/** Rows of a block, half-open. */
interface Run {
  readonly from: number;
  readonly to: number;
}

export class ChunkVectors {
  readonly dimension: number;
  readonly #blocks: readonly Block[];
  readonly #places = new Map<number, Place>();
  /** First number of each block's rows, where all rows are numbered through. */
  readonly #offsets: number[] = [];
  readonly #allRuns: (readonly Run[])[] = [];
  /** For rows read from files. */
  #scratch: RowBlock | null = null;
  /** For neighbours among them. */
  #run: Uint8Array | null = null;
  /** Rows of versions that count. */
  readonly count: number = 0;

  /** @param counts whether the snapshot holds the version; one that several blocks hold is taken from the first */
  constructor(dimension: number, blocks: readonly Block[], counts: (version: number) => boolean) {
    this.dimension = dimension;
    this.#blocks = blocks;
    let rows = 0;
    for (const [block, { versions, firstRow }] of blocks.entries()) {
      this.#offsets.push(rows);
      rows += firstRow.at(-1) as number;
      for (const [at, version] of versions.entries()) {
        if (this.#places.has(version) || !counts(version)) continue;
        this.#places.set(version, { block, at });
        this.count += (firstRow[at + 1] as number) - (firstRow[at] as number);
      }
    }
  }

  /**
   * The vectors of several snapshots whose versions are numbered through.
   *
   * @param parts with what is added to the versions of each
   * @param counts whether a version, so numbered, is held
   */
  static joined(
    dimension: number,
    parts: readonly { readonly vectors: ChunkVectors; readonly base: number }[],
    counts: (version: number) => boolean,
  ): ChunkVectors {
    const blocks = parts.flatMap(({ vectors, base }) =>
      vectors.#blocks.map((block) => ({ ...block, versions: block.versions.map((version) => version + base) })),
    );
    return new ChunkVectors(dimension, blocks, counts);
  }

  has(version: number): boolean {
    return this.#places.has(version);
  }

  /** The chunks nearest to a query, best first. @param admits versions that filters let through; `null`: all */
  nearest(query: ScanQuery, k: number, admits: ((version: number) => boolean) | null): NearChunk[] {
    const best = new BestScores(k);
    const runs: DistanceRun[] = [];
    for (const [at, block] of this.#blocks.entries()) {
      const offset = this.#offsets[at] as number;
      for (const { from, to } of this.#runs(at, admits)) {
        if (block.rows !== null) {
          const scores = block.rows.scores(query, from, to);
          for (let i = 0; i < scores.length; i++)
            if ((scores[i] as number) > best.floor) best.offer(scores[i] as number, offset + from + i);
        } else if (block.signs !== null) {
          const { block: signs } = block.signs;
          runs.push({
            first: offset + from,
            distances: signs.distances(query, from, to),
            within: (reach) => signs.within(reach, from, to),
          });
        }
      }
    }
    const chosen = this.#likeliest(
      nearestRows(runs, Math.max(bySigns, k), this.dimension),
      query,
      Math.max(reranked, k),
    );
    for (const [block, ids] of Map.groupBy(chosen, (id) => lastAtMost(this.#offsets, id))) {
      const offset = this.#offsets[block] as number;
      const scores = this.#scoresOf(
        block,
        ids.map((id) => id - offset),
        query,
      );
      for (const [i, id] of ids.entries()) best.offer(scores[i] as number, id);
    }
    return best.sorted().map(({ id, score }) => ({ ...this.#chunkOf(id), cosine: score }));
  }

  /** Those of some rows whose signs are most like the query, as far as these can tell. */
  #likeliest(ids: readonly number[], query: ScanQuery, wanted: number): number[] {
    if (ids.length <= wanted) return [...ids];
    const best = new BestScores(wanted);
    for (const id of ids) {
      const block = lastAtMost(this.#offsets, id);
      const { signs } = this.#blocks[block] as Block;
      best.offer(signs?.block.likeness(query, id - (this.#offsets[block] as number)) ?? 0, id);
    }
    return best.sorted().map(({ id }) => id);
  }

  /**
   * Calls `use` with the cosines of all chunks of each version that counts. Where only signs are in memory they are
   * estimated from these: the angle is π times the share of signs that differ.
   *
   * @param use its array is good until it returns
   */
  forEachVersion(query: ScanQuery, use: (version: number, cosines: Float32Array) => void): void {
    for (const [at, { versions, firstRow, rows, signs }] of this.#blocks.entries()) {
      for (const { from, to } of this.#runs(at, null)) {
        const cosines =
          rows?.scores(query, from, to) ??
          Float32Array.from(signs?.block.distances(query, from, to) ?? [], (d) =>
            Math.cos((Math.PI * d) / this.dimension),
          );
        for (let v = lastAtMost(firstRow.subarray(0, versions.length), from); v < versions.length; v++) {
          const [first, end] = [firstRow[v] as number, firstRow[v + 1] as number];
          if (first >= to) break;
          if (first >= from && end > first) use(versions[v] as number, cosines.subarray(first - from, end - from));
        }
      }
    }
  }

  /** Cosines of chunks with a query; 0 where there is no vector of the chunk. */
  cosines(query: ScanQuery, chunks: readonly { readonly version: number; readonly chunk: number }[]): Float32Array {
    const cosines = new Float32Array(chunks.length);
    const byBlock = new Map<number, { readonly rows: number[]; readonly targets: number[] }>();
    for (const [target, { version, chunk }] of chunks.entries()) {
      const place = this.#places.get(version);
      if (place === undefined) continue;
      const { firstRow } = this.#blocks[place.block] as Block;
      const row = (firstRow[place.at] as number) + chunk;
      if (row >= (firstRow[place.at + 1] as number)) continue;
      const wanted = byBlock.get(place.block) ?? { rows: [], targets: [] };
      byBlock.set(place.block, wanted);
      wanted.rows.push(row);
      wanted.targets.push(target);
    }
    for (const [block, { rows, targets }] of byBlock) {
      const scores = this.#scoresOf(block, rows, query);
      for (const [i, target] of targets.entries()) cosines[target] = scores[i] as number;
    }
    return cosines;
  }

  /** Rows of a block that count and are admitted, as runs. */
  #runs(block: number, admits: ((version: number) => boolean) | null): readonly Run[] {
    if (admits !== null) return this.#runsOf(block, admits);
    // The usual case, over every version of the repository: looked at once.
    const known = this.#allRuns[block] ?? this.#runsOf(block, () => true);
    this.#allRuns[block] = known;
    return known;
  }

  #runsOf(block: number, admits: (version: number) => boolean): Run[] {
    const { versions, firstRow } = this.#blocks[block] as Block;
    const runs: Run[] = [];
    let from = -1;
    for (let at = 0; at < versions.length; at++) {
      const version = versions[at] as number;
      const place = this.#places.get(version);
      const wanted = place?.block === block && place.at === at && admits(version);
      if (wanted && from < 0) from = firstRow[at] as number;
      if (!wanted && from >= 0) {
        runs.push({ from, to: firstRow[at] as number });
        from = -1;
      }
    }
    if (from >= 0) runs.push({ from, to: firstRow.at(-1) as number });
    return runs;
  }

  /** Cosines of rows of a block, read from its file where they are not in memory; good until the next call. */
  #scoresOf(at: number, rows: readonly number[], query: ScanQuery): Float32Array {
    const { rows: kept, signs, file } = this.#blocks[at] as Block;
    if (kept !== null) return Float32Array.from(rows, (row) => kept.scores(query, row, row + 1)[0] as number);
    if (this.#scratch === null || this.#scratch.count < rows.length)
      this.#scratch = new RowBlock(this.dimension, Math.max(rows.length, 2 * reranked));
    const few = this.#scratch;
    const width = rowBytes(this.dimension);
    const bytes = bytesOf(few.bytes);
    this.#run ??= new Uint8Array(rowsAtOnce * width);
    const run = this.#run;
    const order = Uint32Array.from(rows.keys()).sort((i, j) => (rows[i] as number) - (rows[j] as number));
    const rowOf = (at: number): number => rows[order[at] as number] as number;
    try {
      file?.read((read) => {
        for (let at = 0, next = 1; at < order.length; at = next++) {
          const from = rowOf(at);
          while (next < order.length && rowOf(next) - rowOf(next - 1) <= nearRows && rowOf(next) - from < rowsAtOnce)
            next++;
          read(column.bytes, from, rowOf(next - 1) + 1, run);
          for (; at < next; at++) {
            const start = (rowOf(at) - from) * width;
            few.scales[order[at] as number] = signs?.scales[rowOf(at)] ?? 0;
            bytes.set(run.subarray(start, start + width), (order[at] as number) * width);
          }
        }
      });
    } catch (cause) {
      // Merged away by another process since: this answer goes by words for these, the next finds the new file.
      if (!(cause instanceof VectorsGone)) throw cause;
      few.scales.fill(0, 0, rows.length);
    }
    return few.scores(query, 0, rows.length);
  }

  #chunkOf(id: number): { version: number; chunk: number } {
    const block = lastAtMost(this.#offsets, id);
    const { versions, firstRow } = this.#blocks[block] as Block;
    const row = id - (this.#offsets[block] as number);
    const at = lastAtMost(firstRow.subarray(0, versions.length), row);
    return { version: versions[at] as number, chunk: row - (firstRow[at] as number) };
  }
}

/** Where the last of ascending numbers that is at most `value` stands. */
function lastAtMost(ascending: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((ascending[middle] as number) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
