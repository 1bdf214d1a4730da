/**
 * OpenAI's protocol as a server writes it: bodies of `chat/completions` and `completions`, whole or in chunks, with usage and log-probabilities.
 *
 * Tokens are pieces of up to four characters, and a log-probability is a number that follows from the piece, so that equal texts have equal ones.
 */
import type { Act, Asked } from './script.ts';

export interface WireReply {
  readonly tokens: readonly string[];
  readonly toolCalls: readonly object[];
  readonly ending: string;
}

export const tokensOf = (text: string): string[] => text.match(/\s*\S{1,4}|\s+$/g) ?? [];

/** The replies of an act, cut at stop sequences and at the limit of tokens as a server does it. */
export function wireReplies(act: Act, asked: Asked): WireReply[] {
  const texts = [act.text ?? ''].flat();
  return Array.from({ length: act.choices ?? asked.count }, (_, at) => {
    const whole = texts[at % texts.length] ?? '';
    const stops = asked.stop.map((one) => whole.indexOf(one)).filter((found) => found !== -1);
    const tokens = tokensOf(whole.slice(0, Math.min(whole.length, ...stops)));
    const limit = asked.maxTokens ?? Number.POSITIVE_INFINITY;
    const toolCalls = (act.toolCalls ?? []).map(({ name, arguments: given }, index) => ({
      index,
      id: `call_${asked.nth}_${index}`,
      type: 'function',
      function: { name, arguments: typeof given === 'string' ? given : JSON.stringify(given ?? {}) },
    }));
    const ending = toolCalls.length > 0 ? 'tool_calls' : tokens.length > limit ? 'length' : 'stop';
    return { tokens: tokens.slice(0, limit), toolCalls, ending: act.ending ?? ending };
  });
}

export function usageOf(asked: Asked, replies: readonly WireReply[]): object {
  const prompt = tokensOf(asked.text).length;
  const completion = replies.reduce((sum, { tokens }) => sum + tokens.length, 0);
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
}

/** @param logs whether log-probabilities were asked for */
export function wholeBody(act: Act, asked: Asked, logs: boolean): object {
  const replies = wireReplies(act, asked);
  const isChat = asked.suffix === null;
  return {
    ...head(asked, isChat ? 'chat.completion' : 'text_completion'),
    choices: replies.map(({ tokens, toolCalls, ending }, index) => ({
      index,
      ...(isChat
        ? {
            message: {
              role: 'assistant',
              content: tokens.join(''),
              ...(toolCalls.length === 0 ? {} : { tool_calls: toolCalls }),
            },
          }
        : { text: tokens.join('') }),
      logprobs: logs ? logsOf(tokens, isChat) : null,
      finish_reason: ending,
    })),
    ...(act.usage === false ? {} : { usage: usageOf(asked, replies) }),
  };
}

/** The events of a stream of the first reply, without the `[DONE]` at its end. */
export function* chunks(act: Act, asked: Asked, logs: boolean): Generator<object> {
  const replies = wireReplies(act, asked);
  const [reply] = replies;
  const isChat = asked.suffix === null;
  const chunk = (choices: readonly object[], rest: object = {}): object => ({
    ...head(asked, isChat ? 'chat.completion.chunk' : 'text_completion'),
    choices,
    ...rest,
  });
  for (const token of reply?.tokens ?? [])
    yield chunk([
      {
        index: 0,
        ...(isChat ? { delta: { role: 'assistant', content: token } } : { text: token }),
        logprobs: logs ? logsOf([token], isChat) : null,
        finish_reason: null,
      },
    ]);
  if (reply !== undefined) {
    const delta = reply.toolCalls.length === 0 ? {} : { tool_calls: reply.toolCalls };
    yield chunk([{ index: 0, ...(isChat ? { delta } : { text: '' }), finish_reason: reply.ending }]);
  }
  if (act.usage !== false) yield chunk([], { usage: usageOf(asked, replies) });
}

const head = (asked: Asked, object: string): object => ({
  id: `scripted-${asked.nth}`,
  object,
  created: 0,
  model: asked.model,
});

function logsOf(tokens: readonly string[], isChat: boolean): object {
  const rows = tokens.map((token) => ({ token, logprob: -((token.codePointAt(0) ?? 0) % 100) / 50, top_logprobs: [] }));
  return isChat
    ? { content: rows }
    : { tokens: rows.map(({ token }) => token), token_logprobs: rows.map(({ logprob }) => logprob) };
}
