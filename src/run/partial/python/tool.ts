/**
 * Python's part of partial execution: a start file takes the entry's place, reads the plan, rewrites the files that are looked into and runs the entry.
 *
 * All of it happens inside the sandbox and with Python's own parser, so nothing of the program is parsed outside, and the version that runs a program is the
 * one that understands it. What the files beside do stands in their headers; `winnow_run.py` is where they come together.
 *
 * They are compiled once for a runner, by a job of ours in which no program is: compiling them takes some 50 ms of CPU time, and the rest of a round 10.
 */
import { ownFile, writtenBytes } from '../../owndirectory.ts';
import type { Job, JobFile, Outcome } from '../../types.ts';
import { type PartialTool, partialDirectory } from '../types.ts';

const parts = [
  'winnow_broken',
  'winnow_call',
  'winnow_callees',
  'winnow_calls',
  'winnow_certainty',
  'winnow_conditions',
  'winnow_contradiction',
  'winnow_decided',
  'winnow_decisions',
  'winnow_derived',
  'winnow_failures',
  'winnow_finder',
  'winnow_instance',
  'winnow_known',
  'winnow_mapping',
  'winnow_names',
  'winnow_paths',
  'winnow_observed',
  'winnow_operations',
  'winnow_origin',
  'winnow_pools',
  'winnow_raised',
  'winnow_roles',
  'winnow_rewrite',
  'winnow_round',
  'winnow_rows',
  'winnow_run',
  'winnow_scopes',
  'winnow_source',
  'winnow_statements',
  'winnow_tries',
  'winnow_uses',
  'winnow_values',
  'winnow_watched',
  'winnow_words',
  'winnow_written',
];

const codeFile = `${partialDirectory}/code.bin`;

export const pythonPartial: PartialTool = {
  extensions: ['.py', '.pyw'],
  async prepare(job, plan, run) {
    const own = await compiled(job.language, run);
    const bytes = new TextEncoder().encode(JSON.stringify(plan));
    return {
      job: {
        ...job,
        files: [...job.files, ...own, { path: `${partialDirectory}/plan.json`, bytes }],
        entry: `${partialDirectory}/start.py`,
      },
      gaps: [],
    };
  },
};

type Run = (job: Job) => Promise<Outcome>;
const known = new WeakMap<Run, Promise<readonly JobFile[]>>();

/** The start file with the others compiled; as they are where they could not be. */
function compiled(language: string, run: Run): Promise<readonly JobFile[]> {
  const found = known.get(run) ?? compile(language, run);
  known.set(run, found);
  // What was cancelled is tried again by the next job.
  found.catch(() => known.delete(run));
  return found;
}

async function compile(language: string, run: Run): Promise<readonly JobFile[]> {
  const files = await Promise.all(parts.map((name) => file(name)));
  const [start, compiler] = [await file('start'), await file('compile')];
  const outcome = await run({ language, files: [...files, compiler], entry: compiler.path });
  const bytes = writtenBytes(outcome, codeFile);
  return bytes.length > 0 ? [start, { path: codeFile, bytes }] : [start, ...files];
}

const file = (name: string, directory = partialDirectory): Promise<JobFile> =>
  ownFile(new URL(`${name}.py`, import.meta.url), directory);

/** The files that fill in, for a job that runs its program in a way of its own (`reproduce/`). */
export const pythonFilling = (directory: string): Promise<JobFile[]> =>
  Promise.all(parts.map((name) => file(name, directory)));
