/**
 * A session as the host holds it: its line, in which cells and what touches its files wait for each other, the cell that runs, and what is told of it.
 */
import { randomBytes } from 'node:crypto';
import { WinnowError } from '../../../base/mod.ts';
import type { Session } from '../types.ts';
import { reportData } from './celldata.ts';
import type { Connection } from './connection.ts';
import type { OverWork } from './overwork.ts';
import type { DatabaseAct, DatabaseAnswer, LivingSession } from './protocol.ts';
import type { SessionDescription, Transcript } from './transcript.ts';

export interface Held {
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
  /** The host has let it go: what waits in its line comes too late. */
  isLetGo: boolean;
}

/**
 * Waits for what came before. A client that takes it back, or goes away, does not wait for its turn.
 *
 * @throws WinnowError `cancelled`, `session-over`
 */
export function inLine<Result>(held: Held, from: Connection, act: (held: Held) => Promise<Result>): Promise<Result> {
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
      if (held.isLetGo) return reject(over(held));
      // What is thrown at once is the caller's as well, and none of those who wait behind.
      await Promise.resolve(held).then(act).then(resolve, reject);
    });
  });
}

/** Runs a cell in its turn, and writes it down. */
export function runCell(held: Held, code: string, from: Connection): Promise<unknown> {
  return inLine(held, from, async ({ session, transcript }) => {
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

export function living({ description, session, running, waiting, cells, lastMs }: Held): LivingSession {
  return {
    ...description,
    state: running === null ? 'idle' : 'running',
    cells,
    waiting,
    lastMs,
    caveats: session.caveats,
  };
}

/** Short enough to type, and not to be guessed by accident: 2^40. */
export const newId = (kind: 's' | 'p'): string =>
  `${kind}-${[...randomBytes(8)].map((byte) => 'abcdefghjkmnpqrstvwxyz23456789ab'[byte % 32]).join('')}`;

/** Two sessions cannot write one overlay, and a copy of what is there would be a copy of the user's directory. */
export function refuseOver({ description, work }: Held): void {
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

export async function databaseOf({ session, description }: Held, act: DatabaseAct): Promise<DatabaseAnswer> {
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
