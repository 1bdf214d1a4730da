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
import type { FileFacts, ParseResult, ProblemKind } from './facts.ts';
import {
  assemble,
  codeFacts,
  type Draft,
  type DraftProblem,
  foundBy,
  foundIn,
  nothingFound,
  textFacts,
} from './inbytes.ts';
import type { EmbeddedFacts, GrammarLanguage, Rule } from './languages/language.ts';
import { languageNamed, languages } from './languages/table.ts';
import { LinkBuilder, type LinkRules, linkRulesById } from './links/builder.ts';
import { linkLanguageNamed } from './links/table.ts';
import { type FileLinks, type LinkResult, noLinks } from './links/types.ts';
import { joinRegions, moveChunks, placeIn, plainRegion, type RegionFacts } from './regions.ts';
import { rulesById, Scan } from './scan.ts';
import { decodeSource, type SourceText, textOfSpan } from './source.ts';
import { createEngine, type Grammar, type LoadFile } from './tree/engine.ts';
import type { SyntaxTree } from './tree/tree.ts';

const classifier = classifierOf(languages);

/** Code of the error with which `load` says that the package with a grammar is not installed; that of Node's own resolver. */
const grammarMissing = 'MODULE_NOT_FOUND';

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
  /** As `parse`, with the file's links as well: the same facts, and two or three times the work after parsing. */
  link(path: string, bytes: Uint8Array): Promise<LinkResult>;
  /** As `link`, without waiting. @returns null when the language is not prepared yet */
  linkNow(path: string, bytes: Uint8Array): LinkResult | null;
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
  /** Null for languages without links. */
  readonly links: LinkRules | null;
}

/** @param load gives bytes of `web-tree-sitter.wasm` and of grammars by file name */
export async function createParser(load: LoadFile, options: ParserOptions = {}): Promise<Parser> {
  const engine = await createEngine(load);
  const limitMs = Math.min(options.parseMs ?? limits.parseMs, limits.parseMs);
  /** Null: its grammar is not installed. */
  const prepared = new Map<string, Prepared | null>();
  const loading = new Map<string, Promise<void>>();

  const loadLanguage = async (language: GrammarLanguage): Promise<void> => {
    const { name } = language;
    try {
      const grammar = await engine.loadGrammar(language.grammar);
      const linked = linkLanguageNamed(name);
      const links = linked === null ? null : linkRulesById(linked, grammar.names);
      prepared.set(name, { grammar, links, ...rulesById(language, grammar.names) });
    } catch (cause) {
      if (language.optionalPackage === undefined || (cause as { code?: unknown }).code !== grammarMissing) throw cause;
      prepared.set(name, null);
    }
  };

  const prepare = async (name: string): Promise<void> => {
    const language = languageNamed(name);
    if (language?.form === 'embedded') await Promise.all(language.guests.map(prepare));
    if (language?.form !== 'grammar' || prepared.has(name)) return;
    let promise = loading.get(name);
    if (promise === undefined) {
      promise = loadLanguage(language);
      loading.set(name, promise);
      promise.catch(() => loading.delete(name));
    }
    await promise;
  };

  /** The language whose grammar the last `readNow` lacked. */
  let wanted = '';

  const readNow = (path: string, bytes: Uint8Array, take: TakeScan | null): ParseResult | null => {
    const found = classifier.classify(path, bytes);
    if (found.kind === 'skipped') return found;
    const language = languageNamed(found.language);
    const source = decodeSource(bytes);
    const draft: Draft = { language: found.language, traits: found.traits, source, problems: encodingProblems(source) };
    if (language === null) return { kind: 'facts', facts: codeFacts(draft, null, plainChunks(source.text)) };
    if (language.form === 'text') return guarded(draft, () => textFacts(draft, language.read(source.text, path)));
    if (language.form === 'embedded') {
      const read = language.read(source.text, path);
      wanted = read.regions.map((region) => region.language).find(isUnprepared) ?? '';
      return wanted === '' ? guarded(draft, () => embeddedFacts(draft, bytes, read)) : null;
    }
    wanted = language.name;
    const ready = prepared.get(language.name);
    if (ready === undefined) return null;
    if (ready === null) return { kind: 'facts', facts: withoutGrammar(draft, language) };
    return guarded(draft, () => parseCode(draft, language, ready, { limitMs, take }));
  };

  const isUnprepared = (name: string): boolean => languageNamed(name)?.form === 'grammar' && !prepared.has(name);

  const embeddedFacts = (draft: Draft, bytes: Uint8Array, read: EmbeddedFacts): FileFacts => {
    draft.problems.push(...read.problems);
    const { toByte, encoding } = draft.source;
    const textIn = (span: Span): string => textOfSpan(bytes, encoding, span);
    const parts = read.regions.map((region): RegionFacts => {
      const place = placeIn(region);
      const at = (unit: number): number => toByte(place(unit));
      const language = languageNamed(region.language);
      if (language?.form === 'text') {
        const inside = language.read(region.text, '');
        return { found: foundIn(inside, at), chunks: moveChunks(region, inside.chunks) };
      }
      const ready = language?.form === 'grammar' ? prepared.get(language.name) : null;
      const inner: Draft = { ...draft, source: { ...draft.source, text: region.text }, problems: [] };
      const scanned = language?.form === 'grammar' && ready ? scanCode(inner, language, ready, limitMs) : null;
      for (const problem of inner.problems)
        draft.problems.push({ ...problem, start: place(problem.start), end: place(problem.end) });
      if (scanned === null) return { found: nothingFound, chunks: plainRegion(region) };
      return { found: foundBy(scanned.scan, at), chunks: moveChunks(region, scanned.chunks) };
    });
    const host = { found: foundIn(read, toByte), chunks: read.chunks };
    const { found, chunks } = joinRegions([host, ...parts], textIn);
    return assemble(draft, found, chunks);
  };

  const parseNow = (path: string, bytes: Uint8Array): ParseResult | null => readNow(path, bytes, null);

  const linkNow = (path: string, bytes: Uint8Array): LinkResult | null => {
    let links = noLinks;
    const result = readNow(path, bytes, (scan, rules, toByte) => {
      links = linksOf(scan, rules, toByte);
    });
    return result?.kind === 'facts' ? { ...result, links } : result;
  };

  const whenPrepared = async <Result>(
    path: string,
    bytes: Uint8Array,
    now: (path: string, bytes: Uint8Array) => Result | null,
  ): Promise<Result> => {
    for (;;) {
      const found = now(path, bytes);
      if (found !== null) return found;
      await prepare(wanted);
    }
  };

  return {
    parseNow,
    linkNow,
    prepare,
    parse: (path, bytes) => whenPrepared(path, bytes, parseNow),
    link: (path, bytes) => whenPrepared(path, bytes, linkNow),
    heapBytes: engine.heapBytes,
    worn: engine.trapped,
  };
}

/** Takes a scanned tree, which the next parse overwrites, with the rules of its language's links. */
type TakeScan = (scan: Scan, rules: LinkRules, toByte: (unit: number) => number) => void;

interface HowToParse {
  readonly limitMs: number;
  readonly take: TakeScan | null;
}

function parseCode(draft: Draft, language: GrammarLanguage, ready: Prepared, { limitMs, take }: HowToParse): FileFacts {
  const scanned = scanCode(draft, language, ready, limitMs);
  if (scanned === null) return codeFacts(draft, null, plainChunks(draft.source.text));
  if (take !== null && ready.links !== null) take(scanned.scan, ready.links, draft.source.toByte);
  return codeFacts(draft, scanned.scan, scanned.chunks);
}

interface Scanned {
  readonly scan: Scan;
  readonly chunks: readonly ScannedChunk[];
}

/** @returns null when there is no tree, which a problem of the draft says */
function scanCode(draft: Draft, language: GrammarLanguage, ready: Prepared, limitMs: number): Scanned | null {
  const { text } = draft.source;
  const say = (kind: ProblemKind, message: string): null => {
    draft.problems.push({ kind, start: 0, end: text.length, message });
    return null;
  };
  const result = ready.grammar.parse(text, limitMs, language.mask?.(text));
  if (result.kind === 'timeout') return say('parse-timeout', `Parsing took longer than ${limitMs} ms.`);
  if (result.kind === 'failed') return say('parser-failed', `The parser failed: ${result.message}.`);
  const { tree } = result;
  addSyntaxErrors(draft, tree);
  const scan = new Scan(tree);
  scan.run(ready.rules, ready.comments);
  language.finish?.(scan);
  scan.settle();
  if (scan.overflowed)
    say('too-many-symbols', `More than ${limits.symbolsPerFile} symbols, references or imports; the rest was dropped.`);
  return { scan, chunks: chunksOf(scan, ready.blocks, ready.comments) };
}

function linksOf(scan: Scan, rules: LinkRules, toByte: (unit: number) => number): FileLinks {
  const builder = new LinkBuilder(scan, rules);
  builder.run();
  return builder.settle(toByte);
}

function withoutGrammar(draft: Draft, { displayName, optionalPackage }: GrammarLanguage): FileFacts {
  const message = `Read as plain text: the grammar of ${displayName} is not installed (npm install --no-save ${optionalPackage}).`;
  return withoutTree(draft, 'no-grammar', message);
}

function withoutTree(draft: Draft, kind: ProblemKind, message: string): FileFacts {
  const { text } = draft.source;
  draft.problems.push({ kind, start: 0, end: text.length, message });
  return codeFacts(draft, null, plainChunks(text));
}

/** Source nested so deeply that the stack ends is bad luck, not a fault of ours: facts without a tree. */
function guarded(draft: Draft, read: () => FileFacts): ParseResult {
  try {
    return { kind: 'facts', facts: read() };
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    return { kind: 'facts', facts: withoutTree(draft, 'parser-failed', `Too deeply nested: ${cause.message}.`) };
  }
}

function addSyntaxErrors(draft: Draft, tree: SyntaxTree): void {
  for (const node of tree.errors) {
    const [start, end] = [tree.start(node), tree.end(node)];
    const missing = end === start;
    const message = missing ? `Expected ${tree.kind(node)}.` : 'This does not parse; what is around it does.';
    draft.problems.push({ kind: 'syntax-error', start, end, message });
  }
}

function encodingProblems(source: SourceText): DraftProblem[] {
  const { encoding, text } = source;
  if (encoding === 'utf-8') return [];
  const message =
    encoding === 'utf-16'
      ? 'Expected UTF-8, found UTF-16; it was decoded, and spans count its bytes.'
      : 'Expected UTF-8, found other bytes; they were read as Latin-1.';
  return [{ kind: 'wrong-encoding', start: 0, end: text.length, message }];
}
