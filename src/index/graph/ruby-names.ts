/**
 * Names of Ruby across files: constants, which are global, classes that many files add to, and members of objects and of
 * classes themselves.
 *
 * The idea: whatever files a program has loaded, a constant is known by its whole name, so a table of the repository's definitions by
 * qualified name stands for all of them (which is also how autoloading finds them, without any `require`). A class is all
 * definitions of one name. Members are found by name among definitions and not by reading every file that opens their class again: a
 * namespace may be opened by hundreds.
 *
 * What is called on a class itself is bound as `name(self)`, and on its objects as `name` (`code/links/ruby-notes.ts`). What only tests define counts
 * in the file that defines it, or where nothing else has the name.
 */
import { isCallableName, plainName } from '../../code/mod.ts';
import { ancestryOf, inClass, membersOf } from './classes.ts';
import { type ClassRef, type Entity, outside, Possibilities, unknownOnly } from './entities.ts';
import type { Definition, Evaluator } from './evaluate.ts';
import { bindingEntities } from './lookup.ts';
import { classMethods, coreClasses, objectMethods } from './ruby-library.ts';
import type { ResolutionRule } from './types.ts';
import type { Unit } from './unit.ts';

type SymbolEntity = Extract<Entity, { kind: 'symbol' }>;
type InstanceEntity = Extract<Entity, { kind: 'instance' }>;

/** Definitions of one qualified name that are looked into. */
const maxParts = 24;

/** Constants begin with a capital; `::A` counts from the top. */
export const isConstantName = (name: string): boolean => /^(::)?\p{Lu}/u.test(name) && !isCallableName(name);

const typeKinds = new Set(['class', 'module']);
const constantKinds = new Set(['class', 'module', 'constant']);

const isTypeOf = (evaluator: Evaluator, { file, symbol }: ClassRef, kinds: ReadonlySet<string>): boolean =>
  kinds.has(evaluator.program.unit(file).symbol(symbol).kind);

const qualifiedNameOf = (evaluator: Evaluator, { file, symbol }: ClassRef): string =>
  evaluator.program.unit(file).symbol(symbol).qualifiedName;

/** Those of tests only where they stand, or where there are no others. */
function visible(evaluator: Evaluator, found: readonly Definition[], from: number): readonly Definition[] {
  if (found.length < 2) return found;
  const seen = found.filter(({ file }) => file === from || !evaluator.program.unit(file).test);
  return seen.length === 0 ? found : seen;
}

/** `ActiveRecord.Base` → `active_record/base.rb`: where autoloading looks for it. */
function conventionalPath(qualifiedName: string): string {
  const path = qualifiedName
    .replaceAll('.', '/')
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .replaceAll(/([a-z\d])([A-Z])/g, '$1_$2');
  return `${path.toLowerCase()}.rb`;
}

/** Definitions of a qualified name, the likeliest to be the main one first. */
function definitionsOf(
  evaluator: Evaluator,
  qualifiedName: string,
  from: number,
  kinds: ReadonlySet<string>,
): readonly Definition[] {
  const name = qualifiedName.slice(qualifiedName.lastIndexOf('.') + 1);
  const isLocal = evaluator.program.unit(from).test;
  const key = `ruby ${kinds.size} ${qualifiedName} ${isLocal ? from : ''}`;
  return evaluator.remembered(key, [] as readonly Definition[], () => {
    const { paths } = evaluator.program.modules.world;
    const conventional = conventionalPath(qualifiedName);
    const far = (file: number): number => {
      if (isLocal && file === from) return 0;
      const path = paths[file] as string;
      return path === conventional || path.endsWith(`/${conventional}`) ? 1 : 2;
    };
    const named = evaluator
      .defined(name, 'ruby')
      .filter((one) => one.qualifiedName === qualifiedName)
      .sort((a, b) => far(a.file) - far(b.file) || a.file - b.file || a.symbol - b.symbol)
      .slice(0, maxParts * 2);
    return visible(evaluator, named, from)
      .filter((one) => isTypeOf(evaluator, one, kinds))
      .slice(0, maxParts);
  });
}

/** All definitions that make up a class or module. */
export function rubyParts(evaluator: Evaluator, of: ClassRef): readonly ClassRef[] {
  const found = definitionsOf(evaluator, qualifiedNameOf(evaluator, of), of.file, typeKinds);
  return found.some(({ file, symbol }) => file === of.file && symbol === of.symbol) ? found : [of, ...found];
}

/** Whether the class is a library's that the repository adds to: of its own language, or of a namespace that nothing here defines. */
export function isOpenedOnly(evaluator: Evaluator, of: ClassRef): boolean {
  const name = qualifiedNameOf(evaluator, of);
  const dot = name.lastIndexOf('.');
  return dot < 0
    ? coreClasses.has(name)
    : definitionsOf(evaluator, name.slice(0, dot), of.file, typeKinds).length === 0;
}

const entityOf = ({ file, symbol }: ClassRef, rule: ResolutionRule): SymbolEntity => ({
  kind: 'symbol',
  file,
  symbol,
  rule,
  receiver: null,
  args: null,
  own: false,
});

/** The one that stands for a class of several definitions: where it says what it inherits from, else the likeliest by its path. */
function main(evaluator: Evaluator, found: readonly Definition[]): Definition | undefined {
  const [first] = found;
  if (found.length < 2 || first === undefined) return first;
  if (!isTypeOf(evaluator, first, typeKinds)) return first;
  const { paths } = evaluator.program.modules.world;
  if ((paths[first.file] as string).endsWith(conventionalPath(first.qualifiedName))) return first;
  return (
    found.find(({ file, symbol }) => {
      const unit = evaluator.program.unit(file);
      evaluator.consult(unit, unit.symbolKey(symbol));
      return (unit.linksOf(symbol)?.bases.length ?? 0) > 0;
    }) ?? first
  );
}

/** A constant of a namespace, `''` for the top. */
function constantIn(evaluator: Evaluator, from: number, namespace: string, name: string): readonly Entity[] | null {
  const qualifiedName = namespace === '' ? name : `${namespace}.${name}`;
  const found = main(evaluator, definitionsOf(evaluator, qualifiedName, from, constantKinds));
  if (found !== undefined) {
    const unit = evaluator.program.unit(found.file);
    evaluator.consult(unit, unit.symbolKey(found.symbol));
    return [entityOf(found, found.file === from ? 'scope' : 'package')];
  }
  if (namespace === '') return null;
  for (const { file, symbol } of definitionsOf(evaluator, namespace, from, typeKinds)) {
    const unit = evaluator.program.unit(file);
    const scope = unit.linksOf(symbol)?.scope ?? -1;
    if (scope < 0) continue;
    evaluator.consult(unit, unit.nameKey(scope, name));
    const bound = unit.bindings(scope, name);
    if (bound.length > 0) return bindingEntities(evaluator, unit, scope, name, bound, 'scope');
  }
  return null;
}

/** A constant of a class or of what it inherits from. */
function constantOf(evaluator: Evaluator, from: number, of: ClassRef, name: string): readonly Entity[] | null {
  for (const one of ancestryOf(evaluator, of).classes) {
    const found = constantIn(evaluator, from, qualifiedNameOf(evaluator, one), name);
    if (found !== null) return found;
  }
  return null;
}

/** What a class is made of: where it says so, what it inherits is not known yet. */
export function rubyBase(evaluator: Evaluator, of: ClassRef, expression: number): readonly Entity[] {
  return evaluator.guarded(`base ${of.file} ${of.symbol} ${expression}`, () => baseOf(evaluator, of, expression));
}

function baseOf(evaluator: Evaluator, of: ClassRef, expression: number): readonly Entity[] {
  const unit = evaluator.program.unit(of.file);
  const written = unit.expression(expression);
  if (written.kind === 'name' && isConstantName(written.name)) {
    return evaluator.settle(rubyConstant(evaluator, unit, written.scope, written.name, of));
  }
  if (written.kind === 'member' && written.object >= 0 && isConstantName(written.name)) {
    return evaluator.settle(membersOf(evaluator, rubyBase(evaluator, of, written.object), written.name));
  }
  return evaluator.evaluate(of.file, expression);
}

/** What a constant means where it stands: outwards through the modules that are written around it, then in what the innermost inherits, then at the top. @param basesOf the class of whose bases it is one */
export function rubyConstant(
  evaluator: Evaluator,
  unit: Unit,
  scope: number,
  name: string,
  basesOf: ClassRef | null = null,
): readonly Entity[] {
  const plain = name.replace(/^::/, '');
  if (plain === name) {
    let innermost = -1;
    for (let at = scope; at >= 0; at = unit.scope(at).parent) {
      const { kind, symbol } = unit.scope(at);
      if (kind !== 'class' || symbol < 0) continue;
      if (innermost < 0) innermost = symbol;
      const found = constantIn(evaluator, unit.file, unit.symbol(symbol).qualifiedName, name);
      if (found !== null) return found;
    }
    const isOwn = basesOf !== null && basesOf.file === unit.file && basesOf.symbol === innermost;
    const inherited =
      innermost < 0 || isOwn ? null : constantOf(evaluator, unit.file, { file: unit.file, symbol: innermost }, name);
    if (inherited !== null) return inherited;
  }
  return constantIn(evaluator, unit.file, '', plain) ?? [outside(plain, false)];
}

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
