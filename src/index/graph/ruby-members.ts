/**
 * Members of Ruby's classes and objects.
 *
 * The idea: members are found by name among definitions and not by reading every file that opens their class again: a namespace may be
 * opened by hundreds. What is called on a class itself is bound as `name(self)`, and on its objects as `name`
 * (`code/links/ruby-notes.ts`). Which classes are asked in which order says `ruby-ancestry.ts`; what none of them has is a function
 * (`ruby-functions.ts`), a library's, what `method_missing` is for, or missing.
 */
import { isCallableName, plainName } from '../../code/mod.ts';
import { ancestryOf } from './classes.ts';
import { type ClassRef, type Entity, missing, outside, Possibilities, unknownOnly } from './entities.ts';
import type { Definition, Evaluator } from './evaluate.ts';
import { bindingEntities } from './lookup.ts';
import { boundInParts, isClass, isOwnSideOpen, mixedIntoOwn } from './ruby-ancestry.ts';
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
  type SymbolEntity,
  typeKinds,
  visible,
} from './ruby-constants.ts';
import { functionSeen, rubyFunction } from './ruby-functions.ts';
import { classMethods, objectMethods } from './ruby-library.ts';
import { ofAll, ofOpened } from './ruby-opened.ts';
import type { ResolutionRule } from './types.ts';

type InstanceEntity = Extract<Entity, { kind: 'instance' }>;

/** Asked of an object, or of its class where that has no such method: `code/links/callables.ts`. */
const eitherName = /\(\?\)$/;

/** Members of a class's own definitions: its methods by name, and what its code sets on itself. */
export function rubyMembers(
  evaluator: Evaluator,
  of: ClassRef,
  name: string,
  rule: ResolutionRule,
): readonly Entity[] | null {
  if (isConstantName(name)) return constantIn(evaluator, of.file, qualifiedNameOf(evaluator, of), name);
  const all = new Possibilities();
  if (name.startsWith('@')) {
    for (const { unit, scope, bindings } of boundInParts(evaluator, of, name)) {
      all.addAll(bindingEntities(evaluator, unit, scope, name, bindings, rule));
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
      all.addAll(boundAs(evaluator, one, eitherName.test(name) ? plain : name, rule));
    }
  }
  return all.isEmpty ? null : all.take();
}

/** The definition, if it is bound under the name; of an alias what it stands for. */
export function boundAs(
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

/** Under this name a class lists what `undef` takes from it. */
const undefinedNames = '(undef)';

const missingOnly: readonly Entity[] = [missing];

function isUndefined(evaluator: Evaluator, of: ClassRef, name: string): boolean {
  return evaluator
    .remembered(`undefined in ${of.file}:${of.symbol}`, noNames, () => {
      const names = new Set<string>();
      for (const { unit, bindings } of boundInParts(evaluator, of, undefinedNames)) {
        for (const index of bindings) {
          const { value } = unit.binding(index);
          const literal = value < 0 ? undefined : unit.expression(value);
          if (literal?.kind === 'literal') names.add(literal.type);
        }
      }
      return names;
    })
    .has(name);
}

const noNames: ReadonlySet<string> = new Set();

/** Classes behind a class, in the order of look-up. */
function behind(evaluator: Evaluator, of: ClassRef): readonly ClassRef[] {
  const { classes } = ancestryOf(evaluator, of);
  const name = qualifiedNameOf(evaluator, of);
  return classes.slice(classes.findIndex((one) => qualifiedNameOf(evaluator, one) === name) + 1);
}

/** What an object of a class has under a name: of what is prepended, itself or from what it is made of; `null` when nothing has it. */
export function inRubyClass(
  evaluator: Evaluator,
  of: ClassRef,
  name: string,
  { skipOwn, rule }: How,
): readonly Entity[] | null {
  for (const one of skipOwn ? behind(evaluator, of) : ancestryOf(evaluator, of).classes) {
    const found = rubyMembers(evaluator, one, name, rule);
    if (found !== null) return received(found, of);
    if (isUndefined(evaluator, one, eitherName.test(name) ? plainName(name) : name)) return missingOnly;
  }
  return null;
}

interface How {
  readonly rule: ResolutionRule;
  /** Begins behind the class itself. */
  readonly skipOwn: boolean;
}

/** A method that the class itself has: its own, of what it is extended by, and so up the line of what it inherits from. */
function ofClassSide(
  evaluator: Evaluator,
  of: ClassRef,
  plain: string,
  { rule, skipOwn }: How,
): readonly Entity[] | null {
  const line = behind(evaluator, of);
  const asked = (from: readonly ClassRef[], name: string): readonly Entity[] | null => {
    for (const one of from) {
      const found = rubyMembers(evaluator, one, name, rule);
      if (found !== null) return received(found, of);
      if (isUndefined(evaluator, one, name)) return missingOnly;
    }
    return null;
  };
  let at = 0;
  for (const one of [of, ...line.filter((other) => isClass(evaluator, other))]) {
    const own = `${plain}(self)`;
    if (one !== of || !skipOwn) {
      const found =
        asked(mixedIntoOwn(evaluator, one, 'ownPrepend'), plain) ??
        asked([one], own) ??
        (one === of ? asked([one], `${plain}(brought)`) : null);
      if (found !== null) return found;
    }
    const extended = asked(mixedIntoOwn(evaluator, one, 'extend'), plain);
    if (extended !== null) return extended;
    if (one !== of) at++;
    for (; at < line.length && !isClass(evaluator, line[at] as ClassRef); at++) {
      const module = line[at] as ClassRef;
      const brought = asked([module], `${plain}(brought)`) ?? asked(classMethodsOf(evaluator, module), plain);
      if (brought !== null) return brought;
    }
  }
  return null;
}

/** By convention a module that is included brings its `ClassMethods` along. */
function classMethodsOf(evaluator: Evaluator, module: ClassRef): readonly ClassRef[] {
  const [found] = constantIn(evaluator, module.file, qualifiedNameOf(evaluator, module), 'ClassMethods') ?? [];
  if (found?.kind !== 'symbol' || !isTypeOf(evaluator, found, typeKinds)) return [];
  return ancestryOf(evaluator, found).classes;
}

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
  const former = formerDefinition(evaluator, entity, name, rule);
  if (former !== null) return former;
  const plain = plainName(name);
  const how = { rule, skipOwn: false } as const;
  const found = plain.startsWith('@')
    ? inRubyClass(evaluator, entity, `${plain}(self)`, how)
    : ofClassSide(evaluator, entity, plain, how);
  if (found !== null) return found;
  if (plain.startsWith('@')) return unknownOnly;
  if (plain === 'new' && isClass(evaluator, entity)) return [{ ...entity, rule: 'constructor' }];
  const opened = ofOpened(evaluator, plain, ['Class', 'Module', ...ofAll], rule);
  if (opened !== null) return opened;
  if (classMethods.has(plain)) return [outside(plain, true)];
  const open = isOwnSideOpen(evaluator, entity);
  return unfound(evaluator, entity, plain, { own: entity.own, rule, open, side: 'class' });
}

/** A member of an object. Blocks in a class's body may be its objects' code or its own: where one has no such method, the other is asked. */
export function ofRubyObject(
  evaluator: Evaluator,
  entity: InstanceEntity | Extract<Entity, { kind: 'super' }>,
  name: string,
): readonly Entity[] {
  const skipOwn = entity.kind === 'super';
  const own = entity.kind === 'instance' && entity.own;
  const rule = entity.kind === 'super' ? 'super' : entity.rule;
  const how = { rule, skipOwn } as const;
  const former = formerDefinition(evaluator, entity, name, rule);
  if (former !== null) return former;
  const plain = plainName(name);
  if (plain.startsWith('@')) return inRubyClass(evaluator, entity, name, how) ?? unknownOnly;
  const isEither = eitherName.test(name);
  const ofClass = isCallableName(name) && !isEither;
  if (ofClass) {
    const found = ofClassSide(evaluator, entity, plain, how);
    return found ?? (ancestryOf(evaluator, entity).unknown ? unknownOnly : [outside(plain, true)]);
  }
  const found =
    inRubyClass(evaluator, entity, isEither ? name : plain, how) ??
    (isEither ? ofClassSide(evaluator, entity, plain, how) : null);
  if (found !== null) return found;
  const isModule = !isClass(evaluator, entity);
  if (skipOwn && isModule) return behindModule(evaluator, entity, plain) ?? unknownOnly;
  const opened = ofOpened(evaluator, plain, ofAll, rule);
  if (opened !== null) return opened;
  const together = own && !objectMethods.has(plain) ? ofThoseMadeOf(evaluator, entity, plain, rule) : null;
  if (together !== null) return together;
  if (skipOwn) return ancestryOf(evaluator, entity).unknown ? unknownOnly : [outside(plain, true)];
  return unfound(evaluator, entity, plain, { own, rule, open: { unknown: isEither, outside: false }, side: 'object' });
}

/** A definition that another of its file took the place of, as an alias of it names it: `run(3)`, `run(self 3)`. */
function formerDefinition(
  evaluator: Evaluator,
  of: ClassRef,
  name: string,
  rule: ResolutionRule,
): readonly Entity[] | null {
  return /\((self )?\d+\)$/.test(name) ? (rubyMembers(evaluator, of, name, rule) ?? unknownOnly) : null;
}

/** What `super` calls in a module: what stands behind it where it is mixed in, as far as that has the method itself. */
function behindModule(evaluator: Evaluator, of: ClassRef, name: string): readonly Entity[] | null {
  const all = new Possibilities();
  for (const one of madeOf(evaluator, of, name)) {
    const { classes } = ancestryOf(evaluator, one);
    const own = qualifiedNameOf(evaluator, of);
    const at = classes.findIndex((other) => qualifiedNameOf(evaluator, other) === own);
    for (const other of classes.slice(at + 1)) {
      const found = rubyMembers(evaluator, other, name, 'super');
      if (found === null) continue;
      all.addAll(found);
      break;
    }
  }
  return all.isEmpty ? null : all.take();
}

/**
 * What a module's code calls on itself is what the classes have that it is mixed into, and what a class counts on is what those have that
 * inherit from it.
 */
function ofThoseMadeOf(
  evaluator: Evaluator,
  of: ClassRef,
  name: string,
  rule: ResolutionRule,
): readonly Entity[] | null {
  const all = new Possibilities();
  for (const one of madeOf(evaluator, of, name)) {
    all.addAll(inRubyClass(evaluator, one, name, { rule, skipOwn: false }) ?? []);
  }
  return all.isEmpty ? null : all.take();
}

/**
 * Classes that are made of a class or module and have to do with a name. They are told from the side of the definitions of the name: their
 * classes, and the classes that they or the module stand in.
 */
function madeOf(evaluator: Evaluator, of: ClassRef, name: string): readonly Definition[] {
  const own = qualifiedNameOf(evaluator, of);
  return evaluator.remembered(`made of ${own} ${name}`, [] as readonly Definition[], () => {
    const named = evaluator.named(name, 'ruby');
    if (named.length === 0 || named.length > maxNamesakes) return [];
    const holders = new Set([...namespacesOf(own).slice(1)]);
    for (const { qualifiedName } of named) for (const one of namespacesOf(qualifiedName).slice(1)) holders.add(one);
    const found: Definition[] = [];
    for (const holder of holders) {
      const one = main(evaluator, definitionsOf(evaluator, holder, of.file, typeKinds));
      if (one === undefined || holder === own) continue;
      const isMadeOf = ancestryOf(evaluator, one).classes.some((other) => qualifiedNameOf(evaluator, other) === own);
      if (isMadeOf) found.push(one);
    }
    return visible(evaluator, found, of.file);
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

interface Asked {
  /** It is asked of `self`. */
  readonly own: boolean;
  readonly rule: ResolutionRule;
  readonly side: 'object' | 'class';
  /** What else may have it. */
  readonly open: { readonly unknown: boolean; readonly outside: boolean };
}

/** What no class of the line has: a function, a library's, what `method_missing` is for, or nothing. */
function unfound(
  evaluator: Evaluator,
  of: ClassRef,
  name: string,
  { own, rule, side, open }: Asked,
): readonly Entity[] {
  if (objectMethods.has(name) || isExpectation(evaluator, name)) return [outside(name, true)];
  const line = ancestryOf(evaluator, of);
  const isUnknown = line.unknown || open.unknown;
  const isOutside = line.outside || open.outside;
  if (own && !line.unknown && !line.outside) {
    const found = functionSeen(evaluator, evaluator.program.unit(of.file), name);
    if (found !== null) return found;
  }
  if (!isUnknown && !isOutside) {
    const how = { rule, skipOwn: false } as const;
    const found =
      side === 'object'
        ? inRubyClass(evaluator, of, 'method_missing', how)
        : ofClassSide(evaluator, of, 'method_missing', how);
    if (found !== null) return found;
  }
  const ofNobody = own ? rubyFunction(evaluator, name) : null;
  if (ofNobody !== null) return ofNobody;
  if (isUnknown) return unknownOnly;
  if (isOutside) return [outside(name, true)];
  // Of a module nobody knows what it is mixed into.
  return own && !isClass(evaluator, of) ? unknownOnly : missingOnly;
}

/** What Minitest and RSpec add to all objects. */
const isExpectation = (evaluator: Evaluator, name: string): boolean =>
  /^((must|wont)_\w+|should(_not)?|stub)$/.test(name) && evaluator.named(name, 'ruby').length === 0;
