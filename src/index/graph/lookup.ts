/**
 * Names: outwards through the scopes of a file, then what its language lets it see, then what star imports bring.
 * Imports are followed through re-exports to where a name is defined.
 */
import { inClass, membersOf } from './classes.ts';
import { type Entity, outside, Possibilities, unknown, unknownOnly } from './entities.ts';
import { type Evaluator, keyOf } from './evaluate.ts';
import { mixText } from './hash.ts';
import { familyOf, type ModuleAnswer } from './module-map.ts';
import type { ResolutionRule } from './types.ts';
import type { Unit } from './unit.ts';

/** Languages where a name that nothing binds is one of the language's own: all others have headers, autoloading or one global scope. */
const closed = new Set(['python', 'go', 'rust', 'java', 'typescript', 'tsx', 'javascript', 'kotlin']);

/** What the name means where it stands in `scope`. Never empty but in cycles. */
export function lookUp(evaluator: Evaluator, unit: Unit, scope: number, name: string): readonly Entity[] {
  const { classScopesAreSeen } = unit.links;
  let crossed = false;
  for (let at = scope; at >= 0; at = unit.scope(at).parent) {
    const { kind, symbol } = unit.scope(at);
    if (kind === 'class' && crossed && !classScopesAreSeen) continue;
    evaluator.consult(unit, unit.nameKey(at, name));
    const bound = unit.bindings(at, name);
    if (bound.length > 0) {
      const found = bindingEntities(evaluator, unit, at, name, bound, 'scope');
      if (found.length > 0) return found;
    }
    if (kind === 'class' && classScopesAreSeen && symbol >= 0) {
      const inherited = inClass(evaluator, { file: unit.file, symbol }, name, { skipOwn: true });
      if (inherited !== null) return inherited;
    }
    crossed ||= kind === 'function';
  }
  return seen(evaluator, unit, name) ?? starred(evaluator, unit, name) ?? unbound(unit, name);
}

function seen(evaluator: Evaluator, unit: Unit, name: string): readonly Entity[] | null {
  evaluator.consult(unit, importsKey(unit));
  for (const file of evaluator.program.modules.visible(unit.path, unit.language)) {
    if (file === unit.file) continue;
    const found = ownNames(evaluator, evaluator.program.unit(file), name, 'package');
    if (found !== null) return found;
  }
  return null;
}

function starred(evaluator: Evaluator, unit: Unit, name: string): readonly Entity[] | null {
  let open = false;
  if (isEcmascript(unit.language)) return null;
  for (const index of unit.starImports) {
    const answer = importAnswer(evaluator, unit, index);
    if (answer.kind === 'missing' || answer.kind === 'external') {
      open = true;
      continue;
    }
    const found = exported(evaluator, answer, name, 'import', { star: true });
    if (found !== null) return found;
  }
  return open ? unknownOnly : null;
}

const unbound = (unit: Unit, name: string): readonly Entity[] =>
  closed.has(unit.language) ? [outside(name, false)] : unknownOnly;

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
    if (kind === 'import' && imported >= 0) all.addAll(importEntities(evaluator, unit, imported));
    else if (symbol >= 0) {
      // Of a property's getter, setter and deleter the first is what reading it calls.
      const isAccessor = unit.linksOf(symbol)?.accessor ?? false;
      if (isAccessor && accessor) continue;
      accessor ||= isAccessor;
      definesVariable ||= holdsValue(unit, symbol);
      all.add({ kind: 'symbol', file: unit.file, symbol, rule, receiver: null, args: null, own: false });
    } else variable = true;
  }
  if (variable && !definesVariable) all.add({ kind: 'variable', file: unit.file, scope, name, rule, receiver: null });
  return all.take();
}

/** Of signatures and what they are of, only the latter is ever run; where there are signatures alone, the first stands for all. */
function withoutSignatures(unit: Unit, bindings: readonly number[]): readonly number[] {
  if (bindings.length < 2) return bindings;
  const isSignature = (index: number): boolean => {
    const { symbol } = unit.binding(index);
    return (
      symbol >= 0 && unit.symbol(symbol).decorators.some((name) => name === 'overload' || name.endsWith('.overload'))
    );
  };
  const rest = bindings.filter((index) => !isSignature(index));
  return rest.length > 0 ? rest : bindings.slice(0, 1);
}

const valueKinds = new Set(['variable', 'constant', 'field', 'property', 'enum-member', 'type']);

/** Whether a definition is a name for a value rather than something to call or to look into. */
export const holdsValue = (unit: Unit, symbol: number): boolean =>
  valueKinds.has(unit.symbol(symbol).kind) && !(unit.linksOf(symbol)?.accessor ?? false);

/** Stands for which files the imports of a file mean. */
export const importsKey = (unit: Unit): number => mixText(unit.key, '#imports');

function importAnswer(evaluator: Evaluator, unit: Unit, index: number): ModuleAnswer {
  evaluator.consult(unit, importsKey(unit));
  const { module, name, alias } = unit.imports[index] as { module: string; name: string; alias: string | null };
  const { modules } = evaluator.program;
  const bound = name === '*' && alias !== null ? modules.bound(unit.language, module, alias) : module;
  return modules.resolve(unit.path, unit.language, bound, name);
}

/** What an import binds. */
export function importEntities(evaluator: Evaluator, unit: Unit, index: number): readonly Entity[] {
  const { name, alias, module } = unit.imports[index] as { module: string; name: string; alias: string | null };
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
