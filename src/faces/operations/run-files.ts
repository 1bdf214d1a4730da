/**
 * Reads a program and the files beside it from this machine's disk, within what a job may hold.
 *
 * A file lies in the job where it lies beside the program: below the program's directory by its path from
 * there, anywhere else by its own name. Symlinks named by the person are followed, those found inside
 * directories are not: they could lead anywhere. Pipes and devices are refused: they may have no end, or never begin. The
 * null device is an empty file.
 */
import { constants, globSync, type Stats, statSync } from 'node:fs';
import { lstat, open, readdir, stat } from 'node:fs/promises';
import { devNull } from 'node:os';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { WinnowError } from '../../base/mod.ts';
import { type JobFile, jobLimits } from '../../run/mod.ts';

/**
 * @param path as typed, relative to `cwd`
 * @throws WinnowError `path-not-found`, `path-unreadable`, `bad-usage` when it is no file or too large
 */
export async function readFileWithin(path: string, cwd: string, limitBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  try {
    // Opening a pipe waits for somebody to write to it, and no signal is heard meanwhile. Windows has no such pipes and no such flag.
    const handle = await open(resolve(cwd, path), constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      refuseUnlessFile(path, await handle.stat());
      // Counted as it comes, because files below /proc say that they have no size.
      for await (const part of handle.createReadStream({ autoClose: false }) as AsyncIterable<Uint8Array>) {
        parts.push(part);
        bytes += part.length;
        if (bytes > limitBytes)
          throw new WinnowError('bad-usage', `${path} has more than the ${limitBytes} bytes that are allowed.`);
      }
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw readFailure(path, error);
  }
  return Buffer.concat(parts);
}

/**
 * @param path as typed, relative to `cwd`; a link is followed
 * @param flag it was given to, `--read`
 * @throws WinnowError `path-not-found` unless it `mayBeMissing`, `path-unreadable`, `not-a-directory`
 */
export async function requireDirectory(
  path: string,
  cwd: string,
  flag: string,
  { mayBeMissing = false } = {},
): Promise<void> {
  const there = await stat(resolve(cwd, path)).catch((error: NodeJS.ErrnoException) => {
    if (mayBeMissing && error.code === 'ENOENT') return null;
    throw readFailure(path, error, 'a directory');
  });
  if (there === null || there.isDirectory()) return;
  throw new WinnowError('not-a-directory', `${flag} takes a directory; ${path} is ${kindOf(there)}.`, {
    details: { path },
  });
}

/**
 * A file that is written when all is done: that it can be is known before.
 *
 * @throws WinnowError `path-not-found`, `not-a-directory` of the directory it is to stand in, `bad-usage` where a directory stands in its place
 */
export async function requireFilePlace(path: string, cwd: string, flag: string): Promise<void> {
  await requireDirectory(dirname(resolve(cwd, path)), cwd, flag);
  const there = await stat(resolve(cwd, path)).catch(() => null);
  if (there?.isDirectory())
    throw new WinnowError('bad-usage', `${flag} takes a file to write; ${path} is a directory.`, { details: { path } });
}

/**
 * @param patterns files, directories or globs as typed
 * @param programDir absolute directory of the program
 * @throws WinnowError `path-not-found`, `path-unreadable`, `bad-usage`
 */
export async function readFilesBeside(
  patterns: readonly string[],
  cwd: string,
  programDir: string,
): Promise<JobFile[]> {
  return Promise.all(
    (await filesBeside(patterns, cwd, programDir, jobLimits.bytes)).map(async ({ name, path }) => {
      const mode = (await lstat(path)).mode & 0o111 ? 0o755 : 0o644;
      return { path: name, bytes: await readFileWithin(path, cwd, jobLimits.bytes), mode };
    }),
  );
}

/**
 * The same, by their places and without reading them.
 *
 * @param limitBytes of all together; not limited when not given
 */
export async function filesBeside(
  patterns: readonly string[],
  cwd: string,
  programDir: string,
  limitBytes = Number.POSITIVE_INFINITY,
): Promise<{ readonly path: string; readonly name: string }[]> {
  const found = new Map<string, string>();
  let bytes = 0;
  const add = async (path: string, name: string): Promise<void> => {
    if (found.size >= jobLimits.files) throw tooMany(patterns, `more than ${jobLimits.files} files`);
    found.set(name, path);
    bytes += (await stat(path)).size;
    if (bytes > limitBytes) throw tooMany(patterns, `more than ${limitBytes} bytes`);
  };
  const walk = async (path: string, name: string): Promise<void> => {
    const entries = await readdir(path, { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.isDirectory()) await walk(join(path, entry.name), `${name}${entry.name}/`);
      else if (entry.isFile()) await add(join(path, entry.name), `${name}${entry.name}`);
    }
  };
  for (const pattern of patterns) {
    for (const path of matches(pattern, cwd)) {
      try {
        const full = resolve(cwd, path);
        const name = nameBeside(full, programDir);
        const there = await stat(full);
        if (there.isDirectory()) await walk(full, name === '' ? '' : `${name}/`);
        else {
          refuseUnlessFile(path, there);
          await add(full, name);
        }
      } catch (error) {
        throw readFailure(path, error);
      }
    }
  }
  return [...found].map(([name, path]) => ({ name, path }));
}

function matches(pattern: string, cwd: string): string[] {
  if (!/[*?[{]/.test(pattern)) return [pattern];
  const found = globSync(pattern, { cwd }).sort();
  if (found.length > 0) return found;
  throw new WinnowError(
    'path-not-found',
    `No file fits ${pattern}. Patterns are relative to where the command is typed.`,
  );
}

/** Empty for the program's own directory. */
function nameBeside(path: string, programDir: string): string {
  const within = relative(programDir, path);
  if (within === '..' || within.startsWith(`..${sep}`) || isAbsolute(within)) return basename(path);
  return within.split(sep).join('/');
}

function tooMany(patterns: readonly string[], what: string): WinnowError {
  return new WinnowError('bad-usage', `${patterns.join(', ')}: ${what}. Name fewer files beside the program.`);
}

function refuseUnlessFile(path: string, there: Stats): void {
  if (there.isFile() || isNullDevice(there)) return;
  const way = there.isDirectory()
    ? ''
    : ' What a pipe or a device gives can be sent to standard input, which is named "-".';
  throw new WinnowError('bad-usage', `${path} is ${kindOf(there)}; a file was expected.${way}`, { details: { path } });
}

function isNullDevice(there: Stats): boolean {
  return there.isCharacterDevice() && there.rdev === statSync(devNull, { throwIfNoEntry: false })?.rdev;
}

function kindOf(there: Stats): string {
  if (there.isDirectory()) return 'a directory';
  if (there.isFile()) return 'a file';
  return there.isFIFO() ? 'a pipe' : there.isSocket() ? 'a socket' : 'a device';
}

function readFailure(path: string, error: unknown, expected = 'a file'): unknown {
  if (error instanceof WinnowError) return error;
  const { code, path: asked } = error as NodeJS.ErrnoException;
  // Node reads paths as UTF-8 and puts this for other bytes.
  if (code === 'ENOENT' && asked?.includes('\ufffd') === true)
    return new WinnowError(
      'path-not-found',
      `${path} was looked for at ${asked}, where a name is no UTF-8, and files cannot be read by such names. Rename it, or give its content on standard input.`,
      { details: { path } },
    );
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new WinnowError(
      'path-not-found',
      `${path} does not exist. Relative paths start where the command is typed.`,
      { details: { path } },
    );
  const unusable = code === undefined ? undefined : unusableNames[code];
  if (unusable !== undefined)
    return new WinnowError('bad-usage', `${path} ${unusable}; ${expected} was expected.`, { details: { path } });
  if (code === 'EACCES' || code === 'EPERM')
    return new WinnowError('path-unreadable', `${path} may not be read. Change its permissions.`, {
      details: { path },
      cause: error,
    });
  return error;
}

/** Names that no file can be found by. ENXIO is what opening a socket, or a device that is not there, gives. */
const unusableNames: Readonly<Record<string, string>> = {
  EISDIR: 'is a directory',
  ELOOP: 'is a symbolic link that leads back to itself',
  ENAMETOOLONG: 'is longer than names can be',
  ENXIO: 'is a socket or a device',
  ENODEV: 'is a device',
  ERR_INVALID_ARG_VALUE: 'holds a NUL character, which no name can',
};
