/**
 * A pattern as a tree: read by the language's own grammar, with metavariables where a node's whole text is one.
 *
 * A pattern is one node. What wraps it alone (the file, a statement that is only an expression) is taken off, so that `f($A)` is
 * a call wherever calls stand. A pattern that does not parse is refused with its place: what matches it would be an accident.
 */
import { WinnowError } from '../../base/mod.ts';
import type { Grammar } from '../tree/engine.ts';
import { errorSymbol, type SyntaxTree } from '../tree/tree.ts';
import { asStatements, type Metavariable, metavariableOf, signOf, withoutSign, withSign } from './sign.ts';
import type { PatternSpec, Strictness } from './spec.ts';
import { surroundingsOf } from './surroundings.ts';

export type Goal =
  | { readonly kind: 'metavariable'; readonly variable: Metavariable }
  | { readonly kind: 'leaf'; readonly symbol: number; readonly named: boolean; readonly text: string }
  | { readonly kind: 'node'; readonly symbol: number; readonly children: readonly Goal[] };

export interface Pattern {
  readonly goal: Goal;
  readonly strictness: Strictness;
  /** Symbol that a match's node must have; null where any may. */
  readonly symbol: number | null;
  /** Symbol of the selected node, which also a metavariable alone must have. */
  readonly selected: number | null;
  /** Names of metavariables. */
  readonly names: ReadonlySet<string>;
  /** Tokens and kinds that it lacks and the parser put in, other than an end of a statement. */
  readonly supposed: readonly string[];
}

/** What a grammar reads before a pattern so that it reads code: PHP's files begin as text. */
const openings: ReadonlyMap<string, string> = new Map([['php', '<?php ']]);

/** Longer ones are data in disguise; the query's limit. In UTF-16 units. */
const mostPatternUnits = 16 * 1024;
/** A pattern deeper than this is nobody's. */
const mostDepth = 500;
/** A pattern is parsed within this many milliseconds or refused: they have a few lines. */
const parseMs = 2_000;

/**
 * @param at where the pattern stands, for complaints
 * @returns what the pattern can mean: one where it is a program by itself, else one for each kind of place that it fits into
 * @throws WinnowError `bad-query` with the place in the pattern
 */
export function readPattern(grammar: Grammar, language: string, spec: PatternSpec, at: string): readonly Pattern[] {
  const { text, selector } = spec;
  const fail: Fail = (message, offset) => {
    throw new WinnowError('bad-query', `${at}: ${message}`, {
      details: { language, pattern: text, ...(offset === undefined ? {} : { offset }) },
    });
  };
  if (text.trim() === '') fail('the pattern is empty; give a piece of code such as f($A).');
  if (text.length > mostPatternUnits) fail(`the pattern is longer than ${mostPatternUnits} characters.`);
  const reading = new Reading(grammar, language, spec, fail);
  if (selector !== undefined) return [reading.selected(selector)];
  const plain = reading.alone(text);
  if (typeof plain !== 'number') return [plain];
  const statements = asStatements(text);
  const calls = statements === text ? null : new Reading(grammar, language, spec, fail, true);
  const again = calls?.alone(statements) ?? 0;
  if (typeof again !== 'number') return [again];
  const fitting = reading.between(text);
  if (fitting.length === 0 && calls !== null) fitting.push(...calls.between(statements));
  if (fitting.length > 0) return fitting;
  return fail(
    `the pattern is no whole piece of ${language}: character ${plain + 1} on (${quoted(text.slice(plain))}) does not parse. ` +
      'Give something that could stand in a program, or a rule with `context` and `selector`.',
    plain,
  );
}

type Fail = (message: string, offset?: number) => never;

/** Reading one pattern in one language. */
class Reading {
  readonly #grammar: Grammar;
  readonly #language: string;
  readonly #spec: PatternSpec;
  readonly #sign: string;
  readonly #variableOf: VariableOf;
  readonly #opening: string;
  readonly #fail: Fail;

  /** @param statements whether metavariables are written as calls where they are statements */
  constructor(grammar: Grammar, language: string, spec: PatternSpec, fail: Fail, statements = false) {
    this.#grammar = grammar;
    this.#language = language;
    this.#spec = spec;
    this.#sign = signOf(language);
    this.#variableOf = (text) => metavariableOf(text, this.#sign, statements);
    this.#opening = openings.get(language) ?? '';
    this.#fail = fail;
  }

  /** The pattern as a program. @returns where it does not parse, in characters, when it is none */
  alone(text: string): Pattern | number {
    const { tree, read } = this.#parse(text);
    const place = (node: number): number =>
      Math.max(0, withoutSign(read.slice(this.#opening.length), tree.start(node) - this.#opening.length, this.#sign));
    const broken = brokenIn(tree, this.#variableOf);
    if (broken !== undefined) return Math.min(text.length, place(broken));
    const roots = partsOf(tree, this.#opening);
    const [root] = roots;
    if (root === undefined) return this.#fail('the pattern has no code in it.');
    if (roots.length > 1)
      this.#fail(
        `the pattern is ${roots.length} pieces of ${this.#language}, from characters ${roots.map((one) => place(one) + 1).join(', ')} on; a pattern is one. ` +
          'Give the node around them, or several rules under `any` or `follows`.',
      );
    return this.#pattern(tree, innermost(tree, root), null);
  }

  /** The pattern as part of a program, once for each kind of node that it can be. */
  between(text: string): Pattern[] {
    const found = new Map<number | null, Pattern>();
    const trimmed = text.trim();
    for (const { before, after } of surroundingsOf(this.#language)) {
      const start = this.#opening.length + before.length;
      const { tree, read } = this.#parse(`${before}${trimmed}${after}`, before.length);
      const end = read.length - after.length;
      if (brokenIn(tree, this.#variableOf) !== undefined) continue;
      const root = nodeAt(tree, start, end);
      if (root < 0) continue;
      const pattern = this.#pattern(tree, innermost(tree, root), null);
      if (!found.has(pattern.symbol)) found.set(pattern.symbol, pattern);
    }
    return [...found.values()];
  }

  selected(selector: string): Pattern {
    const { tree } = this.#parse(this.#spec.text);
    const node = firstOfKind(tree, selector);
    if (node < 0) this.#fail(`no node of kind ${selector} is in the pattern. It has: ${kindsIn(tree).join(', ')}.`);
    const inside = tree.errors.some(
      (error) => error >= node && error < tree.next(node) && isBroken(tree, error, this.#variableOf),
    );
    if (inside) this.#fail(`the ${selector} in the pattern does not parse.`);
    return this.#pattern(tree, node, tree.symbols[node] as number);
  }

  /** @param unsigned characters at the beginning in which no `$` is a metavariable's */
  #parse(written: string, unsigned = 0): { tree: SyntaxTree; read: string } {
    const read = this.#opening + written.slice(0, unsigned) + withSign(written.slice(unsigned), this.#sign);
    const result = this.#grammar.parse(read, parseMs);
    if (result.kind !== 'tree') return this.#fail('the pattern could not be parsed in time.');
    return { tree: result.tree, read };
  }

  #pattern(tree: SyntaxTree, node: number, selected: number | null): Pattern {
    const { strictness } = this.#spec;
    const names = new Set<string>();
    const goal = goalOf(tree, node, this.#variableOf, names, 0, this.#fail);
    if (goal.kind === 'metavariable' && goal.variable.kind === 'many')
      this.#fail(
        'a pattern is one node, and $$$ stands for any number of them; use $A, or put it into a larger pattern.',
      );
    const symbol = goal.kind === 'metavariable' ? selected : goal.symbol;
    const supposed = tree.errors
      .filter((error) => error >= node && error < tree.next(node) && tree.isMissing(error))
      .map((error) => tree.kind(error).replace(/^'(.*)'$/, '$1'))
      .filter((kind) => kind !== ';' && kind !== '');
    return { goal, strictness, symbol: strictness === 'template' ? selected : symbol, selected, names, supposed };
  }
}

type VariableOf = (text: string) => Metavariable | null;

const isBroken = (tree: SyntaxTree, node: number, variableOf: VariableOf): boolean =>
  tree.symbols[node] === errorSymbol && variableOf(tree.textOf(node)) === null;

/** `class A { $$$ }`: a metavariable where no identifier may stand is an error of the grammar's, and what was meant all the same. */
const brokenIn = (tree: SyntaxTree, variableOf: VariableOf): number | undefined =>
  tree.errors.find((node) => isBroken(tree, node, variableOf));

/** What a pattern's file holds; a last node that the parser put there does not count. */
function partsOf(tree: SyntaxTree, opening: string): number[] {
  const roots = tree.children(0).filter((child) => tree.start(child) >= opening.length || opening === '');
  const last = roots.at(-1);
  return roots.length === 2 && last !== undefined && isNothing(tree, last) ? roots.slice(0, 1) : roots;
}

const isNothing = (tree: SyntaxTree, node: number): boolean => tree.isMissing(node) || tree.kind(node) === "''";

function innermost(tree: SyntaxTree, root: number): number {
  let node = root;
  for (;;) {
    const children = tree.children(node);
    const [only, second] = children;
    if (only === undefined || children.length > 2) return node;
    if (second !== undefined && !isNothing(tree, second)) return node;
    node = only;
  }
}

function goalOf(
  tree: SyntaxTree,
  node: number,
  variableOf: VariableOf,
  names: Set<string>,
  depth: number,
  fail: Fail,
): Goal {
  if (depth > mostDepth) fail(`the pattern is nested more than ${mostDepth} deep.`);
  const variable = variableOf(tree.textOf(node));
  if (variable !== null) {
    if (variable.name !== null) names.add(variable.name);
    return { kind: 'metavariable', variable };
  }
  const symbol = tree.symbols[node] as number;
  const children = tree.children(node);
  if (children.length === 0) return { kind: 'leaf', symbol, named: tree.isNamed(node), text: tree.textOf(node) };
  const goals = children
    .filter((child) => !tree.isMissing(child))
    .map((child) => goalOf(tree, child, variableOf, names, depth + 1, fail));
  return { kind: 'node', symbol, children: goals };
}

/** The outermost node with just these ends. */
function nodeAt(tree: SyntaxTree, start: number, end: number): number {
  for (let node = 0; node < tree.size && tree.start(node) <= start; node++)
    if (tree.start(node) === start && tree.end(node) === end) return node;
  return -1;
}

function firstOfKind(tree: SyntaxTree, kind: string): number {
  for (let node = 0; node < tree.size; node++) if (tree.isNamed(node) && tree.kind(node) === kind) return node;
  return -1;
}

/** Kinds of named nodes, each once; for a complaint. */
function kindsIn(tree: SyntaxTree): string[] {
  const kinds = new Set<string>();
  for (let node = 0; node < tree.size && kinds.size < 30; node++) if (tree.isNamed(node)) kinds.add(tree.kind(node));
  return [...kinds];
}

const quoted = (text: string): string => `"${text.length > 30 ? `${text.slice(0, 30)}…` : text}"`;
