/**
 * Whole names of PHP across files: `\Shop\Order` is whatever file binds that name, for classes load themselves.
 *
 * The files that define its last word are asked, so a file is linked again when one of them comes, goes or says something else, and
 * nobody needs to know which directories a namespace has. Where several files have the name (stubs, versions, copies of a package) the ones
 * count whose path is likest to it, as PSR-4 lays files out; of those, tests only for tests.
 */
import { plainName } from '../../code/mod.ts';
import { type Entity, outside, Possibilities, unknownOnly } from './entities.ts';
import type { Definition, Evaluator } from './evaluate.ts';
import { bindingEntities } from './lookup.ts';
import { sharedDirectories } from './paths.ts';
import { constantMark, folded } from './php-case.ts';
import type { Unit } from './unit.ts';

/** Types and values of the language itself, which no repository defines. */
const languageTypes = new Set(
  `array bool callable Callable false float int iterable mixed never null object resource scalar string true void`.split(
    /\s+/,
  ),
);

/** What a name means that no scope around it binds. */
export function anywhere(evaluator: Evaluator, unit: Unit, name: string): readonly Entity[] {
  // A variable that nothing sets is set by what is included, or by `extract`.
  const start = name.indexOf('\\');
  if (start < 0) return unknownOnly;
  // `\Shop\\strlen` is the namespace's or else everybody's.
  const doubled = name.indexOf('\\\\');
  const names =
    doubled < 0
      ? [name]
      : [name.slice(0, doubled) + name.slice(doubled + 1), name.slice(0, start) + name.slice(doubled + 1)];
  for (const one of names) {
    const found = definitionsOf(evaluator, unit, one);
    if (found !== null) return found;
  }
  // Of many files with the name not all were read.
  const isRead = languageTypes.has(plainName(name)) || allNaming(evaluator, unit, plainName(name)).length <= filesRead;
  return isRead ? [outside(plainName(name), false)] : unknownOnly;
}

function definitionsOf(evaluator: Evaluator, from: Unit, whole: string): readonly Entity[] | null {
  const word = plainName(whole);
  if (languageTypes.has(word) && whole.lastIndexOf('\\') === 0 && !whole.startsWith(constantMark)) return null;
  const bound = from.bindings(0, whole);
  if (bound.length > 0) return bindingEntities(evaluator, from, 0, whole, bound, 'scope');
  const having = filesNaming(evaluator, from, word)
    .map((file) => evaluator.program.unit(file))
    .filter((unit) => {
      evaluator.consult(unit, unit.nameKey(0, whole));
      return unit.bindings(0, whole).length > 0;
    });
  if (having.length === 0) return null;
  const all = new Possibilities();
  for (const unit of likest(having, from, whole)) {
    all.addAll(bindingEntities(evaluator, unit, 0, whole, unit.bindings(0, whole), 'import'));
  }
  return all.take();
}

/** Of more files with a name (programs beside each other, tests of a language) those are read that are called so, or lie beside. */
const filesRead = 64;

const allNaming = (evaluator: Evaluator, from: Unit, word: string): readonly number[] => [
  ...new Set(evaluator.defined(word, from.language).flatMap(({ file, inside }) => (inside ? [] : [file]))),
];

function filesNaming(evaluator: Evaluator, from: Unit, word: string): readonly number[] {
  const files = allNaming(evaluator, from, word);
  if (files.length <= filesRead) return files;
  const { paths } = evaluator.program.modules.world;
  const ending = `/${folded(word)}.php`;
  const named = files.filter((file) => folded(paths[file] as string).endsWith(ending));
  const directory = directoryOf(from.path);
  const beside = files.filter((file) => directoryOf(paths[file] as string) === directory);
  return [...new Set([...named, ...beside])].slice(0, filesRead);
}

const directoryOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);

/** Of files with a name those that it is likeliest loaded from. */
function likest(units: readonly Unit[], from: Unit, whole: string): readonly Unit[] {
  if (units.length < 2) return units;
  const products = from.test ? units : units.filter(({ test }) => !test);
  const candidates = products.length > 0 ? products : units;
  const likeness = candidates.map((unit) =>
    sharedEnd(wordsOf(unit, whole), unit.path.replace(/\.\w+$/, '').split('/')),
  );
  const best = Math.max(...likeness);
  const chosen = candidates.filter((_, at) => likeness[at] === best);
  if (chosen.length < 2) return chosen;
  const near = chosen.map(({ path }) => sharedDirectories(path, from.path));
  const nearest = Math.max(...near);
  return chosen.filter((_, at) => near[at] === nearest);
}

/** Parts of a name as the file writes it: its path has the same capitals. */
function wordsOf(unit: Unit, whole: string): readonly string[] {
  const [first] = unit.bindings(0, whole);
  return first === undefined ? [] : unit.binding(first).name.split('\\');
}

function sharedEnd(a: readonly string[], b: readonly string[]): number {
  let count = 0;
  while (count < Math.min(a.length, b.length) && a.at(-1 - count) === b.at(-1 - count)) count++;
  return count;
}

/** A name as its definitions write it, where they do so in other capitals than a call: who asks about them has theirs. */
export function asDefined(evaluator: Evaluator, name: string): string {
  const found = evaluator.named(name, 'php');
  const [first] = found;
  if (first === undefined || found.some((one) => lastOf(one) === name)) return name;
  return lastOf(first);
}

const lastOf = ({ qualifiedName }: Definition): string => qualifiedName.slice(qualifiedName.lastIndexOf('.') + 1);

/** What a clause of `use` names. Whether that is a class, a function or a constant its import does not say. */
export function usedAnywhere(evaluator: Evaluator, unit: Unit, module: string, name: string): readonly Entity[] {
  const whole = module === '' ? `\\${name}` : `\\${module}\\${name}`;
  const meanings = ['', 'function ', constantMark].map((mark) => anywhere(evaluator, unit, mark + whole));
  return meanings.find((found) => found.some(({ kind }) => kind === 'symbol')) ?? (meanings[0] as readonly Entity[]);
}
