/**
 * Finding nodes by rules: path and bytes in, matches out. The port through which `search` uses all of this folder.
 *
 * A file is parsed once for all rules and its nodes are gone through once; of each rule only nodes of a kind that it can match are tried. Text is taken as it is written: what
 * `parser.ts` hides from a grammar (macros of C++) is looked at here, because a pattern may ask for it.
 */
import { type LineRange, limits, type Span, WinnowError } from '../../base/mod.ts';
import { classifierOf } from '../detect.ts';
import type { SkipReason } from '../facts.ts';
import { languageNamed, languages } from '../languages/table.ts';
import { decodeSource } from '../source.ts';
import { createEngine, type Grammar, type LoadFile } from '../tree/engine.ts';
import type { SyntaxTree } from '../tree/tree.ts';
import type { Bindings } from './bindings.ts';
import { type CompiledRule, compileRule } from './compile.ts';
import { evaluate } from './evaluate.ts';
import { OutOfSteps, type Steps } from './meets.ts';
import { mayMeet, type Needs, needsOf } from './needs.ts';
import { type ReadRegex, symbolsOf } from './rule.ts';
import type { RuleSet } from './spec.ts';

const classifier = classifierOf(languages);

/** A piece of the file. */
export interface Piece {
  readonly span: Span;
  readonly lines: LineRange;
  /** One-based, in UTF-16 units of the first line. */
  readonly column: number;
  readonly text: string;
}

/** Several nodes in a row as one piece; null when there are none. */
export interface Bound {
  readonly name: string;
  /** Written `$$$`. */
  readonly many: boolean;
  readonly count: number;
  readonly place: Piece | null;
}

export interface PatternMatch extends Piece {
  /** Index of the rule, as it was given. */
  readonly rule: number;
  readonly kind: string;
  /** Metavariables, in the order of their names. */
  readonly variables: readonly Bound[];
}

export interface Added {
  /** What a file must hold so that the rule can match. */
  readonly needs: Needs;
  /** What a pattern lacks and the parser put in: `)`. It may be meant so, as in `if ($A)` without what follows. */
  readonly supposed: readonly string[];
}

export type FileSearched =
  | {
      readonly kind: 'searched';
      readonly language: string;
      readonly matches: readonly PatternMatch[];
      /** Why matches may be missing; null when none are. */
      readonly partial: 'parse-timeout' | 'parser-failed' | 'too-much-work' | null;
    }
  | { readonly kind: 'skipped'; readonly reason: SkipReason | 'other-language' };

export interface PatternFinder {
  /**
   * Ties a rule to a language, for `search`.
   *
   * @param language one with a grammar, as the table names it
   * @throws WinnowError `bad-query` when the rule cannot be meant in this language
   */
  add(rule: number, language: string, set: RuleSet): Promise<Added>;
  /** @param path relative, forward slashes; tells the language together with the bytes */
  search(path: string, bytes: Uint8Array): FileSearched;
}

/** Steps that one file may take: a thousand times what an ordinary rule takes for each node, and about ten seconds at the worst. */
const stepsPerNode = 1_000;
const leastSteps = 1_000_000;
const mostSteps = 300_000_000;

interface Ready {
  readonly grammar: Grammar;
  readonly rules: { readonly rule: number; readonly compiled: CompiledRule; readonly needs: Needs }[];
  readonly bySymbol: Map<number, number[]>;
  /** Rules that any node may meet. */
  readonly anywhere: number[];
}

export async function createPatternFinder(load: LoadFile, readRegex: ReadRegex): Promise<PatternFinder> {
  const engine = await createEngine(load);
  const ready = new Map<string, Ready>();
  const prepare = async (name: string): Promise<Ready> => {
    const known = ready.get(name);
    if (known !== undefined) return known;
    const language = languageNamed(name);
    if (language?.form !== 'grammar') throw new WinnowError('bad-query', `${name} has no grammar.`);
    const grammar = await engine.loadGrammar(language.grammar).catch((cause: unknown) => {
      if (language.optionalPackage === undefined || (cause as { code?: unknown }).code !== 'MODULE_NOT_FOUND')
        throw cause;
      throw new WinnowError(
        'bad-query',
        `The grammar of ${language.displayName} is not installed (npm install --no-save ${language.optionalPackage}).`,
      );
    });
    const made: Ready = { grammar, rules: [], bySymbol: new Map(), anywhere: [] };
    ready.set(name, made);
    return made;
  };
  return {
    add: async (rule, language, set) => {
      const { grammar, rules, bySymbol, anywhere } = await prepare(language);
      const compiled = compileRule(grammar, language, set, readRegex);
      const symbols = symbolsOf(compiled.rule);
      const needs = needsOf(compiled.rule);
      const index = rules.push({ rule, compiled, needs }) - 1;
      if (symbols === null) anywhere.push(index);
      for (const symbol of symbols ?? []) {
        const list = bySymbol.get(symbol);
        if (list === undefined) bySymbol.set(symbol, [index]);
        else list.push(index);
      }
      return { needs, supposed: compiled.supposed };
    },
    search: (path, bytes) => {
      const found = classifier.classify(path, bytes);
      if (found.kind === 'skipped') return found;
      const { language } = found;
      const prepared = ready.get(language);
      if (prepared === undefined || prepared.rules.length === 0) return { kind: 'skipped', reason: 'other-language' };
      const source = decodeSource(bytes);
      const asked = prepared.rules.map(({ needs }) => mayMeet(needs, source.text));
      if (!asked.includes(true)) return { kind: 'searched', language, matches: [], partial: null };
      const parsed = prepared.grammar.parse(source.text, limits.parseMs);
      if (parsed.kind !== 'tree') {
        const partial = parsed.kind === 'timeout' ? 'parse-timeout' : 'parser-failed';
        return { kind: 'searched', language, matches: [], partial };
      }
      return { kind: 'searched', language, ...matchesIn(parsed.tree, prepared, asked, source.toByte) };
    },
  };
}

/** @param asked by rule: whether it can match in this file at all */
function matchesIn(
  tree: SyntaxTree,
  { rules, bySymbol, anywhere }: Ready,
  asked: readonly boolean[],
  toByte: (unit: number) => number,
) {
  const matches: PatternMatch[] = [];
  const steps: Steps = { left: Math.min(mostSteps, leastSteps + stepsPerNode * tree.size) };
  const pieces = new Pieces(tree.text, toByte);
  const piece = (node: number): Piece => pieces.of(tree.start(node), tree.end(node));
  const none: readonly number[] = [];
  const attempt = (index: number, node: number): void => {
    if (!asked[index]) return;
    const { rule, compiled } = rules[index] as Ready['rules'][number];
    const bindings = evaluate(compiled, tree, node, steps);
    if (bindings === null) return;
    matches.push({ rule, kind: tree.kind(node), ...piece(node), variables: variablesOf(tree, bindings, pieces) });
  };
  try {
    for (let node = 0; node < tree.size; node++) {
      for (const index of bySymbol.get(tree.symbols[node] as number) ?? none) attempt(index, node);
      for (const index of anywhere) attempt(index, node);
    }
  } catch (cause) {
    // Trees and rules that go too deep for the stack are as those that take too long.
    if (!(cause instanceof OutOfSteps) && !(cause instanceof RangeError)) throw cause;
    return { matches, partial: 'too-much-work' as const };
  }
  return { matches, partial: null };
}

function variablesOf(tree: SyntaxTree, bindings: Bindings, pieces: Pieces): Bound[] {
  const ones = [...bindings.ones].map(
    ([name, node]): Bound => ({ name, many: false, count: 1, place: pieces.of(tree.start(node), tree.end(node)) }),
  );
  const many = [...bindings.many].map(([name, nodes]): Bound => {
    const [first, last] = [nodes[0], nodes.at(-1)];
    const place = first === undefined || last === undefined ? null : pieces.of(tree.start(first), tree.end(last));
    return { name, many: true, count: nodes.length, place };
  });
  return [...ones, ...many].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** From units of a text to pieces. Lines are looked for when the first piece is asked for. */
class Pieces {
  readonly #text: string;
  readonly #toByte: (unit: number) => number;
  /** Where lines start. */
  readonly #starts: number[] = [0];

  constructor(text: string, toByte: (unit: number) => number) {
    this.#text = text;
    this.#toByte = toByte;
  }

  of(start: number, end: number): Piece {
    if (this.#starts.length === 1)
      for (let at = this.#text.indexOf('\n'); at !== -1; at = this.#text.indexOf('\n', at + 1))
        this.#starts.push(at + 1);
    const first = this.#line(start);
    return {
      span: { start: this.#toByte(start), end: this.#toByte(end) },
      lines: { first, last: end > start ? this.#line(end - 1) : first },
      column: start - (this.#starts[first - 1] as number) + 1,
      text: this.#text.slice(start, end),
    };
  }

  /** One-based. */
  #line(unit: number): number {
    let [low, high] = [0, this.#starts.length];
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] as number) <= unit) low = middle;
      else high = middle;
    }
    return low + 1;
  }
}
