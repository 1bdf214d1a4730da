/**
 * Patterns that name files of a work directory: `*` and `?` within a part of a path, `**` across parts, `[a-z]` a set, `{a,b}` a choice.
 *
 * A pattern without `/` names files of the work directory itself, as in a shell: `*.csv` is not `data/a.csv`; with `**` and a slash before it, it is both.
 * Node's own matcher, which is the same on every platform.
 */
import { posix } from 'node:path';
import { WinnowError } from '../../base/mod.ts';

/** Choices multiply: `{a,b}{a,b}…` of 30 would be a billion patterns. */
const mostChoices = 8;

/** @throws WinnowError `bad-job` */
export function checkPattern(pattern: string): void {
  const problem =
    pattern === ''
      ? 'is empty'
      : pattern.length > 1000
        ? 'is longer than 1000 characters'
        : pattern.includes('\0')
          ? 'holds a NUL byte'
          : pattern.startsWith('/') || pattern.split('/').includes('..')
            ? 'leaves the work directory'
            : (pattern.match(/\{/g)?.length ?? 0) > mostChoices
              ? `has more than ${mostChoices} choices`
              : null;
  if (problem !== null)
    throw new WinnowError('bad-job', `The pattern ${JSON.stringify(pattern.slice(0, 100))} ${problem}.`);
}

export const matches = (pattern: string, path: string): boolean => pattern === '**' || posix.matchesGlob(path, pattern);
