/**
 * What an expression may stand for: definitions, modules, values of known classes, and two ways of not knowing.
 *
 * `outside` is knowledge: it leads out of the repository. `unknown` is the lack of it. The difference is kept all
 * the way, because "no callers" may be said of a method only when nothing unknown may have meant it.
 */
import type { ResolutionRule } from './types.ts';

/** A class of the repository. */
export interface ClassRef {
  readonly file: number;
  readonly symbol: number;
}

/** Expressions that name types, not evaluated yet. */
export interface Arguments {
  readonly file: number;
  readonly expressions: readonly number[];
  /** What their type parameters are looked up in. */
  readonly within?: Receiver;
}

/** What a member was reached through: its class, and what that is applied to. */
export interface Receiver extends ClassRef {
  readonly args?: Arguments | null;
}

/** A type parameter of a class, by its place among them. */
export interface TypeParameter extends ClassRef {
  readonly place: number;
}

export type Entity =
  /** A definition. `receiver`: the class it was reached through. `own`: the code's own class, which may be a derived one. */
  | {
      readonly kind: 'symbol';
      readonly file: number;
      readonly symbol: number;
      readonly rule: ResolutionRule;
      readonly receiver: Receiver | null;
      readonly args: Arguments | null;
      readonly own: boolean;
      readonly parameter?: TypeParameter;
    }
  /** A name that holds a value and is no definition: a local, a parameter, an attribute set from code. */
  | {
      readonly kind: 'variable';
      readonly file: number;
      readonly scope: number;
      readonly name: string;
      readonly rule: ResolutionRule;
      readonly receiver: Receiver | null;
    }
  /** `files`: their numbers, best first. */
  | { readonly kind: 'module'; readonly files: readonly number[] }
  | { readonly kind: 'directory'; readonly path: string; readonly language: string }
  /** A value of a class. `rule`: how that is known. `own`: it is `self`, whose class may be a derived one. */
  | {
      readonly kind: 'instance';
      readonly file: number;
      readonly symbol: number;
      readonly rule: ResolutionRule;
      readonly args: Arguments | null;
      readonly own: boolean;
      readonly parameter?: TypeParameter;
    }
  /** Members are looked up behind the class. */
  | { readonly kind: 'super'; readonly file: number; readonly symbol: number }
  /** An object written out, or a value of a type that is: what it has is bound in the scope. */
  | { readonly kind: 'object'; readonly file: number; readonly scope: number }
  /** A container written out: its elements are known. */
  | { readonly kind: 'collection'; readonly type: string; readonly elements: Arguments }
  /** Not of the repository. `value`: an object of the type, not the type. */
  | { readonly kind: 'outside'; readonly name: string; readonly value: boolean; readonly args: Arguments | null }
  /**
   * `parameter`, here and above: it is what a type parameter stands for, by its bound. `missing`: it was asked of what is known whole and has
   * no such member, so that what has the name elsewhere is not meant.
   */
  | { readonly kind: 'unknown'; readonly parameter?: TypeParameter; readonly missing?: true };

export const unknown: Entity = { kind: 'unknown' };
export const missing: Entity = { kind: 'unknown', missing: true };
export const nothing: readonly Entity[] = [];
export const unknownOnly: readonly Entity[] = [unknown];

export const outside = (name: string, value: boolean, args: Arguments | null = null): Entity => ({
  kind: 'outside',
  name,
  value,
  args,
});

/** A site has at most this many candidates: `GraphEdge.rank` has four bits. */
export const maxCandidates = 16;

/** Values without members: beside another possibility they say nothing. */
const empty = new Set(['None', 'null', 'undefined', 'nil', 'void', 'NoneType']);

export const isEmpty = (entity: Entity): boolean =>
  entity.kind === 'outside' && entity.args === null && empty.has(entity.name);

const sameArguments = (a: Arguments | null, b: Arguments | null): boolean =>
  a === b ||
  (a !== null &&
    b !== null &&
    a.file === b.file &&
    a.expressions === b.expressions &&
    sameReceiver(a.within, b.within));

const sameReceiver = (a: Receiver | undefined, b: Receiver | undefined): boolean =>
  a === b ||
  (a !== undefined &&
    b !== undefined &&
    a.file === b.file &&
    a.symbol === b.symbol &&
    sameArguments(a.args ?? null, b.args ?? null));

const sameParameter = (a: TypeParameter | undefined, b: TypeParameter | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && a.file === b.file && a.symbol === b.symbol && a.place === b.place);

export function sameEntity(a: Entity, b: Entity): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind) return false;
  switch (a.kind) {
    case 'symbol':
    case 'instance':
      return (
        b.kind === a.kind &&
        a.file === b.file &&
        a.symbol === b.symbol &&
        sameArguments(a.args, b.args) &&
        sameParameter(a.parameter, b.parameter)
      );
    case 'super':
      return b.kind === 'super' && a.file === b.file && a.symbol === b.symbol;
    case 'variable':
      return b.kind === 'variable' && a.file === b.file && a.scope === b.scope && a.name === b.name;
    case 'object':
      return b.kind === 'object' && a.file === b.file && a.scope === b.scope;
    case 'module':
      return b.kind === 'module' && a.files[0] === b.files[0];
    case 'directory':
      return b.kind === 'directory' && a.path === b.path;
    case 'outside':
      return b.kind === 'outside' && a.name === b.name && a.value === b.value && sameArguments(a.args, b.args);
    case 'collection':
      return b.kind === 'collection' && a.elements === b.elements;
    case 'unknown':
      return b.kind === 'unknown' && sameParameter(a.parameter, b.parameter) && a.missing === b.missing;
  }
}

/** Gathers possibilities, each once, at most `maxCandidates`. */
export class Possibilities {
  #list: Entity[] = [];

  add(entity: Entity): void {
    if (this.#list.length < maxCandidates && !this.#list.some((one) => sameEntity(one, entity)))
      this.#list.push(entity);
  }

  addAll(entities: readonly Entity[]): void {
    for (const entity of entities) this.add(entity);
  }

  get isEmpty(): boolean {
    return this.#list.length === 0;
  }

  /** What was gathered; nulls go when there is more than they. */
  take(): readonly Entity[] {
    const list = this.#list;
    if (list.length < 2) return list;
    const full = list.filter((entity) => !isEmpty(entity));
    return full.length === 0 ? list.slice(0, 1) : full;
  }
}
