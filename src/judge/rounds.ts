/** Which submission is judged on which problem: with one problem all are, with several each on the one it is named after. */
import { lstatSync } from 'node:fs';
import { basename, dirname, extname } from 'node:path';
import { nearest, WinnowError } from '../base/mod.ts';
import { runLanguage } from '../run/mod.ts';
import type { Round } from './judgeall.ts';
import { readSubmission, type SubmissionSettings, submissionsIn } from './submissions.ts';
import type { Problem } from './types.ts';

export interface RoundSettings extends SubmissionSettings {
  /** What lies in a directory that is given is a submission each; else the directory is one program. */
  readonly each: boolean;
}

/**
 * A submission is named after a problem by its file's name without the ending (`sum.py`), or by its directory's (`sum/ana.py`).
 *
 * @param paths absolute
 * @throws WinnowError `path-not-found` when none of them is there (one of several is unjudged in its turn), `unknown-language`, `bad-usage` when a submission is named after no problem
 */
export function roundsOf(problems: readonly Problem[], paths: readonly string[], settings: RoundSettings): Round[] {
  // What the caller got wrong is said before anything runs, and not in the middle of a batch.
  if (settings.language !== null) runLanguage(settings.language);
  const given = paths.flatMap((path) =>
    settings.each && lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true
      ? submissionsIn(path)
      : [{ path, name: basename(path) }],
  );
  const [only, another] = problems;
  requireOne(paths);
  const times = new Map<string, number>();
  for (const { name } of given) times.set(name, (times.get(name) ?? 0) + 1);
  // Two that are called alike are told apart by their directories.
  const shown = ({ path, name }: (typeof given)[number]): string =>
    (times.get(name) ?? 0) > 1 ? `${basename(dirname(path))}/${name}` : name;
  return given.map(({ path, name }) => ({
    problem: only !== undefined && another === undefined ? only : problemFor(problems, path, name),
    name: shown({ path, name }),
    read: () => readSubmission(path, shown({ path, name }), settings),
  }));
}

/** Links are not followed. */
function requireOne(paths: readonly string[]): void {
  const [path] = paths;
  if (path === undefined || paths.some((one) => lstatSync(one, { throwIfNoEntry: false }) !== undefined)) return;
  const more = paths.length === 1 ? '' : `, nor do ${paths.length - 1} more that were given`;
  throw new WinnowError(
    'path-not-found',
    `${path} does not exist${more}; a program or a directory of one was expected.`,
    { details: { path } },
  );
}

function problemFor(problems: readonly Problem[], path: string, name: string): Problem {
  const wanted = [name.slice(0, name.length - extname(name).length), name, basename(dirname(path))];
  const found = wanted.map((one) => problems.find((problem) => problem.name === one)).find((one) => one !== undefined);
  if (found !== undefined) return found;
  const names = problems.map((problem) => problem.name);
  const near = nearest(wanted[0] as string, names).slice(0, 3);
  throw new WinnowError(
    'bad-usage',
    `${name} is named after none of the ${names.length} problems${near.length === 0 ? '' : ` (near: ${near.join(', ')})`}. Call it as its problem is called, or choose one by --problem.`,
    { details: { submission: path, near } },
  );
}
