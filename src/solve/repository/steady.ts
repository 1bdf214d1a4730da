/**
 * Tests that end now one way and now another say nothing of a patch: they are found by running again, named, and left out.
 *
 * `reruns` more runs of the suite as it is tell which tests are flaky before anything is changed. With a patch the suite is run again where a verdict hangs on it: where few tests that passed fail
 * with it, and before it is given to anybody. What ended in two ways counts neither for the patch nor against it.
 */
import type { Kit } from '../frame/kit.ts';
import { runSuite } from './suite.ts';
import type { Project, SuiteRun } from './types.ts';

export const rerunsParameter = {
  reruns: {
    value: 1,
    what: 'times that the suite is run again before a verdict is believed; 0: once is enough, as published',
    source: 'ours',
  },
} as const;

/** Of the suite as it is. */
export interface Base {
  /** Without flaky tests; null: the project has no tests that are known. */
  readonly run: SuiteRun | null;
  readonly flaky: readonly string[];
}

export async function baseRun(kit: Kit, project: Project): Promise<Base> {
  if (project.suite === null) return { run: null, flaky: [] };
  let run = await runSuite(kit, 'the suite', project, []);
  const flaky = new Set<string>();
  if (run.passed.length + run.failed.length > 0)
    for (let time = 0; time < kit.number('reruns'); time++) {
      const again = await runSuite(kit, `the suite, time ${time + 2}`, project, []);
      // A run that did not come to its end says nothing of the tests that it did not reach.
      if (again.ending !== 'finished') continue;
      if (run.ending === 'finished') for (const name of differing(run, again)) flaky.add(name);
      else run = again;
    }
  if (flaky.size > 0) kit.note(`flaky, and no evidence from here on: ${namesText([...flaky])}`);
  return { run: without(run, flaky), flaky: [...flaky] };
}

/** Names that ended otherwise the second time, or did not run in one of them. */
export function differing(one: SuiteRun, other: SuiteRun): string[] {
  const [a, b] = [statesOf(one), statesOf(other)];
  return [...new Set([...a.keys(), ...b.keys()])].filter((name) => a.get(name) !== b.get(name));
}

const statesOf = ({ passed, failed }: SuiteRun): Map<string, boolean> =>
  new Map([...passed.map((name) => [name, true] as const), ...failed.map(({ name }) => [name, false] as const)]);

export const without = (run: SuiteRun, names: ReadonlySet<string>): SuiteRun => ({
  ...run,
  passed: run.passed.filter((name) => !names.has(name)),
  failed: run.failed.filter(({ name }) => !names.has(name)),
});

/** The first few of many names. */
export const namesText = (names: readonly string[], most = 10): string =>
  `${names.slice(0, most).join(', ')}${names.length > most ? ` and ${names.length - most} more` : ''}`;
