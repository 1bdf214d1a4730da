/**
 * Starts one bubblewrap with a program of ours in it: a worker's warden, or a session's keeper.
 *
 * What they share is here: the view of the machine, our sources as files in it, the group that counts what runs inside, and a user of its own where
 * this process is root.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { OverMount } from '../types.ts';
import { bwrapArguments, coveredPaths, type View } from './bwrap.ts';
import { type Cgroup, type CgroupParent, openCgroup } from './cgroup.ts';
import type { Architecture } from './syscalls.ts';

/** What is known of this machine once, for all workers. */
export interface Machine {
  readonly bwrap: string;
  readonly python: string;
  readonly architecture: Architecture;
  readonly cgroups: CgroupParent | null;
}

/** What makes workers interchangeable. */
export interface WorkerKind {
  readonly read: readonly string[];
  readonly network: boolean;
  /** A directory worked on through an overlay; such a worker serves no other. */
  readonly over: OverMount | null;
}

/** A file of ours, and where it is found in the sandbox. */
export interface OwnFile {
  readonly source: URL;
  readonly path: string;
}

/** A file of this directory as a module of the warden's. */
export const own = (source: string): OwnFile => ({
  source: new URL(source, import.meta.url),
  path: `/run/winnow/${basename(source)}`,
});

const etc = (name: string): OwnFile => ({
  source: new URL(`warden/etc/${name}`, import.meta.url),
  path: `/etc/${name}`,
});

/** The small files of /etc. */
export const etcFiles: readonly OwnFile[] = [etc('passwd'), etc('group'), etc('hosts')];

/** What confines, counts and passes messages, for all of them. */
export const shared: readonly OwnFile[] = [
  own('warden/cell.py'),
  own('warden/messages.py'),
  own('warden/meters.py'),
  own('warden/collecting.py'),
  own('warden/overlay.py'),
];

/** Users that exist on no machine, one per worker, for when this process is root: 64000 and up is outside what distributions hand out. */
export const firstUser = 64_000;

export interface Started {
  readonly child: ChildProcess;
  readonly cgroup: Cgroup | null;
  /** What the program must be told first. */
  readonly hello: {
    readonly network: boolean;
    readonly covered: readonly (readonly [source: string, path: string])[];
    readonly cgroup: Readonly<Record<string, unknown>> | null;
    readonly python: string;
  };
}

/**
 * @param slot a number of its own among all that run
 * @param program the path, in the sandbox, of the Python program to start
 * @throws what the file system throws
 */
export function startInside(
  machine: Machine,
  kind: WorkerKind,
  slot: number,
  ownFiles: readonly OwnFile[],
  program: string,
): Started {
  const cgroup = machine.cgroups === null ? null : openCgroup(machine.cgroups, String(slot));
  const opened: number[] = [];
  try {
    // Descriptors 0 to 2 are the pipes; those listed after them keep their order.
    const inherited: number[] = [];
    const inherit = (fd: number): number => 2 + inherited.push(fd);
    const files = ownFiles.map(({ source, path }) => {
      const fd = openSync(source, 'r');
      opened.push(fd);
      return { fd: inherit(fd), path };
    });
    const cgroupFds = cgroup === null ? null : inheritCgroup(cgroup, inherit);
    const start = startOf(machine, kind, slot);
    const words = bwrapArguments({ ...kind, over: start.over, files });
    const [first = machine.bwrap, ...before] = start.before;
    const child = spawn(first, [...before, ...words, '--', machine.python, '-I', '-S', program], {
      stdio: ['pipe', 'pipe', 'pipe', ...inherited],
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' },
      cwd: '/',
      ...start.identity,
    });
    const hello = {
      network: kind.network,
      covered: coveredPaths(kind.read).map((one) => [one.source, one.path] as const),
      cgroup: cgroupFds,
      python: machine.python,
    };
    return { child, cgroup, hello };
  } catch (cause) {
    cgroup?.close();
    throw cause;
  } finally {
    for (const fd of opened) closeSync(fd);
  }
}

/**
 * Root's sandboxes are other users, one for each worker. Over a directory of root's it takes a program that shows
 * the directory as that user's, and then becomes the sandbox (`warden/rootview.py`).
 */
function startOf(machine: Machine, { over }: WorkerKind, slot: number): Start {
  const isRoot = process.getuid?.() === 0;
  const user = firstUser + slot;
  if (over === null) return { before: [machine.bwrap], over: null, identity: isRoot ? { uid: user, gid: user } : {} };
  const { directory, lower = directory, out } = over;
  if (!isRoot) return { before: [machine.bwrap], over: { directory, lower, out }, identity: {} };
  const { uid, gid } = statSync(lower);
  const view = fileURLToPath(new URL('warden/rootview.py', import.meta.url));
  const ids = [user, uid, gid].map(String);
  return {
    before: [machine.python, '-I', '-S', view, ...ids, lower, out, machine.bwrap],
    over: { directory, lower: '/sys/lower', out: '/sys/out' },
    identity: {},
  };
}

interface Start {
  /** The program to start and its arguments before bubblewrap's. */
  readonly before: readonly string[];
  readonly over: View['over'];
  readonly identity: { readonly uid?: number; readonly gid?: number };
}

function inheritCgroup(cgroup: Cgroup, inherit: (fd: number) => number): Record<string, unknown> {
  const files = Object.entries(cgroup.files).map(([name, fd]) => [name, fd === null ? null : inherit(fd)]);
  return { version: cgroup.version, procs: cgroup.procs.map(inherit), ...Object.fromEntries(files) };
}
