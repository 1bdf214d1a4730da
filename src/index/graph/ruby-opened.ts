/**
 * What the repository adds to classes and namespaces that are not its own: `class String`, `class Object`, `module Net`.
 *
 * Absent: refinements, and what is added to a library's class under a name that is put together while running.
 */
import { plainName } from '../../code/mod.ts';
import { type Entity, outside, Possibilities } from './entities.ts';
import type { Evaluator } from './evaluate.ts';
import { constantIn, definitionsOf, isConstantName, main, typeKinds, visible } from './ruby-constants.ts';
import { objectMethods } from './ruby-library.ts';
import { boundAs, inRubyClass } from './ruby-members.ts';
import type { ResolutionRule } from './types.ts';

/** Classes of Ruby that all objects have behind their own. */
export const ofAll: readonly string[] = ['Object', 'Kernel', 'BasicObject'];

/** What the repository adds to classes of Ruby's own. */
export function ofOpened(
  evaluator: Evaluator,
  name: string,
  classes: readonly string[],
  rule: ResolutionRule,
): readonly Entity[] | null {
  const wanted = new Set(classes.map((one) => `${one}.${name}`));
  const found = evaluator.named(name, 'ruby').filter(({ qualifiedName }) => wanted.has(qualifiedName));
  if (found.length === 0) return null;
  const all = new Possibilities();
  for (const one of visible(evaluator, found, evaluator.home)) all.addAll(boundAs(evaluator, one, name, rule));
  return all.isEmpty ? null : all.take();
}

/** Ruby's own classes by what links call their values, with what those are made of. */
const outerClasses: Readonly<Record<string, readonly string[]>> = {
  String: ['String', 'Comparable'],
  Symbol: ['Symbol', 'Comparable'],
  Integer: ['Integer', 'Numeric', 'Comparable'],
  Float: ['Float', 'Numeric', 'Comparable'],
  Array: ['Array', 'Enumerable'],
  tuple: ['Array', 'Enumerable'],
  Hash: ['Hash', 'Enumerable'],
  Set: ['Set', 'Enumerable'],
  Range: ['Range', 'Enumerable'],
  Time: ['Time', 'Comparable'],
  closure: ['Proc'],
  nil: ['NilClass'],
};

/** A method that the repository adds to a library's class, asked of a value of it; `null` for all others and in other languages. */
export function ofOuterValue(evaluator: Evaluator, type: string, name: string): readonly Entity[] | null {
  if (evaluator.program.unit(evaluator.home).language !== 'ruby') return null;
  const plain = plainName(name);
  if (evaluator.named(plain, 'ruby').length === 0) return null;
  const how = { rule: 'literal', skipOwn: false } as const;
  const classes = Object.hasOwn(outerClasses, type) ? (outerClasses[type] ?? []) : [type];
  for (const one of classes) {
    if (!isConstantName(one)) return null;
    const opened = main(evaluator, definitionsOf(evaluator, one, evaluator.home, typeKinds));
    const found = opened === undefined ? null : inRubyClass(evaluator, opened, plain, how);
    if (found !== null) return found;
  }
  return objectMethods.has(plain) ? null : ofOpened(evaluator, plain, ofAll, how.rule);
}

/** A constant of a namespace that is a library's, as far as the repository adds to it; `null` for other members and other languages. */
export function ofOuterNamespace(evaluator: Evaluator, namespace: string, name: string): readonly Entity[] | null {
  if (!isConstantName(name) || evaluator.program.unit(evaluator.home).language !== 'ruby') return null;
  return constantIn(evaluator, evaluator.home, namespace, name) ?? [outside(`${namespace}.${name}`, false)];
}
