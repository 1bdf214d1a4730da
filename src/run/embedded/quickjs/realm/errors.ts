/** Errors as `inspect` shows them: their stack, their class where the stack does not say it, their cause. */

import { type Context, formatValue, prefixOf } from './inspect.ts';
import { isError } from './kinds.ts';

/** @param keys the error's own keys; those that the stack already says are taken out, and `cause` and `errors` put in */
export function showError(
  context: Context,
  error: Error,
  constructor: string | null,
  tag: string,
  keys: PropertyKey[],
): string {
  const stack = stackOf(context, error);
  const message = read(error, 'message');
  const name = read(error, 'name') ?? 'Error';
  if (!context.showHidden) {
    const drop = (key: string, isSaid: boolean) => {
      const at = keys.indexOf(key);
      if (at !== -1 && isSaid) keys.splice(at, 1);
    };
    drop('stack', true);
    drop('message', typeof message !== 'string' || stack.includes(message));
    drop('name', typeof name !== 'string' || stack.includes(name));
  }
  if (Object.hasOwn(error, 'cause') && !keys.includes('cause')) keys.push('cause');
  if (Array.isArray(read(error, 'errors')) && Object.hasOwn(error, 'errors') && !keys.includes('errors'))
    keys.push('errors');
  let shown = improve(stack, constructor, String(name), tag);
  const said = typeof message === 'string' && message !== '' ? shown.indexOf(message) + message.length : 0;
  const frames = shown.indexOf('\n    at', said);
  if (frames === -1) shown = `[${shown}]`;
  else
    shown = shown.slice(0, frames + 1) + withoutCause(context, error, shown.slice(frames + 1).split('\n')).join('\n');
  return context.indentation === 0 ? shown : shown.replaceAll('\n', `\n${' '.repeat(context.indentation)}`);
}

/** Frames that the cause's own stack will show are said in one line. */
function withoutCause(context: Context, error: Error, frames: string[]): string[] {
  const cause = read(error, 'cause');
  if (typeof cause !== 'object' || cause === null || !isError(cause)) return frames;
  const stack = stackOf(context, cause as Error);
  const start = stack.indexOf('\n    at');
  if (start === -1) return frames;
  const others = stack.slice(start + 1).split('\n');
  for (let i = 0; i < frames.length - 3; i++) {
    const at = others.indexOf(frames[i] as string);
    if (at === -1) continue;
    let length = 1;
    while (i + length < frames.length && at + length < others.length && frames[i + length] === others[at + length])
      length++;
    // Three are shown in full; of more, the first and the last. Node.
    if (length > 3)
      return frames.toSpliced(i + 1, length - 2, `    ... ${length - 2} lines matching cause stack trace ...`);
  }
  return frames;
}

function read(error: Error, key: string): unknown {
  try {
    return (error as unknown as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}

function stackOf(context: Context, error: Error): string {
  const stack = read(error, 'stack');
  if (typeof stack === 'string' && stack !== '') return stack;
  const text = Error.prototype.toString.call(error);
  if (!stack) return text;
  context.seen.push(error);
  context.indentation += 4;
  const shown = formatValue(context, stack, 0);
  context.indentation -= 4;
  context.seen.pop();
  return `${text}\n    ${shown}`;
}

/** Says the class of an error whose name does not. */
function improve(stack: string, constructor: string | null, name: string, tag: string): string {
  const startsWithName = name.endsWith('Error') && stack.startsWith(name) && /^(:|\n|$)/.test(stack.slice(name.length));
  if (constructor !== null && !startsWithName) return stack;
  let fallback = 'Error';
  let length = name.length;
  if (constructor === null) {
    const start = /^([A-Z][a-z_ A-Z0-9[\]()-]+)(?::|\n {4}at)/.exec(stack) ?? /^([a-z_A-Z0-9-]*Error)$/.exec(stack);
    fallback = start?.[1] ?? '';
    length = fallback.length;
    fallback ||= 'Error';
  }
  const prefix = prefixOf(constructor, tag, fallback).slice(0, -1);
  if (name === prefix) return stack;
  if (!prefix.includes(name)) return `${prefix} [${name}]${stack.slice(length)}`;
  return length === 0 ? `${prefix}: ${stack}` : `${prefix}${stack.slice(length)}`;
}
