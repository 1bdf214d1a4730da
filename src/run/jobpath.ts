/**
 * Which file names a job may use, and a sandbox may give back: relative, downward, and plain.
 *
 * The rules are those of every system at once, so that a name that passes can neither leave a
 * directory nor be refused by a file system. Nothing is normalised: `a//b` and `./a` are
 * refused, because two spellings of one file would be two files to one backend and one to another.
 */

/** Linux, macOS and Windows: bytes of one part of a path (`NAME_MAX`). */
const partBytes = 255;
/** A quarter of Linux's `PATH_MAX`, so that a sandbox may put its own directories in front. */
const pathBytes = 1024;

/** @returns what is wrong with the path, to follow its name in a sentence; null when it is sound */
export function pathProblem(path: string): string | null {
  if (path === '') return 'is empty';
  if (path.includes('\0')) return 'holds a NUL byte';
  if (!path.isWellFormed()) return 'is not Unicode: it holds half of a surrogate pair';
  if (path.startsWith('/') || /^[A-Za-z]:[\\/]/.test(path))
    return 'is absolute; it must be relative to the work directory';
  const parts = path.split('/');
  if (parts.includes('..') || path.split('\\').includes('..')) return 'leaves the work directory by ".."';
  if (parts.includes('')) return 'has an empty part ("//", or "/" at its end)';
  if (parts.includes('.')) return 'has a part "."';
  if (Buffer.byteLength(path) > pathBytes) return `is longer than ${pathBytes} bytes`;
  if (parts.some((part) => Buffer.byteLength(part) > partBytes)) return `has a part longer than ${partBytes} bytes`;
  return null;
}

/** A sound name to tell of a file whose own is not: short, and of letters that mean nothing anywhere. */
export function plainName(path: string): string {
  return `_${path.slice(0, 60).replaceAll(/[^A-Za-z0-9.-]/g, '_')}`;
}

/** The directories above a path, nearest last: `a/b/c` → `a`, `a/b`. */
export function directoriesOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}
