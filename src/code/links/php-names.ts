/**
 * Names of PHP as they are for everybody: `\Shop\Order`, with a backslash first.
 *
 * The idea: which class a name means is said by the file alone, by its namespace and its `use` clauses. So every definition outside
 * of classes is bound in the file's scope under its whole name, and every name is asked for by it; who has it in another file is
 * looked up by `index/graph`. Functions and constants that their namespace has not are the global ones, which the file cannot tell:
 * `\Shop\\strlen` stands for `\Shop\strlen` or else `\strlen`.
 *
 * What has a kind of its own does not meet the others: variables and properties keep their `$`, functions are bound as `function \Shop\save`,
 * constants as `const \Shop\LIMIT`, those of classes as `const \LIMIT`; classes and methods are bound by their names alone. Capitals stay as
 * they are written; where they do not count (`index/graph/php-case.ts`) says the kind.
 */
import { usedNames } from '../languages/php-imports.ts';
import type { LinkBuilder } from './builder.ts';
import type { LinkRule } from './language.ts';

type NameKind = 'class' | 'function' | 'const';

interface Notes {
  /** Without a backslash at either end. */
  namespace: string;
  /** What `use` binds, as whole names. */
  used: Readonly<Record<NameKind, Map<string, string>>>;
  /** Function scopes that belong to no object: `static`. */
  readonly statics: Set<number>;
  /** Function scopes whose result is declared: what they return says less. */
  readonly declared: Set<number>;
  /** Type variables of doc comments by scope of the class or function: what they are bound to, or -1. */
  readonly templates: Map<number, ReadonlyMap<string, number>>;
  /** Scopes of closures whose parameters are bound. */
  readonly closures: Set<number>;
  /** What comments say of what is bound, by the node of the target. */
  readonly told: Map<number, number>;
  /** Tests whose narrowings are noted. */
  readonly narrowed: Set<number>;
}

const nothingUsed = (): Notes['used'] => ({ class: new Map(), function: new Map(), const: new Map() });

const byBuilder = new WeakMap<LinkBuilder, Notes>();

/** What the rules for PHP remember of one file from node to node. */
export function notesOf(links: LinkBuilder): Notes {
  let notes = byBuilder.get(links);
  if (notes === undefined) {
    notes = {
      namespace: '',
      used: nothingUsed(),
      statics: new Set(),
      declared: new Set(),
      templates: new Map(),
      closures: new Set(),
      narrowed: new Set(),
      told: new Map(),
    };
    byBuilder.set(links, notes);
  }
  return notes;
}

export const namespaceDefinition: LinkRule = (links, node) => {
  const { tree } = links;
  const notes = notesOf(links);
  const name = tree.field(node, 'name');
  notes.namespace = name < 0 ? '' : tree.textOf(name).replaceAll(/\s+/g, '');
  notes.used = nothingUsed();
  // Of several namespaces in one file the first is told; names are bound under their own.
  links.package ??= notes.namespace;
};

export const useDeclaration: LinkRule = (links, node) => {
  const { used } = notesOf(links);
  for (const { kind, namespace, name, alias } of usedNames(links.tree, node)) {
    used[kind].set(keyOf(kind, alias), namespace === '' ? `\\${name}` : `\\${namespace}\\${name}`);
  }
  links.skip(node);
};

/** Aliases of classes and functions are found in other capitals as well. */
const keyOf = (kind: NameKind, alias: string): string => (kind === 'const' ? alias : alias.toLowerCase());

/** A whole name with its kind. */
const marked = (kind: NameKind, whole: string): string => (kind === 'class' ? whole : `${kind} ${whole}`);

/** A constant of a class, as its member. */
export const constantName = (name: string): string => `const \\${name}`;

/** The whole name of what is defined under `name` at the place. */
function wholeName(links: LinkBuilder, name: string): string {
  const { namespace } = notesOf(links);
  return namespace === '' ? `\\${name}` : `\\${namespace}\\${name}`;
}

/** Binds a definition outside of classes, which the whole program sees. @returns its symbol, or -1 */
export function bindForAll(links: LinkBuilder, kind: NameKind, name: number, value = -1): number {
  const symbol = links.symbolAt(name);
  links.markUsed(name);
  const whole = marked(kind, wholeName(links, links.tree.textOf(name)));
  links.bind(symbol >= 0 ? 'symbol' : 'variable', whole, { scope: 0, symbol, value });
  return symbol;
}

/** What a name as written means. */
export const meant = (links: LinkBuilder, kind: NameKind, written: string): string =>
  marked(kind, meantWhole(links, kind, written.replaceAll(/\s+/g, '')));

function meantWhole(links: LinkBuilder, kind: NameKind, text: string): string {
  const { namespace, used } = notesOf(links);
  if (text.startsWith('\\')) return text;
  if (/^namespace\\/i.test(text)) return wholeName(links, text.slice('namespace\\'.length));
  const end = text.indexOf('\\');
  if (end >= 0) {
    const first = used.class.get(keyOf('class', text.slice(0, end)));
    return first === undefined ? wholeName(links, text) : first + text.slice(end);
  }
  const told = used[kind].get(keyOf(kind, text));
  if (told !== undefined) return told;
  return kind === 'class' || namespace === '' ? wholeName(links, text) : `\\${namespace}\\\\${text}`;
}

/** What has a whole name, as an expression. */
export const named = (links: LinkBuilder, whole: string): number => links.expressions.name(whole, 0);

/** As `named`, for a name that a string holds: `'Shop\\Order'` is always whole. */
export const namedByText = (links: LinkBuilder, text: string, kind: NameKind = 'class'): number =>
  named(links, marked(kind, `\\${text.replaceAll('\\\\', '\\').replace(/^\\/, '')}`));

/** Node of the last name of what names a class or function, or -1. */
export function lastName(links: LinkBuilder, node: number): number {
  const { tree } = links;
  switch (node < 0 ? '' : tree.kind(node)) {
    case 'name':
    case 'relative_scope':
      return node;
    case 'named_type':
      return lastName(links, tree.firstChild(node));
    case 'qualified_name':
    case 'relative_name':
      return tree.namedChildren(node).at(-1) ?? -1;
    default:
      return -1;
  }
}

/** The class scope around the place, past functions; -1 outside of classes. */
export const classAround = (links: LinkBuilder): number => links.nearest(['class']);

/** The object that code in the class scope belongs to; of a class without a name what is written. */
export function ownObject(links: LinkBuilder): number {
  const scope = classAround(links);
  return scope < 0 ? -1 : links.expressions.self(links.symbolOf(scope) < 0 ? 'object' : 'self', scope);
}

/** Whether the code at the place has an object: in a method that is not static, and in what is written in it. */
function hasObject(links: LinkBuilder): boolean {
  const { statics } = notesOf(links);
  for (let at = links.scope; at >= 0 && links.kindOf(at) !== 'class'; at = links.parentOf(at)) {
    if (links.kindOf(at) === 'function') {
      if (statics.has(at)) return false;
      if (links.symbolOf(at) >= 0) return links.kindOf(links.parentOf(at)) === 'class';
    }
  }
  return false;
}

/** What a method is called on that is written behind `::`: the class, or where `self` has an object, that. */
export function calledOn(links: LinkBuilder, holder: number): number {
  const isOwn = /^(self|static)$/i.test(links.tree.textOf(holder)) && hasObject(links);
  return isOwn ? ownObject(links) : classAt(links, holder);
}

/** What `self`, `static` and `parent` are, else -1. */
function relativeClass(links: LinkBuilder, word: string): number {
  const scope = classAround(links);
  if (scope < 0) return -1;
  const isNameless = links.symbolOf(scope) < 0;
  if (word === 'parent')
    return isNameless ? links.expressions.name('parent', scope) : links.expressions.self('super', scope);
  return links.expressions.self(isNameless ? 'object' : 'self-type', scope);
}

const relative = /^(self|static|parent)$/i;

/** The class that a name or type node names, as an expression; what else stands before `::` by its value. */
export function classAt(links: LinkBuilder, node: number): number {
  const { tree } = links;
  switch (node < 0 ? '' : tree.kind(node)) {
    case 'named_type':
      return classAt(links, tree.firstChild(node));
    case 'name':
    case 'relative_scope':
    case 'qualified_name':
    case 'relative_name': {
      const text = tree.textOf(node);
      return relative.test(text) ? relativeClass(links, text.toLowerCase()) : named(links, meant(links, 'class', text));
    }
    default:
      return links.value(node);
  }
}

/** Reports a use of the class that a node names, if it names one. */
export function useClass(
  links: LinkBuilder,
  kind: 'inherit' | 'implement' | 'type' | 'decorate' | 'use',
  node: number,
): void {
  const name = lastName(links, node);
  if (name < 0 || links.isUsed(name)) return;
  if (relative.test(links.tree.textOf(name))) links.markUsed(name);
  else links.use(kind, name, classAt(links, node));
}
