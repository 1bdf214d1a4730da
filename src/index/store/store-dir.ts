/** Where the index of a repository lies. */
import { createHash } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import { userCacheDir } from '../../base/mod.ts';
import type { Place } from '../worktree/root.ts';

/** Reads no `WINNOW_HOME`: faces do. */
export function defaultHome(): string {
  return userCacheDir(process.platform, os.homedir());
}

/**
 * One directory for all worktrees of a repository: its name for people, then 16 hex
 * digits of the SHA-256 of the shared git directory's path (the root's without git).
 */
export function storeDirOf(place: Place, home: string): string {
  const identity = place.commonDir ?? place.root;
  const named = path.basename(identity) === '.git' ? path.dirname(identity) : identity;
  const label = path.basename(named).replace(/[^A-Za-z0-9._-]/g, '_') || 'root';
  const digest = createHash('sha256').update(identity).digest('hex').slice(0, 16);
  return path.join(path.resolve(home), 'repos', `${label.slice(0, 80)}-${digest}`);
}
