/**
 * What a step did, in words: `x = 3`, `self.items = [0]`, `raises KeyError: 'a'`.
 *
 * States go forward only, so texts of all events that are wanted are made in one pass.
 */
import { keyText, type TraceStates, traceStates } from './states.ts';
import type { Trace, Value } from './types.ts';
import { type ValueTextOptions, valueText } from './valuetext.ts';

/**
 * @param wanted indices of `Trace.events`
 * @returns texts by index; none for an object whose new content a write of the same step tells
 */
export function effectTexts(
  { events, language }: Pick<Trace, 'events' | 'language'>,
  wanted: ReadonlySet<number>,
  options: ValueTextOptions,
): Map<number, string> {
  const texts = new Map<number, string>();
  const states = traceStates(10_000);
  const text = (value: Value): string => valueText(value, states, language, options);
  let left = wanted.size;
  for (let at = 0; at < events.length && left > 0; at++) {
    const event = events[at];
    if (event === undefined) break;
    states.apply(event);
    if (!wanted.has(at)) continue;
    left--;
    switch (event.kind) {
      case 'call':
        texts.set(at, event.arguments.map(({ name, value }) => `${name}=${text(value)}`).join(', '));
        break;
      case 'write':
        texts.set(at, event.gone ? `${event.name} is gone` : `${event.name} = ${text(event.value)}`);
        break;
      case 'object': {
        const path = pathTo(event.object, event.frame, states);
        if (path !== null) texts.set(at, `${path} = ${text({ r: event.object })}`);
        break;
      }
      case 'return':
      case 'yield':
        texts.set(at, text(event.value));
        break;
      case 'raise':
        // Not all tracers see what was thrown through a frame to code that is not told.
        texts.set(at, `${event.type || 'what is not known'}${event.message === '' ? '' : `: ${event.message}`}`);
        break;
      case 'output':
      case 'note':
        texts.set(at, event.text);
        break;
      default:
    }
  }
  return texts;
}

/** How a frame's variables reach an object, over one other at most; null when they do not. */
export function pathTo(object: number, frame: number, states: TraceStates): string | null {
  const variables = states.frames.get(frame)?.variables ?? new Map<string, Value>();
  const isIt = (value: Value): boolean => isReference(value) && value.r === object;
  for (const [name, value] of variables) if (isIt(value)) return name;
  for (const [name, value] of variables) {
    const at = isParts(value) ? value.items.findIndex(isIt) : -1;
    if (at >= 0) return `${name}[${at}]`;
    const held = isReference(value) ? states.objects.get(value.r) : undefined;
    if (held === undefined || held.entries.size > 200) continue;
    for (const { key, value: inner } of held.entries.values()) {
      if (!isIt(inner)) continue;
      const part = typeof key === 'string' && held.form === 'record' ? `.${key}` : `[${JSON.stringify(key)}]`;
      return `${name}${part.length > 40 ? `[${keyText(held.form, key).slice(0, 30)}…]` : part}`;
    }
  }
  return null;
}

const isParts = (value: Value): value is Extract<Value, { items: unknown }> =>
  value !== null && typeof value === 'object' && 'items' in value;

const isReference = (value: Value): value is { readonly r: number } =>
  value !== null && typeof value === 'object' && 'r' in value;
