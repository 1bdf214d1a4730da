/**
 * What the links of C# remember of one file: names that hold values, so that a call of one calls what it holds.
 *
 * Methods are looked up by name and number of arguments, a delegate by its name alone; which of both `Handle(x)` is, the
 * declarations of the file tell, and for a delegate that is inherited nothing here does.
 */
import type { LinkBuilder } from './builder.ts';

interface Notes {
  /** Locals and parameters that have been bound. */
  readonly locals: Set<string>;
  /** Fields, properties and events. */
  readonly fields: ReadonlySet<string>;
  readonly methods: ReadonlySet<string>;
  readonly delegates: ReadonlySet<string>;
  /** Names that a symbol has in a scope if nothing else has them. */
  readonly later: { scope: number; names: readonly string[]; symbol: number }[];
  /** Names of methods by class scope. */
  readonly bound: Set<string>;
}

const notes = new WeakMap<LinkBuilder, Notes>();

const valueKinds = new Set(['field', 'property', 'constant', 'variable']);
const methodKinds = new Set(['method', 'function']);
const delegateKinds = new Set(['type']);

export function notesOf(links: LinkBuilder): Notes {
  let known = notes.get(links);
  if (known === undefined) {
    const named = (kinds: ReadonlySet<string>): ReadonlySet<string> =>
      new Set(links.scan.symbols.filter(({ kind }) => kinds.has(kind)).map(({ name }) => name));
    known = {
      locals: new Set(),
      fields: named(valueKinds),
      methods: named(methodKinds),
      delegates: named(delegateKinds),
      later: [],
      bound: new Set(),
    };
    notes.set(links, known);
  }
  return known;
}

/** Whether a plain name that is called is one of a value and no method's. */
export function isValueName(links: LinkBuilder, name: string): boolean {
  const { locals, fields, methods } = notesOf(links);
  return !methods.has(name) && (locals.has(name) || fields.has(name));
}

/** Whether a name that is read may be a method's: then it is passed on. */
export const isMethodName = (links: LinkBuilder, name: string): boolean => {
  const { locals, fields, methods } = notesOf(links);
  return methods.has(name) && !locals.has(name) && !fields.has(name);
};
