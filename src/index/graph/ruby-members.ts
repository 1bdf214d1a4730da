/**
 * Members of Ruby's classes and objects.
 *
 * The idea: members are found by name among definitions and not by reading every file that opens their class again: a namespace may be
 * opened by hundreds. What is called on a class itself is bound as `name(self)`, and on its objects as `name`
 * (`code/links/ruby-notes.ts`).
 */
import { isCallableName, plainName } from '../../code/mod.ts';
import { ancestryOf, inClass } from './classes.ts';
import { type ClassRef, type Entity, outside, Possibilities, unknownOnly } from './entities.ts';
import type { Definition, Evaluator } from './evaluate.ts';
import { bindingEntities } from './lookup.ts';
import {
  constantIn,
  constantOf,
  definitionsOf,
  entityOf,
  isConstantName,
  isTypeOf,
  main,
  maxParts,
  qualifiedNameOf,
  rubyParts,
  type SymbolEntity,
  typeKinds,
  visible,
} from './ruby-constants.ts';
import { classMethods, objectMethods } from './ruby-library.ts';
import type { ResolutionRule } from './types.ts';

type InstanceEntity = Extract<Entity, { kind: 'instance' }>;

/** Members of a class's own definitions: its methods by name, and what its code sets on itself. */
export function rubyMembers(
  evaluator: Evaluator,
  of: ClassRef,
  name: string,
  rule: ResolutionRule,
): readonly Entity[] | null {
  if (isConstantName(name)) return constantIn(evaluator, of.file, qualifiedNameOf(evaluator, of), name);
  const all = new Possibilities();
  if (name.startsWith('@') || name === extended) {
    for (const { file, symbol } of rubyParts(evaluator, of)) {
      const unit = evaluator.program.unit(file);
      const scope = unit.linksOf(symbol)?.scope ?? -1;
      if (scope < 0) continue;
      evaluator.consult(unit, unit.nameKey(scope, name));
      const bound = unit.bindings(scope, name);
      if (bound.length > 0) all.addAll(bindingEntities(evaluator, unit, scope, name, bound, rule));
    }
    return all.isEmpty ? null : all.take();
  }
  const plain = plainName(name);
  const names = plain.endsWith('=') ? [plain, plain.slice(0, -1)] : [plain];
  const prefix = qualifiedNameOf(evaluator, of);
  for (const written of names) {
    const wanted = `${prefix}.${written}`;
    const found = evaluator.named(written, 'ruby').filter(({ qualifiedName }) => qualifiedName === wanted);
    for (const one of visible(evaluator, found, of.file).slice(0, maxParts)) {
      all.addAll(boundAs(evaluator, one, name, rule));
    }
  }
  return all.isEmpty ? null : all.take();
}

/** Under this name a class has the modules that its own side is extended by. */
const extended = '(extend)';

/** The definition, if it is bound under the name; of an alias what it stands for. */
function boundAs(
  evaluator: Evaluator,
  { file, symbol }: Definition,
  name: string,
  rule: ResolutionRule,
): readonly Entity[] {
  const unit = evaluator.program.unit(file);
  const first = unit.bindingOf(symbol);
  if (first < 0) return [];
  const { scope } = unit.binding(first);
  evaluator.consult(unit, unit.nameKey(scope, name));
  const index = unit.bindings(scope, name).find((one) => unit.binding(one).symbol === symbol);
  if (index === undefined) return [];
  const { value } = unit.binding(index);
  if (value >= 0) {
    const meant = evaluator.denote(file, value).filter((one) => one.kind === 'symbol');
    if (meant.length > 0) return meant.map((one) => ({ ...one, rule }));
  }
  return [entityOf({ file, symbol }, rule)];
}

/** Modules that a class is extended by. */
function extensionsOf(evaluator: Evaluator, of: ClassRef): readonly ClassRef[] {
  return evaluator.remembered(`extended ${of.file}:${of.symbol}`, [] as readonly ClassRef[], () => {
    const found: ClassRef[] = [];
    for (const { file, symbol } of rubyParts(evaluator, of)) {
      const unit = evaluator.program.unit(file);
      const scope = unit.linksOf(symbol)?.scope ?? -1;
      if (scope < 0) continue;
      evaluator.consult(unit, unit.nameKey(scope, extended));
      for (const index of unit.bindings(scope, extended)) {
        for (const one of evaluator.evaluate(file, unit.binding(index).value)) {
          if (one.kind === 'symbol') found.push({ file: one.file, symbol: one.symbol });
        }
      }
    }
    return found;
  });
}

/** A method that the class itself has: its own, of what it is extended by, and so up the line of what it inherits from. */
function ofClassSide(
  evaluator: Evaluator,
  of: ClassRef,
  name: string,
  how: { readonly rule: ResolutionRule; readonly skipOwn: boolean },
): readonly Entity[] | null {
  const plain = plainName(name);
  const { classes } = ancestryOf(evaluator, of);
  const line = classes.filter((one, place) => (place === 0 && !how.skipOwn) || isClass(evaluator, one, place));
  for (const one of line) {
    const own = rubyMembers(evaluator, one, `${plain}(self)`, how.rule);
    if (own !== null) return received(own, of);
    for (const module of extensionsOf(evaluator, one)) {
      const found = inClass(evaluator, module, plain, { rule: how.rule });
      if (found !== null) return received(found, of);
    }
  }
  // By convention a module that is mixed in brings `ClassMethods` along.
  for (const module of classes.slice(1)) {
    if (isTypeOf(evaluator, module, classKinds)) continue;
    const own = rubyMembers(evaluator, module, `${plain}(self)`, how.rule);
    if (own !== null) return received(own, of);
    const [brought] = constantIn(evaluator, module.file, qualifiedNameOf(evaluator, module), 'ClassMethods') ?? [];
    if (brought?.kind !== 'symbol') continue;
    const found = inClass(evaluator, brought, plain, { rule: how.rule });
    if (found !== null) return received(found, of);
  }
  return null;
}

const classKinds = new Set(['class']);

const isClass = (evaluator: Evaluator, one: ClassRef, place: number): boolean =>
  place > 0 && isTypeOf(evaluator, one, classKinds);

const received = (found: readonly Entity[], { file, symbol }: ClassRef): readonly Entity[] =>
  found.map((one) => (one.kind === 'symbol' || one.kind === 'variable' ? { ...one, receiver: { file, symbol } } : one));

/** A member of a class or module itself. */
export function ofRubyClass(evaluator: Evaluator, entity: SymbolEntity, name: string): readonly Entity[] {
  if (isConstantName(name)) {
    const path = `${qualifiedNameOf(evaluator, entity)}.${name}`;
    return constantOf(evaluator, evaluator.home, entity, name) ?? [outside(path, false)];
  }
  if (!isTypeOf(evaluator, entity, typeKinds)) return unknownOnly;
  const rule = entity.own ? 'self' : 'member';
  const found = ofClassSide(evaluator, entity, name, { rule, skipOwn: false });
  if (found !== null) return found;
  const plain = plainName(name);
  if (plain === 'new' && isTypeOf(evaluator, entity, classKinds)) return [{ ...entity, rule: 'constructor' }];
  if (classMethods.has(plain)) return [outside(plain, true)];
  return unfound(evaluator, entity, name, entity.own);
}

/** A constant of a namespace that is a library's, as far as the repository adds to it; `null` for other members and other languages. */
export function ofOuterNamespace(evaluator: Evaluator, namespace: string, name: string): readonly Entity[] | null {
  if (!isConstantName(name) || evaluator.program.unit(evaluator.home).language !== 'ruby') return null;
  return constantIn(evaluator, evaluator.home, namespace, name) ?? [outside(`${namespace}.${name}`, false)];
}

/** A member of an object. Blocks in a class's body may be its objects' code or its own: where one has no such method, the other is asked. */
export function ofRubyObject(
  evaluator: Evaluator,
  entity: InstanceEntity | Extract<Entity, { kind: 'super' }>,
  name: string,
): readonly Entity[] {
  const isSuper = entity.kind === 'super';
  const own = entity.kind === 'instance' && entity.own;
  const rule = entity.kind === 'super' ? 'super' : entity.rule;
  const ofClass = isCallableName(name) && !name.startsWith('@');
  const found = ofClass
    ? ofClassSide(evaluator, entity, name, { rule, skipOwn: isSuper })
    : inClass(evaluator, entity, name, { rule, skipOwn: isSuper });
  if (found !== null) return found;
  if (name.startsWith('@')) return unknownOnly;
  const fallback = own ? ofClassSide(evaluator, entity, name, { rule, skipOwn: false }) : null;
  if (fallback !== null) return fallback;
  const together = !own || ofClass || objectMethods.has(name) ? null : ofThoseMadeOf(evaluator, entity, name, rule);
  if (together !== null) return together;
  if (isSuper && isTypeOf(evaluator, entity, classKinds) && !ancestryOf(evaluator, entity).unknown) {
    return [outside(plainName(name), true)];
  }
  return unfound(evaluator, entity, name, own);
}

/**
 * What a module's code calls on itself is what the classes have that it is mixed into, and what a class counts on is what those have that
 * inherit from it. Who that is, is told from the side of the definitions of the name: their classes, and the classes that they or the
 * module stand in, as far as these are made of it.
 */
function ofThoseMadeOf(
  evaluator: Evaluator,
  of: ClassRef,
  name: string,
  rule: ResolutionRule,
): readonly Entity[] | null {
  const own = qualifiedNameOf(evaluator, of);
  return evaluator.remembered(`made of ${own} ${name}`, null as readonly Entity[] | null, () => {
    const named = evaluator.named(name, 'ruby');
    if (named.length === 0 || named.length > maxNamesakes) return null;
    const holders = new Set([...namespacesOf(own).slice(1)]);
    for (const { qualifiedName } of named) for (const one of namespacesOf(qualifiedName).slice(1)) holders.add(one);
    const madeOf: Definition[] = [];
    for (const holder of holders) {
      const found = main(evaluator, definitionsOf(evaluator, holder, of.file, typeKinds));
      if (found === undefined || holder === own) continue;
      const isMadeOf = ancestryOf(evaluator, found).classes.some((one) => qualifiedNameOf(evaluator, one) === own);
      if (isMadeOf) madeOf.push(found);
    }
    const all = new Possibilities();
    for (const one of visible(evaluator, madeOf, of.file)) all.addAll(inClass(evaluator, one, name, { rule }) ?? []);
    return all.isEmpty ? null : all.take();
  });
}

/** Of a name that more have, hardly two go together. */
const maxNamesakes = 64;

/** `A.B.C`, `A.B`, `A`. */
function namespacesOf(qualifiedName: string): string[] {
  const found: string[] = [];
  for (let at = qualifiedName; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('.')))) found.push(at);
  return found;
}

function unfound(evaluator: Evaluator, of: ClassRef, name: string, own: boolean): readonly Entity[] {
  const plain = plainName(name);
  if (objectMethods.has(plain)) return [outside(plain, true)];
  if (own) {
    const found = rubyFunction(evaluator, plain);
    if (found !== null) return found;
  }
  const line = ancestryOf(evaluator, of);
  if (line.unknown) return unknownOnly;
  return line.outside ? [outside(plain, true)] : unknownOnly;
}

/** A name without a receiver that no class has: the language's, or a library's where nothing in the repository is called so. */
export function rubyFunction(evaluator: Evaluator, name: string): readonly Entity[] | null {
  if (objectMethods.has(name)) return [outside(name, false)];
  return evaluator.named(name, 'ruby').length === 0 ? [outside(name, false)] : null;
}
