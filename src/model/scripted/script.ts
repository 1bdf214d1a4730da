/**
 * What a scripted model answers to what: rules in a file, or a function of a test.
 *
 * A rule matches by the text of the prompt and gives its acts one after another, the last of them for ever; or it draws from a pool, by the request's seed where it has one. An act is a reply or a way of misbehaving.
 * Nothing here knows HTTP.
 */
import { parse } from 'yaml';
import { z } from 'zod';
import { seededRandom, WinnowError } from '../../base/mod.ts';
import { readTextFile } from '../textfile.ts';

/** A request, as far as a script may look at it. */
export interface Asked {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly text: string }[];
  /** All messages, or the text before and behind what is to be filled in. */
  readonly text: string;
  /** The last message. */
  readonly last: string;
  /** Null: no fill-in-the-middle. */
  readonly suffix: string | null;
  readonly count: number;
  readonly seed: number | null;
  readonly temperature: number | null;
  readonly maxTokens: number | null;
  readonly stop: readonly string[];
  readonly tools: readonly string[];
  readonly stream: boolean;
  /** A key was sent. */
  readonly keyed: boolean;
  /** Requests before this one. */
  readonly nth: number;
}

/**
 * `cut`: the connection ends in the middle. `malformed`: JSON that breaks off. `endless`: text without an end. `silent`: nothing comes. `page`: a page of HTML, as
 * of a proxy.
 */
export const faults = ['cut', 'malformed', 'endless', 'silent', 'page'] as const;

export interface Act {
  /** Of the choices in turn; the first again when there are more choices. */
  readonly text?: string | readonly string[] | undefined;
  readonly toolCalls?: readonly { readonly name: string; readonly arguments: unknown }[] | undefined;
  /** `finish_reason`; default `stop`, `tool_calls` or `length` as it is. */
  readonly ending?: string | undefined;
  /** Choices, where it is not as many as were asked for. */
  readonly choices?: number | undefined;
  /** False: tokens are not counted. */
  readonly usage?: boolean | undefined;
  /** Before anything is said, milliseconds. */
  readonly delayMs?: number | undefined;
  /** HTTP status, with `message` as its error. */
  readonly status?: number | undefined;
  readonly message?: string | undefined;
  /** Seconds, for `Retry-After`. */
  readonly retryAfter?: number | undefined;
  readonly fault?: (typeof faults)[number] | undefined;
}

/** What a server answers by. It may keep count of what it was asked. */
export type Script = (asked: Asked) => Act;

const texts = z.union([z.string(), z.array(z.string()).min(1)]);
const act = z.strictObject({
  text: texts.optional(),
  toolCalls: z.array(z.strictObject({ name: z.string(), arguments: z.unknown() })).optional(),
  ending: z.string().optional(),
  choices: z.int().min(0).max(1_000).optional(),
  usage: z.boolean().optional(),
  delayMs: z.int().min(0).max(600_000).optional(),
  status: z.int().min(400).max(599).optional(),
  message: z.string().optional(),
  retryAfter: z.number().min(0).optional(),
  fault: z.enum(faults).optional(),
});
const rule = z
  .strictObject({
    contains: texts.optional(),
    last: texts.optional(),
    matches: z.string().optional(),
    model: z.string().optional(),
    times: z.int().min(1).optional(),
    reply: z.preprocess((given) => (given === undefined ? given : [given].flat()), z.array(act).min(1).optional()),
    pool: z.array(z.string()).min(1).optional(),
    seed: z.int().optional(),
  })
  .refine((one) => (one.reply === undefined) !== (one.pool === undefined), 'either "reply" or "pool" was expected');
const scriptFile = z.strictObject({ rules: z.array(rule), otherwise: act.optional() });
type Rule = z.infer<typeof rule>;

/**
 * @param path JSON or YAML, as docs/models.md describes it
 * @throws WinnowError `path-not-found`, `path-unreadable`, `bad-data`
 */
export function readScript(path: string): Script {
  const text = readTextFile(path, 'script');
  const bad = (reason: string): WinnowError =>
    new WinnowError('bad-data', `${path}: ${reason}. docs/models.md describes scripts.`, { details: { path } });
  let value: unknown;
  try {
    value = parse(text);
  } catch (cause) {
    throw bad(`expected JSON or YAML; ${(cause as Error).message.split('\n')[0]}`);
  }
  const { data, error } = scriptFile.safeParse(value);
  if (data === undefined) {
    const { path: at = [], message = '' } = error?.issues[0] ?? {};
    throw bad(`${at.join('.') || 'the file'}: ${message}`);
  }
  return scriptOf(data, bad);
}

function scriptOf({ rules, otherwise }: z.infer<typeof scriptFile>, bad: (reason: string) => WinnowError): Script {
  const answers = rules.map((one, at) => {
    try {
      return { fits: matcher(one), answer: answerer(one), times: one.times ?? Number.POSITIVE_INFINITY, used: 0 };
    } catch (cause) {
      throw bad(`rules.${at}.matches: ${(cause as Error).message}`);
    }
  });
  return (asked) => {
    const found = answers.find(({ fits, used, times }) => used < times && fits(asked));
    if (found === undefined)
      return (
        otherwise ?? {
          status: 400,
          message: `no rule of the script fits this prompt, which ends in: ${asked.last.slice(-200)}`,
        }
      );
    return found.answer(asked, found.used++);
  };
}

function matcher({ contains = [], last = [], matches, model }: Rule): (asked: Asked) => boolean {
  const inAll = [contains].flat();
  const inLast = [last].flat();
  const expression = matches === undefined ? null : new RegExp(matches, 'su');
  return (asked) =>
    (model === undefined || asked.model === model) &&
    inAll.every((text) => asked.text.includes(text)) &&
    inLast.every((text) => asked.last.includes(text)) &&
    (expression === null || expression.test(asked.text));
}

function answerer({ reply, pool, seed = 0 }: Rule): (asked: Asked, turn: number) => Act {
  if (pool !== undefined)
    return (asked, turn) => {
      // The same request draws the same when it has a seed, and anew when it has none.
      const random = seededRandom(seed + 7_919 * (asked.seed ?? turn));
      return { text: Array.from({ length: asked.count }, () => pool[random.int(pool.length)] as string) };
    };
  const acts: readonly Act[] = reply ?? [];
  return (_, turn) => acts[Math.min(turn, acts.length - 1)] as Act;
}
