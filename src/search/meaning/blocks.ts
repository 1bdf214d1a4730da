/**
 * The vectors of a snapshot's chunks, ready to be compared with queries.
 *
 * Up to `mostExact` rows are compared as signed bytes, all of them. Beyond, only the signs are in memory: they choose the nearest
 * `reranked`, in two steps, whose bytes are then read from their files. So memory and a first query stay small; what
 * the signs miss is in docs/measurements/meaning-search.md. Which versions count is the snapshot's and the filters' affair: rows of others are passed over.
 */
import {
  BestScores,
  type NearRow,
  RowBlock,
  RowScan,
  type Run,
  rowBytes,
  type ScanQuery,
  SignBlock,
  type SignRows,
  scanThread,
  signBytes,
} from '../../embed/mod.ts';
import type { VectorFile, VectorLabel } from '../../index/mod.ts';
import { VectorsGone } from '../../index/mod.ts';

/** Rows compared exactly: 52 MB and some 6 ms at 256 dimensions. */
export const mostExact = 200_000;

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
        const scales = new Float32Array(new SharedArrayBuffer(4 * file.rows));
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

export function bytesHeld({ rows, signs, versions, firstRow }: Block): number {
  const held = rows === null ? signs : { block: rows, scales: rows.scales };
  const columns = held === null ? 0 : held.block.bytes.byteLength + held.scales.byteLength;
  return columns + versions.byteLength + firstRow.byteLength;
}

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

export class ChunkVectors {
  readonly dimension: number;
  readonly #blocks: readonly Block[];
  readonly #places = new Map<number, Place>();
  /** First number of each block's rows, where all rows are numbered through. */
  readonly #offsets: number[] = [];
  readonly #allRuns: (readonly Run[])[] = [];
  /** Blocks of which only signs are in memory, by their places among all. */
  readonly #signs = new Map<number, SignRows>();
  readonly #scan: RowScan;
  /** Rows of versions that count. */
  readonly count: number = 0;

  /** @param counts whether the snapshot holds the version; one that several blocks hold is taken from the first */
  constructor(dimension: number, blocks: readonly Block[], counts: (version: number) => boolean) {
    this.dimension = dimension;
    this.#blocks = blocks;
    let rows = 0;
    for (const [block, { versions, firstRow, signs, file }] of blocks.entries()) {
      this.#offsets.push(rows);
      if (signs !== null && file !== null)
        this.#signs.set(block, {
          ...{ first: rows, signs: signs.block, scales: signs.scales },
          bytes: file.columnPlace(column.bytes),
        });
      rows += firstRow.at(-1) as number;
      for (const [at, version] of versions.entries()) {
        if (this.#places.has(version) || !counts(version)) continue;
        this.#places.set(version, { block, at });
        this.count += (firstRow[at + 1] as number) - (firstRow[at] as number);
      }
    }
    this.#scan = new RowScan(dimension, [...this.#signs.values()]);
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

  /** Whether a file was gone when it was wanted, so that other files hold its rows now. */
  get isBehind(): boolean {
    return this.#scan.isBehind;
  }

  /** Bytes in memory. */
  get bytes(): number {
    return this.#blocks.reduce((sum, block) => sum + bytesHeld(block), 0);
  }

  /** The chunks nearest to a query, best first. @param admits versions that filters let through; `null`: all */
  nearest(query: ScanQuery, k: number, admits: ((version: number) => boolean) | null): NearChunk[] {
    return this.#chunksOf(query, k, admits, this.#scan.nearest(query, k, this.#signRuns(admits)));
  }

  /**
   * As `nearest`, begun on another thread where there is one and it pays, while this one does something else.
   *
   * @returns what gives the answer: the same, wherever it was found. Not to be called again
   */
  nearestSoon(query: ScanQuery, k: number, admits: ((version: number) => boolean) | null): () => NearChunk[] {
    // With filters, most of the work is asking them about each version.
    const soon =
      admits === null && this.#signs.size > 0
        ? scanThread.begin(this, [...this.#signs.values()], this.#signRuns(null), query, k)
        : null;
    return () => {
      const found = soon?.() ?? null;
      if (found === null) return this.nearest(query, k, admits);
      if (found.isBehind) this.#scan.isBehind = true;
      return this.#chunksOf(query, k, admits, found.rows);
    };
  }

  #signRuns(admits: ((version: number) => boolean) | null): (readonly Run[])[] {
    return [...this.#signs.keys()].map((block) => this.#runs(block, admits));
  }

  /** The best of rows that are in memory and of those that signs found. */
  #chunksOf(
    query: ScanQuery,
    k: number,
    admits: ((version: number) => boolean) | null,
    bySigns: readonly NearRow[],
  ): NearChunk[] {
    const best = new BestScores(k);
    for (const [at, { rows }] of this.#blocks.entries()) {
      if (rows === null) continue;
      const offset = this.#offsets[at] as number;
      for (const { from, to } of this.#runs(at, admits)) {
        const scores = rows.scores(query, from, to);
        for (let i = 0; i < scores.length; i++)
          if ((scores[i] as number) > best.floor) best.offer(scores[i] as number, offset + from + i);
      }
    }
    for (const { id, score } of bySigns) best.offer(score, id);
    return best.sorted().map(({ id, score }) => ({ ...this.#chunkOf(id), cosine: score }));
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
    const { rows: kept } = this.#blocks[at] as Block;
    if (kept !== null) return Float32Array.from(rows, (row) => kept.scores(query, row, row + 1)[0] as number);
    return this.#scan.cosines(this.#signs.get(at) as SignRows, rows, query);
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
