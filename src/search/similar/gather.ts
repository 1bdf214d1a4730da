/**
 * Fingerprints and shapes of a snapshot's files, brought up to date: what a file lacks is made when somebody first asks, and kept.
 *
 * A content that has them under another path is not read again. A file that changed since the snapshot is passed over: it is another version by
 * the next one. What was made before somebody stopped it is kept.
 */
import { type Span, WinnowError } from '../../base/mod.ts';
import { createLikenessReader, type FileFacts } from '../../code/mod.ts';
import {
  type FileRecord,
  hashBytes,
  loadGrammarFile,
  putVectors,
  type Snapshot,
  type VectorFile,
  type VectorLabel,
  VectorsGone,
  type VectorVersion,
  vectorFiles,
} from '../../index/mod.ts';
import { type MadeRows, printLabel, printRows, shapeLabel, shapeRows } from './rows.ts';

export interface GatherOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Told why rows could not be kept; they are then in this process only. */
  readonly onUnkept?: ((reason: string) => void) | undefined;
}

/** Rows of some versions in memory. */
export interface KeptRows {
  readonly versions: Uint32Array;
  /** First row of each version, and the number of rows at the end. */
  readonly firstRow: Uint32Array;
  readonly columns: readonly Uint8Array[];
}

export interface Gathered {
  readonly files: readonly VectorFile[];
  /** What could not be kept; none normally. */
  readonly unkept: readonly KeptRows[];
}

export type Family = 'prints' | 'shapes';
const labels: Readonly<Record<Family, VectorLabel>> = { prints: printLabel, shapes: shapeLabel };

/** Bytes of rows that are written at once, some seconds of work. */
const bytesPerFile = 8 * 1024 * 1024;

/** @throws WinnowError `cancelled` */
export async function gather(
  snapshot: Snapshot,
  families: readonly Family[],
  options: GatherOptions = {},
): Promise<Readonly<Record<Family, Gathered>>> {
  const makers = families.map((family) => new Maker(snapshot, family, options));
  const missing = snapshot.files().filter(({ version }) => makers.some((maker) => !maker.has(version)));
  const reader = missing.length === 0 ? null : await createLikenessReader(loadGrammarFile);
  try {
    for (const [done, file] of missing.entries()) {
      if (options.signal?.aborted)
        throw new WinnowError('cancelled', 'Reading for similar code was cancelled; what was read before is kept.');
      if (done % 32 === 0) {
        options.onProgress?.(done, missing.length);
        await new Promise((resolve) => setImmediate(resolve));
      }
      const lacking = makers.filter((maker) => !maker.has(file.version) && !maker.copy(file));
      const source = lacking.length === 0 ? null : snapshot.source(file);
      if (reader === null || source?.kind !== 'source') continue;
      const units = lacking.some(({ family }) => family === 'shapes') ? unitsOf(snapshot.facts(file.version)) : [];
      const read = await reader.read(file.path, source.bytes, units);
      for (const maker of lacking) {
        if (maker.family === 'prints')
          maker.add(file, read.kind === 'read' ? printRows(read.tokens, source.bytes) : noRows(printLabel, 0));
        else maker.add(file, read.kind === 'read' ? shapeRows(read.shapes) : noRows(shapeLabel, units.length));
      }
    }
  } finally {
    for (const maker of makers) maker.keep();
  }
  if (missing.length > 0) options.onProgress?.(missing.length, missing.length);
  const found = { prints: nothing, shapes: nothing };
  for (const maker of makers) found[maker.family] = maker.gathered();
  return found;
}

/** Functions, by chunk; nothing for other chunks, and for later pieces of a function. */
function unitsOf({ chunks, symbols }: FileFacts): Span[] {
  return chunks.map(({ kind, parts, symbol, piece }) => {
    const start = parts[0]?.start ?? 0;
    return kind === 'function' && piece === 0
      ? (symbols[symbol]?.span ?? { start, end: start })
      : { start, end: start };
  });
}

const nothing: Gathered = { files: [], unkept: [] };

const noRows = ({ widths }: VectorLabel, rows: number): MadeRows => ({
  rows,
  columns: widths.map((width) => new Uint8Array(rows * width)),
});

/** Rows of one family: those that there are, and those made now. */
class Maker {
  readonly family: Family;
  readonly #snapshot: Snapshot;
  readonly #options: GatherOptions;
  readonly #has = new Set<number>();
  readonly #copies = new Map<string, { readonly file: VectorFile; readonly at: number }>();
  readonly #unkept: KeptRows[] = [];
  #versions: VectorVersion[] = [];
  #made: MadeRows[] = [];
  #bytes = 0;

  constructor(snapshot: Snapshot, family: Family, options: GatherOptions) {
    this.family = family;
    this.#snapshot = snapshot;
    this.#options = options;
    for (const file of this.#sound())
      for (const [at, version] of file.versions.entries()) {
        this.#has.add(version);
        this.#copies.set(hex(file.hash(at)), { file, at });
      }
  }

  get #label(): VectorLabel {
    return labels[this.family];
  }

  /** Files whose every column is as it was written. */
  #sound(): VectorFile[] {
    const place = this.#snapshot.vectorPlace;
    return place === null ? [] : vectorFiles(place, this.#label).filter(isSound);
  }

  has(version: number): boolean {
    return this.#has.has(version);
  }

  /** Takes the rows of an equal content. @returns whether there is one */
  copy(file: FileRecord): boolean {
    const hash = this.#snapshot.hashOf(file.version);
    const copy = hash === null ? undefined : this.#copies.get(hex(hash));
    // A path can decide how a content is read: `.h` is C or C++. Its chunks tell, and so does its language.
    if (copy === undefined) return false;
    const other = this.#snapshot.fileOfVersion(copy.file.versions[copy.at] as number);
    if (other === null || other.language !== file.language) return false;
    const [from, to] = [copy.file.firstRow[copy.at] as number, copy.file.firstRow[copy.at + 1] as number];
    const columns = readRows(copy.file, from, to);
    if (columns === null) return false;
    this.add(file, { rows: to - from, columns });
    return true;
  }

  add(file: FileRecord, made: MadeRows): void {
    const hash = this.#snapshot.hashOf(file.version);
    if (hash === null || hash.length !== hashBytes) return;
    this.#has.add(file.version);
    this.#versions.push({ version: file.version, hash, rows: made.rows });
    this.#made.push(made);
    for (const column of made.columns) this.#bytes += column.length;
    if (this.#bytes >= bytesPerFile) this.keep();
  }

  keep(): void {
    if (this.#versions.length === 0) return;
    const versions = this.#versions;
    const columns = this.#label.widths.map((_, at) =>
      Buffer.concat(this.#made.map((made) => made.columns[at] as Uint8Array)),
    );
    this.#versions = [];
    this.#made = [];
    this.#bytes = 0;
    const place = this.#snapshot.vectorPlace;
    try {
      if (place !== null) {
        putVectors(place, this.#label, { versions, columns });
        return;
      }
    } catch (cause) {
      this.#options.onUnkept?.(cause instanceof Error ? cause.message : String(cause));
    }
    const firstRow = new Uint32Array(versions.length + 1);
    for (const [at, { rows }] of versions.entries()) firstRow[at + 1] = (firstRow[at] as number) + rows;
    this.#unkept.push({ versions: Uint32Array.from(versions, ({ version }) => version), firstRow, columns });
  }

  gathered(): Gathered {
    return { files: this.#sound(), unkept: this.#unkept };
  }
}

const hex = (hash: Uint8Array): string => Buffer.from(hash).toString('latin1');

function readRows(file: VectorFile, from: number, to: number): Uint8Array[] | null {
  try {
    return file.read((read) =>
      file.label.widths.map((width, column) => {
        const bytes = new Uint8Array(width * (to - from));
        read(column, from, to, bytes);
        return bytes;
      }),
    );
  } catch (cause) {
    if (cause instanceof VectorsGone) return null;
    throw cause;
  }
}

/** Checksums of all columns, which are read one at a time: 24 MB in 20 ms. */
function isSound(file: VectorFile): boolean {
  try {
    return file.read((read) =>
      file.label.widths.every((width, column) => {
        const bytes = new Uint8Array(width * file.rows);
        read(column, 0, file.rows, bytes);
        return file.isSound(column, bytes);
      }),
    );
  } catch (cause) {
    if (cause instanceof VectorsGone) return false;
    throw cause;
  }
}

/** A column of whole numbers of rows that were gathered; `null` when the file is gone since. */
export function numbersOf(from: VectorFile | KeptRows, column: number): Uint32Array | null {
  if ('columns' in from) {
    const bytes = (from.columns[column] as Uint8Array).slice();
    return new Uint32Array(bytes.buffer, 0, bytes.length / 4);
  }
  const out = new Uint32Array(from.rows);
  try {
    from.read((read) => read(column, 0, from.rows, new Uint8Array(out.buffer)));
    return out;
  } catch (cause) {
    if (cause instanceof VectorsGone) return null;
    throw cause;
  }
}
