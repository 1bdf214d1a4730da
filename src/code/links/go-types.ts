/**
 * Types of Go as expressions that name them. A pointer is what it points to; functions are `Function` of what they give,
 * several results together a `tuple`.
 */
import type { LinkBuilder } from './builder.ts';
import { scopeOfName } from './go-notes.ts';
import type { LinkLanguage, LinkRule, ValueRule } from './language.ts';

/** Predeclared types and functions: uses of them would say nothing. */
export const predeclaredTypes = new Set(
  (
    'any bool byte comparable complex64 complex128 error float32 float64 int int8 int16 int32 int64 rune string uint uint8 ' +
    'uint16 uint32 uint64 uintptr nil'
  ).split(' '),
);

/** Predeclared types have no members that a repository defines. They are looked up in the file, where nothing of their names is. */
export function typeNamed(links: LinkBuilder, name: string): number {
  return predeclaredTypes.has(name) ? links.expressions.name(name, 0) : outsideTypes(links, name);
}

/** A name where it stands; in a type's body names mean what stands around it, whatever the type's fields are called. */
function outsideTypes(links: LinkBuilder, name: string, from: number = links.scope): number {
  let scope = from;
  while (links.kindOf(scope) === 'class') scope = links.parentOf(scope);
  return links.expressions.name(name, scope);
}

const first: ValueRule = (links, node) => links.value(links.tree.namedChildren(node)[0] ?? -1);

const container =
  (name: string, field: string): ValueRule =>
  (links, node) => {
    const { expressions, tree } = links;
    return expressions.applied(expressions.literal(name), [links.value(tree.field(node, field))]);
  };

export const typeValues: LinkLanguage['values'] = {
  type_identifier: (links, node) => {
    const name = links.tree.textOf(node);
    if (predeclaredTypes.has(name)) return typeNamed(links, name);
    return outsideTypes(links, name, scopeOfName(links, node));
  },
  qualified_type: (links, node) => {
    const { tree, expressions } = links;
    const [owner, name] = [tree.field(node, 'package'), tree.field(node, 'name')];
    return owner < 0 || name < 0 ? -1 : expressions.member(outsideTypes(links, tree.textOf(owner)), tree.textOf(name));
  },
  generic_type: (links, node) => {
    const { tree, expressions } = links;
    const list = tree.field(node, 'type_arguments');
    const args = list < 0 ? [] : tree.namedChildren(list).map((one) => links.value(one));
    return expressions.applied(links.value(tree.field(node, 'type')), args);
  },
  type_elem: first,
  type_constraint: first,
  pointer_type: first,
  parenthesized_type: first,
  slice_type: container('slice', 'element'),
  array_type: container('slice', 'element'),
  implicit_length_array_type: container('slice', 'element'),
  channel_type: container('chan', 'value'),
  map_type: (links, node) => {
    const { tree, expressions } = links;
    const [key, value] = [links.value(tree.field(node, 'key')), links.value(tree.field(node, 'value'))];
    if (value < 0) return expressions.literal('Map');
    return expressions.applied(expressions.literal('Map'), [key < 0 ? typeNamed(links, 'any') : key, value]);
  },
  function_type: (links, node) => {
    const { tree, expressions } = links;
    const [result = -1] = resultTypes(links, tree.field(node, 'result'));
    return expressions.applied(expressions.literal('Function'), [result < 0 ? typeNamed(links, 'nil') : result]);
  },
  struct_type: (links, node) => {
    const { expressions } = links;
    const scope = links.scopeOf(node, 'class');
    for (const type of embeddedTypes(links, node)) {
      links.bind('variable', '...', { scope, value: expressions.instance(links.value(type)) });
    }
    return links.kindOf(scope) === 'class' ? expressions.self('object', scope) : -1;
  },
  interface_type: (links) => typeNamed(links, 'any'),
};

/** Types that a result clause names, each for as many names as it has. */
function resultTypes(links: LinkBuilder, result: number): number[] {
  const { tree } = links;
  if (result < 0) return [];
  if (tree.kind(result) !== 'parameter_list') return [links.value(result)];
  return tree.namedChildren(result).flatMap((one) => {
    const type = links.value(tree.field(one, 'type'));
    const names = namesOf(links, one).length;
    return Array.from({ length: Math.max(1, names) }, () => type);
  });
}

/** Types that a struct has without a name. */
export function embeddedTypes(links: LinkBuilder, struct: number): number[] {
  const { tree } = links;
  const list = tree.child(struct, 'field_declaration_list');
  return (list < 0 ? [] : tree.namedChildren(list))
    .filter((field) => tree.kind(field) === 'field_declaration' && namesOf(links, field).length === 0)
    .map((field) => tree.field(field, 'type'));
}

/** Children under the field `name`: a declaration may have several. */
export function namesOf(links: LinkBuilder, node: number): number[] {
  const { tree } = links;
  return tree.children(node).filter((child) => tree.isField(child, 'name') && tree.isNamed(child));
}

/** What a call gives whose result clause is that: a value, or several together. */
export function resultOf(links: LinkBuilder, result: number): number {
  const { expressions } = links;
  const values = resultTypes(links, result).map((type) => expressions.instance(type));
  return values.length > 1 ? expressions.collection('tuple', values) : (values[0] ?? -1);
}

/** Node of the last name of a type, `T` of `*pkg.T[K]`, or -1. */
export function lastTypeName(links: LinkBuilder, type: number): number {
  const { tree } = links;
  let at = type;
  while (at >= 0) {
    switch (tree.kind(at)) {
      case 'type_identifier':
        return at;
      case 'qualified_type':
        return tree.field(at, 'name');
      case 'generic_type':
        at = tree.field(at, 'type');
        break;
      case 'pointer_type':
      case 'parenthesized_type':
      case 'type_elem':
        at = tree.namedChildren(at)[0] ?? -1;
        break;
      default:
        return -1;
    }
  }
  return -1;
}

/** Reports a use of what a type names, by its last name. */
export function useType(links: LinkBuilder, kind: 'inherit' | 'call' | 'type', type: number): void {
  const { tree } = links;
  const name = lastTypeName(links, type);
  if (name < 0) return;
  const parent = tree.parent(name);
  const whole = parent >= 0 && tree.kind(parent) === 'qualified_type' ? parent : name;
  if (whole === name && predeclaredTypes.has(tree.textOf(name))) links.markUsed(name);
  else links.use(kind, name, links.value(whole));
}

const typeIdentifier: LinkRule = (links, node) => {
  if (!links.isUsed(node)) useType(links, 'type', node);
};

const qualifiedType: LinkRule = (links, node) => {
  const name = links.tree.field(node, 'name');
  if (name >= 0 && !links.isUsed(name)) useType(links, 'type', node);
};

export const typeRules: LinkLanguage['rules'] = { type_identifier: typeIdentifier, qualified_type: qualifiedType };
