/** The nouns of tracing as schemas, for answers in JSON. */
import { z } from 'zod';
import { traceLevels } from '../../run/mod.ts';
import { partialSchema } from './run-partial-schemas.ts';
import { output as runOutput } from './run-schemas.ts';

const whole = z.int().min(0);

/** As in docs/formats.md; its own schema would be as long as the value. */
const value = z.unknown().describe('A value as docs/formats.md says: a plain one, or {"r": number of an object}');

const inFrame = {
  frame: whole.describe('Number of the activation, from 1; 0: none'),
  thread: whole,
  skipped: whole.describe('Executions of lines since the event before that are no events'),
};

const eventSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({
      ...inFrame,
      kind: z.literal('call'),
      code: whole.describe('Index of codes'),
      caller: whole,
      arguments: z.array(z.strictObject({ name: z.string(), value })),
    }),
    z.strictObject({ ...inFrame, kind: z.enum(['line', 'block']), line: whole, code: z.int() }),
    z.strictObject({
      ...inFrame,
      kind: z.literal('branch'),
      line: whole,
      way: z.enum(['true', 'false', 'case', 'exception', 'next']),
      to: whole,
    }),
    z.strictObject({
      ...inFrame,
      kind: z.literal('write'),
      name: z.string(),
      scope: z.enum(['local', 'closure', 'global']),
      value,
      gone: z.boolean(),
    }),
    z.strictObject({
      ...inFrame,
      kind: z.literal('object'),
      object: whole,
      type: z.string(),
      form: z.enum(['sequence', 'mapping', 'set', 'record']),
      whole: z.boolean(),
      size: whole,
      entries: z.array(z.tuple([value, value])),
      removed: z.array(value),
    }),
    z.strictObject({ ...inFrame, kind: z.enum(['return', 'yield', 'resume']), value }),
    z.strictObject({ ...inFrame, kind: z.literal('raise'), line: whole, type: z.string(), message: z.string() }),
    z.strictObject({ ...inFrame, kind: z.literal('unwind') }),
    z.strictObject({ ...inFrame, kind: z.literal('output'), stream: z.enum(['stdout', 'stderr']), text: z.string() }),
    z.strictObject({
      ...inFrame,
      kind: z.literal('note'),
      about: z.enum(['process', 'tracer', 'thread', 'memory', 'syntax']),
      text: z.string(),
    }),
  ])
  .describe('One kind of event each; docs/formats.md tells what they mean');

const traceSchema = z.strictObject({
  language: z.string(),
  runtime: z.string(),
  level: z.enum(traceLevels),
  limits: z.strictObject({
    events: whole,
    bytes: whole,
    firstHits: whole,
    lastHits: whole,
    items: whole,
    text: whole,
    depth: whole,
  }),
  codes: z.array(
    z.strictObject({
      file: z.string(),
      name: z.string(),
      kind: z.enum(['module', 'function', 'class', 'generator', 'coroutine', 'part']),
      line: whole,
      end: whole,
    }),
  ),
  events: z.array(eventSchema),
  gaps: z.strictObject({
    skippedLines: whole.describe('Executions of lines that are no events'),
    uncountedLines: whole.describe('Lines that ran on without being counted'),
    droppedEvents: whole,
    cut: z.boolean().describe('The recording has no end: the program was stopped'),
    unreadable: whole,
  }),
});

export const output = z.strictObject({
  schema: z.literal('winnow.trace/1'),
  outcome: runOutput.shape.outcome.unwrap(),
  traces: z.array(traceSchema).describe('Of the program; then of other processes that recorded'),
  files: z
    .array(
      z.strictObject({
        path: z.string(),
        source: z.string(),
        lines: z
          .array(z.tuple([whole, whole]))
          .describe('Line, and how often it ran; at level coverage 1 is once or more'),
        branches: z.array(
          z.strictObject({
            line: whole,
            to: whole.describe('Where it goes on; 0: the end of the function'),
            count: whole,
          }),
        ),
      }),
    )
    .describe('What was looked into'),
  left: z
    .array(z.strictObject({ path: z.string(), reason: z.string() }))
    .describe('Files that could not be looked into'),
  partial: partialSchema.describe('What --partial found, of the run that is traced; null without it'),
  coverage: z.string().nullable().describe('What --coverage asked for, as text; null without it'),
  monologue: z.string().nullable().describe('The run in words, as --monologue asked for; null without it'),
  shown: z
    .strictObject({ function: z.string().nullable(), limit: whole, width: whole })
    .describe('What the text view shows: of --function, --limit and --width'),
  written: z.array(z.string()).describe('Files that this command wrote'),
  notices: z.array(z.string()),
});

export type TraceOutput = z.output<typeof output>;
