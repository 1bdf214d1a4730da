/**
 * Members that a class and all that is known behind it do not have.
 *
 * Where types are told, such a member is nobody's: what has its name in another class is not meant, so a call of it has no
 * candidates (`missing`). It stays a guess where something else may give it: on `self` of languages that are not typed, since a derived class or
 * one beside it may have it; on a class that is decorated; in Rust, on what a trait has that may be implemented for all types.
 *
 * In Python a class may have a method for what it has not (`__getattr__`), which is what runs then.
 */
import { isType } from './apply.ts';
import { ancestryOf, inClass } from './classes.ts';
import { type ClassRef, type Entity, missing, type TypeParameter, unknownOnly } from './entities.ts';
import type { Evaluator } from './evaluate.ts';
import type { Unit } from './unit.ts';

type Definition = Extract<Entity, { kind: 'symbol' }>;

const missingOnly: readonly Entity[] = [missing];

/** Languages in which a member need not be declared where it is used. */
const untyped = new Set(['python', 'javascript']);

/** Languages with rules of their own (`php-members.ts`, `ruby-members.ts`). */
const ruledElsewhere = new Set(['php', 'ruby']);

/** What a member is that was not found. @param of the class, or a value of it */
export function lacking(
  evaluator: Evaluator,
  of: ClassRef & { readonly own?: boolean; readonly parameter?: TypeParameter },
  name: string,
): readonly Entity[] {
  const unit = evaluator.program.unit(of.file);
  if (!isType(unit, of.symbol) || ruledElsewhere.has(unit.language)) return unknownOnly;
  if (untyped.has(unit.language) && (of.own || unit.symbol(of.symbol).decorators.length > 0)) return unknownOnly;
  // What a bound is known of may be more where it is told what stands for the parameter.
  if (of.parameter !== undefined && ecmascript.has(unit.language)) return unknownOnly;
  return unit.language === 'rust' && isOfTrait(evaluator, name) ? unknownOnly : missingOnly;
}

const isOfTrait = (evaluator: Evaluator, name: string): boolean =>
  evaluator.named(name, 'rust').some(({ file, symbol }) => {
    const unit = evaluator.program.unit(file);
    evaluator.consult(unit, unit.symbolKey(symbol));
    const { parent } = unit.symbol(symbol);
    return parent >= 0 && unit.symbol(parent).kind === 'trait';
  });

const ecmascript = new Set(['javascript', 'typescript', 'tsx']);

/** Languages where a class may have more than its text: what is derived from it, or an interface of its name that is merged with it. */
const open = new Set([...ecmascript, ...untyped]);

/**
 * Of definitions that have the name of what is missing those that a receiver may have all the same.
 *
 * @param candidates definitions of the name
 */
export function possible<Candidate extends ClassRef>(
  evaluator: Evaluator,
  unit: Unit,
  expression: number,
  candidates: readonly Candidate[],
): readonly Candidate[] {
  const written = unit.expression(expression);
  if (!open.has(unit.language) || written.kind !== 'member' || written.object < 0 || candidates.length === 0) return [];
  const holders = evaluator
    .evaluate(unit.file, written.object)
    .flatMap((one) => (one.kind === 'instance' || one.kind === 'symbol' || one.kind === 'super' ? [one] : []));
  const lines = holders.map((one) => ancestryOf(evaluator, one).classes);
  const nameOf = ({ file, symbol }: ClassRef): string => {
    const holder = evaluator.program.unit(file);
    evaluator.consult(holder, holder.symbolKey(symbol));
    return holder.symbol(symbol).name;
  };
  return candidates.filter(({ file, symbol }) => {
    const { parent } = evaluator.program.unit(file).symbol(symbol);
    if (parent < 0 || !isType(evaluator.program.unit(file), parent)) return false;
    const of = { file, symbol: parent };
    const behind = ancestryOf(evaluator, of).classes;
    return (
      holders.some((holder) => behind.some((one) => one.file === holder.file && one.symbol === holder.symbol)) ||
      lines.some((line) => line.some((one) => nameOf(one) === nameOf(of)))
    );
  });
}

/** The method that runs instead of the member that is called, which is missing; none where some receiver has no such method. */
export function standInFor(evaluator: Evaluator, unit: Unit, expression: number): readonly Definition[] {
  const written = unit.expression(expression);
  if (unit.language !== 'python' || written.kind !== 'member' || written.object < 0) return [];
  const found: Definition[] = [];
  for (const holder of evaluator.evaluate(unit.file, written.object)) {
    const methods =
      holder.kind === 'instance' ? inClass(evaluator, holder, '__getattr__', { rule: holder.rule }) : null;
    const defined = methods?.filter((one) => one.kind === 'symbol') ?? [];
    if (defined.length === 0) return [];
    found.push(...defined);
  }
  return found;
}
