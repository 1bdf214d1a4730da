/**
 * What the rules for Ruby know of a place: whose code it is, and which names are locals there.
 *
 * Methods of a class and of its objects live side by side: what is called on the class itself is bound as `name(self)`, what on its objects as
 * `name`. So neither hides the other, and no local of the same name does, which the language keeps apart as well.
 */
import type { LinkBuilder } from './builder.ts';
import { callableName, whicheverNumber } from './callables.ts';
import { type Frame, framesOf, isBoundIn } from './ruby-locals.ts';
import type { MethodChange } from './ruby-methods.ts';

/** Of a method or variable that the class itself has. */
export const ownName = (name: string): string => `${name}(self)`;

/** Of a method that an object has, or else its class; so is what begins with a capital and is called with arguments told from a constant. */
const eitherName = (name: string): string => callableName(name, whicheverNumber);

export type Side = 'object' | 'class';

interface Notes {
  /** Whose code a scope holds, where it says so: bodies of methods, of classes, of `class << self`. */
  readonly sides: Map<number, Side>;
  readonly frames: Map<number, Frame>;
  /** Bodies of `class << self`: what is defined in them is the class's own. */
  readonly singletons: Set<number>;
  /** What a class is made of, by its symbol: modules in the order in which they are put into it, and what it inherits from. */
  readonly bases: Map<number, { mixed: number[]; superclass: number[] }>;
  /** Scopes of modules behind a `module_function` alone. */
  readonly functions: Set<number>;
  /** Blocks of groups of tests: what their code sets on itself belongs to them. */
  readonly groups: Set<number>;
  /** What a group of tests is about, by its block: `describe Foo do`. */
  readonly described: Map<number, number>;
  /** What is defined and taken away, in the order of the source. */
  readonly changes: MethodChange[];
  /** What `self` is in the methods of one object or of a class that is named: by scope. */
  readonly selves: Map<number, number>;
  /** Blocks whose methods a module gives to the classes that include it: `class_methods do`. */
  readonly brought: Set<number>;
  /** Blocks in a class's body of which nothing tells whether they are its objects' code or its own. */
  readonly unsure: Set<number>;
  /** Methods whose last expression is what they give, with their scopes. */
  readonly results: { readonly symbol: number; readonly scope: number; readonly body: number }[];
}

const byBuilder = new WeakMap<LinkBuilder, Notes>();

export function notesOf(links: LinkBuilder): Notes {
  let notes = byBuilder.get(links);
  if (notes === undefined) {
    notes = {
      sides: new Map(),
      frames: new Map([[0, framesOf(links).get(0) as Frame]]),
      singletons: new Set(),
      bases: new Map(),
      functions: new Set(),
      groups: new Set(),
      described: new Map(),
      changes: [],
      selves: new Map(),
      brought: new Set(),
      unsure: new Set(),
      results: [],
    };
    byBuilder.set(links, notes);
  }
  return notes;
}

/** Says that a scope is the frame of the node, and whose code it holds. */
export function noteScope(links: LinkBuilder, scope: number, node: number, side?: Side): void {
  const notes = notesOf(links);
  const frame = framesOf(links).get(node);
  if (frame !== undefined) notes.frames.set(scope, frame);
  if (side !== undefined) notes.sides.set(scope, side);
}

function frameAt(links: LinkBuilder): Frame | null {
  const { frames } = notesOf(links);
  for (let at = links.scope; at >= 0; at = links.parentOf(at)) {
    const found = frames.get(at);
    if (found !== undefined) return found;
  }
  return null;
}

/** Whether the identifier is a local where it stands. */
export const isLocal = (links: LinkBuilder, node: number): boolean =>
  isBoundIn(frameAt(links), links.tree.textOf(node), node);

/** The names that the frame of a scope binds itself. */
export const namesOf = (links: LinkBuilder, scope: number): ReadonlyMap<string, number> =>
  notesOf(links).frames.get(scope)?.names ?? noNames;

const noNames: ReadonlyMap<string, number> = new Map();

/** The scope that a local belongs to: the innermost around whose frame has the name. */
export function scopeOfLocal(links: LinkBuilder, name: string): number {
  const { frames } = notesOf(links);
  for (let at = links.scope; at >= 0; at = links.parentOf(at)) if (frames.get(at)?.names.has(name)) return at;
  return links.scope;
}

export interface Place {
  /** The class around; -1 when there is none. */
  readonly classScope: number;
  readonly side: Side;
  /** It may be of the class as well. */
  readonly isUnsure: boolean;
}

/** Whose code stands here. */
export function placeOf(links: LinkBuilder): Place {
  const { sides, unsure } = notesOf(links);
  let side: Side | null = null;
  let isUnsure = false;
  for (let at = links.scope; at >= 0; at = links.parentOf(at)) {
    if (side === null) {
      side = sides.get(at) ?? null;
      isUnsure = unsure.has(at);
    }
    if (links.kindOf(at) === 'class') return { classScope: at, side: side ?? 'class', isUnsure };
  }
  return { classScope: -1, side: side ?? 'object', isUnsure: false };
}

/** The value of `self`, or -1 where there is no class around. */
export function selfValue(links: LinkBuilder): number {
  const { selves } = notesOf(links);
  for (let at = links.scope; at >= 0 && links.kindOf(at) !== 'class'; at = links.parentOf(at)) {
    const self = selves.get(at);
    if (self !== undefined) return self;
  }
  const { classScope, side } = placeOf(links);
  return links.expressions.self(side === 'class' ? 'self-type' : 'self', classScope);
}

/** What a name without a receiver calls: a method of whoever's code it is, or a function. */
export function implicit(links: LinkBuilder, name: string): number {
  const own = selfValue(links);
  if (own < 0) return links.name(name);
  const isEither = placeOf(links).isUnsure && !/^[@\p{Lu}]/u.test(name);
  return links.expressions.member(own, isEither ? eitherName(name) : name);
}

/** The name of what is called without a receiver: `Integer("1")` calls a method, whatever class has the name. */
export function callableOf({ tree }: LinkBuilder, method: number): string {
  const name = tree.textOf(method);
  return tree.kind(method) === 'constant' ? eitherName(name) : name;
}

/** Where what is defined here belongs, and to which side. */
export function definesFor(links: LinkBuilder): Omit<Place, 'isUnsure'> {
  const { singletons } = notesOf(links);
  for (let at = links.scope; at >= 0; at = links.parentOf(at)) {
    if (singletons.has(at)) return { classScope: links.nearest(['class'], at), side: 'class' };
    if (links.kindOf(at) === 'class') return { classScope: at, side: 'object' };
  }
  return { classScope: -1, side: 'object' };
}

/** The group of tests around the place, or the file. */
export function groupScope(links: LinkBuilder): number {
  const { groups } = notesOf(links);
  for (let at = links.scope; at >= 0; at = links.parentOf(at)) if (groups.has(at)) return at;
  return 0;
}

/** What `described_class` and, without one of its own, `subject` are in a group of tests about a class; -1 for other names and elsewhere. */
export function describedAs(links: LinkBuilder, name: string): number {
  if (name !== 'described_class' && name !== 'subject') return -1;
  const { described } = notesOf(links);
  const { expressions } = links;
  for (let at = links.scope; at >= 0; at = links.parentOf(at)) {
    const found = described.get(at) ?? -1;
    if (found >= 0) return name === 'subject' ? expressions.call(expressions.member(found, 'new')) : found;
  }
  return -1;
}

/** The last statement of a body, or -1. */
export function lastOf(links: LinkBuilder, body: number): number {
  const { tree } = links;
  if (body < 0) return -1;
  if (!bodyKinds.includes(tree.kind(body))) return body;
  const parts = tree.namedChildren(body).filter((one) => !notStatements.has(tree.kind(one)));
  return parts.at(-1) ?? -1;
}

/** Kinds of nodes that hold statements one after the other. */
export const bodyKinds: readonly string[] = [
  'body_statement',
  'block_body',
  'then',
  'else',
  'do',
  'begin',
  'parenthesized_statements',
];
const notStatements = new Set(['comment', 'rescue', 'ensure', 'else', 'heredoc_body', 'empty_statement']);

export const argumentsOf = (links: LinkBuilder, call: number): number[] => {
  const list = links.tree.field(call, 'arguments');
  return list < 0 ? [] : links.tree.namedChildren(list);
};

export const methodNameOf = (links: LinkBuilder, call: number): string => {
  const method = links.tree.field(call, 'method');
  return method < 0 ? '' : links.tree.textOf(method);
};

/** Adds one part of what a class is made of. */
export function addBase(links: LinkBuilder, symbol: number, how: 'mixed' | 'superclass', base: number): void {
  if (symbol < 0 || base < 0) return;
  const { bases } = notesOf(links);
  const known = bases.get(symbol) ?? { mixed: [], superclass: [] };
  bases.set(symbol, known);
  if (known[how].length < maxBases) known[how].push(base);
}

/** Modules of one class that are followed; Rails' `ActiveRecord::Base` includes 33. */
const maxBases = 96;
