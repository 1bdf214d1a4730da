/**
 * Which worktree a path belongs to, and which repository the worktree belongs to.
 *
 * Only files are read; git itself is never started (the index starts no processes
 * and works where git is absent). Without git, the directory given is the worktree
 * and its own repository.
 */
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { WinnowError } from '../../base/mod.ts';

export interface Place {
  /** Absolute, real path of the worktree's root. */
  readonly root: string;
  /** Real path of the worktree's own git directory; `null` without git. */
  readonly gitDir: string | null;
  /** Real path of the git directory that all worktrees of the repository share; `null` without git. */
  readonly commonDir: string | null;
}

/**
 * @param start an existing directory, absolute or relative to the working directory
 * @throws WinnowError `path-not-found`, `not-a-directory`, `path-unreadable`
 */
export function findPlace(start: string): Place {
  const directory = realDirectory(start);
  for (let at = directory; ; at = path.dirname(at)) {
    const git = gitDirsOf(at);
    if (git !== null) return { root: at, ...git };
    if (at === path.dirname(at)) return { root: directory, gitDir: null, commonDir: null };
  }
}

function realDirectory(start: string): string {
  try {
    const real = realpathSync(start);
    if (statSync(real).isDirectory()) return real;
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new WinnowError('path-not-found', `There is nothing at ${start}. Give the path of a directory to index.`, {
        details: { path: start },
        cause,
      });
    }
    const why = code === 'ELOOP' ? 'its symbolic links form a loop' : (code ?? String(cause));
    throw new WinnowError('path-unreadable', `${start} cannot be read: ${why}. Check its permissions.`, {
      details: { path: start },
      cause,
    });
  }
  throw new WinnowError('not-a-directory', `${start} is a file. Give the directory that holds it.`, {
    details: { path: start },
  });
}

/**
 * The git directories of `directory`, if it is the root of a worktree.
 *
 * `.git` is a directory in the main worktree and a file `gitdir: PATH` in linked
 * ones and in submodules; a linked worktree's git directory names the shared one in
 * `commondir` (gitrepository-layout). A `.git` that fits neither is no repository.
 */
export function gitDirsOf(directory: string): { gitDir: string; commonDir: string } | null {
  const dotGit = path.join(directory, '.git');
  try {
    const stat = statSync(dotGit, { throwIfNoEntry: false });
    if (stat === undefined) return null;
    if (stat.isDirectory()) {
      if (!existsSync(path.join(dotGit, 'HEAD'))) return null;
      const gitDir = realpathSync(dotGit);
      return { gitDir, commonDir: gitDir };
    }
    if (!stat.isFile() || stat.size > 64 * 1024) return null;
    const target = /^gitdir: (.+?)\s*$/.exec(readFileSync(dotGit, 'utf8'))?.[1];
    if (target === undefined) return null;
    const gitDir = realpathSync(path.resolve(directory, target));
    const shared = path.join(gitDir, 'commondir');
    if (!existsSync(shared)) return { gitDir, commonDir: gitDir };
    return { gitDir, commonDir: realpathSync(path.resolve(gitDir, readFileSync(shared, 'utf8').trim())) };
  } catch {
    // A dangling or unreadable `.git` makes no repository; the files around it can be indexed all the same.
    return null;
  }
}
