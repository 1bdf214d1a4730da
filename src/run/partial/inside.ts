/**
 * Where a repository ends, for whoever gathers files of it to run: a link in it may lead anywhere on this machine.
 *
 * What a person names is theirs to name. All that a repository names itself, by an import or a link, is taken only where its real place is inside, so that
 * a checkout of somebody else's does not bring files of this machine into a run. What leads out is missing.
 */
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

/**
 * @param directory absolute
 * @returns the nearest directory above or at it that git keeps; null when none is
 */
export function repositoryOf(directory: string): string | null {
  for (let at = directory; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at;
    if (dirname(at) === at) return null;
  }
}

/**
 * @param root absolute, a directory that is there
 * @returns whether a path really lies in it, links on the way and at its end followed; false for what is not there
 */
export function insideOf(root: string): (path: string) => boolean {
  const real = realpathSync(root);
  return (path) => {
    try {
      const below = relative(real, realpathSync(path));
      return below !== '..' && !below.startsWith(`..${sep}`) && !below.startsWith(sep) && !/^[A-Za-z]:/.test(below);
    } catch {
      return false;
    }
  };
}
