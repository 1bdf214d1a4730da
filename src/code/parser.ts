/**
 * Parsing: path and bytes in, facts out, never an exception.
 *
 * The idea: decode once, let a grammar (or a pure function, for text) read it, walk
 * the tree once with the language's rules, cut chunks, and only then turn offsets into
 * bytes. Whatever goes wrong on the way (a broken file, a parser that runs too long or
 * traps) leaves fewer facts and a problem that says so; the file's chunks always exist,
 * so it can always be found by its words.
 */
import { limits } from '../base/mod.ts';
import { chunksOf, plainChunks } from './chunk.ts';
import { classifierOf } from './detect.ts';
import type { FileFacts, ParseResult, ProblemKind } from './facts.ts';
import { codeFacts, type Draft, type DraftProblem, textFacts } from './inbytes.ts';
import type { GrammarLanguage, Rule } from './languages/language.ts';
import { languageNamed, languages } from './languages/table.ts';
import { LinkBuilder, type LinkRules, linkRulesById } from './links/builder.ts';
import { linkLanguageNamed } from './links/table.ts';
import { type FileLinks, type LinkResult, noLinks } from './links/types.ts';
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
  const prepared = new Map<string, Prepared>();
  const loading = new Map<string, Promise<void>>();

  const prepare = async (name: string): Promise<void> => {
    const language = languageNamed(name);
    if (language?.form !== 'grammar' || prepared.has(name)) return;
    let promise = loading.get(name);
    if (promise === undefined) {
      promise = engine.loadGrammar(language.grammar).then((grammar) => {
        const linked = linkLanguageNamed(name);
        const links = linked === null ? null : linkRulesById(linked, grammar.names);
        prepared.set(name, { grammar, links, ...rulesById(language, grammar.names) });
      });
      loading.set(name, promise);
      promise.catch(() => loading.delete(name));
    }
    await promise;
  };

  const readNow = (path: string, bytes: Uint8Array, take: TakeScan | null): ParseResult | null => {
    const found = classifier.classify(path, bytes);
    if (found.kind === 'skipped') return found;
    const language = languageNamed(found.language);
    const source = decodeSource(bytes);
    const draft: Draft = { language: found.language, traits: found.traits, source, problems: encodingProblems(source) };
    if (language === null) return { kind: 'facts', facts: codeFacts(draft, null, plainChunks(source.text)) };
    if (language.form === 'text') return guarded(draft, () => textFacts(draft, language.read(source.text, path)));
    const ready = prepared.get(language.name);
    return ready === undefined ? null : guarded(draft, () => parseCode(draft, language, ready, { limitMs, take }));
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
    const found = now(path, bytes);
    if (found !== null) return found;
    const classified = classifier.classify(path, bytes);
    if (classified.kind !== 'skipped') await prepare(classified.language);
    return now(path, bytes) as Result;
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
  const { text } = draft.source;
  const result = ready.grammar.parse(text, limitMs, language.mask?.(text));
  if (result.kind === 'timeout') return withoutTree(draft, 'parse-timeout', `Parsing took longer than ${limitMs} ms.`);
  if (result.kind === 'failed') return withoutTree(draft, 'parser-failed', `The parser failed: ${result.message}.`);
  const { tree } = result;
  addSyntaxErrors(draft, tree);
  const scan = new Scan(tree);
  scan.run(ready.rules, ready.comments);
  language.finish?.(scan);
  scan.settle();
  if (scan.overflowed) {
    const message = `More than ${limits.symbolsPerFile} symbols, references or imports; the rest was dropped.`;
    draft.problems.push({ kind: 'too-many-symbols', start: 0, end: text.length, message });
  }
  if (take !== null && ready.links !== null) take(scan, ready.links, draft.source.toByte);
  return codeFacts(draft, scan, chunksOf(scan, ready.blocks, ready.comments));
}

function linksOf(scan: Scan, rules: LinkRules, toByte: (unit: number) => number): FileLinks {
  const builder = new LinkBuilder(scan, rules);
  builder.run();
  return builder.settle(toByte);
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
