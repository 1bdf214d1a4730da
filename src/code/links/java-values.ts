/** Expressions of Java's source as expressions of the graph. */
import type { LinkBuilder } from './builder.ts';
import { callableName } from './callables.ts';
import { givenBack, libraryResult, toldByClass } from './java-library.ts';
import { arrayOf, typeValues } from './java-types.ts';
import type { LinkLanguage, ValueRule } from './language.ts';
import { field, literal } from './value-rules.ts';

/** The object that code in the class scope belongs to. */
export function ownObject(links: LinkBuilder, scope: number): number {
  if (scope < 0) return -1;
  return links.expressions.self(links.symbolOf(scope) < 0 ? 'object' : 'self', scope);
}

/** The class scope around the place whose type has the name, or -1. */
function enclosingNamed(links: LinkBuilder, name: string): number {
  for (let at = links.nearest(['class']); at >= 0; at = links.nearest(['class'], links.parentOf(at))) {
    if (links.scan.symbols[links.symbolOf(at)]?.name === name) return at;
    if (at === 0) break;
  }
  return -1;
}

/** Behind the class around the place: what it inherits. */
function behind(links: LinkBuilder): number {
  const scope = links.nearest(['class']);
  if (scope < 0) return -1;
  // A class without a name has what it is made of mixed in.
  return links.symbolOf(scope) < 0 ? links.expressions.name('...', scope) : links.expressions.self('super', scope);
}

/** What stands before the dot of a call or field; `Outer.super` is the interface or the class around. */
export function objectOf(links: LinkBuilder, node: number): number {
  const { tree, expressions } = links;
  const object = tree.field(node, 'object');
  if (object < 0) return -1;
  if (tree.child(node, 'super') >= 0 && tree.kind(object) !== 'super') {
    const outer = tree.kind(object) === 'identifier' ? enclosingNamed(links, tree.textOf(object)) : -1;
    return outer >= 0 ? expressions.self('super', outer) : links.value(object);
  }
  return links.value(object);
}

export const argumentCount = (links: LinkBuilder, call: number): number => {
  const { tree } = links;
  const list = tree.field(call, 'arguments');
  if (list < 0) return 0;
  return tree.namedChildren(list).filter((one) => !tree.kind(one).endsWith('_comment')).length;
};

/** What a call calls. */
export function calleeOf(links: LinkBuilder, call: number): number {
  const { tree, expressions } = links;
  const name = tree.field(call, 'name');
  if (name < 0) return -1;
  const written = callableName(tree.textOf(name), argumentCount(links, call));
  if (tree.field(call, 'object') < 0) return links.name(written);
  return expressions.member(objectOf(links, call), written);
}

const methodInvocation: ValueRule = (links, node) => {
  const { tree, expressions } = links;
  const callee = calleeOf(links, node);
  if (callee < 0) return -1;
  const name = tree.textOf(tree.field(node, 'name'));
  const given = tree.field(node, 'object') < 0 ? -1 : libraryResult(links, node, objectOf(links, node), name);
  return expressions.first([
    expressions.call(callee),
    givenBack(links, node, name),
    toldByClass(links, node, name),
    given,
  ]);
};

/** The type that `new` makes an object of; an inner one may be named after its outer object. */
export function createdType(links: LinkBuilder, node: number): number {
  const { tree, expressions } = links;
  const type = tree.field(node, 'type');
  const outer = tree.firstChild(node);
  if (type < 0) return -1;
  if (outer >= 0 && outer < type && tree.isNamed(outer) && tree.kind(type) === 'type_identifier') {
    return expressions.first([expressions.member(links.value(outer), tree.textOf(type)), links.value(type)]);
  }
  return links.value(type);
}

const fieldAccess: ValueRule = (links, node) => {
  const { tree, expressions } = links;
  const name = tree.field(node, 'field');
  const object = tree.field(node, 'object');
  if (name < 0) return -1;
  if (tree.kind(name) === 'this') {
    const outer = tree.kind(object) === 'identifier' ? enclosingNamed(links, tree.textOf(object)) : -1;
    return outer < 0 ? -1 : expressions.self('self', outer);
  }
  const held = objectOf(links, node);
  const written = tree.textOf(name);
  const known = expressions.list[held];
  if (written === 'length' && known?.kind !== 'self') return expressions.literal('int');
  return expressions.member(held, written);
};

const inner: ValueRule = (links, node) => {
  const { tree } = links;
  return links.value(tree.namedChildren(node).find((one) => !tree.kind(one).endsWith('_comment')) ?? -1);
};

const binary: ValueRule = (links, node) => {
  const { tree, expressions } = links;
  const operator = tree.field(node, 'operator');
  const written = operator < 0 ? '' : tree.textOf(operator);
  return expressions.literal(/^(==|!=|<|>|<=|>=|&&|\|\|)$/.test(written) ? 'boolean' : 'String');
};

export const values: LinkLanguage['values'] = {
  ...typeValues,
  identifier: (links, node) => links.name(links.tree.textOf(node)),
  this: (links) => ownObject(links, links.nearest(['class'])),
  super: (links) => behind(links),
  method_invocation: methodInvocation,
  object_creation_expression: (links, node) => links.expressions.new(createdType(links, node)),
  field_access: fieldAccess,
  array_access: (links, node) => links.expressions.element(links.value(links.tree.field(node, 'array')), 'subscript'),
  array_creation_expression: (links, node) => {
    const { expressions } = links;
    return expressions.instance(arrayOf(links, links.value(links.tree.field(node, 'type'))));
  },
  cast_expression: (links, node) => links.expressions.instance(links.value(links.tree.field(node, 'type'))),
  parenthesized_expression: inner,
  assignment_expression: field('right'),
  ternary_expression: (links, node) => {
    const { tree } = links;
    return links.expressions.either([
      links.value(tree.field(node, 'consequence')),
      links.value(tree.field(node, 'alternative')),
    ]);
  },
  binary_expression: binary,
  unary_expression: literal('int'),
  update_expression: literal('int'),
  instanceof_expression: literal('boolean'),
  string_literal: literal('String'),
  character_literal: literal('char'),
  decimal_integer_literal: literal('int'),
  hex_integer_literal: literal('int'),
  octal_integer_literal: literal('int'),
  binary_integer_literal: literal('int'),
  decimal_floating_point_literal: literal('double'),
  hex_floating_point_literal: literal('double'),
  true: literal('boolean'),
  false: literal('boolean'),
  null_literal: literal('null'),
  class_literal: literal('Class'),
};
