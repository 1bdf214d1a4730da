/**
 * Two revisions of this project side by side: a git worktree each under a temporary
 * directory, sharing the installed packages by a symbolic link. So both run with the
 * same `node_modules`; comparing revisions that want different packages needs a
 * checkout of each and `--a`/`--b`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Worktrees {
  /** Directory and full commit of each revision, in the order asked. */
  readonly trees: readonly { readonly dir: string; readonly commit: string }[];
  /** Removes the worktrees; safe to call twice. */
  remove(): void;
}

function git(repository: string, args: readonly string[]): string {
  const done = spawnSync('git', ['-C', repository, ...args], { encoding: 'utf8' });
  if (done.error !== undefined) throw new Error(`git could not be started: ${done.error.message}`);
  if (done.status !== 0) throw new Error(`git ${args.join(' ')} failed: ${done.stderr.trim()}`);
  return done.stdout.trim();
}

/** Checks each revision out. @throws Error when git refuses; nothing is left behind then */
export function openWorktrees(repository: string, revisions: readonly string[]): Worktrees {
  const base = mkdtempSync(join(tmpdir(), 'winnow-revisions-'));
  const trees: { dir: string; commit: string }[] = [];
  const remove = (): void => {
    for (const { dir } of trees.splice(0)) {
      rmSync(join(dir, 'node_modules'), { force: true }); // the link, before git walks through it
      git(repository, ['worktree', 'remove', '--force', dir]);
    }
    rmSync(base, { recursive: true, force: true });
  };
  try {
    for (const [i, revision] of revisions.entries()) {
      const commit = git(repository, ['rev-parse', '--verify', '--end-of-options', `${revision}^{commit}`]);
      const dir = join(base, `${'ab'[i] ?? i}-${commit.slice(0, 8)}`);
      git(repository, ['worktree', 'add', '--detach', dir, commit]);
      trees.push({ dir, commit });
      const modules = join(repository, 'node_modules');
      if (existsSync(modules)) symlinkSync(modules, join(dir, 'node_modules'), 'dir');
    }
  } catch (error) {
    remove();
    throw error;
  }
  return { trees, remove };
}
