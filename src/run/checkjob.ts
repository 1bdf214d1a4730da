/**
 * From a job as a caller writes it to one that a backend may trust: every default filled in, every
 * path sound, every number in its range. All complaints are the caller's: `bad-job` or
 * `unknown-language`.
 *
 * A backend never checks again, so nothing may pass here that could leave a work directory or be
 * understood in two ways. It does not look at what this machine can do; that is the runner's.
 */
import { isAbsolute, normalize } from 'node:path';
import { nearest, WinnowError } from '../base/mod.ts';
import { checkLimits, defaultCompileLimits, defaultLimits, jobLimits } from './joblimits.ts';
import { directoriesOf, pathProblem } from './jobpath.ts';
import { runLanguage } from './languages.ts';
import type { CheckedJob, Determinism, Job, JobFile } from './types.ts';

/** Linux refuses one argument or variable of 128 KiB (`MAX_ARG_STRLEN`), its NUL included… */
const mostWordBytes = 128 * 1024 - 1;
/** …and all of them together past a quarter of the stack, 2 MiB; half of that leaves room for a tool's own. */
const mostWordsBytes = 1024 * 1024;

/** Everything held still at values that say so: a fixed instant, no local language, no local zone. */
const pinned: Determinism = {
  seed: 0,
  clockMs: Date.UTC(2025, 0, 1),
  locale: 'C.UTF-8',
  timeZone: 'UTC',
};

/** @throws WinnowError `bad-job`, `unknown-language` */
export function checkJob(job: Job): CheckedJob {
  checkShape(job);
  const language = runLanguage(job.language).name;
  const data = job.data ?? [];
  checkFiles([...job.files, ...data]);
  checkEntry(job);
  const stdin = job.stdin ?? new Uint8Array(0);
  const bytes = [...job.files, ...data].reduce((sum, file) => sum + file.bytes.length, stdin.length);
  if (bytes > jobLimits.bytes)
    throw bad(`Files and standard input together have ${bytes} bytes; ${jobLimits.bytes} are allowed.`, { bytes });
  if (job.over !== undefined && job.count === true)
    throw bad('Instructions are counted by a second run, and over a directory a program runs once. Leave one out.');
  const args = job.args ?? [];
  const env = job.env ?? {};
  checkWords(args, env);
  return {
    language,
    files: job.files,
    ...(data.length === 0 ? {} : { data }),
    entry: job.entry,
    args,
    stdin,
    env,
    limits: checkLimits(job.limits ?? {}, defaultLimits, 'limits'),
    compileLimits: checkLimits(job.compileLimits ?? {}, defaultCompileLimits, 'compileLimits'),
    determinism: checkDeterminism(job.determinism ?? {}),
    grants: { network: job.grants?.network ?? false, read: checkRead(job.grants?.read ?? []) },
    count: job.count ?? false,
    ...(job.over === undefined ? {} : { over: job.over, entryInOver: job.entryInOver ?? null }),
    ...(job.probe === true ? { probe: true } : {}),
    ...(job.rescue === true ? { rescue: true } : {}),
    ...(job.watch === true ? { watch: true } : {}),
  };
}

/** The types themselves, for callers whose compiler did not look: plain JavaScript, or JSON that somebody sent. */
function checkShape(job: Job): void {
  record('The job', job);
  for (const name of ['language', 'entry'] as const)
    must(`job.${name}`, typeof job[name] === 'string', 'text', job[name]);
  for (const [name, files] of [
    ['job.files', job.files],
    ['job.data', job.data ?? []],
  ] as const) {
    must(name, Array.isArray(files), 'a list of files', files);
    for (const [index, file] of files.entries()) {
      record(`${name}[${index}]`, file);
      must(`${name}[${index}].path`, typeof file.path === 'string', 'text', file.path);
      must(`${name}[${index}].bytes`, file.bytes instanceof Uint8Array, 'bytes (a Uint8Array)', file.bytes);
    }
  }
  const { args, stdin, env, grants, count, probe, rescue, watch } = job;
  if (stdin !== undefined) must('job.stdin', stdin instanceof Uint8Array, 'bytes (a Uint8Array)', stdin);
  if (args !== undefined) texts('job.args', args);
  for (const name of ['env', 'limits', 'compileLimits', 'determinism', 'grants'] as const)
    if (job[name] !== undefined) record(`job.${name}`, job[name]);
  for (const [name, value] of Object.entries(env ?? {}))
    must(`job.env.${name}`, typeof value === 'string', 'text', value);
  if (grants?.read !== undefined) texts('job.grants.read', grants.read);
  for (const [name, value] of [
    ['job.count', count],
    ['job.probe', probe],
    ['job.rescue', rescue],
    ['job.watch', watch],
    ['job.grants.network', grants?.network],
  ] as const)
    if (value !== undefined) must(name, typeof value === 'boolean', 'true or false', value);
}

function record(what: string, value: unknown): void {
  must(what, typeof value === 'object' && value !== null && !Array.isArray(value), 'an object', value);
}

function texts(what: string, value: unknown): void {
  must(what, Array.isArray(value) && value.every((one) => typeof one === 'string'), 'a list of texts', value);
}

function must(what: string, holds: boolean, expected: string, value: unknown): void {
  if (holds) return;
  const came = value === null ? 'null' : Array.isArray(value) ? 'a list' : `of type ${typeof value}`;
  throw bad(`${what} must be ${expected}; it was ${came}.`);
}

function checkFiles(files: readonly JobFile[]): void {
  if (files.length > jobLimits.files) throw bad(`A job may have ${jobLimits.files} files; it has ${files.length}.`);
  const seen = new Set<string>();
  for (const { path, mode } of files) {
    const problem = pathProblem(path);
    if (problem !== null) throw bad(`The file name ${shown(path)} ${problem}.`, { path });
    if (seen.has(path)) throw bad(`The file ${shown(path)} is given twice.`, { path });
    seen.add(path);
    if (mode !== undefined && !(Number.isInteger(mode) && mode >= 0 && mode <= 0o777))
      throw bad(`The mode of ${shown(path)} must be from 0 to 0o777; it was ${mode}.`, { path, mode });
  }
  for (const { path } of files) {
    const file = directoriesOf(path).find((directory) => seen.has(directory));
    if (file !== undefined) throw bad(`${shown(file)} is a file, and the directory of ${shown(path)}.`, { path });
  }
}

function checkEntry({ files, entry }: Job): void {
  const paths = files.map((file) => file.path);
  if (paths.includes(entry)) return;
  const [near] = nearest(entry, paths.slice(0, 200));
  const way = near !== undefined ? ` Did you mean ${shown(near)}?` : '';
  const among =
    paths.length === 0
      ? 'there are none'
      : `there are ${paths.slice(0, 5).map(shown).join(', ')}${paths.length > 5 ? ', …' : ''}`;
  throw bad(`The entry ${shown(entry)} is not among the job's files (${among}).${way}`, { entry });
}

/** Arguments and environment: what a system can hand to a program at all. */
function checkWords(args: readonly string[], env: Readonly<Record<string, string>>): void {
  const words: [what: string, text: string][] = [
    ...args.map((text, index): [string, string] => [`Argument ${index + 1}`, text]),
    ...Object.entries(env).map(([name, value]): [string, string] => [
      `The variable ${shown(name)}`,
      `${name}=${value}`,
    ]),
  ];
  let sum = 0;
  for (const [what, text] of words) {
    const length = Buffer.byteLength(text);
    sum += length + 1;
    if (text.includes('\0')) throw bad(`${what} holds a NUL byte.`);
    if (!text.isWellFormed()) throw bad(`${what} is not Unicode: it holds half of a surrogate pair.`);
    if (length > mostWordBytes) throw bad(`${what} has ${length} bytes; ${mostWordBytes} are allowed.`);
  }
  if (sum > mostWordsBytes) throw bad(`Arguments and environment have ${sum} bytes; ${mostWordsBytes} are allowed.`);
  for (const name of Object.keys(env))
    if (name === '' || name.includes('=')) throw bad(`${shown(name)} cannot be the name of a variable.`, { name });
}

function checkDeterminism(given: Partial<Determinism>): Determinism {
  const defined = Object.entries(given).filter(([, value]) => value !== undefined);
  const all: Determinism = { ...pinned, ...Object.fromEntries(defined) };
  const { seed, clockMs, locale, timeZone } = all;
  for (const name of Object.keys(all))
    if (!Object.hasOwn(pinned, name)) throw bad(`determinism has no ${shown(name)}.`);
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32)
    throw bad(`determinism.seed must be a whole number from 0 to ${2 ** 32 - 1}; it was ${seed}.`);
  // Signed 32-bit seconds are what the oldest runtime here can tell the time in.
  if (clockMs !== null && (!Number.isInteger(clockMs) || clockMs < 0 || clockMs >= 2 ** 31 * 1000))
    throw bad(`determinism.clockMs must be null or whole milliseconds from 1970 to 2038; it was ${clockMs}.`);
  for (const name of ['locale', 'timeZone'] as const)
    must(`determinism.${name}`, typeof all[name] === 'string', 'text', all[name]);
  if (!/^[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}$/.test(locale)) throw bad(`${shown(locale)} is not the name of a locale.`);
  if (!/^[A-Za-z][A-Za-z0-9_+-]{0,31}(\/[A-Za-z0-9_+-]{1,32}){0,2}$/.test(timeZone))
    throw bad(`${shown(timeZone)} is not the name of a time zone.`);
  return all;
}

function checkRead(directories: readonly string[]): readonly string[] {
  for (const directory of directories) {
    const plain = isAbsolute(directory) && !directory.includes('\0') && directory.isWellFormed();
    if (!plain || directory.split('/').some((part) => part === '..' || part === '.'))
      throw bad(`A directory to read must be an absolute path without "." and ".."; it was ${shown(directory)}.`);
  }
  return [...new Set(directories.map((directory) => normalize(directory).replace(/(.)\/$/, '$1')))];
}

/** As JSON, so that control characters are visible, and short. */
function shown(text: string): string {
  return JSON.stringify(text.length > 120 ? `${text.slice(0, 119)}…` : text);
}

function bad(message: string, details: Record<string, unknown> = {}): WinnowError {
  return new WinnowError('bad-job', message, { details });
}
