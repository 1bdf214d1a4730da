/**
 * Functions behind a declared type: what a call enters when the type of what is called has no body.
 *
 * `const save: Handler = make()` is a `Handler` for whoever asks for its members, but what `save()` runs is the function that `make`
 * returns, whatever `make` says that it gives. So a callee whose type leads to nothing is followed by its values instead: a name that
 * is bound once to what it is bound to, a call to the functions that what it calls returns. Each step must leave
 * exactly what is followed; a parameter, a name that is bound twice, or a result that is not plainly a function ends it.
 */
import { resultName } from '../../code/mod.ts';
import { isType } from './apply.ts';
import type { Entity } from './entities.ts';
import type { Evaluator } from './evaluate.ts';
import { holdsValue } from './lookup.ts';
import type { Unit } from './unit.ts';

type Definition = Extract<Entity, { kind: 'symbol' }>;

/** Steps from a callee to a function; a factory of factories needs about six. */
const maxSteps = 12;

const none: readonly Definition[] = [];

/** @returns the functions that a value of the expression may be, all of them; empty when some are not known */
export function functionsBehind(
  evaluator: Evaluator,
  unit: Unit,
  expression: number,
  steps = maxSteps,
): readonly Definition[] {
  if (expression < 0 || steps === 0) return none;
  const written = unit.expression(expression);
  switch (written.kind) {
    case 'name':
    case 'member': {
      const found = valuesOf(evaluator, evaluator.denote(unit.file, expression));
      const [only] = found;
      if (found.length !== 1 || only === undefined) return none;
      if (only.kind === 'variable') return ofName(evaluator, only.file, only.scope, only.name, steps);
      return only.kind === 'symbol' ? ofDefinition(evaluator, only, steps) : none;
    }
    case 'call': {
      const [callee, ...others] = functionsBehind(evaluator, unit, written.callee, steps - 1);
      return callee === undefined || others.length > 0 ? none : returnedBy(evaluator, callee, steps - 1);
    }
    case 'first':
      return functionsBehind(evaluator, unit, written.options[0] as number, steps - 1);
    case 'either':
      return all(written.options.map((option) => functionsBehind(evaluator, unit, option, steps - 1)));
    default:
      return none;
  }
}

/** A name may be a type's and a value's at once; what is called or read is the value. */
export function valuesOf(evaluator: Evaluator, entities: readonly Entity[]): readonly Entity[] {
  if (entities.length < 2) return entities;
  return entities.filter(
    (one) => one.kind !== 'symbol' || !bare.has(evaluator.program.unit(one.file).symbol(one.symbol).kind),
  );
}

/** Without fields that are declared with a type alone, where a function is assigned to their name: it is what a call runs. */
export function withoutDeclarations(evaluator: Evaluator, entities: readonly Entity[]): readonly Entity[] {
  if (entities.length < 2) return entities;
  return entities.filter((one) => {
    if (one.kind !== 'symbol') return true;
    const unit = evaluator.program.unit(one.file);
    if (!holdsValue(unit, one.symbol)) return true;
    const binding = unit.bindingOf(one.symbol);
    const { type, value } = binding < 0 ? { type: -1, value: -1 } : unit.binding(binding);
    if (type < 0 || value >= 0) return true;
    const { name } = unit.symbol(one.symbol);
    return !entities.some(
      (other) =>
        other.kind === 'symbol' &&
        other.file === one.file &&
        unit.symbol(other.symbol).name === name &&
        !holdsValue(unit, other.symbol),
    );
  });
}

/** Kinds of definitions that are types and nothing else. */
const bare = new Set(['interface', 'type', 'trait']);

function ofDefinition(evaluator: Evaluator, entity: Definition, steps: number): readonly Definition[] {
  const unit = evaluator.program.unit(entity.file);
  evaluator.consult(unit, unit.symbolKey(entity.symbol));
  if (unit.linksOf(entity.symbol)?.accessor) return none;
  if (!holdsValue(unit, entity.symbol)) return isType(unit, entity.symbol) ? none : [{ ...entity, rule: 'result' }];
  const binding = unit.bindingOf(entity.symbol);
  if (binding < 0) return none;
  const { scope, name } = unit.binding(binding);
  return ofName(evaluator, entity.file, scope, name, steps);
}

function ofName(evaluator: Evaluator, file: number, scope: number, name: string, steps: number): readonly Definition[] {
  const unit = evaluator.program.unit(file);
  // A member may be set from anywhere.
  if (unit.scope(scope).kind === 'class') return none;
  evaluator.consult(unit, unit.nameKey(scope, name));
  const bindings = unit.bindings(scope, name).filter((index) => !isBare(unit, unit.binding(index).symbol));
  const [only] = bindings;
  if (only === undefined || bindings.length !== 1) return none;
  const { kind, value } = unit.binding(only);
  return kind === 'symbol' || kind === 'variable' ? functionsBehind(evaluator, unit, value, steps - 1) : none;
}

const isBare = (unit: Unit, symbol: number): boolean => symbol >= 0 && bare.has(unit.symbol(symbol).kind);

/** What a function plainly returns, where its declared result says less; else its results. */
function returnedBy(evaluator: Evaluator, { file, symbol }: Definition, steps: number): readonly Definition[] {
  const unit = evaluator.program.unit(file);
  const scope = unit.functionScope(symbol);
  const { parent, decorators } = unit.symbol(symbol);
  // What a decorator makes of it may give anything, and so may a method that overrides it.
  const isOpen = decorators.length > 0 || (parent >= 0 && isType(unit, parent) && !unit.linksOf(symbol)?.static);
  if (scope < 0 || isOpen) return none;
  evaluator.consult(unit, unit.nameKey(scope, resultName));
  const told = unit.bindings(scope, resultName).map((index) => unit.binding(index).value);
  const results = told.length > 0 ? told : (unit.linksOf(symbol)?.results ?? []);
  return all(results.map((result) => functionsBehind(evaluator, unit, result, steps - 1)));
}

/** Everything, if nothing is missing. */
function all(parts: readonly (readonly Definition[])[]): readonly Definition[] {
  const distinct = new Map(parts.flat().map((one) => [`${one.file}:${one.symbol}`, one]));
  return parts.some((part) => part.length === 0) ? none : [...distinct.values()];
}
