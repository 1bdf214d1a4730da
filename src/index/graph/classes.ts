/**
 * Members: of modules, of classes through their bases, and of values.
 *
 * The order of bases is C3, as Python, or left to right and depth first where C3 has no answer. A class whose bases lead out of the
 * repository may have members from there: a name that is not found in it is `outside`, not missing.
 */
import { isCallableName, nameOfVariadic, plainName } from '../../code/mod.ts';
import { functionTypes, isType } from './apply.ts';
import { valuesOf } from './behind.ts';
import { isNamespace, ofNamespace } from './cfamily-names.ts';
import { extensionsOf, ofNamespace as inCsharpNamespace, partsOf } from './csharp-names.ts';
import type { Place } from './csharp-namespaces.ts';
import {
  type ClassRef,
  type Entity,
  nothing,
  outside,
  Possibilities,
  type Receiver,
  unknown,
  unknownOnly,
} from './entities.ts';
import { type Evaluator, keyOf } from './evaluate.ts';
import { lacking } from './lacking.ts';
import { bindingEntities, exported, moduleBelow } from './lookup.ts';
import { familyOf } from './module-map.ts';
import { adapted, missing, missingOfNameless, ofParent } from './php-members.ts';
import { rubyAncestry } from './ruby-ancestry.ts';
import { inRubyClass, ofRubyClass, ofRubyObject, rubyMembers } from './ruby-members.ts';
import { ofOuterNamespace, ofOuterValue } from './ruby-opened.ts';
import type { ResolutionRule } from './types.ts';
import type { Unit } from './unit.ts';

export interface Ancestry {
  /** The class itself and those behind it, in the order in which members are looked up. */
  readonly classes: readonly ClassRef[];
  /** Some base is not of the repository. */
  readonly outside: boolean;
  /** Some base is not known. */
  readonly unknown: boolean;
}

/** Longer lines of ancestors are cut: generated or hostile code. */
const maxAncestors = 64;

const numberOf = ({ file, symbol }: ClassRef): number => keyOf('class', file, symbol);

/** How many classes an evaluation is behind the one that was asked for: each waits for those behind it. */
const depths = new WeakMap<Evaluator, number>();

export function ancestryOf(evaluator: Evaluator, of: ClassRef): Ancestry {
  // A class that inherits from itself by a detour has itself alone there.
  const meanwhile = { classes: [of], outside: false, unknown: false };
  const depth = depths.get(evaluator) ?? 0;
  if (depth > maxAncestors) return { ...meanwhile, unknown: true };
  return evaluator.remembered(numberOf(of), meanwhile, () => {
    depths.set(evaluator, depth + 1);
    const found = isRuby(evaluator, of) ? rubyAncestry(evaluator, of) : ancestry(evaluator, of);
    depths.set(evaluator, depth);
    return found;
  });
}

function ancestry(evaluator: Evaluator, of: ClassRef): Ancestry {
  const { bases, ...flags } = basesOf(evaluator, of);
  const lines = bases.map((base) => ancestryOf(evaluator, base));
  for (const line of lines) {
    flags.outside ||= line.outside;
    flags.unknown ||= line.unknown;
  }
  const orders = lines.map(({ classes }) => classes);
  const seen = new Set<number>();
  const classes = [of, ...(c3([...orders, bases]) ?? orders.flat())].filter(
    (one) => !seen.has(numberOf(one)) && seen.add(numberOf(one)),
  );
  return { classes: classes.slice(0, maxAncestors), ...flags };
}

/** The C3 linearisation (Barrett et al., OOPSLA 1996), or `null` when the orders contradict each other. */
function c3(given: readonly (readonly ClassRef[])[]): ClassRef[] | null {
  const out: ClassRef[] = [];
  let lines = given.filter((line) => line.length > 0);
  while (lines.length > 0) {
    const next = lines
      .map((line) => line[0] as ClassRef)
      .find((head) => !lines.some((line) => line.slice(1).some((one) => numberOf(one) === numberOf(head))));
    if (next === undefined || out.length > maxAncestors) return null;
    out.push(next);
    lines = lines
      .map((line) => (numberOf(line[0] as ClassRef) === numberOf(next) ? line.slice(1) : line))
      .filter((line) => line.length > 0);
  }
  return out;
}

function basesOf(evaluator: Evaluator, of: ClassRef) {
  const bases: ClassRef[] = [];
  const flags = { outside: false, unknown: false };
  for (const { file, symbol } of partsOf(evaluator, of)) {
    const unit = evaluator.program.unit(file);
    evaluator.consult(unit, unit.symbolKey(symbol));
    for (const expression of (unit.linksOf(symbol)?.bases ?? []).slice(0, maxAncestors)) {
      for (const base of evaluator.evaluate(file, expression)) {
        if (base.kind === 'symbol') bases.push({ file: base.file, symbol: base.symbol });
        else if (base.kind !== 'outside') flags.unknown = true;
        else if (base.name !== 'object') flags.outside = true;
      }
    }
  }
  return { bases, ...flags };
}

/** Applied types of no source here that a class or one behind it is made of. */
export function outsideBases(evaluator: Evaluator, of: Receiver): readonly Extract<Entity, { kind: 'outside' }>[] {
  return ancestryOf(evaluator, of).classes.flatMap(({ file, symbol }) =>
    (evaluator.program.unit(file).linksOf(symbol)?.bases ?? [])
      .flatMap((base) => evaluator.evaluate(file, base))
      .flatMap((base) =>
        base.kind === 'outside' && base.args !== null ? [{ ...base, args: { ...base.args, within: of } }] : [],
      ),
  );
}

export interface InClass {
  /** Begins behind the class itself. */
  readonly skipOwn?: boolean;
  readonly rule?: ResolutionRule;
}

/** @returns what a class has under a name, itself or from its bases; `null` when neither has it */
export function inClass(
  evaluator: Evaluator,
  of: Receiver,
  name: string,
  { skipOwn = false, rule = 'member' }: InClass = {},
): readonly Entity[] | null {
  if (isRuby(evaluator, of)) return inRubyClass(evaluator, of, name, { skipOwn, rule });
  const { classes } = ancestryOf(evaluator, of);
  let setOnly: readonly Entity[] | null = null;
  let asked: readonly Entity[] | null = null;
  for (const one of skipOwn ? classes.slice(1) : classes) {
    const found = ownMembers(evaluator, one, name, rule);
    if (found === null) continue;
    if (found.every((entity) => isAskedFor(evaluator, entity))) {
      asked ??= found;
      continue;
    }
    // What a class sets and a class behind it has an accessor for, is the accessor's.
    if (found.every((entity) => isSetFromCode(evaluator, entity))) setOnly ??= found;
    else if (setOnly === null || found.some((entity) => isAccessor(evaluator, entity))) return received(found, of);
    else break;
  }
  if (setOnly !== null || asked !== null) return received(setOnly ?? asked ?? nothing, of);
  const variadic = nameOfVariadic(name);
  return variadic === null ? null : inClass(evaluator, of, variadic, { skipOwn, rule });
}

export const received = (found: readonly Entity[], of: Receiver): readonly Entity[] =>
  found.map((entity) => withReceiver(entity, of));

/** A method that a trait of PHP is without and wants: what its class inherits goes before it. */
function isAskedFor({ program }: Evaluator, entity: Entity): boolean {
  if (entity.kind !== 'symbol') return false;
  const unit = program.unit(entity.file);
  if (unit.language !== 'php') return false;
  const { parent } = unit.symbol(entity.symbol);
  return unit.linksOf(entity.symbol)?.scope === -1 && parent >= 0 && unit.symbol(parent).kind === 'trait';
}

/** Whether nothing but code of its methods gives a member. */
function isSetFromCode({ program }: Evaluator, entity: Entity): boolean {
  if (entity.kind !== 'variable' && entity.kind !== 'symbol') return false;
  const unit = program.unit(entity.file);
  if (entity.kind === 'symbol')
    return unit
      .bindings(scopeOf(unit, entity.symbol), unit.symbol(entity.symbol).name)
      .every((index) => unit.binding(index).kind === 'member');
  return unit.bindings(entity.scope, entity.name).every((index) => unit.binding(index).kind === 'member');
}

const scopeOf = (unit: Unit, symbol: number): number => {
  const binding = unit.bindingOf(symbol);
  return binding < 0 ? -1 : unit.binding(binding).scope;
};

const isAccessor = ({ program }: Evaluator, entity: Entity): boolean =>
  entity.kind === 'symbol' && program.unit(entity.file).linksOf(entity.symbol)?.accessor === true;

/** What a class without a name has under a name, of what it is made of. */
export function mixedInto(evaluator: Evaluator, unit: Unit, scope: number, name: string): readonly Entity[] | null {
  evaluator.consult(unit, unit.nameKey(scope, name));
  const found = inScope(evaluator, unit, scope, name, 'member');
  const variadic = found === null ? nameOfVariadic(name) : null;
  return variadic === null ? found : mixedInto(evaluator, unit, scope, variadic);
}

const withReceiver = (entity: Entity, { file, symbol, args = null }: Receiver): Entity =>
  entity.kind === 'symbol' || entity.kind === 'variable' ? { ...entity, receiver: { file, symbol, args } } : entity;

/** Members that the class itself has, whether written in its body, set from code, or declared elsewhere for it. */
export function ownMembers(
  evaluator: Evaluator,
  of: ClassRef,
  name: string,
  rule: ResolutionRule,
): readonly Entity[] | null {
  if (isRuby(evaluator, of)) return rubyMembers(evaluator, of, name, rule);
  const parts = partsOf(evaluator, of);
  if (parts.length > 1) return ofParts(evaluator, parts, name, rule);
  const unit = evaluator.program.unit(of.file);
  const scope = unit.linksOf(of.symbol)?.scope ?? -1;
  if (scope >= 0) {
    evaluator.consult(unit, unit.nameKey(scope, name));
    const found = inScope(evaluator, unit, scope, name, rule);
    if (found !== null) return found;
  } else evaluator.consult(unit, unit.symbolKey(of.symbol));
  return hungOn(evaluator, unit, of, name, rule);
}

/** What the parts of a type have together. */
function ofParts(
  evaluator: Evaluator,
  parts: readonly ClassRef[],
  name: string,
  rule: ResolutionRule,
): readonly Entity[] | null {
  const all = new Possibilities();
  for (const { file, symbol } of parts) {
    const unit = evaluator.program.unit(file);
    const scope = unit.linksOf(symbol)?.scope ?? -1;
    if (scope < 0) continue;
    evaluator.consult(unit, unit.nameKey(scope, name));
    all.addAll(inScope(evaluator, unit, scope, name, rule) ?? []);
  }
  return all.isEmpty ? null : all.take();
}

/** What a class scope binds, or what is mixed into it. */
function inScope(
  evaluator: Evaluator,
  unit: Unit,
  scope: number,
  name: string,
  rule: ResolutionRule,
): readonly Entity[] | null {
  const bound = unit.bindings(scope, name);
  if (bound.length > 0) return bindingEntities(evaluator, unit, scope, name, bound, rule);
  const changed = adapted(evaluator, unit, scope, name, rule);
  if (changed !== null) return changed;
  evaluator.consult(unit, unit.nameKey(scope, mixedIn));
  const mixed = unit.bindings(scope, mixedIn);
  if (mixed.length === 0 || name === mixedIn) return null;
  // Objects may be mixed into each other; where the circle closes there is nothing.
  const found = evaluator.guarded(`mixed ${unit.file} ${scope} ${name}`, () => {
    for (const index of mixed) {
      const held = evaluator.evaluate(unit.file, unit.binding(index).value);
      const members = membersOf(evaluator, held, name).filter(({ kind }) => kind !== 'unknown' && kind !== 'outside');
      if (members.length > 0) return members;
    }
    return nothing;
  });
  return found.length === 0 ? null : found;
}

/** Whether something of no source here is mixed in: what the scope has not, that may have. */
const mixesInOutside = (evaluator: Evaluator, unit: Unit, scope: number): boolean =>
  unit
    .bindings(scope, mixedIn)
    .some((index) => evaluator.evaluate(unit.file, unit.binding(index).value).some(({ kind }) => kind === 'outside'));

/** The name under which an object has what is mixed into it. */
const mixedIn = '...';

/** Methods of Go and Rust: written outside the type, with a receiver that names it. */
function hungOn(
  evaluator: Evaluator,
  unit: Unit,
  of: ClassRef,
  name: string,
  rule: ResolutionRule,
): readonly Entity[] | null {
  if (!receiverLanguages.has(unit.language)) return null;
  const type = unit.symbol(of.symbol).name;
  const all = new Possibilities();
  const { paths } = evaluator.program.modules.world;
  const directory = directoryOf(unit.path);
  for (const { file, symbol } of evaluator.named(name, unit.language)) {
    // In Go a type's methods are of its package; looking at the others would mean to read them.
    if (unit.language === 'go' && directoryOf(paths[file] as string) !== directory) continue;
    const other = evaluator.program.unit(file);
    const receiver = other.linksOf(symbol)?.receiver ?? -1;
    if (receiver < 0 || !other.symbol(symbol).qualifiedName.endsWith(`${type}.${name}`)) continue;
    evaluator.consult(other, other.symbolKey(symbol));
    const hangs = evaluator
      .evaluate(file, receiver)
      .some((one) => one.kind === 'symbol' && one.file === of.file && one.symbol === of.symbol);
    if (hangs) all.add({ kind: 'symbol', file, symbol, rule, receiver: null, args: null, own: false });
  }
  return all.isEmpty ? null : all.take();
}

const directoryOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

const receiverLanguages = new Set(['go', 'rust', 'kotlin', 'csharp', 'swift']);

const isPhp = ({ program }: Evaluator, { file }: ClassRef): boolean => program.unit(file).language === 'php';

const isRuby = ({ program }: Evaluator, { file }: ClassRef): boolean => program.unit(file).language === 'ruby';

/** @param entities settled @param from where the name stands, as far as that decides what extends a type (C#) */
export function membersOf(
  evaluator: Evaluator,
  entities: readonly Entity[],
  name: string,
  from?: Place,
): readonly Entity[] {
  const all = new Possibilities();
  // A function may have the name of the module that it stands in: only one of them has members.
  const holders = entities.some(({ kind }) => kind === 'module')
    ? entities.filter(
        (entity) => entity.kind !== 'symbol' || isType(evaluator.program.unit(entity.file), entity.symbol),
      )
    : valuesOf(evaluator, entities);
  for (const entity of holders) {
    switch (entity.kind) {
      case 'module': {
        const { language } = evaluator.program.unit(entity.files[0] as number);
        all.addAll(
          exported(evaluator, entity, name, 'import') ?? moduleBelow(evaluator, language, entity, name) ?? unknownOnly,
        );
        break;
      }
      case 'directory':
        all.addAll(
          entity.language === 'csharp'
            ? inCsharpNamespace(evaluator, entity.path, name)
            : (moduleBelow(evaluator, entity.language, entity, name) ?? unknownOnly),
        );
        break;
      case 'symbol':
        if (isRuby(evaluator, entity)) all.addAll(ofRubyClass(evaluator, entity, name));
        else if (isNamespace(evaluator, entity)) all.addAll(ofNamespace(evaluator, entity, name));
        else all.addAll(classMember(evaluator, entity, name, entity.own ? 'self' : 'member'));
        break;
      case 'instance':
        if (isRuby(evaluator, entity)) all.addAll(ofRubyObject(evaluator, entity, name));
        else all.addAll(orExtension(evaluator, entity, name, classMember(evaluator, entity, name, entity.rule), from));
        break;
      case 'super':
        if (isRuby(evaluator, entity)) all.addAll(ofRubyObject(evaluator, entity, name));
        else if (isPhp(evaluator, entity)) all.addAll(ofParent(evaluator, entity, name));
        else all.addAll(classMember(evaluator, entity, name, 'super', true));
        break;
      case 'object': {
        const unit = evaluator.program.unit(entity.file);
        evaluator.consult(unit, unit.nameKey(entity.scope, name));
        const found = mixedInto(evaluator, unit, entity.scope, name) ?? missingOfNameless(evaluator, entity, name);
        if (found !== null) all.addAll(found);
        else all.add(mixesInOutside(evaluator, unit, entity.scope) ? outside(plainName(name), true) : unknown);
        break;
      }
      case 'collection':
        all.addAll(
          ofOuterValue(evaluator, entity.type, name) ??
            orExtension(evaluator, entity, name, [outside(entity.type, false)], from),
        );
        break;
      case 'outside':
        all.addAll(
          (entity.value ? ofOuterValue : ofOuterNamespace)(evaluator, entity.name, name) ??
            orExtension(evaluator, entity, name, [outside(plainName(name), entity.value)], from),
        );
        break;
      default:
        // Of a type parameter without a bound nothing is asked but what every object has.
        if (entity.kind !== 'unknown' || entity.parameter === undefined) all.add(unknown);
        else all.addAll(orExtension(evaluator, anyObject, name, [outside(plainName(name), true)], from));
    }
  }
  return all.take();
}

/** No type of its own, so no library's extension is for it. */
const anyObject = outside('void', true) as Extract<Entity, { kind: 'outside' }>;

/** What a value has of itself, or else what extends its type. */
function orExtension(
  evaluator: Evaluator,
  of: Extract<Entity, { kind: 'instance' | 'outside' | 'collection' }>,
  name: string,
  found: readonly Entity[],
  from: Place | undefined,
): readonly Entity[] {
  const isKnown = found.some(({ kind }) => kind === 'symbol' || kind === 'variable');
  if (isKnown || (of.kind === 'outside' && !of.value)) return found;
  return extensionsOf(evaluator, of, name, from) ?? delegateOf(evaluator, of, name) ?? found;
}

/** C#: a property or a field that is called holds a function. */
function delegateOf(evaluator: Evaluator, of: Entity, name: string): readonly Entity[] | null {
  if (of.kind !== 'instance' || !isCallableName(name)) return null;
  if (evaluator.program.unit(of.file).language !== 'csharp') return null;
  const found = inClass(evaluator, of, plainName(name), { rule: of.rule }) ?? [];
  const held = evaluator.settle(found);
  return held.some((one) => one.kind === 'outside' && functionTypes.has(one.name)) ? found : null;
}

/** Of methods of one name, one on the class and one on its objects, those of the side that was asked. */
function ofSide(evaluator: Evaluator, found: readonly Entity[], asked: boolean): readonly Entity[] {
  if (found.length < 2) return found;
  const asks = found.filter((one) => {
    if (one.kind !== 'symbol') return true;
    const unit = evaluator.program.unit(one.file);
    if (familyOf(unit.language) !== 'javascript') return true;
    return (unit.linksOf(one.symbol)?.static ?? false) === asked;
  });
  return asks.length === 0 ? found : asks;
}

function classMember(
  evaluator: Evaluator,
  of: Receiver | Extract<Entity, { kind: 'symbol' | 'instance' }>,
  name: string,
  rule: ResolutionRule,
  skipOwn = false,
): readonly Entity[] {
  const found = inClass(evaluator, of, name, { skipOwn, rule });
  if (found !== null) return 'kind' in of ? ofSide(evaluator, found, of.kind === 'symbol') : found;
  const line = ancestryOf(evaluator, of);
  if ('kind' in of && isPhp(evaluator, of) && (line.unknown || !line.outside)) {
    return missing(evaluator, of, name, rule) ?? unknownOnly;
  }
  // Every class has what the language's root class has: what is not in the repository is there, or nowhere.
  const isOuter = line.outside || skipOwn || rootMembers.test(plainName(name));
  return isOuter && !line.unknown ? [outside(name, true)] : lacking(evaluator, of, name);
}

const rootMembers =
  /^(__\w+__|toString|equals|hashCode|getClass|notify|notifyAll|wait|constructor|hasOwnProperty|clone|then|catch|ToString|Equals|GetHashCode|GetType|MemberwiseClone|ReferenceEquals|Finalize)$/;
