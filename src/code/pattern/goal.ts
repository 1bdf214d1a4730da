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
 * @throws WinnowError `bad-query` with the place in the pattern
 */
export function readPattern(grammar: Grammar, language: string, spec: PatternSpec, at: string): Pattern {
  const { text, selector, strictness } = spec;
  const fail: (message: string, offset?: number) => never = (message, offset) => {
    throw new WinnowError('bad-query', `${at}: ${message}`, {
      details: { language, pattern: text, ...(offset === undefined ? {} : { offset }) },
    });
  };
  if (text.trim() === '') fail('the pattern is empty; give a piece of code such as f($A).');
  if (text.length > mostPatternUnits) fail(`the pattern is longer than ${mostPatternUnits} characters.`);
  const sign = signOf(language);
  const opening = openings.get(language) ?? '';
  const parse = (written: string): { tree: SyntaxTree; read: string; broken: number | undefined } => {
    const read = opening + withSign(written, sign);
    const result = grammar.parse(read, parseMs);
    if (result.kind !== 'tree') return fail('the pattern could not be parsed in time.');
    return { tree: result.tree, read, broken: brokenIn(result.tree, sign) };
  };
  let parsed = parse(text);
  const statements = asStatements(text);
  if (parsed.broken !== undefined && statements !== text) {
    const again = parse(statements);
    // The first one's place is told when neither parses, and its tree is gone.
    parsed = again.broken === undefined ? again : parse(text);
  }
  const { tree, read, broken } = parsed;
  const place = (node: number): number =>
    withoutSign(read.slice(opening.length), tree.start(node) - opening.length, sign);
  if (broken !== undefined) {
    const offset = Math.max(0, Math.min(text.length, place(broken)));
    fail(
      `the pattern is no whole piece of ${language}: character ${offset + 1} on (${quoted(text.slice(offset))}) does not parse. ` +
        'Give something that could stand in a program, or a rule with `context` and `selector`.',
      offset,
    );
  }
  let node = 0;
  let selected: number | null = null;
  if (selector !== undefined) {
    node = firstOfKind(tree, selector);
    if (node < 0) fail(`no node of kind ${selector} is in the pattern. It has: ${kindsIn(tree).join(', ')}.`);
    selected = tree.symbols[node] as number;
  } else {
    const roots = partsOf(tree, opening);
    if (roots.length === 0) fail('the pattern has no code in it.');
    if (roots.length > 1)
      fail(
        `the pattern is ${roots.length} pieces of ${language}, from characters ${roots.map((root) => place(root) + 1).join(', ')} on; a pattern is one. ` +
          'Give the node around them, or several rules under `any` or `follows`.',
      );
    node = innermost(tree, roots[0] as number);
  }
  const names = new Set<string>();
  const goal = goalOf(tree, node, sign, names, 0, fail);
  if (goal.kind === 'metavariable' && goal.variable.kind === 'many')
    fail('a pattern is one node, and $$$ stands for any number of them; use $A, or put it into a larger pattern.');
  const symbol = goal.kind === 'metavariable' ? selected : goal.symbol;
  return { goal, strictness, symbol: strictness === 'template' ? selected : symbol, selected, names };
}

/** `class A { $$$ }`: a metavariable where no identifier may stand is an error of the grammar's, and what was meant all the same. */
const brokenIn = (tree: SyntaxTree, sign: string): number | undefined =>
  tree.errors.find((node) => tree.symbols[node] === errorSymbol && metavariableOf(tree.textOf(node), sign) === null);

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
  sign: string,
  names: Set<string>,
  depth: number,
  fail: (message: string) => never,
): Goal {
  if (depth > mostDepth) fail(`the pattern is nested more than ${mostDepth} deep.`);
  const variable = metavariableOf(tree.textOf(node), sign);
  if (variable !== null) {
    if (variable.name !== null) names.add(variable.name);
    return { kind: 'metavariable', variable };
  }
  const symbol = tree.symbols[node] as number;
  const children = tree.children(node);
  if (children.length === 0) return { kind: 'leaf', symbol, named: tree.isNamed(node), text: tree.textOf(node) };
  const goals = children
    .filter((child) => !tree.isMissing(child))
    .map((child) => goalOf(tree, child, sign, names, depth + 1, fail));
  return { kind: 'node', symbol, children: goals };
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
