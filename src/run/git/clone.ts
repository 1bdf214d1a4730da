/**
 * Cloning a repository to be searched, and bringing the clone up to date.
 *
 * Only the newest commit of the branch that the address stands on is fetched: searching reads the work tree. A clone is made under another name and
 * renamed when it is whole, so none is ever there in part; what a killed process left is removed by the next. A clone is ours: nobody
 * works in it, so an update makes it equal to what was fetched, whatever lies there.
 */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { WinnowError } from '../../base/mod.ts';
import { isRunning } from '../processmark.ts';
import type { GitAddress } from './address.ts';
import { type GitRun, type GitSettings, runGit } from './git.ts';

/** What a clone is called until it is whole, with the id of the process that makes it and a number. */
const unfinished = /^\.new-(\d+)-\d+$/;

let made = 0;

/**
 * Clones below a directory, under a name that nobody takes for a whole clone.
 *
 * @param parent made where it is not there
 * @returns where the clone is, for the caller to rename or remove
 * @throws WinnowError as `runGit`, `store-unwritable`; nothing is left then
 */
export async function cloneRepository(
  address: GitAddress,
  parent: string,
  settings: GitSettings,
  run: GitRun = {},
): Promise<string> {
  const making = join(parent, `.new-${process.pid}-${++made}`);
  try {
    mkdirSync(parent, { recursive: true });
    removeUnfinished(parent);
  } catch (cause) {
    throw new WinnowError('store-unwritable', `No clone can be written in ${parent}: ${(cause as Error).message}.`, {
      cause,
    });
  }
  const words = ['clone', '--progress', '--single-branch', '--no-tags', '--no-recurse-submodules', '--template='];
  const target = ['--', address.url, making];
  try {
    try {
      await runGit([...words, '--depth', '1', ...target], address, settings, run);
    } catch (cause) {
      if (!isDumb(cause)) throw cause;
      // A server of plain files cannot tell one commit from all.
      rmSync(making, { recursive: true, force: true });
      await runGit([...words, ...target], address, settings, run);
    }
    return making;
  } catch (cause) {
    rmSync(making, { recursive: true, force: true });
    throw cause;
  }
}

/**
 * Makes a clone equal to what its address has now.
 *
 * @throws WinnowError as `runGit`; the clone is then as it was, or as far as git had come, and another update mends it
 */
export async function updateClone(
  address: GitAddress,
  directory: string,
  settings: GitSettings,
  run: GitRun = {},
): Promise<void> {
  const inside = ['-C', directory];
  const fetch = [...inside, 'fetch', '--progress', '--no-tags', '--no-recurse-submodules', '--force'];
  const from = ['--', address.url, 'HEAD'];
  // What a killed git left would stop the next for good.
  for (const lock of ['index.lock', 'shallow.lock', 'HEAD.lock'])
    rmSync(join(directory, '.git', lock), { force: true });
  try {
    await runGit([...fetch, '--depth', '1', ...from], address, settings, run);
  } catch (cause) {
    if (!isDumb(cause)) throw cause;
    await runGit([...fetch, ...from], address, settings, run);
  }
  await runGit([...inside, 'checkout', '--force', '--detach', 'FETCH_HEAD'], address, settings, run);
  await runGit([...inside, 'clean', '-ffdxq'], address, settings, run);
}

const isDumb = (cause: unknown): boolean =>
  cause instanceof WinnowError && cause.code === 'git-failed' && /dumb http transport/i.test(cause.message);

/** Removes clones whose makers are gone. */
function removeUnfinished(parent: string): void {
  for (const name of readdirSync(parent)) {
    const [, pid] = unfinished.exec(name) ?? [];
    if (pid !== undefined && !isRunning(Number(pid))) rmSync(join(parent, name), { recursive: true, force: true });
  }
}
