/**
 * Which commit a working directory stands on, read from git's files without running git.
 *
 * Follows `.git` files of linked worktrees, loose refs and `packed-refs`. Not read:
 * reftable stores, and whether files were changed since the checkout.
 */
import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { WinnowError } from '../base/mod.ts';

const hash = /^[0-9a-f]{40}([0-9a-f]{24})?$/;

function contentOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return null;
    throw new WinnowError('path-unreadable', `Cannot read ${path} (${code}).`, { cause });
  }
}

/** Directory of git's own files: `.git`, or what a `.git` file points to. */
function gitDir(root: string): string | null {
  const at = join(root, '.git');
  const stats = statSync(at, { throwIfNoEntry: false });
  if (stats === undefined) return null;
  if (stats.isDirectory()) return at;
  const target = contentOf(at)?.match(/^gitdir: (.+)$/m)?.[1];
  return target === undefined ? null : resolve(root, target);
}

/**
 * @param root a worktree's top directory
 * @returns full hash of the commit checked out, or `null` when there is no git directory or it cannot be told
 */
export function checkedOutCommit(root: string): string | null {
  const own = gitDir(root);
  if (own === null) return null;
  const head = contentOf(join(own, 'HEAD'));
  if (head === null) return null;
  if (hash.test(head)) return head;
  const ref = head.match(/^ref: (\S+)$/)?.[1];
  if (ref === undefined) return null;
  const common = contentOf(join(own, 'commondir'));
  const shared = common === null ? own : resolve(own, common);
  for (const dir of [own, shared]) {
    const loose = contentOf(join(dir, ref));
    if (loose !== null && hash.test(loose)) return loose;
  }
  for (const line of (contentOf(join(shared, 'packed-refs')) ?? '').split('\n')) {
    const [commit, name] = line.split(' ');
    if (name === ref && commit !== undefined && hash.test(commit)) return commit;
  }
  return null;
}
