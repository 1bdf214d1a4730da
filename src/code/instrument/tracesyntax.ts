/** What a rewriting that tells statements asks of their syntax: which run nothing, which leave, which cannot but run together. */
import type { SyntaxTree } from '../tree/tree.ts';
import { isType } from './effects.ts';
import { functionKinds } from './variables.ts';

export const simple = new Set([
  'expression_statement',
  'lexical_declaration',
  'variable_declaration',
  'class_declaration',
  'abstract_class_declaration',
  'enum_declaration',
  'debugger_statement',
  'break_statement',
  'continue_statement',
]);

/** Statements that are only told before they run. */
export const mayShare = new Set([...simple, 'return_statement', 'throw_statement', 'if_statement', 'switch_statement']);

export const silent = new Set([
  'comment',
  'function_declaration',
  'generator_function_declaration',
  'function_signature',
  'import_statement',
  'import_alias',
  'empty_statement',
  'interface_declaration',
  'type_alias_declaration',
  'ambient_declaration',
  'hash_bang_line',
]);

/** What an export declares; -1 when it runs nothing. */
export function exported(tree: SyntaxTree, node: number): number {
  return Math.max(tree.field(node, 'declaration'), tree.field(node, 'value'));
}

/** Statements that neither throw nor call: the next one runs when they did. */
const plainKinds = new Set([
  'expression_statement',
  'lexical_declaration',
  'variable_declaration',
  'variable_declarator',
  'assignment_expression',
  'augmented_assignment_expression',
  'update_expression',
  'identifier',
  'number',
  'string',
  'string_fragment',
  'true',
  'false',
  'null',
  'undefined',
  'arrow_function',
  'function_expression',
  'parenthesized_expression',
  'type_annotation',
]);

/** Of two operands that are numbers or texts; a symbol or a BigInt would throw, and the next line would wrongly be said to have run. */
const plainOperators = /^([-+*/%<>|&^]|<=|>=|[!=]==|==|!=|<<|>>>?|&&|\|\|)$/;

export function isPlain(tree: SyntaxTree, statement: number): boolean {
  for (let node = statement; node < tree.next(statement); node++) {
    if (!tree.isNamed(node)) continue;
    const kind = tree.kind(node);
    if (kind === 'binary_expression') {
      if (!plainOperators.test(tree.textOf(tree.field(node, 'operator')))) return false;
    } else if (!plainKinds.has(kind)) return false;
    if (functionKinds.has(kind) || isType(kind)) node = tree.next(node) - 1;
  }
  return true;
}

/** The statement that runs first of one that may be a block. */
export function firstOf(tree: SyntaxTree, statement: number): number {
  if (tree.kind(statement) !== 'statement_block') return statement;
  const inside = tree.namedChildren(statement).find((one) => tree.kind(one) !== 'comment');
  return inside === undefined ? statement : firstOf(tree, inside);
}

/** Whether nothing comes to run behind the last statement; false where that is not plain to see. */
export function leaves(tree: SyntaxTree, statements: readonly number[]): boolean {
  const last = statements.at(-1);
  if (last === undefined) return false;
  const kind = tree.kind(last);
  if (kind === 'statement_block')
    return leaves(
      tree,
      tree.namedChildren(last).filter((one) => tree.kind(one) !== 'comment'),
    );
  return /^(break|continue|return|throw)_statement$/.test(kind);
}

export function endsByItself(tree: SyntaxTree, body: number): boolean {
  const last = tree.namedChildren(body).findLast((one) => tree.kind(one) !== 'comment');
  return last !== undefined && /^(return|throw)_statement$/.test(tree.kind(last));
}

/** A `return` inside of a `try` with a `finally`: other lines run after it. */
export function returnsThroughFinally(tree: SyntaxTree, body: number): boolean {
  for (let node = body; node < tree.next(body); node++) {
    const kind = tree.kind(node);
    if (functionKinds.has(kind)) node = tree.next(node) - 1;
    else if (kind === 'finally_clause') return true;
  }
  return false;
}

/** Two declarations of one name may stand in a function, but not in the block that is put around what it does. */
export function declaresTwice(tree: SyntaxTree, body: number): boolean {
  const functions = tree
    .namedChildren(body)
    .filter((one) => /function_declaration$/.test(tree.kind(one)))
    .map((one) => tree.textOf(tree.field(one, 'name')));
  if (functions.length === 0) return false;
  const names = new Set(functions);
  if (names.size < functions.length) return true;
  for (let node = body; node < tree.next(body); node++) {
    const kind = tree.kind(node);
    if (functionKinds.has(kind)) node = tree.next(node) - 1;
    else if (kind === 'variable_declarator' && names.has(tree.textOf(tree.field(node, 'name')))) return true;
  }
  return false;
}
