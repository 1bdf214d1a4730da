/**
 * The port of an engine that holds sessions: one language, many sessions, one cell at a time, inside the child process that hosts it.
 *
 * An engine trusts no cell, and one session finds nothing of another. What a cell does, however bad, is an `EngineCell`; what an engine throws is our own
 * failure, or an `EngineRefusal`. It may block its thread: the host asks it to stop through a file that it looks at (`stopflag.ts`), then by a signal, then by a kill.
 */

import type { CellError } from '../../session/types.ts';
import type { Determinism, JobFile } from '../../types.ts';

/** What a session is made of. */
export interface SessionSetup {
  readonly determinism: Determinism;
  readonly env: Readonly<Record<string, string>>;
  readonly files: readonly JobFile[];
  readonly memoryBytes: number;
  readonly fileBytes: number;
  /** Bytes of each stream that one cell may write. */
  readonly outputBytes: number;
}

/** Where a cell's output goes, as it comes. Past the limit it is counted and asks the cell to stop. */
export interface CellSink {
  stdout(bytes: Uint8Array): void;
  stderr(bytes: Uint8Array): void;
  /** A shown value: its length as u32 LE, JSON, then the bytes of a picture, if any. */
  shown(bytes: Uint8Array): void;
  /** More was written than may be, and the engine has let it go. */
  overflow(): void;
}

/** How a cell ended, as far as an engine can tell; who stopped it is known to the host. */
export type EngineEnding =
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly error: CellError }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'out-of-memory' }
  | { readonly kind: 'exit'; readonly code: number | null; readonly signal: string | null };

export interface EngineCell {
  readonly ending: EngineEnding;
  /**
   * What became of the state: `kept`; `before`: it is that of before the cell; `lost`: the next cell meets a fresh one.
   */
  readonly state: 'kept' | 'before' | 'lost';
  readonly notices: readonly string[];
}

/** A file operation that cannot be done, in words for the caller. */
export class EngineRefusal extends Error {}

export interface EngineFile {
  readonly path: string;
  readonly kind: 'file' | 'directory' | 'symlink' | 'other';
  readonly sizeBytes: number;
  readonly mode: number;
}

/** A path that differs from what the session was given. */
export interface EngineChange {
  readonly path: string;
  readonly change: 'added' | 'modified' | 'symlink' | 'removed' | 'left-out';
  readonly sizeBytes: number;
  readonly mode: number;
  /** A link's target, or why it is left out. */
  readonly text: string;
}

/** Files of a session's work directory. Paths are relative to it and sound. */
export interface EngineFiles {
  put(files: readonly JobFile[]): void | Promise<void>;
  list(): readonly EngineFile[] | Promise<readonly EngineFile[]>;
  changes(): readonly EngineChange[] | Promise<readonly EngineChange[]>;
  /** @throws EngineRefusal when there is no such file */
  read(path: string, offset: number, lengthBytes: number): Uint8Array | Promise<Uint8Array>;
  /** At offset 0 the file is made, or emptied first. @throws EngineRefusal */
  write(path: string, offset: number, bytes: Uint8Array, mode?: number): void | Promise<void>;
}

export interface EngineSession {
  readonly files: EngineFiles;
  run(code: string, count: number, sink: CellSink): Promise<EngineCell>;
  /** A second session in the same state; null where this engine cannot, and cells must be replayed. */
  copy(): EngineSession | null;
  /** A fresh interpreter over the same files. */
  restart(): Promise<void>;
  /** Bytes that this session alone, or with its copies, holds. */
  heldBytes(): number;
  drop(): void;
}

export interface SessionEngine {
  open(setup: SessionSetup): Promise<EngineSession>;
  /** Called when an answer is out and nobody waits: time for putting states aside. */
  settle(): void;
  /** Bytes that all sessions together hold beside the engine itself. */
  heldBytes(): number;
}

/** Asked by cells that run, often: whether the host wants them to stop. */
export type StopFlag = () => boolean;

export interface SessionEngineOptions {
  readonly cacheDir: string | null;
  readonly memoryBytes: number;
  readonly stopping: StopFlag;
}

export interface SessionEngineModule {
  readonly language: string;
  probe(): Promise<{ readonly version: string } | { readonly missing: string; readonly install: string }>;
  open(options: SessionEngineOptions): Promise<SessionEngine>;
}
