/** What `trace` answers: what each line of a program did. */
import type { TraceOutput } from '../../operations/trace-schemas.ts';
import { endsOf } from '../budget.ts';
import type { TraceInput } from '../tools/trace.ts';
import type { Answering } from '../types.ts';
import { lineEnd, programOf, streamText } from './program.ts';

/** Lines that are made of a run; what a budget leaves out is kept to be shown. */
const mostLines = 5_000;

export const traceAnswer: Answering<TraceInput> = async (given, call) => {
  const asked = await call.ask<TraceOutput>('trace', {
    ...(await programOf(given, call)),
    ...(given.function === undefined ? {} : { function: given.function }),
    ...(given.coverage ? { coverage: 'text' } : {}),
    limit: mostLines,
  });
  const { outcome, notices } = asked.output;
  // Why it ended so: a program that does not begin has no steps, and only this tells what is wrong with it.
  const ok = outcome.ending.kind === 'exited' && outcome.ending.code === 0;
  const errors = ok ? '' : `${streamText(outcome.compile?.stderr ?? null)}${streamText(outcome.stderr)}`;
  const stderr = endsOf(errors, Math.floor(given.budget / 5)).text;
  const room = Math.max(30, Math.floor(given.budget * (stderr === '' ? 0.8 : 0.55)) - 60);
  const id = call.outputs.keep(asked.render());
  const page = call.outputs.page(id, room);
  const steps = page?.text ?? '';
  const next = page?.next ?? null;
  const said = notices.slice(0, 5);
  return {
    text: `${steps}${next === null ? '' : `\nmore: show ${JSON.stringify(next)}\n`}${stderr === '' ? '' : `[standard error]\n${lineEnd(stderr)}`}`,
    structured: {
      ok,
      ending: outcome.ending.kind,
      steps,
      stderr,
      next,
      notices: said,
    },
  };
};
