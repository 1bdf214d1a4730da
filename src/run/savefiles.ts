/**
 * Writes the files that a run changed below a directory of this machine.
 *
 * The program chose their names and contents, so nothing of it is trusted: a name must be as sound as a
 * job's and show itself as it is, no symlink is made or passed through, no file gets more than its owner's ordinary
 * rights, and nothing goes into a `.git`, whose hooks and settings Git would run.
 * What was removed is not removed here.
 */
import { constants, mkdirSync } from 'node:fs';
import { lstat, mkdir, open, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { WinnowError } from '../base/mod.ts';
import { directoriesOf, pathProblem } from './jobpath.ts';
import type { ChangedFile } from './types.ts';

export interface Saved {
  readonly written: readonly string[];
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
}

/**
 * @param directory made when it is not there; files in it are written over
 * @throws WinnowError `not-a-directory` when something else has its name; `disk-full`, `path-unreadable` when it cannot be written
 */
export async function saveFiles(files: readonly ChangedFile[], directory: string): Promise<Saved> {
  const written: string[] = [];
  const skipped: { path: string; reason: string }[] = [];
  await openDirectory(directory);
  for (const file of files) {
    const reason = file.change === 'removed' ? null : await save(file, directory);
    if (reason === undefined) written.push(file.path);
    else if (reason !== null) skipped.push({ path: file.path, reason });
  }
  return { written, skipped };
}

async function openDirectory(directory: string): Promise<void> {
  await write(directory, async () => {
    await makeDirectory(directory);
    if ((await stat(directory)).isDirectory()) return;
    throw new WinnowError(
      'not-a-directory',
      `${directory} is no directory, so nothing can be written into it. Choose another name.`,
      { details: { path: directory } },
    );
  });
}

/** @returns why it was not written; undefined when it was */
async function save(file: Exclude<ChangedFile, { change: 'removed' }>, directory: string): Promise<string | undefined> {
  if (file.change === 'left-out') return file.reason;
  if (file.change === 'symlink') return `it is a symbolic link to ${JSON.stringify(file.target)}`;
  const opened = await openFile(file.path, file.mode, directory);
  if ('reason' in opened) return opened.reason;
  await opened.write(file.bytes).finally(() => opened.close());
  return undefined;
}

/** A file that was opened to be written, part by part. */
export interface SavingFile {
  /** @throws WinnowError `disk-full`, `path-unreadable` */
  write(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** The same with files that are too big for memory. @throws WinnowError as `saveFiles` does */
export async function openSaving(
  directory: string,
): Promise<{ open(path: string, mode: number): Promise<SavingFile | { readonly reason: string }> }> {
  await openDirectory(directory);
  return { open: (path, mode) => openFile(path, mode, directory) };
}

async function openFile(name: string, mode: number, directory: string): Promise<SavingFile | { reason: string }> {
  const problem = pathProblem(name) ?? nameProblem(name);
  if (problem !== null) return { reason: `its name ${problem}` };
  for (const part of directoriesOf(name)) {
    const path = join(directory, part);
    await write(path, () => mkdir(path).catch(unlessThere));
    if (!(await lstat(path)).isDirectory()) return { reason: `${JSON.stringify(part)} is no directory here` };
  }
  const path = join(directory, name);
  const there = await lstat(path).catch(() => null);
  if (there !== null && !there.isFile()) return { reason: 'something that is no plain file has its name here' };
  // O_NOFOLLOW: should the name have become a link since the look, the call fails. Rights of others, and set-user-ID bits, are not
  // the program's to give.
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;
  const handle = await write(path, () => open(path, flags, 0o600 | (mode & 0o100)));
  return {
    write: (bytes) => write(path, () => handle.writeFile(bytes)),
    close: () => handle.close(),
  };
}

/**
 * Control characters and line separators (escape codes, a second line) and those that turn the direction of writing: a terminal
 * or a list would show another name. https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters
 */
const deceiving = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

/** @returns what makes a sound path unfit for this machine's directories; null when nothing does */
function nameProblem(path: string): string | null {
  if (deceiving.test(path)) return 'holds characters that control terminals or turn the direction of writing';
  return path.split(/[/\\]/).some(isGits) ? 'has a part ".git", where Git would find commands to run' : null;
}

/**
 * As Git itself judges (`verify_path`, `core.protectHFS`, `core.protectNTFS`): without regard to case, to what HFS+ leaves
 * out, and to what NTFS leaves out at the end; `git~1` is its short name there.
 */
function isGits(part: string): boolean {
  const seen = part
    .replaceAll(/\p{Cf}/gu, '')
    .replace(/:.*$/s, '')
    .replace(/[. ]+$/, '')
    .toLowerCase();
  return seen === '.git' || seen === 'git~1';
}

/** Not Node's `recursive`, which never ends below `/proc`, where a directory can neither be made nor found. */
export async function makeDirectory(path: string, parents = true): Promise<void> {
  await mkdir(path).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') return;
    if (!parents || error.code !== 'ENOENT' || dirname(path) === path) throw error;
    await makeDirectory(dirname(path));
    await makeDirectory(path, false);
  });
}

/** The same at once. */
export function makeDirectorySync(path: string, parents = true): void {
  try {
    mkdirSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (!parents || code !== 'ENOENT' || dirname(path) === path) throw error;
    makeDirectorySync(dirname(path));
    makeDirectorySync(path, false);
  }
}

function unlessThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

async function write<Result>(path: string, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof WinnowError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOTDIR' || code === 'ELOOP')
      throw new WinnowError(
        'not-a-directory',
        `${path} cannot be: a part of it is no directory. Choose another name.`,
        {
          details: { path },
          cause: error,
        },
      );
    const full = code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG';
    throw new WinnowError(
      full ? 'disk-full' : 'path-unreadable',
      `${path} could not be written (${message}). ${full ? 'Make room' : 'Fix its permissions'}, or choose another directory.`,
      { details: { path }, cause: error },
    );
  }
}
