/** `--rewrite` of verbs that search by words: a model writes the question out as code, whose names are searched with it. What is asked and taken is `solve`'s. */
import { z } from 'zod';
import { WinnowError } from '../../base/mod.ts';
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

/**
 * @returns what is told of it, the words to put behind the question, with a space before, and notices; null and none without --rewrite
 * @throws WinnowError as opening a model does, and what is no passing failure of the model's
 */
export async function rewriteFor(
  given: Given,
  text: string,
  kind: 'question' | 'issue',
  context: Context,
): Promise<{ readonly row: Row | null; readonly words: string; readonly notices: readonly string[] }> {
  checkRewrite(given);
  if (!given.rewrite) return { row: null, words: '', notices: [] };
  // Loaded when it is asked for: a search alone has no use for it.
  const { rewriteQuestion } = await import('../../solve/mod.ts');
  const opened = await openNamedModel(given, context);
  context.progress({ label: 'asking the model', done: 0, total: 1 });
  const { words, reason, ...rest } = await rewriteQuestion(opened, text, kind, context.signal);
  return {
    row: { model: opened.id, words: [...words], ...rest, reason },
    words: words.length === 0 ? '' : ` ${words.join(' ')}`,
    notices:
      reason === null
        ? []
        : [`The ${kind} was not rewritten, and is searched as it stands: ${reason.replace(/\.$/, '')}.`],
  };
}
