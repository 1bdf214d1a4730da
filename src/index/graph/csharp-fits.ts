/**
 * How well an argument of C# fits a parameter, by what is known of both: the same type, a base of it, a number that goes into a wider one, a
 * type that says how it becomes another.
 *
 * What a library's member gives is known by the few names of types that are the language's; of types of libraries nothing but
 * their names is, so one never says of another that it does not fit.
 */
import { ancestryOf, ownMembers } from './classes.ts';
import { partsOf } from './csharp-names.ts';
import type { ClassRef, Entity } from './entities.ts';
import type { Evaluator } from './evaluate.ts';

type Method = Extract<Entity, { kind: 'symbol' }>;

/** How well an argument fits a parameter; nothing is known of `open`, and `inferred` makes a type parameter what it is. */
export const fit = { never: -1, open: 0, object: 1, converted: 2, inferred: 3, same: 4 } as const;
/** One of these, or between two of them. */
export type Fit = number;

/** In keys of types: a type parameter, or what is not known. */
export const anything = '?';

/** Types of arguments in arguments that are told apart. */
const maxKeyDepth = 3;

/** Text that is equal for equal types. */
export function keyOf(evaluator: Evaluator, types: readonly Entity[], depth = 0): string {
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

export function fitOf(evaluator: Evaluator, values: readonly Entity[], types: readonly Entity[]): Fit {
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
