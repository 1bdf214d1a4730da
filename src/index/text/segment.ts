/**
 * A segment opened for reading.
 *
 * Opening reads the end of the file and nothing else; each table is read at first use.
 * `docs/formats.md` draws the bytes.
 */
import { type ChunkKind, chunkKinds, decodeUtf8, encodeUtf8 } from '../../code/mod.ts';
import { compareBytes, readU32s } from './bytes.ts';
import { type Layout, readLayout, segmentFormat } from './format.ts';
import { type KeyCursor, KeyList } from './keys.ts';
import { StoredNames } from './names.ts';
import { corrupt, PagedSource } from './pages.ts';
import { PostingCursor } from './postings.ts';
import type { ByteSource, NameList, Postings, Segment } from './types.ts';

/**
 * Opens a segment; it takes over `source` and closes it.
 *
 * Damage further in is found when it is read: every method may throw `index-corrupt`.
 *
 * @throws WinnowError `index-corrupt` when this is no whole segment, `index-too-new` when a later version wrote it
 */
export function openSegment(source: ByteSource): Segment {
  return new StoredSegment(source);
}

/** Checks every byte of a segment. @returns problems found, empty when it is sound */
export function verifySegment(source: ByteSource): string[] {
  const { layout, checksums } = readLayout(source);
  const damaged = new PagedSource(source, layout.start.dataEnd, checksums).damagedPages();
  return damaged.map((page) => `page ${page} of ${checksums.length} does not match its checksum`);
}

/** Where a term's postings lie, and what they hold. */
type TermEntry = Pick<KeyCursor, 'offset' | 'length' | 'count' | 'top'>;

/** Terms remembered per segment; about 100 bytes each. */
const mostFound = 2_000;

export class StoredSegment implements Segment {
  readonly docCount: number;
  readonly weights: number;
  readonly format = segmentFormat;
  readonly names: NameList;
  /** For merging. */
  readonly layout: Layout;
  readonly pages: PagedSource;
  readonly terms: KeyList;
  readonly nameKeys: KeyList;
  #kinds: Uint8Array | undefined;
  #flags: Uint8Array | undefined;
  #versions: { ids: Uint32Array; firstDoc: Uint32Array } | undefined;
  readonly #found = new Map<string, TermEntry | null>();

  constructor(source: ByteSource) {
    const { layout, checksums } = readLayout(source);
    const { start } = layout;
    const pages = new PagedSource(source, start.dataEnd, checksums);
    this.layout = layout;
    this.pages = pages;
    this.docCount = layout.docs;
    this.weights = layout.weights;
    this.terms = new KeyList(
      pages,
      { start: start.termBlocks, end: start.termIndex },
      { start: start.termIndex, end: start.nameEntries },
      { keys: layout.terms, blocks: layout.termBlocks },
    );
    this.nameKeys = new KeyList(
      pages,
      { start: start.nameBlocks, end: start.nameIndex },
      { start: start.nameIndex, end: start.kinds },
      { keys: layout.names, blocks: layout.nameBlocks },
    );
    this.names = new StoredNames(pages, this.nameKeys, start.nameEntries, () => this.versions);
  }

  get versions(): Uint32Array {
    return this.#versionTable().ids;
  }

  get firstDoc(): Uint32Array {
    return this.#versionTable().firstDoc;
  }

  get kinds(): Uint8Array {
    this.#kinds ??= this.pages.read(this.layout.start.kinds, this.docCount);
    return this.#kinds;
  }

  get flags(): Uint8Array {
    this.#flags ??= this.pages.read(this.layout.start.flags, this.docCount);
    return this.#flags;
  }

  versionIndex(doc: number): number {
    const { firstDoc } = this;
    let low = 0;
    let high = firstDoc.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((firstDoc[middle] as number) <= doc) low = middle;
      else high = middle;
    }
    return low;
  }

  chunkOf(doc: number): number {
    return doc - (this.firstDoc[this.versionIndex(doc)] as number);
  }

  kindOf(doc: number): ChunkKind {
    return chunkKinds[this.kinds[doc] as number] as ChunkKind;
  }

  flagsOf(doc: number): number {
    return this.flags[doc] as number;
  }

  stat(term: string): { readonly docs: number; readonly maxLevel: number } | null {
    const found = this.#find(term);
    return found === null ? null : { docs: found.count, maxLevel: found.top };
  }

  cursor(term: string): PostingCursor | null {
    const found = this.#find(term);
    if (found === null) return null;
    return new PostingCursor(
      this.pages,
      this.layout.start.postings + found.offset,
      found.length,
      found.count,
      found.top,
    );
  }

  postings(term: string): Postings | null {
    return this.cursor(term)?.all() ?? null;
  }

  termsWithPrefix(prefix: string, limit: number): string[] {
    const sought = encodeUtf8(prefix);
    const found: string[] = [];
    const cursor = this.terms.from(
      this.terms.blockOf((first) => compareBytes(first, first.length, sought, sought.length) > 0),
    );
    while (found.length < limit && cursor.next()) {
      const length = Math.min(cursor.keyLength, sought.length);
      const order = compareBytes(cursor.key, length, sought, sought.length);
      if (order > 0) break;
      if (order === 0) found.push(decodeUtf8(cursor.key, 0, cursor.keyLength));
    }
    return found;
  }

  close(): void {
    this.pages.close();
  }

  /** Remembers what it found: one query asks for each of its terms several times. */
  #find(term: string): TermEntry | null {
    const known = this.#found.get(term);
    if (known !== undefined) return known;
    if (this.#found.size >= mostFound) this.#found.clear();
    const entry = this.#look(term);
    this.#found.set(term, entry);
    return entry;
  }

  #look(term: string): TermEntry | null {
    const sought = encodeUtf8(term);
    const cursor = this.terms.from(
      this.terms.blockOf((first) => compareBytes(first, first.length, sought, sought.length) > 0),
    );
    while (cursor.next()) {
      const order = compareBytes(cursor.key, cursor.keyLength, sought, sought.length);
      if (order === 0) {
        const { offset, length, count, top } = cursor;
        return { offset, length, count, top };
      }
      if (order > 0) return null;
    }
    return null;
  }

  #versionTable(): { ids: Uint32Array; firstDoc: Uint32Array } {
    if (this.#versions === undefined) {
      const { start, versions: count } = this.layout;
      const bytes = this.pages.read(start.versions, start.dataEnd - start.versions);
      if (bytes.length !== 4 * (2 * count + 1)) throw corrupt('its table of versions has another length');
      const ids = readU32s(bytes, 0, count);
      const firstDoc = readU32s(bytes, count, count + 1);
      const doc = firstDoc[count];
      if (doc !== this.docCount) throw corrupt(`its versions hold ${doc} documents, its footer says ${this.docCount}`);
      this.#versions = { ids, firstDoc };
    }
    return this.#versions;
  }
}
