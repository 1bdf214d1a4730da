/**
 * Meaning for a snapshot: the vectors of all its chunks, brought up to date, and the encoder that asks them.
 *
 * Vectors are made by the first query that needs them and kept beside the index; a file that changed costs the query after it that
 * file's chunks. A file of vectors that is cut short, damaged, or of another store or encoder is as good as missing.
 */
import { type Encoder, type ScanQuery, scanQuery, type WordEncoder } from '../../embed/mod.ts';
import { type Snapshot, type VectorFile, vectorFiles } from '../../index/mod.ts';
import { type Block, ChunkVectors, labelOf, mostExact } from './blocks.ts';
import { type EncodeOptions, encodeMissing, isWordEncoder } from './encode.ts';
import { keptBlock } from './keptblocks.ts';
import { keepVectors, keptVectors } from './keptvectors.ts';

export class Meaning {
  readonly encoder: Encoder;
  /** The encoder where it knows single words, else `null`. */
  readonly words: WordEncoder | null;
  readonly vectors: ChunkVectors;

  constructor(encoder: Encoder, vectors: ChunkVectors) {
    this.encoder = encoder;
    this.words = isWordEncoder(encoder) ? encoder : null;
    this.vectors = vectors;
  }

  /** @returns the text as a search takes it; `null` when no word of it is known to the encoder */
  async ask(text: string, signal?: AbortSignal): Promise<AskedMeaning | null> {
    const vector = this.words?.encodeQueryNow(text) ?? (await this.encoder.encodeQuery(text, signal));
    if (vector.length !== this.encoder.dimension)
      throw new Error(`an encoder of ${this.encoder.dimension} numbers gave ${vector.length} for a query`);
    if (vector.every((value) => value === 0)) return null;
    return { encoder: this.encoder.id, vectors: this.vectors, words: this.words, text, query: scanQuery(vector) };
  }
}

/** A text whose meaning is compared with the chunks'. */
export interface AskedMeaning {
  /** Id of the encoder. */
  readonly encoder: string;
  readonly vectors: ChunkVectors;
  readonly words: WordEncoder | null;
  readonly text: string;
  readonly query: ScanQuery;
}

export interface MeaningOptions extends EncodeOptions {
  /** Rows compared exactly; default 200,000. For measurements and tests. */
  readonly mostExact?: number;
}

/** @throws WinnowError `cancelled`, and what the encoder throws */
export async function openMeaning(
  snapshot: Snapshot,
  encoder: Encoder,
  options: MeaningOptions = {},
): Promise<Meaning> {
  const { dimension } = encoder;
  const label = labelOf(encoder.id, dimension);
  const place = snapshot.vectorPlace;
  const exactly = options.mostExact ?? mostExact;
  const key = `${label.label}\0${exactly}`;
  const known = keptVectors(snapshot.files(), key, place);
  if (known !== null) return new Meaning(encoder, known);
  const loaded = new Map<string, Block | null>();
  /** Blocks of all sound files; what was read before is not read again. */
  const load = (files: readonly VectorFile[]): Block[] => {
    const rows = files.reduce((sum, file) => sum + file.rows, 0);
    return files.flatMap((file) => {
      let block = loaded.get(file.path);
      if (block === undefined) {
        block = keptBlock(file, dimension, rows <= exactly);
        loaded.set(file.path, block);
      }
      return block === null ? [] : [block];
    });
  };
  const listed = (): VectorFile[] => (place === null ? [] : vectorFiles(place, label));
  const counts = (version: number): boolean => snapshot.fileOfVersion(version) !== null;
  const files = listed();
  const vectors = new ChunkVectors(dimension, load(files), counts);
  const missing = snapshot.files().filter(({ version }) => !vectors.has(version));
  if (missing.length === 0) {
    keepVectors(snapshot.files(), key, place, vectors);
    return new Meaning(encoder, vectors);
  }
  const sound = files.filter((file) => loaded.get(file.path) !== null);
  const unkept = await encodeMissing(snapshot, encoder, label, missing, sound, options);
  // A damaged file may have been written anew under its name.
  for (const [path, block] of loaded) if (block === null) loaded.delete(path);
  return new Meaning(encoder, new ChunkVectors(dimension, [...load(listed()), ...unkept], counts));
}
