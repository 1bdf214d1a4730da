/**
 * What C# calls: methods, constructors, local functions and operators, with their parameters and results.
 *
 * They are bound by name and number of parameters (`callables.ts`), optional ones by each number that they take, and by how many type
 * parameters a call tells. An extension method is bound a second time by what it is called like on an object
 * (`extensionName`), and its receiver is the type that it extends.
 */
import type { LinkBuilder } from './builder.ts';
import { anyNumber, callableName, whicheverNumber } from './callables.ts';
import { extensionName, toldName, typeName, typeParameterName } from './csharp-names.ts';
import { notesOf } from './csharp-notes.ts';
import { declaredType } from './csharp-types.ts';
import type { LinkRule } from './language.ts';

export function hasModifier(links: LinkBuilder, node: number, word: string): boolean {
  const { tree } = links;
  return tree.children(node).some((child) => tree.kind(child) === 'modifier' && tree.textOf(child) === word);
}

export function typeParametersOf(links: LinkBuilder, node: number): readonly number[] {
  const { tree } = links;
  const named = tree.field(node, 'type_parameters');
  const list = named >= 0 ? named : tree.child(node, 'type_parameter_list');
  return list < 0 ? [] : tree.namedChildren(list).filter((one) => tree.kind(one) === 'type_parameter');
}

/**
 * Names that `<T>` makes, in the scope at hand; what `where` says of one is what it stands for.
 *
 * @param symbol of the type, where they are a type's
 */
export function bindTypeParameters(links: LinkBuilder, node: number, symbol = -1): void {
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
  for (const [place, parameter] of typeParametersOf(links, node).entries()) {
    const name = tree.field(parameter, 'name');
    if (name < 0 || links.isUsed(name)) continue;
    links.markUsed(name);
    const text = tree.textOf(name);
    const value = bounds.get(text) ?? -1;
    links.bind('variable', text, { scope, value });
    links.bind('variable', typeName(text, 0), { scope, value });
    const said = { scope, symbol, value: links.expressions.literal(`${place}`) };
    for (const one of [text, typeName(text, 0)]) links.bind('variable', typeParameterName(one), said);
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
