/**
 * The rows nearest to a query among those of which only signs are in memory, as one thread finds them.
 *
 * Signs choose the nearest in two steps: against signs, all rows, then against the whole query, those that the first step chose. The bytes of these few are read
 * from their files. Nothing here knows of versions or snapshots, and all of it is numbers in memory that threads share or places
 * in files: so the thread that helps (`scanthread.ts`) runs the same code over the same rows.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { RowBlock, rowBytes, type ScanQuery, type SignBlock } from './scan.ts';
import { BestScores, type DistanceRun, nearestRows, takenOf } from './scanbest.ts';

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

/** Rows of a block, half-open. */
export interface Run {
  readonly from: number;
  readonly to: number;
}

/** Where the signed bytes of rows lie in a file. */
export interface RowPlace {
  readonly path: string;
  /** First byte of row 0. */
  readonly start: number;
  /** Bytes of a row. */
  readonly width: number;
}

/** Rows of a block of which only signs and scales are in memory. */
export interface SignRows {
  /** Number of its first row, where the rows of all blocks are numbered through. */
  readonly first: number;
  readonly signs: SignBlock;
  readonly scales: Float32Array;
  /** Where the signed bytes of its rows are. */
  readonly bytes: RowPlace;
}

export interface NearRow {
  readonly id: number;
  readonly score: number;
}

export class RowScan {
  readonly #dimension: number;
  readonly #blocks: readonly SignRows[];
  /** For rows read from files. */
  #scratch: RowBlock | null = null;
  /** For neighbours among them. */
  #run: Uint8Array | null = null;
  /** A file was gone when rows of it were wanted: merged away by another process since. */
  isBehind = false;

  /** @param blocks by rising `first` */
  constructor(dimension: number, blocks: readonly SignRows[]) {
    this.#dimension = dimension;
    this.#blocks = blocks;
  }

  /** The `k` rows nearest to a query, best first. @param runs rows that count, for each block */
  nearest(query: ScanQuery, k: number, runs: readonly (readonly Run[])[]): readonly NearRow[] {
    const all: DistanceRun[] = [];
    for (const [at, { first, signs }] of this.#blocks.entries())
      for (const { from, to } of runs[at] ?? [])
        all.push({
          first: first + from,
          distances: signs.distances(query, from, to),
          within: (reach, use) => signs.forEachWithin(reach, from, to, use),
        });
    const chosen = this.#likeliest(
      nearestRows(all, Math.max(bySigns, k), this.#dimension),
      query,
      Math.max(reranked, k),
    );
    const best = new BestScores(k);
    for (const [at, ids] of Map.groupBy(chosen, (id) => this.#blockOf(id))) {
      const block = this.#blocks[at] as SignRows;
      const scores = this.cosines(
        block,
        ids.map((id) => id - block.first),
        query,
      );
      for (const [i, id] of ids.entries()) best.offer(scores[i] as number, id);
    }
    return best.sorted();
  }

  /** Those of some rows, ascending, whose signs are most like the query, as far as these can tell; of equally like ones as `nearestRows` takes of equally far ones. */
  #likeliest(ids: readonly number[], query: ScanQuery, wanted: number): readonly number[] {
    if (ids.length <= wanted) return ids;
    const likeness = new Float64Array(ids.length);
    let block = 0;
    for (const [at, id] of ids.entries()) {
      while ((this.#blocks[block + 1]?.first ?? Number.POSITIVE_INFINITY) <= id) block++;
      const { first, signs } = this.#blocks[block] as SignRows;
      likeness[at] = signs.likeness(query, id - first);
    }
    const last = likeness.toSorted()[ids.length - wanted] as number;
    const better = likeness.reduce((sum, value) => sum + (value > last ? 1 : 0), 0);
    const equal = likeness.reduce((sum, value) => sum + (value === last ? 1 : 0), 0);
    let more = takenOf(better, equal, wanted);
    return ids.filter((_, at) => {
      const value = likeness[at] as number;
      return value > last || (value === last && more-- > 0);
    });
  }

  #blockOf(id: number): number {
    return this.#blocks.findLastIndex(({ first }) => first <= id);
  }

  /** Cosines of rows of a block, read from its file; good until the next call. Of a file that is gone they are 0, and `isBehind` is set. */
  cosines({ scales, bytes: place }: SignRows, rows: readonly number[], query: ScanQuery): Float32Array {
    if (this.#scratch === null || this.#scratch.count < rows.length)
      this.#scratch = new RowBlock(this.#dimension, Math.max(rows.length, 2 * reranked));
    const few = this.#scratch;
    const width = rowBytes(this.#dimension);
    const bytes = new Uint8Array(few.bytes.buffer, few.bytes.byteOffset, few.bytes.byteLength);
    this.#run ??= new Uint8Array(rowsAtOnce * width);
    const run = this.#run;
    const order = Uint32Array.from(rows.keys()).sort((i, j) => (rows[i] as number) - (rows[j] as number));
    const rowOf = (at: number): number => rows[order[at] as number] as number;
    try {
      readRows(place, (read) => {
        for (let at = 0, next = 1; at < order.length; at = next++) {
          const from = rowOf(at);
          while (next < order.length && rowOf(next) - rowOf(next - 1) <= nearRows && rowOf(next) - from < rowsAtOnce)
            next++;
          read(from, rowOf(next - 1) + 1, run);
          for (; at < next; at++) {
            const start = (rowOf(at) - from) * width;
            few.scales[order[at] as number] = scales[rowOf(at)] ?? 0;
            bytes.set(run.subarray(start, start + width), (order[at] as number) * width);
          }
        }
      });
    } catch (cause) {
      // This answer goes by words for these, the next finds the new file.
      if (!(cause instanceof RowsGone)) throw cause;
      this.isBehind = true;
      few.scales.fill(0, 0, rows.length);
    }
    return few.scores(query, 0, rows.length);
  }
}

/** A file was removed, or was cut short. */
class RowsGone extends Error {}

/** Calls `use` with what reads rows `[from, to)` into `target`. @throws RowsGone */
function readRows(
  { path, start, width }: RowPlace,
  use: (read: (from: number, to: number, target: Uint8Array) => void) => void,
): void {
  const descriptor = opened(path);
  try {
    use((from, to, target) => {
      const length = (to - from) * width;
      for (let at = 0; at < length; ) {
        const count = readSync(descriptor, target, at, length - at, start + from * width + at);
        if (count === 0) throw new RowsGone(path);
        at += count;
      }
    });
  } finally {
    closeSync(descriptor);
  }
}

function opened(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (cause) {
    throw new RowsGone(path, { cause });
  }
}
