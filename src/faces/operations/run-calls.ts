/** `winnow run --record-calls FILE`: runs a job so that it says which function called which, and writes that down. */
import { writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { WinnowError } from '../../base/mod.ts';
import { type Job, type Outcome, type Runner, recordCalls, takeCalls, writeCallRows } from '../../run/mod.ts';
import { requireDirectory } from './run-files.ts';
import { badUsage, type Given } from './run-input.ts';
import type { RunOutput } from './run-schemas.ts';
import type { Context } from './types.ts';

export interface CarriedOut {
  readonly outcome: Outcome;
  readonly calls: RunOutput['calls'];
}

/** Runs a job, with its calls recorded where that is asked for. */
export async function carryOut(runner: Runner, job: Job, given: Given, context: Context): Promise<CarriedOut> {
  const { recordCalls: file, backend } = given;
  const { signal } = context;
  if (file === undefined) return { outcome: await runner.run(job, { backend, signal }), calls: null };
  if (backend === 'embedded') throw badUsage('--record-calls needs the native backend; leave --backend embedded out.');
  const path = resolve(context.cwd, file);
  await requireDirectory(dirname(path), context.cwd, '--record-calls');
  // Half of what a run would load, and only this wants it.
  const { loadGrammarFile } = await import('../../index/mod.ts');
  const recording = await recordCalls(job, loadGrammarFile);
  const { outcome, ...rows } = takeCalls(await runner.run(recording.job, { backend: 'native', signal }));
  await writeFile(path, writeCallRows(rows)).catch((cause: unknown) => {
    const { code } = cause as NodeJS.ErrnoException;
    throw new WinnowError(code === 'ENOSPC' ? 'disk-full' : 'path-unreadable', `${file} cannot be written (${code}).`, {
      details: { path },
      cause,
    });
  });
  const { dropped, unreadable } = rows;
  return { outcome, calls: { file, rows: rows.rows.length, dropped, unreadable, notRecorded: [...recording.left] } };
}
