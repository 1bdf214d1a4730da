/** `winnow search QUERY [PATH]`: ranked code. The query language and the ranking are `search`'s; this translates. */
import { z } from 'zod';
import { systemClock, WinnowError } from '../../base/mod.ts';
import { strictnesses } from '../../code/mod.ts';
import { isSilence } from '../../embed/mod.ts';
import { search as searchIn, searchWithMeaning } from '../../search/mod.ts';
import { durationPattern, milliseconds } from '../units.ts';
import { unsearchedNotices } from '../views/leftout.ts';
import { clarificationLines, searchView } from '../views/search.ts';
import { patternView } from '../views/search-pattern.ts';
import { searchReposView } from '../views/search-repos.ts';
import { checkNamedEncoder, meaningFlags, openEncoder, openMeaningOf, openUsualEncoder } from './encoder.ts';
import { withRepository } from './repository.ts';
import { checkRewrite, reordered, rewriteFlags, rewriteFor, rewriteLabels, rewrittenSchema } from './rewrite.ts';
import { askedModes, clarificationSchema, completenessSchema, hitSchema, kinds, modes } from './schemas.ts';
import { searchPattern } from './search-pattern.ts';
import { patternOutput } from './search-pattern-schemas.ts';
import { askedRegex, checkRegexFlags } from './search-regex.ts';
import { searchReposExit, searchRepositories, searchReposOutput } from './search-repos.ts';
import type { Context, Operation } from './types.ts';

/** Hits when no limit is given: the best few of a ranking, and of a pattern's matches as many as a person reads. */
const usualLimit = { ranked: 10, pattern: 100 };

const input = z.strictObject({
  query: z
    .string()
    .optional()
    .describe(
      'Words, a question, a "phrase", a name such as Parser.parse or gRC, and filters: lang: path: kind: name: -term. With --pattern or --rule there is none',
    ),
  directory: z.string().default('.').describe('The repository, or a directory in it, to search'),
  limit: z
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .describe('Hits wanted, 1 to 1000, and otherwise 10; of a pattern up to 1,000,000, and otherwise 100'),
  offset: z.int().min(0).default(0).describe("Of a pattern's matches the first so many are left out: the next page"),
  repos: z
    .string()
    .optional()
    .describe('A set of repositories, as `winnow add` makes them, instead of PATH; or one repository of a set'),
  deadline: z
    .string()
    .regex(durationPattern, 'must be a time such as 500ms or 2s')
    .optional()
    .describe('Of a set: after so long ask what is ready, and say what is not; default: wait for all'),
  pattern: z
    .string()
    .optional()
    .describe('Code with metavariables instead of a query: $A is one node, $$$ any number, $$$ARGS the same by a name'),
  regex: z
    .string()
    .optional()
    .describe('A regular expression as of grep instead of a query: definitions with lines that match, ranked'),
  rule: z
    .array(z.string())
    .default([])
    .describe("Rules in YAML as ast-grep's, instead of a query; - is standard input"),
  selector: z.string().optional().describe('Of the pattern only the first node of this kind; the rest is context'),
  strictness: z
    .enum(strictnesses)
    .default('smart')
    .describe('What of the pattern counts: smart passes over tokens that only the code has'),
  count: z.boolean().default(false).describe("Of a pattern's matches only how many each file has"),
  threads: z.int().min(1).max(64).optional().describe('Threads that parse for a pattern; default: as many as pay'),
  mode: z
    .enum(askedModes)
    .optional()
    .describe('Read the query as words or as an identifier instead of inferring which'),
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
  clarify: z
    .boolean()
    .default(false)
    .describe('Where the query is vague, add one question whose choices are filters to put behind it'),
  ...meaningFlags,
  ...rewriteFlags,
  rewriteHits: z
    .int()
    .min(0)
    .max(50)
    .default(0)
    .describe('With --rewrite: have the first N hits rewritten too, a call each, and order them by both'),
  refresh: z.boolean().default(true).describe('Answer from the index as it is, without looking for changed files'),
});

const ranked = z.strictObject({
  schema: z.literal('winnow.search/1'),
  root: z.string().describe('The repository that was searched'),
  query: z.strictObject({
    text: z.string(),
    mode: z.enum(modes),
    inferred: z.boolean().describe('Whether `mode` was inferred from the text'),
  }),
  meaning: z.string().nullable().describe('The encoder that took part in the ranking; null when words alone did'),
  clarification: clarificationSchema
    .nullable()
    .describe('With --clarify: a question back; null where the query is not vague or nothing separates its hits'),
  rewritten: rewrittenSchema.nullable().describe('With --rewrite: what a model made of the query'),
  hits: z.array(hitSchema),
  total: z
    .strictObject({ count: z.int(), moreThan: z.boolean() })
    .describe('How much matched at all; a lower bound when `moreThan`'),
  tokens: z.int().nullable().describe('Estimated tokens of the printed text, when a budget was set'),
  completeness: completenessSchema,
  notices: z.array(z.string()),
  elapsedMs: z.strictObject({ refresh: z.number(), search: z.number() }),
});

const output = z.discriminatedUnion('schema', [ranked, searchReposOutput, patternOutput]);

export type SearchOutput = z.output<typeof ranked>;

export const search: Operation<typeof input, typeof output> = {
  name: 'search',
  summary: 'ranked code for words, a question or an identifier; code by its syntax',
  description: `Ranks the functions, classes and other pieces of a repository by how well they fit the query, and shows why. The first search of a repository indexes it; later ones look for changed files first and index only those.

A query that looks like a name, or is one in this repository, is searched as an identifier: exact, by prefix, by humps (gRC finds getReadyCount), by qualified name, a letter off. Anything else is searched as words. The mode is shown with the answer and can be forced with --mode.

In the query, "quotes" make a phrase, -term leaves out the pieces that hold it (in an identifier search that is forced, the names and paths), and lang:go, path:src/, kind:class, name:parse filter; the flags of the same names do the same.

With --regex it is a regular expression, as grep takes it: what is ranked then is definitions and pieces with lines that match, those whose name matches first.

With --pattern the code itself is the query: 'if ($A == null) { $$$ }' finds every such statement, however it is laid out, and says what stands for $A. With --rule it is what a file of rules says, with kinds, relations and their combinations. Matches come by path and place instead of a score; docs/patterns.md has both languages.`,
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
    {
      command: 'winnow search "connection closed" --clarify',
      does: 'the same hits, and where they go many ways a question with filters to choose from',
    },
    {
      command: "winnow search --pattern 'if ($A == null) { $$$ }' --lang java src",
      does: 'every such statement of Java below src',
    },
    {
      command: 'winnow search "retry with backoff" --repos work --deadline 2s',
      does: 'all repositories of a set, those that are ready within two seconds',
    },
    {
      command: "winnow search --regex 'handle_\\w+_error' --kind function",
      does: 'functions with lines that match, those of such a name first',
    },
    {
      command: 'winnow search "where are requests retried" --rewrite --model ollama/qwen2.5-coder',
      does: 'with the names of code that a model writes for the question',
    },
    { command: 'winnow search --rule rules.yml --count', does: 'how many places of each file meet a rule' },
  ],
  input,
  output,
  positional: [
    { property: 'query', label: 'QUERY' },
    { property: 'directory', label: 'PATH' },
  ],
  shortFlags: { limit: 'n' },
  labels: { ...rewriteLabels, regex: 'RE', rule: 'FILE', selector: 'KIND', strictness: 'HOW', pattern: 'CODE' },
  run: (given, context) =>
    given.pattern !== undefined || given.rule.length > 0
      ? byPattern(given, context)
      : given.regex !== undefined
        ? byRegex(given, context)
        : given.repos !== undefined
          ? byRepositories(given, given.repos, context)
          : searchRanked(given, context),
  render: (answer, settings) =>
    answer.schema === 'winnow.search.pattern/1'
      ? patternView(answer, settings)
      : answer.schema === 'winnow.search.repos/1'
        ? searchReposView(answer, settings)
        : searchView(answer, settings),
  // What was found but is too much for the budget was found.
  exit: (answer) =>
    answer.schema === 'winnow.search.repos/1'
      ? searchReposExit(answer)
      : answer.hits.length > 0 || answer.total.count > 0
        ? 0
        : 1,
};

type Input = z.output<typeof input>;

/** What `search` does with a query of words or a name. */
export async function searchRanked(given: Input, context: Context): Promise<SearchOutput> {
  const query = given.regex === undefined ? checked(given) : '';
  const startedMs = systemClock.elapsedMs();
  const rewritten = await rewrittenQuery(given, query, context);
  if (given.meaning !== 'off' || given.encoder !== undefined) checkNamedEncoder(given.encoder, context);
  return withRepository(given.directory, context, given, async ({ repository, snapshot, under, notices }) => {
    const refreshedMs = systemClock.elapsedMs();
    const ofMeaning: string[] = [];
    const limit = given.limit ?? usualLimit.ranked;
    const options = {
      limit: Math.max(limit, given.rewriteHits),
      explain: given.explain,
      ...(given.mode === undefined ? {} : { mode: given.mode }),
      ...(given.budgetTokens === undefined ? {} : { budgetTokens: given.budgetTokens }),
      ...(given.body || given.rewriteHits > 0 ? { body: true } : {}),
      ...(given.clarify ? { clarify: true } : {}),
      ...(under === '' ? {} : { under }),
      signal: context.signal,
      ...(given.regex === undefined
        ? {}
        : { regex: await askedRegex(given.regex, { root: snapshot.root, under, refresh: given.refresh }, context) }),
    };
    const { meaning: by, encoder: named } = given;
    const asked = queryText(query + rewritten.words, given);
    const answer =
      by === 'off' || given.regex !== undefined
        ? searchIn(snapshot, asked, options)
        : await searchWithMeaning(snapshot, asked, { ...options, by }, async () => {
            const notice = (text: string) => ofMeaning.push(text);
            const encoder =
              by === 'only'
                ? await openEncoder(named, context, repository.storeDir)
                : await openUsualEncoder(named, context, repository.storeDir, notice);
            return encoder === null ? null : openMeaningOf(snapshot, encoder, context, notice);
          }).catch((cause: unknown) => {
            if (by === 'only' || !isSilence(cause)) throw cause;
            ofMeaning.push(`${cause.message} Words were ranked without their meaning.`);
            return searchIn(snapshot, asked, options);
          });
    const { hits, row, notices: ofHits } = await reordered(answer.hits, given.rewriteHits, rewritten, context);
    const told = [
      ...new Set([
        ...notices,
        ...rewritten.notices,
        ...ofHits,
        ...ofMeaning,
        ...unsearchedNotices(answer.completeness.leftOut),
        ...answer.notices,
      ]),
    ];
    for (const text of told) context.notice(text);
    // Within a budget only what was counted goes to standard output.
    if (answer.clarification !== null && answer.tokens !== null)
      context.notice(clarificationLines(answer.clarification).join(''));
    const { text, mode, inferred } = answer.query;
    return {
      schema: 'winnow.search/1',
      root: snapshot.root,
      query: { text: given.regex ?? text, mode, inferred: inferred && given.regex === undefined },
      meaning: answer.meaning,
      clarification: answer.clarification,
      rewritten: row,
      hits:
        given.rewriteHits === 0 ? hits : hits.slice(0, limit).map((hit) => (given.body ? hit : { ...hit, body: null })),
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
}

/** A name is searched as a name: what a model made of it would turn it into words. */
async function rewrittenQuery(given: Input, query: string, context: Context) {
  const isName = given.mode === 'identifier' || !/\S\s+\S/.test(query);
  if (!given.rewrite || !isName) return rewriteFor(given, query, 'question', context);
  checkRewrite(given);
  return { row: null, words: '', by: null, notices: ['A name is searched as it stands; --rewrite is for questions.'] };
}

/** The first word is the path. */
function byRegex(given: Input, context: Context) {
  refuseRewrite(given, '--regex');
  checkRegexFlags(given);
  checkRanked(given);
  return searchRanked({ ...given, query: undefined, directory: given.query ?? given.directory }, context);
}

/** A set of repositories has no one directory. */
function byRepositories(given: Input, set: string, context: Context) {
  if (given.directory !== '.')
    throw new WinnowError('bad-usage', 'With --repos no PATH is given; narrow with --path NAME//FOLDER.');
  refuseRewrite(given, '--repos');
  const { mode, budgetTokens, body, explain, clarify, meaning, encoder, refresh, deadline } = given;
  return searchRepositories(
    {
      set,
      query: queryText(checked(given), given),
      limit: given.limit ?? usualLimit.ranked,
      ...{ mode, budgetTokens, body, explain, clarify, meaning, encoder, refresh },
      deadlineMs: deadline === undefined ? null : milliseconds(deadline),
    },
    context,
  );
}

function byPattern(given: Input, context: Context) {
  refuseRewrite(given, '--pattern or --rule');
  const wrong = (['regex', 'repos', 'deadline', 'kind', 'mode', 'body', 'explain', 'clarify'] as const).find((name) => {
    const value = given[name];
    return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false;
  });
  if (wrong !== undefined)
    throw new WinnowError(
      'bad-usage',
      `--${wrong} is about ranked code, not about patterns.${wrong === 'kind' ? ' Kinds of syntax go into a rule: --rule.' : ''}`,
    );
  // The first word is the path: there is no query.
  if (given.query !== undefined && given.directory !== '.')
    throw new WinnowError('bad-usage', 'With --pattern or --rule there is no query; give one path at most.');
  return searchPattern(
    {
      ...given,
      directory: given.query ?? given.directory,
      pattern: given.pattern,
      selector: given.selector,
      limit: given.limit ?? usualLimit.pattern,
      budgetTokens: given.budgetTokens,
      threads: given.threads,
    },
    context,
  );
}

/** @throws WinnowError `bad-usage` */
function refuseRewrite(given: Input, flag: string): void {
  checkRewrite(given);
  if (given.rewrite)
    throw new WinnowError(
      'bad-usage',
      `--rewrite is for a question in words about one repository; it does not go with ${flag}.`,
    );
}

/** @throws WinnowError `bad-usage` for flags that go with a pattern or a set alone */
function checkRanked(given: Input): void {
  const wrong = (['selector', 'threads', 'count', 'offset'] as const).find(
    (name) => given[name] !== undefined && given[name] !== false && given[name] !== 0,
  );
  if (wrong !== undefined) throw new WinnowError('bad-usage', `--${wrong} goes with --pattern or --rule.`);
  if (given.deadline !== undefined && given.repos === undefined)
    throw new WinnowError('bad-usage', '--deadline goes with --repos.');
  if (given.limit !== undefined && given.limit > 1000)
    throw new WinnowError('bad-usage', `--limit goes up to 1000; ${given.limit} came.`);
}

/** @returns the query */
function checked(given: Input): string {
  checkRanked(given);
  if (given.rewriteHits > 0 && !given.rewrite)
    throw new WinnowError('bad-usage', '--rewrite-hits goes with --rewrite; it is not there.');
  // What fits a budget is told in the order of the search.
  if (given.rewriteHits > 0 && given.budgetTokens !== undefined)
    throw new WinnowError('bad-usage', 'Give either --rewrite-hits or --budget-tokens; both came.');
  if (given.query === undefined)
    throw new WinnowError('bad-usage', 'Expected a query. Give one, or a pattern: `winnow search --pattern CODE`.');
  return given.query;
}

/** The query with the flags' filters appended in its own language, so that there is one meaning of a filter. */
function queryText(query: string, { lang, kind, path }: Input): string {
  const filter = (name: string, values: readonly string[]): string[] =>
    values.map((value) => `${name}:${quotedValue(value)}`);
  return [query, ...filter('lang', lang), ...filter('kind', kind), ...filter('path', path)].join(' ');
}

function quotedValue(value: string): string {
  return /^[^\s"\\]+$/.test(value) ? value : `"${value.replace(/["\\]/g, '\\$&')}"`;
}
