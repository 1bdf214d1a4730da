/**
 * What models cost: US dollars for a million tokens, as their providers' public price pages say.
 *
 * Prices change and have exceptions (long prompts, cached input, batches) that this table leaves out. It is for budgets: an estimate that the user can correct in `models.json`, where a row of
 * the same name comes first. A model without a row has no cost, which is told as such and never as zero; of servers of one's own it is zero.
 */
import type { Amount } from './budget.ts';

/** US dollars for a million tokens, each ≥ 0. */
export interface Price {
  readonly input: number;
  readonly output: number;
}

/**
 * By `provider/name`; a name may end in `*`, and the longest that fits is taken. Names that are not here have no price: a newer model may cost anything.
 *
 * Sources: platform.claude.com/docs (models and pricing), developers.openai.com/api/docs/pricing, ai.google.dev/gemini-api/docs/pricing (prompts of up to 200,000 tokens).
 */
export const knownPrices: Readonly<Record<string, Price>> = {
  'anthropic/claude-fable-5-1': { input: 10, output: 50 },
  'anthropic/claude-opus-5-5': { input: 4, output: 20 },
  'anthropic/claude-opus-5': { input: 5, output: 25 },
  'anthropic/claude-sonnet-5-5': { input: 2, output: 10 },
  'anthropic/claude-opus-4-7': { input: 5, output: 25 },
  'anthropic/claude-opus-4-6': { input: 5, output: 25 },
  'anthropic/claude-opus-4-5*': { input: 5, output: 25 },
  'anthropic/claude-opus-4-1*': { input: 15, output: 75 },
  'anthropic/claude-sonnet-4-6': { input: 3, output: 15 },
  'anthropic/claude-sonnet-4-5*': { input: 3, output: 15 },
  'anthropic/claude-haiku-4-5*': { input: 1, output: 5 },
  'openai/gpt-5.4': { input: 2.5, output: 15 },
  'openai/gpt-5.1': { input: 1.25, output: 10 },
  'openai/gpt-5': { input: 1.25, output: 10 },
  'openai/gpt-5-mini': { input: 0.25, output: 2 },
  'openai/gpt-5-nano': { input: 0.05, output: 0.4 },
  'openai/gpt-4.1': { input: 2, output: 8 },
  'openai/gpt-4.1-mini': { input: 0.4, output: 1.6 },
  'openai/gpt-4.1-nano': { input: 0.1, output: 0.4 },
  'openai/gpt-4o': { input: 2.5, output: 10 },
  'openai/gpt-4o-mini': { input: 0.15, output: 0.6 },
  'openai/o3': { input: 2, output: 8 },
  'openai/o4-mini': { input: 1.1, output: 4.4 },
  'google/gemini-2.5-pro': { input: 1.25, output: 10 },
  'google/gemini-2.5-flash': { input: 0.3, output: 2.5 },
  'google/gemini-2.5-flash-lite': { input: 0.1, output: 0.4 },
  'ollama/*': { input: 0, output: 0 },
  'llamacpp/*': { input: 0, output: 0 },
  'vllm/*': { input: 0, output: 0 },
  'lmstudio/*': { input: 0, output: 0 },
  'scripted/*': { input: 0, output: 0 },
};

/** @returns null where neither the user nor the table has a price */
export function findPrice(id: string, own: Readonly<Record<string, Price>> = {}): Price | null {
  return rowFor(id, own) ?? rowFor(id, knownPrices);
}

function rowFor(id: string, table: Readonly<Record<string, Price>>): Price | null {
  const fits = Object.keys(table).filter((name) =>
    name.endsWith('*') ? id.startsWith(name.slice(0, -1)) : id === name,
  );
  fits.sort((a, b) => b.length - a.length);
  return fits[0] === undefined ? null : (table[fits[0]] ?? null);
}

/** US dollars. */
export const priceOf = ({ inputTokens, outputTokens }: Amount, price: Price): number =>
  (inputTokens * price.input + outputTokens * price.output) / 1e6;
