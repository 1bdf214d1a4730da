/**
 * Records which values a Python project's functions worked with while its tests run: the truth that guessed values are compared with.
 *
 * The idea is that of `record.ts`: a module that Python loads at its start lies beside the project and writes rows, which come back with the files that
 * the run changed. It rewrites the files it is told of when they are imported, so that a value passes by on its way (LExecutor's RECORD mode; Souza and
 * Pradel 2023, arXiv:2302.02343, §3.2). An observation is four words, never the value: type, class, truth, size.
 *
 * Not both of a run's calls and its values can be recorded: there is one such module.
 */
import { keepClear, ownFile, withoutOwn, writtenBytes } from '../owndirectory.ts';
import type { Job, JobFile, Outcome } from '../types.ts';
import { readValueRows, type ValueRows } from './valuerows.ts';

/** Where rows are written, below the work directory; no file of a job may be in it. */
const directory = '.winnow-values';
/** The work directory of the native backend (`native/recipe.ts`). */
const place = `/work/${directory}`;

export interface RecordedValues extends ValueRows {
  /** The outcome without what was recorded. */
  readonly outcome: Outcome;
}

/**
 * Files and variables with which a job of Python 3.8 or later records values.
 *
 * @param watched paths among the files whose functions are recorded
 * @throws WinnowError `bad-job` when a file stands in the way
 */
export async function recordValues(
  job: Pick<Job, 'files' | 'env'>,
  watched: readonly string[],
): Promise<{ readonly files: readonly JobFile[]; readonly env: Readonly<Record<string, string>> }> {
  keepClear(job.files, directory, 'values are recorded');
  const given = job.env?.PYTHONPATH;
  const plan: JobFile = {
    path: `${directory}/plan.json`,
    bytes: new TextEncoder().encode(JSON.stringify({ files: watched })),
  };
  const own = ['sitecustomize', 'winnow_sites', 'winnow_words'].map((name) =>
    ownFile(new URL(`values/${name}.py`, import.meta.url), directory),
  );
  return {
    files: [...job.files, plan, ...(await Promise.all(own))],
    env: { ...job.env, PYTHONPATH: given === undefined ? place : `${place}:${given}` },
  };
}

/** Takes what was recorded out of an outcome. */
export function takeValues(outcome: Outcome): RecordedValues {
  return {
    ...readValueRows(writtenBytes(outcome, `${directory}/values.jsonl`)),
    outcome: withoutOwn(outcome, directory),
  };
}
