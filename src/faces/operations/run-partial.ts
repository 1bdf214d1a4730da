/**
 * `winnow run --partial FILE[:FUNCTION]`: a program of which parts are missing, or one function or class of a repository.
 *
 * A function, and a file of a repository, bring the files along that imports come to, so that these are real. What lies outside of its repository is missing, unless `--python` names an
 * environment that has it.
 */
import { existsSync, realpathSync } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { WinnowError } from '../../base/mod.ts';
import {
  filesAround,
  type Job,
  type JobFile,
  type PartialLevel,
  type PartialOptions,
  type PartialReport,
  pythonFilesAround,
  type Runner,
  type RunOptions,
  repositoryOf,
  runPartial,
} from '../../run/mod.ts';
import { milliseconds } from '../units.ts';
import { openNamedModel } from './model-flags.ts';
import { requireDirectory } from './run-files.ts';
import { badUsage, type Given, jobOf } from './run-input.ts';
import { outcomeOutput, type RunOutput } from './run-schemas.ts';
import type { Context } from './types.ts';

export interface PartialJob {
  readonly job: Job;
  readonly function: string | null;
  readonly packages: readonly string[];
  /** Directory of this machine that the job's paths are relative to, absolute. */
  readonly root: string;
}

/** The job, with the function's package beside it where one was named. */
export async function partialJobOf(given: Given, context: Context): Promise<PartialJob> {
  // What reads an index is half of what a run would load.
  const { targetOf } = await import('./run-target.ts');
  const { file, function: name } = await targetOf(given.code === undefined ? given.file : undefined, context);
  const plain = await jobWithElements({ ...given, ...(file === undefined ? {} : { file }) }, context);
  const packages = given.python === undefined ? [] : await packagesOf(given.python, context);
  const read = [...(plain.grants?.read ?? []), ...packages];
  const job = { ...plain, grants: { ...plain.grants, read } };
  const isFile = file !== undefined && file !== '-';
  if (given.observe && !isFile)
    throw badUsage('--observe adds calls to the graph of the repository that FILE lies in; this program is no file.');
  const path = resolve(context.cwd, file ?? '');
  const isPython = job.language === 'python';
  // A file outside of every repository has no neighbours that are known to be its own.
  if (name === null && (!isFile || !existsSync(path) || repositoryOf(dirname(path)) === null))
    return { job, function: null, packages, root: dirname(path) };
  const around = isPython ? pythonFilesAround : filesAround;
  const { root, files } = around(path);
  const entry = relative(root, path).split(sep).join('/');
  return { job: { ...job, files: besides(files, job.files), entry }, function: name, packages, root };
}

/** Languages by the endings that their sources have where JSX stands in them: they run partially alone, since no engine has it. */
const withElements: Readonly<Record<string, string>> = { jsx: 'javascript', tsx: 'typescript' };

async function jobWithElements(given: Given, context: Context): Promise<Job> {
  const { lang, file, code } = given;
  const [, ending] = /\.([jt]sx)$/.exec(code === undefined ? (file ?? '') : '') ?? [];
  const asked = lang === undefined ? ending : lang.toLowerCase();
  const language = asked === undefined ? undefined : withElements[asked];
  if (asked === undefined || language === undefined) return jobOf(given, context);
  const job = await jobOf({ ...given, lang: language }, context);
  const [program, ...beside] = job.files;
  // A program without a name of its own.
  if (program === undefined || (file !== '-' && code === undefined)) return job;
  const entry = `main.${asked}`;
  return { ...job, entry, files: [{ ...program, path: entry }, ...beside] };
}

/** Where Python's packages of a virtual environment lie; a directory without any is one of packages. */
export async function packagesOf(path: string, context: Context): Promise<readonly string[]> {
  await requireDirectory(path, context.cwd, '--python');
  const root = await realpath(resolve(context.cwd, path));
  const versions = await readdir(join(root, 'lib')).catch(() => []);
  const found = versions
    .filter((name) => /^python3/.test(name))
    .map((name) => join(root, 'lib', name, 'site-packages'))
    .filter((directory) => existsSync(directory))
    // Who names an environment has not named what a link in it leads to.
    .filter((directory) => relative(root, realpathSync(directory)).split(sep)[0] !== '..');
  return found.length > 0 ? found : [root];
}

/** What `--files` named goes along; the first of the job's own files is the program. */
const besides = (files: readonly JobFile[], [, ...named]: readonly JobFile[]): readonly JobFile[] => [
  ...files,
  ...named.filter(({ path }) => !files.some((one) => one.path === path)),
];

export async function runPartially(
  runner: Runner,
  { job, function: name, packages, root }: PartialJob,
  given: Given,
  context: Context,
  trace?: NonNullable<PartialOptions['trace']>,
): Promise<Pick<RunOutput, 'outcome' | 'partial'> & { readonly report: PartialReport }> {
  const options: PartialOptions = {
    ...(given.level === undefined ? {} : { level: given.level as PartialLevel }),
    ...(given.budget === undefined ? {} : { budget: { wallMs: milliseconds(given.budget) } }),
    ...(name === null ? {} : { function: name }),
    packages,
    calls: given.observe,
    ...(trace && { trace }),
    // Half of what a run would load, and only partial runs want it.
    load: (await import('../../index/mod.ts')).loadGrammarFile,
  };
  const how = { backend: given.backend, signal: context.signal };
  const { report, proposals } =
    given.model === undefined && given.replay === undefined
      ? { report: await runPartial(job, options, runner, how), proposals: null }
      : await askedPartially(runner, job, options, how, given, context);
  if (name !== null) requireFunction(job.entry, name, report);
  const observed = given.observe
    ? await (await import('./run-observe.ts')).observePartially(
        root,
        report,
        { entry: job.entry, function: name },
        context,
      )
    : null;
  return {
    report,
    outcome: outcomeOutput(report.outcome),
    partial: { ...partialOutput(job.entry, name, report), observed, proposals },
  };
}

/** With values that a language model proposes. */
async function askedPartially(
  runner: Runner,
  job: Job,
  options: PartialOptions,
  how: RunOptions,
  { model: name, modelUrl, budgetUsd, record, replay }: Given,
  context: Context,
): Promise<{ report: PartialReport; proposals: NonNullable<RunOutput['partial']>['proposals'] }> {
  // Half of what a run would load, as well.
  const { runPartialAsking } = await import('../../solve/mod.ts');
  const model = await openNamedModel({ model: name, modelUrl, budgetUsd, record, replay, cache: true }, context);
  const { report, proposals } = await runPartialAsking(job, options, runner, model, how);
  const { cost, ...told } = proposals;
  return { report, proposals: { ...told, costUsd: cost } };
}

/** @throws WinnowError `unknown-id` where the file has no function of that name any more */
function requireFunction(entry: string, name: string, { gaps }: PartialReport): void {
  if (!gaps.some((gap) => gap.startsWith('there is no function'))) return;
  const others = gaps.filter((gap) => !gap.startsWith('there is no function'));
  throw new WinnowError(
    'unknown-id',
    [
      `${entry} has no function or class ${name}. \`winnow show\` with the path lists those that it has.`,
      ...others,
    ].join(' '),
    { details: { id: `${entry}:${name}`, near: [] } },
  );
}

function partialOutput(
  entry: string,
  name: string | null,
  report: PartialReport,
): Omit<NonNullable<RunOutput['partial']>, 'observed' | 'proposals'> {
  const {
    outcome: _,
    calls: __,
    traced: ___,
    beside: ____,
    injections,
    failures,
    called,
    gaps,
    coverage,
    levels,
    ...rest
  } = report;
  const covered = (one: PartialReport['coverage']) => ({
    ...one,
    files: one.files.map(({ path, ran, missed }) => ({ path, ran: [...ran], missed: [...missed] })),
  });
  return {
    ...rest,
    entry,
    function: name,
    coverage: covered(coverage),
    levels: levels.map((one) => ({ ...one, coverage: covered(one.coverage), union: covered(one.union) })),
    injections: injections.map((one) => ({ ...one, why: [...one.why] })),
    failures: failures.map((one) => ({ ...one, because: [...one.because] })),
    called: [...called],
    gaps: [...gaps],
  };
}
