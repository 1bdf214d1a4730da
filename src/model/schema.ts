/**
 * JSON by a schema: what is told to the model, what is read from a reply, and what is said when it does not fit.
 *
 * A provider that knows schemas is given it in its own way. The others are told in words. Either way the value is checked here, and a reply that does not fit is sent back once with what is
 * wrong with it. What does not fit then is refused.
 */
import { z } from 'zod';
import { WinnowError } from '../base/mod.ts';
import type { CompleteRequest } from './request.ts';
import type { Message, Reply } from './types.ts';

/** @returns what is wrong with a value, in words; empty: it fits */
export type Check = (value: unknown) => readonly string[];

/** Of what is wrong, so much is told. */
const toldProblems = 10;

/** @throws WinnowError `bad-usage` for what is no schema or none that can be checked */
export function openSchema(schema: Readonly<Record<string, unknown>>): Check {
  let type: z.ZodType;
  try {
    type = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
  } catch (cause) {
    throw new WinnowError('bad-usage', `Expected a JSON schema that can be checked; ${(cause as Error).message}.`);
  }
  return (value) => {
    const { error } = type.safeParse(value);
    return (error?.issues ?? [])
      .slice(0, toldProblems)
      .map(({ path, message }) => `${path.length === 0 ? 'the value' : path.join('.')}: ${message}`);
  };
}

/** The request with the schema in words, for a provider that has no other way. */
export function toldInWords(request: CompleteRequest): CompleteRequest {
  const text = `Answer with one JSON value that fits this JSON schema, and nothing else: no prose, no fences.\n\n${JSON.stringify(request.schema)}`;
  return { ...request, messages: [...request.messages, { role: 'user', parts: [{ kind: 'instruction', text }] }] };
}

/** @returns the value of a reply, or what is wrong */
export function valueOf(
  reply: Reply,
  check: Check,
): { readonly value: unknown } | { readonly problems: readonly string[] } {
  const read = jsonIn(reply.text);
  if (read === null)
    return {
      problems: [
        reply.ending === 'length'
          ? 'the reply was cut at its limit of tokens, before the JSON was complete'
          : reply.text.trim() === ''
            ? 'the reply is empty'
            : 'the reply is not one JSON value',
      ],
    };
  const problems = check(read.value);
  return problems.length === 0 ? read : { problems };
}

/** The one JSON value of a text: the text itself, or its one fenced block. Several are none, since nobody said which. */
export function jsonIn(text: string): { readonly value: unknown } | null {
  const blocks = [...text.matchAll(/^[ \t]*(`{3,}|~{3,})[^\n]*\n([\s\S]*?)^[ \t]*\1[ \t]*$/gm)].map(
    ([, , body = '']) => body,
  );
  for (const candidate of blocks.length === 1 ? [text, blocks[0] as string] : [text]) {
    try {
      return { value: JSON.parse(candidate) as unknown };
    } catch {
      // Not this one.
    }
  }
  return null;
}

/** The same request with the reply that did not fit, which is data like any other text of a stranger, and what is wrong with it. */
export function askedAgain(request: CompleteRequest, reply: Reply, problems: readonly string[]): CompleteRequest {
  const message: Message = {
    role: 'user',
    parts: [
      { kind: 'data', label: 'your last reply', text: reply.text },
      { kind: 'data', label: 'what is wrong with it', text: problems.join('\n') },
      {
        kind: 'instruction',
        text: 'Write the reply again so that it is one JSON value that fits the schema, and nothing else.',
      },
    ],
  };
  const { seed } = request.sampling;
  return {
    ...request,
    messages: [...request.messages, message],
    // The seed that drew the wrong one may draw it again.
    sampling: { ...request.sampling, count: 1, ...(seed === undefined ? {} : { seed: seed + 1 }) },
  };
}
