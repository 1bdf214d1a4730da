/**
 * A module that is a WASI command, run as a job: metered, its memory capped, with the job's files in memory and, where it is traced, its probes heard.
 *
 * What C and C++ become here, and what programs are that come compiled (`wasm.ts`). The work directory is the root of what the program sees,
 * because wasi-libc's own idea of a current directory starts there.
 */
import type { CheckedJob } from '../../types.ts';
import { changedFiles } from '../../wasm/changes.ts';
import { capMemory, initialPages, pageBytes } from '../../wasm/memory.ts';
import { MemoryFiles } from '../../wasm/memoryfiles.ts';
import { connectProbes, type Probed } from '../../wasm/probe.ts';
import { type ProgramOptions, runProgram } from '../../wasm/program.ts';
import { wasiClock } from '../../wasm/wasiclock.ts';
import type { EngineOutput, EngineResult } from '../engine.ts';
import { heard, openRecorder, recordingOf } from './cprobes.ts';

export interface WasiProgram {
  /** Metered. */
  readonly module: Uint8Array;
  /** What its probes stand for; null: it is not traced. */
  readonly probed: Probed | null;
  /** What a trace says ran it. */
  readonly runtime: string;
  readonly start?: ProgramOptions['start'];
}

/** @returns all but the compile step */
export function runWasiProgram(
  { module, probed, runtime, start }: WasiProgram,
  job: CheckedJob,
  output: EngineOutput,
): Omit<EngineResult, 'compile'> {
  const pages = Math.min(Math.floor(job.limits.memoryBytes / pageBytes), 65_536);
  if (initialPages(module) > pages)
    return {
      ending: { kind: 'out-of-memory' },
      files: [],
      peakMemoryBytes: null,
      instructions: null,
      reusable: true,
    };
  const clock = wasiClock(job.determinism.clockMs);
  const files = new MemoryFiles({ limitBytes: job.limits.fileBytes, now: clock.peekNs });
  files.add(job.files);
  files.directory('tmp');
  files.mountNull('dev/null');
  const recorder = openRecorder(job, runtime, probed);
  const end = runProgram({
    module: new WebAssembly.Module(capMemory(module, pages)),
    fuel: job.limits.fuel,
    rescues: job.rescue,
    attach(exports) {
      if (recorder === null) return;
      recorder.attach(exports);
      connectProbes(exports, recorder);
    },
    wasi: {
      args: [job.entry, ...job.args],
      env: { HOME: '/', TZ: job.determinism.timeZone, LANG: job.determinism.locale, ...job.env },
      stdin: job.stdin,
      ...heard(output, recorder),
      files,
      given: [['/', '/']],
      clock,
      seed: job.determinism.seed,
    },
    ...(start && { start }),
  });
  return {
    ending: end.ending,
    instructions: end.instructions,
    peakMemoryBytes: end.memoryBytes + files.peakBytes,
    files: [...changedFiles(files.root, job.files, { leaveOut: ['dev', 'tmp'] }), ...recordingOf(recorder, end.ending)],
    reusable: true,
  };
}
