/**
 * Functions of ECMAScript: their scopes, parameters, results, and what `this` is in them.
 *
 * A function's scope holds its parameters, and so does its name's when it is an expression. What a callback of a well-known method is
 * given (`items.forEach((item) => …)`) is read off the call, since nothing else would tell.
 */
import type { LinkBuilder } from './builder.ts';
import { resultName } from './callables.ts';
import { bindPattern } from './ecmascript-bindings.ts';
import { contextOf, givenTo } from './ecmascript-contexts.ts';
import { declarationOf } from './ecmascript-declarations.ts';
import { declared, mayBeFunction, valueOfType } from './ecmascript-declared.ts';
import { type FunctionDoc, functionDoc } from './ecmascript-docs.ts';
import { bindMember, symbolOfFunction } from './ecmascript-holders.ts';
import { isFunction, isWritten, memberName, notesOf, unwrapped } from './ecmascript-notes.ts';
import { classScopeAround } from './ecmascript-this.ts';
import { typeOf } from './ecmascript-types.ts';
import type { LinkRule } from './language.ts';

/** The name by which expressions reach a function or class that has no other: no identifier is spelled so. */
const ownName = '()';

/** Opens a function's scope, once. @returns the scope */
export function openFunction(links: LinkBuilder, node: number): number {
  const { tree } = links;
  const notes = notesOf(links);
  const known = notes.functions.get(node);
  if (known !== undefined) return known;
  const outer = links.scope;
  const symbol = symbolOfFunction(links, node);
  const scope = links.scopeOf(node, 'function', symbol);
  notes.functions.set(node, scope);
  // Past the limit of scopes there are none to be had.
  if (scope === outer) return scope;
  notes.nodeOf.set(scope, node);
  const name = tree.field(node, 'name');
  if (isFunction(links, node) && name >= 0) {
    links.markUsed(name);
    const own = links.symbolAt(name);
    const value = own >= 0 || symbol < 0 ? -1 : selfName(links, scope, symbol);
    links.bind(own >= 0 ? 'symbol' : 'variable', tree.textOf(name), { scope, symbol: own, value });
  }
  bindParameters(links, node, scope);
  links.within(scope, () => addResults(links, node, symbol));
  return scope;
}

/** Name of a definition in a scope of its own. */
export function selfName(links: LinkBuilder, scope: number, symbol: number): number {
  const { selves } = notesOf(links);
  if (selves.get(scope) === undefined) {
    selves.set(scope, symbol);
    links.bind('symbol', ownName, { scope, symbol });
  }
  return links.expressions.name(ownName, scope);
}

function addResults(links: LinkBuilder, node: number, symbol: number): void {
  const { tree } = links;
  const written = tree.field(node, 'return_type');
  if (written >= 0) {
    const type = typeOf(links, written);
    if (type >= 0) {
      const result = valueOfType(links, type, written);
      notesOf(links).declared.set(links.scope, result);
      links.describe(symbol, { results: [result] });
      const body = tree.field(node, 'body');
      if (body >= 0 && tree.kind(body) !== 'statement_block') addReturned(links, links.scope, body);
      return;
    }
  }
  const told = written >= 0 || symbol < 0 ? -1 : functionDoc(links, node).result;
  if (told >= 0) {
    const result = links.expressions.instance(told);
    notesOf(links).declared.set(links.scope, result);
    links.describe(symbol, { results: [result] });
    return;
  }
  const body = tree.field(node, 'body');
  if (body >= 0 && symbol >= 0 && tree.kind(node) === 'arrow_function' && tree.kind(body) !== 'statement_block') {
    links.describe(symbol, { results: [links.value(body)] });
  }
}

function bindParameters(links: LinkBuilder, node: number, scope: number): void {
  const { tree } = links;
  const only = tree.field(node, 'parameter');
  const list = tree.field(node, 'parameters');
  const parameters = only >= 0 ? [only] : list < 0 ? [] : tree.namedChildren(list);
  let place = 0;
  const context = parameters.length > 0 ? contextOf(links, node) : -1;
  const doc = parameters.length > 0 ? links.within(scope, () => functionDoc(links, node)) : null;
  for (const parameter of parameters) {
    const kind = tree.kind(parameter);
    if (kind === 'comment' || kind === 'decorator') continue;
    const inner = tree.field(parameter, 'pattern');
    const pattern = inner >= 0 ? inner : parameter;
    const written = inner >= 0 ? tree.field(parameter, 'type') : -1;
    const type =
      written >= 0
        ? links.within(scope, () => typeOf(links, written))
        : kind.endsWith('_parameter') || doc === null
          ? -1
          : documented(links, doc, parameter, place);
    if (tree.kind(pattern) === 'this') {
      notesOf(links).thisOf.set(scope, valueOfType(links, type, written));
      continue;
    }
    const told = declared(links, type, written);
    const given = type >= 0 ? -1 : first(links, context, place, givenTo(links, node, place));
    if (type >= 0 && mayBeFunction(links, written)) links.bind('variable', `(${place})`, { scope, type });
    const fallback = inner >= 0 ? tree.field(parameter, 'value') : -1;
    const value = told.value >= 0 ? told.value : given >= 0 ? given : links.within(scope, () => links.value(fallback));
    const as = given >= 0 || told.value >= 0 ? 'variable' : 'parameter';
    links.within(scope, () => bindPattern(links, pattern, { value, type: told.type, as, scope, after: node }));
    if (kind !== 'identifier' && kind.endsWith('parameter'))
      parameterField(links, parameter, { pattern, ...told, value });
    place++;
  }
}

/** What a comment says of a parameter: by its name, or by its place where it is taken apart. */
function documented(links: LinkBuilder, doc: FunctionDoc, parameter: number, place: number): number {
  const { tree } = links;
  const left = tree.kind(parameter) === 'assignment_pattern' ? tree.field(parameter, 'left') : parameter;
  if (tree.kind(left) === 'identifier') return doc.named.get(tree.textOf(left)) ?? -1;
  return tree.kind(left).endsWith('_pattern') ? (doc.inOrder[place] ?? -1) : -1;
}

/** What a function that is expected somewhere is given at a place, or else what the call that it is passed to tells. */
const first = (links: LinkBuilder, context: number, place: number, told: number): number =>
  links.expressions.first([links.expressions.element(context, 'parameter', place), told]);

/** `constructor(private readonly db: Db)`: a member of the class as well. */
function parameterField(
  links: LinkBuilder,
  parameter: number,
  { pattern, value, type }: { pattern: number; value: number; type: number },
): void {
  const { tree } = links;
  const symbol = links.symbolAt(pattern);
  if (symbol < 0 || tree.kind(pattern) !== 'identifier') return;
  const isField = tree.child(parameter, 'accessibility_modifier') >= 0 || tree.child(parameter, "'readonly'") >= 0;
  const method = tree.parent(tree.parent(parameter));
  const scope = isField && method >= 0 ? classScopeAround(links, method) : -1;
  if (scope >= 0) links.bind('symbol', tree.textOf(pattern), { scope, symbol, value, type });
}

export const functionExpression: LinkRule = (links, node) => {
  openFunction(links, node);
};

export const functionDeclaration: LinkRule = (links, node) => {
  const { tree } = links;
  const name = tree.field(node, 'name');
  if (name >= 0) {
    const symbol = links.symbolAt(name);
    links.markUsed(name);
    const isDefault = isWritten(links, name, 'default');
    links.bind(symbol >= 0 ? 'symbol' : 'variable', tree.textOf(name), { symbol, scope: links.scope });
    if (!isDefault) notesOf(links).implemented.add(`${links.scope} ${tree.textOf(name)}`);
  }
  openFunction(links, node);
};

/** A declaration without a body: bound at the end, if nothing has one. */
export function signature(links: LinkBuilder, node: number, name: number, scope: number): void {
  const { tree } = links;
  const symbol = links.symbolAt(name);
  links.markUsed(name);
  if (symbol < 0 || scope < 0) return;
  notesOf(links).signatures.push({ scope, name: tree.textOf(name), symbol });
  openFunction(links, node);
}

export const functionSignature: LinkRule = (links, node) => {
  signature(links, node, links.tree.field(node, 'name'), links.scope);
};

/** Binds what has only signatures: the first stands for all. */
export function bindSignatures(links: LinkBuilder): void {
  const { signatures, implemented } = notesOf(links);
  for (const { scope, name, symbol } of signatures) {
    const key = `${scope} ${name}`;
    if (implemented.has(key)) continue;
    implemented.add(key);
    links.bind('symbol', name, { scope, symbol });
  }
}

/** Methods of classes; those of objects are bound with their objects. */
export const methodDefinition: LinkRule = (links, node) => {
  const { tree } = links;
  const name = memberName(links, node);
  if (name >= 0) links.markUsed(name);
  const parent = tree.parent(node);
  const isMember = parent >= 0 && tree.kind(parent) === 'class_body';
  if (isMember && name >= 0) {
    const scope = classScopeAround(links, node);
    bindMember(links, scope, name, -1);
    notesOf(links).implemented.add(`${scope} ${tree.textOf(name)}`);
  }
  openFunction(links, node);
  const isAccessor = tree.child(node, "'get'") >= 0 || tree.child(node, "'set'") >= 0;
  const isStatic = isMember && tree.child(node, "'static'") >= 0;
  // What is not said stays as it was: a function that describes a property is an accessor without the word.
  links.describe(links.symbolAt(name), { ...(isStatic && { static: true }), ...(isAccessor && { accessor: true }) });
};

/** A value of a function without a symbol is unknown. */
export function functionValue(links: LinkBuilder, node: number): number {
  const scope = openFunction(links, node);
  const symbol = symbolOfFunction(links, node);
  return symbol < 0 || links.symbolOf(scope) !== symbol ? -1 : selfName(links, scope, symbol);
}

/** What calling a function that is written here gives, when its body is an expression; or -1. */
export function resultOf(links: LinkBuilder, node: number): number {
  const { tree, expressions } = links;
  if (node < 0) return -1;
  if (tree.kind(node) !== 'arrow_function') return expressions.call(links.value(node));
  const body = tree.field(node, 'body');
  if (body < 0 || tree.kind(body) === 'statement_block') return expressions.call(links.value(node));
  const scope = openFunction(links, node);
  return links.within(scope, () => links.value(body));
}

/** Adds what the function around the place returns or yields. */
function addResult(links: LinkBuilder, value: () => number): void {
  const scope = links.nearest(['function']);
  if (scope < 0 || links.symbolOf(scope) < 0 || notesOf(links).declared.has(scope)) return;
  links.describe(links.symbolOf(scope), { results: [value()] });
}

export const returnStatement: LinkRule = (links, node) => {
  const value = links.tree.namedChildren(node).find((child) => links.tree.kind(child) !== 'comment') ?? -1;
  if (value < 0) return;
  addResult(links, () => links.value(value));
  const scope = links.nearest(['function']);
  if (notesOf(links).declared.has(scope)) addReturned(links, scope, value);
};

/** Notes what a function of a declared result returns, if that is plainly a function. */
function addReturned(links: LinkBuilder, scope: number, node: number): void {
  const { tree } = links;
  const { returned } = notesOf(links);
  const known = returned.get(scope);
  if (known === null || links.symbolOf(scope) < 0) return;
  const written = unwrapped(links, node);
  const declaration = written >= 0 && tree.kind(written) === 'identifier' ? declarationOf(links, written) : written;
  const isPlain =
    declaration >= 0 && (isFunction(links, declaration) || /^(generator_)?function/.test(tree.kind(declaration)));
  const value = isPlain ? links.value(written) : -1;
  if (value < 0) returned.set(scope, null);
  else if (known === undefined) returned.set(scope, [value]);
  else known.push(value);
}

/** Binds what functions of a declared result return, when all of it is known. */
export function bindReturned(links: LinkBuilder): void {
  for (const [scope, values] of notesOf(links).returned) {
    for (const value of new Set(values)) links.bind('variable', resultName, { scope, value });
  }
}

export const yieldExpression: LinkRule = (links, node) => {
  const { tree, expressions } = links;
  const value = tree.namedChildren(node)[0] ?? -1;
  if (value < 0) return;
  addResult(links, () => {
    const given = links.value(value);
    if (tree.child(node, "'*'") >= 0) return given;
    return given < 0 ? -1 : expressions.collection('Iterator', [given]);
  });
};
