/**
 * Who is the host: at most one living process per directory, told by files that only ever gain in number.
 *
 * `host-N.json` is made by linking a whole file to its name, which one process alone can do for each N. It belongs to its maker for as
 * long as that lives, and is never removed by it: the next one sees that its maker is gone and makes N+1, then removes what is lower.
 * Somebody who looked long ago, and makes a low number that was removed since, finds the higher one when looking again and
 * yields. So a killed host leaves nothing that must be cleaned before the next can start, and two starts at once give one host.
 */

import { randomBytes } from 'node:crypto';
import { linkSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isLiving, processMark } from '../../processmark.ts';
import { recordOf } from '../../untrusted.ts';

export interface HostRecord {
  readonly number: number;
  /** Of the process: `processmark.ts`. */
  readonly mark: string;
  readonly pid: number;
  /** Of Winnow. */
  readonly version: string;
  /** Of what host and client say to each other. */
  readonly protocol: number;
  readonly socket: string;
}

/** @returns the host that lives, whether it listens yet or not; null when there is none */
export function livingHost(directory: string): HostRecord | null {
  const last = lastRecord(directory);
  return last !== null && isLiving(last.mark) ? last : null;
}

/**
 * Makes this process the host.
 *
 * @param socketOf the address it will listen at, by its number
 * @returns null when another process is it
 */
export function becomeHost(
  directory: string,
  who: { readonly version: string; readonly protocol: number; socketOf(number: number): string },
): HostRecord | null {
  const draft = join(directory, `.host-${randomBytes(8).toString('hex')}`);
  try {
    for (;;) {
      const last = lastRecord(directory);
      if (last !== null && isLiving(last.mark)) return null;
      const number = lastNumber(directory) + 1;
      const record: HostRecord = {
        number,
        mark: processMark(),
        pid: process.pid,
        version: who.version,
        protocol: who.protocol,
        socket: who.socketOf(number),
      };
      writeFileSync(draft, JSON.stringify(record), { mode: 0o600 });
      try {
        linkSync(draft, join(directory, nameOf(number)));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue;
        throw error;
      }
      if (lastNumber(directory) !== number) {
        rmSync(join(directory, nameOf(number)), { force: true });
        continue;
      }
      for (const lower of numbers(directory))
        if (lower < number) rmSync(join(directory, nameOf(lower)), { force: true });
      return record;
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

const nameOf = (number: number): string => `host-${number}.json`;

function numbers(directory: string): number[] {
  return readdirSync(directory).flatMap((name) => {
    const match = /^host-(\d{1,9})\.json$/.exec(name);
    return match === null ? [] : [Number(match[1])];
  });
}

const lastNumber = (directory: string): number => Math.max(0, ...numbers(directory));

/** A file that is damaged, or was removed since, tells of no host. */
function lastRecord(directory: string): HostRecord | null {
  const number = lastNumber(directory);
  if (number === 0) return null;
  try {
    const row = recordOf(readFileSync(join(directory, nameOf(number)), 'utf8'));
    if (row === null || typeof row.mark !== 'string' || typeof row.socket !== 'string') return null;
    return row as unknown as HostRecord;
  } catch {
    return null;
  }
}
