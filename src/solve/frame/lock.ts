/**
 * At most one process writes to a run: two that go on with the same one would ask everything twice and mix their rows.
 *
 * An exclusive transaction on an empty SQLite file in the folder. That lock is the operating system's and ends with the process, however that ends, so there is none to be left behind.
 */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { WinnowError } from '../../base/mod.ts';

export interface RunLock {
  /** Once or more often. */
  release(): void;
}

/** SQLite's own number. */
const busy = 5;

/** @throws WinnowError `run-busy`, `path-unreadable` */
export function lockRun(folder: string): RunLock {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(join(folder, 'lock.sqlite'), { timeout: 0 });
    database.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    if (database?.isOpen === true) database.close();
    const { errcode = 0, message } = cause as { errcode?: number; message?: string };
    if (errcode % 256 === busy)
      throw new WinnowError(
        'run-busy',
        `Another process works on the run ${folder}. Wait until it has ended, or stop it; nothing was asked or run.`,
        { details: { folder } },
      );
    throw new WinnowError('path-unreadable', `Cannot lock the run ${folder} (${message}).`, { cause });
  }
  return {
    release: () => {
      if (database.isOpen) database.close();
    },
  };
}
