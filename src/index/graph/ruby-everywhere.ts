/**
 * Modules of Ruby that are included outside of any class: their methods and their constants are everywhere then.
 *
 * The idea: `include` at the top speaks of `Object`, so what it brings counts wherever the file is loaded. That is known of the file
 * itself and of the files that require it. A later `include` may name what an earlier one brought: they are read in their order.
 *
 * Absent: what is loaded by who loads the file, `Object.include` and `class Object`.
 */
import { membersOf } from './classes.ts';
import { type ClassRef, type Entity, unknownOnly } from './entities.ts';
import type { Evaluator } from './evaluate.ts';
import { importAnswer, importsKey } from './lookup.ts';
import { constantIn, constantOf, isConstantName } from './ruby-constants.ts';
import type { Unit } from './unit.ts';

/** Under this name a file has the modules that it gives to all objects. */
const everywhere = '(include)';

export interface Everywhere {
  /** The last that is included first: so they are asked. */
  readonly modules: readonly ClassRef[];
  /** Which module some `include` means is not known. */
  readonly unknown: boolean;
}

const noModules: Everywhere = { modules: [], unknown: false };

/** What may be loaded and has no links is no Ruby, or was not read. */
export const isRead = (unit: Unit): boolean => unit.language === 'ruby' && unit.links.scopes.length > 0;

/** Modules that a file gives to all objects. */
export function includedIn(evaluator: Evaluator, unit: Unit): Everywhere {
  if (!isRead(unit)) return noModules;
  evaluator.consult(unit, unit.nameKey(0, everywhere));
  const bindings = unit.bindings(0, everywhere);
  if (bindings.length === 0) return noModules;
  return evaluator.remembered(`everywhere ${unit.file}`, noModules, () => {
    const modules: ClassRef[] = [];
    let isUnknown = false;
    for (const index of bindings) {
      for (const one of moduleNamed(evaluator, unit, unit.binding(index).value, modules)) {
        if (one.kind === 'symbol') modules.unshift({ file: one.file, symbol: one.symbol });
        else if (one.kind !== 'outside') isUnknown = true;
      }
    }
    return { modules, unknown: isUnknown };
  });
}

function moduleNamed(
  evaluator: Evaluator,
  unit: Unit,
  expression: number,
  before: readonly ClassRef[],
): readonly Entity[] {
  const written = unit.expression(expression);
  if (written.kind === 'name' && isConstantName(written.name)) {
    const plain = written.name.replace(/^::/, '');
    const found = constantIn(evaluator, unit.file, '', plain) ?? constantOfAny(evaluator, unit.file, before, plain);
    return found === null ? [] : evaluator.settle(found);
  }
  if (written.kind === 'member' && written.object >= 0 && isConstantName(written.name)) {
    const object = moduleNamed(evaluator, unit, written.object, before);
    return object.length === 0 ? [] : evaluator.settle(membersOf(evaluator, object, written.name));
  }
  return evaluator.evaluate(unit.file, expression);
}

function constantOfAny(
  evaluator: Evaluator,
  from: number,
  modules: readonly ClassRef[],
  name: string,
): readonly Entity[] | null {
  for (const module of modules) {
    const found = constantOf(evaluator, from, module, name);
    if (found !== null) return found;
  }
  return null;
}

/** Files that a file requires. */
export function loadedBy(evaluator: Evaluator, unit: Unit): readonly number[] {
  evaluator.consult(unit, importsKey(unit));
  return unit.starImports.flatMap((index) => {
    const answer = importAnswer(evaluator, unit, index);
    return answer.kind === 'module' ? answer.files : [];
  });
}

/** A constant that code of a file sees because a module is included outside of any class there or in a file that it requires. */
export function constantEverywhere(evaluator: Evaluator, unit: Unit, name: string): readonly Entity[] | null {
  let isOpen = false;
  for (const file of [unit.file, ...loadedBy(evaluator, unit)]) {
    const { modules, unknown } = includedIn(evaluator, evaluator.program.unit(file));
    const found = constantOfAny(evaluator, unit.file, modules, name);
    if (found !== null) return found;
    isOpen ||= unknown;
  }
  return isOpen && evaluator.defined(name, 'ruby').length > 0 ? unknownOnly : null;
}
