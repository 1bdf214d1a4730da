/** `winnow bench env`: what the rewards of an interactive environment are worth. */
import { z } from 'zod';
import { benchEnvironment } from '../../bench/mod.ts';
import { count } from '../paint.ts';
import { table } from '../views/bench.ts';
import { estimateSchema } from './bench-schemas.ts';
import { envInput, envLabels, envRequest, envSettings } from './env-input.ts';
import type { Operation } from './types.ts';

const input = envInput.extend({
  limit: z.int().min(1).optional().describe('Only so many tasks, drawn by the seed'),
  seed: z.int().min(0).default(1).describe('Seed of what is drawn, and of the bootstrap intervals'),
});

const figure = estimateSchema.nullable();

const output = z.strictObject({
  schema: z.literal('winnow.bench.env/1'),
  tasks: z.int(),
  drawn: z.int(),
  played: z.int().describe('The others lack something: see rows'),
  isMade: z.boolean().describe('Played on what was made here, and not on what the tasks were written for'),
  shares: z.strictObject({
    runs: figure.describe('The gold runs to its end, of Bash with status 0'),
    acts: figure.describe('It changes a file or prints something'),
    stable: figure.describe('Two runs give the same files and output'),
    useful: figure.describe('All three'),
    goldIsOne: figure.describe('The gold gets reward 1'),
    wrongIsOne: figure.describe('The gold of another task gets reward 1'),
    nothingIsOne: figure.describe('An agent that only submits gets reward 1'),
    goldIsOneOfUseful: figure,
    wrongIsOneOfUseful: figure,
  }),
  rewards: z.strictObject({ gold: figure, wrong: figure, nothing: figure }).describe('Means'),
  rows: z.array(
    z.strictObject({
      id: z.string(),
      lacks: z.string().nullable(),
      runs: z.boolean(),
      acts: z.boolean(),
      isStable: z.boolean(),
      gold: z.number(),
      wrong: z.number(),
      nothing: z.number().nullable(),
    }),
  ),
});

type Figure = z.output<typeof figure>;

export const benchEnvOperation: Operation<typeof input, typeof output> = {
  name: 'bench env',
  summary: 'what the rewards of an interactive environment are worth: gold, wrong and idle agents',
  description: `Plays each task three times: with its own gold command, with the gold of another task (of the same database), and for Bash without any action. A reward is worth something where the gold gets 1 and the others do not. Beside it: on how many tasks the gold runs, does or prints something, and gives the same twice.`,
  examples: [
    { command: 'winnow bench env --env bash --data nl2bash.jsonl.gz --limit 200', does: '200 tasks, drawn by a seed' },
    { command: 'winnow bench env --env sql --data spider.json --databases dump.sql --json', does: 'all, with rows' },
  ],
  input,
  output,
  positional: [],
  labels: envLabels,
  run: async ({ limit, seed, ...given }, context) => {
    const report = await benchEnvironment({
      ...envRequest(given, context),
      limit: limit ?? null,
      seed,
      settings: envSettings(context),
      signal: context.signal,
      onProgress: context.progress,
    });
    const { tasks, played, isMade, rows, shares, rewards } = report;
    return {
      schema: 'winnow.bench.env/1',
      tasks,
      drawn: rows.length,
      played,
      isMade,
      shares: { ...shares },
      rewards: { ...rewards },
      rows: rows.map((row) => ({ ...row })),
    };
  },
  render: ({ tasks, drawn, played, isMade, shares, rewards }) => {
    const percent = (one: Figure): string =>
      one === null
        ? '–'
        : `${(100 * one.value).toFixed(1)} [${(100 * one.low).toFixed(1)}, ${(100 * one.high).toFixed(1)}]`;
    const mean = (one: Figure): string =>
      one === null ? '–' : `${one.value.toFixed(3)} [${one.low.toFixed(3)}, ${one.high.toFixed(3)}]`;
    const lines = [
      `${count(played, 'task')} played of ${drawn} drawn of ${tasks}${isMade ? '; on what was made here' : ''}`,
      ...table([
        ['the gold', '% of tasks'],
        ['runs', percent(shares.runs)],
        ['does or prints something', percent(shares.acts)],
        ['gives the same twice', percent(shares.stable)],
        ['all three', percent(shares.useful)],
      ]),
      '',
      ...table([
        ['agent', 'mean reward', '% with reward 1', 'where the gold does all three'],
        ['gold', mean(rewards.gold), percent(shares.goldIsOne), percent(shares.goldIsOneOfUseful)],
        ['another gold', mean(rewards.wrong), percent(shares.wrongIsOne), percent(shares.wrongIsOneOfUseful)],
        ['idle', mean(rewards.nothing), percent(shares.nothingIsOne), '–'],
      ]),
    ];
    return `${lines.join('\n')}\n`;
  },
  exit: () => 0,
};
