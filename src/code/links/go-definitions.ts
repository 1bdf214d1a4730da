/** Functions, methods and types of Go: their scopes, receivers, members, bases and results. */
import type { LinkBuilder } from './builder.ts';
import { embeddedTypes, namesOf, resultOf, useType } from './go-types.ts';
import type { LinkRule } from './language.ts';

/** Names that `[T Constraint]` makes, in the scope at hand. */
function bindTypeParameters(links: LinkBuilder, list: number): void {
  const { tree, scope } = links;
  if (list < 0) return;
  for (const one of tree.namedChildren(list)) {
    const bound = tree.field(one, 'type');
    for (const name of namesOf(links, one)) {
      links.markUsed(name);
      links.bind('variable', tree.textOf(name), { scope, value: bound < 0 ? -1 : links.value(bound) });
    }
  }
}

/** Parameters and named results, in a scope. */
export function bindParameters(links: LinkBuilder, list: number, scope: number): void {
  const { tree, expressions } = links;
  if (list < 0 || tree.kind(list) !== 'parameter_list') return;
  for (const parameter of tree.namedChildren(list)) {
    const written = links.value(tree.field(parameter, 'type'));
    const variadic = tree.kind(parameter) === 'variadic_parameter_declaration';
    const type = variadic ? expressions.applied(expressions.literal('slice'), [written]) : written;
    for (const name of namesOf(links, parameter)) {
      links.markUsed(name);
      links.bind('parameter', tree.textOf(name), { scope, type });
    }
  }
}

/** How many parameters a list has: names where there are any, else types. */
function countOf(links: LinkBuilder, list: number): number {
  if (list < 0 || links.tree.kind(list) !== 'parameter_list') return -1;
  const counts = links.tree.namedChildren(list).map((one) => {
    const declares = /^(variadic_)?parameter_declaration$/.test(links.tree.kind(one));
    return declares ? Math.max(1, namesOf(links, one).length) : 0;
  });
  return counts.reduce((sum, count) => sum + count, 0);
}

function bindCallable(links: LinkBuilder, node: number, symbol: number, receiver: number): void {
  const { tree } = links;
  const scope = links.scopeOf(node, 'function', symbol);
  links.within(scope, () => {
    bindTypeParameters(links, tree.field(node, 'type_parameters'));
    bindReceiverArguments(links, receiver);
    if (receiver >= 0) bindParameters(links, receiver, scope);
    bindParameters(links, tree.field(node, 'parameters'), scope);
    bindParameters(links, tree.field(node, 'result'), scope);
    links.describe(symbol, { scope, results: [resultOf(links, tree.field(node, 'result'))] });
  });
}

/** `func (s *Set[K]) …` names the type parameters anew. */
function bindReceiverArguments(links: LinkBuilder, receiver: number): void {
  const { tree, scope } = links;
  if (receiver < 0) return;
  for (let at = receiver; at < tree.next(receiver); at++) {
    if (tree.kind(at) !== 'type_elem') continue;
    const name = tree.namedChildren(at)[0] ?? -1;
    if (name < 0 || tree.kind(name) !== 'type_identifier') continue;
    links.markUsed(name);
    links.bind('variable', tree.textOf(name), { scope });
  }
}

export const functionDeclaration: LinkRule = (links, node) => {
  const { tree } = links;
  const name = tree.field(node, 'name');
  if (name < 0) return;
  const symbol = links.symbolAt(name);
  links.markUsed(name);
  const written = tree.textOf(name);
  // `init` runs by itself, and `_` is no name.
  if (written !== 'init' && written !== '_') links.bind(symbol >= 0 ? 'symbol' : 'variable', written, { symbol });
  bindCallable(links, node, symbol, -1);
};

export const methodDeclaration: LinkRule = (links, node) => {
  const { tree } = links;
  const name = tree.field(node, 'name');
  const receiver = tree.field(node, 'receiver');
  if (name < 0) return;
  const symbol = links.symbolAt(name);
  links.markUsed(name);
  const parameter = receiver < 0 ? -1 : tree.child(receiver, 'parameter_declaration');
  const type = parameter < 0 ? -1 : links.value(tree.field(parameter, 'type'));
  const known = links.expressions.list[type];
  const takes = countOf(links, tree.field(node, 'parameters'));
  links.describe(symbol, { receiver: known?.kind === 'applied' ? known.base : type, takes });
  bindCallable(links, node, symbol, receiver);
};

export const functionLiteral: LinkRule = (links, node) => {
  const { tree } = links;
  const outer = symbolOfLiteral(links, node);
  if (outer >= 0) {
    bindCallable(links, node, outer, -1);
    return;
  }
  const scope = links.scopeOf(node, 'function');
  bindParameters(links, tree.field(node, 'parameters'), scope);
  bindParameters(links, tree.field(node, 'result'), scope);
};

/** The function that `var f = func() {…}` defines at file level. */
function symbolOfLiteral(links: LinkBuilder, node: number): number {
  const { tree } = links;
  const list = tree.parent(node);
  const spec = list < 0 ? -1 : tree.parent(list);
  if (spec < 0 || tree.kind(spec) !== 'var_spec') return -1;
  const symbol = links.symbolAt(tree.field(spec, 'name'));
  return links.scan.symbols[symbol]?.kind === 'function' ? symbol : -1;
}

/** `type T struct {…}`, `type T = U`, `type T []U`. */
export const typeSpec: LinkRule = (links, node) => {
  const { tree } = links;
  const name = tree.field(node, 'name');
  const type = tree.field(node, 'type');
  if (name < 0) return;
  const symbol = links.symbolAt(name);
  links.markUsed(name);
  const kind = symbol >= 0 ? 'symbol' : 'variable';
  const { scope } = links;
  const parameters = tree.field(node, 'type_parameters');
  const around = parameters < 0 ? scope : links.scopeOf(node, 'block');
  links.within(around, () => {
    bindTypeParameters(links, parameters);
    // An alias is what it stands for; any other type is its own, with what it is made of to take elements from.
    const isAlias = tree.kind(node) === 'type_alias';
    const form = type < 0 ? '' : tree.kind(type);
    const plain = form === 'struct_type' || form === 'interface_type';
    links.bind(kind, tree.textOf(name), { symbol, scope, value: isAlias ? links.value(type) : -1 });
    if (plain && type >= 0) {
      const inside = links.scopeOf(type, 'class', symbol);
      links.describe(symbol, {
        scope: inside,
        bases: form === 'struct_type' ? embedded(links, type) : embeddedInterfaces(links, type),
      });
    } else if (!isAlias && form !== 'function_type') links.describe(symbol, { bases: [links.value(type)] });
  });
};

function embedded(links: LinkBuilder, struct: number): number[] {
  return embeddedTypes(links, struct).map((type) => {
    useType(links, 'inherit', type);
    return links.value(type);
  });
}

function embeddedInterfaces(links: LinkBuilder, node: number): number[] {
  const { tree } = links;
  const bases: number[] = [];
  for (const element of tree.namedChildren(node)) {
    const types = tree.kind(element) === 'type_elem' ? tree.namedChildren(element) : [];
    if (types.length !== 1) continue;
    useType(links, 'inherit', types[0] as number);
    bases.push(links.value(types[0] as number));
  }
  return bases;
}

/** Named fields; what is embedded is a field of its type's name as well. */
export const fieldDeclaration: LinkRule = (links, node) => {
  const { tree, scope } = links;
  const type = links.value(tree.field(node, 'type'));
  const names = namesOf(links, node);
  for (const name of names) {
    const symbol = links.symbolAt(name);
    links.markUsed(name);
    if (links.kindOf(scope) !== 'class') continue;
    links.bind(symbol >= 0 ? 'symbol' : 'variable', tree.textOf(name), { scope, symbol, type });
  }
  if (names.length > 0 || links.kindOf(scope) !== 'class') return;
  const known = links.expressions.list[type];
  const base = known?.kind === 'applied' ? links.expressions.list[known.base] : known;
  if (base !== undefined && 'name' in base) links.bind('variable', base.name, { scope, type });
};

/** A method that an interface asks for. */
export const methodElement: LinkRule = (links, node) => {
  const { tree, scope } = links;
  const name = tree.field(node, 'name');
  if (name < 0) return;
  const symbol = links.symbolAt(name);
  links.markUsed(name);
  if (links.kindOf(scope) !== 'class') return;
  links.bind(symbol >= 0 ? 'symbol' : 'variable', tree.textOf(name), { scope, symbol });
  const takes = countOf(links, tree.field(node, 'parameters'));
  links.describe(symbol, { results: [resultOf(links, tree.field(node, 'result'))], takes });
};

/** A struct written in passing: its value has its fields for members. */
export const structType: LinkRule = (links, node) => {
  const parent = links.tree.parent(node);
  if (parent < 0 || !/^type_(spec|alias)$/.test(links.tree.kind(parent))) links.value(node);
};
