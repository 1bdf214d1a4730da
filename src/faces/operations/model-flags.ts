/**
 * Flags of verbs that ask a language model, and opening the one that they name: written once for all of them.
 *
 * What is configured lies in `models.json` in Winnow's home (`WINNOW_HOME`, else the user's cache directory), keys in the environment. Nothing of this is read from a repository.
 */
import { statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { WinnowError } from '../../base/mod.ts';
import type { Budget, BudgetLimits, ModelConfig, OpenedModel, Sampling } from '../../model/mod.ts';
import { durationPattern, milliseconds } from '../units.ts';
import type { Context } from './types.ts';

/** 0 is a budget too: what is answered from the cache or a recording takes none of it. */
const limit = (told: string) => z.int().min(0).max(1e12).optional().describe(told);

/** Which model, what it may cost, and what is kept of it. */
export const modelFlags = {
  model: z
    .string()
    .min(1)
    .optional()
    .describe('The model as provider/name, such as ollama/qwen2.5-coder; default: "model" in models.json'),
  modelUrl: z
    .string()
    .min(1)
    .optional()
    .describe('Address of its server, up to the version, in the place of the provider’s own'),
  budgetCalls: limit('Most calls that may be made of the model'),
  budgetTokens: limit('Most tokens that it may read and write, together'),
  budgetUsd: z.number().min(0).max(1e9).optional().describe('Most US dollars, by the price table'),
  budgetTime: z
    .string()
    .regex(durationPattern, 'a time such as 500ms, 10s or 2m was expected')
    .optional()
    .describe('Most elapsed time in which it may be asked'),
  record: z.string().min(1).optional().describe('Write every answer of the model to a file, for --replay'),
  replay: z
    .string()
    .min(1)
    .optional()
    .describe('Take answers from a recording and ask no model; one that is missing is an error'),
  cache: z
    .boolean()
    .default(true)
    .describe('Ask again what was answered before (kept are answers to temperature 0 or with a seed)'),
};

/** How replies are drawn. */
export const samplingFlags = {
  temperature: z.number().min(0).max(10).optional().describe('Temperature of sampling; default: the provider’s'),
  samples: z.int().min(1).max(1_000).optional().describe('Replies to one question'),
  seed: z.int().min(0).optional().describe('Seed of sampling, where the provider has seeds'),
  maxTokens: z.int().min(1).optional().describe('Tokens of one reply at most; 4,096 when not given'),
};

/** What stands for their values in help. */
export const modelLabels = {
  model: 'NAME',
  modelUrl: 'URL',
  budgetUsd: 'USD',
  budgetTime: 'TIME',
  record: 'FILE',
  replay: 'FILE',
} as const;

const modelInput = z.strictObject(modelFlags);
const samplingInput = z.strictObject(samplingFlags);
/** What verbs have of these flags. */
type ModelFlags = Partial<z.output<typeof modelInput>>;

/** The file of Winnow's home that says which models there are. */
export const modelConfigPath = (context: Context): string => join(context.settings.cacheDir, 'models.json');

/** @throws WinnowError `bad-data`, `path-unreadable` */
export async function configuredModels(context: Context): Promise<ModelConfig> {
  const { readModelConfig } = await modelLayer();
  return readModelConfig(modelConfigPath(context));
}

/** Loaded when something is asked: `run` has these flags too. */
const modelLayer = () => import('../../model/mod.ts');

/** The limits that flags give. */
export const budgetOf = (given: ModelFlags): BudgetLimits => ({
  ...(given.budgetCalls === undefined ? {} : { calls: given.budgetCalls }),
  ...(given.budgetTokens === undefined ? {} : { tokens: given.budgetTokens }),
  ...(given.budgetUsd === undefined ? {} : { costUsd: given.budgetUsd }),
  ...(given.budgetTime === undefined ? {} : { wallMs: milliseconds(given.budgetTime) }),
});

export const samplingOf = (given: z.output<typeof samplingInput>): Sampling => ({
  ...(given.samples === undefined ? {} : { count: given.samples }),
  ...(given.temperature === undefined ? {} : { temperature: given.temperature }),
  ...(given.seed === undefined ? {} : { seed: given.seed }),
  ...(given.maxTokens === undefined ? {} : { maxTokens: given.maxTokens }),
});

/**
 * The model that flags name, or the configured one, or the one of the recording that is replayed.
 *
 * @param budget one that several models share, in the place of the flags' own
 * @throws WinnowError as `openModel`
 */
export async function openNamedModel(given: ModelFlags, context: Context, budget?: Budget): Promise<OpenedModel> {
  const { makeFolder, openModel, recordedModels } = await modelLayer();
  const config = await configuredModels(context);
  const at = (path: string | undefined): string | undefined =>
    path === undefined ? undefined : resolve(context.cwd, path);
  const [record, replay] = [at(given.record), at(given.replay)];
  if (record !== undefined && statSync(record, { throwIfNoEntry: false }) === undefined)
    makeRecordFolder(dirname(record), makeFolder);
  // A recording of one model says which was meant.
  const recorded = replay === undefined || given.model !== undefined ? [] : recordedModels(replay);
  const id = given.model ?? (recorded.length === 1 ? recorded[0] : undefined) ?? config.model ?? nobodySaid(context);
  // A script is there to be changed.
  const isKept = given.cache !== false && !id.startsWith('scripted/');
  return openModel({
    id,
    url: given.modelUrl,
    config,
    variable: context.settings.variable,
    budget: budget ?? budgetOf(given),
    cache: isKept ? { dir: join(context.settings.cacheDir, 'replies') } : null,
    record,
    replay,
    onNotice: context.notice,
  });
}

function makeRecordFolder(folder: string, make: (folder: string) => void): void {
  try {
    make(folder);
  } catch (cause) {
    throw new WinnowError(
      'store-unwritable',
      `The folder ${folder} for a recording cannot be made (${(cause as NodeJS.ErrnoException).code}).`,
      { cause },
    );
  }
}

function nobodySaid(context: Context): never {
  throw new WinnowError(
    'unknown-model',
    `No model was named: give --model provider/name, or write {"model": "provider/name"} into ${modelConfigPath(context)}. winnow model list says what can be used.`,
  );
}
