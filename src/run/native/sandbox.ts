/**
 * The port between recipes (which command runs a language) and the sandbox (how a command is held).
 *
 * One `Execution` is one sandbox: a private, empty work directory in memory that holds the given
 * files, a read-only view of the system, no network, its own process, user, IPC, mount and host
 * name namespaces, a system call filter, and limits. All of it is gone when the execution ends.
 */
import type { Availability, ChangedFile, Ending, Limits, Output, OverMount, Usage, Witnessed } from '../types.ts';

export interface Execution {
  /** Program and arguments; the program is an absolute path or is looked for in `env.PATH`. Ignored when `warm` is set. */
  readonly argv: readonly string[];
  /**
   * Run in a fork of a warmed interpreter instead of starting one: the script's path in the work directory,
   * its arguments, and the seed of its random numbers. Same behaviour as starting it anew.
   */
  readonly warm: {
    readonly interpreter: 'python';
    readonly script: string;
    readonly args: readonly string[];
    readonly seed: number;
  } | null;
  /** Files to be found below the work directory, `/work`, which is also the current directory and HOME. */
  readonly files: readonly { readonly path: string; readonly bytes: Uint8Array; readonly mode?: number }[];
  readonly stdin: Uint8Array;
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly limits: Limits;
  readonly network: boolean;
  /** Host directories to be readable at the same path, beyond the system's own. */
  readonly read: readonly string[];
  /** Host directories seen at the same path as writable copies: changes live in memory and vanish (overlay). For caches of tools. */
  readonly overlay?: readonly string[];
  /** A directory of the user's to work on through an overlay; the current directory then, at its own path. */
  readonly over?: OverMount;
  /** The runtime reserves far more address space than it uses (JVM, Go, Node): no address-space limit where that is the fallback. */
  readonly reservesMemory: boolean;
  /** Have the warden see which connections, programs and refused calls it asks for. */
  readonly watch?: boolean;
  /** Which changed files come back: none, all, or only these paths. */
  readonly collect: 'none' | 'all' | readonly string[];
}

export interface ExecutionResult {
  readonly ending: Exclude<Ending, { kind: 'compile-failed' }>;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly usage: Usage;
  readonly files: readonly ChangedFile[];
  /** null: nobody asked. */
  readonly witnessed: Witnessed | null;
  readonly caveats: readonly string[];
}

export interface Sandbox {
  /** Whether it works here, by a trial; asked once. */
  availability(): Promise<Availability>;
  /** What is about to be executed: the trial is made in a worker that will do for it. */
  expect(execution: Pick<Execution, 'network' | 'read' | 'over'>): void;
  /**
   * @throws WinnowError `backend-unavailable`, `unsupported-job` (a directory that cannot be shown), `sandbox-failed`, `cancelled`.
   *   Where the kernel would not execute the program, `details.unstarted` of `sandbox-failed` is the error's name (`ENOEXEC`).
   */
  execute(execution: Execution, signal?: AbortSignal): Promise<ExecutionResult>;
  close(): Promise<void>;
}
