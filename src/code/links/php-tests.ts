/**
 * What tests in PHP's source say of names, and where: `instanceof` and `is_a` in conditions, operands, `match (true)` and assertions.
 *
 * Only what a test says outright is taken: a class that was not excluded by the branches before may be anything.
 */
import type { LinkBuilder } from './builder.ts';
import type { LinkRule } from './language.ts';
import { argumentsOf } from './php-library.ts';
import { classAt, notesOf } from './php-names.ts';

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
    case 'unary_op_expression': {
      const operator = tree.field(condition, 'operator');
      const isNot = operator >= 0 && tree.textOf(operator) === '!';
      return isNot ? saidBy(links, tree.field(condition, 'argument'), !outcome, depth + 1) : [];
    }
    case 'binary_expression':
      return saidByOperands(links, condition, outcome, depth);
    case 'function_call_expression':
      return outcome ? saidByCall(links, condition) : [];
    default:
      return [];
  }
}

const and = /^(&&|and)$/i;
const or = /^(\|\||or)$/i;

function saidByOperands(links: LinkBuilder, node: number, outcome: boolean, depth: number): Said[] {
  const { tree, expressions } = links;
  const operator = tree.field(node, 'operator');
  const word = operator < 0 ? '' : tree.textOf(operator);
  const [left, right] = [tree.field(node, 'left'), tree.field(node, 'right')];
  if (/^instanceof$/i.test(word)) {
    const subject = subjectOf(links, left);
    return outcome && subject >= 0 ? [{ subject, value: expressions.instance(classAt(links, right)) }] : [];
  }
  if (!and.test(word) && !or.test(word)) return [];
  const first = saidBy(links, left, outcome, depth + 1);
  const second = saidBy(links, right, outcome, depth + 1);
  return and.test(word) === outcome ? [...first, ...second] : inBoth(links, first, second);
}

/** What one of two tests says, when both speak of the same thing. */
function inBoth(links: LinkBuilder, left: readonly Said[], right: readonly Said[]): Said[] {
  const [a, b] = [left[0], right[0]];
  if (a === undefined || b === undefined || left.length > 1 || right.length > 1) return [];
  if (links.tree.textOf(a.subject) !== links.tree.textOf(b.subject)) return [];
  return [{ subject: a.subject, value: links.expressions.either([a.value, b.value]) }];
}

/** `is_a($x, Foo::class)`. */
function saidByCall(links: LinkBuilder, call: number): Said[] {
  const { tree, expressions } = links;
  const callee = tree.field(call, 'function');
  if (callee < 0 || !/^\\?is_(a|subclass_of)$/i.test(tree.textOf(callee))) return [];
  const [written = -1, type = -1] = argumentsOf(links, call);
  const subject = subjectOf(links, written);
  if (subject < 0 || type < 0 || tree.kind(type) !== 'class_constant_access_expression') return [];
  return [{ subject, value: expressions.instance(links.value(type)) }];
}

const testable = new Set([
  'variable_name',
  'member_access_expression',
  'nullsafe_member_access_expression',
  'scoped_property_access_expression',
  'subscript_expression',
]);

/** What a test speaks of: of `($x = f()) instanceof Foo` it is `$x`. */
function subjectOf(links: LinkBuilder, node: number): number {
  const { tree } = links;
  let at = node;
  for (let depth = 0; at >= 0 && depth < maxDepth; depth++) {
    const kind = tree.kind(at);
    if (testable.has(kind)) return at;
    if (kind === 'parenthesized_expression') at = tree.namedChildren(at)[0] ?? -1;
    else if (kind === 'assignment_expression') at = tree.field(at, 'left');
    else break;
  }
  return -1;
}

function narrow(links: LinkBuilder, said: readonly Said[], from: number, until: number): void {
  for (const { subject, value } of said) links.narrowings.add(subject, value, from, until);
}

function narrowIn(links: LinkBuilder, condition: number, outcome: boolean, place: number): void {
  if (place >= 0) narrow(links, saidBy(links, condition, outcome), place, links.tree.next(place));
}

/** Whether what a test says is noted already: its value may be asked for before its place. */
function isSaid(links: LinkBuilder, node: number): boolean {
  const { narrowed } = notesOf(links);
  const known = narrowed.has(node);
  narrowed.add(node);
  return known;
}

/** Below `if`, `elseif` and `while`; and after an `if` that always leaves. */
export const narrowByBranches: LinkRule = (links, node) => {
  const { tree } = links;
  const condition = tree.field(node, 'condition');
  const then = tree.field(node, 'body');
  if (condition < 0 || then < 0) return;
  narrowIn(links, condition, true, then);
  const otherwise = saidBy(links, condition, false);
  const parent = tree.parent(node);
  if (otherwise.length === 0 || parent < 0) return;
  const end = tree.next(tree.kind(node) === 'else_if_clause' ? parent : node);
  narrow(links, otherwise, tree.next(then), end);
  const isLast = tree.kind(node) === 'if_statement' && tree.field(node, 'alternative') < 0;
  if (isLast && leaves(links, then)) narrow(links, otherwise, end, tree.next(parent));
};

const leaving = new Set([
  'return_statement',
  'continue_statement',
  'break_statement',
  'exit_statement',
  'throw_statement',
]);

/** Whether a statement, or the last of a block, leaves what is around it. */
function leaves(links: LinkBuilder, body: number): boolean {
  const { tree } = links;
  const isBlock = /_statement$|_block$/.test(tree.kind(body)) && !leaving.has(tree.kind(body));
  const last = isBlock && tree.kind(body) !== 'expression_statement' ? (tree.namedChildren(body).at(-1) ?? -1) : body;
  if (last < 0) return false;
  const inner = tree.kind(last) === 'expression_statement' ? (tree.namedChildren(last)[0] ?? -1) : -1;
  return leaving.has(tree.kind(last)) || (inner >= 0 && tree.kind(inner) === 'throw_expression');
}

/** In the operands that a condition guards: `c ? a : b`, `c && a`, `c || a`. */
export const narrowByOperands: LinkRule = (links, node) => {
  const { tree } = links;
  if (isSaid(links, node)) return;
  if (tree.kind(node) === 'conditional_expression') {
    const condition = tree.field(node, 'condition');
    narrowIn(links, condition, true, tree.field(node, 'body'));
    narrowIn(links, condition, false, tree.field(node, 'alternative'));
    return;
  }
  const operator = tree.field(node, 'operator');
  const word = operator < 0 ? '' : tree.textOf(operator);
  if (and.test(word) || or.test(word)) {
    narrowIn(links, tree.field(node, 'left'), and.test(word), tree.field(node, 'right'));
  }
};

/** `match (true) { $x instanceof Foo => … }`. */
export const narrowByArm: LinkRule = (links, node) => {
  const { tree } = links;
  if (isSaid(links, node)) return;
  const match = tree.parent(tree.parent(node));
  const subject = match < 0 ? -1 : tree.field(match, 'condition');
  const conditions = tree.field(node, 'conditional_expressions');
  if (subject < 0 || conditions < 0 || !/^\(\s*true\s*\)$/i.test(tree.textOf(subject))) return;
  const [only = -1, ...others] = tree.namedChildren(conditions);
  if (others.length === 0) narrowIn(links, only, true, tree.field(node, 'return_expression'));
};

/** After `assert($x instanceof Foo)`, and after PHPUnit's `assertInstanceOf(Foo::class, $x)`. */
export const narrowByAssertion: LinkRule = (links, node) => {
  const { tree, expressions } = links;
  const [call = -1] = tree.namedChildren(node);
  const kind = call < 0 ? '' : tree.kind(call);
  const parent = tree.parent(node);
  if (parent < 0 || !/call_expression$/.test(kind)) return;
  const name = tree.field(call, kind === 'function_call_expression' ? 'function' : 'name');
  const written = name < 0 ? '' : tree.textOf(name);
  const [first = -1, second = -1] = argumentsOf(links, call);
  if (/^\\?assert$/i.test(written)) narrow(links, saidBy(links, first, true), tree.next(node), tree.next(parent));
  else if (written === 'assertInstanceOf' && first >= 0 && tree.kind(first) === 'class_constant_access_expression') {
    const subject = subjectOf(links, second);
    const value = expressions.instance(links.value(first));
    if (subject >= 0) narrow(links, [{ subject, value }], tree.next(node), tree.next(parent));
  }
};
