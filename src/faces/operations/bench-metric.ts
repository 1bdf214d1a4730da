/** `winnow bench metric NAME FILE`: published metrics over rows that are there already. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { metricNames, metricOf } from '../../bench/mod.ts';
import { count, harmless } from '../paint.ts';
import { interval, table } from '../views/bench.ts';
import { estimateSchema } from './bench-schemas.ts';
import type { Operation } from './types.ts';

const input = z.strictObject({
  metric: z.enum(metricNames).describe('match: texts; dps: speed among references; elo: places in contests'),
  file: z.string().min(1).describe('JSON Lines, packed or not'),
  seed: z.int().min(0).default(1).describe('Seed of the bootstrap intervals'),
});

const output = z.strictObject({
  schema: z.literal('winnow.bench.metric/1'),
  metric: z.enum(metricNames),
  rows: z.int(),
  leftOut: z.record(z.string(), z.int()).describe('Rows that the metric does not apply to, by reason'),
  figures: z.array(z.strictObject({ name: z.string(), estimate: estimateSchema })).describe('Means over rows'),
});

export const benchMetricOperation: Operation<typeof input, typeof output> = {
  name: 'bench metric',
  summary: 'exact match, edit similarity, CodeBLEU, DPS or Elo of rows, with intervals',
  description: `match reads {"expected", "actual"} and gives exact match and edit similarity; with "ending" (".py") also CodeBLEU, by our trees and data flow.

dps reads {"clusters": [{"work", "share"}], "works"}, a problem each: EvalPerf's score of right samples among references, slowest cluster first. elo reads {"ratings", "rank"}, a contest each: CodeElo's rating, as a mean over contests.`,
  examples: [
    { command: 'winnow bench metric match completions.jsonl', does: 'exact match and edit similarity' },
    { command: 'winnow bench metric elo contests.jsonl --json', does: 'a rating with its interval over contests' },
  ],
  input,
  output,
  positional: [
    { property: 'metric', label: 'NAME' },
    { property: 'file', label: 'FILE' },
  ],
  run: async ({ metric, file, seed }, { cwd }) => {
    const { rows, leftOut, figures } = await metricOf(metric, resolve(cwd, file), seed);
    return {
      schema: 'winnow.bench.metric/1' as const,
      metric,
      rows,
      leftOut: { ...leftOut },
      figures: figures.map(({ name, estimate }) => ({ name, estimate: { ...estimate } })),
    };
  },
  render: ({ rows, figures, leftOut }) =>
    `${[
      count(rows, 'row'),
      ...table([['', 'mean, 95% interval'], ...figures.map(({ name, estimate }) => [name, interval(estimate)])]),
      ...Object.entries(leftOut).map(([reason, times]) => `left out: ${times} with ${harmless(reason)}`),
    ].join('\n')}\n`,
  exit: ({ figures }) => (figures.length === 0 ? 1 : 0),
};
