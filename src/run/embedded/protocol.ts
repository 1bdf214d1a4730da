/**
 * What host and child say to each other, and how the host reads it.
 *
 * The host says `open` once and then `job` after `job`. The child says `ready`, and for each job its output as it comes,
 * `program` when a compile step is over, and `result`. `failed` in the place of `ready` or `result` is our own failure.
 *
 * The host reads a child's words as an enemy's: a program may have broken out of its engine and speak in its name.
 * It can then lie about its own outcome, as any program can that prints what it likes, but it must not make
 * the host hold more than the job's limits allow, throw, or name a path outside of the job's directory.
 */
import { pathProblem, plainName } from '../jobpath.ts';
import type { ChangedFile, CheckedJob, Ending, Pin } from '../types.ts';
import type { EngineResult } from './engine.ts';
import { FrameError } from './frames.ts';

/** Frame kinds. Host to child: open, job. Child to host: the rest. */
export const kinds = { open: 1, job: 2, ready: 3, stdout: 4, stderr: 5, program: 6, result: 7, failed: 8 } as const;

export interface OpenRequest {
  readonly language: string;
  readonly cacheDir: string | null;
  readonly memoryBytes: number;
  /** Numbers to become when the engine is open; null: stay what it is. */
  readonly dropTo: number | null;
}

export interface Ready {
  readonly version: string;
  readonly unpinned: readonly Pin[];
  readonly counts: boolean;
  readonly compiles: boolean;
  readonly pid: number;
  /** Why it could not keep in the cache what it made; null: it did, or made nothing. */
  readonly notKept: string | null;
}

/** Why there is no `ready` or no `result`. `missing`: something is not installed. */
export interface Failed {
  readonly message: string;
  readonly missing: { readonly what: string; readonly install: string } | null;
}

/** What the child measured of the job alone. */
export interface JobResult {
  readonly result: EngineResult;
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** Output frames are cut to this: a pipe's worth. */
export const outputFrameBytes = 64 * 1024;
const smallBytes = 64 * 1024;
/** Names, numbers and reasons of a result: 100,000 changed files of 80 bytes. */
const resultTextBytes = 8 * 1024 * 1024;

/** The longest payload the host takes of a child while this job runs; −1: none. */
export function mostBytes(kind: number, job: CheckedJob | null): number {
  if (kind === kinds.ready || kind === kinds.failed) return smallBytes;
  if (job === null) return -1;
  if (kind === kinds.stdout || kind === kinds.stderr) return outputFrameBytes;
  if (kind === kinds.program) return 0;
  if (kind === kinds.result)
    return resultTextBytes + job.limits.fileBytes + inputBytes(job) + 2 * job.compileLimits.outputBytes;
  return -1;
}

/** Files a program was given may come back changed, beyond what it may write. */
function inputBytes(job: CheckedJob): number {
  return job.files.reduce((sum, file) => sum + file.bytes.length, 0);
}

export function readReady(value: unknown): Ready {
  const it = record(value);
  return {
    version: text(it.version),
    unpinned: list(it.unpinned).map((pin) => text(pin) as Pin),
    counts: it.counts === true,
    compiles: it.compiles === true,
    pid: number(it.pid),
    notKept: it.notKept === null ? null : text(it.notKept).slice(0, 1000),
  };
}

export function readFailed(value: unknown): Failed {
  const it = record(value);
  const missing = it.missing === null ? null : record(it.missing);
  return {
    message: text(it.message),
    missing: missing === null ? null : { what: text(missing.what), install: text(missing.install) },
  };
}

/** @throws FrameError when it is not what a sound child sends */
export function readResult(value: unknown): JobResult {
  const it = record(value);
  const result = record(it.result);
  const compile = result.compile === undefined ? undefined : record(result.compile);
  return {
    wallMs: number(it.wallMs),
    cpuMs: number(it.cpuMs),
    result: {
      ending: readEnding(result.ending),
      instructions: numberOrNull(result.instructions),
      peakMemoryBytes: numberOrNull(result.peakMemoryBytes),
      files: list(result.files).map(readFile),
      reusable: result.reusable === true,
      ...(compile === undefined
        ? {}
        : {
            compile: {
              ending: readEnding(compile.ending),
              stdout: bytes(compile.stdout),
              stderr: bytes(compile.stderr),
              wallMs: number(compile.wallMs),
              cached: compile.cached === true,
            },
          }),
    },
  };
}

function readEnding(value: unknown): Ending {
  const it = record(value);
  const kind = text(it.kind);
  switch (kind) {
    case 'exited':
      return { kind, code: number(it.code) };
    case 'crashed':
      return { kind, signal: it.signal === null ? null : text(it.signal), reason: text(it.reason).slice(0, 1000) };
    case 'timed-out':
      return { kind, clock: oneOf(it.clock, ['wall', 'cpu']) };
    case 'output-limit':
      return { kind, stream: oneOf(it.stream, ['stdout', 'stderr']) };
    case 'out-of-fuel':
    case 'out-of-memory':
    case 'compile-failed':
      return { kind };
    default:
      throw new FrameError(`an ending ${kind.slice(0, 100)}`);
  }
}

function readFile(value: unknown): ChangedFile {
  const it = record(value);
  const path = text(it.path);
  const problem = pathProblem(path);
  // Programs choose such names too, so it is no breach; nobody is to write to a path made of one.
  if (problem !== null) return { path: plainName(path), change: 'left-out', reason: `its path ${problem}` };
  const change = text(it.change);
  switch (change) {
    case 'added':
    case 'modified':
      return { path, change, bytes: bytes(it.bytes), mode: number(it.mode) & 0o7777 };
    case 'symlink':
      return { path, change, target: text(it.target) };
    case 'removed':
      return { path, change };
    case 'left-out':
      return { path, change, reason: text(it.reason) };
    default:
      throw new FrameError(`a change ${change.slice(0, 100)}`);
  }
}

function record(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Uint8Array)
    throw new FrameError('no object where one was expected');
  return value as Record<string, unknown>;
}

function list(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new FrameError('no list where one was expected');
  return value;
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new FrameError('no text where it was expected');
  return value;
}

function bytes(value: unknown): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new FrameError('no bytes where they were expected');
  // A copy: a view would keep the whole frame alive.
  return value.slice();
}

function number(value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0)
    throw new FrameError('no number where one was expected');
  return value;
}

function numberOrNull(value: unknown): number | null {
  return value === null ? null : number(value);
}

function oneOf<const Word extends string>(value: unknown, words: readonly Word[]): Word {
  const found = words.find((word) => word === value);
  if (found === undefined) throw new FrameError(`none of ${words.join(', ')}`);
  return found;
}
