/** `winnow search --repos SET`: a set of repositories ranked as one. The ranking and the deadline are `search`'s; this translates. */
import { z } from 'zod';
import { isSilence } from '../../embed/mod.ts';
import { readSets } from '../../index/mod.ts';
import { dividedId, type Member, searchMany } from '../../search/mod.ts';
import { unsearchedNotices } from '../views/leftout.ts';
import { checkNamedEncoder, openEncoder, openUsualEncoder } from './encoder.ts';
import { repositorySchema, rowOf } from './repos.ts';
import { memberNotices, repositoriesOf } from './repository-sets.ts';
import { type askedModes, clarificationSchema, hitSchema, modes } from './schemas.ts';
import type { Context } from './types.ts';

export const searchReposOutput = z.strictObject({
  schema: z.literal('winnow.search.repos/1'),
  set: z.string(),
  query: z.strictObject({ text: z.string(), mode: z.enum(modes), inferred: z.boolean() }),
  meaning: z.string().nullable().describe('The encoder that took part in the ranking; null when words alone did'),
  clarification: clarificationSchema.nullable(),
  hits: z.array(
    hitSchema.extend({
      repository: z.string().describe('Its name; `path` is relative to its root, and `id` begins with it'),
    }),
  ),
  total: z.strictObject({ count: z.int(), moreThan: z.boolean() }),
  tokens: z.int().nullable().describe('Estimated tokens of the printed text, when a budget was set'),
  partial: z.boolean().describe('Some repository did not answer, or not with all of its files'),
  stale: z.boolean().describe('Some repository answered from its index as it is'),
  repositories: z.array(repositorySchema).describe('How each repository of the set took part'),
  notices: z.array(z.string()),
  elapsedMs: z.strictObject({ gather: z.number(), search: z.number() }),
});

export type SearchReposOutput = z.output<typeof searchReposOutput>;

/** What is asked of a set. */
export interface ReposQuery {
  readonly set: string;
  /** With its filters. */
  readonly query: string;
  readonly limit: number;
  readonly mode: (typeof askedModes)[number] | undefined;
  readonly budgetTokens: number | undefined;
  readonly body: boolean;
  readonly explain: boolean;
  readonly clarify: boolean;
  readonly meaning: 'auto' | 'only' | 'off';
  readonly encoder: string | undefined;
  readonly refresh: boolean;
  readonly deadlineMs: number | null;
}

/** @throws WinnowError `unknown-set`; as searching one repository does */
export async function searchRepositories(asked: ReposQuery, context: Context): Promise<SearchReposOutput> {
  const { set, meaning: by, encoder: named, mode, budgetTokens } = asked;
  const repositories = repositoriesOf(set, readSets(context.settings.cacheDir));
  if (by !== 'off') checkNamedEncoder(named, context);
  const ofMeaning: string[] = [];
  const options = {
    home: context.settings.home,
    refresh: asked.refresh,
    deadlineMs: asked.deadlineMs,
    limit: asked.limit,
    body: asked.body,
    explain: asked.explain,
    clarify: asked.clarify,
    ...(mode === undefined ? {} : { mode }),
    ...(budgetTokens === undefined ? {} : { budgetTokens }),
    signal: context.signal,
    // Of no repository's own: vectors of tables tuned apart cannot be compared.
    openEncoder: () =>
      by === 'only'
        ? openEncoder(named, context)
        : openUsualEncoder(named, context, null, (notice) => ofMeaning.push(notice)),
    onProgress: (done: number, total: number, name: string) =>
      context.progress({ label: 'refreshing', done, total, detail: name }),
    onVectors: (name: string, done: number, total: number) =>
      context.progress({ label: 'reading meaning', done, total, detail: name }),
  };
  const { answer, members, elapsedMs } = await searchMany(repositories, asked.query, { ...options, by }).catch(
    (cause: unknown) => {
      if (by !== 'auto' || !isSilence(cause)) throw cause;
      ofMeaning.push(`${cause.message} Words were ranked without their meaning.`);
      return searchMany(repositories, asked.query, { ...options, by: 'off' });
    },
  );
  const notices = [
    ...new Set([
      ...memberNotices(members),
      ...ofMeaning,
      ...unsearchedNotices(answer.completeness.leftOut),
      ...answer.notices,
    ]),
  ];
  for (const text of notices) context.notice(text);
  const { text, mode: readAs, inferred } = answer.query;
  return {
    schema: 'winnow.search.repos/1',
    set,
    query: { text, mode: readAs, inferred },
    meaning: answer.meaning,
    clarification: answer.clarification,
    hits: answer.hits.map((hit) => {
      const { name, rest } = dividedId(hit.path) ?? { name: '', rest: hit.path };
      return { ...hit, path: rest, repository: name };
    }),
    total: answer.total,
    tokens: answer.tokens,
    partial: members.some(({ state }) => state !== 'current' && state !== 'behind'),
    stale: members.some(({ state }) => state === 'behind'),
    repositories: members.map(rowOf),
    notices,
    elapsedMs: { gather: Math.round(elapsedMs.gather), search: Math.round(elapsedMs.search * 10) / 10 },
  } as SearchReposOutput;
}

/** 3 where none could be asked: that nothing was found is then no answer. */
export function searchReposExit({ hits, total, repositories }: SearchReposOutput): number {
  if (hits.length > 0 || total.count > 0) return 0;
  return repositories.some(({ state }) => answering.has(state)) ? 1 : 3;
}

const answering: ReadonlySet<Member['state']> = new Set(['current', 'behind', 'unfinished']);
