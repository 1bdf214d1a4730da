/**
 * Inputs for candidates of functions, without a model: those that tell candidates apart first, as small as they can be.
 *
 * Examples of comments, known inputs with changes, and values drawn by kinds of parameters are run on all candidates. Of many the few are kept that split candidates most evenly, one after the other over what the
 * ones before left together: so a few inputs name as many behaviours as there are. S* (arXiv:2502.14382) asks a model for such inputs. Then each is made smaller for as long as it splits candidates as before,
 * and where the number asked for is not reached, inputs are added on which candidates agree.
 */
import { type Random, seededRandom } from '../../base/mod.ts';
import { fillMatrix, type MatrixOptions } from '../matrix.ts';
import { outputAt } from '../posterior/features.ts';
import { cellStates, type MadeBy, type Matrix, type MatrixTask, type Probe } from '../types.ts';
import { drawnArguments, filled, kindsOf, type Parameter } from './generate.ts';
import { mutated, poolOf } from './mutate.ts';
import { type LoadGrammar, type Seeds, seedsOf } from './seeds.ts';
import { smaller } from './shrink.ts';
import { type Arguments, type InputLanguage, mostText, partsOf, sizeOfAll, writeCall } from './value.ts';

/** Inputs that are tried for each that is kept. */
const tries = 6;
/** Inputs that are made smaller, rounds of it, and smaller ones that are tried in a round for each. */
const mostShrunk = 16;
const shrinkRounds = 10;
const smallerOnes = 24;
/** An input on which fewer candidates give a value is more likely outside of what the function is for than telling. */
const leastReturned = 0.5;

export interface MadeInputs {
  readonly probes: readonly Probe[];
  /** Of these, the first so many tell candidates apart that the ones before do not. */
  readonly telling: number;
}

interface Input {
  readonly args: Arguments;
  readonly made: MadeBy;
}

type Options = Pick<MatrixOptions, 'runner' | 'signal' | 'callMs' | 'memoryBytes' | 'lanes' | 'backend'>;

/**
 * @param count kept at the most
 * @param load grammars, for kinds of parameters in JavaScript and TypeScript; null: these are not known
 * @returns probes without expectation; none where neither tests, examples nor parameters say what an input is @throws WinnowError as `fillMatrix` does
 */
export async function makeInputs(
  task: MatrixTask,
  count: number,
  seed: number,
  options: Options,
  load: LoadGrammar | null,
): Promise<MadeInputs> {
  const language: InputLanguage = (task.language ?? 'python') === 'python' ? 'python' : 'javascript';
  const inputs = inputsFrom(await seedsOf(task, options, load), task, count * tries, seededRandom(seed), language);
  if (inputs.length === 0) return { probes: [], telling: 0 };
  const run = (args: readonly Arguments[], of: MatrixTask): Promise<Matrix> =>
    fillMatrix(
      {
        ...of,
        probes: args.map((one, at) => ({ id: `${at}`, source: writeCall(task.entryPoint, one, language), drawn: 1 })),
      },
      options,
    );
  const matrix = await run(
    inputs.map(({ args }) => args),
    task,
  );
  const telling = splitting(matrix, count);
  const shrunk = await shrink(
    telling.map((column) => inputs[column] as Input),
    matrix,
    telling,
    task,
    run,
  );
  const rest = agreeing(matrix, new Set(telling)).slice(0, count - telling.length);
  const kept = distinctBy([...shrunk, ...rest.map((column) => inputs[column] as Input)], ({ args }) =>
    writeCall(task.entryPoint, args, language),
  );
  return {
    probes: kept.map(({ args, made }, index) => ({
      id: `made-${index + 1}`,
      source: writeCall(task.entryPoint, args, language),
      drawn: 1,
      made,
    })),
    telling: Math.min(kept.length, shrunk.length),
  };
}

const distinctBy = <One>(all: readonly One[], keyOf: (one: One) => string): One[] =>
  [...new Map(all.map((one) => [keyOf(one), one] as const).reverse()).values()].reverse();

function inputsFrom(
  { calls, parameters, literals }: Seeds,
  task: MatrixTask,
  most: number,
  dice: Random,
  language: InputLanguage,
): readonly Input[] {
  const written = (args: Arguments): string => writeCall(task.entryPoint, args, language);
  const seen = new Set(calls.filter(({ made }) => made.by === 'test').map(({ args }) => written(args)));
  const found: Input[] = [];
  const add = (input: Input): void => {
    const text = written(input.args);
    if (seen.has(text) || text.length > mostText || found.length >= most) return;
    seen.add(text);
    found.push(input);
  };
  for (const one of calls) if (one.made.by === 'example') add(one);
  const values = calls.flatMap(({ args }) => args.flatMap((one) => [...partsOf(one)]));
  const [pool, own] = [poolOf([...values, ...literals]), poolOf(literals)];
  const known = knownParameters(
    parameters,
    calls.map(({ args }) => args),
  );
  const by = (['use', 'test', 'hint'] as const).find((one) => known.some(({ from }) => from === one)) ?? 'use';
  // What is only guessed from uses is drawn where no input is known.
  const drawing = known.length === 0 ? 0 : calls.length === 0 ? 1 : by === 'use' ? 0.1 : 0.5;
  if (drawing === 0 && calls.length === 0) return found;
  for (let turn = 0; turn < most * 20 && found.length < most; turn++) {
    if (dice.next() < drawing) add({ args: drawnArguments(known, own, 1 + (10 * turn) / most, dice), made: { by } });
    else {
      const from = calls[dice.int(calls.length)] as Seeds['calls'][number];
      const of = from.made.of === undefined ? {} : { of: from.made.of };
      add({ args: mutated(from.args, pool, dice), made: { by: 'mutation', ...of } });
    }
  }
  return found;
}

/** Kinds by annotations, else by the inputs that are known, else by uses. */
function knownParameters(parameters: readonly Parameter[], calls: readonly Arguments[]): readonly Parameter[] {
  const length = Math.max(0, ...calls.map((args) => args.length));
  const seen = (at: number): Parameter => ({
    name: parameters[at]?.name ?? `${at}`,
    from: 'test',
    kinds: kindsOf(calls.flatMap((args) => args[at] ?? [])),
  });
  const least = parameters.length === 0 ? Math.min(length, ...calls.map((args) => args.length)) : parameters.length;
  return Array.from({ length: least }, (_, at) => {
    const one = parameters[at];
    if (one === undefined) return seen(at);
    if (at >= length) return one;
    return one.from === 'hint' ? { ...one, kinds: filled(one.kinds, seen(at).kinds) } : seen(at);
  });
}

/** Each input for as long as it tells the same candidates apart. Of candidates that no input tells apart one is run. */
async function shrink(
  inputs: readonly Input[],
  matrix: Matrix,
  columns: readonly number[],
  task: MatrixTask,
  run: (args: readonly Arguments[], of: MatrixTask) => Promise<Matrix>,
): Promise<readonly Input[]> {
  const made = [...inputs];
  const rows = new Map<string, number>();
  for (const row of wholeRows(matrix)) {
    const key = columns.map((column) => outputAt(matrix, row, column)).join();
    if (!rows.has(key)) rows.set(key, row);
  }
  const chosen = [...rows.values()];
  const few = { ...task, candidates: chosen.map((row) => task.candidates[row] as MatrixTask['candidates'][number]) };
  const wanted = columns.map((column) => shapeOf(chosen.map((row) => outputAt(matrix, row, column))));
  const open = new Set([...made.keys()].slice(0, mostShrunk));
  for (let round = 0; round < shrinkRounds && open.size > 0; round++) {
    const trials = [...open].flatMap((at) =>
      smaller((made[at] as Input).args, smallerOnes).map((args) => ({ at, args })),
    );
    if (trials.length === 0) break;
    const told = await run(
      trials.map(({ args }) => args),
      few,
    );
    const found = new Map<number, Arguments>();
    for (const [column, { at, args }] of trials.entries()) {
      const isSame =
        told.rows.every(({ ending }) => ending === 'whole') &&
        shapeOf(few.candidates.map((_, row) => outputAt(told, row, column))) === wanted[at];
      if (isSame && sizeOfAll(args) < sizeOfAll(found.get(at) ?? (made[at] as Input).args)) found.set(at, args);
    }
    for (const at of [...open]) {
      const args = found.get(at);
      if (args === undefined) open.delete(at);
      else made[at] = { args, made: { ...(made[at] as Input).made, smaller: true } };
    }
  }
  return made;
}

/** Which are equal to which: numbers of outputs, by their first place; what gave none is one kind of its own. */
const shapeOf = (outputs: readonly number[]): string =>
  outputs.map((one) => (one < 0 ? -1 : outputs.indexOf(one))).join();

const wholeRows = (matrix: Matrix): readonly number[] =>
  [...matrix.rows.keys()].filter((row) => matrix.rows[row]?.ending === 'whole');

/** Columns that split rows, each the most evenly of what those before left together. */
function splitting(matrix: Matrix, count: number): readonly number[] {
  const rows = wholeRows(matrix);
  let parts = new Map<number, number>(rows.map((row) => [row, 0]));
  const kept: number[] = [];
  const open = new Set([...matrix.columns.keys()].filter((column) => returnedShare(matrix, column) >= leastReturned));
  while (kept.length < count) {
    const before = kinds(parts);
    let best: { column: number; parts: Map<number, number>; worth: number } | null = null;
    for (const column of open) {
      const split = splitBy(matrix, parts, column);
      // What splits no more than now never will.
      if (kinds(split) === before) {
        open.delete(column);
        continue;
      }
      const worth = entropy(split, matrix);
      if (worth > (best?.worth ?? -1)) best = { column, parts: split, worth };
    }
    if (best === null) break;
    kept.push(best.column);
    open.delete(best.column);
    parts = best.parts;
  }
  return kept;
}

/** Columns on which most give a value, the most candidates first. */
const agreeing = (matrix: Matrix, without: ReadonlySet<number>): readonly number[] =>
  [...matrix.columns.keys()]
    .filter((column) => !without.has(column) && returnedShare(matrix, column) >= leastReturned)
    .sort((one, other) => returnedShare(matrix, other) - returnedShare(matrix, one) || one - other);

const returned = cellStates.indexOf('returned');

function returnedShare(matrix: Matrix, column: number): number {
  const rows = wholeRows(matrix);
  const all = rows.reduce((sum, row) => sum + (matrix.rows[row]?.drawn ?? 0), 0);
  const some = rows.reduce(
    (sum, row) =>
      sum + (matrix.states[row * matrix.columns.length + column] === returned ? (matrix.rows[row]?.drawn ?? 0) : 0),
    0,
  );
  return all === 0 ? 0 : some / all;
}

const kinds = (parts: ReadonlyMap<number, number>): number => new Set(parts.values()).size;

function splitBy(matrix: Matrix, parts: ReadonlyMap<number, number>, column: number): Map<number, number> {
  const numbers = new Map<string, number>();
  const split = new Map<number, number>();
  for (const [row, part] of parts) {
    const key = `${part} ${outputAt(matrix, row, column)}`;
    if (!numbers.has(key)) numbers.set(key, numbers.size);
    split.set(row, numbers.get(key) as number);
  }
  return split;
}

function entropy(parts: ReadonlyMap<number, number>, matrix: Matrix): number {
  const drawn = new Map<number, number>();
  for (const [row, part] of parts) drawn.set(part, (drawn.get(part) ?? 0) + (matrix.rows[row]?.drawn ?? 0));
  const all = [...drawn.values()].reduce((sum, one) => sum + one, 0);
  return [...drawn.values()].reduce((sum, one) => sum - (one / all) * Math.log2(one / all), 0);
}
