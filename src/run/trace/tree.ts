/**
 * A trace as visits of frames that hold steps that hold visits: what a person reads and a page draws.
 *
 * A step is one execution of a statement with what it wrote, and the frames that it called. Steps are taken as they were recorded: where lines
 * were left out, the next step says how many.
 */
import type { Trace, TraceEvent } from './types.ts';

export interface Step {
  readonly line: number;
  /** Index of its event in `Trace.events`. */
  readonly event: number;
  /** Executions of lines, of any frame, that are no events and came just before. */
  readonly skipped: number;
  /** Indices of `write`, `object`, `branch`, `raise`, `output` and `note` events of this step. */
  readonly effects: number[];
  /** What began, or went on, while it ran; in order. */
  readonly visits: Visit[];
}

/** A frame from its call, or from where it goes on after a rest, to its end or next rest. */
export interface Visit {
  readonly frame: number;
  /** Index of `Trace.codes`, -1 when not recorded. */
  readonly code: number;
  readonly thread: number;
  /** Index of its `call` or `resume` event, or of the line in another file at which a bundle goes on; -1 when that is none. */
  readonly begin: number;
  /** Index of the event that ended it, -1 when nothing did. */
  end: number;
  readonly steps: Step[];
}

/** @param trace of level `blocks` or more; else there is nothing. @returns what nothing traced had called: one of each thread, mostly */
export function traceTree({ events }: Pick<Trace, 'events'>): Visit[] {
  const roots: Visit[] = [];
  const codes = new Map<number, number>();
  const lines = new Map<number, number>();
  const running = new Map<number, Visit[]>();
  const begun = (event: TraceEvent, at: number, stack: Visit[], begin = -1): Visit => {
    if (event.kind === 'call' || ((event.kind === 'line' || event.kind === 'block') && event.code >= 0))
      codes.set(event.frame, event.code);
    const visit: Visit = {
      frame: event.frame,
      code: codes.get(event.frame) ?? -1,
      thread: event.thread,
      begin: event.kind === 'call' || event.kind === 'resume' ? at : begin,
      end: -1,
      steps: [],
    };
    const around = stack.at(-1);
    const rested = around === undefined ? undefined : lines.get(around.frame);
    // A frame that went on calls from the line where it rested.
    if (around?.steps.length === 0 && rested !== undefined)
      around.steps.push({ line: rested, event: at, skipped: 0, effects: [], visits: [] });
    const step = around?.steps.at(-1);
    if (step === undefined) roots.push(visit);
    else step.visits.push(visit);
    stack.push(visit);
    return visit;
  };
  events.forEach((event, at) => {
    if (event.frame === 0) return;
    const stack = running.get(event.thread) ?? [];
    running.set(event.thread, stack);
    if (event.kind === 'call' || event.kind === 'resume') {
      begun(event, at, stack);
      return;
    }
    // Of frames above it, the ends were left out.
    const depth = stack.findLastIndex(({ frame }) => frame === event.frame);
    // What a call is given is said before it, and what a frame holds before its first line: that begins nothing.
    if (depth < 0 && (event.kind === 'object' || event.kind === 'write')) return;
    if (depth >= 0) stack.length = depth + 1;
    const visit = stack.at(-1)?.frame === event.frame ? (stack.at(-1) as Visit) : begun(event, at, stack);
    switch (event.kind) {
      case 'line':
      case 'block': {
        const step = { line: event.line, event: at, skipped: event.skipped, effects: [], visits: [] };
        lines.set(event.frame, event.line);
        if (event.code < 0 || event.code === visit.code) visit.steps.push(step);
        else {
          // A bundle goes on in the lines of another file.
          visit.end = at;
          stack.pop();
          begun(event, at, stack, at).steps.push(step);
        }
        return;
      }
      case 'return':
      case 'yield':
      case 'unwind':
        visit.end = at;
        stack.pop();
        return;
      default: {
        // A frame that goes on is still at the line where it rested.
        const line = lines.get(event.frame);
        if (visit.steps.length === 0 && line !== undefined)
          visit.steps.push({ line, event: at, skipped: 0, effects: [], visits: [] });
        visit.steps.at(-1)?.effects.push(at);
      }
    }
  });
  return roots;
}

/** Steps as they are read: single ones, and repetitions. */
export type Folded =
  | { readonly kind: 'step'; readonly step: Step }
  /** `shown` holds the first repetitions, and the last; `left` is how many between are not shown. */
  | {
      readonly kind: 'loop';
      readonly line: number;
      readonly first: readonly (readonly Folded[])[];
      readonly left: number;
      readonly last: readonly Folded[];
    };

/**
 * Repetitions within one frame: a line that comes again begins the next. Only the first `keep` and the last are given.
 *
 * Without knowing the loops of the source: in code without jumps, a line comes again only where a loop goes round. The last round ends where a line
 * follows that no round had.
 */
export function foldSteps(steps: readonly Step[], keep: number): Folded[] {
  const found: Folded[] = [];
  for (let at = 0; at < steps.length; ) {
    const { line } = steps[at] as Step;
    const starts = [at];
    const inside = new Set([line]);
    let end = at + 1;
    for (; end < steps.length; end++) {
      const next = (steps[end] as Step).line;
      if (next === line) {
        starts.push(end);
        for (let back = starts.at(-2) as number; back < end; back++) inside.add((steps[back] as Step).line);
      }
    }
    if (starts.length === 1) {
      found.push({ kind: 'step', step: steps[at] as Step });
      at++;
      continue;
    }
    end = (starts.at(-1) as number) + 1;
    while (end < steps.length && inside.has((steps[end] as Step).line)) end++;
    const rounds = starts.map((start, index) => steps.slice(start, starts[index + 1] ?? end));
    // A loop looks for a next round once more before it ends: that belongs to the last that there was.
    if (rounds.length > 1 && rounds.at(-1)?.length === 1) rounds.push([...rounds.splice(-2).flat()]);
    const folded = (round: readonly Step[]): Folded[] => {
      const [head, ...rest] = round;
      const again = rest.at(-1)?.line === line ? rest.slice(-1) : [];
      const single = (step: Step): Folded => ({ kind: 'step', step });
      return [
        single(head as Step),
        ...foldSteps(rest.slice(0, rest.length - again.length), keep),
        ...again.map(single),
      ];
    };
    const first = rounds.slice(0, Math.min(keep, rounds.length - 1)).map(folded);
    found.push({
      kind: 'loop',
      line,
      first,
      left: rounds.length - 1 - first.length,
      last: folded(rounds.at(-1) as readonly Step[]),
    });
    at = end;
  }
  return found;
}
