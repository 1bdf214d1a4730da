/**
 * A client of the host: requests are answered one after the other, and an interrupt is heard at once.
 *
 * When it does not take its output as fast as it comes, what is too much is skipped and counted: a report follows that has what is kept. What it sends ahead stays in
 * the socket until its turn. What requests mean is the host's business.
 */
import type { Socket } from 'node:net';
import { WinnowError } from '../../../base/mod.ts';
import { type Frame, FrameReader, frameHead } from '../../embedded/frames.ts';
import type { JobFile } from '../../types.ts';
import { type CellOutput, partBytes } from '../types.ts';
import { outputData } from './celldata.ts';
import {
  failureData,
  type HostEvent,
  type HostRequest,
  kinds,
  mostFrameBytes,
  readRequest,
  type SentFile,
} from './protocol.ts';

/** Unsent output past which a client is too slow, bytes: a second's worth of a terminal, twice over. */
const slowBytes = 4 * 2 ** 20;

export class Connection {
  readonly #socket: Socket;
  readonly #reader = new FrameReader((kind) =>
    kind === kinds.data ? partBytes : kind === kinds.request || kind === kinds.interrupt ? mostFrameBytes : -1,
  );
  readonly #respond: (request: HostRequest, from: Connection) => Promise<unknown>;
  readonly #frames: Frame[] = [];
  #wanted: ((frame: Frame | null) => void) | null = null;
  #onInterrupt: (() => void) | null = null;
  #isInterrupted = false;
  #isGone = false;
  #skipped = 0;

  constructor(socket: Socket, respond: (request: HostRequest, from: Connection) => Promise<unknown>) {
    this.#socket = socket;
    this.#respond = respond;
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      try {
        for (const frame of this.#reader.push(chunk)) this.#hear(frame);
      } catch {
        socket.destroy();
      }
    });
    void this.#serve();
  }

  leave(): void {
    this.#isGone = true;
    this.#onInterrupt?.();
    this.#wanted?.(null);
  }

  /** Told at once when an interrupt came, or the client went, before somebody listened. */
  onInterrupt(act: () => void): () => void {
    this.#onInterrupt = act;
    if (this.#isInterrupted || this.#isGone) act();
    return () => {
      this.#onInterrupt = null;
    };
  }

  output(output: CellOutput): void {
    if (this.#isGone) return;
    const bytes = output.kind === 'stream' ? output.bytes.length : 0;
    if (this.#socket.writableLength > slowBytes) this.#skipped += bytes;
    else this.event({ kind: 'output', output: outputData(output) });
  }

  event(event: HostEvent): void {
    this.#send(kinds.event, Buffer.from(JSON.stringify(event)));
  }

  /** The bytes of files that were announced. @throws WinnowError `session-host` when they do not come */
  async take(files: readonly SentFile[]): Promise<JobFile[]> {
    const taken: JobFile[] = [];
    for (const { path, mode, sizeBytes } of files) {
      const parts: Uint8Array[] = [];
      for (let bytes = 0; bytes < sizeBytes; ) {
        const part = await this.takePart();
        if (part.length === 0) throw cutOff();
        parts.push(part);
        bytes += part.length;
      }
      taken.push({ path, mode, bytes: Buffer.concat(parts) });
    }
    return taken;
  }

  async takePart(): Promise<Uint8Array> {
    const frame = await this.#next();
    if (frame?.kind !== kinds.data) throw cutOff();
    return frame.payload;
  }

  async #serve(): Promise<void> {
    for (;;) {
      const frame = await this.#next();
      if (frame === null) return;
      this.#skipped = 0;
      try {
        if (frame.kind !== kinds.request) throw cutOff();
        const answer = await this.#respond(readRequest(frame.payload), this);
        if (this.#skipped > 0) this.event({ kind: 'skipped', bytes: this.#skipped });
        if (answer instanceof Uint8Array) this.#send(kinds.data, answer);
        else this.#send(kinds.answer, Buffer.from(JSON.stringify(answer)));
      } catch (error) {
        this.#send(kinds.failed, Buffer.from(JSON.stringify(failureData(error))));
      }
    }
  }

  #hear(frame: Frame): void {
    if (frame.kind === kinds.interrupt) {
      this.#isInterrupted = true;
      this.#onInterrupt?.();
      return;
    }
    // Here and not where it is answered: an interrupt may come in the same piece.
    if (frame.kind === kinds.request) this.#isInterrupted = false;
    const wanted = this.#wanted;
    if (wanted === null) this.#frames.push(frame);
    else wanted(frame);
    // What was sent ahead stays in the socket until its turn.
    if (this.#frames.length > 1) this.#socket.pause();
  }

  #next(): Promise<Frame | null> {
    const ready = this.#frames.shift();
    if (this.#frames.length <= 1) this.#socket.resume();
    if (ready !== undefined) return Promise.resolve(ready);
    if (this.#isGone) return Promise.resolve(null);
    return new Promise((resolve) => {
      this.#wanted = (frame) => {
        this.#wanted = null;
        resolve(frame);
      };
    });
  }

  #send(kind: number, payload: Uint8Array): void {
    if (this.#isGone) return;
    this.#socket.write(frameHead(kind, payload.length));
    this.#socket.write(payload);
  }
}

const cutOff = (): WinnowError =>
  new WinnowError('session-host', 'What was announced to the host of sessions did not come.');
