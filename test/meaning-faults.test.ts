/**
 * What the world does to meaning: processes killed while vectors are made, endpoints that lie, homes that cannot be written, full disks.
 *
 * The endpoint is a real server on the loopback interface. Whatever happens, what is kept is sound, and the answer after it is that of a run
 * to which nothing happened.
 */
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { modelBytes, tinyGraph, tinyTokenizer } from '../src/embed/onnx/modelbytes.testing.ts';
import { onnxTools } from '../src/embed/onnx/runtime.ts';
import { add } from '../src/faces/operations/add.ts';
import { search, searchRanked } from '../src/faces/operations/search.ts';
import type { Context } from '../src/faces/operations/types.ts';
import { openRepository } from '../src/index/mod.ts';
import { environment, launcher } from './program.ts';
import { makeTree, type Tree } from './trees.ts';

const contextOf = (tree: Tree): Context => ({
  cwd: tree.root,
  signal: new AbortController().signal,
  progress: () => {},
  notice: () => {},
  settings: {
    home: tree.home,
    encoder: undefined,
    variable: () => undefined,
    cacheDir: tree.home,
    path: [],
    color: false,
    columns: 80,
  },
  stdinIsFile: false,
  readStdin: async () => new Uint8Array(),
  canAsk: false,
  ask: async () => null,
});

const ask = (tree: Tree, encoder: string | undefined, query = 'evict stale entries') =>
  searchRanked(search.input.parse({ query, encoder }), contextOf(tree));

type Reply = (input: readonly string[], response: ServerResponse) => void;

const honest: Reply = (input, response) => {
  const embedding = (text: string) => [/evict|drop/i.test(text) ? 1 : 0.1, /read|parse/i.test(text) ? 1 : 0.1, 0.2];
  response.end(JSON.stringify({ data: input.map((text) => ({ embedding: embedding(text) })) }));
};

/** An endpoint whose manners can change. */
async function endpoint(): Promise<{ encoder: string; state: { reply: Reply; inputs: number } }> {
  const state = { reply: honest, inputs: 0 };
  const server = createServer(async (message, response) => {
    const parts: Buffer[] = [];
    for await (const part of message) parts.push(part as Buffer);
    const { input } = JSON.parse(Buffer.concat(parts).toString()) as { input: string[] };
    state.inputs += input.length;
    state.reply(input, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { encoder: `http://127.0.0.1:${port}/v1#model=tiny&dimension=3`, state };
}

/** Files of two definitions each; one of them drops something, all others read. */
const manyFiles = (count: number): Record<string, string> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [
      `f${i}.ts`,
      `export function readRow${i}(text: string): void {\n  parse(text);\n}\n\nexport function ${i === 7 ? 'dropOldest' : `parseRow${i}`}(): void {\n  use(${i});\n}\n`,
    ]),
  );

const vectorFiles = (tree: Tree): string[] => {
  const repository = openRepository(tree.root, { home: tree.home });
  onTestFinished(() => repository.close());
  return readdirSync(path.join(repository.storeDir, 'data')).filter((name) => name.endsWith('.vectors'));
};

const problems = (tree: Tree): readonly string[] => {
  const repository = openRepository(tree.root, { home: tree.home });
  onTestFinished(() => repository.close());
  return repository.verify();
};

describe('an endpoint that lies', () => {
  const lies: Readonly<Record<string, Reply>> = {
    'gives another dimension': (input, response) =>
      response.end(JSON.stringify({ data: input.map(() => ({ embedding: [1, 2] })) })),
    'gives NaN': (input, response) => response.end(`{"data":[${input.map(() => '{"embedding":[1,NaN,2]}').join()}]}`),
    'gives null for a number': (input, response) =>
      response.end(JSON.stringify({ data: input.map(() => ({ embedding: [1, null, 2] })) })),
    'gives nothing but zeros': (input, response) =>
      response.end(JSON.stringify({ data: input.map(() => ({ embedding: [0, 0, 0] })) })),
    'gives a vector fewer': (input, response) =>
      response.end(JSON.stringify({ data: input.slice(1).map(() => ({ embedding: [1, 2, 3] })) })),
    'gives HTML': (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Login</html>'),
    'sends elsewhere': (_, response) => response.writeHead(308, { location: 'http://127.0.0.1:1/v1/embeddings' }).end(),
    refuses: (_, response) => response.writeHead(401).end('no such key'),
  };
  for (const [what, lie] of Object.entries(lies))
    test(`and ${what} ends the search with the reason, keeps nothing wrong, and is asked again`, async () => {
      const tree = makeTree(manyFiles(12));
      const { encoder, state } = await endpoint();
      state.reply = lie;
      await expect(ask(tree, encoder)).rejects.toMatchObject({ code: 'endpoint-failed' });
      expect(vectorFiles(tree)).toEqual([]);
      state.reply = honest;
      expect((await ask(tree, encoder)).hits[0]?.id).toBe('f7.ts:dropOldest');
    });

  test('and takes requests without a word is waited for once; then words are ranked, and that is said', async () => {
    const tree = makeTree(manyFiles(12));
    const { encoder, state } = await endpoint();
    await ask(tree, encoder);
    state.reply = () => {};
    const startedMs = performance.now();
    const answer = await ask(tree, `${encoder}&timeout=1`, 'drop the oldest');
    expect(performance.now() - startedMs).toBeLessThan(10_000);
    expect(answer.meaning).toBeNull();
    expect(answer.hits[0]?.id).toBe('f7.ts:dropOldest');
    expect(answer.notices.join()).toMatch(/did not answer within 1000 ms. Words were ranked without their meaning/);
    await add.run(add.input.parse({ sources: ['.'] }), contextOf(tree));
    const ofSet = search.input.parse({ query: 'drop the oldest', repos: 'default', encoder: `${encoder}&timeout=1` });
    expect(await search.run(ofSet, contextOf(tree))).toMatchObject({
      meaning: null,
      hits: expect.arrayContaining([expect.objectContaining({ path: 'f7.ts' })]),
    });
    const only = search.input.parse({ query: 'drop the oldest', encoder: `${encoder}&timeout=1`, meaning: 'only' });
    await expect(searchRanked(only, contextOf(tree))).rejects.toMatchObject({ code: 'endpoint-failed' });
  });

  test('once it is busy, hangs up or cuts its answer short, is asked again in the same search', async () => {
    const tree = makeTree(manyFiles(12));
    const { encoder, state } = await endpoint();
    let turn = 0;
    state.reply = (input, response) => {
      turn++;
      if (turn === 1) response.writeHead(429, { 'retry-after': '0.01' }).end();
      else if (turn === 2) response.socket?.destroy();
      else if (turn === 3) {
        response.writeHead(200, { 'content-length': '1000' }).write('{"data":[');
        setTimeout(() => response.socket?.destroy(), 5);
      } else honest(input, response);
    };
    expect((await ask(tree, encoder)).hits[0]?.id).toBe('f7.ts:dropOldest');
    expect(turn).toBeGreaterThan(4);
  });

  test('and fails in the middle loses what it had not given, and no more', async () => {
    const tree = makeTree(manyFiles(200));
    const { encoder, state } = await endpoint();
    state.reply = (input, response) =>
      state.inputs > 256 ? response.writeHead(400).end('out of credit') : honest(input, response);
    await expect(ask(tree, encoder)).rejects.toMatchObject({ code: 'endpoint-failed' });
    expect(vectorFiles(tree)).toHaveLength(1);
    const before = state.inputs;
    state.reply = honest;
    expect((await ask(tree, encoder)).hits[0]?.id).toBe('f7.ts:dropOldest');
    // 400 chunks and the query, less the batch of 256 that came whole.
    expect(state.inputs - before).toBeLessThanOrEqual(400 - 255 + 1);
    expect(problems(tree)).toEqual([]);
  });
});

describe('a process killed while vectors are made', () => {
  const start = (tree: Tree, words: readonly string[]) =>
    spawn(process.execPath, [launcher, 'search', 'evict stale entries', tree.root, '--json', ...words], {
      env: { ...environment(tree.home), NODE_COMPILE_CACHE: path.join(tree.home, 'compiled') },
      stdio: ['ignore', 'pipe', 'pipe'],
    });

  test('between answers of an endpoint leaves nothing wrong', async () => {
    const tree = makeTree(manyFiles(120));
    const { encoder, state } = await endpoint();
    for (const killedAt of [1, 150]) {
      state.inputs = 0;
      const child = start(tree, ['--encoder', encoder]);
      const end = new Promise((resolve) => child.once('close', resolve));
      state.reply = (input, response) => {
        if (state.inputs >= killedAt) child.kill('SIGKILL');
        honest(input, response);
      };
      await end;
      expect(child.signalCode).toBe('SIGKILL');
      expect(problems(tree)).toEqual([]);
    }
    state.reply = honest;
    expect((await ask(tree, encoder)).hits[0]?.id).toBe('f7.ts:dropOldest');
  });

  test('at any instant leaves the answer what it would have been', async () => {
    const tree = makeTree(manyFiles(120));
    const unharmed = makeTree(manyFiles(120));
    const expected = (await ask(unharmed, undefined)).hits;
    for (const afterMs of [300, 500, 700]) {
      const child = start(tree, []);
      const end = new Promise((resolve) => child.once('close', resolve));
      await Promise.race([sleep(afterMs), end]);
      child.kill('SIGKILL');
      await end;
      expect(problems(tree)).toEqual([]);
    }
    expect((await ask(tree, undefined)).hits).toEqual(expected);
  });
});

/** Runs a shell command where it may mount. */
const mounting = (script: string, home: string) =>
  spawnSync('unshare', ['--map-root-user', '--mount', 'sh', '-c', script], {
    encoding: 'utf8',
    env: environment(home),
  });
const canMount = mounting('mount -t tmpfs tmpfs /mnt', '/tmp').status === 0;

describe.skipIf(!canMount)(`a home${canMount ? '' : ' (skipped: mounting in a namespace is not allowed here)'}`, () => {
  const searching = (tree: Tree) =>
    `"${process.execPath}" "${launcher}" search 'where is the oldest dropped' "${tree.root}" --json --limit 1`;
  const answer = (text: string): { hits: { id: string }[]; meaning: string | null; notices: string[] } =>
    JSON.parse(text);

  test('that cannot be written: the answer has its meaning, and why it is not kept', async () => {
    const tree = makeTree(manyFiles(12));
    await searchRanked(search.input.parse({ query: 'evict', meaning: 'off' }), contextOf(tree));
    const { stdout, status } = mounting(
      `mount --bind "${tree.home}" "${tree.home}" && mount -o remount,bind,ro "${tree.home}" && ${searching(tree)}`,
      tree.home,
    );
    const { meaning, notices } = answer(stdout);
    expect([status, meaning === null]).toEqual([0, false]);
    expect(notices.join()).toMatch(/Vectors could not be kept.*EROFS/);
  });

  test('on a full disk: the same, and vectors are kept once there is room', async () => {
    const tree = makeTree(manyFiles(12));
    // The directory must be there to be mounted on.
    await searchRanked(search.input.parse({ query: 'evict', meaning: 'off' }), contextOf(tree));
    const { stdout } = mounting(
      `mount -t tmpfs -o size=8m tmpfs "${tree.home}" && ${searching(tree)} --meaning off >/dev/null
       cd "${tree.home}" && cat /dev/zero >fill 2>/dev/null; ${searching(tree)}; echo; rm fill; ${searching(tree)}; echo; find . -name '*.vectors'`,
      tree.home,
    );
    const [full = '', roomy = '', kept = ''] = stdout.split(/\n(?=\{|\.)/);
    expect(answer(full).notices.join()).toMatch(/Vectors could not be kept.*ENOSPC/);
    expect(answer(full).meaning).not.toBeNull();
    expect(answer(roomy).notices.join()).not.toContain('could not be kept');
    expect(answer(roomy).hits).toEqual(answer(full).hits);
    expect(kept).toContain('.vectors');
  });
});

describe('an encoder that was named and is wrong', () => {
  test.each([
    ['ftp://host/v1#model=x', 'bad-usage', /http or https/],
    ['no.table', 'path-not-found', /no\.table/],
    ['f0.ts', 'bad-model', /not a word table/],
    ['.', 'bad-model', /model\.onnx/],
    ['.#exit=x', 'bad-usage', /came x/],
    ['.#depth=2', 'bad-usage', /#exit=NAME/],
    ['http://127.0.0.1:1/v1', 'bad-usage', /model/],
    ['', 'bad-usage', /empty/],
  ])('%s is told even for a query that is a name', async (encoder, code, message) => {
    const tree = makeTree(manyFiles(2));
    const refused = { code, message: expect.stringMatching(message) };
    await expect(ask(tree, encoder, 'readRow1')).rejects.toMatchObject(refused);
    expect((await ask(tree, undefined, 'readRow1')).hits[0]?.id).toBe('f1.ts:readRow1');
  });
});

const noOnnx = await onnxTools().then(
  () => null,
  () => ' (skipped: the packages that run ONNX models are not installed)',
);

test.skipIf(noOnnx !== null)(`an ONNX model ranks, and its exits are never mixed${noOnnx ?? ''}`, async () => {
  const tree = makeTree({
    'a.ts': 'export function read(): void {\n  parse(json);\n}\n',
    'b.ts': 'export function drop(): void {\n  oldest(entry);\n}\n',
  });
  tree.write('.model/model.onnx', modelBytes(tinyGraph()));
  tree.write('.model/tokenizer.json', JSON.stringify(tinyTokenizer()));
  tree.write('.model/winnow.json', JSON.stringify({ exits: { full: 'last_hidden_state', quick: 'early' } }));
  const seen = new Set<string | null>();
  for (const encoder of ['.model', '.model#exit=quick', '.model#exit=full']) {
    const { hits, meaning } = await ask(tree, encoder, 'evict oldest entry');
    expect(hits[0]?.id).toBe('b.ts:drop');
    seen.add(meaning);
  }
  expect(seen.size).toBe(2);
  expect(vectorFiles(tree)).toHaveLength(2);
});
