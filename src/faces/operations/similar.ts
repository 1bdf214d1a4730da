/** `winnow similar ID|FILE:LINES|- [PATH]`: code to code. What is alike is `search/similar`'s; this reads what is given and translates. */
import { existsSync, realpathSync, statSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { z } from 'zod';
import { limits, lineStarts, systemClock, WinnowError } from '../../base/mod.ts';
import type { Snapshot } from '../../index/mod.ts';
import {
  askCode,
  type CodeToAsk,
  codeOfId,
  findSimilar,
  languageNamed,
  likenessGroups,
  pathOfLanguage,
  pathTest,
} from '../../search/mod.ts';
import { similarView } from '../views/similar.ts';
import { checkNamedEncoder, meaningFlags, openMeaningOf, openUsualEncoder } from './encoder.ts';
import { isUnread, unreadNotice, unrefreshedNotices, withRepository } from './repository.ts';
import { readFileWithin } from './run-files.ts';
import { completenessSchema, linesSchema, spanSchema } from './schemas.ts';
import type { Context, Operation } from './types.ts';

const input = z.strictObject({
  code: z
    .string()
    .min(1)
    .describe('An id as search prints it, FILE:12-40 or FILE of any file, or - for code on standard input'),
  directory: z.string().default('.').describe('The repository, or a directory in it, to look in'),
  lang: z.string().optional().describe('Language of the code on standard input'),
  limit: z.int().min(1).max(1000).default(10).describe('Hits, 1 to 1000'),
  group: z
    .array(z.enum(likenessGroups))
    .default([])
    .describe(
      'exact, renamed (names and literals differ), near (some of it differs) or related (the same work, in any language); all unless told',
    ),
  path: z
    .array(z.string())
    .default([])
    .describe('Only files whose path has this in it, or fits this glob; one that begins with ! is left out'),
  inLang: z.array(z.string()).default([]).describe('Only files of this language'),
  meaning: z
    .enum(['auto', 'off'])
    .default('auto')
    .describe('Compare what words and names say too (auto), or shapes and tokens alone (off)'),
  encoder: meaningFlags.encoder,
  refresh: z.boolean().default(true).describe('Answer from the index as it is, without looking for changed files'),
});

const share = z.number().nullable();

const output = z.strictObject({
  schema: z.literal('winnow.similar/1'),
  root: z.string().describe('The repository that was looked in'),
  asked: z.strictObject({
    language: z.string(),
    tokens: z.int().describe('Comments and imports are none'),
    fingerprints: z.int(),
  }),
  hits: z
    .array(
      z.strictObject({
        group: z.enum(likenessGroups),
        id: z.string().describe('For `winnow show`'),
        path: z.string(),
        language: z.string(),
        kind: z.string().nullable(),
        name: z.string().nullable().describe('Qualified name'),
        span: spanSchema,
        lines: linesSchema,
        score: z.number().describe('Compares hits of a group; no probability'),
        why: z
          .strictObject({
            tokens: share.describe('Tokens in common, in order, of both pieces'),
            renamedTokens: share.describe('The same with names and literals replaced'),
            consistent: z.boolean().nullable().describe('Each name and literal stands for one throughout, both ways'),
            fingerprints: share.describe('Of the fingerprints of the given code those that are there'),
            tree: share.describe('Cosine of constructs, operators and literals'),
            flow: share.describe('Cosine of the edges of data and control flow'),
            meaning: share.describe('Cosine of what words and names say'),
          })
          .describe('What was compared; null: it was not'),
        source: z.string(),
      }),
    )
    .describe('Exact copies first, then renamed, near and related ones; the best of each first'),
  completeness: completenessSchema,
  notices: z.array(z.string()),
  elapsedMs: z.number(),
});

export type SimilarOutput = z.output<typeof output>;

/** Code on standard input, at most. */
const mostStdinBytes = limits.parseFileBytes;

export const similar: Operation<typeof input, typeof output> = {
  name: 'similar',
  summary: 'code like a given piece: copies, near copies, the same work in any language',
  description: `Finds code that is like a definition, lines of a file, or code on standard input, and says of each hit what was compared and how much was in common.

Exact copies have the same tokens; renamed ones once names and literals are replaced; near ones most of them in the same order. Related code does the same work: it is near in its constructs, in how values move from statement to statement (where that is known: eleven languages, docs/syntax.md) and in what its words say, whatever the language. What was not compared is null, and said.

The code need not be part of the repository: a file outside of it does, and so does standard input with --lang. Exits with 1 when nothing is like it.`,
  examples: [
    {
      command: 'winnow similar src/app.py:Flask.dispatch_request',
      does: 'code like a method, in the repository around here',
    },
    {
      command: 'winnow similar ../old/parse.c:120-180 --group exact --group near',
      does: 'copies of lines of a file from elsewhere',
    },
    { command: 'pbpaste | winnow similar - --lang python --json', does: 'code like what was copied, for a program' },
  ],
  input,
  output,
  positional: [
    { property: 'code', label: 'CODE' },
    { property: 'directory', label: 'PATH' },
  ],
  shortFlags: { limit: 'n' },
  labels: { lang: 'NAME', inLang: 'NAME' },
  run: async (given, context) => {
    checkNamedEncoder(given.encoder, context);
    const inLang = given.inLang.map(languageNamed);
    const outside = await codeFromOutside(given, context);
    return withRepository(given.directory, context, { refresh: given.refresh, whole: true }, async (opened) => {
      const startedMs = systemClock.elapsedMs();
      const { snapshot, under, repository } = opened;
      const asked = await askCode(within(snapshot, outside ?? codeWithin(snapshot, given.code)));
      const told: string[] = [];
      const answer = await findSimilar(snapshot, asked, {
        limit: given.limit,
        groups: given.group.length === 0 ? likenessGroups : given.group,
        admits: admits(under, given.path, inLang),
        openMeaning:
          given.meaning === 'off'
            ? null
            : async () => {
                const note = (notice: string): number => told.push(notice);
                const encoder = await openUsualEncoder(given.encoder, context, repository.storeDir, note);
                return encoder === null ? null : openMeaningOf(snapshot, encoder, context, note);
              },
        signal: context.signal,
        onProgress: (done, total) => context.progress({ label: 'reading for likeness', done, total }),
        onUnkept: (reason) =>
          told.push(`Fingerprints could not be kept, so the next answer makes them again: ${reason}`),
      });
      const notices = [...new Set([...opened.notices, ...unrefreshedNotices(opened), ...told, ...answer.notices])];
      for (const text of notices) context.notice(text);
      return {
        schema: 'winnow.similar/1' as const,
        root: snapshot.root,
        asked: { language: asked.language, tokens: asked.tokens.count, fingerprints: asked.prints.count },
        hits: [...answer.hits],
        completeness: snapshot.completeness,
        notices,
        elapsedMs: Math.round(systemClock.elapsedMs() - startedMs),
      };
    });
  },
  render: similarView,
  exit: ({ hits }) => (hits.length === 0 ? 1 : 0),
};

/** Code of standard input or of a file of the disk; `null`: an id. */
async function codeFromOutside(
  given: { code: string; lang?: string | undefined },
  context: Context,
): Promise<OutsideCode | null> {
  if (given.code === '-') {
    if (given.lang === undefined)
      throw new WinnowError('bad-usage', 'Expected the language of the code on standard input: --lang NAME.');
    const path = await pathOfLanguage(given.lang);
    const bytes = await context.readStdin(mostStdinBytes);
    return { path, bytes, span: { start: 0, end: bytes.length }, document: null, lines: null, self: null, file: null };
  }
  if (given.lang !== undefined)
    throw new WinnowError('bad-usage', 'A file tells its language by itself; --lang is for code on standard input.');
  const [, name = given.code, first, last = first] = /^(.*):(\d{1,9})(?:-(\d{1,9}))?$/s.exec(given.code) ?? [];
  const file = resolve(context.cwd, name);
  refuseDirectory(file, name);
  if (!existsSync(file) || !statSync(file).isFile()) return null;
  const bytes = await readFileWithin(name, context.cwd, limits.parseFileBytes);
  const starts = lineStarts(bytes);
  const lines = first === undefined ? null : { first: Number(first), last: Number(last) };
  if (lines !== null && (lines.first < 1 || lines.first > starts.length || lines.last < lines.first))
    throw new WinnowError('bad-usage', `Expected lines of ${name}, which has ${starts.length}; came ${first}-${last}.`);
  const span =
    lines === null
      ? { start: 0, end: bytes.length }
      : { start: starts[lines.first - 1] as number, end: starts[lines.last] ?? bytes.length };
  return { path: name, bytes, span, document: null, lines, self: null, file: realpathSync(file) };
}

/** @throws WinnowError `unknown-id`, `bad-usage` for a directory */
function codeWithin(snapshot: Snapshot, id: string): CodeToAsk {
  refuseDirectory(resolve(snapshot.root, id), id);
  if (isUnread(snapshot.completeness))
    throw new WinnowError('unknown-id', `${unreadNotice} No id is known before; ask without --no-refresh.`, {
      details: { id, near: [] },
    });
  return codeOfId(snapshot, id);
}

function refuseDirectory(full: string, typed: string): void {
  // What cannot be a path, such as a very long text, is none.
  if (!existsSync(full) || !statSync(full).isDirectory()) return;
  throw new WinnowError(
    'bad-usage',
    `${typed} is a directory; give an id, FILE:12-40 or FILE. Copies below a directory are found by \`winnow duplicates\`.`,
  );
}

interface OutsideCode extends CodeToAsk {
  /** Where it was read from; `null` for standard input. */
  readonly file: string | null;
}

/** A file of the disk may be one of the repository, and is then not told as like itself. */
function within(snapshot: Snapshot, code: CodeToAsk | OutsideCode): CodeToAsk {
  if (!('file' in code) || code.file === null) return code;
  const path = relative(snapshot.root, code.file).split(sep).join('/');
  return snapshot.file(path) === null ? code : { ...code, path, self: { path, span: code.span } };
}

function admits(under: string, paths: readonly string[], languages: readonly string[]) {
  if (under === '' && paths.length === 0 && languages.length === 0) return null;
  const wanted = paths.filter((one) => !one.startsWith('!')).map(pathTest);
  const unwanted = paths.filter((one) => one.startsWith('!')).map((one) => pathTest(one.slice(1)));
  return (file: { readonly path: string; readonly language: string }): boolean =>
    (under === '' || file.path === under || file.path.startsWith(`${under}/`)) &&
    (wanted.length === 0 || wanted.some((test) => test(file.path))) &&
    !unwanted.some((test) => test(file.path)) &&
    (languages.length === 0 || languages.includes(file.language));
}
