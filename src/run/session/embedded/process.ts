/**
 * An engine's process as the host of its sessions holds it: requests go in one after the other, each is answered once.
 *
 * Requests of all its sessions wait in one queue, since the process does one thing at a time. It is gone once: when it ended, or broke the
 * protocol and was killed for it; what waits for it then is told so, and its sessions are gone with it.
 */
import type { Child, Listener } from '../../embedded/child.ts';
import type { ChildPlan } from '../../embedded/confine.ts';
import { type Frame, FrameError, unpack } from '../../embedded/frames.ts';
import { startChild } from '../../embedded/host.ts';
import { saidLast, sandboxFailed } from '../../embedded/jobrun.ts';
import { kinds, readFailed } from '../../embedded/protocol.ts';
import {
  mostSessionBytes,
  readReply,
  readShownFrame,
  type SessionRequest,
  sessionKinds,
} from '../../embedded/session/protocol.ts';
import { makeStopFile, type StopFile } from '../../embedded/session/stopfile.ts';
import type { CellOutput } from '../types.ts';

/** What a request hears before its answer. */
export interface AskEvents {
  /** Its turn has come; it is sent when this returns. @returns false: it is not wanted any more */
  begins?(): boolean;
  output?(output: CellOutput): void;
  /** More was written than may be. */
  limit?(): void;
}

/** The process ended before the answer. */
export class Gone extends Error {
  /** It had no memory left, by its own words. */
  readonly outOfMemory: boolean;
  constructor(message: string, outOfMemory: boolean) {
    super(message);
    this.outOfMemory = outOfMemory;
  }
}

/** The request was not wanted any more when its turn came. */
export class Unwanted extends Error {}

/** What the child refuses to do, in its words. */
export class Refused extends Error {}

/** @throws WinnowError `sandbox-failed` */
function openStopFile(): StopFile {
  try {
    return makeStopFile();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw sandboxFailed(
      `A session needs a file in the directory for temporary files, and none can be made (${why}).`,
      cause,
    );
  }
}

export class EngineProcess {
  readonly version: string;
  readonly #child: Child;
  readonly #stopFile: StopFile;
  #queue: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #lastId = 0;
  #heldBytes = 0;
  /** The number of the cell that has no answer yet. */
  #runs: number | null = null;
  /** Sessions and snapshots in it. */
  members = 0;

  private constructor(child: Child, version: string, stopFile: StopFile) {
    this.#child = child;
    this.version = version;
    this.#stopFile = stopFile;
  }

  /** @throws WinnowError `cancelled`, `sandbox-failed`, `toolchain-missing` */
  static async start(plan: ChildPlan, language: string, signal: AbortSignal): Promise<EngineProcess> {
    const stopFile = openStopFile();
    try {
      const { child, ready } = await startChild({ ...plan, stopFile: stopFile.descriptor }, language, signal);
      return new EngineProcess(child, ready.version, stopFile);
    } catch (cause) {
      stopFile.close();
      throw cause;
    }
  }

  get isGone(): boolean {
    return this.#child.isGone;
  }

  /** Requests that run or wait. */
  get load(): number {
    return this.#waiting;
  }

  /** Bytes of all its sessions' states together, as it said last. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Since its start; null where it cannot be known. */
  cpuMs(): number | null {
    return this.#child.cpuMs();
  }

  /** @returns a number that no session and no cell of it has */
  nextId(): number {
    return ++this.#lastId;
  }

  /**
   * @returns what the child answers, unread
   * @throws Gone, Unwanted, Refused, and WinnowError `sandbox-failed` when the engine failed
   */
  ask(request: SessionRequest, events: AskEvents = {}): Promise<unknown> {
    this.#waiting++;
    const turn = this.#queue.then(() => {
      if (events.begins?.() === false) throw new Unwanted('not wanted any more');
      return this.#exchange(request, events);
    });
    this.#queue = turn.then(
      () => void this.#waiting--,
      () => void this.#waiting--,
    );
    return turn;
  }

  /** Asks a cell to stop by itself. */
  wish(cell: number): void {
    this.#stopFile.wish(cell);
  }

  /** Has V8 end a cell, if it is the one that runs; the engine goes on. @returns false: it cannot be reached */
  breakOff(cell: number): boolean {
    if (this.#runs !== cell) return true;
    // A signal knows no cell, so the child must know of it before the next one begins.
    this.#stopFile.announce();
    return this.#child.interrupt();
  }

  kill(): void {
    this.#child.kill();
  }

  async end(): Promise<void> {
    this.#child.kill();
    await this.#child.closed;
    this.#stopFile.close();
  }

  #exchange(request: SessionRequest, events: AskEvents): Promise<unknown> {
    const child = this.#child;
    this.#runs = request.op === 'run' ? request.cell : null;
    return new Promise((resolve, reject) => {
      const done = (act: () => void): void => {
        child.listener = null;
        this.#runs = null;
        act();
      };
      const listener: Listener = {
        mostBytes: mostSessionBytes,
        frame: ({ kind, payload }: Frame) => {
          if (kind === kinds.stdout || kind === kinds.stderr)
            events.output?.({ kind: 'stream', stream: kind === kinds.stdout ? 'stdout' : 'stderr', bytes: payload });
          else if (kind === sessionKinds.shown) events.output?.(readShownFrame(payload));
          else if (kind === sessionKinds.limit) events.limit?.();
          else if (kind === sessionKinds.reply) {
            const reply = readReply(unpack(payload));
            if ('refused' in reply) done(() => reject(new Refused(reply.refused)));
            else {
              this.#heldBytes = reply.heldBytes;
              done(() => resolve(reply.value));
            }
          } else if (kind === kinds.failed) {
            const { message } = readFailed(unpack(payload));
            done(() => reject(sandboxFailed(`The engine failed: ${message}`)));
          } else throw new FrameError(`a frame of kind ${kind} out of turn`);
        },
        gone: (broke) => done(() => void this.#obituary(broke).then(reject)),
      };
      child.listener = listener;
      if (child.isGone) listener.gone(null);
      else child.send(sessionKinds.request, request);
    });
  }

  async #obituary(broke: FrameError | null): Promise<Gone> {
    const code = await this.#child.closed;
    const { complaint } = this.#child;
    if (broke !== null) return new Gone(`it broke the protocol (${broke.message})`, false);
    return new Gone(saidLast(code, complaint), /out of memory|Allocation failed/i.test(complaint));
  }
}
