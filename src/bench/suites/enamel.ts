/**
 * ENAMEL: HumanEval with inputs that grow over four levels and expert references; e of a program is how near it comes to the reference, weighted by level.
 *
 * Inputs come from the data's own generators, with a seed for each case, so they are of the published kind and not the published ones.
 */
import { readFileSync } from 'node:fs';
import { textOf } from './fields.ts';
import { behindPrompt, python } from './python.ts';
import type { Suite } from './types.ts';

const helpers = readFileSync(new URL('enamel_inputs.py', import.meta.url), 'utf8');
/** Tests of each level, and what a level counts: ENAMEL's code. The first counts 0: it is for correctness, and its work is not measured. */
const cases = [8, 4, 4, 4];
const weights = [3, 3, 4];

export const enamel: Suite = {
  name: 'enamel',
  title: 'ENAMEL',
  source: 'Qiu et al. 2024, arXiv:2406.06647; github.com/q-rz/enamel',
  sets: ['canonical', 'reference'],
  efficiency: 'eff',
  read: (rows) =>
    rows.map((row) => {
      // Its prompts end with the docstring, its programs begin behind the line's end.
      const prompt = `${textOf(row, 'prompt').trimEnd()}\n`;
      const entryPoint = textOf(row, 'entry_point');
      const reference = prompt + textOf(row, 'reference_solution');
      const sizes = textOf(row, 'input_levels').trim().split(/\s+/).map(Number);
      const id = textOf(row, 'task_id');
      const context = `${reference}\nreference = ${entryPoint}\n`;
      const inputs = [
        context,
        helpers,
        textOf(row, 'input_generator'),
        `def levels():\n    return made(generate_input, ${JSON.stringify(id)}, ${JSON.stringify(sizes)}, ${JSON.stringify(cases)})`,
      ].join('\n');
      const checker = `${prompt}\n    pass\n${textOf(row, 'checker')}\nsame = __check\n`;
      return {
        id,
        prompt,
        // The first level; the others are checked where work is measured.
        cpuMs: 10_000,
        hidden: [],
        key: {
          kind: 'function',
          key: {
            entryPoint,
            context: `${inputs}\n${textOf(row, 'checker')}`,
            test: 'def check(candidate):\n    import copy\n    for args in levels()[0]:\n        assert __check(args, reference(*copy.deepcopy(args)), candidate(*args))',
          },
        },
        programs: { canonical: python(reference), reference: python(reference) },
        program: behindPrompt(prompt),
        effort: {
          key: {
            entryPoint,
            inputs: `${inputs}\nall_levels = levels\ndef levels():\n    return all_levels()[1:]`,
            checker,
          },
          references: [reference],
          weights,
        },
      };
    }),
};
