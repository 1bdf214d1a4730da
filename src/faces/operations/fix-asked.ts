/** What a run of `winnow fix` is about: an issue, a project and how its tests run, from words or from a run that goes on. */
import { readFile, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { z } from 'zod';
import { WinnowError } from '../../base/mod.ts';
import { parametersOf, repositoryStrategyNamed, type SavedRun } from '../../solve/mod.ts';
import { type FixGiven, suiteFlags } from './fix-schemas.ts';
import { numbersOf } from './solve.ts';
import { projectOf } from './test-files.ts';
import type { Context } from './types.ts';

/** What a run is about: kept with it, so that it can go on. */
export interface Asked {
  readonly id: string;
  readonly issue: string;
  readonly root: string;
  readonly strategy: string;
  readonly parameters: Readonly<Record<string, number>>;
  readonly seed: number;
  readonly suite: Pick<
    FixGiven,
    'runner' | 'only' | 'tests' | 'python' | 'read' | 'exclude' | 'testWall' | 'wall' | 'memory'
  >;
  /** Of a run that goes on. */
  readonly model: string | null;
}

/** Bytes of an issue, with its logs. */
const largestIssueBytes = 1 << 20;

export async function askedFor(given: FixGiven, context: Context): Promise<Asked> {
  const { runner, only, tests, read, exclude, testWall, wall, memory, seed } = given;
  const strategy = repositoryStrategyNamed(given.strategy);
  const parameters = parametersOf(strategy, numbersOf(given.set));
  const { issue, name, directory } = await issueOf(given, context);
  const { root } = projectOf(directory, context.cwd);
  const python = given.python === undefined ? undefined : resolve(context.cwd, given.python);
  const suite = {
    runner,
    only,
    tests,
    python,
    read: read.map((path) => resolve(context.cwd, path)),
    exclude,
    testWall,
    wall,
    memory,
  };
  return { id: name, issue, root, strategy: strategy.name, parameters, seed, suite, model: null };
}

async function issueOf(given: FixGiven, context: Context): Promise<{ issue: string; name: string; directory: string }> {
  // With a text the first word is the directory, so a second one would be left lying.
  if (given.text !== undefined && given.issue !== undefined && given.directory !== '.')
    throw new WinnowError(
      'bad-usage',
      `Expected an issue in a file or as --text, and one directory; --text came with ${given.issue} and ${given.directory}.`,
    );
  if (given.text !== undefined) return { issue: given.text, name: 'issue', directory: given.issue ?? given.directory };
  if (given.issue === undefined)
    throw new WinnowError('bad-usage', 'Expected an issue: a file, - for standard input, or --text TEXT; none came.');
  const { directory } = given;
  const bytes =
    given.issue === '-'
      ? await context.readStdin(largestIssueBytes)
      : await issueFile(resolve(context.cwd, given.issue));
  if (bytes.includes(0)) throw new WinnowError('bad-usage', `Expected the text of an issue; ${given.issue} is binary.`);
  const issue = new TextDecoder().decode(bytes);
  if (issue.trim() === '')
    throw new WinnowError('bad-usage', `Expected the text of an issue; ${given.issue} is empty.`);
  return { issue, name: given.issue === '-' ? 'issue' : basename(given.issue), directory };
}

async function issueFile(path: string): Promise<Uint8Array> {
  const stats = await stat(path).catch(() => null);
  if (stats === null)
    throw new WinnowError(
      'path-not-found',
      `There is nothing at ${path}. Give a file, or the text itself with --text.`,
      {
        details: { path },
      },
    );
  if (!stats.isFile()) throw new WinnowError('bad-usage', `Expected a file with an issue; ${path} is none.`);
  if (stats.size > largestIssueBytes)
    throw new WinnowError(
      'bad-usage',
      `Expected an issue of at most ${largestIssueBytes} bytes; ${path} has ${stats.size}.`,
    );
  return readFile(path);
}

const savedSchema = z.object({
  id: z.string(),
  issue: z.string(),
  root: z.string(),
  strategy: z.string(),
  parameters: z.record(z.string(), z.number()),
  seed: z.int(),
  suite: z.object(suiteFlags),
});

/**
 * What a run that goes on was begun with. Numbers that its strategy has got since then have their defaults.
 *
 * @throws WinnowError `bad-usage`, `bad-data` with the field that is not what a run begins with
 */
export function savedAsk({ folder, head }: SavedRun, given: FixGiven, context: Context): Asked {
  if (given.issue !== undefined || given.text !== undefined)
    throw new WinnowError('bad-usage', 'A run that is resumed has its issue; leave it out.');
  if (head.fix === undefined || typeof head.model !== 'string')
    throw new WinnowError(
      'bad-usage',
      `Expected a run of winnow fix; ${folder} is of another verb: winnow solve --resume.`,
    );
  const { success, error, data } = savedSchema.safeParse(head.fix);
  if (!success) {
    const [issue] = error.issues;
    throw new WinnowError(
      'bad-data',
      `${folder}/run.json: "fix.${issue?.path.join('.')}" is not what a run begins with: ${issue?.message}. The run cannot go on; begin another one.`,
      { details: { folder } },
    );
  }
  const lists = { set: given.set, tests: given.tests, only: given.only, exclude: given.exclude, read: given.read };
  const unread = Object.entries(lists).flatMap(([name, values]) => (values.length > 0 ? [`--${name}`] : []));
  if (unread.length > 0) context.notice(`A run that goes on has its own; not looked at: ${unread.join(', ')}.`);
  const strategy = repositoryStrategyNamed(data.strategy);
  return { ...data, parameters: parametersOf(strategy, data.parameters), model: head.model };
}
