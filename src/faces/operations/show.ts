/** `winnow show ID [PATH]`: what an id stands for, with its surroundings, within a budget. */
import { z } from 'zod';
import { WinnowError } from '../../base/mod.ts';
import { type OutlineRow, type Shown, show as showIn } from '../../search/mod.ts';
import { showView } from '../views/show.ts';
import { partialRunsOf, partialRunsSchema } from './partial-evidence.ts';
import { withRepository } from './repository.ts';
import { placeOfId } from './repository-sets.ts';
import { completenessSchema, linesSchema, spanSchema } from './schemas.ts';
import type { Operation } from './types.ts';

const input = z.strictObject({
  id: z
    .string()
    .min(1)
    .describe(
      'An id as search prints it: path:Class.method, path:12-40, or a path alone for an outline; of a set with its repository: name//path:Class.method',
    ),
  directory: z.string().default('.').describe('The repository, or a directory in it'),
  context: z.int().min(0).max(1000).default(0).describe('Lines of the file to add before and after'),
  budgetTokens: z
    .int()
    .min(50)
    .max(1_000_000)
    .optional()
    .describe('Most tokens of text in the answer; a long body loses its middle'),
  refresh: z.boolean().default(true).describe('Answer from the index as it is, without looking for changed files'),
});

const outlineRowSchema = z.strictObject({
  id: z.string(),
  kind: z.string(),
  name: z.string(),
  lines: linesSchema,
  signature: z.string().describe('White space collapsed'),
  depth: z.int().describe('0 for a direct member, 1 for a member of a member'),
});

const shownSchema = z.strictObject({
  id: z.string(),
  path: z.string(),
  language: z.string(),
  what: z.enum(['symbol', 'lines', 'file']),
  kind: z.string().nullable(),
  name: z.string().nullable().describe('Qualified name'),
  span: spanSchema,
  lines: linesSchema,
  signature: z.string().nullable(),
  doc: z.string().nullable().describe('Doc comment as written'),
  source: z
    .strictObject({
      text: z.string(),
      lines: linesSchema,
      omitted: linesSchema.nullable().describe('Lines taken out of the middle to keep within the budget'),
    })
    .nullable()
    .describe('null for a whole file, which shows its outline, and when the budget had no room'),
  parent: outlineRowSchema.nullable(),
  children: z.array(outlineRowSchema).describe('Members of the symbol, or the outline of the file'),
  before: outlineRowSchema.nullable().describe('The nearest definition before it with the same parent'),
  after: outlineRowSchema.nullable(),
  imports: z.array(z.string()).describe('Imports of the file that the source uses'),
});

const output = z.strictObject({
  schema: z.literal('winnow.show/1'),
  root: z.string(),
  repository: z
    .string()
    .nullable()
    .describe('Name of the repository where the id has one; ids of the answer have it too'),
  shown: shownSchema.nullable().describe('null when the id fits several definitions'),
  candidates: z.array(outlineRowSchema).describe('The definitions that an ambiguous id fits, best first'),
  tokens: z.int().nullable().describe('Estimated tokens of the answer, when a budget was set'),
  partialRuns: partialRunsSchema,
  completeness: completenessSchema,
  notices: z.array(z.string()),
});

export type ShowOutput = z.output<typeof output>;

export const show: Operation<typeof input, typeof output> = {
  name: 'show',
  summary: 'the source of a hit, with its doc, members and neighbours',
  description: `Prints what an id stands for: the source with line numbers, its doc comment, the members of a class, the definitions around it and the imports it uses. For a path alone it prints the outline of the file.

An id that is not there (any more) is a negative answer, exit code 1, that names the nearest ids; so is one that fits several definitions, which are listed.`,
  examples: [
    {
      command: 'winnow show src/app.py:Flask.dispatch_request',
      does: 'the source of a method, in the repository around here',
    },
    { command: 'winnow show src/app.py:120-160 --context 5', does: 'lines, with five more on each side' },
    { command: 'winnow show src/app.py ~/code/my-project --json', does: 'the outline of a file, for a program' },
  ],
  input,
  output,
  positional: [
    { property: 'id', label: 'ID' },
    { property: 'directory', label: 'PATH' },
  ],
  run: (given, context) => {
    const { repository, directory, id, named } = placeOfId(given.id, given.directory, context);
    return withRepository(directory, context, given, ({ snapshot, notices }) => {
      const answer = within(repository, () =>
        showIn(snapshot, id, {
          context: given.context,
          ...(given.budgetTokens === undefined ? {} : { budgetTokens: given.budgetTokens }),
        }),
      );
      const told = [...new Set([...notices, ...answer.notices])];
      for (const text of told) context.notice(text);
      const found =
        answer.kind === 'shown'
          ? { shown: withIds(answer.shown, named), candidates: [], tokens: answer.tokens }
          : { shown: null, candidates: answer.candidates.map((one) => ({ ...one, id: named(one.id) })), tokens: null };
      const { completeness } = answer;
      const partialRuns = answer.kind === 'shown' ? partialRunsOf(snapshot, answer.shown.path, answer.shown.lines) : [];
      const { root } = snapshot;
      return {
        schema: 'winnow.show/1',
        root,
        repository,
        ...found,
        partialRuns,
        completeness,
        notices: told,
      } as ShowOutput;
    });
  },
  render: showView,
  exit: ({ shown }) => (shown === null ? 1 : 0),
};

/** Says of an id that is not there in which repository it is not, and how the nearest are asked for. */
function within<Answer>(repository: string | null, ask: () => Answer): Answer {
  try {
    return ask();
  } catch (cause) {
    if (repository === null || !(cause instanceof WinnowError) || cause.code !== 'unknown-id') throw cause;
    const message = `In ${repository}, whose ids begin with ${repository}//: ${cause.message}`;
    throw new WinnowError('unknown-id', message, { details: { ...cause.details, repository }, cause });
  }
}

/** With all ids as they are asked for. */
function withIds(shown: Shown, named: (id: string) => string): Shown {
  const row = (one: OutlineRow): OutlineRow => ({ ...one, id: named(one.id) });
  const { parent, before, after } = shown;
  return {
    ...shown,
    id: named(shown.id),
    parent: parent === null ? null : row(parent),
    children: shown.children.map(row),
    before: before === null ? null : row(before),
    after: after === null ? null : row(after),
  };
}
