/** Functions, methods and closures of PHP: their scopes, parameters and results. */
import type { LinkBuilder } from './builder.ts';
import type { LinkRule } from './language.ts';
import { type FunctionDoc, functionDoc, variableDoc } from './php-docs.ts';
import { passedTo } from './php-library.ts';
import { bindForAll, classAround, notesOf } from './php-names.ts';
import { arrayOf, isLoose, saysMore, typeAt } from './php-types.ts';

/** What a call gives as declared or documented, or -1. */
function declaredResult(links: LinkBuilder, node: number, doc: FunctionDoc): number {
  const typeNode = links.tree.field(node, 'return_type');
  const declared = typeAt(links, typeNode);
  const type = doc.result >= 0 && saysMore(links, typeNode, doc.result) ? doc.result : declared;
  return type < 0 ? -1 : links.expressions.instance(type);
}

function describeFunction(links: LinkBuilder, node: number, symbol: number, isStatic: boolean): void {
  const scope = links.scopeOf(node, 'function', symbol);
  if (isStatic) notesOf(links).statics.add(scope);
  links.within(scope, () => {
    const doc = functionDoc(links, symbol, scope);
    bindParameters(links, node, scope, doc);
    const result = declaredResult(links, node, doc);
    if (result >= 0) notesOf(links).declared.add(scope);
    links.describe(symbol, { scope, static: isStatic, results: [result] });
  });
}

export const functionDefinition: LinkRule = (links, node) => {
  const name = links.tree.field(node, 'name');
  if (name >= 0) describeFunction(links, node, bindForAll(links, 'function', name), false);
};

export const methodDeclaration: LinkRule = (links, node) => {
  const { tree } = links;
  const name = tree.field(node, 'name');
  const holder = classAround(links);
  if (name < 0) return;
  const symbol = links.symbolAt(name);
  links.markUsed(name);
  if (holder >= 0) {
    links.bind(symbol >= 0 ? 'symbol' : 'variable', tree.textOf(name), { scope: holder, symbol });
  }
  describeFunction(links, node, symbol, tree.child(node, 'static_modifier') >= 0);
  // A method that is only asked for has no scope: one that is inherited goes before it.
  if (tree.field(node, 'body') < 0) links.describe(symbol, { scope: -1 });
};

const nobodySays: FunctionDoc = { parameters: new Map(), result: -1 };

/** Closures and arrow functions. Those around them lend them their variables. */
export const closure: LinkRule = (links, node) => {
  openClosure(links, node);
};

/** Opens the scope of a closure. @returns what calling it gives, or -1 */
export function openClosure(links: LinkBuilder, node: number): number {
  const { tree } = links;
  const notes = notesOf(links);
  const scope = links.scopeOf(node, 'function');
  if (tree.child(node, 'static_modifier') >= 0) notes.statics.add(scope);
  return links.within(scope, () => {
    if (!notes.closures.has(scope)) {
      notes.closures.add(scope);
      bindParameters(links, node, scope, nobodySays);
    }
    const result = declaredResult(links, node, nobodySays);
    if (result >= 0 || tree.kind(node) !== 'arrow_function') return result;
    return links.value(tree.field(node, 'body'));
  });
}

export const returnStatement: LinkRule = (links, node) => {
  const [value = -1] = links.tree.namedChildren(node);
  const scope = links.nearest(['function', 'class']);
  if (value < 0 || scope < 0 || links.kindOf(scope) !== 'function' || notesOf(links).declared.has(scope)) return;
  links.describe(links.symbolOf(scope), { results: [links.value(value)] });
};

/** `get` and `set` of a property have names of their own. */
export const propertyHook: LinkRule = (links, node) => {
  const { tree } = links;
  const scope = links.scopeOf(node, 'function');
  links.markUsed(tree.child(node, 'name'));
  links.within(scope, () => bindParameters(links, node, scope, nobodySays));
};

/** Binds parameters, as their types, their doc comment or who takes the function says. */
function bindParameters(links: LinkBuilder, node: number, scope: number, doc: FunctionDoc): void {
  const { tree } = links;
  const list = tree.field(node, 'parameters');
  const parameters = list < 0 ? [] : tree.namedChildren(list).filter((one) => tree.field(one, 'name') >= 0);
  parameters.forEach((parameter, place) => {
    const name = tree.field(parameter, 'name');
    const written = tree.textOf(name);
    const typeNode = tree.field(parameter, 'type');
    const isVariadic = tree.kind(parameter) === 'variadic_parameter';
    const declared = typeAt(links, typeNode);
    const told = doc.parameters.get(written) ?? -1;
    const plain = isVariadic && declared >= 0 ? arrayOf(links, declared) : declared;
    const type = told >= 0 && saysMore(links, typeNode, told) ? told : plain;
    const given = type < 0 ? passedTo(links, node, place) : -1;
    const value = type < 0 ? links.value(tree.field(parameter, 'default_value')) : -1;
    if (given >= 0) links.bind('variable', written, { scope, value: given });
    else links.bind('parameter', written, { scope, type, value });
    if (tree.kind(parameter) === 'property_promotion_parameter') bindPromoted(links, parameter, type);
  });
}

/** The property that a constructor's parameter is as well; its own comment may say its type. */
function bindPromoted(links: LinkBuilder, parameter: number, declared: number): void {
  const { tree } = links;
  const scope = classAround(links);
  const variable = tree.field(parameter, 'name');
  const name = tree.child(variable, 'name');
  const symbol = links.symbolAt(name);
  if (scope < 0) return;
  const told = variableDoc(links, symbol);
  const type = told >= 0 && isLoose(links, tree.field(parameter, 'type')) ? told : declared;
  const value = type < 0 ? links.name(tree.textOf(variable)) : -1;
  links.bind(symbol >= 0 ? 'symbol' : 'variable', tree.textOf(variable), { scope, symbol, type, value });
}
