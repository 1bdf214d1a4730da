/**
 * C and C++ as WebAssembly: the embedded engine compiles with line tables, puts probes into the module, and writes what they tell.
 *
 * Compiled without optimization, so that every line is there; counts of instructions include the probes. Values are arguments and results
 * of functions as WebAssembly has them, by their places (`$0`). The native backend refuses such jobs.
 */
import { planFile, type Tracer } from '../tracejob.ts';
import { traceLevels } from '../types.ts';

const tracer = (extensions: readonly string[]): Tracer => ({
  extensions,
  levels: traceLevels,
  prepare: async (job, plan) => ({ job: { ...job, files: [...job.files, planFile(plan)], probe: true }, left: [] }),
});

export const cTracer = tracer(['.c', '.h']);
export const cppTracer = tracer(['.cpp', '.cc', '.cxx', '.c++', '.hpp', '.hh', '.h']);
