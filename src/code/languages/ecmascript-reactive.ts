/**
 * `$: doubled = count * 2` in a script of Svelte declares `doubled`, though to JavaScript it is an assignment with a label. What a `let` of the file
 * has declared before is not declared again. Labels of this name mean nothing anywhere else.
 */
import type { Scan } from '../scan.ts';
import { isFunction } from './ecmascript-names.ts';
import type { Rule } from './language.ts';

export const reactiveStatement: Rule = (scan, node) => {
  const { tree } = scan;
  const label = tree.field(node, 'label');
  if (label < 0 || tree.textOf(label) !== '$' || tree.kind(tree.parent(node)) !== 'program') return;
  const body = tree.field(node, 'body');
  if (body < 0 || tree.kind(body) !== 'expression_statement') return;
  let assignment = tree.firstChild(body);
  if (tree.kind(assignment) === 'parenthesized_expression')
    assignment = tree.child(assignment, 'assignment_expression');
  if (assignment < 0 || tree.kind(assignment) !== 'assignment_expression') return;
  const left = tree.field(assignment, 'left');
  const value = tree.field(assignment, 'right');
  // A function is defined by its assignment, as anywhere.
  if (left < 0 || value < 0 || isFunction(scan, value)) return;
  const names = boundIn(scan, left);
  for (const name of names) {
    const text = tree.textOf(name);
    if (scan.symbols.some((symbol) => symbol.parent < 0 && symbol.name === text)) continue;
    scan.define({ kind: 'variable', name, node, value, leaf: names.length > 1 });
  }
};

/** Names that the left side of an assignment binds: itself, or those of a pattern. */
function boundIn({ tree }: Scan, left: number): number[] {
  if (tree.kind(left) === 'identifier') return [left];
  if (!/^(object|array)_pattern$/.test(tree.kind(left))) return [];
  const found: number[] = [];
  for (let at = left; at < tree.next(left); at++) {
    const kind = tree.kind(at);
    const parent = tree.kind(tree.parent(at));
    const isBound =
      kind === 'shorthand_property_identifier_pattern' ||
      (kind === 'identifier' &&
        (/^(array|rest)_pattern$/.test(parent) || (parent === 'pair_pattern' && tree.isField(at, 'value'))));
    if (isBound) found.push(at);
  }
  return found;
}
