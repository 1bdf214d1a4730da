/**
 * Signals of a run: the functions that the issue's own code ran, and where it failed.
 *
 * The code was run elsewhere; here its functions are found again among the definitions that the index knows, by file, name and line. A lambda or a comprehension counts as the function around it.
 * What every use of the library runs says nothing of this issue, so each function counts by how few files name what is called like it: the inverse frequency of words, with names for words. (Tests of
 * the project run beside it were the measure once; they took up to 15 s and told no more.)
 */
import { lineStarts } from '../../base/mod.ts';
import { outermost } from './callables.ts';
import { type Evidence, fileOfKey, symbolKey, symbolOfKey } from './evidence.ts';
import { isCallable } from './names.ts';

/** A run of the issue's code: which functions each statement began, and where it failed. */
export interface IssueRun {
  readonly functions: readonly { readonly path: string; readonly line: number; readonly name: string }[];
  readonly steps: readonly IssueStep[];
}

export interface IssueStep {
  /** Indices of `functions`. */
  readonly ran: readonly { readonly function: number; readonly calls: number; readonly depth: number }[];
  readonly ended: 'done' | 'raised' | 'exited' | 'timed-out';
  /** Outermost first. */
  readonly frames: readonly { readonly function: number; readonly line: number }[];
}

interface RanPlace {
  readonly file: number;
  /** -1: no callable that the index knows. */
  readonly symbol: number;
}

/** The place of each function of a run; null where the repository as indexed has no such file. */
export function placesOf(evidence: Evidence, { functions }: Pick<IssueRun, 'functions'>): (RanPlace | null)[] {
  const starts = new Map<number, readonly number[]>();
  return functions.map(({ path, line, name }) => {
    const file = evidence.corpus.byPath.get(path);
    if (file === undefined) return null;
    const lines = starts.get(file) ?? firstLines(evidence, file);
    starts.set(file, lines);
    const { symbols } = evidence.corpus.facts(file);
    let best = -1;
    for (const [at, symbol] of symbols.entries()) {
      if (!isCallable(symbol.kind) || symbol.name !== name) continue;
      const apart = (one: number): number => Math.abs((lines[one] as number) - line);
      if (best < 0 || apart(at) < apart(best)) best = at;
    }
    // What has no name of its own begins within something that has.
    if (best < 0) best = symbols.findLastIndex(({ kind }, at) => isCallable(kind) && (lines[at] as number) <= line);
    return { file, symbol: best < 0 ? -1 : outermost(symbols, best) };
  });
}

/** Line, from 1, at which each symbol of a file begins. */
function firstLines({ corpus }: Evidence, file: number): number[] {
  const record = corpus.files[file];
  const source = record === undefined ? null : corpus.snapshot.source(record);
  const { symbols } = corpus.facts(file);
  if (source?.kind !== 'source') return symbols.map(() => 0);
  const starts = lineStarts(source.bytes);
  return symbols.map(({ span }) => {
    let [low, high] = [0, starts.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((starts[middle] as number) <= span.start) low = middle + 1;
      else high = middle;
    }
    return low;
  });
}

/** What a frame further out counts beside the next one in; as for printed traces (`places.ts`). */
const frameDecay = 0.8;

/**
 * `ran`: 1 for what ran. `ranLast`: 1 for what ran in the statement that is complained of: the last that failed, else the last that ran anything. `ranFrame`: how near it is to where the code failed.
 * A file has the most of any function in it.
 */
export function runSignals(evidence: Evidence, run: IssueRun): void {
  const places = placesOf(evidence, run);
  const own = run.steps.filter(({ ran }) => ran.length > 0);
  const last = own.findLast(({ ended }) => ended === 'raised') ?? own.at(-1);
  for (const step of own) {
    for (const { function: at } of step.ran) {
      const place = places[at];
      if (place === null || place === undefined) continue;
      const text = run.functions[at]?.name ?? '';
      raise(evidence, 'ran', place, 1, text);
      if (step === last) raise(evidence, 'ranLast', place, 1, text);
    }
    if (step.ended !== 'raised') continue;
    for (const [rank, { function: at }] of step.frames.toReversed().entries()) {
      const place = places[at];
      if (place !== null && place !== undefined) raise(evidence, 'ranFrame', place, frameDecay ** rank, '');
    }
  }
}

/**
 * `ranRare`: of what ran, how few files name a function of its name, in [0, 1]; 1 is what no file does. A file has the most of any function in it.
 *
 * @param files that are looked at for names: those that can be answers
 */
export function rarityOfRan(evidence: Evidence, files: Iterable<number>): void {
  const times = new Map<string, number>();
  let all = 0;
  for (const file of files) {
    all++;
    for (const name of new Set(evidence.corpus.facts(file).references.map((reference) => reference.name)))
      times.set(name, (times.get(name) ?? 0) + 1);
  }
  const most = Math.log(1 + Math.max(all, 2));
  for (const key of evidence.symbols('ran').keys()) {
    const file = fileOfKey(key);
    const name = evidence.corpus.facts(file).symbols[symbolOfKey(key)]?.name ?? '';
    const rare = 1 - Math.min(1, Math.log(1 + (times.get(name) ?? 0)) / most);
    evidence.raiseSymbol('ranRare', key, rare);
    evidence.raiseFile('ranRare', file, rare);
  }
}

function raise(
  evidence: Evidence,
  signal: 'ran' | 'ranLast' | 'ranFrame',
  { file, symbol }: RanPlace,
  value: number,
  note: string,
): void {
  evidence.raiseFile(signal, file, value);
  evidence.note(signal, `file ${file}`, note);
  if (symbol < 0) return;
  evidence.raiseSymbol(signal, symbolKey(file, symbol), value);
  evidence.note(signal, `${symbolKey(file, symbol)}`, note);
}
