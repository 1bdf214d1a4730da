/**
 * C and C++ as WebAssembly: the embedded engine compiles with line tables, puts probes into the module, and writes what they tell.
 *
 * Compiled without optimization, so that every line is there; counts of instructions include the probes. Values are arguments and results
 * of functions as WebAssembly has them, by their places (`$0`). How a condition was decided is told by where it went on, from the ways of
 * `code/flow`: not where both ways lie on one line. The native backend refuses such jobs.
 *
 * Programs that come compiled have the same tracer: lines of what their line tables name, else the blocks of all functions by their places in the module.
 */

import { type StaticLines, staticLines } from '../static.ts';
import { planFile, type TracePlan, type Tracer } from '../tracejob.ts';
import { traceLevels } from '../types.ts';

/** What the probes' recorder reads beside the plan. */
export interface ProbePlan extends TracePlan {
  /** By file. */
  readonly static: Readonly<Record<string, Pick<StaticLines, 'first' | 'ways'>>>;
}

const tracer = (extensions: readonly string[]): Tracer => ({
  extensions,
  levels: traceLevels,
  async prepare(job, plan, load) {
    const fixed: Record<string, Pick<StaticLines, 'first' | 'ways'>> = {};
    for (const file of job.files)
      if (plan.files.includes(file.path)) {
        const { first, ways } = await staticLines(file, load, extensions);
        fixed[file.path] = { first, ways };
      }
    const whole: ProbePlan = { ...plan, static: fixed };
    return { job: { ...job, files: [...job.files, planFile(whole)], probe: true }, left: [] };
  },
});

export const cTracer = tracer(['.c', '.h']);
/** Sources that a module's line tables name, of whatever language they are. */
export const wasmTracer = tracer(['']);
export const cppTracer = tracer(['.cpp', '.cc', '.cxx', '.c++', '.hpp', '.hh', '.h']);
