/**
 * Types and paths of Rust as expressions.
 *
 * What only holds another value and hands on its methods (`&T`, `Box<T>`, `Arc<Mutex<T>>`) is that value. Of a `Result` only what
 * it holds when all is well counts. A path that begins with `crate`, `self` or `super` has that beginning as one name, which
 * the resolver knows.
 */
import type { LinkBuilder } from './builder.ts';
import type { LinkRule } from './language.ts';
import { nameAt, ownOf } from './rust-notes.ts';

/** Their methods are those of what they hold, through `Deref` or because one asks them for nothing else. */
const transparent = new Set(
  `Box Rc Arc Cow Pin Ref RefMut RefCell Cell Mutex RwLock MutexGuard RwLockReadGuard RwLockWriteGuard ManuallyDrop OnceCell
   OnceLock Lazy LazyLock LazyCell NonNull UnsafeCell MaybeUninit Weak BoxFuture LocalBoxFuture Future Wrapping Reverse
   AssertUnwindSafe PhantomData`.split(/\s+/),
);

/** Bounds that say nothing about what one may call. */
const markers = new Set(
  `Send Sync Sized Copy Clone Unpin Debug Display Eq PartialEq Ord PartialOrd Hash Default UnwindSafe RefUnwindSafe`.split(
    /\s+/,
  ),
);

/** Only the first argument is what one gets out. */
const firstCounts = new Set(['Result', 'IoResult', 'ControlFlow', 'LazyLock', 'Lazy', 'LazyCell']);

/** A value of the type that a node names. */
export const valueOfType = (links: LinkBuilder, type: number): number =>
  links.expressions.instance(typeOf(links, type));

/** The type that a node names, or -1. */
export function typeOf(links: LinkBuilder, node: number): number {
  if (node < 0) return -1;
  const { tree, expressions } = links;
  switch (tree.kind(node)) {
    case 'type_identifier':
    case 'scoped_type_identifier':
    case 'generic_type':
    case 'primitive_type':
    case 'reference_type':
    case 'pointer_type':
    case 'array_type':
    case 'tuple_type':
    case 'dynamic_type':
    case 'abstract_type':
    case 'bounded_type':
    case 'function_type':
      return links.value(node);
    case 'parenthesized_type':
      return links.value(tree.namedChildren(node)[0] ?? -1);
    case 'unit_type':
      return expressions.literal('()');
    default:
      return -1;
  }
}

const inner =
  (field: string) =>
  (links: LinkBuilder, node: number): number =>
    typeOf(links, links.tree.field(node, field));

/** Last name of a path. */
export function lastNode(links: LinkBuilder, node: number): number {
  const { tree } = links;
  let at = node;
  while (at >= 0) {
    const kind = tree.kind(at);
    if (kind === 'scoped_identifier' || kind === 'scoped_type_identifier') at = tree.field(at, 'name');
    else if (kind === 'generic_type' || kind === 'generic_type_with_turbofish') at = tree.field(at, 'type');
    else if (kind === 'generic_function') at = tree.field(at, 'function');
    else if (kind === 'field_expression') at = tree.field(at, 'field');
    else return at;
  }
  return -1;
}

const textOf = (links: LinkBuilder, node: number): string => (node < 0 ? '' : links.tree.textOf(node));

/** What a generic type is applied to, lifetimes left out. */
function argumentsOf(links: LinkBuilder, node: number): number[] {
  const { tree } = links;
  const list = tree.field(node, 'type_arguments');
  if (list < 0) return [];
  const written = tree.namedChildren(list).filter((child) => tree.kind(child) !== 'lifetime');
  // `impl Iterator<Item = Foo>` is one of `Foo`.
  return written.map((child) => typeOf(links, tree.kind(child) === 'type_binding' ? tree.field(child, 'type') : child));
}

function genericType(links: LinkBuilder, node: number): number {
  const { tree, expressions } = links;
  const base = tree.field(node, 'type');
  const name = textOf(links, lastNode(links, base));
  const args = argumentsOf(links, node);
  if (transparent.has(name)) return (firstCounts.has(name) ? args[0] : args.at(-1)) ?? -1;
  const named = base < 0 ? -1 : path(links, base);
  if (firstCounts.has(name)) return expressions.applied(named, args.slice(0, 1));
  return applied(links, named, args);
}

/** As `applied`, with every argument in its place. */
function applied(links: LinkBuilder, base: number, args: readonly number[]): number {
  const { expressions } = links;
  if (!args.some((arg) => arg >= 0)) return base;
  return expressions.applied(
    base,
    args.map((arg) => (arg < 0 ? expressions.literal('?') : arg)),
  );
}

/** The bound that says most; several that may are all possible. */
export function boundsOf(links: LinkBuilder, bounds: number): number {
  const { tree, expressions } = links;
  if (bounds < 0) return -1;
  const all = tree.namedChildren(bounds);
  return expressions.either(
    all
      .filter((bound) => tree.kind(bound) !== 'lifetime' && tree.kind(bound) !== 'removed_trait_bound')
      .filter((bound) => !markers.has(textOf(links, lastNode(links, bound))))
      .map((bound) =>
        typeOf(links, tree.kind(bound) === 'higher_ranked_trait_bound' ? tree.field(bound, 'type') : bound),
      ),
  );
}

const keywords = new Set(['crate', 'self', 'super', 'metavariable']);

/** What a path names, in types and values alike. */
export function path(links: LinkBuilder, node: number): number {
  if (node < 0) return -1;
  const { tree, expressions } = links;
  switch (tree.kind(node)) {
    case 'identifier':
    case 'type_identifier': {
      const name = tree.textOf(node);
      if (name === 'Self') return ownOf(links)?.type ?? -1;
      return links.name(nameAt(links, name, node));
    }
    case 'crate':
    case 'super':
    case 'self':
      return links.name(tree.textOf(node));
    case 'scoped_identifier':
    case 'scoped_type_identifier': {
      const name = tree.field(node, 'name');
      if (name < 0) return -1;
      const before = tree.field(node, 'path');
      if (before < 0) return links.name(tree.textOf(name));
      // `super::super` is one name.
      if (keywords.has(tree.kind(name))) return links.name(tree.textOf(node).replaceAll(/\s+/g, ''));
      const object = keywords.has(tree.kind(before)) ? path(links, before) : links.value(before);
      return expressions.member(object, tree.textOf(name));
    }
    case 'bracketed_type': {
      const qualified = tree.namedChildren(node)[0] ?? -1;
      if (qualified < 0) return -1;
      if (tree.kind(qualified) !== 'qualified_type') return typeOf(links, qualified);
      return expressions.first([
        typeOf(links, tree.field(qualified, 'type')),
        typeOf(links, tree.field(qualified, 'alias')),
      ]);
    }
    case 'generic_type_with_turbofish':
      return genericType(links, node);
    default:
      return typeOf(links, node);
  }
}

export const typeValues = {
  type_identifier: path,
  scoped_type_identifier: path,
  generic_type: genericType,
  generic_type_with_turbofish: genericType,
  bracketed_type: path,
  primitive_type: (links: LinkBuilder, node: number) => links.name(links.tree.textOf(node)),
  reference_type: inner('type'),
  pointer_type: inner('type'),
  array_type: (links: LinkBuilder, node: number) =>
    links.expressions.applied(links.expressions.literal('slice'), [typeOf(links, links.tree.field(node, 'element'))]),
  tuple_type: (links: LinkBuilder, node: number) => {
    const parts = links.tree.namedChildren(node).map((part) => typeOf(links, part));
    return applied(links, links.expressions.literal('tuple'), parts);
  },
  dynamic_type: inner('trait'),
  abstract_type: inner('trait'),
  bounded_type: (links: LinkBuilder, node: number) => boundsOf(links, node),
  function_type: (links: LinkBuilder, node: number) => {
    const result = typeOf(links, links.tree.field(node, 'return_type'));
    return links.expressions.applied(links.expressions.literal('Function'), [
      result < 0 ? links.expressions.literal('()') : result,
    ]);
  },
};

/** Names of types wherever they stand. */
export const typeName: LinkRule = (links, node) => {
  const name = lastNode(links, node);
  if (name < 0 || links.isUsed(name) || links.tree.textOf(name) === 'Self') return;
  links.use('type', name, path(links, node));
};

/** `T: Bound`, also `where T: Bound`: what is of type `T` has what the bound has. */
export const typeParameter: LinkRule = (links, node) => {
  const { tree } = links;
  const name = tree.field(node, 'name');
  if (name < 0) return;
  links.markUsed(name);
  const written = tree.textOf(name);
  const around = tree.parent(tree.parent(node));
  const clause = around < 0 ? -1 : tree.child(around, 'where_clause');
  const predicates = clause < 0 ? [] : tree.namedChildren(clause);
  const bounds = [
    tree.field(node, 'bounds'),
    ...predicates
      .filter((predicate) => textOf(links, tree.field(predicate, 'left')) === written)
      .map((predicate) => tree.field(predicate, 'bounds')),
  ];
  const value = links.expressions.either(bounds.map((bound) => boundsOf(links, bound)));
  links.bind('variable', written, { scope: links.scope, value });
};
