/** Types of Java as expressions that name them, and where their names stand. */
import type { LinkBuilder } from './builder.ts';
import type { LinkLanguage, LinkRule, ValueRule } from './language.ts';

/** Node of the last name of a type, `C` of `a.b.C<T>[]`, or -1 for primitive types. */
export function lastTypeName(links: LinkBuilder, type: number): number {
  const { tree } = links;
  let at = type;
  while (at >= 0) {
    switch (tree.kind(at)) {
      case 'type_identifier':
      case 'identifier':
        return at;
      case 'generic_type':
      case 'array_type':
        at = tree.firstChild(at);
        break;
      case 'scoped_type_identifier':
      case 'annotated_type':
        at = tree.namedChildren(at).at(-1) ?? -1;
        break;
      default:
        return -1;
    }
  }
  return -1;
}

/** An array of what the expression names. */
export const arrayOf = (links: LinkBuilder, element: number): number => {
  const { expressions } = links;
  return expressions.applied(expressions.literal('array'), [element]);
};

/** As the type is written in a declaration; -1 for `var`. */
export function declaredType(links: LinkBuilder, node: number): number {
  if (node < 0 || (links.tree.kind(node) === 'type_identifier' && links.tree.textOf(node) === 'var')) return -1;
  return links.value(node);
}

/** Brackets after the name of a variable or method make its type an array. */
export function withDimensions(links: LinkBuilder, declarator: number, type: number): number {
  return type >= 0 && links.tree.field(declarator, 'dimensions') >= 0 ? arrayOf(links, type) : type;
}

const inner: ValueRule = (links, node) => links.value(links.tree.namedChildren(node).at(-1) ?? -1);

/** Looked up in the file, where nothing of its name is: so it is a type there, and `void` is none. */
const primitive: ValueRule = (links, node) => links.expressions.name(links.tree.textOf(node).slice(0, 10), 0);

export const typeValues: LinkLanguage['values'] = {
  type_identifier: (links, node) => links.name(links.tree.textOf(node)),
  scoped_type_identifier: (links, node) => {
    const parts = links.tree.namedChildren(node);
    const [outer = -1, name = -1] = [parts[0], parts.at(-1)];
    if (name < 0 || name === outer) return -1;
    return links.expressions.member(links.value(outer), links.tree.textOf(name));
  },
  generic_type: (links, node) => {
    const { tree, expressions } = links;
    const base = links.value(tree.firstChild(node));
    const list = tree.child(node, 'type_arguments');
    const args = list < 0 ? [] : tree.namedChildren(list).map((one) => links.value(one));
    if (args.every((one) => one < 0)) return base;
    // Places count, so what is no type keeps its own.
    const kept = args.map((one) => (one < 0 ? expressions.literal('Object') : one));
    return expressions.applied(base, kept);
  },
  wildcard: inner,
  annotated_type: inner,
  array_type: (links, node) => arrayOf(links, links.value(links.tree.field(node, 'element'))),
  integral_type: primitive,
  floating_point_type: primitive,
  boolean_type: primitive,
  void_type: primitive,
};

const typeIdentifier: LinkRule = (links, node) => {
  if (links.isUsed(node)) return;
  const name = links.tree.textOf(node);
  if (name === 'var' || languageTypes.has(name)) links.markUsed(node);
  else links.use('type', node, links.value(node));
};

/** Types that no repository defines: uses of them would only be counted. */
const languageTypes = new Set('String Object Integer Long Boolean Double Override'.split(' '));

const scopedType: LinkRule = (links, node) => {
  const last = links.tree.namedChildren(node).at(-1) ?? -1;
  if (!links.isUsed(last)) links.use('type', last, links.value(node));
};

/** Reports a use of what a type names, by its last name. */
export function useType(links: LinkBuilder, kind: 'inherit' | 'implement' | 'call', node: number): void {
  const { tree } = links;
  const name = lastTypeName(links, node);
  const parent = name < 0 ? -1 : tree.parent(name);
  const whole = parent >= 0 && tree.kind(parent) === 'scoped_type_identifier' ? parent : name;
  links.use(kind, name, links.value(whole));
}

export const typeRules: LinkLanguage['rules'] = { type_identifier: typeIdentifier, scoped_type_identifier: scopedType };
