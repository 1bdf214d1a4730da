/**
 * Whether this process can become another user. Root usually can; root of a user namespace (a container without
 * privileges, `unshare -r`) often is mapped to one user alone, and then there is nobody else to become.
 */
import { readFileSync } from 'node:fs';

/** @param user the id, of a user and of a group @returns false on what is not Linux, unless it is root there */
export function mayBecome(user: number): boolean {
  if (process.getuid?.() !== 0) return false;
  if (process.platform !== 'linux') return true;
  try {
    const read = (name: string): string => readFileSync(`/proc/self/${name}`, 'utf8');
    return isMapped(read('uid_map'), user) && isMapped(read('gid_map'), user) && read('setgroups').trim() === 'allow';
  } catch {
    // Kernels without user namespaces have no maps: root is root.
    return true;
  }
}

/** @param map as in /proc/PID/uid_map: lines of the first id inside, the first outside, and how many */
export function isMapped(map: string, user: number): boolean {
  return map.split('\n').some((line) => {
    const [first = Number.NaN, , count = Number.NaN] = line.trim().split(/\s+/).map(Number);
    return user >= first && user < first + count;
  });
}
