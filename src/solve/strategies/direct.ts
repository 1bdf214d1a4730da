/**
 * Sampling: programs are drawn for the task alone, and the first that passes the visible tests is the answer.
 *
 * Without visible tests the first one is. Chen et al. 2021 (Codex), arXiv:2107.03374, §3: temperature 0.8 for many samples, 0.2 for one.
 */

import type { Kit } from '../frame/kit.ts';
import type { Strategy } from '../frame/strategy.ts';
import { draftPrograms } from '../pieces/draft.ts';
import { isRight } from '../pieces/feedback.ts';
import { taskParts } from '../pieces/prompts.ts';
import { runTests } from '../pieces/testrun.ts';
import type { Candidate, TestRun } from '../types.ts';

export const direct: Strategy = {
  name: 'direct',
  title: 'direct sampling',
  paper: 'Chen et al. 2021, arXiv:2107.03374',
  summary: 'draws programs for the task alone; the first that passes the visible tests is the answer',
  needs: { model: [], task: [], run: [] },
  defaults: {
    samples: { value: 1, what: 'programs to draw', source: 'ours: pass@1' },
    temperature: { value: 0.2, what: 'of the sampling', source: 'Codex, §3.3: best for pass@1' },
  },
  solve: async (kit) => {
    const sampling = { count: kit.number('samples'), temperature: kit.number('temperature') };
    return tried(
      kit,
      await kit.step('draft', 'programs', (inner) => draftPrograms(inner, 'draft', taskParts(kit.task), sampling)),
    );
  },
};

/** Programs on visible tests in turn, to the first that passes all; those most tests passed come first. */
export async function tried(kit: Kit, programs: readonly string[]): Promise<readonly Candidate[]> {
  const { task } = kit;
  const unique = [...new Set(programs)];
  if (task.visible.length === 0)
    return unique.map((source, at) => kit.keep(source, null, at === 0 ? 'drawn first' : 'drawn later'));
  const made: Candidate[] = [];
  for (const [at, source] of unique.entries()) {
    const visible: TestRun = await runTests(kit, `program ${at + 1} on visible tests`, source);
    const candidate = kit.keep(source, visible, `${visible.passed} of ${task.visible.length} visible tests`);
    if (isRight(visible)) return [candidate];
    made.push(candidate);
  }
  return made.sort((one, other) => (other.visible?.passed ?? 0) - (one.visible?.passed ?? 0));
}
