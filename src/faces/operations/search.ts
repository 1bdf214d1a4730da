/** `winnow search QUERY [PATH]`: ranked code. The query language and the ranking are `search`'s; this translates. */
import { z } from 'zod';
import { systemClock } from '../../base/mod.ts';
import { search as searchIn, searchWithMeaning } from '../../search/mod.ts';
import { unsearchedNotices } from '../views/leftout.ts';
import { searchView } from '../views/search.ts';
import { checkNamedEncoder, meaningFlags, openEncoder, openMeaningOf, openUsualEncoder } from './encoder.ts';
import { withRepository } from './repository.ts';
import { completenessSchema, hitSchema, kinds, modes } from './schemas.ts';
import type { Operation } from './types.ts';

const input = z.strictObject({
  query: z
    .string()
    .describe(
      'Words, a question, a "phrase", a name such as Parser.parse or gRC, and filters: lang: path: kind: name: -term',
    ),
  directory: z.string().default('.').describe('The repository, or a directory in it, to search'),
  limit: z.int().min(1).max(1000).default(10).describe('Hits wanted, 1 to 1000'),
  mode: z.enum(modes).optional().describe('Read the query as words or as an identifier instead of inferring which'),
  lang: z.array(z.string()).default([]).describe('Only this language, as `winnow languages` names it'),
  kind: z
    .array(z.string().meta({ examples: [...kinds] }))
    .default([])
    .describe('Only this kind of definition or piece: function, class, method, section and so on'),
  path: z
    .array(z.string())
    .default([])
    .describe('Only files whose path contains this or matches it as a pattern (src/**/*.ts)'),
  budgetTokens: z
    .int()
    .min(50)
    .max(1_000_000)
    .optional()
    .describe(
      'Most tokens that the printed text may have: signatures first, bodies while they fit. With --json the same hits come; the syntax of JSON is not counted',
    ),
  body: z.boolean().default(false).describe('Print the whole source of each hit'),
  explain: z.boolean().default(false).describe('Print the tree of terms behind each score'),
  ...meaningFlags,
  refresh: z.boolean().default(true).describe('Answer from the index as it is, without looking for changed files'),
});

const output = z.strictObject({
  schema: z.literal('winnow.search/1'),
  root: z.string().describe('The repository that was searched'),
  query: z.strictObject({
    text: z.string(),
    mode: z.enum(modes),
    inferred: z.boolean().describe('Whether `mode` was inferred from the text'),
  }),
  meaning: z.string().nullable().describe('The encoder that took part in the ranking; null when words alone did'),
  hits: z.array(hitSchema),
  total: z
    .strictObject({ count: z.int(), moreThan: z.boolean() })
    .describe('How much matched at all; a lower bound when `moreThan`'),
  tokens: z.int().nullable().describe('Estimated tokens of the printed text, when a budget was set'),
  completeness: completenessSchema,
  notices: z.array(z.string()),
  elapsedMs: z.strictObject({ refresh: z.number(), search: z.number() }),
});

export type SearchOutput = z.output<typeof output>;

export const search: Operation<typeof input, typeof output> = {
  name: 'search',
  summary: 'ranked code for words, a question or an identifier',
  description: `Ranks the functions, classes and other pieces of a repository by how well they fit the query, and shows why. The first search of a repository indexes it; later ones look for changed files first and index only those.

A query that looks like a name, or is one in this repository, is searched as an identifier: exact, by prefix, by humps (gRC finds getReadyCount), by qualified name, a letter off. Anything else is searched as words. The mode is shown with the answer and can be forced with --mode.

In the query, "quotes" make a phrase, -term leaves out the pieces that hold it (in an identifier search that is forced, the names and paths), and lang:go, path:src/, kind:class, name:parse filter; the flags of the same names do the same.`,
  examples: [
    { command: 'winnow search "where are requests retried"', does: 'a question, in the repository around here' },
    { command: 'winnow search gRC ~/code/my-project', does: 'an identifier by its humps' },
    {
      command: "winnow search 'parse config -test lang:go' --limit 5",
      does: 'words, one left out, one language, five hits',
    },
    {
      command: 'winnow search "session cookie" --budget-tokens 2000',
      does: 'at most 2,000 tokens, for a model',
    },
  ],
  input,
  output,
  positional: [
    { property: 'query', label: 'QUERY' },
    { property: 'directory', label: 'PATH' },
  ],
  shortFlags: { limit: 'n' },
  run: async (given, context) => {
    const startedMs = systemClock.elapsedMs();
    if (given.meaning !== 'off') checkNamedEncoder(given.encoder, context);
    return withRepository(given.directory, context, given, async ({ repository, snapshot, under, notices }) => {
      const refreshedMs = systemClock.elapsedMs();
      const ofMeaning: string[] = [];
      const options = {
        limit: given.limit,
        explain: given.explain,
        ...(given.mode === undefined ? {} : { mode: given.mode }),
        ...(given.budgetTokens === undefined ? {} : { budgetTokens: given.budgetTokens }),
        ...(given.body ? { body: true } : {}),
        ...(under === '' ? {} : { under }),
        signal: context.signal,
      };
      const { meaning: by, encoder: named } = given;
      const answer =
        by === 'off'
          ? searchIn(snapshot, queryText(given), options)
          : await searchWithMeaning(snapshot, queryText(given), { ...options, by }, async () => {
              const notice = (text: string) => ofMeaning.push(text);
              const encoder =
                by === 'only'
                  ? await openEncoder(named, context, repository.storeDir)
                  : await openUsualEncoder(named, context, repository.storeDir, notice);
              return encoder === null ? null : openMeaningOf(snapshot, encoder, context, notice);
            });
      const told = [
        ...new Set([...notices, ...ofMeaning, ...unsearchedNotices(answer.completeness.leftOut), ...answer.notices]),
      ];
      for (const text of told) context.notice(text);
      const { text, mode, inferred } = answer.query;
      return {
        schema: 'winnow.search/1',
        root: snapshot.root,
        query: { text, mode, inferred },
        meaning: answer.meaning,
        hits: answer.hits,
        total: answer.total,
        tokens: answer.tokens,
        completeness: answer.completeness,
        notices: told,
        elapsedMs: {
          refresh: Math.round(refreshedMs - startedMs),
          search: Math.round((systemClock.elapsedMs() - refreshedMs) * 10) / 10,
        },
      } as SearchOutput;
    });
  },
  render: searchView,
  // What was found but is too much for the budget was found.
  exit: ({ hits, total }) => (hits.length > 0 || total.count > 0 ? 0 : 1),
};

/** The query with the flags' filters appended in its own language, so that there is one meaning of a filter. */
function queryText({ query, lang, kind, path }: z.output<typeof input>): string {
  const filter = (name: string, values: readonly string[]): string[] =>
    values.map((value) => `${name}:${quotedValue(value)}`);
  return [query, ...filter('lang', lang), ...filter('kind', kind), ...filter('path', path)].join(' ');
}

function quotedValue(value: string): string {
  return /^[^\s"\\]+$/.test(value) ? value : `"${value.replace(/["\\]/g, '\\$&')}"`;
}
