/**
 * The port between a session and what runs its cells: a kernel.
 *
 * A session (`session.ts`) counts, keeps history, holds the clocks, bounds what it keeps, and decides when a cell is interrupted or its kernel
 * killed. A kernel runs one cell at a time in one place, a sandbox or an engine, and tells what came of it. So a backend or a language
 * is a kernel, and everything that a caller sees is written once. What a cell did, however bad, is a `KernelReport`; a kernel throws only
 * what is not the cell's doing: `WinnowError` `sandbox-failed` and the like.
 */
import type { ChangedFile, JobFile } from '../types.ts';
import type { CellEnding, CellOutput, SessionListing } from './types.ts';

/** How a cell ended, as far as a kernel knows: `interrupted` by whom, the session knows. */
export type KernelEnding = Exclude<CellEnding, { kind: 'interrupted' }> | { readonly kind: 'interrupted' };

export interface KernelReport {
  readonly ending: KernelEnding;
  readonly cpuMs: number | null;
  /** Variables are gone; the kernel's next cell starts a fresh one. */
  readonly stateLost: boolean;
  readonly filesLost: boolean;
  readonly notices: readonly string[];
}

/** What a kernel calls while a cell runs. Not before `run` was called, nor after it has answered. */
export interface CellEvents {
  /** The cell begins only now: it had to wait for its turn among others. Its clock starts anew. */
  begins?(): void;
  /** In the order in which it came. Bytes may be views of a larger buffer; the session copies what it keeps. */
  output(output: CellOutput): void;
  /** Bytes that were written and that the kernel did not pass on, beyond the limit of output. */
  omitted(stream: 'stdout' | 'stderr', bytes: number): void;
  /** A limit that the kernel watches was passed. The session interrupts, and kills when that does not help. */
  limit(by: 'wall' | 'cpu' | 'output'): void;
}

/** The work directory. Calls come while no cell runs. Patterns have been checked; paths of files as well (`jobpath.ts`). */
export interface WorkFiles {
  changed(pattern: string, limitBytes: number): Promise<readonly ChangedFile[]>;
  put(files: readonly JobFile[]): Promise<void>;
  list(pattern: string): Promise<SessionListing>;
  /** @throws WinnowError `path-not-found` */
  readPart(path: string, offset: number, lengthBytes: number): Promise<Uint8Array>;
  writePart(path: string, offset: number, bytes: Uint8Array, mode: number): Promise<void>;
}

export interface Kernel {
  /** `CPython 3.11.2`. */
  readonly version: string;
  readonly caveats: readonly string[];
  readonly files: WorkFiles;
  /** Runs one cell; where the kernel has ended, in a fresh one. */
  run(cell: { readonly code: string; readonly count: number }, events: CellEvents): Promise<KernelReport>;
  /** Asks the cell to stop and keep its state. May have no effect. */
  interrupt(): void;
  /** Ends what runs at once; `run` then answers. A kernel that can go back to the state before the cell does, and says so (`stateLost`). */
  kill(): void;
  /** A fresh kernel in the same work directory. */
  restart(): Promise<void>;
  /** Puts the state aside, where it can be copied. Absent: copies are made by replaying cells. */
  image?(): Promise<KernelImage>;
  memoryBytes(): Promise<number | null>;
  end(): Promise<void>;
}

export interface KernelImage {
  readonly sizeBytes: number;
  open(): Promise<Kernel>;
  drop(): Promise<void>;
}
