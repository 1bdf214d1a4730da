/**
 * The sections of packed facts: how symbols, references, imports, chunks and problems
 * are written and read back. `docs/formats.md` has them field by field.
 */
import {
  type Chunk,
  type Symbol as CodeSymbol,
  chunkKinds,
  type Import,
  type Problem,
  problemKinds,
  type Reference,
  referenceKinds,
  symbolKinds,
} from '../../code/mod.ts';
import type { ByteReader, ByteWriter } from './packing.ts';
import { entry, type StringTable } from './records.ts';

const symbolFlag = { hasDoc: 1, exported: 2, derivedName: 4, hasDecorators: 8, hasParent: 16 } as const;
const referenceFlag = { hasReceiver: 8, sameFrom: 16, plainSpan: 32 } as const;

export function writeSymbols(out: ByteWriter, symbols: readonly CodeSymbol[], strings: StringTable): void {
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

export function readSymbols(from: ByteReader, strings: readonly string[]): CodeSymbol[] {
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

export function writeReferences(out: ByteWriter, references: readonly Reference[], strings: StringTable): void {
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

export function readReferences(bytes: ByteReader, strings: readonly string[]): Reference[] {
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

export function writeImports(out: ByteWriter, imports: readonly Import[], strings: StringTable): void {
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

export function readImports(from: ByteReader, strings: readonly string[]): Import[] {
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

export function writeChunks(out: ByteWriter, chunks: readonly Chunk[]): void {
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

export function readChunks(from: ByteReader): Chunk[] {
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

export function writeProblems(out: ByteWriter, problems: readonly Problem[], strings: StringTable): void {
  out.varint(problems.length);
  for (const { kind, span, message } of problems) {
    out.byte(problemKinds.indexOf(kind));
    out.varint(strings.number(message));
    out.signed(span.start);
    out.signed(span.end - span.start);
  }
}

export function readProblems(from: ByteReader, strings: readonly string[]): Problem[] {
  const problems: Problem[] = [];
  for (let left = from.varint(); left > 0; left--) {
    const kind = entry(problemKinds, from.byte());
    const message = entry(strings, from.varint());
    problems.push({ kind, span: spanFrom(from, 0), message });
  }
  return problems;
}

function spanFrom(from: ByteReader, base: number): { start: number; end: number } {
  const start = base + from.signed();
  return { start, end: start + from.signed() };
}
