/**
 * The last step of parsing: what was found, in units of text, becomes facts in bytes of the file.
 */
import type { Span } from '../base/mod.ts';
import type { ScannedChunk } from './chunk.ts';
import type {
  Chunk,
  Symbol as CodeSymbol,
  FileFacts,
  FileTraits,
  Import,
  Problem,
  ProblemKind,
  Reference,
} from './facts.ts';
import { innermost } from './innermost.ts';
import type { TextFacts } from './languages/language.ts';
import type { Scan, ScannedSymbol } from './scan.ts';
import type { SourceText } from './source.ts';

/** A file on its way to being facts. */
export interface Draft {
  readonly language: string;
  readonly traits: FileTraits;
  readonly source: SourceText;
  readonly problems: DraftProblem[];
}

/** A problem, in units. */
export interface DraftProblem {
  readonly kind: ProblemKind;
  readonly start: number;
  readonly end: number;
  readonly message: string;
}

export interface Found {
  readonly symbols: readonly CodeSymbol[];
  readonly references: readonly Reference[];
  readonly imports: readonly Import[];
}

export const nothingFound: Found = { symbols: [], references: [], imports: [] };

/** @param scan null when there is no tree: the file is its chunks */
export function codeFacts(draft: Draft, scan: Scan | null, chunks: readonly ScannedChunk[]): FileFacts {
  return assemble(draft, scan === null ? nothingFound : foundBy(scan, draft.source.toByte), chunks);
}

export function textFacts(draft: Draft, read: TextFacts): FileFacts {
  draft.problems.push(...read.problems);
  return assemble(draft, foundIn(read, draft.source.toByte), read.chunks);
}

/** What a text language found. @param at byte offset of a unit */
export function foundIn(read: TextFacts, at: (unit: number) => number): Found {
  const symbols = read.symbols.map(
    (symbol): CodeSymbol => ({
      kind: symbol.kind,
      name: symbol.name,
      qualifiedName: symbol.qualifiedName,
      span: { start: at(symbol.start), end: at(symbol.end) },
      nameSpan: { start: at(symbol.nameStart), end: at(symbol.nameEnd) },
      signature: { start: at(symbol.start), end: at(symbol.signatureEnd) },
      doc: symbol.doc === undefined ? null : { start: at(symbol.doc.start), end: at(symbol.doc.end) },
      parent: symbol.parent,
      exported: true,
      decorators: [],
    }),
  );
  const references = (read.references ?? []).map(
    ({ kind, name, receiver, start, end }): Reference => ({
      kind,
      name,
      receiver,
      span: { start: at(start), end: at(end) },
      from: -1,
    }),
  );
  const imports = (read.imports ?? []).map(
    ({ module, name, alias, start, end }): Import => ({
      module,
      name,
      alias,
      span: { start: at(start), end: at(end) },
    }),
  );
  return { symbols, references: ownedReferences(symbols, references), imports };
}

/** The references, ascending, each with the innermost symbol around it. @param symbols in order, properly nested */
export function ownedReferences(symbols: readonly CodeSymbol[], references: readonly Reference[]): Reference[] {
  const owner = innermost(symbols.map(({ span }) => span));
  return [...references]
    .sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end)
    .map((reference) => ({ ...reference, from: owner(reference.span.start, reference.span.end) }));
}

export function assemble(draft: Draft, found: Found, chunks: readonly ScannedChunk[]): FileFacts {
  const at = draft.source.toByte;
  const inBytes = ({ start, end }: { start: number; end: number }): Span => ({ start: at(start), end: at(end) });
  return {
    language: draft.language,
    lines: countLines(draft.source.text),
    traits: draft.traits,
    symbols: found.symbols,
    references: found.references,
    imports: found.imports,
    chunks: chunks.map(({ kind, symbol, parts, piece }): Chunk => ({ kind, symbol, parts: parts.map(inBytes), piece })),
    problems: draft.problems.map((problem): Problem => {
      return { kind: problem.kind, span: inBytes(problem), message: problem.message };
    }),
  };
}

export function foundBy(scan: Scan, at: (unit: number) => number): Found {
  return {
    symbols: scan.symbols.map((symbol) => inBytes(symbol, at)),
    references: scan.references.map(
      ({ kind, name, receiver, start, end, from }): Reference => ({
        kind,
        name,
        receiver,
        span: { start: at(start), end: at(end) },
        from,
      }),
    ),
    imports: scan.imports.map(
      ({ module, name, alias, start, end }): Import => ({
        module,
        name,
        alias,
        span: { start: at(start), end: at(end) },
      }),
    ),
  };
}

function inBytes(symbol: ScannedSymbol, at: (unit: number) => number): CodeSymbol {
  return {
    kind: symbol.kind,
    name: symbol.name,
    qualifiedName: symbol.qualifiedName,
    span: { start: at(symbol.start), end: at(symbol.end) },
    nameSpan: { start: at(symbol.nameStart), end: at(symbol.nameEnd) },
    signature: { start: at(symbol.signatureStart), end: at(symbol.signatureEnd) },
    doc: symbol.docEnd > symbol.docStart ? { start: at(symbol.docStart), end: at(symbol.docEnd) } : null,
    parent: symbol.parent,
    exported: symbol.exported,
    decorators: symbol.decorators,
  };
}

/** As `lineStarts` counts: a final newline does not open a line. */
function countLines(text: string): number {
  let lines = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at + 1 < text.length; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}
