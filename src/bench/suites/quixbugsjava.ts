/**
 * QuixBugs in Java: the same 40 programs with the same bugs, judged by the same rows.
 *
 * The data has no tests in Java, so those of Python are told to it (`quixbugs_tests.java`): rows of arguments and answers as they stand, and for programs on graphs the drivers' cases. Test and program are compiled together (`judge/harness`).
 */
import { readFileSync } from 'node:fs';
import { textOf } from './fields.ts';
import type { Program, Suite } from './types.ts';

const driver = readFileSync(new URL('quixbugs_tests.java', import.meta.url), 'utf8');

/** Which of the driver's tests a program on graphs takes. */
const onGraphs: Readonly<Record<string, string>> = {
  breadth_first_search: 'search',
  depth_first_search: 'search',
  detect_cycle: 'cycle',
  minimum_spanning_tree: 'spanning',
  reverse_linked_list: 'reverse',
  shortest_path_length: 'length',
  shortest_path_lengths: 'lengths',
  shortest_paths: 'paths',
  topological_ordering: 'ordering',
};

export const quixbugsJava: Suite = {
  name: 'quixbugs-java',
  title: 'QuixBugs, Java',
  source: 'Lin et al. 2017, doi:10.1145/3135932.3135941; github.com/jkoppel/QuixBugs',
  sets: ['canonical', 'buggy'],
  read: (rows) =>
    rows.map((row) => {
      const name = textOf(row, 'name');
      const type = name.toUpperCase();
      const cases = row.row.testcases;
      const isNear = name === 'sqrt';
      const call = Array.isArray(cases)
        ? `rows(${type}.class, "${name}", ${isNear}, ${javaOf(cases.filter(isQuick))});`
        : `${onGraphs[name] ?? 'none'}(${type}::${name});`;
      return {
        id: name,
        prompt: '',
        cpuMs: 10_000,
        hidden: Array.isArray(cases) ? cases.map((one: unknown) => JSON.stringify(one)) : [],
        key: { kind: 'harness', key: { language: 'java', test: driver.replace('TESTS', () => call) } },
        programs: { canonical: java(textOf(row, 'correct_java')), buggy: java(textOf(row, 'buggy_java')) },
        program: java,
      };
    }),
};

/** One file holds them all: no package, no imports of the data's own classes, and one class is the file's. */
const java = (text: string): Program => ({
  language: 'java',
  source: `import java.util.*;\n${text}`
    .replace(/^\s*package\s.*$/m, '')
    .replace(/^\s*import\s+(?:correct_)?java_programs\..*$/gm, '')
    .replace(/\bpublic\s+class\b/, 'class'),
});

/** Arguments that the suite's own tests leave out, as they take minutes: of knapsack and of levenshtein, by how they begin. */
const slow = ['[[6404180,', '[["amanaplanacanalpanama",'];
const isQuick = (one: unknown): boolean => !slow.some((begin) => JSON.stringify(one).startsWith(begin));

/** A Java expression of JSON data: lists by `l(…)`, numbers as they are written. */
function javaOf(value: unknown): string {
  if (Array.isArray(value)) return `l(${value.map(javaOf).join(', ')})`;
  const text = JSON.stringify(value);
  return /^-?\d+$/.test(text) && Math.abs(Number(text)) > 2 ** 31 - 1 ? `${text}L` : text;
}
