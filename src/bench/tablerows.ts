/**
 * Rows of a table as objects, whatever the file is: JSON lines (`.jsonl`, packed or not) or Parquet, which is how data sets are given away.
 *
 * Rows come one at a time, so that a corpus larger than memory can be read; of a Parquet file a row group is in memory at a time. `line` counts from 1 in both,
 * for messages. Compressions are those that Node has, and Snappy.
 */
import { statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { WinnowError } from '../base/mod.ts';
import { readLines } from './lines.ts';

export type Row = Readonly<Record<string, unknown>>;

export interface NumberedRow {
  readonly row: Row;
  readonly line: number;
}

/** @throws WinnowError `bad-data` naming file and line */
export const wrongRow = (path: string, line: number, expected: string, came: string): WinnowError =>
  new WinnowError('bad-data', `${path}:${line}: expected ${expected}; came ${came}.`, { details: { path, line } });

export const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
};

/** @throws WinnowError `bad-data`, `path-not-found`, `path-unreadable` */
export const readRows = (path: string): AsyncGenerator<NumberedRow> =>
  path.endsWith('.parquet') ? readParquet(path) : readObjects(path);

/** Objects of a JSON-lines file with the line they stand on; blank lines are passed over. */
export async function* readObjects(path: string): AsyncGenerator<NumberedRow> {
  for await (const { number: line, text } of readLines(path)) {
    if (text.trim() === '') continue;
    let row: unknown;
    try {
      row = JSON.parse(text);
    } catch (cause) {
      throw wrongRow(path, line, 'a JSON object', `${shown(text)} (${(cause as Error).message})`);
    }
    if (typeof row !== 'object' || row === null || Array.isArray(row))
      throw wrongRow(path, line, 'a JSON object', shown(row));
    yield { row: row as Row, line };
  }
}

async function* readParquet(path: string): AsyncGenerator<NumberedRow> {
  // The one reader of it; few runs need it.
  const { parquetMetadataAsync, parquetReadObjects } = await import('hyparquet');
  const size = sizeOf(path);
  const handle = await open(path, 'r');
  const file = {
    byteLength: size,
    slice: async (start: number, end: number = size): Promise<ArrayBuffer> => {
      const bytes = new Uint8Array(end - start);
      await handle.read(bytes, 0, bytes.length, start);
      return bytes.buffer;
    },
  };
  const compressors = {
    GZIP: unpackedBy(gunzipSync),
    ZSTD: unpackedBy(zstdDecompressSync),
    BROTLI: unpackedBy(brotliDecompressSync),
  };
  let line = 1;
  try {
    const metadata = await parquetMetadataAsync(file);
    for (const { num_rows: rows } of metadata.row_groups) {
      const rowStart = line - 1;
      const rowEnd = rowStart + Number(rows);
      for (const row of await parquetReadObjects({ file, metadata, rowStart, rowEnd, compressors }))
        yield { row: plain(row), line: line++ };
    }
  } catch (cause) {
    if (cause instanceof WinnowError) throw cause;
    throw new WinnowError(
      'bad-data',
      `${path}: expected a Parquet file; it is damaged or none (${(cause as Error).message}).`,
      { cause },
    );
  } finally {
    await handle.close();
  }
}

const unpackedBy =
  (unpack: (bytes: Uint8Array) => Uint8Array) =>
  (bytes: Uint8Array): Uint8Array =>
    unpack(bytes);

/** Whole numbers of 64 bits as numbers, where they are. */
const plain = (row: Row): Row =>
  Object.fromEntries(
    Object.entries(row).map(([key, value]) => [key, typeof value === 'bigint' ? Number(value) : value]),
  );

function sizeOf(path: string): number {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw new WinnowError('path-not-found', `Expected a file at ${path}; there is none.`);
  return stats.size;
}
