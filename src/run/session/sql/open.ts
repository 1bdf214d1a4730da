/**
 * Opens what a session of SQL on a user's database is made of: its kernels, and what it holds aside.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WinnowError } from '../../../base/mod.ts';
import { readServerAddress } from '../../database/connection.ts';
import { jobLimits } from '../../joblimits.ts';
import type { UndoStore } from '../../overlay/store.ts';
import type { Kernel } from '../kernel.ts';
import type { CheckedSession } from '../limits.ts';
import type { SessionParts } from '../session.ts';
import { postgresHold } from './postgreshold.ts';
import { openPostgresKernel, PostgresKernel, type PostgresSettings } from './postgreskernel.ts';
import { mainDatabase, putIn, sqliteHold, takeSnapshot } from './sqlitehold.ts';

export interface OnDatabase {
  /** The session with room for its database. */
  readonly session: CheckedSession;
  readonly openKernel: () => Promise<Kernel>;
  readonly hold: NonNullable<SessionParts['hold']>;
  /** Once no session on it is left. */
  close(): void;
}

/** How often a database lies in the work directory at most: itself, its journal or a copy beside it, and room to grow. */
const timesInMemory = 3;
const room = 64 * 2 ** 20;
/** What the kernel itself takes, beside files. */
const kernelBytes = 256 * 2 ** 20;

/**
 * @param openPlain a kernel of SQL as the session asks, with no database of the user's
 * @param cacheDir where copies lie meanwhile; null: the system's directory for temporary files
 * @param undo where keeps are written down
 * @throws WinnowError `bad-job`, `bad-usage`, `path-not-found`, `bad-data`, `database-busy`, `unsupported-job`
 */
export async function onDatabase(
  session: CheckedSession,
  openPlain: (session: CheckedSession) => Promise<Kernel>,
  cacheDir: string | null,
  undo: UndoStore | null,
): Promise<OnDatabase | null> {
  const { database, language } = session;
  if (database === null) return null;
  if (language !== 'sql')
    throw new WinnowError('bad-job', `Only a session of sql takes a database; this one is of ${language}.`);
  if (database.kind === 'postgres') {
    const { password, grantIrreversible } = database;
    const address = readServerAddress(database.url);
    return onServer(session, { address, password, grantIrreversible, cellMs: session.limits.cellMs }, undo);
  }
  const place = join(cacheDir ?? tmpdir(), 'winnow-databases');
  forgetOrphans(place);
  const directory = join(place, `${process.pid}-${randomUUID()}`);
  const forget = (): void => rmSync(directory, { recursive: true, force: true });
  try {
    const snapshot = await takeSnapshot(database.file, directory);
    const roomy = withRoom(session, snapshot.sizeBytes);
    const openKernel = async (): Promise<Kernel> => {
      const kernel = await openPlain(roomy);
      try {
        await putIn(snapshot.base, kernel.files);
        return kernel;
      } catch (error) {
        await kernel.end();
        throw error;
      }
    };
    return {
      session: roomy,
      openKernel,
      hold: (one) => sqliteHold(snapshot, one, () => openPlain(roomy), undo?.canApply === true ? undo : null),
      close: forget,
    };
  } catch (error) {
    forget();
    throw error;
  }
}

/** Copies of processes that were killed. */
function forgetOrphans(place: string): void {
  for (const name of existsSync(place) ? readdirSync(place) : []) {
    const pid = Number(/^(\d+)-/.exec(name)?.[1]);
    try {
      if (pid > 0) process.kill(pid, 0);
    } catch (error) {
      // Anything else says that it lives, as another user's.
      if ((error as NodeJS.ErrnoException).code === 'ESRCH')
        rmSync(join(place, name), { recursive: true, force: true });
    }
  }
}

function onServer(session: CheckedSession, settings: PostgresSettings, undo: UndoStore | null): OnDatabase {
  return {
    session,
    openKernel: () => openPostgresKernel(settings),
    hold: (_, kernel) => {
      if (!(kernel instanceof PostgresKernel)) throw new Error('a session on a server without its kernel');
      return postgresHold(kernel, settings, undo);
    },
    close: () => {},
  };
}

function withRoom(session: CheckedSession, sizeBytes: number): CheckedSession {
  const fileBytes = Math.max(session.limits.fileBytes, timesInMemory * sizeBytes + room);
  const memoryBytes = Math.max(session.limits.memoryBytes, fileBytes + kernelBytes);
  if (memoryBytes <= jobLimits.ranges.memoryBytes[1])
    return { ...session, limits: { ...session.limits, fileBytes, memoryBytes } };
  throw new WinnowError(
    'unsupported-job',
    `${mainDatabase} of ${sizeBytes} bytes does not fit into a session's memory.`,
  );
}
