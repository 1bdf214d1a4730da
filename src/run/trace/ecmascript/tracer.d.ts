import { type LoadFile } from '../../../code/mod.ts';
import type { Job } from '../../types.ts';
import { type TracePlan, type Tracer, type TracingJob } from '../tracejob.ts';
export declare const javascriptTracer: Tracer;
export declare const typescriptTracer: Tracer;
/** @param root the directory in which the job will run, absolute */
export declare function rewrittenJob(
  job: Job,
  plan: TracePlan,
  load: LoadFile,
  language: string,
  root: string,
): Promise<TracingJob>;
