/**
 * Files that `winnow train` writes and folders it works in, looked at before the work: an hour of training is not lost to a name that was wrong from
 * the start. A table is written beside its place and renamed, so a search that opens it meanwhile sees the old one or the new one.
 */
import { closeSync, openSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { WinnowError } from '../../base/mod.ts';
import { makeDirectorySync } from '../../run/mod.ts';

/**
 * Makes the folder of a table that is to be written, and tries whether it can be.
 *
 * @throws WinnowError `bad-usage` where a folder has its name; `not-a-directory`, `disk-full`, `path-unreadable`
 */
export function checkTablePlace(file: string): void {
  writing(file, () => {
    makeDirectorySync(dirname(file));
    if (statSync(file, { throwIfNoEntry: false })?.isDirectory())
      throw new WinnowError('bad-usage', `Expected a file to write the table to; ${file} is a directory.`);
    const beside = besideOf(file);
    if (beside === null) return;
    closeSync(openSync(beside, 'w'));
    rmSync(beside);
  });
}

/** @throws WinnowError as `checkTablePlace` */
export function writeTable(file: string, bytes: Uint8Array): void {
  writing(file, () => {
    makeDirectorySync(dirname(file));
    const beside = besideOf(file);
    if (beside === null) return writeFileSync(file, bytes);
    try {
      writeFileSync(beside, bytes);
      renameSync(beside, realPath(file));
    } finally {
      rmSync(beside, { force: true });
    }
  });
}

/** @throws WinnowError `not-a-directory`, `disk-full`, `path-unreadable` */
export function makeWorkFolder(folder: string): void {
  writing(folder, () => {
    makeDirectorySync(folder);
    if (!statSync(folder).isDirectory())
      throw new WinnowError('not-a-directory', `Expected a directory to work in; ${folder} is a file.`);
  });
}

/** `null` for a pipe or a device, which is written to as it is: a file renamed to its name would take its place. */
function besideOf(file: string): string | null {
  const there = statSync(file, { throwIfNoEntry: false });
  return there === undefined || there.isFile() ? `${realPath(file)}.${process.pid}.new` : null;
}

/** What a link leads to is written, not the link. */
function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}

function writing(path: string, act: () => void): void {
  try {
    act();
  } catch (cause) {
    if (cause instanceof WinnowError) throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOTDIR')
      throw new WinnowError('not-a-directory', `${path} cannot be written: a part of it is no directory.`, { cause });
    const full = code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG';
    throw new WinnowError(full ? 'disk-full' : 'path-unreadable', `${path} cannot be written (${message}).`, { cause });
  }
}
