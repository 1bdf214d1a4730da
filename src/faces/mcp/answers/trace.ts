/** What `trace` answers: what each line of a program did. */
import type { TraceOutput } from '../../operations/trace-schemas.ts';
import type { TraceInput } from '../tools/trace.ts';
import type { Answering } from '../types.ts';
import { programOf } from './program.ts';

/** Lines that are made of a run; what a budget leaves out is kept to be shown. */
const mostLines = 5_000;

export const traceAnswer: Answering<TraceInput> = async (given, call) => {
  const asked = await call.ask<TraceOutput>('trace', {
    ...programOf(given, call),
    ...(given.function === undefined ? {} : { function: given.function }),
    ...(given.coverage ? { coverage: 'text' } : {}),
    limit: mostLines,
  });
  const { outcome, notices } = asked.output;
  const room = Math.max(30, Math.floor(given.budget * 0.8) - 60);
  const id = call.outputs.keep(asked.render());
  const page = call.outputs.page(id, room);
  const { ending } = outcome;
  const steps = page?.text ?? '';
  const next = page?.next ?? null;
  const said = notices.slice(0, 5);
  return {
    text: `${steps}${next === null ? '' : `\nmore: show ${JSON.stringify(next)}\n`}`,
    structured: {
      ok: ending.kind === 'exited' && ending.code === 0,
      ending: ending.kind,
      steps,
      next,
      notices: said,
    },
  };
};
