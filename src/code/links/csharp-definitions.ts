/**
 * Types of C# with their bases, and members that hold values: properties, indexers, fields, members of enumerations, delegates.
 *
 * A part of a type says that it is one (`partOfType`), so that the graph looks into the others.
 */
import type { LinkBuilder } from './builder.ts';
import { callableName, constructorName } from './callables.ts';
import { bindParameters, bindTypeParameters, hasModifier, parametersOf, typeParametersOf } from './csharp-callables.ts';
import { argumentsOf, valueOf } from './csharp-calls.ts';
import { indexerName, partOfType, typeName } from './csharp-names.ts';
import { notesOf } from './csharp-notes.ts';
import { declaredType, functionOf, useType } from './csharp-types.ts';
import type { BindingDetail } from './drafts.ts';
import type { LinkRule } from './language.ts';

/** By .NET's design guidelines, which nearly all code keeps: what is written does not tell classes from interfaces. */
const isInterfaceName = (name: string): boolean => /^I\p{Lu}/u.test(name.slice(name.lastIndexOf('.') + 1));

function basesOf(links: LinkBuilder, node: number): number[] {
  const { tree, expressions } = links;
  const list = tree.child(node, 'base_list');
  const bases: number[] = [];
  for (const child of list < 0 ? [] : tree.namedChildren(list)) {
    if (tree.kind(child) === 'argument_list' || tree.kind(child) === 'predefined_type') continue;
    const type = tree.kind(child) === 'primary_constructor_base_type' ? tree.field(child, 'type') : child;
    if (type < 0) continue;
    const base = links.value(type);
    const passed = tree.kind(child) === 'primary_constructor_base_type' ? child : tree.nextSibling(child);
    const calls = type !== child || (passed >= 0 && tree.kind(passed) === 'argument_list');
    if (calls && base >= 0) {
      const count = type !== child ? argumentsOf(links, child).length : tree.namedChildren(passed).length;
      const [start, end] = [tree.start(type), tree.end(type)];
      links.useAt('call', { start, end }, expressions.member(base, constructorName(count)));
    }
    const isInterface = tree.kind(node) !== 'interface_declaration' && isInterfaceName(tree.textOf(type));
    useType(links, isInterface ? 'implement' : 'inherit', type);
    bases.push(base);
  }
  return bases;
}

/** What every type of the kind has without saying so. */
const implicitBase: Readonly<Record<string, string>> = { enum_declaration: 'Enum', record_declaration: 'Record' };

function bindType(links: LinkBuilder, node: number, name: number, detail: BindingDetail & { symbol: number }): void {
  const text = links.tree.textOf(name);
  const takes = typeParametersOf(links, node).length;
  const kind = detail.symbol >= 0 ? 'symbol' : 'variable';
  links.bind(kind, typeName(text, takes), detail);
  if (takes === 0) links.bind(kind, text, detail);
}

export const typeDeclaration: LinkRule = (links, node) => {
  const { tree, expressions } = links;
  const name = tree.field(node, 'name');
  if (name < 0) return;
  const symbol = links.symbolAt(name);
  links.markUsed(name);
  bindType(links, node, name, { symbol, scope: links.scope });
  const kind = tree.kind(node);
  const body = tree.field(node, 'body');
  links.within(links.scopeOf(node, 'block'), () => {
    bindTypeParameters(links, node, symbol);
    const bases = basesOf(links, node);
    if (kind in implicitBase) bases.push(expressions.literal(implicitBase[kind] as string));
    const parameters = tree.child(node, 'parameter_list');
    // A record may have nothing but its parameters.
    const holder = body < 0 && kind === 'record_declaration' ? parameters : body;
    const scope = holder < 0 ? -1 : links.scopeOf(holder, 'class', symbol);
    links.describe(symbol, { scope, bases });
    if (parameters >= 0 && (scope < 0 || kind !== 'record_declaration')) {
      bindParameters(links, parametersOf(links, parameters), links.scope);
    }
    if (scope < 0) return;
    links.within(scope, () => {
      if (hasModifier(links, node, 'partial')) links.bind('variable', partOfType, { scope });
      if (parameters >= 0 && kind === 'record_declaration') components(links, parameters);
    });
  });
};

/** Positional parameters of a record are properties. */
function components(links: LinkBuilder, list: number): void {
  const { tree, scope } = links;
  for (const { name, type } of parametersOf(links, list)) {
    const symbol = links.symbolAt(name);
    links.markUsed(name);
    links.bind(symbol >= 0 ? 'symbol' : 'variable', tree.textOf(name), { scope, symbol, type });
  }
}

/** Whether reading it runs code that is written there. */
function runsCode(links: LinkBuilder, node: number): boolean {
  const { tree } = links;
  const value = tree.field(node, 'value');
  if (value >= 0 && tree.kind(value) === 'arrow_expression_clause') return true;
  const accessors = tree.field(node, 'accessors');
  return accessors >= 0 && tree.namedChildren(accessors).some((one) => tree.field(one, 'body') >= 0);
}

export const property: LinkRule = (links, node) => {
  const { tree, expressions } = links;
  const isIndexer = tree.kind(node) === 'indexer_declaration';
  const name = isIndexer ? tree.child(node, "'this'") : tree.field(node, 'name');
  if (name < 0) return;
  const symbol = links.symbolAt(name);
  links.markUsed(name);
  const type = declaredType(links, tree.field(node, 'type'));
  const isExplicit = tree.child(node, 'explicit_interface_specifier') >= 0;
  const written = isIndexer ? indexerName : tree.textOf(name);
  const bound = isExplicit ? `explicit ${written}` : written;
  links.bind(symbol >= 0 ? 'symbol' : 'variable', bound, { scope: links.scope, symbol, type });
  const accessor = runsCode(links, node);
  const results = accessor ? [expressions.instance(type)] : [];
  links.describe(symbol, { static: hasModifier(links, node, 'static'), accessor, results });
  const list = tree.field(node, 'parameters');
  if (list < 0) return;
  const parameters = parametersOf(links, list);
  // Which of several is meant the number and types of arguments tell.
  if (!isExplicit && symbol >= 0) {
    const asked = callableName(indexerName, parameters.length);
    links.bind('symbol', asked, { scope: links.scope, symbol, type });
  }
  const scope = links.scopeOf(node, 'function', symbol);
  links.within(scope, () => bindParameters(links, parameters, scope));
};

/** `value` is what a setter is given. */
export const accessor: LinkRule = (links, node) => {
  const { tree } = links;
  const scope = links.scopeOf(node, 'function');
  const list = tree.parent(node);
  const owner = list < 0 ? -1 : tree.parent(list);
  if (owner >= 0) links.bind('parameter', 'value', { scope, type: declaredType(links, tree.field(owner, 'type')) });
};

/** Fields, events and locals. */
export const variableDeclarator: LinkRule = (links, node) => {
  const { tree } = links;
  const name = tree.field(node, 'name');
  const declaration = tree.parent(node);
  if (declaration < 0) return;
  const given = tree.children(node).at(-1) ?? -1;
  if (name < 0) return;
  links.markUsed(name);
  const symbol = links.symbolAt(name);
  if (symbol < 0) notesOf(links).locals.add(tree.textOf(name));
  const type = declaredType(links, tree.field(declaration, 'type'));
  const value = type >= 0 || given === name ? -1 : valueOf(links, given);
  links.bind(symbol >= 0 ? 'symbol' : 'variable', tree.textOf(name), { scope: links.scope, symbol, type, value });
};

export const enumMember: LinkRule = (links, node) => {
  const { tree, expressions } = links;
  const name = tree.field(node, 'name');
  if (name < 0) return;
  const symbol = links.symbolAt(name);
  links.markUsed(name);
  const type = expressions.self('self-type', links.nearest(['class']));
  links.bind(symbol >= 0 ? 'symbol' : 'variable', tree.textOf(name), { scope: links.scope, symbol, type });
};

/** A delegate is a name for a type of functions. */
export const delegateDeclaration: LinkRule = (links, node) => {
  const { tree } = links;
  const name = tree.field(node, 'name');
  if (name < 0) return;
  const symbol = links.symbolAt(name);
  links.markUsed(name);
  const holder = links.scope;
  const scope = links.scopeOf(node, 'function');
  links.within(scope, () => {
    bindTypeParameters(links, node);
    const parameters = parametersOf(links, tree.field(node, 'parameters'));
    for (const parameter of parameters) links.markUsed(parameter.name);
    const gives = declaredType(links, tree.field(node, 'type'));
    const value = functionOf(
      links,
      parameters.map((one) => one.type),
      gives,
    );
    bindType(links, node, name, { scope: holder, symbol, value });
  });
};
