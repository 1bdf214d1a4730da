/**
 * Reproduction tests: drawn from the model, run on the project as it is, and the majority of those that show the fault is kept.
 *
 * Agentless has its tests print whether the issue is reproduced or resolved (agentless/test/generate_reproduction_tests.py); here a test of the project's own runner fails or passes, so that what counts is
 * the runner's sealed report and no text that a program prints. Each form that differs is run once.
 */
import { encodeUtf8 } from '../../code/mod.ts';
import type { JobFile, TestRunner } from '../../run/mod.ts';
import type { Kit } from '../frame/kit.ts';
import { blocksOf } from '../pieces/extract.ts';
import { tokensOf } from './normal.ts';
import { reproductionPrompt } from './prompts.ts';
import { runSuite } from './suite.ts';
import type { Project, Reproduction, SuiteRun } from './types.ts';

interface TestForm {
  readonly path: string;
  readonly words: string;
}

const pythonPath = 'test_winnow_reproduction.py';
const forms: Partial<Record<TestRunner, TestForm>> = {
  pytest: { path: pythonPath, words: 'Write it for pytest, in Python.' },
  unittest: { path: pythonPath, words: 'Write it in Python as a unittest.TestCase.' },
  node: { path: 'winnow-reproduction.test.mjs', words: 'Write it for node:test, as an ECMAScript module.' },
  vitest: { path: 'winnow-reproduction.test.mjs', words: 'Write it for vitest, as an ECMAScript module.' },
};

/** @returns null: none was asked for, none shows the fault, or the runner has no form for one */
export async function majorityReproduction(kit: Kit, project: Project): Promise<Reproduction | null> {
  const samples = kit.number('reproductions');
  const form = project.suite === null ? undefined : forms[project.suite.runner];
  if (samples === 0) return null;
  if (form === undefined) {
    kit.note('no reproduction tests: the project has no runner that one is written for');
    return null;
  }
  const replies = await kit.ask('tests that show the fault', reproductionPrompt(kit.task.text, form.words), {
    count: samples,
    temperature: kit.number('temperature'),
  });
  const groups = new Map<string, { source: string; drawn: number }>();
  let without = 0;
  for (const { text } of replies) {
    const source = blocksOf(text.replaceAll('\r\n', '\n')).find(({ closed }) => closed)?.text;
    if (source === undefined) {
      without++;
      continue;
    }
    const key = await tokensOf(project.syntax, form.path, encodeUtf8(source));
    groups.set(key, { source, drawn: (groups.get(key)?.drawn ?? 0) + 1 });
  }
  if (without > 0) kit.note(`${without} of ${samples} replies have no whole block with a test`);
  const byDrawn = [...groups.values()].sort((one, other) => other.drawn - one.drawn);
  for (const [at, { source, drawn }] of byDrawn.entries()) {
    const run = await runReproduction(kit, `reproduction test ${at + 1} as things are`, project, [], source);
    // The largest that shows the fault is the majority: the rest need not be run.
    if (showsFault(run)) {
      if (await failsAgain(kit, project, source, at)) return { source, drawn, of: samples };
      kit.note('the test fails now and passes then, and is not used');
      continue;
    }
    kit.note(
      `the test does not show the fault: ${run.broken[0]?.message ?? (run.passed.length > 0 ? 'it passes' : run.ending)}`,
    );
  }
  return null;
}

async function failsAgain(kit: Kit, project: Project, source: string, at: number): Promise<boolean> {
  for (let time = 0; time < kit.number('reruns'); time++)
    if (!showsFault(await runReproduction(kit, `reproduction test ${at + 1}, once more`, project, [], source)))
      return false;
  return true;
}

export function runReproduction(
  kit: Kit,
  title: string,
  project: Project,
  changed: Parameters<typeof runSuite>[3],
  source: string,
): Promise<SuiteRun> {
  const path = forms[project.suite?.runner ?? 'pytest']?.path ?? pythonPath;
  const file: JobFile = { path, bytes: encodeUtf8(source), mode: 0o644 };
  return runSuite(kit, title, project, changed, file);
}

const showsFault = ({ ending, failed, broken }: SuiteRun): boolean =>
  ending === 'finished' && broken.length === 0 && failed.length > 0;

export const isResolved = ({ ending, failed, broken, passed }: SuiteRun): boolean =>
  ending === 'finished' && broken.length === 0 && failed.length === 0 && passed.length > 0;
