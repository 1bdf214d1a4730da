/**
 * A run told in words, one sentence for each event, forwards or backwards; and the way back from the words to the events.
 *
 * After SemCoder (Ding et al. 2024), whose models learn from runs that are told so. There a model writes the words and a check throws wrong ones
 * away; here templates write them from the trace, so that they are true, and `readMonologue` gives back the very events, so that nothing was lost.
 * Backwards, a write also says what was there before it: what one must find out who reasons from the result to the input. Sentences never
 * say why; a trace does not know it.
 */

import { entryWords, listWords, MonologueScanner, NoSentence, nameText, valueWords } from './monologuewords.ts';
import { traceStates } from './states.ts';
import { type Trace, type TraceCode, type TraceEvent, traceNotes, type Value } from './types.ts';

export const monologueDirections = ['forward', 'backward'] as const;
export type MonologueDirection = (typeof monologueDirections)[number];

export interface Monologue {
  readonly direction: MonologueDirection;
  readonly codes: readonly TraceCode[];
  /** In the order of the run, whatever the direction. */
  readonly events: readonly TraceEvent[];
}

/** What stands in a sentence, by name: the event's own, and what the tale adds. */
type Told = Readonly<Record<string, unknown>>;

/** How a piece of a sentence is written and read. What says nothing of the event is read past: `undefined`. */
interface Piece {
  readonly write: (value: never, told: Told) => string;
  readonly read: (scanner: MonologueScanner) => unknown;
}

const count: Piece = { write: String, read: (scanner) => scanner.number() };
const text: Piece = { write: (value: string) => JSON.stringify(value), read: (scanner) => scanner.text() };
const name: Piece = { write: nameText, read: (scanner) => scanner.name() };
const value: Piece = { write: valueWords, read: (scanner) => scanner.value() };
const oneOf = (words: readonly string[]): Piece => ({
  write: (word: string) => word,
  read: (scanner) => scanner.oneOf(words),
});
const named = (words: Readonly<Record<string, string>>): Piece => ({
  write: (word: string) => words[word] as string,
  read: (scanner) => {
    const found = scanner.oneOf(Object.values(words));
    return Object.keys(words).find((word) => words[word] === found);
  },
});

const pieces: Readonly<Record<string, Piece>> = {
  frame: count,
  line: count,
  to: count,
  object: count,
  size: count,
  end: {
    write: (line: number) => (line === 0 ? 'an unknown one' : String(line)),
    read: (scanner) => (scanner.takes('an unknown one') ? 0 : scanner.number()),
  },
  caller: count,
  name,
  type: name,
  value,
  message: text,
  text,
  file: text,
  language: name,
  stream: oneOf(['stdout', 'stderr']),
  direction: oneOf(monologueDirections),
  form: oneOf(['sequence', 'mapping', 'set', 'record']),
  about: oneOf(traceNotes),
  way: oneOf(['true', 'false', 'case', 'exception', 'next']),
  scope: named({ local: 'its', closure: 'the enclosing', global: 'the global' }),
  codeKind: oneOf(['module', 'function', 'class', 'generator', 'coroutine', 'part']),
  code: count,
  /** A line says its code only where the recording does. */
  ofCode: {
    write: (code: number) => (code < 0 ? '' : ` (code ${code})`),
    read: (scanner) => {
      if (!scanner.takes(' (code ')) return -1;
      const code = scanner.number();
      scanner.needs(')');
      return code;
    },
  },
  arguments: {
    write: (all: readonly { readonly name: string; readonly value: Value }[]) =>
      listWords(all.map((one) => `${nameText(one.name)} = ${valueWords(one.value)}`)),
    read: (scanner) =>
      scanner.list(() => {
        const own = scanner.name();
        scanner.needs(' = ');
        return { name: own, value: scanner.value() };
      }),
  },
  whole: named({ true: 'is all of', false: 'has changed in' }),
  entries: {
    write: (all: readonly (readonly [Value, Value])[]) => listWords(all.map(entryWords)),
    read: (scanner) => scanner.entries(),
  },
  removed: {
    write: (all: readonly Value[]) => listWords(all.map(valueWords)),
    read: (scanner) => scanner.list(() => scanner.value()),
  },
  source: {
    write: (line: string) => (line === '' ? '' : `  | ${line}`),
    read: (scanner) => (scanner.takes('  | ') ? scanner.rest() : undefined),
  },
  was: {
    write: (before: Value | undefined) =>
      before === undefined ? ', which had no value before' : `, which had been ${valueWords(before)}`,
    read: (scanner) => {
      if (scanner.takes(', which had no value before')) return;
      scanner.needs(', which had been ');
      scanner.value();
    },
  },
};

const template = (words: string): readonly string[] => words.split(/\{(\w+)\}/);

const write = (parts: readonly string[], told: Told): string =>
  parts.map((part, at) => (at % 2 === 0 ? part : pieces[part]?.write(told[part] as never, told))).join('');

/** @throws NoSentence */
function read(parts: readonly string[], scanner: MonologueScanner): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  parts.forEach((part, at) => {
    if (at % 2 === 0) scanner.needs(part);
    else found[part] = pieces[part]?.read(scanner);
  });
  if (!scanner.atEnd) throw new NoSentence();
  return found;
}

/** Forwards, and backwards. No sentence is also one of another kind. */
const sentences: readonly (readonly [kind: string, forward: readonly string[], backward: readonly string[]])[] = (
  [
    [
      'call',
      'Call {frame} begins, of code {code}, from call {caller}, with {arguments}.',
      'So it was when call {frame} began, of code {code}, from call {caller}, with {arguments}.',
    ],
    [
      'line',
      'Call {frame}{ofCode} runs line {line}.{source}',
      'That was done by line {line} of call {frame}{ofCode}.{source}',
    ],
    [
      'block',
      'Call {frame}{ofCode} enters the block of line {line}.{source}',
      'That was done by the block of line {line} of call {frame}{ofCode}.{source}',
    ],
    [
      'branch',
      'Call {frame} decides at line {line}: {way}, on to line {to}.',
      'Call {frame} came to line {to} because line {line} had decided: {way}.',
    ],
    ['write', 'Call {frame} sets {scope} {name} to {value}.', 'Call {frame} had set {scope} {name} to {value}{was}.'],
    ['gone', 'Call {frame} removes {scope} {name}.', 'Call {frame} had removed {scope} {name}{was}.'],
    [
      'object',
      'In call {frame}, object #{object}, a {form} {type} of {size}: this {whole} it: {entries}; gone: {removed}.',
      'In call {frame}, object #{object} had become a {form} {type} of {size}: this {whole} it: {entries}; gone: {removed}.',
    ],
    ['return', 'Call {frame} returns {value}.', 'Call {frame} ended and had given {value}.'],
    ['yield', 'Call {frame} rests and gives {value}.', 'Call {frame} rested and had given {value}.'],
    ['resume', 'Call {frame} goes on with {value}.', 'Call {frame} had gone on with {value}.'],
    [
      'raise',
      'In call {frame}, line {line} raises {type}: {message}.',
      'In call {frame}, line {line} had raised {type}: {message}.',
    ],
    ['unwind', 'Call {frame} is left by the exception.', 'Call {frame} had been left by the exception.'],
    ['output', 'Call {frame} prints to {stream}: {text}.', 'Call {frame} had printed to {stream}: {text}.'],
    ['note', 'In call {frame}, not seen, {about}: {text}.', 'In call {frame}, had not been seen, {about}: {text}.'],
  ] as const
).map(([kind, forward, backward]) => [kind, template(forward), template(backward)]);

const head = template('A run of {language}, told {direction}.');
const codeSentence = template('Code {code} is the {codeKind} {name}, lines {line} to {end} of {file}.');

/**
 * @param sources lines of the files, to stand beside the sentences about lines
 * @returns sentences, one on each line
 */
export function tellTrace(
  { language, codes, events }: Pick<Trace, 'language' | 'codes' | 'events'>,
  direction: MonologueDirection,
  sources: ReadonlyMap<string, readonly string[]> = new Map(),
): string {
  const states = traceStates();
  const told = events.map((event) => {
    const before = event.kind === 'write' ? heldBefore(states, event) : undefined;
    states.apply(event);
    const code = codes[states.frames.get(event.frame)?.code ?? -1];
    return sentence(event, direction, { was: before, source: sourceOf(event, code, sources) });
  });
  if (direction === 'backward') told.reverse();
  const heads = codes.map(({ kind, ...rest }, code) => write(codeSentence, { ...rest, codeKind: kind, code }));
  return `${[write(head, { language, direction }), ...heads, ...told].join('\n')}\n`;
}

function heldBefore(
  states: ReturnType<typeof traceStates>,
  { scope, name: own, frame }: TraceEvent & { kind: 'write' },
) {
  return (scope === 'local' ? states.frames.get(frame)?.variables : states.globals)?.get(own);
}

function sourceOf(
  event: TraceEvent,
  code: TraceCode | undefined,
  sources: ReadonlyMap<string, readonly string[]>,
): string {
  if (event.kind !== 'line' && event.kind !== 'block') return '';
  return (sources.get(code?.file ?? '')?.[event.line - 1] ?? '').trim().replace(/[\r\n]/g, ' ');
}

function sentence(event: TraceEvent, direction: MonologueDirection, more: Told): string {
  const kind = event.kind === 'write' && event.gone ? 'gone' : event.kind;
  const [, forward, backward] = sentences.find(([one]) => one === kind) as (typeof sentences)[number];
  const all: Told = { ...event, ...more, ofCode: 'code' in event ? event.code : -1 };
  const thread = event.thread === 0 ? '' : `[Thread ${event.thread}] `;
  const skipped = event.skipped === 0 ? '' : `[${event.skipped} executions of lines not told] `;
  return `${thread}${skipped}${write(direction === 'forward' ? forward : backward, all)}`;
}

/** What the sentences say. @returns null when a line is none of `tellTrace`'s */
export function readMonologue(told: string): Monologue | null {
  const lines = told.replace(/\n$/, '').split('\n');
  try {
    const { direction } = read(head, new MonologueScanner(lines[0] ?? '')) as { direction: MonologueDirection };
    const codes: TraceCode[] = [];
    const events: TraceEvent[] = [];
    for (const line of lines.slice(1)) {
      if (line.startsWith('Code ')) codes.push(codeOf(line));
      else events.push(eventOf(line, direction));
    }
    return { direction, codes, events: direction === 'forward' ? events : events.reverse() };
  } catch (cause) {
    if (cause instanceof NoSentence) return null;
    throw cause;
  }
}

function codeOf(line: string): TraceCode {
  const { codeKind, code: _, ...rest } = read(codeSentence, new MonologueScanner(line));
  return { ...rest, kind: codeKind } as TraceCode;
}

function eventOf(line: string, direction: MonologueDirection): TraceEvent {
  const start = new MonologueScanner(line);
  const thread = start.takes('[Thread ') ? start.number() : 0;
  if (thread !== 0) start.needs('] ');
  const counted = /\[(\d+) executions of lines not told\] /y;
  const skipped = Number(/\d+/.exec(start.tries(counted) ?? '0')?.[0]);
  for (const [kind, forward, backward] of sentences) {
    const scanner = new MonologueScanner(line);
    scanner.at = start.at;
    try {
      const { ofCode, source: _, was: __, ...rest } = read(direction === 'forward' ? forward : backward, scanner);
      return eventFrom(kind, { ...rest, thread, skipped }, ofCode);
    } catch (cause) {
      if (!(cause instanceof NoSentence)) throw cause;
    }
  }
  throw new NoSentence();
}

function eventFrom(kind: string, found: Record<string, unknown>, ofCode: unknown): TraceEvent {
  if (kind === 'gone') return { ...found, kind: 'write', value: null, gone: true } as TraceEvent;
  if (kind === 'write') return { ...found, kind, gone: false } as TraceEvent;
  if (kind === 'line' || kind === 'block') return { ...found, kind, code: ofCode } as TraceEvent;
  if (kind === 'object') return { ...found, kind, whole: found.whole === 'true' } as TraceEvent;
  return { ...found, kind } as TraceEvent;
}
