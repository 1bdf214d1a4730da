/**
 * Facts of one file version as a byte string.
 *
 * Why not a row for each reference: 9 million lines of source hold some 10 million
 * references; an SQLite row for one, with its keys in an index, takes 40 to 60
 * bytes, so 400 to 600 MB beside 300 MB of source. Here a reference takes about
 * five bytes: names are numbers in the file's own string table, positions are
 * differences. Nothing looks a reference up across files by SQL: name look-up lives
 * in the text segments, and facts are always read a whole file at a time.
 *
 *   record   = crc32 of the rest (4 bytes, little-endian)
 *              language lines traits                       string number, varint, bit set
 *              size of each of strings symbols references imports chunks   varints
 *              strings symbols references imports chunks problems
 *   strings  = count, UTF-16 length of each, then all of them as one UTF-8 run
 *   others   = count, then items; `docs/formats.md` has them field by field
 *
 * Sections are decoded when first touched: a search shows symbols and chunks of its
 * hits and never pays for their references. Strings that `decode` returns are
 * slices of one decoded run, so keeping one name keeps the file's names alive.
 */
import { crc32 } from 'node:zlib';
import type { FileFacts, FileTraits } from '../../code/mod.ts';
import {
  entry,
  readChunks,
  readImports,
  readProblems,
  readReferences,
  readSymbols,
  StringTable,
  writeChunks,
  writeImports,
  writeProblems,
  writeReferences,
  writeSymbols,
} from './facts-sections.ts';
import { ByteReader, ByteWriter, CutShort } from './packing.ts';

// Without ignoreBOM a string table that starts with U+FEFF would lose it.
const fromUtf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** Order is the bit order of `traits`: append only. */
const traitNames = ['test', 'vendored', 'generated', 'example', 'documentation'] as const;

/** @returns a record that `decodeFacts` turns back into equal facts; strings must be well-formed UTF-16 */
export function encodeFacts(facts: FileFacts): Uint8Array {
  const strings = new StringTable();
  const language = strings.number(facts.language);
  const sections = [
    section((out) => writeSymbols(out, facts.symbols, strings)),
    section((out) => writeReferences(out, facts.references, strings)),
    section((out) => writeImports(out, facts.imports, strings)),
    section((out) => writeChunks(out, facts.chunks)),
    section((out) => writeProblems(out, facts.problems, strings)),
  ];
  const table = section((out) => strings.write(out));

  const out = new ByteWriter();
  out.bytes(new Uint8Array(4));
  out.varint(language);
  out.varint(facts.lines);
  out.byte(traitNames.reduce((bits, name, bit) => bits | (facts.traits[name] ? 1 << bit : 0), 0));
  // The last section runs to the end.
  for (const bytes of [table, ...sections.slice(0, -1)]) out.varint(bytes.length);
  for (const bytes of [table, ...sections]) out.bytes(bytes);
  const record = out.take();
  new DataView(record.buffer).setUint32(0, crc32(record.subarray(4)), true);
  return record;
}

function section(write: (out: ByteWriter) => void): Uint8Array {
  const out = new ByteWriter();
  write(out);
  return out.take();
}

/**
 * @returns the facts; sections are decoded when first read
 * @throws CutShort when the checksum does not fit or the record makes no sense
 */
export function decodeFacts(record: Uint8Array): FileFacts {
  if (record.length < 5) throw new CutShort(`a facts record has at least 5 bytes, this one has ${record.length}`);
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
  if (view.getUint32(0, true) !== crc32(record.subarray(4))) throw new CutShort('facts do not fit their checksum');
  const head = new ByteReader(record, 4);
  const language = head.varint();
  const lines = head.varint();
  const bits = head.byte();
  const sizes = [head.varint(), head.varint(), head.varint(), head.varint(), head.varint()];
  const readers: ByteReader[] = [];
  let start = head.at;
  for (const size of sizes) {
    readers.push(new ByteReader(record, start, start + size));
    start += size;
  }
  const [table, symbols, references, imports, chunks] = readers as [
    ByteReader,
    ByteReader,
    ByteReader,
    ByteReader,
    ByteReader,
  ];
  const strings = readStrings(table, (sizes[0] as number) + head.at);
  const problems = new ByteReader(record, start);
  const traits = Object.fromEntries(traitNames.map((name, bit) => [name, (bits & (1 << bit)) !== 0]));
  return lazily({
    language: () => entry(strings, language),
    lines: () => lines,
    traits: () => traits as unknown as FileTraits,
    symbols: () => readSymbols(symbols, strings),
    references: () => readReferences(references, strings),
    imports: () => readImports(imports, strings),
    chunks: () => readChunks(chunks),
    problems: () => readProblems(problems, strings),
  });
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
function lazily<T extends object>(makers: { [Key in keyof T]: () => T[Key] }): T {
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
