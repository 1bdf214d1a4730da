/**
 * What holds after each event of a trace: frames, their variables, and objects.
 *
 * Nothing is imported but types, because the same code steps through a trace in a page (`views/trace-page.ts`).
 */
import type { TraceEvent, Value } from './types.ts';

export interface FrameState {
  readonly frame: number;
  /** Index of codes, -1 when the recording does not say. */
  code: number;
  readonly caller: number;
  readonly thread: number;
  line: number;
  /** Live: on the stack. `resting`: a generator between two values. */
  state: 'live' | 'resting' | 'returned' | 'raised';
  readonly variables: Map<string, Value>;
  result: Value | undefined;
}

export interface ObjectState {
  type: string;
  form: 'sequence' | 'mapping' | 'set' | 'record';
  size: number;
  /** By the key's text: an index or a text as it is, other keys as JSON. */
  readonly entries: Map<string, { readonly key: Value; value: Value }>;
}

export interface TraceStates {
  /** Frames that began, by number. Those that ended stay, with what their variables were. */
  readonly frames: ReadonlyMap<number, FrameState>;
  readonly objects: ReadonlyMap<number, ObjectState>;
  /** Of files and of functions around: written by frames that do not hold them. */
  readonly globals: ReadonlyMap<string, Value>;
  /** What the event changes, in the order of the recording. */
  apply(event: TraceEvent): void;
}

/** A state to which events are applied, one after the other. Frames that ended are forgotten past `keepEnded`. */
export function traceStates(keepEnded = Number.POSITIVE_INFINITY): TraceStates {
  const frames = new Map<number, FrameState>();
  const objects = new Map<number, ObjectState>();
  const globals = new Map<string, Value>();
  const ended: number[] = [];

  const frameOf = (event: TraceEvent, code = -1, caller = 0): FrameState => {
    const known = frames.get(event.frame);
    if (known !== undefined) return known;
    const made: FrameState = {
      frame: event.frame,
      code,
      caller,
      thread: event.thread,
      line: 0,
      state: 'live',
      variables: new Map(),
      result: undefined,
    };
    frames.set(event.frame, made);
    return made;
  };
  const end = (frame: FrameState, state: 'returned' | 'raised'): void => {
    frame.state = state;
    ended.push(frame.frame);
    if (ended.length > keepEnded) frames.delete(ended.shift() as number);
  };

  return {
    frames,
    objects,
    globals,
    apply(event) {
      if (event.frame === 0 && event.kind !== 'object') return;
      switch (event.kind) {
        case 'call': {
          const frame = frameOf(event, event.code, event.caller);
          for (const { name, value } of event.arguments) frame.variables.set(name, value);
          return;
        }
        case 'line':
        case 'block': {
          const frame = frameOf(event, event.code);
          if (event.code >= 0) frame.code = event.code;
          frame.line = event.line;
          return;
        }
        case 'write': {
          const { name, value, gone } = event;
          const into = event.scope === 'local' ? frameOf(event).variables : globals;
          if (gone) into.delete(name);
          else into.set(name, value);
          return;
        }
        case 'object':
          objects.set(event.object, changed(objects.get(event.object), event));
          return;
        case 'return': {
          const frame = frameOf(event);
          frame.result = event.value;
          end(frame, 'returned');
          return;
        }
        case 'yield':
          frameOf(event).state = 'resting';
          return;
        case 'resume':
          frameOf(event).state = 'live';
          return;
        case 'unwind':
          end(frameOf(event), 'raised');
          return;
        default:
      }
    },
  };
}

/** Two keys of an object are one when this is equal. Texts and indices are themselves, so that they can be looked up. */
export function keyText(form: ObjectState['form'], key: Value): string {
  if (typeof key === 'string') return key;
  return form === 'sequence' && typeof key === 'number' ? String(key) : `#${JSON.stringify(key)}`;
}

function changed(known: ObjectState | undefined, event: TraceEvent & { kind: 'object' }): ObjectState {
  const { type, form, size, whole, entries, removed } = event;
  const same = known !== undefined && !whole && known.form === form;
  const state: ObjectState = same ? known : { type, form, size, entries: new Map() };
  state.type = type;
  state.size = size;
  for (const key of removed) state.entries.delete(keyText(form, key));
  if (form === 'sequence' && same)
    for (const at of [...state.entries.keys()]) if (Number(at) >= size) state.entries.delete(at);
  for (const [key, value] of entries) state.entries.set(keyText(form, key), { key, value });
  return state;
}
