/**
 * Python's part of partial execution: a start file takes the entry's place, reads the plan, rewrites the files that are looked into and runs the entry.
 *
 * All of it happens inside the sandbox and with Python's own parser, so nothing of the program is parsed outside, and the version that runs a program is the
 * one that understands it. What the files beside do stands in their headers; `winnow_run.py` is where they come together.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { JobFile } from '../../types.ts';
import { type PartialTool, partialDirectory } from '../types.ts';

const parts = [
  'start',
  'winnow_call',
  'winnow_conditions',
  'winnow_contradiction',
  'winnow_failures',
  'winnow_finder',
  'winnow_instance',
  'winnow_known',
  'winnow_origin',
  'winnow_pools',
  'winnow_rewrite',
  'winnow_round',
  'winnow_rows',
  'winnow_run',
  'winnow_scopes',
  'winnow_source',
  'winnow_uses',
  'winnow_values',
  'winnow_words',
];

let own: Promise<readonly JobFile[]> | null = null;

export const pythonPartial: PartialTool = {
  extensions: ['.py', '.pyw'],
  async prepare(job, plan) {
    own ??= Promise.all(
      parts.map(async (name) => ({
        path: `${partialDirectory}/${name}.py`,
        bytes: await readFile(fileURLToPath(new URL(`${name}.py`, import.meta.url))),
      })),
    );
    const bytes = new TextEncoder().encode(JSON.stringify(plan));
    return {
      job: {
        ...job,
        files: [...job.files, ...(await own), { path: `${partialDirectory}/plan.json`, bytes }],
        entry: `${partialDirectory}/start.py`,
      },
      gaps: [],
    };
  },
};
