/** `winnow run --partial --observe`: calls between definitions of the repository that holds the program go to its graph, marked as those of a partial run. */
import { realpathSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { type ObserveReport, observeCalls } from '../../index/mod.ts';
import type { CallPlace, PartialReport } from '../../run/mod.ts';
import { withRepository } from './repository.ts';
import type { Context } from './types.ts';

/** @param root directory of this machine that paths of the calls are relative to, absolute */
export function observePartially(
  root: string,
  calls: PartialReport['calls'],
  context: Context,
): Promise<ObserveReport> {
  return withRepository(root, context, { refresh: true, whole: true }, ({ repository }) => {
    const prefix = relative(repository.root, realpathSync(root)).split(sep).join('/');
    const at = ({ path, ...rest }: CallPlace): CallPlace => ({
      ...rest,
      path: prefix === '' ? path : `${prefix}/${path}`,
    });
    return observeCalls(
      repository,
      calls.map(({ caller, callee, count }) => ({ caller: at(caller), callee: at(callee), callLine: 0, count })),
      { partial: true },
    );
  });
}
