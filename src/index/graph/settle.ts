/** From names to what they hold: a variable's declared type or its values, an accessor's result. */
import { callOf, instanceOf } from './apply.ts';
import { type Entity, isEmpty, Possibilities, type Receiver, unknown, unknownOnly } from './entities.ts';
import { type Evaluator, keyOf } from './evaluate.ts';
import { holdsValue } from './lookup.ts';
import { marked, parameterNamed, substituted } from './type-parameters.ts';
import type { Unit } from './unit.ts';

const saysAll = new Set(['self', 'self-type', 'collection']);

export function settled(evaluator: Evaluator, entities: readonly Entity[]): readonly Entity[] {
  if (!entities.some((entity) => entity.kind === 'variable' || entity.kind === 'symbol')) return entities;
  const all = new Possibilities();
  for (const entity of entities) {
    if (entity.kind === 'variable') {
      const unit = evaluator.program.unit(entity.file);
      const held = heldBy(evaluator, unit, entity.scope, entity.name);
      const own = marked(held, parameterNamed(unit, entity.scope, entity.name));
      all.addAll(rebound(evaluator, own, entity.receiver));
    } else if (entity.kind === 'symbol') all.addAll(settledSymbol(evaluator, entity));
    else all.add(entity);
  }
  return all.take();
}

function settledSymbol(evaluator: Evaluator, entity: Extract<Entity, { kind: 'symbol' }>): readonly Entity[] {
  const unit = evaluator.program.unit(entity.file);
  const { kind, parent } = unit.symbol(entity.symbol);
  if (unit.linksOf(entity.symbol)?.accessor) {
    evaluator.consult(unit, unit.symbolKey(entity.symbol));
    return callOf(evaluator, [entity], false);
  }
  if (!holdsValue(unit, entity.symbol)) return [entity];
  if (kind === 'enum-member' && parent >= 0) {
    return [{ kind: 'instance', file: entity.file, symbol: parent, rule: 'member', args: null, own: false }];
  }
  const binding = unit.bindingOf(entity.symbol);
  if (binding < 0) return unknownOnly;
  const { scope, name } = unit.binding(binding);
  return rebound(evaluator, heldBy(evaluator, unit, scope, name), entity.receiver);
}

/**
 * Whether what is assigned to the name counts although its type is declared: Python's annotations hold no value off, so
 * a local that is bound anew has both. What is declared of a member is meant for all that set it.
 */
const isBoundAnew = (unit: Unit, scope: number): boolean =>
  unit.language === 'python' && unit.scope(scope).kind !== 'class';

/** What is assigned to a name in its scope; a declared type outweighs the value beside it, and mostly those of other places. */
function heldBy(evaluator: Evaluator, unit: Unit, scope: number, name: string): readonly Entity[] {
  const bindings = unit.bindings(scope, name);
  const first = bindings[0];
  if (first === undefined) return unknownOnly;
  // Its own key: an expression may denote the variable while its value is being looked for.
  const key = keyOf('value', unit.file, first);
  return evaluator.guarded(key, () => {
    evaluator.consult(unit, unit.nameKey(scope, name));
    const all = new Possibilities();
    let outer = 0;
    for (const index of bindings) {
      const { type } = unit.binding(index);
      if (type >= 0) all.addAll(instanceOf(evaluator, evaluator.evaluate(unit.file, type)));
    }
    if (!all.isEmpty && !isBoundAnew(unit, scope)) return all.take();
    for (const index of bindings) {
      const { kind, value, symbol, type } = unit.binding(index);
      // What a file imports under a name that it also sets is one thing or the other by its surroundings; a local is bound anew.
      if (kind === 'import' && isBoundAnew(unit, scope) && unit.scope(scope).kind === 'function') all.add(unknown);
      if (kind === 'import' || type >= 0) continue;
      // A function that a variable of the same name stands beside was found with the name.
      if (symbol >= 0 && !holdsValue(unit, symbol)) continue;
      evaluator.suppose(key, all.take());
      if (value >= 0) all.addAll(evaluator.evaluate(unit.file, value));
      if (isElsewhere(evaluator, unit, value)) outer++;
      // Anything may be passed, and a default is only one of it; but a receiver is what it is, and so is a tuple of the rest.
      if (value < 0 || (kind === 'parameter' && !saysAll.has(unit.expression(value).kind))) all.add(unknown);
    }
    // A name that holds the repository's here and a library's there is in doubt, whatever the library gives.
    if (outer > 0 && all.take().some(({ kind }) => kind !== 'outside')) all.add(unknown);
    // What holds nothing here is set from elsewhere.
    return all.take().every(isEmpty) ? unknownOnly : all.take();
  });
}

/** Whether a value is of no source here: what a library gives, and no literal, whose methods everybody knows. */
const isElsewhere = (evaluator: Evaluator, unit: Unit, value: number): boolean =>
  value >= 0 &&
  rebinding.has(unit.language) &&
  unit.expression(value).kind !== 'literal' &&
  !isTakenOut(unit, value) &&
  isOuter(evaluator.evaluate(unit.file, value));

/** Whether it is taken out of a container, `cache.get(key)`: a library's holds what was put into it, so it says nothing of its own. */
function isTakenOut(unit: Unit, value: number): boolean {
  const written = unit.expression(value);
  if (written.kind === 'first') return isTakenOut(unit, written.options[0] as number);
  if (written.kind !== 'call') return written.kind === 'element' && written.how === 'subscript';
  const callee = unit.expression(written.callee);
  return callee.kind === 'member' && takingOut.has(callee.name);
}

const takingOut = new Set(['get', 'pop', 'setdefault', 'popleft', 'shift']);

const isOuter = (entities: readonly Entity[]): boolean =>
  entities.length > 0 && entities.every((one) => one.kind === 'outside' && !isEmpty(one));

/** Languages whose variables take values of any type, one after the other. */
const rebinding = new Set(['ruby', 'python', 'javascript', 'typescript', 'tsx']);

/** Values that are `self` belong to the class through which they were reached; what its parameters stand for it says. */
export function rebound(
  evaluator: Evaluator,
  entities: readonly Entity[],
  receiver: Receiver | null,
  rule: 'member' | 'result' = 'member',
): readonly Entity[] {
  if (receiver === null) return entities;
  return substituted(evaluator, entities, receiver).map((entity) =>
    (entity.kind === 'instance' || entity.kind === 'symbol') && entity.own
      ? { ...entity, file: receiver.file, symbol: receiver.symbol, args: receiver.args ?? null, own: false, rule }
      : entity,
  );
}
