/**
 * The nouns of running: a job goes in, an outcome comes out.
 *
 * Three failures are never mixed. What the program did, however bad, is data: an `Outcome`.
 * What the caller or this machine got wrong is a `WinnowError`. What we got wrong is a plain
 * `Error`. So no failure of the harness is ever counted as the program's.
 */

/** A file of a job: a relative path with `/`, no `..`, no leading `/`, at most 255 bytes a part. */
export interface JobFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Permission bits, default 0o644. */
  readonly mode?: number;
}

/** What a program may use. All are hard: it is stopped, or the call that asks for more fails inside it. */
export interface Limits {
  /** Elapsed time, ms. */
  readonly wallMs: number;
  /** CPU time of all its processes together, ms. */
  readonly cpuMs: number;
  /** WebAssembly instructions (see `wasm/meter.ts` for the weights); null: not limited. Only backends that count can keep it. */
  readonly fuel: number | null;
  /** Memory of all its processes together, bytes. Files it writes count as well where they lie in memory. */
  readonly memoryBytes: number;
  /** Bytes it may write to standard output, and as many to standard error; past that it is stopped. */
  readonly outputBytes: number;
  /** Bytes of each stream that an outcome keeps: the first and the last half. */
  readonly keepBytes: number;
  /** Processes and threads alive at once. */
  readonly processes: number;
  /** Bytes of all files it may have written at once. */
  readonly fileBytes: number;
}

/** What is held still, so that the same job gives the same outcome. */
export interface Determinism {
  /** Seed of the language's own random numbers, and of hash order; an integer in [0, 2^32). */
  readonly seed: number;
  /** The time at which a pinned clock starts, ms since 1970; null: the real clock. */
  readonly clockMs: number | null;
  readonly locale: string;
  readonly timeZone: string;
}

/**
 * Pinned things, by name. An outcome lists those that this backend could not pin. `random` is what a language's usual generator
 * gives; `entropy` what the operating system does: random bytes, for keys and identifiers, and the addresses of objects.
 */
export type Pin = 'random' | 'hash' | 'entropy' | 'clock' | 'locale' | 'time-zone';

/** What is off unless a job asks for it. */
export interface Grants {
  /** The network of this machine. Default false: no interface but an empty loopback, or none at all. */
  readonly network?: boolean;
  /** Directories of this machine, absolute, that the program may read at the same path (packages, data). Native backend only. */
  readonly read?: readonly string[];
}

/** A directory of the user's that a program works on through an overlay (`overlay/`): it is only read, and what would change lies in `out`. */
export interface OverMount {
  /** Absolute and real: no part of it is a link. The program finds it at this path, as its current directory. */
  readonly directory: string;
  /** Where it lies on this machine, if that is elsewhere: a link, for a path that is no UTF-8. */
  readonly lower?: string;
  /** An absolute directory of Winnow's own, which belongs to the directory's owner. */
  readonly out: string;
  /** `out/copy` holds a copy of the directory, because no overlay can be had here. */
  readonly copied: boolean;
}

export interface Job {
  /** A name or alias of the table in `languages.ts`. */
  readonly language: string;
  readonly files: readonly JobFile[];
  /** Files that lie beside it when it runs, and that no compiler sees: what was compiled is kept whatever they hold. Not the entry. */
  readonly data?: readonly JobFile[];
  /** The path, among `files`, of the program's start. */
  readonly entry: string;
  readonly args?: readonly string[];
  readonly stdin?: Uint8Array;
  /** Environment of the program, added to the few variables that the sandbox sets. Never this process's own. */
  readonly env?: Readonly<Record<string, string>>;
  readonly limits?: Partial<Limits>;
  /** Limits of the compile step, for languages that have one. */
  readonly compileLimits?: Partial<Limits>;
  readonly determinism?: Partial<Determinism>;
  readonly grants?: Grants;
  /** Native backend only. Its files lie at `/work` then, but for an entry that is in the directory already (`entryInOver`). */
  readonly over?: OverMount;
  /** The path of the entry below the directory of `over`, which then runs from there; null: it runs from `/work`. */
  readonly entryInOver?: string | null;
  /** Ask for an instruction count also where it is slow (callgrind on the native backend: about 80 times). */
  readonly count?: boolean;
  /**
   * Have the program write what it does, by probes in its module, as `.winnow-trace/plan.json` among its files asks. Only embedded C, C++ and
   * WebAssembly can; others refuse with `unsupported-job`.
   */
  readonly probe?: boolean;
  /**
   * Give what the program's files hold also where a clock stops it. The native backend does anyway; the embedded one then lets the program have up
   * to 5 s more than its limit, until its engine has handed them over.
   */
  readonly rescue?: boolean;
  /** Have the sandbox see from outside what it connects to, which programs it starts, and which calls are refused to it. The native backend alone can. */
  readonly watch?: boolean;
}

/** A job after checking: every default filled in, every path sound, the language its table name. */
export interface CheckedJob {
  readonly language: string;
  readonly files: readonly JobFile[];
  /** Absent: none. */
  readonly data?: readonly JobFile[];
  readonly entry: string;
  readonly args: readonly string[];
  readonly stdin: Uint8Array;
  readonly env: Readonly<Record<string, string>>;
  readonly limits: Limits;
  readonly compileLimits: Limits;
  readonly determinism: Determinism;
  readonly grants: { readonly network: boolean; readonly read: readonly string[] };
  readonly over?: OverMount;
  readonly entryInOver?: string | null;
  readonly count: boolean;
  /** Absent: no. */
  readonly probe?: true;
  /** Absent: no. */
  readonly rescue?: true;
  /** Absent: no. */
  readonly watch?: true;
}

/** What a stream carried: all of it in `head` when `omittedBytes` is 0, else its two ends. */
export interface Output {
  readonly head: Uint8Array;
  readonly tail: Uint8Array;
  /** Bytes between head and tail that were written but not kept. */
  readonly omittedBytes: number;
}

/** A file that the run made, changed or removed, below its work directory. Symlinks are reported, never followed. */
export type ChangedFile =
  | { readonly path: string; readonly change: 'added' | 'modified'; readonly bytes: Uint8Array; readonly mode: number }
  | { readonly path: string; readonly change: 'symlink'; readonly target: string }
  | { readonly path: string; readonly change: 'removed' }
  /** Kept out because the files together passed the limit, or it is neither file nor link. */
  | { readonly path: string; readonly change: 'left-out'; readonly reason: string };

/** What one step used. `null`: this backend cannot measure it. */
export interface Usage {
  readonly wallMs: number;
  readonly cpuMs: number | null;
  readonly peakMemoryBytes: number | null;
  /** Instructions, by the unit of `countUnit`. Identical for identical programs when the unit is `wasm`. */
  readonly instructions: number | null;
  readonly countUnit: 'wasm' | 'machine' | null;
}

/** How a program ended. */
export type Ending =
  | { readonly kind: 'exited'; readonly code: number }
  /** A signal, or a trap of the engine, that no limit of ours caused. `signal` as `SIGSEGV`; null for an engine's trap. */
  | { readonly kind: 'crashed'; readonly signal: string | null; readonly reason: string }
  | { readonly kind: 'timed-out'; readonly clock: 'wall' | 'cpu' }
  | { readonly kind: 'out-of-fuel' }
  | { readonly kind: 'out-of-memory' }
  | { readonly kind: 'output-limit'; readonly stream: 'stdout' | 'stderr' }
  /** The compile step did not produce a program; `Outcome.compile` says how it ended and what it printed. */
  | { readonly kind: 'compile-failed' };

/** What the sandbox saw of a program's system calls (`native/warden/witness.py`). */
export interface Witnessed {
  readonly calls: readonly {
    /** As `connect`, `execve`, `ptrace`. */
    readonly call: string;
    /** An address with its port, a command; as it stood in the program's memory when it asked. Null where there is none, or it could not be read. */
    readonly target: string | null;
    readonly isDenied: boolean;
    readonly count: number;
  }[];
  /** Calls beyond those that are kept apart. */
  readonly omitted: number;
  /** Why nothing could be seen; null: it was. */
  readonly why: string | null;
}

export interface CompileReport {
  readonly ending: Ending;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly usage: Usage;
  /** The artefact was there from an earlier compilation of the same bytes by the same tool; usage is then that one's. */
  readonly cached: boolean;
}

export interface Outcome {
  readonly backend: BackendName;
  readonly language: string;
  readonly ending: Ending;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly usage: Usage;
  readonly compile: CompileReport | null;
  readonly files: readonly ChangedFile[];
  /** Of a job that is to be watched, on the native backend; absent otherwise. */
  readonly witnessed?: Witnessed;
  /** What could not be held still. Empty: all pinned. */
  readonly unpinned: readonly Pin[];
  /** Limits this machine keeps less strictly than asked, in words; empty when all are kept. */
  readonly caveats: readonly string[];
  /** What a person should hear however the program ended, in words: it ran on another backend than usual, or slowly. */
  readonly notices: readonly string[];
}

export type BackendName = 'embedded' | 'native';

/** One language on one backend of this machine. */
export interface Runtime {
  readonly backend: BackendName;
  readonly language: string;
  readonly state: 'ready' | 'missing';
  /** `CPython 3.11.2`, `QuickJS-ng 0.10`; null when missing. */
  readonly version: string | null;
  /** What is missing; null when ready. */
  readonly reason: string | null;
  /** The command that installs it here; null when ready, or when none is known. */
  readonly install: string | null;
  readonly counts: 'wasm' | 'machine' | null;
}

/** Whether a backend can be used at all. */
export type Availability =
  | { readonly state: 'ready'; readonly caveats: readonly string[] }
  | { readonly state: 'unavailable'; readonly reason: string; readonly install: string | null };

/** A place where jobs run. One shared suite, `conformance/`, holds for every implementation. */
export interface Backend {
  readonly name: BackendName;
  availability(): Promise<Availability>;
  /** A job that is about to come, so that what is started to see whether the backend works at all can be used for it. */
  expect?(job: CheckedJob): void;
  runtimes(): Promise<readonly Runtime[]>;
  /**
   * @throws WinnowError `toolchain-missing`, `backend-unavailable`, `sandbox-failed`, `unsupported-job`, `cancelled`
   */
  run(job: CheckedJob, signal?: AbortSignal): Promise<Outcome>;
  /** Ends all workers; jobs still running are rejected with `cancelled`. */
  close(): Promise<void>;
}

/** What the outside must tell this layer; it reads no environment. */
export interface RunSettings {
  /** A directory of Winnow's own for compiled artefacts and snapshots; null: nothing is kept between processes. */
  readonly cacheDir: string | null;
  /** Directories in which toolchains are looked for, in order (a PATH, split). */
  readonly path: readonly string[];
  /** Workers per backend; default one per core. */
  readonly parallelism?: number;
}
