/**
 * An engine in a process of its own: opened, given jobs one at a time, ended.
 *
 * A process that was killed, died, broke the protocol or grew serves no further job.
 */
import { WinnowError } from '../../base/mod.ts';
import type { CheckedJob } from '../types.ts';
import { Child } from './child.ts';
import type { ChildPlan } from './confine.ts';
import { type Frame, FrameError, unpack } from './frames.ts';
import { brokenProtocol, cancelled, type HostedRun, runInChild, saidLast, sandboxFailed } from './jobrun.ts';
import { kinds, mostBytes, type OpenRequest, type Ready, readFailed, readReady } from './protocol.ts';

/** The first start of Python makes its snapshot: 5 s alone on a slow core, and a machine may be busy. */
const startMs = 120_000;
/** What a process may gain over its jobs, beyond what one job may use. Heaps of V8 breathe by some 100 MB. */
const growthBytes = 256 * 2 ** 20;

export interface HostedEngine {
  readonly ready: Ready;
  /** False: nothing but `end` may be called. */
  readonly usable: boolean;
  /** One at a time. @throws WinnowError `cancelled`, `sandbox-failed` */
  run(job: CheckedJob, signal: AbortSignal): Promise<HostedRun>;
  /** Kills it; resolves when it is gone. */
  end(): Promise<void>;
}

/** @throws WinnowError `cancelled`, `sandbox-failed`, `toolchain-missing` */
export async function startEngine(plan: ChildPlan, language: string, signal: AbortSignal): Promise<HostedEngine> {
  const { child, ready } = await startChild(plan, language, signal);
  return new Engine(child, ready);
}

/** A child whose engine is open. @throws WinnowError `cancelled`, `sandbox-failed`, `toolchain-missing` */
export async function startChild(
  plan: ChildPlan,
  language: string,
  signal: AbortSignal,
): Promise<{ readonly child: Child; readonly ready: Ready }> {
  const child = new Child(plan);
  try {
    const { confinement, memoryBytes, cacheDir } = plan;
    const dropTo = plan.fillsCache ? null : confinement.dropTo;
    const ready = await open(child, { language, cacheDir, memoryBytes, dropTo }, signal);
    return { child, ready };
  } catch (cause) {
    child.kill();
    await child.closed;
    throw cause;
  }
}

/**
 * Opens an engine where it may write its cache, and lets it leave by itself, so that Node keeps what it compiled.
 *
 * @returns why the engine could not keep what it made; null: all is kept
 */
export async function fillCache(plan: ChildPlan, language: string, signal: AbortSignal): Promise<string | null> {
  const child = new Child(plan);
  const { memoryBytes, cacheDir } = plan;
  try {
    const { notKept } = await open(child, { language, cacheDir, memoryBytes, dropTo: null }, signal);
    child.finish();
    await within(startMs, child, signal, () => child.closed);
    return notKept;
  } finally {
    child.kill();
    await child.closed;
  }
}

class Engine implements HostedEngine {
  readonly ready: Ready;
  readonly #child: Child;
  readonly #restingBytes: number;
  #isWorn = false;

  constructor(child: Child, ready: Ready) {
    this.#child = child;
    this.ready = ready;
    this.#restingBytes = child.residentBytes() ?? 0;
  }

  get usable(): boolean {
    return !this.#child.isGone && !this.#isWorn;
  }

  async run(job: CheckedJob, signal: AbortSignal): Promise<HostedRun> {
    this.#isWorn = true;
    const run = await runInChild(this.#child, job, this.ready.compiles, signal);
    const grown = (this.#child.residentBytes() ?? 0) > this.#restingBytes + job.limits.memoryBytes + growthBytes;
    this.#isWorn = grown || run.result?.reusable !== true;
    return run;
  }

  async end(): Promise<void> {
    this.#child.kill();
    await this.#child.closed;
  }
}

async function open(child: Child, request: OpenRequest, signal: AbortSignal): Promise<Ready> {
  const frame = await within(startMs, child, signal, () => {
    const heard = firstFrame(child);
    child.send(kinds.open, request);
    return heard;
  });
  if (frame === null) {
    const code = await child.closed;
    throw sandboxFailed(`The engine's process did not start (${saidLast(code, child.complaint)}).`);
  }
  if (frame instanceof FrameError) throw brokenProtocol(frame);
  try {
    if (frame.kind === kinds.failed) throw notOpened(request.language, frame);
    if (frame.kind !== kinds.ready) throw new FrameError(`a frame of kind ${frame.kind} out of turn`);
    const ready = readReady(unpack(frame.payload));
    child.locate();
    return ready;
  } catch (cause) {
    throw cause instanceof FrameError ? brokenProtocol(cause) : cause;
  }
}

function firstFrame(child: Child): Promise<Frame | FrameError | null> {
  return new Promise((resolve) => {
    const done = (heard: Frame | FrameError | null): void => {
      child.listener = null;
      resolve(heard);
    };
    child.listener = { mostBytes: (kind) => mostBytes(kind, null), frame: done, gone: done };
    if (child.isGone) done(null);
  });
}

/** Kills the child when the time is over or the signal fires. @throws WinnowError `cancelled` */
async function within<Value>(
  limitMs: number,
  child: Child,
  signal: AbortSignal,
  work: () => Promise<Value>,
): Promise<Value> {
  const kill = (): void => child.kill();
  const timer = setTimeout(kill, limitMs);
  signal.addEventListener('abort', kill);
  if (signal.aborted) kill();
  try {
    const value = await work();
    if (signal.aborted) throw cancelled();
    return value;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', kill);
  }
}

function notOpened(language: string, frame: Frame): WinnowError {
  const { message, missing } = readFailed(unpack(frame.payload));
  if (missing === null) return sandboxFailed(`The engine of ${language} did not open: ${message}`);
  return new WinnowError(
    'toolchain-missing',
    `${language} cannot be run here: ${missing.what}. To install it: ${missing.install}`,
    { details: { language, install: missing.install } },
  );
}
