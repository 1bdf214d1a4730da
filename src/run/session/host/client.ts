/**
 * The side of a command: finds the host, starts it where there is none, and asks it.
 *
 * A connection carries one request at a time. The host is this user's: who owns the directory was looked at (`place.ts`), and so was who
 * owns the socket before it is spoken to. A host is started detached, so that no Ctrl-C or closed terminal of the command that
 * happened to start it ends the sessions of others.
 */
import { spawn } from 'node:child_process';
import { closeSync, lstatSync, openSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { WinnowError } from '../../../base/mod.ts';
import { type Frame, FrameReader, frameHead } from '../../embedded/frames.ts';
import type { JobFile, RunSettings } from '../../types.ts';
import { partBytes } from '../types.ts';
import { type HostRecord, livingHost } from './hostlock.ts';
import { type HostPlace, openHostPlace } from './place.ts';
import {
  type Answers,
  type HostEvent,
  type HostRequest,
  kinds,
  mostFrameBytes,
  parsed,
  protocolNumber,
  type RequestOf,
  readFailure,
} from './protocol.ts';
import { winnowVersion } from './version.ts';

/** A host listens after half a second; a machine with ten other starts at once took eight. */
const startMs = 60_000;
/** Between looks at whether it listens. */
const lookMs = 15;

/** What the host is started with, as its one argument. */
export interface HostPlan {
  /** The home that its directory lies below. */
  readonly home: string;
  readonly run: RunSettings;
  /** The undo store of this user. */
  readonly undo: { readonly directory: string };
}

export interface CallOptions {
  /** Aborted: an interrupt is sent, once; the answer is still waited for. */
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: HostEvent) => void;
  /** Bytes that the request announces. */
  readonly data?: Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

export class HostClient {
  readonly #socket: Socket;
  readonly #reader = new FrameReader(() => mostFrameBytes);
  readonly record: HostRecord;
  #hear: ((frame: Frame | null) => void) | null = null;
  #isGone = false;

  constructor(socket: Socket, record: HostRecord) {
    this.#socket = socket;
    this.record = record;
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      for (const frame of this.#reader.push(chunk)) this.#hear?.(frame);
    });
    socket.on('close', () => {
      this.#isGone = true;
      this.#hear?.(null);
    });
  }

  /** @throws WinnowError what the host says; `session-host` when it is gone */
  async call<Verb extends HostRequest['verb']>(
    request: RequestOf<Verb>,
    { signal, onEvent, data }: CallOptions = {},
  ): Promise<Answers[Verb]> {
    const onAbort = (): void => this.#send(kinds.interrupt, new Uint8Array(0));
    const answered = new Promise<unknown>((resolve, reject) => {
      this.#hear = (frame) => {
        if (frame === null) reject(gone(this.record));
        else if (frame.kind === kinds.event) onEvent?.(parsed(frame.payload) as HostEvent);
        else if (frame.kind === kinds.answer) resolve(parsed(frame.payload));
        else if (frame.kind === kinds.data) resolve(frame.payload);
        else reject(readFailure(frame.payload));
      };
      if (this.#isGone) reject(gone(this.record));
    });
    // It may fail while data is still sent.
    answered.catch(() => {});
    try {
      this.#send(kinds.request, Buffer.from(JSON.stringify(request)));
      for await (const part of data ?? []) await this.#sendWhole(part);
      if (signal?.aborted === true) onAbort();
      else signal?.addEventListener('abort', onAbort, { once: true });
      return (await answered) as Answers[Verb];
    } finally {
      signal?.removeEventListener('abort', onAbort);
      this.#hear = null;
    }
  }

  close(): void {
    this.#socket.destroy();
  }

  #send(kind: number, payload: Uint8Array): void {
    if (this.#isGone) return;
    this.#socket.write(frameHead(kind, payload.length));
    this.#socket.write(payload);
  }

  /** Waits until the system has it, so that a file that is sent is not held in memory. */
  async #sendWhole(part: Uint8Array): Promise<void> {
    if (this.#isGone) return;
    this.#socket.write(frameHead(kinds.data, part.length));
    await new Promise<void>((resolve) => {
      this.#socket.write(part, () => resolve());
    });
  }
}

/** The bytes of files, in parts, as `new` and `write` announce them. */
export function* partsOf(files: readonly JobFile[]): Generator<Uint8Array> {
  for (const { bytes } of files)
    for (let at = 0; at < bytes.length; at += partBytes) yield bytes.subarray(at, at + partBytes);
}

/**
 * @param anyVersion speak to a host of another version as well, as long as it speaks alike: to end its sessions
 * @returns null when no host runs
 * @throws WinnowError `session-host`
 */
export async function findHost(home: string, { anyVersion = false } = {}): Promise<HostClient | null> {
  const place = openHostPlace(home);
  for (const deadline = Date.now() + startMs; ; ) {
    const record = livingHost(place.directory);
    if (record === null) return null;
    const client = await reach(record, anyVersion);
    if (client !== null) return client;
    if (Date.now() > deadline) throw silent(record);
    await sleep(lookMs);
  }
}

/** The same, and starts a host when there is none. @throws WinnowError `session-host` */
export async function openHost(plan: HostPlan): Promise<HostClient> {
  const place = openHostPlace(plan.home);
  let started: Promise<number | null> | null = null;
  for (const deadline = Date.now() + startMs; Date.now() < deadline; await sleep(lookMs)) {
    const record = livingHost(place.directory);
    const client = record === null ? null : await reach(record, false);
    if (client !== null) return client;
    if (record !== null) continue;
    if (started === null) started = startHost(place, plan);
    // Of two that were started at once one ends, with 0, and finds the other in the next round.
    const ended = await Promise.race([started, sleep(lookMs, undefined)]);
    if (ended === undefined || livingHost(place.directory) !== null) continue;
    if (ended !== 0) throw notStarted(place);
    started = null;
  }
  throw notStarted(place);
}

/** @returns null while it does not listen, or has just ended. @throws WinnowError `session-host` when it is of another version */
async function reach(record: HostRecord, anyVersion: boolean): Promise<HostClient | null> {
  const own = winnowVersion();
  if (record.protocol !== protocolNumber || (record.version !== own && !anyVersion))
    throw new WinnowError(
      'session-host',
      `The process that holds the sessions (${record.pid}) is of Winnow ${record.version}, and this is ${own}. ${
        record.protocol === protocolNumber
          ? 'End its sessions with `winnow session end --all`'
          : `End it with \`kill ${record.pid}\`, which ends its sessions`
      }; their transcripts stay.`,
      { details: { pid: record.pid, version: record.version, own } },
    );
  const socket = await new Promise<Socket | null>((resolve) => {
    try {
      if (lstatSync(record.socket).uid !== process.getuid?.()) return resolve(null);
    } catch {
      return resolve(null);
    }
    const opened = connect(record.socket);
    opened.once('connect', () => resolve(opened));
    opened.once('error', () => resolve(null));
  });
  return socket === null ? null : new HostClient(socket, record);
}

const logName = 'host.log';

/** @returns its exit code, should it end while it is waited for; null when it could not be started */
function startHost(place: HostPlace, plan: HostPlan): Promise<number | null> {
  const log = openSync(join(place.directory, logName), 'w', 0o600);
  try {
    const child = spawn(
      process.execPath,
      ['--no-warnings', fileURLToPath(new URL('./host-main.ts', import.meta.url)), JSON.stringify(plan)],
      { cwd: '/', env: { TMPDIR: tmpdir() }, detached: true, stdio: ['ignore', 'ignore', log] },
    );
    child.unref();
    return new Promise((resolve) => {
      child.once('error', () => resolve(null));
      child.once('exit', (code) => resolve(code));
    });
  } finally {
    closeSync(log);
  }
}

function notStarted(place: HostPlace): WinnowError {
  const path = join(place.directory, logName);
  let said = '';
  try {
    said = readFileSync(path, 'utf8').trim().slice(-500);
  } catch {
    // There is nothing to tell then.
  }
  return new WinnowError(
    'session-host',
    `The process that holds the sessions did not start${said === '' ? '' : `: ${said.replaceAll(/\s+/g, ' ')}`}. What it says stands in ${path}.`,
    { details: { log: path, said } },
  );
}

const gone = ({ pid }: HostRecord): WinnowError =>
  new WinnowError(
    'session-host',
    `The process that held the sessions (${pid}) is gone, and its sessions with it. \`winnow session list\` names them; their transcripts stay.`,
    { details: { pid } },
  );

const silent = ({ pid }: HostRecord): WinnowError =>
  new WinnowError(
    'session-host',
    `The process that holds the sessions (${pid}) does not answer. End it with \`kill ${pid}\`, which ends its sessions; their transcripts stay.`,
    { details: { pid } },
  );
