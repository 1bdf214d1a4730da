/**
 * HumanEvalPack: HumanEval in six languages, each problem with a right program, a buggy one, and tests.
 *
 * Python's tests run apart from the program; in the others they are compiled into it (`judge/harness`).
 */
import { WinnowError } from '../../base/mod.ts';
import type { HarnessLanguage } from '../../judge/mod.ts';
import { maybeText, textOf } from './fields.ts';
import { callsOf, contextOf } from './python.ts';
import type { DataRow, Program, Suite, SuiteKey } from './types.ts';

const languages: Readonly<Record<string, HarnessLanguage | 'python'>> = {
  Python: 'python',
  JavaScript: 'javascript',
  Java: 'java',
  Go: 'go',
  CPP: 'cpp',
  Rust: 'rust',
};

export const humanevalpack: Suite = {
  name: 'humanevalpack',
  title: 'HumanEvalPack',
  source: 'Muennighoff et al. 2023, arXiv:2308.07124; github.com/bigcode-project/octopack',
  sets: ['canonical', 'buggy'],
  read: (rows) =>
    rows.map((row) => {
      const id = textOf(row, 'task_id');
      const language = languages[id.split('/')[0] ?? ''];
      if (language === undefined)
        throw new WinnowError(
          'bad-data',
          `${row.path}:${row.line}: expected a task of ${Object.keys(languages).join(', ')}; came ${id}.`,
        );
      const prompt = textOf(row, 'prompt');
      // Go's declarations lack functions that the problem uses, its prompts some imports; C++'s prompts lack headers.
      const declaration = textOf(row, 'declaration');
      const head =
        language === 'go'
          ? `${maybeText(row, 'import') ?? ''}\n${prompt}`
          : language === 'cpp' && opened(declaration) > 1
            ? prompt
            : declaration;
      const program = (text: string, isWhole: boolean): Program => ({ source: isWhole ? text : head + text, language });
      return {
        id,
        prompt,
        cpuMs: 10_000,
        hidden: callsOf(textOf(row, 'test'), textOf(row, 'entry_point')),
        key: keyOf(row, language),
        programs: {
          canonical: program(textOf(row, 'canonical_solution'), false),
          buggy: program(textOf(row, 'buggy_solution'), false),
        },
        program,
      };
    }),
};

/** Braces that are left open. The declaration of CPP/38 goes on into the body, which every solution brings again; its prompt does not. */
const opened = (text: string): number => text.split('{').length - text.split('}').length;

function keyOf(row: DataRow, language: HarnessLanguage | 'python'): SuiteKey {
  const test = textOf(row, 'test');
  if (language === 'go') return { kind: 'harness', key: { language, test: `${textOf(row, 'test_setup')}\n${test}` } };
  if (language !== 'python') return { kind: 'harness', key: { language, test } };
  const entryPoint = textOf(row, 'entry_point');
  // `check(f)` at the end is called by the judge.
  return {
    kind: 'function',
    key: { entryPoint, context: contextOf(textOf(row, 'declaration')), test: test.replace(/^check\(.*\)\s*$/m, '') },
  };
}
