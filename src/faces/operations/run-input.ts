/** What `winnow run` takes: its words and flags, and the job they make together with what lies on disk. */
import { basename, dirname, resolve } from 'node:path';
import { z } from 'zod';
import { WinnowError } from '../../base/mod.ts';
import {
  detectLanguage,
  type Job,
  jobLimits,
  type Limits,
  partialLevels,
  runLanguage,
  runLanguages,
} from '../../run/mod.ts';
import { bytesIn, durationPattern, durationText, milliseconds, sizePattern, sizeText } from '../units.ts';
import { modelFlags } from './model-flags.ts';
import { readFilesBeside, readFileWithin, requireDirectory } from './run-files.ts';
import { backends } from './run-schemas.ts';
import type { Context } from './types.ts';
import { worldFlags } from './world-flags.ts';

const duration = z.string().regex(durationPattern, 'a time such as 500ms, 10s or 2m was expected');
const size = z.string().regex(sizePattern, 'a size such as 64KiB, 512MB or 1GiB was expected');
const { ranges } = jobLimits;

export const input = z.strictObject({
  file: z.string().min(1).optional().describe('The program, or - to read it from standard input'),
  code: z
    .string()
    .optional()
    .describe('The program itself, in the place of FILE; needs --lang, and all words are its arguments'),
  args: z.array(z.string()).default([]).describe('Arguments of the program; those that start with a dash go after --'),
  lang: z
    .string()
    .min(1)
    .meta({ examples: runLanguages.map(({ name }) => name) })
    .optional()
    .describe('The language; needed with -, and where neither the ending nor a #! line tells'),
  stdin: z
    .string()
    .min(1)
    .optional()
    .describe(
      'What the program reads: a file, or - for standard input. When not given: what was redirected from a file, never a pipe',
    ),
  input: z.string().optional().describe('What the program reads, itself, in the place of --stdin'),
  files: z
    .array(z.string().min(1))
    .default([])
    .describe('A file, directory or quoted pattern to be found beside the program'),
  backend: z
    .enum(['auto', ...backends])
    .default('auto')
    .describe('Where it runs; auto is native where that is possible, else embedded'),
  wall: duration.default('10s').describe('Elapsed time it may take'),
  cpu: duration.default('10s').describe('CPU time that all its processes may take'),
  fuel: z
    .int()
    .min(ranges.fuel[0])
    .max(ranges.fuel[1])
    .optional()
    .describe('WebAssembly instructions it may take; implies the embedded backend'),
  memory: size.default('512MiB').describe('Memory of all its processes'),
  output: size.default('16MiB').describe('Bytes it may write to standard output, and as many to standard error'),
  keepOutput: size.optional().describe('Bytes of each stream to keep, first and last half; all of them when not given'),
  processes: z
    .int()
    .min(ranges.processes[0])
    .max(ranges.processes[1])
    .default(64)
    .describe('Processes and threads at once'),
  fileBytes: size.optional().describe('Bytes of all files it may write; 64MiB when not given, 1GiB with --in'),
  ...worldFlags({
    env: 'A variable for the program, which gets nothing of this environment',
    network: 'Let it use the network of this machine',
    read: 'Let it read a directory of this machine, at the same path; native backend only',
  }),
  count: z.boolean().default(false).describe('Count instructions, also where that is slow'),
  out: z
    .string()
    .min(1)
    .optional()
    .describe('Write the files that it made or changed into a directory, over what is there'),
  recordCalls: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Write which function called which into a file; Python, JavaScript, TypeScript, and what Bash starts of them',
    ),
  exitCode: z
    .boolean()
    .default(false)
    .describe('End with the program’s own exit code; 124 when a limit stopped it, 128 + number after a signal'),
  languages: z.boolean().default(false).describe('List what this machine can run, and what is missing'),
  doctor: z.boolean().default(false).describe('Run a known program in every language and say what fails or is missing'),
});

/** What `winnow run` takes beside: a directory to work on, and partial execution. */
export const runInput = input.extend({
  in: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Let it work on this directory through an overlay: nothing is changed there until it is kept; native backend only',
    ),
  keep: z.boolean().default(false).describe('With --in, keep what it changed, all of it or, on a conflict, nothing'),
  drop: z.boolean().default(false).describe('With --in, show what it changed and let go of it'),
  ask: z
    .boolean()
    .default(false)
    .describe(
      'With --in, show what it changed and ask, as is done on a terminal anyway; refused elsewhere, where without it the changes wait for `winnow keep`',
    ),
  partial: z
    .boolean()
    .default(false)
    .describe(
      'Fill in what the program lacks, and say what was guessed; FILE may be an id of a search hit: app/core.py:Box.total, app/core.py:12',
    ),
  level: z
    .int()
    .min(1)
    .max(partialLevels.length)
    .optional()
    .describe(
      'The most that --partial may do. 1: run as it is. 2: fill in what is missing. 3: force branches, call functions. 4: pass over errors; 4 when not given',
    ),
  budget: duration.optional().describe('Elapsed time of all rounds of --partial; 10s when not given'),
  policy: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Read what the program would do, and refuse or confine it before it runs: strict, work-directory, open, or a file of JSON or YAML; docs/risk.md',
    ),
  allow: z
    .array(z.string().min(1))
    .default([])
    .describe('With --policy, a category of risk that is let through where the policy asks; or unknown'),
  observe: z
    .boolean()
    .default(false)
    .describe('With --partial, add calls between functions of the repository to its graph, as seen in partial runs'),
  python: z
    .string()
    .min(1)
    .optional()
    .describe('With --partial, a virtual environment or directory of packages that imports find'),
  model: z
    .string()
    .min(1)
    .optional()
    .describe('With --partial, ask this language model (provider/name) for values of what is missing, and run again'),
  modelUrl: modelFlags.modelUrl,
  budgetUsd: modelFlags.budgetUsd,
  record: modelFlags.record,
  replay: modelFlags.replay,
});

/** What stands for the values of these flags in help. */
export const jobLabels = {
  lang: 'LANGUAGE',
  code: 'CODE',
  input: 'TEXT',
  stdin: 'FILE',
  files: 'FILE',
  wall: 'TIME',
  cpu: 'TIME',
  memory: 'SIZE',
  output: 'SIZE',
  keepOutput: 'SIZE',
  fileBytes: 'SIZE',
  clock: 'WHEN',
  env: 'NAME=VALUE',
  read: 'DIR',
  in: 'DIR',
} as const;

/** A job's own words and flags. */
export type GivenJob = z.output<typeof input>;
export type Given = z.output<typeof runInput>;

/** Everything that reads the disk or standard input, before anything is started. */
export async function jobOf(given: GivenJob & { readonly in?: string | undefined }, context: Context): Promise<Job> {
  const file = programOf(given);
  if (given.input !== undefined && given.stdin !== undefined) throw badUsage('--input and --stdin exclude each other.');
  for (const directory of given.read) await requireDirectory(directory, context.cwd, '--read');
  if (given.out !== undefined) await requireDirectory(given.out, context.cwd, '--out', { mayBeMissing: true });
  const source =
    given.code !== undefined
      ? codeOf(given.code)
      : file === '-'
        ? await context.readStdin(jobLimits.bytes)
        : await readFileWithin(file, context.cwd, jobLimits.bytes);
  const language = given.lang === undefined ? detectLanguage(file, source) : runLanguage(given.lang);
  if (language === null)
    throw new WinnowError(
      'unknown-language',
      /\.[jt]sx$/.test(file)
        ? `No engine here runs JSX as it is: ${file} needs --partial, where its elements are plain values.`
        : `Neither the name of ${file} nor a #! line tells its language. Give --lang; \`winnow run --languages\` lists them.`,
      { details: { file } },
    );
  const entry = file === '-' ? language.defaultEntry : basename(file);
  const programDir = file === '-' ? context.cwd : dirname(resolve(context.cwd, file));
  const beside = await readFilesBeside(given.files, context.cwd, programDir);
  const stdin = await stdinOf(given, context);
  return {
    language: language.name,
    // The program itself may be among the files of its directory.
    files: [{ path: entry, bytes: source }, ...beside.filter(({ path }) => path !== entry)],
    entry,
    // The first word is the program's own where FILE is not wanted.
    args: given.code === undefined || given.file === undefined ? given.args : [given.file, ...given.args],
    stdin,
    env: Object.fromEntries(
      given.env.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
    ),
    limits: limitsOf({ ...given, fileBytes: given.fileBytes ?? (given.in === undefined ? '64MiB' : '1GiB') }),
    determinism: { seed: given.seed, clockMs: clockOf(given.clock) },
    grants: { network: given.network, read: given.read.map((path) => resolve(context.cwd, path)) },
    count: given.count,
  };
}

/** @returns the file, or `-` where the program is no file */
function programOf({ file, code, stdin, lang }: GivenJob): string {
  if (code !== undefined) {
    if (lang === undefined) throw badUsage('A program given by --code needs --lang.');
    return '-';
  }
  if (file === undefined)
    throw badUsage('FILE is required: the program to run, or - for standard input. --code gives it as a text.');
  if (file === '-' && stdin === '-') throw badUsage('Standard input is the program already; give --stdin a file.');
  if (file === '-' && lang === undefined) throw badUsage('A program from standard input needs --lang.');
  return file;
}

function codeOf(code: string): Uint8Array {
  const bytes = Buffer.from(code);
  if (bytes.length > jobLimits.bytes)
    throw badUsage(`--code has ${bytes.length} bytes; at most ${jobLimits.bytes} are allowed.`);
  return bytes;
}

/** A file ends; a pipe may never, and most callers that leave one open have nothing to say, so it is read only when asked. */
async function stdinOf({ file, stdin, input: text }: GivenJob, context: Context): Promise<Uint8Array> {
  if (text !== undefined) return Buffer.from(text);
  if (stdin !== undefined && stdin !== '-') return readFileWithin(stdin, context.cwd, jobLimits.bytes);
  const isRead = stdin === '-' || (file !== '-' && context.stdinIsFile);
  return isRead ? context.readStdin(jobLimits.bytes) : new Uint8Array(0);
}

function limitsOf(given: GivenJob): Partial<Limits> {
  const outputBytes = sizeOf(given, 'output', 'outputBytes');
  return {
    wallMs: timeOf(given, 'wall', 'wallMs'),
    cpuMs: timeOf(given, 'cpu', 'cpuMs'),
    fuel: given.fuel ?? null,
    memoryBytes: sizeOf(given, 'memory', 'memoryBytes'),
    outputBytes,
    keepBytes:
      given.keepOutput === undefined
        ? Math.min(outputBytes, jobLimits.keepBytes)
        : sizeOf(given, 'keepOutput', 'keepBytes'),
    processes: given.processes,
    fileBytes: sizeOf(given, 'fileBytes', 'fileBytes'),
  };
}

function sizeOf(given: GivenJob, flag: 'memory' | 'output' | 'keepOutput' | 'fileBytes', limit: keyof Limits): number {
  const typed = flag.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return within(`--${typed}`, given[flag] as string, bytesIn, limit, sizeText);
}

function timeOf(given: GivenJob, flag: 'wall' | 'cpu', limit: keyof Limits): number {
  return within(`--${flag}`, given[flag], milliseconds, limit, durationText);
}

/** The runner checks ranges as well, but calls a limit by its name in a job, which nobody typed here. */
function within(
  flag: string,
  text: string,
  read: (text: string) => number,
  limit: keyof Limits,
  shown: (value: number) => string,
): number {
  const value = read(text);
  const [least, most] = ranges[limit];
  if (value >= least && value <= most) return value;
  throw badUsage(`${flag} must be from ${shown(least)} to ${shown(most)}; it was ${text}.`);
}

function clockOf(text: string): number | null {
  if (text === 'real') return null;
  const ms = Date.parse(text);
  if (Number.isNaN(ms))
    throw badUsage(`--clock must be "real" or a time such as 2025-01-01T00:00:00Z; it was ${JSON.stringify(text)}.`);
  return ms;
}

export function badUsage(message: string): WinnowError {
  return new WinnowError('bad-usage', `${message} See \`winnow run --help\`.`, { details: { verb: 'run' } });
}
