/**
 * Who has members in ECMAScript: classes, objects written out, and functions that things are hung on
 * (`Foo.prototype.bar = …`, `app.use = …`, `this.x = …`). Each gets a class scope.
 *
 * The idea: names see nothing of such scopes, so they are not walked into: each hangs on the first token of what it belongs
 * to. Where something is hung on a name, the name's declaration in the file tells whose scope is meant; there is no other flow.
 */
import type { LinkBuilder } from './builder.ts';
import { declarationOf, placementsOf } from './ecmascript-declarations.ts';
import {
  argumentsOf,
  firstNamed,
  isFunction,
  isWritten,
  lastAssigned,
  lastName,
  nameNode,
  notesOf,
  symbolOfValue,
  unwrapped,
} from './ecmascript-notes.ts';

/** Names under which objects have what is mixed into them (`types.ts`). */
const mixedIn = '...';

/** Entries of one object that are bound: longer ones are data. */
const maxEntries = 512;

/** Names that stand for other names are followed this far. */
const maxAliases = 8;

/** The first token of a node. */
function firstToken(links: LinkBuilder, node: number): number {
  let at = node;
  for (let child = at; child >= 0; child = links.tree.firstChild(at)) at = child;
  return at;
}

/** A class scope that nothing is walked in. */
function memberScope(links: LinkBuilder, node: number, symbol: number): number {
  const notes = notesOf(links);
  const known = notes.holders.get(node);
  if (known !== undefined) return known;
  const scope = links.within(0, () => links.scopeOf(firstToken(links, node), 'class', symbol));
  // Past the limit of scopes there are none to be had.
  const found = links.kindOf(scope) === 'class' ? scope : -1;
  notes.holders.set(node, found);
  return found;
}

/** Scope of the members of a class, interface or enumeration, by the node of its body. */
export const bodyScope = (links: LinkBuilder, body: number, symbol: number): number => memberScope(links, body, symbol);

/** Scope of what is hung on a function, or on what it makes. */
export function functionScope(links: LinkBuilder, node: number): number {
  const symbol = symbolOfFunction(links, node);
  const scope = memberScope(links, node, symbol);
  if (scope >= 0 && symbol >= 0 && links.symbolOf(scope) === symbol) links.describe(symbol, { scope });
  return scope;
}

/** As `symbolOfValue`, for declarations of functions as well. */
export function symbolOfFunction(links: LinkBuilder, node: number): number {
  const { tree } = links;
  const name = tree.field(node, 'name');
  return isFunction(links, node) ? symbolOfValue(links, node) : links.symbolAt(nameNode(links, name));
}

/** Scope of a written object's entries, which are bound when it is first asked for. */
export function objectScope(links: LinkBuilder, node: number): number {
  const notes = notesOf(links);
  const known = notes.holders.get(node);
  if (known !== undefined) return known;
  // Two things may be said to be each other's.
  notes.holders.set(node, -1);
  const given = mergedInto(links, node);
  notes.holders.delete(node);
  const scope = given >= 0 ? given : memberScope(links, node, symbolOfValue(links, node));
  notes.holders.set(node, scope);
  if (scope < 0) return scope;
  if (given < 0) notes.objects.add(scope);
  bindEntries(links, node, scope);
  return scope;
}

/** The scope that the object's entries go to: `Foo.prototype = {…}`, `Object.assign(Foo, {…})`; or -1. */
function mergedInto(links: LinkBuilder, node: number): number {
  const { tree } = links;
  const parent = tree.parent(node);
  if (parent < 0) return -1;
  if (tree.kind(parent) === 'assignment_expression') {
    const left = tree.field(parent, 'left');
    const isPrototype =
      tree.kind(left) === 'member_expression' && isWritten(links, tree.field(left, 'property'), 'prototype');
    return isPrototype ? scopeNamed(links, tree.field(left, 'object')) : -1;
  }
  if (tree.kind(parent) !== 'arguments') return -1;
  const call = tree.parent(parent);
  const target = call < 0 ? -1 : mixTarget(links, call);
  return target < 0 || target === node ? -1 : scopeNamed(links, target);
}

function bindEntries(links: LinkBuilder, object: number, scope: number): void {
  const { tree } = links;
  let left = maxEntries;
  for (let child = tree.firstChild(object); child >= 0 && left > 0; child = tree.nextSibling(child)) {
    if (!tree.isNamed(child)) continue;
    left--;
    switch (tree.kind(child)) {
      case 'method_definition':
        bindMember(links, scope, nameNode(links, tree.field(child, 'name')), -1);
        break;
      case 'pair': {
        const key = nameNode(links, tree.field(child, 'key'));
        const value = tree.field(child, 'value');
        const isNamed = isFunction(links, value) && links.symbolAt(key) >= 0;
        bindMember(links, scope, key, isNamed ? -1 : links.value(value));
        break;
      }
      case 'shorthand_property_identifier':
        links.bind('member', tree.textOf(child), { scope, value: links.name(tree.textOf(child)) });
        break;
      case 'spread_element':
        mixIn(links, scope, links.value(firstNamed(links, child)));
        break;
      default:
    }
  }
}

/** Binds a name that someone has, as the symbol that it defines or as a value. @param name node */
export function bindMember(links: LinkBuilder, scope: number, name: number, value: number): void {
  if (name < 0 || scope < 0) return;
  const symbol = links.symbolAt(name);
  if (symbol >= 0) links.markUsed(name);
  links.bind(symbol >= 0 ? 'symbol' : 'member', links.tree.textOf(name), { scope, symbol, value });
}

/** Says that someone has what something else has as well. */
export function mixIn(links: LinkBuilder, scope: number, value: number): void {
  if (scope >= 0 && value >= 0) links.bind('member', mixedIn, { scope, value });
}

/** What an expression for the owner of a scope is. */
export const ownerOf = (links: LinkBuilder, scope: number): number =>
  links.expressions.self(notesOf(links).objects.has(scope) ? 'object' : 'self', scope);

/** The function, class or scope that hangs on an expression: a name, `X.prototype`, `this`; or -1. */
export function scopeNamed(links: LinkBuilder, node: number, aliases = 0): number {
  const { tree } = links;
  const at = lastAssigned(links, node);
  if (at < 0 || aliases > maxAliases) return -1;
  switch (tree.kind(at)) {
    case 'identifier': {
      const found = declarationOf(links, at);
      return found < 0 ? -1 : scopeNamed(links, found, aliases + 1);
    }
    case 'member_expression':
      if (isWritten(links, tree.field(at, 'property'), 'prototype')) {
        return scopeNamed(links, tree.field(at, 'object'), aliases + 1);
      }
      return isWritten(links, at, 'module.exports') ? wholeScope(links, aliases) : -1;
    case 'object':
      return objectScope(links, at);
    case 'this':
      return scopeOfValue(links, links.value(at));
    case 'call_expression':
      return createdScope(links, at);
    case 'class':
    case 'class_declaration':
    case 'abstract_class_declaration': {
      const body = tree.field(at, 'body');
      const symbol = tree.kind(at) === 'class' ? symbolOfValue(links, at) : links.symbolAt(tree.field(at, 'name'));
      return body < 0 ? -1 : bodyScope(links, body, symbol);
    }
    case 'function_declaration':
    case 'generator_function_declaration':
      return functionScope(links, at);
    default:
      return isFunction(links, at) ? functionScope(links, at) : -1;
  }
}

/** What is hung on `module.exports`: on whatever was assigned to it. */
function wholeScope(links: LinkBuilder, aliases: number): number {
  const { whole } = notesOf(links);
  return whole < 0 ? -1 : scopeNamed(links, whole, aliases + 1);
}

/** Scope of the members of `this`, by its value. */
export function scopeOfValue(links: LinkBuilder, value: number): number {
  const found = links.expressions.list[value];
  return found?.kind === 'self' || found?.kind === 'self-type' || found?.kind === 'object' ? found.scope : -1;
}

/** `Object.create(base)`: an object with what the base has. */
export function createdScope(links: LinkBuilder, call: number): number {
  const notes = notesOf(links);
  const known = notes.holders.get(call);
  if (known !== undefined) return known;
  const callee = links.tree.field(call, 'function');
  if (!isWritten(links, callee, 'Object.create')) return -1;
  const scope = memberScope(links, call, symbolOfValue(links, call));
  if (scope < 0) return -1;
  notes.objects.add(scope);
  const [base = -1] = argumentsOf(links, call);
  mixIn(links, scope, links.value(base));
  return scope;
}

/** What a call like `Object.defineProperty(target, …)` or `defineGetter(target, …)` defines something on, or -1. */
export function definedOn(links: LinkBuilder, call: number): number {
  if (call < 0 || links.tree.kind(call) !== 'call_expression') return -1;
  if (!/^_*define/.test(lastName(links, links.tree.field(call, 'function')))) return -1;
  const args = argumentsOf(links, call);
  return args.length < 2 ? -1 : (args[0] as number);
}

const mixing = /^(assign|mixin|mixins|extend|merge|defaults|inherits|setPrototypeOf|copyProperties)$/;

/** What a call like `Object.assign(target, …)` adds to, or -1. */
export function mixTarget(links: LinkBuilder, call: number): number {
  const { tree } = links;
  const callee = tree.field(call, 'function');
  if (callee < 0) return -1;
  const kind = tree.kind(callee);
  const name = kind === 'member_expression' ? tree.field(callee, 'property') : kind === 'identifier' ? callee : -1;
  if (name < 0 || tree.end(name) - tree.start(name) > 20 || !mixing.test(tree.textOf(name))) return -1;
  return unwrapped(links, argumentsOf(links, call)[0] ?? -1);
}

/** The one thing of which a declared function is made a member, `{ save }` or `api.save = save`: its scope, or -1. */
export function placeOf(links: LinkBuilder, declaration: number): number {
  const { tree } = links;
  const name = tree.field(declaration, 'name');

  let owner = -1;
  for (const place of placementsOf(links, name)) {
    if (place.owner === owner || declarationOf(links, place.name) !== declaration) continue;
    if (owner >= 0) return -1;
    owner = place.owner;
  }
  return owner < 0 ? -1 : scopeNamed(links, owner);
}
