/** What both rewritings of JavaScript and TypeScript ask of the syntax tree: where a node ends, where a body begins to run, what a function is called. */
import { none, type SyntaxTree } from '../tree/tree.ts';

/** Grammars let a node reach over a comment behind it, and what ends there must not come to stand in that. */
export function endOf(tree: SyntaxTree, node: number): number {
  const last = tree.children(node).findLast((child) => tree.kind(child) !== 'comment');
  return last === undefined ? tree.end(node) : endOf(tree, last);
}

/** Where a body may begin to run: past `'use strict'`. */
export function afterDirectives(tree: SyntaxTree, body: number, from = tree.start(body) + 1): number {
  let at = from;
  for (const child of tree.namedChildren(body)) {
    if (tree.kind(child) === 'comment') continue;
    const string = tree.kind(child) === 'expression_statement' ? tree.firstChild(child) : none;
    if (string < 0 || tree.kind(string) !== 'string' || tree.end(string) < tree.end(child) - 1) break;
    // Without a semicolon of its own the directive would run into what is put behind it.
    if (tree.text[tree.end(child) - 1] !== ';') break;
    at = tree.end(child);
  }
  return at;
}

/** What names a function: what it is given to, else its own name, as for symbols (`languages/ecmascript.ts`). */
export function nameNode(tree: SyntaxTree, node: number): number {
  const parent = tree.parent(node);
  const given = parent < 0 ? none : givenName(tree, parent, node);
  return given >= 0 ? given : tree.field(node, 'name');
}

function givenName(tree: SyntaxTree, parent: number, node: number): number {
  switch (tree.kind(parent)) {
    case 'variable_declarator':
      return tree.isField(node, 'value') ? tree.field(parent, 'name') : none;
    case 'pair':
      return tree.field(parent, 'key');
    case 'field_definition':
    case 'public_field_definition':
      return Math.max(tree.field(parent, 'name'), tree.field(parent, 'property'));
    case 'assignment_expression': {
      const left = tree.field(parent, 'left');
      const name = left >= 0 && tree.kind(left) === 'member_expression' ? tree.field(left, 'property') : left;
      return name >= 0 && tree.textOf(left) !== 'module.exports' ? name : none;
    }
    default:
      return none;
  }
}

export const plainName = (text: string): string => (text.length > 80 ? '' : text.replace(/^(['"])(.*)\1$/, '$2'));
