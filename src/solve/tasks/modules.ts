/**
 * The modules of a repository that a stub's file stands among: its package, and what its imports come to.
 *
 * They are read when the task is, and go with it. A file that imports one of them runs as the module that it is, in its package; any other runs as its text, so that a package that cannot be loaded here spoils nothing.
 */
import { importedBy, pythonFilesAround } from '../../run/mod.ts';
import type { Beside } from '../types.ts';

/** Bytes of sources that go with a task: packages of large projects have some ten million. */
const mostBytes = 16 * 1024 * 1024;

/**
 * @param path of the file, absolute
 * @param text of the file, without the body that is wanted
 * @returns null where there is nothing to import
 */
export function besideOf(path: string, text: string, packages: readonly string[]): Beside | null {
  const around = pythonFilesAround(path);
  const [own, ...others] = around.files;
  if (own === undefined || (others.length === 0 && packages.length === 0)) return null;
  const files: Record<string, string> = { [own.path]: text };
  let left = mostBytes;
  const decoder = new TextDecoder();
  for (const { path: other, bytes } of others) {
    left -= bytes.length;
    if (left < 0) break;
    files[other] = decoder.decode(bytes);
  }
  const name = own.path.replace(/(^|\/)__init__\.pyi?$|\.pyi?$/, '').replaceAll('/', '.');
  const isModule = own.path.endsWith('.py') && name !== '' && !own.path.slice(0, -'.py'.length).includes('.');
  return { module: isModule && importsOne(text, Object.keys(files)) ? name : null, files, packages };
}

/** Whether a text imports one of some files, at any place. */
function importsOne(text: string, files: readonly string[]): boolean {
  const tops = new Set(files.map((file) => (file.split('/')[0] as string).replace(/\.py$/, '')));
  return importedBy(text).some((name) => name === '' || tops.has(name));
}
