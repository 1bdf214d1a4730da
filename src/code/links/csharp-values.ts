/** Expressions of C#'s source as expressions of the graph. */
import type { LinkBuilder } from './builder.ts';
import { argumentValue, calledBy, calleeOf, createdType, valueOf, withArguments } from './csharp-calls.ts';
import { libraryProperty, libraryResult } from './csharp-library.ts';
import { operatorName, typeName } from './csharp-names.ts';
import { arrayOf, genericName, isTypePlace, typeValues } from './csharp-types.ts';
import type { LinkLanguage, ValueRule } from './language.ts';
import { literal } from './value-rules.ts';

const field =
  (name: string): ValueRule =>
  (links, node) =>
    valueOf(links, links.tree.field(node, name));

const invocation: ValueRule = (links, node) => {
  const { tree, expressions } = links;
  const called = calledBy(links, node);
  const callee = calleeOf(links, node, called);
  if (callee < 0) return -1;
  if (called === null) return expressions.call(callee);
  const text = tree.textOf(called.name);
  if (!called.hasObject && text === 'nameof') return expressions.literal('string');
  const told = called.told.map((one) => links.value(one)).filter((one) => one >= 0);
  const given = withArguments(links, callee, node);
  return expressions.first([expressions.call(given), libraryResult(links, node, called.object, text, told)]);
};

/** The name of a member with what it is applied to. */
function memberNamed(links: LinkBuilder, object: number, name: number): number {
  const { tree, expressions } = links;
  if (name < 0) return -1;
  if (tree.kind(name) === 'generic_name') {
    const { name: written, takes } = genericName(links, name);
    return expressions.member(object, typeName(written, takes));
  }
  return expressions.member(object, tree.textOf(name));
}

const memberAccess: ValueRule = (links, node) => {
  const { tree, expressions } = links;
  const object = valueOf(links, tree.field(node, 'expression'));
  const name = tree.field(node, 'name');
  const member = memberNamed(links, object, name);
  return name < 0 ? -1 : expressions.first([member, libraryProperty(links, object, tree.textOf(name))]);
};

const conditionalAccess: ValueRule = (links, node) => {
  const { tree, expressions } = links;
  const object = valueOf(links, tree.field(node, 'condition'));
  const binding = tree.namedChildren(node).at(-1) ?? -1;
  if (binding < 0) return -1;
  if (tree.kind(binding) === 'element_binding_expression') return expressions.element(object, 'subscript');
  if (tree.kind(binding) !== 'member_binding_expression') return -1;
  const name = tree.field(binding, 'name');
  const member = memberNamed(links, object, name);
  return name < 0 ? -1 : expressions.first([member, libraryProperty(links, object, tree.textOf(name))]);
};

const creation: ValueRule = (links, node) => links.expressions.new(createdType(links, node));

const inner: ValueRule = (links, node) => {
  const { tree } = links;
  return valueOf(
    links,
    tree.children(node).find((one) => tree.isNamed(one) || /^'(this|base)'$/.test(tree.kind(one))) ?? -1,
  );
};

/** Operators of types as members: of the left operand and of the right, what is no plain value of the language. */
export function operatorsOf(links: LinkBuilder, node: number): number[] {
  const { tree, expressions } = links;
  const operator = tree.field(node, 'operator');
  const written = operator < 0 ? '' : tree.textOf(operator);
  if (!overloadable.test(written)) return [];
  const operands = [valueOf(links, tree.field(node, 'left')), valueOf(links, tree.field(node, 'right'))];
  return [...new Set(operands)]
    .filter((one) => one >= 0 && expressions.list[one]?.kind !== 'literal')
    .map((one) => expressions.member(one, operatorName(written)));
}

const overloadable = /^([-+*/%&|^]|<<|>>>?|==|!=|[<>]=?)$/;

const comparing = /^(==|!=|<|>|<=|>=|&&|\|\|)$/;

const binary: ValueRule = (links, node) => {
  const { tree, expressions } = links;
  const operator = tree.field(node, 'operator');
  const written = operator < 0 ? '' : tree.textOf(operator);
  if (comparing.test(written)) return expressions.literal('bool');
  const left = valueOf(links, tree.field(node, 'left'));
  if (written === '??') return expressions.either([left, valueOf(links, tree.field(node, 'right'))]);
  const string = expressions.literal('string');
  const right = valueOf(links, tree.field(node, 'right'));
  if (written === '+' && right === string) return string;
  if (expressions.list[left]?.kind === 'literal') return left;
  const asked = operatorsOf(links, node).map((one) => expressions.call(one));
  return asked.length === 0 ? -1 : expressions.first(asked);
};

/** By the letters behind a number. */
const numberTypes: Readonly<Record<string, string>> = {
  l: 'long',
  u: 'uint',
  ul: 'ulong',
  lu: 'ulong',
  f: 'float',
  m: 'decimal',
  d: 'double',
};

const numberOf =
  (otherwise: string): ValueRule =>
  (links, node) => {
    const text = links.tree.textOf(node).toLowerCase();
    const letters = /^0x/.test(text) ? /[ul]+$/.exec(text) : /[a-z]+$/.exec(text);
    return links.expressions.literal(numberTypes[letters?.[0] ?? ''] ?? otherwise);
  };

const elements: ValueRule = (links, node) => {
  const { tree, expressions } = links;
  const list = tree.kind(node) === 'initializer_expression' ? node : tree.child(node, 'initializer_expression');
  const values = list < 0 ? [] : tree.namedChildren(list).slice(0, 8);
  return expressions.collection(
    'array',
    values.map((one) => links.value(one)),
  );
};

const query: ValueRule = (links, node) => {
  const { tree, expressions } = links;
  const clause = tree.child(node, 'select_clause');
  const selected = clause < 0 ? -1 : (tree.namedChildren(clause).at(-1) ?? -1);
  if (selected < 0) return -1;
  const value = links.within(links.scopeOf(node, 'block'), () => links.value(selected));
  return expressions.collection('IEnumerable', [value]);
};

export const values: LinkLanguage['values'] = {
  ...typeValues,
  identifier: (links, node) => {
    const text = links.tree.textOf(node);
    return links.name(isTypePlace(links, node) ? typeName(text, 0) : text);
  },
  invocation_expression: invocation,
  member_access_expression: memberAccess,
  conditional_access_expression: conditionalAccess,
  object_creation_expression: creation,
  implicit_object_creation_expression: creation,
  element_access_expression: (links, node) => {
    return links.expressions.element(valueOf(links, links.tree.field(node, 'expression')), 'subscript');
  },
  array_creation_expression: (links, node) => {
    const { tree, expressions } = links;
    const type = tree.field(node, 'type');
    const value = links.value(type);
    return expressions.instance(type >= 0 && tree.kind(type) === 'array_type' ? value : arrayOf(links, value));
  },
  implicit_array_creation_expression: elements,
  initializer_expression: elements,
  cast_expression: (links, node) => links.expressions.instance(links.value(links.tree.field(node, 'type'))),
  as_expression: (links, node) => links.expressions.instance(links.value(links.tree.field(node, 'right'))),
  default_expression: (links, node) => links.expressions.instance(links.value(links.tree.field(node, 'type'))),
  parenthesized_expression: inner,
  checked_expression: inner,
  with_expression: inner,
  ref_expression: inner,
  postfix_unary_expression: inner,
  prefix_unary_expression: (links, node) => {
    return links.text[links.tree.start(node)] === '!' ? links.expressions.literal('bool') : inner(links, node);
  },
  await_expression: (links, node) => links.expressions.element(inner(links, node), 'unwrap'),
  assignment_expression: field('right'),
  conditional_expression: (links, node) => {
    const { tree, expressions } = links;
    return expressions.either([
      valueOf(links, tree.field(node, 'consequence')),
      valueOf(links, tree.field(node, 'alternative')),
    ]);
  },
  switch_expression: (links, node) => {
    const { tree, expressions } = links;
    const arms = tree.namedChildren(node).filter((one) => tree.kind(one) === 'switch_expression_arm');
    const armValue = (arm: number): number =>
      links.within(links.scopeOf(arm, 'block'), () => valueOf(links, tree.children(arm).at(-1) ?? -1));
    return expressions.either(arms.slice(0, 16).map(armValue));
  },
  tuple_expression: (links, node) => {
    const { tree, expressions } = links;
    return expressions.collection(
      'tuple',
      tree.namedChildren(node).map((one) => argumentValue(links, one)),
    );
  },
  query_expression: query,
  binary_expression: binary,
  is_expression: literal('bool'),
  is_pattern_expression: literal('bool'),
  typeof_expression: literal('Type'),
  sizeof_expression: literal('int'),
  string_literal: literal('string'),
  verbatim_string_literal: literal('string'),
  raw_string_literal: literal('string'),
  interpolated_string_expression: literal('string'),
  character_literal: literal('char'),
  integer_literal: numberOf('int'),
  real_literal: numberOf('double'),
  boolean_literal: literal('bool'),
  null_literal: literal('null'),
};
