/**
 * Python's tracer: a start file takes the entry's place, installs itself in the interpreter, and runs the entry as `__main__`.
 *
 * Nothing is rewritten. How the interpreter is watched: `winnow_hooks.py`; what is looked at: `winnow_tracer.py`.
 */

import { staticLines } from '../static.ts';
import { type Tracer, traceDirectory, tracerFile } from '../tracejob.ts';
import { traceLevels } from '../types.ts';

const parts = [
  'start',
  'winnow_codes',
  'winnow_hooks',
  'winnow_recorder',
  'winnow_rewrite',
  'winnow_tables',
  'winnow_tracer',
  'winnow_values',
];

export const pythonTracer: Tracer = {
  needsTotals: true,
  extensions: ['.py', '.pyw'],
  levels: traceLevels,
  async prepare(job, plan, load) {
    const own = await Promise.all(parts.map((name) => tracerFile(`python/${name}.py`)));
    const traced = job.files.filter(({ path }) => plan.files.includes(path));
    const lines = await Promise.all(
      traced.map(async (file) => [file.path, await staticLines(file, load, ['.py'])] as const),
    );
    const bytes = new TextEncoder().encode(JSON.stringify({ ...plan, static: Object.fromEntries(lines) }));
    return {
      job: {
        ...job,
        files: [...job.files, ...own, { path: `${traceDirectory}/plan.json`, bytes }],
        entry: `${traceDirectory}/start.py`,
      },
      left: [],
    };
  },
};
