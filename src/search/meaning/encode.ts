/**
 * Vectors for versions that have none: read, encoded and kept, so often that a killed process loses half a minute's work at most. What was
 * encoded before an encoder failed, or before somebody stopped it, is kept too: an endpoint that fails after an hour costs no hour.
 *
 * A content that has vectors under another path, a file that was renamed or copied, is not encoded again where it is read alike there: an ending may
 * decide what is a definition and what is prose. A file that changed since the snapshot is passed over: it is another version by the next one.
 */
import { createHash } from 'node:crypto';
import { WinnowError } from '../../base/mod.ts';
import type { FileFacts } from '../../code/mod.ts';
import type { DocumentText, Encoder, WordEncoder } from '../../embed/mod.ts';
import { RowBlock, rowBytes, signBytes, writeRow } from '../../embed/mod.ts';
import {
  type FileRecord,
  hashBytes,
  putVectors,
  type Snapshot,
  type VectorFile,
  type VectorLabel,
  VectorsGone,
  type VectorVersion,
} from '../../index/mod.ts';
import { type Block, bytesOf } from './blocks.ts';
import { documentText } from './documents.ts';

export interface EncodeOptions {
  readonly signal?: AbortSignal;
  /** Files done and to be done. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Told why vectors could not be kept; they are then in this process only. */
  readonly onUnkept?: (reason: string) => void;
}

/** Documents given to an encoder at once that does not say. */
const usualAtOnce = 256;
/** Rows of a file: 19 MB at 256 dimensions, some three seconds of work. */
const rowsPerFile = 65_536;
/**
 * Work between two turns of the loop, in milliseconds. What else a server is asked meanwhile takes some five turns; those who wait for the vectors lose nothing by it.
 */
const sliceMs = 4;
/** Rows are kept after so long, however few: slow encoders make a hundred in a second, quick ones fill a file sooner. */
const keptAfterMs = 30_000;

export const isWordEncoder = (encoder: Encoder): encoder is WordEncoder => 'encodeDocumentsNow' in encoder;

/**
 * Encodes and keeps what is missing.
 *
 * @param known files that hold vectors of this encoder
 * @returns blocks of rows that could not be kept; none normally
 */
export async function encodeMissing(
  snapshot: Snapshot,
  encoder: Encoder,
  label: VectorLabel,
  missing: readonly FileRecord[],
  known: readonly VectorFile[],
  options: EncodeOptions,
): Promise<Block[]> {
  const unkept: Block[] = [];
  const turns = new Turns();
  const batch = new Batch(snapshot, encoder, label, known, options, turns);
  let keptMs = performance.now();
  try {
    for (const [done, file] of missing.entries()) {
      if (options.signal?.aborted)
        throw new WinnowError('cancelled', 'Encoding was cancelled; what was encoded before is kept.');
      if (done % 64 === 0) options.onProgress?.(done, missing.length);
      await turns.give();
      await batch.add(file);
      if (batch.rows < rowsPerFile && performance.now() - keptMs < keptAfterMs) continue;
      unkept.push(...(await batch.keep()));
      keptMs = performance.now();
    }
    if (missing.length > 0) unkept.push(...(await batch.keep()));
  } catch (cause) {
    batch.keepEncoded();
    throw cause;
  }
  options.onProgress?.(missing.length, missing.length);
  return unkept;
}

/** Lets others have their turn, and a signal in: an encoder in this process would never wait. */
class Turns {
  #sinceMs = performance.now();

  async give(): Promise<void> {
    if (performance.now() - this.#sinceMs < sliceMs) return;
    await new Promise((resolve) => setImmediate(resolve));
    this.#sinceMs = performance.now();
  }
}

class Batch {
  readonly #snapshot: Snapshot;
  readonly #encoder: Encoder;
  readonly #label: VectorLabel;
  readonly #options: EncodeOptions;
  readonly #turns: Turns;
  readonly #copies: ReadonlyMap<string, { readonly file: VectorFile; readonly at: number }>;
  readonly #atOnce: number;
  #versions: VectorVersion[] = [];
  /** Waiting to be encoded, into the row that each names. */
  #documents: { readonly row: number; readonly text: DocumentText }[] = [];
  #scales = new Float32Array(1_024);
  #signs: Uint8Array;
  #bytes: Int8Array;
  rows = 0;

  constructor(
    snapshot: Snapshot,
    encoder: Encoder,
    label: VectorLabel,
    known: readonly VectorFile[],
    options: EncodeOptions,
    turns: Turns,
  ) {
    this.#turns = turns;
    this.#snapshot = snapshot;
    this.#encoder = encoder;
    this.#label = label;
    this.#options = options;
    this.#atOnce = encoder.documentsAtOnce ?? usualAtOnce;
    this.#signs = new Uint8Array(this.#scales.length * signBytes(encoder.dimension));
    this.#bytes = new Int8Array(this.#scales.length * rowBytes(encoder.dimension));
    this.#copies = new Map(
      known.flatMap((file) =>
        [...file.versions.keys()].map((at) => [Buffer.from(file.hash(at)).toString('latin1'), { file, at }] as const),
      ),
    );
  }

  async add(file: FileRecord): Promise<void> {
    const content = this.#snapshot.hashOf(file.version);
    if (content === null) return;
    const facts = this.#snapshot.facts(file.version);
    const hash = hashOfDocuments(content, facts);
    const rows = facts.chunks.length;
    if (this.#copy(hash, file.version, rows)) return;
    const source = this.#snapshot.source(file);
    if (source.kind !== 'source') return;
    const first = this.#claim({ version: file.version, hash, rows });
    for (let chunk = 0; chunk < rows; chunk++)
      this.#documents.push({ row: first + chunk, text: documentText(facts, chunk, source.bytes) });
    if (this.#documents.length >= this.#atOnce) await this.#encode();
  }

  /** Takes the rows of equal documents. */
  #copy(hash: Uint8Array, version: number, rows: number): boolean {
    const copy = this.#copies.get(Buffer.from(hash).toString('latin1'));
    if (copy === undefined) return false;
    const { file, at } = copy;
    const [from, to] = [file.firstRow[at] as number, file.firstRow[at + 1] as number];
    const widths = this.#label.widths as readonly [number, number, number];
    const read = widths.map((width) => new Uint8Array(width * rows));
    try {
      file.read((readRows) => {
        for (const [column, target] of read.entries()) readRows(column, from, to, target);
      });
    } catch (cause) {
      if (cause instanceof VectorsGone) return false;
      throw cause;
    }
    const first = this.#claim({ version, hash, rows });
    for (const [column, target] of this.#columns().entries())
      target.set(read[column] as Uint8Array, first * (widths[column] as number));
    return true;
  }

  /** Makes room for a version. @returns its first row */
  #claim(version: VectorVersion): number {
    const first = this.rows;
    this.#versions.push(version);
    this.rows += version.rows;
    if (this.rows > this.#scales.length) {
      const size = Math.max(this.rows, this.#scales.length * 2);
      this.#scales = grown(this.#scales, new Float32Array(size));
      this.#signs = grown(this.#signs, new Uint8Array(size * signBytes(this.#encoder.dimension)));
      this.#bytes = grown(this.#bytes, new Int8Array(size * rowBytes(this.#encoder.dimension)));
    }
    return first;
  }

  /** Encodes what waits; what an encoder failed on waits still. */
  async #encode(): Promise<void> {
    const { dimension } = this.#encoder;
    while (this.#documents.length > 0) {
      await this.#turns.give();
      const some = this.#documents.slice(0, this.#atOnce);
      const texts = some.map(({ text }) => text);
      const vectors = isWordEncoder(this.#encoder)
        ? this.#encoder.encodeDocumentsNow(texts)
        : await this.#encoder.encodeDocuments(texts, this.#options.signal);
      if (vectors.length !== some.length * dimension)
        throw new Error(`an encoder of ${dimension} numbers gave ${vectors.length} for ${some.length} documents`);
      const target = { bytes: this.#bytes, scales: this.#scales, signs: this.#signs };
      for (const [i, { row }] of some.entries())
        writeRow(vectors.subarray(i * dimension, (i + 1) * dimension), row, target);
      this.#documents.splice(0, some.length);
    }
  }

  #columns(): Uint8Array[] {
    return [bytesOf(this.#scales), this.#signs, bytesOf(this.#bytes)];
  }

  /** Writes what was gathered to a file. @returns the rows as a block when that fails */
  async keep(): Promise<Block[]> {
    await this.#encode();
    return this.keepEncoded();
  }

  /** As `keep`, of versions whose chunks are all encoded; what is left is dropped. */
  keepEncoded(): Block[] {
    // Documents wait in the order of their rows.
    let rows = 0;
    let whole = 0;
    const end = this.#documents[0]?.row ?? this.rows;
    for (const version of this.#versions) {
      if (rows + version.rows > end) break;
      rows += version.rows;
      whole++;
    }
    const versions = this.#versions.slice(0, whole);
    this.#documents = [];
    const columns = this.#columns().map((bytes, at) => bytes.subarray(0, rows * (this.#label.widths[at] as number)));
    this.#versions = [];
    this.rows = 0;
    if (versions.length === 0) return [];
    const place = this.#snapshot.vectorPlace;
    let kept = false;
    try {
      if (place !== null) putVectors(place, this.#label, { versions, columns });
      kept = place !== null;
    } catch (cause) {
      this.#options.onUnkept?.(cause instanceof Error ? cause.message : String(cause));
    }
    const block = kept ? [] : [this.#block(versions, rows, columns)];
    this.#signs.fill(0);
    return block;
  }

  #block(versions: readonly VectorVersion[], rows: number, columns: readonly Uint8Array[]): Block {
    const { dimension } = this.#encoder;
    const kept = new RowBlock(dimension, rows);
    bytesOf(kept.scales).set(columns[0] as Uint8Array);
    bytesOf(kept.bytes).set(columns[2] as Uint8Array);
    const firstRow = new Uint32Array(versions.length + 1);
    for (const [at, version] of versions.entries()) firstRow[at + 1] = (firstRow[at] as number) + version.rows;
    return {
      versions: Uint32Array.from(versions, ({ version }) => version),
      firstRow,
      rows: kept,
      signs: null,
      file: null,
    };
  }
}

/** Of all that documents are made of: equal ones have equal rows. A path is no part of it, but what its ending made of the content is. */
function hashOfDocuments(content: Uint8Array, { chunks, symbols }: FileFacts): Uint8Array {
  const read = chunks.map(({ symbol, parts, piece }) => {
    const of = symbols[symbol];
    return [parts, piece, of === undefined ? null : [of.name, of.signature, of.doc]];
  });
  return createHash('sha256').update(content).update(JSON.stringify(read)).digest().subarray(0, hashBytes);
}

function grown<T extends Float32Array | Uint8Array | Int8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
