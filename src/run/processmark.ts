/**
 * A mark that no other process has: its number, when it started, and the namespace that its number counts in.
 *
 * Of a process in another namespace (two containers that share a home) nothing can be known from here, so it never counts as
 * living: what it held is taken over, and its own sockets go on where they are.
 */
import { readFileSync, readlinkSync } from 'node:fs';

export function processMark(pid: number = process.pid): string {
  return `${namespace()}-${pid}-${startTime(pid) ?? '0'}`;
}

export function isLiving(mark: string): boolean {
  const [place, pid, started] = mark.split('-');
  if (place !== namespace() || pid === undefined || !/^[1-9]\d{0,9}$/.test(pid)) return false;
  const now = startTime(Number(pid));
  if (now !== null) return now === started;
  return process.platform !== 'linux' && isRunning(Number(pid));
}

/** Whether a process of that number runs, somebody else's too. One that has ended does not, though nobody has asked how: where nothing reaps, as in many containers, it keeps its number for good. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return !['Z', 'X'].includes(fieldsOf(pid)?.[0] ?? '');
}

function namespace(): string {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0';
  } catch {
    return '0';
  }
}

/** In clock ticks since boot; null for one that is gone, also where its parent has not looked yet. */
function startTime(pid: number): string | null {
  const fields = fieldsOf(pid);
  return fields === null || fields[0] === 'Z' ? null : (fields[19] ?? null);
}

/** What `/proc/PID/stat` says behind the name, from the state on; null where there is none. */
function fieldsOf(pid: number): string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}
