/** What `this` is where the walk stands: the class, object or function that the code around belongs to. */
import type { LinkBuilder } from './builder.ts';
import {
  bodyScope,
  definedOn,
  functionScope,
  objectScope,
  ownerOf,
  placeOf,
  scopeNamed,
  symbolOfFunction,
} from './ecmascript-holders.ts';
import { isExports, notesOf, symbolOfValue } from './ecmascript-notes.ts';

/** What `this` is where the walk stands, or -1. */
export function thisHere(links: LinkBuilder): number {
  const { nodeOf, thisOf } = notesOf(links);
  const passed: number[] = [];
  let found = -1;
  for (let at = links.nearest(['function']); at >= 0; at = links.nearest(['function'], links.parentOf(at))) {
    const known = thisOf.get(at);
    const node = nodeOf.get(at);
    passed.push(at);
    if (known !== undefined) {
      found = known;
      break;
    }
    if (node === undefined || isTransparent(links, node)) continue;
    const outer = links.parentOf(at);
    found = links.within(outer, () => ownThis(links, node));
    break;
  }
  for (const scope of passed) thisOf.set(scope, found);
  return found;
}

/** Whether `this` is what it is outside: in arrow functions, but for those that are fields. */
function isTransparent(links: LinkBuilder, node: number): boolean {
  const { tree } = links;
  return tree.kind(node) === 'arrow_function' && !/field_definition$/.test(tree.kind(tree.parent(node)));
}

/** `this` of something that has one of its own. The scope at hand is the one around it. */
function ownThis(links: LinkBuilder, node: number): number {
  const { tree } = links;
  const parent = tree.parent(node);
  if (parent < 0) return -1;
  switch (tree.kind(node)) {
    case 'method_definition':
      return tree.kind(parent) === 'object' ? objectThis(links, parent) : memberThis(links, node);
    case 'field_definition':
    case 'public_field_definition':
    case 'class_static_block':
      return memberThis(links, node);
    default:
  }
  switch (tree.kind(parent)) {
    case 'pair': {
      const object = tree.parent(parent);
      return object >= 0 && tree.kind(object) === 'object' ? objectThis(links, object) : -1;
    }
    case 'arguments': {
      const target = definedOn(links, tree.parent(parent));
      if (target < 0) break;
      return owner(links, scopeNamed(links, target));
    }
    case 'field_definition':
    case 'public_field_definition':
      return memberThis(links, parent);
    case 'assignment_expression': {
      const left = tree.field(parent, 'left');
      const isMember = left >= 0 && /^(member|subscript)_expression$/.test(tree.kind(left));
      const target = isMember ? tree.field(left, 'object') : -1;
      if (target < 0 || isExports(links, target) || isExports(links, left)) break;
      if (tree.kind(target) === 'this') return thisHere(links);
      const isPrototype = tree.kind(target) === 'member_expression';
      const scope = scopeNamed(links, target);
      const isObject = notesOf(links).objects.has(scope);
      return isObject || isPrototype ? owner(links, scope) : links.expressions.self('self-type', scope);
    }
    default:
  }
  if (symbolOfFunction(links, node) < 0) return -1;
  const name = tree.field(node, 'name');
  // Whoever constructs is written with a capital letter; others belong to what they are made members of.
  const placed = name >= 0 && tree.kind(node) === 'function_declaration' && !/^[A-Z]/.test(tree.textOf(name));
  const scope = placed ? placeOf(links, node) : -1;
  return owner(links, scope >= 0 ? scope : functionScope(links, node));
}

/** `this` in the functions of a written object: the object, unless it describes a property of another one. */
function objectThis(links: LinkBuilder, object: number): number {
  const { tree } = links;
  const list = tree.parent(object);
  const outer = tree.kind(list) === 'pair' ? tree.parent(tree.parent(list)) : list;
  const target = tree.kind(outer) === 'arguments' ? definedOn(links, tree.parent(outer)) : -1;
  return owner(links, target >= 0 ? scopeNamed(links, target) : objectScope(links, object));
}

const owner = (links: LinkBuilder, scope: number): number => (scope < 0 ? -1 : ownerOf(links, scope));

/** `this` in a member of a class body. */
function memberThis(links: LinkBuilder, member: number): number {
  const isStatic = links.tree.kind(member) === 'class_static_block' || links.tree.child(member, "'static'") >= 0;
  return links.expressions.self(isStatic ? 'self-type' : 'self', classScopeAround(links, member));
}

/** Scope of the class whose body a member stands in, or -1. */
export function classScopeAround(links: LinkBuilder, member: number): number {
  const { tree } = links;
  const body = tree.parent(member);
  const node = body < 0 || tree.kind(body) !== 'class_body' ? -1 : tree.parent(body);
  if (node < 0) return -1;
  const name = tree.field(node, 'name');
  return bodyScope(links, body, tree.kind(node) === 'class' ? symbolOfValue(links, node) : links.symbolAt(name));
}
