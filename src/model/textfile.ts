/** Reading a file that the user named: a configuration, a recording, a script. A pipe or a device, which may have no end, is none. */
import { readFileSync, statSync } from 'node:fs';
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
