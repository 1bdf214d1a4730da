/**
 * Signals of a run: the functions that the issue's own code ran, and where it failed.
 *
 * The code was run elsewhere; here its functions are found again among the definitions that the index knows, by file, name and line. A lambda or a comprehension counts as the function around it.
 * What every use of the library runs says nothing of this issue, so each function counts by how few tests of the project ran it as well: the inverse frequency of words, with tests for documents. (How few
 * files name it was tried in their place, which needs no tests: it gained nothing.)
 */
import { lineStarts } from '../../base/mod.ts';
import { outermost } from './callables.ts';
import { type Evidence, symbolKey } from './evidence.ts';
import { isCallable } from './names.ts';

/** A run of the issue's code: which functions each statement began, and where it failed. */
export interface IssueRun {
  readonly functions: readonly { readonly path: string; readonly line: number; readonly name: string }[];
  readonly steps: readonly IssueStep[];
  /** For each test that was run beside it: functions that it ran, indices of `functions`. */
  readonly background: readonly (readonly number[])[];
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

/** Fewer tests tell nothing of what is common. */
const leastTests = 4;
/** What a frame further out counts beside the next one in; as for printed traces (`places.ts`). */
const frameDecay = 0.8;

/**
 * `ran`: 1 for what ran. `ranRare`: how rare that is, in [0, 1]; 1 is what no test of the background ran. `ranLast`: the same, of the statement that is complained of: the last that failed, else the last
 * that ran anything. `ranFrame`: how near it is to where the code failed. A file has the most of any function in it.
 */
export function runSignals(evidence: Evidence, run: IssueRun): void {
  const places = placesOf(evidence, run);
  const rarity = raritiesOf(run);
  const own = run.steps.filter(({ ran }) => ran.length > 0);
  const last = own.findLast(({ ended }) => ended === 'raised') ?? own.at(-1);
  for (const step of own) {
    for (const { function: at } of step.ran) {
      const place = places[at];
      if (place === null || place === undefined) continue;
      const text = run.functions[at]?.name ?? '';
      raise(evidence, 'ran', place, 1, text);
      raise(evidence, 'ranRare', place, rarity[at] as number, text);
      if (step === last) raise(evidence, 'ranLast', place, rarity[at] as number, text);
    }
    if (step.ended !== 'raised') continue;
    for (const [rank, { function: at }] of step.frames.toReversed().entries()) {
      const place = places[at];
      if (place !== null && place !== undefined) raise(evidence, 'ranFrame', place, frameDecay ** rank, '');
    }
  }
}

function raise(
  evidence: Evidence,
  signal: 'ran' | 'ranLast' | 'ranRare' | 'ranFrame',
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

/** Per function: log((n + 1) / (tests that ran it + ½)), as a share of what no test ran. Without enough tests all are as rare. */
function raritiesOf({ functions, background }: IssueRun): Float64Array {
  const tests = new Float64Array(functions.length);
  for (const ran of background) for (const at of new Set(ran)) tests[at] = (tests[at] as number) + 1;
  const all = background.length + 1;
  const most = Math.log(all / 0.5);
  return tests.map((ran) => (background.length < leastTests ? 1 : Math.log(all / (ran + 0.5)) / most));
}
