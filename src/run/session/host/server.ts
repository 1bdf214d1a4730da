/**
 * The host: sessions by id, and connections that use them.
 *
 * Each session has a line: cells and what touches its files wait in it for each other, so that the host knows whose cell runs, and a
 * client that goes away takes back its own alone. Interrupt, restart and end pass the line, as a cell may never end. When a
 * client does not take its output as fast as it comes, what is too much is skipped: a report follows that has what is kept.
 *
 * It does not know what a session is made of, writes nothing but transcripts, and opens nothing but what a session asks for.
 */

import { randomBytes } from 'node:crypto';
import { chmodSync, copyFileSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { WinnowError } from '../../../base/mod.ts';
import { type Frame, FrameReader, frameHead } from '../../embedded/frames.ts';
import type { UndoStore } from '../../overlay/store.ts';
import type { JobFile } from '../../types.ts';
import {
  type CellOutput,
  type Forked,
  partBytes,
  type Session,
  type SessionRequest,
  type Sessions,
  type Snapshot,
} from '../types.ts';
import { outputData, reportData } from './celldata.ts';
import { noSession } from './kept.ts';
import { type OverWork, openOver } from './overwork.ts';
import type { HostPlace } from './place.ts';
import {
  type DatabaseAct,
  type DatabaseAnswer,
  type EndAnswer,
  type ForkAnswer,
  failureData,
  type HostEvent,
  type HostRequest,
  type HostState,
  kinds,
  type LivingSession,
  type LivingSnapshot,
  mostFrameBytes,
  type RequestOf,
  readRequest,
  type SentFile,
  type ShowAnswer,
} from './protocol.ts';
import { pruneKept, type SessionDescription, type SessionEnd, snapshotRows, Transcript } from './transcript.ts';

/** Each may hold an interpreter of 10 MB or more; a caller that forgets to end them is told before the machine is full. */
const mostSessions = 500;
/** Unsent output past which a client is too slow, bytes: a second's worth of a terminal, twice over. */
const slowBytes = 4 * 2 ** 20;
/** A snapshot that nobody opened or dropped, ms: as long as a session may last that does not say. */
const snapshotMs = 8 * 3_600_000;
/** How often ended sessions and an empty host are looked for, ms. */
const sweepMs = 500;

export interface HostSettings {
  readonly place: HostPlace;
  readonly socket: string;
  readonly sessions: Sessions;
  /** Where what sessions changed in directories of the user's is kept. */
  readonly undo: UndoStore;
  /** Time without session, snapshot and connection after which the host ends, ms. */
  readonly lingerMs: number;
}

interface Held {
  readonly description: SessionDescription;
  readonly session: Session;
  readonly work: OverWork | null;
  readonly transcript: Transcript;
  /** Resolves when all that waits in line has been. */
  line: Promise<unknown>;
  waiting: number;
  /** The cell that runs now. */
  running: object | null;
  cells: number;
  lastMs: number;
}

interface HeldSnapshot extends LivingSnapshot {
  readonly snapshot: Snapshot;
  readonly description: SessionDescription;
  /** Rows of the session it was taken of, as they were then. */
  readonly rows: string;
}

export class Host {
  readonly #settings: HostSettings;
  readonly #server: Server;
  readonly #held = new Map<string, Held>();
  readonly #snapshots = new Map<string, HeldSnapshot>();
  readonly #names = new Set<string>();
  readonly #connections = new Set<Socket>();
  #opening = 0;
  #emptySinceMs: number | null = null;
  #sweep: NodeJS.Timeout | null = null;
  #resolveClosed: () => void = () => {};
  /** Resolves when it has ended: told to, or empty for long enough. */
  readonly closed: Promise<void>;

  constructor(settings: HostSettings) {
    this.#settings = settings;
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    this.#server = createServer((socket) => this.#accept(socket));
  }

  async listen(): Promise<void> {
    const { socket, place } = this.#settings;
    pruneKept(place.keptDirectory, new Set());
    // Killed hosts left theirs, and nobody else is the host now.
    for (const name of readdirSync(place.socketDirectory))
      if (/^host-\d+\.sock$/.test(name)) rmSync(join(place.socketDirectory, name), { force: true });
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(socket, resolve);
    });
    chmodSync(socket, 0o600);
    this.#sweep = setInterval(() => this.#look(), sweepMs);
  }

  /** Ends all sessions, and itself. */
  async close(): Promise<void> {
    if (this.#sweep === null) return;
    clearInterval(this.#sweep);
    this.#sweep = null;
    this.#server.close();
    await Promise.allSettled([...this.#held.values()].map((held) => this.#end(held)));
    await this.#settings.sessions.close().catch(() => {});
    for (const socket of this.#connections) socket.destroy();
    this.#resolveClosed();
  }

  /** Sessions that ended by themselves are let go; a host with nothing to hold ends. */
  #look(): void {
    // Somebody removed the home: no command finds this host any more.
    if (this.#sweep !== null && !existsSync(this.#settings.socket)) void this.close();
    for (const held of this.#held.values()) if (held.session.over !== null) this.#end(held).catch(() => {});
    const now = Date.now();
    for (const one of this.#snapshots.values()) if (now - one.createdMs > snapshotMs) this.#drop(one).catch(() => {});
    const isEmpty =
      this.#held.size === 0 && this.#snapshots.size === 0 && this.#connections.size === 0 && this.#opening === 0;
    if (!isEmpty) this.#emptySinceMs = null;
    else if (this.#emptySinceMs === null) this.#emptySinceMs = now;
    else if (now - this.#emptySinceMs >= this.#settings.lingerMs) void this.close();
  }

  #letGo(held: Held, why: SessionEnd): void {
    if (!this.#held.delete(held.description.id)) return;
    if (held.description.name !== null) this.#names.delete(held.description.name);
    held.transcript.end(why);
  }

  /** Ends it where it has not ended itself, and takes what it changed from it. */
  async #end(held: Held): Promise<EndAnswer['ended'][number]> {
    const why: SessionEnd = held.session.over ?? 'ended';
    const { id } = held.description;
    this.#letGo(held, why);
    await held.session.end().catch(() => {});
    return { id, why, changes: (await held.work?.finish()) ?? null };
  }

  async #drop(one: HeldSnapshot): Promise<void> {
    this.#snapshots.delete(one.id);
    if (one.name !== null) this.#names.delete(one.name);
    rmSync(one.rows, { force: true });
    await one.snapshot.drop().catch(() => {});
  }

  #accept(socket: Socket): void {
    this.#connections.add(socket);
    const connection = new Connection(socket, (request, from) => this.#answer(request, from));
    socket.on('close', () => {
      this.#connections.delete(socket);
      connection.leave();
    });
  }

  async #answer(request: HostRequest, from: Connection): Promise<unknown> {
    switch (request.verb) {
      case 'new':
        return this.#open(request, await from.take(request.files));
      case 'list':
        return this.#state();
      case 'end-all': {
        const all = [...this.#held.values()];
        for (const one of this.#snapshots.values()) await this.#drop(one);
        const ended = await Promise.all(all.map((held) => this.#end(held)));
        return { ended } satisfies EndAnswer;
      }
      case 'open':
        return this.#openSnapshot(request.id, request.name);
      case 'end': {
        const snapshot = this.#snapshotNamed(request.id);
        if (snapshot !== null) {
          await this.#drop(snapshot);
          return { ended: [{ id: snapshot.id, why: 'ended', changes: null }] } satisfies EndAnswer;
        }
        return { ended: [await this.#end(this.#named(request.id))] } satisfies EndAnswer;
      }
      case 'write': {
        const bytes = await from.takePart();
        const { path, offset, mode, isWhole } = request;
        await this.#inLine(this.#named(request.id), from, ({ session }) =>
          isWhole ? session.put([{ path, bytes, mode }]) : session.writePart(path, offset, bytes, mode),
        );
        return null;
      }
      default:
        return this.#answerOf(this.#named(request.id), request, from);
    }
  }

  async #answerOf(
    held: Held,
    request: Exclude<HostRequest, { verb: 'new' | 'list' | 'end-all' | 'open' | 'end' | 'write' }>,
    from: Connection,
  ): Promise<unknown> {
    switch (request.verb) {
      case 'run':
        return this.#run(held, request.code, from);
      case 'interrupt': {
        const interrupted = held.running !== null;
        held.session.interrupt();
        return { interrupted };
      }
      case 'restart':
        await held.session.restart();
        held.transcript.add({ kind: 'restart' });
        return this.#living(held);
      case 'database':
        return this.#inLine(held, from, (one) => databaseOf(one, request.act));
      case 'show':
        return {
          session: this.#living(held),
          memoryBytes: await held.session.memoryBytes(),
          files: held.running === null ? await this.#inLine(held, from, ({ session }) => session.list()) : null,
        } satisfies ShowAnswer;
      case 'fork':
        refuseOver(held);
        this.#reserve(request.name);
        return this.#keepingName(request.name, async () =>
          this.#forked(
            await this.#inLine(held, from, ({ session }) => session.fork()),
            held.description,
            held.transcript.path,
            request.name,
          ),
        );
      case 'snapshot':
        refuseOver(held);
        this.#reserve(request.name);
        return this.#keepingName(request.name, () =>
          this.#inLine(held, from, () => this.#takeSnapshot(held, request.name)),
        );
      case 'files':
        return this.#inLine(held, from, ({ session }) => session.list(request.pattern));
      case 'read':
        return this.#inLine(held, from, ({ session }) => session.readPart(request.path, request.offset, partBytes));
    }
  }

  async #open({ name, request, over }: RequestOf<'new'>, files: readonly JobFile[]): Promise<LivingSession> {
    this.#reserve(name);
    return this.#keepingName(name, async () => {
      const { sessions, undo } = this.#settings;
      const whole: SessionRequest = { ...request, ...(files.length > 0 ? { files } : {}) };
      const { session, work } =
        over === null
          ? { session: await sessions.open(whole), work: null }
          : await openOver(undo, sessions, whole, over);
      const described = {
        determinism: request.determinism ?? {},
        files: files.map(({ path }) => path),
        over: work?.directory ?? null,
      };
      return this.#living(await this.#hold(session, name, described, null, null, work));
    });
  }

  async #hold(
    session: Session,
    name: string | null,
    described: Pick<SessionDescription, 'determinism' | 'files' | 'over'>,
    from: SessionDescription['from'],
    rows: string | null,
    work: OverWork | null,
  ): Promise<Held> {
    const description: SessionDescription = {
      id: newId('s'),
      name,
      language: session.language,
      backend: session.backend,
      version: session.version,
      limits: session.limits,
      ...described,
      from,
      createdMs: Date.now(),
    };
    const { keptDirectory } = this.#settings.place;
    try {
      const held: Held = {
        description,
        session,
        work,
        transcript: new Transcript(keptDirectory, description, rows),
        line: Promise.resolve(),
        waiting: 0,
        running: null,
        cells: session.history.length,
        lastMs: Date.now(),
      };
      this.#held.set(description.id, held);
      return held;
    } catch (cause) {
      await session.end();
      await work?.finish();
      throw unwritten(cause, keptDirectory);
    }
  }

  async #takeSnapshot(held: Held, name: string | null): Promise<LivingSnapshot> {
    const snapshot = await held.session.snapshot();
    const { id: of, language } = held.description;
    const living: LivingSnapshot = {
      id: newId('p'),
      name,
      of,
      language,
      way: snapshot.way,
      sizeBytes: snapshot.sizeBytes,
      createdMs: Date.now(),
    };
    const rows = join(this.#settings.place.keptDirectory, `${living.id}${snapshotRows}`);
    copyFileSync(held.transcript.path, rows);
    this.#snapshots.set(living.id, { ...living, snapshot, description: held.description, rows });
    return living;
  }

  async #openSnapshot(idOrName: string, name: string | null): Promise<ForkAnswer> {
    const one = this.#snapshotNamed(idOrName);
    if (one === null) throw unknownSnapshot(idOrName);
    this.#reserve(name);
    return this.#keepingName(name, async () =>
      this.#forked(await one.snapshot.open(), { ...one.description, id: one.id }, one.rows, name),
    );
  }

  async #forked(
    { session, way, wallMs, differing }: Forked,
    of: SessionDescription,
    rows: string,
    name: string | null,
  ): Promise<ForkAnswer> {
    const { determinism, files, over, id } = of;
    const held = await this.#hold(session, name, { determinism, files, over }, { id, way }, rows, null);
    return { session: this.#living(held), way, wallMs, differing };
  }

  async #run(held: Held, code: string, from: Connection): Promise<unknown> {
    return this.#inLine(held, from, async ({ session, transcript }) => {
      const mark = {};
      held.running = mark;
      from.event({ kind: 'begins' });
      const stopListening = from.onInterrupt(() => {
        if (held.running === mark) session.interrupt();
      });
      try {
        const report = await session.run(code, { onOutput: (output) => from.output(output) });
        const data = reportData(report);
        held.cells = Math.max(held.cells, report.count);
        transcript.add({ kind: 'cell', code, report: data });
        return data;
      } finally {
        stopListening();
        held.running = null;
        held.lastMs = Date.now();
      }
    });
  }

  /**
   * Waits for what came before. A client that takes it back, or goes away, does not wait for its turn.
   *
   * @throws WinnowError `cancelled`, `session-over`
   */
  #inLine<Result>(held: Held, from: Connection, act: (held: Held) => Promise<Result>): Promise<Result> {
    held.waiting++;
    return new Promise((resolve, reject) => {
      let isTakenBack = false;
      const stopListening = from.onInterrupt(() => {
        isTakenBack = true;
        reject(new WinnowError('cancelled', 'It was taken back before its turn came.'));
      });
      held.line = held.line.then(async () => {
        held.waiting--;
        if (isTakenBack) return;
        stopListening();
        if (!this.#held.has(held.description.id)) return reject(over(held));
        // What is thrown at once is the caller's as well, and none of those who wait behind.
        await Promise.resolve(held).then(act).then(resolve, reject);
      });
    });
  }

  #living({ description, session, running, waiting, cells, lastMs }: Held): LivingSession {
    return {
      ...description,
      state: running === null ? 'idle' : 'running',
      cells,
      waiting,
      lastMs,
      caveats: session.caveats,
    };
  }

  #state(): HostState {
    return {
      pid: process.pid,
      sessions: [...this.#held.values()].map((held) => this.#living(held)),
      snapshots: [...this.#snapshots.values()].map(({ snapshot: _, description: __, rows: ___, ...living }) => living),
      memoryBytes: process.memoryUsage.rss(),
    };
  }

  #named(idOrName: string): Held {
    this.#look();
    const held =
      this.#held.get(idOrName) ?? [...this.#held.values()].find(({ description }) => description.name === idOrName);
    if (held === undefined) throw noSession(this.#settings.place.keptDirectory, idOrName);
    return held;
  }

  #snapshotNamed(idOrName: string): HeldSnapshot | null {
    return this.#snapshots.get(idOrName) ?? [...this.#snapshots.values()].find(({ name }) => name === idOrName) ?? null;
  }

  /** @throws WinnowError `bad-usage` when it is taken, `session-host` when there are too many */
  #reserve(name: string | null): void {
    this.#look();
    if (this.#held.size + this.#opening >= mostSessions)
      throw new WinnowError(
        'session-host',
        `There are ${mostSessions} sessions already, which is as many as there may be. End some: \`winnow session list\` names them.`,
      );
    if (name === null) return;
    if (this.#names.has(name))
      throw new WinnowError(
        'bad-usage',
        `A session or snapshot with the name ${name} lives already. Use it, end it, or choose another name.`,
        { details: { name } },
      );
    this.#names.add(name);
  }

  /** A name that came to nothing is free again. */
  async #keepingName<Result>(name: string | null, act: () => Promise<Result>): Promise<Result> {
    this.#opening++;
    try {
      return await act();
    } catch (cause) {
      if (name !== null) this.#names.delete(name);
      throw cause;
    } finally {
      this.#opening--;
    }
  }
}

/** One client. Requests are answered one after the other; an interrupt is heard at once. */
class Connection {
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

/** Short enough to type, and not to be guessed by accident: 2^40. */
const newId = (kind: 's' | 'p'): string =>
  `${kind}-${[...randomBytes(8)].map((byte) => 'abcdefghjkmnpqrstvwxyz23456789ab'[byte % 32]).join('')}`;

const cutOff = (): WinnowError =>
  new WinnowError('session-host', 'What was announced to the host of sessions did not come.');

const unknownSnapshot = (idOrName: string): WinnowError =>
  new WinnowError(
    'unknown-session',
    `No snapshot has the id or name ${JSON.stringify(idOrName)}. \`winnow session list\` names those there are.`,
    { details: { snapshot: idOrName } },
  );

/** A disk that is full, or a home that was removed, is the world's doing. */
function unwritten(cause: unknown, path: string): unknown {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === undefined) return cause;
  const isFull = code === 'ENOSPC' || code === 'EDQUOT';
  return new WinnowError(
    isFull ? 'disk-full' : 'store-unwritable',
    `The session's transcript cannot be begun below ${path} (${message}). ${isFull ? 'Make room' : 'Fix its permissions'}, or set WINNOW_HOME to another directory.`,
    { details: { path }, cause },
  );
}

/** Two sessions cannot write one overlay, and a copy of what is there would be a copy of the user's directory. */
function refuseOver({ description, work }: Held): void {
  if (work === null) return;
  throw new WinnowError(
    'unsupported-job',
    `A session that works on a directory cannot be copied; ${description.name ?? description.id} works on ${work.directory}.`,
    { details: { session: description.id, directory: work.directory } },
  );
}

function over({ description, session }: Held): WinnowError {
  return new WinnowError(
    'session-over',
    `The session ${description.name ?? description.id} has ended (${session.over ?? 'ended'}). Make another with \`winnow session new\`.`,
    { details: { session: description.id, why: session.over } },
  );
}

async function databaseOf({ session, description }: Held, act: DatabaseAct): Promise<DatabaseAnswer> {
  const { database } = session;
  if (database === undefined)
    throw new WinnowError(
      'unsupported-job',
      'The session has no database of yours. Give one when it begins: session new --lang sql --database FILE.',
    );
  const { kind, name } = database;
  const told = { kind, name, changes: [], entry: null, notices: [] };
  if (act === 'changes') return { ...told, changes: await database.changes() };
  if (act === 'keep')
    return { ...told, ...(await database.keep(`session keep ${description.name ?? description.id}`)) };
  await database[act]();
  return told;
}
