/**
 * What a search reads of a snapshot, read once.
 *
 * Facts stay decoded between searches of one state of the files, whichever snapshot shows it, the least used dropped first;
 * sources are kept for one search only, because a file may change before the next.
 */
import { type LineRange, lineStarts, linesOf, type Span } from '../base/mod.ts';
import { decodeUtf8, type FileFacts } from '../code/mod.ts';
import type { DocumentText } from '../embed/mod.ts';
import type { FileRecord, Snapshot } from '../index/mod.ts';
import { documentText, extentOf } from './meaning/documents.ts';

/**
 * Facts of files with this much source in all are kept; decoded, they take about as much as the source. A tree with hundreds of
 * headers of a megabyte and 10,000 names each, as Linux has, asks for those again and again: with 32 MB a query by words took 19 ms there, without a bound 7.
 */
const cachedSourceBytes = 96 * 1024 * 1024;

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

/** Lines of the versions shown lately: a version's text never changes, counting its lines is a third of showing it. */
class StartsCache {
  readonly #starts = new Map<number, Uint32Array>();
  #lines = 0;

  get(version: number, count: () => Uint32Array): Uint32Array {
    const known = this.#starts.get(version);
    if (known !== undefined) return known;
    const starts = count();
    this.#lines += starts.length;
    if (this.#lines > cachedLines) {
      this.#starts.clear();
      this.#lines = starts.length;
    }
    this.#starts.set(version, starts);
    return starts;
  }
}

/** 8 MB. */
const cachedLines = 2_000_000;

/** Chunks as an encoder reads them, of those examined lately: reading their files again takes longer than comparing them. */
class DocumentCache {
  readonly #documents = new Map<string, DocumentText>();
  #characters = 0;

  get(version: number, chunk: number, read: () => DocumentText | null): DocumentText | null {
    const key = `${version} ${chunk}`;
    const known = this.#documents.get(key);
    if (known !== undefined) return known;
    const document = read();
    if (document === null) return null;
    const { name, signature, doc, body } = document;
    this.#characters += key.length + name.length + signature.length + doc.length + body.length;
    if (this.#characters > cachedCharacters) {
      this.#documents.clear();
      this.#characters = 0;
    }
    this.#documents.set(key, document);
    return document;
  }
}

/** 16 MB where all is ASCII, some 15,000 chunks. */
const cachedCharacters = 16_000_000;

/** Of larger files only what is wanted of them is read: a page or a few more take as long. */
const wholeBytes = 32 * 1024;

interface Caches {
  readonly facts: FactsCache;
  readonly starts: StartsCache;
  readonly documents: DocumentCache;
}

/** By the list of files: snapshots of an unchanged index share it, and a process that answers takes a snapshot for each question. */
const caches = new WeakMap<readonly FileRecord[], Caches>();

/** Source of a file that is still as indexed. */
export class Text {
  readonly bytes: Uint8Array;
  readonly #cache: StartsCache;
  readonly #version: number;

  constructor(bytes: Uint8Array, version: number, cache: StartsCache) {
    this.bytes = bytes;
    this.#version = version;
    this.#cache = cache;
  }

  /** Byte offsets at which lines start; counted when first asked for. */
  get starts(): Uint32Array {
    return this.#cache.get(this.#version, () => lineStarts(this.bytes));
  }
}

export class Reader {
  readonly snapshot: Snapshot;
  /** Paths of files that were no longer as indexed when their source was wanted. */
  readonly changed = new Set<string>();
  readonly #cache: FactsCache;
  readonly #starts: StartsCache;
  readonly #documents: DocumentCache;
  readonly #texts = new Map<number, Text | null>();

  constructor(snapshot: Snapshot) {
    this.snapshot = snapshot;
    const files = snapshot.files();
    const known = caches.get(files) ?? {
      ...{ facts: new FactsCache(), starts: new StartsCache(), documents: new DocumentCache() },
    };
    caches.set(files, known);
    this.#cache = known.facts;
    this.#starts = known.starts;
    this.#documents = known.documents;
  }

  facts(version: number): FileFacts {
    return this.#cache.get(this.snapshot, version);
  }

  /** @returns `null` when the file has changed or gone since it was indexed; its path is then in `changed` */
  text(file: FileRecord): Text | null {
    const known = this.#texts.get(file.version);
    if (known !== undefined) return known;
    const source = this.snapshot.source(file);
    const text = source.kind === 'source' ? new Text(source.bytes, file.version, this.#starts) : null;
    if (text === null) this.changed.add(file.path);
    this.#texts.set(file.version, text);
    return text;
  }

  /** A chunk as an encoder reads it. @returns as `text` */
  document(file: FileRecord, chunk: number): DocumentText | null {
    return this.#documents.get(file.version, chunk, () => {
      const facts = this.facts(file.version);
      if (file.bytes > wholeBytes && !this.#texts.has(file.version)) {
        const { start, end } = extentOf(facts, chunk);
        const part = end - start > file.bytes / 2 ? null : this.snapshot.part(file, start, end);
        if (part !== null) return documentText(facts, chunk, part, start);
      }
      const text = this.text(file);
      return text === null ? null : documentText(facts, chunk, text.bytes);
    });
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
