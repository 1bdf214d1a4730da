/** Values of the expressions of C and C++. */
import type { LinkBuilder } from './builder.ts';
import { lastName, makesArgument, path, templateArguments, typeOf, typeValues, valueOfType } from './cfamily-types.ts';
import type { LinkLanguage, ValueRule } from './language.ts';
import { field, literal, truthOrLeft } from './value-rules.ts';

const inner: ValueRule = (links, node) => links.value(links.tree.namedChildren(node)[0] ?? -1);

/** What a loop over the value binds; of an array, which is its type here, the type itself. */
export const elementOf = (links: LinkBuilder, value: number): number =>
  links.expressions.first([links.expressions.element(value, 'iterate'), value]);

const subscript: ValueRule = (links, node) => {
  const { expressions } = links;
  const value = links.value(links.tree.field(node, 'argument'));
  const asked = expressions.call(expressions.member(value, 'operator[]'));
  return expressions.first([asked, expressions.element(value, 'subscript'), value]);
};

/** What the library's containers give, by their methods. */
const methods = new Map<string, 'subscript' | 'iterate' | 'same' | 'unwrap'>([
  ...['at', 'front', 'back', 'value', 'top', 'find'].map((name) => [name, 'subscript'] as const),
  ...['begin', 'end', 'rbegin', 'rend', 'cbegin'].map((name) => [name, 'iterate'] as const),
  ...['get', 'lock', 'get_mutable', 'load'].map((name) => [name, 'same'] as const),
]);

const call: ValueRule = (links, node) => {
  const { tree, expressions } = links;
  const callee = tree.field(node, 'function');
  if (callee < 0) return -1;
  const last = lastName(links, callee);
  const name = last < 0 ? '' : tree.textOf(last);
  const list = tree.field(node, 'arguments');
  const [argument = -1] = list < 0 ? [] : tree.namedChildren(list);
  if (name === 'move' || name === 'forward' || name === 'ref') {
    const passed = links.value(argument);
    if (passed >= 0 && tree.kind(callee) !== 'field_expression') return passed;
  }
  const template = templateAt(links, callee);
  const types = template < 0 ? [] : templateArguments(links, template);
  if (makesArgument(name)) return expressions.instance(types[0] ?? -1);
  const result = expressions.call(links.value(callee));
  // `x.Cast<Foo>()`: what is of a type that is told gives it.
  const told = types.length === 1 ? expressions.instance(types[0] as number) : -1;
  if (tree.kind(callee) !== 'field_expression') return expressions.first([result, told]);
  const object = links.value(tree.field(callee, 'argument'));
  const how = methods.get(name);
  const given = how === undefined ? -1 : how === 'same' ? object : expressions.element(object, how);
  return expressions.first([result, told, given]);
};

/** The template that a callee is an instance of, or -1. */
function templateAt(links: LinkBuilder, callee: number): number {
  const { tree } = links;
  let at = callee;
  for (let steps = 0; at >= 0 && steps < 16; steps++) {
    const kind = tree.kind(at);
    if (kind === 'template_function' || kind === 'template_method') return at;
    if (kind === 'field_expression') at = tree.field(at, 'field');
    else if (kind === 'qualified_identifier') at = tree.field(at, 'name');
    else if (kind === 'dependent_name') at = tree.namedChildren(at)[0] ?? -1;
    else return -1;
  }
  return -1;
}

const member: ValueRule = (links, node) => {
  const { tree, expressions } = links;
  const name = lastName(links, node);
  if (name < 0) return -1;
  const written = tree.textOf(name);
  const object = links.value(tree.field(node, 'argument'));
  const operator = tree.field(node, 'operator');
  const isArrow = operator >= 0 && tree.textOf(operator) === '->';
  // An object whose class says so hands on what it is asked.
  const through = isArrow ? expressions.call(expressions.member(object, 'operator->')) : -1;
  const own = expressions.member(object, written);
  return through < 0 ? own : expressions.first([own, expressions.member(through, written)]);
};

export const values: LinkLanguage['values'] = {
  ...typeValues,
  identifier: (links, node) => links.name(links.tree.textOf(node)),
  field_identifier: (links, node) => links.name(links.tree.textOf(node)),
  qualified_identifier: (links, node) => path(links, node),
  call_expression: call,
  field_expression: member,
  pointer_expression: field('argument'),
  subscript_expression: subscript,
  cast_expression: (links, node) => valueOfType(links, links.tree.field(node, 'type')),
  compound_literal_expression: (links, node) => valueOfType(links, links.tree.field(node, 'type')),
  parenthesized_expression: inner,
  conditional_expression: (links, node) =>
    links.expressions.either([
      links.value(links.tree.field(node, 'consequence')),
      links.value(links.tree.field(node, 'alternative')),
    ]),
  assignment_expression: field('right'),
  comma_expression: field('right'),
  update_expression: field('argument'),
  binary_expression: truthOrLeft,
  new_expression: (links, node) => links.expressions.instance(typeOf(links, links.tree.field(node, 'type'))),
  this: (links) => thisOf(links),
  string_literal: literal('char'),
  raw_string_literal: literal('char'),
  concatenated_string: literal('char'),
  char_literal: literal('char'),
  number_literal: literal('int'),
  true: literal('bool'),
  false: literal('bool'),
  null: literal('null'),
  nullptr: literal('nullptr'),
  sizeof_expression: literal('size_t'),
};

/** By function scope: the type of a method that is written outside its class. */
const outsideOf = new WeakMap<LinkBuilder, Map<number, number>>();

export function setThis(links: LinkBuilder, scope: number, type: number): void {
  let types = outsideOf.get(links);
  if (types === undefined) {
    types = new Map();
    outsideOf.set(links, types);
  }
  types.set(scope, type);
}

function thisOf(links: LinkBuilder): number {
  const types = outsideOf.get(links);
  for (let scope = links.scope; scope >= 0; scope = links.parentOf(scope)) {
    const type = types?.get(scope);
    if (type !== undefined) return links.expressions.instance(type);
    if (links.kindOf(scope) === 'class') return links.expressions.self('self', scope);
  }
  return -1;
}
