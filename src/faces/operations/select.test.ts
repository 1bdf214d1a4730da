/** What a person's answers to ConAIR's questions are taken for. */
import { expect, test } from 'vitest';
import { askPerson } from './select.ts';

/** What is made of lines that are typed one after the other, and how often was asked. */
async function answered(...typed: (string | null)[]): Promise<[boolean | null, number]> {
  let asked = 0;
  const question = { column: 0, source: 'assert f(1) == 1', bits: 1, chance: 0.5 };
  const answer = await askPerson('t', question, { ask: async () => typed[asked++] ?? null });
  return [answer, asked];
}

test('yes, no and enter are answers, and anything else is asked again', async () => {
  expect(await answered('Y')).toEqual([true, 1]);
  expect(await answered(' no ')).toEqual([false, 1]);
  expect(await answered('')).toEqual([null, 1]);
  expect(await answered('maybe', 'nope', 'y')).toEqual([true, 3]);
});

test('who ends the input or presses Ctrl-C is not asked the next question', async () => {
  await expect(answered(null)).rejects.toMatchObject({ code: 'cancelled' });
});
