/**
 * COFFE, functions: a program is efficient when it is right and takes fewer instructions over the stress tests than the best reference.
 *
 * Data: `function_testcases.jsonl`, `function_stressful_testcases.jsonl` and `function_best_solutions.jsonl`, all of whose rows are `{key, value}` with the prompt as key. A problem is called by its function.
 */
import { WinnowError } from '../../base/mod.ts';
import { shown, wrongRow } from '../tablerows.ts';
import { listOf, textOf } from './fields.ts';
import { literalOf, python } from './python.ts';
import type { DataRow, Program, Suite, SuiteProblem } from './types.ts';

export const coffe: Suite = {
  name: 'coffe',
  title: 'COFFE',
  source: 'Peng et al. 2025, arXiv:2502.02827; github.com/JohnnyPeng18/Coffe',
  sets: ['canonical'],
  efficiency: 'efficient',
  read: (rows) => {
    const byKey = Map.groupBy(rows, (row) => textOf(row, 'key'));
    const seen = new Map<string, number>();
    return [...byKey].map(([prompt, parts]): SuiteProblem => {
      const name = nameOf(parts[0] as DataRow, prompt);
      const times = (seen.get(name) ?? 0) + 1;
      seen.set(name, times);
      return problemOf(times === 1 ? name : `${name}-${times}`, name, prompt, parts);
    });
  },
};

/** The function that a prompt asks for: of several that it defines the last. */
function nameOf(row: DataRow, prompt: string): string {
  const found = /Please write a Python function (\w+)/.exec(prompt) ?? [...prompt.matchAll(/^def (\w+)/gm)].at(-1);
  if (found?.[1] === undefined) throw wrongRow(row.path, row.line, 'a prompt that names a function', shown(prompt));
  return found[1];
}

const isStress = ({ input }: { input?: unknown }): boolean => typeof input === 'string';

function problemOf(id: string, name: string, prompt: string, parts: readonly DataRow[]): SuiteProblem {
  const solutions = parts.find((row) => typeof (row.row.value as unknown[] | undefined)?.[0] === 'string');
  const cases = parts.filter((row) => row !== solutions).flatMap((row) => listOf(row, 'value')) as { input: unknown }[];
  const stress = cases.filter(isStress).map(({ input }) => input as string);
  const tests = cases.filter((one) => !isStress(one));
  if (solutions === undefined || stress.length === 0 || tests.length === 0)
    throw new WinnowError(
      'bad-data',
      `Expected tests, stress tests and best solutions of ${id}; give all three files: --data a,b,c.`,
    );
  // `[program, whether it is another than the data set's]`.
  const [best] = listOf(solutions, 'value') as [string];
  const reference = named(best, name);
  const inputs = `${reference.source}\nreference = solution\ndef levels():\n    return [[${stress.map((one) => `tuple(${one})`).join(', ')}]]\n`;
  const same = `
def same(args, expected, got):
    if type(expected) is float and type(got) in (int, float):
        return abs(got - expected) <= 1e-6 * max(1, abs(expected)) or got == expected
    if type(expected) in (list, tuple) and type(got) in (list, tuple):
        return len(got) == len(expected) and all(same(args, one, other) for one, other in zip(expected, got))
    return got == expected
`;
  return {
    id,
    prompt,
    cpuMs: 10_000,
    hidden: [],
    key: {
      kind: 'function',
      key: {
        entryPoint: 'solution',
        context: same,
        test: `def check(candidate):\n    for case in ${literalOf(tests)}:\n        assert same(None, case['output'][0], candidate(*case['input']))`,
      },
    },
    programs: { canonical: reference },
    program: (text) => named(text, name),
    effort: {
      key: { entryPoint: 'solution', inputs, checker: same },
      references: [reference.source],
      weights: null,
    },
  };
}

/** COFFE calls every function `solution`. */
const named = (source: string, name: string): Program =>
  python(`${source}\nif 'solution' not in globals():\n    solution = ${name}\n`);
