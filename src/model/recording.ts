/**
 * Recordings: every answer of a run in a file, and a run that is given them again.
 *
 * JSON lines (docs/formats.md, "Recordings of models"). A row has a request, how often it had been asked before, and what came. A replay gives the nth answer of a request to whoever
 * asks it for the nth time, so it does not matter in which order concurrent calls end. What is not recorded is an error that names the nearest request; nothing is ever made up. Failures and budgets
 * that ended are recorded too, as they are part of what a run met; only who cancelled a run has not cancelled its replay.
 */
import { appendFileSync, existsSync, truncateSync } from 'node:fs';
import { z } from 'zod';
import { type ErrorCode, errorTable, WinnowError } from '../base/mod.ts';
import { visible } from './render.ts';
import { type CompleteRequest, canonical, requestKey } from './request.ts';
import { readTextFile } from './textfile.ts';
import { type Answer, type Capability, capabilities, replyEndings } from './types.ts';

const format = 'winnow.model-recording/1';

export interface Recorder {
  /** To be called when a request is asked, in that order. @returns what to do with its end */
  begin(request: CompleteRequest): (end: Answer | WinnowError) => void;
}

export interface Replayer {
  /** What the model could when it was recorded; null: it was not. */
  readonly capabilities: ReadonlySet<Capability> | null;
  /** @throws WinnowError `no-recorded-reply`, or the failure that was recorded */
  next(request: CompleteRequest): Answer;
}

const tokens = z.number().nullable();
const answerRow = z.strictObject({
  replies: z.array(
    z.strictObject({
      text: z.string(),
      ending: z.enum(replyEndings),
      toolCalls: z.array(z.strictObject({ id: z.string(), name: z.string(), arguments: z.string() })),
      logProbabilities: z.array(z.strictObject({ token: z.string(), logProbability: z.number() })).nullable(),
      value: z.unknown().optional(),
    }),
  ),
  usage: z.strictObject({ inputTokens: tokens, outputTokens: tokens }),
  cost: z.number().nullable(),
  missing: z.strictObject({ count: z.int().min(1), reason: z.string() }).optional(),
});
/** What both the cache and recordings keep of an answer. */
export type KeptAnswer = z.infer<typeof answerRow>;

const recordedRow = z.strictObject({
  key: z.string(),
  nth: z.int().min(0),
  model: z.string(),
  capabilities: z.array(z.enum(capabilities)),
  request: z.record(z.string(), z.unknown()),
  answer: answerRow.optional(),
  failure: z
    .strictObject({
      code: z.string().refine((code): code is ErrorCode => Object.hasOwn(errorTable, code), 'an unknown code'),
      message: z.string(),
      details: z.record(z.string(), z.unknown()),
    })
    .optional(),
});
type RecordedRow = z.infer<typeof recordedRow>;

/** @returns null for what is not one */
export const readAnswer = (value: unknown): KeptAnswer | null => answerRow.safeParse(value).data ?? null;

export const keptOf = ({ replies, usage, cost, missing }: Answer): object => ({ replies, usage, cost, missing });

/** As an answer of today; a value that is absent stays absent. */
export function answerOf(kept: KeptAnswer, from: Answer['from']): Answer {
  const replies = kept.replies.map(({ value, ...reply }) => (value === undefined ? reply : { ...reply, value }));
  const { missing, ...rest } = kept;
  return { ...rest, replies, from, ...(missing === undefined ? {} : { missing }) };
}

/**
 * Goes on with a recording that is there, so that a run that is taken up again has one.
 *
 * @throws WinnowError `bad-data` where another file is there, `store-unwritable`
 */
export function openRecorder(path: string, id: string, able: ReadonlySet<Capability>): Recorder {
  const asked = new Map<string, number>();
  try {
    const there = Buffer.from(existsSync(path) ? readTextFile(path, 'recording') : '');
    if (there.length === 0) appendFileSync(path, `${JSON.stringify({ format })}\n`);
    else {
      for (const { key, nth } of readRecording(path)) asked.set(key, Math.max(asked.get(key) ?? 0, nth + 1));
      // Half a row, where the last run was killed; nothing is left of it. This also says whether the file can be written.
      truncateSync(path, there.lastIndexOf('\n') + 1);
    }
  } catch (cause) {
    throw cause instanceof WinnowError ? cause : unwritable(path, cause);
  }
  return {
    begin(request) {
      const key = requestKey(id, request);
      const nth = asked.get(key) ?? 0;
      asked.set(key, nth + 1);
      return (end) => {
        const came =
          end instanceof WinnowError
            ? { failure: { code: end.code, message: end.message, details: end.details } }
            : { answer: keptOf(end) };
        // In one piece and at once: what a run was given is in the file before it is used.
        try {
          const row = {
            key,
            nth,
            model: id,
            capabilities: [...able],
            request: JSON.parse(canonical(request)),
            ...came,
          };
          appendFileSync(path, `${JSON.stringify(row)}\n`);
        } catch (cause) {
          throw unwritable(path, cause);
        }
      };
    },
  };
}

/** @throws WinnowError `path-not-found`, `path-unreadable`, `bad-data` */
export function openReplayer(path: string, id: string): Replayer {
  const rows = readRecording(path);
  // A request that somebody cancelled has a turn and no row: turns are an order, and not places.
  const turns = Map.groupBy(
    [...rows].sort((a, b) => a.nth - b.nth),
    ({ key }) => key,
  );
  const asked = new Map<string, number>();
  const own = rows.find(({ model }) => model === id);
  return {
    capabilities: own === undefined ? null : new Set(own.capabilities),
    next(request) {
      const key = requestKey(id, request);
      const nth = asked.get(key) ?? 0;
      const row = turns.get(key)?.[nth];
      if (row === undefined) throw notRecorded(path, id, request, nth, rows);
      asked.set(key, nth + 1);
      if (row.failure !== undefined) {
        const { code, message, details } = row.failure;
        throw new WinnowError(code as ErrorCode, message, { details });
      }
      return answerOf(row.answer as KeptAnswer, 'recording');
    },
  };
}

/** Names of the models of a recording, each once. @throws as `openReplayer` */
export const recordedModels = (path: string): string[] => [...new Set(readRecording(path).map(({ model }) => model))];

function readRecording(path: string): RecordedRow[] {
  const text = readTextFile(path, 'recording');
  const bad = (line: number, expected: string): WinnowError =>
    new WinnowError('bad-data', `${path}, line ${line}: expected ${expected}.`, { details: { path, line } });
  const lines = text.split('\n');
  // A killed run leaves half a line at most, which was nobody's answer yet.
  lines.pop();
  const [head = '', ...rest] = lines;
  if ((parsed(head) as { format?: unknown } | null)?.format !== format)
    throw bad(1, `{"format":"${format}"}, the first line of a recording of a model`);
  return rest.map((line, at) => {
    const row = recordedRow.safeParse(parsed(line)).data;
    if (row === undefined || (row.answer === undefined) === (row.failure === undefined))
      throw bad(at + 2, 'a request with its answer or failure');
    return row;
  });
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

function notRecorded(
  path: string,
  id: string,
  request: CompleteRequest,
  nth: number,
  rows: readonly RecordedRow[],
): WinnowError {
  const details = { path, model: id, nth };
  if (nth > 0)
    return new WinnowError(
      'no-recorded-reply',
      `${path} has ${nth} ${nth === 1 ? 'answer' : 'answers'} to this request, and it was asked once more. Record the run anew.`,
      { details },
    );
  const wanted = canonical(request);
  const others = rows.filter(({ nth: turn }) => turn === 0);
  const [nearest] = others
    .map((row) => ({ row, text: canonical(row.request) }))
    .map(({ row, text }) => ({ row, text, same: sameStart(wanted, text) + sameEnd(wanted, text) }))
    .sort((a, b) => b.same - a.same);
  const otherModel = nearest !== undefined && nearest.text === wanted ? nearest.row.model : null;
  const where = nearest === undefined ? 0 : sameStart(wanted, nearest.text);
  const told =
    nearest === undefined
      ? 'It holds no requests.'
      : otherModel !== null
        ? `The same request is recorded of ${otherModel}, and it was asked of ${id}.`
        : `The nearest of its ${others.length} differs from it at character ${where}: recorded «${around(nearest.text, where)}», asked «${around(wanted, where)}».`;
  return new WinnowError('no-recorded-reply', `${path} holds no answer to this request. ${told} Record the run anew.`, {
    details,
  });
}

const around = (text: string, at: number): string => visible(text.slice(Math.max(0, at - 30), at + 60));

function sameStart(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  return at;
}

function sameEnd(a: string, b: string): number {
  let count = 0;
  while (count < Math.min(a.length, b.length) && a[a.length - 1 - count] === b[b.length - 1 - count]) count++;
  return count;
}

const unwritable = (path: string, cause: unknown): WinnowError => {
  const { code } = cause as NodeJS.ErrnoException;
  return new WinnowError(
    code === 'ENOSPC' ? 'disk-full' : 'store-unwritable',
    `The recording ${path} cannot be written (${code}). Give a file in a directory that can be.`,
    { details: { path } },
  );
};
