/**
 * A model that answers by a script: a real HTTP server with OpenAI's protocol, on this machine's loopback alone.
 *
 * For tests, which so go through sockets, the SDK and everything of ours, and for people who want to try something without a model. It can misbehave as providers do.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { WinnowError } from '../../base/mod.ts';
import type { Act, Asked, Script } from './script.ts';
import { chunks, wholeBody } from './wire.ts';

export interface ScriptedOptions {
  /** 0 or absent: any that is free. */
  readonly port?: number;
  /** Told of each request and what is done about it. */
  readonly onAsked?: (asked: Asked, act: Act) => void;
}

export interface ScriptedServer {
  /** Up to the version: `http://127.0.0.1:PORT/v1`. */
  readonly url: string;
  /** What it was asked, the last thousand. */
  readonly asked: readonly Asked[];
  close(): Promise<void>;
}

const keptRequests = 1_000;
const largestRequestBytes = 64 * 1024 * 1024;

/** @throws WinnowError `bad-usage` when the port cannot be had */
export async function startScripted(script: Script, options: ScriptedOptions = {}): Promise<ScriptedServer> {
  const asked: Asked[] = [];
  const closing = new AbortController();
  let nth = 0;
  const server = createServer((request, response) => {
    response.on('error', () => {});
    answer(request, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 60_000;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (request.method === 'GET' && pathname === '/v1/models')
      return json(response, 200, {
        object: 'list',
        data: [{ id: 'scripted', object: 'model', created: 0, owned_by: 'script' }],
      });
    const isFill = pathname === '/v1/completions';
    if (request.method !== 'POST' || !(isFill || pathname === '/v1/chat/completions'))
      return json(response, 404, { error: { message: `no such endpoint: ${request.method} ${pathname}` } });
    const body = JSON.parse(await textOf(request)) as Record<string, unknown>;
    const one = askedOf(body, isFill, request.headers.authorization !== undefined, nth++);
    asked.push(one);
    if (asked.length > keptRequests) asked.shift();
    const act = script(one);
    options.onAsked?.(one, act);
    if (act.delayMs !== undefined) await sleep(act.delayMs, undefined, { signal: closing.signal });
    await perform(response, act, one, body.logprobs === true || typeof body.logprobs === 'number');
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        new WinnowError(
          'bad-usage',
          `Port ${options.port} of 127.0.0.1 cannot be used (${cause.code}). Choose another.`,
        ),
      ),
    );
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    asked,
    close: () =>
      new Promise((resolve) => {
        closing.abort();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function perform(response: ServerResponse, act: Act, asked: Asked, logs: boolean): Promise<void> {
  if (act.retryAfter !== undefined) response.setHeader('retry-after', String(act.retryAfter));
  if (act.status !== undefined)
    return json(response, act.status, { error: { message: act.message ?? 'the script says so' } });
  if (act.fault === 'silent') return;
  if (act.fault === 'page') {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end('<html><body>Please log in.</body></html>');
    return;
  }
  if (asked.stream) return stream(response, act, asked, logs);
  const text = JSON.stringify(wholeBody(act, asked, logs));
  response.writeHead(200, { 'content-type': 'application/json' });
  if (act.fault === 'endless') return endless(response, text.slice(0, text.indexOf('"content":"') + 11));
  if (act.fault === undefined) response.end(text);
  else if (act.fault === 'malformed') response.end(text.slice(0, text.length / 2));
  else response.write(text.slice(0, text.length / 2), () => response.destroy());
}

async function stream(response: ServerResponse, act: Act, asked: Asked, logs: boolean): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const events = [...chunks(act, asked, logs)].map((event) => `data: ${JSON.stringify(event)}\n\n`);
  if (act.fault === 'endless') return endless(response, '', events[0] ?? 'data: {"choices":[]}\n\n');
  const whole = act.fault === undefined ? events.length : Math.ceil(events.length / 2);
  for (const event of events.slice(0, whole)) response.write(event);
  if (act.fault === undefined) response.end('data: [DONE]\n\n');
  else if (act.fault === 'malformed') response.end('data: {"choices":[{"delta":{"con\n\n');
  else response.write('\n', () => response.destroy());
}

/** Until nobody reads any more. */
async function endless(response: ServerResponse, start: string, part = 'and so on '.repeat(1_000)): Promise<void> {
  response.write(start);
  while (!response.destroyed) {
    const more = response.write(part);
    if (!more)
      await new Promise<void>((resolve) => {
        response.once('drain', resolve);
        response.once('close', resolve);
      });
    else await new Promise(setImmediate);
  }
}

function askedOf(body: Record<string, unknown>, isFill: boolean, keyed: boolean, nth: number): Asked {
  const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
  const number = (value: unknown): number | null => (typeof value === 'number' ? value : null);
  const messages = isFill
    ? [{ role: 'prefix', text: String(body.prompt ?? '') }]
    : list(body.messages).map((message) => {
        const { role, content } = message as { role?: unknown; content?: unknown };
        const text =
          typeof content === 'string'
            ? content
            : list(content)
                .map((part) => (part as { text?: unknown }).text ?? '')
                .join('');
        return { role: String(role), text };
      });
  const suffix = isFill ? String(body.suffix ?? '') : null;
  return {
    model: String(body.model ?? ''),
    messages,
    text: [...messages.map(({ text }) => text), ...(suffix === null ? [] : [suffix])].join('\n'),
    last: messages.at(-1)?.text ?? '',
    suffix,
    count: number(body.n) ?? 1,
    seed: number(body.seed),
    temperature: number(body.temperature),
    maxTokens: number(body.max_tokens) ?? number(body.max_completion_tokens),
    stop: [body.stop ?? []].flat().map(String),
    tools: list(body.tools).map((tool) => String((tool as { function?: { name?: unknown } }).function?.name)),
    stream: body.stream === true,
    keyed,
    nth,
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > largestRequestBytes) throw new Error('the request is too long');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
