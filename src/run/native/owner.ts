/**
 * A mark for what a process leaves on the machine while it lives, so that a later start can tell and remove what killed ones left.
 *
 * It holds the process namespace, number and start time: no other process has it, also where several containers share
 * a directory. Of what was made in another namespace nothing is known, so it never counts as left.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** Of this process. Letters, digits and dashes; ends with a dash. */
export function ownMark(): string {
  return `${namespacePrefix()}${process.pid}-${startTime(process.pid)}-`;
}

/**
 * Entries of a directory whose names hold, after a prefix, the mark of a process that is gone.
 *
 * @param before ends where the mark begins
 * @throws what the file system throws
 */
export function leftIn(directory: string, before: RegExp): string[] {
  const place = namespacePrefix();
  return readdirSync(directory).flatMap((name) => {
    const start = before.exec(name);
    if (start === null) return [];
    const rest = name.slice(start.index + start[0].length);
    const match = rest.startsWith(place) ? /^(\d+)-(\d+)-/.exec(rest.slice(place.length)) : null;
    return match !== null && startTime(Number(match[1])) !== match[2] ? [join(directory, name)] : [];
  });
}

/** Process numbers mean something only within a namespace, which has a number itself. Where there are none, all are alike. */
function namespacePrefix(): string {
  try {
    return `${/\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0'}-`;
  } catch {
    return '0-';
  }
}

/** When a process started, in clock ticks since boot; with its number, a name no other process has. Null when there is none. */
function startTime(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
