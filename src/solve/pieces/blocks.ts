/** Feedback by blocks, as LDB gives it: what each block did with its values, and what the model thinks of each. */
import type { Part } from '../../model/mod.ts';
import type { Kit } from '../frame/kit.ts';
import { jsonOf } from './json.ts';
import { conversation, data, programmer, say, taskParts } from './prompts.ts';
import type { BlockRun, TracedTest } from './traced.ts';

/** Blocks as text: variables before, the lines, variables after. Blocks have numbers from 0, as in LDB's prompts. */
export function blockText({ text, before, after, code }: BlockRun, number: number): string {
  const values = (variables: Readonly<Record<string, string>>): string =>
    Object.entries(variables)
      .map(([name, value]) => `${name} = ${value}`)
      .join('\t') || '(no variables)';
  return `[BLOCK-${number}] in ${code}\n# before: ${values(before)}\n${text}\n# after: ${values(after)}`;
}

export function blockParts({ blocks, omitted, raised }: TracedTest, language: string): Part[] {
  const half = Math.ceil(blocks.length / 2);
  const texts = blocks.map(blockText);
  if (omitted > 0) texts.splice(half, 0, `… ${omitted} blocks are left out …`);
  if (raised !== null) texts.push(`raises ${raised}`);
  return [
    say('These blocks ran, in this order, with the variables before and after each:'),
    data('blocks', texts.join('\n\n'), language),
  ];
}

/** Asks for a verdict on each block, in one prompt. @returns what it said as parts of the next prompt; empty when it said nothing that can be read */
export async function judgeBlocks(
  kit: Kit,
  source: string,
  shown: readonly Part[],
  { blocks }: TracedTest,
  temperature: number,
): Promise<Part[]> {
  const [reply] = await kit.ask(
    'which block is wrong',
    conversation(programmer(kit.task), [
      ...taskParts(kit.task),
      say('This program was written for it:'),
      data('program', source, kit.task.language),
      ...shown,
      say(
        `For each of the ${blocks.length} blocks say whether it does what the task needs. Answer by lines of JSON, one for each block, and nothing else: {"block": "BLOCK-0", "correct": true, "explanation": "…"}`,
      ),
    ]),
    { temperature },
  );
  const verdicts = readVerdicts(reply?.text ?? '');
  if (verdicts.length === 0) {
    kit.note('what was said of the blocks cannot be read');
    return [];
  }
  const wrong = verdicts.filter(({ correct }) => !correct).map(({ block }) => block);
  kit.note(wrong.length === 0 ? 'no block is called wrong' : `called wrong: ${wrong.join(', ')}`);
  const text = verdicts.map(
    ({ block, correct, explanation }) => `${block}: ${correct ? 'right' : 'wrong'}. ${explanation}`,
  );
  return [say('This was said of the blocks:'), data('opinion', text.join('\n'))];
}

export interface BlockVerdict {
  readonly block: string;
  readonly correct: boolean;
  readonly explanation: string;
}

/** Objects of the form asked for, wherever they stand in the reply; what is none is passed over. */
export function readVerdicts(reply: string): readonly BlockVerdict[] {
  return jsonOf(reply).flatMap((value) => {
    const one = value as { block?: unknown; correct?: unknown; explanation?: unknown };
    const correct = typeof one.correct === 'string' ? /^true$/i.test(one.correct) : one.correct;
    if ((typeof one.block !== 'string' && typeof one.block !== 'number') || typeof correct !== 'boolean') return [];
    const block = /^BLOCK-\d+$/.test(String(one.block))
      ? String(one.block)
      : `BLOCK-${String(one.block).replace(/\D/g, '')}`;
    return [{ block, correct, explanation: typeof one.explanation === 'string' ? one.explanation.slice(0, 500) : '' }];
  });
}
