/**
 * Definitions and declarations of C and C++: functions, variables, types, fields, macros.
 *
 * A function that is only declared has results and no scope, so the resolver can tell it from its definition. A method that
 * is written outside its class carries the class as its receiver, and its body sees the class's names. Constructors have a name of
 * their own, for within the class its name means the class.
 */
import { declaratorOf, declaratorsOf } from '../languages/cfamily.ts';
import type { LinkBuilder } from './builder.ts';
import { lastName, partsOf, path, typeOf, valueOfType } from './cfamily-types.ts';
import { elementOf, setThis } from './cfamily-values.ts';
import type { LinkRule } from './language.ts';

/** Under this name a class has its constructors. */
const constructor = '{constructor}';

/** Where definitions are bound: templates make no scope for what they define. */
const holderOf = (links: LinkBuilder): number => links.nearest(['file', 'namespace', 'class', 'function']);

/** The function declarator of a declarator, through pointers and brackets; or -1. */
function functionDeclarator(links: LinkBuilder, declarator: number): number {
  const { tree } = links;
  let at = declarator;
  for (let depth = 0; at >= 0 && depth < 32; depth++) {
    if (tree.kind(at) === 'function_declarator') return at;
    const next = tree.field(at, 'declarator');
    at = next >= 0 ? next : (tree.namedChildren(at).find((child) => tree.kind(child).endsWith('declarator')) ?? -1);
  }
  return -1;
}

/** Symbol of a callable's declarator; its name's last node gets used up. */
function bindCallable(links: LinkBuilder, name: number, detail: { result: number; static: boolean }): number {
  const { tree } = links;
  const last = lastName(links, name);
  const symbol = symbolAt(links, name, last);
  for (const part of partsOf(links, name)) links.markUsed(part);
  links.markUsed(last);
  const written = last < 0 ? '' : tree.textOf(last);
  const isConstructor = symbol >= 0 && links.scan.symbols[symbol]?.kind === 'constructor';
  if (tree.kind(name) !== 'qualified_identifier') {
    const bound = isConstructor ? constructor : written;
    links.bind(symbol >= 0 ? 'symbol' : 'variable', bound, { scope: holderOf(links), symbol });
  }
  links.describe(symbol, { results: isConstructor ? [] : [detail.result], static: detail.static });
  return symbol;
}

function symbolAt(links: LinkBuilder, name: number, last: number): number {
  for (const node of [last, name, ...partsOf(links, name).slice(-1)]) {
    const symbol = links.symbolAt(node);
    if (symbol >= 0) return symbol;
  }
  return -1;
}

const isStatic = (links: LinkBuilder, node: number): boolean =>
  links.tree.namedChildren(node).some((child) => links.tree.textOf(child) === 'static');

export const functionDefinition: LinkRule = (links, node) => {
  const { tree } = links;
  const declarator = tree.field(node, 'declarator');
  const { name } = declaratorOf(links.scan, declarator);
  if (name < 0) {
    links.scopeOf(node, 'function');
    return;
  }
  const result = valueOfType(links, tree.field(node, 'type'));
  const symbol = bindCallable(links, name, { result, static: isStatic(links, node) });
  const isOutside = tree.kind(name) === 'qualified_identifier';
  const receiver = isOutside ? path(links, name, 1) : -1;
  const scope = links.scopeOf(node, 'function', symbol);
  links.describe(symbol, { scope, receiver });
  if (isOutside) setThis(links, scope, receiver);
  const list = functionDeclarator(links, declarator);
  if (list >= 0) links.within(scope, () => bindParameters(links, tree.field(list, 'parameters')));
};

export function bindParameters(links: LinkBuilder, list: number): void {
  const { tree, scope } = links;
  if (list < 0) return;
  for (const parameter of tree.namedChildren(list)) {
    if (!tree.kind(parameter).endsWith('parameter_declaration')) continue;
    const declarator = tree.field(parameter, 'declarator');
    const name = declarator < 0 ? -1 : declaratorOf(links.scan, declarator).name;
    if (name < 0 || tree.kind(name) !== 'identifier') continue;
    links.markUsed(name);
    links.bind('parameter', tree.textOf(name), { scope, ...given(links, tree.field(parameter, 'type'), -1) });
  }
}

/** What is known of a name that is declared with a type and perhaps a value; `auto` is its value. */
function given(links: LinkBuilder, type: number, value: number): { readonly type: number; readonly value: number } {
  const told = typeOf(links, type);
  return told >= 0 ? { type: told, value: -1 } : { type: -1, value: links.value(value) };
}

/** `extern` and plain declarations, at the top of a file, in classes and in functions. */
export const declaration: LinkRule = (links, node) => {
  const { tree } = links;
  const type = tree.field(node, 'type');
  for (const declarator of declaratorsOf(links.scan, node)) {
    const { name, isFunction } = declaratorOf(links.scan, declarator);
    if (name < 0) continue;
    const kind = tree.kind(name);
    if (isFunction || kind === 'operator_name' || kind === 'destructor_name') {
      bindCallable(links, name, { result: valueOfType(links, type), static: isStatic(links, node) });
      continue;
    }
    const initial = tree.kind(declarator) === 'init_declarator' ? tree.field(declarator, 'value') : -1;
    const value = initial >= 0 ? initial : Math.max(tree.field(node, 'value'), tree.field(node, 'default_value'));
    constructs(links, type, initial);
    if (kind === 'structured_binding_declarator') bindParts(links, name, links.value(value));
    else bindValue(links, name, { type, value });
  }
};

/** `Foo x(1)`, `Foo x{1}`: its constructor runs. */
function constructs(links: LinkBuilder, type: number, initial: number): void {
  const { tree } = links;
  if (initial < 0 || tree.kind(initial) !== 'argument_list') return;
  const name = lastName(links, type);
  if (name >= 0 && tree.kind(name) === 'type_identifier') links.use('call', name, typeOf(links, type));
}

function bindValue(links: LinkBuilder, name: number, { type, value }: { type: number; value: number }): void {
  const { tree } = links;
  const symbol = links.symbolAt(name);
  links.markUsed(name);
  if (tree.kind(name) === 'qualified_identifier') return;
  const scope = symbol >= 0 ? holderOf(links) : links.scope;
  links.bind(symbol >= 0 ? 'symbol' : 'variable', tree.textOf(name), { scope, symbol, ...given(links, type, value) });
}

/** `auto &[key, value]`: of a mapping's loop the two, of anything else its parts. */
function bindParts(links: LinkBuilder, names: number, value: number): void {
  const { tree, expressions, scope } = links;
  const known = expressions.list[value];
  const looped = known?.kind === 'first' ? expressions.list[known.options[0] as number] : known;
  const mapping = looped?.kind === 'element' && looped.how === 'iterate' ? looped.object : -1;
  tree
    .namedChildren(names)
    .filter((name) => tree.kind(name) === 'identifier')
    .forEach((name, place) => {
      const part = expressions.element(value, 'iterate', place);
      const held = place === 0 ? value : expressions.element(mapping, 'subscript');
      links.markUsed(name);
      links.bind('variable', tree.textOf(name), { scope, value: mapping < 0 ? part : held });
    });
}

export const rangeLoop: LinkRule = (links, node) => {
  const { tree } = links;
  const value = elementOf(links, links.value(tree.field(node, 'right')));
  const declarator = tree.field(node, 'declarator');
  const name = declarator < 0 ? -1 : declaratorOf(links.scan, declarator).name;
  const scope = links.scopeOf(node, 'block');
  if (name < 0) return;
  links.within(scope, () => {
    if (tree.kind(name) === 'structured_binding_declarator') bindParts(links, name, value);
    else {
      const told = typeOf(links, tree.field(node, 'type'));
      links.markUsed(name);
      links.bind('variable', tree.textOf(name), { scope, ...(told >= 0 ? { type: told } : { value }) });
    }
  });
};

/** `struct`, `union`, `enum`, `class` with a body, and the types that they come from. */
export const typeSpecifier: LinkRule = (links, node) => {
  const { tree } = links;
  const name = tree.field(node, 'name');
  if (tree.field(node, 'body') < 0) return;
  const last = lastName(links, name);
  const around = tree.parent(node);
  const typedef = around >= 0 && tree.kind(around) === 'type_definition' ? tree.field(around, 'declarator') : -1;
  // A struct without a name, or with that of its `typedef`, is known by that.
  let symbol = name < 0 ? -1 : symbolAt(links, name, last);
  if (symbol < 0 && typedef >= 0) symbol = links.symbolAt(typedef);
  if (last >= 0) links.markUsed(last);
  if (symbol < 0 && last < 0) return;
  const written = last >= 0 ? tree.textOf(last) : tree.textOf(typedef);
  const holder = holderOf(links);
  links.bind(symbol >= 0 ? 'symbol' : 'variable', written, { scope: holder, symbol });
  const isEnum = tree.kind(node) === 'enum_specifier';
  const isScoped = isEnum && (tree.child(node, "'class'") >= 0 || tree.child(node, "'struct'") >= 0);
  if (isEnum && !isScoped) {
    links.describe(symbol, { scope: -1 });
    return;
  }
  const clause = tree.child(node, 'base_class_clause');
  const written_bases =
    clause < 0
      ? []
      : tree.namedChildren(clause).filter((base) => /type_id|template_type|qualified/.test(tree.kind(base)));
  const bases = written_bases.map((base) => {
    const found = typeOf(links, base);
    const base_name = lastName(links, base);
    if (base_name >= 0) links.use('inherit', base_name, found, symbol);
    return found;
  });
  const scope = links.scopeOf(node, 'class', symbol);
  links.describe(symbol, { scope, bases });
};

/** A value of an enumeration, which in C stands beside it. */
export const enumerator: LinkRule = (links, node) => {
  const { tree } = links;
  const name = tree.field(node, 'name');
  if (name < 0) return;
  const symbol = links.symbolAt(name);
  links.markUsed(name);
  links.bind(symbol >= 0 ? 'symbol' : 'variable', tree.textOf(name), { scope: holderOf(links), symbol });
};

/** `typedef struct foo foo_t;` and `using X = Y;`. */
export const typeDefinition: LinkRule = (links, node) => {
  const { tree } = links;
  const type = tree.field(node, 'type');
  const names = tree.kind(node) === 'alias_declaration' ? [tree.field(node, 'name')] : declaratorsOf(links.scan, node);
  for (const declarator of names) {
    const { name } = declarator < 0 ? { name: -1 } : declaratorOf(links.scan, declarator);
    if (name < 0) continue;
    const symbol = links.symbolAt(name);
    const kind = links.scan.symbols[symbol]?.kind;
    links.markUsed(name);
    // One definition with its struct: that binds it.
    if (kind !== undefined && kind !== 'type') continue;
    const target = typeOf(links, type);
    const isSame = links.expressions.list[target];
    // `typedef struct dict dict;` names the struct that stands elsewhere: no name of its own.
    if (isSame?.kind === 'name' && isSame.name === tree.textOf(name)) continue;
    links.bind(symbol >= 0 ? 'symbol' : 'variable', tree.textOf(name), {
      scope: holderOf(links),
      symbol,
      value: target,
    });
  }
};

/** Names in the body of a macro before a bracket are what it calls where it is used. */
export const macroFunction: LinkRule = (links, node) => {
  const { tree } = links;
  macroConstant(links, node);
  const name = tree.field(node, 'name');
  const body = tree.field(node, 'value');
  const symbol = links.symbolAt(name);
  if (body >= 0 && symbol >= 0) {
    const list = tree.field(node, 'parameters');
    const parameters = new Set(list < 0 ? [] : tree.namedChildren(list).map((one) => tree.textOf(one)));
    const start = tree.start(body);
    for (const found of tree.textOf(body).matchAll(/(?<![\w.>#]|->)([A-Za-z_]\w*)(?=\s*\()/g)) {
      const called = found[1] as string;
      if (parameters.has(called) || keywords.has(called)) continue;
      const at = start + found.index;
      links.useAt('call', { start: at, end: at + called.length }, links.expressions.name(called, 0), symbol);
    }
  }
  links.skip(node);
};

const keywords = new Set(
  'if while for switch return sizeof defined do else case alignof typeof __typeof__ decltype'.split(' '),
);

export const macroConstant: LinkRule = (links, node) => {
  const { tree } = links;
  const name = tree.field(node, 'name');
  const symbol = name < 0 ? -1 : links.symbolAt(name);
  const body = tree.field(node, 'value');
  const written = body < 0 || tree.kind(node) !== 'preproc_def' ? '' : tree.textOf(body).trim();
  // `#define old_name new_name`.
  const value = /^[A-Za-z_]\w*$/.test(written) ? links.expressions.name(written, 0) : -1;
  if (symbol >= 0) links.bind('symbol', tree.textOf(name), { scope: 0, symbol, value });
  links.skip(node);
};
