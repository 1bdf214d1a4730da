/** Calling, making instances of types, and taking elements. */
import { type ElementKind, indexerName } from '../../code/mod.ts';
import { inClass, outsideBases } from './classes.ts';
import {
  type Arguments,
  type ClassRef,
  type Entity,
  outside,
  Possibilities,
  unknown,
  unknownOnly,
} from './entities.ts';
import { type Evaluator, keyOf } from './evaluate.ts';
import { rebound } from './settle.ts';
import { marked, outsideOfMethod, substituted } from './type-parameters.ts';
import type { ResolutionRule } from './types.ts';
import type { Unit } from './unit.ts';

const typeKinds = new Set(['class', 'interface', 'struct', 'enum', 'trait', 'type', 'module', 'namespace']);

export const isType = (unit: Unit, symbol: number): boolean => typeKinds.has(unit.symbol(symbol).kind);

/** Methods that make a value callable. */
const callMethods = ['__call__', 'operator()', '__invoke', 'Invoke'];

const iteratorMethods = [
  '__iter__',
  '__next__',
  '__aiter__',
  '__anext__',
  '__getitem__',
  'getIterator',
  'current',
  'GetEnumerator(0)',
];

/** Of these, those that give an iterator. */
const givesIterator = /iter__$|^(getIterator|GetEnumerator\(0\))$/;

/**
 * What calling gives.
 *
 * @param entities settled
 * @param constructs it is a construction: `new X()`
 */
export function callOf(evaluator: Evaluator, entities: readonly Entity[], constructs: boolean): readonly Entity[] {
  const all = new Possibilities();
  for (const entity of entities) {
    switch (entity.kind) {
      case 'symbol': {
        const unit = evaluator.program.unit(entity.file);
        evaluator.consult(unit, unit.symbolKey(entity.symbol));
        // Where functions construct, what they make has what is hung on them.
        if (constructs || isType(unit, entity.symbol)) all.add(instance(entity, 'constructor'));
        else all.addAll(resultsOf(evaluator, unit, entity));
        break;
      }
      case 'instance':
        all.addAll(calledMethod(evaluator, entity, callMethods) ?? unknownOnly);
        break;
      case 'outside':
        if (entity.value && entity.args !== null) all.addAll(argument(evaluator, entity.args, -1));
        else all.add(outside(entity.name, true, entity.args));
        break;
      case 'super':
        all.add(entity);
        break;
      case 'collection':
        all.addAll(entity.type === 'closure' ? displayed(evaluator, entity, 'iterate', -1) : unknownOnly);
        break;
      default:
        all.add(unknown);
    }
  }
  return all.take();
}

const instance = ({ file, symbol, args, own }: Extract<Entity, { kind: 'symbol' }>, rule: ResolutionRule): Entity => ({
  kind: 'instance',
  file,
  symbol,
  rule,
  args,
  own,
});

function resultsOf(evaluator: Evaluator, unit: Unit, entity: Extract<Entity, { kind: 'symbol' }>): readonly Entity[] {
  const results = unit.linksOf(entity.symbol)?.results ?? [];
  if (results.length === 0) return unknownOnly;
  const found = evaluator.guarded(keyOf('results', unit.file, entity.symbol), () => {
    const all = new Possibilities();
    for (const result of results) {
      for (const value of evaluator.evaluate(unit.file, result)) {
        all.add(value.kind === 'instance' && value.rule !== 'self' ? { ...value, rule: 'result' } : value);
      }
    }
    return all.take();
  });
  return rebound(evaluator, outsideOfMethod(found), entity.receiver, 'result');
}

/** Calls the first of the methods that the class has. */
function calledMethod(
  evaluator: Evaluator,
  entity: Extract<Entity, { kind: 'instance' }>,
  methods: readonly string[],
): readonly Entity[] | null {
  for (const method of methods) {
    const found = inClass(evaluator, entity, method);
    if (found?.some(({ kind }) => kind === 'symbol')) {
      return callOf(evaluator, evaluator.settle(found), false);
    }
  }
  return null;
}

/** Values of the types. @param entities settled */
export function instanceOf(evaluator: Evaluator, entities: readonly Entity[]): readonly Entity[] {
  const all = new Possibilities();
  // A name may be a type's and a value's at once; here the type is meant.
  const types = entities.filter(
    (entity) => entity.kind === 'symbol' && isType(evaluator.program.unit(entity.file), entity.symbol),
  );
  for (const entity of types.length > 0 ? types : entities) {
    if (entity.kind === 'symbol') {
      const unit = evaluator.program.unit(entity.file);
      const made = isType(unit, entity.symbol) ? instance(entity, 'annotation') : unknown;
      all.addAll(marked([made], entity.parameter ?? null));
    } else if (entity.kind === 'outside') {
      // A value in the place of a type is a type variable or made at run time.
      all.add(entity.value ? unknown : outside(entity.name, true, entity.args));
    } else if (entity.kind === 'instance' || entity.kind === 'object' || entity.kind === 'unknown') all.add(entity);
    else all.add(unknown);
  }
  return all.take();
}

/** Types of the language or its library whose first argument is the key, which iterating gives. */
const mappings = /^(\w*[dD]ict|\w*Map|\w*Mapping|Counter|HashTable|Hashtable|Record)$/;
/** As `mappings`, of C#: iterating gives pairs. */
const dictionaries = /Dictionary$/;
const tuples = /^([tT]uple|Pair)$/;

/** A part of a value. @param index place where it is plain, or -1 */
export function elementOf(
  evaluator: Evaluator,
  entities: readonly Entity[],
  how: ElementKind,
  index: number,
): readonly Entity[] {
  const all = new Possibilities();
  for (const entity of entities) {
    if (how === 'parameter') {
      all.addAll(parameterOf(evaluator, entity, index));
      continue;
    }
    switch (entity.kind) {
      case 'instance':
        all.addAll(partOf(evaluator, entity, how, index));
        break;
      case 'object':
        all.add(how === 'unwrap' ? entity : unknown);
        break;
      case 'module':
        // What `await import()` gives.
        all.add(how === 'unwrap' ? entity : unknown);
        break;
      case 'collection':
        // An option or a result that was made here: unwrapping gives what is in it.
        if (how === 'unwrap')
          all.addAll(entity.type === 'some' ? displayed(evaluator, entity, 'iterate', -1) : [entity]);
        else all.addAll(displayed(evaluator, entity, how, index));
        break;
      case 'outside':
        if (!entity.value) all.add(how === 'subscript' ? entity : unknown);
        else if (entity.args === null)
          all.add(holdsAnything(evaluator, entity.name) ? unknown : outside(entity.name, true));
        else if (tuples.test(entity.name) && how !== 'unwrap')
          all.addAll(argument(evaluator, entity.args, index, true));
        else if (entity.name === 'KeyValuePair') {
          all.addAll(argument(evaluator, entity.args, index < 0 && how === 'iterate' ? 0 : index));
        } else if (dictionaries.test(entity.name) && how === 'iterate') {
          all.add(outside('KeyValuePair', true, entity.args));
        } else if (mappings.test(entity.name) && how === 'iterate') all.addAll(argument(evaluator, entity.args, 0));
        else all.addAll(argument(evaluator, entity.args, -1));
        break;
      case 'symbol':
        // `Type[T]` is the type; iterating one that is an enumeration gives its members.
        all.add(how === 'iterate' ? { ...instance(entity, 'member') } : entity);
        break;
      default:
        all.add(unknown);
    }
  }
  return all.take();
}

/** Ruby's containers say nothing of what is in them: often it is the repository's. */
const holdsAnything = (evaluator: Evaluator, type: string): boolean =>
  /^(Array|Hash|Set|Struct|Enumerator)$/.test(type) && evaluator.program.unit(evaluator.home).language === 'ruby';

function partOf(
  evaluator: Evaluator,
  entity: Extract<Entity, { kind: 'instance' }>,
  how: 'subscript' | 'iterate' | 'unwrap',
  index: number,
): readonly Entity[] {
  if (how === 'unwrap') return [entity];
  const field = index < 0 ? null : fieldAt(evaluator, entity, index);
  if (field !== null) return field;
  if (how === 'subscript') {
    const indexed = inClass(evaluator, entity, indexerName);
    if (indexed !== null) return evaluator.settle(indexed);
    const found = calledMethod(evaluator, entity, ['__getitem__', 'offsetGet']);
    if (found !== null) return found;
  } else {
    const [method] = iteratorMethods.filter((name) =>
      inClass(evaluator, entity, name)?.some((e) => e.kind === 'symbol'),
    );
    if (method !== undefined) {
      const found = calledMethod(evaluator, entity, [method]) ?? unknownOnly;
      if (!givesIterator.test(method)) return found;
      // An iterator that is the object itself gives what `__next__` does.
      const same = found.every(
        (one) => one.kind === 'instance' && one.file === entity.file && one.symbol === entity.symbol,
      );
      return same
        ? (calledMethod(evaluator, entity, ['__next__', '__anext__']) ?? unknownOnly)
        : evaluator.guarded(keyOf('part', entity.file, entity.symbol), () =>
            elementOf(evaluator, found, 'iterate', -1),
          );
    }
  }
  if (entity.args !== null) return argument(evaluator, entity.args, -1);
  // A class of the repository that is made of a container of the language's: `type Foos []Foo`, `extends ArrayList<Foo>`.
  const containers = outsideBases(evaluator, entity).map((base) => outside(base.name, true, base.args));
  return containers.length === 0 ? unknownOnly : elementOf(evaluator, containers, how, -1);
}

/** What a class that is a tuple of its fields (`NamedTuple`) has at a place, by the declared type; `null` of any other. */
function fieldAt(evaluator: Evaluator, { file, symbol }: ClassRef, index: number): readonly Entity[] | null {
  const unit = evaluator.program.unit(file);
  if (unit.language !== 'python') return null;
  evaluator.consult(unit, unit.symbolKey(symbol));
  const { bases = [], scope = -1 } = unit.linksOf(symbol) ?? {};
  const isTuple = bases
    .flatMap((base) => evaluator.evaluate(file, base))
    .some((base) => base.kind === 'outside' && base.name === 'NamedTuple');
  const type = isTuple && scope >= 0 ? (unit.fieldTypes(scope)[index] ?? -1) : -1;
  return type < 0 ? null : instanceOf(evaluator, evaluator.evaluate(file, type));
}

/** Types of functions: their arguments are what the function is given, and last what it gives. */
export const functionTypes: ReadonlySet<string> = new Set(['Function', 'Callable']);

/** What a function is given at a place, as far as its type or its own declaration says. */
function parameterOf(evaluator: Evaluator, entity: Entity, index: number): readonly Entity[] {
  if (entity.kind === 'outside') {
    const { args, name, value } = entity;
    const isTold = value && args !== null && functionTypes.has(name) && index < args.expressions.length - 1;
    return isTold ? outsideOfMethod(argument(evaluator, args, index)) : unknownOnly;
  }
  if (entity.kind !== 'symbol') return unknownOnly;
  const unit = evaluator.program.unit(entity.file);
  if (isType(unit, entity.symbol)) {
    const [constructor] = inClass(evaluator, entity, 'constructor') ?? [];
    return constructor?.kind === 'symbol' ? parameterOf(evaluator, constructor, index) : unknownOnly;
  }
  const scope = unit.functionScope(entity.symbol);
  if (scope < 0) return unknownOnly;
  evaluator.consult(unit, unit.nameKey(scope, parameterName(index)));
  const [binding] = unit.bindings(scope, parameterName(index));
  const type = binding === undefined ? -1 : unit.binding(binding).type;
  if (type < 0) return unknownOnly;
  const given = outsideOfMethod(instanceOf(evaluator, evaluator.evaluate(unit.file, type)));
  return substituted(evaluator, given, entity.receiver);
}

/** As languages bind the type of a parameter that is a function's: by place. */
const parameterName = (index: number): string => `(${index})`;

function displayed(
  evaluator: Evaluator,
  { type, elements }: Extract<Entity, { kind: 'collection' }>,
  how: 'subscript' | 'iterate',
  index: number,
): readonly Entity[] {
  if (how === 'iterate' && mappings.test(type)) return unknownOnly;
  const { file, expressions } = elements;
  // Only a tuple says which of its elements stands where.
  const chosen = type === 'tuple' && index >= 0 ? [expressions[index] ?? -1] : expressions;
  const all = new Possibilities();
  for (const expression of chosen) all.addAll(evaluator.evaluate(file, expression));
  return all.take();
}

/** A value of one of the type arguments: that at `index`, or the last; with `any` and no index, any of them. */
function argument(evaluator: Evaluator, args: Arguments, index: number, any = false): readonly Entity[] {
  const { file, expressions } = args;
  const at = index >= 0 ? expressions[index] : undefined;
  const chosen = at !== undefined ? [at] : any ? expressions : expressions.slice(-1);
  const all = new Possibilities();
  for (const expression of chosen) {
    all.addAll(
      substituted(evaluator, instanceOf(evaluator, evaluator.evaluate(file, expression)), args.within ?? null),
    );
  }
  return all.take();
}
