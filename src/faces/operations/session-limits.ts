/** What a session is opened with: flags that `session new`, `session replay` and `repl` share, and the request they make. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { WinnowError } from '../../base/mod.ts';
import { type JobFile, jobLimits, type SessionLimits, type SessionRequest, sessionLanguages } from '../../run/mod.ts';
import { bytesIn, durationPattern, durationText, milliseconds, sizePattern, sizeText } from '../units.ts';
import { readFilesBeside, requireDirectory } from './run-files.ts';
import { backends } from './run-schemas.ts';
import { badSessionUsage } from './session-client.ts';
import type { Context } from './types.ts';
import { worldFlags } from './world-flags.ts';

const duration = z.string().regex(durationPattern, 'a time such as 500ms, 10s or 2m was expected');
const size = z.string().regex(sizePattern, 'a size such as 64KiB, 512MB or 1GiB was expected');

const aliases: Readonly<Record<string, SessionRequest['language']>> = {
  py: 'python',
  js: 'javascript',
  ts: 'typescript',
  sh: 'bash',
  sqlite: 'sql',
};

/** As people call it: `py` too. @throws WinnowError `unknown-language` */
export function sessionLanguage(name: string): SessionRequest['language'] {
  const lower = name.toLowerCase();
  const language = aliases[lower] ?? sessionLanguages.find((one) => one === lower);
  if (language !== undefined) return language;
  throw new WinnowError(
    'unknown-language',
    `There are sessions for ${sessionLanguages.join(', ')}; not for ${JSON.stringify(name)}.`,
    { details: { language: name } },
  );
}

export const languageFlag = z
  .string()
  .min(1)
  .meta({ examples: [...sessionLanguages] });

/** Flags of limits and surroundings. What is not given is as `SessionLimits` has it. */
export const sessionFlags = z.strictObject({
  backend: z
    .enum(['auto', ...backends])
    .default('auto')
    .describe('Where it runs; auto is native where that is possible, else embedded'),
  files: z
    .array(z.string().min(1))
    .default([])
    .describe('A file, directory or quoted pattern to lie in its work directory'),
  wall: duration.default('60s').describe('Elapsed time of one cell; past it the cell is interrupted'),
  cpu: duration.default('120s').describe('CPU time of one cell and all its processes'),
  memory: size.default('1GiB').describe('Memory of all its processes'),
  output: size.default('16MiB').describe('Bytes that one cell may write to each stream'),
  processes: z
    .int()
    .min(jobLimits.ranges.processes[0])
    .max(jobLimits.ranges.processes[1])
    .default(64)
    .describe('Processes and threads at once'),
  fileBytes: size.default('256MiB').describe('Bytes of all files it may write'),
  idle: duration.default('30m').describe('Time without a cell after which it ends'),
  total: duration.default('24h').describe('Time after which it ends in any case'),
  python: z
    .string()
    .min(1)
    .optional()
    .describe('Python: a virtual environment or interpreter, whose packages its cells have; native backend only'),
  ...worldFlags({
    env: 'A variable for its cells, which get nothing of this environment',
    network: 'Let its cells use the network of this machine',
    read: 'Let its cells read a directory of this machine, at the same path; native backend only',
  }),
});

export type SessionFlags = z.output<typeof sessionFlags>;

export const sessionLabels = {
  lang: 'LANGUAGE',
  files: 'FILE',
  wall: 'TIME',
  cpu: 'TIME',
  memory: 'SIZE',
  output: 'SIZE',
  fileBytes: 'SIZE',
  idle: 'TIME',
  total: 'TIME',
  clock: 'WHEN',
  env: 'NAME=VALUE',
  read: 'DIR',
  python: 'DIR',
} as const;

/** Reads files, and nothing else of the disk. @throws WinnowError `bad-usage`, `path-not-found`, … */
export async function requestOf(
  language: SessionRequest['language'],
  given: SessionFlags,
  context: Context,
  verb: string,
): Promise<{ readonly request: Omit<SessionRequest, 'files'>; readonly files: readonly JobFile[] }> {
  for (const directory of given.read) await requireDirectory(directory, context.cwd, '--read');
  const files = await readFilesBeside(given.files, context.cwd, context.cwd);
  return {
    files,
    request: {
      language,
      backend: given.backend,
      limits: {
        cellMs: milliseconds(given.wall),
        cellCpuMs: milliseconds(given.cpu),
        outputBytes: bytesIn(given.output),
        memoryBytes: bytesIn(given.memory),
        processes: given.processes,
        fileBytes: bytesIn(given.fileBytes),
        idleMs: milliseconds(given.idle),
        totalMs: milliseconds(given.total),
      },
      determinism: { seed: given.seed, clockMs: clockOf(given.clock, verb) },
      grants: { network: given.network, read: given.read.map((path) => resolve(context.cwd, path)) },
      ...(given.python === undefined ? {} : { python: resolve(context.cwd, given.python) }),
      env: Object.fromEntries(
        given.env.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
      ),
    },
  };
}

function clockOf(text: string, verb: string): number | null {
  if (text === 'real') return null;
  const ms = Date.parse(text);
  if (Number.isNaN(ms))
    throw badSessionUsage(
      verb,
      `--clock must be "real" or a time such as 2025-01-01T00:00:00Z; it was ${JSON.stringify(text)}.`,
    );
  return ms;
}

const flagOf: Readonly<Record<keyof SessionLimits, readonly [flag: string, shown: (value: number) => string]>> = {
  cellMs: ['--wall', durationText],
  cellCpuMs: ['--cpu', durationText],
  outputBytes: ['--output', sizeText],
  memoryBytes: ['--memory', sizeText],
  processes: ['--processes', String],
  fileBytes: ['--file-bytes', sizeText],
  idleMs: ['--idle', durationText],
  totalMs: ['--total', durationText],
};

/** A limit out of its range is called by the flag that was typed, and not by its name in a request. */
export async function namingFlags<Result>(verb: string, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof WinnowError) || error.code !== 'bad-job') throw error;
    const { limit, value, least, most } = error.details;
    const row = Object.hasOwn(flagOf, String(limit)) ? flagOf[limit as keyof SessionLimits] : undefined;
    if (row === undefined) throw error;
    const [flag, shown] = row;
    throw badSessionUsage(
      verb,
      `${flag} must be from ${shown(Number(least))} to ${shown(Number(most))}; it was ${shown(Number(value))}.`,
    );
  }
}
