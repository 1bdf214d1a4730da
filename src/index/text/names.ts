/**
 * Names of a segment's symbols, sorted by their lower case, for exact, prefix and
 * approximate look-up.
 *
 * A look-up reads one block; the first `scan` reads them all and keeps the strings, so
 * that later ones only walk an array. How well a name fits is the caller's to judge.
 */
import { decodeUtf8, symbolKinds } from '../../code/mod.ts';
import { ByteWriter } from './bytes.ts';
import type { KeyCursor, KeyList } from './keys.ts';
import type { PagedSource } from './pages.ts';
import type { NameEntry, NameList } from './types.ts';

/** Few enough that a name beyond ASCII, whose batch is decoded one by one, costs little. */
const decodedTogether = 512;

export class StoredNames implements NameList {
  readonly size: number;
  readonly #pages: PagedSource;
  readonly #keys: KeyList;
  readonly #entriesStart: number;
  readonly #versions: () => Uint32Array;
  /** For look-ups, one after the other. */
  readonly #cursor: KeyCursor;
  #all: string[] | undefined;

  constructor(pages: PagedSource, keys: KeyList, entriesStart: number, versions: () => Uint32Array) {
    this.size = keys.count;
    this.#pages = pages;
    this.#keys = keys;
    this.#entriesStart = entriesStart;
    this.#versions = versions;
    this.#cursor = keys.from(0);
  }

  exact(folded: string): NameEntry[] {
    return this.#from(folded, (name) => name === folded, Number.POSITIVE_INFINITY);
  }

  prefix(folded: string, limit: number): NameEntry[] {
    return this.#from(folded, (name) => name.startsWith(folded), limit);
  }

  scan(visit: (name: string, at: number) => boolean): void {
    this.#all ??= this.#readAll();
    const all = this.#all;
    for (let at = 0; at < all.length; at++) if (!visit(all[at] as string, at)) return;
  }

  nameAt(at: number): string {
    this.#all ??= this.#readAll();
    return this.#all[at] as string;
  }

  entries(at: number): NameEntry[] {
    if (at < 0 || at >= this.size) return [];
    const cursor = this.#cursor;
    cursor.restart(this.#keys.blockOfNumber(at));
    while (cursor.next()) if (cursor.number === at) return this.#entriesAt(cursor, Number.POSITIVE_INFINITY);
    return [];
  }

  /** All names in order. Decoded many at once and sliced: a call of the decoder per name takes four times as long. */
  #readAll(): string[] {
    const all: string[] = [];
    const text = new ByteWriter(1 << 14);
    const ends: number[] = [];
    const cursor = this.#keys.from(0);
    for (let more = cursor.next(); more; ) {
      text.length = 0;
      ends.length = 0;
      for (; more && ends.length < decodedTogether; more = cursor.next()) {
        text.bytes(cursor.key, 0, cursor.keyLength);
        ends.push(text.length);
      }
      const joined = decodeUtf8(text.buffer, 0, text.length);
      const ascii = joined.length === text.length;
      let start = 0;
      for (const end of ends) {
        all.push(ascii ? joined.slice(start, end) : decodeUtf8(text.buffer, start, end));
        start = end;
      }
    }
    return all;
  }

  /** Entries of names from the first at or after `folded` on, while they fit. */
  #from(folded: string, fits: (name: string) => boolean, limit: number): NameEntry[] {
    const found: NameEntry[] = [];
    // The block before the first whose first name is at or after it: equal names may begin there.
    const block = this.#keys.blockOf((first) => decodeUtf8(first, 0, first.length).toLowerCase() >= folded);
    const cursor = this.#cursor;
    cursor.restart(block);
    while (found.length < limit && cursor.next()) {
      const name = keyText(cursor).toLowerCase();
      if (name < folded) continue;
      if (!fits(name)) break;
      for (const entry of this.#entriesAt(cursor, limit - found.length)) found.push(entry);
    }
    return found;
  }

  #entriesAt(cursor: KeyCursor, limit: number): NameEntry[] {
    const name = keyText(cursor);
    const versions = this.#versions();
    const bytes = this.#pages.read(this.#entriesStart + cursor.offset, cursor.length);
    const entries: NameEntry[] = [];
    forEachEntry(bytes, Math.min(cursor.count, limit), (versionIndex, symbol, kind) => {
      const version = versions[versionIndex] as number;
      entries.push({ name, version, symbol, kind: symbolKinds[kind] ?? 'variable' });
    });
    return entries;
  }
}

/** Calls `visit` for the first `count` entries of a name's data. */
export function forEachEntry(
  bytes: Uint8Array,
  count: number,
  visit: (versionIndex: number, symbol: number, kind: number) => void,
): void {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    let shift = 0;
    let byte: number;
    do {
      byte = bytes[at++] as number;
      value |= (byte & 127) << shift;
      shift += 7;
    } while (byte > 127);
    return value >>> 0;
  };
  let versionIndex = 0;
  for (let i = 0; i < count; i++) {
    versionIndex += varint();
    const symbol = varint();
    visit(versionIndex, symbol, bytes[at++] as number);
  }
}

function keyText(cursor: KeyCursor): string {
  return decodeUtf8(cursor.key, 0, cursor.keyLength);
}
