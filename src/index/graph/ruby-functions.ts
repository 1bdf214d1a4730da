/**
 * Names of Ruby that are called without a receiver and that no class has: functions, which are methods of all objects where their file is
 * loaded, and methods of modules that are included outside of any class.
 *
 * Absent: what is loaded by who loads the file. A function that only such a file has is known by its name alone.
 */
import { plainName } from '../../code/mod.ts';
import { type Entity, outside, unknownOnly } from './entities.ts';
import type { Evaluator } from './evaluate.ts';
import { bindingEntities, holdsValue } from './lookup.ts';
import { typeKinds } from './ruby-constants.ts';
import { includedIn, isRead, loadedBy } from './ruby-everywhere.ts';
import { objectMethods } from './ruby-library.ts';
import { inRubyClass } from './ruby-members.ts';
import { ofAll, ofOpened } from './ruby-opened.ts';
import type { Unit } from './unit.ts';

/** A function that code of a file sees: its own, of files that it loads, of modules that they give to all objects. */
export function functionSeen(evaluator: Evaluator, unit: Unit, name: string): readonly Entity[] | null {
  const own = inFile(evaluator, unit, name, 'scope');
  if (own !== null) return own;
  for (const file of loadedBy(evaluator, unit)) {
    const found = inFile(evaluator, evaluator.program.unit(file), name, 'import');
    if (found !== null) return found;
  }
  return null;
}

function inFile(evaluator: Evaluator, unit: Unit, name: string, rule: 'scope' | 'import'): readonly Entity[] | null {
  if (!isRead(unit)) return null;
  evaluator.consult(unit, unit.nameKey(0, name));
  const bound = unit.bindings(0, name).filter((index) => isFunction(unit, unit.binding(index).symbol));
  if (bound.length > 0) return bindingEntities(evaluator, unit, 0, name, bound, rule);
  for (const module of includedIn(evaluator, unit).modules) {
    const found = inRubyClass(evaluator, module, name, { rule, skipOwn: false });
    if (found !== null) return found;
  }
  return null;
}

const isFunction = (unit: Unit, symbol: number): boolean =>
  symbol >= 0 && !typeKinds.has(unit.symbol(symbol).kind) && !holdsValue(unit, symbol);

/** What a name without a receiver means where no class is around. */
export function rubyName(evaluator: Evaluator, unit: Unit, name: string): readonly Entity[] {
  const plain = plainName(name);
  return (
    functionSeen(evaluator, unit, plain) ??
    ofOpened(evaluator, plain, ofAll, 'scope') ??
    rubyFunction(evaluator, plain) ??
    unknownOnly
  );
}

/** A name without a receiver that no class has: the language's, or a library's where nothing in the repository is called so. */
export function rubyFunction(evaluator: Evaluator, name: string): readonly Entity[] | null {
  if (objectMethods.has(name)) return [outside(name, false)];
  return evaluator.named(name, 'ruby').length === 0 ? [outside(name, false)] : null;
}
