/**
 * The port of an embedded engine: one language, inside the child process that hosts it.
 *
 * An engine may trust nothing it runs and hold nothing back for the next job: after `run`
 * it is as if new, or says that it is not (`reusable: false`) and the host replaces its process.
 * It runs jobs one at a time, may block its thread for as long as it likes (the host kills by
 * wall clock from outside), and hands output on as it comes, so that nothing is lost by a kill.
 */
import type { ChangedFile, CheckedJob, Ending } from '../types.ts';

/** Thrown through the engine when output passes its limit. An engine unwinds and reports `ending` of it. */
export class OutputLimit extends Error {
  readonly stream: 'stdout' | 'stderr';
  constructor(stream: 'stdout' | 'stderr') {
    super(`more than the allowed bytes on ${stream}`);
    this.name = 'OutputLimit';
    this.stream = stream;
  }
}

/** Where output goes. Both throw `OutputLimit` past `limits.outputBytes`. Bytes are copied before the call returns. */
export interface EngineOutput {
  stdout(bytes: Uint8Array): void;
  stderr(bytes: Uint8Array): void;
  /**
   * Called once by an engine that `compiles`, when the compile step is over and the program begins: the clocks start
   * anew with the job's own limits. Output before it is not passed on; it belongs to `compile`. Absent where nobody keeps time.
   */
  programBegins?(): void;
}

export interface EngineResult {
  readonly ending: Ending;
  /** Instructions by `wasm/meter.ts`; null when this engine cannot count. */
  readonly instructions: number | null;
  readonly peakMemoryBytes: number | null;
  readonly files: readonly ChangedFile[];
  /** False: the engine may carry something over, has grown too much, or broke. Its process is replaced. */
  readonly reusable: boolean;
  /** A compile step, where the language has one; output of it as bytes. */
  readonly compile?: {
    readonly ending: Ending;
    readonly stdout: Uint8Array;
    readonly stderr: Uint8Array;
    readonly wallMs: number;
    readonly cached: boolean;
  };
}

export interface Engine {
  run(job: CheckedJob, output: EngineOutput): Promise<EngineResult>;
}

export interface EngineOptions {
  /**
   * Where an engine may keep what costs time to make (snapshots, rewritten modules); null: nowhere. Entries must be written
   * whole or not at all, and checked when read. It is written in `open` only, once, in a process that runs no job: where jobs run it cannot
   * be written (a write fails there, and the engine goes on without), or one job could leave something to the next.
   * All else that lies in files is best read in `open` too: where jobs run the process has given up its rights.
   */
  readonly cacheDir: string | null;
  /** The memory cap of the jobs this engine will get, bytes: the `limits.memoryBytes` of each of them. */
  readonly memoryBytes: number;
}

/** What is known of an engine without starting it; `engines/table.ts` lists one per language. */
export interface EngineModule {
  readonly language: string;
  /** Version of the language implementation, `Python 3.14 (Pyodide 314.0.7)`; or what is missing and how to install it. */
  probe(): Promise<{ readonly version: string } | { readonly missing: string; readonly install: string }>;
  /** Pins this engine cannot keep. */
  readonly unpinned: readonly import('../types.ts').Pin[];
  readonly counts: boolean;
  /** It has a compile step worth limiting: until `EngineOutput.programBegins` the job's `compileLimits` hold. Default false. */
  readonly compiles?: boolean;
  open(options: EngineOptions): Promise<Engine>;
}
