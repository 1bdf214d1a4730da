/**
 * Answers in OpenAI's form, read for what the SDK leaves out: every choice and not the first alone, and the log-probabilities of each.
 *
 * The answer is a stranger's, so whatever has not the expected shape is left out here, and the count of what was read tells.
 */
import type { Reply, ReplyEnding, TokenLogProbability, ToolCall } from '../types.ts';

type Row = Readonly<Record<string, unknown>>;

const rowOf = (value: unknown): Row => (typeof value === 'object' && value !== null ? (value as Row) : {});
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The replies of a body of `chat/completions` or `completions`, by their index. */
export function repliesIn(body: unknown): Reply[] {
  return listOf(rowOf(body).choices)
    .map((choice, at) => ({ choice: rowOf(choice), at }))
    .filter(({ choice }) => typeof choice.text === 'string' || typeof choice.message === 'object')
    .sort((a, b) => Number(a.choice.index ?? a.at) - Number(b.choice.index ?? b.at))
    .map(({ choice }) => replyIn(choice));
}

function replyIn(choice: Row): Reply {
  const message = rowOf(choice.message);
  const refusal = textOf(message.refusal);
  const toolCalls = listOf(message.tool_calls).flatMap((call, at) => toolCallIn(rowOf(call), at));
  return {
    text: typeof choice.text === 'string' ? choice.text : contentText(message.content) + refusal,
    ending: refusal === '' ? endingOf(choice.finish_reason) : 'refused',
    toolCalls,
    logProbabilities: logProbabilitiesIn(choice.logprobs),
  };
}

/** Some servers write a message as a list of parts. */
const contentText = (content: unknown): string =>
  typeof content === 'string'
    ? content
    : listOf(content)
        .map((part) => textOf(rowOf(part).text))
        .join('');

function toolCallIn(call: Row, at: number): ToolCall[] {
  const { name, arguments: given } = rowOf(call.function);
  if (typeof name !== 'string') return [];
  return [
    {
      id: textOf(call.id) || `call-${at}`,
      name,
      arguments: typeof given === 'string' ? given : JSON.stringify(given ?? {}),
    },
  ];
}

export function endingOf(reason: unknown): ReplyEnding {
  switch (reason) {
    case 'stop':
    case 'eos':
      return 'stop';
    case 'length':
      return 'length';
    case 'tool_calls':
    case 'tool-calls':
    case 'function_call':
      return 'tool-calls';
    case 'content_filter':
    case 'content-filter':
      return 'refused';
    default:
      return 'other';
  }
}

/** Chat: `{ content: [{ token, logprob }] }`; text completions: `{ tokens, token_logprobs }`. */
export function logProbabilitiesIn(given: unknown): TokenLogProbability[] | null {
  const row = rowOf(given);
  const numbers = listOf(row.token_logprobs);
  const rows = Array.isArray(row.content)
    ? listOf(row.content).map((one) => ({ token: rowOf(one).token, logProbability: rowOf(one).logprob }))
    : listOf(row.tokens).map((token, at) => ({ token, logProbability: numbers[at] }));
  const read = rows.filter(
    (one): one is TokenLogProbability =>
      typeof one.token === 'string' && typeof one.logProbability === 'number' && !Number.isNaN(one.logProbability),
  );
  return read.length === 0 ? null : read;
}
