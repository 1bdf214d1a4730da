/**
 * At most one process writes to a run: two that go on with the same one would ask everything twice and mix their rows.
 *
 * The index's own lock, on an empty file in the folder: it is the operating system's and ends with the process, however that ends, so there is none to be left behind.
 */
import { WinnowError } from '../../base/mod.ts';
import { tryLock } from '../../index/mod.ts';

export interface RunLock {
  /** Once or more often. */
  release(): void;
}

/** @throws WinnowError `run-busy`, `store-unwritable`, `disk-full` */
export function lockRun(folder: string): RunLock {
  const lock = tryLock(folder);
  if (lock === null)
    throw new WinnowError(
      'run-busy',
      `Another process works on the run ${folder}. Wait until it has ended, or stop it; nothing was asked or run.`,
      { details: { folder } },
    );
  let isHeld = true;
  return {
    release: () => {
      if (isHeld) lock.release();
      isHeld = false;
    },
  };
}
