/** MBPP: 974 short Python problems with three asserts each; a sample is the whole program. */
import { WinnowError } from '../../base/mod.ts';
import { idOf, maybeText, textOf, textsOf } from './fields.ts';
import { callsOf, python } from './python.ts';
import type { DataRow, Suite } from './types.ts';

export const mbpp: Suite = {
  name: 'mbpp',
  title: 'MBPP',
  source: 'Austin et al. 2021, arXiv:2108.07732; github.com/google-research/google-research/tree/master/mbpp',
  sets: ['canonical'],
  read: (rows) =>
    rows.map((row) => {
      const tests = textsOf(row, 'tests' in row.row ? 'tests' : 'test_list');
      const code = (maybeText(row, 'gold') ?? textOf(row, 'code')).replaceAll('\r\n', '\n');
      const entryPoint = entryOf(row, code, tests);
      const setup = (maybeText(row, 'test_setup_code') ?? '').replaceAll('\r', '');
      const imports = code.split('\n').filter((line) => /^(?:import|from)\s/.test(line));
      return {
        id: idOf(row, 'task_id'),
        prompt: maybeText(row, 'query') ?? maybeText(row, 'text') ?? maybeText(row, 'prompt') ?? '',
        // The slowest reference takes 5 s.
        cpuMs: 10_000,
        hidden: tests.flatMap((test) => callsOf(test, entryPoint)),
        key: givesObjects(code, setup, tests)
          ? { kind: 'harness', key: { language: 'python', test: [setup, ...tests].join('\n') } }
          : {
              kind: 'function',
              key: {
                entryPoint,
                context: [...imports, setup].join('\n'),
                test: [`def check(${entryPoint}):`, ...tests.map((test) => `    ${test.trim()}`)].join('\n'),
              },
            },
        programs: { canonical: python(code) },
        program: (text) => python(text),
      };
    }),
};

/** Five problems give a function trees, pairs or types; their tests have to run beside the program. */
const givesObjects = (code: string, setup: string, tests: readonly string[]): boolean =>
  setup !== '' ||
  tests.some((test) => /[,(]\s*(?:int|str|float|bool)\s*[,)]/.test(test)) ||
  [...code.matchAll(/^class\s+(\w+)/gm)].some(([, name]) => tests.some((test) => test.includes(`${name}(`)));

/** The function of the reference that the first test calls. */
function entryOf(row: DataRow, code: string, tests: readonly string[]): string {
  const defined = [...code.matchAll(/^def\s+(\w+)/gm)].map(([, name]) => name as string);
  const found = defined.findLast((name) => new RegExp(`\\b${name}\\s*\\(`).test(tests[0] ?? ''));
  if (found !== undefined) return found;
  throw new WinnowError(
    'bad-data',
    `${row.path}:${row.line}: expected tests that call a function of the reference; they call none of ${defined.join(', ') || 'none'}.`,
  );
}
