/**
 * What an expression of JavaScript may change: variables it writes, and objects that it may reach into.
 *
 * A variable is looked at after the statement ran. That must not fail where the program would not: so what is written or read only under
 * a condition (`a && (b = 1)`) may still be in its dead zone, and is looked at on the spot or not at all.
 */
import type { SyntaxTree } from '../tree/tree.ts';
import { functionKinds, type VariableScope, type Variables } from './variables.ts';

export interface Effects {
  /** Names for the table, and how they are read in the source. */
  readonly writes: { readonly told: string; readonly scope: VariableScope; readonly text: string }[];
  /** Expressions without effects of their own whose objects may have changed. */
  readonly touched: string[];
  /** Nodes of assignments under a condition, with what each writes. */
  readonly onTheSpot: { readonly node: number; readonly names: readonly number[] }[];
}

const reaching = new Set(['call_expression', 'new_expression', 'await_expression', 'yield_expression']);
const stores = new Set(['assignment_expression', 'augmented_assignment_expression']);
/** Values that are looked at for one statement: more would cost more than they tell. */
const mostTouched = 8;
const mostWritten = 24;

/** @param start @param end nodes, half open */
export function effectsOf(tree: SyntaxTree, variables: Variables, start: number, end: number): Effects {
  const writes = new Map<string, Effects['writes'][number]>();
  const touched = new Map<string, boolean>();
  const onTheSpot: Effects['onTheSpot'] = [];
  let conditionalTo = 0;
  let reaches = false;
  /** Nodes that are stored into, where nothing is called: only they can have changed. */
  let isCalled = false;
  const into = new Set<string>();

  const write = (node: number, names: readonly number[]): void => {
    if (node < conditionalTo) {
      if (names.length > 0) onTheSpot.push({ node, names });
      return;
    }
    for (const name of names) {
      const { told, scope } = variables.lookUp(name);
      if (writes.size < mostWritten) writes.set(`${scope} ${told}`, { told, scope, text: tree.textOf(name) });
    }
  };

  for (let node = start; node < end; node++) {
    const kind = tree.kind(node);
    if (functionKinds.has(kind) || kind === 'class_body' || isType(kind)) {
      node = tree.next(node) - 1;
      continue;
    }
    const conditional = conditionalPart(tree, node, kind);
    if (conditional >= 0) conditionalTo = Math.max(conditionalTo, tree.next(conditional));
    if (reaching.has(kind)) reaches = isCalled = true;
    else if (stores.has(kind)) {
      const left = tree.field(node, 'left');
      const names = variables.namesIn(left);
      if (names.length === 0 || /pattern/.test(tree.kind(left))) {
        if (holdsMember(tree, left)) reaches = true;
        into.add(rootOf(tree, left));
      }
      const isLogical = /^(&&|\|\||\?\?)=$/.test(tree.textOf(tree.field(node, 'operator')));
      if (isLogical && names.length > 0) onTheSpot.push({ node, names });
      else write(node, names);
    } else if (kind === 'update_expression') {
      const argument = tree.field(node, 'argument');
      if (tree.kind(argument) === 'identifier') write(node, [argument]);
      else {
        reaches = true;
        into.add(rootOf(tree, argument));
      }
    } else if (kind === 'unary_expression' && tree.child(node, "'delete'") >= 0) {
      reaches = true;
      into.add(rootOf(tree, tree.field(node, 'argument')));
    } else if (kind === 'variable_declarator') {
      const declaration = tree.kind(tree.parent(node));
      if (tree.field(node, 'value') >= 0 || declaration !== 'variable_declaration')
        write(node, variables.namesIn(tree.field(node, 'name')));
    } else if (kind === 'identifier' || kind === 'shorthand_property_identifier') {
      const name = tree.textOf(node);
      if (touched.size >= mostTouched || touched.has(name) || name === 'undefined' || /^\$y[pj]$/.test(name)) continue;
      const { by, at, scope } = variables.lookUp(node);
      if (by === null || by === 'function' || by === 'class') continue;
      const isSure =
        by === 'var' || by === 'parameter' || (by === 'let' && scope === 'local' && at < tree.start(start));
      if (isSure || node >= conditionalTo) touched.set(name, true);
    } else if (kind === 'this' && node >= conditionalTo) touched.set('this', true);
  }
  for (const { text } of writes.values()) touched.delete(text);
  if (!isCalled && !into.has('')) for (const name of [...touched.keys()]) if (!into.has(name)) touched.delete(name);
  return { writes: [...writes.values()], touched: reaches ? [...touched.keys()] : [], onTheSpot };
}

export const isType = (kind: string): boolean =>
  kind === 'type_annotation' || kind === 'type_arguments' || kind === 'type_parameters' || kind === 'jsx_element';

/** The part of a node that runs only sometimes. */
function conditionalPart(tree: SyntaxTree, node: number, kind: string): number {
  switch (kind) {
    case 'binary_expression':
      return /^(&&|\|\||\?\?)$/.test(tree.textOf(tree.field(node, 'operator'))) ? tree.field(node, 'right') : -1;
    case 'augmented_assignment_expression':
      return /^(&&|\|\||\?\?)=$/.test(tree.textOf(tree.field(node, 'operator'))) ? tree.field(node, 'right') : -1;
    case 'ternary_expression':
      return Math.max(tree.field(node, 'consequence'), tree.field(node, 'alternative')) >= 0 ? node : -1;
    case 'assignment_pattern':
    case 'object_assignment_pattern':
      return tree.field(node, 'right');
    case 'optional_chain': {
      let whole = tree.parent(node);
      while (/^(member|subscript|call)_expression$/.test(tree.kind(tree.parent(whole)))) whole = tree.parent(whole);
      return whole;
    }
    default:
      return -1;
  }
}

/** The name that a member is reached from; empty when it is none. */
function rootOf(tree: SyntaxTree, member: number): string {
  let at = member;
  while (at >= 0 && /^(member|subscript)_expression$/.test(tree.kind(at))) at = tree.field(at, 'object');
  return at >= 0 && /^(identifier|this)$/.test(tree.kind(at)) ? tree.textOf(at) : '';
}

function holdsMember(tree: SyntaxTree, pattern: number): boolean {
  for (let node = pattern; node < tree.next(pattern); node++)
    if (/^(member|subscript)_expression$/.test(tree.kind(node))) return true;
  return false;
}
