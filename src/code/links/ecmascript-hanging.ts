/**
 * What is hung on something after it was made: members that are assigned, mixed in or defined, and elements that are added.
 *
 * Whose scope it goes to is for `ecmascript-holders.ts` to say; what is hung on anything else is left alone.
 */
import type { LinkBuilder } from './builder.ts';
import { assignExport } from './ecmascript-exports.ts';
import {
  bindMember,
  definedOn,
  mixIn,
  mixTarget,
  objectScope,
  scopeNamed,
  scopeOfValue,
} from './ecmascript-holders.ts';
import {
  argumentsOf,
  bracketed,
  isExports,
  isFunction,
  isWritten,
  lastName,
  nameNode,
  stringText,
  unwrapped,
} from './ecmascript-notes.ts';

/** `this.x = …`, `Foo.prototype.bar = …`, `app.use = …`. @param right node, or -1 when only the value is known */
export function assignMember(links: LinkBuilder, left: number, right: number, known: number): void {
  const { tree } = links;
  const object = tree.field(left, 'object');
  const name = tree.field(left, 'property');
  if (object < 0 || name < 0) return;
  const property = tree.textOf(name);
  if (property === 'prototype' || property === '__proto__') {
    inherit(links, object, right);
    return;
  }
  const scope = tree.kind(object) === 'this' ? scopeOfValue(links, links.value(object)) : scopeNamed(links, object);
  if (scope < 0) {
    if (links.symbolAt(name) >= 0) links.markUsed(name);
    return;
  }
  const isNamed =
    (isFunction(links, right) || (right >= 0 && tree.kind(right) === 'class')) && links.symbolAt(name) >= 0;
  bindMember(links, scope, name, isNamed ? -1 : right < 0 ? known : links.value(right));
}

/** What is made the prototype of something: an object's entries are its own, everything else is behind it. */
function inherit(links: LinkBuilder, target: number, right: number): void {
  const { tree } = links;
  const at = unwrapped(links, right);
  if (at < 0) return;
  if (tree.kind(at) === 'object') {
    objectScope(links, at);
    return;
  }
  const scope = scopeNamed(links, target);
  const isCreated =
    tree.kind(at) === 'call_expression' && isWritten(links, tree.field(at, 'function'), 'Object.create');
  const [created = -1] = isCreated ? argumentsOf(links, at) : [at];
  hangBehind(links, scope, created);
}

/** Says that members are looked for in something else as well: a base of a function that constructs. */
function hangBehind(links: LinkBuilder, scope: number, node: number): void {
  const value = links.value(node);
  const symbol = scope < 0 ? -1 : links.symbolOf(scope);
  const kind = symbol < 0 ? '' : links.scan.symbols[symbol]?.kind;
  if (kind === 'function' || kind === 'class') links.describe(symbol, { bases: [value] });
  else mixIn(links, scope, value);
}

/** `Object.assign(target, …)`, `util.inherits(A, B)`, `Object.defineProperty(target, 'name', …)`. */
export function mixingCall(links: LinkBuilder, call: number): void {
  const { tree } = links;
  const target = mixTarget(links, call);
  if (target < 0) return;
  const [, ...sources] = argumentsOf(links, call);
  if (isExports(links, target)) {
    for (const source of sources) assignExport(links, call, target, source);
    return;
  }
  const isBase = /inherits|setPrototypeOf/.test(tree.textOf(tree.field(call, 'function')).slice(-24));
  const scope = scopeNamed(links, target);
  if (scope < 0) return;
  for (const source of sources) {
    const at = unwrapped(links, source);
    if (tree.kind(at) === 'object') objectScope(links, at);
    else if (isBase) hangBehind(links, scope, at);
    else mixIn(links, scope, links.value(at));
  }
}

/** `Object.defineProperty(target, 'name', { get() {} })`, `defineGetter(target, 'name', function () {})`. */
export function definingCall(links: LinkBuilder, call: number): void {
  const { tree } = links;
  const target = definedOn(links, call);
  const [, key = -1, third = -1] = target < 0 ? [] : argumentsOf(links, call);
  const name = key < 0 || tree.kind(key) !== 'string' ? -1 : nameNode(links, key);
  const scope = name < 0 || third < 0 ? -1 : scopeNamed(links, target);
  if (scope < 0) return;
  const text = tree.textOf(name);
  if (isFunction(links, third)) {
    bindAccessor(links, scope, text, links.symbolAt(tree.field(third, 'name')));
    return;
  }
  if (tree.kind(third) !== 'object') return;
  for (const entry of tree.namedChildren(third)) {
    const isMethod = tree.kind(entry) === 'method_definition';
    const entryName = nameNode(links, tree.field(entry, isMethod ? 'name' : 'key'));
    if (isWritten(links, entryName, 'get')) bindAccessor(links, scope, text, links.symbolAt(entryName));
    else if (isWritten(links, entryName, 'value') && !isMethod) {
      links.bind('member', text, { scope, value: links.value(tree.field(entry, 'value')) });
    }
  }
}

function bindAccessor(links: LinkBuilder, scope: number, name: string, symbol: number): void {
  if (symbol < 0) return;
  links.describe(symbol, { accessor: true });
  links.bind('symbol', name, { scope, symbol });
}

/** `xs.push(v)`, `m.set(k, v)`, `o[k] = v`: what else the container holds. */
function addElement(links: LinkBuilder, holder: number, type: string, value: number): void {
  const { tree, expressions } = links;
  if (value < 0 || holder < 0 || expressions.list[value]?.kind === 'literal') return;
  const more = expressions.collection(type, [value]);
  if (tree.kind(holder) === 'identifier') {
    links.hint(tree.textOf(holder), { value: more });
    return;
  }
  const object = tree.kind(holder) === 'member_expression' ? tree.field(holder, 'object') : -1;
  if (object < 0 || tree.kind(object) !== 'this') return;
  const scope = scopeOfValue(links, links.value(object));
  const name = tree.field(holder, 'property');
  if (scope >= 0 && name >= 0) links.bind('member', tree.textOf(name), { scope, value: more });
}

/** Methods that put their last argument into the container they are called on. */
const adding = new Set(['push', 'unshift', 'add', 'set']);

export function addingCall(links: LinkBuilder, call: number): void {
  const { tree } = links;
  const callee = tree.field(call, 'function');
  if (callee < 0 || tree.kind(callee) !== 'member_expression' || !adding.has(lastName(links, callee))) return;
  const value = argumentsOf(links, call).at(-1) ?? -1;
  if (value < 0 || tree.kind(value) === 'spread_element') return;
  const type = lastName(links, callee) === 'set' ? 'Map' : 'Array';
  addElement(links, tree.field(callee, 'object'), type, links.value(value));
}

/** `this[kState] = …`, `o[k] = …`. */
export function assignElement(links: LinkBuilder, left: number, right: number): void {
  const { tree } = links;
  const object = tree.field(left, 'object');
  const index = tree.field(left, 'index');
  if (object < 0 || index < 0) return;
  const name = bracketed(links, index) ?? (tree.kind(index) === 'string' ? stringText(links, index) : null);
  if (name === null) {
    addElement(links, object, 'Object', links.value(right));
    return;
  }
  const scope = tree.kind(object) === 'this' ? scopeOfValue(links, links.value(object)) : scopeNamed(links, object);
  if (scope >= 0) links.bind('member', name, { scope, value: links.value(right) });
}
