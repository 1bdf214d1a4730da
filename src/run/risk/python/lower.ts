/** Python's syntax tree as the expressions and writes of `expression.ts`. */
import type { Argument, Expression, Lowering } from '../expression.ts';
import type { RiskTree } from '../risktree.ts';
import { named, number, text } from '../values.ts';
import { unescaped } from './strings.ts';
import { pythonWrites } from './writes.ts';

const scopes = new Set(['function_definition', 'lambda', 'class_definition']);
const functions = new Set(['function_definition', 'lambda']);

export const pythonLowering: Lowering = {
  scopes,
  functions,
  isCall: (kind) => kind === 'call',
  writes: (tree) => pythonWrites(tree, scopes),
  returns(tree, node) {
    if (tree.kind(node) === 'lambda') return [tree.field(node, 'body')];
    const found: number[] = [];
    for (let at = node + 1; at < tree.next(node); at++) {
      if (scopes.has(tree.kind(at))) {
        at = tree.next(at) - 1;
        continue;
      }
      if (tree.kind(at) !== 'return_statement' && tree.kind(at) !== 'yield') continue;
      const value = tree.children(at)[0];
      if (value !== undefined) found.push(value);
    }
    return found;
  },
  lower(tree, node): Expression {
    const field = (name: string): number => tree.field(node, name);
    const children = (): number[] => tree.children(node);
    switch (tree.kind(node)) {
      case 'identifier':
        return { is: 'name', name: tree.text(node) };
      case 'true':
      case 'false':
      case 'none':
        return { is: 'constant', value: named(tree.text(node)) };
      case 'integer':
      case 'float':
        return { is: 'constant', value: number(numberOf(tree.text(node))) };
      case 'string':
        return stringOf(tree, node);
      case 'concatenated_string':
        return { is: 'text', parts: children() };
      case 'attribute':
        return { is: 'member', of: field('object'), name: tree.text(field('attribute')) };
      case 'subscript':
        return subscript(tree, node);
      case 'call':
        return {
          is: 'call',
          callee: field('function'),
          args: argumentsOf(tree, field('arguments')),
          isNew: false,
        };
      case 'binary_operator':
        return binary(tree, node);
      case 'boolean_operator':
        return { is: 'either', of: [field('left'), field('right')] };
      case 'conditional_expression': {
        const [yes, , no] = children();
        return { is: 'either', of: [yes, no].filter((one) => one !== undefined) };
      }
      case 'list':
      case 'tuple':
      case 'set':
      case 'expression_list':
        return { is: 'list', items: argumentsOf(tree, node) };
      case 'dictionary':
        return {
          is: 'map',
          entries: children()
            .filter((child) => tree.kind(child) === 'pair')
            .map((pair) => ({ key: tree.field(pair, 'key'), value: tree.field(pair, 'value') })),
        };
      case 'lambda':
        return { is: 'function', node };
      case 'list_comprehension':
      case 'set_comprehension':
      case 'generator_expression':
        return comprehension(tree, node);
      case 'parenthesized_expression':
      case 'await': {
        const [inner] = children();
        return inner === undefined ? { is: 'other', parts: [] } : { is: 'same', as: inner };
      }
      case 'named_expression':
        return { is: 'same', as: field('value') };
      case 'assignment':
        return { is: 'same', as: field('right') };
      case 'as_pattern': {
        const [inner] = children();
        return inner === undefined ? { is: 'other', parts: [] } : { is: 'same', as: inner };
      }
      case 'unary_operator': {
        const argument = field('argument');
        const digits = tree.kind(argument) === 'integer' || tree.kind(argument) === 'float';
        if (digits && tree.text(node).startsWith('-'))
          return { is: 'constant', value: number(-numberOf(tree.text(argument))) };
        return { is: 'other', parts: [argument] };
      }
      default:
        return { is: 'other', parts: children() };
    }
  },
};

const numberOf = (written: string): number => Number(written.replaceAll('_', '').replace(/[jJlL]$/, ''));

function stringOf(tree: RiskTree, node: number): Expression {
  const prefix = /^[a-zA-Z]*/.exec(tree.text(node))?.[0].toLowerCase() ?? '';
  const parts: (number | string)[] = [];
  for (const child of tree.children(node)) {
    const kind = tree.kind(child);
    if (kind === 'string_content') parts.push(unescaped(tree.text(child), prefix));
    else if (kind === 'interpolation') {
      const inner = tree.field(child, 'expression');
      parts.push(inner >= 0 ? inner : (tree.children(child)[0] ?? ''));
    }
  }
  if (parts.every((part) => typeof part === 'string')) return { is: 'constant', value: text(parts.join('')) };
  return { is: 'text', parts };
}

function subscript(tree: RiskTree, node: number): Expression {
  const of = tree.field(node, 'value');
  const key = tree.field(node, 'subscript');
  if (key < 0) return { is: 'other', parts: [of] };
  if (tree.kind(key) !== 'slice') return { is: 'index', of, key };
  const places: [number, number, number] = [-1, -1, -1];
  let place = 0;
  for (const part of tree.parts(key)) {
    if (tree.kind(part) === "':'") place = Math.min(2, place + 1);
    else places[place] = part;
  }
  return { is: 'slice', of, parts: places };
}

/** A chain of `+` is one sum, however long: a tree of it is as deep as the chain. */
function binary(tree: RiskTree, node: number): Expression {
  const operator = tree.text(tree.field(node, 'operator'));
  if (operator !== '+')
    return { is: 'binary', operator, left: tree.field(node, 'left'), right: tree.field(node, 'right') };
  const parts: number[] = [];
  let at = node;
  while (tree.kind(at) === 'binary_operator' && tree.text(tree.field(at, 'operator')) === '+') {
    parts.push(tree.field(at, 'right'));
    at = tree.field(at, 'left');
  }
  parts.push(at);
  return { is: 'sum', parts: parts.reverse() };
}

function argumentsOf(tree: RiskTree, node: number): Argument[] {
  if (node < 0) return [];
  if (tree.kind(node) === 'generator_expression') return [{ name: null, node, spread: false }];
  return tree.children(node).map((child) => {
    switch (tree.kind(child)) {
      case 'keyword_argument':
        return { name: tree.text(tree.field(child, 'name')), node: tree.field(child, 'value'), spread: false };
      case 'list_splat':
      case 'dictionary_splat':
        return { name: null, node: tree.children(child)[0] ?? child, spread: true };
      default:
        return { name: null, node: child, spread: false };
    }
  });
}

function comprehension(tree: RiskTree, node: number): Expression {
  const clauses = tree.children(node).filter((child) => tree.kind(child) === 'for_in_clause');
  const [clause] = clauses;
  const body = tree.field(node, 'body');
  if (clause === undefined || clauses.length > 1 || body < 0) return { is: 'other', parts: tree.children(node) };
  return {
    is: 'each',
    body,
    variable: tree.field(clause, 'left'),
    over: tree.field(clause, 'right'),
    isSure: tree.child(node, 'if_clause') < 0,
  };
}
