/**
 * Where the host of sessions lives on disk: one directory per home, for its owner alone.
 *
 *   sessions/         mode 0700
 *     host-N.json     who the host is (`hostlock.ts`)
 *     host.log        what it said when it failed
 *     kept/ID/        a session's description and transcript (`transcript.ts`)
 *
 * Sockets have no password: who may enter the directory may speak to the host, and that is its owner and root. So the directory's owner
 * and mode are looked at before every use. A socket's address holds 107 bytes; where the home is longer, sockets lie in a directory of
 * the same kind among temporary files. Not here: Windows, where there are no such modes.
 */
import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { WinnowError } from '../../../base/mod.ts';

/** `sun_path` of Linux has 108 bytes and of macOS 104, the NUL at its end included. */
const addressBytes = 103;
/** `/host-1234567.sock`. */
const socketNameBytes = 18;

export interface HostPlace {
  readonly directory: string;
  readonly socketDirectory: string;
  readonly keptDirectory: string;
}

/**
 * Makes the directories where they are missing.
 *
 * @param home absolute; the user's directory of Winnow
 * @throws WinnowError `session-host` when others may enter, `store-unwritable`, `unsupported-job` on Windows
 */
export function openHostPlace(home: string): HostPlace {
  if (process.platform === 'win32')
    throw new WinnowError(
      'unsupported-job',
      'Sessions that outlive a command need Unix sockets with owners, which Windows has not. `winnow repl` has none and works.',
    );
  const directory = join(home, 'sessions');
  const keptDirectory = join(directory, 'kept');
  makeOwn(directory);
  makeOwn(keptDirectory);
  const socketDirectory =
    Buffer.byteLength(directory) + socketNameBytes <= addressBytes ? directory : shorter(directory);
  return { directory, socketDirectory, keptDirectory };
}

/** For the host alone: where the socket will lie. @throws WinnowError as `openHostPlace` does */
export function makeSocketDirectory({ directory, socketDirectory }: HostPlace): void {
  if (socketDirectory !== directory) makeOwn(socketDirectory);
}

/** Of a host that ends: nothing of it stays among temporary files. */
export function removeSocketDirectory({ directory, socketDirectory }: HostPlace): void {
  if (socketDirectory === directory) return;
  try {
    rmdirSync(socketDirectory);
  } catch {
    // Another one has begun there, or somebody removed it.
  }
}

function shorter(directory: string): string {
  const name = createHash('sha256').update(directory).digest('hex').slice(0, 16);
  return join(tmpdir(), `winnow-${process.getuid?.() ?? 0}-${name}`);
}

/** A directory that others could have made, or could enter, is refused: whoever owns it could stand in for the host. */
function makeOwn(directory: string): void {
  try {
    makeDirectory(directory);
    const there = lstatSync(directory);
    const own = there.isDirectory() && there.uid === process.getuid?.();
    if (own && (there.mode & 0o077) === 0) return;
  } catch (error) {
    throw new WinnowError(
      'store-unwritable',
      `${directory} cannot be made (${(error as Error).message}). Fix its permissions, or set WINNOW_HOME to another directory.`,
      { details: { path: directory }, cause: error },
    );
  }
  throw new WinnowError(
    'session-host',
    `${directory} must be a directory of yours that nobody else may enter. Remove it, or run: chmod 700 ${directory}`,
    { details: { path: directory } },
  );
}

/** Not Node's `recursive`, which never ends below `/proc` and gives the mode to all directories above as well. */
function makeDirectory(path: string, mode = 0o700): void {
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    makeDirectory(dirname(path), 0o777);
    mkdirSync(path, { mode });
  }
}
