/** `winnow model list`: the providers of language models, and which can be used now. */
import { z } from 'zod';
import { capabilities, probeProviders } from '../../model/mod.ts';
import { harmless, painter, wrap } from '../paint.ts';
import { configuredModels, modelConfigPath } from './model-flags.ts';
import type { Operation } from './types.ts';

const input = z.strictObject({});

const output = z.strictObject({
  schema: z.literal('winnow.model.list/1'),
  config: z.string().describe('The file that configures models; it need not be there'),
  model: z.string().nullable().describe('What is asked where no model is named'),
  providers: z.array(
    z.strictObject({
      name: z.string().describe('What stands before the slash in --model'),
      title: z.string(),
      url: z.string().nullable().describe('Null: it has to be given, by --model-url'),
      keys: z.array(z.string()).describe('Environment variables that may hold its key; none: it wants no key'),
      state: z.enum(['ready', 'no-key', 'no-answer', 'no-address']),
      reason: z.string().nullable().describe('Why it does not answer'),
      models: z.array(z.string()).nullable().describe('What a server without keys says it has'),
      capabilities: z.array(z.enum(capabilities)).describe('Of its models in general'),
    }),
  ),
});

const states = {
  ready: 'ready',
  'no-key': 'no key',
  'no-answer': 'no answer',
  'no-address': 'wants --model-url',
} as const;

export const modelList: Operation<typeof input, typeof output> = {
  name: 'model list',
  summary: 'providers of language models: which can be used now, and what each can do',
  description:
    'Lists the providers that are known or configured. One that wants a key is ready when the environment has it, and is not asked. One that wants none, such as Ollama on this machine, is asked for its models. What is configured, and how, says docs/models.md. Exit code 1 when none is ready.',
  examples: [{ command: 'winnow model list', does: 'a line for each provider' }],
  input,
  output,
  positional: [],
  run: async (_, context) => {
    const config = await configuredModels(context);
    const found = await probeProviders({ config, variable: context.settings.variable });
    return {
      schema: 'winnow.model.list/1',
      config: modelConfigPath(context),
      model: config.model ?? null,
      providers: found.map((one) => ({
        ...one,
        keys: [...one.keys],
        models: one.models && [...one.models],
        capabilities: [...one.capabilities],
      })),
    };
  },
  render: ({ providers, model, config }, settings) => {
    const paint = painter(settings);
    const width = Math.max(...providers.map(({ name }) => name.length));
    const lines = providers.flatMap(({ name, state, url, keys, models, capabilities: can }) => {
      const shown = states[state].padEnd(17);
      const wants = state === 'no-key' ? `set ${keys.join(' or ')}` : (url ?? '');
      const has = models === null || models.length === 0 ? [] : [`has ${models.map(harmless).join(', ')}`];
      return [
        `${paint.cyan(name.padEnd(width))}  ${state === 'ready' ? paint.green(shown) : paint.dim(shown)}  ${wants}`,
        ...[`can: ${can.join(', ') || 'text alone'}`, ...has].map((line) =>
          paint.dim(`  ${wrap(line, settings.columns - 2, 2)}`),
        ),
      ];
    });
    const usual =
      model === null
        ? `None is meant where none is named; ${config} can say so.`
        : `Where none is named: ${harmless(model)}`;
    return `${[...lines, '', usual].join('\n')}\n`;
  },
  exit: ({ providers }) => (providers.some(({ state }) => state === 'ready') ? 0 : 1),
};
