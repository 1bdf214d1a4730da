/** What the rules for Python remember of one file from node to node. */
import type { LinkBuilder } from './builder.ts';

/** The first parameter of a method: what it is called and whose it is. */
interface Receiver {
  readonly name: string;
  readonly kind: 'self' | 'self-type';
  readonly classScope: number;
}

export interface Notes {
  /** Methods' receivers by function scope. */
  readonly receivers: Map<number, Receiver>;
  /** Names that `global` and `nonlocal` send to another scope, by function scope. */
  readonly elsewhere: Map<number, Map<string, number>>;
  /** Function scopes whose result is annotated: what they return says less. */
  readonly declared: Set<number>;
  /** Functions that functions of a declared result return, by scope; null where they return something else as well. */
  readonly returned: Map<number, number[] | null>;
  /** Functions that are defined in functions, as scope and name. */
  readonly inner: Set<string>;
  /** Scopes of functions that become context managers: what they yield is what `with` binds. */
  readonly managers: Set<number>;
  /** Parameters without annotation, by function scope. */
  readonly untyped: Map<number, Set<string>>;
  /** Annotations read already, by node. */
  readonly annotations: Map<number, number>;
}

const byBuilder = new WeakMap<LinkBuilder, Notes>();

export function notesOf(links: LinkBuilder): Notes {
  let notes = byBuilder.get(links);
  if (notes === undefined) {
    notes = {
      receivers: new Map(),
      elsewhere: new Map(),
      declared: new Set(),
      returned: new Map(),
      inner: new Set(),
      managers: new Set(),
      untyped: new Map(),
      annotations: new Map(),
    };
    byBuilder.set(links, notes);
  }
  return notes;
}

/** What the name is the receiver of, when a method around the place calls its first parameter so; else null. */
export function receiverNamed(links: LinkBuilder, name: string): Receiver | null {
  const { receivers } = notesOf(links);
  for (
    let scope = links.nearest(['function']);
    scope >= 0;
    scope = links.nearest(['function'], links.parentOf(scope))
  ) {
    const found = receivers.get(scope);
    if (found !== undefined) return found.name === name ? found : null;
  }
  return null;
}

/** The class scope whose member `node` names: `self.x`, `cls.x`; else -1. */
export function memberScope(links: LinkBuilder, attribute: number): number {
  const object = links.tree.field(attribute, 'object');
  if (object < 0 || links.tree.kind(object) !== 'identifier') return -1;
  return receiverNamed(links, links.tree.textOf(object))?.classScope ?? -1;
}

/** Last part of a name or attribute: `partial` of `functools.partial`; `''` for anything else. */
export function lastName(links: LinkBuilder, node: number): string {
  const { tree } = links;
  if (node < 0) return '';
  const kind = tree.kind(node);
  if (kind === 'identifier') return tree.textOf(node);
  const name = kind === 'attribute' ? tree.field(node, 'attribute') : -1;
  return name < 0 ? '' : tree.textOf(name);
}

/** Arguments by position, keywords and splats left out. */
export function positional(links: LinkBuilder, call: number): number[] {
  const { tree } = links;
  const list = tree.field(call, 'arguments');
  if (list < 0) return [];
  if (tree.kind(list) !== 'argument_list') return [list];
  return tree.namedChildren(list).filter((argument) => !notPositional.has(tree.kind(argument)));
}

const notPositional = new Set(['keyword_argument', 'list_splat', 'dictionary_splat', 'comment']);

/** Value node of a keyword argument, or -1. */
export function keyword(links: LinkBuilder, call: number, name: string): number {
  const { tree } = links;
  const list = tree.field(call, 'arguments');
  if (list < 0) return -1;
  for (const argument of tree.namedChildren(list)) {
    if (tree.kind(argument) !== 'keyword_argument') continue;
    const found = tree.field(argument, 'name');
    if (found >= 0 && tree.textOf(found) === name) return tree.field(argument, 'value');
  }
  return -1;
}

/** Node of the content of a plain string, without interpolations; else -1. */
export function stringContent(links: LinkBuilder, node: number): number {
  const { tree } = links;
  if (node < 0 || tree.kind(node) !== 'string' || tree.child(node, 'interpolation') >= 0) return -1;
  return tree.child(node, 'string_content');
}
