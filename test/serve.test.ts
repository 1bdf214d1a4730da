/** The HTTP server as a real process: its contract, who may ask, what it refuses, how it ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { environment, launcher, sampleFiles, winnow, workspace, writeFiles } from './program.ts';

const space = workspace();
const repo = join(space.dir, 'repo');
const other = join(space.dir, 'other');
let server: { url: string; child: ChildProcess };

async function serve(words: readonly string[], cwd = repo, env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [launcher, 'serve', '--port', '0', '--json', ...words], {
    cwd,
    env: { ...environment(space.home), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stderr?.resume();
  const [line] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  return { child, url: (JSON.parse(line.toString()) as { url: string }).url };
}

beforeAll(async () => {
  writeFiles(repo, sampleFiles);
  writeFiles(other, { 'secret.py': 'secret = 1\n' });
  writeFiles(space.dir, { 'secret.txt': 'secret' });
  symlinkSync(join(space.dir, 'secret.txt'), join(repo, 'leak.txt'));
  symlinkSync(other, join(repo, 'outside'));
  // A first answer may be partial; these tests are about whole ones.
  winnow(['index', repo], { home: space.home });
  server = await serve(['--log', 'none']);
});
afterAll(async () => {
  server.child.kill('SIGKILL');
  space.remove();
});

interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers are of many shapes, and each test says which it expects
  readonly json: any;
}

async function post(operation: string, input: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(`${server.url}api/v1/${operation}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof input === 'string' ? input : JSON.stringify(input),
  });
  return { status: response.status, json: await response.json() };
}

const code = async (operation: string, input: unknown): Promise<string> => {
  const { status, json } = await post(operation, input);
  return status === 200 ? 'ok' : json.error.code;
};

describe('answers', () => {
  test('are those of the command with --json', async () => {
    const { status, json } = await post('search', { query: 'retry a failed request', limit: 3 });
    const printed = winnow(['search', 'retry a failed request', '--limit', '3', '--json'], {
      home: space.home,
      cwd: repo,
    });
    const told = JSON.parse(printed.stdout);
    expect(status).toBe(200);
    expect({ ...json, elapsedMs: 0 }).toEqual({ ...told, elapsedMs: 0 });
    expect(json.hits[0].id).toBe('src/client.py:RetryPolicy');
  });

  test('see an edit at once', async () => {
    const ask = async () => (await post('search', { query: 'zebraStripes' })).json.hits.length;
    expect(await ask()).toBe(0);
    writeFileSync(join(repo, 'zebra.py'), 'def zebraStripes():\n    return 1\n');
    expect(await ask()).toBe(1);
    renameSync(join(repo, 'zebra.py'), join(space.dir, 'zebra.py'));
    expect(await ask()).toBe(0);
  });

  test('come as events: progress, then the result', async () => {
    const response = await fetch(`${server.url}api/v1/search`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: '{"query":"evict"}',
    });
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const events = (await response.text()).split('\n\n').filter((one) => one.startsWith('event: '));
    const last = /^event: (\w+)\ndata: (.*)$/.exec(events.at(-1) ?? '');
    expect(last?.[1]).toBe('result');
    expect(JSON.parse(last?.[2] ?? '').schema).toBe('winnow.search/1');
  });

  test('of failures come as events too', async () => {
    const response = await fetch(`${server.url}api/v1/show`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: '{"id":"no.py:such"}',
    });
    const [, event, data] = /event: (error)\ndata: (.*)\n/.exec(await response.text()) ?? [];
    expect(event).toBe('error');
    expect(JSON.parse(data ?? '').error.code).toBe('unknown-id');
  });

  test('programs and files may come with a request, and are gone after it', async () => {
    const files = {
      'main.py': 'import helper\nprint(helper.x + len(input()))',
      'helper.py': 'x = 40',
      'in.txt': 'ab\n',
    };
    const { json } = await post('run', { file: 'main.py', files: ['helper.py'], stdin: 'in.txt', $files: files });
    expect(json.outcome.stdout.head).toBe('42\n');
    const { json: piped } = await post('run', { file: '-', lang: 'python', $stdin: 'print(1)' });
    expect(piped.outcome.stdout.head).toBe('1\n');
    expect(await code('run', { file: 'main.py', $files: { '../main.py': 'x' } })).toBe('bad-usage');
    expect(await code('run', { file: 'a/b', $files: { a: 'x', 'a/b': 'y' } })).toBe('bad-usage');
  });
});

describe('what is told of the server', () => {
  test('health, metrics, OpenAPI and the list with what is not offered', async () => {
    const get = async (path: string) => (await fetch(`${server.url}${path}`)).text();
    expect(JSON.parse(await get('health'))).toMatchObject({ status: 'ok' });
    expect(await get('metrics')).toContain('winnow_requests_total{way="http",operation="search",status="ok"}');
    const list = JSON.parse(await get('api/v1/operations'));
    expect(list.operations.map(({ name }: { name: string }) => name)).toContain('search');
    const absent = new Map(list.notOffered.map(({ name, reason }: { name: string; reason: string }) => [name, reason]));
    expect(absent.get('repl')).toMatch(/terminal/);
    expect(absent.get('keep')).toMatch(/--allow-write/);
    expect(list.roots).toEqual([repo]);
  });
});

describe('refuses', () => {
  test.each([
    ['a path outside', 'search', { query: 'x', directory: '..' }, 'path-refused'],
    ['a link that leads out', 'search', { query: 'x', directory: 'outside' }, 'path-refused'],
    ['a file outside, through a link', 'run', { file: 'leak.txt', lang: 'bash' }, 'path-refused'],
    ['a pattern that finds a link', 'run', { file: 'src/client.py', files: ['*.txt'] }, 'path-refused'],
    ['a path in the place of a query', 'search', { pattern: '$A', query: '/etc' }, 'path-refused'],
    ['a path in the place of a pattern', 'grep', { regexp: ['root'], pattern: '/etc/passwd' }, 'path-refused'],
    ['the network', 'run', { code: '1', lang: 'python', network: true }, 'not-offered'],
    ['work on a directory', 'run', { code: '1', lang: 'python', in: '.' }, 'not-offered'],
    ['an encoder elsewhere', 'search', { query: 'x', encoder: 'http://127.0.0.1:1/v1#model=m' }, 'not-offered'],
    ['what writes', 'keep', { id: 'last' }, 'not-offered'],
    ['sessions', 'session-new', { lang: 'python' }, 'not-offered'],
    ['a verb that is none', 'serach', { query: 'x' }, 'unknown-operation'],
    ['a server', 'serve', {}, 'not-offered'],
    ['an option that is none', 'search', { query: 'x', limt: 3 }, 'bad-usage'],
    ['a list for an input', 'search', [], 'bad-usage'],
    ['what is no JSON', 'search', '{"query":', 'bad-usage'],
    ['a query that cannot be read', 'query', { query: 'MATCH (' }, 'bad-query'],
  ])('%s', async (_, operation, input, expected) => {
    expect(await code(operation, input)).toBe(expected);
  });

  /** With headers that fetch does not let anybody set. */
  const raw = (headers: Record<string, string>, path = '/metrics'): Promise<number> =>
    new Promise((resolve, reject) => {
      const asked = request(new URL(path, server.url), { headers }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      asked.on('error', reject).end();
    });

  test('names and origins of others', async () => {
    expect(await raw({})).toBe(200);
    expect(await raw({ host: 'evil.example' })).toBe(403);
    expect(await raw({ origin: 'http://evil.example' })).toBe(403);
    expect(await raw({ host: 'evil.example' }, '/mcp')).toBe(403);
    expect(await raw({ host: 'evil.example' }, '/')).toBe(403);
  });

  test('a body that any page could send, and one that is too large', async () => {
    expect((await post('search', '{}', { 'content-type': 'text/plain' })).json.error.code).toBe('bad-usage');
    const { status, json } = await post('search', { query: 'x'.repeat(9_000_000) });
    expect([status, json.error.code]).toEqual([413, 'too-large']);
  });

  test('nothing where a body is missing, or comes in pieces; in pieces too it is held to its size', async () => {
    const pieces = (...each: readonly string[]) =>
      fetch(`${server.url}api/v1/search`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: ReadableStream.from(each.map((one) => Buffer.from(one))),
        duplex: 'half',
      } as RequestInit);
    const whole = await pieces('{"query":"ret', 'ry",', ' '.repeat(30_000), '"limit":1}');
    expect([whole.status, ((await whole.json()) as { hits: unknown[] }).hits.length]).toEqual([200, 1]);
    expect((await pieces(...Array.from({ length: 9 }, () => 'x'.repeat(1_000_000)))).status).toBe(413);
    const statusOf = async (method: string, path: string) => (await fetch(`${server.url}${path}`, { method })).status;
    expect(await statusOf('POST', 'api/v1/search')).toBe(400);
    expect(await statusOf('POST', 'health')).toBe(405);
    expect(await statusOf('PUT', 'api/v1/search')).toBe(405);
    expect(await statusOf('DELETE', 'mcp')).toBe(405);
  });
});

test('who goes away while something runs ends it', async () => {
  const running = async () =>
    Number(/^winnow_requests_running (\d+)/m.exec(await (await fetch(`${server.url}metrics`)).text())?.[1]);
  const leaving = new AbortController();
  const left = fetch(`${server.url}api/v1/run`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code: 'import time; time.sleep(60)', lang: 'python', wall: '60s' }),
    signal: leaving.signal,
  }).catch(() => 'left');
  await expect.poll(running, { timeout: 20_000 }).toBe(1);
  leaving.abort();
  expect(await left).toBe('left');
  await expect.poll(running, { timeout: 20_000 }).toBe(0);
});

test.each([
  ['GET', 'api/v1/search', 405, 'POST'],
  ['PUT', 'api/v1/tool-search-code', 405, 'POST'],
  ['POST', 'api/v1/operations', 405, 'GET, HEAD'],
  ['DELETE', 'openapi.json', 405, 'GET, HEAD'],
  ['POST', 'health', 405, 'GET, HEAD'],
  ['POST', '', 405, 'GET, HEAD'],
  ['GET', 'api/v1/nothing', 404, null],
  ['GET', 'api/v1/train', 403, null],
  ['PATCH', 'nowhere', 404, null],
  ['GET', 'assets/nothing.js', 404, null],
])('%s /%s is %i and allows %s', async (method, path, status, allow) => {
  const response = await fetch(`${server.url}${path}`, { method });
  expect([response.status, response.headers.get('allow')]).toEqual([status, allow]);
  if (status === 405) expect(((await response.json()) as Answer['json']).error.code).toBe('wrong-method');
});

test('a text that is longer than any path is no path', async () => {
  const { status, json } = await post('similar', { code: 'x'.repeat(5_000) });
  expect([status, json.error.code]).toEqual([404, 'unknown-id']);
});

test('hints name the parameters of the request', async () => {
  const { json } = await post('map', { focus: ['no/such/place'] });
  expect(json.error.message).toContain('`focus`');
  expect(json.error.message).not.toContain('--');
});

test('what this machine has is told by grant only', async () => {
  expect(await code('run', { doctor: true })).toBe('not-offered');
});

test('a connection that says half of a request harms nobody', async () => {
  const { port } = new URL(server.url);
  const slow = connect(Number(port), '127.0.0.1');
  slow.write(
    'POST /api/v1/search HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"que',
  );
  slow.on('error', () => {});
  const garbage = connect(Number(port), '127.0.0.1');
  garbage.end('\x16\x03\x01 this is no HTTP\r\n\r\n');
  garbage.on('error', () => {}).resume();
  await once(garbage, 'close');
  expect((await post('search', { query: 'evict' })).status).toBe(200);
  slow.destroy();
});

test('a repository that is deleted while served is told, and is there again when it is', async () => {
  renameSync(repo, `${repo}-away`);
  try {
    const { status, json } = await post('search', { query: 'evict' });
    expect([status, json.error.code]).toEqual([404, 'path-not-found']);
    const asked = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'map', arguments: {} } };
    const accept = 'application/json, text/event-stream';
    const agent = await fetch(`${server.url}mcp`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept },
      body: JSON.stringify(asked),
    });
    expect(await agent.text()).toContain('error[path-not-found]');
  } finally {
    renameSync(`${repo}-away`, repo);
  }
  expect((await post('search', { query: 'evict' })).json.hits.length).toBeGreaterThan(0);
});

test('no input that the schemas allow, or nearly allow, is a failure of ours', async () => {
  const list = (await (await fetch(`${server.url}api/v1/operations`)).json()) as {
    operations: { name: string; path: string; input: Schema }[];
  };
  // What runs a program costs a second each; their inputs are read by the same code.
  const slow = new Set(['run', 'trace', 'test', 'judge', 'diff-behaviour', 'duplicates', 'index', 'repos']);
  const operations = list.operations.filter(({ name }) => !slow.has(name));
  const asked = fc.constantFrom(...operations).chain(({ path, input }) => fc.tuple(fc.constant(path), inputOf(input)));
  await fc.assert(
    fc.asyncProperty(asked, async ([path, input]) => {
      const response = await fetch(`${server.url.slice(0, -1)}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(input),
      });
      const text = await response.text();
      expect(response.status, text).toBeLessThan(500);
      expect(() => JSON.parse(text)).not.toThrow();
    }),
    { numRuns: 120, seed: 11 },
  );
});

interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly minimum?: number;
  readonly maximum?: number;
}

const words = [
  '',
  '.',
  '-',
  'src',
  'src/client.py',
  'src/client.py:Client.send',
  '../..',
  '/etc/passwd',
  'a\0b',
  '\u202e<b>',
];
const anyText = fc.oneof(
  fc.constantFrom(...words),
  fc.string({ maxLength: 20 }),
  fc.string({ unit: 'binary', maxLength: 8 }),
);

/** Values of a schema, and now and then others. */
function valueOf({ type, enum: values, items, minimum, maximum }: Schema): fc.Arbitrary<unknown> {
  const fitting: fc.Arbitrary<unknown> =
    values !== undefined
      ? fc.constantFrom(...values)
      : type === 'array'
        ? fc.array(valueOf(items ?? {}), { maxLength: 2 })
        : type === 'boolean'
          ? fc.boolean()
          : type === 'integer' || type === 'number'
            ? fc.integer({ min: Math.max(minimum ?? 0, -100), max: Math.min(maximum ?? 100, 300) })
            : anyText;
  return fc.oneof({ weight: 12, arbitrary: fitting }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) });
}

function inputOf({ properties = {} }: Schema): fc.Arbitrary<unknown> {
  const own = Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, valueOf(one)]));
  return fc.record(own, { requiredKeys: [] });
}

describe('a server of its own', () => {
  test('two on one port: the second says so', async () => {
    const { port } = new URL(server.url);
    const { status, stderr } = winnow(['serve', '--port', port], { home: space.home, cwd: repo });
    expect(status).toBe(3);
    expect(stderr).toMatch(/error\[address-unusable\].*another process listens there already.*--port/s);
  });

  test('for other machines starts with a token only', () => {
    const words = ['serve', '--host', '0.0.0.0', '--port', '0'];
    const { status, stderr } = winnow(words, { home: space.home, cwd: repo });
    expect(status).toBe(2);
    expect(stderr).toMatch(/token is needed/);
    const short = winnow([...words, '--token-variable', 'SHORT'], {
      home: space.home,
      cwd: repo,
      env: { ...environment(space.home), SHORT: 'abc' },
    });
    expect(short.stderr).toMatch(/at least 16/);
    expect(short.stderr).not.toContain('abc');
  });

  test('with a token answers who has it, takes it from an address, offers what writes, and ends when told to', async () => {
    const token = 'a-token-of-sufficient-length';
    const { child, url } = await serve(['--token-variable', 'TOKEN', '--allow-write'], repo, { TOKEN: token });
    try {
      expect((await fetch(`${url}health`)).status).toBe(200);
      expect((await fetch(`${url}api/v1/operations`)).status).toBe(401);
      const list = await fetch(`${url}api/v1/operations`, { headers: { authorization: `Bearer ${token}` } });
      const { operations } = (await list.json()) as { operations: { name: string }[] };
      expect(operations.map(({ name }) => name)).toContain('session new');
      const moved = await fetch(`${url}?token=${token}`, { redirect: 'manual' });
      expect([moved.status, moved.headers.get('location')]).toEqual([303, '/']);
      const cookie = moved.headers.get('set-cookie')?.split(';')[0] ?? '';
      expect((await fetch(`${url}metrics`, { headers: { cookie } })).status).toBe(200);
    } finally {
      child.kill('SIGTERM');
    }
    const [exit] = (await once(child, 'exit')) as [number | null];
    expect(exit).toBe(0);
  });
});
