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
import {
  type Chunk,
  type Symbol as CodeSymbol,
  chunkKinds,
  type FileFacts,
  type FileTraits,
  type Import,
  type Problem,
  problemKinds,
  type Reference,
  referenceKinds,
  symbolKinds,
} from '../../code/mod.ts';
import { ByteReader, ByteWriter, CutShort } from './packing.ts';

const utf8 = new TextEncoder();
// Without ignoreBOM a string table that starts with U+FEFF would lose it.
const fromUtf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** Order is the bit order of `traits`: append only. */
const traitNames = ['test', 'vendored', 'generated', 'example', 'documentation'] as const;

const symbolFlag = { hasDoc: 1, exported: 2, derivedName: 4, hasDecorators: 8, hasParent: 16 } as const;
const referenceFlag = { hasReceiver: 8, sameFrom: 16, plainSpan: 32 } as const;

class StringTable {
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
    out.bytes(utf8.encode([...this.#numbers.keys()].join('')));
  }
}

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

function writeSymbols(out: ByteWriter, symbols: readonly CodeSymbol[], strings: StringTable): void {
  out.varint(symbols.length);
  let last = 0;
  symbols.forEach((symbol, index) => {
    const { span, nameSpan, signature, doc } = symbol;
    const derived = symbol.qualifiedName === derivedName(symbols[symbol.parent]?.qualifiedName, symbol.name);
    out.byte(symbolKinds.indexOf(symbol.kind));
    out.byte(
      (doc === null ? 0 : symbolFlag.hasDoc) |
        (symbol.exported ? symbolFlag.exported : 0) |
        (derived ? symbolFlag.derivedName : 0) |
        (symbol.decorators.length > 0 ? symbolFlag.hasDecorators : 0) |
        (symbol.parent >= 0 ? symbolFlag.hasParent : 0),
    );
    out.varint(strings.number(symbol.name));
    if (!derived) out.varint(strings.number(symbol.qualifiedName));
    out.signed(span.start - last);
    out.signed(span.end - span.start);
    out.signed(nameSpan.start - span.start);
    out.signed(nameSpan.end - nameSpan.start);
    out.signed(signature.start - span.start);
    out.signed(signature.end - signature.start);
    if (doc !== null) {
      out.signed(doc.start - span.start);
      out.signed(doc.end - doc.start);
    }
    if (symbol.parent >= 0) out.signed(index - symbol.parent);
    if (symbol.decorators.length > 0) {
      out.varint(symbol.decorators.length);
      for (const name of symbol.decorators) out.varint(strings.number(name));
    }
    last = span.start;
  });
}

function derivedName(parent: string | undefined, name: string): string {
  return parent === undefined ? name : `${parent}.${name}`;
}

function readSymbols(from: ByteReader, strings: readonly string[]): CodeSymbol[] {
  const symbols: CodeSymbol[] = [];
  const count = from.varint();
  let last = 0;
  for (let index = 0; index < count; index++) {
    const kind = entry(symbolKinds, from.byte());
    const flags = from.byte();
    const name = entry(strings, from.varint());
    const stored = flags & symbolFlag.derivedName ? null : entry(strings, from.varint());
    const start = last + from.signed();
    const span = { start, end: start + from.signed() };
    const nameSpan = spanFrom(from, start);
    const signature = spanFrom(from, start);
    const doc = flags & symbolFlag.hasDoc ? spanFrom(from, start) : null;
    const parent = flags & symbolFlag.hasParent ? index - from.signed() : -1;
    const decorators: string[] = [];
    if (flags & symbolFlag.hasDecorators) {
      for (let left = from.varint(); left > 0; left--) decorators.push(entry(strings, from.varint()));
    }
    const qualifiedName = stored ?? derivedName(symbols[parent]?.qualifiedName, name);
    const exported = (flags & symbolFlag.exported) !== 0;
    symbols.push({ kind, name, qualifiedName, span, nameSpan, signature, doc, parent, exported, decorators });
    last = start;
  }
  return symbols;
}

function writeReferences(out: ByteWriter, references: readonly Reference[], strings: StringTable): void {
  out.varint(references.length);
  let last = 0;
  let lastFrom = -1;
  for (const { kind, name, receiver, span, from } of references) {
    // Nearly every span is as long as its name, which then says it.
    const plain = span.end - span.start === name.length;
    out.byte(
      referenceKinds.indexOf(kind) |
        (receiver === null ? 0 : referenceFlag.hasReceiver) |
        (from === lastFrom ? referenceFlag.sameFrom : 0) |
        (plain ? referenceFlag.plainSpan : 0),
    );
    out.varint(strings.number(name));
    if (receiver !== null) out.varint(strings.number(receiver));
    out.signed(span.start - last);
    if (!plain) out.signed(span.end - span.start);
    if (from !== lastFrom) out.signed(from - lastFrom);
    last = span.start;
    lastFrom = from;
  }
}

function readReferences(bytes: ByteReader, strings: readonly string[]): Reference[] {
  const references: Reference[] = [];
  let last = 0;
  let from = -1;
  for (let left = bytes.varint(); left > 0; left--) {
    const flags = bytes.byte();
    const kind = entry(referenceKinds, flags & 7);
    const name = entry(strings, bytes.varint());
    const receiver = flags & referenceFlag.hasReceiver ? entry(strings, bytes.varint()) : null;
    const start = last + bytes.signed();
    const length = flags & referenceFlag.plainSpan ? name.length : bytes.signed();
    if (!(flags & referenceFlag.sameFrom)) from += bytes.signed();
    references.push({ kind, name, receiver, span: { start, end: start + length }, from });
    last = start;
  }
  return references;
}

function writeImports(out: ByteWriter, imports: readonly Import[], strings: StringTable): void {
  out.varint(imports.length);
  let last = 0;
  for (const { module, name, alias, span } of imports) {
    out.varint(strings.number(module));
    out.varint(strings.number(name));
    out.varint(alias === null ? 0 : strings.number(alias) + 1);
    out.signed(span.start - last);
    out.signed(span.end - span.start);
    last = span.start;
  }
}

function readImports(from: ByteReader, strings: readonly string[]): Import[] {
  const imports: Import[] = [];
  let last = 0;
  for (let left = from.varint(); left > 0; left--) {
    const module = entry(strings, from.varint());
    const name = entry(strings, from.varint());
    const bound = from.varint();
    const alias = bound === 0 ? null : entry(strings, bound - 1);
    const span = spanFrom(from, last);
    imports.push({ module, name, alias, span });
    last = span.start;
  }
  return imports;
}

function writeChunks(out: ByteWriter, chunks: readonly Chunk[]): void {
  out.varint(chunks.length);
  let last = 0;
  for (const { kind, symbol, parts, piece } of chunks) {
    out.byte(chunkKinds.indexOf(kind));
    out.varint(symbol + 1);
    out.varint(piece);
    out.varint(parts.length);
    for (const part of parts) {
      out.signed(part.start - last);
      out.signed(part.end - part.start);
      last = part.end;
    }
  }
}

function readChunks(from: ByteReader): Chunk[] {
  const chunks: Chunk[] = [];
  let last = 0;
  for (let left = from.varint(); left > 0; left--) {
    const kind = entry(chunkKinds, from.byte());
    const symbol = from.varint() - 1;
    const piece = from.varint();
    const parts = [];
    for (let more = from.varint(); more > 0; more--) {
      const part = spanFrom(from, last);
      parts.push(part);
      last = part.end;
    }
    chunks.push({ kind, symbol, parts, piece });
  }
  return chunks;
}

function writeProblems(out: ByteWriter, problems: readonly Problem[], strings: StringTable): void {
  out.varint(problems.length);
  for (const { kind, span, message } of problems) {
    out.byte(problemKinds.indexOf(kind));
    out.varint(strings.number(message));
    out.signed(span.start);
    out.signed(span.end - span.start);
  }
}

function readProblems(from: ByteReader, strings: readonly string[]): Problem[] {
  const problems: Problem[] = [];
  for (let left = from.varint(); left > 0; left--) {
    const kind = entry(problemKinds, from.byte());
    const message = entry(strings, from.varint());
    problems.push({ kind, span: spanFrom(from, 0), message });
  }
  return problems;
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

function spanFrom(from: ByteReader, base: number): { start: number; end: number } {
  const start = base + from.signed();
  return { start, end: start + from.signed() };
}

function entry<T>(table: readonly T[], number: number): T {
  const found = table[number];
  if (found === undefined) throw new CutShort(`number ${number} is not in a table of ${table.length}`);
  return found;
}
