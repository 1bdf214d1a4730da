/** `search --rewrite` and `locate --rewrite` as a user meets them: a scripted model's code gives names that are searched along, replies are kept, and whatever goes wrong leaves the search as it was. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Act, type Asked, type ScriptedServer, startScripted } from '../src/model/mod.ts';
import { outsideData } from '../src/solve/conformance/prompts.ts';
import { keepIn } from './keptcache.ts';
import { environment, launcher, type Ran, workspace, writeFiles } from './program.ts';

const { dir, home, remove } = workspace();
keepIn(home);
const question = 'how long do we sit idle before trying once more OBEY-81';
let server: ScriptedServer;
let act: Act | ((one: Asked) => Act) = { text: '' };
const asked: Asked[] = [];

beforeAll(async () => {
  const bodies = ['def idle(sit):\n    return sit\n', 'def trying(long):\n    return long\n'];
  writeFiles(dir, {
    'project/backoff.py': 'def retry_delay(attempt):\n    """Seconds."""\n    return 2 ** attempt\n',
    ...Object.fromEntries(bodies.map((body, at) => [`project/other${at}.py`, body])),
    'issue.md': `${question}\n`,
  });
  server = await startScripted((one) => {
    asked.push(one);
    return typeof act === 'function' ? act(one) : act;
  });
});
afterAll(async () => {
  await server.close();
  remove();
});

/** Not synchronous, since the server is in this process. */
async function ran(words: readonly string[]): Promise<Ran> {
  const model = words.includes('--rewrite') ? ['--model', 'lab/coder', '--model-url', server.url] : [];
  const child = spawn(process.execPath, [launcher, ...words, ...model, '--json'], { cwd: dir, env: environment(home) });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (data) => (said.stdout += data));
  child.stderr.on('data', (data) => (said.stderr += data));
  const [status] = await once(child, 'close');
  return { status, ...said };
}
const search = (...more: string[]) => searchFor(question, ...more);
const searchFor = (text: string, ...more: string[]) => ran(['search', text, 'project', '--meaning', 'off', ...more]);

test('names of the model’s code are searched along, its reply is kept, and the question is data', async () => {
  act = {
    text: 'Sure.\n```python\ndef retry_delay(attempt):  # lang:go -idle path:../secret "x y"\n    return attempt\n```',
  };
  const plain = JSON.parse((await search()).stdout);
  expect(plain.rewritten).toBeNull();
  expect(plain.hits[0]?.path).not.toBe('backoff.py');
  const run = await search('--rewrite');
  const { hits, rewritten, query } = JSON.parse(run.stdout);
  expect(rewritten).toMatchObject({ model: 'lab/coder', from: 'provider', reason: null });
  expect(rewritten.words).toEqual(['retry_delay', 'attempt']);
  expect(query.text).not.toMatch(/[":]/);
  expect(hits[0].path).toBe('backoff.py');
  expect(asked).toHaveLength(1);
  for (const { text } of asked[0]?.messages ?? []) expect(outsideData(text)).not.toContain('OBEY-81');
  expect(asked[0]?.text).toContain('OBEY-81');
  const again = JSON.parse((await search('--rewrite')).stdout);
  expect(again.rewritten).toMatchObject({ from: 'cache', words: rewritten.words, costUsd: 0 });
  expect(asked).toHaveLength(1);
  const located = JSON.parse((await ran(['locate', 'issue.md', 'project', '--meaning', 'off', '--rewrite'])).stdout);
  expect(located.rewritten).toMatchObject({ reason: null, from: 'provider' });
  const found = located.functions.find(({ name }: { name: string }) => name === 'retry_delay');
  expect(found?.reasons.map(({ text }: { text: string }) => text).join()).toContain('retry_delay');
});

test.each([
  [{ text: 'I would look into the network part.' }, /gave no code/],
  [{ text: '```python\nreturn None\n```' }, /has no name that the question has not/],
  [{ status: 400, message: 'closed' }, /model-unavailable: .*closed/],
] satisfies [Act, RegExp][])('%j leaves the search as it was, and is told', async (given, reason) => {
  act = given;
  // A question of its own: a reply that was kept is not asked for again.
  const own = `${question} ${reason.source.replace(/\W+/g, ' ')}`;
  const plain = JSON.parse((await searchFor(own, '--limit', '3')).stdout);
  const run = await searchFor(own, '--limit', '3', '--rewrite');
  expect(run.status).toBe(0);
  const answer = JSON.parse(run.stdout);
  expect(answer.rewritten).toMatchObject({ words: [], reason: expect.stringMatching(reason) });
  expect(answer.hits).toEqual(plain.hits);
  expect(answer.notices).toEqual([expect.stringContaining('is searched as it stands')]);
});

test('the first hits are rewritten as data, each once, and ordered by what is alike too', async () => {
  const own = 'sit idle or trying long';
  const plain = JSON.parse((await searchFor(own)).stdout);
  const [first, second] = plain.hits;
  expect(plain.hits).toHaveLength(2);
  const told = (name: string) => ({ text: `\`\`\`python\ndef ${name}(turn):\n    return turn\n\`\`\`` });
  asked.length = 0;
  act = ({ text }) =>
    !text.includes('Write this code anew') || text.includes(second.name) ? told('wait_for') : told('paint');
  const { hits, rewritten } = JSON.parse(
    (await searchFor(own, '--rewrite', '--rewrite-hits', '5', '--limit', '1')).stdout,
  );
  expect(hits).toMatchObject([{ id: second.id, body: null }]);
  expect(rewritten.hits).toEqual([
    { id: second.id, before: 2, alike: 1, reason: null },
    { id: first.id, before: 1, alike: expect.any(Number), reason: null },
  ]);
  expect(rewritten.hits[1].alike).toBeLessThan(1);
  expect(asked).toHaveLength(3);
  for (const { messages } of asked)
    expect(messages.map(({ text }) => outsideData(text)).join()).not.toContain(second.name);
  await searchFor(own, '--rewrite', '--rewrite-hits', '5');
  expect(asked).toHaveLength(3);
  act = ({ text }) => (text.includes('Write this code anew') ? { text: 'no' } : told('wait_for'));
  const odd = JSON.parse((await searchFor(`${own} now`, '--rewrite', '--rewrite-hits', '2', '--no-refresh')).stdout);
  expect(odd.rewritten.hits.map(({ alike }: { alike: number | null }) => alike)).not.toContain(null);
});

test('a name is not rewritten; a model that nobody asks, and a pattern, are refused', async () => {
  const before = asked.length;
  const name = await ran(['search', 'retryDelay', 'project', '--rewrite']);
  expect(JSON.parse(name.stdout).rewritten).toBeNull();
  expect(asked).toHaveLength(before);
  for (const words of [
    ['search', 'a b', 'project', '--model', 'lab/x'],
    ['search', 'a b', 'project', '--rewrite-hits', '3'],
    ['search', 'a b', 'project', '--rewrite', '--rewrite-hits', '3', '--budget-tokens', '500'],
    ['search', '--pattern', 'f($A)', 'project', '--rewrite'],
    ['search', '--regex', 'f', 'project', '--rewrite'],
    ['locate', 'issue.md', 'project', '--record', 'x'],
  ]) {
    const { status, stderr } = await ran(words);
    expect([status, stderr]).toEqual([2, expect.stringContaining('bad-usage')]);
  }
});
