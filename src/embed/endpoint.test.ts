import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type EndpointOptions, isSilence, openEndpoint } from './endpoint.ts';

interface Received {
  readonly path: string;
  readonly key: string | undefined;
  readonly model: string;
  readonly input: readonly string[];
}

type Answer = (received: Received, response: ServerResponse, turn: number) => void;

/** The vector of a text: how often it holds each of the first letters. */
const vectorOf = (text: string, dimension = 4): number[] =>
  Array.from({ length: dimension }, (_, at) => text.split(String.fromCharCode(97 + at)).length - 1);

const ok: Answer = ({ input }, response) =>
  response.end(JSON.stringify({ data: input.map((text, index) => ({ index, embedding: vectorOf(text) })).reverse() }));

async function serve(answer: Answer): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = [];
  const server = createServer(async (message: IncomingMessage, response) => {
    const parts: Buffer[] = [];
    for await (const part of message) parts.push(part as Buffer);
    const { model, input } = JSON.parse(Buffer.concat(parts).toString()) as Received;
    received.push({ path: message.url ?? '', key: message.headers.authorization, model, input });
    answer(received.at(-1) as Received, response, received.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/`, received };
}

const open = (url: string, more: Partial<EndpointOptions> = {}, signal?: AbortSignal) =>
  openEndpoint(
    {
      url,
      model: 'tiny',
      key: null,
      dimension: null,
      queryPrefix: '',
      documentPrefix: '',
      waitMs: 5,
      attempts: 3,
      ...more,
    },
    signal,
  );

const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (_, response) =>
    response.writeHead(code, headers).end('{"error":"no"}');

const document = (body: string) => ({ name: 'f', signature: '', doc: '', body });

describe('an embeddings endpoint', () => {
  test('gives vectors of length 1, in order, in requests of 64', async () => {
    const { url, received } = await serve(ok);
    const encoder = await open(url, { key: 'secret', documentPrefix: 'd: ', queryPrefix: 'q: ' });
    expect(encoder.dimension).toBe(4);
    expect(encoder.id).toMatch(/^endpoint:127\.0\.0\.1:\d+\/v1\/embeddings tiny/);
    expect(encoder.id).not.toContain('secret');
    const bodies = Array.from({ length: 150 }, (_, i) => 'a'.repeat(i % 7) + 'b'.repeat(i % 3));
    const vectors = await encoder.encodeDocuments(bodies.map(document));
    for (const [at, body] of bodies.entries()) {
      // The name is part of what is sent; it holds none of the letters.
      const expected = vectorOf(`d: f\n${body}`);
      const length = Math.hypot(...expected);
      const unit = expected.map((value) => Math.fround(value / length));
      expect([...vectors.subarray(at * 4, at * 4 + 4)]).toEqual(unit);
    }
    expect(
      received
        .slice(1)
        .map(({ input }) => input.length)
        .sort(),
    ).toEqual([22, 64, 64]);
    expect(new Set(received.map(({ path, key, model }) => `${path} ${key} ${model}`))).toEqual(
      new Set(['/v1/embeddings Bearer secret tiny']),
    );
    await encoder.encodeQuery('abc');
    expect(received.at(-1)?.input).toEqual(['q: abc']);
  });

  test('that is busy or fails is asked again, and given up after so many times', async () => {
    for (const code of [429, 500, 503]) {
      const late = await serve((given, response, turn) => (turn < 3 ? status(code) : ok)(given, response, turn));
      expect((await open(late.url)).dimension).toBe(4);
      const never = await serve(status(code));
      await expect(open(never.url)).rejects.toMatchObject({
        code: 'endpoint-failed',
        message: expect.stringContaining(`${code}`),
      });
      expect(never.received).toHaveLength(3);
    }
  });

  test('is waited for as long as it asks', async () => {
    const { url } = await serve((given, response, turn) =>
      turn === 1 ? status(429, { 'retry-after': '1' })(given, response, turn) : ok(given, response, turn),
    );
    const startedMs = performance.now();
    await open(url);
    expect(performance.now() - startedMs).toBeGreaterThan(900);
  });

  test('that refuses is told at once, without the key', async () => {
    for (const code of [400, 401, 404]) {
      const { url, received } = await serve(status(code));
      const failure = await open(url, { key: 'secret' }).catch((cause: Error) => cause);
      expect(failure).toMatchObject({ code: 'endpoint-failed', message: expect.stringContaining(`${code}`) });
      expect(JSON.stringify(failure)).not.toContain('secret');
      expect(received).toHaveLength(1);
    }
  });

  test('does not send the key elsewhere', async () => {
    const elsewhere = await serve(ok);
    const { url } = await serve((_, response) => response.writeHead(307, { location: elsewhere.url }).end());
    await expect(open(url, { key: 'secret' })).rejects.toMatchObject({ code: 'endpoint-failed' });
    expect(elsewhere.received).toEqual([]);
  });

  const wrong: Readonly<Record<string, (input: readonly string[]) => string>> = {
    'another dimension': (input) => JSON.stringify({ data: input.map(() => ({ embedding: [1, 2, 3] })) }),
    'too few vectors': () => JSON.stringify({ data: [] }),
    'an index beyond the last': (input) =>
      JSON.stringify({ data: input.map(() => ({ index: 7, embedding: [1, 2, 3, 4] })) }),
    'an index below nothing': (input) =>
      JSON.stringify({ data: input.map((_, at) => ({ index: at === 0 ? -1 : at, embedding: [1, 2, 3, 4] })) }),
    'one index twice': (input) =>
      JSON.stringify({ data: [0, ...input.keys()].map((index) => ({ index, embedding: [1, 2, 3, 4] })) }),
    'numbers without a length': (input) =>
      JSON.stringify({ data: input.map((_, index) => ({ index, embedding: [1e308, 1e308, 1e308, 1e308] })) }),
    'nothing but zeros': (input) => JSON.stringify({ data: input.map(() => ({ embedding: [0, 0, 0, 0] })) }),
    'numbers that are none': (input) => JSON.stringify({ data: input.map(() => ({ embedding: [1, 'NaN', 3, null] })) }),
    'no JSON': () => '<html>',
    null: () => 'null',
  };
  for (const [what, reply] of Object.entries(wrong))
    test(`that gives ${what} is refused with the reason`, async () => {
      const { url } = await serve(({ input }, response) => response.end(reply(input)));
      const encoder = await open(url, { dimension: 4 });
      await expect(encoder.encodeDocuments(['abc', 'abd'].map(document))).rejects.toMatchObject({
        code: 'endpoint-failed',
        message: expect.stringMatching(/Expected/),
      });
    });

  test('that changes its dimension later is refused', async () => {
    const { url } = await serve(({ input }, response, turn) =>
      response.end(JSON.stringify({ data: input.map((text) => ({ embedding: vectorOf(text, turn === 1 ? 4 : 5) })) })),
    );
    const encoder = await open(url);
    await expect(encoder.encodeQuery('abc')).rejects.toMatchObject({ message: expect.stringContaining('of 5') });
  });

  test('that does not answer is given up in time, and stopping stops it', async () => {
    const { url, received } = await serve(() => {});
    // Long enough for a question to arrive on a busy machine.
    await expect(open(url, { timeoutMs: 500 })).rejects.toMatchObject({
      message: expect.stringContaining('within 500 ms'),
    });
    // Who asks with one text waits for it.
    expect(received).toHaveLength(1);
    const encoder = await open(url, { timeoutMs: 500, dimension: 4 });
    const silence = await encoder.encodeDocuments(['abc', 'abd'].map(document)).catch((cause: unknown) => cause);
    expect([isSilence(silence), received.length]).toEqual([true, 3]);
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 50);
    await expect(open(url, {}, stop.signal)).rejects.toMatchObject({ code: 'cancelled' });
  });

  test('that cuts the connection off is asked again', async () => {
    const { url } = await serve((given, response, turn) =>
      turn === 1 ? response.socket?.destroy() : ok(given, response, turn),
    );
    expect((await open(url)).dimension).toBe(4);
  });

  test('where nobody listens is told at once', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    await expect(open(`http://127.0.0.1:${port}/v1`)).rejects.toMatchObject({
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  test('of another dimension is another encoder: its vectors are not compared', async () => {
    const { url } = await serve(({ input }, response, turn) =>
      response.end(
        JSON.stringify({ data: input.map((text) => ({ embedding: vectorOf(text, turn === 1 ? 250 : 256) })) }),
      ),
    );
    // Both lengths fill rows of 256 bytes.
    expect((await open(url)).id).not.toBe((await open(url)).id);
  });

  test.each(['ftp://host/v1', 'no address', 'http://name:pass@host/v1', 'http://host/v1?key=pass@word'])(
    '%s is no address, and no password is shown',
    async (url) => {
      const failure = await open(url).catch((cause: Error) => cause);
      expect(failure).toMatchObject({ code: 'bad-usage' });
      expect(String(failure)).not.toContain('pass@');
    },
  );
});
