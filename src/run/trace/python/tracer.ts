/**
 * Python's tracer: a start file takes the entry's place, installs itself in the interpreter, and runs the entry as `__main__`.
 *
 * Nothing is rewritten. How the interpreter is watched, and what that costs: `start.py`.
 */
import { ownFile, planFile, type Tracer, traceDirectory } from '../tracejob.ts';
import { traceLevels } from '../types.ts';

export const pythonTracer: Tracer = {
  extensions: ['.py', '.pyw'],
  levels: traceLevels,
  async prepare(job, plan) {
    const own = await Promise.all(['start.py', 'recorder.py', 'values.py'].map((name) => ownFile(`python/${name}`)));
    return {
      job: { ...job, files: [...job.files, ...own, planFile(plan)], entry: `${traceDirectory}/start.py` },
      left: [],
    };
  },
};
