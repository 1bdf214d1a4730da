/**
 * Types of C# as expressions that name them, and where their names stand.
 *
 * A type is known by its name and how many parameters it has (`csharp-names.ts`), since `Box` and `Box<T>` are two.
 * Delegates of the library are types of functions, so what they are given and give is read off their arguments.
 */
import type { LinkBuilder } from './builder.ts';
import { globalPrefix, typeName } from './csharp-names.ts';
import type { LinkLanguage, LinkRule, ValueRule } from './language.ts';
import type { UseKind } from './types.ts';

/** An array of what the expression names. */
export const arrayOf = (links: LinkBuilder, element: number): number => {
  const { expressions } = links;
  return expressions.applied(expressions.literal('array'), [element]);
};

/** A function that takes and gives what the expressions name; -1 for what says nothing. */
export function functionOf(links: LinkBuilder, takes: readonly number[], gives: number): number {
  const { expressions } = links;
  // Places count, so what is no type keeps its own.
  const kept = [...takes, gives].map((one) => (one < 0 ? expressions.literal('void') : one));
  return expressions.applied(expressions.literal('Function'), kept);
}

/** As the type is written in a declaration; -1 for `var`. */
export function declaredType(links: LinkBuilder, node: number): number {
  if (node < 0 || links.tree.kind(node) === 'implicit_type') return -1;
  const text = links.tree.textOf(node);
  if (text === 'Action' || text === 'EventHandler') return functionOf(links, [], -1);
  return text === 'dynamic' ? -1 : links.value(node);
}

/** Kinds of nodes in which a name is a type's. */
const typeParents = new Set(['type_argument_list', 'base_list', 'explicit_interface_specifier', 'type_pattern']);

/** Whether only a type can stand where the node does. */
export function isTypePlace(links: LinkBuilder, node: number): boolean {
  const { tree } = links;
  if (tree.isField(node, 'type') || tree.isField(node, 'returns')) return true;
  const parent = tree.parent(node);
  if (parent < 0) return false;
  return typeParents.has(tree.kind(parent)) || (tree.kind(parent) === 'as_expression' && tree.isField(node, 'right'));
}

/** Node of the last name of a type, `C` of `a.b.C<T>`; -1 for those of the language itself. */
export function lastTypeName(links: LinkBuilder, type: number): number {
  const { tree } = links;
  for (let at = type; at >= 0; ) {
    switch (tree.kind(at)) {
      case 'identifier':
        return at;
      case 'generic_name':
        at = tree.firstChild(at);
        break;
      case 'qualified_name':
      case 'alias_qualified_name':
      case 'member_access_expression':
        at = tree.field(at, 'name');
        break;
      case 'array_type':
      case 'nullable_type':
        at = tree.field(at, 'type');
        break;
      default:
        return -1;
    }
  }
  return -1;
}

/** Names of a generic type, with how many arguments it has; `Foo<,>` has two. */
export function genericName(links: LinkBuilder, node: number): { name: string; takes: number; args: number[] } {
  const { tree } = links;
  const first = tree.firstChild(node);
  const list = tree.child(node, 'type_argument_list');
  const args = list < 0 ? [] : tree.namedChildren(list);
  const commas = list < 0 ? 0 : tree.textOf(list).split(',').length;
  return { name: first < 0 ? '' : tree.textOf(first), takes: args.length > 0 ? args.length : commas, args };
}

/** Delegates that give what their last argument is, and those that give nothing. */
const gives = new Set(['Func', 'Converter']);
const givesNothing = new Set(['Action', 'Predicate', 'Comparison', 'EventHandler']);

/** What a name with arguments means. @param base gives what the name is without them */
function appliedType(links: LinkBuilder, node: number, base: (name: string) => number): number {
  const { expressions } = links;
  const { name, takes, args } = genericName(links, node);
  const values = args.map((one) => links.value(one));
  if (gives.has(name)) return functionOf(links, values.slice(0, -1), values.at(-1) ?? -1);
  if (givesNothing.has(name)) return functionOf(links, name === 'EventHandler' ? [-1, ...values] : values, -1);
  // A function to be translated, and nothing but that.
  if (name === 'Expression' && values.length === 1) return values[0] as number;
  const applied = base(typeName(name, takes));
  if (values.every((one) => one < 0)) return applied;
  return expressions.applied(
    applied,
    values.map((one) => (one < 0 ? expressions.literal('object') : one)),
  );
}

const generic: ValueRule = (links, node) => appliedType(links, node, (name) => links.name(name));

const inner: ValueRule = (links, node) => links.value(links.tree.field(node, 'type'));

const qualified: ValueRule = (links, node) => {
  const { tree, expressions } = links;
  const name = tree.field(node, 'name');
  const qualifier = links.value(tree.field(node, 'qualifier'));
  if (name < 0) return -1;
  if (tree.kind(name) !== 'generic_name') {
    const isLast = !tree.isField(node, 'qualifier');
    return expressions.member(qualifier, isLast ? typeName(tree.textOf(name), 0) : tree.textOf(name));
  }
  return appliedType(links, name, (written) => expressions.member(qualifier, written));
};

/** Types of the library that are values, as far as they are met. */
const valueTypes =
  /^(bool|char|s?byte|u?short|u?int|u?long|float|double|decimal|nint|nuint|DateTime|DateTimeOffset|DateOnly|TimeOnly|TimeSpan|Guid)$/;

export const typeValues: LinkLanguage['values'] = {
  generic_name: generic,
  qualified_name: qualified,
  alias_qualified_name: (links, node) => {
    const name = links.tree.field(node, 'name');
    return name < 0 ? -1 : links.expressions.name(`${globalPrefix}${links.tree.textOf(name)}`, 0);
  },
  /** Looked up in the file, where nothing of its name is: so it is a type there, and `void` is none. */
  predefined_type: (links, node) => links.expressions.name(links.tree.textOf(node), 0),
  nullable_type: (links, node) => {
    const { tree, expressions } = links;
    const type = tree.field(node, 'type');
    const value = links.value(type);
    // A class may always lack; a number that may is another type.
    const isValue = type >= 0 && valueTypes.test(tree.textOf(type));
    return isValue ? expressions.applied(expressions.name(typeName('Nullable', 1), 0), [value]) : value;
  },
  ref_type: inner,
  scoped_type: inner,
  pointer_type: inner,
  array_type: (links, node) => arrayOf(links, links.value(links.tree.field(node, 'type'))),
  tuple_type: (links, node) => {
    const { tree, expressions } = links;
    const types = tree.namedChildren(node).map((one) => links.value(tree.field(one, 'type')));
    return expressions.applied(
      expressions.literal('tuple'),
      types.map((one) => (one < 0 ? expressions.literal('object') : one)),
    );
  },
};

/** Reports a use of what a type names, by its last name. */
export function useType(links: LinkBuilder, kind: UseKind, node: number): void {
  const { tree } = links;
  const name = lastTypeName(links, node);
  if (name < 0 || links.isUsed(name)) return;
  markQualifier(links, node);
  // What it is applied to is used by itself.
  const value = links.value(node);
  const expression = links.expressions.list[value];
  const isDelegate = expression?.kind === 'applied' && tree.kind(node) === 'generic_name';
  links.use(kind, name, isDelegate ? expression.base : value);
}

/** What stands before the last dot of a type is a namespace, or a type around it, and no use. */
function markQualifier(links: LinkBuilder, node: number): void {
  const { tree } = links;
  if (tree.kind(node) !== 'qualified_name') return;
  const qualifier = tree.field(node, 'qualifier');
  if (qualifier >= 0) for (let at = qualifier; at < tree.next(qualifier); at++) links.markUsed(at);
}

/** Types that no repository defines: uses of them would only be counted. */
const languageTypes = new Set(
  'String Object Func Action Predicate EventHandler Task List Dictionary IEnumerable'.split(' '),
);

export const typeUse: LinkRule = (links, node) => {
  const name = lastTypeName(links, node);
  if (name < 0 || links.isUsed(name)) return;
  if (languageTypes.has(links.tree.textOf(name))) links.markUsed(name);
  else useType(links, 'type', node);
};
