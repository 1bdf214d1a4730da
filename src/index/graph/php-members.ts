/**
 * Members of PHP's classes as far as its rules differ from those of others: what `parent` means, and what a class changes in its traits.
 *
 * A class looks into itself, its traits, its parent, its interfaces, in this order (`classes.ts`). Under `use save` it binds the method that
 * `insteadof` chooses or `as` renames to `save` (`code/links/php-classes.ts`): that stands behind what the class has itself and before its traits.
 */
import { ancestryOf, inClass, received } from './classes.ts';
import { type ClassRef, type Entity, outside, Possibilities, unknown, unknownOnly } from './entities.ts';
import type { Evaluator } from './evaluate.ts';
import type { ResolutionRule } from './types.ts';
import type { Unit } from './unit.ts';

/** What a scope of a class takes from its traits under a name by `insteadof` or `as`, or `null`. */
export function adapted(
  evaluator: Evaluator,
  unit: Unit,
  scope: number,
  name: string,
  rule: ResolutionRule,
): readonly Entity[] | null {
  if (unit.language !== 'php') return null;
  const key = `use ${name}`;
  evaluator.consult(unit, unit.nameKey(scope, key));
  const [first] = unit.bindings(scope, key);
  if (first === undefined) return null;
  const found = evaluator.denote(unit.file, unit.binding(first).value);
  return found.map((one) => (one.kind === 'symbol' ? { ...one, rule } : one));
}

/** The classes that a class extends; `null` where `parent` is another one's each time: in a trait. */
function parentsOf(evaluator: Evaluator, of: ClassRef): readonly Entity[] | null {
  const { program } = evaluator;
  const unit = program.unit(of.file);
  evaluator.consult(unit, unit.symbolKey(of.symbol));
  if (unit.symbol(of.symbol).kind === 'trait') return null;
  const bases = unit.linksOf(of.symbol)?.bases ?? [];
  return bases
    .flatMap((base) => evaluator.evaluate(of.file, base))
    .filter((base) => base.kind !== 'symbol' || program.unit(base.file).symbol(base.symbol).kind === 'class');
}

/** What `parent` has under a name: neither the class itself nor its traits are asked. */
export function ofParent(evaluator: Evaluator, of: ClassRef, name: string): readonly Entity[] {
  const parents = parentsOf(evaluator, of);
  if (parents === null) return unknownOnly;
  const all = new Possibilities();
  for (const parent of parents) {
    if (parent.kind === 'outside') all.add(outside(name, true));
    else if (parent.kind !== 'symbol') all.add(unknown);
    else {
      const found = inClass(evaluator, parent, name, { rule: 'super' });
      if (found !== null) return received(found, of);
      const line = ancestryOf(evaluator, parent);
      all.add(line.outside && !line.unknown ? outside(name, true) : unknown);
    }
  }
  return all.isEmpty ? unknownOnly : all.take();
}
