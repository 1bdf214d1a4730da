/** Names, addresses, keys and the configuration: what is found, and what is said when it is not. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readModelConfig } from './config.ts';
import { findPrice } from './prices.ts';
import { probeProviders } from './probe.ts';
import { requireKey, resolveModel } from './resolve.ts';
import { readScript } from './scripted/script.ts';
import { startScripted } from './scripted/server.ts';

const dir = mkdtempSync(join(tmpdir(), 'winnow-models-'));
afterAll(() => rmSync(dir, { recursive: true }));
const none = (): undefined => undefined;
const resolved = (id: string, more: object = {}) => resolveModel({ id, config: {}, variable: none, ...more });
function config(text: string): ReturnType<typeof readModelConfig> {
  const file = join(dir, 'models.json');
  writeFileSync(file, text);
  return readModelConfig(file);
}

test('a name may have slashes of its own, and a server of the user may have any', () => {
  expect(resolved('ollama/hf.co/x/y:Q4')).toMatchObject({
    name: 'hf.co/x/y:Q4',
    url: 'http://127.0.0.1:11434/v1',
    key: null,
  });
  expect(resolved('lab/m', { url: 'https://models.lab.example/v1/' })).toMatchObject({
    url: 'https://models.lab.example/v1',
    ownAddress: false,
  });
  expect(resolved('google/g', { variable: (name: string) => (name === 'GEMINI_API_KEY' ? 'k' : undefined) }).key).toBe(
    'k',
  );
  expect(() => requireKey(resolved('anthropic/c'))).toThrow(/ANTHROPIC_API_KEY/);
});

test('a key that cannot be sent is said with its variable and without itself', () => {
  const key = 'sk-1\nsk-2';
  let said = '';
  try {
    requireKey(resolved('anthropic/c', { variable: () => key }));
  } catch (error) {
    said = String(error);
  }
  expect(said).toMatch(/ANTHROPIC_API_KEY.*line break/);
  expect(said).not.toContain('sk-');
});

test.each([
  ['gpt-4o', /Expected provider\/name/],
  ['/x', /Expected provider\/name/],
  ['openai/', /Expected provider\/name/],
  ['', /Expected provider\/name/],
  ['opnai/gpt', /Did you mean openai\/gpt/],
  ['nobody/x', /Configured: anthropic, openai, google, ollama, llamacpp, vllm, lmstudio/],
  ['scripted/x', /--model-url/],
])('%j is not known', (id, message) => expect(() => resolved(id)).toThrow(message));

test.each([
  'ftp://x/v1',
  'nonsense',
  'http://me:secret@host/v1',
  'https://host/v1?key=secret',
  'https://host/v1#secret',
])('%s is no address, and what may be secret in it is not told', (url) => {
  expect(() => resolved('lab/m', { url })).toThrow(/http or https address/);
  expect(() => resolved('lab/m', { url })).not.toThrow(/secret/);
});

test('models.json adds providers, changes known ones, and has prices', () => {
  const own = config(
    '{"model": "lab/m", "providers": {"lab": {"url": "http://10.0.0.1/v1", "key": "LAB_KEY", "capabilities": ["many"]}, "vllm": {"url": "http://10.0.0.2:8000/v1", "concurrency": 2}}, "prices": {"lab/*": {"input": 1, "output": 2}}}',
  );
  expect(resolveModel({ id: 'lab/m', config: own, variable: (name) => `the ${name}` })).toMatchObject({
    key: 'the LAB_KEY',
    capabilities: new Set(['many']),
  });
  expect(resolveModel({ id: 'vllm/m', config: own, variable: none })).toMatchObject({
    url: 'http://10.0.0.2:8000/v1',
    concurrency: 2,
  });
  expect(findPrice('lab/m', own.prices)).toEqual({ input: 1, output: 2 });
  expect(readModelConfig(join(dir, 'absent.json'))).toEqual({});
});

test.each([
  ['[]', /expected object/i],
  ['{"providers": {"a": {"key": "sk-secret-123"}}}', /a key itself is never written here/],
  ['{"key": "sk-secret-123"', /expected JSON/],
  ['{"provider": {}}', /provider/],
  ['{"providers": {"A/B": {}}}', /providers/],
  ['{"prices": {"a/b": {"input": -1, "output": 0}}}', /prices/],
])('%s is no configuration', (text, message) => {
  expect(() => config(text)).toThrow(message);
  expect(() => config(text)).not.toThrow(/sk-secret/);
});

test('of prices the most particular is taken', () => {
  expect(findPrice('anthropic/claude-opus-4-5-20251101')).toEqual({ input: 5, output: 25 });
  expect(findPrice('anthropic/claude-opus-4-1')).toEqual({ input: 15, output: 75 });
  expect(findPrice('ollama/anything')).toEqual({ input: 0, output: 0 });
  expect(findPrice('openai/gpt-99')).toBeNull();
});

test('who can be used is told without asking a model, and no key goes out', async () => {
  const server = await startScripted(() => ({ text: 'x' }));
  try {
    const providers = {
      here: { url: server.url },
      gone: { url: 'http://127.0.0.1:9/v1' },
      paid: { url: server.url, key: 'PAID' },
    };
    const quiet = Object.fromEntries(
      ['ollama', 'llamacpp', 'vllm', 'lmstudio'].map((name) => [name, { url: 'http://127.0.0.1:9/v1' }]),
    );
    const found = await probeProviders({
      config: { providers: { ...quiet, ...providers } },
      variable: (name) => (name === 'PAID' ? 'k' : undefined),
    });
    const of = (name: string) => found.find((one) => one.name === name);
    expect(of('here')).toMatchObject({ state: 'ready', models: ['scripted'] });
    expect(of('gone')).toMatchObject({ state: 'no-answer' });
    expect(of('paid')).toMatchObject({ state: 'ready', models: null });
    expect(of('anthropic')).toMatchObject({ state: 'no-key' });
    expect(of('scripted')).toMatchObject({ state: 'no-address' });
    expect(server.asked).toEqual([]);
  } finally {
    await server.close();
  }
});

test.each([
  ['rules: [{contains: x, reply: {text: a}, pool: [b]}]', /either "reply" or "pool"/],
  ['rules: [{reply: {fault: tired}}]', /fault/],
  ['rules: [{matches: "(", reply: {text: a}}]', /rules\.0\.matches/],
  ['rules: [', /expected JSON or YAML/],
  ['{"rule": []}', /rule/],
])('%s is no script', (text, message) => {
  const file = join(dir, 'script.yaml');
  writeFileSync(file, text);
  expect(() => readScript(file)).toThrow(message);
});

test('rules answer by words, in turn, for so many times, and draw by seeds', () => {
  const file = join(dir, 'script.yaml');
  writeFileSync(
    file,
    'rules:\n- {contains: [sort], last: now, reply: [{text: one}, {text: two}]}\n- {matches: "^draw", pool: [a, b, c, d, e, f], seed: 3}\n- {contains: once, times: 1, reply: {text: first}}\n- {contains: once, reply: {text: later}}\n',
  );
  const script = readScript(file);
  const asked = {
    model: 'm',
    messages: [],
    suffix: null,
    count: 1,
    seed: null,
    temperature: null,
    maxTokens: null,
    stop: [],
    tools: [],
    stream: false,
    keyed: false,
    nth: 0,
  };
  const of = (text: string, more: object = {}) => script({ ...asked, text, last: text, ...more });
  expect([of('sort now'), of('sort now'), of('sort now')].map(({ text }) => text)).toEqual(['one', 'two', 'two']);
  expect(of('sort')).toMatchObject({ status: 400, message: expect.stringContaining('no rule') });
  expect([of('once').text, of('once').text]).toEqual(['first', 'later']);
  const draw = (seed: number): unknown => of('draw', { seed, count: 5 }).text;
  expect(draw(1)).toEqual(draw(1));
  expect(new Set(Array.from({ length: 6 }, (_, seed) => String(draw(seed)))).size).toBeGreaterThan(1);
  expect(new Set(Array.from({ length: 12 }, () => String(of('draw').text))).size).toBeGreaterThan(1);
});
