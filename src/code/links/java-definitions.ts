/**
 * Types and methods of Java: their scopes, members, bases, parameters and results.
 *
 * Methods are bound by name and number of parameters (`callables.ts`), so a field or a local of the same name never hides
 * one. A class without a name has a class scope without a symbol, which has what it is made of mixed in.
 */
import type { LinkBuilder } from './builder.ts';
import { anyNumber, callableName, constructorName, whicheverNumber } from './callables.ts';
import { arrayOf, declaredType, useType, withDimensions } from './java-types.ts';
import type { LinkRule } from './language.ts';

/** Words and annotations before a declaration. */
function hasModifier(links: LinkBuilder, node: number, word: string): boolean {
  const { tree } = links;
  const first = tree.firstChild(node);
  return first >= 0 && tree.kind(first) === 'modifiers' && tree.child(first, `'${word}'`) >= 0;
}

/** Names that `<T extends Foo>` makes, in the scope at hand. */
export const typeParameter: LinkRule = (links, node) => {
  const { tree, scope } = links;
  const name = tree.child(node, 'type_identifier');
  if (name < 0 || links.isUsed(name)) return;
  links.markUsed(name);
  const bound = tree.child(node, 'type_bound');
  const [first = -1] = bound < 0 ? [] : tree.namedChildren(bound);
  links.bind('variable', tree.textOf(name), { scope, value: first < 0 ? -1 : links.value(first) });
};

function basesOf(links: LinkBuilder, node: number): number[] {
  const { tree } = links;
  const bases: number[] = [];
  for (const clause of tree.namedChildren(node)) {
    const kind = tree.kind(clause);
    const how = kind === 'super_interfaces' ? 'implement' : 'inherit';
    if (kind !== 'superclass' && kind !== 'super_interfaces' && kind !== 'extends_interfaces') continue;
    const types = tree.namedChildren(clause).flatMap((one) => {
      return tree.kind(one) === 'type_list' ? tree.namedChildren(one) : [one];
    });
    for (const type of types) {
      useType(links, how, type);
      bases.push(links.value(type));
    }
  }
  return bases;
}

/** What every type of the kind has without saying so. */
const implicitBase: Readonly<Record<string, string>> = { enum_declaration: 'Enum', record_declaration: 'Record' };

export const typeDeclaration: LinkRule = (links, node) => {
  const { tree, expressions } = links;
  const name = tree.field(node, 'name');
  const body = tree.field(node, 'body');
  if (name < 0) return;
  const symbol = links.symbolAt(name);
  links.markUsed(name);
  links.bind(symbol >= 0 ? 'symbol' : 'variable', tree.textOf(name), { symbol, scope: links.scope });
  if (body < 0) return;
  const parameters = tree.field(node, 'type_parameters');
  const outer = parameters < 0 ? links.scope : links.scopeOf(node, 'block');
  links.within(outer, () => {
    if (parameters >= 0) for (const one of tree.namedChildren(parameters)) typeParameter(links, one);
    const bases = basesOf(links, node);
    const kind = tree.kind(node);
    if (kind in implicitBase) bases.push(expressions.literal(implicitBase[kind] as string));
    const scope = links.scopeOf(body, 'class', symbol);
    links.describe(symbol, { scope, bases });
    links.within(scope, () => {
      if (kind === 'record_declaration') components(links, tree.field(node, 'parameters'));
      if (kind === 'enum_declaration') enumMethods(links, scope);
    });
  });
};

/** A method that no source writes, of a value of the type. */
function implicitMethod(links: LinkBuilder, name: string, takes: number, type: number): void {
  const { expressions, scope } = links;
  const value = expressions.instance(expressions.applied(expressions.literal('method'), [type]));
  links.bind('variable', callableName(name, takes), { scope, value });
}

function enumMethods(links: LinkBuilder, scope: number): void {
  const own = links.expressions.self('self-type', scope);
  implicitMethod(links, 'values', 0, arrayOf(links, own));
  implicitMethod(links, 'valueOf', 1, own);
}

/** Components of a record are fields, and methods that give them. */
function components(links: LinkBuilder, parameters: number): void {
  const { tree, scope } = links;
  if (parameters < 0) return;
  const written = writtenMethods(links, tree.parent(parameters));
  for (const parameter of parametersOf(links, parameters)) {
    const { name, type } = parameter;
    const symbol = links.symbolAt(name);
    links.markUsed(name);
    const text = tree.textOf(name);
    links.bind(symbol >= 0 ? 'symbol' : 'variable', text, { scope, symbol, type });
    if (!written.has(text)) implicitMethod(links, text, 0, type);
  }
}

function writtenMethods(links: LinkBuilder, declaration: number): ReadonlySet<string> {
  const { tree } = links;
  const body = tree.field(declaration, 'body');
  const names = (body < 0 ? [] : tree.namedChildren(body))
    .filter((one) => tree.kind(one) === 'method_declaration')
    .map((one) => tree.field(one, 'name'));
  return new Set(names.filter((name) => name >= 0).map((name) => tree.textOf(name)));
}

interface Parameter {
  readonly name: number;
  readonly type: number;
  readonly variadic: boolean;
}

/** Declared parameters; a type is an array where dots or brackets say so. */
export function parametersOf(links: LinkBuilder, list: number): Parameter[] {
  const { tree } = links;
  const found: Parameter[] = [];
  for (const node of list < 0 ? [] : tree.namedChildren(list)) {
    const kind = tree.kind(node);
    if (kind === 'formal_parameter') {
      const name = tree.field(node, 'name');
      const type = withDimensions(links, node, declaredType(links, tree.field(node, 'type')));
      if (name >= 0) found.push({ name, type, variadic: false });
    } else if (kind === 'spread_parameter') {
      const declarator = tree.child(node, 'variable_declarator');
      const name = declarator < 0 ? -1 : tree.field(declarator, 'name');
      const type = tree.namedChildren(node).find((one) => tree.kind(one) !== 'modifiers' && one !== declarator) ?? -1;
      const element = declaredType(links, type);
      if (name >= 0) found.push({ name, type: element < 0 ? -1 : arrayOf(links, element), variadic: true });
    }
  }
  return found;
}

export function bindParameters(links: LinkBuilder, parameters: readonly Parameter[], scope: number): void {
  for (const { name, type } of parameters) {
    links.markUsed(name);
    links.bind('parameter', links.tree.textOf(name), { scope, type });
  }
}

/** Binds a method or constructor in the class around the place, under each name that calls of it may have. */
function bindCallable(links: LinkBuilder, symbol: number, name: string, takes: number, variadic: boolean): void {
  const { scope } = links;
  const kind = symbol >= 0 ? 'symbol' : 'variable';
  const bind = (written: string): void => links.bind(kind, written, { scope, symbol });
  bind(callableName(name, takes));
  if (variadic && takes > 0) bind(callableName(name, takes - 1));
  if (variadic) bind(callableName(name, anyNumber));
  bind(callableName(name, whicheverNumber));
}

const callable =
  (isConstructor: boolean): LinkRule =>
  (links, node) => {
    const { tree, expressions } = links;
    const name = tree.field(node, 'name');
    if (name < 0) return;
    const symbol = links.symbolAt(name);
    links.markUsed(name);
    const holder = links.scope;
    const scope = links.scopeOf(node, 'function', symbol);
    links.within(scope, () => {
      const types = tree.field(node, 'type_parameters');
      if (types >= 0) for (const one of tree.namedChildren(types)) typeParameter(links, one);
      const parameters = parametersOf(links, tree.field(node, 'parameters'));
      bindParameters(links, parameters, scope);
      const takes =
        tree.kind(node) === 'compact_constructor_declaration' ? componentCount(links, node) : parameters.length;
      const variadic = parameters.some((one) => one.variadic);
      const written = isConstructor ? 'constructor' : tree.textOf(name);
      links.within(holder, () => bindCallable(links, symbol, written, takes, variadic));
      const type = withDimensions(links, node, declaredType(links, tree.field(node, 'type')));
      links.describe(symbol, {
        scope,
        static: hasModifier(links, node, 'static'),
        results: isConstructor ? [] : [expressions.instance(type)],
      });
    });
  };

export const methodDeclaration = callable(false);
export const constructorDeclaration = callable(true);

/** A compact constructor takes what its record is made of. */
function componentCount(links: LinkBuilder, node: number): number {
  const { tree } = links;
  const record = tree.parent(tree.parent(node));
  const list = record < 0 ? -1 : tree.field(record, 'parameters');
  return list < 0 ? 0 : tree.namedChildren(list).length;
}

/** Fields and locals. */
export const variableDeclarator: LinkRule = (links, node) => {
  const { tree } = links;
  const name = tree.field(node, 'name');
  const declaration = tree.parent(node);
  if (name < 0 || declaration < 0 || links.isUsed(name) || tree.kind(declaration) === 'spread_parameter') return;
  links.markUsed(name);
  const symbol = links.symbolAt(name);
  const type = withDimensions(links, node, declaredType(links, tree.field(declaration, 'type')));
  const value = type >= 0 ? -1 : links.value(tree.field(node, 'value'));
  const kind = symbol >= 0 ? 'symbol' : 'variable';
  links.bind(kind, tree.textOf(name), { scope: links.scope, symbol, type, value });
};

/** What stands in braces after `new Foo()` or a member of an enumeration: it has what it is made of, and more. */
export function bodyOf(links: LinkBuilder, body: number, madeOf: number): void {
  if (body < 0) return;
  const scope = links.scopeOf(body, 'class');
  links.bind('variable', '...', { scope, value: madeOf });
}

export const enumConstant: LinkRule = (links, node) => {
  const { tree, expressions } = links;
  const name = tree.field(node, 'name');
  if (name < 0) return;
  const symbol = links.symbolAt(name);
  links.markUsed(name);
  const own = expressions.self('self-type', links.nearest(['class']));
  links.bind(symbol >= 0 ? 'symbol' : 'variable', tree.textOf(name), { scope: links.scope, symbol, type: own });
  const args = tree.field(node, 'arguments');
  if (args >= 0) {
    const made = expressions.member(own, constructorName(tree.namedChildren(args).length));
    links.useAt('call', { start: tree.start(name), end: tree.end(name) }, made);
  }
  bodyOf(links, tree.field(node, 'body'), expressions.instance(own));
};
