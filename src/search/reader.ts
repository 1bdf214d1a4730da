/**
 * What a search reads of a snapshot, read once.
 *
 * Facts stay decoded between searches of one snapshot, the least used dropped first;
 * sources are kept for one search only, because a file may change before the next.
 */
import { type LineRange, lineStarts, linesOf, type Span } from '../base/mod.ts';
import { decodeUtf8, type FileFacts } from '../code/mod.ts';
import type { FileRecord, Snapshot } from '../index/mod.ts';

/** Facts of files with this much source in all are kept (decoded facts take about as much as the source). */
const cachedSourceBytes = 32 * 1024 * 1024;

class FactsCache {
  readonly #facts = new Map<number, { readonly facts: FileFacts; readonly bytes: number }>();
  #bytes = 0;

  get(snapshot: Snapshot, version: number): FileFacts {
    const known = this.#facts.get(version);
    if (known !== undefined) {
      this.#facts.delete(version);
      this.#facts.set(version, known);
      return known.facts;
    }
    const facts = snapshot.facts(version);
    const bytes = snapshot.fileOfVersion(version)?.bytes ?? 0;
    this.#facts.set(version, { facts, bytes });
    this.#bytes += bytes;
    for (const [oldest, entry] of this.#facts) {
      if (this.#bytes <= cachedSourceBytes || oldest === version) break;
      this.#facts.delete(oldest);
      this.#bytes -= entry.bytes;
    }
    return facts;
  }
}

const caches = new WeakMap<Snapshot, FactsCache>();

/** Source of a file that is still as indexed. */
export interface Text {
  readonly bytes: Uint8Array;
  readonly starts: Uint32Array;
}

export class Reader {
  readonly snapshot: Snapshot;
  /** Paths of files that were no longer as indexed when their source was wanted. */
  readonly changed = new Set<string>();
  readonly #cache: FactsCache;
  readonly #texts = new Map<number, Text | null>();

  constructor(snapshot: Snapshot) {
    this.snapshot = snapshot;
    this.#cache = caches.get(snapshot) ?? new FactsCache();
    caches.set(snapshot, this.#cache);
  }

  facts(version: number): FileFacts {
    return this.#cache.get(this.snapshot, version);
  }

  /** @returns `null` when the file has changed or gone since it was indexed; its path is then in `changed` */
  text(file: FileRecord): Text | null {
    const known = this.#texts.get(file.version);
    if (known !== undefined) return known;
    const source = this.snapshot.source(file);
    const text = source.kind === 'source' ? { bytes: source.bytes, starts: lineStarts(source.bytes) } : null;
    if (text === null) this.changed.add(file.path);
    this.#texts.set(file.version, text);
    return text;
  }

  /** What to tell the reader about files that changed meanwhile. */
  changeNotices(): string[] {
    return [...this.changed].map(
      (path) => `${path} has changed since it was indexed; it is left out here. Search again to see it as it is now.`,
    );
  }
}

export const slice = (text: Text, span: Span): string => decodeUtf8(text.bytes, span.start, span.end);

/** A signature as one line. */
export const signatureText = (text: Text, span: Span): string => {
  const line = slice(text, span).replace(/\s+/gu, ' ').trim();
  return line.length <= longestSignature ? line : `${line.slice(0, longestSignature - 1)}…`;
};

/** Longer signatures are type-level programs or macros; `show` prints them in the source. */
const longestSignature = 400;

export const rangeOf = (text: Text, span: Span): LineRange => linesOf(text.starts, span);
