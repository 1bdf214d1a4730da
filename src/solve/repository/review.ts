/**
 * A review: the model says whether a patch resolves the issue, and of a reproduction test that alone rejects it whether that test is right.
 *
 * As AutoCodeRover's released code has it, one question for both (app/agents/agent_reviewer.py). What it says is an opinion: it stands behind all that was run, but for one thing: a reproduction test was written by the model as well, and
 * may be left out on its word. The project's own tests never are.
 */
import type { Kit } from '../frame/kit.ts';
import { reviewPrompt } from './prompts.ts';
import { namesText } from './steady.ts';
import type { PatchCandidate, PatchEvidence, Reproduction } from './types.ts';

export interface Review {
  readonly resolves: PatchCandidate['review'];
  /** Whether it calls the reproduction test wrong that it was shown. */
  readonly isTestWrong: boolean;
  readonly text: string;
}

/** @param doubtful the reproduction test, where it is what rejects the patch */
export async function reviewed(
  kit: Kit,
  { patch, evidence }: PatchCandidate,
  doubtful: Reproduction | null,
): Promise<Review> {
  const prompt = reviewPrompt(kit.task.text, patch, testsTold(evidence), doubtful?.source ?? null);
  const [reply] = await kit.ask('review', prompt, { temperature: kit.number('temperature') });
  const text = (reply?.text ?? '').trim();
  const said = (what: string): PatchCandidate['review'] => {
    const word = new RegExp(`^\\W*${what}\\W*(yes|no)\\b`, 'im').exec(text)?.[1]?.toLowerCase();
    return word === 'yes' || word === 'no' ? word : null;
  };
  const resolves = said('resolved');
  if (resolves === null) kit.note('the review does not say whether it resolves the issue, and counts for nothing');
  return { resolves, isTestWrong: doubtful !== null && said('test right') === 'no', text };
}

/** What running a patch told, for the model. */
export function testsTold({ regressions, mended, reproduction, problem }: PatchEvidence): string {
  const failing = (regressions ?? [])
    .slice(0, 5)
    .map(({ name, message }) => `fails with it and passed before: ${name}\n${message}`);
  const lines = [
    ...(problem === null ? [] : [`The suite did not come to its end: ${problem}`]),
    ...(regressions === null ? [] : [`${regressions.length} tests that passed fail with it.`]),
    ...failing,
    `${mended.length} tests that failed pass with it${mended.length === 0 ? '.' : `: ${namesText(mended, 5)}`}`,
    ...(reproduction === null ? [] : [`A test that was written for the issue ${reproduction}.`]),
  ];
  return lines.join('\n');
}
