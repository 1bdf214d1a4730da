/**
 * Calls in Ruby's classes that define something: `include`, `attr_accessor`, `delegate`, `alias_method`, `define_method`, `module_function`,
 * as far as their names are written out.
 */
import { definedBy, keywordOf, literalName } from '../languages/ruby-macros.ts';
import type { LinkBuilder } from './builder.ts';
import type { LinkRule } from './language.ts';
import { addResults, bindMethod, useConstant } from './ruby-definitions.ts';
import { addBase, argumentsOf, definesFor, noteScope, notesOf, ownName, placeOf } from './ruby-notes.ts';

/** Under this name a class has the modules that its own side is extended by. */
export const extended = '(extend)';

/** @returns whether the call was one that defines: then it needs no use */
export function macro(links: LinkBuilder, call: number, method: string): boolean {
  const { classScope, side } = definesFor(links);
  if (classScope < 0 || links.nearest(['function', 'class']) !== classScope) return false;
  // A block that is evaluated elsewhere says nothing of the class around.
  if (/^(include|extend|prepend)$/.test(method) && placeOf(links).side !== 'class') return false;
  switch (method) {
    case 'include':
    case 'prepend':
      for (const argument of argumentsOf(links, call)) {
        const value = useConstant(links, 'inherit', argument);
        if (side === 'class') extendBy(links, classScope, value);
        else addBase(links, links.symbolOf(classScope), method === 'include' ? 'mixed' : 'before', value);
      }
      return true;
    case 'extend':
      for (const argument of argumentsOf(links, call)) {
        useConstant(links, 'inherit', argument);
        extendBy(links, classScope, links.value(argument));
      }
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

function extendBy(links: LinkBuilder, scope: number, value: number): void {
  if (value >= 0) links.bind('variable', extended, { scope, value });
}

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
    const bind = (written: string, value = -1): void => {
      bindMethod(links, written, symbol, isOwn ? 'class' : 'object', value);
      if (onBoth) bindMethod(links, written, symbol, 'class', value);
    };
    if (writers.test(method)) bind(`${name}=`);
    if (readers.test(method)) {
      bind(name);
      links.describe(symbol, { results: [expressions.member(own, onBoth ? `@@${name}` : `@${name}`)] });
    } else if (method === 'alias_method') {
      const of = literalName(links, argumentsOf(links, call)[1] ?? -1);
      bind(name, of === null ? -1 : expressions.member(own, links.text.slice(of.start, of.end)));
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
  const of = tree.field(node, 'alias');
  links.skip(node);
  if (name < 0 || of < 0 || tree.kind(name) === 'global_variable') return;
  const extent = literalName(links, name) ?? { start: tree.start(name), end: tree.end(name) };
  const old = literalName(links, of) ?? { start: tree.start(of), end: tree.end(of) };
  const { classScope, side } = definesFor(links);
  const own = expressions.self(side === 'class' ? 'self-type' : 'self', classScope);
  const value = own < 0 ? -1 : expressions.member(own, text.slice(old.start, old.end));
  bindMethod(links, text.slice(extent.start, extent.end), links.symbolFrom(extent.start), side, value);
};
