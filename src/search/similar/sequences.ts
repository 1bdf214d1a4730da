/**
 * Fingerprints of many files as sequences in memory, without those that occur once.
 *
 * Two passes over what is kept beside the store: one counts hashes in a table of fixed size, one keeps the fingerprints that others may equal, where enough of
 * them stand in a row. Of a tree of 1.5 million fingerprints some tenths are left, so memory follows what is copied, not the tree.
 */

import { gramTokens } from '../../code/mod.ts';
import type { FileRecord, VectorFile } from '../../index/mod.ts';
import { type Gathered, type KeptRows, numbersOf } from './gather.ts';
import { gapOf, gramLines, printColumn } from './rows.ts';

/** Counters of hashes, one byte each. Hashes that share one are kept in vain, and are told apart later. */
const counters = 1 << 25;

/** Columns by fingerprint; those of a file stand together, in its order. */
export interface Sequences {
  readonly count: number;
  readonly files: readonly FileRecord[];
  /** Index in `files`. */
  readonly file: Int32Array;
  readonly exact: Uint32Array;
  readonly blind: Uint32Array;
  /** Index in the file's tokens of the gram's first. */
  readonly token: Int32Array;
  /** First and last line of the gram. */
  readonly line: Int32Array;
  readonly lastLine: Int32Array;
  /** The fingerprint before is not the one before in the file. */
  readonly breaks: Uint8Array;
  /** Tokens of all files that were looked at, but for at most seven at each file's end. */
  readonly tokens: number;
  /** Versions that have fingerprints. */
  readonly read: ReadonlySet<number>;
}

interface Stretch {
  readonly file: FileRecord;
  readonly from: number;
  readonly to: number;
}

/** @param least fingerprints in a row that are worth keeping */
export function sequencesOf(
  { files, unkept }: Gathered,
  fileOf: (version: number) => FileRecord | null,
  least: number,
): Sequences {
  const seen = new Set<number>();
  const sources = [...files, ...unkept].map((source) => ({ source, stretches: stretchesOf(source, fileOf, seen) }));
  const counts = new Uint8Array(counters);
  for (const { source, stretches } of sources) {
    const blind = numbersOf(source, printColumn.blind);
    if (blind === null) continue;
    for (const { from, to } of stretches)
      for (let row = from; row < to; row++) {
        const at = (blind[row] as number) % counters;
        if ((counts[at] as number) < 2) counts[at] = (counts[at] as number) + 1;
      }
  }
  const builder = new Builder();
  for (const { source, stretches } of sources) {
    const columns = [printColumn.blind, printColumn.exact, printColumn.line, printColumn.packed].map((column) =>
      numbersOf(source, column),
    );
    const [blind, exact, line, packed] = columns;
    if (!blind || !exact || !line || !packed) continue;
    for (const { file, from, to } of stretches) {
      let token = 0;
      let runFrom = from;
      let runToken = 0;
      const end = (row: number): void => {
        if (row - runFrom >= least) builder.add(file, runFrom, row, runToken, { blind, exact, line, packed });
      };
      for (let row = from; row < to; row++) {
        token += gapOf(packed[row] as number);
        if ((counts[(blind[row] as number) % counters] as number) >= 2) {
          if (row === runFrom) runToken = token;
          continue;
        }
        end(row);
        runFrom = row + 1;
      }
      end(to);
      if (to > from) builder.note(file, token + gramTokens);
    }
  }
  return builder.build();
}

function stretchesOf(
  source: VectorFile | KeptRows,
  fileOf: (version: number) => FileRecord | null,
  seen: Set<number>,
): Stretch[] {
  const stretches: Stretch[] = [];
  for (const [at, version] of source.versions.entries()) {
    const file = seen.has(version) ? null : fileOf(version);
    if (file === null) continue;
    seen.add(version);
    stretches.push({ file, from: source.firstRow[at] as number, to: source.firstRow[at + 1] as number });
  }
  return stretches;
}

interface Columns {
  readonly blind: Uint32Array;
  readonly exact: Uint32Array;
  readonly line: Uint32Array;
  readonly packed: Uint32Array;
}

class Builder {
  /** In the order in which they were added. */
  readonly #runs: { readonly file: FileRecord; readonly from: number; readonly to: number }[] = [];
  #count = 0;
  #columns = Array.from({ length: 5 }, () => new Uint32Array(4096));
  #tokens = 0;
  readonly #read = new Set<number>();

  note({ version }: FileRecord, tokens: number): void {
    this.#tokens += tokens;
    this.#read.add(version);
  }

  add(file: FileRecord, from: number, to: number, token: number, { blind, exact, line, packed }: Columns): void {
    this.#runs.push({ file, from: this.#count, to: this.#count + to - from });
    while (this.#count + to - from > (this.#columns[0] as Uint32Array).length)
      this.#columns = this.#columns.map((column) => {
        const grown = new Uint32Array(column.length * 2);
        grown.set(column);
        return grown;
      });
    let at = token;
    for (let row = from; row < to; row++) {
      if (row > from) at += gapOf(packed[row] as number);
      const first = line[row] as number;
      const values = [blind[row], exact[row], at, first, first + gramLines(packed[row] as number)];
      for (let column = 0; column < values.length; column++)
        (this.#columns[column] as Uint32Array)[this.#count] = values[column] as number;
      this.#count++;
    }
  }

  /** In the order of paths, so that answers do not depend on when a file was read. */
  build(): Sequences {
    const count = this.#count;
    const runs = this.#runs.sort((a, b) =>
      a.file.path < b.file.path ? -1 : a.file.path > b.file.path ? 1 : a.from - b.from,
    );
    const files: FileRecord[] = [];
    const file = new Int32Array(count);
    const breaks = new Uint8Array(count);
    const columns = this.#columns.map(() => new Uint32Array(count));
    let at = 0;
    for (const run of runs) {
      if (files.at(-1) !== run.file) files.push(run.file);
      breaks[at] = 1;
      file.fill(files.length - 1, at, at + run.to - run.from);
      for (const [i, column] of columns.entries())
        column.set((this.#columns[i] as Uint32Array).subarray(run.from, run.to), at);
      at += run.to - run.from;
    }
    const [blind, exact, token, line, lastLine] = columns as [
      Uint32Array,
      Uint32Array,
      Uint32Array,
      Uint32Array,
      Uint32Array,
    ];
    const signed = (column: Uint32Array): Int32Array => new Int32Array(column.buffer);
    return {
      count,
      files,
      file,
      exact,
      blind,
      token: signed(token),
      line: signed(line),
      lastLine: signed(lastLine),
      breaks,
      tokens: this.#tokens,
      read: this.#read,
    };
  }
}
