/** Recordings give exactly what was recorded, and the cache what was paid for; neither makes anything up. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { codeOf, request, useScript } from './asking.testing.ts';
import { openModel } from './mod.ts';
import { makeFolder } from './textfile.ts';

const model = useScript();
const dir = mkdtempSync(join(tmpdir(), 'winnow-model-'));
afterAll(() => rmSync(dir, { recursive: true }));
const replayed = (replay: string) => openModel({ id: 'scripted/coder', replay });

test('a replay gives the answers recorded, in their order for each request, and asks nobody', async () => {
  const record = join(dir, 'run.jsonl');
  model.answer(({ last, nth }) => ({ text: `${last} ${nth}`, delayMs: last === 'slow' ? 20 : 0 }));
  const run = async ({ ask }: Awaited<ReturnType<typeof replayed>>) => {
    const first = await Promise.all([ask(request('slow')), ask(request('quick')), ask(request('slow'))]);
    const json = await ask(request('quick', { logProbabilities: true, count: 2 }));
    return [...first, json].map(({ replies, usage, cost }) => ({ replies, usage, cost }));
  };
  const recorded = await run(await model.open({ record, concurrency: 1 }));
  const calls = model.asked.length;
  const again = await replayed(record);
  expect(await run(again)).toEqual(recorded);
  expect(model.asked).toHaveLength(calls);
  expect(again.spent()).toMatchObject({ calls: 4, replayed: 4 });
  const came: string[] = [];
  await (await replayed(record)).ask(request('quick'), { onText: (text) => came.push(text) });
  expect(came).toEqual([recorded[1]?.replies[0]?.text]);
});

test('what is missing is an error that names the nearest', async () => {
  const record = join(dir, 'few.jsonl');
  model.answer({ text: 'x' });
  const { ask } = await model.open({ record });
  await ask(request('Reverse a list in Python, please.'));
  const again = await replayed(record);
  await expect(again.ask(request('Reverse a text in Python, please.'))).rejects.toMatchObject({
    code: 'no-recorded-reply',
    message: /differs.*recorded «.*list in Python.*asked «.*text in Python/s,
  });
  await again.ask(request('Reverse a list in Python, please.'));
  await expect(again.ask(request('Reverse a list in Python, please.'))).rejects.toMatchObject({
    message: /1 answer .*once more/,
  });
  const other = await openModel({ id: 'scripted/other', replay: record });
  await expect(other.ask(request('Reverse a list in Python, please.'))).rejects.toMatchObject({
    message: /recorded of scripted\/coder/,
  });
});

test('failures of the provider are a part of the run, and a recording is gone on with', async () => {
  const record = join(dir, 'failing.jsonl');
  model.answer([{ status: 400, message: 'too long' }, { text: 'one' }, { text: 'two' }]);
  const first = await model.open({ record });
  expect(await codeOf(first.ask(request('q')))).toBe('model-unavailable');
  await first.ask(request('q'));
  const second = await model.open({ record });
  await second.ask(request('q'));
  const { ask } = await replayed(record);
  expect(await codeOf(ask(request('q')))).toBe('model-unavailable');
  expect((await ask(request('q'))).replies[0]?.text).toBe('one');
  expect((await ask(request('q'))).replies[0]?.text).toBe('two');
});

test('a replay can what the model could', async () => {
  const record = join(dir, 'able.jsonl');
  const { ask } = await model.open({ record, id: 'lab/m', capabilities: ['fill-in-the-middle'] });
  model.answer({ text: 'x' });
  await ask(request('before', {}, { suffix: 'behind' }));
  const again = await openModel({ id: 'lab/m', replay: record });
  expect([...again.capabilities]).toEqual(['fill-in-the-middle']);
  expect((await again.ask(request('before', {}, { suffix: 'behind' }))).replies[0]?.text).toBe('x');
});

test('a budget that ended is met again, and what was cancelled is not', async () => {
  const record = join(dir, 'ended.jsonl');
  model.answer({ text: 'x' });
  const { ask } = await model.open({ record, budget: { tokens: 60 } });
  const stop = new AbortController();
  const cancelled = ask(request('q', { maxTokens: 10 }), { signal: stop.signal });
  stop.abort();
  expect(await codeOf(cancelled)).toBe('cancelled');
  const run = async (one: typeof ask) => {
    const first = await codeOf(one(request('q', { maxTokens: 1_000 })));
    return [first, (await one(request('q', { maxTokens: 10 }))).replies[0]?.text];
  };
  const recorded = await run(ask);
  expect(recorded).toEqual(['over-budget', 'x']);
  const again = await replayed(record);
  expect(await run(again.ask)).toEqual(recorded);
  const failed = again.ask(request('q', { maxTokens: 1_000 }));
  expect(await codeOf(failed)).toBe('no-recorded-reply');
});

test('budgets hold in a replay too', async () => {
  const record = join(dir, 'budget.jsonl');
  model.answer({ text: 'x' });
  const { ask } = await model.open({ record });
  for (let i = 0; i < 3; i++) await ask(request('q'));
  const again = await openModel({ id: 'scripted/coder', replay: record, budget: { calls: 2 } });
  const codes = [];
  for (let i = 0; i < 3; i++) codes.push(await codeOf(again.ask(request('q'))));
  expect(codes).toEqual(['nothing thrown', 'nothing thrown', 'over-budget']);
});

test.each([
  ['another file', '{"a": 1}\n', /line 1/],
  ['a newer format', '{"format":"winnow.model-recording/2"}\n', /line 1/],
  ['a damaged row', '{"format":"winnow.model-recording/1"}\n{"key": 1}\n', /line 2/],
  ['nothing', '', /line 1/],
])('%s is no recording', async (_, text, message) => {
  const file = join(dir, 'bad.jsonl');
  writeFileSync(file, text);
  await expect(replayed(file)).rejects.toMatchObject({ code: 'bad-data', message });
});

test('half a row of a killed run is left out; a file that is no recording is not written to', async () => {
  const record = join(dir, 'killed.jsonl');
  model.answer({ text: 'x' });
  const { ask } = await model.open({ record });
  await ask(request('q'));
  const whole = readFileSync(record, 'utf8');
  writeFileSync(record, `${whole}{"key":"abc","nth":0,"mod`);
  expect((await (await replayed(record)).ask(request('q'))).replies[0]?.text).toBe('x');
  // Going on begins a line of its own.
  await (await model.open({ record })).ask(request('r'));
  expect((await (await replayed(record)).ask(request('r'))).replies[0]?.text).toBe('x');
  const other = join(dir, 'notes.txt');
  writeFileSync(other, 'my notes\n');
  expect(await codeOf(model.open({ record: other }))).toBe('bad-data');
  expect(readFileSync(other, 'utf8')).toBe('my notes\n');
  expect(await codeOf(replayed(join(dir, 'none.jsonl')))).toBe('path-not-found');
  expect(await codeOf(model.open({ record, replay: record }))).toBe('bad-usage');
  expect(await codeOf(model.open({ record: '/proc/none/x.jsonl' }))).toBe('store-unwritable');
});

test('answers that would come again are kept, and draws are not', async () => {
  const cache = { dir: join(dir, 'cache') };
  let drawn = 0;
  model.answer(() => ({ text: `${drawn++}` }));
  const twice = async (sampling: object, options: object = {}): Promise<boolean> => {
    const { ask } = await model.open({ cache, ...options });
    const [first, second] = [await ask(request('q', sampling)), await ask(request('q', sampling))];
    expect(second.from).toBe(first.replies[0]?.text === second.replies[0]?.text ? 'cache' : 'provider');
    return second.from === 'cache';
  };
  expect(await twice({})).toBe(false);
  expect(await twice({ temperature: 0.8 })).toBe(false);
  expect(await twice({ temperature: 0.8, seed: 1 })).toBe(true);
  expect(await twice({ temperature: 0.8, seed: 2 }, { capabilities: [] })).toBe(false);
  expect(await twice({ temperature: 0 })).toBe(true);
  expect(await twice({ temperature: 0.9 }, { cache: { ...cache, mode: 'all' } })).toBe(true);
  const { ask, spent } = await model.open({ cache });
  expect(await ask(request('q', { temperature: 0 }))).toMatchObject({ from: 'cache', cost: 0 });
  expect(spent()).toMatchObject({ calls: 0, cached: 1 });
  expect((await ask(request('q', { temperature: 0, count: 2 }))).from).toBe('provider');
  for (const name of readdirSync(cache.dir, { recursive: true, encoding: 'utf8' }).filter((one) =>
    one.endsWith('.json'),
  ))
    writeFileSync(join(cache.dir, name), '{"replies": [');
  expect((await ask(request('q', { temperature: 0 }))).from).toBe('provider');
});

test.skipIf(process.platform !== 'linux')('a folder that cannot be made is said, and not tried for ever', () => {
  expect(() => makeFolder('/proc/no/such/folder')).toThrow(/ENOENT/);
});
