/**
 * Which of several methods of one name and number of parameters a call of C# means, by what is known of its arguments.
 *
 * A method that an argument cannot be passed to is not meant; of those left one is, if at each place where they differ the
 * argument is known and fits it better. Where that says nothing, all of them stay candidates.
 *
 * Absent: what type parameters are inferred to be, conversions that types define, and constants that fit a narrower number.
 */
import { isCallableName } from '../../code/mod.ts';
import { ancestryOf } from './classes.ts';
import { partsOf } from './csharp-names.ts';
import type { Arguments, ClassRef, Entity } from './entities.ts';
import type { Evaluator } from './evaluate.ts';
import type { Unit } from './unit.ts';

type Method = Extract<Entity, { kind: 'symbol' }>;

/** How well an argument fits a parameter; nothing is known of `open`, and `inferred` makes a type parameter what it is. */
const fit = { never: -1, open: 0, object: 1, converted: 2, inferred: 3, same: 4 } as const;
type Fit = (typeof fit)[keyof typeof fit];

/** Whether an applied expression is a call with its arguments. */
export function isCall(unit: Unit, base: number): boolean {
  if (unit.language !== 'csharp') return false;
  const written = unit.expression(base);
  return 'name' in written && isCallableName(written.name);
}

/** @returns those of the methods that may be meant, the likeliest first, and all that is no method */
export function chosenOf(evaluator: Evaluator, found: readonly Entity[], given: Arguments): readonly Entity[] {
  const methods = found.filter((one): one is Method => one.kind === 'symbol');
  if (methods.length < 2) return found;
  const values = given.expressions.map((one) => evaluator.evaluate(given.file, one));
  const rows = methods.map((method) => {
    const types = parameterTypes(evaluator, method);
    const fits = values.map((value, place) => fitOf(evaluator, value, types[place] ?? []));
    return {
      method,
      fits,
      types: types.map((each) => keyOf(evaluator, each)),
      exact: types.length === given.expressions.length,
    };
  });
  const possible = rows.filter(({ fits }) => !fits.includes(fit.never));
  if (possible.length === 0) return found;
  const best = possible.filter((one) => possible.every((other) => one === other || isBetter(one, other)));
  const sum = ({ fits }: Row): number => fits.reduce<number>((total, each) => total + each, 0);
  const kept = best.length > 0 ? best : possible.toSorted((a, b) => sum(b) - sum(a));
  return [...kept.map(({ method }) => method), ...found.filter(({ kind }) => kind !== 'symbol')];
}

/** Of methods of one name and number of parameters those that a method overrides: they take the same, as far as is known. */
export function overriddenBy(evaluator: Evaluator, own: ClassRef, found: readonly Entity[]): readonly Entity[] {
  if (found.length === 0) return found;
  const keysOf = (of: ClassRef): string[] => parameterTypes(evaluator, of).map((types) => keyOf(evaluator, types));
  const wanted = keysOf(own);
  const rows = found.map((one) => ({ one, keys: one.kind === 'symbol' ? keysOf(one) : [] }));
  const same = rows.filter(({ keys }) => keys.join(';') === wanted.join(';'));
  // What takes a type parameter may be overridden for one type.
  const open = rows.filter(({ keys }) => keys.every((key, place) => key === wanted[place] || key.includes(anything)));
  return (same.length > 0 ? same : open).map(({ one }) => one);
}

interface Row {
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

/** Declared types of what a method takes; an extension method's first is what it is called on, unless it is called as any other. */
function parameterTypes(evaluator: Evaluator, { file, symbol }: ClassRef): (readonly Entity[])[] {
  const unit = evaluator.program.unit(file);
  const scope = unit.functionScope(symbol);
  if (scope < 0) return [];
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
  return (unit.linksOf(symbol)?.receiver ?? -1) >= 0 ? types.slice(1) : types;
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
  const name = value.kind === 'outside' && value.value ? commonName(value.name) : '?';
  if (value.kind !== 'instance' && value.kind !== 'collection' && name === '?') return fit.open;
  if (type.kind === 'variable') return name === 'null' || name === 'lambda' ? fit.open : fit.inferred;
  if (value.kind === 'instance') return ofInstance(evaluator, value, type);
  if (value.kind === 'collection')
    return type.kind === 'outside' && known.has(commonName(type.name)) ? fit.never : fit.open;
  if (type.kind === 'symbol') return known.has(name) || name === 'object' ? fit.never : ofNothing(name);
  return type.kind === 'outside' ? ofOutside(evaluator, name, type) : fit.open;
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
    return place > 0 ? fit.converted : line.unknown ? fit.open : fit.never;
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
  if (from !== undefined && to !== undefined) return from < to ? fit.converted : fit.never;
  if (known.has(name) || value === 'object') return fit.never;
  if (known.has(value)) return /^I[A-Z]/.test(name) ? fit.converted : fit.never;
  return fit.open;
}

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
