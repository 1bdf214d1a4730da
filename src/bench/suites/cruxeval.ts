/**
 * CRUXEval: what a function gives for an input, or an input for which it gives an output.
 *
 * An answer is an expression. It is evaluated where the function is not, so that `f(…)` itself is no answer; a predicted input is then given to the function where no answer runs.
 */
import { textOf } from './fields.ts';
import { python } from './python.ts';
import type { Program, Suite } from './types.ts';

const output = (text: string): Program => python(`def answer():\n    return (${text}\n)\n`);
/** The arguments, however they are written: by place or by name. */
const input = (text: string): Program =>
  python(`def answer():\n    return (lambda *a, **k: (a, k))(${text.replace(/^\s*f\((.*)\)\s*$/s, '$1')}\n)\n`);

export const cruxeval: Suite = {
  name: 'cruxeval',
  title: 'CRUXEval',
  source: 'Gu et al. 2024, arXiv:2401.03065; github.com/facebookresearch/cruxeval',
  sets: ['canonical'],
  answers: ['output', 'input'],
  read: (rows) =>
    rows.flatMap((row) => {
      const [id, code, given, gives] = ['id', 'code', 'input', 'output'].map((field) => textOf(row, field)) as [
        string,
        string,
        string,
        string,
      ];
      const shared = { prompt: '', hidden: [], cpuMs: 3_000 };
      const test = {
        output: `def check(candidate):\n    assert candidate() == (${gives}\n)`,
        input: `def check(candidate):\n    a, k = candidate()\n    assert f(*a, **k) == (${gives}\n)`,
      };
      const problem = (what: 'output' | 'input', right: string, make: (text: string) => Program) => ({
        ...shared,
        id: `${id}/${what}`,
        key: { kind: 'function' as const, key: { entryPoint: 'answer', context: code, test: test[what] } },
        programs: { canonical: make(right) },
        program: make,
      });
      return [problem('output', gives, output), problem('input', given, input)];
    }),
};
