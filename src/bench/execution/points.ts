/**
 * What a trace answers of a line: whether it ran, where it went on each time, and what a variable was after each time.
 *
 * `After` a line is when the same activation runs its next line, or ends: what it called in between has happened. So the next line is
 * one of the same function, and 0 stands for its end.
 */
import { type FrameState, type Trace, type TraceEvent, type TraceStates, traceStates } from '../../run/mod.ts';

export interface Moment {
  readonly line: number;
  /** The next line of the same activation; 0: it ends by returning, -1 by an exception; null: not recorded. */
  readonly next: number | null;
  /** Names that this execution gave a value, or whose object it changed. */
  readonly changed: readonly string[];
  readonly frame: FrameState;
  readonly states: TraceStates;
}

/**
 * Goes through the run once and shows each execution of a line when it is over. Moments are told in the order in which they end; their states
 * hold only while `see` runs.
 *
 * @param isIn which activations are looked at, by index of `Trace.codes`
 * @param source lines of the code
 */
export function eachMoment(
  { events }: Pick<Trace, 'events'>,
  isIn: (code: number) => boolean,
  source: readonly string[],
  see: (moment: Moment) => void,
): void {
  const states = traceStates();
  const open = new Map<number, { readonly line: number; readonly names: Set<string>; readonly objects: Set<number> }>();
  const close = (event: TraceEvent, next: number | null): void => {
    const running = open.get(event.frame);
    const frame = states.frames.get(event.frame);
    open.delete(event.frame);
    if (running === undefined || frame === undefined) return;
    const changed = [...frame.variables].flatMap(([name, value]) => {
      const holds = value !== null && typeof value === 'object' && 'r' in value && running.objects.has(value.r);
      return running.names.has(name) || holds ? [name] : [];
    });
    see({ line: running.line, next, changed, frame, states });
  };
  for (const event of events) {
    if (
      event.kind === 'line' &&
      open.get(event.frame)?.line === event.line &&
      isOneRound(source[event.line - 1] ?? '')
    ) {
      states.apply(event);
      continue;
    }
    if (event.kind === 'line') close(event, event.line);
    else if (event.kind === 'return') close(event, 0);
    else if (event.kind === 'unwind') close(event, -1);
    states.apply(event);
    if (event.kind === 'line' && isIn(states.frames.get(event.frame)?.code ?? -1))
      open.set(event.frame, { line: event.line, names: new Set(), objects: new Set() });
    if (event.kind === 'write') open.get(event.frame)?.names.add(event.name);
    // What a call changes is changed for those that wait for it, too.
    if (event.kind === 'object') for (const { objects } of open.values()) objects.add(event.object);
  }
}

/**
 * Since Python 3.12 a comprehension has no frame of its own, and a round that its condition ends may be told as the line once more. Only a loop on a line of its own
 * runs that line several times in a row.
 */
const isOneRound = (line: string): boolean =>
  /[[({].*\bfor\b.*\bin\b/.test(line) && !/^\s*(?:async\s+)?(?:for|while)\b.*:\s*[^\s#]/.test(line);

/** Lines of a file that can run, with how often they did; without those of the file's own code and of class bodies when `inFunctions`. */
export function runnableLines(trace: Trace, file: string, inFunctions: boolean): Map<number, number> {
  const lines = new Map(trace.counts.find((counts) => counts.file === file)?.lines ?? []);
  if (!inFunctions) return lines;
  const outer = new Set(trace.codes.flatMap(({ kind }, at) => (kind === 'module' || kind === 'class' ? [at] : [])));
  const code = new Map<number, number>();
  for (const event of trace.events) {
    if (event.kind === 'call') code.set(event.frame, event.code);
    if (event.kind === 'line' && event.code >= 0) code.set(event.frame, event.code);
    if (event.kind === 'line' && outer.has(code.get(event.frame) ?? -1)) lines.delete(event.line);
  }
  return lines;
}
