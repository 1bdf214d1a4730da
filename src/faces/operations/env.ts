/** `winnow env tasks`, `play` and `serve`: interactive environments for agents and trainers. */
import { z } from 'zod';
import { WinnowError } from '../../base/mod.ts';
import type { Environment, Step } from '../../judge/mod.ts';
import { count } from '../paint.ts';
import { envInput, envLabels, stepSchema, withEnvironment } from './env-input.ts';
import { interrupted, type Operation, type Printed } from './types.ts';

const tasksInput = envInput.extend({
  limit: z.int().min(1).default(20).describe('Only so many'),
  gold: z.boolean().default(false).describe('Show what is to be found, too'),
});

const tasksOutput = z.strictObject({
  schema: z.literal('winnow.env.tasks/1'),
  total: z.int(),
  isMade: z.boolean().describe('Played on what was made here, and not on what the tasks were written for'),
  tasks: z.array(
    z.strictObject({
      id: z.string(),
      query: z.string(),
      database: z.string().nullable(),
      hardness: z.string().nullable(),
      gold: z.string().nullable(),
    }),
  ),
});

export const envTasks: Operation<typeof tasksInput, typeof tasksOutput> = {
  name: 'env tasks',
  summary: 'the tasks of an interactive environment',
  description: 'Lists tasks with their ids. What is to be found is shown with --gold only.',
  examples: [{ command: 'winnow env tasks --env bash --data nl2bash.jsonl', does: 'the first 20' }],
  input: tasksInput,
  output: tasksOutput,
  positional: [],
  shortFlags: { limit: 'n' },
  labels: envLabels,
  run: ({ limit, gold, ...given }, context) =>
    withEnvironment(given, context, async ({ tasks, isMade }) => ({
      schema: 'winnow.env.tasks/1',
      total: tasks.length,
      isMade,
      tasks: tasks.slice(0, limit).map((task) => ({
        id: task.id,
        query: task.query,
        database: task.database,
        hardness: task.hardness,
        gold: gold ? task.gold : null,
      })),
    })),
  render: ({ tasks, total }) =>
    `${tasks.map(({ id, query, gold }) => `${id}  ${query}\n${gold === null ? '' : `    ${gold.replaceAll('\n', '\n    ')}\n`}`).join('')}${total > tasks.length ? `${count(total - tasks.length, 'more task')}\n` : ''}`,
  exit: () => 0,
};

const playInput = envInput.extend({
  task: z.string().min(1).describe('The id of a task, as `env tasks` lists them'),
  actions: z
    .array(z.string())
    .default([])
    .describe('Actions in order; without any they are read from standard input, one a line'),
});

const playOutput = z.strictObject({
  schema: z.literal('winnow.env.play/1'),
  task: z.string(),
  query: z.string(),
  turns: z.array(stepSchema.extend({ action: z.string() })),
  reward: z.number(),
});

/** Bytes of actions from standard input. */
const actionBytes = 16 * 2 ** 20;

export const envPlay: Operation<typeof playInput, typeof playOutput> = {
  name: 'env play',
  summary: 'actions on a task of an interactive environment, and the reward',
  description: `Resets the task, takes the actions one after the other, submits, and shows the transcript. \`submit\`, and for Python \`submit NAME\`, ends it earlier. Exit code 0 when the reward is 1.

Rewards are InterCode's (arXiv:2306.14898); docs/environments.md has the formulas. The gold runs in a sandbox of its own after the submission.`,
  examples: [
    {
      command: 'winnow env play --env bash --data tasks.jsonl 7 \'find . -name "*.c"\'',
      does: 'one action, then the reward',
    },
    {
      command: 'winnow env play --env sql --data spider.json --databases databases 0 < statements.txt',
      does: 'a statement a line',
    },
  ],
  input: playInput,
  output: playOutput,
  positional: [
    { property: 'task', label: 'TASK' },
    { property: 'actions', label: 'ACTION', variadic: true },
  ],
  labels: envLabels,
  run: async ({ task, actions, ...given }, context) => {
    const lines =
      actions.length > 0
        ? actions
        : Buffer.from(await context.readStdin(actionBytes))
            .toString('utf8')
            .split('\n')
            .filter((line) => line.trim() !== '');
    return withEnvironment(given, context, async ({ environment }) => {
      const begun = await environment.reset(task);
      let last: Step | null = null;
      for (const action of lines) {
        context.signal.throwIfAborted();
        last = await environment.step(action);
        if (last.done) break;
      }
      if (last?.done !== true) last = await environment.step('submit');
      const turns = environment.transcript.map((turn) => plain(turn));
      return { schema: 'winnow.env.play/1', task: begun.task, query: begun.query, turns, reward: last.reward };
    });
  },
  render: ({ query, turns, reward }) => {
    const told = turns.map(
      ({ action, observation }) =>
        `> ${action.replaceAll('\n', '\n  ')}\n${observation}${observation === '' || observation.endsWith('\n') ? '' : '\n'}`,
    );
    const parts = Object.entries(turns.at(-1)?.info.reward?.parts ?? {}).map(([name, value]) => `${name} ${value}`);
    const text = `${query}\n${told.join('')}reward ${reward}${parts.length === 0 ? '' : ` (${parts.join(', ')})`}\n`;
    return { stdout: Buffer.from(text, 'utf8'), stderr: new Uint8Array(0) };
  },
  exit: ({ reward }) => (reward === 1 ? 0 : 1),
};

const plain = <Turn extends Step>(
  turn: Turn,
): Turn & { info: { notices: string[]; reward: { parts: Record<string, number>; exact: boolean } | null } } =>
  structuredClone(turn) as never;

const serveOutput = z.strictObject({ schema: z.literal('winnow.env.serve/1') });

const requestSchema = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('reset'), task: z.union([z.string(), z.int().min(0)]) }),
  z.strictObject({ do: z.literal('step'), action: z.string() }),
  z.strictObject({ do: z.literal('transcript') }),
  z.strictObject({ do: z.literal('close') }),
]);

export const envServe: Operation<typeof envInput, typeof serveOutput> = {
  name: 'env serve',
  summary: 'an interactive environment over JSON lines, for an agent loop or a trainer',
  description: `Reads one JSON object a line from standard input and answers each with one:

  {"do": "reset", "task": 3}             → {"task", "query", "observation"}; a number counts from 0, a text is an id
  {"do": "step", "action": "ls"}         → {"observation", "reward", "done", "info"}
  {"do": "transcript"}                   → {"turns"}
  {"do": "close"}                        → {"closed": true}, and it ends, as it does with its input

A request that cannot be done is answered by {"error": {"code", "message"}} and the environment goes on. The first line that comes is {"schema", "tasks", "isMade"}.`,
  examples: [
    {
      command: 'winnow env serve --env sql --data spider.json --databases databases',
      does: 'reset, step, close over a pipe',
    },
  ],
  input: envInput,
  output: serveOutput,
  positional: [],
  labels: envLabels,
  run: () => {
    throw new WinnowError('bad-usage', '`env serve` answers as it reads; `env play --json` gives one transcript.');
  },
  stream: (given, context, out) =>
    withEnvironment(given, context, async ({ environment, tasks, isMade }) => {
      await say(out, { schema: 'winnow.env.serve/1', tasks: tasks.length, isMade });
      const prompt = out.openPrompt({ history: [], onInterrupt: () => {} });
      const stop = (): void => prompt.close();
      context.signal.addEventListener('abort', stop);
      try {
        for (;;) {
          const line = await prompt.ask('');
          if (line === null || line === interrupted) return 0;
          if (line.trim() === '') continue;
          const answer = await answerTo(line, environment);
          if (!(await say(out, answer)) || 'closed' in answer) return 0;
        }
      } finally {
        context.signal.removeEventListener('abort', stop);
        prompt.close();
      }
    }),
  render: () => '',
  exit: () => 0,
};

const say = (out: Printed, answer: object): Promise<boolean> => out.write(`${JSON.stringify(answer)}\n`);

async function answerTo(line: string, environment: Environment): Promise<object> {
  try {
    const given: unknown = JSON.parse(line);
    const request = requestSchema.safeParse(given);
    if (!request.success) throw wrongRequest(given);
    switch (request.data.do) {
      case 'reset':
        return await environment.reset(request.data.task);
      case 'step':
        return await environment.step(request.data.action);
      case 'transcript':
        return { turns: environment.transcript };
      case 'close':
        return { closed: true };
    }
  } catch (error) {
    if (error instanceof WinnowError) return { error: { code: error.code, message: error.message } };
    if (error instanceof SyntaxError)
      return { error: { code: 'bad-usage', message: `Expected one JSON object a line: ${error.message}.` } };
    throw error;
  }
}

/** What each request takes beside `do`, in words. */
const requests: Readonly<Record<string, readonly [name: string, what: string] | null>> = {
  reset: ['task', 'the number of a task, from 0, or its id as a text'],
  step: ['action', 'a text'],
  transcript: null,
  close: null,
};

function wrongRequest(given: unknown): WinnowError {
  const wrong = (what: string): WinnowError => new WinnowError('bad-usage', what);
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return wrong(`Expected an object such as {"do": "step", "action": "ls"}; it was ${shortJson(given)}.`);
  const { do: verb, ...rest } = given as Record<string, unknown>;
  if (typeof verb !== 'string' || !Object.hasOwn(requests, verb))
    return wrong(
      `Expected "do" to be one of ${Object.keys(requests).join(', ')}; it was ${verb === undefined ? 'not there' : shortJson(verb)}.`,
    );
  const takes = requests[verb] ?? null;
  const strange = Object.keys(rest).find((name) => name !== takes?.[0]);
  if (strange !== undefined)
    return wrong(
      `${verb} takes ${takes === null ? 'nothing' : `"${takes[0]}"`} beside "do"; there was ${shortJson(strange)}.`,
    );
  const value = takes === null ? undefined : rest[takes[0]];
  return wrong(
    `${verb} needs "${takes?.[0]}": ${takes?.[1]}; it was ${value === undefined ? 'not there' : shortJson(value)}.`,
  );
}

const shortJson = (value: unknown): string => JSON.stringify(value).slice(0, 80);
