/** What the numbers in a traced source stand for. They go on from file to file, so that one table serves all files of a program. */
import type { VariableScope } from './variables.ts';

export type TracedLevel = 'coverage' | 'counts' | 'blocks' | 'lines' | 'values';

/**
 * Where a text was made from others, a place in one of them: its line, and so many times this the number of the text. More lines than a text has that
 * fits in memory as syntax.
 */
export const placesOfText = 2 ** 24;

/** A place that says that it is about to run: its code, and its lines; with `coverage` and `counts` several that always run together. */
export type PointRow = readonly [code: number, ...lines: number[]];

/** What a statement may have changed: variables that it wrote, then how many other values it touched. */
export type EffectRow = readonly [writes: readonly (readonly [name: string, scope: VariableScope])[], touched: number];

/** A condition: its code and line, and the lines where it goes on (0: not known, negative: out of the code that begins there). */
export type BranchRow = readonly [code: number, line: number, whenTrue: number, whenFalse: number];

export type TracedCodeKind = 'module' | 'function' | 'generator' | 'coroutine';
export type CodeRow = readonly [
  file: string,
  name: string,
  kind: TracedCodeKind,
  line: number,
  end: number,
  parameters: readonly string[],
];

export interface TraceTables {
  readonly points: PointRow[];
  readonly effects: EffectRow[];
  readonly branches: BranchRow[];
  readonly codes: CodeRow[];
}

export const newTables = (): TraceTables => ({ points: [], effects: [], branches: [], codes: [] });
