/** The nouns of the graph as schemas, for answers in JSON. Within a version of an answer's `schema` properties are only ever added here. */
import { z } from 'zod';
import { edgeKinds, edgeStates, nodeKinds, resolutionRules } from '../../index/mod.ts';
import { relations } from '../../search/mod.ts';
import { linesSchema } from './schemas.ts';

const whole = z.int().min(0);

export const nodeSchema = z.strictObject({
  id: z.string().describe('For `winnow show` and `winnow graph`; a path for files, with a final slash for directories'),
  kind: z.enum(nodeKinds),
  name: z.string().describe('Qualified name; the path for files and directories'),
  path: z.string(),
  lines: linesSchema.nullable().describe('null for directories, and for files that changed since they were indexed'),
  signature: z.string().nullable(),
});

const siteSchema = z.strictObject({
  line: z.int().min(1),
  text: z.string(),
  state: z.enum(edgeStates).describe('Of this place alone'),
});

const neighbourSchema = z.strictObject({
  node: nodeSchema,
  distance: z.int().min(1).describe('Steps from the node asked about'),
  via: z.int().min(-1).describe('Place in this list of the neighbour it was reached from; -1 for the node asked about'),
  kind: z.enum(edgeKinds),
  state: z
    .enum(edgeStates)
    .describe('The best state of the edges: resolved to this one, ambiguous between several, or observed in a run'),
  partial: z.boolean().describe('Observed, but only in partial runs, whose values may be guessed'),
  rule: z.enum(resolutionRules).describe('How it was found'),
  rank: whole.describe('0 for the best candidate of an ambiguous site, then 1, 2 and so on'),
  sites: z.array(siteSchema).describe('The first places where it stands in the source'),
  siteCount: whole,
});

export const unresolvedSchema = z
  .strictObject({
    name: z.string(),
    external: whole.describe('Lead out of the repository, by an import or as part of the language'),
    unknown: whole.describe('The type of the receiver, or the name, is not known'),
    ambiguous: whole.describe('Lead to several definitions'),
  })
  .describe('Call sites of this name in the whole repository that were not plainly resolved');

export const relationSchema = z.strictObject({
  relation: z.enum(relations),
  total: whole.describe('Direct neighbours that the filters let through'),
  reached: whole.describe('Neighbours within the hops asked for'),
  partial: z.boolean().describe('There are more than are listed'),
  neighbours: z.array(neighbourSchema),
});

export const throughSchema = z
  .array(z.strictObject({ node: nodeSchema, callers: z.int().min(1).describe('That the filters let through') }))
  .describe(
    'Where callers of a method were asked for: what it overrides or implements, and how many call that; such a call may come to the method',
  );
