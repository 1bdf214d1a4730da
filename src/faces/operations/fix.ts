/** `winnow fix ISSUE PATH --strategy S --model M`: a patch for an issue, by a strategy over model, search and the project's own suite. */
import { existsSync, lstatSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { WinnowError } from '../../base/mod.ts';
import { loadGrammarFile, readHistory } from '../../index/mod.ts';
import { openRunner, openSessions, type Runner, runnerOfTests, type TestRunner } from '../../run/mod.ts';
import { locate } from '../../search/mod.ts';
import {
  beginFolder,
  endFolder,
  evidenceWords,
  type Fixed,
  issueTask,
  type JudgedPatch,
  mendRepository,
  openProject,
  readFolder,
  repositoryStrategyNamed,
  resumeFolder,
  type SavedRun,
} from '../../solve/mod.ts';
import { fixListView, fixView } from '../views/fix.ts';
import { type Asked, askedFor, savedAsk } from './fix-asked.ts';
import { keepPatch } from './fix-keep.ts';
import { listOf } from './fix-list.ts';
import { type FixGiven, type FixOutput, input, output } from './fix-schemas.ts';
import { withGraph } from './graphs.ts';
import { modelLabels, openNamedModel } from './model-flags.ts';
import { withRepository } from './repository.ts';
import { requireFilePlace } from './run-files.ts';
import { limitsNamed, openRunBudget } from './run-limits.ts';
import { folderOfRun, newFolder } from './solve.ts';
import { projectFiles } from './test-files.ts';
import { limitsOf } from './test-limits.ts';
import { input as testInput } from './test-schemas.ts';
import type { Context, Operation } from './types.ts';

export const fix: Operation<typeof input, typeof output> = {
  name: 'fix',
  summary: 'a patch for an issue, by a published strategy over a model, search and the project’s tests',
  description: `Localises an issue in a project, asks a model for patches, holds each against the project's own tests in the sandbox, and gives the one for which most speaks, with that. The directory is read and never written: the patch goes to standard output, which \`git apply\` takes, to a file with --out, or into the directory with --keep, which \`winnow undo\` takes back.

Tests run as \`winnow test\` runs them. A patch is rejected when a test that passed fails with it, when the reproduction test of the majority still fails, or when the suite had failing tests and none passes with it; what a patch changes in tests and their settings is not counted. A verdict is believed when it came out twice; tests that end in two ways are named and count for nothing. Tests of all runners of \`winnow test\` will do. Issue, code and names of tests are shown to the model as data.

agentless draws many patches and chooses; autocoderover lets the model search the code in rounds and writes patches in turn.

What was done lies in a run that \`winnow explain\` shows, and an interrupted one goes on with --resume. Exit code 1 when no patch survived. docs/fixing.md has the strategies, their numbers and forms of edits.`,
  examples: [
    {
      command: 'winnow fix issue.md . --model openai/gpt-4o-mini --python ~/env > fix.patch',
      does: 'a patch for git apply',
    },
    {
      command: 'winnow fix issue.md . --set patches=3 --set reproductions=5 --budget-usd 0.50',
      does: 'fewer samples, and a bound on the cost',
    },
    {
      command: 'winnow fix issue.md . --strategy autocoderover --tests tests/test_cookies.py',
      does: 'the model searches the code; a failing test says when it is mended',
    },
    {
      command: 'winnow fix --text "Crash on an empty cookie" . --keep',
      does: 'applied; winnow undo last takes it back',
    },
    { command: 'winnow fix --list', does: 'strategies with papers and numbers' },
    { command: 'winnow fix --resume issue.md-agentless-1', does: 'what was interrupted, from where it was' },
  ],
  input,
  output,
  positional: [
    { property: 'issue', label: 'ISSUE' },
    { property: 'directory', label: 'PATH' },
  ],
  labels: {
    ...modelLabels,
    strategy: 'NAME',
    set: 'NAME=N',
    only: 'NAME',
    tests: 'PATH',
    python: 'DIR',
    read: 'DIR',
    exclude: 'PATH',
    testWall: 'TIME',
    wall: 'TIME',
    memory: 'SIZE',
    resume: 'RUN',
    out: 'FILE',
  },
  run: async (given, context) => {
    if (given.list) return listOf();
    if (given.out !== undefined) await requireFilePlace(given.out, context.cwd, '--out');
    const saved = given.resume === undefined ? null : readFolder(folderOfRun(given.resume, context));
    const asked = saved === null ? await askedFor(given, context) : savedAsk(saved, given, context);
    const runSettings = { cacheDir: resolve(context.settings.cacheDir, 'run'), path: context.settings.path };
    const [runner, sessions] = [openRunner(runSettings), openSessions(runSettings)];
    try {
      const { answer, folder, model } = await mended(given, asked, saved, { runner, sessions }, context);
      const best = survivor(answer);
      if (given.out !== undefined && best !== undefined) await writeFile(resolve(context.cwd, given.out), best.patch);
      const kept = given.keep && best !== undefined ? await keepPatch(asked.root, best, runner, context) : null;
      return outputOf(answer, asked, { model, folder, kept, out: best === undefined ? null : (given.out ?? null) });
    } finally {
      await Promise.all([runner.close(), sessions.close()]);
    }
  },
  render: (answer, settings) =>
    answer.schema === 'winnow.fix.list/1' ? fixListView(answer, settings) : fixView(answer, settings),
  exit: (answer) =>
    answer.schema === 'winnow.fix/1' && (answer.patch === null || answer.kept?.result === 'conflict') ? 1 : 0,
};

const languages: Partial<Record<TestRunner, string>> = {
  go: 'go',
  junit: 'java',
  pytest: 'python',
  unittest: 'python',
};

async function mended(
  given: FixGiven,
  asked: Asked,
  saved: SavedRun | null,
  opened: { readonly runner: Runner; readonly sessions: ReturnType<typeof openSessions> },
  context: Context,
): Promise<{ readonly answer: Fixed; readonly folder: string; readonly model: string }> {
  const { id, issue, root, seed, parameters, suite } = asked;
  const strategy = repositoryStrategyNamed(asked.strategy);
  const { model: budget, limits } = await openRunBudget(given, saved);
  const model = await openNamedModel({ ...given, model: given.model ?? asked.model ?? undefined }, context, budget);
  const { files, links } = await projectFiles(root, suite.exclude);
  if (files.length === 0)
    throw new WinnowError('bad-usage', `Expected a project with files; ${root} has none that may be read.`, {
      details: { path: root },
    });
  const runner = runnerOfTests(files, suite.tests, suite.runner);
  if (runner === null)
    context.notice('No tests of a known runner were recognised: patches are not held against any. --runner names one.');
  const testGiven = testInput.parse({ testWall: suite.testWall, wall: suite.wall, memory: suite.memory });
  const project = await openProject(
    {
      files,
      suite:
        runner === null
          ? null
          : {
              runner,
              links,
              root,
              path: context.settings.path,
              python: suite.python ?? null,
              jars: [],
              read: suite.read,
              paths: suite.tests,
              only: suite.only,
              arguments: [],
              env: {},
              ...limitsOf(testGiven),
              coverage: false,
            },
      isLink: (path) => lstatSync(join(root, path), { throwIfNoEntry: false })?.isSymbolicLink() === true,
      located: await ranked(root, issue, context),
      graph: (use) =>
        withGraph(root, context, { refresh: false }, ({ snapshot, view }) =>
          use({ view, prefix: under(snapshot.root, root) }),
        ),
    },
    loadGrammarFile,
  );
  const task = issueTask(id, issue, (runner === null ? undefined : languages[runner]) ?? 'javascript');
  const folder = saved?.folder ?? newFolder(context, `${id}-${strategy.name}`);
  const { model: _, ...fixing } = asked;
  const begun = { task, strategy: strategy.name, parameters, seed, model: model.id };
  const head = { ...begun, limits: limitsNamed(given), fix: fixing };
  const journal = saved === null ? beginFolder(folder, head) : resumeFolder(saved);
  let steps = 0;
  try {
    const answer = await mendRepository(
      {
        task,
        project,
        strategy,
        parameters,
        seed,
        limits,
        journal,
        onNotice: context.notice,
        onStep: ({ kind, title, tookMs }) => {
          if (tookMs !== null) steps++;
          context.progress({ label: kind === 'ask' ? 'asking' : kind, done: steps, total: null, detail: title });
        },
      },
      { ...opened, model, load: loadGrammarFile, signal: context.signal },
    );
    const { verdict, ending, limit, candidates, spent, wallMs } = answer;
    endFolder(folder, { schema: 'winnow.solve.result/1', verdict, ending, limit, candidates, spent, wallMs, steps });
    return { answer, folder, model: model.id };
  } catch (error) {
    if (existsSync(join(folder, 'steps.jsonl')))
      context.notice(`What was done lies in ${folder}; winnow fix --resume goes on with it.`);
    throw error;
  }
}

/** Files that `locate` ranks first, relative to the project. */
function ranked(root: string, issue: string, context: Context): Promise<readonly string[]> {
  return withRepository(root, context, { refresh: true, whole: true }, ({ repository, snapshot }) => {
    const history = readHistory(snapshot.root, repository.storeDir, { signal: context.signal });
    const prefix = under(snapshot.root, root);
    const part = prefix === '' ? {} : { under: prefix };
    const { files } = locate(snapshot, issue, history, { limit: 50, ...part, signal: context.signal });
    return files.map(({ path }) => (prefix === '' ? path : path.slice(prefix.length + 1)));
  });
}

/** Where a project lies in a repository; empty: it is all of it. */
const under = (repository: string, root: string): string => relative(repository, root).split(sep).join('/');

const survivor = ({ patches: [best] }: Fixed): JudgedPatch | undefined => (best?.rejected === null ? best : undefined);

function outputOf(
  answer: Fixed,
  { root, strategy }: Asked,
  told: Pick<FixOutput, 'model' | 'kept' | 'out'> & { readonly folder: string },
): FixOutput {
  const { verdict, ending, limit, patches, refused, base, flaky, suspects, reproduction, files, spent, wallMs, steps } =
    answer;
  const best = survivor(answer);
  const { unpriced, uncounted: _, costUsd, ...counts } = spent;
  return {
    schema: 'winnow.fix/1',
    root,
    strategy,
    model: told.model,
    verdict,
    ending,
    limit,
    patch: best?.patch ?? null,
    best: best === undefined ? null : evidenceOf(best),
    others: patches
      .filter((one) => one !== best)
      .map((one) => ({ ...evidenceOf(one), patch: one.patch, rejected: one.rejected })),
    refused: refused.map((one) => ({ ...one })),
    base:
      base === null
        ? null
        : { ending: base.ending, passed: base.passed.length, failed: [...base.failed], broken: [...base.broken] },
    flaky: [...flaky],
    suspects: suspects.map((one) => ({ ...one })),
    reproduction: reproduction === null ? null : { ...reproduction },
    localized: [...files],
    spent: { ...counts, costUsd: unpriced > 0 ? null : costUsd },
    steps,
    run: told.folder,
    out: told.out,
    kept: told.kept,
    elapsedMs: Math.round(wallMs),
  };
}

const evidenceOf = ({ files, drawn, sample, review, evidence }: JudgedPatch): NonNullable<FixOutput['best']> => ({
  files: files.map(({ path }) => path),
  why: evidenceWords(evidence),
  drawn,
  sample,
  mended: [...evidence.mended],
  regressions: evidence.regressions === null ? null : [...evidence.regressions],
  reproduction: evidence.reproduction,
  problem: evidence.problem,
  flaky: [...evidence.flaky],
  review,
});
