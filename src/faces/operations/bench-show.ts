/** `winnow bench show FOLDER`: a benchmark's run read again, down to the rows of one problem. Reading is `bench`'s; this pages and prints. */
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { readPrograms, readRun } from '../../bench/mod.ts';
import { repositoryOf } from '../../run/mod.ts';
import { count, cut, harmless, harmlessLines, painter } from '../paint.ts';
import type { Operation } from './types.ts';

const input = z.strictObject({
  folder: z.string().min(1).describe('What a benchmark’s --out wrote'),
  problem: z.string().optional().describe('Only rows that name this problem, task or query'),
  offset: z.int().min(0).default(0).describe('Rows to leave out'),
  limit: z.int().min(1).max(10_000).default(100).describe('Rows at the most'),
});

const whole = z.int().min(0);
const anything = z.record(z.string(), z.unknown());

const output = z.strictObject({
  schema: z.literal('winnow.bench.show/1'),
  folder: z.string(),
  suite: z.string(),
  command: z.array(z.string()),
  seed: z.number(),
  date: z.string(),
  versions: anything,
  machine: anything,
  figures: z
    .array(
      z.strictObject({
        name: z.string(),
        value: z.number(),
        low: z.number(),
        high: z.number(),
        n: z.number().nullable(),
      }),
    )
    .describe('All of the summary that has a 95% interval'),
  summary: anything,
  problems: z.array(z.strictObject({ problem: z.string(), rows: whole })).describe('What rows name, in their order'),
  rows: z.array(anything),
  rowCount: whole.describe('Rows that there are, of the problem asked for'),
  programs: z
    .strictObject({
      programs: z.array(z.strictObject({ sample: whole, source: z.string(), isWhole: z.boolean() })),
      left: z.string().nullable().describe('Why there are none, or not all'),
    })
    .nullable()
    .describe('With --problem: its programs, by the places that rows name as samples; null without it'),
});

export type BenchShowOutput = z.output<typeof output>;

/** What rows of the benchmarks call what they are about. */
const names = ['problem', 'task', 'query', 'program', 'id'] as const;

const aboutOf = (row: Readonly<Record<string, unknown>>): string | null => {
  const name = names.find((one) => typeof row[one] === 'string' || typeof row[one] === 'number');
  return name === undefined ? null : String(row[name]);
};

export const benchShowOperation: Operation<typeof input, typeof output> = {
  name: 'bench show',
  summary: 'a run of a benchmark: its figures with intervals, and rows down to one problem',
  description:
    'Reads the folder that a benchmark wrote with --out: the command and machine, every figure of the summary that has an interval, and the raw rows. With --problem also its programs, where the file of samples lies in the same repository as the run. The page "Compare" of `winnow serve` shows the same as tables and plots.',
  examples: [
    { command: 'winnow bench show runs/humaneval', does: 'its figures' },
    { command: 'winnow bench show runs/humaneval --problem HumanEval/2 --json', does: 'the rows of one problem' },
  ],
  input,
  output,
  positional: [{ property: 'folder', label: 'FOLDER' }],
  run: async ({ folder, problem, offset, limit }, context) => {
    const at = resolve(context.cwd, folder);
    const { rows, ...run } = readRun(at);
    const counts = new Map<string, number>();
    for (const row of rows) {
      const about = aboutOf(row);
      if (about !== null) counts.set(about, (counts.get(about) ?? 0) + 1);
    }
    const asked = problem === undefined ? rows : rows.filter((row) => aboutOf(row) === problem);
    return {
      schema: 'winnow.bench.show/1' as const,
      folder: at,
      ...run,
      command: [...run.command],
      versions: { ...run.versions },
      machine: { ...run.machine },
      summary: { ...run.summary },
      figures: [...run.figures],
      problems: [...counts].map(([name, found]) => ({ problem: name, rows: found })),
      rows: asked.slice(offset, offset + limit).map((row) => ({ ...row })),
      rowCount: asked.length,
      programs: problem === undefined ? null : programsOf(at, problem),
    };
  },
  render: ({ suite, date, seed, figures, rows, rowCount, problems, programs }, settings) => {
    const paint = painter(settings);
    const width = Math.max(6, ...figures.map(({ name }) => name.length));
    const lines = [
      `${paint.bold(harmless(suite))}  ${harmless(date)}, seed ${seed}, ${count(problems.length, 'problem')}`,
      ...figures.map(
        ({ name, value, low, high, n }) =>
          `  ${harmless(name).padEnd(width)}  ${value.toFixed(4)}  ${paint.dim(`${low.toFixed(4)} to ${high.toFixed(4)}${n === null ? '' : `, n ${n}`}`)}`,
      ),
      ...rows.map((row) => paint.dim(cut(harmless(JSON.stringify(row)), settings.columns - 2))),
      ...(programs?.programs ?? []).flatMap(({ sample, source }) => [
        paint.bold(`sample ${sample}`),
        harmlessLines(source).trimEnd(),
      ]),
      ...(programs === null || programs.left === null ? [] : [paint.dim(harmless(programs.left))]),
      ...(rows.length < rowCount ? [paint.dim(`${rowCount - rows.length} more rows; --offset, --limit`)] : []),
    ];
    return `${lines.join('\n')}\n`;
  },
  exit: () => 0,
};

/** What belongs to the run is what lies in its repository; a folder outside of every one has its neighbours. */
const programsOf = (folder: string, problem: string) => {
  const { programs, left } = readPrograms(folder, problem, repositoryOf(folder) ?? dirname(folder));
  return { programs: [...programs], left };
};
