/**
 * Bubblewrap around the process of an engine: no network, no other process in sight, and a file system that holds what is given
 * and the system's libraries, all read-only; no /proc, no /dev, no /tmp; the native sandbox's filter of system calls.
 *
 * Started by root it makes no user namespace but keeps the power to become another user, which the engine's process uses
 * before its first job (`host-main.ts`). So a project that only root may read can be opened, and no program
 * runs as root. Started by anyone else it is a user namespace of its own.
 */
import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { seccompFilter } from '../native/seccomp.ts';
import { mayBecome } from '../otherusers.ts';

export interface Bubblewrap {
  readonly file: string;
  readonly userNamespace: boolean;
}

export interface View {
  /** Seen read-only at the same path. */
  readonly readable: readonly string[];
  /** Seen writable, on top of those; null: nothing is. */
  readonly writable: string | null;
  readonly env: Readonly<Record<string, string>>;
  /** Where the filter can be read; null: there is none. */
  readonly filterDescriptor: number | null;
}

/** Nobody, on every Unix we know of; it owns no files, and in the sandbox there is no other process of it. */
export const nobody = 65534;

/** The filter for this machine; null on architectures that it does not know. No cgroup counts an engine's memory. */
export const systemCallFilter =
  process.arch === 'x64' || process.arch === 'arm64' ? seccompFilter(process.arch, { memoryCounted: false }) : null;

/** @returns how it works here, or why it does not. @param path directories, absolute, in which it is looked for */
export async function findBubblewrap(path: readonly string[]): Promise<Bubblewrap | string> {
  if (process.platform !== 'linux') return `there is no bubblewrap on ${process.platform}`;
  const file = path.map((dir) => join(dir, 'bwrap')).find(isExecutable);
  if (file === undefined) return 'bubblewrap is not installed';
  let complaint = '';
  // Root in a container may be refused the first and allowed the second.
  for (const userNamespace of mayBecome(nobody) ? [false, true] : [true]) {
    const view = { readable: [process.execPath], writable: null, env: {}, filterDescriptor: null };
    complaint = await tryOut([...bubblewrapCommand({ file, userNamespace }, view), process.execPath, '--version']);
    if (complaint === '') return { file, userNamespace };
  }
  return `bubblewrap cannot be used here (${complaint})`;
}

/** The command up to where the program of the sandbox follows. */
export function bubblewrapCommand({ file, userNamespace }: Bubblewrap, view: View): string[] {
  const user = userNamespace
    ? ['--unshare-user', '--uid', String(nobody), '--gid', String(nobody), '--cap-drop', 'ALL']
    : ['--cap-drop', 'ALL', '--cap-add', 'CAP_SETUID', '--cap-add', 'CAP_SETGID'];
  const bound = [...libraries, ...view.readable].filter((path) => existsSync(path));
  const { filterDescriptor, writable } = view;
  return [
    file,
    ...['--unshare-pid', '--unshare-ipc', '--unshare-uts', '--unshare-net', '--unshare-cgroup-try', ...user],
    ...['--die-with-parent', '--new-session', '--clearenv'],
    ...Object.entries(view.env).flatMap(([name, value]) => ['--setenv', name, value]),
    // Made by hand, or bubblewrap makes them for root only, and whom the engine becomes could not pass.
    ...[...new Set(bound.flatMap(ancestors))].flatMap((dir) => ['--dir', dir]),
    ...bound.flatMap((path) => ['--ro-bind', path, path]),
    ...(writable === null ? [] : ['--bind', writable, writable]),
    ...(filterDescriptor === null ? [] : ['--seccomp', String(filterDescriptor)]),
    ...['--remount-ro', '/', '--chdir', '/', '--'],
  ];
}

/** What a dynamically linked Node needs: Debian, Fedora, Arch, Alpine; NixOS. */
const libraries = ['/lib', '/lib64', '/usr/lib', '/usr/lib64', '/nix/store', '/etc/ld.so.cache'];

/** Directories above a path, the root excluded, topmost first. */
function ancestors(path: string): string[] {
  const above = dirname(path);
  return above === '/' || above === path ? [] : [...ancestors(above), above];
}

/** @returns what it complains of; empty when all is well */
function tryOut(argv: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const [file = '', ...rest] = argv;
    const options = { cwd: '/', env: {}, timeout: 10_000, killSignal: 'SIGKILL' as const };
    const child = execFile(file, rest, options, (cause, _stdout, stderr) =>
      resolve(cause === null ? '' : stderr.trim() || cause.message),
    );
    child.stdin?.end();
  });
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
