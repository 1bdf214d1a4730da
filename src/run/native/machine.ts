/**
 * What this machine offers to a native sandbox, and what to say where something is missing.
 */
import { accessSync, constants, readFileSync, realpathSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { mayBecome } from '../otherusers.ts';
import type { Availability } from '../types.ts';
import { findCgroupParent, sweepCgroups } from './cgroup.ts';
import type { Packages } from './recipe.ts';
import { firstUser, type Machine } from './startinside.ts';
import { installCommand } from './toolchains.ts';

export type Unavailable = Extract<Availability, { state: 'unavailable' }>;

/** What a sandbox shows of the system; an interpreter elsewhere would not be found in it. */
const shown = ['/usr/', '/bin/', '/sbin/'];

const bubblewrap: Packages = { apt: 'bubblewrap', dnf: 'bubblewrap', apk: 'bubblewrap', pacman: 'bubblewrap' };
const pythonPackages: Packages = { apt: 'python3', dnf: 'python3', apk: 'python3', pacman: 'python' };

/** The machine, when all that is needed is installed; that it also works is for a trial to say. */
export function lookAtMachine(path: readonly string[]): Machine | Unavailable {
  const lacks = (reason: string, packages: Packages | null): Unavailable => ({
    state: 'unavailable',
    reason,
    install: packages === null ? null : installCommand(packages, path),
  });
  if (process.platform !== 'linux') return lacks(`the native sandbox needs Linux; this is ${process.platform}`, null);
  const architecture = process.arch;
  if (architecture !== 'x64' && architecture !== 'arm64')
    return lacks(`the native sandbox has a system call filter for x64 and arm64; this is ${architecture}`, null);
  if (process.getuid?.() === 0 && !mayBecome(firstUser))
    return lacks('root of this user namespace cannot become other users, and each worker needs one of its own', null);
  const bwrap = findProgram(path, 'bwrap', () => true);
  if (bwrap === null) return lacks('bubblewrap (bwrap) is not installed', bubblewrap);
  const python = findPython(path);
  if (python === null) return lacks('no python3 below /usr, which the native sandbox is run by', pythonPackages);
  const cgroups = findCgroupParent();
  if (cgroups !== null) sweepCgroups(cgroups);
  return { bwrap, python, architecture, cgroups };
}

/** The interpreter that the warden and other parts of Winnow's own run by. */
export function findPython(path: readonly string[]): string | null {
  return findProgram(path, 'python3', (real) => shown.some((start) => real.startsWith(start)));
}

function findProgram(path: readonly string[], name: string, fits: (real: string) => boolean): string | null {
  for (const directory of path) {
    const file = join(directory, name);
    try {
      accessSync(file, constants.X_OK);
      if (fits(realpathSync(file))) return file;
    } catch {}
  }
  return null;
}

/** Why bubblewrap may have failed although it is installed, from what it said; and what helps. */
export function explainRefusal(said: string): { readonly reason: string; readonly install: string | null } {
  const refused = /namespace|Operation not permitted|Permission denied|uid map|No space left/i.test(said);
  if (refused && readsAs('/proc/sys/kernel/apparmor_restrict_unprivileged_userns', '1'))
    return {
      reason: 'this kernel refuses user namespaces to programs without an AppArmor profile',
      install: 'sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0',
    };
  if (refused && readsAs('/proc/sys/kernel/unprivileged_userns_clone', '0'))
    return {
      reason: 'this kernel refuses user namespaces to unprivileged users',
      install: 'sudo sysctl kernel.unprivileged_userns_clone=1',
    };
  if (refused && readsAs('/proc/sys/user/max_user_namespaces', '0'))
    return { reason: 'user namespaces are switched off', install: 'sudo sysctl user.max_user_namespaces=10000' };
  if (refused)
    return { reason: `user namespaces are refused, perhaps by the container this runs in: ${said}`, install: null };
  return { reason: said, install: null };
}

function readsAs(path: string, expected: string): boolean {
  try {
    return readFileSync(path, 'utf8').trim() === expected;
  } catch {
    return false;
  }
}

/** Since 5.14 processes are counted per user namespace (commit 21d1c5e386bc); before, all of the user's on the machine are. */
export function countsProcessesPerNamespace(): boolean {
  const [major = 0, minor = 0] = release().split('.').map(Number);
  return major > 5 || (major === 5 && minor >= 14);
}
