/**
 * Samples of a suite's problems: rows of a file, or a set of programs that comes with the data.
 *
 * A row is `{task_id, completion}`, text behind the prompt, or `{task_id, solution}`, a whole program, or `{task_id, samples}`, several of them; `language` where a suite has several. Programs of a problem that are alike are one,
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
  for (const row of rows)
    for (const { id, text, isWhole } of samplesIn(suite, row, byId)) {
      const problem = byId.get(id);
      if (problem === undefined) {
        const near = nearest(id, [...byId.keys()]).slice(0, 3);
        const hint = near.length === 0 ? '' : ` (near: ${near.join(', ')})`;
        throw wrongRow(row.path, row.line, 'a sample of a problem of the data', `task_id ${JSON.stringify(id)}${hint}`);
      }
      const { language } = row.row;
      const program = problem.program(text, isWhole, typeof language === 'string' ? language : null);
      drawn.set(id, [...(drawn.get(id) ?? []), program]);
    }
  return new Map([...drawn].map(([id, programs]) => [id, counted(programs)]));
}

interface Sample {
  readonly id: string;
  readonly text: string;
  readonly isWhole: boolean;
}

function samplesIn(suite: Suite, row: DataRow, byId: ReadonlyMap<string, SuiteProblem>): readonly Sample[] {
  const { samples, task } = row.row;
  if (Array.isArray(samples) && samples.every((one) => typeof one === 'string')) {
    // ENAMEL's: `{task: 12, samples: [whole programs]}`.
    const id = typeof task === 'number' ? `HumanEval/${task}` : idOf(row, 'task_id', 'id');
    return samples.map((text: string) => ({ id, text, isWhole: true }));
  }
  const id = idOf(row, 'task_id', 'id');
  for (const field of ['completion', 'solution', ...(suite.answers ?? [])]) {
    const text = row.row[field];
    if (typeof text !== 'string') continue;
    const answer = `${id}/${field === 'completion' || field === 'solution' ? '' : field}`;
    return [{ id: byId.has(answer) ? answer : id, text, isWhole: field === 'solution' }];
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
