/**
 * `winnow run --partial FILE[:FUNCTION]`: a program of which parts are missing, or one function of a repository.
 *
 * A function brings its package along: the files below the outermost directory that is a package, so that its own imports are real. What lies outside of it is
 * missing, unless `--python` names an environment that has it.
 */
import { existsSync } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import {
  filesAround,
  type Job,
  type JobFile,
  type PartialLevel,
  type PartialReport,
  type Runner,
  runPartial,
} from '../../run/mod.ts';
import { milliseconds } from '../units.ts';
import { readFilesBeside, requireDirectory } from './run-files.ts';
import { badUsage, type Given, jobOf } from './run-input.ts';
import { outcomeOutput, type RunOutput } from './run-schemas.ts';
import type { Context } from './types.ts';

/** Files of a package that go along: those of large projects come to a thousand or two. */
const mostFiles = 4_000;

export interface PartialJob {
  readonly job: Job;
  readonly function: string | null;
  readonly packages: readonly string[];
}

/** The job, with the function's package beside it where one was named. */
export async function partialJobOf(given: Given, context: Context): Promise<PartialJob> {
  const { file, name } = functionOf(given.file, context.cwd);
  const plain = await jobOf({ ...given, ...(file === undefined ? {} : { file }) }, context);
  const packages = given.python === undefined ? [] : await packagesOf(given.python, context);
  const read = [...(plain.grants?.read ?? []), ...packages];
  const job = { ...plain, grants: { ...plain.grants, read } };
  if (name === null || file === undefined) return { job, function: null, packages };
  return { job: await inPackage(job, resolve(context.cwd, file), context), function: name, packages };
}

/** `path/file.py:Class.method`; a file that has a colon in its name is a file. */
function functionOf(file: string | undefined, cwd: string): { file: string | undefined; name: string | null } {
  const found = /^(.+\.\w+):([\p{L}_$][\p{L}\p{N}_$.]*)$/u.exec(file ?? '');
  if (found === null || existsSync(resolve(cwd, file ?? ''))) return { file, name: null };
  return { file: found[1], name: found[2] ?? null };
}

/** Where Python's packages of a virtual environment lie; a directory without any is one of packages. */
export async function packagesOf(path: string, context: Context): Promise<readonly string[]> {
  await requireDirectory(path, context.cwd, '--python');
  const root = await realpath(resolve(context.cwd, path));
  const versions = await readdir(join(root, 'lib')).catch(() => []);
  const found = versions
    .filter((name) => /^python3/.test(name))
    .map((name) => join(root, 'lib', name, 'site-packages'))
    .filter((directory) => existsSync(directory));
  return found.length > 0 ? found : [root];
}

async function inPackage(job: Job, path: string, context: Context): Promise<Job> {
  if (/\.[cm]?[jt]s$/.test(path)) {
    const { root, files } = filesAround(path);
    return { ...job, files, entry: relative(root, path).split(sep).join('/') };
  }
  let root = dirname(path);
  while (existsSync(join(root, '__init__.py')) && dirname(root) !== root) root = dirname(root);
  if (root === dirname(path)) return job;
  const top = relative(root, path).split(sep)[0] as string;
  const beside: readonly JobFile[] = await readFilesBeside([join(root, top)], context.cwd, root);
  const files = beside.filter((file) => file.path.endsWith('.py'));
  if (files.length > mostFiles)
    throw badUsage(`${basename(root)}/${top} has ${files.length} files; a function's package may have ${mostFiles}.`);
  return { ...job, files, entry: relative(root, path).split(sep).join('/') };
}

export async function runPartially(
  runner: Runner,
  { job, function: name, packages }: PartialJob,
  given: Given,
  context: Context,
): Promise<Pick<RunOutput, 'outcome' | 'partial'> & { readonly report: PartialReport }> {
  const report = await runPartial(
    job,
    {
      ...(given.level === undefined ? {} : { level: given.level as PartialLevel }),
      budget: { wallMs: milliseconds(given.budget) },
      ...(name === null ? {} : { function: name }),
      packages,
      // Half of what a run would load, and only partial runs want it.
      load: (await import('../../index/mod.ts')).loadGrammarFile,
    },
    runner,
    { backend: given.backend, signal: context.signal },
  );
  return { report, outcome: outcomeOutput(report.outcome), partial: partialOutput(job.entry, name, report) };
}

function partialOutput(entry: string, name: string | null, report: PartialReport): NonNullable<RunOutput['partial']> {
  const { outcome: _, injections, failures, called, gaps, coverage, levels, ...rest } = report;
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
