/** What the rules for Rust remember of one file from node to node. */
import type { LinkBuilder } from './builder.ts';

/** What `self` and `Self` are inside an `impl` or a trait: expressions. */
export interface Own {
  readonly value: number;
  readonly type: number;
}

/** A method or constant of an `impl` whose type stands in this file. */
interface Hung {
  readonly name: string;
  readonly symbol: number;
  readonly value: number;
  readonly type: number;
}

interface Local {
  /** Node from which on the name means this. */
  readonly from: number;
  /** What it is bound as: what means something else around it must not be hidden before. */
  readonly bound: string;
}

interface Notes {
  /** By scope of an `impl` or trait. */
  readonly own: Map<number, Own>;
  /** By scope and name: Rust lets a name be bound again. */
  readonly locals: Map<number, Map<string, Local[]>>;
  /** Names of what the file defines and imports. */
  readonly items: ReadonlySet<string>;
  /** By node of a module's declaration: the file that an attribute gives it. */
  readonly places: Map<number, string>;
  /** By scope of an `impl`: the symbol of its type in this file or -1, and the expression that names it. */
  readonly impls: Map<number, { readonly symbol: number; readonly type: number }>;
  /** Class scopes of types, by symbol. */
  readonly scopes: Map<number, number>;
  /** By node of an item: traits that it derives. */
  readonly derived: Map<number, number[]>;
  /** By symbol of a type: what `impl` blocks give it. */
  readonly hung: Map<number, Hung[]>;
  /** By symbol of a type: traits it implements, expressions. */
  readonly traits: Map<number, number[]>;
  /** Values that are read when everything is bound: what is in them is not bound yet when they are asked for. */
  readonly later: { readonly scope: number; readonly name: string; readonly inside: number; readonly node: number }[];
  /** By qualified name: symbols of types. */
  types: ReadonlyMap<string, number> | null;
}

const byBuilder = new WeakMap<LinkBuilder, Notes>();

export function notesOf(links: LinkBuilder): Notes {
  let notes = byBuilder.get(links);
  if (notes === undefined) {
    notes = {
      own: new Map(),
      locals: new Map(),
      items: new Set([
        ...links.scan.symbols.map(({ name }) => name),
        ...links.scan.imports.map(({ alias }) => alias ?? ''),
      ]),
      places: new Map(),
      impls: new Map(),
      scopes: new Map(),
      derived: new Map(),
      hung: new Map(),
      traits: new Map(),
      later: [],
      types: null,
    };
    byBuilder.set(links, notes);
  }
  return notes;
}

/** What is `self` around the place, or null. */
export function ownOf(links: LinkBuilder): Own | null {
  const { own } = notesOf(links);
  for (let scope = links.scope; scope >= 0; scope = links.parentOf(scope)) {
    const found = own.get(scope);
    if (found !== undefined) return found;
  }
  return null;
}

/** Binds a local in the scope at hand. @param from node from which on the name means this */
export function bindLocal(
  links: LinkBuilder,
  name: string,
  from: number,
  given: { readonly value?: number; readonly type?: number; readonly kind?: 'parameter' | 'variable' },
): void {
  const { locals } = notesOf(links);
  const { scope } = links;
  let names = locals.get(scope);
  if (names === undefined) {
    names = new Map();
    locals.set(scope, names);
  }
  const versions = names.get(name) ?? [];
  names.set(name, versions);
  // Branches of one pattern bind a name from the same node on: it has the values of all.
  let local = versions.at(-1);
  if (local?.from !== from) {
    local = { from, bound: versions.length > 0 || isBoundAround(links, name) ? `${name}#${from}` : name };
    versions.push(local);
  }
  const { kind = 'variable', ...rest } = given;
  links.bind(kind, local.bound, { scope, ...rest });
}

function isBoundAround(links: LinkBuilder, name: string): boolean {
  const { locals, items } = notesOf(links);
  if (items.has(name)) return true;
  for (let scope = links.parentOf(links.scope); scope >= 0; scope = links.parentOf(scope)) {
    if (locals.get(scope)?.has(name)) return true;
  }
  return false;
}

/** The name under which what a plain name means at a node is bound. */
export function nameAt(links: LinkBuilder, name: string, node: number): string {
  const { locals } = notesOf(links);
  for (let scope = links.scope; scope >= 0; scope = links.parentOf(scope)) {
    const versions = locals.get(scope)?.get(name);
    for (let at = (versions?.length ?? 0) - 1; at >= 0; at--) {
      const { from, bound } = (versions as Local[])[at] as Local;
      if (from <= node) return bound;
    }
  }
  return name;
}

/** The value of a node inside a scope of its own, as a name that gets it when everything is bound. */
export function later(links: LinkBuilder, inside: number, node: number): number {
  if (node < 0) return -1;
  const { scope } = links;
  const name = `{${node}`;
  notesOf(links).later.push({ scope, name, inside, node });
  return links.expressions.name(name, scope);
}

/** Symbol of the type that an `impl` of this file names, or -1. */
export function typeNamed(links: LinkBuilder, qualifiedName: string): number {
  const notes = notesOf(links);
  if (notes.types === null) {
    const types = new Map<string, number>();
    links.scan.symbols.forEach(({ kind, qualifiedName: name }, symbol) => {
      if ((kind === 'struct' || kind === 'enum' || kind === 'trait') && !types.has(name)) types.set(name, symbol);
    });
    notes.types = types;
  }
  return notes.types.get(qualifiedName) ?? -1;
}
