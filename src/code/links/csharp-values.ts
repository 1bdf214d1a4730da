/** Expressions of C#'s source as expressions of the graph. */
import type { LinkBuilder } from './builder.ts';
import { callableName, constructorName, isCallableName } from './callables.ts';
import { libraryProperty, libraryResult } from './csharp-library.ts';
import { toldName, typeName } from './csharp-names.ts';
import { isValueName } from './csharp-notes.ts';
import { arrayOf, declaredType, genericName, isTypePlace, typeValues } from './csharp-types.ts';
import type { LinkLanguage, ValueRule } from './language.ts';

const literal =
  (type: string): ValueRule =>
  (links) =>
    links.expressions.literal(type);

const field =
  (name: string): ValueRule =>
  (links, node) =>
    valueOf(links, links.tree.field(node, name));

/** An expression's value; `this` and `base` are tokens, which have no rules. */
export function valueOf(links: LinkBuilder, node: number): number {
  if (node < 0) return -1;
  const { tree, expressions } = links;
  if (tree.isNamed(node)) return links.value(node);
  const scope = links.nearest(['class']);
  if (scope < 0) return -1;
  const kind = tree.kind(node);
  return kind === "'this'"
    ? expressions.self('self', scope)
    : kind === "'base'"
      ? expressions.self('super', scope)
      : -1;
}

/** The expression of an argument, past its label and `ref`. */
export function argumentValue(links: LinkBuilder, argument: number): number {
  const { tree } = links;
  const expression = tree.children(argument).at(-1) ?? -1;
  return expression < 0 ? -1 : valueOf(links, expression);
}

export function argumentsOf(links: LinkBuilder, call: number): readonly number[] {
  const { tree } = links;
  const named = tree.field(call, 'arguments');
  const subscript = tree.field(call, 'subscript');
  const list = named >= 0 ? named : subscript >= 0 ? subscript : tree.child(call, 'argument_list');
  return list < 0 ? [] : tree.namedChildren(list).filter((one) => tree.kind(one) === 'argument');
}

/** A call taken apart: the object before the last dot or -1, the name, and what stands in angle brackets. */
export interface Called {
  readonly object: number;
  readonly hasObject: boolean;
  /** Node of the name. */
  readonly name: number;
  readonly told: readonly number[];
}

export function calledBy(links: LinkBuilder, call: number): Called | null {
  const { tree } = links;
  let written = tree.field(call, 'function');
  if (written < 0) return null;
  let before = -1;
  if (tree.kind(written) === 'member_access_expression') {
    before = tree.field(written, 'expression');
    written = tree.field(written, 'name');
  } else if (tree.kind(written) === 'conditional_access_expression') {
    before = tree.field(written, 'condition');
    const binding = tree.namedChildren(written).at(-1) ?? -1;
    written = binding >= 0 ? tree.field(binding, 'name') : -1;
  }
  if (written < 0) return null;
  let told: readonly number[] = [];
  if (tree.kind(written) === 'generic_name') {
    told = genericName(links, written).args;
    written = tree.firstChild(written);
  }
  if (written < 0 || tree.kind(written) !== 'identifier') return null;
  return { object: before < 0 ? -1 : valueOf(links, before), hasObject: before >= 0, name: written, told };
}

/** What a call calls; -1 when that is no name. */
export function calleeOf(links: LinkBuilder, call: number, called: Called | null = calledBy(links, call)): number {
  if (called === null) return valueOf(links, links.tree.field(call, 'function'));
  const { object, hasObject, name, told } = called;
  const text = links.tree.textOf(name);
  // A delegate's own method is the delegate.
  if (hasObject && text === 'Invoke') return object;
  const asked = toldName(callableName(text, argumentsOf(links, call).length), told.length);
  if (hasObject) return links.expressions.member(object, asked);
  return links.name(isValueName(links, text) ? text : asked);
}

/** A callee with what it is given, which chooses between methods of as many parameters; of a delegate it chooses nothing. */
export function withArguments(links: LinkBuilder, callee: number, call: number): number {
  const { tree, expressions } = links;
  const called = expressions.list[callee];
  if (called === undefined || !('name' in called) || !isCallableName(called.name)) return callee;
  let isNamed = false;
  const given = argumentsOf(links, call).map((argument) => {
    isNamed ||= tree.field(argument, 'name') >= 0;
    const value = isNamed ? -1 : passedValue(links, argument);
    return value < 0 ? expressions.literal('?') : value;
  });
  return given.every((one) => one === expressions.literal('?')) ? callee : expressions.applied(callee, given);
}

function passedValue(links: LinkBuilder, argument: number): number {
  const { tree, expressions } = links;
  const last = tree.children(argument).at(-1) ?? -1;
  const kind = last < 0 ? '' : tree.kind(last);
  if (kind === 'lambda_expression' || kind === 'anonymous_method_expression') return expressions.literal('lambda');
  if (kind === 'declaration_expression') return expressions.instance(declaredType(links, tree.field(last, 'type')));
  return argumentValue(links, argument);
}

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

/** The type that `new` makes an object of; without a name it is the one that is expected there. */
export function createdType(links: LinkBuilder, node: number): number {
  const { tree } = links;
  if (tree.kind(node) === 'object_creation_expression') return links.value(tree.field(node, 'type'));
  const parent = tree.parent(node);
  if (parent < 0) return -1;
  switch (tree.kind(parent)) {
    case 'variable_declarator': {
      const list = tree.parent(parent);
      return list < 0 ? -1 : links.value(tree.field(list, 'type'));
    }
    case 'property_declaration':
      return links.value(tree.field(parent, 'type'));
    case 'arrow_expression_clause':
    case 'return_statement':
      return expectedResult(links, parent);
    default:
      return -1;
  }
}

/** Levels of blocks between a `return` and what it returns from; deeper ones are not looked through. */
const maxLevels = 32;

/** The type that the method or property around gives. */
function expectedResult(links: LinkBuilder, from: number): number {
  const { tree } = links;
  for (let at = tree.parent(from), up = 0; at >= 0 && up < maxLevels; at = tree.parent(at), up++) {
    const kind = tree.kind(at);
    if (kind === 'lambda_expression' || kind === 'anonymous_method_expression') return -1;
    if (!/_declaration$|^local_function_statement$/.test(kind) || kind === 'accessor_declaration') continue;
    const type = tree.field(at, 'returns');
    return links.value(type >= 0 ? type : tree.field(at, 'type'));
  }
  return -1;
}

/** The constructor that `new` calls. */
export function constructed(links: LinkBuilder, node: number): number {
  const type = createdType(links, node);
  const made = type < 0 ? -1 : links.expressions.member(type, constructorName(argumentsOf(links, node).length));
  return withArguments(links, made, node);
}

const creation: ValueRule = (links, node) => links.expressions.new(createdType(links, node));

const inner: ValueRule = (links, node) => {
  const { tree } = links;
  return valueOf(
    links,
    tree.children(node).find((one) => tree.isNamed(one) || /^'(this|base)'$/.test(tree.kind(one))) ?? -1,
  );
};

const comparing = /^(==|!=|<|>|<=|>=|&&|\|\|)$/;

const binary: ValueRule = (links, node) => {
  const { tree, expressions } = links;
  const operator = tree.field(node, 'operator');
  const written = operator < 0 ? '' : tree.textOf(operator);
  if (comparing.test(written)) return expressions.literal('bool');
  const left = valueOf(links, tree.field(node, 'left'));
  if (written === '??') return expressions.either([left, valueOf(links, tree.field(node, 'right'))]);
  const string = expressions.literal('string');
  if (written === '+' && valueOf(links, tree.field(node, 'right')) === string) return string;
  return expressions.list[left]?.kind === 'literal' ? left : -1;
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
