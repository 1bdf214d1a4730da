/**
 * Parsing: path and bytes in, facts out, never an exception.
 *
 * The idea: decode once, let a grammar (or a pure function, for text) read it, walk
 * the tree once with the language's rules, cut chunks, and only then turn offsets into
 * bytes. Whatever goes wrong on the way (a broken file, a parser that runs too long or
 * traps) leaves fewer facts and a problem that says so; the file's chunks always exist,
 * so it can always be found by its words.
 */
import { limits, type Span } from '../base/mod.ts';
import { chunksOf, plainChunks, type ScannedChunk } from './chunk.ts';
import { classifierOf } from './detect.ts';
import type { FileFacts, FileTraits, ParseResult, Problem, ProblemKind } from './facts.ts';
import type { GrammarLanguage, Rule, TextFacts } from './languages/language.ts';
import { languageNamed, languages } from './languages/table.ts';
import { rulesById, Scan } from './scan.ts';
import { decodeSource, type SourceText } from './source.ts';
import { createEngine, type Grammar, type LoadFile } from './tree/engine.ts';
import type { SyntaxTree } from './tree/tree.ts';

const classifier = classifierOf(languages);

export interface Parser {
  /**
   * Facts of one file. The first file of a language loads its grammar; later ones are
   * parsed without waiting.
   *
   * @param path relative, forward slashes; tells the language together with the bytes
   * @throws what `load` throws when a grammar cannot be read: the installation is broken
   */
  parse(path: string, bytes: Uint8Array): Promise<ParseResult>;
  /** Loads the grammar of a language ahead of time, so that `parseNow` can be used. */
  prepare(language: string): Promise<void>;
  /** As `parse`, without waiting. @returns null when the language is not prepared yet */
  parseNow(path: string, bytes: Uint8Array): ParseResult | null;
  /** Memory of the parsers, in bytes. Grows with the largest file seen and never shrinks. */
  heapBytes(): number;
  /** A parser trapped: facts stay right, but the thread should be replaced when convenient. */
  worn(): boolean;
}

export interface ParserOptions {
  /** Time one file may take in the parser, in milliseconds; at most `limits.parseMs`. */
  readonly parseMs?: number;
}

interface Prepared {
  readonly grammar: Grammar;
  readonly rules: (Rule | undefined)[];
  readonly comments: Uint8Array;
  readonly blocks: Uint8Array;
}

/** @param load gives bytes of `web-tree-sitter.wasm` and of grammars by file name */
export async function createParser(load: LoadFile, options: ParserOptions = {}): Promise<Parser> {
  const engine = await createEngine(load);
  const limitMs = Math.min(options.parseMs ?? limits.parseMs, limits.parseMs);
  const prepared = new Map<string, Prepared>();
  const loading = new Map<string, Promise<void>>();

  const prepare = async (name: string): Promise<void> => {
    const language = languageNamed(name);
    if (language?.form !== 'grammar' || prepared.has(name)) return;
    let promise = loading.get(name);
    if (promise === undefined) {
      promise = engine.loadGrammar(language.grammar).then((grammar) => {
        prepared.set(name, { grammar, ...rulesById(language, grammar.names) });
      });
      loading.set(name, promise);
      promise.catch(() => loading.delete(name));
    }
    await promise;
  };

  const parseNow = (path: string, bytes: Uint8Array): ParseResult | null => {
    const found = classifier.classify(path, bytes);
    if (found.kind === 'skipped') return found;
    const language = languageNamed(found.language);
    const source = decodeSource(bytes);
    const draft: Draft = { language: found.language, traits: found.traits, source, problems: encodingProblems(source) };
    if (language === null) return done(draft, null, plainChunks(source.text));
    if (language.form === 'text') return doneText(draft, language.read(source.text, path));
    const ready = prepared.get(language.name);
    return ready === undefined ? null : parseCode(draft, language, ready, limitMs);
  };

  return {
    parseNow,
    prepare,
    parse: async (path, bytes) => {
      const now = parseNow(path, bytes);
      if (now !== null) return now;
      const found = classifier.classify(path, bytes);
      if (found.kind === 'skipped') return found;
      await prepare(found.language);
      return parseNow(path, bytes) as ParseResult;
    },
    heapBytes: engine.heapBytes,
    worn: engine.trapped,
  };
}

/** Facts on the way: offsets of problems are units. */
interface Draft {
  readonly language: string;
  readonly traits: FileTraits;
  readonly source: SourceText;
  readonly problems: { kind: ProblemKind; start: number; end: number; message: string }[];
}

function parseCode(draft: Draft, language: GrammarLanguage, ready: Prepared, limitMs: number): ParseResult {
  const { text } = draft.source;
  const whole = { start: 0, end: text.length };
  const result = ready.grammar.parse(text, limitMs, language.mask?.(text));
  if (result.kind === 'timeout') {
    draft.problems.push({ kind: 'parse-timeout', ...whole, message: `Parsing took longer than ${limitMs} ms.` });
    return done(draft, null, plainChunks(text));
  }
  if (result.kind === 'failed') {
    draft.problems.push({ kind: 'parser-failed', ...whole, message: `The parser failed: ${result.message}.` });
    return done(draft, null, plainChunks(text));
  }
  const { tree } = result;
  addSyntaxErrors(draft, tree);
  const scan = new Scan(tree);
  scan.run(ready.rules, ready.comments);
  language.finish?.(scan);
  scan.settle();
  if (scan.overflowed) {
    const message = `More than ${limits.symbolsPerFile} symbols, references or imports; the rest was dropped.`;
    draft.problems.push({ kind: 'too-many-symbols', ...whole, message });
  }
  return done(draft, scan, chunksOf(scan, ready.blocks, ready.comments));
}

function addSyntaxErrors(draft: Draft, tree: SyntaxTree): void {
  for (const node of tree.errors) {
    const [start, end] = [tree.start(node), tree.end(node)];
    const missing = end === start;
    const message = missing ? `Expected ${tree.kind(node)}.` : 'This does not parse; what is around it does.';
    draft.problems.push({ kind: 'syntax-error', start, end, message });
  }
}

function encodingProblems(source: SourceText): Draft['problems'] {
  const { encoding, text } = source;
  if (encoding === 'utf-8') return [];
  const message =
    encoding === 'utf-16'
      ? 'Expected UTF-8, found UTF-16; it was decoded, and spans count its bytes.'
      : 'Expected UTF-8, found other bytes; they were read as Latin-1.';
  return [{ kind: 'wrong-encoding', start: 0, end: text.length, message }];
}

/** Turns units into bytes. */
function done(draft: Draft, scan: Scan | null, chunks: readonly ScannedChunk[]): ParseResult {
  const { source, language, traits } = draft;
  const at = source.toByte;
  const span = (start: number, end: number): Span => ({ start: at(start), end: at(end) });
  const facts: FileFacts = {
    language,
    lines: countLines(source.text),
    traits,
    symbols: (scan?.symbols ?? []).map((symbol) => ({
      kind: symbol.kind,
      name: symbol.name,
      qualifiedName: symbol.qualifiedName,
      span: span(symbol.start, symbol.end),
      nameSpan: span(symbol.nameStart, symbol.nameEnd),
      signature: span(symbol.signatureStart, symbol.signatureEnd),
      doc: symbol.docEnd > symbol.docStart ? span(symbol.docStart, symbol.docEnd) : null,
      parent: symbol.parent,
      exported: symbol.exported,
      decorators: symbol.decorators,
    })),
    references: (scan?.references ?? []).map(({ kind, name, receiver, start, end, from }) => ({
      kind,
      name,
      receiver,
      span: span(start, end),
      from,
    })),
    imports: (scan?.imports ?? []).map(({ module, name, alias, start, end }) => ({
      module,
      name,
      alias,
      span: span(start, end),
    })),
    chunks: chunks.map(({ kind, symbol, parts, piece }) => ({
      kind,
      symbol,
      parts: parts.map(({ start, end }) => span(start, end)),
      piece,
    })),
    problems: problemsOf(draft),
  };
  return { kind: 'facts', facts };
}

function doneText(draft: Draft, read: TextFacts): ParseResult {
  const at = draft.source.toByte;
  const span = (start: number, end: number): Span => ({ start: at(start), end: at(end) });
  draft.problems.push(...read.problems);
  const facts: FileFacts = {
    language: draft.language,
    lines: countLines(draft.source.text),
    traits: draft.traits,
    symbols: read.symbols.map((symbol) => ({
      kind: symbol.kind,
      name: symbol.name,
      qualifiedName: symbol.qualifiedName,
      span: span(symbol.start, symbol.end),
      nameSpan: span(symbol.nameStart, symbol.nameEnd),
      signature: span(symbol.start, symbol.signatureEnd),
      doc: null,
      parent: symbol.parent,
      exported: true,
      decorators: [],
    })),
    references: [],
    imports: [],
    chunks: read.chunks.map(({ kind, symbol, parts, piece }) => ({
      kind,
      symbol,
      parts: parts.map(({ start, end }) => span(start, end)),
      piece,
    })),
    problems: problemsOf(draft),
  };
  return { kind: 'facts', facts };
}

function problemsOf(draft: Draft): Problem[] {
  const at = draft.source.toByte;
  return draft.problems.map(({ kind, start, end, message }) => ({
    kind,
    span: { start: at(start), end: at(end) },
    message,
  }));
}

/** As `lineStarts` counts: a final newline does not open a line. */
function countLines(text: string): number {
  let lines = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at + 1 < text.length; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}
