/**
 * Names: outwards through the scopes of a file, then what its language lets it see, then what star imports bring.
 * Imports are followed through re-exports to where a name is defined.
 */
import { bareTypeName, isCallableName, nameOfVariadic, plainName } from '../../code/mod.ts';
import { isType } from './apply.ts';
import { includedName, isCfamily, throughReceiver, usedName } from './cfamily-names.ts';
import { ancestryOf, inClass, membersOf, mixedInto } from './classes.ts';
import { nameAtLevel, usingAlias } from './csharp-names.ts';
import { type Entity, outside, Possibilities, unknown, unknownOnly } from './entities.ts';
import { type Evaluator, keyOf } from './evaluate.ts';
import { mixText } from './hash.ts';
import { familyOf, type ModuleAnswer } from './module-map.ts';
import { sharedLength } from './paths.ts';
import { anywhere, usedAnywhere } from './php-names.ts';
import { isConstantName, rubyConstant } from './ruby-constants.ts';
import { rubyName } from './ruby-functions.ts';
import { globalName, importedPath, throughStars, unboundPath } from './rust-paths.ts';
import type { ResolutionRule } from './types.ts';
import type { Unit } from './unit.ts';

/** Languages where a name that nothing binds is one of the language's own: all others have headers, autoloading or one global scope. */
const closed = new Set(['python', 'go', 'rust', 'java', 'csharp', 'typescript', 'tsx', 'javascript', 'kotlin']);

/** What the name means where it stands in `scope`. Never empty but in cycles. */
export function lookUp(evaluator: Evaluator, unit: Unit, scope: number, name: string): readonly Entity[] {
  if (unit.language === 'ruby' && isConstantName(name)) return rubyConstant(evaluator, unit, scope, name);
  const { classScopesAreSeen } = unit.links;
  let crossed = false;
  for (let at = scope; at >= 0; at = unit.scope(at).parent) {
    const { kind, symbol } = unit.scope(at);
    if (kind === 'class' && crossed && !classScopesAreSeen) continue;
    evaluator.consult(unit, unit.nameKey(at, name));
    const bound = kind === 'class' && !classScopesAreSeen ? bareNames(unit, at, name) : boundIn(unit, at, name);
    if (bound.length > 0) {
      const found = bindingEntities(evaluator, unit, at, name, bound, 'scope');
      if (found.length > 0) return found;
    }
    if (kind === 'class' && classScopesAreSeen) {
      // Whatever takes any number of arguments stands behind what is inherited and takes just so many.
      // A type in parts has more of its own in other files.
      const skipOwn = nameOfVariadic(name) === null && unit.language !== 'csharp';
      const inherited =
        symbol >= 0
          ? inClass(evaluator, { file: unit.file, symbol }, name, { skipOwn, rule: skipOwn ? 'member' : 'scope' })
          : mixedInto(evaluator, unit, at, name);
      if (inherited !== null) return inherited;
    }
    if (kind === 'function' && classScopesAreSeen && symbol >= 0 && unit.language === 'cpp') {
      const owned = throughReceiver(evaluator, unit, symbol, name);
      if (owned !== null) return owned;
    }
    if (unit.language === 'csharp' && (kind === 'namespace' || kind === 'file')) {
      const found = nameAtLevel(evaluator, unit, at, name);
      if (found !== null) return found;
    }
    crossed ||= kind === 'function';
  }
  if (isCfamily(unit.language)) return includedName(evaluator, unit, scope, name);
  if (unit.language === 'rust') {
    return (
      unboundPath(evaluator, unit, scope, name) ??
      throughStars(evaluator, unit, unit.starImports, name) ??
      globalName(evaluator, unit, name) ?? [outside(name, false)]
    );
  }
  if (unit.language === 'ruby') return rubyName(evaluator, unit, name);
  if (unit.language === 'php') return anywhere(evaluator, unit, name);
  // What has the name and is not seen is not meant.
  if (unit.language === 'csharp') return unbound(evaluator, unit, scope, bareTypeName(name));
  return (
    seen(evaluator, unit, name) ??
    starred(evaluator, unit, name) ??
    packageCalled(evaluator, unit, name) ??
    unbound(evaluator, unit, scope, name)
  );
}

/** Imports do not say whether what they bind is called. */
function boundIn(unit: Unit, scope: number, name: string): readonly number[] {
  const bound = unit.bindings(scope, name);
  if (scope !== 0 || bound.length > 0 || !isCallableName(name)) return bound;
  return unit.bindings(0, plainName(name)).filter((index) => unit.binding(index).kind === 'import');
}

/** What a class's body calls by its bare name: not what is set on its objects from code alone. */
function bareNames(unit: Unit, scope: number, name: string): readonly number[] {
  const bound = unit.bindings(scope, name);
  return bound.every((index) => unit.binding(index).kind === 'member') ? [] : bound;
}

/** What a file sees without importing it. Who may have the name is asked by name: a package may have hundreds of files. */
function seen(evaluator: Evaluator, unit: Unit, name: string): readonly Entity[] | null {
  evaluator.consult(unit, importsKey(unit));
  const visible = evaluator.program.modules.visible(unit.path, unit.language);
  if (visible.size < 2 || isCallableName(name)) return null;
  const others = filesDefining(evaluator, unit.language, name).filter(
    (file) => file !== unit.file && visible.has(file),
  );
  return namesOf(evaluator, unit, others, name, 'package');
}

const filesDefining = (evaluator: Evaluator, language: string, name: string): readonly number[] => [
  ...new Set(evaluator.defined(name, language).map(({ file }) => file)),
];

/** What files of one package have under a name: several where it is built in variants, of which the nearest counts in Java. */
function namesOf(
  evaluator: Evaluator,
  from: Unit,
  files: readonly number[],
  name: string,
  rule: ResolutionRule,
): readonly Entity[] | null {
  const all = new Possibilities();
  const paths = evaluator.program.modules.world.paths;
  const shared = (file: number): number => sharedLength(paths[file] as string, from.path);
  for (const file of [...files].sort((a, b) => shared(b) - shared(a) || a - b)) {
    all.addAll(ownNames(evaluator, evaluator.program.unit(file), name, rule) ?? []);
    if (!all.isEmpty && from.language === 'java') break;
  }
  return all.isEmpty ? null : all.take();
}

/** Go: a package that is not called what its path ends in. */
function packageCalled(evaluator: Evaluator, unit: Unit, name: string): readonly Entity[] | null {
  if (unit.language !== 'go') return null;
  const { modules } = evaluator.program;
  for (const [index, { alias }] of unit.imports.entries()) {
    const answer = importAnswer(evaluator, unit, index);
    if (alias !== null && answer.kind === 'module' && modules.isCalled(unit.language, answer, name)) return [answer];
  }
  return null;
}

function starred(evaluator: Evaluator, unit: Unit, name: string): readonly Entity[] | null {
  let open = false;
  if (isEcmascript(unit.language)) return null;
  for (const index of unit.starImports) {
    const answer = importAnswer(evaluator, unit, index);
    if (answer.kind === 'missing' || answer.kind === 'external') {
      // What is plainly a library's is as external as what no import brings.
      open ||= answer.kind === 'missing' || !typed.has(unit.language);
      continue;
    }
    if (isCallableName(name) && (answer.kind !== 'module' || answer.inside === undefined)) continue;
    const found = exported(evaluator, answer, name, 'import', { star: true });
    if (found !== null) return found;
  }
  return open ? unknownOnly : null;
}

/** Languages whose programs do not compile with names that nobody has. */
const typed = new Set(['java', 'go']);

function unbound(evaluator: Evaluator, unit: Unit, scope: number, name: string): readonly Entity[] {
  if (!closed.has(unit.language)) return unknownOnly;
  if (isCallableName(name)) {
    // It is inherited: from a library, unless something behind a class around is unknown.
    for (let at = scope; at >= 0; at = unit.scope(at).parent) {
      const { kind, symbol } = unit.scope(at);
      if (kind === 'class' && symbol >= 0 && ancestryOf(evaluator, { file: unit.file, symbol }).unknown) {
        return unknownOnly;
      }
    }
  }
  return [outside(plainName(name), false)];
}

/** What the bindings of one name in one scope stand for; values of plain variables are left for `settle`. */
export function bindingEntities(
  evaluator: Evaluator,
  unit: Unit,
  scope: number,
  name: string,
  bindings: readonly number[],
  rule: ResolutionRule,
): readonly Entity[] {
  const all = new Possibilities();
  let variable = false;
  let definesVariable = false;
  let accessor = false;
  for (const index of withoutSignatures(unit, bindings)) {
    const { kind, symbol, import: imported } = unit.binding(index);
    if (kind === 'import' && imported >= 0) all.addAll(importEntities(evaluator, unit, imported, name));
    else if (symbol >= 0) {
      // Of a property's getter, setter and deleter the first is what reading it calls.
      const isAccessor = unit.linksOf(symbol)?.accessor ?? false;
      if (isAccessor && accessor && unit.language !== 'csharp') continue;
      accessor ||= isAccessor;
      definesVariable ||= holdsValue(unit, symbol);
      all.add({ kind: 'symbol', file: unit.file, symbol, rule, receiver: null, args: null, own: false });
    } else variable = true;
  }
  // Setting what has an accessor calls it and binds nothing.
  if (accessor) return accessorsOf(evaluator, all.take());
  if (variable && !definesVariable) all.add({ kind: 'variable', file: unit.file, scope, name, rule, receiver: null });
  if (scope !== 0) return all.take();
  for (const index of unit.starsAfter(bindings)) {
    const answer = importAnswer(evaluator, unit, index);
    all.addAll(exported(evaluator, answer, name, 'import', { star: true }) ?? []);
  }
  return all.take();
}

function accessorsOf({ program }: Evaluator, entities: readonly Entity[]): readonly Entity[] {
  return entities.filter((one) => {
    if (one.kind !== 'symbol') return true;
    const unit = program.unit(one.file);
    return unit.linksOf(one.symbol)?.accessor === true || !holdsValue(unit, one.symbol);
  });
}

/** Of signatures and what they are of, only the latter is ever run; where there are signatures alone, the first stands for all. */
function withoutSignatures(unit: Unit, bindings: readonly number[]): readonly number[] {
  if (bindings.length < 2) return bindings;
  const rest = bindings.filter((index) => !isSignature(unit, unit.binding(index).symbol));
  return rest.length > 0 ? rest : bindings.slice(0, 1);
}

/** Whether a definition only declares one way of calling what stands behind it (Python's `@overload`). */
export const isSignature = (unit: Unit, symbol: number): boolean =>
  symbol >= 0 && unit.symbol(symbol).decorators.some((name) => name === 'overload' || name.endsWith('.overload'));

const valueKinds = new Set(['variable', 'constant', 'field', 'property', 'enum-member', 'type']);

/** Whether a definition is a name for a value rather than something to call or to look into. */
export function holdsValue(unit: Unit, symbol: number): boolean {
  const { kind } = unit.symbol(symbol);
  // In Go only an alias is what it stands for; any other named type is its own.
  if (kind === 'type' && unit.language === 'go') return (unit.binding(unit.bindingOf(symbol))?.value ?? -1) >= 0;
  return valueKinds.has(kind) && !(unit.linksOf(symbol)?.accessor ?? false);
}

/** Stands for which files the imports of a file mean. */
export const importsKey = (unit: Unit): number => mixText(unit.key, '#imports');

export function importAnswer(evaluator: Evaluator, unit: Unit, index: number): ModuleAnswer {
  evaluator.consult(unit, importsKey(unit));
  const { module, name, alias } = unit.imports[index] as { module: string; name: string; alias: string | null };
  const { modules } = evaluator.program;
  const bound = name === '*' && alias !== null ? modules.bound(unit.language, module, alias) : module;
  return modules.resolve(unit.path, unit.language, bound, name);
}

/** What an import binds. @param asked the name that is looked up: one of a callable asks for callables */
export function importEntities(evaluator: Evaluator, unit: Unit, index: number, asked = ''): readonly Entity[] {
  const {
    name: written,
    alias,
    module,
  } = unit.imports[index] as { module: string; name: string; alias: string | null };
  if (unit.language === 'rust') return importedPath(evaluator, unit, index);
  if (unit.language === 'cpp') return usedName(evaluator, unit, index);
  if (unit.language === 'csharp') return usingAlias(evaluator, unit, index);
  if (unit.language === 'php' && written !== '*') return usedAnywhere(evaluator, unit, module, written);
  const name = isCallableName(asked) ? asked : written;
  const answer = importAnswer(evaluator, unit, index);
  if (answer.kind === 'external') return [outside(name === '*' ? module : name, false)];
  if (answer.kind === 'missing') return unknownOnly;
  if (isEcmascript(unit.language) && answer.kind === 'module') return ofModule(evaluator, answer, name);
  if (name === '*' && alias !== null) return [answer];
  return (
    exported(evaluator, answer, name, 'import') ?? moduleBelow(evaluator, unit.language, answer, name) ?? [unknown]
  );
}

/**
 * What an import of ECMAScript binds. A module of the older kind is what it assigns to `module.exports`, whole; its names are
 * that value's members, and whoever asks for its default gets it.
 */
function ofModule(
  evaluator: Evaluator,
  answer: Extract<ModuleAnswer, { kind: 'module' }>,
  name: string,
): readonly Entity[] {
  if (name !== '*') {
    const found = exported(evaluator, answer, name, 'import');
    if (found !== null) return found;
  }
  const whole = exported(evaluator, answer, wholeModule, 'import');
  if (name === '*') return whole ?? [answer];
  if (whole !== null) return name === 'default' ? whole : membersOf(evaluator, evaluator.settle(whole), name);
  return name === 'default' && !evaluator.program.unit(answer.files[0] as number).path.endsWith('.ts')
    ? [answer]
    : unknownOnly;
}

/** What `module.exports` is assigned is exported as. */
const wholeModule = 'export=';

const isEcmascript = (language: string): boolean => familyOf(language) === 'javascript';

/** A module below another, as an entity. */
export function moduleBelow(
  evaluator: Evaluator,
  language: string,
  of: Extract<ModuleAnswer, { kind: 'module' | 'directory' }>,
  name: string,
): readonly Entity[] | null {
  const path = of.kind === 'directory' ? of.path : evaluator.program.unit(of.files[0] as number).path;
  const found = evaluator.program.modules.child(path, language, name);
  if (found === null || found.kind === 'missing') return null;
  return found.kind === 'external' ? [outside(name, false)] : [found];
}

/** @returns what a module gives under a name, `null` when it has no such name */
export function exported(
  evaluator: Evaluator,
  answer: ModuleAnswer,
  name: string,
  rule: ResolutionRule,
  options: { readonly star?: boolean } = {},
): readonly Entity[] | null {
  if (answer.kind !== 'module') return null;
  if (answer.inside !== undefined) return insideOf(evaluator, answer, name, rule);
  const from = evaluator.program.unit(answer.files[0] as number);
  if (answer.files.length > fewFiles && typed.has(from.language)) {
    const files = new Set(answer.files);
    const having = filesDefining(evaluator, from.language, name).filter((file) => files.has(file));
    return namesOf(evaluator, from, having, name, rule);
  }
  for (const file of answer.files) {
    const unit = evaluator.program.unit(file);
    if (options.star && !passesStar(evaluator, unit, name)) continue;
    const found = ownNames(evaluator, unit, name, rule);
    if (found !== null) return found;
  }
  for (const file of answer.files) {
    const found = passedOn(evaluator, evaluator.program.unit(file), name, rule, options);
    if (found !== null) return found;
  }
  return null;
}

/** Of modules with more files those are looked into that define the name. */
const fewFiles = 2;

/** What a type of the files has under a name. */
function insideOf(
  evaluator: Evaluator,
  { inside = [], ...module }: Extract<ModuleAnswer, { kind: 'module' }>,
  name: string,
  rule: ResolutionRule,
): readonly Entity[] | null {
  let found = exported(evaluator, module, inside[0] as string, rule);
  for (const inner of [...inside.slice(1), name]) {
    const type = found?.find((one) => one.kind === 'symbol' && isType(evaluator.program.unit(one.file), one.symbol));
    if (type?.kind !== 'symbol') return null;
    found = inClass(evaluator, type, inner, { rule });
  }
  return found;
}

/** `import *` takes what `__all__` lists, or without one what has no leading underscore. */
function passesStar(evaluator: Evaluator, unit: Unit, name: string): boolean {
  if (unit.language !== 'python') return true;
  evaluator.consult(unit, mixText(unit.key, '#exports'));
  const { exports } = unit;
  return exports.size === 0 ? !name.startsWith('_') : exports.has(name);
}

/** File-level names, under the name that others see. */
function ownNames(evaluator: Evaluator, unit: Unit, name: string, rule: ResolutionRule): readonly Entity[] | null {
  if (unit.links.scopes.length === 0) return null;
  evaluator.consult(unit, mixText(unit.key, '#exports'));
  const local = unit.exports.get(name) ?? name;
  evaluator.consult(unit, unit.nameKey(0, local));
  const bound = unit.bindings(0, local);
  if (bound.length === 0) return null;
  // Two modules may import a name from each other: where the circle closes, nobody defines it.
  return evaluator.guarded(keyOf('name', unit.file, bound[0] as number), () =>
    bindingEntities(evaluator, unit, 0, local, bound, rule),
  );
}

function passedOn(
  evaluator: Evaluator,
  unit: Unit,
  name: string,
  rule: ResolutionRule,
  options: { readonly star?: boolean },
): readonly Entity[] | null {
  evaluator.consult(unit, mixText(unit.key, '#exports'));
  if (unit.language === 'rust') return throughStars(evaluator, unit, unit.links.passedOn, name);
  const passing = unit.language === 'python' ? unit.starImports : unit.links.passedOn;
  if (passing.length === 0) return null;
  // Modules that pass on each other's names are asked once.
  const found = evaluator.guarded(`${unit.file} ${name}`, () => {
    for (const index of passing) {
      const answer = importAnswer(evaluator, unit, index);
      const entities = exported(evaluator, answer, name, rule, { ...options, star: true });
      if (entities !== null && entities.length > 0) return entities;
    }
    return [];
  });
  return found.length === 0 ? null : found;
}
