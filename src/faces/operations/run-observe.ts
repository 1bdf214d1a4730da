/** `winnow run --partial --observe`: calls between definitions of the repository that holds the program, and the lines that ran, go to its graph, marked as those of a partial run. */
import { realpathSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { findPlace, type ObserveReport, observeCalls } from '../../index/mod.ts';
import type { CallPlace, PartialReport } from '../../run/mod.ts';
import { withRepository } from './repository.ts';
import type { Context } from './types.ts';

/**
 * @param root directory of this machine that paths of the report are relative to, absolute
 * @param program path of what ran below it, and the function that was called, if one was
 */
export function observePartially(
  root: string,
  { calls, coverage, beside, level }: PartialReport,
  program: { readonly entry: string; readonly function: string | null },
  context: Context,
): Promise<ObserveReport> {
  return withRepository(repositoryOf(root, context.cwd), context, { refresh: true, whole: true }, ({ repository }) => {
    const prefix = relative(repository.root, realpathSync(root)).split(sep).join('/');
    const below = (path: string): string => (prefix === '' ? path : `${prefix}/${path}`);
    const at = ({ path, ...rest }: CallPlace): CallPlace => ({ ...rest, path: below(path) });
    const run = `${below(program.entry)}${program.function === null ? '' : `:${program.function}`}`;
    return observeCalls(
      repository,
      calls.map(({ caller, callee, count }) => ({ caller: at(caller), callee: at(callee), callLine: 0, count })),
      {
        partial: true,
        coverage: wholeFiles(coverage.files, beside).map(({ path, ...lines }) => ({
          path: below(path),
          run,
          level,
          ...lines,
        })),
      },
    );
  });
}

/** As `show` and `graph` find it: without git, the directory that one works in, where it holds the program. */
function repositoryOf(root: string, cwd: string): string {
  const place = findPlace(root);
  const here = realpathSync(cwd);
  return place.gitDir === null && place.root.startsWith(here + sep) ? here : root;
}

type CoveredFiles = PartialReport['coverage']['files'];

/** What ran of a function that was asked for, with what ran beside it. */
function wholeFiles(files: CoveredFiles, beside: CoveredFiles): CoveredFiles {
  const joined = (path: string, which: 'ran' | 'missed'): number[] =>
    [...new Set([...files, ...beside].flatMap((one) => (one.path === path ? one[which] : [])))].sort((a, b) => a - b);
  return [...new Set([...files, ...beside].map(({ path }) => path))].map((path) => {
    const ran = joined(path, 'ran');
    return { path, ran, missed: joined(path, 'missed').filter((line) => !ran.includes(line)) };
  });
}
