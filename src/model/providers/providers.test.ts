/**
 * What each provider is sent, and what is read of its answers: the protocols of Anthropic, Google and OpenAI, spoken by a server on loopback that gives the answers of their references.
 *
 * One suite for all; what a protocol has no place for stands in its row.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codeOf, request } from '../asking.testing.ts';
import { type OpenedModel, openModel } from '../open.ts';

interface Sent {
  readonly path: string;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: Record<string, unknown>;
}

interface Protocol {
  readonly variable: string;
  readonly path: string;
  readonly streamPath: string;
  /** Header that the key goes into, as it stands there. */
  readonly key: readonly [string, string];
  /** `stop` ended it, 7 tokens in, 3 out. */
  readonly text: (text: string) => object;
  readonly call: object;
  readonly events: readonly object[];
  readonly refused: object;
  readonly error: object;
  /** In a stream. */
  readonly overloaded: object;
  /** Fields of the body for a maximum of 50 tokens, a stop sequence and a system message. */
  readonly fields: object;
}

const secret = 'canary-key-1';
const protocols: Readonly<Record<string, Protocol>> = {
  anthropic: {
    variable: 'ANTHROPIC_API_KEY',
    path: '/messages',
    streamPath: '/messages',
    key: ['x-api-key', secret],
    text: (text) => ({
      ...{ id: 'm1', type: 'message', role: 'assistant', model: 'm', content: [{ type: 'text', text }] },
      ...{ stop_reason: 'end_turn', stop_sequence: null, usage: { input_tokens: 7, output_tokens: 3 } },
    }),
    call: {
      ...{ id: 'm1', type: 'message', role: 'assistant', model: 'm' },
      content: [{ type: 'tool_use', id: 't1', name: 'find', input: { word: 'x' } }],
      ...{ stop_reason: 'tool_use', stop_sequence: null, usage: { input_tokens: 7, output_tokens: 3 } },
    },
    events: [
      {
        type: 'message_start',
        message: {
          id: 'm1',
          type: 'message',
          role: 'assistant',
          model: 'm',
          content: [],
          stop_reason: null,
          stop_sequence: null,
          usage: { input_tokens: 7, output_tokens: 1 },
        },
      },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'one ' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'two' } },
      { type: 'content_block_stop', index: 0 },
      { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 3 } },
      { type: 'message_stop' },
    ],
    refused: {
      ...{ id: 'm1', type: 'message', role: 'assistant', model: 'm', content: [] },
      ...{ stop_reason: 'refusal', stop_sequence: null, usage: { input_tokens: 7, output_tokens: 3 } },
    },
    error: { type: 'error', error: { type: 'invalid_request_error', message: 'too long' } },
    overloaded: { type: 'error', error: { type: 'overloaded_error', message: `too many for ${secret}` } },
    fields: { max_tokens: 50, stop_sequences: ['END'], system: [{ type: 'text', text: 'Be brief.' }] },
  },
  google: {
    variable: 'GEMINI_API_KEY',
    path: '/models/m:generateContent',
    streamPath: '/models/m:streamGenerateContent?alt=sse',
    key: ['x-goog-api-key', secret],
    text: (text) => ({
      candidates: [{ content: { role: 'model', parts: [{ text }] }, finishReason: 'STOP', index: 0 }],
      usageMetadata: { promptTokenCount: 7, candidatesTokenCount: 3, totalTokenCount: 10 },
    }),
    call: {
      candidates: [
        {
          content: { role: 'model', parts: [{ functionCall: { name: 'find', args: { word: 'x' } } }] },
          finishReason: 'STOP',
          index: 0,
        },
      ],
      usageMetadata: { promptTokenCount: 7, candidatesTokenCount: 3, totalTokenCount: 10 },
    },
    events: [
      { candidates: [{ content: { role: 'model', parts: [{ text: 'one ' }] }, index: 0 }] },
      {
        candidates: [{ content: { role: 'model', parts: [{ text: 'two' }] }, finishReason: 'STOP', index: 0 }],
        usageMetadata: { promptTokenCount: 7, candidatesTokenCount: 3, totalTokenCount: 10 },
      },
    ],
    refused: {
      candidates: [{ finishReason: 'SAFETY', index: 0 }],
      usageMetadata: { promptTokenCount: 7, candidatesTokenCount: 3, totalTokenCount: 10 },
    },
    error: { error: { code: 400, message: 'too long', status: 'INVALID_ARGUMENT' } },
    overloaded: { error: { code: 503, message: `too many for ${secret}`, status: 'UNAVAILABLE' } },
    fields: {
      generationConfig: expect.objectContaining({ maxOutputTokens: 50, stopSequences: ['END'] }),
      systemInstruction: { parts: [{ text: 'Be brief.' }] },
    },
  },
  openai: {
    variable: 'OPENAI_API_KEY',
    path: '/chat/completions',
    streamPath: '/chat/completions',
    key: ['authorization', `Bearer ${secret}`],
    text: (text) => ({
      ...{ id: 'c1', object: 'chat.completion', created: 0, model: 'm' },
      choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 },
    }),
    call: {
      ...{ id: 'c1', object: 'chat.completion', created: 0, model: 'm' },
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: null,
            tool_calls: [{ id: 't1', type: 'function', function: { name: 'find', arguments: '{"word":"x"}' } }],
          },
          finish_reason: 'tool_calls',
        },
      ],
      usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 },
    },
    events: [
      {
        id: 'c1',
        object: 'chat.completion.chunk',
        created: 0,
        model: 'm',
        choices: [{ index: 0, delta: { role: 'assistant', content: 'one ' }, finish_reason: null }],
      },
      {
        id: 'c1',
        object: 'chat.completion.chunk',
        created: 0,
        model: 'm',
        choices: [{ index: 0, delta: { content: 'two' }, finish_reason: 'stop' }],
      },
      {
        id: 'c1',
        object: 'chat.completion.chunk',
        created: 0,
        model: 'm',
        choices: [],
        usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 },
      },
    ],
    refused: {
      ...{ id: 'c1', object: 'chat.completion', created: 0, model: 'm' },
      choices: [{ index: 0, message: { role: 'assistant', content: null, refusal: 'No.' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 },
    },
    error: { error: { message: 'too long', type: 'invalid_request_error', param: null, code: null } },
    overloaded: { error: { message: `too many for ${secret}`, type: 'server_error', param: null, code: null } },
    fields: {
      max_tokens: 50,
      stop: ['END'],
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'count' },
      ],
    },
  },
};

let server: Server;
let sent: Sent[] = [];
let reply: { status: number; body?: object; events?: readonly object[] } = { status: 200 };

beforeAll(async () => {
  server = createServer((incoming, response) => {
    const parts: Buffer[] = [];
    incoming.on('data', (part: Buffer) => parts.push(part));
    incoming.on('end', () => {
      sent.push({
        path: incoming.url ?? '',
        headers: incoming.headers,
        body: JSON.parse(Buffer.concat(parts).toString()),
      });
      if (reply.events === undefined) {
        response.writeHead(reply.status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(reply.body));
      } else {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        for (const event of reply.events)
          response.write(`${'type' in event ? `event: ${event.type}\n` : ''}data: ${JSON.stringify(event)}\n\n`);
        response.end();
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => server.close());

describe.each(Object.entries(protocols))('%s', (name, protocol) => {
  const open = (): Promise<OpenedModel> =>
    openModel({
      id: `${name}/m`,
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      variable: (one) => (one === protocol.variable ? secret : undefined),
      attempts: 1,
    });
  function answer(next: typeof reply): void {
    sent = [];
    reply = next;
  }

  test('a request goes where it should, with its key and limits, and a reply comes back', async () => {
    answer({ status: 200, body: protocol.text('one two END three') });
    const { ask } = await open();
    const { replies, usage, cost } = await ask({
      messages: [{ role: 'system', parts: [{ kind: 'instruction', text: 'Be brief.' }] }, ...request('count').messages],
      sampling: { maxTokens: 50, stop: ['END'] },
    });
    expect(replies).toEqual([{ text: 'one two ', ending: 'stop', toolCalls: [], logProbabilities: null }]);
    expect(usage).toEqual({ inputTokens: 7, outputTokens: 3 });
    expect(cost).toBeNull();
    expect(sent[0]?.path).toBe(protocol.path);
    expect(sent[0]?.headers[protocol.key[0]]).toBe(protocol.key[1]);
    expect(sent[0]?.body).toMatchObject(protocol.fields);
  });

  test('text comes as it is written', async () => {
    answer({ status: 200, events: protocol.events });
    const came: string[] = [];
    const { ask } = await open();
    const { replies, usage } = await ask(request('count'), { onText: (text) => came.push(text) });
    expect(replies).toMatchObject([{ text: 'one two', ending: 'stop' }]);
    expect(came).toEqual(['one ', 'two']);
    expect(usage).toEqual({ inputTokens: 7, outputTokens: 3 });
    expect(sent[0]?.path).toBe(protocol.streamPath);
  });

  test('a call of a tool, and its answer', async () => {
    answer({ status: 200, body: protocol.call });
    const { ask } = await open();
    const tools = [
      { name: 'find', description: 'Finds', parameters: { type: 'object', properties: { word: { type: 'string' } } } },
    ];
    const [came] = (await ask(request('where', {}, { tools }))).replies;
    expect(came).toMatchObject({ ending: 'tool-calls', toolCalls: [{ name: 'find' }] });
    const calls = came?.toolCalls ?? [];
    expect(JSON.parse(calls[0]?.arguments ?? '')).toEqual({ word: 'x' });
    answer({ status: 200, body: protocol.text('there') });
    const messages = [
      ...request('where').messages,
      { role: 'assistant' as const, parts: [], toolCalls: calls },
      { role: 'tool' as const, parts: [{ kind: 'data' as const, text: 'src/x' }], toolCallId: calls[0]?.id ?? '' },
    ];
    expect((await ask({ messages, tools })).replies[0]?.text).toBe('there');
    expect(JSON.stringify(sent[0]?.body)).toContain('src/x');
  });

  test('a refused reply, a refused request, and what is no protocol', async () => {
    const { ask } = await open();
    answer({ status: 200, body: protocol.refused });
    expect((await ask(request('q'))).replies[0]?.ending).toBe('refused');
    answer({ status: 400, body: protocol.error });
    await expect(ask(request('q'))).rejects.toMatchObject({ code: 'model-unavailable', message: /400: too long/ });
    answer({ status: 200, body: { surprise: true } });
    expect(await codeOf(ask(request('q')))).toBe('model-reply-invalid');
    answer({ status: 200, events: protocol.events.slice(0, 1) });
    expect(await codeOf(ask(request('q'), { onText: () => {} }))).toBe('model-unavailable');
  });

  test('what it says in the middle of a stream is told, without the key', async () => {
    answer({ status: 200, events: [...protocol.events.slice(0, 1), protocol.overloaded] });
    const { ask } = await open();
    const failed = ask(request('q'), { onText: () => {} });
    await expect(failed).rejects.toMatchObject({
      code: 'model-unavailable',
      message: expect.stringMatching(/too many for …/),
    });
  });

  test('a schema is asked for in its own way', async () => {
    answer({ status: 200, body: protocol.text('{"a": 1}') });
    const { ask } = await open();
    const schema = {
      type: 'object',
      properties: { a: { type: 'integer' } },
      required: ['a'],
      additionalProperties: false,
    };
    expect((await ask(request('q', {}, { schema }))).replies[0]?.value).toEqual({ a: 1 });
    expect(JSON.stringify(sent[0]?.body)).toContain('"integer"');
  });
});
