/**
 * The host: sessions by id, and connections that use them.
 *
 * Each session has a line (`held.ts`): cells and what touches its files wait in it for each other, so that the host knows whose cell runs, and a
 * client (`connection.ts`) that goes away takes back its own alone. Interrupt, restart and end pass the line, as a cell may never end.
 *
 * It does not know what a session is made of, writes nothing but transcripts, and opens nothing but what a session asks for.
 */

import { chmodSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { WinnowError } from '../../../base/mod.ts';
import type { UndoStore } from '../../overlay/store.ts';
import type { JobFile } from '../../types.ts';
import { type Forked, partBytes, type Session, type SessionRequest, type Sessions } from '../types.ts';
import { Connection } from './connection.ts';
import { databaseOf, type Held, inLine, living, newId, refuseOver, runCell } from './held.ts';
import { HeldSnapshots } from './heldsnapshots.ts';
import { noSession } from './kept.ts';
import { type OverWork, openOver } from './overwork.ts';
import type { HostPlace } from './place.ts';
import type {
  EndAnswer,
  ForkAnswer,
  HostRequest,
  HostState,
  LivingSession,
  RequestOf,
  ShowAnswer,
} from './protocol.ts';
import { pruneKept, type SessionDescription, type SessionEnd, Transcript } from './transcript.ts';

/** Each may hold an interpreter of 10 MB or more; a caller that forgets to end them is told before the machine is full. */
const mostSessions = 500;
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

export class Host {
  readonly #settings: HostSettings;
  readonly #server: Server;
  readonly #held = new Map<string, Held>();
  readonly #names = new Set<string>();
  readonly #snapshots: HeldSnapshots;
  readonly #connections = new Set<Socket>();
  #opening = 0;
  #emptySinceMs: number | null = null;
  #sweep: NodeJS.Timeout | null = null;
  #resolveClosed: () => void = () => {};
  /** Resolves when it has ended: told to, or empty for long enough. */
  readonly closed: Promise<void>;

  constructor(settings: HostSettings) {
    this.#settings = settings;
    this.#snapshots = new HeldSnapshots(settings.place.keptDirectory, (name) => this.#names.delete(name));
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
    this.#snapshots.look();
    const isEmpty =
      this.#held.size === 0 && this.#snapshots.size === 0 && this.#connections.size === 0 && this.#opening === 0;
    if (!isEmpty) this.#emptySinceMs = null;
    else if (this.#emptySinceMs === null) this.#emptySinceMs = now;
    else if (now - this.#emptySinceMs >= this.#settings.lingerMs) void this.close();
  }

  #letGo(held: Held, why: SessionEnd): void {
    if (!this.#held.delete(held.description.id)) return;
    held.isLetGo = true;
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
        await this.#snapshots.dropAll();
        const ended = await Promise.all(all.map((held) => this.#end(held)));
        return { ended } satisfies EndAnswer;
      }
      case 'open':
        return this.#openSnapshot(request.id, request.name);
      case 'end': {
        const snapshot = this.#snapshots.named(request.id);
        if (snapshot !== null) {
          await this.#snapshots.drop(snapshot);
          return { ended: [{ id: snapshot.id, why: 'ended', changes: null }] } satisfies EndAnswer;
        }
        return { ended: [await this.#end(this.#named(request.id))] } satisfies EndAnswer;
      }
      case 'write': {
        const bytes = await from.takePart();
        const { path, offset, mode, isWhole } = request;
        await inLine(this.#named(request.id), from, ({ session }) =>
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
        return runCell(held, request.code, from);
      case 'interrupt': {
        const interrupted = held.running !== null;
        held.session.interrupt();
        return { interrupted };
      }
      case 'restart':
        await held.session.restart();
        held.transcript.add({ kind: 'restart' });
        return living(held);
      case 'database':
        return inLine(held, from, (one) => databaseOf(one, request.act));
      case 'show':
        return {
          session: living(held),
          memoryBytes: await held.session.memoryBytes(),
          files: held.running === null ? await inLine(held, from, ({ session }) => session.list()) : null,
        } satisfies ShowAnswer;
      case 'fork':
        refuseOver(held);
        this.#reserve(request.name);
        return this.#keepingName(request.name, async () =>
          this.#forked(
            await inLine(held, from, ({ session }) => session.fork()),
            held.description,
            held.transcript.path,
            request.name,
          ),
        );
      case 'snapshot':
        refuseOver(held);
        this.#reserve(request.name);
        return this.#keepingName(request.name, () =>
          inLine(held, from, () => this.#snapshots.take(held, request.name)),
        );
      case 'files':
        return inLine(held, from, ({ session }) => session.list(request.pattern));
      case 'read':
        return inLine(held, from, ({ session }) => session.readPart(request.path, request.offset, partBytes));
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
      return living(await this.#hold(session, name, described, null, null, work));
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
        isLetGo: false,
      };
      this.#held.set(description.id, held);
      return held;
    } catch (cause) {
      await session.end();
      await work?.finish();
      throw unwritten(cause, keptDirectory);
    }
  }

  async #openSnapshot(idOrName: string, name: string | null): Promise<ForkAnswer> {
    const one = this.#snapshots.one(idOrName);
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
    return { session: living(held), way, wallMs, differing };
  }

  #state(): HostState {
    return {
      pid: process.pid,
      sessions: [...this.#held.values()].map((held) => living(held)),
      snapshots: this.#snapshots.list(),
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
