/**
 * What the type parameters of a class stand for in values that say so: `Value` of a `Box<Cart>` is a `Cart`.
 *
 * The idea: what is declared with a parameter is worked out once for the class, and carries a mark. Where a member was reached through a
 * value that is applied (or a class that is derived from an applied one), what is marked becomes the argument at its place; everywhere
 * else it stays what its bound says, or unknown. Arguments that are parameters themselves are put in the same way, outwards.
 *
 * Absent: parameters of methods, which the arguments of a call would tell.
 */
import { typeParameterName } from '../../code/mod.ts';
import { instanceOf } from './apply.ts';
import { partsOf } from './csharp-names.ts';
import type { Arguments, ClassRef, Entity, Receiver, TypeParameter } from './entities.ts';
import { Possibilities } from './entities.ts';
import type { Evaluator } from './evaluate.ts';
import type { Unit } from './unit.ts';

/** Languages whose links say which names are parameters of a class. */
const applying = new Set(['csharp']);

/** The parameter of a class that a name is, or one of a method, which has no class; `null` of any other name. */
export function parameterNamed(unit: Unit, scope: number, name: string): TypeParameter | null {
  if (!applying.has(unit.language)) return null;
  const [index] = unit.bindings(scope, typeParameterName(name));
  if (index === undefined) return null;
  const { symbol, value } = unit.binding(index);
  const place = unit.expression(value);
  return place?.kind === 'literal' ? { file: unit.file, symbol, place: Number(place.type) } : null;
}

export const marked = (entities: readonly Entity[], parameter: TypeParameter | null): readonly Entity[] =>
  parameter === null ? entities : entities.map((one) => (mayBeMarked(one) ? { ...one, parameter } : one));

const unmarked = (entity: Entity): Entity => {
  if (!('parameter' in entity)) return entity;
  const { parameter: _, ...rest } = entity;
  return rest;
};

/** What leaves a method: its parameters stand for anything outside of it. */
export const outsideOfMethod = (entities: readonly Entity[]): readonly Entity[] =>
  entities.some(isOfMethod) ? entities.map((one) => (isOfMethod(one) ? unmarked(one) : one)) : entities;

const isOfMethod = (entity: Entity): boolean =>
  'parameter' in entity && entity.parameter !== undefined && entity.parameter.symbol < 0;

const mayBeMarked = ({ kind }: Entity): boolean => kind === 'symbol' || kind === 'instance' || kind === 'unknown';

/** Classes behind each other that are looked through for arguments; and parameters that stand for parameters. */
const maxSteps = 8;

/**
 * Entities with the arguments of what they were reached through in place of its class's parameters.
 *
 * @param receiver what the member was found on
 */
export function substituted(
  evaluator: Evaluator,
  entities: readonly Entity[],
  receiver: Receiver | null,
  steps = 0,
): readonly Entity[] {
  if (receiver === null || !entities.some(isOpen)) return entities;
  const all = new Possibilities();
  for (const entity of entities) {
    if ('parameter' in entity && entity.parameter !== undefined) {
      const { file, symbol } = entity.parameter;
      // The class itself speaks of its own parameters; to anybody else they would have to be told.
      const isOwn = !receiver.args && receiver.file === file && receiver.symbol === symbol;
      const found = isOwn ? null : argumentOf(evaluator, entity, entity.parameter, receiver, steps);
      all.addAll(found ?? [isOwn ? entity : unmarked(entity)]);
    } else all.add(receiver.args ? withinReceiver(entity, receiver) : entity);
  }
  return all.take();
}

const isOpen = (entity: Entity): boolean =>
  ('parameter' in entity && entity.parameter !== undefined) || ('args' in entity && entity.args !== null);

/** Arguments that may be parameters of the receiver's class are looked up there when they are asked for. */
function withinReceiver(entity: Entity, receiver: Receiver): Entity {
  if (!('args' in entity) || entity.args === null || entity.args.within !== undefined) return entity;
  return { ...entity, args: { ...entity.args, within: receiver } };
}

function argumentOf(
  evaluator: Evaluator,
  entity: Entity,
  { place, ...of }: TypeParameter,
  receiver: Receiver,
  steps: number,
): readonly Entity[] | null {
  if (steps >= maxSteps || of.symbol < 0) return null;
  const args = argumentsFor(evaluator, receiver, of, steps);
  const expression = args?.expressions[place];
  if (args === null || expression === undefined) return null;
  const types = substituted(evaluator, evaluator.evaluate(args.file, expression), args.within ?? null, steps + 1);
  return entity.kind === 'symbol' ? types : instanceOf(evaluator, types);
}

/** What a class is applied to, as a value of it or of one derived from it says. */
function argumentsFor(evaluator: Evaluator, receiver: Receiver, of: ClassRef, steps: number): Arguments | null {
  if (steps >= maxSteps) return null;
  const parts = partsOf(evaluator, receiver);
  if (parts.some(({ file, symbol }) => file === of.file && symbol === of.symbol)) return receiver.args ?? null;
  for (const { file, symbol } of parts) {
    const unit = evaluator.program.unit(file);
    evaluator.consult(unit, unit.symbolKey(symbol));
    for (const base of unit.linksOf(symbol)?.bases ?? []) {
      for (const one of evaluator.evaluate(file, base)) {
        if (one.kind !== 'symbol' || (one.file === receiver.file && one.symbol === receiver.symbol)) continue;
        const args = one.args === null ? null : { ...one.args, within: receiver };
        const found = argumentsFor(evaluator, { file: one.file, symbol: one.symbol, args }, of, steps + 1);
        if (found !== null) return found;
      }
    }
  }
  return null;
}
