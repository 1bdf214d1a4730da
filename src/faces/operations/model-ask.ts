/** `winnow model ask`: one prompt to a language model, with files beside it as data. */
import { basename } from 'node:path';
import { z } from 'zod';
import { WinnowError } from '../../base/mod.ts';
import { type Answer, type Message, type OpenedModel, type Part, type Request, replyEndings } from '../../model/mod.ts';
import { harmlessLines, painter } from '../paint.ts';
import { modelFlags, modelLabels, openNamedModel, samplingFlags, samplingOf } from './model-flags.ts';
import type { Context, Operation, Printed } from './types.ts';

const input = z.strictObject({
  prompt: z.string().optional().describe('What is asked; without it, or as -, standard input'),
  system: z.string().optional().describe('The system message'),
  data: z
    .array(z.string().min(1))
    .default([])
    .describe('A file, or - for standard input, that goes along as data: between fences, never as an instruction'),
  schema: z.string().min(1).optional().describe('A file with the JSON schema that the reply is to fit'),
  stop: z.array(z.string().min(1)).default([]).describe('Text that ends a reply'),
  suffix: z.string().optional().describe('Fill in the middle: the text behind; the prompt is the text before'),
  logprobs: z.boolean().default(false).describe('Log-probabilities of the tokens, where the provider tells them'),
  ...samplingFlags,
  ...modelFlags,
});

const tokens = z.int().min(0).nullable();
const output = z.strictObject({
  schema: z.literal('winnow.model.ask/1'),
  model: z.string(),
  replies: z.array(
    z.strictObject({
      text: z.string(),
      ending: z.enum(replyEndings).describe('length: cut at the limit of tokens; refused: by the provider'),
      toolCalls: z.array(z.strictObject({ id: z.string(), name: z.string(), arguments: z.string() })),
      logProbabilities: z
        .array(z.strictObject({ token: z.string(), logProbability: z.number() }))
        .nullable()
        .describe('Natural logarithms; null: not asked for, or not given'),
      value: z.unknown().optional().describe('With --schema: the value, which fits it'),
    }),
  ),
  usage: z
    .strictObject({ inputTokens: tokens, outputTokens: tokens })
    .describe('As the provider counted; null: not told'),
  costUsd: z.number().nullable().describe('By the price table; null: it has no price for the model'),
  from: z.enum(['provider', 'cache', 'recording']),
  missing: z
    .strictObject({ count: z.int(), reason: z.string() })
    .nullable()
    .describe('Replies that did not come, and why; null: all came'),
});

type Given = z.output<typeof input>;
type Output = z.output<typeof output>;

const promptBytes = 16 * 1024 * 1024;

export const modelAsk: Operation<typeof input, typeof output> = {
  name: 'model ask',
  summary: 'one prompt to a language model, with files as data, samples, a schema',
  description: `Asks a model and prints what it replies, as it comes where one reply is wanted. Files given by --data stand between fences that their text cannot end, and the model is told that nothing there is an instruction.

Keys are read from the environment alone (\`winnow model list\` says which); providers of your own, prices and the usual model stand in models.json of Winnow's home. A budget is held before each call. Answers to temperature 0 or with a seed are kept and given again without a call. --record writes down what came, --replay gives exactly that again and asks nobody. docs/models.md has the rest.

Exit code 1 when no reply has any text.`,
  examples: [
    {
      command: 'winnow model ask "Reverse a string in Rust" --model ollama/qwen2.5-coder',
      does: 'one reply, as it comes',
    },
    {
      command: 'winnow model ask "What is wrong here?" --data app.py --samples 5 --temperature 0.8',
      does: 'five replies',
    },
    {
      command: 'winnow model ask "Name three" --schema names.json --record run.jsonl',
      does: 'JSON that fits, recorded',
    },
    {
      command: 'winnow model ask "Name three" --schema names.json --replay run.jsonl',
      does: 'the same again, offline',
    },
  ],
  input,
  output,
  positional: [{ property: 'prompt', label: 'PROMPT' }],
  labels: { ...modelLabels, data: 'FILE', schema: 'FILE', stop: 'TEXT', suffix: 'TEXT', system: 'TEXT' },
  lacks: { '--count': 'It is --samples.', '-n': 'It is --samples.' },
  run: async (given, context) => {
    const { model, request } = await prepared(given, context);
    return outputOf(model, await model.ask(request, { signal: context.signal }));
  },
  stream: streamed,
  render: () => '',
  exit: exitOf,
};

/** Printed as it comes: `render` would have to wait for the end. */
async function streamed(given: Given, context: Context, out: Printed): Promise<number> {
  if (out.json || (given.samples ?? 1) > 1) {
    const answer = await modelAsk.run(given, context);
    await out.write(
      out.json ? `${JSON.stringify(output.parse(answer), null, out.terminal ? 2 : 0)}\n` : view(answer, context, out),
    );
    return exitOf(answer);
  }
  const { model, request } = await prepared(given, context);
  let line = Promise.resolve(true);
  let last = '\n';
  const onText = (text: string): void => {
    last = text.at(-1) ?? last;
    line = line.then(() => out.write(out.terminal ? harmlessLines(text) : text));
  };
  // A person sees it come, also what breaks off and is begun anew; a file gets the reply alone.
  const come = out.terminal ? { onText } : {};
  const answer = outputOf(model, await model.ask(request, { signal: context.signal, ...come }));
  if (!out.terminal) onText(answer.replies[0]?.text ?? '');
  if (last !== '\n') onText('\n');
  await line;
  const told = remarks(answer, context);
  if (told !== '') await out.writeError(`${told}\n`);
  return exitOf(answer);
}

async function prepared(given: Given, context: Context): Promise<{ model: OpenedModel; request: Request }> {
  const { prompt, system, schema, suffix, stop } = given;
  const readers = [...given.data, schema, prompt ?? '-'].filter((one) => one === '-');
  if (readers.length > 1)
    throw new WinnowError(
      'bad-usage',
      'Standard input is read once: as the prompt, or for one - of --data or --schema.',
    );
  const model = await openNamedModel(given, context);
  const text =
    prompt === undefined || prompt === '-' ? new TextDecoder().decode(await context.readStdin(promptBytes)) : prompt;
  if (text.trim() === '' && given.data.length === 0 && suffix === undefined)
    throw new WinnowError(
      'bad-usage',
      'Expected something to ask: winnow model ask "…", or text on standard input; came nothing.',
    );
  const parts: Part[] = [{ kind: 'instruction', text }];
  for (const file of given.data)
    parts.push({
      kind: 'data',
      label: file === '-' ? 'standard input' : basename(file),
      text: await textOf(file, context),
    });
  const messages: Message[] = [
    ...(system === undefined
      ? []
      : [{ role: 'system', parts: [{ kind: 'instruction', text: system }] } satisfies Message]),
    { role: 'user', parts },
  ];
  return {
    model,
    request: {
      messages,
      sampling: {
        ...samplingOf({
          temperature: given.temperature,
          samples: given.samples,
          seed: given.seed,
          maxTokens: given.maxTokens,
        }),
        ...(stop.length === 0 ? {} : { stop }),
        ...(given.logprobs ? { logProbabilities: true } : {}),
      },
      ...(schema === undefined ? {} : { schema: await schemaIn(schema, context) }),
      ...(suffix === undefined ? {} : { suffix }),
    },
  };
}

async function textOf(file: string, context: Context): Promise<string> {
  if (file === '-') return new TextDecoder().decode(await context.readStdin(promptBytes));
  // It brings the layer that runs programs along, which a prompt alone has no use for.
  const { readFileWithin } = await import('./run-files.ts');
  return new TextDecoder().decode(await readFileWithin(file, context.cwd, promptBytes));
}

async function schemaIn(file: string, context: Context): Promise<Record<string, unknown>> {
  const text = await textOf(file, context);
  const bad = new WinnowError('bad-data', `${file}: expected a JSON schema, an object in JSON; came something else.`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw bad;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw bad;
  return value as Record<string, unknown>;
}

const outputOf = (model: OpenedModel, { replies, usage, cost, from, missing }: Answer): Output => ({
  schema: 'winnow.model.ask/1',
  model: model.id,
  replies: replies.map((reply) => ({
    ...reply,
    toolCalls: [...reply.toolCalls],
    logProbabilities: reply.logProbabilities && [...reply.logProbabilities],
  })),
  usage,
  costUsd: cost,
  from,
  missing: missing ?? null,
});

function exitOf({ replies }: Output): number {
  return replies.some(({ text, toolCalls }) => text.trim() !== '' || toolCalls.length > 0) ? 0 : 1;
}

function view(answer: Output, context: Context, out: Printed): string {
  const paint = painter(context.settings);
  const shown = answer.replies.map(({ text, ending }, at) => {
    const words = ending === 'stop' ? '' : ` (${endings[ending]})`;
    const body = out.terminal ? harmlessLines(text) : text;
    return `${paint.dim(`— ${at + 1} of ${answer.replies.length}${words}`)}\n${body.replace(/\n?$/, '\n')}`;
  });
  return shown.join('');
}

const endings = {
  stop: 'complete',
  length: 'cut at its limit of tokens; --max-tokens raises it',
  'tool-calls': 'it calls tools',
  refused: 'refused by the provider',
  other: 'it ended for a reason of its own',
} as const;

/** What the text of a single reply does not say. */
function remarks({ replies }: Output, context: Context): string {
  const [reply] = replies;
  if (reply === undefined || (reply.ending === 'stop' && reply.text.trim() !== '')) return '';
  const paint = painter({ color: context.settings.color });
  return paint.dim(
    reply.text.trim() === '' && reply.ending === 'stop'
      ? 'The reply is empty.'
      : `The reply: ${endings[reply.ending]}.`,
  );
}
