/**
 * How a step of a plan is run: its environment, what it may read, its limits.
 *
 * The one place where a job's variables and grants are let in, so the one place to see where they are not: what is
 * made for all jobs is made by `forNoJob`.
 */
import { posix } from 'node:path';
import type { CheckedJob, JobFile } from '../types.ts';
import { asArgument, built, type FoundTool, type Plan, type Recipe, type Step, workDir } from './recipe.ts';
import type { Execution } from './sandbox.ts';
import { searchPath } from './toolchains.ts';

/** One job on its way through the backend. */
export interface Context {
  readonly job: CheckedJob;
  readonly recipe: Recipe;
  readonly plan: Plan;
  readonly tools: ReadonlyMap<string, FoundTool>;
  readonly signal: AbortSignal | undefined;
}

export function executionOf(
  context: Context,
  step: Step,
  files: readonly JobFile[],
  limits: CheckedJob['limits'],
): Execution {
  const { job, recipe, tools } = context;
  const found = [...tools.values()];
  const { locale, timeZone, seed } = job.determinism;
  return {
    argv: step.argv,
    warm: step.warm === undefined || job.count ? null : { ...step.warm, seed },
    files,
    stdin: job.stdin,
    env: { ...environment(found, locale, timeZone), ...step.env, ...job.env, ...step.firmEnv },
    limits,
    network: job.grants.network,
    read: [...new Set([...(step.standsAlone ? [] : found.flatMap(({ read }) => read)), ...job.grants.read])],
    reservesMemory: recipe.reservesMemory ?? false,
    collect: 'all',
    ...(job.watch === true && step === context.plan.run ? { watch: true } : {}),
  };
}

/**
 * The program over a directory of the user's: its current directory is that one, so what a plan names from the work
 * directory is named from the root. A warm interpreter stands in the work directory, so none is used.
 */
export function overDirectory(execution: Execution, { job, plan }: Context): Execution {
  const { over, entryInOver } = job;
  if (over === undefined) return execution;
  const places = new Map<string, string>(
    plan.files.flatMap(({ path }) => {
      const place = path === job.entry && entryInOver ? posix.join(over.directory, entryInOver) : `${workDir}/${path}`;
      return [path, asArgument(path)].map((word): [string, string] => [word, place]);
    }),
  );
  const own = execution.argv.length - job.args.length;
  const argv = execution.argv.map((word, at) => {
    if (at === 0 || at >= own) return word;
    if (word === built || word.startsWith(`${built}/`)) return `${workDir}/${word}`;
    return places.get(word) ?? word.replace(/^\.read (['"]?)(?!\/)/, `.read $1${workDir}/`);
  });
  return { ...execution, argv, warm: null, over, env: { ...execution.env, PWD: over.directory } };
}

/** How the tools run where every later job meets the result: nothing of this job, whatever its variables and grants are. */
export function forNoJob(
  recipe: Recipe,
  tools: ReadonlyMap<string, FoundTool>,
): Pick<Execution, 'env' | 'read' | 'reservesMemory'> {
  const found = [...tools.values()];
  return {
    env: environment(found, 'C.UTF-8', 'UTC'),
    read: [...new Set(found.flatMap(({ read }) => read))],
    reservesMemory: recipe.reservesMemory ?? false,
  };
}

const environment = (found: readonly FoundTool[], locale: string, timeZone: string): Record<string, string> => ({
  PATH: searchPath(found.map(({ path }) => path)),
  HOME: workDir,
  TMPDIR: '/tmp',
  LANG: locale,
  LC_ALL: locale,
  TZ: timeZone,
});
