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
import { extensionsOf, partsOf } from './csharp-names.ts';
import { type Arguments, type ClassRef, type Entity, Possibilities, unknown } from './entities.ts';
import type { Evaluator } from './evaluate.ts';
import type { Unit } from './unit.ts';

type Method = Extract<Entity, { kind: 'symbol' }>;

/** How well an argument fits a parameter; nothing is known of `open`, and `inferred` makes a type parameter what it is. */
const fit = { never: -1, open: 0, object: 1, converted: 2, inferred: 3, same: 4 } as const;
/** One of these, or between two of them. */
type Fit = number;

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
    if (holder.kind === 'instance') all.addAll(extensionsOf(evaluator, holder, written.name) ?? []);
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

/** In keys of types: a type parameter, or what is not known. */
const anything = '?';

/** Types of arguments in arguments that are told apart. */
const maxKeyDepth = 3;

/** Text that is equal for equal types. */
function keyOf(evaluator: Evaluator, types: readonly Entity[], depth = 0): string {
  const keyOfOne = (one: Entity): string => {
    if (one.kind === 'symbol' || one.kind === 'instance') {
      const { file, symbol } = partsOf(evaluator, one)[0] as ClassRef;
      return `${file} ${symbol}`;
    }
    if (one.kind === 'variable') return `${anything}${one.name}`;
    if (one.kind !== 'outside') return anything;
    const { args } = one;
    if (args === null || depth >= maxKeyDepth) return commonName(one.name);
    const inner = args.expressions.map((each) => keyOf(evaluator, evaluator.evaluate(args.file, each), depth + 1));
    return `${commonName(one.name)}<${inner}>`;
  };
  return types.map(keyOfOne).join();
}

function fitOf(evaluator: Evaluator, values: readonly Entity[], types: readonly Entity[]): Fit {
  const [value] = values;
  const type = types.find((one) => one.kind === 'symbol') ?? types[0];
  if (value === undefined || type === undefined || values.length > 1) return fit.open;
  const name = nameOfValue(value);
  if (value.kind !== 'instance' && value.kind !== 'collection' && name === '?') return fit.open;
  if (type.kind === 'variable') return name === 'null' || name === 'lambda' ? fit.open : fit.inferred;
  if (value.kind === 'instance') return ofInstance(evaluator, value, type);
  if (value.kind === 'collection')
    return type.kind === 'outside' && known.has(commonName(type.name)) ? fit.never : fit.open;
  if (type.kind === 'symbol')
    return name === 'null' || name === 'lambda' ? ofNothing(name) : ofConversion(evaluator, type);
  return type.kind === 'outside' ? ofOutside(evaluator, name, type) : fit.open;
}

/** The type of a value that a library gives, if it is one that is known: else it is called what the library's member is. */
function nameOfValue(value: Entity): string {
  if (value.kind !== 'outside' || !value.value) return '?';
  const name = commonName(value.name);
  return known.has(name) || name === 'object' || name === 'null' || name === 'lambda' ? name : '?';
}

/** What is not of a type fits where the type says how it becomes one. */
function ofConversion(evaluator: Evaluator, type: Method): Fit {
  const { name } = evaluator.program.unit(type.file).symbol(type.symbol);
  return ownMembers(evaluator, type, `operator ${name}`, 'member') === null ? fit.never : fit.converted;
}

/** `null` fits what is no number; of what else a library gives nothing is known. */
const ofNothing = (name: string): Fit => (name === 'null' ? fit.converted : fit.open);

function ofInstance(evaluator: Evaluator, value: Extract<Entity, { kind: 'instance' }>, type: Entity): Fit {
  if (type.kind === 'symbol') {
    const wanted = partsOf(evaluator, type);
    const line = ancestryOf(evaluator, value);
    const place = line.classes.findIndex((one) =>
      wanted.some(({ file, symbol }) => file === one.file && symbol === one.symbol),
    );
    const isOwn = partsOf(evaluator, value).some((one) =>
      wanted.some((part) => part.file === one.file && part.symbol === one.symbol),
    );
    if (isOwn) return fit.same;
    if (place > 0) return fit.converted;
    return line.unknown ? fit.open : ofConversion(evaluator, type);
  }
  if (type.kind !== 'outside') return fit.open;
  const name = commonName(type.name);
  if (name === 'object') return fit.object;
  if (known.has(name)) return fit.never;
  return ancestryOf(evaluator, value).outside ? fit.converted : fit.never;
}

function ofOutside(evaluator: Evaluator, value: string, type: Extract<Entity, { kind: 'outside' }>): Fit {
  const name = commonName(type.name);
  if (value === 'null') {
    if (name === 'object') return fit.object;
    return known.has(name) && !mayLack.has(name) ? fit.never : fit.converted;
  }
  if (value === 'lambda') return name === 'Function' ? fit.same : known.has(name) ? fit.never : fit.open;
  if (value === name) return fit.same;
  if (name === 'object') return fit.object;
  if (name === 'Nullable') return ofNullable(evaluator, value, type);
  const [from, to] = [numbers.get(value), numbers.get(name)];
  if (from !== undefined && to !== undefined) return ofNumber(value, name, to - from);
  if (known.has(name) || value === 'object') return fit.never;
  if (known.has(value)) return common.test(name) ? fit.converted : fit.never;
  return fit.open;
}

/** A number becomes a wider one, the nearest first. @param wider by how much */
function ofNumber(value: string, type: string, wider: number): Fit {
  const isFraction = value === 'float' || value === 'double';
  const losesSign = unsigned.test(type) && !unsigned.test(value);
  if (wider < 0 || losesSign || (isFraction && type === 'decimal')) return fit.never;
  return fit.converted + (numbers.size - wider) / (numbers.size + 1);
}

const unsigned = /^(byte|u(short|int|long))$/;

/** A number goes into one that may lack. */
function ofNullable(evaluator: Evaluator, value: string, { args }: Extract<Entity, { kind: 'outside' }>): Fit {
  if (args === null || !known.has(value)) return fit.open;
  const [held] = evaluator.evaluate(args.file, args.expressions[0] ?? -1);
  if (held?.kind !== 'outside') return fit.open;
  const as = ofOutside(evaluator, value, held);
  return as === fit.same ? fit.converted : as;
}

/** By how much they hold: each goes into those behind it. */
const numbers = new Map(
  'sbyte byte short ushort int uint long ulong float double decimal'.split(' ').map((name, order) => [name, order]),
);

/** Interfaces that types of the language have. */
const common = /^(IComparable|IFormattable|IConvertible|IEquatable|IEnumerable|ISpanFormattable|ICloneable)$/;

/** Of the types that are known those that are classes. */
const mayLack = new Set(['string', 'Type', 'Uri', 'Version', 'array']);

/** Types of the language and its library of which none is another. */
const known = new Set([
  ...numbers.keys(),
  ...mayLack,
  ...'bool char void DateTime DateTimeOffset DateOnly TimeOnly TimeSpan Guid BigInteger CancellationToken'.split(' '),
]);

const aliases = new Map([
  ['String', 'string'],
  ['Int32', 'int'],
  ['Int64', 'long'],
  ['Int16', 'short'],
  ['UInt32', 'uint'],
  ['UInt64', 'ulong'],
  ['UInt16', 'ushort'],
  ['Byte', 'byte'],
  ['SByte', 'sbyte'],
  ['Boolean', 'bool'],
  ['Char', 'char'],
  ['Single', 'float'],
  ['Double', 'double'],
  ['Decimal', 'decimal'],
  ['Object', 'object'],
]);

const commonName = (name: string): string => aliases.get(name) ?? name;
