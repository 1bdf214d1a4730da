/**
 * Samples of a suite's problems: rows of a file, or a set of programs that comes with the data.
 *
 * A row is `{task_id, completion}`, text behind the prompt, or `{task_id, solution}`, a whole program; `language` where a suite has several. Programs of a problem that are alike are one,
 * which counts as often as it was drawn.
 */
import { nearest, WinnowError } from '../../base/mod.ts';
import { shown, wrongRow } from '../tablerows.ts';
import { idOf } from './fields.ts';
import type { DataRow, Program, Suite, SuiteProblem } from './types.ts';

export interface Sampled {
  readonly program: Program;
  /** Its places among the samples of its problem, from 0. */
  readonly samples: readonly number[];
}

export type SamplesByProblem = ReadonlyMap<string, readonly Sampled[]>;

/** @throws WinnowError `bad-usage` when no problem has such a program */
export function samplesOfSet(problems: readonly SuiteProblem[], set: string): SamplesByProblem {
  const found = new Map<string, readonly Sampled[]>();
  for (const { id, programs } of problems) {
    const program = programs[set];
    if (program !== undefined) found.set(id, [{ program, samples: [0] }]);
  }
  if (found.size === 0)
    throw new WinnowError(
      'bad-usage',
      `Expected data whose rows hold ${set} programs; none does. Give a file of samples.`,
    );
  return found;
}

/** @throws WinnowError `bad-data` naming file and line */
export function samplesOfRows(
  suite: Suite,
  problems: readonly SuiteProblem[],
  rows: readonly DataRow[],
): SamplesByProblem {
  const byId = new Map(problems.map((problem) => [problem.id, problem]));
  const drawn = new Map<string, Program[]>();
  for (const row of rows) {
    const { id, text, isWhole } = sampleOf(suite, row);
    const problem = byId.get(id);
    if (problem === undefined) {
      const near = nearest(id, [...byId.keys()]).slice(0, 3);
      throw wrongRow(
        row.path,
        row.line,
        'a sample of a problem of the data',
        `task_id ${JSON.stringify(id)}${near.length === 0 ? '' : ` (near: ${near.join(', ')})`}`,
      );
    }
    const { language } = row.row;
    drawn.set(id, [
      ...(drawn.get(id) ?? []),
      problem.program(text, isWhole, typeof language === 'string' ? language : null),
    ]);
  }
  return new Map([...drawn].map(([id, programs]) => [id, counted(programs)]));
}

function sampleOf(suite: Suite, row: DataRow): { id: string; text: string; isWhole: boolean } {
  const id = idOf(row, 'task_id', 'id');
  for (const field of ['completion', 'solution', ...(suite.answers ?? [])]) {
    const text = row.row[field];
    if (typeof text !== 'string') continue;
    return { id: suite.answers?.includes(field) === true ? `${id}/${field}` : id, text, isWhole: field === 'solution' };
  }
  const fields = ['completion', 'solution', ...(suite.answers ?? [])].map((field) => `"${field}"`).join(' or ');
  throw wrongRow(row.path, row.line, `${fields}, a text`, shown(row.row));
}

function counted(programs: readonly Program[]): readonly Sampled[] {
  const found = new Map<string, { program: Program; samples: number[] }>();
  for (const [at, program] of programs.entries()) {
    const key = `${program.language}\n${program.source}`;
    const known = found.get(key);
    if (known === undefined) found.set(key, { program, samples: [at] });
    else known.samples.push(at);
  }
  return [...found.values()];
}
