/**
 * Tests that a model makes up: asked for, taken out of replies, and only those kept that are statements of the language and name the function.
 *
 * As CodeT's released code has it (Chen et al. 2022, arXiv:2207.10397, postprocess.py): each sample is taken apart at `assert`, and the first five that hold count. Most are wrong: a third is true of the
 * reference (docs/measurements/selection.md), so nothing but a method that knows of this should read them.
 */
import type { Sampling } from '../../model/mod.ts';
import { wellFormed } from '../../select/mod.ts';
import type { Kit } from '../frame/kit.ts';
import { blocksOf, cutCompletion } from './extract.ts';
import { calledName } from './methods.ts';
import { conversation, programmer, say, taskParts } from './prompts.ts';

/** @returns tests as they were drawn, doubles among them; may be empty */
export async function generateTests(kit: Kit, perSample: number, sampling: Sampling): Promise<readonly string[]> {
  const { task, around } = kit;
  const entry = task.entry ?? '';
  const called = calledName(task);
  const wanted = say(
    `Do not write the function. Write tests for ${called}: one \`assert\` statement a line, each of which calls ${called} with arguments of your own choice and compares what it must give, usual and unusual cases. Nothing else.`,
  );
  const replies = await kit.ask('tests', conversation(programmer(task), [...taskParts(task), wanted]), sampling);
  const drawn = replies.map(({ text }) => assertsOf(text, entry));
  const each = [...new Set(drawn.flat())];
  if (each.length === 0) {
    kit.note('no tests came');
    return [];
  }
  const valid = await kit.execute<readonly boolean[]>({
    what: 'program',
    title: 'which of the tests are statements',
    programs: 1,
    key: each,
    work: () => wellFormed(each, around.runner, around.signal),
    summary: (made) => `${made.filter((one) => one).length} of ${each.length} are`,
  });
  const isValid = new Set(each.filter((_, at) => valid[at]));
  return drawn.flatMap((list) => list.filter((one) => isValid.has(one)).slice(0, perSample));
}

/** Assertions of one reply that name the function, in order; not yet known to be statements. */
export function assertsOf(reply: string, entry: string): readonly string[] {
  const blocks = blocksOf(reply);
  const text = blocks.length === 0 ? reply : blocks.map((block) => block.text).join('\n');
  return (text.trimStart().startsWith('assert') ? text : `assert ${text}`)
    .split('assert ')
    .filter((part) => part.includes(entry) && part.trim() !== '')
    .map((part) => cutCompletion(`assert ${part}`.trim()).trim())
    .filter((one) => one.includes('assert'));
}

/** Inputs alone: calls of the function with arguments, without what is expected. */
export async function generateInputs(kit: Kit, count: number, sampling: Sampling): Promise<readonly string[]> {
  const { task } = kit;
  const entry = task.entry ?? '';
  const wanted = say(
    `Do not write the function. Write ${count} calls of ${entry} with different arguments, one a line, usual and unusual cases: \`${entry}(…)\`. Only the calls, not what they give.`,
  );
  const replies = await kit.ask('inputs', conversation(programmer(task), [...taskParts(task), wanted]), sampling);
  return callsOf(replies.map(({ text }) => text).join('\n'), entry).slice(0, count);
}

/** Calls that stand on lines of their own, each once. */
export function callsOf(text: string, entry: string): readonly string[] {
  const lines = text.split('\n').map((line) =>
    line
      .trim()
      .replace(/^(?:[-*]|\d+[.)])\s+/, '')
      .replace(/^`+|`+$/g, ''),
  );
  const calls = lines.filter((line) => line.startsWith(`${entry}(`) && line.endsWith(')'));
  return [...new Set(calls)];
}
