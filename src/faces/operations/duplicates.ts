/** `winnow duplicates [PATH]`: copies within a repository. What is a copy is `search/similar`'s; this translates. */

import { z } from 'zod';
import { systemClock } from '../../base/mod.ts';
import { copyKinds, findDuplicates, languageNamed, pathTest } from '../../search/mod.ts';
import { duplicatesView } from '../views/duplicates.ts';
import { unrefreshedNotices, withRepository } from './repository.ts';
import { completenessSchema, linesSchema } from './schemas.ts';
import type { Operation } from './types.ts';

const input = z.strictObject({
  directory: z.string().default('.').describe('The repository, or a directory in it'),
  limit: z.int().min(1).max(10_000).default(10).describe('Classes told, largest first'),
  minLines: z.int().min(1).max(10_000).default(5).describe('Lines that each place has at least'),
  minTokens: z
    .int()
    .min(20)
    .max(100_000)
    .default(50)
    .describe('Tokens that the places have in common at least; comments and imports are none'),
  kind: z
    .array(z.enum(copyKinds))
    .default([])
    .describe('exact, renamed (names and literals differ) or near (with gaps); repeat for several; all unless told'),
  path: z
    .array(z.string())
    .default([])
    .describe('Only files whose path has this in it, or fits this glob; one that begins with ! is left out'),
  lang: z.array(z.string()).default([]).describe('Only files of this language'),
  refresh: z.boolean().default(true).describe('Answer from the index as it is, without looking for changed files'),
});

const output = z.strictObject({
  schema: z.literal('winnow.duplicates/1'),
  root: z.string(),
  classes: z
    .array(
      z.strictObject({
        kind: z.enum(copyKinds),
        tokens: z.int().describe('Tokens in common'),
        common: z.number().describe('Share of the longest place that is in common: 1 but for near copies'),
        lowered: z
          .boolean()
          .describe('At most one place is neither test, vendored, generated, example nor documentation'),
        places: z.array(
          z.strictObject({
            id: z.string().describe('For `winnow show`'),
            path: z.string(),
            language: z.string(),
            lines: linesSchema,
            name: z.string().nullable().describe('Definition that it lies in'),
            asWritten: z
              .number()
              .nullable()
              .describe(
                'Share of tokens written as in the first place; null for a near copy, where it was not compared',
              ),
            consistent: z
              .boolean()
              .nullable()
              .describe('Each name and literal of the first place stands for one here, and the other way round'),
            sorts: z.array(z.string()).describe('test, vendored, generated, example, documentation'),
          }),
        ),
        source: z.string().describe('Of the first place'),
      }),
    )
    .describe('Largest first'),
  total: z.strictObject({
    byKind: z.strictObject({ exact: z.int(), renamed: z.int(), near: z.int() }),
    inDoubt: z.int().describe('More classes that may be as long; their files were not looked at'),
    files: z.int().describe('Files that were compared'),
    tokens: z.int().describe('Their tokens'),
    copied: z.int().describe('Tokens that lie in a class'),
  }),
  leftOut: z
    .strictObject({
      noGrammar: z.int().describe('Prose, data, and languages without a grammar'),
      tooSmall: z.int().describe('Fewer tokens than can be told from chance, or not parsed'),
    })
    .describe('Files that were not compared'),
  completeness: completenessSchema,
  notices: z.array(z.string()),
  elapsedMs: z.number(),
});

export type DuplicatesOutput = z.output<typeof output>;

export const duplicates: Operation<typeof input, typeof output> = {
  name: 'duplicates',
  summary: 'code that stands in several places: exact, renamed and near copies',
  description: `Finds all pieces of code of a repository that are in two places or more and prints them as classes, largest first, with every place of each.

Exact copies have the same tokens, whatever their layout and comments; renamed ones have them once names and literals are replaced; near ones have parts in common with gaps of at most 30 tokens, seven tenths of the whole. However large the repository is, every copy of --min-tokens tokens is found; what lies mostly inside of larger copies is not told again. Lists of imports are no copies, and neither are tables and enumerations. Copies in tests, vendored, generated and example code come later and are marked.

Fingerprints of files are made by the first answer and kept beside the index. Exits with 1 when there is no copy.`,
  examples: [
    { command: 'winnow duplicates', does: 'the ten largest classes of the repository around here' },
    { command: 'winnow duplicates src --kind exact --min-lines 20', does: 'long exact copies below a directory' },
    {
      command: "winnow duplicates --path '!test' --limit 1000 --json",
      does: 'all of them outside of tests, for a program',
    },
  ],
  input,
  output,
  positional: [{ property: 'directory', label: 'PATH' }],
  shortFlags: { limit: 'n' },
  run: async (given, context) => {
    const lang = given.lang.map(languageNamed);
    return withRepository(given.directory, context, { refresh: given.refresh, whole: true }, async (opened) => {
      const startedMs = systemClock.elapsedMs();
      const { snapshot, under } = opened;
      const unkept: string[] = [];
      const answer = await findDuplicates(snapshot, {
        minLines: given.minLines,
        minTokens: given.minTokens,
        kinds: given.kind.length === 0 ? copyKinds : given.kind,
        limit: given.limit,
        admits: admits(under, { path: given.path, lang }),
        signal: context.signal,
        onProgress: (done, total) => context.progress({ label: 'reading for copies', done, total }),
        onUnkept: (reason) =>
          unkept.push(`Fingerprints could not be kept, so the next answer makes them again: ${reason}`),
      });
      const notices = [...new Set([...opened.notices, ...unrefreshedNotices(opened), ...unkept, ...answer.notices])];
      for (const text of notices) context.notice(text);
      return {
        schema: 'winnow.duplicates/1' as const,
        root: snapshot.root,
        classes: answer.classes.map((one) => ({
          ...one,
          places: one.places.map((place) => ({ ...place, sorts: [...place.sorts] })),
        })),
        total: answer.total,
        leftOut: answer.leftOut,
        completeness: snapshot.completeness,
        notices,
        elapsedMs: Math.round(systemClock.elapsedMs() - startedMs),
      };
    });
  },
  render: duplicatesView,
  exit: ({ classes }) => (classes.length === 0 ? 1 : 0),
};

/** Files below a directory that paths and languages let through; `null`: all. */
function admits(under: string, { path, lang }: { path: readonly string[]; lang: readonly string[] }) {
  if (under === '' && path.length === 0 && lang.length === 0) return null;
  const wanted = path.filter((one) => !one.startsWith('!')).map(pathTest);
  const unwanted = path.filter((one) => one.startsWith('!')).map((one) => pathTest(one.slice(1)));
  return (file: { readonly path: string; readonly language: string }): boolean =>
    (under === '' || file.path === under || file.path.startsWith(`${under}/`)) &&
    (wanted.length === 0 || wanted.some((test) => test(file.path))) &&
    !unwanted.some((test) => test(file.path)) &&
    (lang.length === 0 || lang.includes(file.language));
}
