/**
 * Kernels of the native backend: a language's program in a live cell, and the few messages they exchange.
 *
 *   to the kernel     1 cell {count, code} · 2 interrupt {count}, beside SIGINT, where it hears that (`kernels.ts`)
 *   from the kernel   1 ready {} · 2 shown {isResult, text, isCut, json?, table?, png? as base64} · 3 done {count, ending, notices}
 *
 * The kernel's process is also the cell's code, so what comes is read as a stranger's (`messages.ts`). A cell may lie about its own outcome, as any
 * program may print what it likes; it can break neither the session nor another's. When a kernel has ended, the next cell starts another one in the
 * same work directory.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { WinnowError } from '../../../base/mod.ts';
import { FrameError } from '../../embedded/frames.ts';
import type { CellEvents, Kernel, KernelReport } from '../kernel.ts';
import type { SessionLimits } from '../types.ts';
import { type LiveCell, type Program, type ProgramEnd, sendBytes } from './cell.ts';
import { type DoneMessage, doneOf, shownOf } from './messages.ts';
import { Noise } from './noise.ts';
import { CellFiles } from './workfiles.ts';

const toKernel = { cell: 1, interrupt: 2 } as const;
const fromKernel = { ready: 1, shown: 2, done: 3 } as const;

/** An interpreter starts in 20 to 100 ms; on a machine that swaps or is overloaded, seconds. */
const startMs = 30_000;
/** What a cell may show, bytes of messages: as much as a report keeps, four times over, before it is stopped as one that prints without end. */
const shownBytes = 64 * 2 ** 20;

export interface NativeKernelParts {
  readonly program: Program;
  readonly version: string;
  readonly limits: SessionLimits;
  readonly caveats: readonly string[];
  /** It works over a directory of the user's, and what it changed there is wanted in the end. */
  readonly isOver: boolean;
  readonly hearsInterrupts: boolean;
  /** Its standard error needs a filter (`noise.ts`). */
  readonly isNoisy: boolean;
  /** A cell in the kernel's own words, where it reads no messages. */
  readonly encode: ((cell: { readonly code: string; readonly count: number }) => Uint8Array) | null;
}

/** Output between cells that is kept: a few lines of a thread or a server. */
const betweenBytes = 64 * 1024;
/** Agents and scripts run cells in a row; a message less for each. */
const restMs = 20;
/** From here to a process in the sandbox a signal takes some 0.3 ms; a busy machine has its processes wait for tens. */
const signalMs = 25;

const notBegun: KernelReport = {
  ending: { kind: 'interrupted' },
  cpuMs: null,
  stateLost: false,
  filesLost: false,
  notices: ['It was stopped before it began, while its kernel was started.'],
};

interface Running {
  readonly count: number;
  readonly events: CellEvents;
  readonly resolve: (report: KernelReport) => void;
  readonly reject: (error: Error) => void;
  readonly notices: string[];
  shownBytes: number;
}

export class NativeKernel implements Kernel {
  readonly version: string;
  readonly caveats: readonly string[];
  readonly files: CellFiles;
  readonly #cell: LiveCell;
  readonly #parts: NativeKernelParts;
  readonly #noise: Noise | null;
  #running: Running | null = null;
  #starting: { resolve(): void; reject(error: Error): void } | null = null;
  #ending: (() => void) | null = null;
  /** What became of a kernel between two cells; told by the next. */
  #lastWords: string[] = [];
  /** What was written between two cells, by what earlier ones left behind; the next one's output begins with it. */
  #between: { readonly stream: 'stdout' | 'stderr'; readonly bytes: Uint8Array }[] = [];
  #betweenBytes = 0;
  /** A signal is on its way that the cell it was meant for may not have waited for. */
  #wasInterrupted = false;
  /** Tells the sandbox that the cell is over, unless another one begins at once, which tells as much. */
  #resting: NodeJS.Timeout | undefined;

  constructor(cell: LiveCell, parts: NativeKernelParts) {
    this.#cell = cell;
    this.#parts = parts;
    this.version = parts.version;
    this.caveats = parts.caveats;
    this.files = new CellFiles(cell);
    this.#noise = parts.isNoisy ? new Noise() : null;
  }

  /** Starts the program and waits until it is ready for a cell. @throws WinnowError `sandbox-failed` */
  async start(): Promise<void> {
    const timer = setTimeout(() => this.#cell.kill(), startMs);
    try {
      await new Promise<void>((resolve, reject) => {
        this.#starting = { resolve, reject };
        this.#cell.start(this.#parts.program, {
          frame: (kind, payload, cpuMs) => this.#hear(kind, payload, cpuMs),
          output: (stream, bytes) => this.#output(stream, bytes),
          omitted: (stream, bytes) => this.#running?.events.omitted(stream, bytes),
          limit: () => this.#running?.events.limit('cpu'),
          lost: (why) => this.#lose(why),
          ended: (end) => this.#end(end),
          broken: (error) => this.#break(error),
        });
      });
    } finally {
      clearTimeout(timer);
      this.#starting = null;
    }
    // What the start took is no cell's.
    this.#cell.rest();
  }

  async run(cell: { readonly code: string; readonly count: number }, events: CellEvents): Promise<KernelReport> {
    const { encode } = this.#parts;
    const message = encode?.(cell) ?? Buffer.from(JSON.stringify({ count: cell.count, code: cell.code }));
    if (message.length > sendBytes)
      throw new WinnowError('bad-job', `A cell may have ${sendBytes} bytes; it has ${message.length}.`);
    if (!this.#cell.isRunning) {
      if (this.#cell.broken !== null) throw this.#cell.broken;
      this.#wasInterrupted = false;
      try {
        await this.start();
      } catch (error) {
        // Ended while it started, by whoever did not want to wait for it.
        if (!this.#wasInterrupted || this.#cell.broken !== null) throw error;
      }
      if (this.#wasInterrupted) return notBegun;
      events.begins?.();
    }
    if (this.#wasInterrupted) await sleep(signalMs);
    this.#wasInterrupted = false;
    const { cellCpuMs, outputBytes } = this.#parts.limits;
    return new Promise((resolve, reject) => {
      this.#running = {
        count: cell.count,
        events,
        resolve,
        reject,
        notices: this.#lastWords.splice(0),
        shownBytes: 0,
      };
      for (const { stream, bytes } of this.#between.splice(0)) events.output({ kind: 'stream', stream, bytes });
      if (this.#betweenBytes > 0)
        this.#running.notices.push(
          `${this.#betweenBytes} bytes were written before the cell began, by what earlier ones left behind.`,
        );
      this.#betweenBytes = 0;
      clearTimeout(this.#resting);
      this.#cell.begin({ cpuMs: cellCpuMs, outputBytes });
      if (encode === null) this.#cell.send(toKernel.cell, message);
      else this.#cell.sendBytes(message);
    });
  }

  interrupt(): void {
    if (!this.#cell.isRunning) return;
    this.#wasInterrupted = true;
    if (this.#starting !== null) return;
    if (this.#parts.hearsInterrupts && this.#running !== null)
      this.#cell.send(toKernel.interrupt, Buffer.from(JSON.stringify({ count: this.#running.count })));
    this.#cell.signal('SIGINT');
  }

  kill(): void {
    if (this.#cell.isRunning) this.#cell.kill();
  }

  async restart(): Promise<void> {
    if (this.#cell.isRunning) {
      await new Promise<void>((resolve) => {
        this.#ending = resolve;
        this.#cell.kill();
      });
    }
    this.#lastWords = [];
    await this.start();
  }

  memoryBytes(): Promise<number | null> {
    return this.#cell.memoryBytes();
  }

  async end(): Promise<void> {
    try {
      if (this.#parts.isOver && this.#cell.broken === null) await this.#cell.collect();
    } finally {
      await this.#cell.end();
    }
  }

  #hear(kind: number, payload: Uint8Array, cpuMs: number): void {
    if (kind === fromKernel.ready) {
      this.#starting?.resolve();
      return;
    }
    const running = this.#running;
    // Of an earlier cell, or nobody's: a thread that went on, or a forgery.
    if (running === null) return;
    try {
      if (kind === fromKernel.shown) {
        running.shownBytes += payload.length;
        if (running.shownBytes > shownBytes) running.events.limit('output');
        else running.events.output(shownOf(payload));
      } else if (kind === fromKernel.done) {
        const done = doneOf(payload);
        if (done.count === running.count) this.#finish(running, done, cpuMs);
      } else throw new FrameError(`a message of kind ${kind}`);
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      this.#lose('wrote to its channel to the session what is no message');
    }
  }

  #output(stream: 'stdout' | 'stderr', written: Uint8Array): void {
    // What the runtime says while it starts is nobody's output.
    if (this.#starting !== null) return;
    const bytes = stream === 'stderr' && this.#noise !== null ? this.#noise.pass(written) : written;
    if (bytes.length > 0) this.#pass(stream, bytes);
  }

  #pass(stream: 'stdout' | 'stderr', bytes: Uint8Array): void {
    if (this.#running !== null) this.#running.events.output({ kind: 'stream', stream, bytes });
    else {
      if (this.#betweenBytes < betweenBytes) this.#between.push({ stream, bytes: bytes.slice() });
      this.#betweenBytes += bytes.length;
    }
  }

  #finish(running: Running, { ending, notices }: DoneMessage, cpuMs: number): void {
    this.#passRest();
    this.#running = null;
    this.#resting = setTimeout(() => this.#cell.rest(), restMs);
    this.#resting.unref();
    running.resolve({
      ending,
      cpuMs,
      stateLost: false,
      filesLost: false,
      notices: [...running.notices, ...notices],
    });
  }

  #passRest(): void {
    const rest = this.#noise?.rest();
    if (rest !== undefined && rest.length > 0) this.#pass('stderr', rest);
  }

  #lose(why: string): void {
    this.#running?.notices.push(`The kernel ${why}, so it was ended.`);
    this.#cell.kill();
  }

  #end(end: ProgramEnd): void {
    this.#ending?.();
    this.#ending = null;
    const said = wordsOf(end, this.#parts);
    this.#starting?.reject(
      new WinnowError('sandbox-failed', `The session's kernel did not start: ${said ?? 'it ended'}. Try again.`, {
        details: { ...end },
      }),
    );
    this.#passRest();
    const running = this.#running;
    this.#running = null;
    if (running === null) {
      if (this.#starting === null)
        this.#lastWords.push(`The kernel ended between two cells (${said ?? 'it exited'}): this one met a fresh one.`);
      return;
    }
    // A code or a signal of its own the ending has already.
    const isTold = end.isOutOfMemory || (end.killed !== null && end.killed !== 'host');
    running.resolve({
      ending: end.isOutOfMemory
        ? { kind: 'out-of-memory' }
        : { kind: 'kernel-ended', code: end.code, signal: end.signal },
      cpuMs: end.cpuMs,
      stateLost: true,
      filesLost: false,
      notices: [...running.notices, ...(said === null || !isTold ? [] : [`The kernel ended: ${said}.`])],
    });
  }

  #break(error: WinnowError): void {
    this.#ending?.();
    this.#ending = null;
    this.#starting?.reject(error);
    this.#running?.reject(error);
    this.#running = null;
  }
}

function wordsOf(end: ProgramEnd, { limits }: NativeKernelParts): string | null {
  if (end.unstarted !== null) return `it could not be executed (${end.unstarted})`;
  if (end.isOutOfMemory) return `its processes and files needed more than ${limits.memoryBytes} bytes of memory`;
  if (end.killed === 'cpu') return `what went on between cells used more than ${limits.cellCpuMs} ms of CPU time`;
  if (end.killed === 'disk')
    return `it wrote more than ${limits.fileBytes} bytes over the directory, or filled the disk`;
  if (end.killed === 'processes') return `more than ${limits.processes} processes`;
  if (end.signal !== null) return `a signal, ${end.signal}`;
  return end.code === null || end.code === 0 ? null : `exit code ${end.code}`;
}
