/** HumanEval: 164 Python functions behind a docstring, with `check(candidate)`. */
import { idOf, maybeText, textOf } from './fields.ts';
import { behindPrompt, callsOf, contextOf, python } from './python.ts';
import type { Suite } from './types.ts';

export const humaneval: Suite = {
  name: 'humaneval',
  title: 'HumanEval',
  source: 'Chen et al. 2021, arXiv:2107.03374; github.com/openai/human-eval',
  sets: ['canonical'],
  read: (rows) =>
    rows.map((row) => {
      const prompt = textOf(row, 'prompt');
      const test = textOf(row, 'test');
      const canonical = maybeText(row, 'canonical_solution');
      return {
        id: idOf(row, 'task_id'),
        prompt,
        cpuMs: 3_000,
        hidden: callsOf(test, 'candidate'),
        key: { kind: 'function', key: { entryPoint: textOf(row, 'entry_point'), context: contextOf(prompt), test } },
        programs: canonical === null ? {} : { canonical: python(prompt + canonical) },
        program: behindPrompt(prompt),
      };
    }),
};
