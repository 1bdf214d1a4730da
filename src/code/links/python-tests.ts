/**
 * What tests in Python's source say of names, and where: `isinstance` in conditions, assertions, operands and patterns.
 *
 * Only what a test says outright is taken: a class that was not excluded by the branches before may be anything.
 */
import type { LinkBuilder } from './builder.ts';
import { positional } from './python-notes.ts';

/** Something that a condition says of an expression. */
interface Said {
  readonly subject: number;
  readonly value: number;
}

/** Operands of a condition that are followed; people write a handful. */
const maxDepth = 8;

/** What holds when the condition came out as `outcome`. */
function saidBy(links: LinkBuilder, condition: number, outcome: boolean, depth = 0): Said[] {
  const { tree } = links;
  if (condition < 0 || depth > maxDepth) return [];
  switch (tree.kind(condition)) {
    case 'parenthesized_expression':
      return saidBy(links, tree.namedChildren(condition)[0] ?? -1, outcome, depth + 1);
    case 'not_operator':
      return saidBy(links, tree.field(condition, 'argument'), !outcome, depth + 1);
    case 'boolean_operator': {
      const left = saidBy(links, tree.field(condition, 'left'), outcome, depth + 1);
      const right = saidBy(links, tree.field(condition, 'right'), outcome, depth + 1);
      const isAnd = tree.child(condition, "'and'") >= 0;
      return isAnd === outcome ? [...left, ...right] : inBoth(links, left, right);
    }
    case 'call':
      return outcome ? saidByCall(links, condition) : [];
    default:
      return [];
  }
}

/** What one of two tests says, when both speak of the same thing. */
function inBoth(links: LinkBuilder, left: readonly Said[], right: readonly Said[]): Said[] {
  const [a, b] = [left[0], right[0]];
  if (a === undefined || b === undefined || left.length > 1 || right.length > 1) return [];
  if (links.tree.textOf(a.subject) !== links.tree.textOf(b.subject)) return [];
  return [{ subject: a.subject, value: links.expressions.either([a.value, b.value]) }];
}

function saidByCall(links: LinkBuilder, call: number): Said[] {
  const { tree, expressions } = links;
  const callee = tree.field(call, 'function');
  const name = callee < 0 || tree.kind(callee) !== 'identifier' ? '' : tree.textOf(callee);
  if (name !== 'isinstance' && name !== 'issubclass') return [];
  const [written = -1, classes = -1] = positional(links, call);
  if (written < 0 || classes < 0) return [];
  const subject = tree.kind(written) === 'named_expression' ? tree.field(written, 'name') : written;
  const kind = subject < 0 ? '' : tree.kind(subject);
  if (kind !== 'identifier' && kind !== 'attribute') return [];
  const type = classesOf(links, classes);
  return [{ subject, value: name === 'isinstance' ? expressions.instance(type) : type }];
}

/** The classes that the second argument of `isinstance` names: one, a tuple, or `A | B`. */
export function classesOf(links: LinkBuilder, node: number, depth = 0): number {
  const { tree, expressions } = links;
  if (node < 0 || depth > maxDepth) return -1;
  switch (tree.kind(node)) {
    case 'identifier':
    case 'attribute':
      return links.value(node);
    case 'tuple':
      return expressions.either(tree.namedChildren(node).map((part) => classesOf(links, part, depth + 1)));
    case 'binary_operator':
      return expressions.either([
        classesOf(links, tree.field(node, 'left'), depth + 1),
        classesOf(links, tree.field(node, 'right'), depth + 1),
      ]);
    default:
      return -1;
  }
}

function narrow(links: LinkBuilder, said: readonly Said[], from: number, until: number): void {
  for (const { subject, value } of said) links.narrowings.add(subject, value, from, until);
}

/** Narrows what is below a node. */
function narrowIn(links: LinkBuilder, condition: number, outcome: boolean, place: number): void {
  if (place >= 0) narrow(links, saidBy(links, condition, outcome), place, links.tree.next(place));
}

/** Below `if`, `elif` and `while`; and after an `if` that always leaves. */
export function narrowByBranches(links: LinkBuilder, node: number): void {
  const { tree } = links;
  const condition = tree.field(node, 'condition');
  if (condition < 0) return;
  const then = tree.field(node, tree.kind(node) === 'while_statement' ? 'body' : 'consequence');
  narrowIn(links, condition, true, then);
  const otherwise = saidBy(links, condition, false);
  const parent = tree.parent(node);
  if (otherwise.length === 0 || then < 0 || parent < 0) return;
  // `elif` and `else` that follow an `elif` are its siblings.
  const end = tree.next(tree.kind(node) === 'elif_clause' ? parent : node);
  narrow(links, otherwise, tree.next(then), end);
  const isLast = tree.kind(node) === 'if_statement' && tree.field(node, 'alternative') < 0;
  if (isLast && leaves(links, then)) narrow(links, otherwise, end, tree.next(parent));
}

/** Whether the block ends by leaving what is around it. */
function leaves(links: LinkBuilder, block: number): boolean {
  const { tree } = links;
  const last = tree.namedChildren(block).at(-1) ?? -1;
  return last >= 0 && leaving.has(tree.kind(last));
}

const leaving = new Set(['return_statement', 'raise_statement', 'continue_statement', 'break_statement']);

/** After `assert`. */
export function narrowByAssertion(links: LinkBuilder, node: number): void {
  const { tree } = links;
  const parent = tree.parent(node);
  if (parent < 0) return;
  narrow(links, saidBy(links, tree.namedChildren(node)[0] ?? -1, true), tree.next(node), tree.next(parent));
}

/** In the operands that a condition guards: `a if c else b`, `c and a`, `c or a`. */
export function narrowByOperands(links: LinkBuilder, node: number): void {
  const { tree } = links;
  if (tree.kind(node) === 'conditional_expression') {
    const [then = -1, condition = -1, otherwise = -1] = tree.namedChildren(node);
    narrowIn(links, condition, true, then);
    narrowIn(links, condition, false, otherwise);
    return;
  }
  const right = tree.field(node, 'right');
  narrowIn(links, tree.field(node, 'left'), tree.child(node, "'and'") >= 0, right);
}

/** In the body of a comprehension, by its conditions. */
export function narrowByComprehension(links: LinkBuilder, node: number): void {
  const { tree } = links;
  const body = tree.field(node, 'body');
  for (const child of tree.namedChildren(node)) {
    if (tree.kind(child) === 'if_clause') narrowIn(links, tree.namedChildren(child)[0] ?? -1, true, body);
  }
}

/** In a `case` of a `match`, when its pattern is a class or several. */
export function narrowByCase(links: LinkBuilder, node: number): void {
  const { tree, expressions } = links;
  const block = tree.parent(node);
  const match = block < 0 ? -1 : tree.parent(block);
  const subject = match < 0 ? -1 : tree.field(match, 'subject');
  const pattern = tree.child(node, 'case_pattern');
  const body = tree.field(node, 'consequence');
  if (subject < 0 || pattern < 0 || body < 0) return;
  const value = expressions.instance(classOfPattern(links, pattern));
  narrow(links, [{ subject, value }], body, tree.next(body));
}

/** The class that a pattern asks for, or one of several; -1 when it asks for none. */
export function classOfPattern(links: LinkBuilder, pattern: number, depth = 0): number {
  const { tree, expressions } = links;
  if (pattern < 0 || depth > maxDepth) return -1;
  const parts = tree.namedChildren(pattern);
  const within = parts[0] ?? -1;
  switch (tree.kind(pattern)) {
    case 'case_pattern':
    case 'as_pattern':
      return classOfPattern(links, within, depth + 1);
    case 'union_pattern': {
      const classes = parts.map((part) => classOfPattern(links, part, depth + 1));
      return classes.includes(-1) ? -1 : expressions.either(classes);
    }
    case 'class_pattern':
      return within >= 0 && tree.kind(within) === 'dotted_name' ? dottedName(links, within) : -1;
    default:
      return -1;
  }
}

/** `a.b.c` as an expression. */
export function dottedName(links: LinkBuilder, node: number): number {
  const { tree, expressions } = links;
  const [head = -1, ...rest] = tree.namedChildren(node);
  if (head < 0) return -1;
  return rest.reduce((object, part) => expressions.member(object, tree.textOf(part)), links.name(tree.textOf(head)));
}
