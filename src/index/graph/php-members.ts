/**
 * Members of PHP's classes as far as its rules differ from those of others: what `parent` means, what a class changes in its traits, and
 * what runs where a class has not got what is asked for.
 *
 * A class looks into itself, its traits, its parent, its interfaces, in this order (`classes.ts`). Under `use save` it binds the method that
 * `insteadof` chooses or `as` renames to `save` (`code/links/php-classes.ts`): that stands behind what the class has itself and before its traits.
 * For what none of them has, `__call`, `__callStatic` or `__get` stands in. Without one, what a trait or a class calls on itself may be of those that
 * are made of it. A class that is known throughout and has neither is an answer too: nobody else's method of that name is meant.
 *
 * Absent: that what is private is out of reach for others, but for properties that `__get` guards.
 */
import { callOf, isType } from './apply.ts';
import { ancestryOf, inClass, mixedInto, received } from './classes.ts';
import { type ClassRef, type Entity, outside, Possibilities, unknown, unknownOnly } from './entities.ts';
import type { Evaluator } from './evaluate.ts';
import type { ResolutionRule } from './types.ts';
import type { Unit } from './unit.ts';

type SymbolEntity = Extract<Entity, { kind: 'symbol' }>;
type ClassEntity = SymbolEntity | Extract<Entity, { kind: 'instance' }>;

/** What a scope of a class takes from its traits under a name by `insteadof` or `as`, or `null`. */
export function adapted(
  evaluator: Evaluator,
  unit: Unit,
  scope: number,
  name: string,
  rule: ResolutionRule,
): readonly Entity[] | null {
  if (unit.language !== 'php') return null;
  const key = `use ${name}`;
  evaluator.consult(unit, unit.nameKey(scope, key));
  const [first] = unit.bindings(scope, key);
  if (first === undefined) return null;
  const found = evaluator.denote(unit.file, unit.binding(first).value);
  return found.map((one) => (one.kind === 'symbol' ? { ...one, rule } : one));
}

const kindOf = ({ program }: Evaluator, { file, symbol }: ClassRef): string => program.unit(file).symbol(symbol).kind;

/** The classes that a class extends; `null` where `parent` is another one's each time: in a trait. */
function parentsOf(evaluator: Evaluator, of: ClassRef): readonly Entity[] | null {
  const { program } = evaluator;
  const unit = program.unit(of.file);
  evaluator.consult(unit, unit.symbolKey(of.symbol));
  if (kindOf(evaluator, of) === 'trait') return null;
  const bases = unit.linksOf(of.symbol)?.bases ?? [];
  return bases
    .flatMap((base) => evaluator.evaluate(of.file, base))
    .filter((base) => base.kind !== 'symbol' || kindOf(evaluator, base) === 'class');
}

/** What `parent` has under a name: neither the class itself nor its traits are asked. */
export function ofParent(evaluator: Evaluator, of: ClassRef, name: string): readonly Entity[] {
  const parents = parentsOf(evaluator, of);
  if (parents === null) return unknownOnly;
  const all = new Possibilities();
  for (const parent of parents) {
    if (parent.kind === 'outside') all.add(outside(name, true));
    else if (parent.kind !== 'symbol') all.add(unknown);
    else {
      const found = inClass(evaluator, parent, name, { rule: 'super' });
      if (found !== null) return received(found, of);
      const line = ancestryOf(evaluator, parent);
      if (line.outside && !line.unknown) all.add(outside(name, true));
      else all.addAll(standIn(evaluator, parent, name, 'super', ['__call', '__callStatic']) ?? unknownOnly);
    }
  }
  return all.isEmpty ? unknownOnly : all.take();
}

const isMethodName = (name: string): boolean => /^(?!__)[^$\s]/.test(name) && !name.includes('\\');

/** The first of the methods that a class has and that is called for any name; where what it is made of is not all known, in doubt. */
function standIn(
  evaluator: Evaluator,
  of: ClassRef,
  name: string,
  rule: ResolutionRule,
  methods: readonly string[],
): readonly Entity[] | null {
  if (!isMethodName(name)) return null;
  for (const method of methods) {
    const found = inClass(evaluator, of, method, { rule });
    if (found !== null) return ancestryOf(evaluator, of).unknown ? [...found, unknown] : found;
  }
  return null;
}

/** What an object or a class gives under a name that neither it nor what it is made of has; all of that is known or of the repository. */
export function missing(
  evaluator: Evaluator,
  of: ClassEntity,
  name: string,
  rule: ResolutionRule,
): readonly Entity[] | null {
  if (name.startsWith('$')) {
    const getter = of.kind === 'instance' ? inClass(evaluator, of, '__get', { rule }) : null;
    return getter === null ? null : callOf(evaluator, evaluator.settle(getter), false);
  }
  const methods = of.kind === 'instance' ? ['__call'] : ['__callStatic'];
  return standIn(evaluator, of, name, rule, methods) ?? madeOf(evaluator, of, name, rule);
}

/** As `missing`, of an object of a class without a name. */
export function missingOfNameless(
  evaluator: Evaluator,
  { file, scope }: Extract<Entity, { kind: 'object' }>,
  name: string,
): readonly Entity[] | null {
  const unit = evaluator.program.unit(file);
  return unit.language === 'php' && isMethodName(name) ? mixedInto(evaluator, unit, scope, '__call') : null;
}

/** Of a name that more have, hardly one is meant. */
const maxNamesakes = 64;

/** Methods of a name that classes made of a class or trait have: sure only where it calls them on itself. */
function madeOf(evaluator: Evaluator, of: ClassEntity, name: string, rule: ResolutionRule): readonly Entity[] | null {
  if (!isMethodName(name)) return null;
  const found = evaluator.remembered(`made ${of.file}:${of.symbol} ${name}`, null as readonly Entity[] | null, () => {
    const named = evaluator.named(name, 'php');
    if (named.length > maxNamesakes) return null;
    const all = new Possibilities();
    for (const { file, symbol, inside } of named) {
      const { parent } = evaluator.program.unit(file).symbol(symbol);
      if (!inside || parent < 0 || !isMadeOf(evaluator, { file, symbol: parent }, of)) continue;
      all.addAll(inClass(evaluator, { file, symbol: parent }, name, { rule: 'self' }) ?? []);
    }
    return all.isEmpty ? null : all.take();
  });
  if (found === null || of.own) return found;
  return [...found.map((one) => (one.kind === 'symbol' ? { ...one, rule } : one)), unknown];
}

function isMadeOf(evaluator: Evaluator, one: ClassRef, of: ClassRef): boolean {
  const unit = evaluator.program.unit(one.file);
  evaluator.consult(unit, unit.symbolKey(one.symbol));
  return ancestryOf(evaluator, one).classes.some(({ file, symbol }) => file === of.file && symbol === of.symbol);
}

/** Whether a comment alone tells of a member. */
const isToldOnly = ({ program }: Evaluator, { file, scope, name }: Extract<Entity, { kind: 'variable' }>): boolean => {
  const unit = program.unit(file);
  return unit.bindings(scope, name).every((index) => unit.binding(index).kind === 'variable');
};

/** What a call of a member is made on, with the name. */
function receiversOf(evaluator: Evaluator, unit: Unit, expression: number) {
  const whole = unit.expression(expression);
  const written = whole.kind === 'first' ? unit.expression(whole.options[0] as number) : whole;
  if (written.kind !== 'member' || written.object < 0) return null;
  return { name: written.name, holders: evaluator.evaluate(unit.file, written.object) };
}

/** What runs for a method that nothing but a comment tells of: what stands in, or what classes below have. */
export function behindComments(evaluator: Evaluator, unit: Unit, expression: number): readonly Entity[] {
  const { name = '', holders = [] } = receiversOf(evaluator, unit, expression) ?? {};
  return holders.flatMap((holder) => {
    if (holder.kind !== 'instance' && holder.kind !== 'symbol') return [];
    const rule = holder.kind === 'symbol' && !holder.own ? 'member' : holder.rule;
    const found = inClass(evaluator, holder, name, { rule });
    return found === null || found.some(({ kind }) => kind !== 'variable')
      ? []
      : (missing(evaluator, holder, name, rule) ?? []);
  });
}

/** Whether all that a member is asked of is known, so that what it has not got is nobody's. */
export function isOfKnown(evaluator: Evaluator, unit: Unit, expression: number): boolean {
  const { holders = [] } = receiversOf(evaluator, unit, expression) ?? {};
  return holders.length > 0 && holders.every((holder) => isKnown(evaluator, holder));
}

/** Whether those of the classes that a member may be asked of are the only ones that have it: the others would fail. */
export function isOfThoseAlone(evaluator: Evaluator, unit: Unit, expression: number): boolean {
  const { name = '', holders = [] } = receiversOf(evaluator, unit, expression) ?? {};
  return holders.every((holder) => {
    if (!isKnown(evaluator, holder)) return false;
    if (holder.kind !== 'instance' && holder.kind !== 'symbol') return holder.kind === 'outside';
    const has = inClass(evaluator, holder, name)?.some(({ kind }) => kind === 'symbol') ?? false;
    return has || missing(evaluator, holder, name, 'member') === null;
  });
}

function isKnown(evaluator: Evaluator, entity: Entity): boolean {
  switch (entity.kind) {
    case 'instance':
    case 'super':
    case 'symbol':
      return classKinds.has(kindOf(evaluator, entity)) && !ancestryOf(evaluator, entity).unknown;
    case 'object': {
      const unit = evaluator.program.unit(entity.file);
      const made = unit.bindings(entity.scope, '...').map((index) => unit.binding(index).value);
      return made.every((value) => evaluator.evaluate(entity.file, value).every((one) => isKnown(evaluator, one)));
    }
    default:
      return entity.kind === 'outside';
  }
}

/** Without traits: what those call on themselves is of the classes that use them. */
const classKinds = new Set(['class', 'interface', 'enum']);

/** By what is done to a property: the method that stands in for one that is not there. */
const guards: Readonly<Record<string, string>> = { '=': '__set', '?': '__isset', '!': '__unset' };

/**
 * What runs for a property that an object has not got or does not show; nothing where one of several it may be does, in doubt where not all is known.
 *
 * @param from the symbol that asks for it, or -1
 */
export function guarding(evaluator: Evaluator, unit: Unit, expression: number, from: number): readonly Entity[] {
  const written = unit.expression(expression);
  if (written.kind !== 'member' || !written.name.startsWith('$')) return [];
  const { name = '', holders = [] } = receiversOf(evaluator, unit, expression) ?? {};
  const guard = guards[name.slice(-1)] ?? '__get';
  const all = new Possibilities();
  for (const holder of holders) {
    const found = holder.kind === 'instance' ? inClass(evaluator, holder, guard, { rule: holder.rule }) : null;
    if (holder.kind === 'instance' && shows(evaluator, holder, name, classAround(unit, from))) return [];
    all.addAll(found ?? (isKnown(evaluator, holder) ? [] : unknownOnly));
  }
  return all.take();
}

/** The class that a symbol is in, or `null`. */
function classAround(unit: Unit, symbol: number): ClassRef | null {
  for (let at = symbol; at >= 0; at = unit.symbol(at).parent) {
    if (isType(unit, at)) return { file: unit.file, symbol: at };
  }
  return null;
}

/** Whether an object has a property that code in a class may reach: what is not public, only where one inherits from the other. */
function shows(evaluator: Evaluator, of: ClassRef, name: string, around: ClassRef | null): boolean {
  const found = inClass(evaluator, of, name);
  return (
    found?.some((one) => {
      if (one.kind === 'variable') return !isToldOnly(evaluator, one);
      if (one.kind !== 'symbol' || evaluator.program.unit(one.file).symbol(one.symbol).exported) return true;
      return around !== null && (isMadeOf(evaluator, around, of) || isMadeOf(evaluator, of, around));
    }) ?? false
  );
}
