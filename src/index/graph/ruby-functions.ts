/**
 * Names of Ruby that are called without a receiver and that no class has: functions, which are methods of all objects where their file is
 * loaded, and methods of modules that are included outside of any class.
 *
 * Absent: what is loaded by who loads the file. A function that only such a file has is known by its name alone.
 */
import { plainName } from '../../code/mod.ts';
import { type Entity, outside, unknownOnly } from './entities.ts';
import type { Evaluator } from './evaluate.ts';
import { bindingEntities, holdsValue, importAnswer, importsKey } from './lookup.ts';
import { typeKinds } from './ruby-constants.ts';
import { objectMethods } from './ruby-library.ts';
import { inRubyClass } from './ruby-members.ts';
import { ofAll, ofOpened } from './ruby-opened.ts';
import type { Unit } from './unit.ts';

/** Under this name a file has the modules that it gives to all objects. */
const everywhere = '(include)';

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
  // What is loaded may have no links: it is no Ruby, or was not read.
  if (unit.language !== 'ruby' || unit.links.scopes.length === 0) return null;
  evaluator.consult(unit, unit.nameKey(0, name));
  const bound = unit.bindings(0, name).filter((index) => isFunction(unit, unit.binding(index).symbol));
  if (bound.length > 0) return bindingEntities(evaluator, unit, 0, name, bound, rule);
  evaluator.consult(unit, unit.nameKey(0, everywhere));
  for (const index of unit.bindings(0, everywhere).toReversed()) {
    for (const module of evaluator.evaluate(unit.file, unit.binding(index).value)) {
      const found = module.kind === 'symbol' ? inRubyClass(evaluator, module, name, { rule, skipOwn: false }) : null;
      if (found !== null) return found;
    }
  }
  return null;
}

const isFunction = (unit: Unit, symbol: number): boolean =>
  symbol >= 0 && !typeKinds.has(unit.symbol(symbol).kind) && !holdsValue(unit, symbol);

/** Files that a file requires. */
function loadedBy(evaluator: Evaluator, unit: Unit): readonly number[] {
  evaluator.consult(unit, importsKey(unit));
  return unit.starImports.flatMap((index) => {
    const answer = importAnswer(evaluator, unit, index);
    return answer.kind === 'module' ? answer.files : [];
  });
}

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
