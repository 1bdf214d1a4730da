/**
 * Types and members of C#: their scopes, bases, parameters and results.
 *
 * Methods are bound by name and number of parameters (`callables.ts`), optional ones by each number that they take. A part of a
 * type says that it is one (`partOfType`), so that the graph looks into the others. An extension method is bound a second time by
 * what it is called like on an object (`extensionName`), and its receiver is the type that it extends.
 */
import type { LinkBuilder } from './builder.ts';
import { anyNumber, callableName, constructorName, whicheverNumber } from './callables.ts';
import { extensionName, indexerName, partOfType, toldName, typeName } from './csharp-names.ts';
import { notesOf } from './csharp-notes.ts';
import { declaredType, functionOf, useType } from './csharp-types.ts';
import { argumentsOf, valueOf } from './csharp-values.ts';
import type { BindingDetail } from './drafts.ts';
import type { LinkRule } from './language.ts';

export function hasModifier(links: LinkBuilder, node: number, word: string): boolean {
  const { tree } = links;
  return tree.children(node).some((child) => tree.kind(child) === 'modifier' && tree.textOf(child) === word);
}

function typeParametersOf(links: LinkBuilder, node: number): readonly number[] {
  const { tree } = links;
  const named = tree.field(node, 'type_parameters');
  const list = named >= 0 ? named : tree.child(node, 'type_parameter_list');
  return list < 0 ? [] : tree.namedChildren(list).filter((one) => tree.kind(one) === 'type_parameter');
}

/** Names that `<T>` makes, in the scope at hand; what `where` says of one is what it stands for. */
function bindTypeParameters(links: LinkBuilder, node: number): void {
  const { tree, scope } = links;
  const bounds = new Map<string, number>();
  for (const clause of tree.namedChildren(node)) {
    if (tree.kind(clause) !== 'type_parameter_constraints_clause') continue;
    const name = tree.child(clause, 'identifier');
    links.markUsed(name);
    const types = tree.namedChildren(clause).map((one) => tree.field(one, 'type'));
    const bound = types.find((one) => one >= 0) ?? -1;
    if (name >= 0 && bound >= 0) bounds.set(tree.textOf(name), links.value(bound));
  }
  for (const parameter of typeParametersOf(links, node)) {
    const name = tree.field(parameter, 'name');
    if (name < 0 || links.isUsed(name)) continue;
    links.markUsed(name);
    const text = tree.textOf(name);
    const value = bounds.get(text) ?? -1;
    links.bind('variable', text, { scope, value });
    links.bind('variable', typeName(text, 0), { scope, value });
  }
}

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
    bindTypeParameters(links, node);
    const bases = basesOf(links, node);
    if (kind in implicitBase) bases.push(expressions.literal(implicitBase[kind] as string));
    const scope = body < 0 ? -1 : links.scopeOf(body, 'class', symbol);
    links.describe(symbol, { scope, bases });
    const parameters = tree.child(node, 'parameter_list');
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

export interface Parameter {
  readonly name: number;
  readonly type: number;
  readonly isOut: boolean;
  readonly isExtended: boolean;
  readonly optional: boolean;
  readonly variadic: boolean;
}

/** Declared parameters; the grammar leaves `params int[] rest` loose in the list. */
export function parametersOf(links: LinkBuilder, list: number): Parameter[] {
  const { tree } = links;
  const found: Parameter[] = [];
  if (list < 0) return found;
  for (const node of tree.namedChildren(list)) {
    if (tree.kind(node) !== 'parameter') continue;
    const name = tree.field(node, 'name');
    if (name < 0) continue;
    found.push({
      name,
      type: declaredType(links, tree.field(node, 'type')),
      isOut: hasModifier(links, node, 'out'),
      isExtended: hasModifier(links, node, 'this'),
      optional: tree.nextSibling(name) >= 0,
      variadic: false,
    });
  }
  const rest = tree.field(list, 'name');
  if (rest >= 0) {
    const type = declaredType(links, tree.field(list, 'type'));
    found.push({ name: rest, type, isOut: false, isExtended: false, optional: false, variadic: true });
  }
  return found;
}

/** Types that may be those of functions, as far as a name tells. */
const functionName =
  /^(Func|Action|Predicate|Converter|Comparison|Expression)\b|(Handler|Callback|Delegate|Factory|Func|Action|Getter|Setter)$/;

export function bindParameters(links: LinkBuilder, parameters: readonly Parameter[], scope: number): void {
  const { tree } = links;
  // An extension method is called on its first argument.
  let place = parameters[0]?.isExtended === true ? -1 : 0;
  for (const { name, type, isOut } of parameters) {
    links.markUsed(name);
    notesOf(links).locals.add(tree.textOf(name));
    links.bind('parameter', tree.textOf(name), { scope, type });
    const written = type < 0 ? '' : tree.textOf(tree.field(tree.parent(name), 'type'));
    // What the caller is given: the type of what is passed `out`, and what a function there is called with.
    const isFunction = functionName.test(written) || notesOf(links).delegates.has(written);
    if (place >= 0 && (isOut || isFunction)) links.bind('variable', `(${place})`, { scope, type });
    place++;
  }
}

/** Numbers of arguments beyond which optional parameters are not told apart. */
const maxOptional = 12;

/** Names of a callable: by each number of arguments, and of type parameters where they are told. */
function namesOf(name: string, { parameters, told, inferred }: Callable, skipped: number): string[] {
  const takes = parameters.length - skipped;
  const variadic = parameters.some((one) => one.variadic);
  const least = Math.max(parameters.filter((one) => !one.optional && !one.variadic).length - skipped, 0);
  const names: string[] = [];
  for (let count = takes; (count >= least || count === takes) && takes - count <= maxOptional; count--) {
    const written = callableName(name, count);
    if (inferred) names.push(written);
    if (told > 0) names.push(toldName(written, told));
  }
  if (variadic) names.push(callableName(name, anyNumber));
  names.push(callableName(name, whicheverNumber));
  return names;
}

interface Callable {
  readonly parameters: readonly Parameter[];
  /** Type parameters. */
  readonly told: number;
  /** They can be told by the arguments. */
  readonly inferred: boolean;
}

function callableOf(links: LinkBuilder, node: number, parameters: readonly Parameter[]): Callable {
  const { tree } = links;
  const names = typeParametersOf(links, node)
    .map((one) => tree.field(one, 'name'))
    .filter((name) => name >= 0);
  const list = tree.field(node, 'parameters');
  const words = new Set(list < 0 ? [] : tree.textOf(list).match(/\w+/g));
  return { parameters, told: names.length, inferred: names.every((name) => words.has(tree.textOf(name))) };
}

/** Binds a callable in the scope at hand, under each name that calls of it may have. */
function bindCallable(links: LinkBuilder, symbol: number, name: string, of: Callable): void {
  const { scope } = links;
  const kind = symbol >= 0 ? 'symbol' : 'variable';
  const isExtension = of.parameters[0]?.isExtended === true;
  const extending = isExtension ? namesOf(name, of, 1).map(extensionName) : [];
  for (const written of [...namesOf(name, of, 0), ...extending]) {
    // Without arguments what takes none is meant, whatever else may be left out.
    if (/\(0[;)]/.test(written) && of.parameters.length > 0 && !isExtension) {
      notesOf(links).later.push({ scope, names: [written], symbol });
    } else links.bind(kind, written, { scope, symbol });
  }
}

const boundKey = (scope: number, name: string): string => `${scope} ${name}`;

export const callable: LinkRule = (links, node) => {
  const { tree, expressions } = links;
  const name = tree.field(node, 'name');
  if (name < 0) return;
  const isConstructor = tree.kind(node) === 'constructor_declaration';
  const symbol = links.symbolAt(name);
  links.markUsed(name);
  const holder = links.scope;
  const scope = links.scopeOf(node, 'function', symbol);
  links.within(scope, () => {
    bindTypeParameters(links, node);
    const parameters = parametersOf(links, tree.field(node, 'parameters'));
    bindParameters(links, parameters, scope);
    const returns = tree.field(node, 'returns');
    const type = declaredType(links, returns >= 0 ? returns : tree.field(node, 'type'));
    const isStatic = hasModifier(links, node, 'static');
    const [first] = parameters;
    links.describe(symbol, {
      scope,
      static: isStatic,
      results: isConstructor ? [] : [expressions.instance(type)],
      ...(first?.isExtended === true ? { receiver: first.type } : {}),
    });
    if (isConstructor && isStatic) return;
    const written = isConstructor ? 'constructor' : tree.textOf(name);
    const notes = notesOf(links);
    const of = callableOf(links, node, parameters);
    if (tree.child(node, 'explicit_interface_specifier') >= 0) {
      notes.later.push({ scope: holder, names: namesOf(written, of, 0), symbol });
    } else {
      notes.bound.add(boundKey(holder, callableName(written, parameters.length)));
      links.within(holder, () => bindCallable(links, symbol, written, of));
    }
  });
};

/**
 * What a type has by these names where nothing else of it has them: members that implement an interface's under its name alone, and
 * methods whose parameters may all be left out.
 */
export function bindLater(links: LinkBuilder): void {
  const { later, bound } = notesOf(links);
  for (const { scope, names, symbol } of later) {
    const key = boundKey(scope, names[0] ?? '');
    if (symbol < 0 || bound.has(key)) continue;
    for (const name of names) links.bind('symbol', name, { scope, symbol });
  }
}

/** Operators and what ends an object: nothing calls them by name. */
export const unnamed =
  (first: string): LinkRule =>
  (links, node) => {
    const { tree, expressions } = links;
    const symbol = links.symbolAt(tree.child(node, first));
    const name = tree.field(node, 'name');
    if (name >= 0) links.markUsed(name);
    const text = links.scan.symbols[symbol]?.name;
    if (text !== undefined) links.bind('symbol', text, { scope: links.scope, symbol });
    const scope = links.scopeOf(node, 'function', symbol);
    links.within(scope, () => {
      bindParameters(links, parametersOf(links, tree.field(node, 'parameters')), scope);
      links.describe(symbol, { scope, results: [expressions.instance(declaredType(links, tree.field(node, 'type')))] });
    });
  };

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
