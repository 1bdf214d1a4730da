/**
 * EvalPlus: HumanEval+ and MBPP+, many more inputs, what is right being what the reference gives.
 *
 * Compared as EvalPlus does: equal, or where all of the answer are floats within `atol` (1e-6 where the data names none, rtol 1e-7), and for `find_zero` by the polynomial's value. Each answer
 * by itself: unlike there, one float never loosens how later ones are compared.
 */
import { listOf, textOf } from './fields.ts';
import { behindPrompt, literalOf, python } from './python.ts';
import type { Suite } from './types.ts';

const compared = `
import math as _math
def _near(a, b, atol):
    return a == b or _math.isfinite(a) and _math.isfinite(b) and abs(a - b) <= atol + 1e-7 * abs(b) or a != a and b != b
def _floats(value):
    if type(value) is float:
        return True
    return type(value) in (list, tuple) and len(value) > 0 and all(type(one) is float for one in value)
def _same(inputs, got, expected, atol):
    if got == expected:
        return True
    if atol == 0 and _floats(expected):
        atol = 1e-6
    if atol == 0:
        return False
    if type(expected) in (list, tuple):
        return type(got) in (list, tuple) and len(got) == len(expected) and all(type(a) in (int, float) and _near(a, b, atol) for a, b in zip(got, expected))
    return type(got) in (int, float) and type(expected) in (int, float) and _near(got, expected, atol)
`;
/** Any zero will do: EvalPlus's own oracle for HumanEval/32. */
const byPolynomial = 'def _same(inputs, got, expected, atol):\n    return abs(poly(*inputs, got)) <= atol\n';

export const evalplus: Suite = {
  name: 'evalplus',
  title: 'HumanEval+ and MBPP+',
  source: 'Liu et al. 2023, arXiv:2305.01210; github.com/evalplus/evalplus',
  sets: ['canonical'],
  read: (rows) =>
    rows.map((row) => {
      const prompt = textOf(row, 'prompt');
      const entryPoint = textOf(row, 'entry_point');
      const canonical = prompt + textOf(row, 'canonical_solution');
      const inputs = [...listOf(row, 'base_input'), ...listOf(row, 'plus_input')];
      // As written in the data, where it may be `1e-06`.
      const atol = Number(JSON.stringify(row.row.atol ?? 0));
      const test = [
        compared,
        ...(entryPoint === 'find_zero' ? [byPolynomial] : []),
        'def check(candidate):',
        '    import copy',
        `    for inputs in ${literalOf(inputs)}:`,
        '        got = candidate(*inputs)',
        `        assert _same(inputs, got, _reference(*copy.deepcopy(inputs)), ${atol})`,
      ];
      return {
        id: textOf(row, 'task_id'),
        prompt,
        // EvalPlus gives a test at least 4 s; here it is the whole problem's, of CPU time.
        cpuMs: 20_000,
        // EvalPlus has 4 GB; a list of a million numbers takes 0.7 to be read.
        memoryBytes: 2 ** 31,
        hidden: inputs.map((one) => (one as unknown[]).map((part) => JSON.stringify(part)).join(', ')),
        key: {
          kind: 'function',
          key: {
            entryPoint,
            context: `${canonical}\n_reference = ${entryPoint}\n`,
            test: test.join('\n'),
          },
        },
        programs: { canonical: python(canonical) },
        program: behindPrompt(prompt),
      };
    }),
};
