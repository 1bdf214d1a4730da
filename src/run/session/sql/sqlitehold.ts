/**
 * What a session holds aside of an SQLite file of the user's: a consistent copy that cells work on, and how it is kept or dropped.
 *
 * The copy is put into the work directory by parts and taken out by parts, so nothing in the sandbox ever names the user's file, and what
 * lies in the sandbox is read as bytes: only a second sandbox opens it, to say what changed and whether it is sound.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { WinnowError } from '../../../base/mod.ts';
import { copyOut, databaseChanged, databaseFile, fingerprint, putBack } from '../../database/lockedfile.ts';
import type { DatabaseRequest } from '../../overlay/databaseentry.ts';
import type { UndoStore } from '../../overlay/store.ts';
import type { Applied } from '../../overlay/types.ts';
import type { Kernel, WorkFiles } from '../kernel.ts';
import { type DatabaseChange, type DatabaseHold, partBytes, type Session } from '../types.ts';
import { tellingChanges } from './changedtold.ts';
import { checkSound, compareDatabases } from './compare.ts';

/** Where the kernel of SQL has its database (`kernels/sql_kernel.py`). */
export const mainDatabase = 'main.sqlite';

/** A consistent copy of a user's file, in a directory of our own. Sessions and copies of them share it, and never change it. */
export interface DatabaseSnapshot {
  /** The user's file, links followed. */
  readonly file: string;
  readonly directory: string;
  readonly base: string;
  readonly sizeBytes: number;
  readonly fingerprint: string;
}

/**
 * @param directory is made, with mode 0700
 * @throws WinnowError `path-not-found`, `bad-data`, `database-busy`, `disk-full`
 */
export async function takeSnapshot(path: string, directory: string): Promise<DatabaseSnapshot> {
  const file = await databaseFile(path);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const base = join(directory, 'base.sqlite');
  await copyOut(file, base);
  const { size } = await stat(base);
  return { file, directory, base, sizeBytes: size, fingerprint: await fingerprint(base) };
}

/** Puts a file of this machine into a kernel's work directory. */
export async function putIn(source: string, files: Pick<WorkFiles, 'writePart'>, path = mainDatabase): Promise<void> {
  const handle = await open(source);
  try {
    const part = new Uint8Array(partBytes);
    for (let at = 0; ; ) {
      const { bytesRead } = await handle.read(part, 0, part.length, at);
      if (bytesRead === 0 && at > 0) return;
      // An empty file is written too.
      await files.writePart(path, at, part.slice(0, bytesRead), 0o644);
      if (bytesRead === 0) return;
      at += bytesRead;
    }
  } finally {
    await handle.close();
  }
}

/**
 * @param openKernel another kernel of SQL, for looking at what changed away from the session's own
 * @param undo where keeps are written down; null: they can be taken back by this session alone
 */
export function sqliteHold(
  snapshot: DatabaseSnapshot,
  session: Pick<Session, 'list' | 'readPart' | 'writePart' | 'restart' | 'limits'>,
  openKernel: () => Promise<Kernel>,
  undo: UndoStore | null,
): DatabaseHold {
  const own = randomUUID();
  const path = (name: string): string => join(snapshot.directory, `${own}-${name}.sqlite`);
  /** What the user's file is to hold when it is written next, and where that lies; the last is now's, those before it are what undoing goes back to. */
  const states: State[] = [{ ...snapshot, entry: null }];
  const now = (): State => states.at(-1) ?? { ...snapshot, entry: null };
  const write = async (source: string): Promise<void> => {
    await rm(path('scratch'), { force: true });
    await putBack(source, snapshot.file, now().fingerprint, path('scratch'));
    await rm(path('scratch'), { force: true });
  };
  /** @param other lies beside what the user's file is to hold, as `now.sqlite` */
  const beside = async <T>(other: string, work: (kernel: Kernel) => Promise<T>): Promise<T> => {
    const kernel = await openKernel();
    try {
      await putIn(now().base, kernel.files);
      await putIn(other, kernel.files, 'now.sqlite');
      return await work(kernel);
    } finally {
      await kernel.end();
    }
  };
  const apart = async <T>(work: (kernel: Kernel) => Promise<T>): Promise<T> => {
    await takeOut(session, path('now'));
    return beside(path('now'), work);
  };
  /** What others did to the file. */
  const changesSince = async (): Promise<readonly DatabaseChange[]> => {
    const theirs = path('theirs');
    try {
      await copyOut(await databaseFile(snapshot.file), theirs);
      return await beside(theirs, compareDatabases);
    } finally {
      await rm(theirs, { force: true });
    }
  };
  /** Another program may have changed the file: the session goes on from there, and what it kept before cannot be taken back any more. */
  const meetFileAnew = async (): Promise<void> => {
    const base = path(`met${randomUUID()}`);
    try {
      await copyOut(await databaseFile(snapshot.file), base);
    } catch (error) {
      // It is gone, or is no database now: what the session began from is all that there is.
      if (error instanceof WinnowError) return;
      throw error;
    }
    const met = { base, fingerprint: await fingerprint(base), entry: null };
    if (met.fingerprint === now().fingerprint) await rm(base);
    else states.splice(0, states.length, met);
  };
  return {
    kind: 'sqlite',
    name: snapshot.file,
    changes: () => apart(compareDatabases),
    keep: async (command = 'session keep') => {
      const changes = await apart(async (kernel) => {
        const found = await compareDatabases(kernel);
        await checkSound(kernel);
        return found;
      });
      const base = path(`kept${randomUUID()}`);
      await rename(path('now'), base);
      const fingerprints = { before: now().fingerprint, after: await fingerprint(base) };
      let kept: { readonly entry: string | null; readonly notices: readonly string[] } = { entry: null, notices: [] };
      try {
        // Where nothing differs it is still seen that nobody changed the file.
        await tellingChanges(async () => {
          if (undo === null || fingerprints.after === fingerprints.before) await write(base);
          else kept = await keptIn(undo, { name: snapshot.file, command, changes, fingerprints, after: base });
        }, changesSince);
      } catch (error) {
        await rm(base);
        throw error;
      }
      states.push({ base, fingerprint: fingerprints.after, entry: kept.entry });
      return { changes, ...kept };
    },
    undo: async () => {
      const [before, last] = states.slice(-2);
      if (before === undefined || last === undefined)
        throw new WinnowError('unsupported-job', 'Nothing of this session was kept, so there is nothing to take back.');
      const { entry } = last;
      await tellingChanges(async () => {
        if (undo === null || entry === null) await write(before.base);
        else refuseConflict(await undo.undo(undo.find(entry)), snapshot.file);
      }, changesSince);
      states.pop();
    },
    drop: async () => {
      await meetFileAnew();
      await session.restart();
      for (const { path: name, kind } of (await session.list(`${mainDatabase}-*`)).files)
        if (kind === 'file') await session.writePart(name, 0, new Uint8Array(0));
      await putIn(now().base, session);
    },
  };
}

/** A content of the user's file. */
interface State {
  readonly base: string;
  readonly fingerprint: string;
  /** Of the undo store, which knows what was there before; null for the first, and without a store. */
  readonly entry: string | null;
}

async function keptIn(
  undo: UndoStore,
  request: DatabaseRequest,
): Promise<{ readonly entry: string; readonly notices: readonly string[] }> {
  const applied = await undo.keepDatabase(request);
  refuseConflict(applied, request.name);
  return { entry: applied.id, notices: applied.notices };
}

function refuseConflict(applied: Applied, file: string): void {
  if (applied.result === 'conflict') throw databaseChanged(file, applied.conflicts[0]?.why ?? 'its content is another');
}

/** Takes the session's database out, whole. */
async function takeOut(session: Pick<Session, 'list' | 'readPart' | 'limits'>, target: string): Promise<void> {
  const { files } = await session.list(`${mainDatabase}*`);
  const main = files.find(({ path }) => path === mainDatabase);
  if (main?.kind !== 'file')
    throw new WinnowError('bad-data', `The session's database is gone: a cell removed or replaced ${mainDatabase}.`);
  if (files.some(({ path, sizeBytes }) => path.startsWith(`${mainDatabase}-`) && sizeBytes > 0))
    throw new WinnowError(
      'database-busy',
      'A transaction is open in the session, so what it did is neither there nor gone. Run COMMIT or ROLLBACK in a cell first.',
    );
  const handle = await open(target, 'w', 0o600);
  try {
    for (let at = 0; ; ) {
      const part = await session.readPart(mainDatabase, at, partBytes);
      if (part.length === 0) break;
      await handle.write(part);
      at += part.length;
      if (at > session.limits.fileBytes)
        throw new WinnowError('bad-data', "The session's database is larger than its files may be.");
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
}
