/**
 * Types that JSDoc tells where none is written: `@param`, `@returns`, `@type`, `@typedef`, and `import('./x').Cart` in them.
 *
 * A comment may be wrong and nobody checks it, so only what it names of the file (a definition, an import, another `@typedef`) counts, alone or in
 * one of the language's containers. Everything else (`ServerResponse`, `string`) would say less than the code does.
 *
 * Absent: types of objects (`@property`, `{{a: B}}`), `@template`, `@callback`, and what `@this` and `@extends` say.
 */
import type { LinkBuilder } from './builder.ts';
import { withArguments } from './ecmascript-declared.ts';

/** Longer comments are licences and prose. */
const maxUnits = 10_000;
/** Types in types. */
const maxDepth = 8;

/** The doc comment directly before a place, or `''`. */
function docBefore(text: string, place: number): string {
  let end = place;
  while (end > 0 && /\s/.test(text[end - 1] as string)) end--;
  if (!text.endsWith('*/', end)) return '';
  const start = text.lastIndexOf('/**', end - 3);
  const isOne = start >= 0 && end - start <= maxUnits && text.indexOf('*/', start + 3) === end - 2;
  return isOne ? text.slice(start, end) : '';
}

/** What may stand between a function or a value and the comment that is about it. */
const around =
  /^(variable_declarator|lexical_declaration|variable_declaration|export_statement|assignment_expression|expression_statement|pair|parenthesized_expression)$/;

/** The doc comment of a function, a value or a statement. */
export function docOf(links: LinkBuilder, node: number): string {
  const { tree, text } = links;
  let at = node;
  for (let level = 0; level < maxDepth; level++) {
    const found = docBefore(text, tree.start(at));
    if (found !== '') return found;
    const parent = tree.parent(at);
    if (parent < 0 || !around.test(tree.kind(parent))) return '';
    at = parent;
  }
  return '';
}

export interface FunctionDoc {
  /** Types by the name of the parameter, and in order for those that are taken apart. */
  readonly named: ReadonlyMap<string, number>;
  readonly inOrder: readonly number[];
  /** -1 where nothing is said. */
  readonly result: number;
}

const silent: FunctionDoc = { named: new Map(), inOrder: [], result: -1 };

export function functionDoc(links: LinkBuilder, node: number): FunctionDoc {
  const doc = docOf(links, node);
  if (!doc.includes('@')) return silent;
  const named = new Map<string, number>();
  const inOrder: number[] = [];
  let result = -1;
  for (const { tag, type, rest } of tagsOf(links, doc)) {
    if (tag === 'return' || tag === 'returns') result = type;
    if (tag !== 'param' && tag !== 'arg' && tag !== 'argument') continue;
    const name = /^\s*\[?\s*([\w$]+)([.[])?/.exec(rest);
    // `opts.name` is a part of what came before.
    if (name === null || name[2] !== undefined) continue;
    inOrder.push(type);
    if (type >= 0) named.set(name[1] as string, type);
  }
  return { named, inOrder, result };
}

/** What `@type` says of what follows, or -1. */
export function typeTold(links: LinkBuilder, node: number): number {
  const doc = docOf(links, node);
  return doc.includes('@type') ? (tagsOf(links, doc).find(({ tag }) => tag === 'type')?.type ?? -1) : -1;
}

/** What a comment before an expression in parentheses says that it is, or -1. */
export function castTold(links: LinkBuilder, node: number): number {
  const doc = docBefore(links.text, links.tree.start(node));
  return doc.includes('@type') ? (tagsOf(links, doc).find(({ tag }) => tag === 'type')?.type ?? -1) : -1;
}

/** Names that `@typedef` gives types, in a comment. */
export function bindTypedefs(links: LinkBuilder, node: number): void {
  const comment = links.tree.textOf(node);
  if (!comment.startsWith('/**') || !comment.includes('@typedef') || comment.length > maxUnits) return;
  for (const { tag, type, rest } of tagsOf(links, comment)) {
    const name = tag === 'typedef' ? /^\s*([\w$]+)/.exec(rest)?.[1] : undefined;
    if (name !== undefined && type >= 0) links.bind('variable', name, { scope: 0, value: type });
  }
}

interface Tag {
  readonly tag: string;
  readonly type: number;
  /** What stands behind the type, on its line. */
  readonly rest: string;
}

function tagsOf(links: LinkBuilder, doc: string): Tag[] {
  const tags: Tag[] = [];
  for (const match of doc.matchAll(/@(params?|arg|argument|returns?|type|typedef)[ \t]*\{/g)) {
    const start = match.index + match[0].length;
    const end = closing(doc, start);
    if (end < 0) continue;
    const written = doc.slice(start, end).replaceAll(/\n\s*\*/g, ' ');
    const rest = doc.slice(end + 1, end + 200).split('\n', 1)[0] as string;
    tags.push({ tag: match[1] as string, type: new Reader(links, written).read(), rest });
  }
  return tags;
}

/** Where the brace closes that was opened before, or -1. */
function closing(text: string, from: number): number {
  let depth = 1;
  for (let at = from; at < text.length && at < from + 1000; at++) {
    if (text[at] === '{') depth++;
    else if (text[at] === '}' && --depth === 0) return at;
  }
  return -1;
}

/** Containers whose elements count. */
const containers =
  /^(Array|ReadonlyArray|Promise|PromiseLike|Set|Map|WeakMap|Iterable|Iterator|Generator|AsyncIterable)$/;

const token = /\s*(import\(\s*(['"])([^'"]{1,200})\2\s*\)|[\w$]+(?:\.[\w$]+)*|\.<|\[\]|\.\.\.|[<>(),|?!=&])/y;

/** Reads a type from its text; -1 for what says nothing. */
class Reader {
  readonly #links: LinkBuilder;
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(links: LinkBuilder, text: string) {
    this.#links = links;
    this.#text = text;
  }

  read(): number {
    const options: number[] = [];
    do options.push(this.#one());
    while (this.#take('|'));
    const known = options.filter((one) => one >= 0);
    return known.length === 0 ? -1 : this.#links.expressions.either(known.slice(0, 8));
  }

  #one(): number {
    if (this.#depth++ > maxDepth) return -1;
    while (this.#take('?') || this.#take('!') || this.#take('...'));
    let type = -1;
    if (this.#take('(')) {
      type = this.read();
      this.#take(')');
    } else type = this.#named();
    while (this.#take('[]')) type = this.#container('Array', [type]);
    while (this.#take('=') || this.#take('!') || this.#take('?'));
    this.#depth--;
    return type;
  }

  #named(): number {
    token.lastIndex = this.#at;
    const match = token.exec(this.#text);
    const module = match?.[3];
    const name = match?.[1] ?? '';
    if (match === null || (module === undefined && !/^[\w$]/.test(name))) return -1;
    this.#at = token.lastIndex;
    const base = module === undefined ? this.#known(name) : this.#imported(module);
    const args: number[] = [];
    if (this.#take('.<') || this.#take('<')) {
      do args.push(this.read());
      while (this.#take(','));
      this.#take('>');
    }
    if (containers.test(name)) return this.#container(name, args);
    return base < 0 ? -1 : withArguments(this.#links, base, args);
  }

  #container(name: string, args: readonly number[]): number {
    const { expressions } = this.#links;
    return args.some((one) => one >= 0) ? withArguments(this.#links, expressions.name(name, 0), args) : -1;
  }

  /** A name, dotted or not, whose beginning the file has. */
  #known(name: string): number {
    const [head = '', ...names] = name.split('.');
    if (!knownNames(this.#links).has(head)) return -1;
    const { expressions } = this.#links;
    return names.reduce((object, one) => expressions.member(object, one), this.#links.name(head));
  }

  /** `import('./x').Cart`, which was found as an import when the file was scanned. */
  #imported(module: string): number {
    const { scan, expressions } = this.#links;
    const dotted = /^\s*\.\s*([\w$]+)/.exec(this.#text.slice(this.#at));
    if (dotted !== null) this.#at += dotted[0].length;
    const name = dotted?.[1] ?? 'default';
    const index = scan.imports.findIndex((one) => one.module === module && one.name === name);
    if (index < 0) return -1;
    const bound = `import('${module}').${name}`;
    const { bound: imports } = docNotes(this.#links);
    if (!imports.has(bound)) {
      imports.add(bound);
      this.#links.bind('import', bound, { import: index, scope: 0 });
    }
    return expressions.name(bound, 0);
  }

  #take(text: string): boolean {
    token.lastIndex = this.#at;
    if (token.exec(this.#text)?.[1] !== text) return false;
    this.#at = token.lastIndex;
    return true;
  }
}

interface DocNotes {
  known: ReadonlySet<string> | null;
  readonly bound: Set<string>;
}

const byBuilder = new WeakMap<LinkBuilder, DocNotes>();

function docNotes(links: LinkBuilder): DocNotes {
  let notes = byBuilder.get(links);
  if (notes === undefined) {
    notes = { known: null, bound: new Set() };
    byBuilder.set(links, notes);
  }
  return notes;
}

const typeKinds = new Set(['class', 'interface', 'function', 'enum', 'type', 'namespace']);

/** Names of the file that may stand for a type: definitions, imports, and what `@typedef` gives. */
function knownNames(links: LinkBuilder): ReadonlySet<string> {
  const notes = docNotes(links);
  if (notes.known === null) {
    const names = new Set<string>();
    for (const { name, kind } of links.scan.symbols) if (typeKinds.has(kind)) names.add(name);
    for (const { alias } of links.scan.imports) if (alias !== null) names.add(alias);
    for (const match of links.text.matchAll(/@typedef[ \t]*\{[^\n]{0,400}\}[ \t]*([\w$]+)/g))
      names.add(match[1] as string);
    notes.known = names;
  }
  return notes.known;
}
