/**
 * Types and paths of C and C++ as expressions.
 *
 * Pointers, references and arrays of a type are that type, and so is what a smart pointer holds: what one may ask of them is the
 * same. A template of the library is applied to what it holds.
 */
import type { LinkBuilder } from './builder.ts';
import type { LinkRule } from './language.ts';

/** Smart pointers and other holders, by their names in the standard library and where they are copied. */
const transparent = new Set(
  `unique_ptr shared_ptr weak_ptr auto_ptr optional optional_ptr reference reference_wrapper atomic buffer_ptr const_reference future
   observer_ptr not_null scoped_ptr raw_ptr intrusive_ptr expected StatusOr Owned`.split(/\s+/),
);

/** What an expression gives that makes a value of the type it is given: `make_unique<Foo>(…)`, `static_cast<Foo *>(…)`. */
export const makesArgument = (name: string): boolean =>
  /^(make_?(unique|shared|uniq|ref|optional)\w*|(static|dynamic|reinterpret|const)_cast|\w*Make(Unique|Shared)\w*|make_buffer)$/.test(
    name,
  );

/** A value of the type that a node names. */
export const valueOfType = (links: LinkBuilder, type: number): number =>
  links.expressions.instance(typeOf(links, type));

/** The type that a node names, or -1. */
export function typeOf(links: LinkBuilder, node: number): number {
  if (node < 0) return -1;
  const { tree, expressions } = links;
  switch (tree.kind(node)) {
    case 'type_identifier':
    case 'namespace_identifier':
    case 'identifier':
      return links.name(tree.textOf(node));
    case 'struct_specifier':
    case 'union_specifier':
    case 'class_specifier':
    case 'enum_specifier':
      return typeOf(links, tree.field(node, 'name'));
    case 'type_descriptor':
      return links.value(node);
    case 'template_type':
    case 'template_function':
    case 'template_method':
      return links.value(node);
    case 'qualified_identifier':
      return path(links, node);
    case 'dependent_type':
    case 'dependent_name':
      return links.value(node);
    case 'primitive_type':
    case 'sized_type_specifier':
      return expressions.literal(tree.textOf(node));
    default:
      return -1;
  }
}

/** Parts of `ns::Foo<T>::bar`, first to last; nothing for the one that is left out of `::bar`. */
export function partsOf(links: LinkBuilder, node: number): number[] {
  const { tree } = links;
  const parts: number[] = [];
  let at = node;
  while (at >= 0 && tree.kind(at) === 'qualified_identifier') {
    const scope = tree.field(at, 'scope');
    if (scope >= 0) parts.push(scope);
    at = tree.field(at, 'name');
  }
  if (at >= 0) parts.push(at);
  return parts;
}

/** Node of the plain name that ends a path, in templates too. */
export function lastName(links: LinkBuilder, node: number): number {
  const { tree } = links;
  let at = node;
  for (;;) {
    if (at < 0) return -1;
    const kind = tree.kind(at);
    if (kind === 'qualified_identifier') at = partsOf(links, at).at(-1) ?? -1;
    else if (kind.startsWith('template_')) at = tree.field(at, 'name');
    else if (kind === 'dependent_name') at = tree.namedChildren(at)[0] ?? -1;
    else if (kind === 'field_expression') at = tree.field(at, 'field');
    else return at;
  }
}

/** What a path names, without its last `without` parts. */
export function path(links: LinkBuilder, node: number, without = 0): number {
  const { tree, expressions } = links;
  const parts = partsOf(links, node);
  let found = -1;
  parts.slice(0, parts.length - without).forEach((part, place) => {
    if (place === 0) found = typeOf(links, part);
    else {
      const name = lastName(links, part);
      const named = name < 0 ? -1 : expressions.member(found, tree.textOf(name));
      found = tree.kind(part) === 'template_type' ? appliedTo(links, part, named) : named;
    }
  });
  return found;
}

/** Arguments of a template, types only where they are any. */
export function templateArguments(links: LinkBuilder, node: number): number[] {
  const { tree } = links;
  const list = tree.field(node, 'arguments');
  return list < 0 ? [] : tree.namedChildren(list).map((argument) => typeOf(links, argument));
}

const mappings = /map$|Map$/;

const templateType = (links: LinkBuilder, node: number): number =>
  appliedTo(links, node, typeOf(links, links.tree.field(node, 'name')));

/** What a template's type is. @param base what its name names */
function appliedTo(links: LinkBuilder, node: number, base: number): number {
  const { tree, expressions } = links;
  const name = tree.field(node, 'name');
  if (name < 0) return -1;
  const args = templateArguments(links, node);
  const written = tree.textOf(name);
  if (transparent.has(written)) return args[0] ?? -1;
  const known = args.map((arg) => (arg < 0 ? expressions.literal('?') : arg));
  if (args.every((arg) => arg < 0)) return base;
  return expressions.applied(base, known.slice(0, mappings.test(written) ? 2 : 1));
}

const first = (links: LinkBuilder, node: number): number => typeOf(links, links.tree.namedChildren(node)[0] ?? -1);

export const typeValues = {
  type_identifier: typeOf,
  namespace_identifier: typeOf,
  template_type: templateType,
  template_function: (links: LinkBuilder, node: number) => typeOf(links, links.tree.field(node, 'name')),
  qualified_identifier: (links: LinkBuilder, node: number) => path(links, node),
  type_descriptor: (links: LinkBuilder, node: number) => typeOf(links, links.tree.field(node, 'type')),
  dependent_type: first,
  dependent_name: first,
};

/** Names of types wherever they stand. */
export const typeName: LinkRule = (links, node) => {
  if (!links.isUsed(node)) links.use('type', node, links.value(node));
};
