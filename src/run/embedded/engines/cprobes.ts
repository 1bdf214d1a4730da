/**
 * Programs that are traced as modules: from the plan that lies among a job's files to probes, and from what they tell to a file of the outcome.
 *
 * Nothing of this is loaded with the tracers themselves: an engine reads a plan and writes a recording, both by name.
 */
import { posix } from 'node:path';
import { ProbeRecorder } from '../../trace/wasm/recorder.ts';
import type { ProbePlan } from '../../trace/wasm/tracer.ts';
import type { ChangedFile, CheckedJob, Ending } from '../../types.ts';
import type { Probed, ProbeOptions } from '../../wasm/probe.ts';
import type { EngineOutput } from '../engine.ts';

/** Below `traceDirectory` of `trace/tracejob.ts`. */
const planPath = '.winnow-trace/plan.json';
const recordingPath = '.winnow-trace/trace.jsonl';

/** @returns null when the job is not traced */
export function openRecorder(job: CheckedJob, runtime: string, probed: Probed | null): ProbeRecorder | null {
  return probed === null ? null : new ProbeRecorder(planOf(job), job.language, runtime, probed);
}

function planOf({ files }: CheckedJob): ProbePlan {
  const file = files.find(({ path }) => path === planPath);
  if (file === undefined) throw new Error('a job with probes brings no plan');
  return JSON.parse(new TextDecoder().decode(file.bytes)) as ProbePlan;
}

export function probesFor(job: CheckedJob): ProbeOptions {
  const { level, files } = planOf(job);
  const wanted = new Set(files);
  const kinds = { blocks: level === 'blocks', values: level === 'values' };
  if (job.language === 'wasm')
    return { ...kinds, module: job.entry, fileOf: sourceOf(files.filter((path) => path !== job.entry)) };
  return {
    ...kinds,
    module: null,
    fileOf(path) {
      const own = posix.normalize(path).replace(/^\/job\//, '');
      return wanted.has(own) ? own : null;
    },
  };
}

/** Where compilers keep the sources of libraries that they bring: of Rust, of the system, of the SDK. */
const libraries = /^\/(rustc|usr)\/|wasi-libc|wasi-sdk|\/emsdk\//;

/**
 * A module that was compiled elsewhere names its sources as they lay there. Those that the job brings are told where it brings any, by the longest
 * end that both paths have; else all but libraries, as they are named.
 */
function sourceOf(given: readonly string[]): ProbeOptions['fileOf'] {
  return (path) => {
    const place = posix.normalize(path);
    if (given.length === 0) return libraries.test(place) ? null : place;
    const found = given.filter((one) => place === one || place.endsWith(`/${one}`));
    return found.sort((a, b) => b.length - a.length)[0] ?? null;
  };
}

export function heard(output: EngineOutput, recorder: ProbeRecorder | null): Pick<EngineOutput, 'stdout' | 'stderr'> {
  const { stdout, stderr } = output;
  if (recorder === null) return { stdout, stderr };
  return {
    stdout(bytes) {
      recorder.output('stdout', bytes);
      stdout(bytes);
    },
    stderr(bytes) {
      recorder.output('stderr', bytes);
      stderr(bytes);
    },
  };
}

export function recordingOf(recorder: ProbeRecorder | null, ending: Ending): ChangedFile[] {
  if (recorder === null) return [];
  const failure = ending.kind === 'exited' ? null : ending.kind === 'crashed' ? ending.reason : ending.kind;
  const bytes = recorder.finish(failure, { isCut: ending.kind === 'timed-out' });
  return [{ path: recordingPath, change: 'added', bytes, mode: 0o644 }];
}
