/** A segment whose versions have other numbers, so that segments of several stores can be ranked together. Nothing of its text is copied. */
import type { ChunkKind } from '../../code/mod.ts';
import type { NameEntry, NameList, PostingCursor, Segment } from '../../index/mod.ts';

export class RenumberedSegment implements Segment {
  readonly format: number;
  readonly weights: number;
  readonly docCount: number;
  readonly versions: Uint32Array;
  readonly firstDoc: Uint32Array;
  readonly kinds: Uint8Array;
  readonly flags: Uint8Array;
  readonly names: NameList;
  readonly #segment: Segment;

  /** @param base added to each version; the sum fits 32 bits */
  constructor(segment: Segment, base: number) {
    this.#segment = segment;
    this.format = segment.format;
    this.weights = segment.weights;
    this.docCount = segment.docCount;
    this.versions = base === 0 ? segment.versions : segment.versions.map((version) => version + base);
    this.firstDoc = segment.firstDoc;
    this.kinds = segment.kinds;
    this.flags = segment.flags;
    this.names = base === 0 ? segment.names : new RenumberedNames(segment.names, base);
  }

  versionIndex(doc: number): number {
    return this.#segment.versionIndex(doc);
  }

  chunkOf(doc: number): number {
    return this.#segment.chunkOf(doc);
  }

  kindOf(doc: number): ChunkKind {
    return this.#segment.kindOf(doc);
  }

  flagsOf(doc: number): number {
    return this.#segment.flagsOf(doc);
  }

  stat(term: string): ReturnType<Segment['stat']> {
    return this.#segment.stat(term);
  }

  postings(term: string): ReturnType<Segment['postings']> {
    return this.#segment.postings(term);
  }

  cursor(term: string): PostingCursor | null {
    return this.#segment.cursor(term);
  }

  termsWithPrefix(prefix: string, limit: number): string[] {
    return this.#segment.termsWithPrefix(prefix, limit);
  }

  /** The segment is closed by who opened it. */
  close(): void {}
}

class RenumberedNames implements NameList {
  readonly #names: NameList;
  readonly #base: number;

  constructor(names: NameList, base: number) {
    this.#names = names;
    this.#base = base;
  }

  get size(): number {
    return this.#names.size;
  }

  exact(folded: string): NameEntry[] {
    return this.#moved(this.#names.exact(folded));
  }

  prefix(folded: string, limit: number): NameEntry[] {
    return this.#moved(this.#names.prefix(folded, limit));
  }

  scan(visit: (name: string, at: number) => boolean): void {
    this.#names.scan(visit);
  }

  nameAt(at: number): string {
    return this.#names.nameAt(at);
  }

  entries(at: number): NameEntry[] {
    return this.#moved(this.#names.entries(at));
  }

  #moved(entries: readonly NameEntry[]): NameEntry[] {
    return entries.map((entry) => ({ ...entry, version: entry.version + this.#base }));
  }
}
