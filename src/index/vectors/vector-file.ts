/**
 * A file of vectors beside the store: rows of bytes, one per chunk, of some versions, by one encoder.
 *
 * What a row holds is the business of whoever wrote it; here it is columns of fixed width. A file is a cache: written under another
 * name and renamed, never changed, never synced, and believed only if its header fits its checksum, its length is what the header says, and it
 * carries the stamp of this very store, because version ids mean nothing in another. What does not fit is as good as not there.
 *
 *   file     = magic (8 bytes), length of the header (4, little-endian), CRC-32 of the header (4), header, versions, columns
 *   header   = JSON: format, stamp, label, widths of the columns, counts, a CRC-32 for the versions and for each column
 *   versions = ids (4 bytes each), rows of each (4), hashes of what rows were made from (20)
 *
 * Header, versions and columns begin at multiples of 16.
 */
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';

const vectorFormat = 1;
const magic = 'WNWVECTS';
const headerStart = 16;
/** Bytes of a hash of what rows were made from. */
export const hashBytes = 20;

/** What makes rows comparable: the encoder with its weights, and how a row is laid out. */
export interface VectorLabel {
  readonly label: string;
  /** Bytes of a row in each column. */
  readonly widths: readonly number[];
  /** What is kept side by side: of each family the label that was written last stays when a store is tidied. Absent: vectors of an encoder. */
  readonly family?: string;
}

export interface VectorVersion {
  readonly version: number;
  /** Of what its rows were made from: versions of equal hashes may share rows. */
  readonly hash: Uint8Array;
  /** One per chunk. */
  readonly rows: number;
}

/** Rows of versions, end to end in the order of `versions`. */
export interface VectorRows {
  readonly versions: readonly VectorVersion[];
  readonly columns: readonly Uint8Array[];
}

interface Header extends VectorLabel {
  readonly format: number;
  readonly stamp: string;
  readonly versions: number;
  readonly rows: number;
  readonly checksums: readonly number[];
}

/** A file was removed, or was cut short, while it was being read. */
export class VectorsGone extends Error {}

export type ReadRows = (column: number, from: number, to: number, target: Uint8Array) => void;

/** Where a column lies, for who reads rows of it without the file's tables, in another thread too. */
export interface ColumnPlace {
  readonly path: string;
  /** First byte of row 0. */
  readonly start: number;
  /** Bytes of a row. */
  readonly width: number;
}

export class VectorFile {
  readonly path: string;
  readonly label: VectorLabel;
  readonly versions: Uint32Array;
  /** First row of each version, and the number of rows at the end. */
  readonly firstRow: Uint32Array;
  readonly bytes: number;
  readonly #hashes: Uint8Array;
  readonly #starts: readonly number[];
  readonly #checksums: readonly number[];

  constructor(file: string, header: Header, table: Buffer, columnsStart: number) {
    const count = header.versions;
    const numbers = (at: number): Uint32Array =>
      Uint32Array.from({ length: count }, (_, i) => table.readUInt32LE(at + 4 * i));
    this.path = file;
    const family = header.family === undefined ? {} : { family: header.family };
    this.label = { label: header.label, widths: header.widths, ...family };
    this.versions = numbers(0);
    this.firstRow = new Uint32Array(count + 1);
    numbers(4 * count).forEach((rows, at) => {
      this.firstRow[at + 1] = (this.firstRow[at] as number) + rows;
    });
    this.#hashes = table.subarray(8 * count, (8 + hashBytes) * count);
    this.#checksums = header.checksums;
    const starts: number[] = [];
    let at = columnsStart;
    for (const width of header.widths) {
      starts.push(at);
      at += aligned(width * this.rows);
    }
    this.#starts = starts;
    this.bytes = at;
  }

  get rows(): number {
    return this.firstRow.at(-1) as number;
  }

  /** @param at index in `versions` */
  hash(at: number): Uint8Array {
    return this.#hashes.subarray(hashBytes * at, hashBytes * (at + 1));
  }

  columnPlace(column: number): ColumnPlace {
    const start = this.#starts[column] as number;
    return { path: this.path, start, width: this.label.widths[column] as number };
  }

  /** Calls `use` with what reads rows `[from, to)` of a column into `target`. @throws VectorsGone */
  read<T>(use: (read: ReadRows) => T): T {
    const descriptor = opened(this.path);
    if (descriptor === null) throw new VectorsGone(this.path);
    try {
      return use((column, from, to, target) => {
        const width = this.label.widths[column] as number;
        const length = (to - from) * width;
        if (!readFully(descriptor, target, length, (this.#starts[column] as number) + from * width))
          throw new VectorsGone(this.path);
      });
    } finally {
      closeSync(descriptor);
    }
  }

  /** Whether a whole column, as read, is what was written. */
  isSound(column: number, bytes: Uint8Array): boolean {
    return crc32(bytes) === this.#checksums[column + 1];
  }
}

/** @returns `null` for a file that is not there, is cut short, damaged, or of another store or format */
export function openVectorFile(file: string, stamp: string): VectorFile | null {
  const descriptor = opened(file);
  if (descriptor === null) return null;
  try {
    const start = Buffer.alloc(headerStart);
    if (!readFully(descriptor, start, headerStart, 0) || start.toString('latin1', 0, 8) !== magic) return null;
    const { size } = fstatSync(descriptor);
    const headerLength = start.readUInt32LE(8);
    if (headerStart + headerLength > size) return null;
    const head = Buffer.alloc(headerLength);
    if (!readFully(descriptor, head, headerLength, headerStart)) return null;
    if (crc32(head) !== start.readUInt32LE(12)) return null;
    const header = JSON.parse(head.toString('utf8')) as Header;
    if (header.format !== vectorFormat || header.stamp !== stamp) return null;
    const tableLength = aligned((8 + hashBytes) * header.versions);
    const table = Buffer.alloc(tableLength);
    const tableStart = headerStart + headerLength;
    if (tableStart + tableLength > size || !readFully(descriptor, table, tableLength, tableStart)) return null;
    if (crc32(table) !== header.checksums[0]) return null;
    const found = new VectorFile(file, header, table, tableStart + tableLength);
    return found.rows === header.rows && found.bytes === size ? found : null;
  } finally {
    closeSync(descriptor);
  }
}

/** Name of the file that holds these versions: who writes the same rows twice writes one file. */
function nameOf(label: VectorLabel, stamp: string, versions: readonly VectorVersion[]): string {
  const digest = createHash('sha256').update(`${label.label} ${label.widths} ${stamp} `);
  digest.update(Uint32Array.from(versions, ({ version }) => version));
  return `${digest.digest('hex').slice(0, 16)}.vectors`;
}

/** A file of vectors or an unfinished one. */
export const vectorFileName = /^[0-9a-f]{16}\.vectors(\.\d+\.new)?$/;

/** @throws what the file system throws; then nothing is left behind */
export function writeVectorFile(directory: string, label: VectorLabel, stamp: string, rows: VectorRows): string {
  const { versions, columns } = rows;
  const table = Buffer.alloc(aligned((8 + hashBytes) * versions.length));
  versions.forEach(({ version, rows: count, hash }, at) => {
    table.writeUInt32LE(version, 4 * at);
    table.writeUInt32LE(count, 4 * (versions.length + at));
    table.set(hash, 8 * versions.length + hashBytes * at);
  });
  const header: Header = {
    format: vectorFormat,
    stamp,
    ...label,
    versions: versions.length,
    rows: versions.reduce((sum, version) => sum + version.rows, 0),
    checksums: [table, ...columns].map((part) => crc32(part)),
  };
  const json = Buffer.from(JSON.stringify(header));
  const head = Buffer.alloc(aligned(json.length), ' ');
  json.copy(head);
  const start = Buffer.alloc(headerStart);
  start.write(magic, 'latin1');
  start.writeUInt32LE(head.length, 8);
  start.writeUInt32LE(crc32(head), 12);
  const file = path.join(directory, nameOf(label, stamp, versions));
  const unfinished = `${file}.${process.pid}.new`;
  try {
    const descriptor = openSync(unfinished, 'w');
    try {
      for (const part of [start, head, table, ...columns]) {
        for (let at = 0; at < part.length; ) at += writeSync(descriptor, part, at);
        const padding = aligned(part.length) - part.length;
        if (padding > 0) writeSync(descriptor, new Uint8Array(padding));
      }
    } finally {
      closeSync(descriptor);
    }
    renameSync(unfinished, file);
  } catch (cause) {
    rmSync(unfinished, { force: true });
    throw cause;
  }
  return file;
}

const aligned = (length: number): number => Math.ceil(length / 16) * 16;

function opened(file: string): number | null {
  try {
    return openSync(file, 'r');
  } catch {
    return null;
  }
}

/** @returns false where there is less, or where what is there cannot be read: a folder in its place, a broken disk */
function readFully(descriptor: number, target: Uint8Array, length: number, position: number): boolean {
  try {
    for (let at = 0; at < length; ) {
      const count = readSync(descriptor, target, at, length - at, position + at);
      if (count === 0) return false;
      at += count;
    }
    return true;
  } catch {
    return false;
  }
}
