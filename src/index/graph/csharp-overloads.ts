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
import type { Arguments, Entity } from './entities.ts';
import type { Evaluator } from './evaluate.ts';
import type { Unit } from './unit.ts';

type Method = Extract<Entity, { kind: 'symbol' }>;

/** How well an argument fits a parameter; nothing is known of `open`. */
const fit = { never: -1, open: 0, object: 1, converted: 2, same: 3 } as const;
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
    return { method, fits, types: types.map(keyOfTypes), exact: types.length === given.expressions.length };
  });
  const possible = rows.filter(({ fits }) => !fits.includes(fit.never));
  if (possible.length === 0) return found;
  const best = possible.filter((one) => possible.every((other) => one === other || isBetter(one, other)));
  const sum = ({ fits }: Row): number => fits.reduce<number>((total, each) => total + each, 0);
  const kept = best.length > 0 ? best : possible.toSorted((a, b) => sum(b) - sum(a));
  return [...kept.map(({ method }) => method), ...found.filter(({ kind }) => kind !== 'symbol')];
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
function parameterTypes(evaluator: Evaluator, { file, symbol }: Method): (readonly Entity[])[] {
  const unit = evaluator.program.unit(file);
  const scope = unit.functionScope(symbol);
  if (scope < 0) return [];
  evaluator.consult(unit, unit.symbolKey(symbol));
  evaluator.consult(unit, unit.scopeKey(scope));
  const types = unit
    .bindingsIn(scope)
    .map((index) => unit.binding(index))
    .filter(({ kind, name }) => kind === 'parameter' && !name.startsWith('('))
    .map(({ type }) => (type < 0 ? [] : evaluator.evaluate(file, type)));
  return (unit.linksOf(symbol)?.receiver ?? -1) >= 0 ? types.slice(1) : types;
}

const keyOfTypes = (types: readonly Entity[]): string =>
  types
    .map((one) => {
      if (one.kind === 'symbol' || one.kind === 'instance') return `${one.file} ${one.symbol}`;
      return one.kind === 'outside' ? `${commonName(one.name)}${one.args === null ? '' : '<>'}` : '?';
    })
    .join();

function fitOf(evaluator: Evaluator, values: readonly Entity[], types: readonly Entity[]): Fit {
  const [value] = values;
  const type = types.find((one) => one.kind === 'symbol') ?? types[0];
  if (value === undefined || type === undefined || values.length > 1) return fit.open;
  if (value.kind === 'instance') return ofInstance(evaluator, value, type);
  if (value.kind === 'collection')
    return type.kind === 'outside' && !numbers.has(commonName(type.name)) ? fit.object : fit.open;
  if (value.kind !== 'outside' || !value.value) return fit.open;
  const name = commonName(value.name);
  if (name === '?') return fit.open;
  if (type.kind === 'symbol') return known.has(name) || name === 'lambda' ? fit.never : ofNothing(name);
  if (type.kind !== 'outside') return fit.open;
  return ofOutside(name, commonName(type.name), type.args !== null);
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

function ofOutside(value: string, type: string, isApplied: boolean): Fit {
  if (value === 'null')
    return known.has(type) && type !== 'string' ? fit.never : type === 'object' ? fit.object : fit.converted;
  if (value === 'lambda')
    return type === 'Function' || /Delegate$/.test(type) ? fit.same : known.has(type) ? fit.never : fit.open;
  if (value === type) return fit.same;
  if (type === 'object') return fit.object;
  // A number that may lack is one that may not, converted.
  if (type === 'Nullable')
    return numbers.has(value) || value === 'bool' || value === 'char'
      ? fit.converted
      : known.has(value)
        ? fit.never
        : fit.open;
  const [from, to] = [numbers.get(value), numbers.get(type)];
  if (from !== undefined && to !== undefined) return from < to ? fit.converted : fit.never;
  if (known.has(value) && known.has(type)) return fit.never;
  if (known.has(type) || (known.has(value) && value !== 'string')) return known.has(value) ? fit.never : fit.open;
  return value === 'string' && !isApplied && /^[A-Z]/.test(type) && !/^I[A-Z]/.test(type) ? fit.never : fit.open;
}

/** By how much they hold: each goes into those behind it. */
const numbers = new Map(
  'sbyte byte short ushort int uint long ulong float double decimal'.split(' ').map((name, order) => [name, order]),
);

/** Types of the language, of which none is another. */
const known = new Set([...numbers.keys(), 'string', 'bool', 'char', 'Type', 'void']);

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
