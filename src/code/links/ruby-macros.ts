/**
 * Calls in Ruby's classes that define something: `include`, `attr_accessor`, `delegate`, `alias_method`, `define_method`, `module_function`,
 * as far as their names are written out.
 */
import { definedBy, keywordOf, literalName } from '../languages/ruby-macros.ts';
import type { LinkBuilder } from './builder.ts';
import type { LinkRule } from './language.ts';
import { addResults, useConstant } from './ruby-definitions.ts';
import { bindMethod, takeAway } from './ruby-methods.ts';
import { addBase, argumentsOf, definesFor, noteScope, notesOf, ownName, placeOf, type Side } from './ruby-notes.ts';

/**
 * Under these names a class has modules beside those that it includes: what stands before its objects' methods, what its own side is
 * extended by and what stands before that. The last that is bound is asked first.
 */
const mixins = { prepend: '(prepend)', extend: '(extend)', 'own prepend': '(prepend)(self)' } as const;

/** Under this name a file has the modules that it gives to all objects: `include` outside of any class. */
const everywhere = '(include)';

/** @returns whether the call was one that defines: then it needs no use */
export function macro(links: LinkBuilder, call: number, method: string): boolean {
  const { classScope, side } = definesFor(links);
  if (method === 'include' && links.scope === 0) return includeEverywhere(links, call);
  if (classScope < 0 || links.nearest(['function', 'class']) !== classScope) return false;
  // A block that is evaluated elsewhere says nothing of the class around.
  if (/^(include|extend|prepend)$/.test(method) && placeOf(links).side !== 'class') return false;
  switch (method) {
    case 'include':
    case 'prepend':
    case 'extend':
      // Of several the first is asked first.
      for (const argument of argumentsOf(links, call).toReversed()) {
        const constant = useConstant(links, 'inherit', argument);
        if (method === 'include' && side === 'object') addBase(links, links.symbolOf(classScope), 'mixed', constant);
        else mixIn(links, classScope, mixinOf(method, side), method === 'extend' ? links.value(argument) : constant);
      }
      return true;
    case 'remove_method':
    case 'undef_method':
      takenAway(links, call, method === 'undef_method' ? 'undef' : 'remove');
      return true;
    case 'module_function':
      moduleFunctions(links, call, classScope);
      return true;
    case 'private':
    case 'public':
    case 'protected':
    case 'private_class_method':
    case 'public_class_method':
    case 'private_constant':
      return true;
    default:
      return defined(links, call, method);
  }
}

const mixinOf = (method: string, side: Side): keyof typeof mixins =>
  method === 'prepend' ? (side === 'class' ? 'own prepend' : 'prepend') : 'extend';

function mixIn(links: LinkBuilder, scope: number, how: keyof typeof mixins, value: number): void {
  if (value >= 0) links.bind('variable', mixins[how], { scope, value });
}

/** `include Rake::DSL` in a program, outside of any class. */
function includeEverywhere(links: LinkBuilder, call: number): boolean {
  for (const argument of argumentsOf(links, call).toReversed()) {
    const value = useConstant(links, 'inherit', argument);
    if (value >= 0) links.bind('variable', everywhere, { scope: 0, value });
  }
  return true;
}

/** `undef_method :a, "b"`. */
function takenAway(links: LinkBuilder, call: number, kind: 'undef' | 'remove'): void {
  for (const argument of argumentsOf(links, call)) {
    const extent = literalName(links, argument);
    if (extent === null) continue;
    takeAway(links, kind, links.text.slice(extent.start, extent.end), { node: call, side: definesFor(links).side });
  }
}

/** `undef a, :b`. */
export const undefinition: LinkRule = (links, node) => {
  links.skip(node);
  for (const one of links.tree.namedChildren(node)) {
    const { start, end } = literalName(links, one) ?? { start: links.tree.start(one), end: links.tree.end(one) };
    takeAway(links, 'undef', links.text.slice(start, end), { node, side: definesFor(links).side });
  }
};

/** `module_function :a, :b`, which stands behind them; alone it speaks of all that follow. */
export function moduleFunctions(links: LinkBuilder, call: number, scope: number): void {
  const named = argumentsOf(links, call);
  if (named.length === 0) notesOf(links).functions.add(scope);
  const holder = links.symbolOf(scope);
  for (const argument of named) {
    const extent = literalName(links, argument);
    if (extent === null) continue;
    const name = links.text.slice(extent.start, extent.end);
    const symbol = links.scan.symbols.findIndex((one) => one.parent === holder && one.name === name);
    if (symbol >= 0) links.bind('symbol', ownName(name), { symbol, scope });
  }
}

const readers = /^(?:attr|attr_reader|attr_accessor|class_attribute|[mc]attr_(?:reader|accessor))$/;
const writers = /^(?:attr_writer|attr_accessor|class_attribute|[mc]attr_(?:writer|accessor))$/;

function defined(links: LinkBuilder, call: number, method: string): boolean {
  const { expressions, tree } = links;
  const names = definedBy(links, call, method);
  if (names.length === 0) return false;
  const { classScope, side } = definesFor(links);
  const onBoth = /^(class_attribute|[mc]attr_)/.test(method);
  const isOwn = side === 'class' || method === 'define_singleton_method';
  const own = expressions.self(side === 'class' ? 'self-type' : 'self', classScope);
  for (const { name, start } of names) {
    const symbol = links.symbolFrom(start);
    const bind = (written: string, more: { value?: number; of?: string } = {}): void => {
      bindMethod(links, written, symbol, { node: call, side: isOwn ? 'class' : 'object', ...more });
      if (onBoth) bindMethod(links, written, symbol, { node: call, side: 'class', ...more });
    };
    if (writers.test(method)) bind(`${name}=`);
    if (readers.test(method)) {
      bind(name);
      links.describe(symbol, { results: [expressions.member(own, onBoth ? `@@${name}` : `@${name}`)] });
    } else if (method === 'alias_method') {
      const of = literalName(links, argumentsOf(links, call)[1] ?? -1);
      const old = of === null ? '' : links.text.slice(of.start, of.end);
      bind(name, of === null ? {} : { value: expressions.member(own, old), of: old });
    } else if (method.startsWith('define_')) {
      bind(name);
      defineWithBlock(links, tree.field(call, 'block'), symbol, isOwn);
    } else if (!writers.test(method)) {
      bind(name);
      const target = delegatedTo(links, call, method);
      links.describe(symbol, { results: [expressions.call(expressions.member(target, name))] });
    }
    if (isOwn || onBoth) links.describe(symbol, { static: isOwn });
  }
  return true;
}

/** `define_method(:run) { … }`: the block is the method's body, and sees what is around it. */
function defineWithBlock(links: LinkBuilder, block: number, symbol: number, isOwn: boolean): void {
  if (block < 0) return;
  const scope = links.scopeOf(block, 'function', symbol);
  noteScope(links, scope, block, isOwn ? 'class' : 'object');
  links.describe(symbol, { scope });
  links.within(scope, () => addResults(links, symbol, links.tree.field(block, 'body')));
}

/** Whom a method passes its calls on to. */
function delegatedTo(links: LinkBuilder, call: number, method: string): number {
  const { text, expressions } = links;
  const node = method === 'delegate' ? keywordOf(links, call, 'to') : (argumentsOf(links, call)[0] ?? -1);
  const extent = literalName(links, node);
  if (extent === null) return useConstant(links, 'use', node);
  const name = text.slice(extent.start, extent.end).replace(/^self\./, '');
  const { classScope, side } = definesFor(links);
  const own = expressions.self(side === 'class' ? 'self-type' : 'self', classScope);
  if (name === 'class') return expressions.self('self-type', classScope);
  if (/^[A-Z]/.test(name)) return links.name(name);
  const member = expressions.member(own, name);
  return name.startsWith('@') ? member : expressions.call(member);
}

/** `alias new old`. */
export const aliasDefinition: LinkRule = (links, node) => {
  const { tree, text, expressions } = links;
  const name = tree.field(node, 'name');
  const target = tree.field(node, 'alias');
  links.skip(node);
  if (name < 0 || target < 0 || tree.kind(name) === 'global_variable') return;
  const extent = literalName(links, name) ?? { start: tree.start(name), end: tree.end(name) };
  const old = literalName(links, target) ?? { start: tree.start(target), end: tree.end(target) };
  const { classScope, side } = definesFor(links);
  const own = expressions.self(side === 'class' ? 'self-type' : 'self', classScope);
  const of = text.slice(old.start, old.end);
  const value = own < 0 ? -1 : expressions.member(own, of);
  bindMethod(links, text.slice(extent.start, extent.end), links.symbolFrom(extent.start), { node, side, value, of });
};
