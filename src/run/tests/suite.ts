/**
 * A project's suite as a job: its files, a directory of ours beside them, and a start script that calls the runner.
 *
 * The job is one of Bash, whatever the language of the tests, because a runner is a command with arguments, a directory and a few links, and
 * nothing is compiled here. The start script is made of quoted words only.
 */
import { randomBytes } from 'node:crypto';
import { posix } from 'node:path';
import { WinnowError } from '../../base/mod.ts';
import { keepClear } from '../owndirectory.ts';
import type { Job, Limits, Outcome } from '../types.ts';
import { reportOf, testDirectory } from './report.ts';
import { runners } from './runners.ts';
import type { TestJob, TestReport, TestRequest } from './types.ts';

/**
 * For a suite, not for one program: half of the suites measured (docs/measurements/tests.md) end in ten seconds, and a compiler of Go takes
 * a gibibyte and a thread for each core.
 */
const suiteLimits: Partial<Limits> = {
  wallMs: 600_000,
  cpuMs: 1_200_000,
  memoryBytes: 2 * 1024 ** 3,
  outputBytes: 64 * 1024 ** 2,
  keepBytes: 1024 ** 2,
  processes: 512,
  fileBytes: 1024 ** 3,
};

/** @throws WinnowError `toolchain-missing`, `unsupported-job`, `bad-job` when a file of the project stands in the way */
export async function testJob(request: TestRequest): Promise<TestJob> {
  const runner = runners[request.runner];
  if (request.coverage && !runner.coverage)
    throw new WinnowError(
      'unsupported-job',
      `Which lines each test ran cannot be told with ${request.runner}. Leave coverage out.`,
      { details: { runner: request.runner } },
    );
  keepClear(request.files, testDirectory, 'tests are reported');
  const key = randomBytes(32).toString('hex');
  const { commands, beside, env, read, chosen } = await runner.plan(request, key);
  const entry = `${testDirectory}/start.sh`;
  const job: Job = {
    language: 'bash',
    files: [
      ...request.files,
      ...beside,
      { path: entry, bytes: new TextEncoder().encode(script([...linking(request), ...commands])) },
    ],
    entry,
    env: { ...env, ...request.env },
    limits: { ...suiteLimits, ...request.limits },
    grants: { read: outermost([...read, ...request.read]) },
  };
  return { job, request, key, chosen };
}

/** @throws WinnowError `toolchain-missing` when the runner is not installed where the tests run */
export function takeReport(outcome: Outcome, job: TestJob): TestReport {
  const told = runners[job.request.runner].tell(outcome, job);
  if (told.missing !== null)
    throw new WinnowError(
      'toolchain-missing',
      `${job.request.runner} is not installed where the tests run (${told.runtime ?? 'an interpreter that did not say its version'}, ${job.chosen}): ${told.missing}. Install it there, or give --python the environment that has it.`,
      { details: { runner: job.request.runner } },
    );
  return reportOf(job, told, outcome);
}

/** A directory that is shown within another is there already: Node may be one of the project's own packages. */
const outermost = (paths: readonly string[]): string[] =>
  [...new Set(paths)].filter((path) => !paths.some((other) => other !== path && path.startsWith(`${other}/`)));

/** A job's files are no links, and some tests are about links. */
function linking({ links }: TestRequest): string[][] {
  const directories = [...new Set(links.map(({ path }) => posix.dirname(path)))];
  return [
    ...(directories.length === 0 ? [] : [['mkdir', '-p', '--', ...directories]]),
    ...links.map(({ path, target }) => ['ln', '-s', '--', target, path]),
  ];
}

/** Each command must succeed for the next; the last takes the script's place. */
function script(commands: readonly (readonly string[])[]): string {
  const lines = commands.map(
    (words, index) => `${index === commands.length - 1 ? 'exec ' : ''}${words.map(quoted).join(' ')}`,
  );
  return `set -e\n${lines.join('\n')}\n`;
}

const quoted = (word: string): string => (word === '>' || word === '<' ? word : `'${word.replaceAll("'", `'\\''`)}'`);
