/**
 * What similar code is told by, of one file: tokens, fingerprints and shapes. The port through which `search` uses this folder.
 *
 * A file is parsed anew for each reading. Pages and notebooks give the tokens of their regions, one after the other, and no
 * shapes. What no grammar reads (prose, data, SQL, Dockerfiles) is left out and said to be.
 */
import { limits, type Span } from '../../base/mod.ts';
import { classifierOf } from '../detect.ts';
import type { FileTraits } from '../facts.ts';
import { flowLanguages } from '../flow/constructs.ts';
import { languageNamed, languages } from '../languages/table.ts';
import { placeIn } from '../regions.ts';
import { decodeSource } from '../source.ts';
import { flowsOf } from '../syntax/reader.ts';
import { createEngine, type Grammar, type LoadFile } from '../tree/engine.ts';
import type { SyntaxTree } from '../tree/tree.ts';
import { textHash } from './hash.ts';
import { leastShape, type Shape, shapeLength, shapeOf } from './shape.ts';
import { type TokenColumns, tokensOf } from './tokens.ts';

export type LikenessResult =
  | {
      readonly kind: 'read';
      readonly language: string;
      readonly traits: FileTraits;
      /** Offsets are bytes of the file. */
      readonly tokens: TokenColumns;
      /** One for each unit asked for; all zero for one that is too small to have a shape. */
      readonly shapes: readonly Shape[];
      /** The language's data and control flow is part of the shapes. */
      readonly flow: boolean;
    }
  /** `no-grammar`: prose, data, or a language that is not parsed. */
  | { readonly kind: 'left-out'; readonly reason: 'no-grammar' | 'not-parsed' | 'skipped' };

export interface LikenessReader {
  /**
   * Never throws for what a file holds.
   *
   * @param path tells the language together with the bytes
   * @param units pieces whose shapes are wanted
   * @throws what `load` throws when a grammar cannot be read
   */
  read(path: string, bytes: Uint8Array, units: readonly Span[]): Promise<LikenessResult>;
}

const noShape: Shape = { vector: new Float32Array(shapeLength), size: 0 };

/** @param load gives bytes of `web-tree-sitter.wasm` and of grammars by file name */
export async function createLikenessReader(load: LoadFile): Promise<LikenessReader> {
  const engine = await createEngine(load);
  const classifier = classifierOf(languages);
  const grammars = new Map<string, Promise<Grammar | null>>();
  /** @returns `null` where the grammar is optional and not installed */
  const grammarOf = (name: string): Promise<Grammar | null> => {
    const language = languageNamed(name);
    if (language?.form !== 'grammar') return Promise.resolve(null);
    const known = grammars.get(name);
    if (known !== undefined) return known;
    const loading = engine.loadGrammar(language.grammar).catch((cause: unknown) => {
      if (language.optionalPackage === undefined || (cause as { code?: unknown }).code !== 'MODULE_NOT_FOUND')
        throw cause;
      return null;
    });
    grammars.set(name, loading);
    return loading;
  };
  /** Grammars are loaded before: a tree is overwritten by the next parse, so nothing is waited for while one is looked at. */
  const treeOf = (name: string, grammar: Grammar, text: string): SyntaxTree | null => {
    const language = languageNamed(name);
    const masked = language?.form === 'grammar' ? language.mask?.(text) : undefined;
    const result = grammar.parse(text, limits.parseMs, masked);
    return result.kind === 'tree' ? result.tree : null;
  };
  return {
    async read(path, bytes, units) {
      const found = classifier.classify(path, bytes);
      if (found.kind === 'skipped') return { kind: 'left-out', reason: 'skipped' };
      const language = languageNamed(found.language);
      const source = decodeSource(bytes);
      const { traits } = found;
      try {
        if (language?.form === 'embedded') {
          const pieces: TokenColumns[] = [];
          for (const region of language.read(source.text, path).regions) {
            const grammar = await grammarOf(region.language);
            const tree = grammar === null ? null : treeOf(region.language, grammar, region.text);
            if (tree === null) continue;
            const place = placeIn(region);
            pieces.push(moved(tokensOf(tree), (unit) => source.toByte(place(unit))));
          }
          const shapes = units.map(() => noShape);
          return { kind: 'read', language: found.language, traits, tokens: joined(pieces), shapes, flow: false };
        }
        const grammar = language === null ? null : await grammarOf(language.name);
        if (language === null || grammar === null) return { kind: 'left-out', reason: 'no-grammar' };
        const tree = treeOf(language.name, grammar, source.text);
        if (tree === null) return { kind: 'left-out', reason: 'not-parsed' };
        return {
          kind: 'read',
          language: found.language,
          traits,
          tokens: moved(tokensOf(tree), source.toByte),
          ...shapesOf(tree, found.language, units, source.toByte),
        };
      } catch (cause) {
        // Nested so deeply that the stack ends.
        if (!(cause instanceof RangeError)) throw cause;
        return { kind: 'left-out', reason: 'not-parsed' };
      }
    },
  };
}

function shapesOf(
  tree: SyntaxTree,
  language: string,
  units: readonly Span[],
  toByte: (unit: number) => number,
): { shapes: Shape[]; flow: boolean } {
  const rules = flowLanguages[language];
  const flow = rules !== undefined;
  if (units.length === 0) return { shapes: [], flow };
  const toUnit = (byte: number): number => {
    if (toByte(byte) === byte) return byte;
    let [low, high] = [0, tree.text.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (toByte(middle) < byte) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const flows = rules === undefined ? null : flowsOf(tree, rules, language, (unit) => unit).slice(1);
  const shapes = units.map(({ start, end }) => {
    const shape = shapeOf(tree, toUnit(start), toUnit(end), flows);
    return shape.size < leastShape ? noShape : shape;
  });
  return { shapes, flow };
}

function moved(tokens: TokenColumns, place: (unit: number) => number): TokenColumns {
  return { ...tokens, starts: tokens.starts.map(place), ends: tokens.ends.map(place) };
}

/** Regions one after the other, with a token between them that no other file has. */
function joined(pieces: readonly TokenColumns[]): TokenColumns {
  const [only, ...more] = pieces;
  if (only !== undefined && more.length === 0) return only;
  const between = pieces.slice(1).map((piece, i): TokenColumns => {
    const border = Uint32Array.of(textHash(`border ${i} ${piece.exact.join()}`));
    const at = Uint32Array.of(piece.starts[0] ?? 0);
    return { count: 1, starts: at, ends: at, exact: border, blind: border };
  });
  const all = pieces.flatMap((piece, i) => (i === 0 ? [piece] : [between[i - 1] as TokenColumns, piece]));
  const column = (of: (piece: TokenColumns) => Uint32Array): Uint32Array => {
    const out = new Uint32Array(all.reduce((sum, piece) => sum + piece.count, 0));
    let at = 0;
    for (const piece of all) {
      out.set(of(piece), at);
      at += piece.count;
    }
    return out;
  };
  return {
    count: all.reduce((sum, piece) => sum + piece.count, 0),
    starts: column(({ starts }) => starts),
    ends: column(({ ends }) => ends),
    exact: column(({ exact }) => exact),
    blind: column(({ blind }) => blind),
  };
}
