/**
 * The nouns of search and index as schemas, for answers in JSON. Within a version of
 * an answer's `schema` properties are only ever added here.
 */
import { z } from 'zod';
import { chunkKinds, symbolKinds } from '../../code/mod.ts';

const whole = z.int().min(0);

export const kinds = [...new Set([...symbolKinds, ...chunkKinds])] as const;

/** How a query can be asked to be read. */
export const askedModes = ['words', 'identifier'] as const;
/** How it was read. */
export const modes = [...askedModes, 'regex'] as const;

export const spanSchema = z
  .strictObject({ start: whole, end: whole })
  .describe('Half-open, zero-based range of bytes in the file');

export const linesSchema = z
  .strictObject({ first: z.int().min(1), last: z.int().min(1) })
  .describe('One-based, inclusive range of lines');

const snippetLineSchema = z.strictObject({
  line: z.int().min(1),
  text: z.string(),
  marks: z
    .array(z.strictObject({ start: whole, end: whole }))
    .describe('Half-open ranges of UTF-16 units in `text` that matched'),
});

export const explanationSchema = z.strictObject({
  label: z.string(),
  value: z.number(),
  get children() {
    return z.array(explanationSchema);
  },
});

export const hitSchema = z.strictObject({
  id: z.string().describe('Stable name of the hit, for `winnow show`: `path:Class.method`, or `path:12-40`'),
  path: z.string().describe('Relative to `root`, forward slashes'),
  language: z.string(),
  kind: z.enum(kinds),
  name: z.string().nullable().describe('Qualified name; null for a piece of code that defines nothing'),
  span: spanSchema,
  lines: linesSchema,
  score: z.number(),
  signature: z.string().nullable(),
  snippet: z.array(snippetLineSchema),
  body: z.string().nullable().describe('Whole source, when asked for or when the budget had room'),
  duplicates: z.array(z.string()).describe('Ids of hits with the same text, folded into this one'),
  explanation: explanationSchema.nullable(),
});

export const clarificationSchema = z.strictObject({
  asks: z.enum(['module', 'purpose', 'kind']).describe('What the choices differ in'),
  question: z.string(),
  choices: z
    .array(
      z.strictObject({
        narrowing: z.string().describe('Filter to put behind the query: path:src/x/'),
        query: z.string().describe('The query with it, ready to be asked'),
        hits: whole.describe('Of the hits that were looked at, how many it lets through'),
      }),
    )
    .describe('Likeliest first'),
  firstIsRight: z.number().describe('Chance that the first hit is the one meant, by the scores'),
});

export const leftOutSchema = z.record(z.string(), whole).describe('Files left out of the index, by reason');

export const completenessSchema = z.strictObject({
  indexedFiles: whole,
  pendingFiles: whole.describe('Files that should be indexed and are not yet'),
  leftOut: leftOutSchema,
  stale: z.boolean().describe('The index could not be brought up to date before answering'),
});
