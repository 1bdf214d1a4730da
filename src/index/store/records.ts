/**
 * The frame of packed records: a checksum, the sizes of sections, and the sections, each decoded when first touched.
 *
 *   record   = crc32 of the rest (4 bytes, little-endian) · head · size of each section but the last · sections
 *   head     = whatever the record's codec writes first
 *
 * The first section is the record's table of strings: count, UTF-16 length of each, then all of them as one UTF-8 run.
 * Strings that are read back are slices of one decoded run, so keeping one name keeps the record's names alive.
 */
import { crc32 } from 'node:zlib';
import { ByteReader, ByteWriter, CutShort } from './packing.ts';

// Without ignoreBOM a string table that starts with U+FEFF would lose it.
const fromUtf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** Numbers the strings of one record in the order of their first use. */
export class StringTable {
  readonly #numbers = new Map<string, number>();

  number(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const fresh = this.#numbers.size;
    this.#numbers.set(text, fresh);
    return fresh;
  }

  write(out: ByteWriter): void {
    out.varint(this.#numbers.size);
    for (const text of this.#numbers.keys()) out.varint(text.length);
    out.bytes(new TextEncoder().encode([...this.#numbers.keys()].join('')));
  }
}

export function section(write: (out: ByteWriter) => void): Uint8Array {
  const out = new ByteWriter();
  write(out);
  return out.take();
}

/** @param sections the table of strings first, as written after all others */
export function sealRecord(head: (out: ByteWriter) => void, sections: readonly Uint8Array[]): Uint8Array {
  const out = new ByteWriter();
  out.bytes(new Uint8Array(4));
  head(out);
  for (const bytes of sections.slice(0, -1)) out.varint(bytes.length);
  for (const bytes of sections) out.bytes(bytes);
  const record = out.take();
  new DataView(record.buffer).setUint32(0, crc32(record.subarray(4)), true);
  return record;
}

export interface OpenRecord<Head> {
  readonly head: Head;
  readonly strings: readonly string[];
  /** Readers of the sections after the table of strings, in order. */
  readonly sections: readonly ByteReader[];
}

/**
 * @param count sections, the table of strings included
 * @param what as an error names it: `facts`
 * @throws CutShort when the checksum does not fit
 */
export function openRecord<Head>(
  record: Uint8Array,
  what: string,
  count: number,
  readHead: (from: ByteReader) => Head,
): OpenRecord<Head> {
  if (record.length < 5) throw new CutShort(`a record of ${what} has at least 5 bytes, this one has ${record.length}`);
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
  if (view.getUint32(0, true) !== crc32(record.subarray(4))) throw new CutShort(`${what} do not fit their checksum`);
  const from = new ByteReader(record, 4);
  const head = readHead(from);
  const sizes = Array.from({ length: count - 1 }, () => from.varint());
  let start = from.at;
  const readers = sizes.map((size) => {
    start += size;
    return new ByteReader(record, start - size, start);
  });
  const [table = new ByteReader(record, start), ...sections] = readers;
  const tableEnd = from.at + (sizes[0] ?? record.length - start);
  return { head, strings: readStrings(table, tableEnd), sections: [...sections, new ByteReader(record, start)] };
}

function readStrings(from: ByteReader, end: number): string[] {
  const lengths: number[] = [];
  for (let left = from.varint(); left > 0; left--) lengths.push(from.varint());
  const run = fromUtf8.decode(from.bytes(end - from.at));
  let at = 0;
  return lengths.map((length) => {
    at += length;
    return run.slice(at - length, at);
  });
}

/** An object whose properties are made when first read and kept. */
export function lazily<T extends object>(makers: { [Key in keyof T]: () => T[Key] }): T {
  const made = {} as T;
  for (const key of Object.keys(makers) as (keyof T)[]) {
    Object.defineProperty(made, key, {
      enumerable: true,
      configurable: true,
      get: () => {
        const value = makers[key]();
        Object.defineProperty(made, key, { enumerable: true, value });
        return value;
      },
    });
  }
  return made;
}

/** @throws CutShort when there is no such entry */
export function entry<T>(table: readonly T[], number: number): T {
  const found = table[number];
  if (found === undefined) throw new CutShort(`number ${number} is not in a table of ${table.length}`);
  return found;
}
