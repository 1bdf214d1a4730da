/**
 * The files of a repository that a Python file takes: its package, and the modules beside it that its imports come to, and theirs.
 *
 * Imports are found by a look at the text, since a file too many does no harm and one too few is filled in. They are looked up where Python would: in the
 * directory above the outermost package. Installed packages are not followed: `--python` names those; nor are links that lead out of the repository (`inside.ts`).
 */
import { type Dirent, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import type { JobFile } from '../../types.ts';
import { insideOf, repositoryOf } from '../inside.ts';

/** Packages of large projects come to a thousand or two; past this the rest is guessed. */
const mostFiles = 4_000;
/** Larger files are data. */
const largest = 1024 * 1024;

const imports =
  /^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import\b|import[ \t]+([\w.]+(?:[ \t]+as[ \t]+\w+)?(?:[ \t]*,[ \t]*[\w.]+(?:[ \t]+as[ \t]+\w+)?)*))/gm;

/**
 * @param path of the file, absolute
 * @returns the directory that modules are found in, absolute; and the files, paths relative to it, the given one first
 */
export function pythonFilesAround(path: string): { readonly root: string; readonly files: readonly JobFile[] } {
  const repository = repositoryOf(dirname(path));
  let root = topOfRelative(path, repository);
  while (root !== repository && existsSync(join(root, '__init__.py')) && dirname(root) !== root) root = dirname(root);
  const isInside = insideOf(repository ?? root);
  const files = new Map<string, JobFile>();
  const open = [path];
  const looked = new Set<string>();
  const own = join(root, relative(root, path).split(sep)[0] as string);
  if (root !== dirname(path) && isInside(own)) open.push(...within(own));
  for (let at = open.shift(); at !== undefined && files.size < mostFiles; at = open.shift()) {
    const told = relative(root, at).split(sep).join('/');
    if (files.has(told)) continue;
    const bytes = bytesIn(at);
    if (bytes === null) continue;
    files.set(told, { path: told, bytes });
    for (const name of importedBy(Buffer.from(bytes).toString('latin1'))) {
      if (name === '' || looked.has(name)) continue;
      looked.add(name);
      const [module, directory] = [join(root, `${name}.py`), join(root, name)];
      if (isSource(module) && isInside(module)) open.push(module);
      else if (existsSync(join(directory, '__init__.py')) && isInside(directory)) open.push(...within(directory));
    }
  }
  return { root, files: [...files.values()] };
}

/** The first names of what a Python text imports, at any place; empty for what is relative to its own package. */
export function importedBy(text: string): string[] {
  return [...text.matchAll(imports)].flatMap(([, from, list = '']) =>
    (from === undefined ? list.split(',') : [from]).map((written) => written.trim().split(/[\s.]/)[0] as string),
  );
}

/** The directory of a file, or what is above all packages that its relative imports name: they need no `__init__.py`. */
function topOfRelative(path: string, repository: string | null): string {
  let root = dirname(path);
  const dots = [...readFileSync(path, 'latin1').matchAll(/^[ \t]*from[ \t]+(\.+)/gm)].map(
    ([, all]) => (all as string).length,
  );
  for (let left = Math.max(0, ...dots); left > 0 && root !== repository && dirname(root) !== root; left--)
    root = dirname(root);
  return root;
}

/** All sources below a directory, in the order of their names; links are not followed. */
function within(directory: string): string[] {
  const found: string[] = [];
  const open = [directory];
  for (let at = open.shift(); at !== undefined && found.length < mostFiles; at = open.shift()) {
    const entries = entriesOf(at).sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      const path = join(at, entry.name);
      if (entry.isDirectory()) open.push(path);
      else if (entry.isFile() && entry.name.endsWith('.py') && isSource(path)) found.push(path);
    }
  }
  return found;
}

/** What may not be read is missing, as what is not there. */
function entriesOf(directory: string): Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch {
    return [];
  }
}

function bytesIn(path: string): Uint8Array<ArrayBuffer> | null {
  try {
    return readFileSync(path);
  } catch {
    return null;
  }
}

function isSource(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isFile() === true && found.size <= largest;
}
