/**
 * Which of a file's definitions of one method count.
 *
 * The idea: a method may be defined again, by `def`, an accessor or an alias, and then the later definition is the method; `remove_method`
 * and `undef` take one away. So methods are bound when the file is read to its end. One that was defined again is bound under a name
 * that nobody writes, where an alias that was taken before still finds it. What stands in a condition or a block may run or not: it takes nothing away.
 *
 * Absent: in which order files are loaded. Definitions of one method in several files stand side by side.
 */
import type { LinkBuilder } from './builder.ts';
import { definesFor, notesOf, ownName, type Side } from './ruby-notes.ts';

/** Under this name a class says what it has not, nor anything that it inherits: as literals, as they would be bound. */
const undefinedNames = '(undef)';

/** A definition of a method that another took the place of, the `place`th of the file. */
const formerName = (name: string, side: Side, place: number): string =>
  `${name}(${side === 'class' ? 'self ' : ''}${place})`;

/** Of a method that a module gives to the classes that include it: `class_methods do`. */
const broughtName = (name: string): string => `${name}(brought)`;

/** What happens to a method, in the order of the source. */
export interface MethodChange {
  readonly kind: 'define' | 'remove' | 'undef';
  readonly name: string;
  readonly side: Side;
  readonly scope: number;
  /** The class by its whole name; of functions their scope. */
  readonly holder: string;
  readonly isConditional: boolean;
  readonly isBrought: boolean;
  readonly symbol: number;
  readonly value: number;
  /** The method that it is another name for. */
  readonly of: string | null;
}

interface How {
  /** Where it is written. */
  readonly node: number;
  readonly side: Side;
  readonly value?: number;
  readonly of?: string;
}

/** Binds a method where the place says; without a class around, as a function. */
export function bindMethod(links: LinkBuilder, name: string, symbol: number, how: How): void {
  if (symbol >= 0) note(links, 'define', name, symbol, how);
}

/** `remove_method :name`, `undef name`. */
export function takeAway(links: LinkBuilder, kind: 'remove' | 'undef', name: string, how: How): void {
  if (definesFor(links).classScope >= 0) note(links, kind, name, -1, how);
}

function note(links: LinkBuilder, kind: MethodChange['kind'], name: string, symbol: number, how: How): void {
  const { classScope } = definesFor(links);
  const scope = classScope >= 0 ? classScope : links.nearest(['file', 'block', 'function']);
  const { node, side, value = -1, of = null } = how;
  const isConditional = mayNotRun(links, node);
  const holder = holderOf(links, scope, links.symbolOf(scope), symbol);
  const isBrought = side === 'class' && isInside(links, notesOf(links).brought);
  notesOf(links).changes.push({ kind, name, side, scope, holder, isConditional, isBrought, symbol, value, of });
}

function isInside(links: LinkBuilder, scopes: ReadonlySet<number>): boolean {
  if (scopes.size === 0) return false;
  for (let at = links.scope; at >= 0; at = links.parentOf(at)) if (scopes.has(at)) return true;
  return false;
}

/** The class that a method is of, by its whole name: `def Foo.run` is of `Foo` wherever it stands. */
function holderOf({ scan }: LinkBuilder, scope: number, owner: number, symbol: number): string {
  const path = scan.symbols[symbol]?.qualifiedName ?? `${scan.symbols[owner]?.qualifiedName ?? ''}.`;
  const dot = path.lastIndexOf('.');
  return dot > 0 ? path.slice(0, dot) : `#${scope}`;
}

const conditions =
  /^(if|unless|elsif|else|case|when|in_clause|conditional|(if|unless|rescue|while|until)_modifier|rescue|while|until|for|binary|block|do_block|method|singleton_method)$/;

/** Whether the code may run or not, or with another `self`; so is taken what is nested deeper than anybody writes. */
function mayNotRun({ tree }: LinkBuilder, node: number): boolean {
  let at = tree.parent(node);
  for (let depth = 0; depth < deepest; depth++) {
    if (at < 0) return false;
    if (conditions.test(tree.kind(at))) return true;
    at = tree.parent(at);
  }
  return true;
}

/** Modules and classes in each other have two levels of the tree each. */
const deepest = 64;

interface Defined {
  readonly change: MethodChange;
  readonly place: number;
  /** What it was an alias of when it was defined. */
  readonly old: Defined | null;
  isFormer: boolean;
}

/** Binds the methods of a file that is read. */
export function bindMethods(links: LinkBuilder): void {
  const all: Defined[] = [];
  const current = new Map<string, Defined[]>();
  const gone = new Map<string, MethodChange>();
  /** Where a method is defined last. */
  const last = new Map<string, number>();
  const { changes } = notesOf(links);
  changes.forEach((change, place) => {
    const { kind, name, isConditional, of } = change;
    const key = keyOf(change, name);
    const before = current.get(key) ?? [];
    if (!isConditional) for (const one of before) one.isFormer = one.change.symbol !== change.symbol;
    if (kind === 'define' || !isConditional) gone.delete(key);
    if (kind === 'define') {
      const old = of === null ? null : (current.get(keyOf(change, of))?.at(-1) ?? null);
      const defined = { change, place, old, isFormer: false };
      all.push(defined);
      if (isConditional && before.length > 0) before.push(defined);
      else current.set(key, [defined]);
      last.set(key, place);
    } else if (!isConditional) {
      current.delete(key);
      if (kind === 'undef') gone.set(key, change);
    }
  });
  for (const defined of all) {
    const { of } = defined.change;
    bind(links, defined, of !== null && (last.get(keyOf(defined.change, of)) ?? -1) > defined.place);
  }
  for (const { name, side, scope } of gone.values()) {
    const value = links.expressions.literal(side === 'class' ? ownName(name) : name);
    links.bind('variable', undefinedNames, { scope, value });
  }
}

const keyOf = ({ holder, side }: MethodChange, method: string): string => `${holder} ${side} ${method}`;

function boundAs({ change: { name, side, isBrought }, place, isFormer }: Defined): string {
  if (isFormer) return formerName(name, side, place);
  return side === 'object' ? name : isBrought ? broughtName(name) : ownName(name);
}

/** @param isDefinedLater what it is another name for is defined behind it */
function bind(links: LinkBuilder, defined: Defined, isDefinedLater: boolean): void {
  const { symbol, scope, value, side, of } = defined.change;
  const { expressions } = links;
  let meant = value;
  if (defined.old?.isFormer) {
    const own = expressions.self(side === 'class' ? 'self-type' : 'self', scope);
    if (own >= 0) meant = expressions.member(own, boundAs(defined.old));
  } else if (defined.old === null && of !== null && isDefinedLater) {
    // When it was taken there was but what is inherited, or what a library has.
    const above = expressions.self('super', scope);
    if (above >= 0) meant = expressions.member(above, side === 'class' ? ownName(of) : of);
  }
  links.bind('symbol', boundAs(defined), { symbol, scope, value: meant });
}
