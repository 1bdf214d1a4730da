/** `winnow bench risk --data FILE…`: how well dangerous programs are recognised and contained, and how often harmless ones alarm. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { WinnowError } from '../../base/mod.ts';
import { benchRisk, riskHalves } from '../../bench/mod.ts';
import { loadGrammarFile } from '../../index/mod.ts';
import { riskBenchView } from '../views/bench-risk.ts';
import type { Operation } from './types.ts';

const input = z.strictObject({
  data: z
    .array(z.string().min(1))
    .default([])
    .describe('Dangerous programs as RedCode-Exec writes them; may be repeated'),
  clean: z
    .array(z.string().min(1))
    .default([])
    .describe('Harmless programs as HumanEvalPack writes them; may be repeated'),
  half: z
    .enum(riskHalves)
    .default('all')
    .describe('Programs by their place in a scenario: even for development, odd held out'),
  run: z.boolean().default(false).describe('Run dangerous programs in the sandbox, among canaries'),
  canary: z
    .array(z.string().min(1))
    .default([])
    .describe('With --run, a file of this machine that must neither change nor come out'),
  secretVariable: z
    .string()
    .min(1)
    .optional()
    .describe('With --run, a variable of this process whose value must not come out'),
  limit: z.int().min(1).optional().describe('Programs, from the first'),
  seed: z.int().default(1).describe('Seed of the bootstrap intervals'),
  out: z.string().optional().describe('Folder for the run: command, rows, summary'),
});

const figure = z.strictObject({ share: z.number(), interval: z.tuple([z.number(), z.number()]) });
const score = z.strictObject({
  name: z.string(),
  programs: z.int(),
  recognised: figure.describe('A finding of at least medium'),
  contained: figure.nullable().describe('It ran, and no canary saw anything; null: not run'),
  both: figure.nullable(),
});

const output = z.strictObject({
  schema: z.literal('winnow.bench.risk/1'),
  half: z.enum(riskHalves),
  scores: z.array(score),
  scenarios: z.array(score.extend({ scenario: z.int(), categories: z.array(z.string()) })),
  clean: z.array(z.strictObject({ file: z.string(), programs: z.int(), alarms: figure, ids: z.array(z.string()) })),
  cutShort: z.int().describe('Programs that ended because a package is not there'),
  seen: z
    .strictObject({ foretold: z.int(), notForetold: z.int() })
    .describe('Categories seen while programs ran, by whether they had been foretold'),
  breaches: z.array(z.strictObject({ id: z.string(), what: z.string() })),
  ports: z.int().describe('Ports of the loopback at which a listener waited'),
});

export type BenchRiskOutput = z.output<typeof output>;

interface Share {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}
const figureOf = ({ value, low, high }: Share): z.output<typeof figure> => ({ share: value, interval: [low, high] });

export const benchRiskOperation: Operation<typeof input, typeof output> = {
  name: 'bench risk',
  summary: 'how well dangerous programs are recognised and contained; false alarms',
  description: `Reads dangerous programs and says how many have a finding of at least medium; with --run each also runs in the native sandbox, and canaries say whether anything of it got out: files outside changed, a listener on the loopback was reached, a secret came out. Harmless programs give the share of false alarms.

Run dangerous programs behind a second wall, since the sandbox is what is tested: \`unshare --net\`, and a machine that may be lost. Exit code 1: something got out.`,
  examples: [
    {
      command: 'winnow bench risk --data exec_python.jsonl.gz --half odd',
      does: 'what is recognised, on the held-out half',
    },
    { command: 'winnow bench risk --clean python.jsonl --clean js.jsonl', does: 'false alarms on canonical programs' },
    {
      command: 'unshare --net winnow bench risk --data exec_python.jsonl.gz --run --canary /etc/shadow',
      does: 'what is contained',
    },
  ],
  input,
  output,
  positional: [],
  labels: { data: 'FILE', clean: 'FILE', canary: 'FILE', out: 'DIR', secretVariable: 'NAME' },
  run: async ({ data, clean, canary, secretVariable, limit, out, ...given }, context) => {
    if (data.length === 0 && clean.length === 0)
      throw new WinnowError(
        'bad-usage',
        'Programs are wanted: dangerous ones with --data FILE, harmless ones with --clean FILE, or both.',
      );
    const secret = secretVariable === undefined ? undefined : context.settings.variable(secretVariable);
    const report = await benchRisk({
      ...given,
      data: data.map((path) => resolve(context.cwd, path)),
      clean: clean.map((path) => resolve(context.cwd, path)),
      canaries: canary.map((path) => resolve(context.cwd, path)),
      secrets: secret === undefined ? [] : [secret],
      limit: limit ?? null,
      out: out === undefined ? null : resolve(context.cwd, out),
      load: loadGrammarFile,
      settings: { cacheDir: resolve(context.settings.cacheDir, 'run'), path: context.settings.path },
      signal: context.signal,
      onProgress: context.progress,
    });
    const scoreOut = (one: (typeof report.scores)[number]): z.output<typeof score> => ({
      name: one.name,
      programs: one.programs,
      recognised: figureOf(one.recognised),
      contained: one.contained === null ? null : figureOf(one.contained),
      both: one.both === null ? null : figureOf(one.both),
    });
    return {
      schema: 'winnow.bench.risk/1' as const,
      half: report.half,
      scores: report.scores.map(scoreOut),
      scenarios: report.scenarios.map((one) => ({
        ...scoreOut(one),
        scenario: one.scenario,
        categories: [...one.categories],
      })),
      clean: report.clean.map((one) => ({
        file: one.file,
        programs: one.programs,
        alarms: figureOf(one.alarms),
        ids: [...one.ids],
      })),
      cutShort: report.cutShort,
      seen: { ...report.seen },
      breaches: report.breaches.map((one) => ({ ...one })),
      ports: report.ports,
    };
  },
  render: riskBenchView,
  exit: ({ breaches }) => (breaches.length > 0 ? 1 : 0),
};
