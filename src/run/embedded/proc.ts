/**
 * What Linux says about a process: its CPU time and memory. On other systems nothing is known, and `null` says so.
 */
import { readFileSync } from 'node:fs';

/** Linux reports times in hundredths of a second to programs, whatever its own tick is (`USER_HZ`). */
const msPerTick = 10;
/** Linux on the machines that Node has builds for; arm64 with larger pages overstates nothing, it understates. */
const pageBytes = 4096;

/** @returns user and system time of all its threads, ms */
export function cpuMsOf(pid: number): number | null {
  const stat = readProc(`${pid}/stat`);
  // The name, in parentheses, may hold anything; what follows the last one is numbers.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields === undefined ? null : (Number(fields[11]) + Number(fields[12])) * msPerTick;
}

export function residentBytesOf(pid: number): number | null {
  const statm = readProc(`${pid}/statm`);
  return statm === null ? null : Number(statm.split(' ')[1]) * pageBytes;
}

/** Follows first children down to the process that has none: the engine below the wrappers that hold it. */
export function innermost(pid: number): number | null {
  for (let at = pid; ; ) {
    const children = readProc(`${at}/task/${at}/children`);
    if (children === null) return null;
    const [first] = children.trim().split(' ');
    if (first === undefined || first === '') return at;
    at = Number(first);
  }
}

function readProc(path: string): string | null {
  try {
    return readFileSync(`/proc/${path}`, 'utf8');
  } catch {
    return null;
  }
}
