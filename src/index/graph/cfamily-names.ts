/**
 * Names of C and C++ across files: what includes make visible, where what is only declared is defined, and what namespaces hold
 * that many files add to.
 *
 * A header may include hundreds, so a name is not looked for in one after the other: those who have the name are asked for by
 * name, and count when they lie in what the file includes, directly or not.
 */
import { membersOf } from './classes.ts';
import { type ClassRef, type Entity, outside, Possibilities, unknownOnly } from './entities.ts';
import type { Definition, Evaluator } from './evaluate.ts';
import { hashOf, mixText } from './hash.ts';
import { lookUp } from './lookup.ts';
import type { ModuleMap } from './module-map.ts';
import type { Unit } from './unit.ts';

export const isCfamily = (language: string): boolean => language === 'c' || language === 'cpp';

interface Included {
  readonly files: ReadonlySet<number>;
  /** A header that is included is not there: what it would tell is not known. */
  readonly lacking: boolean;
  /** What says which files the imports of those are. */
  readonly keys: readonly number[];
}

interface Includes {
  readonly direct: Map<number, readonly number[]>;
  readonly all: Map<number, Included>;
}

/** For one state of the worktree. */
const known = new WeakMap<ModuleMap, Includes>();

/** The file and what it includes, directly or not. */
function includedBy(evaluator: Evaluator, file: number): Included {
  const { program } = evaluator;
  let includes = known.get(program.modules);
  if (includes === undefined) {
    includes = { direct: new Map(), all: new Map() };
    known.set(program.modules, includes);
  }
  let found = includes.all.get(file);
  if (found === undefined) {
    const files = new Set([file]);
    // A set is walked while it grows.
    let lacking = false;
    for (const at of files) {
      for (const next of directOf(evaluator, includes, at)) {
        if (next < 0) lacking = true;
        else files.add(next);
      }
    }
    const { paths } = program.modules.world;
    found = { files, lacking, keys: [...files].map((at) => mixText(hashOf(paths[at] as string), '#imports')) };
    includes.all.set(file, found);
  }
  const { keys } = found;
  evaluator.remembered(`includes ${file}`, true, () => {
    for (const key of keys) evaluator.consulted.add(key);
    return true;
  });
  return found;
}

function directOf(evaluator: Evaluator, includes: Includes, file: number): readonly number[] {
  let found = includes.direct.get(file);
  if (found === undefined) {
    const { modules } = evaluator.program;
    const unit = evaluator.program.unit(file);
    found = unit.imports.flatMap(({ module, name, alias }) => {
      if (name !== '*' || alias !== null) return [];
      const answer = modules.resolve(unit.path, unit.language, module, name);
      return answer.kind === 'module' ? answer.files : answer.kind === 'missing' ? [-1] : [];
    });
    includes.direct.set(file, found);
  }
  return found;
}

/** What a name means that the file itself does not bind. */
export function includedName(evaluator: Evaluator, unit: Unit, scope: number, name: string): readonly Entity[] {
  const namespace = namespaceAround(unit, scope);
  const found = inNamespace(evaluator, unit, namespace, name);
  if (found !== null) return found;
  // A header may count on what is included before it.
  const home = evaluator.program.unit(evaluator.home);
  const around =
    unit.file === home.file || !isCfamily(home.language) ? null : inNamespace(evaluator, home, namespace, name);
  return around ?? inUnincluded(evaluator, unit, name);
}

/** A name of which nothing that is seen tells is a library's, unless a function of the repository may be meant without being declared. */
function inUnincluded(evaluator: Evaluator, unit: Unit, name: string): readonly Entity[] {
  const named = evaluator.defined(name, unit.language);
  if (named.length > 0 && includedBy(evaluator, unit.file).lacking) return unknownOnly;
  const mayBeMeant = named.some(({ file, symbol }) => {
    const { kind, exported } = evaluator.program.unit(file).symbol(symbol);
    return exported && kind !== 'macro' && kind !== 'constant' && kind !== 'type';
  });
  return mayBeMeant ? unknownOnly : [outside(name, false)];
}

/** Definitions outside of types in files that are included: those of the innermost namespace around, or else all. */
function inNamespace(evaluator: Evaluator, unit: Unit, namespace: string, name: string): readonly Entity[] | null {
  const candidates = evaluator.defined(name, unit.language);
  if (candidates.length === 0) return null;
  return evaluator.remembered(`seen ${unit.file} ${namespace} ${name}`, null as readonly Entity[] | null, () => {
    const included = includedBy(evaluator, unit.file).files;
    const seen = candidates.filter(({ file }) => included.has(file)).slice(0, maxSeen);
    const all = new Possibilities();
    let depth = -1;
    const outer: Definition[] = [];
    for (const one of seen) {
      const other = evaluator.program.unit(one.file);
      const { parent, qualifiedName } = other.symbol(one.symbol);
      if (parent >= 0 && !namespaceKinds.has(other.symbol(parent).kind)) continue;
      const inside = qualifiedName.slice(0, Math.max(0, qualifiedName.length - name.length - 1));
      const around = inside === '' || namespace === inside || namespace.startsWith(`${inside}.`);
      if (around && inside.length > depth) depth = inside.length;
      outer.push(one);
    }
    // Macros know no namespaces, and stand before all that the language has under their name.
    const macros = outer.filter((one) => evaluator.program.unit(one.file).symbol(one.symbol).kind === 'macro');
    if (macros.length > 0) {
      for (const one of macros) all.add(entityOf(evaluator, one));
      return all.take();
    }
    for (const one of outer) {
      const other = evaluator.program.unit(one.file);
      const inside = Math.max(0, other.symbol(one.symbol).qualifiedName.length - name.length - 1);
      if (depth < 0 || inside === depth) all.add(entityOf(evaluator, one));
    }
    return all.isEmpty ? null : all.take();
  });
}

const namespaceKinds = new Set(['namespace', 'module']);

/** Declarations of one name that are looked at. */
const maxSeen = 64;

function entityOf(evaluator: Evaluator, { file, symbol }: Definition): Entity {
  const other = evaluator.program.unit(file);
  evaluator.consult(other, other.symbolKey(symbol));
  return { kind: 'symbol', file, symbol, rule: 'import', receiver: null, args: null, own: false };
}

function namespaceAround(unit: Unit, scope: number): string {
  for (let at = scope; at >= 0; at = unit.scope(at).parent) {
    const { kind, symbol } = unit.scope(at);
    if (kind === 'namespace' && symbol >= 0) return unit.symbol(symbol).qualifiedName;
  }
  return '';
}

export function isNamespace(evaluator: Evaluator, { file, symbol }: ClassRef): boolean {
  const unit = evaluator.program.unit(file);
  return unit.language === 'cpp' && unit.symbol(symbol).kind === 'namespace';
}

/** A member of a namespace, which any file that is included may have added. */
export function ofNamespace(evaluator: Evaluator, of: ClassRef, name: string): readonly Entity[] {
  const namespace = evaluator.program.unit(of.file).symbol(of.symbol).qualifiedName;
  const unit = evaluator.program.unit(evaluator.home);
  const included = includedBy(evaluator, unit.file).files;
  const wanted = `${namespace}.${name}`;
  const all = new Possibilities();
  for (const one of evaluator
    .defined(name, unit.language)
    .filter(({ file }) => included.has(file))
    .slice(0, maxSeen)) {
    if (evaluator.program.unit(one.file).symbol(one.symbol).qualifiedName === wanted) all.add(entityOf(evaluator, one));
  }
  if (!all.isEmpty) return all.take();
  // Repositories add to the standard library's namespace; what they do not add is the library's.
  return namespace === 'std' ? [outside(name, false)] : inUnincluded(evaluator, unit, name);
}

/** `using ns::name;` and `namespace a = b::c;`. */
export function usedName(evaluator: Evaluator, unit: Unit, index: number): readonly Entity[] {
  const { module, name } = unit.imports[index] as { module: string; name: string };
  return evaluator.guarded(`using ${unit.file} ${index}`, () => {
    const words = [...module.split('::'), ...(name === '*' ? [] : [name])].filter((word) => word !== '');
    let found = lookUp(evaluator, unit, 0, words[0] ?? '');
    for (const word of words.slice(1)) found = membersOf(evaluator, evaluator.settle(found), word);
    return found;
  });
}

/** A method that is written outside its class sees what the class has. */
export function throughReceiver(
  evaluator: Evaluator,
  unit: Unit,
  symbol: number,
  name: string,
): readonly Entity[] | null {
  const receiver = unit.linksOf(symbol)?.receiver ?? -1;
  if (receiver < 0) return null;
  const types = evaluator.evaluate(unit.file, receiver).filter(({ kind }) => kind === 'symbol');
  if (types.length === 0) return null;
  const found = evaluator.guarded(`outside ${unit.file} ${symbol} ${name}`, () =>
    membersOf(evaluator, types, name).filter(({ kind }) => kind !== 'unknown' && kind !== 'outside'),
  );
  return found.length === 0 ? null : found;
}

/** Whether a symbol is a function that is declared here and defined elsewhere. */
const isDeclaration = (unit: Unit, symbol: number): boolean =>
  callables.has(unit.symbol(symbol).kind) && (unit.linksOf(symbol)?.scope ?? -1) < 0;

const callables = new Set(['function', 'method', 'constructor']);

/**
 * Where what is declared is defined: of that name, and visible to others unless it is the same file. Those whose files see
 * the declaration come alone; where there is none, the declaration stands for it.
 */
export function definitionsOf(evaluator: Evaluator, entity: Extract<Entity, { kind: 'symbol' }>): readonly Entity[] {
  const unit = evaluator.program.unit(entity.file);
  if (!isDeclaration(unit, entity.symbol)) return [entity, ...specialisationsOf(evaluator, entity)];
  const { name, qualifiedName } = unit.symbol(entity.symbol);
  const found = evaluator.defined(name, unit.language).filter(({ file, symbol }) => {
    const other = evaluator.program.unit(file);
    const one = other.symbol(symbol);
    if (one.qualifiedName !== qualifiedName || !callables.has(one.kind) || isDeclaration(other, symbol)) return false;
    return file === entity.file || one.exported || one.kind !== 'function';
  });
  const seeing = found.length < 2 ? [] : found.filter(({ file }) => includedBy(evaluator, file).files.has(entity.file));
  const chosen = seeing.length > 0 ? seeing : found;
  if (chosen.length === 0) return [entity];
  // Of overloads some may be defined nowhere (`= 0`): then a definition need not be this one's.
  if (chosen.length < declaredBeside(unit, entity.symbol)) {
    return [...chosen.map((one) => ({ ...entityOf(evaluator, one), rule: entity.rule }) as Entity), entity];
  }
  return chosen.map((one) => ({ ...entityOf(evaluator, one), rule: entity.rule }) as Entity);
}

/** How many members of a name a class declares without a body; 1 outside of classes. */
function declaredBeside(unit: Unit, symbol: number): number {
  const binding = unit.bindingOf(symbol);
  if (binding < 0) return 1;
  const { scope, name } = unit.binding(binding);
  if (unit.scope(scope).kind !== 'class') return 1;
  const beside = unit.bindings(scope, name).map((index) => unit.binding(index).symbol);
  return beside.filter((one) => one >= 0 && isDeclaration(unit, one)).length;
}

/**
 * What is written outside of a class for a method that the class has whole: `template <> int Foo::get()`. Which of them runs,
 * or the method itself, is told by arguments that are not compared.
 */
function specialisationsOf(evaluator: Evaluator, entity: Extract<Entity, { kind: 'symbol' }>): readonly Entity[] {
  const unit = evaluator.program.unit(entity.file);
  const { name, qualifiedName, kind } = unit.symbol(entity.symbol);
  const isWhole = unit.language === 'cpp' && kind === 'method' && (unit.linksOf(entity.symbol)?.receiver ?? -1) < 0;
  if (!isWhole) return [];
  return evaluator.remembered(`special ${entity.file} ${entity.symbol}`, [] as readonly Entity[], () =>
    evaluator
      .defined(name, unit.language)
      .filter(({ file, symbol }) => {
        const other = evaluator.program.unit(file);
        if (other.symbol(symbol).qualifiedName !== qualifiedName || isDeclaration(other, symbol)) return false;
        return (
          (other.linksOf(symbol)?.receiver ?? -1) >= 0 &&
          (file === entity.file || includedBy(evaluator, file).files.has(entity.file))
        );
      })
      .map((one) => ({ ...entityOf(evaluator, one), rule: entity.rule }) as Entity),
  );
}
