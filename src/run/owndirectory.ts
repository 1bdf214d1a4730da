/**
 * A directory of Winnow's own beside a program: files of ours that go along with a job, and rows that come back in it.
 *
 * Tracers, recorders, partial runs and tests of a project all work that way, each with a directory of its own name. No file of a job may lie in it, and what
 * comes out of it is no file that the program wrote.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { WinnowError } from '../base/mod.ts';
import type { JobFile, Outcome } from './types.ts';

const isIn = (path: string, directory: string): boolean => path === directory || path.startsWith(`${directory}/`);

/**
 * @param purpose what the directory is for, as in `traces are written`
 * @throws WinnowError `bad-job` when a file stands in the way
 */
export function keepClear(files: readonly JobFile[], directory: string, purpose: string): void {
  const inTheWay = files.find(({ path }) => isIn(path, directory));
  if (inTheWay !== undefined)
    throw new WinnowError('bad-job', `${inTheWay.path} stands where ${purpose}; give it another name.`, {
      details: { path: inTheWay.path },
    });
}

/** A file of Winnow's, as it lies in the directory. */
export async function ownFile(file: URL, directory: string): Promise<JobFile> {
  return {
    path: `${directory}/${file.pathname.slice(file.pathname.lastIndexOf('/') + 1)}`,
    bytes: await readFile(fileURLToPath(file)),
  };
}

/** What a run wrote to a file; empty when it wrote none. */
export function writtenBytes(outcome: Outcome, path: string): Uint8Array {
  const file = outcome.files.find((one) => one.path === path);
  return file !== undefined && 'bytes' in file ? file.bytes : new Uint8Array(0);
}

/** The outcome as the program alone would have it. */
export const withoutOwn = (outcome: Outcome, directory: string): Outcome => ({
  ...outcome,
  files: outcome.files.filter(({ path }) => !isIn(path, directory)),
});
