/** `winnow test [PATH]`: a project's own suite in the sandbox; what ran and how each test ended is `run`'s, this reads inputs and translates. */
import { statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import { WinnowError } from '../../base/mod.ts';
import { loadGrammarFile, observeCalls } from '../../index/mod.ts';
import {
  type CallRows,
  detectRunners,
  hasPassed,
  isOfHarness,
  type Job,
  type LinesByFile,
  openRunner,
  recordCalls,
  type TestReport,
  takeCalls,
  takeReport,
  testJob,
  testStates,
  writeCallRows,
} from '../../run/mod.ts';
import { testView } from '../views/test.ts';
import { withRepository } from './repository.ts';
import { projectFiles, projectOf } from './test-files.ts';
import { limitsOf } from './test-limits.ts';
import { type Given, input, output, type TestOutput } from './test-schemas.ts';
import type { Context, Operation } from './types.ts';

export const test: Operation<typeof input, typeof output> = {
  name: 'test',
  summary: 'a project’s own tests in the sandbox, each with its outcome and the lines it ran',
  description: `Runs the tests of a project by the project's own runner, in the sandbox of \`run\`: no network, no environment, a copy of the files, limits. Runners are pytest, unittest, node:test, mocha, jest, vitest, go test and JUnit; which one is told by the project's files. Packages are not installed: Python's come from --python, .venv or venv, Node's from node_modules, jars from ~/.m2, ~/.gradle or --jars.

Every test that was found gets a state, also when the suite is stopped or its process ends. A test that failed, a file that could not be loaded, a suite that did not come to its end and a runner that is not there are four different things. What tests print is no report: rows are written beside, and sealed. docs/testing.md tells what a hostile test can still forge.

With --coverage each test's lines are counted by the interpreter, by Go's own blocks or by JaCoCo. --save-coverage writes them for \`winnow locate --coverage\`, which ranks what failing tests ran and passing ones did not. --observe adds the calls that the tests made to the graph.

Exit code 0: all passed. 1: some did not, or there are none. 2 and 3: they were not run.`,
  examples: [
    { command: 'winnow test', does: 'the tests of the project around here' },
    { command: 'winnow test tests/test_app.py --only redirect --failing', does: 'some of a file, told when they fail' },
    {
      command: 'winnow test . --python ~/env --wall 2m -- -x',
      does: 'with the packages of an environment; -x is pytest’s',
    },
    {
      command: 'winnow test --save-coverage lines.json && winnow locate bug.md --coverage lines.json',
      does: 'finds the fault by what ran',
    },
    { command: 'winnow test --observe', does: 'settles calls of the graph by what the tests did' },
  ],
  input,
  output,
  positional: [
    { property: 'path', label: 'PATH' },
    { property: 'args', label: 'ARGS', variadic: true },
  ],
  labels: {
    only: 'NAME',
    python: 'DIR',
    jars: 'DIR',
    read: 'DIR',
    exclude: 'PATH',
    saveCoverage: 'FILE',
    recordCalls: 'FILE',
    testWall: 'TIME',
    wall: 'TIME',
    cpu: 'TIME',
    memory: 'SIZE',
    output: 'SIZE',
    fileBytes: 'SIZE',
    env: 'NAME=VALUE',
  },
  run: async (given, context) => {
    const { root, under } = projectOf(given.path, context.cwd);
    const { files, links } = await projectFiles(root, given.exclude);
    const detected = detectRunners(files);
    const [best] = detected;
    const runner = given.runner ?? best?.runner;
    if (runner === undefined)
      throw new WinnowError(
        'bad-usage',
        `No tests of a runner that is known were recognised in ${root}. Name the runner: --runner pytest, unittest, node, mocha, jest, vitest, go or junit.`,
        { details: { path: root } },
      );
    const because = given.runner === undefined ? (best?.because ?? '') : 'it was named';
    if (given.runner === undefined)
      for (const other of detected.slice(1))
        if (other.runner !== runner)
          context.notice(
            `There may be tests for ${other.runner} as well (${other.because}): --runner ${other.runner}.`,
          );
    const isRecorded = given.recordCalls !== undefined || given.observe;
    const env = Object.fromEntries(
      given.env.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
    );
    const recording = isRecorded
      ? await recordCalls({ language: 'bash', files, entry: '', env }, loadGrammarFile)
      : { job: { files, env } satisfies Pick<Job, 'files' | 'env'>, left: [] };
    const job = await testJob({
      runner,
      files: recording.job.files,
      links,
      root,
      path: context.settings.path,
      python: given.python === undefined ? null : resolve(context.cwd, given.python),
      jars: given.jars.map((path) => directory(path, context.cwd)),
      read: given.read.map((path) => resolve(context.cwd, path)),
      paths: under === '' ? [] : [under],
      only: given.only,
      arguments: given.args,
      env: recording.job.env ?? {},
      ...limitsOf(given),
      coverage: given.coverage || given.saveCoverage !== undefined,
    });
    const sandbox = openRunner({ cacheDir: resolve(context.settings.cacheDir, 'run'), path: context.settings.path });
    try {
      const outcome = await sandbox.run(job.job, { backend: 'native', signal: context.signal });
      const { outcome: rest, ...calls } = isRecorded
        ? ofProject(takeCalls(outcome))
        : { outcome, rows: [], dropped: 0, unreadable: 0 };
      const report = takeReport(rest, job);
      if (given.saveCoverage !== undefined)
        await write(resolve(context.cwd, given.saveCoverage), coverageText(report), given.saveCoverage);
      return {
        ...answerOf(report, root, because, given),
        calls: isRecorded ? { ...(await kept(calls, root, given, context)), notRecorded: [...recording.left] } : null,
      };
    } finally {
      await sandbox.close();
    }
  },
  render: testView,
  exit: ({ passed }) => (passed ? 0 : 1),
};

function answerOf(report: TestReport, root: string, because: string, given: Given): Omit<TestOutput, 'calls'> {
  const { runner, version, interpreter, ending, tests, broken, coverage, code, unsealed, notes, outcome } = report;
  const counts = Object.fromEntries(testStates.map((state) => [state, 0])) as TestOutput['counts'];
  for (const { state } of tests) counts[state] = (counts[state] ?? 0) + 1;
  const isTold = ({ state }: (typeof tests)[number]): boolean =>
    !given.failing || !['passed', 'skipped', 'expected-failure'].includes(state);
  const text = ({ head, tail }: (typeof outcome)['stdout']): string =>
    Buffer.concat([head, tail]).subarray(-keptOutput).toString('utf8');
  return {
    schema: 'winnow.test/1',
    root,
    runner,
    version,
    because,
    interpreter: { ...interpreter },
    passed: hasPassed(report),
    ending,
    code,
    counts,
    tests: tests.filter(isTold).map((one) => ({ ...one })),
    broken: broken.map((one) => ({ ...one })),
    coverage: coverage === null ? null : coverageSummary(report, given),
    unsealed,
    notes: [...notes, ...outcome.caveats],
    stdout: text(outcome.stdout),
    stderr: text(outcome.stderr),
    usage: { wallMs: outcome.usage.wallMs, cpuMs: outcome.usage.cpuMs, peakMemoryBytes: outcome.usage.peakMemoryBytes },
  };
}

/** Bytes of the runner's own output in an answer: its last words, which say what the report cannot. */
const keptOutput = 8000;

function coverageSummary({ coverage }: TestReport, { saveCoverage }: Given): NonNullable<TestOutput['coverage']> {
  const ran = new Map<string, Set<number>>();
  const add = (files: LinesByFile): void => {
    for (const [path, lines] of files) {
      const known = ran.get(path) ?? new Set<number>();
      ran.set(path, known);
      for (const line of lines) known.add(line);
    }
  };
  if (coverage !== null) for (const files of [coverage.loading, ...coverage.tests.values()]) add(files);
  const files = [...(coverage?.able ?? [])].map(([path, able]) => {
    const missed = able.filter((line) => ran.get(path)?.has(line) !== true);
    return { path, able: able.length, ran: able.length - missed.length, missed: ranges(missed) };
  });
  const sum = (of: 'able' | 'ran'): number => files.reduce((all, file) => all + file[of], 0);
  return { files, able: sum('able'), ran: sum('ran'), saved: saveCoverage ?? null };
}

/** `3,7-9` */
function ranges(lines: readonly number[]): string {
  const parts: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const from = lines[at] as number;
    while (lines[at + 1] === (lines[at] as number) + 1) at++;
    parts.push(from === lines[at] ? `${from}` : `${from}-${lines[at]}`);
  }
  return parts.join(',');
}

/** What `winnow locate --coverage` reads. Tests that were skipped or not run say nothing of any line. */
function coverageText({ tests, coverage }: TestReport): string {
  const rows = tests.flatMap(({ name, state }) => {
    const files = coverage?.tests.get(name);
    if (files === undefined || state === 'skipped' || state === 'not-run') return [];
    const passed = state === 'passed' || state === 'expected-failure' || state === 'unexpected-pass';
    return [JSON.stringify({ name, passed, lines: Object.fromEntries(files) })];
  });
  return `{"tests": [\n${rows.join(',\n')}\n]}\n`;
}

/** @throws WinnowError `path-not-found` */
function directory(path: string, cwd: string): string {
  const full = resolve(cwd, path);
  if (statSync(full, { throwIfNoEntry: false })?.isDirectory() === true) return full;
  throw new WinnowError('path-not-found', `--jars expects a directory; ${path} is none.`, { details: { path } });
}

/** Calls of our own reporters are none of the project. */
const ofProject = <Calls extends CallRows>(calls: Calls): Calls => ({
  ...calls,
  rows: calls.rows.filter(({ caller, callee }) => !isOfHarness(caller.path) && !isOfHarness(callee?.path ?? '')),
});

async function kept(
  calls: CallRows,
  root: string,
  { recordCalls: file, observe }: Given,
  context: Context,
): Promise<Omit<NonNullable<TestOutput['calls']>, 'notRecorded'>> {
  if (file !== undefined) await write(resolve(context.cwd, file), writeCallRows(calls), file);
  const observed = observe
    ? await withRepository(root, context, { refresh: true, whole: true }, async ({ repository }) => {
        const prefix = relative(repository.root, root).split(sep).join('/');
        const at = <Place extends { readonly path: string }>(place: Place): Place => ({
          ...place,
          path: prefix === '' ? place.path : `${prefix}/${place.path}`,
        });
        return observeCalls(
          repository,
          calls.rows.flatMap(({ caller, callee, callLine, count }) =>
            callee === null ? [] : [{ caller: at(caller), callee: at(callee), callLine, count }],
          ),
        );
      })
    : null;
  return { file: file ?? null, rows: calls.rows.length, dropped: calls.dropped, observed };
}

async function write(path: string, content: string | Uint8Array, shown: string): Promise<void> {
  await writeFile(path, content).catch((cause: unknown) => {
    const { code } = cause as NodeJS.ErrnoException;
    throw new WinnowError(
      code === 'ENOSPC' ? 'disk-full' : 'path-unreadable',
      `${shown} cannot be written (${code}).`,
      {
        details: { path },
        cause,
      },
    );
  });
}
