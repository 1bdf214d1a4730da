/**
 * Writes a segment in one pass: postings as terms come, everything else after them.
 *
 * The builder and merging both end here, with terms, names and documents in the same
 * order, so a merged segment is byte for byte the one that a fresh build would give.
 */
import { type ChunkKind, chunkKinds } from '../../code/mod.ts';
import { ByteWriter } from './bytes.ts';
import { encodeHeader, encodeTail, type SectionName } from './format.ts';
import { KeyWriter } from './keys.ts';
import { PageWriter } from './pages.ts';
import { PostingsEncoder } from './postings.ts';
import { weightsFingerprint } from './weights.ts';

/** Documents of a segment, by version. */
export interface Documents {
  /** Ascending. */
  readonly versions: ArrayLike<number>;
  /** Documents of each version. */
  readonly chunks: ArrayLike<number>;
  /** Per document: index in `chunkKinds`. */
  readonly kinds: Uint8Array;
  /** Per document: bits of `docFlag`. */
  readonly flags: Uint8Array;
}

export const kindNumber = Object.fromEntries(chunkKinds.map((kind, i) => [kind, i])) as Record<ChunkKind, number>;

export class SegmentWriter {
  readonly #pages: PageWriter;
  readonly #postings = new PostingsEncoder();
  readonly #terms = new KeyWriter();
  readonly #names = new KeyWriter();
  readonly #entries = new ByteWriter(1 << 12);
  readonly #start: Partial<Record<SectionName | 'dataEnd', number>> = {};
  readonly #write: (bytes: Uint8Array) => void;

  /** @param write receives the segment's bytes in order, in buffers it may keep */
  constructor(write: (bytes: Uint8Array) => void) {
    this.#write = write;
    this.#pages = new PageWriter(write);
    this.#pages.put(encodeHeader());
    this.#begin('postings');
  }

  /** Terms come in byte order, each with at least one posting. */
  addTerm(key: Uint8Array, keyLength: number, docs: Uint32Array, levels: Uint8Array, start: number, end: number): void {
    this.#postings.encode(docs, levels, start, end);
    this.#pages.put(this.#postings.out.view());
    this.#terms.add(key, keyLength, end - start, this.#postings.top, this.#postings.out.length);
  }

  endTerms(): void {
    this.#begin('termBlocks');
    this.#pages.put(this.#terms.blocks.view());
    this.#begin('termIndex');
    this.#pages.put(this.#terms.index());
    this.#begin('nameEntries');
  }

  /**
   * Names come sorted by lower-cased then original spelling, UTF-16 units; entries by version then symbol.
   *
   * @param at place of entry `i` of the name in the three arrays
   */
  addName(
    key: Uint8Array,
    keyLength: number,
    count: number,
    at: (i: number) => number,
    versionIndexes: ArrayLike<number>,
    symbols: ArrayLike<number>,
    kinds: ArrayLike<number>,
  ): void {
    const entries = this.#entries;
    entries.length = 0;
    let before = 0;
    for (let i = 0; i < count; i++) {
      const entry = at(i);
      entries.varint((versionIndexes[entry] as number) - before);
      before = versionIndexes[entry] as number;
      entries.varint(symbols[entry] as number);
      entries.byte(kinds[entry] as number);
    }
    this.#pages.put(entries.view());
    this.#names.add(key, keyLength, count, 0, entries.length);
  }

  finish(documents: Documents): void {
    this.#begin('nameBlocks');
    this.#pages.put(this.#names.blocks.view());
    this.#begin('nameIndex');
    this.#pages.put(this.#names.index());
    this.#begin('kinds');
    this.#pages.put(documents.kinds);
    this.#begin('flags');
    this.#pages.put(documents.flags);
    this.#begin('versions');
    const { versions, chunks } = documents;
    const table = new ByteWriter(8 * versions.length + 4);
    for (let i = 0; i < versions.length; i++) table.u32(versions[i] as number);
    let doc = 0;
    table.u32(doc);
    for (let i = 0; i < versions.length; i++) {
      doc += chunks[i] as number;
      table.u32(doc);
    }
    this.#pages.put(table.view());
    this.#begin('dataEnd');
    this.#pages.end();
    this.#write(
      encodeTail(
        {
          start: this.#start as Record<SectionName | 'dataEnd', number>,
          docs: documents.kinds.length,
          versions: versions.length,
          terms: this.#terms.count,
          termBlocks: this.#terms.blockCount,
          names: this.#names.count,
          nameBlocks: this.#names.blockCount,
          weights: weightsFingerprint(),
        },
        this.#pages.checksums.view(),
      ),
    );
  }

  #begin(section: SectionName | 'dataEnd'): void {
    this.#start[section] = this.#pages.offset;
  }
}

/** Collects what a `SegmentWriter` writes. */
export function collector(): { write: (bytes: Uint8Array) => void; bytes: () => Uint8Array } {
  const pieces: Uint8Array[] = [];
  let size = 0;
  return {
    write: (bytes) => {
      pieces.push(bytes);
      size += bytes.length;
    },
    bytes: () => {
      const joined = new Uint8Array(size);
      let at = 0;
      // From the front, letting go of each piece: a large segment is not held twice for long.
      for (let piece = pieces.shift(); piece !== undefined; piece = pieces.shift()) {
        joined.set(piece, at);
        at += piece.length;
      }
      return joined;
    },
  };
}
