/** Programs from the model: asked for, taken out of replies, and what was none of them told. */
import type { Part, Sampling } from '../../model/mod.ts';
import type { Kit, Replied } from '../frame/kit.ts';
import type { Task } from '../types.ts';
import { extractProgram } from './extract.ts';
import { conversation, programForm, programmer, taskParts } from './prompts.ts';

/** @returns a program for each reply that holds one, in the order of the replies; may be empty */
export async function draftPrograms(
  kit: Kit,
  title: string,
  parts: readonly Part[],
  sampling: Sampling = {},
): Promise<readonly string[]> {
  const replies = await kit.ask(title, conversation(programmer(kit.task), [...parts, programForm(kit.task)]), sampling);
  return programsOf(kit, replies);
}

/** @param wanted what a program must define; default: what the task asks for */
export function programsOf(
  kit: Kit,
  replies: readonly Replied[],
  wanted: Pick<Task, 'language' | 'entry' | 'stub' | 'method'> = kit.task,
): readonly string[] {
  const reasons = new Map<string, number>();
  const programs = replies.flatMap((reply) => {
    const found = extractProgram(reply.text, reply.ending, wanted);
    const told = found.kind === 'none' ? `no program: ${noProgramText[found.reason]}` : found.told;
    if (told !== null) reasons.set(told, (reasons.get(told) ?? 0) + 1);
    return found.kind === 'program' ? [found.source] : [];
  });
  if (replies.length === 0) kit.note('no reply came');
  for (const [told, count] of reasons) kit.note(count === 1 ? told : `${count} replies: ${told}`);
  return programs;
}

const noProgramText = {
  empty: 'the reply is empty',
  prose: 'the reply is prose, or does not define what was asked for',
  'wrong-language': 'the reply is in another language',
  cut: 'the reply was cut at the limit of tokens',
  endless: 'the reply repeats itself to the limit of tokens',
} as const;

/** A first program for the task alone. */
export const firstDraft = async (
  kit: Kit,
  sampling: Sampling = {},
  before: readonly Part[] = [],
): Promise<string | null> =>
  (await draftPrograms(kit, 'draft', [...before, ...taskParts(kit.task)], sampling))[0] ?? null;
