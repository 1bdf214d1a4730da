/** `--rewrite` of verbs that search by words: a model writes the question out as code, whose names are searched with it. What is asked and taken is `solve`'s. */
import { z } from 'zod';
import { WinnowError } from '../../base/mod.ts';
import type { OpenedModel } from '../../model/mod.ts';
import { modelFlags, modelLabels, openNamedModel } from './model-flags.ts';
import type { Context } from './types.ts';

const { model, modelUrl, budgetUsd, record, replay } = modelFlags;

export const rewriteFlags = {
  rewrite: z
    .boolean()
    .default(false)
    .describe('Have a model write the question out as code, and search its names along; see --model'),
  model: model.describe('For --rewrite: the model as provider/name; default: "model" in models.json'),
  ...{ modelUrl, budgetUsd, record, replay },
};
const { modelUrl: url, budgetUsd: usd, record: file, replay: from } = modelLabels;
export const rewriteLabels = { model: modelLabels.model, modelUrl: url, budgetUsd: usd, record: file, replay: from };

const rewriteInput = z.strictObject(rewriteFlags);
type Given = z.output<typeof rewriteInput>;

export const rewrittenSchema = z.strictObject({
  model: z.string(),
  words: z.array(z.string()).describe('Names of the model’s code that were searched along; empty: see reason'),
  from: z.enum(['provider', 'cache', 'recording']).nullable(),
  costUsd: z.number().nullable(),
  reason: z.string().nullable().describe('Why the question was searched as it stands; null: it was rewritten'),
  hits: z
    .array(
      z.strictObject({
        id: z.string(),
        before: z.int().describe('Its place by score alone, from 1'),
        alike: z.number().nullable().describe('Cosine to the model’s code for the question; null: see reason'),
        reason: z.string().nullable().describe('Why the hit was not rewritten; null: it was'),
      }),
    )
    .nullable()
    .describe('With --rewrite-hits: hits that were rewritten too, in their new order'),
});
type Row = z.output<typeof rewrittenSchema>;

/** @throws WinnowError `bad-usage` for a model that nothing asks */
export function checkRewrite(given: Given): void {
  if (given.rewrite) return;
  const flags = {
    model: '--model',
    modelUrl: '--model-url',
    budgetUsd: '--budget-usd',
    record: '--record',
    replay: '--replay',
  };
  for (const [name, flag] of Object.entries(flags))
    if (given[name as keyof typeof flags] !== undefined)
      throw new WinnowError('bad-usage', `${flag} goes with --rewrite; it is not there.`);
}

export interface RewrittenFor {
  readonly row: Row | null;
  readonly words: string;
  readonly notices: readonly string[];
  /** What wrote the question out, and as what; null: nothing did. */
  readonly by: { readonly model: OpenedModel; readonly code: string } | null;
}

interface HitWithBody {
  readonly id: string;
  readonly language: string;
  readonly body: string | null;
}

/** The first hits, rewritten as the question was and ordered anew; as they were where the question was not rewritten. @throws as `rewriteFor` */
export async function reordered<Hit extends HitWithBody>(
  hits: readonly Hit[],
  most: number,
  { by, row }: RewrittenFor,
  context: Context,
): Promise<{ readonly hits: readonly Hit[]; readonly row: Row | null; readonly notices: readonly string[] }> {
  if (by === null || row === null || most === 0 || hits.length < 2) return { hits, row, notices: [] };
  const { alike, fusedOrder, rewriteCode } = await import('../../solve/mod.ts');
  const first = hits.slice(0, most);
  let done = 0;
  const made = await Promise.all(
    first.map(async ({ language, body }) => {
      const one = await rewriteCode(by.model, { language, text: body ?? '' }, context.signal);
      context.progress({ label: 'asking the model', done: ++done, total: first.length });
      return { ...one, alike: one.reason === null ? Math.round(1e4 * alike(by.code, one.code)) / 1e4 : null };
    }),
  );
  const order = fusedOrder(made.map((one) => one.alike));
  const missing = made.flatMap(({ reason }) => reason ?? []);
  const costs = [row.costUsd, ...made.map((one) => one.costUsd)];
  return {
    hits: [...order.map((at) => first[at] as Hit), ...hits.slice(most)],
    row: {
      ...row,
      costUsd: costs.includes(null) ? null : costs.reduce<number>((sum, one) => sum + (one ?? 0), 0),
      hits: order.map((at) => ({
        id: (first[at] as Hit).id,
        before: at + 1,
        alike: made[at]?.alike ?? null,
        reason: made[at]?.reason ?? null,
      })),
    },
    notices:
      missing.length === 0
        ? []
        : [
            `${missing.length} of ${first.length} hits were not rewritten and keep their places: ${missing[0]?.replace(/\.$/, '')}.`,
          ],
  };
}

/**
 * @returns what is told of it, the words to put behind the question, with a space before, and notices; null and none without --rewrite
 * @throws WinnowError as opening a model does, and what is no passing failure of the model's
 */
export async function rewriteFor(
  given: Given,
  text: string,
  kind: 'question' | 'issue',
  context: Context,
): Promise<RewrittenFor> {
  checkRewrite(given);
  if (!given.rewrite) return { row: null, words: '', notices: [], by: null };
  // Loaded when it is asked for: a search alone has no use for it.
  const { rewriteQuestion } = await import('../../solve/mod.ts');
  const opened = await openNamedModel(given, context);
  context.progress({ label: 'asking the model', done: 0, total: 1 });
  const { words, reason, code, ...rest } = await rewriteQuestion(opened, text, kind, context.signal);
  return {
    row: { model: opened.id, words: [...words], ...rest, reason, hits: null },
    by: code.trim() === '' ? null : { model: opened, code },
    words: words.length === 0 ? '' : ` ${words.join(' ')}`,
    notices:
      reason === null
        ? []
        : [`The ${kind} was not rewritten, and is searched as it stands: ${reason.replace(/\.$/, '')}.`],
  };
}
