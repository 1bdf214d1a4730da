/**
 * What toolchains, compilers and engines leave for the next run, kept between test files and between runs of the suite.
 *
 * Without it every file that runs a program would begin with what a machine does once: ask 25 tools for their versions, rewrite and compile
 * an interpreter (Python on the embedded backend: 4 s of processor time), compile Go's library (half a minute). What is kept goes
 * by the content of what it was made from and is shared by several processes at once, as a user's is. It is not for tests
 * of the keeping itself: those begin with a directory of their own.
 */
import { cpSync, existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';

/** The `cacheDir` of a runner or backend. */
export const keptCache = join(import.meta.dirname, '../node_modules/.cache/winnow-conformance');

/** Makes the command's home, in which `winnow run`, `trace` and `test` keep theirs. */
export function keepIn(home: string): void {
  mkdirSync(home, { recursive: true });
  mkdirSync(keptCache, { recursive: true });
  symlinkSync(keptCache, join(home, 'run'));
}

/**
 * Fills a `cacheDir` where the kept one is not to be touched: among hostile programs. Without what compilers made, which is large and
 * which few of them use.
 */
export function copyKept(cacheDir: string): void {
  mkdirSync(cacheDir, { recursive: true });
  if (!existsSync(keptCache)) return;
  try {
    cpSync(keptCache, cacheDir, {
      recursive: true,
      filter: (source) => !['artefacts', 'prepared'].includes(basename(source)),
    });
  } catch {
    // Another test file was just putting something into its place: what is not copied is made anew.
  }
}
