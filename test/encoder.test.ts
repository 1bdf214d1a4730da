/** Ranking by an encoder that the command line names: over a real socket, as a user would. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openEncoder } from '../src/faces/operations/encoder.ts';
import { search, searchRanked } from '../src/faces/operations/search.ts';
import type { Context } from '../src/faces/operations/types.ts';
import { makeTree } from './trees.ts';

const contextOf = (cwd: string, home: string, variables: Readonly<Record<string, string>> = {}): Context => ({
  cwd,
  signal: new AbortController().signal,
  progress: () => {},
  notice: () => {},
  settings: {
    home,
    encoder: variables.WINNOW_ENCODER,
    variable: (name) => variables[name],
    cacheDir: home,
    path: [],
    color: false,
    columns: 80,
  },
  stdinIsFile: false,
  readStdin: async () => new Uint8Array(),
  canAsk: false,
  ask: async () => null,
});

/** An endpoint whose vectors say whether a text is of throwing away or of reading. */
async function endpoint(): Promise<{ url: string; requests: () => number; keys: Set<string | undefined> }> {
  let requests = 0;
  const keys = new Set<string | undefined>();
  const server = createServer(async (message, response) => {
    requests++;
    keys.add(message.headers.authorization);
    const parts: Buffer[] = [];
    for await (const part of message) parts.push(part as Buffer);
    const { input } = JSON.parse(Buffer.concat(parts).toString()) as { input: string[] };
    const data = input.map((text, index) => ({
      index,
      embedding: [/evict|drop/i.test(text) ? 1 : 0.1, /read|parse/i.test(text) ? 1 : 0.1, 0.2],
    }));
    response.end(JSON.stringify({ data }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, requests: () => requests, keys };
}

const given = (more: Partial<Parameters<typeof search.run>[0]>) =>
  search.input.parse({ query: 'evict stale entries', ...more });

test('a wrong encoder is told even where meaning is off, or the query is a name', async () => {
  const tree = makeTree({ 'a.ts': 'export const a = 1;\n' });
  const context = contextOf(tree.root, tree.home);
  for (const more of [{ meaning: 'off' as const }, { meaning: 'auto' as const, query: 'getFoo' }])
    await expect(searchRanked(given({ encoder: 'nowhere.table', ...more }), context)).rejects.toMatchObject({
      code: 'path-not-found',
    });
});

describe('an endpoint as encoder', () => {
  test('ranks, is asked once for a content, and gets its key from the variable that was named', async () => {
    const { url, requests, keys } = await endpoint();
    const tree = makeTree({
      'a.ts': 'export function readJson(): void {}\n',
      'b.ts': 'export function dropOldest(): void {}\n',
    });
    const context = contextOf(tree.root, tree.home, { MY_KEY: 'secret' });
    const encoder = `${url}#model=tiny&key=MY_KEY`;
    const first = await searchRanked(given({ meaning: 'auto', encoder }), context);
    expect(first.hits[0]?.id).toBe('b.ts:dropOldest');
    expect(first.meaning).toContain('tiny');
    expect(JSON.stringify(first)).not.toContain('secret');
    const after = requests();
    await searchRanked(given({ meaning: 'only', encoder }), context);
    // The dimension and the query; no document again.
    expect(requests() - after).toBe(2);
    expect([...keys]).toEqual(['Bearer secret']);
    expect((await searchRanked(given({ meaning: 'off' }), context)).meaning).toBeNull();
  });

  test('may be named by the setting', async () => {
    const { url } = await endpoint();
    const tree = makeTree({ 'b.ts': 'export function dropOldest(): void {}\n' });
    const context = contextOf(tree.root, tree.home, { WINNOW_ENCODER: `${url}#model=tiny&dimension=3` });
    expect((await searchRanked(given({ meaning: 'auto' }), context)).hits).toHaveLength(1);
  });

  test('a wrong dimension ends the search and keeps nothing', async () => {
    const { url } = await endpoint();
    const tree = makeTree({ 'b.ts': 'export function dropOldest(): void {}\n' });
    const context = contextOf(tree.root, tree.home);
    const encoder = `${url}#model=tiny&dimension=4`;
    await expect(searchRanked(given({ meaning: 'auto', encoder }), context)).rejects.toMatchObject({
      code: 'endpoint-failed',
    });
  });
});

test.each([
  ['http://127.0.0.1:1/v1', 'model'],
  ['http://127.0.0.1:1/v1#model=x&color=red', 'no color'],
  ['http://127.0.0.1:1/v1#model=x&dimension=0', 'dimension'],
  ['http://127.0.0.1:1/v1#model=x&key=NOT_SET', 'NOT_SET'],
])('%s is refused', async (name, reason) => {
  await expect(openEncoder(name, contextOf('/', '/'))).rejects.toMatchObject({
    code: 'bad-usage',
    message: expect.stringContaining(reason),
  });
});

test('a key written where its variable’s name belongs is not printed', async () => {
  const failure = await openEncoder('http://127.0.0.1:1/v1#model=x&key=sk-1234', contextOf('/', '/')).catch(String);
  expect(failure).toContain('environment variable');
  expect(failure).not.toContain('sk-1234');
});

test('a table that is not there is told', async () => {
  const { root, home } = makeTree();
  await expect(openEncoder('no.table', contextOf(root, home))).rejects.toMatchObject({
    code: 'path-not-found',
    message: expect.stringContaining(path.join(root, 'no.table')),
  });
});
