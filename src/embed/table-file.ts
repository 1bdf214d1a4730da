/**
 * The file of a word table: what training writes and search opens.
 *
 * ```text
 * 0    winnowtb          magic, 8 bytes
 * 8    u32               version, now 1
 * 12   u32 u32 u32       dimension (a multiple of 8), words, bytes of the vocabulary
 * 24   f32 × 4           how much a field counts: name, signature, doc, body
 * 40   32 bytes          SHA-256 of everything after it and of the 40 bytes before it
 * 72   vocabulary        UTF-8, joined by newlines, padded to 4 bytes
 *      f32 × words       query weights
 *      f32 × words       document weights
 *      i8 × words × dimension
 * ```
 *
 * All numbers are little-endian. A row is a word's vector, scaled so that its largest number is ±127; both weights of a word hold that
 * scale already, so that weight × row is what is summed. Integers of 8 bits lose nothing that can be measured (docs/model.md) and a
 * quarter of the bytes.
 */
import { createHash } from 'node:crypto';
import { WinnowError } from '../base/mod.ts';
import { laneNumbers } from './tablekernel.ts';

const magic = 'winnowtb';
const version = 1;
const checksumAt = 40;
/** Bytes before the names: enough to tell a table from other files. */
export const tableStart = 72;
const checksumBytes = 32;
/** More would be no table but a mistake; 4,096 is also the port's bound. */
const largestDimension = 4096;
const mostWords = 1 << 24;

export interface TableData {
  readonly dimension: number;
  /** Stems; a stem's place is its row. */
  readonly vocabulary: readonly string[];
  /** How much a field counts: name, signature, doc, body. */
  readonly fields: readonly [number, number, number, number];
  readonly queryWeights: Float32Array;
  readonly documentWeights: Float32Array;
  /** Row after row. */
  readonly rows: Int8Array;
}

/** @returns the file's bytes */
export function writeTable(table: TableData): Uint8Array {
  const { dimension, vocabulary, fields, queryWeights, documentWeights, rows } = table;
  const names = Buffer.from(vocabulary.join('\n'));
  const weightsAt = padded(tableStart + names.length);
  const rowsAt = weightsAt + 8 * vocabulary.length;
  const bytes = Buffer.alloc(rowsAt + rows.length);
  bytes.write(magic, 0, 'latin1');
  for (const [i, value] of [version, dimension, vocabulary.length, names.length].entries()) {
    bytes.writeUInt32LE(value, 8 + 4 * i);
  }
  for (const [i, value] of fields.entries()) bytes.writeFloatLE(value, 24 + 4 * i);
  names.copy(bytes, tableStart);
  for (let i = 0; i < vocabulary.length; i++) {
    bytes.writeFloatLE(queryWeights[i] as number, weightsAt + 4 * i);
    bytes.writeFloatLE(documentWeights[i] as number, weightsAt + 4 * (vocabulary.length + i));
  }
  bytes.set(new Uint8Array(rows.buffer, rows.byteOffset, rows.length), rowsAt);
  checksumOf(bytes).copy(bytes, checksumAt);
  return bytes;
}

export interface ReadTable extends TableData {
  /** Hex SHA-256 of the contents. */
  readonly checksum: string;
}

/**
 * Looks at a file's first bytes only; `tableStart` of them are enough.
 *
 * @throws WinnowError `bad-model` for what is no table, or one of another version
 */
export function checkTableStart(start: Uint8Array, name: string): void {
  const bytes = Buffer.from(start.buffer, start.byteOffset, start.byteLength);
  if (bytes.length < tableStart || bytes.toString('latin1', 0, 8) !== magic) {
    throw refusal(name, `is not a word table: it does not begin with "${magic}"`);
  }
  const found = bytes.readUInt32LE(8);
  if (found !== version) {
    throw refusal(name, `is a word table of version ${found}, and this Winnow reads version ${version}`);
  }
}

/**
 * @param name how the message calls the file
 * @throws WinnowError `bad-model` when the file is cut off, damaged, of another version or holds numbers that are none
 */
export function readTable(file: Uint8Array, name: string): ReadTable {
  checkTableStart(file, name);
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const [dimension, words, nameBytes] = [bytes.readUInt32LE(12), bytes.readUInt32LE(16), bytes.readUInt32LE(20)];
  if (
    dimension < 1 ||
    dimension > largestDimension ||
    dimension % laneNumbers !== 0 ||
    words < 1 ||
    words > mostWords
  ) {
    throw refusal(name, `says that it holds ${words} words of ${dimension} numbers, which cannot be`);
  }
  const weightsAt = padded(tableStart + nameBytes);
  const rowsAt = weightsAt + 8 * words;
  const expected = rowsAt + words * dimension;
  if (bytes.length !== expected) {
    throw refusal(name, `should have ${expected} bytes and has ${bytes.length}: it is cut off or was added to`);
  }
  if (!checksumOf(bytes).equals(bytes.subarray(checksumAt, checksumAt + checksumBytes))) {
    throw refusal(name, 'does not match its checksum: it is damaged');
  }
  const vocabulary = bytes.toString('utf8', tableStart, tableStart + nameBytes).split('\n');
  if (vocabulary.length !== words) throw refusal(name, `names ${vocabulary.length} words and has ${words} rows`);
  const numbers = (at: number, count: number): Float32Array =>
    Float32Array.from({ length: count }, (_, i) => bytes.readFloatLE(at + 4 * i));
  const fields = numbers(24, 4);
  const queryWeights = numbers(weightsAt, words);
  const documentWeights = numbers(weightsAt + 4 * words, words);
  for (const values of [fields, queryWeights, documentWeights]) {
    const wrong = values.find((value) => !Number.isFinite(value) || value < 0);
    if (wrong !== undefined) throw refusal(name, `holds the weight ${wrong}; weights are numbers from 0`);
  }
  const rows = new Int8Array(words * dimension);
  rows.set(bytes.subarray(rowsAt));
  return {
    dimension,
    vocabulary,
    fields: [fields[0] as number, fields[1] as number, fields[2] as number, fields[3] as number],
    queryWeights,
    documentWeights,
    rows,
    checksum: bytes.toString('hex', checksumAt, checksumAt + checksumBytes),
  };
}

const padded = (bytes: number): number => Math.ceil(bytes / 4) * 4;

const checksumOf = (bytes: Buffer): Buffer =>
  createHash('sha256').update(bytes.subarray(tableStart)).update(bytes.subarray(0, checksumAt)).digest();

const refusal = (name: string, why: string): WinnowError =>
  new WinnowError('bad-model', `${name} ${why}. Train it again or take the one that came with Winnow.`, {
    details: { model: name },
  });
