/** `winnow explain RUN`: what a run of `solve` did, step by step, with what each cost and rests on. */
import { writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { WinnowError } from '../../base/mod.ts';
import { evidenceOf, explainRun, rangeOf, readFolder, type Step, type Strategy, strategies } from '../../solve/mod.ts';
import { explainView } from '../views/explain.ts';
import { explainPage } from '../views/explain-page.ts';
import { requireDirectory } from './run-files.ts';
import { folderOfRun } from './solve.ts';
import type { Operation } from './types.ts';

const input = z.strictObject({
  run: z.string().min(1).describe('The folder of a run, or its name in Winnow’s home'),
  step: z
    .string()
    .regex(/^\d+(\.\d+)*$/, 'a step’s path such as 2.0.1 was expected')
    .optional()
    .describe('Only this step and those below it, with prompts, replies and results'),
  html: z.string().min(1).optional().describe('Write a page of its own, with every prompt, reply and result'),
  limit: z.int().min(1).default(200).describe('Steps to print; the rest is counted'),
  characters: z
    .int()
    .min(100)
    .max(1_000_000)
    .default(4_000)
    .describe('Characters of a prompt, reply or result to show'),
});

const stepSchema = z.strictObject({
  path: z.string(),
  depth: z.int(),
  kind: z.string(),
  title: z.string(),
  startMs: z.number(),
  tookMs: z.number().nullable().describe('null: it was not ended'),
  failure: z.string().nullable(),
  summary: z.string().nullable().describe('Of an execution; of an ask, which replies did not come'),
  from: z.string().nullable().describe('Of an ask: provider, cache or recording'),
  calls: z.int().describe('With all steps below it'),
  inputTokens: z.int(),
  outputTokens: z.int(),
  costUsd: z.number(),
  executions: z.int(),
  evidence: z.array(z.strictObject({ what: z.string(), text: z.string() })).describe('With --step'),
});

const output = z.strictObject({
  schema: z.literal('winnow.explain/1'),
  run: z.string(),
  task: z.string(),
  strategy: z.string(),
  model: z.string(),
  seed: z.number(),
  numbers: z
    .array(
      z.strictObject({
        name: z.string(),
        value: z.number(),
        usual: z.number().nullable().describe('The default; null: the strategy has no such number now'),
        least: z.number(),
        most: z.number(),
      }),
    )
    .describe('Numbers of the strategy in this run'),
  verdict: z.string().nullable().describe('null: the run has not ended'),
  ending: z.string().nullable(),
  program: z.string().nullable(),
  why: z.string().nullable(),
  total: z.strictObject({
    calls: z.int(),
    inputTokens: z.int(),
    outputTokens: z.int(),
    costUsd: z.number(),
    executions: z.int(),
  }),
  steps: z.array(stepSchema),
  moreSteps: z.int(),
  unreadable: z.int().describe('Lines of the run that are no rows'),
  html: z.string().nullable(),
});
export type ExplainOutput = z.output<typeof output>;

export const explain: Operation<typeof input, typeof output> = {
  name: 'explain',
  summary: 'what a run of solve did: its tree of steps, costs and evidence, as text or a page',
  description: `Shows the steps of a run of \`winnow solve\` as a tree, each with its time and with the calls, tokens and executions of all that is below it. With --step one step is shown with its prompts, replies and results; with --html all of it goes into one page that needs nothing else.

A run that was interrupted is shown as far as it came.`,
  examples: [
    { command: 'winnow explain HumanEval-5-ldb-1', does: 'the tree' },
    { command: 'winnow explain HumanEval-5-ldb-1 --step 2.1', does: 'one step with its prompt and reply' },
    { command: 'winnow explain HumanEval-5-ldb-1 --html run.html', does: 'everything, as a page' },
  ],
  input,
  output,
  positional: [{ property: 'run', label: 'RUN' }],
  labels: { html: 'FILE', step: 'PATH' },
  run: async (given, context) => {
    const html = given.html === undefined ? null : resolve(context.cwd, given.html);
    if (html !== null) await requireDirectory(dirname(html), context.cwd, '--html');
    const saved = readFolder(folderOfRun(given.run, context));
    const { head, result, steps, total, unreadable } = explainRun(saved);
    if (html !== null) await writeFile(html, explainPage(saved, given.characters));
    const wanted =
      given.step === undefined
        ? steps
        : steps.filter(({ path }) => path === given.step || path.startsWith(`${given.step}.`));
    if (given.step !== undefined && wanted.length === 0)
      throw new WinnowError(
        'unknown-id',
        `The run has no step ${given.step}; it has ${steps.length}, the last is ${steps.at(-1)?.path ?? 'none'}.`,
      );
    const candidates = Array.isArray(result?.candidates)
      ? (result.candidates as ({ source?: unknown; why?: unknown } | null)[])
      : [];
    const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);
    return {
      schema: 'winnow.explain/1' as const,
      run: saved.folder,
      task: textOf((head.task as { id?: unknown } | undefined)?.id) ?? '',
      strategy: textOf(head.strategy) ?? '',
      model: textOf(head.model) ?? '',
      seed: typeof head.seed === 'number' ? head.seed : 0,
      numbers: numbersOf(head),
      verdict: textOf(result?.verdict),
      ending: textOf(result?.ending),
      program: textOf(candidates[0]?.source),
      why: textOf(candidates[0]?.why),
      total,
      steps: wanted.slice(0, given.limit).map((step) => ({
        path: step.path,
        depth: step.depth,
        kind: step.kind,
        title: step.title,
        startMs: step.startMs,
        tookMs: step.tookMs,
        failure: step.failure ?? null,
        summary: step.execution?.summary ?? missingText(step),
        from: step.ask?.from ?? null,
        calls: step.calls,
        inputTokens: step.inputTokens,
        outputTokens: step.outputTokens,
        costUsd: step.costUsd,
        executions: step.executions,
        evidence: given.step === undefined ? [] : [...evidenceOf(saved, step, given.characters)],
      })),
      moreSteps: Math.max(0, wanted.length - given.limit),
      unreadable,
      html,
    };
  },
  render: explainView,
  exit: () => 0,
};

const missingText = ({ ask }: Step): string | null =>
  ask?.missing === undefined ? null : `${ask.missing.count} replies did not come: ${ask.missing.reason}`;

/** Of a head that may be anybody's. */
function numbersOf({ strategy, parameters }: Readonly<Record<string, unknown>>): ExplainOutput['numbers'] {
  const { defaults } = strategies.find(({ name }) => name === strategy) ?? { defaults: {} as Strategy['defaults'] };
  return Object.entries((parameters ?? {}) as Record<string, unknown>).flatMap(([name, value]) => {
    const { least, most } = rangeOf(name);
    return typeof value === 'number' ? [{ name, value, usual: defaults[name]?.value ?? null, least, most }] : [];
  });
}
