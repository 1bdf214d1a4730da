/**
 * The order in which Ruby looks members up.
 *
 * The idea: as `Module#include` does it, step by step. A module goes right behind the class, before those that were included earlier, with all
 * that it is made of; what the class inherits already is not put in again. What is prepended goes before the class in the same way. What is
 * mixed into all objects (`include` outside of any class) is not part of a class's line: it stands behind all of it.
 *
 * Absent: the order in which files are loaded. Of a class that several open, the files' own order stands for it.
 */
import { type Ancestry, ancestryOf } from './classes.ts';
import type { ClassRef, Entity } from './entities.ts';
import type { Evaluator } from './evaluate.ts';
import { isOpenedOnly, isTypeOf, qualifiedNameOf, rubyBase, rubyParts } from './ruby-constants.ts';
import type { Unit } from './unit.ts';

/** As links bind what a class has beside what it includes. */
export const mixins = { prepend: '(prepend)', extend: '(extend)', ownPrepend: '(prepend)(self)' } as const;

/** Longer lines are cut: generated or hostile code. Rails' `ActiveRecord::Base` has some 90. */
const maxLine = 256;

const classKinds = new Set(['class']);

export const isClass = (evaluator: Evaluator, of: ClassRef): boolean => isTypeOf(evaluator, of, classKinds);

/** A class with what stands before and behind it. */
export function rubyAncestry(evaluator: Evaluator, of: ClassRef): Ancestry {
  const made = madeOf(evaluator, of);
  const above: ClassRef[] = [];
  for (const base of made.superclasses) {
    const line = ancestryOf(evaluator, base);
    made.outside ||= line.outside;
    made.unknown ||= line.unknown;
    above.push(...line.classes);
  }
  const inherited = new Set(above.map((one) => qualifiedNameOf(evaluator, one)));
  const [before, behind]: ClassRef[][] = [[], []];
  for (const module of made.prepended) put(evaluator, before as ClassRef[], module, made, noNames);
  for (const module of made.included) put(evaluator, behind as ClassRef[], module, made, inherited);
  const seen = new Set<string>();
  const classes = [...(before as ClassRef[]), of, ...(behind as ClassRef[]), ...above].filter((one) => {
    const name = qualifiedNameOf(evaluator, one);
    return !seen.has(name) && seen.add(name);
  });
  const { outside, unknown } = made;
  return { classes: classes.slice(0, maxLine), outside, unknown: unknown || classes.length >= maxLine };
}

const noNames: ReadonlySet<string> = new Set();

interface Flags {
  outside: boolean;
  unknown: boolean;
}

/** Puts a module with all that it is made of before the others, those that are there already excepted. */
function put(
  evaluator: Evaluator,
  line: ClassRef[],
  module: ClassRef,
  flags: Flags,
  inherited: ReadonlySet<string>,
): void {
  const { classes, outside, unknown } = ancestryOf(evaluator, module);
  flags.outside ||= outside;
  flags.unknown ||= unknown;
  let at = 0;
  for (const one of classes) {
    const name = qualifiedNameOf(evaluator, one);
    const known = line.findIndex((other) => qualifiedNameOf(evaluator, other) === name);
    if (known >= 0) at = known + 1;
    else if (!inherited.has(name) && line.length < maxLine) line.splice(at++, 0, one);
  }
}

interface MadeOf extends Flags {
  readonly superclasses: readonly ClassRef[];
  /** In the order in which they were put in. */
  readonly included: readonly ClassRef[];
  readonly prepended: readonly ClassRef[];
}

function madeOf(evaluator: Evaluator, of: ClassRef): MadeOf {
  const superclasses: ClassRef[] = [];
  const included: ClassRef[] = [];
  const flags = { outside: isOpenedOnly(evaluator, of), unknown: false };
  for (const part of rubyParts(evaluator, of)) {
    const unit = evaluator.program.unit(part.file);
    evaluator.consult(unit, unit.symbolKey(part.symbol));
    for (const expression of (unit.linksOf(part.symbol)?.bases ?? []).toReversed().slice(0, maxLine)) {
      for (const base of typesIn(rubyBase(evaluator, part, expression), flags)) {
        (isClass(evaluator, base) ? superclasses : included).push(base);
      }
    }
  }
  return { ...flags, superclasses, included, prepended: mixedInto(evaluator, of, mixins.prepend, flags) };
}

function typesIn(found: readonly Entity[], flags: Flags): ClassRef[] {
  return found.flatMap((one) => {
    if (one.kind === 'symbol') return [{ file: one.file, symbol: one.symbol }];
    if (one.kind === 'outside') flags.outside = true;
    else flags.unknown = true;
    return [];
  });
}

/** What stands in all parts of a class under a name, with where it does. */
export function boundInParts(evaluator: Evaluator, of: ClassRef, name: string): BoundIn[] {
  return rubyParts(evaluator, of).flatMap((part) => {
    const unit = evaluator.program.unit(part.file);
    const scope = unit.linksOf(part.symbol)?.scope ?? -1;
    if (scope < 0) return [];
    evaluator.consult(unit, unit.nameKey(scope, name));
    const bindings = unit.bindings(scope, name);
    return bindings.length === 0 ? [] : [{ part, unit, scope, bindings }];
  });
}

interface BoundIn {
  readonly part: ClassRef;
  readonly unit: Unit;
  readonly scope: number;
  readonly bindings: readonly number[];
}

function mixedInto(evaluator: Evaluator, of: ClassRef, name: string, flags: Flags): ClassRef[] {
  return boundInParts(evaluator, of, name).flatMap(({ part, unit, bindings }) =>
    bindings.flatMap((index) => typesIn(rubyBase(evaluator, part, unit.binding(index).value), flags)),
  );
}

/** What a class's own side is looked up in before or behind its own methods, and what that is made of, first things first. */
export function mixedIntoOwn(evaluator: Evaluator, of: ClassRef, how: 'extend' | 'ownPrepend'): readonly ClassRef[] {
  return evaluator.remembered(`${how} ${of.file}:${of.symbol}`, [] as readonly ClassRef[], () => {
    const line: ClassRef[] = [];
    const flags = { outside: false, unknown: false };
    const inherited = how === 'extend' ? ownInherited(evaluator, of) : noNames;
    for (const module of mixedInto(evaluator, of, mixins[how], flags)) put(evaluator, line, module, flags, inherited);
    return line;
  });
}

/** Modules that the own sides of the classes above have. */
function ownInherited(evaluator: Evaluator, of: ClassRef): ReadonlySet<string> {
  const names = new Set<string>();
  for (const one of ancestryOf(evaluator, of).classes) {
    if (one === of || !isClass(evaluator, one)) continue;
    for (const how of ['ownPrepend', 'extend'] as const) {
      for (const module of mixedIntoOwn(evaluator, one, how)) names.add(qualifiedNameOf(evaluator, module));
    }
  }
  return names;
}

/** Whether the class's own side has modules from outside, or such that are not known. */
export function isOwnSideOpen(evaluator: Evaluator, of: ClassRef): Flags {
  return evaluator.remembered(`own ${of.file}:${of.symbol}`, { outside: false, unknown: false }, () => {
    const flags = { outside: false, unknown: false };
    for (const how of [mixins.extend, mixins.ownPrepend]) mixedInto(evaluator, of, how, flags);
    return flags;
  });
}
