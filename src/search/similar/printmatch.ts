/**
 * Files that have fingerprints of a piece of code, found by going through all fingerprints that are kept.
 *
 * They lie in flat columns, so a scan looks at some hundred million in a second, and nothing has to be kept in step with edits: the same choice as for
 * vectors. A bit for each upper half of a hash lets nearly all pass by without a look-up. A fingerprint that the piece shares with many files tells little: files are ordered by the sum
 * of 1 / ln(1 + files that have it).
 */
import type { FileRecord, VectorFile } from '../../index/mod.ts';
import type { AskedCode } from './asked.ts';
import { type Gathered, type KeptRows, numbersOf } from './gather.ts';
import { printColumn } from './rows.ts';

export interface MatchedFile {
  readonly file: FileRecord;
  readonly weight: number;
  /** Byte at which each of the file's fingerprints begins, ascending. */
  readonly starts: Uint32Array;
  /** Whether the piece has it. */
  readonly matched: Uint8Array;
}

interface Found {
  readonly source: VectorFile | KeptRows;
  readonly at: number;
  readonly file: FileRecord;
  readonly rows: number[];
  readonly hashes: Set<number>;
}

/** @param most files given */
export function matchPrints(
  { files, unkept }: Gathered,
  asked: AskedCode,
  fileOf: (version: number) => FileRecord | null,
  most: number,
): MatchedFile[] {
  if (asked.grams.size === 0) return [];
  const upper = new Uint8Array(1 << 13);
  for (const hash of asked.grams) upper[hash >>> 19] = (upper[hash >>> 19] as number) | (1 << ((hash >>> 16) & 7));
  const seen = new Set<number>();
  const found: Found[] = [];
  for (const source of [...files, ...unkept]) {
    const blind = numbersOf(source, printColumn.blind);
    if (blind === null) continue;
    for (const [at, version] of source.versions.entries()) {
      if (seen.has(version)) continue;
      const [from, to] = [source.firstRow[at] as number, source.firstRow[at + 1] as number];
      let here: Found | null = null;
      for (let row = from; row < to; row++) {
        const hash = blind[row] as number;
        if (((upper[hash >>> 19] as number) & (1 << ((hash >>> 16) & 7))) === 0 || !asked.grams.has(hash)) continue;
        if (here === null) {
          const file = fileOf(version);
          if (file === null) break;
          here = { source, at, file, rows: [], hashes: new Set() };
          found.push(here);
        }
        here.rows.push(row - from);
        here.hashes.add(hash);
      }
      seen.add(version);
    }
  }
  const inFiles = new Map<number, number>();
  for (const { hashes } of found) for (const hash of hashes) inFiles.set(hash, (inFiles.get(hash) ?? 0) + 1);
  const weightOf = ({ hashes }: Found): number =>
    [...hashes].reduce((sum, hash) => sum + 1 / Math.log(1 + (inFiles.get(hash) ?? 1)), 0);
  return found
    .map((one) => ({ one, weight: weightOf(one) }))
    .sort((a, b) => b.weight - a.weight || (a.one.file.path < b.one.file.path ? -1 : 1))
    .slice(0, most)
    .flatMap(({ one, weight }) => matchedFile(one, weight));
}

function matchedFile({ source, at, file, rows }: Found, weight: number): MatchedFile[] {
  const starts = numbersOf(source, printColumn.start);
  if (starts === null) return [];
  const own = starts.slice(source.firstRow[at], source.firstRow[at + 1]);
  const matched = new Uint8Array(own.length);
  for (const row of rows) matched[row] = 1;
  return [{ file, weight, starts: own, matched }];
}
