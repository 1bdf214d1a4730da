/**
 * Classes of PHP: their bases and members, but for methods (`php-functions.ts`); and constants, in classes or out of them.
 *
 * Traits stand before the base class, since what they have goes before what is inherited. A class without a name has a scope without a symbol,
 * which has what it is made of mixed in.
 */
import type { LinkBuilder } from './builder.ts';
import type { LinkRule } from './language.ts';
import { bindDocumented, variableDoc } from './php-docs.ts';
import { bindForAll, classAround, classAt, constantName, useClass } from './php-names.ts';
import { arrayOf, languageType, saysMore, typeAt } from './php-types.ts';

interface Bases {
  readonly traits: readonly number[];
  readonly parents: readonly number[];
  readonly interfaces: readonly number[];
}

function basesOf(links: LinkBuilder, node: number): Bases {
  const { tree } = links;
  const found = { traits: [] as number[], parents: [] as number[], interfaces: [] as number[] };
  const take = (into: number[], clause: number): void => {
    for (const name of tree.namedChildren(clause)) {
      if (/name$/.test(tree.kind(name))) into.push(name);
    }
  };
  for (const child of tree.namedChildren(node)) {
    if (tree.kind(child) === 'base_clause') take(found.parents, child);
    else if (tree.kind(child) === 'class_interface_clause') take(found.interfaces, child);
  }
  const body = tree.field(node, 'body');
  for (const member of body < 0 ? [] : tree.namedChildren(body)) {
    if (tree.kind(member) === 'use_declaration') take(found.traits, member);
  }
  return found;
}

/** Reports what a class is made of. @returns the expressions, in the order in which members are looked up */
function useBases(links: LinkBuilder, { traits, parents, interfaces }: Bases): number[] {
  const values = [...traits, ...parents, ...interfaces].map((one) => classAt(links, one));
  for (const one of [...traits, ...parents]) useClass(links, 'inherit', one);
  for (const one of interfaces) useClass(links, 'implement', one);
  return values;
}

export const classDeclaration: LinkRule = (links, node) => {
  const { tree, expressions } = links;
  const name = tree.field(node, 'name');
  const body = tree.field(node, 'body');
  if (name < 0) return;
  const symbol = bindForAll(links, 'class', name);
  if (body < 0) return;
  const written = basesOf(links, node);
  const isFacade = written.parents.some((one) => /(^|\\)Facade$/.test(tree.textOf(one)));
  const bases = useBases(links, written);
  const isEnum = tree.kind(node) === 'enum_declaration';
  const scope = links.scopeOf(body, 'class', symbol);
  links.describe(symbol, { scope, bases });
  links.within(scope, () => {
    bindDocumented(links, symbol, scope, isFacade);
    if (!isEnum) return;
    const own = expressions.self('self-type', scope);
    for (const [method, type] of [
      ['cases', arrayOf(links, own)],
      ['from', own],
      ['tryFrom', own],
    ] as const) {
      const given = expressions.applied(languageType(links, 'callable'), [type]);
      links.bind('variable', method, { scope, value: expressions.instance(given) });
    }
  });
};

/** What stands behind `new class`. @returns the object it makes */
export function namelessClass(links: LinkBuilder, node: number): number {
  const body = links.tree.field(node, 'body');
  return body < 0 ? -1 : links.expressions.self('object', links.scopeOf(body, 'class'));
}

export const anonymousClass: LinkRule = (links, node) => {
  const { expressions } = links;
  const body = links.tree.field(node, 'body');
  if (body < 0) return;
  const written = basesOf(links, node);
  const bases = useBases(links, written);
  const scope = links.scopeOf(body, 'class');
  for (const base of bases) links.bind('variable', '...', { scope, value: expressions.instance(base) });
  for (const parent of written.parents) {
    links.bind('variable', 'parent', { scope, value: expressions.instance(classAt(links, parent)) });
  }
};

/** Binds what a class has of its traits under a name: behind its own methods, before those of the traits by themselves. */
function bindAdapted(links: LinkBuilder, name: string, traits: readonly number[], method: number): void {
  const { tree, expressions } = links;
  const scope = classAround(links);
  if (scope < 0 || method < 0) return;
  const value = expressions.first(
    traits.map((trait) => expressions.member(classAt(links, trait), tree.textOf(method))),
  );
  links.bind('variable', `use ${name}`, { scope, value });
  links.use('use', method, value);
}

/** `T::f as g`, or `f as g` of whichever trait has it: a method under another name. */
export const useAs: LinkRule = (links, node) => {
  const { tree } = links;
  const [from = -1, ...rest] = tree.namedChildren(node);
  const alias = rest.at(-1) ?? -1;
  if (from >= 0 && alias >= 0 && tree.kind(alias) === 'name') {
    const isScoped = tree.kind(from) === 'class_constant_access_expression';
    const [trait = -1, method = -1] = isScoped ? tree.namedChildren(from) : [];
    if (isScoped) bindAdapted(links, tree.textOf(alias), [trait], method);
    else bindAdapted(links, tree.textOf(alias), traitsAround(links, node), from);
  }
  links.skip(node);
};

/** `T::f insteadof U`: of methods of one name that of `T`. */
export const insteadOf: LinkRule = (links, node) => {
  const { tree } = links;
  const [chosen = -1] = tree.namedChildren(node);
  const [trait = -1, method = -1] = chosen < 0 ? [] : tree.namedChildren(chosen);
  if (method >= 0) bindAdapted(links, tree.textOf(method), [trait], method);
  for (const child of tree.namedChildren(node)) useClass(links, 'use', child);
};

function traitsAround(links: LinkBuilder, node: number): number[] {
  const { tree } = links;
  const declaration = tree.parent(tree.parent(node));
  return declaration < 0 ? [] : tree.namedChildren(declaration).filter((one) => /name$/.test(tree.kind(one)));
}

export const constElement: LinkRule = (links, node) => {
  const { tree } = links;
  const [name = -1, value = -1] = tree.namedChildren(node);
  const holder = links.scope;
  if (name < 0) return;
  if (links.kindOf(holder) !== 'class') {
    bindForAll(links, 'const', name, links.value(value));
    return;
  }
  const symbol = links.symbolAt(name);
  links.markUsed(name);
  const kind = symbol >= 0 ? 'symbol' : 'variable';
  links.bind(kind, constantName(tree.textOf(name)), { scope: holder, symbol, value: links.value(value) });
};

/** `define('NAME', …)` is everybody's. */
export function defineConstant(links: LinkBuilder, content: number, value: number): void {
  const symbol = links.symbolAt(content);
  if (symbol < 0) return;
  links.bind('symbol', constantName(links.tree.textOf(content)), { scope: 0, symbol, value: links.value(value) });
}

/** `class_alias(Foo::class, 'Bar')`. */
export function aliasClass(links: LinkBuilder, value: number, alias: string): void {
  const name = alias.replaceAll('\\\\', '\\').replace(/^\\/, '');
  if (/^[\w\\]+$/.test(name)) links.bind('variable', `\\${name}`, { scope: 0, value });
}

/** What all properties of one declaration share. */
interface Shared {
  readonly declaration: number;
  readonly type: number;
  readonly hooks: number;
}

/** Of the declaration last met: a long one would else be read for each of its properties. */
const lastShared = new WeakMap<LinkBuilder, Shared>();

function sharedBy(links: LinkBuilder, declaration: number, symbol: number): Shared {
  let shared = lastShared.get(links);
  if (shared?.declaration !== declaration) {
    const { tree } = links;
    const typeNode = tree.field(declaration, 'type');
    const told = variableDoc(links, symbol);
    const type = told >= 0 && saysMore(links, typeNode, told) ? told : typeAt(links, typeNode);
    shared = { declaration, type, hooks: tree.child(declaration, 'property_hook_list') };
    lastShared.set(links, shared);
  }
  return shared;
}

export const propertyElement: LinkRule = (links, node) => {
  const { tree, expressions } = links;
  const variable = tree.field(node, 'name');
  const name = variable < 0 || tree.kind(variable) !== 'variable_name' ? -1 : tree.child(variable, 'name');
  const scope = links.scope;
  if (name < 0 || links.kindOf(scope) !== 'class') return;
  const symbol = links.symbolAt(name);
  links.markUsed(name);
  const { type, hooks } = sharedBy(links, tree.parent(node), symbol);
  // A property without a type begins as null.
  const given = tree.field(node, 'default_value');
  const value = type >= 0 ? -1 : given < 0 ? expressions.literal('null') : links.value(given);
  links.bind(symbol >= 0 ? 'symbol' : 'variable', tree.textOf(variable), { scope, symbol, type, value });
  if (hooks < 0 || symbol < 0) return;
  const reads = tree.namedChildren(hooks).some((hook) => /^get$/i.test(hookName(links, hook)));
  const result = type < 0 ? [] : [expressions.instance(type)];
  links.describe(symbol, { accessor: reads, results: result });
};

const hookName = (links: LinkBuilder, hook: number): string => {
  const name = links.tree.child(hook, 'name');
  return name < 0 ? '' : links.tree.textOf(name);
};

export const enumCase: LinkRule = (links, node) => {
  const { tree, expressions } = links;
  const name = tree.field(node, 'name');
  const scope = links.scope;
  if (name < 0 || links.kindOf(scope) !== 'class') return;
  const symbol = links.symbolAt(name);
  links.markUsed(name);
  const own = expressions.self('self-type', scope);
  links.bind(symbol >= 0 ? 'symbol' : 'variable', constantName(tree.textOf(name)), { scope, symbol, type: own });
};
