/**
 * Control groups where this process may make them: exact memory, CPU time and process limits for a worker's jobs.
 *
 * The idea: one group per worker, used for one job after the other, with every file that is needed opened here and handed to the
 * warden as a descriptor. A job's first process puts itself in by writing to such a descriptor, so no process number has to be
 * translated between namespaces, and the group's directory is never visible in the sandbox. Making and removing a group per job instead costs
 * a millisecond and leaves dying groups in the kernel.
 *
 * Version 1 (a tree per controller) and version 2 (one tree). A group's name holds its owner's mark (`owner.ts`), so that groups of killed
 * processes are found and removed at the next start.
 */
import { randomInt } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { mountsIn } from '../../base/mod.ts';
import { leftIn, ownMark } from './owner.ts';

const controllers = ['memory', 'pids', 'cpuacct'] as const;
type Controller = (typeof controllers)[number];

/** Where groups are made: a directory per controller in version 1, the same one three times in version 2. */
export interface CgroupParent {
  readonly version: 1 | 2;
  readonly directories: Readonly<Record<Controller, string>>;
}

/** An open group: descriptors by what they are for, as the warden's `meters.py` knows them. */
export interface Cgroup {
  readonly version: 1 | 2;
  readonly procs: readonly number[];
  readonly files: Readonly<Record<string, number | null>>;
  /** @returns false while a process is still in it: the files are closed, and it may be called again to remove the group */
  close(): boolean;
}

/** Most that the buffers of a group's sockets may hold in version 1, which counts them apart from other memory, bytes. */
const socketBytes = 16 << 20;

/** Version 1 writes one thread, which needs no lock over all processes: 0.02 ms against 5 to 20 ms. */
const files = {
  1: {
    procs: 'tasks',
    memory: ['memory', 'memory.limit_in_bytes'],
    swap: ['memory', 'memory.memsw.limit_in_bytes'],
    memoryNow: ['memory', 'memory.usage_in_bytes'],
    peak: ['memory', 'memory.max_usage_in_bytes'],
    reclaim: ['memory', 'memory.force_empty'],
    events: ['memory', 'memory.oom_control'],
    pids: ['pids', 'pids.max'],
    cpu: ['cpuacct', 'cpuacct.usage'],
  },
  2: {
    procs: 'cgroup.procs',
    memory: ['memory', 'memory.max'],
    swap: ['memory', 'memory.swap.max'],
    memoryNow: ['memory', 'memory.current'],
    peak: ['memory', 'memory.peak'],
    reclaim: ['memory', 'memory.reclaim'],
    events: ['memory', 'memory.events'],
    pids: ['pids', 'pids.max'],
    cpu: ['cpuacct', 'cpu.stat'],
  },
} as const;

/** Finds where groups can be made by making one. Null: nowhere, and jobs are watched by sampling instead. */
export function findCgroupParent(): CgroupParent | null {
  try {
    const parents = parentsFrom(
      readFileSync('/proc/self/cgroup', 'utf8'),
      readFileSync('/proc/self/mountinfo', 'utf8'),
    );
    return parents.find(usable) ?? null;
  } catch (cause) {
    return refusal(cause);
  }
}

/** Candidates in order of preference, from the texts of /proc/self/cgroup and /proc/self/mountinfo. */
export function parentsFrom(ownGroups: string, mountinfo: string): CgroupParent[] {
  const mounts = mountsIn(mountinfo);
  const groups = ownGroups.split('\n').flatMap((line) => {
    const match = /^\d+:([^:]*):(.*)$/.exec(line);
    return match === null ? [] : [{ names: (match[1] ?? '').split(','), path: match[2] ?? '/' }];
  });
  const candidates: CgroupParent[] = [];
  const perController = controllers.map((controller) => {
    const mount = mounts.find((one) => one.type === 'cgroup' && one.options.includes(controller));
    const group = groups.find((one) => one.names.includes(controller));
    return mount === undefined || group === undefined ? null : below(mount, group.path);
  });
  const [memory, pids, cpuacct] = perController;
  if (memory && pids && cpuacct) candidates.push({ version: 1, directories: { memory, pids, cpuacct } });
  const unified = mounts.find((one) => one.type === 'cgroup2');
  const own = groups.find((one) => one.names[0] === '');
  if (unified !== undefined && own !== undefined) {
    const path = below(unified, own.path);
    // A group with processes may not also have limited children, so the group above is tried first.
    const tried = path === unified.point ? [path] : [dirname(path), path];
    for (const one of tried) candidates.push({ version: 2, directories: { memory: one, pids: one, cpuacct: one } });
  }
  return candidates;
}

function below(mount: { readonly root: string; readonly point: string }, path: string): string {
  const root = mount.root === '/' ? '' : mount.root;
  return path.startsWith(root) ? join(mount.point, path.slice(root.length)).replace(/(.)\/$/, '$1') : mount.point;
}

function usable(parent: CgroupParent): boolean {
  try {
    if (parent.version === 2) enableControllers(parent.directories.memory);
    openCgroup(parent, 'probe').close();
    return true;
  } catch (cause) {
    return refusal(cause) !== null;
  }
}

/** What the system refuses means that there are no groups to be had here; anything else is a bug of ours, not to be taken for that. */
function refusal(cause: unknown): null {
  if (typeof (cause as NodeJS.ErrnoException).syscall === 'string') return null;
  throw cause;
}

function enableControllers(directory: string): void {
  const control = join(directory, 'cgroup.subtree_control');
  const enabled = readFileSync(control, 'utf8').split(/\s+/);
  if (!enabled.includes('memory') || !enabled.includes('pids')) writeFileSync(control, '+memory +pids');
}

/**
 * Makes a group and opens its files.
 *
 * @param name tells people which of this process's groups it is
 * @throws what the file system throws
 */
export function openCgroup(parent: CgroupParent, name: string): Cgroup {
  // One process may have several backends, in several threads: a number of chance keeps their groups apart.
  const base = `winnow-${ownMark()}${name}-${randomInt(2 ** 32).toString(36)}`;
  const directories = new Set(controllers.map((controller) => join(parent.directories[controller], base)));
  const opened: number[] = [];
  const open = (path: string, flags: 'r' | 'w' | 'r+'): number => {
    const fd = openSync(path, flags);
    opened.push(fd);
    return fd;
  };
  const close = (): boolean => {
    for (const fd of opened.splice(0)) closeSync(fd);
    return [...directories].map(removeGroup).every((removed) => removed);
  };
  try {
    for (const directory of directories) makeGroup(directory);
    // Kernels built without it have nothing to limit it by.
    if (parent.version === 1)
      optional(() =>
        writeFileSync(join(parent.directories.memory, base, 'memory.kmem.tcp.limit_in_bytes'), String(socketBytes)),
      );
    const table = files[parent.version];
    const procs = [...directories].map((directory) => open(join(directory, table.procs), 'w'));
    const place = ([controller, file]: readonly [Controller, string]): string =>
      join(parent.directories[controller], base, file);
    const own = {
      memory: open(place(table.memory), 'w'),
      swap: optional(() => open(place(table.swap), 'w')),
      memoryNow: open(place(table.memoryNow), 'r'),
      peak: optional(() => open(place(table.peak), 'r+')) ?? open(place(table.peak), 'r'),
      reclaim: optional(() => open(place(table.reclaim), 'w')),
      events: open(place(table.events), 'r'),
      pids: open(place(table.pids), 'w'),
      cpu: open(place(table.cpu), 'r'),
    };
    return { version: parent.version, procs, files: own, close };
  } catch (cause) {
    close();
    throw cause;
  }
}

function makeGroup(directory: string): void {
  try {
    mkdirSync(directory);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
  }
}

/** Fails while a process is still in it; the sweep of a later start gets it at the latest. */
function removeGroup(directory: string): boolean {
  try {
    rmdirSync(directory);
    return true;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code !== 'EBUSY';
  }
}

function optional<T>(open: () => T): T | null {
  try {
    return open();
  } catch {
    return null;
  }
}

/** Removes the groups of owners that are gone. */
export function sweepCgroups(parent: CgroupParent): void {
  for (const directory of new Set(Object.values(parent.directories)))
    for (const group of leftIn(directory, /^winnow-/)) removeGroup(group);
}
