/** Expressions of Go's source as expressions of the graph. */
import type { LinkBuilder } from './builder.ts';
import { scopeOfName } from './go-notes.ts';
import { predeclaredTypes, resultOf, typeNamed, typeValues } from './go-types.ts';
import type { LinkLanguage, ValueRule } from './language.ts';
import { field, literal } from './value-rules.ts';

/** Functions that are part of the language: calls of them lead nowhere. */
export const predeclaredFunctions = new Set(
  'append cap clear close complex copy delete imag len make max min new panic print println real recover'.split(' '),
);

const first: ValueRule = (links, node) => links.value(links.tree.namedChildren(node)[0] ?? -1);

const identifier: ValueRule = (links, node) => {
  const name = links.tree.textOf(node);
  if (predeclaredTypes.has(name)) return links.expressions.literal(name);
  return links.expressions.name(name, scopeOfName(links, node));
};

export const selector: ValueRule = (links, node) => {
  const { tree, expressions } = links;
  const name = tree.field(node, 'field');
  return name < 0 ? -1 : expressions.member(links.value(tree.field(node, 'operand')), tree.textOf(name));
};

/** What is called, without the types it is applied to: `f` of `f[int](x)`. */
export function calleeOf(links: LinkBuilder, call: number): number {
  const { tree } = links;
  let at = tree.field(call, 'function');
  while (at >= 0) {
    const kind = tree.kind(at);
    if (kind === 'parenthesized_expression' || kind === 'type_instantiation_expression') {
      at = tree.namedChildren(at)[0] ?? -1;
    } else if (kind === 'index_expression') {
      const operand = tree.field(at, 'operand');
      // `handlers[i]()` calls an element; what `f[T]()` is applied to is a type, which is written with a capital or predeclared.
      const index = tree.field(at, 'index');
      if (!isTypeLike(links, index)) return at;
      at = operand;
    } else return at;
  }
  return -1;
}

function isTypeLike(links: LinkBuilder, node: number): boolean {
  const { tree } = links;
  if (node < 0) return false;
  const kind = tree.kind(node);
  if (kind.endsWith('_type')) return true;
  if (kind !== 'identifier' && kind !== 'selector_expression' && kind !== 'unary_expression') return false;
  const written = tree.textOf(node).replace(/^\*/, '');
  return predeclaredTypes.has(written) || /^(\w+\.)?\p{Lu}/u.test(written);
}

const call: ValueRule = (links, node) => {
  const { tree, expressions } = links;
  const callee = calleeOf(links, node);
  if (callee < 0) return -1;
  const kind = tree.kind(callee);
  const name = kind === 'identifier' ? tree.textOf(callee) : '';
  if (predeclaredFunctions.has(name)) {
    const list = tree.field(node, 'arguments');
    const [argument = -1] = list < 0 ? [] : tree.namedChildren(list);
    if (name === 'new' || name === 'make') return expressions.instance(links.value(argument));
    if (name === 'append' || name === 'max' || name === 'min') return links.value(argument);
    return expressions.literal('int');
  }
  if (predeclaredTypes.has(name)) return expressions.literal(name);
  if (kind === 'func_literal') return resultOf(links, tree.field(callee, 'result'));
  // `(*T)(x)` makes a T of x.
  if (kind === 'unary_expression') return expressions.instance(links.value(tree.field(callee, 'operand')));
  return expressions.call(links.value(callee));
};

const unary: ValueRule = (links, node) => {
  const { tree, expressions } = links;
  const operator = tree.field(node, 'operator');
  const written = operator < 0 ? '' : tree.textOf(operator);
  const value = links.value(tree.field(node, 'operand'));
  if (written === '&' || written === '*') return value;
  return written === '<-' ? expressions.element(value, 'subscript') : expressions.literal('int');
};

const binary: ValueRule = (links, node) => {
  const { tree, expressions } = links;
  const operator = tree.field(node, 'operator');
  if (operator >= 0 && /^(==|!=|<|>|<=|>=|&&|\|\|)$/.test(tree.textOf(operator))) return expressions.literal('bool');
  return links.value(tree.field(node, 'left'));
};

/** A struct is constructed; of anything else the type tells what it holds. */
const composite: ValueRule = (links, node) => links.expressions.instance(links.value(links.tree.field(node, 'type')));

export const values: LinkLanguage['values'] = {
  ...typeValues,
  identifier,
  selector_expression: selector,
  call_expression: call,
  type_conversion_expression: (links, node) => links.expressions.instance(links.value(links.tree.field(node, 'type'))),
  type_assertion_expression: (links, node) => links.expressions.instance(links.value(links.tree.field(node, 'type'))),
  type_instantiation_expression: first,
  composite_literal: composite,
  parenthesized_expression: first,
  index_expression: (links, node) =>
    links.expressions.element(links.value(links.tree.field(node, 'operand')), 'subscript'),
  slice_expression: field('operand'),
  unary_expression: unary,
  binary_expression: binary,
  func_literal: (links, node) => {
    const { tree, expressions } = links;
    const result = resultOf(links, tree.field(node, 'result'));
    const known = expressions.list[result];
    const type = known?.kind === 'instance' ? known.type : -1;
    return expressions.instance(
      expressions.applied(expressions.literal('Function'), [type < 0 ? typeNamed(links, 'nil') : type]),
    );
  },
  interpreted_string_literal: literal('string'),
  raw_string_literal: literal('string'),
  rune_literal: literal('rune'),
  int_literal: literal('int'),
  float_literal: literal('float64'),
  imaginary_literal: literal('complex128'),
  iota: literal('int'),
  true: literal('bool'),
  false: literal('bool'),
  nil: literal('nil'),
};
