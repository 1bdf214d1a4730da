/** `winnow locate ISSUE [PATH]`: where an issue belongs. The signals and the ranking are `search`'s; this reads inputs and translates. */
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { systemClock, WinnowError } from '../../base/mod.ts';
import { readHistory } from '../../index/mod.ts';
import {
  askIssue,
  formulas,
  leftOutNotice,
  locate as locateIn,
  parseCoverage,
  signalGroupNames,
  unfitFailing,
} from '../../search/mod.ts';
import { unsearchedNotices } from '../views/leftout.ts';
import { locateView } from '../views/locate.ts';
import { evidenceFlags, openEncoder, openMeaningOf } from './encoder.ts';
import { issueRunSchema, runIssue, toldRun } from './locate-run.ts';
import { withRepository } from './repository.ts';
import { rewriteFlags, rewriteFor, rewriteLabels, rewrittenSchema } from './rewrite.ts';
import { completenessSchema, explanationSchema, kinds, linesSchema } from './schemas.ts';
import type { Context, Operation } from './types.ts';

const input = z.strictObject({
  issue: z.string().optional().describe('File with the issue, or - for standard input'),
  directory: z.string().default('.').describe('The repository, or a directory in it, to look in'),
  text: z.string().optional().describe('The issue itself, in place of a file; then the first word is PATH'),
  limit: z.int().min(1).max(100).default(10).describe('Entries of each list, 1 to 100'),
  budgetTokens: z
    .int()
    .min(50)
    .max(1_000_000)
    .optional()
    .describe('Most tokens that the printed text may have; reasons go first, then the ends of the lists'),
  coverage: z
    .string()
    .optional()
    .describe('JSON file that says which lines each test ran; see docs/locate.md for its two forms'),
  failing: z
    .array(z.string())
    .default([])
    .describe('A failing test, by the end of its name; for coverage that does not say how tests ended'),
  formula: z.enum(formulas).optional().describe('How suspicion is computed from coverage; ochiai unless told'),
  without: z
    .array(z.enum(signalGroupNames as [string, ...string[]]))
    .default([])
    .describe('Leave out a group of signals, to see what it is worth'),
  run: z
    .boolean()
    .default(false)
    .describe('Run the issue’s own code in the sandbox against the repository (Python), and rank by what it ran'),
  python: z
    .string()
    .min(1)
    .optional()
    .describe('For --run: virtual environment or interpreter that has what the repository needs; else .venv or venv'),
  ...evidenceFlags,
  ...rewriteFlags,
  explain: z.boolean().default(false).describe('Print the sum behind each score'),
  refresh: z.boolean().default(true).describe('Answer from the index as it is, without looking for changed files'),
});

const reasons = z
  .array(z.strictObject({ signal: z.string(), text: z.string() }))
  .describe('Why it is here, strongest first');

const located = z.strictObject({
  id: z.string().describe('For `winnow show`'),
  path: z.string(),
  name: z.string().describe('Qualified name'),
  kind: z.enum(kinds),
  lines: linesSchema,
  score: z.number().describe('Compares entries of this list; no probability'),
  reasons,
  explanation: explanationSchema.nullable(),
});

const output = z.strictObject({
  schema: z.literal('winnow.locate/1'),
  root: z.string().describe('The repository that was looked in'),
  issue: z.strictObject({
    title: z.string(),
    frames: z.int().describe('Frames of stack traces that were recognised'),
    paths: z.int().describe('Paths of source files that were recognised'),
    names: z.int().describe('Names that were looked up'),
  }),
  files: z.array(
    z.strictObject({
      path: z.string().describe('Relative to `root`, forward slashes'),
      language: z.string(),
      score: z.number().describe('Probability that it is to be changed, by the ranker'),
      reasons,
      explanation: explanationSchema.nullable(),
    }),
  ),
  classes: z.array(located),
  functions: z.array(located),
  run: issueRunSchema.nullable().describe('What the issue’s own code did; null without --run, and where there is none'),
  rewritten: rewrittenSchema.nullable().describe('With --rewrite: what a model made of the issue'),
  history: z.strictObject({
    extent: z.enum(['whole', 'limited', 'shallow', 'partial', 'none']).describe('How much of the git history was read'),
    commits: z.int().describe('Commits that were compared with the issue'),
  }),
  tokens: z.int().nullable().describe('Estimated tokens of the printed text, when a budget was set'),
  completeness: completenessSchema,
  notices: z.array(z.string()),
  elapsedMs: z.strictObject({ refresh: z.number(), history: z.number(), run: z.number(), locate: z.number() }),
});

export type LocateOutput = z.output<typeof output>;

/** A pasted log of a whole test run; what is beyond that is no issue. */
const largestIssueBytes = 16 * 1024 * 1024;
const largestCoverageBytes = 512 * 1024 * 1024;

const unkeptNotice = 'The commits that were read could not be kept beside the index; the next issue reads them again.';

const nothingRuns =
  'The issue carries no code that could run here: no program, prompt or command of Python, or no package of it.';

const unfitNotice = (name: string): string =>
  `No failing test of the coverage has a name that ends with "${name}"; --failing changed nothing for it.`;

export const locate: Operation<typeof input, typeof output> = {
  name: 'locate',
  summary: 'files and functions to change for an issue, stack trace or failing test',
  description: `Reads an issue and ranks the files, classes and functions that have to change for it, with reasons. No language model is asked but with --rewrite, which searches the names of code that one writes for the issue along.

The text may be an issue as written (its first line is the title), a stack trace of Python, JavaScript, Java, Kotlin, Scala, C#, Go, Rust, PHP, Ruby, C or C++, the output of failing tests, or all of them in one: the parts are recognised by themselves. Prose may be in any language; names of code in it are found all the same.

Signals are the issue's words in the code, the names, paths and frames it prints, its error messages, tests and past commits that speak alike, and what the best places call. How much each counts was learned on commits of other repositories. Commits are read from git's own files, once; the first time in a large repository takes some seconds.

With --run, what the issue types at prompts, its programs in Python, the files that it names and its commands of the project run in the sandbox, which sees the repository and cannot write to it, without network. Names and modules that are missing are filled in and told. Which functions ran, which of them in the statement that failed, how few tests of the project run them as well, and where the code failed, then count. docs/locate.md has the rules.

With --coverage, lines that failing tests ran and passing tests did not raise what holds them.`,
  examples: [
    { command: 'winnow locate issue.md', does: 'an issue from a file, in the repository around here' },
    { command: 'pytest -x 2>&1 | winnow locate - ~/code/project', does: 'a failing test’s output' },
    { command: 'winnow locate --text "Crash when the session cookie is empty" --limit 5', does: 'an issue as typed' },
    { command: 'winnow locate issue.md --budget-tokens 1500', does: 'at most 1,500 tokens, for a model' },
    {
      command: 'winnow locate issue.md --run --python ~/env',
      does: 'runs the code that the issue carries, and ranks by it',
    },
    { command: 'winnow locate issue.md --coverage coverage.json --failing test_empty', does: 'with coverage of tests' },
  ],
  input,
  output,
  positional: [
    { property: 'issue', label: 'ISSUE' },
    { property: 'directory', label: 'PATH' },
  ],
  lacks: {
    '--repos':
      'an issue is weighed against one repository, by its history and its calls, and scores of two do not compare. Run it with each directory; `winnow repos` lists them.',
  },
  shortFlags: { limit: 'n' },
  labels: { ...rewriteLabels, python: 'DIR' },
  run: async (given, context) => {
    if (given.coverage === undefined)
      for (const flag of ['failing', 'formula'] as const)
        if (given[flag] !== undefined && given[flag].length > 0)
          throw new WinnowError('bad-usage', `--${flag} goes with --coverage FILE; there is none.`);
    if (given.python !== undefined && !given.run)
      throw new WinnowError('bad-usage', '--python goes with --run; it is not there.');
    const { text: written, directory } = await issueOf(given, context);
    const startedMs = systemClock.elapsedMs();
    const rewritten = await rewriteFor(given, written, 'issue', context);
    const text = rewritten.words === '' ? written : `${written.trimEnd()}\n\n${rewritten.words.trim()}\n`;
    const coverage =
      given.coverage === undefined
        ? undefined
        : parseCoverage(readText(resolve(context.cwd, given.coverage), largestCoverageBytes), given.failing);
    const unfit = coverage === undefined ? [] : unfitFailing(coverage, given.failing);
    return withRepository(
      directory,
      context,
      { ...given, whole: true },
      async ({ repository, snapshot, under, notices }) => {
        const refreshedMs = systemClock.elapsedMs();
        let isHistoryKept = true;
        const history = readHistory(snapshot.root, repository.storeDir, {
          limit: given.without.includes('history') ? 0 : undefined,
          signal: context.signal,
          onUnkept: () => {
            isHistoryKept = false;
          },
          onProgress: ({ done }) => context.progress({ label: 'reading history', done, total: null }),
        });
        const readMs = systemClock.elapsedMs();
        const run = given.run ? await runIssue(snapshot, text, given.python, context) : null;
        const ranMs = systemClock.elapsedMs();
        const unkeptVectors: string[] = [];
        const meaning =
          given.meaning === 'off'
            ? null
            : await askIssue(
                await openMeaningOf(
                  snapshot,
                  await openEncoder(given.encoder, context, repository.storeDir),
                  context,
                  (notice) => unkeptVectors.push(notice),
                ),
                text,
                context.signal,
              );
        const answer = locateIn(snapshot, text, history, {
          limit: given.limit,
          explain: given.explain,
          without: given.without as (typeof signalGroupNames)[number][],
          ...(meaning === null ? {} : { meaning }),
          ...(run === null ? {} : { run }),
          ...(under === '' ? {} : { under }),
          ...(coverage === undefined ? {} : { coverage: { tests: coverage, formula: given.formula ?? 'ochiai' } }),
          ...(given.budgetTokens === undefined ? {} : { budgetTokens: given.budgetTokens }),
          signal: context.signal,
        });
        const unkept = isHistoryKept ? [] : [unkeptNotice];
        const told = [
          ...new Set([
            ...notices,
            ...rewritten.notices,
            ...unfit.map(unfitNotice),
            ...unkept,
            ...unkeptVectors,
            ...(given.run && run === null ? [nothingRuns] : []),
            ...unsearchedNotices(answer.completeness.leftOut),
            ...answer.notices,
          ]),
        ];
        for (const notice of told) context.notice(notice);
        return {
          schema: 'winnow.locate/1',
          root: snapshot.root,
          ...answer,
          run: run === null ? null : toldRun(run),
          rewritten: rewritten.row,
          notices: told,
          elapsedMs: {
            refresh: Math.round(refreshedMs - startedMs),
            history: Math.round(readMs - refreshedMs),
            run: Math.round(ranMs - readMs),
            locate: Math.round((systemClock.elapsedMs() - ranMs) * 10) / 10,
          },
        } as LocateOutput;
      },
    );
  },
  render: locateView,
  // What was found but is too much for the budget was found.
  exit: ({ files, notices }, { budgetTokens }) =>
    files.length > 0 || (budgetTokens !== undefined && notices.includes(leftOutNotice(budgetTokens))) ? 0 : 1,
};

async function issueOf(given: z.output<typeof input>, context: Context): Promise<{ text: string; directory: string }> {
  // With a text the first word is the directory, so a second one would be left lying.
  if (given.text !== undefined && given.issue !== undefined && given.directory !== '.')
    throw new WinnowError(
      'bad-usage',
      `Expected an issue in a file or as --text, and one directory; --text came with ${given.issue} and ${given.directory}.`,
    );
  if (given.text !== undefined) return { text: given.text, directory: given.issue ?? given.directory };
  if (given.issue === undefined)
    throw new WinnowError('bad-usage', 'Expected an issue: a file, - for standard input, or --text TEXT.');
  const text =
    given.issue === '-'
      ? decoded(await context.readStdin(largestIssueBytes), 'standard input')
      : readText(resolve(context.cwd, given.issue), largestIssueBytes);
  if (text.trim() === '')
    throw new WinnowError(
      'bad-usage',
      `Expected the text of an issue; ${given.issue === '-' ? 'standard input' : given.issue} is empty.`,
    );
  return { text, directory: given.directory };
}

function readText(path: string, limitBytes: number): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined)
    throw new WinnowError(
      'path-not-found',
      `There is nothing at ${path}. Give a file, or the text itself with --text.`,
      { details: { path } },
    );
  if (!stats.isFile()) throw new WinnowError('bad-usage', `Expected a file; ${path} is none.`, { details: { path } });
  if (stats.size > limitBytes)
    throw new WinnowError('bad-usage', `Expected at most ${limitBytes} bytes; ${path} has ${stats.size}.`, {
      details: { path },
    });
  try {
    return decoded(readFileSync(path), path);
  } catch (cause) {
    if (cause instanceof WinnowError) throw cause;
    throw new WinnowError('path-unreadable', `${path} cannot be read (${(cause as NodeJS.ErrnoException).code}).`, {
      cause,
    });
  }
}

/** Text of bytes; stray bytes beyond UTF-8 are let pass, a binary file is not. */
function decoded(bytes: Uint8Array, from: string): string {
  if (bytes.subarray(0, 8_192).includes(0))
    throw new WinnowError('bad-usage', `Expected text; ${from} is binary.`, { details: { from } });
  return new TextDecoder().decode(bytes);
}
