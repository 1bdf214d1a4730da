/** `winnow bench execution-reasoning PROGRAMS…`: questions about runs with exact answers, and scores of predictions. */
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { benchExecution, questionKinds } from '../../bench/mod.ts';
import { executionView } from '../views/bench-execution.ts';
import { estimateSchema } from './bench-schemas.ts';
import type { Operation } from './types.ts';

const input = z.strictObject({
  programs: z
    .array(z.string())
    .min(1)
    .describe('Python files, or JSON lines with {"code", "entry_point", "input" or "inputs" or "after"}'),
  kinds: z
    .array(z.enum(questionKinds))
    .min(1)
    .default([...questionKinds])
    .describe('What to ask'),
  perProgram: z.int().min(1).max(1000).default(1).describe('Questions of each kind about a program, at most'),
  limit: z.int().min(1).optional().describe('Only the first so many programs'),
  seed: z.int().default(1).describe('Seed of what is asked, and of the bootstrap intervals'),
  predictions: z
    .string()
    .optional()
    .describe('Score these: {"id", "prediction"} or {"id", "predictions": [...]} on each line'),
  out: z.string().optional().describe('Write the questions to this file, one on each line'),
  seconds: z.number().min(0.1).max(600).default(10).describe('Time that a run may take'),
  backend: z.enum(['auto', 'native', 'embedded']).default('auto').describe('Where programs run'),
});

const whole = z.int().min(0);

const kindScore = z.strictObject({
  questions: whole,
  unanswered: whole.describe('Without a prediction; they count as wrong'),
  unreadable: whole.describe('Predictions that are no literal, or none of the words asked for; they count as wrong'),
  right: z
    .strictObject({ exact: estimateSchema, equal: estimateSchema, lenient: estimateSchema })
    .describe("Share that is right: with the types; as Python's ==; but for case, white space and the sixth digit"),
});

const output = z.strictObject({
  schema: z.literal('winnow.bench.execution-reasoning/1'),
  seed: z.int(),
  programs: whole,
  questions: z.array(
    z.strictObject({
      id: z.string().describe('What is asked: the same for the same question'),
      program: z.string(),
      run: whole.describe("Which of the program's inputs, from 0"),
      kind: z.enum(questionKinds),
      group: z.string().nullable().describe('Equal for the four questions of consistency about one place'),
      code: z.string().describe('Empty where only the specification is shown'),
      call: z.string().describe('What runs; empty for a program that runs by itself'),
      question: z.string(),
      line: whole.nullable(),
      variable: z.string().nullable(),
      answers: z.array(z.string()).describe('Any of them is right; of inputs, others are found right by running them'),
      came: z.enum(['value', 'raised', 'printed']).describe('How the run ended'),
      output: z.string().nullable().describe('What a predicted input must give'),
    }),
  ),
  leftOut: z.array(z.strictObject({ program: z.string(), run: whole, reason: z.string() })),
  notWhole: whole.describe('Runs too long for a whole trace: neither state nor path is asked of them'),
  said: whole.describe('Runs for which the data says what comes out'),
  differ: z
    .array(z.strictObject({ program: z.string(), run: whole, said: z.string(), came: z.string() }))
    .describe('Of these, where something else came out'),
  scores: z
    .strictObject({
      kinds: z.record(z.string(), kindScore),
      consistency: z
        .strictObject({
          places: whole,
          tasks: z.record(z.string(), estimateSchema),
          incremental: estimateSchema.describe("REval's: 1 for all four in order, halved for each that is missing"),
        })
        .nullable(),
      surrogate: z.record(z.string(), kindScore).describe('Outputs, by how the run ended'),
      unknown: whole.describe('Predictions for no question'),
      ran: whole.describe('Predicted inputs that were run'),
    })
    .nullable(),
  out: z.string().nullable().describe('Where the questions were written'),
});

export type BenchExecutionOutput = z.output<typeof output>;

export const benchExecutionOperation: Operation<typeof input, typeof output> = {
  name: 'bench execution-reasoning',
  summary: 'questions about what programs do, with exact answers; scores of predictions',
  description: `Runs Python programs in the sandbox, traces them, and asks: what comes out (output), which input gives that (input), does this line run (coverage), what is a variable after a line (state), which line is next (path), what does the documented function return (specification), and coverage, state, path and output of one place together (consistency). Questions come with --json or --out, seeded, and are the same for the same programs.

A line of JSON has code with a function (entry_point, or f) and its input as source, or inputs, each a tuple; or after, statements that use the code. A file that is no .jsonl is a program of its own.

With --predictions, the same questions are made again and answers of any model are scored, with 95% intervals over programs. Predictions are read as Python literals; a predicted input is right when the function, run in the sandbox, returns what was asked for.`,
  examples: [
    { command: 'winnow bench execution-reasoning samples.jsonl --out questions.jsonl', does: 'one of each kind' },
    {
      command:
        'winnow bench execution-reasoning samples.jsonl --kinds output --kinds input --predictions answers.jsonl',
      does: 'score a model',
    },
    {
      command: 'winnow bench execution-reasoning src/tool.py --kinds state --kinds path --per-program 20 --json',
      does: 'about your own program',
    },
  ],
  input,
  output,
  positional: [{ property: 'programs', label: 'PROGRAMS', variadic: true }],
  labels: { predictions: 'FILE', out: 'FILE', kinds: 'KIND' },
  run: async ({ programs, predictions, out, seconds, ...given }, context) => {
    const at = (path: string): string => resolve(context.cwd, path);
    const report = await benchExecution({
      ...given,
      limit: given.limit,
      programs: programs.map(at),
      predictions: predictions === undefined ? undefined : at(predictions),
      out: out === undefined ? undefined : at(out),
      wallMs: Math.round(seconds * 1000),
      parallelism: availableParallelism(),
      cacheDir: join(context.settings.cacheDir, 'run'),
      path: context.settings.path,
      signal: context.signal,
      onProgress: context.progress,
    });
    const answer = { schema: 'winnow.bench.execution-reasoning/1', seed: given.seed, ...report, out: out ?? null };
    return answer as unknown as BenchExecutionOutput;
  },
  render: executionView,
  exit: () => 0,
};
