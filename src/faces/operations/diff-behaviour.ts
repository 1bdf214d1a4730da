/** `winnow diff-behaviour A B`: whether two versions of a function do the same. */
import { resolve } from 'node:path';
import { z } from 'zod';
import {
  type BehaviourReport,
  defaultEcmascriptInputs,
  defaultInputs,
  diffBehaviour,
  isEcmascript,
  openRunner,
} from '../../run/mod.ts';
import { durationPattern, milliseconds } from '../units.ts';
import { diffBehaviourView } from '../views/diff-behaviour.ts';
import { pairsOf, sidesOf } from './diff-behaviour-versions.ts';
import { packagesOf } from './run-partial.ts';
import type { Operation } from './types.ts';

const input = z.strictObject({
  a: z.string().min(1).describe('FILE, FILE:FUNCTION or COMMIT:PATH:FUNCTION'),
  b: z.string().min(1).optional().describe('What it is compared with, in the same words'),
  from: z.string().min(1).optional().describe('With A alone, PATH:FUNCTION: the commit to compare from'),
  to: z.string().min(1).optional().describe('The commit to compare to; the file on disk when not given'),
  inputs: z
    .int()
    .min(1)
    .max(10_000)
    .optional()
    .describe(`Inputs that both versions run on; default ${defaultInputs}, of JavaScript ${defaultEcmascriptInputs}`),
  budget: z
    .string()
    .regex(durationPattern, 'a time such as 500ms, 10s or 2m was expected')
    .default('20s')
    .describe('Elapsed time for a function'),
  seed: z
    .int()
    .min(0)
    .max(2 ** 31)
    .default(1)
    .describe('Seed of the inputs'),
  python: z.string().min(1).optional().describe('A virtual environment or directory of packages that imports find'),
});

const whole = z.int().min(0);
const end = z.strictObject({
  ends: z.string().describe('How it ended: returns, raises, does not end'),
  rest: z.array(z.strictObject({ what: z.string(), text: z.string() })).describe('What else is not as in the other'),
});
const behaviour = z.enum(['changed', 'preserved', 'undecided']);

const output = z.strictObject({
  schema: z.literal('winnow.diff-behaviour/1'),
  behaviour: behaviour.describe(
    'changed: a function is. undecided: none is, and of one it cannot be told. preserved: within the budget',
  ),
  a: z.string(),
  b: z.string(),
  functions: z.array(
    z.strictObject({
      function: z.string(),
      behaviour,
      why: z.string(),
      gaps: z.array(z.string()).describe('Parts of the files that were left out, since they do not parse'),
      inputs: whole.describe('Inputs that both ran on'),
      equal: whole.describe('Of these, both did the same'),
      failed: whole.describe('An injected value failed in an operation: nothing is made of it'),
      flaky: whole.describe('A difference that did not come again'),
      lost: whole.describe('A run of which nothing was told'),
      reached: z.array(z.boolean()).describe('Whether lines that differ were reached: in A, in B'),
      difference: z
        .strictObject({
          what: z.string(),
          sure: z.enum(['strong', 'weak']).describe('weak: only in which stand-in stands where'),
          input: z
            .record(z.string(), z.string())
            .describe('Arguments as text; between ‹ and ›, an object that stands in for one'),
          a: end,
          b: end,
          assumed: z
            .array(z.string())
            .describe(
              'What was decided so that lines that differ were reached: tests, calls stood in for; mostly nothing',
            ),
        })
        .nullable(),
    }),
  ),
  left: whole.describe('Functions that differ and were not compared, past the bound'),
});

export type DiffBehaviourOutput = z.output<typeof output>;

export const diffBehaviourOperation: Operation<typeof input, typeof output> = {
  name: 'diff-behaviour',
  summary: 'whether two versions of a function do the same, or an input that tells them apart',
  description: `Runs both versions on the same inferred inputs in the sandbox and compares results, exception types, effects, arguments, globals (Python), output and files (Python). What a function lacks (packages, objects, settings) is stood in for, with the same values for both. Texts of exceptions and log lines are no behaviour; names of parameters are.

"preserved" is said of the inputs that ran, not proved. Exit code: 0 preserved, 1 changed, 3 undecided. Python, which needs a native sandbox, JavaScript and TypeScript.`,
  examples: [
    { command: 'winnow diff-behaviour old.py:total new.py:total', does: 'a function of two files' },
    { command: 'winnow diff-behaviour app/cart.py:Cart.total --from HEAD~1', does: 'a method now and a commit before' },
    {
      command: 'winnow diff-behaviour v1.0:app/cart.py:Cart.total v1.1:app/cart.py:Cart.total --json',
      does: 'at two tags',
    },
  ],
  input,
  output,
  positional: [
    { property: 'a', label: 'A' },
    { property: 'b', label: 'B' },
  ],
  labels: { from: 'COMMIT', to: 'COMMIT', budget: 'TIME', python: 'DIR' },
  run: async ({ a, b, from, to, inputs, budget, seed, python }, context) => {
    const packages = python === undefined ? [] : await packagesOf(python, context);
    const { sides, close } = sidesOf({ a, b, from, to }, context.cwd);
    const runner = openRunner({ cacheDir: resolve(context.settings.cacheDir, 'run'), path: context.settings.path });
    try {
      // Grammars are wanted for JavaScript and TypeScript alone, and are half of what a run would load.
      const load = isEcmascript(sides[0].path) ? (await import('../../index/mod.ts')).loadGrammarFile : noGrammars;
      const { pairs, left } = await pairsOf(sides, load);
      const functions: DiffBehaviourOutput['functions'] = [];
      for (const [index, { function: name, versions, callers }] of pairs.entries()) {
        context.progress({ label: 'compared', done: index, total: pairs.length, detail: name });
        const given = { seed, wallMs: milliseconds(budget), callers, packages, load };
        const options = inputs === undefined ? given : { ...given, inputs };
        const report = await diffBehaviour(versions, options, runner, { signal: context.signal });
        functions.push(functionOutput(name, report));
      }
      return {
        schema: 'winnow.diff-behaviour/1' as const,
        behaviour: behaviourOf(functions, left),
        a: sides[0].label,
        b: sides[1].label,
        functions,
        left,
      };
    } finally {
      close();
      await runner.close();
    }
  },
  render: diffBehaviourView,
  exit: ({ behaviour: said }) => (said === 'preserved' ? 0 : said === 'changed' ? 1 : 3),
};

const noGrammars = async (): Promise<never> => {
  throw new Error('grammars are wanted for a language that has none here');
};

function functionOutput(name: string, report: BehaviourReport): DiffBehaviourOutput['functions'][number] {
  const { difference, reached, gaps, ...rest } = report;
  const told = (index: 0 | 1) => {
    const { ends, rest: parts } = (difference as NonNullable<typeof difference>).ends[index];
    return { ends, rest: parts.map((one) => ({ ...one })) };
  };
  return {
    function: name,
    ...rest,
    reached: [...reached],
    gaps: [...gaps],
    difference:
      difference === null
        ? null
        : {
            what: difference.what,
            sure: difference.sure,
            input: { ...difference.input },
            a: told(0),
            b: told(1),
            assumed: [...difference.assumed],
          },
  };
}

function behaviourOf(functions: DiffBehaviourOutput['functions'], left: number): DiffBehaviourOutput['behaviour'] {
  if (functions.some((one) => one.behaviour === 'changed')) return 'changed';
  return left > 0 || functions.some((one) => one.behaviour === 'undecided') ? 'undecided' : 'preserved';
}
