/**
 * LDB: a failing test is run, its basic blocks are shown with the values that they really had, and the model says which block is wrong.
 *
 * Zhong et al. 2024, arXiv:2402.16906, §3, and the released code: at most 10 rounds, a random failing test, at most 10 blocks (first and last five), values cut at 100 characters, verdicts for all blocks in
 * one prompt, then a new program at temperature 0. Blocks and values come from our traces. Where there is none, feedback is the failed assertion with what was called.
 */
import type { Kit } from '../frame/kit.ts';
import type { Strategy } from '../frame/strategy.ts';
import { blockParts, judgeBlocks } from '../pieces/blocks.ts';
import { draftPrograms, firstDraft } from '../pieces/draft.ts';
import { failureParts, failureText, isRight } from '../pieces/feedback.ts';
import { data, say, taskParts } from '../pieces/prompts.ts';
import { runTests } from '../pieces/testrun.ts';
import { traceTest, usualTraced } from '../pieces/traced.ts';
import type { Candidate, TestRun } from '../types.ts';

export const ldb: Strategy = {
  name: 'ldb',
  title: 'LDB',
  paper: 'Zhong et al. 2024, arXiv:2402.16906',
  summary: 'shows the model each basic block of a failing test with its values, then has the program mended',
  needs: { model: [], task: ['visible'], run: ['run', 'trace'] },
  defaults: {
    rounds: { value: 10, what: 'rounds of mending at most', source: 'LDB, §4.1' },
    blocks: { value: 10, what: 'blocks that are shown, the first and last half', source: 'LDB, released code' },
    characters: { value: 100, what: 'characters of a value', source: 'LDB, released code' },
    temperature: { value: 0, what: 'of the sampling', source: 'LDB, released code' },
  },
  solve: async (kit) => {
    const temperature = kit.number('temperature');
    const first = await kit.step('draft', 'first program', (inner) => firstDraft(inner, { temperature }));
    return first === null ? [] : debugged(kit, first);
  },
};

/** @returns candidates, best first */
export async function debugged(kit: Kit, first: string): Promise<readonly Candidate[]> {
  const rounds = kit.number('rounds');
  let source = first;
  const kept: Candidate[] = [];
  for (let round = 0; ; round++) {
    const run = await runTests(kit, round === 0 ? 'visible tests' : `visible tests, round ${round}`, source);
    const candidate = kit.keep(source, run, round === 0 ? 'the first program' : `mended ${round} times`);
    if (isRight(run)) return [candidate];
    kept.unshift(candidate);
    if (round === rounds) break;
    const next = await kit.step('repair', `round ${round + 1}`, (inner) => mend(inner, source, run));
    if (next === null) kit.note('no program came back: the last one stays');
    if (next === source) kit.note('the program came back as it was');
    source = next ?? source;
  }
  return kept.sort((one, other) => (other.visible?.passed ?? 0) - (one.visible?.passed ?? 0));
}

async function mend(kit: Kit, source: string, run: TestRun): Promise<string | null> {
  const { task } = kit;
  const temperature = kit.number('temperature');
  const evidence = await blockEvidence(kit, source, run);
  const made = await draftPrograms(
    kit,
    'mend',
    [
      ...taskParts(task),
      say('This program was written for it:'),
      data('program', source, task.language),
      ...evidence,
      say('Correct the program.'),
    ],
    { temperature },
  );
  return made[0] ?? null;
}

/** Blocks with values and what the model says of each; without a trace, the failed assertions. Also RethinkMCTS's feedback. */
export async function blockEvidence(kit: Kit, source: string, run: TestRun) {
  const failed = run.results.filter(({ state }) => state !== 'passed');
  const failing = failed[kit.random.int(Math.max(1, failed.length))];
  if (run.broken !== null || failing === undefined) return failureParts(kit, source, run);
  const options = { ...usualTraced, blocks: kit.number('blocks'), characters: kit.number('characters') };
  const traced = await traceTest(kit, 'the failing test, traced', source, failing.test, options);
  if (traced.blocks.length === 0) {
    kit.note(`no blocks: ${traced.missing ?? 'the test did not reach the program'}`);
    return failureParts(kit, source, run);
  }
  const shown = [
    say('This test fails:'),
    data('failing test', failureText(failing), kit.task.language),
    ...blockParts(traced, kit.task.language),
  ];
  const verdicts = await judgeBlocks(kit, source, shown, traced, kit.number('temperature'));
  return [...shown, ...verdicts];
}
