/**
 * Self-Debug: the model explains its program, reads what the tests said, and writes it anew.
 *
 * Chen et al. 2023, arXiv:2304.05128, §3: feedback of unit tests with an explanation of the code (rubber duck), at most 10 turns, greedy. Here a turn is one prompt, and the explanation is asked for in the same reply.
 */
import type { Kit } from '../frame/kit.ts';
import type { Strategy } from '../frame/strategy.ts';
import { draftPrograms, firstDraft } from '../pieces/draft.ts';
import { failureParts, isRight } from '../pieces/feedback.ts';
import { data, say, taskParts } from '../pieces/prompts.ts';
import { runTests } from '../pieces/testrun.ts';
import type { Candidate } from '../types.ts';

export const selfDebug: Strategy = {
  name: 'self-debug',
  title: 'Self-Debug',
  paper: 'Chen et al. 2023, arXiv:2304.05128',
  summary: 'runs the visible tests, has the model explain its program and mend it, until they pass',
  needs: { model: [], task: ['visible'], run: ['run'] },
  defaults: {
    rounds: { value: 10, what: 'turns of mending at most', source: 'Self-Debug, §4.1' },
    temperature: { value: 0, what: 'of the sampling', source: 'Self-Debug, §4.1: greedy' },
  },
  solve: async (kit) => {
    const sampling = { temperature: kit.number('temperature') };
    const first = await kit.step('draft', 'first program', (inner) => firstDraft(inner, sampling));
    return first === null ? [] : selfDebugged(kit, first, kit.number('rounds'), sampling.temperature);
  },
};

/** @returns candidates, best first; the last is right, or `rounds` were spent, or nothing new came */
export async function selfDebugged(
  kit: Kit,
  first: string,
  rounds: number,
  temperature: number,
): Promise<readonly Candidate[]> {
  const { task } = kit;
  let source = first;
  const kept: Candidate[] = [];
  for (let round = 0; ; round++) {
    const run = await runTests(kit, round === 0 ? 'visible tests' : `visible tests, round ${round}`, source);
    const candidate = kit.keep(source, run, round === 0 ? 'the first program' : `mended ${round} times`);
    if (isRight(run)) return [candidate];
    kept.unshift(candidate);
    if (round === rounds) break;
    const next = await kit.step('repair', `round ${round + 1}`, async (inner) => {
      const failures = await failureParts(inner, source, run);
      const made = await draftPrograms(
        inner,
        'explain and mend',
        [
          ...taskParts(task),
          say('This program was written for it:'),
          data('program', source, task.language),
          ...failures,
          say(
            'Explain the program line by line, in a few words, and what differs from the task. Then give the mended program.',
          ),
        ],
        { temperature },
      );
      return made[0] ?? null;
    });
    if (next === null || next === source) {
      kit.note(next === null ? 'no program came back: the last one stays' : 'the program came back as it was');
      // A greedy model says the same to the same prompt; only drawing can help.
      if (temperature === 0) break;
      continue;
    }
    source = next;
  }
  return kept.sort((one, other) => (other.visible?.passed ?? 0) - (one.visible?.passed ?? 0));
}
