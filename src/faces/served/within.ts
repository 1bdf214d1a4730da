/**
 * The directories that may be looked into, and the refusal of every other path.
 *
 * Paths are compared by what they are on the disk, links followed: a link in a repository that leads out of it is outside. Where a path
 * does not exist the nearest directory above it that does decides, so that an id (`src/app.py:run`) is held against the file's
 * directory.
 */
import { existsSync, globSync, lstatSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { WinnowError } from '../../base/mod.ts';

export interface Roots {
  /** Real paths. */
  readonly all: () => readonly string[];
}

/** @throws WinnowError `path-refused` */
export function requireWithin(path: string, cwd: string, roots: readonly string[]): void {
  // Of an id and of a version (`HEAD:src/app.py:run`) every part may be a path of its own.
  const isInside = (part: string): boolean => {
    const full = resolve(cwd, part);
    const real = realOf(full);
    // Of a root that was deleted the operation says that it is not there.
    return roots.some((root) => (real !== null && isWithin(real, root)) || (isWithin(full, root) && !existsSync(root)));
  };
  if ([path, ...(path.includes(':') ? path.split(':') : [])].every(isInside)) return;
  throw new WinnowError(
    'path-refused',
    `Expected a path in ${roots.length === 0 ? 'a directory that is served (there is none)' : roots.slice(0, 5).join(', ')}${roots.length > 5 ? ', …' : ''}; came ${JSON.stringify(path)}, which is elsewhere. Name a path inside, or start the server with that directory.`,
    { details: { path } },
  );
}

/**
 * The files that a pattern names, each held against the roots: a pattern finds links too, and steps upwards.
 *
 * @returns paths to go on with in the pattern's place
 */
export function requirePattern(pattern: string, cwd: string, roots: readonly string[]): readonly string[] {
  if (pattern.includes('\0')) requireWithin(pattern, cwd, []);
  const found = /[*?[{]/.test(pattern) ? globSync(pattern, { cwd }).sort() : [];
  for (const path of found.length === 0 ? [pattern] : found) requireWithin(path, cwd, roots);
  return found.length === 0 ? [pattern] : found;
}

export function isWithin(path: string, root: string): boolean {
  const way = relative(root, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** What a path is on the disk; of what is not there, the nearest directory above that is. Null: it cannot be told. */
function realOf(path: string): string | null {
  for (let at = path; ; at = dirname(at)) {
    try {
      return realpathSync(at);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // A link that leads nowhere, or in a circle, may lead somewhere by the time it is followed.
      if (code !== 'ENOENT' && code !== 'ENOTDIR' && code !== 'ENAMETOOLONG') return null;
      if (isLink(at)) return null;
    }
    if (at === dirname(at)) return null;
  }
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false; // It is not there, or its name is longer than names can be.
  }
}
