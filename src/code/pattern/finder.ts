/**
 * Finding nodes by rules: path and bytes in, matches out. The port through which `search` uses all of this folder.
 *
 * A file is parsed once for all rules and its nodes are gone through once; of each rule only nodes of a kind that it can match are tried. Text is taken as it is written: what
 * `parser.ts` hides from a grammar (macros of C++) is looked at here, because a pattern may ask for it.
 */
import { limits, WinnowError } from '../../base/mod.ts';
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
  /** Bytes. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface PatternMatch extends Piece {
  /** Index of the rule, as it was given. */
  readonly rule: number;
  readonly kind: string;
  /** Metavariables by name, in the order of their names: one node, or several. */
  readonly variables: readonly { readonly name: string; readonly many: boolean; readonly nodes: readonly Piece[] }[];
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
   * @returns what a file must hold so that the rule can match
   * @throws WinnowError `bad-query` when the rule cannot be meant in this language
   */
  add(rule: number, language: string, set: RuleSet): Promise<Needs>;
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
      return needs;
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
  const piece = (node: number): Piece => ({
    start: toByte(tree.start(node)),
    end: toByte(tree.end(node)),
    text: tree.textOf(node),
  });
  const none: readonly number[] = [];
  const attempt = (index: number, node: number): void => {
    if (!asked[index]) return;
    const { rule, compiled } = rules[index] as Ready['rules'][number];
    const bindings = evaluate(compiled, tree, node, steps);
    if (bindings === null) return;
    matches.push({ rule, kind: tree.kind(node), ...piece(node), variables: variablesOf(bindings, piece) });
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

function variablesOf(bindings: Bindings, piece: (node: number) => Piece): PatternMatch['variables'] {
  const ones = [...bindings.ones].map(([name, node]) => ({ name, many: false, nodes: [piece(node)] }));
  const many = [...bindings.many].map(([name, nodes]) => ({ name, many: true, nodes: nodes.map(piece) }));
  return [...ones, ...many].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
