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
 * The frame is that of `records.ts`; its head is language (string number), lines (varint) and traits (bit set), its sections
 * are strings, symbols, references, imports, chunks and problems. `docs/formats.md` has them field by field.
 *
 * Sections are decoded when first touched: a search shows symbols and chunks of its
 * hits and never pays for their references.
 */
import type { FileFacts, FileTraits } from '../../code/mod.ts';
import {
  readChunks,
  readImports,
  readProblems,
  readReferences,
  readSymbols,
  writeChunks,
  writeImports,
  writeProblems,
  writeReferences,
  writeSymbols,
} from './facts-sections.ts';
import type { ByteReader, ByteWriter } from './packing.ts';
import { entry, lazily, openRecord, StringTable, sealRecord, section } from './records.ts';

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

  const head = (out: ByteWriter): void => {
    out.varint(language);
    out.varint(facts.lines);
    out.byte(traitNames.reduce((bits, name, bit) => bits | (facts.traits[name] ? 1 << bit : 0), 0));
  };
  return sealRecord(head, [table, ...sections]);
}

/**
 * @returns the facts; sections are decoded when first read
 * @throws CutShort when the checksum does not fit or the record makes no sense
 */
export function decodeFacts(record: Uint8Array): FileFacts {
  const { head, strings, sections } = openRecord(record, 'facts', 6, (from) => {
    return { language: from.varint(), lines: from.varint(), bits: from.byte() };
  });
  const { language, lines, bits } = head;
  const [symbols, references, imports, chunks, problems] = sections as [
    ByteReader,
    ByteReader,
    ByteReader,
    ByteReader,
    ByteReader,
  ];
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
