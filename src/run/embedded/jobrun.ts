/**
 * One job in a child: its clocks, its output, and the verdict.
 *
 * There are three ways to end. The child says `result`. The host condemns it (a clock, too much output, cancelled), and
 * then what was printed until its death still counts. Or it dies by itself: of the program's doing, which is an outcome, or
 * for reasons of ours, which is an error.
 */
import { availableParallelism } from 'node:os';
import { WinnowError } from '../../base/mod.ts';
import { OutputCollector } from '../output.ts';
import type { CheckedJob, Ending, Limits } from '../types.ts';
import type { Child, Listener } from './child.ts';
import type { EngineResult } from './engine.ts';
import { type Frame, FrameError, unpack } from './frames.ts';
import { kinds, mostBytes, readFailed, readResult } from './protocol.ts';

/** CPU time is looked at no more often: a look takes 20 µs, and Linux counts in steps of 10 ms. */
const lookMs = 10;
/** What a stopped engine has for handing over its files: a recording of 64 MB takes it some 0.5 s. */
const rescueMs = 5_000;
/** What a shell and bubblewrap report as 128 + number. */
const signalNames = new Map([
  [4, 'SIGILL'],
  [5, 'SIGTRAP'],
  [6, 'SIGABRT'],
  [7, 'SIGBUS'],
  [8, 'SIGFPE'],
  [11, 'SIGSEGV'],
  [31, 'SIGSYS'],
]);

export interface HostedRun {
  readonly ending: Ending;
  /** Null: the engine did not live to say more. */
  readonly result: EngineResult | null;
  /** It was stopped before the program began. */
  readonly inCompile: boolean;
  readonly stdout: OutputCollector;
  readonly stderr: OutputCollector;
  readonly wallMs: number;
  readonly cpuMs: number | null;
}

/** @throws WinnowError `cancelled`, `sandbox-failed` */
export async function runInChild(
  child: Child,
  job: CheckedJob,
  compiles: boolean,
  signal: AbortSignal,
): Promise<HostedRun> {
  const run = new JobRun(child, job, compiles);
  const abort = (): void => run.condemn('cancelled');
  signal.addEventListener('abort', abort);
  if (signal.aborted) abort();
  try {
    return await run.ended;
  } finally {
    signal.removeEventListener('abort', abort);
    run.stopClocks();
    child.listener = null;
  }
}

class JobRun implements Listener {
  readonly job: CheckedJob;
  readonly ended: Promise<HostedRun>;
  readonly #child: Child;
  readonly #stdout: OutputCollector;
  readonly #stderr: OutputCollector;
  #resolve: (run: HostedRun) => void = () => {};
  #reject: (cause: unknown) => void = () => {};
  #inCompile: boolean;
  #verdict: Ending | 'cancelled' | null = null;
  #startedMs = 0;
  #startedCpuMs: number | null = null;
  #cpuMs: number | null = null;
  #wallTimer: NodeJS.Timeout | undefined;
  #cpuTimer: NodeJS.Timeout | undefined;

  constructor(child: Child, job: CheckedJob, compiles: boolean) {
    this.#child = child;
    this.job = job;
    this.#inCompile = compiles;
    this.#stdout = new OutputCollector(job.limits.keepBytes);
    this.#stderr = new OutputCollector(job.limits.keepBytes);
    this.ended = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    child.listener = this;
    this.#startClocks(compiles ? job.compileLimits : job.limits);
    child.send(kinds.job, job);
    if (child.isGone) this.gone(null);
  }

  mostBytes(kind: number): number {
    return mostBytes(kind, this.job);
  }

  /** Stops it for this reason; the first one stands. */
  condemn(why: Ending | 'cancelled'): void {
    this.#readCpu();
    const isFirst = this.#verdict === null;
    this.#verdict ??= why;
    const isClock = typeof why !== 'string' && why.kind === 'timed-out';
    const mayHandOver = isFirst && isClock && this.job.rescue === true && !this.#inCompile;
    if (mayHandOver && this.#child.interrupt()) {
      this.stopClocks();
      this.#wallTimer = setTimeout(() => this.#child.kill(), rescueMs);
    } else this.#child.kill();
  }

  stopClocks(): void {
    clearTimeout(this.#wallTimer);
    clearTimeout(this.#cpuTimer);
  }

  frame({ kind, payload }: Frame): void {
    if (kind === kinds.stdout) this.#collect('stdout', payload);
    else if (kind === kinds.stderr) this.#collect('stderr', payload);
    // What still comes after the verdict is output, files where it was asked for them, or nothing.
    else if (this.#verdict !== null) this.#handOver(kind, payload);
    else if (kind === kinds.program && this.#inCompile) {
      this.#inCompile = false;
      this.#startClocks(this.job.limits);
    } else if (kind === kinds.result) this.#finish(payload);
    else if (kind === kinds.failed)
      this.#reject(sandboxFailed(`The engine failed: ${readFailed(unpack(payload)).message}`));
    else throw new FrameError(`a frame of kind ${kind} out of turn`);
  }

  gone(broke: FrameError | null): void {
    const { ending } = { ending: this.#verdict };
    if (ending === 'cancelled') this.#reject(cancelled());
    else if (ending !== null) this.#settle(ending);
    else if (broke !== null) this.#reject(brokenProtocol(broke));
    else
      this.#causeOfDeath().then(
        (cause) => (cause instanceof WinnowError ? this.#reject(cause) : this.#settle(cause)),
        this.#reject,
      );
  }

  /** The engine was stopped, and told so. It runs nothing any more. */
  #handOver(kind: number, payload: Uint8Array): void {
    const verdict = this.#verdict;
    if (kind === kinds.failed) this.#child.kill();
    if (kind !== kinds.result || verdict === null || verdict === 'cancelled' || this.job.rescue !== true) return;
    this.#settle(verdict, { ...readResult(unpack(payload)).result, ending: verdict, reusable: false });
  }

  #finish(payload: Uint8Array): void {
    const { result, wallMs, cpuMs } = readResult(unpack(payload));
    this.#resolve({
      ending: result.ending,
      result,
      inCompile: false,
      stdout: this.#stdout,
      stderr: this.#stderr,
      wallMs: Math.min(wallMs, performance.now() - this.#startedMs),
      cpuMs,
    });
  }

  /** What is known of the run is what the host saw, and what the engine gave when it was stopped. */
  #settle(ending: Ending, result: EngineResult | null = null): void {
    this.#resolve({
      ending,
      result,
      inCompile: this.#inCompile,
      stdout: this.#stdout,
      stderr: this.#stderr,
      wallMs: performance.now() - this.#startedMs,
      cpuMs: this.#cpuMs,
    });
  }

  #collect(stream: 'stdout' | 'stderr', bytes: Uint8Array): void {
    const collector = stream === 'stdout' ? this.#stdout : this.#stderr;
    const left = this.job.limits.outputBytes - collector.totalBytes;
    collector.add(bytes.subarray(0, left));
    // The engine stops by itself at the limit; one that does not has lost its guard.
    if (bytes.length > left) this.condemn({ kind: 'output-limit', stream });
  }

  #startClocks(limits: Limits): void {
    this.stopClocks();
    this.#startedMs = performance.now();
    this.#startedCpuMs = this.#child.cpuMs();
    this.#wallTimer = setTimeout(() => this.condemn({ kind: 'timed-out', clock: 'wall' }), limits.wallMs);
    if (this.#startedCpuMs !== null) this.#watchCpu(limits.cpuMs);
  }

  /** Looks again when the limit could be reached at the earliest, with all cores at work. */
  #watchCpu(limitMs: number): void {
    const left = limitMs - this.#readCpu();
    if (left <= 0) this.condemn({ kind: 'timed-out', clock: 'cpu' });
    else this.#cpuTimer = setTimeout(() => this.#watchCpu(limitMs), Math.max(lookMs, left / availableParallelism()));
  }

  #readCpu(): number {
    const now = this.#child.cpuMs();
    if (now !== null && this.#startedCpuMs !== null) this.#cpuMs = now - this.#startedCpuMs;
    return this.#cpuMs ?? 0;
  }

  async #causeOfDeath(): Promise<Ending | WinnowError> {
    const code = (await this.#child.closed) ?? 0;
    const { complaint } = this.#child;
    if (/out of memory|Allocation failed/i.test(complaint)) return { kind: 'out-of-memory' };
    const signal = signalNames.get(code - 128);
    if (signal !== undefined)
      return { kind: 'crashed', signal, reason: 'the engine broke under the program and its process ended' };
    return sandboxFailed(`The engine's process ended before its job did (${saidLast(code, complaint)}).`);
  }
}

export function cancelled(): WinnowError {
  return new WinnowError('cancelled', 'The run was cancelled.');
}

export function saidLast(code: number | null, complaint: string): string {
  return `exit code ${code}; ${complaint === '' ? 'it said nothing' : `it said: ${complaint}`}`;
}

export function brokenProtocol(cause: FrameError): WinnowError {
  return sandboxFailed(`The engine's process broke the protocol (${cause.message}) and was ended.`, cause);
}

export function sandboxFailed(message: string, cause?: unknown): WinnowError {
  return new WinnowError('sandbox-failed', message, cause === undefined ? {} : { cause });
}
