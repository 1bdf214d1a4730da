/**
 * QuixBugs: 40 programs of one line's bug each, with the right version; Python.
 *
 * The suite's own test files are what judges: those over rows of inputs as they stand, and the drivers of graph programs, which only print, by comparing each call's answer with the reference's.
 * Graphs go to the candidate as nested tuples (`quixbugs_graphs.py`).
 */
import { readFileSync } from 'node:fs';
import { textOf } from './fields.ts';
import { literalOf, python } from './python.ts';
import type { Program, Suite } from './types.ts';

const beside = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');
const graphs = beside('quixbugs_graphs.py');
const tests = beside('quixbugs_tests.py');

export const quixbugs: Suite = {
  name: 'quixbugs',
  title: 'QuixBugs',
  source: 'Lin et al. 2017, doi:10.1145/3135932.3135941; github.com/jkoppel/QuixBugs',
  sets: ['canonical', 'buggy'],
  read: (rows) =>
    rows.map((row) => {
      const name = textOf(row, 'name');
      const correct = textOf(row, 'correct_python');
      const cases = row.row.testcases;
      const file = textOf(row, 'python_test').replace(/^(\s*)(?:from|import)\s.*$/gm, '$1pass');
      const isDriver = !Array.isArray(cases);
      const entryPoint = isDriver ? '_on_graphs' : name;
      const shim = `\n\n${graphs}\n\ndef _on_graphs(told):\n    return packed(${name}(*unpacked(told)))\n`;
      const program = (text: string): Program => python(isDriver ? text + shim : text);
      const space = `{'pytest': pytest, 'load_json_testcases': lambda _: ${literalOf(cases)}, '${name}': candidate}`;
      const check = isDriver
        ? `    assert answers(apart(candidate), ${JSON.stringify(file)}, '${name}') == answers(${name}, ${JSON.stringify(file)}, '${name}')`
        : `    exec(${JSON.stringify(file)}, ${space})`;
      return {
        id: name,
        prompt: '',
        cpuMs: 3_000,
        hidden: isDriver ? [] : cases.map((one: unknown) => JSON.stringify(one)),
        key: {
          kind: 'function',
          key: { entryPoint, context: `${graphs}\n${tests}\n${correct}`, test: `def check(candidate):\n${check}` },
        },
        programs: { canonical: program(correct), buggy: program(textOf(row, 'buggy_python')) },
        program,
      };
    }),
};
