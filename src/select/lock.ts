/**
 * One writer of a matrix at a time. Rows are numbered by what stands above them, so two writers would make a file that nobody can read.
 *
 * The lock is a file beside the matrix with the number of the process that writes. Whoever was killed left it behind: where no such process runs, the next one takes it.
 */
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { WinnowError } from '../base/mod.ts';
import { isRunning } from '../run/mod.ts';

/**
 * @returns what gives the lock back. @throws WinnowError `matrix-busy` while another process writes to the file, `store-unwritable`
 */
export function lockMatrix(path: string): () => void {
  const lock = `${path}.lock`;
  // Written in full before it has its name, so that no reader meets an empty one.
  const own = `${lock}.${process.pid}`;
  try {
    writeFileSync(own, `${process.pid}\n`);
    for (let turn = 0; ; turn++) {
      if (isTaken(() => linkSync(own, lock))) return () => rmSync(lock, { force: true });
      const holder = holderOf(lock);
      if (turn >= 3 || (holder !== null && (holder === process.pid || isRunning(holder))))
        throw new WinnowError(
          'matrix-busy',
          `Process ${holder ?? 'unknown'} writes to ${path}. Wait for it, or name another file; if it is no \`winnow\`, remove ${lock}.`,
        );
      rmSync(lock, { force: true });
    }
  } catch (cause) {
    if (cause instanceof WinnowError) throw cause;
    throw new WinnowError('store-unwritable', `The matrix cannot be written to ${path}.`, { cause });
  } finally {
    rmSync(own, { force: true });
  }
}

function isTaken(take: () => void): boolean {
  try {
    take();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function holderOf(lock: string): number | null {
  try {
    const holder = Number(readFileSync(lock, 'utf8').trim());
    return Number.isSafeInteger(holder) && holder > 0 ? holder : null;
  } catch {
    return null;
  }
}
