/**
 * The files of a repository that a JavaScript or TypeScript file takes: those its relative imports come to, and theirs.
 *
 * They are found by a look at the text, since a file too many does no harm and one too few is filled in. Packages are not followed: what lies in
 * `node_modules` is the environment's, and only a named one is used; nor are links that lead out of the repository (`inside.ts`).
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import type { JobFile } from '../../types.ts';
import { insideOf, repositoryOf } from '../inside.ts';
import { isCode, resolvesIn } from './tool.ts';

/** Each is read again for every round; a function seldom needs more, and past this the rest is guessed. */
const mostFiles = 200;
/** Larger files are data or bundles. */
const largest = 512 * 1024;

/** Such an import is gone when the program runs. */
const ofTypes = /\b(?:import|export)\s+type\s[^'";]*\bfrom\s*['"][^'"\n]*['"]/g;
const specifiers = /(?:\bfrom|\bimport|\brequire\s*\(|\bimport\s*\()\s*['"](\.{1,2}(?:\/[^'"\n]*)?)['"]/g;

/**
 * @param path of the file, absolute
 * @returns the directory that paths are relative to, absolute: the package's; and the files, the first of them the given one
 */
export function filesAround(path: string): { readonly root: string; readonly files: readonly JobFile[] } {
  const repository = repositoryOf(dirname(path));
  const root = packageOf(path, repository);
  const isInside = insideOf(repository ?? root);
  const isTaken = (one: string): boolean => isFile(one) && isInside(one);
  const files = new Map<string, JobFile>();
  const seen = new Set<string>();
  const open = [path];
  for (let at = open.shift(); at !== undefined && files.size < mostFiles; at = open.shift()) {
    const told = relative(root, at).split(sep).join('/');
    if (seen.has(told) || told.startsWith('..')) continue;
    seen.add(told);
    const bytes = readFileSync(at);
    files.set(told, { path: told, bytes });
    for (const [, specifier] of bytes.toString().replace(ofTypes, '').matchAll(specifiers)) {
      const found = resolvesIn({ has: (one) => isTaken(join(root, one)) }, told, specifier as string);
      if (found !== null && isCode(found)) open.push(join(dirname(at), found));
    }
  }
  const about = join(root, 'package.json');
  if (isTaken(about)) files.set('package.json', { path: 'package.json', bytes: readFileSync(about) });
  return { root, files: [...files.values()] };
}

/** The nearest directory of the repository that is a package; that of the file when none is. */
function packageOf(path: string, repository: string | null): string {
  for (let at = dirname(path); ; at = dirname(at)) {
    if (existsSync(join(at, 'package.json'))) return at;
    if (at === repository || dirname(at) === at) return dirname(path);
  }
}

function isFile(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isFile() === true && found.size <= largest;
}
