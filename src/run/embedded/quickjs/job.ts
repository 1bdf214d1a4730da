/**
 * One job in one vm, from a fresh copy of the image to its outcome. What runs in between: `programhost.ts`.
 */
import type { CheckedJob, Ending } from '../../types.ts';
import { fuelOf } from '../../wasm/fuel.ts';
import { wasiClock } from '../../wasm/wasiclock.ts';
import { type EngineOutput, type EngineResult, OutputLimit } from '../engine.ts';
import { Interrupted, interrupted, interruptibly } from '../interruptible.ts';
import { type Image, startVm } from './image.ts';
import { JobFiles, workDirectory } from './jobfiles.ts';
import { Exit, nodeVersion, ProgramHost, type Strip } from './programhost.ts';
import { EngineFault, OutOfMemory } from './vm.ts';

export function runJob(image: Image, job: CheckedJob, output: EngineOutput, strip: Strip | null): EngineResult {
  const { limits, determinism, stdin, entry, args, env } = job;
  const clock = wasiClock(determinism.clockMs);
  const files = new JobFiles(job.files, limits.fileBytes, clock);
  const host = new ProgramHost({ files, clock, timeZone: determinism.timeZone, stdin, output, strip });
  const vm = startVm(image, limits.memoryBytes, host);
  const fuel = fuelOf(vm.exports);
  fuel.set(limits.fuel);
  host.attach(vm, image.enter);
  let ending: Ending;
  let reusable = true;
  try {
    const code = interruptibly(job.rescue, () => {
      const path = `${workDirectory}/${entry}`;
      const { seed } = determinism;
      return host.run({ entry: path, args, env, nodeVersion, seed, kind: host.kindOf(path) });
    });
    ending = { kind: 'exited', code };
  } catch (error) {
    ending = endingOf(error);
    reusable = ending.kind !== 'crashed' && ending.kind !== 'timed-out';
    if (error instanceof RangeError) output.stderr(Buffer.from('RangeError: Maximum call stack size exceeded\n'));
  }
  if (fuel.exhausted()) ending = { kind: 'out-of-fuel' };
  return {
    ending,
    instructions: fuel.used(),
    peakMemoryBytes: vm.memory.buffer.byteLength,
    files: files.changes(),
    reusable,
  };
}

function endingOf(error: unknown): Ending {
  if (error instanceof Exit) return { kind: 'exited', code: error.code };
  if (error instanceof Interrupted) return interrupted;
  if (error instanceof OutputLimit) return { kind: 'output-limit', stream: error.stream };
  if (error instanceof OutOfMemory) return { kind: 'out-of-memory' };
  // The stack of the host's thread was not deep enough for the program: what Node says of a program without end.
  if (error instanceof RangeError && /call stack/.test(error.message)) return { kind: 'exited', code: 1 };
  if (error instanceof WebAssembly.RuntimeError || error instanceof EngineFault)
    return { kind: 'crashed', signal: null, reason: error.message };
  throw error;
}
