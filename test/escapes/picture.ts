/**
 * A picture of everything in a belt that could tell of an escape: files changed anywhere, processes, listening sockets,
 * mounts, System V IPC, shared memory. Two pictures are compared after every program.
 *
 * What the sandbox under test needs for itself is told apart by place (its cache, its own temporary directories) and, for processes,
 * by command line: it may replace its workers, not add strangers. Its warm interpreters have the command line of a job that they are
 * kept for, and are made when a second such job comes to one of its workers, whenever that is; what tells them from a job's own processes is
 * that those carry the filter of system calls, which nothing can take off again. The belt's process numbers are its own, so nobody
 * else's processes are ever seen.
 */
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { beltChanges } from './belt.ts';

export interface Picture {
  /** Path → what it is now: a hash, a link's target, `gone`. */
  readonly files: ReadonlyMap<string, string>;
  /** Command line → how many run it. */
  readonly processes: ReadonlyMap<string, number>;
  /** Everything else, a line each. */
  readonly rest: ReadonlySet<string>;
}

/** @param own path beginnings that the sandbox may change as it likes */
export function takePicture(own: readonly string[]): Picture {
  const files = new Map<string, string>();
  for (const root of [beltChanges, '/dev/shm']) walk(root, root === beltChanges ? '' : root, own, files);
  return { files, processes: processes(), rest: new Set([...sockets(), ...mounts(), ...ipc()]) };
}

/** What the later one has beyond the earlier one, in words. Empty: nothing came through. */
export function differences(before: Picture, after: Picture): string[] {
  const found: string[] = [];
  for (const [path, state] of after.files)
    if (before.files.get(path) !== state) found.push(`file ${JSON.stringify(path)} is ${state}`);
  for (const [path, state] of before.files)
    if (!after.files.has(path)) found.push(`file ${JSON.stringify(path)} is no longer ${state}`);
  for (const line of after.rest) if (!before.rest.has(line)) found.push(line);
  return [...found, ...strangers(before, after)];
}

/** Processes of a command that was not there before, or three more of one than before (a pool that is replacing workers). */
export function strangers(before: Picture, after: Picture): string[] {
  return [...after.processes].flatMap(([command, count]) => {
    const known = before.processes.get(command) ?? 0;
    const more = known + (ownAtOnce.get(command) ?? (known === 0 ? 0 : 3));
    return count > more ? [`process ${command} runs ${count} times, ${known} before`] : [];
  });
}

function walk(root: string, path: string, own: readonly string[], files: Map<string, string>): void {
  const at = root === beltChanges ? beltChanges + path : path;
  for (const name of list(at)) {
    const child = `${path}/${name}`;
    if (own.some((start) => child.startsWith(start))) continue;
    const stat = lstatSync(join(at, name), { throwIfNoEntry: false });
    if (stat === undefined) continue;
    if (stat.isDirectory()) {
      // A directory is in the changes when something below it is; empty, it is new itself.
      if (list(join(at, name)).length === 0 && child.split('/').length > 2) files.set(child, 'a directory');
      walk(root, child, own, files);
    } else {
      const state = unlessGone(() => stateOf(join(at, name), stat));
      if (state !== null) files.set(child, state);
    }
  }
}

/** Null when the file went between being listed and being read: another program of this machine took it back. What cannot be read is told, as any change is. */
function unlessGone(read: () => string): string | null {
  try {
    return read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? null : `not readable: ${code}`;
  }
}

function stateOf(path: string, stat: NonNullable<ReturnType<typeof lstatSync>>): string {
  if (stat.isSymbolicLink()) return `a link to ${JSON.stringify(readlinkSync(path))}`;
  // What overlayfs leaves for a file that was removed.
  if (stat.isCharacterDevice()) return 'gone';
  if (!stat.isFile()) return 'neither file nor link';
  const mode = Number(stat.mode).toString(8);
  if (stat.size > 16e6) return `a file of ${stat.size} bytes, ${mode}`;
  return `a file ${createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 16)} of ${stat.size} bytes, ${mode}`;
}

/** Zombies are left out: they are gone but for their parent's leave. */
function processes(): Map<string, number> {
  const found = new Map<string, number>();
  for (const pid of list('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const command = isForkServer(pid) ? forkServer : isWarden(pid) ? warden : commandOf(pid);
    if (command !== '') found.set(command, (found.get(command) ?? 0) + 1);
  }
  return found;
}

const commandOf = (pid: string): string =>
  read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').replace(/\d+/g, 'N').trim();

const forkServer = 'a warm interpreter of the sandbox';
const warden = 'a warden of the sandbox';
/**
 * What the sandbox may have more of than before: two workers with one runner, an interpreter and its next fork each, and one worker that
 * is being replaced; and of the five processes that a worker's warden is, those of one spare that is made when a worker was spent.
 */
const ownAtOnce: ReadonlyMap<string, number> = new Map([
  [forkServer, 6],
  [warden, 5],
]);

/** Not a process of a job that calls itself so: those are confined. */
const isWarden = (pid: string): boolean =>
  commandOf(pid).endsWith('/run/winnow/warden.py') && filtersOf(pid) === filtersOf('self');

/** Python, as the sandbox's warden started it or a fork of that, and not confined as every job is. */
function isForkServer(pid: string): boolean {
  if (!/^\S*python\S* \S+$/.test(commandOf(pid)) || filtersOf(pid) !== filtersOf('self')) return false;
  const parent = parentOf(pid);
  return [parent, parentOf(parent)].some((above) => commandOf(above).endsWith('/run/winnow/warden.py'));
}

/** Filters of system calls on a process; where the kernel does not count them, whether there are any. */
function filtersOf(pid: string): string {
  const status = read(`/proc/${pid}/status`);
  return (/^Seccomp_filters:\s*(\d+)/m.exec(status) ?? /^Seccomp:\s*(\d+)/m.exec(status))?.[1] ?? 'gone';
}

const parentOf = (pid: string): string => /^PPid:\s*(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? '0';

function sockets(): string[] {
  const lines = (name: string): string[][] =>
    read(`/proc/net/${name}`)
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/));
  const listening = ['tcp', 'tcp6'].flatMap((name) =>
    lines(name)
      .filter((fields) => fields[3] === '0A')
      .map((fields) => `${name} socket listening at ${fields[1]}`),
  );
  const datagram = ['udp', 'udp6', 'raw', 'raw6', 'packet'].flatMap((name) =>
    lines(name).map((fields) => `${name} socket at ${fields[1]}`),
  );
  const named = lines('unix').flatMap((fields) => (fields[7] === undefined ? [] : [`unix socket ${fields[7]}`]));
  return [...listening, ...datagram, ...named.filter((line) => !line.includes('winnow-own'))];
}

const mounts = (): string[] =>
  read('/proc/self/mountinfo')
    .trim()
    .split('\n')
    .map((line) => `mount at ${line.split(' ')[4]}`);

const ipc = (): string[] =>
  ['shm', 'sem', 'msg'].flatMap((name) =>
    read(`/proc/sysvipc/${name}`)
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => `System V ${name} ${line.trim().split(/\s+/).slice(0, 2).join(' ')}`),
  );

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return []; // It has gone since it was listed, or is not a directory any more.
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // The process, or the protocol, is not there.
  }
}
