/** Where the index of a repository lies. */
import { createHash } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import type { Place } from '../worktree/root.ts';

/** The user's cache directory for Winnow, by the custom of the platform. Reads no `WINNOW_HOME`: faces do. */
export function defaultHome(): string {
  const home = os.homedir();
  if (process.platform === 'darwin') return path.join(home, 'Library', 'Caches', 'winnow');
  if (process.platform === 'win32') return path.join(home, 'AppData', 'Local', 'winnow', 'cache');
  return path.join(home, '.cache', 'winnow');
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
