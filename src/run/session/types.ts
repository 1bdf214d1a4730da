/**
 * The nouns of sessions: cells go in, in order, and state is kept between them.
 *
 * A session is one sandbox that lives on. As with jobs, three failures are never mixed: what a cell did, however bad, is a `CellReport`;
 * what the caller or this machine got wrong is a `WinnowError`; what we got wrong is a plain `Error`. A session whose kernel died
 * is no failure of the harness: the cell's report says so (`stateLost`), and the next cell starts a fresh kernel.
 */
import type { BackendName, ChangedFile, Determinism, Grants, JobFile, OverMount } from '../types.ts';

export const sessionLanguages = ['python', 'javascript', 'typescript', 'bash', 'sql'] as const;
export type SessionLanguage = (typeof sessionLanguages)[number];

/** What a session may use. Each is hard. */
export interface SessionLimits {
  /** Elapsed time of one cell, ms; past it the cell is interrupted, and the kernel is killed when that does not help. */
  readonly cellMs: number;
  /** CPU time of one cell and all its processes, ms. */
  readonly cellCpuMs: number;
  /** Bytes of each stream that one cell may write; past that the cell is interrupted. */
  readonly outputBytes: number;
  /** Memory of all processes of the session together, bytes; files in its work directory count where they lie in memory. */
  readonly memoryBytes: number;
  readonly processes: number;
  /** Bytes of all files it may have written at once. */
  readonly fileBytes: number;
  /** Time without a cell after which the session is ended, ms. */
  readonly idleMs: number;
  /** Time from its start after which the session is ended, ms. */
  readonly totalMs: number;
}

export interface SessionRequest {
  readonly language: SessionLanguage;
  readonly backend: 'auto' | BackendName;
  readonly limits?: Partial<SessionLimits>;
  readonly determinism?: Partial<Determinism>;
  readonly grants?: Grants;
  /** Files to lie in the work directory at the start. */
  readonly files?: readonly JobFile[];
  /** Environment of the kernel, never this process's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** Python only: a virtual environment or an interpreter, absolute, whose packages the cells have. Native backend only. */
  readonly python?: string;
  /**
   * A directory of the user's to work on: it is the work directory then, at its own path and through an overlay, so that the directory itself is not
   * touched; when the session has ended, `over.out` tells what was changed (`UndoStore.begin` gives it, `UndoStore.finish` reads it).
   * Native backend only; such a session cannot be copied.
   */
  readonly over?: OverMount;
  /** SQL only: what the cells work on. Without it: an empty database of the session's own, `main.sqlite` in its work directory. */
  readonly database?: RequestedDatabase;
}

/** A database of the user's. Whatever cells do to it stays aside until it is kept (`Session.database`). */
export type RequestedDatabase =
  /** A file, absolute. Cells work on a consistent copy of it, on either backend. */
  | { readonly kind: 'sqlite'; readonly file: string }
  /** A server, reached from this process and not from a sandbox. The session is one transaction, each cell a savepoint in it. */
  | {
      readonly kind: 'postgres';
      /** `postgres://user@host:port/name?sslmode=verify-full`; with no password in it. */
      readonly url: string;
      /** Never shown, stored or put into a sandbox. */
      readonly password: string | null;
      /** Statements that no rollback takes back may run. Without it they are named and refused before anything of their cell runs. */
      readonly grantIrreversible: boolean;
    };

/** What a session holds aside of a database. */
export interface DatabaseHold {
  readonly kind: RequestedDatabase['kind'];
  /** The file, or user, host and name: for a person, without any secret. */
  readonly name: string;
  changes(): Promise<readonly DatabaseChange[]>;
  /**
   * Puts back what cells did: a whole file under the database's own locks, or COMMIT. All or nothing. Cells that come after it work on.
   *
   * @param command for the history; without it `session keep`
   * @throws WinnowError `database-changed` (a file that another changed meanwhile; nothing is written), `database-busy`, `connection-lost`
   */
  keep(command?: string): Promise<DatabaseKeep>;
  /** Forgets what cells did: the next cell meets the database as it was at the start or last kept, or after ROLLBACK. */
  drop(): Promise<void>;
  /**
   * Takes the last `keep` back, as long as the session lives and nobody changed the file since. The session's own copy stays as it is.
   *
   * @throws WinnowError `database-changed`, `database-busy`, `unsupported-job` when nothing was kept, or a server has it
   */
  undo(): Promise<void>;
}

/** What was kept in a database. */
export interface DatabaseKeep {
  readonly changes: readonly DatabaseChange[];
  /** Its entry in the undo store; null: nothing changed, or the sessions were opened without a store. */
  readonly entry: string | null;
  /** What the store had to give up for it, in words. */
  readonly notices: readonly string[];
}

export interface DatabaseChange {
  /** A table, or a statement's kind where only the server counts (`UPDATE`). */
  readonly name: string;
  readonly change: 'added' | 'removed' | 'modified';
  /** Rows that are there now and were not, and the reverse; an updated row is one of each. Null: not counted. */
  readonly addedRows: number | null;
  readonly removedRows: number | null;
  /** The definition differs. */
  readonly schema: boolean;
}

/** What a cell wrote or showed, in the order in which it came. */
export type CellOutput =
  | { readonly kind: 'stream'; readonly stream: 'stdout' | 'stderr'; readonly bytes: Uint8Array }
  /** Something shown (an image, a table) while the cell ran, or its last expression's value (`isResult`). */
  | { readonly kind: 'shown'; readonly isResult: boolean; readonly value: Shown };

/** A value as data. `text` is always there: what the language's own prompt would print, cut to a bound (`isCut`). */
export interface Shown {
  readonly text: string;
  readonly isCut: boolean;
  /** The value as JSON where it is plain data: null, booleans, finite numbers, strings, lists and maps of them. */
  readonly json?: unknown;
  /** A table: a query's rows, a data frame, a list of equal records. Cells are plain JSON values. */
  readonly table?: {
    readonly columns: readonly string[];
    readonly rows: readonly (readonly unknown[])[];
    readonly omittedRows: number;
  };
  /** A picture as PNG. */
  readonly png?: Uint8Array;
}

/** An error of the cell, told by the language. Lines are those of the cell, from 1; null where the error stands outside of it. */
export interface CellError {
  readonly name: string;
  readonly message: string;
  readonly line: number | null;
  readonly column: number | null;
  /** Innermost last; `cell` is the count of the cell that the frame's code stands in, null where it is a file's. */
  readonly frames: readonly {
    readonly name: string;
    readonly cell: number | null;
    readonly file: string | null;
    readonly line: number;
  }[];
}

export type CellEnding =
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly error: CellError }
  /** Stopped from outside: by `interrupt`, a limit of time, or of output. */
  | { readonly kind: 'interrupted'; readonly by: 'caller' | 'wall' | 'cpu' | 'output' }
  | { readonly kind: 'out-of-memory' }
  | { readonly kind: 'out-of-fuel' }
  /** The kernel ended: the cell killed it, or called exit. */
  | { readonly kind: 'kernel-ended'; readonly code: number | null; readonly signal: string | null };

export interface CellReport {
  /** Execution count, from 1, over the whole life of the session, restarts included. */
  readonly count: number;
  readonly ending: CellEnding;
  /** Outputs in order, bounded: neighbours of one stream are joined, and each stream keeps its first and last part. */
  readonly outputs: readonly CellOutput[];
  /** Bytes of each stream that were written and not kept. */
  readonly omitted: { readonly stdout: number; readonly stderr: number };
  readonly wallMs: number;
  readonly cpuMs: number | null;
  /** True: variables are gone; the next cell meets a fresh kernel. Files are kept where the work directory outlived it (`filesLost`). */
  readonly stateLost: boolean;
  readonly filesLost: boolean;
  /** What a person should hear, in words: threads left behind, a work directory that was deleted and made again. */
  readonly notices: readonly string[];
}

/** How a copy of a session was made. */
export type ForkWay = 'heap-image' | 'replayed';

export interface Forked {
  readonly session: Session;
  readonly way: ForkWay;
  readonly wallMs: number;
  /** Of a replay: cells whose ending or outputs differ from those of the original, by count. */
  readonly differing: readonly number[];
}

/** A state that was put aside; sessions are made of it as often as wanted, also after the session it was taken of has ended. */
export interface Snapshot {
  readonly way: ForkWay;
  /** What it holds, bytes; of `replayed` the cells alone. */
  readonly sizeBytes: number;
  open(): Promise<Forked>;
  drop(): Promise<void>;
}

export interface Session {
  readonly language: SessionLanguage;
  readonly backend: BackendName;
  /** `CPython 3.11.2`. */
  readonly version: string;
  readonly limits: SessionLimits;
  /** What this machine keeps less strictly than asked, in words. */
  readonly caveats: readonly string[];
  /** Cells in the order of their counts, whatever became of them. */
  readonly history: readonly { readonly code: string; readonly report: CellReport }[];
  /** Why it is over; null while it lives. */
  readonly over: 'ended' | 'idle' | 'total' | 'harness' | null;
  /**
   * One cell at a time; a second call waits for the first.
   *
   * @throws WinnowError `bad-job` for more than 16 MiB of code, `session-over`, `sandbox-failed`, `cancelled`
   */
  run(
    code: string,
    options?: { readonly signal?: AbortSignal; readonly onOutput?: (output: CellOutput) => void },
  ): Promise<CellReport>;
  /** Interrupts the cell that runs; nothing happens when none does. */
  interrupt(): void;
  /** A fresh kernel in the same work directory; counts and history go on. */
  restart(): Promise<void>;
  snapshot(): Promise<Snapshot>;
  /** A second session in the same state: a snapshot that is opened at once. */
  fork(): Promise<Forked>;
  /** Changed files of the work directory below a glob (`**` when not given), bounded by `limitBytes`; what is left out is told. */
  files(pattern?: string, limitBytes?: number): Promise<readonly ChangedFile[]>;
  put(files: readonly JobFile[]): Promise<void>;
  /** All files of the work directory below a glob (`**` when not given), without their bytes; links are told and not followed. */
  list(pattern?: string): Promise<SessionListing>;
  /**
   * A part of a file, for those too big for one answer; empty at its end. Waits, as `put` and `files` do, for a cell that runs.
   *
   * @param lengthBytes at most `partBytes`
   * @throws WinnowError `path-not-found`
   */
  readPart(path: string, offset: number, lengthBytes: number): Promise<Uint8Array>;
  /** Writes a part of a file; at offset 0 the file is made, or emptied first. @param bytes at most `partBytes` of them */
  writePart(path: string, offset: number, bytes: Uint8Array, mode?: number): Promise<void>;
  /** SQL on a database of the user's; absent otherwise. */
  readonly database?: DatabaseHold;
  /** Memory that it holds now: of its processes together, or of its image; null where this machine cannot tell. */
  memoryBytes(): Promise<number | null>;
  end(): Promise<void>;
}

/** Most bytes of one part: large enough that a gigabyte takes a few hundred calls, small beside what a session may hold. */
export const partBytes = 4 * 2 ** 20;

/** Files by name, bounded: `omitted` counts those past the first 10,000. */
export interface SessionListing {
  readonly files: readonly SessionFile[];
  readonly omitted: number;
  /** What cannot be told or read: names that are no UTF-8, directories that are closed. Absent where there is none. */
  readonly unreadable?: readonly { readonly path: string; readonly reason: string }[];
}

export interface SessionFile {
  readonly path: string;
  readonly kind: 'file' | 'directory' | 'symlink' | 'other';
  readonly sizeBytes: number;
  readonly mode: number;
}

/** What `open.ts` gives: sessions on whatever backend fits; it owns what they share. */
export interface Sessions {
  /**
   * @throws WinnowError `bad-job`, `unknown-language`, `unsupported-job`, `toolchain-missing`, `backend-unavailable`, `sandbox-failed`,
   *   `cancelled`
   */
  open(request: SessionRequest, signal?: AbortSignal): Promise<Session>;
  /** Ends all sessions. */
  close(): Promise<void>;
}
