/** Files that the user named: a configuration, a recording, a script are read, and a folder for one is made. A pipe or a device, which may have no end, is none. */
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { WinnowError } from '../base/mod.ts';

/**
 * @param what it is, for the message: `recording`
 * @throws WinnowError `path-not-found`, `path-unreadable`
 */
export function readTextFile(path: string, what: string): string {
  const unreadable = (reason: string): WinnowError =>
    new WinnowError('path-unreadable', `The ${what} ${path} cannot be read (${reason}).`, { details: { path } });
  try {
    if (!statSync(path).isFile()) throw unreadable('it is no file');
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if (cause instanceof WinnowError) throw cause;
    const { code = 'unknown' } = cause as NodeJS.ErrnoException;
    throw code === 'ENOENT'
      ? new WinnowError('path-not-found', `There is no ${what} ${path}.`, { details: { path } })
      : unreadable(code);
  }
}

/** With all above it. Node's own recursive way never returns below a place that denies there being such folders, as /proc does. */
export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'EEXIST' && statSync(folder).isDirectory()) return;
    if (code !== 'ENOENT' || existsSync(dirname(folder))) throw cause;
    makeFolder(dirname(folder));
    makeFolder(folder);
  }
}
