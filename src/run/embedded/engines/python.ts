/**
 * Python: CPython as WebAssembly (Pyodide's build of it), with no JavaScript inside and nothing of the host in reach.
 *
 * Each job starts from the same memory image, byte for byte, so no job can leave anything to the next, and
 * counts, times and hash orders repeat. How that is made: `python/image.ts`; what it can reach: `python/doors.ts`.
 *
 * Absent: threads, processes, sockets, the bridge to JavaScript, and packages that are not of the standard library.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { CheckedJob, Ending } from '../../types.ts';
import { changedFiles } from '../../wasm/changes.ts';
import {
  type Engine,
  type EngineModule,
  type EngineOptions,
  type EngineOutput,
  type EngineResult,
  OutputLimit,
} from '../engine.ts';
import { Interrupted, interrupted, interruptibly } from '../interruptible.ts';
import { Exit, Fault, Stop } from '../python/doors.ts';
import { workPath } from '../python/filesystem.ts';
import { type Distribution, fileInput, type Image, openDistribution, openImage } from '../python/image.ts';
import { Machine } from '../python/machine.ts';
import { usableStackBytes } from '../python/stackshadow.ts';
import { makeWorld } from '../python/world.ts';

const require = createRequire(import.meta.url);

export const pythonEngine: EngineModule = {
  language: 'python',
  unpinned: [],
  counts: true,
  async probe() {
    try {
      const read = (file: string) => JSON.parse(readFileSync(require.resolve(`pyodide/${file}`), 'utf8'));
      const { version } = read('package.json') as { version: string };
      const { info } = read('pyodide-lock.json') as { info: { python: string } };
      return { version: `Python ${info.python} (Pyodide ${version})` };
    } catch {
      return { missing: 'the package pyodide', install: 'npm install pyodide' };
    }
  },
  async open(options) {
    return new PythonEngine(options);
  },
};

class PythonEngine implements Engine {
  readonly #options: EngineOptions;
  readonly #distribution: Distribution;
  /** The image in use, and its seed: the default's, or the last other one asked for. */
  #image: { readonly seed: number; readonly image: Image };
  #machine: Machine | null = null;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#distribution = openDistribution(options);
    this.#image = { seed: 0, image: openImage(this.#distribution, 0, options.cacheDir) };
    this.#fresh(this.#image.image);
  }

  /** An interpreter in the image's state: the one at hand where it can go back, else a new one. */
  #fresh(image: Image): Machine {
    if (this.#machine?.restore(image.state) === true) return this.#machine;
    this.#machine = new Machine(this.#distribution.module);
    if (!this.#machine.restore(image.state)) throw new Error('a new interpreter has more memory than its image');
    return this.#machine;
  }

  async run(job: CheckedJob, output: EngineOutput): Promise<EngineResult> {
    const { seed } = job.determinism;
    if (seed !== this.#image.seed) {
      this.#machine = null;
      this.#image = { seed, image: openImage(this.#distribution, seed, this.#options.cacheDir) };
    }
    const { image } = this.#image;
    const machine = this.#fresh(image);
    // The clock stands still until the program itself begins.
    let running = false;
    const world = makeWorld(this.#distribution.library, () => (running ? machine.instructions : 0), {
      files: job.files,
      stdin: job.stdin,
      env: {},
      output,
      determinism: job.determinism,
      memoryBytes: Math.min(job.limits.memoryBytes, this.#options.memoryBytes),
      fileBytes: job.limits.fileBytes,
    });
    machine.enter(world);
    machine.setFuel(null);
    const globals = prepare(machine, image, job);
    machine.setFuel(job.limits.fuel);
    running = true;
    const ending = execute(machine, image, job, globals);
    const instructions = machine.instructions;
    const files = changedFiles(world.system.work, job.files);
    const peakMemoryBytes = machine.usedBytes + world.system.files.peakBytes;
    // What the host's own stack did not hold may have cut a host function in two.
    const reusable = ending.kind !== 'timed-out' && !(ending.kind === 'crashed' && ending.reason === stackReason);
    // The memory of the largest job is not kept for all that follow.
    if (machine.memoryBytes > image.state.memoryBytes) this.#machine = null;
    return { ending, instructions, peakMemoryBytes, files, reusable };
  }
}

/** Everything before the program's first instruction; not counted. @returns the names of its `__main__`, a reference of ours */
function prepare(machine: Machine, image: Image, job: CheckedJob): number {
  const { locale, timeZone, seed } = job.determinism;
  const zone = machine.world.clock.zone();
  const config = {
    entry: job.entry,
    args: job.args,
    seed,
    zone: [-zone.standard, -zone.summer, zone.summer === zone.standard ? 0 : 1],
    zoneNames: zone.names,
    env: { HOME: workPath, PATH: '/usr/local/bin:/usr/bin:/bin', LANG: locale, TZ: timeZone, ...job.env },
    shadows: [...new Set(job.files.map(({ path }) => (path.split('/')[0] as string).replace(/\.py$/, '')))],
  };
  const [threadState, stackBase] = [machine.call('PyThreadState_Get'), machine.call('emscripten_stack_get_base')];
  const stackBytes = usableStackBytes(process.execArgv);
  machine.call('PyUnstable_ThreadState_SetStackProtection', threadState, stackBase - stackBytes, stackBytes);
  const text = machine.call('PyUnicode_FromString', machine.text(JSON.stringify(config)));
  const globals = text === 0 ? 0 : machine.call('PyObject_CallOneArg', image.begin, text);
  if (globals === 0) {
    machine.call('PyErr_Print');
    throw new Error('the interpreter could not be prepared for the job; it says why on standard error');
  }
  return globals;
}

const stackReason = 'the stack overflowed';

function execute(machine: Machine, image: Image, job: CheckedJob, globals: number): Ending {
  const refusedMemory: Ending = { kind: 'out-of-memory' };
  try {
    return interruptibly(job.rescue, () => main(machine, image, job, globals));
  } catch (error) {
    if (error instanceof Interrupted) return interrupted;
    if (error instanceof Stop) {
      const { cause } = error;
      if (cause instanceof Exit) return { kind: 'exited', code: cause.code & 0xff };
      if (cause instanceof OutputLimit) return { kind: 'output-limit', stream: cause.stream };
      if (!(cause instanceof Fault)) throw cause;
      if (machine.memoryRefused) return refusedMemory;
      return { kind: 'crashed', signal: null, reason: cause.reason };
    }
    if (machine.exhausted) return { kind: 'out-of-fuel' };
    if (error instanceof RangeError) return { kind: 'crashed', signal: null, reason: stackReason };
    if (!(error instanceof WebAssembly.RuntimeError)) throw error;
    if (machine.memoryRefused) return refusedMemory;
    return { kind: 'crashed', signal: null, reason: error.message };
  }
}

/** As CPython's `pymain_run_file` and `Py_FinalizeEx`, by the same functions where they are exported. */
function main(machine: Machine, image: Image, job: CheckedJob, globals: number): Ending {
  const path = machine.text(`${workPath}/${job.entry}`);
  const file = machine.call('fopen', path, machine.text('rb'));
  if (file === 0) throw new Error(`the entry ${job.entry} is not among the job's files`);
  const result = machine.call('PyRun_FileExFlags', file, path, fileInput, globals, globals, 1, 0);
  let ending: Ending = { kind: 'exited', code: 0 };
  if (result === 0) ending = failure(machine, image);
  machine.call('Py_DecRef', globals);
  const flushed = callForNumber(machine, image.finish);
  if (ending.kind === 'exited' && ending.code === 0) ending = { kind: 'exited', code: flushed };
  return machine.exhausted ? { kind: 'out-of-fuel' } : ending;
}

function failure(machine: Machine, image: Image): Ending {
  const is = (name: string, error: number) =>
    machine.call('PyErr_GivenExceptionMatches', error, machine.memory.u32(machine.address(name))) !== 0;
  const error = machine.call('PyErr_GetRaisedException');
  if (is('PyExc_SystemExit', error)) return { kind: 'exited', code: callForNumber(machine, image.statusOf, error) };
  const interrupted = is('PyExc_KeyboardInterrupt', error);
  const memory = is('PyExc_MemoryError', error) && machine.memoryRefused;
  machine.call('PyErr_SetRaisedException', error);
  machine.call('PyErr_PrintEx', 1);
  if (memory) return { kind: 'out-of-memory' };
  // CPython ends itself by this signal, so that its parent sees what happened.
  if (interrupted) return { kind: 'crashed', signal: 'SIGINT', reason: 'KeyboardInterrupt' };
  return { kind: 'exited', code: 1 };
}

/** Calls a function of `start.py`; 1 when it fails, after showing why. */
function callForNumber(machine: Machine, callable: number, argument?: number): number {
  const result =
    argument === undefined
      ? machine.call('PyObject_CallNoArgs', callable)
      : machine.call('PyObject_CallOneArg', callable, argument);
  if (result !== 0) return machine.call('PyLong_AsLong', result);
  machine.call('PyErr_PrintEx', 0);
  return 1;
}
