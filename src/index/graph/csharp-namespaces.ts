/**
 * Namespaces of C# as a file sees them: which one a definition stands in, and what is seen from a place, level by level.
 *
 * A file may have several namespaces, each with usings of its own. From the innermost outwards a level is a namespace with those
 * that its dotted name is written in, and what is used beside it; the last one is the file, with what its whole project uses.
 *
 * Absent: what a file-scoped namespace sees of usings that stand above it is not told apart from what stands below.
 */
import { namespaceName, usingName } from '../../code/mod.ts';
import type { ClassRef } from './entities.ts';
import type { Evaluator } from './evaluate.ts';
import { hashOf, mixText } from './hash.ts';
import { importsKey } from './lookup.ts';
import { type Said, saidBy } from './modules/csharp.ts';
import type { Unit } from './unit.ts';

const language = 'csharp';

/** Stands for which namespaces a file belongs to. */
export const packageKey = (path: string): number => mixText(hashOf(path), '#package');

/** What a file says of all that is in it, without being read. */
export function saidOf(evaluator: Evaluator, file: number): Said {
  const { world } = evaluator.program.modules;
  const path = world.paths[file] as string;
  if (file !== evaluator.home) evaluator.consulted.add(packageKey(path));
  return saidBy(world.packageOf(path));
}

/** The scope around that is a namespace's, or the file's. */
export function levelScope(unit: Unit, scope: number): number {
  let at = Math.max(scope, 0);
  while (at > 0 && unit.scope(at).kind !== 'namespace') at = unit.scope(at).parent;
  return at;
}

/** The whole name of the namespace that a scope is in; `''` outside of any. */
export function namespaceOfScope(unit: Unit, scope: number): string {
  const [named] = unit.bindings(levelScope(unit, scope), namespaceName);
  const value = named === undefined ? undefined : unit.expression(unit.binding(named).value);
  return value?.kind === 'literal' ? value.type : '';
}

export function namespaceOfSymbol(unit: Unit, symbol: number): string {
  const binding = unit.bindingOf(symbol);
  return namespaceOfScope(unit, binding < 0 ? 0 : unit.binding(binding).scope);
}

/** The namespace that a definition is in. What moves from one to another is another definition of its name to whoever asked for that. */
export const namespaceOf = ({ program }: Evaluator, { file, symbol }: ClassRef): string =>
  namespaceOfSymbol(program.unit(file), symbol);

export interface Level {
  /** Innermost first. */
  readonly namespaces: readonly string[];
  /** Namespaces, and types whose members are seen (`using static`). */
  readonly used: ReadonlySet<string>;
}

/** `A.B` and `A`, of namespaces inside of `around` those that it does not see already. */
function namesDownTo(namespace: string, around: string): string[] {
  const names: string[] = [];
  for (let at = namespace; at !== around && at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('.'))))
    names.push(at);
  return names;
}

/** What is seen at one level. @param scope as `levelScope` gives it */
export function levelOf(evaluator: Evaluator, unit: Unit, scope: number): Level {
  evaluator.consult(unit, importsKey(unit));
  return evaluator.remembered(`level ${unit.file} ${scope}`, { namespaces: [''], used: new Set<string>() }, () => {
    const own = namespaceOfScope(unit, scope);
    const around = scope === 0 ? '' : namespaceOfScope(unit, unit.scope(scope).parent);
    const namespaces = namesDownTo(own, around);
    const used = new Set<string>();
    for (const index of unit.bindings(scope, usingName)) {
      const { module } = unit.imports[unit.binding(index).import] ?? { module: '' };
      // What is used inside a namespace may be named from there.
      for (const one of namesDownTo(own, '')) used.add(`${one}.${module}`);
      used.add(module);
    }
    if (scope > 0) return { namespaces, used };
    for (const name of evaluator.program.modules.uses(unit.path, language)) used.add(name);
    return { namespaces: [...namespaces, ''], used };
  });
}

/** All levels from a scope outwards; of -1, which stands for any place of the file, all that the file has. */
export function levelsFrom(evaluator: Evaluator, unit: Unit, scope: number): readonly Level[] {
  const levels: Level[] = [];
  if (scope < 0) {
    unit.links.scopes.forEach(({ kind }, at) => {
      if (kind === 'namespace' || kind === 'file') levels.push(levelOf(evaluator, unit, at));
    });
    return levels;
  }
  for (let at = levelScope(unit, scope); ; at = levelScope(unit, unit.scope(at).parent)) {
    levels.push(levelOf(evaluator, unit, at));
    if (at === 0) return levels;
  }
}

/** A scope of a file, from which things are seen; -1 where it is not known which one. */
export interface Place {
  readonly file: number;
  readonly scope: number;
}

/** Where an expression of C# stands, by the name that it begins with; nowhere in other languages. */
export function placeOf(unit: Unit, expression: number): Place | undefined {
  if (unit.language !== language) return undefined;
  for (let at = expression; at >= 0; ) {
    const written = unit.expression(at);
    if ('scope' in written) return { file: unit.file, scope: written.scope };
    if (written.kind === 'call' || written.kind === 'new') at = written.callee;
    else if (written.kind === 'member' || written.kind === 'element') at = written.object;
    else if (written.kind === 'instance') at = written.type;
    else if (written.kind === 'applied') at = written.base;
    else if (written.kind === 'first' || written.kind === 'either') at = written.options[0] ?? -1;
    else break;
  }
  return { file: unit.file, scope: -1 };
}
