/**
 * What a recording says, and its reading: rows of winnow.calls/1 (docs/formats.md).
 *
 * Rows come out of programs that nobody vouches for, so every value is looked at and everything is bounded. What is no
 * row is counted, not believed. Processes of one run write a file each; their rows are added up here.
 */
import { pathProblem } from '../jobpath.ts';
import { isCount, isRecord, recordOf } from '../untrusted.ts';

/** A function, a class or a file's own code (line 0, `<module>`) of the program. */
export interface CallPlace {
  /** Relative to the root, forward slashes. */
  readonly path: string;
  /** Line from 1 on which its definition begins, decorators of Python included; 0 for a file's own code. */
  readonly line: number;
  /** Qualified: `Class.method`. Functions without a name are `<lambda>` or `<anonymous>`. */
  readonly name: string;
}

export const callWays = ['direct', 'class', 'construct', 'implicit', 'through'] as const;

/**
 * `direct`: a call in the caller's text entered the callee. `class`: it called this class. `construct`: the constructor that
 * such a call entered. `implicit`: the language called (operator, property, decorator, iteration). `through`: code outside the root called, a
 * library that was given a callback, say.
 */
export type CallWay = (typeof callWays)[number];

export interface CallRow {
  readonly caller: CallPlace;
  /** `null`: the call at this place entered nothing below the root. */
  readonly callee: CallPlace | null;
  /** Line from 1 of the name that is called, 0 when not known. */
  readonly callLine: number;
  /** Column from 1 of that name in bytes of UTF-8, 0 when not known or when no call is written there. */
  readonly callColumn: number;
  readonly count: number;
  readonly how: CallWay;
}

export interface CallRows {
  readonly rows: readonly CallRow[];
  /** Distinct rows that recorder or reader left out because there were too many. */
  readonly dropped: number;
  /** Lines that are no rows. */
  readonly unreadable: number;
}

/** Distinct rows of one recording: 60 MB as objects. The largest suite measured gives 60,000 over all its processes. */
const mostRows = 400_000;
const mostNameLength = 1_000;

/** Reads and adds up what the processes of a run wrote, or recordings. */
export function readCallRows(files: Iterable<Uint8Array>): CallRows {
  const rows = new Map<string, CallRow>();
  let dropped = 0;
  let unreadable = 0;
  for (const bytes of files) {
    for (const line of new TextDecoder().decode(bytes).split('\n')) {
      if (line === '') continue;
      const value = recordOf(line);
      const row = rowOf(value);
      if (row !== null) {
        const key = JSON.stringify([row.caller, row.callee, row.callLine, row.callColumn, row.how]);
        const known = rows.get(key);
        if (known !== undefined) rows.set(key, { ...known, count: Math.min(known.count + row.count, 2 ** 53 - 1) });
        else if (rows.size < mostRows) rows.set(key, row);
        else dropped++;
      } else if (isRecord(value) && isCount(value.dropped)) dropped += value.dropped;
      else if (!isRecord(value) || value.format !== callsFormat) unreadable++;
    }
  }
  return { rows: [...rows.values()], dropped, unreadable };
}

export const callsFormat = 'winnow.calls/1';

/** A recording as bytes: a head, then a row a line. */
export function writeCallRows({ rows, dropped }: CallRows): Uint8Array {
  const lines = [{ format: callsFormat, rows: rows.length, dropped }, ...rows].map((line) => JSON.stringify(line));
  return new TextEncoder().encode(`${lines.join('\n')}\n`);
}

/** Only what the format has is taken over. */
function rowOf(value: unknown): CallRow | null {
  if (!isRecord(value)) return null;
  const { callLine, callColumn, count, how } = value;
  const caller = placeOf(value.caller);
  const callee = value.callee === null ? null : placeOf(value.callee);
  const way = callWays.find((one) => one === how);
  if (caller === null || (callee === null && value.callee !== null) || way === undefined) return null;
  if (!isCount(callLine) || !isCount(callColumn) || !isCount(count)) return null;
  return { caller, callee, callLine, callColumn, count, how: way };
}

/** A place that a program wrote; null where it is none. */
export function placeOf(value: unknown): CallPlace | null {
  if (!isRecord(value)) return null;
  const { path, line, name } = value;
  if (typeof path !== 'string' || pathProblem(path) !== null || !isCount(line)) return null;
  if (typeof name !== 'string' || name.length > mostNameLength) return null;
  return { path, line, name };
}
