/** `winnow repos`: the sets and their repositories, with their states; refreshing, updating and removing them. */
import { existsSync, realpathSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { WinnowError } from '../../base/mod.ts';
import {
  changeSets,
  clonesDirectoryOf,
  type KnownRepository,
  openRepository,
  type RepositorySets,
  readSets,
  withoutMember,
} from '../../index/mod.ts';
import { readGitAddress, updateClone } from '../../run/mod.ts';
import { type Member, memberStates, surveyRepositories } from '../../search/mod.ts';
import { reposView } from '../views/repos.ts';
import { repositoriesOf, repositoryNamed } from './repository-sets.ts';
import type { Context, Operation } from './types.ts';

const actions = ['list', 'refresh', 'update', 'remove'] as const;

const input = z.strictObject({
  action: z
    .enum(actions)
    .default('list')
    .describe('list them, refresh their indexes, update what was cloned, or remove some'),
  names: z.array(z.string()).default([]).describe('Only these repositories; remove needs some'),
  set: z.string().optional().describe('Only this set; default: all'),
});

const whole = z.int().min(0);

/** How a repository is found to be. */
export const repositorySchema = z.strictObject({
  name: z.string(),
  root: z.string(),
  state: z
    .enum(memberStates)
    .describe(
      'current: as on disk; behind: from its index as it is; unfinished: in part; unanswered: nothing is indexed yet; missing: not at its place; removed: gone meanwhile; failed: not readable',
    ),
  reason: z.string().nullable().describe('Why it is not current'),
  indexedFiles: whole,
  pendingFiles: whole.describe('Files that should be indexed and are not yet'),
  elapsedMs: whole.describe('Until it was ready'),
});

const output = z.strictObject({
  schema: z.literal('winnow.repos/1'),
  action: z.enum(actions),
  repositories: z.array(
    repositorySchema.extend({
      sets: z.array(z.string()).describe('The sets that hold it; none after its removal'),
      url: z.string().nullable().describe('Where it was cloned from; null for a directory of your own'),
    }),
  ),
  failures: z.array(z.strictObject({ name: z.string(), message: z.string() })).describe('What could not be updated'),
});

export type ReposOutput = z.output<typeof output>;

export const repos: Operation<typeof input, typeof output> = {
  name: 'repos',
  summary: 'the sets of repositories: list, refresh, update, remove',
  description: `Lists the repositories of all sets with their places and states: whether each is indexed, and whether it is still there. Listing reads indexes as they are.

refresh brings their indexes up to date, as each search does; update fetches what is new of those that were cloned, and then refreshes them; remove takes repositories out of a set, or of all sets. One that no set holds is forgotten: of a directory of yours nothing is touched, a clone is deleted with its index.`,
  examples: [
    { command: 'winnow repos', does: 'all sets' },
    { command: 'winnow repos refresh --set web', does: 'index what is new in a set, ahead of a search' },
    { command: 'winnow repos update', does: 'fetch what is new of all clones' },
    { command: 'winnow repos remove flask', does: 'flask in no set any more' },
  ],
  input,
  output,
  positional: [
    { property: 'action', label: 'ACTION' },
    { property: 'names', label: 'NAME', variadic: true },
  ],
  run: async ({ action, names, set }, context) => {
    const before = readSets(context.settings.cacheDir);
    const chosen = choose(before, names, set);
    if (action === 'remove' && names.length === 0)
      throw new WinnowError('bad-usage', 'Expected names of repositories to remove: `winnow repos remove NAME`.');
    const failures = action === 'update' ? await updateAll(chosen, context) : [];
    const removed = action === 'remove' ? await removeAll(before, chosen, set ?? null, context) : before;
    const members = await surveyRepositories(chosen, {
      home: context.settings.home,
      refresh: action === 'refresh' || action === 'update',
      deadlineMs: null,
      signal: context.signal,
      onProgress: (done, total, name) => context.progress({ label: 'refreshing', done, total, detail: name }),
    });
    if (action === 'remove') for (const one of chosen) if (!removed.repositories.has(one.name)) forget(one, context);
    const told = new Map(chosen.map((one) => [one.name, one]));
    return {
      schema: 'winnow.repos/1',
      action,
      repositories: members.map((member) => ({
        ...rowOf(member),
        sets: setsOf(removed, member.name),
        url: told.get(member.name)?.url ?? null,
      })),
      failures,
    };
  },
  render: reposView,
  exit: ({ failures, repositories, action }) =>
    failures.length > 0 || (action !== 'list' && action !== 'remove' && repositories.some(isBroken)) ? 3 : 0,
};

const isBroken = ({ state }: Pick<Member, 'state'>): boolean => state === 'missing' || state === 'failed';

/** @returns a member as answers have it */
export function rowOf({
  name,
  root,
  state,
  reason,
  completeness,
  elapsedMs,
}: Member): z.output<typeof repositorySchema> {
  const { indexedFiles = 0, pendingFiles = 0 } = completeness ?? {};
  return { name, root, state, reason, indexedFiles, pendingFiles, elapsedMs };
}

function choose(sets: RepositorySets, names: readonly string[], set: string | undefined): readonly KnownRepository[] {
  const within = set === undefined ? [...sets.repositories.values()] : repositoriesOf(set, sets);
  if (names.length === 0) return within;
  return [...new Set(names)].map((name) => {
    const found = repositoryNamed(name, sets);
    if (!within.includes(found)) throw new WinnowError('unknown-set', `The set ${set} does not hold ${name}.`);
    return found;
  });
}

const setsOf = ({ sets }: RepositorySets, name: string): string[] =>
  [...sets].filter(([, members]) => members.includes(name)).map(([set]) => set);

/** Fetches what is new of each clone; one that fails keeps none of the others back. */
async function updateAll(chosen: readonly KnownRepository[], context: Context): Promise<ReposOutput['failures']> {
  const failures: ReposOutput['failures'] = [];
  for (const { name, root, url } of chosen) {
    if (url === null) continue;
    if (!existsSync(root)) {
      failures.push({ name, message: `Its clone is gone; \`winnow add ${url}\` makes it again.` });
      continue;
    }
    try {
      await updateClone(readGitAddress(url), root, context.settings, {
        signal: context.signal,
        onProgress: (label, percent) =>
          context.progress({ label, done: percent ?? 0, total: percent === null ? null : 100, detail: name }),
      });
    } catch (cause) {
      if (!(cause instanceof WinnowError) || cause.code === 'cancelled' || cause.code === 'toolchain-missing')
        throw cause;
      failures.push({ name, message: cause.message });
    }
  }
  return failures;
}

async function removeAll(
  before: RepositorySets,
  chosen: readonly KnownRepository[],
  set: string | null,
  context: Context,
): Promise<RepositorySets> {
  if (chosen.length === 0) return before;
  return changeSets(context.settings.cacheDir, (sets) =>
    chosen.reduce((left, { name }) => withoutMember(left, set, name), sets),
  );
}

/** Deletes a clone and its index; of a directory that is not ours nothing. */
function forget({ root, url }: KnownRepository, context: Context): void {
  const { cacheDir, home } = context.settings;
  const clones = clonesDirectoryOf(cacheDir);
  if (url === null || !existsSync(clones) || dirname(root) !== realpathSync(clones)) return;
  try {
    const repository = openRepository(root, home === undefined ? {} : { home });
    try {
      repository.clear();
    } finally {
      repository.close();
    }
  } catch (cause) {
    // Gone already, or being written: an index without its source is found by nobody.
    if (!(cause instanceof WinnowError)) throw cause;
  }
  rmSync(root, { recursive: true, force: true });
}
