/** What a failed run says, in words that a model can use: the test, what was expected, what came, and where it was raised. */
import type { Part } from '../../model/mod.ts';
import type { Kit } from '../frame/kit.ts';
import type { TestResult, TestRun } from '../types.ts';
import { jobOf, programText, ranOf } from './program.ts';
import { data, say } from './prompts.ts';

/** Characters of an output or a traceback that a prompt gets: LDB's released code cuts values at 100, a traceback needs more. */
const mostText = 2_000;

export const firstFailure = ({ results }: TestRun): TestResult | null =>
  results.find(({ state }) => state !== 'passed') ?? null;

export const isRight = (run: TestRun): boolean => run.results.length > 0 && run.passed === run.results.length;

/** One failure in a few lines. */
export function failureText({ test, state, output }: TestResult): string {
  const expected = test.expected === null ? '' : `\nexpected output:\n${test.expected}`;
  const told = output === null ? '' : cut(output);
  const came =
    state === 'failed'
      ? test.expected === null
        ? `it fails; what was called gave: ${told || 'nothing that can be shown'}`
        : `it prints:\n${told}`
      : state === 'raised'
        ? `it raises ${told.replace(/^!/, '') || 'an exception'}`
        : state === 'timed-out'
          ? 'it does not end in time'
          : 'it was not reached';
  return `${test.source}${expected}\n${came}`;
}

/**
 * The failures of a run as parts of a prompt.
 *
 * @param most failures that are told
 */
export async function failureParts(kit: Kit, source: string, run: TestRun, most = 3): Promise<Part[]> {
  if (run.broken !== null)
    return [say('The program gives nothing on any test:'), data('error', cut(`It ${run.broken}`))];
  const failed = run.results.filter(({ state }) => state !== 'passed').slice(0, most);
  if (failed.length === 0) return [];
  const parts = [
    say(`${run.passed} of ${run.results.length} tests pass. These do not:`),
    data('failing tests', failed.map(failureText).join('\n\n')),
  ];
  const raised = failed.find(({ state, test }) => state === 'raised' && test.expected === null);
  if (raised === undefined) return parts;
  const traceback = await tracebackOf(kit, source, raised);
  return traceback === '' ? parts : [...parts, say('What the first exception says:'), data('traceback', traceback)];
}

async function tracebackOf(kit: Kit, source: string, { test }: TestResult): Promise<string> {
  const { task, around } = kit;
  const text = programText(task, source, test.source);
  const ran = await kit.execute({
    what: 'program',
    title: 'the failing test, for its traceback',
    programs: 1,
    key: [task.language, text],
    work: async () => ranOf(await around.runner.run(jobOf(task, text), { signal: around.signal })),
    summary: ({ ended }) => `it ended ${ended}`,
  });
  return cut(ran.stderr.trim());
}

const cut = (text: string): string =>
  text.length <= mostText ? text : `${text.slice(0, mostText / 2)}\n…\n${text.slice(-mostText / 2)}`;
