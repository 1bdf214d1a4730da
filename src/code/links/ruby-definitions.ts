/** Modules, classes and methods of Ruby: their scopes, sides, bases, parameters and results. */
import { isConstantPath } from '../languages/ruby-macros.ts';
import type { LinkBuilder } from './builder.ts';
import type { LinkRule } from './language.ts';
import { bindMethod, bindMethods } from './ruby-methods.ts';
import { addBase, argumentsOf, definesFor, lastOf, methodNameOf, noteScope, notesOf } from './ruby-notes.ts';
import { holderOf } from './ruby-singletons.ts';
import { documented, typeNamed } from './ruby-yard.ts';

/** Reports what a constant names. @returns its value, or -1 when the node is none */
export function useConstant(links: LinkBuilder, kind: 'inherit' | 'use' | 'type', node: number): number {
  const { tree } = links;
  if (node < 0 || !isConstantPath(tree.kind(node))) return -1;
  const name = tree.kind(node) === 'constant' ? node : tree.field(node, 'name');
  const value = links.value(node);
  links.use(kind, name, value);
  return value;
}

export const typeDefinition: LinkRule = (links, node) => {
  const { tree } = links;
  const written = tree.field(node, 'name');
  if (written < 0) return;
  const isPath = tree.kind(written) === 'scope_resolution';
  const name = isPath ? tree.field(written, 'name') : written;
  if (name < 0) return;
  const symbol = links.symbolAt(name);
  links.markUsed(name);
  const holder = links.nearest(['file', 'class']);
  if (symbol >= 0) links.bind('symbol', isPath ? tree.textOf(written) : tree.textOf(name), { symbol, scope: holder });
  const clause = tree.field(node, 'superclass');
  if (clause >= 0) addBase(links, symbol, 'superclass', superclass(links, tree.namedChildren(clause)[0] ?? -1));
  const body = tree.field(node, 'body');
  if (body < 0) {
    links.describe(symbol, { scope: -1 });
    return;
  }
  const scope = links.scopeOf(body, 'class', symbol);
  noteScope(links, scope, node, 'class');
  links.describe(symbol, { scope });
};

function superclass(links: LinkBuilder, node: number): number {
  const { tree, expressions } = links;
  if (node < 0) return -1;
  const constant = useConstant(links, 'inherit', node);
  if (constant >= 0) return constant;
  const kind = tree.kind(node);
  // `Migration[7.0]` is made by the class that it names.
  if (kind === 'element_reference') return useConstant(links, 'inherit', tree.field(node, 'object'));
  if (kind === 'call' && methodNameOf(links, node) === 'DelegateClass') {
    return useConstant(links, 'inherit', argumentsOf(links, node)[0] ?? -1);
  }
  // `Struct.new(:a)`, and whatever else is computed: the library's.
  return expressions.literal('Class');
}

export const methodDefinition: LinkRule = (links, node) => {
  const { tree, expressions } = links;
  const name = tree.field(node, 'name');
  if (name < 0) return;
  const symbol = links.symbolAt(name);
  links.markUsed(name);
  const isSingleton = tree.kind(node) === 'singleton_method';
  const { classScope, side: around } = definesFor(links);
  const side = isSingleton ? 'class' : around;
  const written = tree.textOf(name);
  const holder = holderOf(links, node, symbol);
  if (holder.isClass) bindMethod(links, written, symbol, { node, side });
  // What a module's function is called by, besides.
  if (side === 'object' && notesOf(links).functions.has(classScope))
    bindMethod(links, written, symbol, { node, side: 'class' });
  const scope = links.scopeOf(node, 'function', symbol);
  noteScope(links, scope, node, side);
  if (holder.self >= 0) notesOf(links).selves.set(scope, holder.self);
  const doc = documented(links, symbol);
  links.within(scope, () => {
    bindParameters(links, tree.field(node, 'parameters'), doc.parameters);
    const told = doc.result === null ? -1 : typeNamed(links, doc.result);
    links.describe(symbol, {
      scope,
      static: side === 'class',
      results: told < 0 ? [] : [expressions.instance(told)],
    });
    if (told < 0 && written !== 'initialize' && !written.endsWith('='))
      addResults(links, symbol, tree.field(node, 'body'));
  });
};

/** What the body's last statement gives is what the method gives; asked when all is bound. */
export function addResults(links: LinkBuilder, symbol: number, body: number): void {
  if (symbol >= 0 && body >= 0) notesOf(links).results.push({ symbol, scope: links.scope, body });
}

/** Binds parameters in the scope at hand. */
export function bindParameters(links: LinkBuilder, list: number, types: ReadonlyMap<string, string>): void {
  const { tree, expressions, scope } = links;
  if (list < 0) return;
  for (const parameter of tree.namedChildren(list)) {
    const kind = tree.kind(parameter);
    const name = kind === 'identifier' ? parameter : tree.field(parameter, 'name');
    if (name < 0) continue;
    links.markUsed(name);
    const written = tree.textOf(name);
    if (kind === 'splat_parameter') links.bind('parameter', written, { scope, value: expressions.literal('Array') });
    else if (kind === 'hash_splat_parameter')
      links.bind('parameter', written, { scope, value: expressions.literal('Hash') });
    else {
      const told = types.get(written);
      const type = told === undefined ? -1 : typeNamed(links, told);
      const value = kind === 'identifier' ? -1 : links.value(tree.field(parameter, 'value'));
      links.bind('parameter', written, { scope, type, value });
    }
  }
}

/** Adds what the method around the place gives. */
export const returnStatement: LinkRule = (links, node) => {
  const { tree, expressions } = links;
  const list = tree.namedChildren(node)[0] ?? -1;
  const scope = links.nearest(['function', 'class']);
  if (list < 0 || scope < 0 || links.kindOf(scope) !== 'function') return;
  const values = tree.namedChildren(list).map((one) => links.value(one));
  const result = values.length > 1 ? expressions.collection('tuple', values) : (values[0] ?? -1);
  links.describe(links.symbolOf(scope), { results: [result] });
};

/** What a method yields is what the block of its calls is given. */
export const yieldStatement: LinkRule = (links, node) => {
  const { tree } = links;
  const scope = links.nearest(['function', 'class']);
  const list = tree.namedChildren(node)[0] ?? -1;
  if (list < 0 || scope < 0 || links.kindOf(scope) !== 'function') return;
  tree
    .namedChildren(list)
    .slice(0, maxYielded)
    .forEach((one, place) => {
      const value = links.value(one);
      if (value >= 0) links.bind('variable', `(${place})`, { scope, type: value });
    });
};

/** Values of one `yield` that are followed. */
const maxYielded = 3;

/** When all is walked: what classes are made of, and what methods give. */
export function finish(links: LinkBuilder): void {
  const { bases, results } = notesOf(links);
  bindMethods(links);
  for (const [symbol, { mixed, superclass: above }] of bases) {
    // The last that is mixed in is asked first.
    links.describe(symbol, { bases: [...mixed.toReversed(), ...above] });
  }
  for (const { symbol, scope, body } of results) {
    const last = lastOf(links, body);
    if (last >= 0) links.within(scope, () => links.describe(symbol, { results: [links.value(last)] }));
  }
}
