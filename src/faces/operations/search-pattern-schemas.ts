/** The answer of `search --pattern` and `search --rule`, for answers in JSON. Within a version properties are only ever added. */
import { z } from 'zod';
import { leftOutSchema, linesSchema, spanSchema } from './schemas.ts';

const whole = z.int().min(0);

const placeSchema = z.strictObject({
  span: spanSchema,
  lines: linesSchema,
  column: z.int().min(1).describe('One-based, in characters of the first line'),
  text: z.string(),
});

const partialReasons = ['parse-timeout', 'parser-failed', 'too-much-work'] as const;

export const patternOutput = z.strictObject({
  schema: z.literal('winnow.search.pattern/1'),
  root: z.string().describe('The repository that was searched'),
  languages: z.array(z.string()).describe('Languages in which the pattern could be meant and that were searched'),
  hits: z.array(
    placeSchema.extend({
      path: z.string().describe('Relative to `root`, forward slashes'),
      language: z.string(),
      rule: z.string().describe('Id of the rule; `pattern` for one from the command line'),
      message: z.string().nullable().describe("The rule's message, metavariables filled in"),
      severity: z.string().nullable(),
      kind: z.string().describe('Kind of the node, as the grammar names it'),
      variables: z.array(
        z.strictObject({
          name: z.string().describe('Without the sign'),
          many: z.boolean().describe('Written $$$: any number of nodes'),
          place: placeSchema.nullable().describe('From the first node to the last; null when there is none'),
          count: whole.describe('How many nodes'),
        }),
      ),
      brief: z.boolean().describe('Printed as one line, to stay within the budget'),
    }),
  ),
  total: z
    .strictObject({ count: whole, moreThan: z.boolean() })
    .describe('How much matched; a lower bound when `moreThan`'),
  counts: z
    .array(z.strictObject({ path: z.string(), count: whole }))
    .nullable()
    .describe('Matches of each file, with --count'),
  nextOffset: whole.nullable().describe('--offset for the next hits; null when these are the last'),
  tokens: whole.nullable().describe('Estimated tokens of the printed text, when a budget was set'),
  searched: z
    .strictObject({ files: whole, read: whole })
    .describe('Files that the search covers, and those of them that the index could not rule out'),
  partial: z
    .array(z.strictObject({ path: z.string(), reason: z.enum(partialReasons) }))
    .describe('Files of which matches may be missing'),
  leftOut: leftOutSchema.describe('Files that were not searched, by reason'),
  failures: z.array(z.strictObject({ path: z.string(), code: z.string() })).describe('Files that could not be read'),
  notices: z.array(z.string()),
  elapsedMs: z.number(),
});

export type PatternOutput = z.output<typeof patternOutput>;
