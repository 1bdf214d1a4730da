/**
 * A session of an embedded engine, as the driver of sessions sees it: a kernel (`../kernel.ts`).
 *
 * A cell is stopped in three steps. It is asked to, and keeps its state; V8 breaks it off, and the state is that of before the cell; where
 * even that is not heard, the process is killed, and the sessions in it are gone. A kernel whose session is gone begins a new one with its next cell.
 */
import { WinnowError } from '../../../base/mod.ts';
import { sandboxFailed } from '../../embedded/jobrun.ts';
import type { EngineEnding, SessionSetup } from '../../embedded/session/engine.ts';
import { type CellReply, readBytes, readCell, readChanges, readFiles } from '../../embedded/session/protocol.ts';
import type { ChangedFile } from '../../types.ts';
import type { CellEvents, Kernel, KernelEnding, KernelImage, KernelReport, WorkFiles } from '../kernel.ts';
import { matches } from '../pattern.ts';
import { partBytes } from '../types.ts';
import { type EngineProcess, Gone, Refused, Unwanted } from './process.ts';

/** After V8 was told to break a cell off, ms. It does within some ms, and a new interpreter takes up to a second on a busy machine. */
const breakOffMs = 5000;
/** What a cell has for heeding a wish before it is broken off, ms. */
const heedMs = 100;
/** CPU time is looked at no more often. */
const lookMs = 50;
/** Files that a listing names. Source: `../types.ts`. */
const mostListed = 10_000;

/** What a kernel is opened with. */
export interface KernelPlace {
  readonly setup: SessionSetup;
  readonly limits: { readonly cellCpuMs: number; readonly outputBytes: number };
  readonly caveats: readonly string[];
  /** Whether the engine copies states. */
  readonly copies: boolean;
  /** A process with room, counted as its member; `release` must follow. */
  take(): Promise<EngineProcess>;
  release(process: EngineProcess): void;
}

interface Seat {
  readonly process: EngineProcess;
  readonly id: number;
}

/** @throws WinnowError */
export async function openKernel(place: KernelPlace): Promise<Kernel> {
  return new EmbeddedKernel(place, await newSeat(place), '');
}

async function newSeat(place: KernelPlace): Promise<Seat> {
  const process = await place.take();
  const id = process.nextId();
  try {
    await process.ask({ op: 'new', id, setup: place.setup });
  } catch (cause) {
    place.release(process);
    throw failure(cause);
  }
  return { process, id };
}

async function copySeat({ process, id: from }: Seat): Promise<Seat> {
  const id = process.nextId();
  try {
    await process.ask({ op: 'copy', id, from });
  } catch (cause) {
    throw failure(cause);
  }
  process.members++;
  return { process, id };
}

async function leaveSeat(place: KernelPlace, { process, id }: Seat): Promise<void> {
  try {
    if (!process.isGone) await process.ask({ op: 'drop', id });
  } catch (cause) {
    if (!(cause instanceof Gone)) throw failure(cause);
  } finally {
    place.release(process);
  }
}

function failure(cause: unknown): unknown {
  if (cause instanceof Gone) return sandboxFailed(`The engine's process ended (${cause.message}).`, cause);
  return cause;
}

class EmbeddedKernel implements Kernel {
  readonly version: string;
  readonly caveats: readonly string[];
  readonly files: WorkFiles;
  readonly image?: () => Promise<KernelImage>;
  readonly #place: KernelPlace;
  #seat: Seat | null;
  #cell: { number: number; isAt: boolean; isWanted: boolean; isKilled: boolean } | null = null;
  #killTimer: NodeJS.Timeout | null = null;

  constructor(place: KernelPlace, seat: Seat, version: string) {
    this.#place = place;
    this.#seat = seat;
    this.version = version === '' ? seat.process.version : version;
    this.caveats = place.caveats;
    this.files = workFiles(() => this.#sit());
    if (place.copies) this.image = () => this.#image();
  }

  /** The session, or a new one where it is gone with its process. */
  async #sit(): Promise<Seat> {
    if (this.#seat?.process.isGone === true) {
      this.#place.release(this.#seat.process);
      this.#seat = null;
    }
    this.#seat ??= await newSeat(this.#place);
    return this.#seat;
  }

  async run(cell: { readonly code: string; readonly count: number }, events: CellEvents): Promise<KernelReport> {
    const wasGone = this.#seat?.process.isGone === true;
    const { process, id } = await this.#sit();
    const number = process.nextId();
    const now = { number, isAt: false, isWanted: true, isKilled: false };
    this.#cell = now;
    const { outputBytes, cellCpuMs } = this.#place.limits;
    let watch: NodeJS.Timeout | null = null;
    try {
      const said = await process.ask(
        { op: 'run', id, ...cell, cell: number, outputBytes },
        {
          begins: () => {
            if (!now.isWanted) return false;
            now.isAt = true;
            events.begins?.();
            watch = watchCpu(process, cellCpuMs, () => events.limit('cpu'));
            return true;
          },
          output: (output) => events.output(output),
          limit: () => events.limit('output'),
        },
      );
      const report = readCell(said);
      for (const stream of ['stdout', 'stderr'] as const)
        if (report.omitted[stream] > 0) events.omitted(stream, report.omitted[stream]);
      return reportOf(report, now.isKilled, wasGone);
    } catch (cause) {
      if (cause instanceof Unwanted) return unstarted;
      if (cause instanceof Gone) return goneReport(cause, now.isKilled);
      throw cause;
    } finally {
      this.#cell = null;
      if (watch !== null) clearInterval(watch);
      if (this.#killTimer !== null) clearTimeout(this.#killTimer);
      this.#killTimer = null;
    }
  }

  interrupt(): void {
    const cell = this.#cell;
    if (cell === null) return;
    if (cell.isAt) this.#seat?.process.wish(cell.number);
    // It waits for its turn, behind another session's cell.
    else cell.isWanted = false;
  }

  kill(): void {
    const cell = this.#cell;
    const process = this.#seat?.process;
    if (cell === null || process === undefined) return;
    cell.isWanted = false;
    if (!cell.isAt || cell.isKilled) return;
    cell.isKilled = true;
    const breakOff = (): void => {
      if (!process.breakOff(cell.number)) process.kill();
      this.#killTimer = setTimeout(() => process.kill(), breakOffMs);
    };
    // Who asks and kills in one breath lets the cell keep its state, if it heeds that.
    process.wish(cell.number);
    this.#killTimer = setTimeout(breakOff, heedMs);
  }

  async restart(): Promise<void> {
    const { process, id } = await this.#sit();
    try {
      await process.ask({ op: 'restart', id });
    } catch (cause) {
      if (!(cause instanceof Gone)) throw cause;
      await this.#sit();
    }
  }

  async #image(): Promise<KernelImage> {
    const place = this.#place;
    const seat = await copySeat(await this.#sit());
    const sizeBytes = await sizeOf(seat);
    const { version } = this;
    return {
      sizeBytes,
      open: async () => new EmbeddedKernel(place, await copySeat(seat), version),
      drop: () => leaveSeat(place, seat),
    };
  }

  async memoryBytes(): Promise<number | null> {
    const seat = this.#seat;
    return seat === null || seat.process.isGone ? null : sizeOf(seat);
  }

  async end(): Promise<void> {
    const seat = this.#seat;
    this.#seat = null;
    if (seat !== null) await leaveSeat(this.#place, seat);
  }
}

async function sizeOf({ process, id }: Seat): Promise<number> {
  const size = await process.ask({ op: 'size', id }).catch((cause: unknown) => {
    throw failure(cause);
  });
  return typeof size === 'number' && Number.isFinite(size) ? size : 0;
}

function watchCpu(process: EngineProcess, limitMs: number, passed: () => void): NodeJS.Timeout | null {
  const began = process.cpuMs();
  if (began === null) return null;
  const timer = setInterval(() => {
    const now = process.cpuMs();
    if (now === null || now - began < limitMs) return;
    clearInterval(timer);
    passed();
  }, lookMs);
  return timer;
}

const unstarted: KernelReport = {
  ending: { kind: 'interrupted' },
  cpuMs: 0,
  stateLost: false,
  filesLost: false,
  notices: ['The cell was stopped before it began: another session of the same engine was at it.'],
};

const goneBefore =
  'The engine of this session had ended with a cell of another one; this cell began in a fresh one, without earlier variables and files.';

function reportOf({ ending, state, cpuMs, notices }: CellReply, isKilled: boolean, wasGone: boolean): KernelReport {
  const back = isKilled
    ? 'The cell did not heed being asked to stop and was broken off; variables and files are those of before it.'
    : 'Variables and files are those of before the cell.';
  return {
    ending: kernelEnding(ending),
    cpuMs,
    stateLost: state === 'lost',
    filesLost: false,
    notices: [...(wasGone ? [goneBefore] : []), ...notices, ...(state === 'before' ? [back] : [])],
  };
}

function kernelEnding(ending: EngineEnding): KernelEnding {
  return ending.kind === 'exit' ? { kind: 'kernel-ended', code: ending.code, signal: ending.signal } : ending;
}

function goneReport({ message, outOfMemory }: Gone, isKilled: boolean): KernelReport {
  const ending: KernelEnding = isKilled
    ? { kind: 'interrupted' }
    : outOfMemory
      ? { kind: 'out-of-memory' }
      : { kind: 'kernel-ended', code: null, signal: null };
  const notice = `The engine's process ended with the cell (${message}); other sessions in it are gone as well.`;
  return { ending, cpuMs: null, stateLost: true, filesLost: true, notices: [notice] };
}

function workFiles(sit: () => Promise<Seat>): WorkFiles {
  const ask = async (request: (id: number) => Parameters<EngineProcess['ask']>[0]): Promise<unknown> => {
    const { process, id } = await sit();
    try {
      return await process.ask(request(id));
    } catch (cause) {
      throw failure(cause);
    }
  };
  const read = async (path: string, offset: number, length: number): Promise<Uint8Array> =>
    readBytes(await ask((id) => ({ op: 'read', id, path, offset, length })), length);
  return {
    async changed(pattern, limitBytes) {
      const found: ChangedFile[] = [];
      let left = limitBytes;
      for (const { path, change, sizeBytes, mode, text } of readChanges(await ask((id) => ({ op: 'changes', id })))) {
        if (!matches(pattern, path)) continue;
        if (change === 'symlink') found.push({ path, change, target: text });
        else if (change === 'removed') found.push({ path, change });
        else if (change === 'left-out') found.push({ path, change, reason: text });
        else if (sizeBytes > left)
          found.push({ path, change: 'left-out', reason: `the files together pass ${limitBytes} bytes` });
        else {
          left -= sizeBytes;
          const parts: Uint8Array[] = [];
          for (let at = 0; at < sizeBytes; at += partBytes)
            parts.push(await read(path, at, Math.min(partBytes, sizeBytes - at)));
          found.push({ path, change, bytes: new Uint8Array(Buffer.concat(parts)), mode });
        }
      }
      return found;
    },
    async put(files) {
      await ask((id) => ({ op: 'put', id, files })).catch(refusedWrite);
    },
    async list(pattern) {
      const all = readFiles(await ask((id) => ({ op: 'list', id }))).filter(({ path }) => matches(pattern, path));
      return { files: all.slice(0, mostListed), omitted: Math.max(0, all.length - mostListed) };
    },
    readPart: (path, offset, lengthBytes) =>
      read(path, offset, lengthBytes).catch((cause: unknown) => {
        if (!(cause instanceof Refused)) throw cause;
        throw new WinnowError('path-not-found', `${cause.message}.`, { details: { path } });
      }),
    async writePart(path, offset, bytes, mode) {
      await ask((id) => ({ op: 'write', id, path, offset, bytes, mode })).catch(refusedWrite);
    },
  };
}

function refusedWrite(cause: unknown): never {
  if (cause instanceof Refused) throw new WinnowError('bad-job', `The session takes no such file: ${cause.message}.`);
  throw cause;
}
