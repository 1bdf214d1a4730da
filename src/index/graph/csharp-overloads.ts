/**
 * Which of several methods of one name and number of parameters a call of C# means, by what is known of its arguments.
 *
 * A method that an argument cannot be passed to is not meant; of those left one is, if at each place where they differ the
 * argument is known and fits it better. Where that says nothing, all of them stay candidates.
 *
 * Absent: what type parameters are inferred to be, and constants that fit a narrower number.
 */
import { isCallableName, nameOfVariadic } from '../../code/mod.ts';
import { ancestryOf, ownMembers } from './classes.ts';
import { anything, type Fit, fit, fitOf, keyOf } from './csharp-fits.ts';
import { extensionsOf } from './csharp-names.ts';
import { placeOf } from './csharp-namespaces.ts';
import { type Arguments, type ClassRef, type Entity, Possibilities, unknown } from './entities.ts';
import type { Evaluator } from './evaluate.ts';
import type { Unit } from './unit.ts';

type Method = Extract<Entity, { kind: 'symbol' }>;

/** Whether an applied expression is a call with its arguments. */
export function isCall(unit: Unit, base: number): boolean {
  if (unit.language !== 'csharp') return false;
  const written = unit.expression(base);
  return 'name' in written && isCallableName(written.name);
}

/** What a call with arguments calls. @param base the callee without them */
export function calledWith(evaluator: Evaluator, unit: Unit, base: number, given: Arguments): readonly Entity[] {
  const found = evaluator.denote(unit.file, base);
  if (!found.some(({ kind }) => kind === 'symbol')) return found;
  const chosen = chosenOf(evaluator, found, given);
  if (chosen !== null) return chosen;
  // What takes any number, or stands behind what hides it.
  return chosenOf(evaluator, behind(evaluator, unit, base), given) ?? [...found, unknown];
}

/** Everything of a name that a callee may mean, whatever hides it: of all classes in line, and what extends them. */
function behind(evaluator: Evaluator, unit: Unit, base: number): readonly Entity[] {
  const written = unit.expression(base);
  const all = new Possibilities();
  if (!('name' in written)) return [];
  const holders: Entity[] = [];
  if (written.kind === 'member') holders.push(...evaluator.evaluate(unit.file, written.object));
  else {
    for (let at = written.scope; at >= 0; at = unit.scope(at).parent) {
      const { kind, symbol } = unit.scope(at);
      if (kind === 'class' && symbol >= 0) holders.push({ kind: 'super', file: unit.file, symbol });
    }
  }
  const names = [written.name, nameOfVariadic(written.name)].filter((name) => name !== null);
  for (const holder of holders) {
    if (holder.kind !== 'symbol' && holder.kind !== 'instance' && holder.kind !== 'super') continue;
    for (const one of ancestryOf(evaluator, holder).classes) {
      for (const name of names) all.addAll(ownMembers(evaluator, one, name, 'member') ?? []);
    }
    if (holder.kind === 'instance')
      all.addAll(extensionsOf(evaluator, holder, written.name, placeOf(unit, base)) ?? []);
  }
  return all.take();
}

/** @returns those of the methods that may be meant, the likeliest first, with all that is no method; `null` when none may */
export function chosenOf(evaluator: Evaluator, found: readonly Entity[], given: Arguments): readonly Entity[] | null {
  const methods = found.filter((one): one is Method => one.kind === 'symbol');
  if (methods.length === 0) return null;
  const values = given.expressions.map((one) => evaluator.evaluate(given.file, one));
  const rows = methods.map((method) => rowOf(evaluator, method, values));
  const possible = rows.filter(({ fits }) => !fits.includes(fit.never));
  if (possible.length === 0) return null;
  const best = possible.filter((one) => possible.every((other) => one === other || isBetter(one, other)));
  const kept = best.length > 0 ? best : possible.toSorted((a, b) => sumOf(b) - sumOf(a));
  return [...kept.map(({ method }) => method), ...found.filter(({ kind }) => kind !== 'symbol')];
}

/** An extension method is called on an object, or as any other where its parameters fit that alone. */
function rowOf(evaluator: Evaluator, method: Method, values: readonly (readonly Entity[])[]): Row {
  const { types, rest, isExtension } = parametersOf(evaluator, method);
  const whole = rowWith(evaluator, method, { types, rest }, values);
  if (!isExtension) return whole;
  const onObject = rowWith(evaluator, method, { types: types.slice(1), rest }, values);
  return onObject.fits.includes(fit.never) ? whole : onObject;
}

const sumOf = ({ fits }: Row): number => fits.reduce((total, each) => total + each, 0);

function rowWith(
  evaluator: Evaluator,
  method: Method,
  { types, rest }: Pick<Parameters, 'types' | 'rest'>,
  values: readonly (readonly Entity[])[],
): Row {
  const typeAt = (place: number): readonly Entity[] =>
    rest !== null && place >= types.length - 1 ? rest : (types[place] ?? []);
  const fits = values.map((value, place) => {
    const asOne = rest === null ? fit.open : fitOf(evaluator, value, types[place] ?? []);
    return asOne === fit.same ? asOne : fitOf(evaluator, value, typeAt(place));
  });
  return {
    method,
    fits,
    types: values.map((_, place) => keyOf(evaluator, typeAt(place))),
    exact: rest === null && types.length === values.length,
  };
}

/** Of methods of one name and number of parameters those that a method overrides: they take the same, as far as is known. */
export function overriddenBy(evaluator: Evaluator, own: ClassRef, found: readonly Entity[]): readonly Entity[] {
  if (found.length === 0) return found;
  const keysOf = (of: ClassRef): string[] => parametersOf(evaluator, of).types.map((types) => keyOf(evaluator, types));
  const wanted = keysOf(own);
  const rows = found.map((one) => ({ one, keys: one.kind === 'symbol' ? keysOf(one) : [] }));
  const same = rows.filter(({ keys }) => keys.join(';') === wanted.join(';'));
  // What takes a type parameter may be overridden for one type.
  const open = rows.filter(({ keys }) => keys.every((key, place) => key === wanted[place] || key.includes(anything)));
  return (same.length > 0 ? same : open).map(({ one }) => one);
}

interface Row {
  readonly method: Method;
  readonly fits: readonly Fit[];
  readonly types: readonly string[];
  /** Takes just as many. */
  readonly exact: boolean;
}

function isBetter(one: Row, other: Row): boolean {
  let better = false;
  for (const [place, each] of one.fits.entries()) {
    if (one.types[place] === other.types[place]) continue;
    const than = other.fits[place] as Fit;
    if (each === fit.open || than === fit.open || each < than) return false;
    better ||= each > than;
  }
  return better || (one.exact && !other.exact);
}

/** Declared types of what a method takes; an extension method's first is what it extends. */
function parametersOf(evaluator: Evaluator, { file, symbol }: ClassRef): Parameters {
  const unit = evaluator.program.unit(file);
  const scope = unit.functionScope(symbol);
  if (scope < 0) return { types: [], rest: null, isExtension: false };
  evaluator.consult(unit, unit.symbolKey(symbol));
  evaluator.consult(unit, unit.scopeKey(scope));
  const typeOf = (type: number): readonly Entity[] => {
    const found = type < 0 ? [] : evaluator.evaluate(file, type);
    // A type parameter without a bound holds nothing.
    return found.every(({ kind }) => kind === 'unknown') ? evaluator.denote(file, type) : found;
  };
  const types = unit
    .bindingsIn(scope)
    .map((index) => unit.binding(index))
    .filter(({ kind }) => kind === 'parameter')
    .map(({ type }) => typeOf(type));
  const isExtension = (unit.linksOf(symbol)?.receiver ?? -1) >= 0;
  return { types, rest: restOf(evaluator, unit, symbol, types.at(-1)), isExtension };
}

interface Parameters {
  readonly types: readonly (readonly Entity[])[];
  /** Of what the last takes any number (`params`), or `null`. */
  readonly rest: readonly Entity[] | null;
  readonly isExtension: boolean;
}

function restOf(
  evaluator: Evaluator,
  unit: Unit,
  symbol: number,
  last: readonly Entity[] | undefined,
): readonly Entity[] | null {
  const binding = unit.bindingOf(symbol);
  const { scope, name } = unit.binding(binding);
  const variadic = nameOfVariadic(name);
  if (variadic === null || !unit.bindings(scope, variadic).some((one) => unit.binding(one).symbol === symbol))
    return null;
  const [array] = last ?? [];
  const args = array?.kind === 'outside' ? array.args : null;
  return args === null ? [] : evaluator.evaluate(args.file, args.expressions[0] ?? -1);
}
