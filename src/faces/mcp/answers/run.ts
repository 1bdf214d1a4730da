/** What `run` answers: a program in the sandbox. */
import type { RunOutput } from '../../operations/run-schemas.ts';
import { endsOf, isWithin } from '../budget.ts';
import type { RunInput } from '../tools/run.ts';
import type { Answering } from '../types.ts';
import { lineEnd, programOf, streamText } from './program.ts';

export const runAnswer: Answering<RunInput> = async (given, call) => {
  const asked = await call.ask<RunOutput>('run', await programOf(given, call));
  const { outcome } = asked.output;
  if (outcome === null) throw new Error('a run without an outcome');
  const failed = outcome.compile !== null && outcome.ending.kind === 'compile-failed';
  const stdout = streamText(outcome.stdout);
  const stderr = `${failed ? streamText(outcome.compile?.stderr ?? null) : ''}${streamText(outcome.stderr)}`;
  const whole = `${stdout}${stderr === '' ? '' : `\n[standard error]\n${stderr}`}`;
  const told = asked.told();
  const code = 'code' in outcome.ending ? outcome.ending.code : null;
  const ending = outcome.ending.kind;
  const answerOf = (tokens: number, id: string | null) => {
    // Errors are short and tell most: they get a third, and what they leave goes to the output.
    const errors = endsOf(stderr, Math.floor(tokens / 3));
    const printed = endsOf(stdout, tokens - Math.min(Math.floor(tokens / 3), errors.text.length));
    const said = endsOf(told, Math.floor(tokens / 3));
    const next =
      errors.omitted || printed.omitted || said.omitted ? (id ?? call.outputs.keep(`${told}${whole}`)) : null;
    const parts = [
      `${ending}${code === null ? '' : ` with code ${code}`}\n`,
      printed.text === '' ? '' : `[standard output]\n${lineEnd(printed.text)}`,
      errors.text === '' ? '' : `[standard error]\n${lineEnd(errors.text)}`,
      said.text,
      next === null ? '' : `left out: show ${JSON.stringify(next)}\n`,
    ];
    return {
      text: parts.join(''),
      structured: {
        ok: ending === 'exited' && code === 0,
        ...{ ending, code, stdout: printed.text, stderr: errors.text, told: said.text, next },
      },
    };
  };
  let id: string | null = null;
  for (let tokens = given.budget - 40; ; tokens = Math.floor(tokens * 0.7)) {
    const answer = answerOf(tokens, id);
    id = answer.structured.next;
    if (isWithin(answer, given.budget) || tokens < 10) return answer;
  }
};
