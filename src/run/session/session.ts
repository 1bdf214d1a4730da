/**
 * A session over a kernel: what every language and backend has in common.
 *
 * Calls wait for each other in one queue. A cell gets its count when it starts; its clock is held here: past it the cell is interrupted, and
 * when that has not helped after a grace, the kernel is killed. The session ends by itself when nobody used it for long, or it has lived for long.
 *
 * A copy is made of the kernel's image where it has one; elsewhere everything that was done is done again in a fresh kernel (`replay.ts`).
 */
import { performance } from 'node:perf_hooks';
import { WinnowError } from '../../base/mod.ts';
import { pathProblem } from '../jobpath.ts';
import type { BackendName, ChangedFile, JobFile } from '../types.ts';
import { CellRecord } from './cellrecord.ts';
import { History } from './history.ts';
import type { Kernel, KernelReport } from './kernel.ts';
import { checkCell } from './limits.ts';
import { checkPattern } from './pattern.ts';
import { replay } from './replay.ts';
import {
  type CellEnding,
  type CellOutput,
  type CellReport,
  type DatabaseHold,
  type Forked,
  partBytes,
  type Session,
  type SessionLanguage,
  type SessionLimits,
  type SessionListing,
  type Snapshot,
} from './types.ts';

/** Time between asking a cell to stop and killing its kernel, ms. An interpreter answers within some ms; what cleans up may take a moment. */
export const graceMs = 2000;

export interface SessionParts {
  readonly language: SessionLanguage;
  readonly backend: BackendName;
  readonly limits: SessionLimits;
  /** A fresh kernel as the request asks, in a new place; for copies by replay. */
  readonly openKernel: () => Promise<Kernel>;
  /** What it holds aside of a database; asked once for each session, copies included. */
  readonly hold?: (session: Session, kernel: Kernel) => DatabaseHold;
  /** Told of this session and of each copy of it, once when it is open and once when it is over. */
  readonly onOpen: (session: Session) => void;
  readonly onOver: (session: Session) => void;
}

type By = 'caller' | 'wall' | 'cpu' | 'output';
type RunOptions = NonNullable<Parameters<Session['run']>[1]>;

/** A session on a kernel that was just opened. */
export function sessionOn(kernel: Kernel, parts: SessionParts): Session {
  return new KernelSession(kernel, parts, new History(), 0);
}

class KernelSession implements Session {
  readonly language: SessionLanguage;
  readonly backend: BackendName;
  readonly version: string;
  readonly limits: SessionLimits;
  readonly caveats: readonly string[];
  readonly database?: DatabaseHold;
  readonly #kernel: Kernel;
  readonly #parts: SessionParts;
  readonly #history: History;
  readonly #total: NodeJS.Timeout;
  #idle: NodeJS.Timeout | null = null;
  #queue: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #count: number;
  #over: Session['over'] = null;
  /** Stops the cell that runs. */
  #stop: ((by: By) => void) | null = null;
  #ended: Promise<void> | null = null;

  constructor(kernel: Kernel, parts: SessionParts, history: History, count: number) {
    this.#kernel = kernel;
    this.#parts = parts;
    this.#history = history;
    this.#count = count;
    this.language = parts.language;
    this.backend = parts.backend;
    this.limits = parts.limits;
    this.version = kernel.version;
    this.caveats = kernel.caveats;
    if (parts.hold !== undefined) this.database = parts.hold(this, kernel);
    this.#total = setTimeout(() => this.#close('total'), parts.limits.totalMs);
    this.#total.unref();
    parts.onOpen(this);
    this.#rest();
  }

  get history(): Session['history'] {
    return this.#history.cells;
  }

  get over(): Session['over'] {
    return this.#over;
  }

  run(code: string, options: RunOptions = {}): Promise<CellReport> {
    return this.#inTurn(async () => {
      checkCell(code);
      const interruptsMs: number[] = [];
      const report = await this.#runCell(code, options, interruptsMs);
      this.#history.add(code, report, interruptsMs);
      return report;
    }, options.signal);
  }

  interrupt(): void {
    this.#stop?.('caller');
  }

  restart(): Promise<void> {
    // A cell that runs is in the way, and nobody who restarts wants to wait for it.
    this.#kernelKill();
    return this.#inTurn(async () => {
      await this.#kernel.restart();
      this.#history.addRestart();
    });
  }

  snapshot(): Promise<Snapshot> {
    return this.#inTurn(async () => {
      const image = await this.#kernel.image?.();
      const history = this.#history.copy();
      const count = this.#count;
      if (image !== undefined)
        return {
          way: 'heap-image' as const,
          sizeBytes: image.sizeBytes,
          open: async (): Promise<Forked> => {
            const began = performance.now();
            const session = new KernelSession(await image.open(), this.#parts, history.copy(), count);
            return { session, way: 'heap-image', wallMs: performance.now() - began, differing: [] };
          },
          drop: () => image.drop(),
        };
      return {
        way: 'replayed' as const,
        sizeBytes: history.bytes,
        open: async (): Promise<Forked> => {
          const began = performance.now();
          const session = new KernelSession(await this.#parts.openKernel(), this.#parts, new History(), 0);
          const differing = await replay(history, session, () => session.#count++);
          return { session, way: 'replayed', wallMs: performance.now() - began, differing };
        },
        drop: async () => {},
      };
    });
  }

  async fork(): Promise<Forked> {
    const snapshot = await this.snapshot();
    const forked = await snapshot.open();
    await snapshot.drop();
    return forked;
  }

  files(pattern = '**', limitBytes = this.limits.fileBytes): Promise<readonly ChangedFile[]> {
    checkPattern(pattern);
    return this.#inTurn(() => this.#kernel.files.changed(pattern, limitBytes));
  }

  put(files: readonly JobFile[]): Promise<void> {
    for (const { path } of files) checkPath(path);
    return this.#inTurn(async () => {
      await this.#kernel.files.put(files);
      this.#history.addFiles(files);
    });
  }

  list(pattern = '**'): Promise<SessionListing> {
    checkPattern(pattern);
    return this.#inTurn(() => this.#kernel.files.list(pattern));
  }

  readPart(path: string, offset: number, lengthBytes: number): Promise<Uint8Array> {
    checkPath(path);
    checkPart(offset, lengthBytes);
    return this.#inTurn(() => this.#kernel.files.readPart(path, offset, lengthBytes));
  }

  writePart(path: string, offset: number, bytes: Uint8Array, mode = 0o644): Promise<void> {
    checkPath(path);
    checkPart(offset, bytes.length);
    return this.#inTurn(async () => {
      await this.#kernel.files.writePart(path, offset, bytes, mode);
      this.#history.addPart(path);
    });
  }

  memoryBytes(): Promise<number | null> {
    return this.#over === null ? this.#kernel.memoryBytes() : Promise.resolve(null);
  }

  end(): Promise<void> {
    return this.#close('ended');
  }

  /** Does what is asked when everything before it is done, and not at all in a session that is over by then. */
  #inTurn<T>(act: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    this.#waiting++;
    if (this.#idle !== null) clearTimeout(this.#idle);
    const turn = this.#queue.then(async () => {
      if (this.#over !== null) throw this.#overError();
      if (signal?.aborted === true) throw new WinnowError('cancelled', 'The cell was cancelled before it began.');
      try {
        return await act();
      } catch (error) {
        if (error instanceof WinnowError && error.code === 'sandbox-failed') this.#close('harness');
        // What broke because the session ended meanwhile is no failure of the sandbox.
        if (this.#over !== null && this.#over !== 'harness' && error instanceof WinnowError) throw this.#overError();
        throw error;
      }
    });
    const settled = turn.then(
      () => {},
      () => {},
    );
    this.#queue = settled.then(() => {
      if (--this.#waiting === 0) this.#rest();
    });
    return turn;
  }

  /** @param interruptsMs gets the times at which the caller interrupted */
  async #runCell(code: string, { signal, onOutput }: RunOptions, interruptsMs: number[]): Promise<CellReport> {
    const record = new CellRecord();
    const count = ++this.#count;
    const began = performance.now();
    let by: By | null = null;
    let grace: NodeJS.Timeout | null = null;
    const stop = (why: By): void => {
      if (why === 'caller') interruptsMs.push(performance.now() - began);
      // Once is enough; a person may insist.
      if (by !== null && why !== 'caller') return;
      by ??= why;
      this.#kernel.interrupt();
      grace ??= setTimeout(() => this.#kernel.kill(), graceMs);
    };
    const { outputBytes, cellMs } = this.limits;
    let wall = setTimeout(() => stop('wall'), cellMs);
    const onAbort = (): void => stop('caller');
    signal?.addEventListener('abort', onAbort);
    this.#stop = stop;
    let ended: KernelReport;
    try {
      ended = await this.#kernel.run(
        { code, count },
        {
          begins: () => {
            clearTimeout(wall);
            wall = setTimeout(() => stop('wall'), cellMs);
          },
          output: (output) => {
            if (output.kind === 'stream') {
              const room = Math.max(outputBytes - record.written[output.stream], 0);
              const over = output.bytes.length - room;
              const kept: CellOutput = over > 0 ? { ...output, bytes: output.bytes.subarray(0, room) } : output;
              if (over < output.bytes.length || over <= 0) {
                record.add(kept);
                onOutput?.(kept);
              }
              if (over > 0) {
                record.omit(output.stream, over);
                stop('output');
              }
              return;
            }
            record.add(output);
            onOutput?.(output);
          },
          omitted: (stream, bytes) => record.omit(stream, bytes),
          limit: stop,
        },
      );
    } finally {
      this.#stop = null;
      clearTimeout(wall);
      if (grace !== null) clearTimeout(grace);
      signal?.removeEventListener('abort', onAbort);
    }
    const shownOmitted = record.shownOmitted;
    return {
      count,
      ending: endingOf(ended, by),
      outputs: record.outputs(),
      omitted: record.omitted,
      wallMs: performance.now() - began,
      cpuMs: ended.cpuMs,
      stateLost: ended.stateLost,
      filesLost: ended.filesLost,
      notices: [
        ...ended.notices,
        ...(shownOmitted === 0 ? [] : [`${shownOmitted} values that were shown are too large or too many to be kept.`]),
      ],
    };
  }

  #kernelKill(): void {
    if (this.#stop === null) return;
    this.#stop('caller');
    this.#kernel.kill();
  }

  #rest(): void {
    if (this.#over !== null) return;
    this.#idle = setTimeout(() => this.#close('idle'), this.limits.idleMs);
    this.#idle.unref();
  }

  #close(why: NonNullable<Session['over']>): Promise<void> {
    if (this.#ended !== null) return this.#ended;
    this.#over = why;
    clearTimeout(this.#total);
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#kernelKill();
    this.#ended = this.#kernel.end().finally(() => this.#parts.onOver(this));
    // Whoever did not ask for the end has nobody to tell.
    this.#ended.catch(() => {});
    return this.#ended;
  }

  #overError(): WinnowError {
    const why = {
      ended: 'it was ended',
      idle: `nobody used it for ${this.limits.idleMs / 1000} s`,
      total: `its ${this.limits.totalMs / 1000} s were over`,
      harness: 'its sandbox failed',
    }[this.#over ?? 'ended'];
    return new WinnowError('session-over', `The session is over: ${why}. Open a new one; its cells can be run again.`, {
      details: { over: this.#over },
    });
  }
}

/** A cell may interrupt itself, by SIGINT or by raising what that raises. Whatever it was, nobody outside is to blame. */
const ownInterrupt: CellEnding = {
  kind: 'failed',
  error: {
    name: 'Interrupt',
    message: 'The cell ended as if it had been interrupted, and nobody had asked for that: it has interrupted itself.',
    line: null,
    column: null,
    frames: [],
  },
};

/** Who stopped a cell that was told to stop is known here only. One that went on to its end, though only the caller asked, is done. */
function endingOf({ ending }: KernelReport, by: By | null): CellEnding {
  if (by === null) return ending.kind === 'interrupted' ? ownInterrupt : ending;
  if (ending.kind === 'out-of-memory' || ending.kind === 'out-of-fuel') return ending;
  if (by === 'caller' && (ending.kind === 'done' || ending.kind === 'failed')) return ending;
  return { kind: 'interrupted', by };
}

function checkPath(path: string): void {
  const problem = pathProblem(path);
  if (problem === null) return;
  throw new WinnowError('bad-job', `The file name ${JSON.stringify(path.slice(0, 200))} ${problem}.`, {
    details: { path },
  });
}

function checkPart(offset: number, lengthBytes: number): void {
  const sound = [offset, lengthBytes].every((one) => Number.isSafeInteger(one) && one >= 0);
  if (sound && lengthBytes <= partBytes) return;
  throw new WinnowError(
    'bad-job',
    `A part of a file has an offset from 0 and at most ${partBytes} bytes; it was ${offset} and ${lengthBytes}.`,
  );
}
