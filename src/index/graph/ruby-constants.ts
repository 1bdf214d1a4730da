/**
 * Constants of Ruby across files: which definitions make up a class or module, what it is made of, and what a constant means
 * where it stands.
 *
 * The idea: whatever files a program has loaded, a constant is known by its whole name, so a table of the repository's definitions by
 * qualified name stands for all of them (which is also how autoloading finds them, without any `require`). A class is all
 * definitions of one name. What only tests define counts in the file that defines it, or where nothing else has the name.
 */
import { isCallableName } from '../../code/mod.ts';
import { ancestryOf, membersOf } from './classes.ts';
import { type ClassRef, type Entity, outside, unknownOnly } from './entities.ts';
import type { Definition, Evaluator } from './evaluate.ts';
import { bindingEntities } from './lookup.ts';
import { constantEverywhere } from './ruby-everywhere.ts';
import { coreClasses } from './ruby-library.ts';
import type { ResolutionRule } from './types.ts';
import type { Unit } from './unit.ts';

export type SymbolEntity = Extract<Entity, { kind: 'symbol' }>;

/** Definitions of one qualified name that are looked into. */
export const maxParts = 24;

/** Constants begin with a capital; `::A` counts from the top. */
export const isConstantName = (name: string): boolean => /^(::)?\p{Lu}/u.test(name) && !isCallableName(name);

export const typeKinds = new Set(['class', 'module']);
const classKinds = new Set(['class']);
const constantKinds = new Set(['class', 'module', 'constant']);

export const isTypeOf = (evaluator: Evaluator, { file, symbol }: ClassRef, kinds: ReadonlySet<string>): boolean =>
  kinds.has(evaluator.program.unit(file).symbol(symbol).kind);

export const qualifiedNameOf = (evaluator: Evaluator, { file, symbol }: ClassRef): string =>
  evaluator.program.unit(file).symbol(symbol).qualifiedName;

/** Those of tests only where they stand, or where there are no others. */
export function visible(evaluator: Evaluator, found: readonly Definition[], from: number): readonly Definition[] {
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

const isConventional = (path: string, conventional: string): boolean =>
  path === conventional || path.endsWith(`/${conventional}`);

/** Definitions of a qualified name, the likeliest to be the main one first. */
export function definitionsOf(
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
      return isConventional(paths[file] as string, conventional) ? 1 : 2;
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

export const entityOf = ({ file, symbol }: ClassRef, rule: ResolutionRule): SymbolEntity => ({
  kind: 'symbol',
  file,
  symbol,
  rule,
  receiver: null,
  args: null,
  own: false,
});

/**
 * The one that stands for a class of several definitions: the likeliest by its path, else where it says what it inherits from, else one
 * that is no test's. A test's own class with a base of its own goes before them in that test; one that it merely opens again does not.
 */
export function main(evaluator: Evaluator, found: readonly Definition[]): Definition | undefined {
  const [first] = found;
  if (found.length < 2 || first === undefined) return first;
  if (!isTypeOf(evaluator, first, typeKinds)) return first;
  const { paths } = evaluator.program.modules.world;
  const conventional = conventionalPath(first.qualifiedName);
  const isTest = ({ file }: Definition): boolean => evaluator.program.unit(file).test;
  const hasBase = ({ file, symbol }: Definition): boolean => {
    const unit = evaluator.program.unit(file);
    evaluator.consult(unit, unit.symbolKey(symbol));
    return (unit.linksOf(symbol)?.bases.length ?? 0) > 0;
  };
  if (isTest(first) && isTypeOf(evaluator, first, classKinds) && hasBase(first)) return first;
  return (
    found.find(({ file }) => isConventional(paths[file] as string, conventional)) ??
    found.find((one) => hasBase(one) && !isTest(one)) ??
    found.find((one) => !isTest(one)) ??
    found.find(hasBase) ??
    first
  );
}

/** A constant of a namespace, `''` for the top. */
export function constantIn(
  evaluator: Evaluator,
  from: number,
  namespace: string,
  name: string,
): readonly Entity[] | null {
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
export function constantOf(evaluator: Evaluator, from: number, of: ClassRef, name: string): readonly Entity[] | null {
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

/**
 * What a constant means where it stands: outwards through the modules that are written around it, then in what the innermost is made of,
 * then at the top, then in the modules that are included there.
 *
 * @param basesOf the class of whose bases it is one
 */
export function rubyConstant(
  evaluator: Evaluator,
  unit: Unit,
  scope: number,
  name: string,
  basesOf: ClassRef | null = null,
): readonly Entity[] {
  const plain = name.replace(/^::/, '');
  let isOpen = false;
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
    if (innermost >= 0 && !isOwn) {
      const own = { file: unit.file, symbol: innermost };
      const inherited = constantOf(evaluator, unit.file, own, name);
      if (inherited !== null) return inherited;
      isOpen = ancestryOf(evaluator, own).unknown;
    }
  }
  const found = constantIn(evaluator, unit.file, '', plain) ?? constantEverywhere(evaluator, unit, plain);
  if (found !== null) return found;
  // What a class is made of and nobody knows may have brought it.
  return isOpen && evaluator.defined(plain, 'ruby').length > 0 ? unknownOnly : [outside(plain, false)];
}
