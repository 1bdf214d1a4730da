/** A server's connections: who takes nothing of an answer is cut, who is only quiet is not, and none holds up the end. */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { listen } from './server.ts';

test('a reader that takes nothing of its answer is cut; the next request of one that read is heard', async () => {
  const app = new Hono<{ Bindings: { outgoing: ServerResponse } }>();
  const cut = Promise.withResolvers<boolean>();
  app.get('/large', (request) => {
    const { outgoing } = request.env;
    outgoing.once('close', () => cut.resolve(outgoing.writableFinished));
    return request.body(new Uint8Array(64 * 1024 * 1024));
  });
  app.get('/small', (request) => request.text('read'));
  const listening = await listen(app as never, '127.0.0.1', 0, { stalledMs: 100 });
  const reader = connect(listening.port, '127.0.0.1').pause();
  try {
    reader.on('error', () => {}).write('GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n');
    expect(await cut.promise).toBe(false);
    const ask = async () => (await fetch(`http://127.0.0.1:${listening.port}/small`)).text();
    expect([await ask(), await ask()]).toEqual(['read', 'read']);
  } finally {
    reader.destroy();
    await listening.close();
  }
});

test('it ends when its last answer has gone, though the connection would be kept alive', async () => {
  const app = new Hono();
  const [asked, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  app.get('/', async (request) => {
    asked.resolve();
    await answer.promise;
    return request.text('read');
  });
  const listening = await listen(app, '127.0.0.1', 0);
  const reader = connect(listening.port, '127.0.0.1');
  const got: string[] = [];
  reader.on('data', (data) => got.push(`${data}`)).write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await asked.promise;
  const closed = listening.close();
  const startedMs = performance.now();
  answer.resolve();
  await Promise.all([closed, once(reader, 'close')]);
  // Requests get five seconds to end, and this one was answered at once.
  expect(performance.now() - startedMs).toBeLessThan(4_000);
  expect(got.join('')).toMatch(/200 OK[\s\S]*read$/);
});
