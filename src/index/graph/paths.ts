/** Paths below the root, as rules of resolution compare them: what is nearer is more likely meant. */

/** Without `.`, `..` and empty parts; what would lead out of the root stays at it. */
export function normal(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}

/** As `normal`; `null` for what leads out of the root. */
export function normalWithin(path: string): string | null {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') {
      if (parts.pop() === undefined) return null;
    } else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}

/** How many first parts two paths share. */
export const sharedParts = (a: string, b: string): number => sharedLength(a.split('/'), b.split('/'));

/** How many directories the file `a` shares with the beginning of `b`. */
export const sharedDirectories = (a: string, b: string): number =>
  sharedLength(a.split('/').slice(0, -1), b.split('/'));

/** How long the common beginning is, in characters or parts. */
export function sharedLength(a: string | readonly string[], b: string | readonly string[]): number {
  let count = 0;
  while (count < a.length && a[count] === b[count]) count++;
  return count;
}
