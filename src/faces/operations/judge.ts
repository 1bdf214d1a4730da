/** `winnow judge DIR SUBMISSION`: verdicts as an online judge gives them. What is right is `judge`'s; this reads inputs and prints. */
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { nearest, systemClock, WinnowError } from '../../base/mod.ts';
import {
  type Judged,
  judgeAll,
  judgedKinds,
  type Problem,
  type Round,
  readProblems,
  roundsOf,
} from '../../judge/mod.ts';
import { openRunner } from '../../run/mod.ts';
import { bytesIn, durationText, milliseconds } from '../units.ts';
import { JudgeRows, judgeView } from '../views/judge.ts';
import { type Given, input, type JudgeOutput, output } from './judge-schemas.ts';
import type { Context, Operation } from './types.ts';

export const judge: Operation<typeof input, typeof output> = {
  name: 'judge',
  summary: 'programs on the tests of a problem, with the verdicts of an online judge',
  description: `Runs each submission on the tests of a problem, in the sandbox of \`run\`, and says accepted, wrong-answer, time-limit, memory-limit, output-limit, runtime-error or compile-error. unjudged means that the harness or the problem's checker failed: it is neither right nor wrong. skipped means that an earlier test had settled the verdict; --all runs them all.

A problem is a directory: our own format (problem.json or problem.yaml with tests/), a problem package of Kattis or the ICPC as it stands, or files 1.in with 1.out. With a directory of problems a submission goes to the one it is named after. docs/judge.md has formats, checkers and how they run.

A program gets the input of a test and nothing else; keys and checkers are never in its sandbox. CPU time is judged, elapsed time only stops what waits. A test that comes within a tenth of its limit is run up to three times, the least time counts, and the verdict says so. Keys of hidden tests are shown with --show-secret only; tests are hidden unless their name begins with sample.

Exit code 0: all submissions are accepted. 1: some are not. 3: none could be judged.`,
  examples: [
    { command: 'winnow judge problems/sum ana.py', does: 'one program on one problem' },
    { command: 'winnow judge problems/sum submissions/* --list', does: 'several, and every test of each' },
    { command: 'winnow judge problems submissions --each --json', does: 'each on the problem it is named after' },
    { command: 'winnow judge tests main.cpp --time 1s --all --show-secret', does: 'a directory of 1.in with 1.out' },
  ],
  input,
  output,
  positional: [
    { property: 'directory', label: 'DIR' },
    { property: 'submissions', label: 'SUBMISSION', variadic: true },
  ],
  shortFlags: { jobs: 'j', list: 'l' },
  labels: { problem: 'NAME', lang: 'LANGUAGE', entry: 'FILE', time: 'TIME', memory: 'SIZE', output: 'SIZE' },
  run: async (given, context) => {
    const { rounds, problems } = prepared(given, context);
    const results: Judged[] = [];
    const caveats: string[] = [];
    const startedMs = systemClock.elapsedMs();
    let done = 0;
    await judgeThem(rounds, given, context, {
      onCaveat: (text) => caveats.push(text),
      onTest: () => context.progress({ label: 'tests judged', done: ++done, total: null }),
      onResult: async (result) => results.push(result),
    });
    return outputOf(problems, results, caveats, systemClock.elapsedMs() - startedMs);
  },
  stream: async (given, context, out) => {
    if (out.json) {
      const answer = await judge.run(given, context);
      await out.write(`${JSON.stringify(judge.output.parse(answer), null, out.terminal ? 2 : 0)}\n`);
      return judge.exit(answer, given);
    }
    const { rounds, problems } = prepared(given, context);
    for (const problem of problems) for (const text of noticesOf(problem)) context.notice(`${problem.name}: ${text}`);
    const rows = new JudgeRows(rounds, { list: given.list, terminal: out.terminal, settings: context.settings });
    const results: Judged[] = [];
    let written = Promise.resolve(true);
    const write = (text: string): Promise<boolean> => {
      written = written.then(() => (text === '' ? true : out.write(text)));
      return written;
    };
    const startedMs = systemClock.elapsedMs();
    await write(rows.head());
    await judgeThem(rounds, given, context, {
      onCaveat: (text) => context.notice(text),
      onTest: (round, index, verdict) => void write(rows.test(round, index, verdict)),
      onResult: async (result) => {
        results.push(result);
        await write(rows.result({ ...result, tests: [...result.tests] }));
      },
    });
    const answer = outputOf(problems, results, [], systemClock.elapsedMs() - startedMs);
    await write(rows.end(answer));
    return judge.exit(answer, given);
  },
  render: judgeView,
  exit: ({ results }) => {
    if (results.every(({ kind }) => kind === 'accepted')) return 0;
    return results.every(({ kind }) => kind === 'unjudged') ? 3 : 1;
  },
};

interface Told {
  readonly onCaveat: (text: string) => void;
  readonly onTest: (round: number, index: number, verdict: Judged['tests'][number]) => void;
  readonly onResult: (result: Judged) => Promise<unknown>;
}

async function judgeThem(rounds: readonly Round[], given: Given, context: Context, told: Told): Promise<void> {
  const jobs = given.jobs ?? availableParallelism();
  const { cacheDir, path } = context.settings;
  const runner = openRunner({ cacheDir: resolve(cacheDir, 'run'), path, parallelism: jobs });
  try {
    const results = judgeAll(rounds, {
      runner,
      backend: given.backend,
      jobs,
      all: given.all,
      fuel: given.fuel ?? null,
      showSecret: given.showSecret,
      signal: context.signal,
      onTest: told.onTest,
      onCaveat: told.onCaveat,
    });
    for await (const result of results) await told.onResult(result);
  } finally {
    await runner.close();
  }
}

function prepared(given: Given, { cwd, notice }: Context): { rounds: Round[]; problems: Problem[] } {
  const all = readProblems(resolve(cwd, given.directory), (name, error) => {
    if (given.problem === undefined) notice(`${name} is left out: ${error.message}`);
    else if (given.problem === name) throw error;
  }).map((problem) => limited(problem, given));
  const problems = given.problem === undefined ? all : all.filter(({ name }) => name === given.problem);
  if (problems.length === 0) {
    const names = all.map(({ name }) => name);
    const near = nearest(given.problem ?? '', names).slice(0, 3);
    throw new WinnowError(
      'bad-usage',
      `${given.directory} has no problem ${JSON.stringify(given.problem)}. There are: ${(near.length > 0 ? near : names.slice(0, 8)).join(', ')}.`,
    );
  }
  const rounds = roundsOf(
    problems,
    given.submissions.map((path) => resolve(cwd, path)),
    { language: given.lang ?? null, entry: given.entry ?? null, each: given.each },
  );
  if (rounds.length === 0) throw new WinnowError('bad-usage', 'No submission lies in what was given with --each.');
  const used = new Set(rounds.map(({ problem }) => problem));
  return { rounds, problems: problems.filter((problem) => used.has(problem)) };
}

/** The problem with the limits that were given in place of its own. */
function limited(problem: Problem, { time, memory, output: written }: Given): Problem {
  const outputBytes = written === undefined ? problem.limits.outputBytes : bytesIn(written);
  if (outputBytes > 256 * 2 ** 20)
    throw new WinnowError('bad-usage', '--output takes 256MiB at the most: outputs are compared whole, in memory.');
  return {
    ...problem,
    namesTime: problem.namesTime || time !== undefined,
    limits: {
      timeMs: time === undefined ? problem.limits.timeMs : milliseconds(time),
      memoryBytes: memory === undefined ? problem.limits.memoryBytes : bytesIn(memory),
      outputBytes,
      compileMs: problem.limits.compileMs,
    },
  };
}

function noticesOf({ notices, namesTime, limits }: Problem): string[] {
  if (namesTime) return [...notices];
  return [...notices, `It names no limit of time; ${durationText(limits.timeMs)} are used. --time gives another.`];
}

function outputOf(
  problems: readonly Problem[],
  results: readonly Judged[],
  caveats: readonly string[],
  elapsedMs: number,
): JudgeOutput {
  const count = (kind: Judged['kind']): number => results.filter((result) => result.kind === kind).length;
  return {
    schema: 'winnow.judge/1',
    problems: problems.map((problem) => {
      const { name, title, format, tests, limits } = problem;
      return {
        name,
        title,
        format,
        tests: tests.length,
        hidden: tests.filter(({ isHidden }) => isHidden).length,
        timeMs: limits.timeMs,
        memoryBytes: limits.memoryBytes,
        outputBytes: limits.outputBytes,
        notices: noticesOf(problem),
      };
    }),
    results: results.map((result) => ({ ...result, tests: [...result.tests] })),
    counts: Object.fromEntries(judgedKinds.map((kind) => [kind, count(kind)])) as JudgeOutput['counts'],
    caveats: [...caveats],
    elapsedMs: Math.round(elapsedMs),
  };
}
