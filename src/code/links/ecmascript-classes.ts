/** Classes, interfaces, enumerations, aliases and namespaces of ECMAScript and TypeScript: what they are called, what they have, what is behind them. */
import type { LinkBuilder } from './builder.ts';
import { declared, withArguments } from './ecmascript-declared.ts';
import { typeTold } from './ecmascript-docs.ts';
import { openFunction, selfName, signature } from './ecmascript-functions.ts';
import { bindMember, bodyScope } from './ecmascript-holders.ts';
import { define, isFunction, memberName, nameNode, notesOf, symbolOfValue, useLast } from './ecmascript-notes.ts';
import { classScopeAround } from './ecmascript-this.ts';
import { bindSignatureMembers, nestedName, typeOf } from './ecmascript-types.ts';
import type { LinkRule } from './language.ts';

/** A class written as a declaration or as a value. */
export const classNode: LinkRule = (links, node) => {
  openClass(links, node);
};

/** Opens a class, once. @returns its symbol, or -1 */
export function openClass(links: LinkBuilder, node: number): number {
  const { tree } = links;
  const isValue = tree.kind(node) === 'class';
  const name = tree.field(node, 'name');
  const body = tree.field(node, 'body');
  const symbol = isValue ? symbolOfValue(links, node) : links.symbolAt(name);
  const { functions } = notesOf(links);
  if (functions.has(node)) return symbol;
  const outer = links.scope;
  if (!isValue && name >= 0) define(links, name, outer);
  const scope = links.scopeOf(node, 'block');
  functions.set(node, scope);
  if (isValue && name >= 0) define(links, name, scope);
  if (body >= 0) {
    const members = bodyScope(links, body, symbol);
    links.describe(symbol, { scope: members, bases: links.within(scope, () => basesOf(links, node)) });
  }
  return symbol;
}

/** A class by a name of its own; -1 when it has no symbol. */
export function classValue(links: LinkBuilder, node: number): number {
  const symbol = openClass(links, node);
  const scope = notesOf(links).functions.get(node) ?? -1;
  return symbol < 0 || links.kindOf(scope) !== 'block' ? -1 : selfName(links, scope, symbol);
}

/** What a class extends and implements. */
function basesOf(links: LinkBuilder, node: number): number[] {
  const { tree } = links;
  const heritage = tree.child(node, 'class_heritage');
  if (heritage < 0) return [];
  const bases: number[] = [];
  for (const child of tree.namedChildren(heritage)) {
    const kind = tree.kind(child);
    if (kind === 'extends_clause') {
      const value = tree.field(child, 'value');
      useLast(links, 'inherit', value);
      const list = tree.field(child, 'type_arguments');
      const args = list < 0 ? [] : tree.namedChildren(list).map((arg) => typeOf(links, arg));
      bases.push(withArguments(links, links.value(value), args));
    } else if (kind === 'implements_clause') bases.push(...namedTypes(links, child, 'implement'));
    else if (kind !== 'comment') {
      useLast(links, 'inherit', child);
      bases.push(links.value(child));
    }
  }
  return bases;
}

/** Types in a clause, each a use of its kind. */
function namedTypes(links: LinkBuilder, clause: number, as: 'implement' | 'inherit'): number[] {
  const { tree } = links;
  return tree.namedChildren(clause).map((type) => {
    const named = tree.kind(type) === 'generic_type' ? tree.field(type, 'name') : type;
    const kind = named < 0 ? '' : tree.kind(named);
    if (kind === 'type_identifier' || kind === 'identifier') links.use(as, named, links.name(tree.textOf(named)));
    else if (kind === 'nested_type_identifier') {
      links.use(as, tree.field(named, 'name'), nestedName(links, named));
    }
    return typeOf(links, type);
  });
}

/** A field of a class: what it is set to is read as the body of a method, whose `this` it has. */
export const field: LinkRule = (links, node) => {
  const { tree } = links;
  const name = memberName(links, node);
  const scope = classScopeAround(links, node);
  const value = tree.field(node, 'value');
  const written = tree.field(node, 'type');
  const told =
    written < 0 ? { value: -1, type: typeTold(links, node) } : declared(links, typeOf(links, written), written);
  if (name >= 0) links.markUsed(name);
  if (isFunction(links, value)) {
    openFunction(links, value);
    links.describe(links.symbolAt(name), { static: tree.child(node, "'static'") >= 0 });
    bindMember(links, scope, name, -1);
    return;
  }
  const inner = value < 0 ? -1 : links.scopeOf(value, 'function');
  const { nodeOf } = notesOf(links);
  if (inner >= 0 && !nodeOf.has(inner) && inner !== links.scope) nodeOf.set(inner, node);
  const given = value < 0 || inner < 0 ? -1 : links.within(inner, () => links.value(value));
  if (name < 0 || scope < 0) return;
  const symbol = links.symbolAt(name);
  links.bind(symbol >= 0 ? 'symbol' : 'member', tree.textOf(name), {
    scope,
    symbol,
    type: told.type,
    value: told.value >= 0 ? told.value : given,
  });
};

/** `static { … }` */
export const staticBlock: LinkRule = (links, node) => {
  const scope = links.scopeOf(node, 'function');
  if (scope !== links.scope) notesOf(links).nodeOf.set(scope, node);
};

/** A method of a class without a body. */
export const methodSignature: LinkRule = (links, node) => {
  const { tree } = links;
  const parent = tree.parent(node);
  const name = memberName(links, node);
  if (parent < 0 || tree.kind(parent) !== 'class_body' || name < 0) return;
  signature(links, node, name, classScopeAround(links, node));
  const accessor = tree.child(node, "'get'") >= 0 || tree.child(node, "'set'") >= 0;
  if (accessor) links.describe(links.symbolAt(name), { accessor });
};

export const interfaceDeclaration: LinkRule = (links, node) => {
  const { tree } = links;
  const name = tree.field(node, 'name');
  const body = tree.field(node, 'body');
  const symbol = define(links, name, links.scope);
  const scope = links.scopeOf(node, 'block');
  if (body < 0) return;
  const members = bodyScope(links, body, symbol);
  links.within(scope, () => {
    const clause = Math.max(tree.child(node, 'extends_type_clause'), tree.child(node, 'extends_clause'));
    links.describe(symbol, {
      scope: members,
      bases: clause < 0 ? [] : namedTypes(links, clause, 'inherit'),
    });
    if (members >= 0) bindSignatureMembers(links, body, members);
  });
};

/** The members were bound with the interface. */
export const interfaceBody: LinkRule = (links, node) => links.skip(node);

export const enumDeclaration: LinkRule = (links, node) => {
  const { tree } = links;
  const symbol = define(links, tree.field(node, 'name'), links.scope);
  const body = tree.field(node, 'body');
  if (body < 0) return;
  const scope = bodyScope(links, body, symbol);
  links.describe(symbol, { scope });
  for (const member of tree.namedChildren(body)) {
    const name = tree.kind(member) === 'enum_assignment' ? memberName(links, member) : nameNode(links, member);
    bindMember(links, scope, name, -1);
  }
};

export const typeAlias: LinkRule = (links, node) => {
  const { tree } = links;
  const name = tree.field(node, 'name');
  if (name < 0) return;
  const outer = links.scope;
  const scope = tree.field(node, 'type_parameters') >= 0 ? links.scopeOf(node, 'block') : outer;
  const value = links.within(scope, () => typeOf(links, tree.field(node, 'value')));
  define(links, name, outer, value);
};

/** `namespace A {}`, `declare module 'x' {}`. */
export const namespace: LinkRule = (links, node) => {
  const { tree } = links;
  const name = tree.field(node, 'name');
  const body = tree.field(node, 'body');
  if (name < 0) return;
  const last = tree.kind(name) === 'nested_identifier' ? tree.field(name, 'property') : name;
  const symbol =
    tree.kind(name) === 'string'
      ? links.symbolAt(tree.child(name, 'string_fragment'))
      : define(links, last, links.scope);
  if (body < 0) return;
  const scope = links.scopeOf(body, 'namespace', symbol);
  links.describe(symbol, { scope });
};
