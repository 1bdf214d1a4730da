/**
 * What a session may use when it does not say, the most it may ask for, and whether a request is sound.
 *
 * A session is a person's or an agent's afternoon, not one program: its cells get as much as a job, its life ends by idleness.
 */
import { isAbsolute } from 'node:path';
import { WinnowError } from '../../base/mod.ts';
import { checkJob } from '../checkjob.ts';
import { jobLimits } from '../joblimits.ts';
import type { CheckedJob, OverMount } from '../types.ts';
import {
  type RequestedDatabase,
  type SessionLanguage,
  type SessionLimits,
  type SessionRequest,
  sessionLanguages,
} from './types.ts';

const mebibyte = 2 ** 20;
const minuteMs = 60_000;

/** Bytes of one cell's code as UTF-8. It travels as JSON, where a byte may become six, in strings of at most 512 Mi characters, and the transcript has it. */
export const mostCellBytes = 16 * mebibyte;

/** @throws WinnowError `bad-job` */
export function checkCell(code: string): void {
  if (Buffer.byteLength(code) > mostCellBytes)
    throw new WinnowError(
      'bad-job',
      `A cell may have ${mostCellBytes} bytes of code; this one has ${Buffer.byteLength(code)}. Put data into a file: \`winnow session put\`.`,
    );
}

export const defaultSessionLimits: SessionLimits = {
  // Agents give a tool call half a minute to two minutes; a cell that was forgotten must not hold a core for longer.
  cellMs: 60_000,
  cellCpuMs: 120_000,
  outputBytes: 16 * mebibyte,
  memoryBytes: 1024 * mebibyte,
  processes: 64,
  fileBytes: 256 * mebibyte,
  idleMs: 30 * minuteMs,
  totalMs: 24 * 60 * minuteMs,
};

/** Timers of Node end at 24.8 days. */
const longestMs = 20 * 24 * 60 * minuteMs;

const ranges: Readonly<Record<keyof SessionLimits, readonly [least: number, most: number]>> = {
  cellMs: [1, longestMs],
  cellCpuMs: [1, longestMs],
  outputBytes: jobLimits.ranges.outputBytes,
  // Node and Pyodide do not start in less.
  memoryBytes: [32 * mebibyte, jobLimits.ranges.memoryBytes[1]],
  processes: jobLimits.ranges.processes,
  fileBytes: jobLimits.ranges.fileBytes,
  idleMs: [1, longestMs],
  totalMs: [1, longestMs],
};

/** A request with every default filled in. */
export interface CheckedSession {
  readonly language: SessionLanguage;
  readonly backend: SessionRequest['backend'];
  readonly limits: SessionLimits;
  readonly determinism: CheckedJob['determinism'];
  readonly grants: CheckedJob['grants'];
  readonly files: CheckedJob['files'];
  readonly env: CheckedJob['env'];
  readonly python: string | null;
  readonly over: OverMount | null;
  readonly database: RequestedDatabase | null;
}

/** @throws WinnowError `bad-job`, `unknown-language` */
export function checkSession(request: SessionRequest): CheckedSession {
  const language = sessionLanguages.find((one) => one === request.language);
  if (language === undefined)
    throw new WinnowError(
      'unknown-language',
      `There are sessions for ${sessionLanguages.join(', ')}; not for ${JSON.stringify(request.language)}.`,
      { details: { language: request.language } },
    );
  if (!['auto', 'native', 'embedded'].includes(request.backend))
    throw new WinnowError('bad-job', `A backend must be auto, native or embedded; it was ${String(request.backend)}.`);
  // Files, variables and grants keep the rules of a job's; a job also has an entry, which a session has not.
  const entry = 'winnow-session-entry';
  const files = request.files ?? [];
  const { determinism, grants, env } = checkJob({
    language,
    files: [...files, { path: entry, bytes: new Uint8Array(0) }],
    entry,
    ...(request.env === undefined ? {} : { env: request.env }),
    ...(request.determinism === undefined ? {} : { determinism: request.determinism }),
    ...(request.grants === undefined ? {} : { grants: request.grants }),
  });
  return {
    language,
    backend: request.backend,
    limits: checkLimits(request.limits ?? {}),
    determinism,
    grants,
    files,
    env,
    python: checkPython(request),
    over: request.over ?? null,
    database: request.database ?? null,
  };
}

function checkPython({ python, language }: SessionRequest): string | null {
  if (python === undefined) return null;
  if (language !== 'python')
    throw new WinnowError(
      'bad-job',
      `An environment of Python goes with sessions of Python; this one is of ${language}.`,
    );
  if (typeof python === 'string' && isAbsolute(python)) return python;
  throw new WinnowError('bad-job', `python must be an absolute path; it was ${JSON.stringify(python)}.`);
}

function checkLimits(given: Partial<SessionLimits>): SessionLimits {
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(ranges, name))
      throw new WinnowError('bad-job', `A session has no limit ${name}. There are: ${Object.keys(ranges).join(', ')}.`);
    if (value === undefined) continue;
    const [least, most] = ranges[name as keyof SessionLimits];
    if (!Number.isSafeInteger(value) || value < least || value > most)
      throw new WinnowError(
        'bad-job',
        `limits.${name} must be a whole number from ${least} to ${most}; it was ${String(value)}.`,
        { details: { limit: name, value: String(value), least, most } },
      );
  }
  const defined = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...defaultSessionLimits, ...Object.fromEntries(defined) };
}
