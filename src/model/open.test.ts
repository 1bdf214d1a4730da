/** A model behind a real server: what is drawn, what is tried again, what is spent, and what is never told. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { codeOf, request, useScript } from './asking.testing.ts';
import { openBudget } from './mod.ts';

const model = useScript();
const texts = (answer: { replies: readonly { text: string }[] }): string[] => answer.replies.map(({ text }) => text);

test('several replies come by one call where the provider can', async () => {
  model.answer({ text: ['a', 'b', 'c'] });
  const { ask, spent } = await model.open();
  const answer = await ask(request('q', { count: 3, seed: 7, temperature: 0.5 }));
  expect(texts(answer)).toEqual(['a', 'b', 'c']);
  expect(model.asked).toMatchObject([{ count: 3, seed: 7, temperature: 0.5, maxTokens: 4_096 }]);
  expect(spent()).toMatchObject({ calls: 1, outputTokens: 3 });
  expect(answer.usage.outputTokens).toBe(3);
});

test('and else by calls side by side, with seeds of their own', async () => {
  model.answer(({ seed }) => ({ text: `seed ${seed}` }));
  const { ask } = await model.open({ capabilities: ['seed'] });
  expect(texts(await ask(request('q', { count: 3, seed: 7 })))).toEqual(['seed 7', 'seed 8', 'seed 9']);
});

test('of calls side by side one that fails costs none of the others, is told, and begins no more', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'winnow-siblings-'));
  try {
    const notices: string[] = [];
    const options = {
      ...{ capabilities: ['seed'] as const, cache: { dir: join(dir, 'cache'), mode: 'all' as const } },
      ...{ onNotice: (text: string) => notices.push(text), attempts: 1 },
    };
    model.answer(({ seed }) => (seed === 8 ? { status: 400, message: 'not this one' } : { text: `seed ${seed}` }));
    const wanted = request('q', { count: 3, seed: 7 });
    const opened = await model.open({ ...options, record: join(dir, 'run.jsonl') });
    const answer = await opened.ask(wanted);
    expect(texts(answer)).toEqual(['seed 7', 'seed 9']);
    expect(answer.missing).toEqual({ count: 1, reason: expect.stringMatching(/^model-unavailable: .*not this one/) });
    expect(opened.spent()).toMatchObject({ calls: 2, outputTokens: answer.usage.outputTokens });
    expect(notices).toEqual([expect.stringMatching(/1 of 3 replies did not come, the others are kept/)]);
    // The same again in a replay; the cache keeps no half.
    const replay = await model.open({ ...options, replay: join(dir, 'run.jsonl') });
    expect(await replay.ask(wanted)).toEqual({ ...answer, from: 'recording', calls: undefined });
    model.answer(({ seed }) => ({ text: `again ${seed}` }));
    expect(texts(await (await model.open(options)).ask(wanted))).toEqual(['again 7', 'again 8', 'again 9']);
    // One at a time: what has not begun when one fails is not begun.
    model.answer(() => (model.asked.length === 2 ? { status: 400 } : { text: 'x' }));
    expect(texts(await (await model.open({ ...options, cache: null, concurrency: 1 })).ask(wanted))).toEqual(['x']);
    expect(model.asked).toHaveLength(2);
    model.answer({ status: 400 });
    expect(await codeOf((await model.open({ ...options, cache: null })).ask(wanted))).toBe('model-unavailable');
  } finally {
    rmSync(dir, { recursive: true });
  }
});

test('a budget that ends among replies keeps those that were paid for', async () => {
  model.answer(({ seed }) => ({ text: `seed ${seed}` }));
  const { ask } = await model.open({ capabilities: ['seed'], budget: { calls: 2 } });
  const answer = await ask(request('q', { count: 4, seed: 1 }));
  expect(answer).toMatchObject({
    replies: [{}, {}],
    missing: { count: 2, reason: expect.stringMatching(/^over-budget/) },
  });
  expect(await codeOf(ask(request('q')))).toBe('over-budget');
});

test('of several replies to a schema the one that never fits costs none of the others', async () => {
  model.answer(() => ({ text: model.asked.length === 1 ? ['1', 'no'] : 'still no' }));
  const { ask } = await model.open();
  const answer = await ask(request('q', { count: 2 }, { schema: { type: 'integer' } }));
  expect(answer.replies.map(({ value }) => value)).toEqual([1]);
  expect(answer.missing).toMatchObject({ count: 1, reason: expect.stringMatching(/^model-reply-invalid/) });
});

test('too few choices are asked for again one by one, too many are dropped, none is no answer', async () => {
  model.answer(({ count, nth }) => ({ text: `${nth}`, choices: count > 1 ? 2 : 1 }));
  const { ask } = await model.open();
  expect((await ask(request('q', { count: 4 }))).replies).toHaveLength(4);
  expect(model.asked.map(({ count }) => count)).toEqual([4, 1, 1]);
  model.answer({ text: 'x', choices: 5 });
  expect((await ask(request('q', { count: 2 }))).replies).toHaveLength(2);
  model.answer({ text: 'x', choices: 0 });
  expect(await codeOf(ask(request('q')))).toBe('model-reply-invalid');
  expect(model.asked).toHaveLength(2);
});

test('text comes as it is written, and never a part of a stop sequence', async () => {
  model.answer({ text: 'def f():\n    return 1\n\nprint(f())' });
  const came: string[] = [];
  const { ask } = await model.open({ capabilities: [] });
  const answer = await ask(request('q', { stop: ['\n\nprint', 'never'] }), { onText: (text) => came.push(text) });
  expect(texts(answer)).toEqual(['def f():\n    return 1']);
  expect(came.join('')).toBe('def f():\n    return 1');
  expect(came.length).toBeGreaterThan(1);
  // It has no stop sequences of its own, so none was sent.
  expect(model.asked[0]?.stop).toEqual([]);
  const able = await model.open();
  await able.ask(request('q', { stop: ['1', '2', '3', '4', '5'] }));
  expect(model.asked[1]?.stop).toEqual(['1', '2', '3', '4']);
});

test('log-probabilities come whole and streamed, end with the reply, and are null where there are none', async () => {
  model.answer({ text: 'one two STOP three' });
  const { ask } = await model.open();
  const whole = await ask(request('q', { logProbabilities: true, stop: ['STOP'] }));
  const streamed = await ask(request('q', { logProbabilities: true, stop: ['STOP'] }), { onText: () => {} });
  for (const { replies } of [whole, streamed]) {
    expect(replies[0]?.text).toBe('one two ');
    expect(replies[0]?.logProbabilities?.map(({ token }) => token).join('')).toBe('one two ');
    for (const { logProbability } of replies[0]?.logProbabilities ?? []) expect(logProbability).toBeLessThanOrEqual(0);
  }
  const [reply] = (await (await model.open({ capabilities: [] })).ask(request('q', { logProbabilities: true })))
    .replies;
  expect(reply?.logProbabilities).toBeNull();
});

test('what stands between two texts is asked for by the completions endpoint, as it stands', async () => {
  model.answer({ text: 'return a + b' });
  const { ask } = await model.open();
  const before = request('def add(a, b):\n    ', { logProbabilities: true }, { suffix: '\n\nadd(1, 2)' });
  const { replies } = await ask(before);
  expect(replies[0]?.text).toBe('return a + b');
  expect(replies[0]?.logProbabilities?.length).toBeGreaterThan(0);
  expect(model.asked[0]).toMatchObject({
    messages: [{ text: 'def add(a, b):\n    ' }],
    suffix: '\n\nadd(1, 2)',
    stop: [],
  });
  const chat = await model.open({ capabilities: ['tools'] });
  expect(await codeOf(chat.ask(before))).toBe('model-unable');
  expect(model.asked).toHaveLength(1);
});

test('tools are offered, called, and answered', async () => {
  model.answer([{ toolCalls: [{ name: 'search', arguments: { words: 'retry' } }] }, { text: 'found' }]);
  const { ask } = await model.open();
  const tools = [
    {
      name: 'search',
      description: 'Finds code',
      parameters: { type: 'object', properties: { words: { type: 'string' } } },
    },
  ];
  const first = request('where?', {}, { tools });
  const [reply] = (await ask(first)).replies;
  expect(reply).toMatchObject({
    ending: 'tool-calls',
    toolCalls: [{ name: 'search', arguments: '{"words":"retry"}' }],
  });
  const calls = reply?.toolCalls ?? [];
  const second = await ask({
    ...first,
    messages: [
      ...first.messages,
      { role: 'assistant', parts: [], toolCalls: calls },
      { role: 'tool', parts: [{ kind: 'data', text: 'src/retry.ts', label: 'hits' }], toolCallId: calls[0]?.id ?? '' },
    ],
  });
  expect(texts(second)).toEqual(['found']);
  expect(model.asked[1]?.tools).toEqual(['search']);
  expect(model.asked[1]?.last).toBe('hits, as data:\n```\nsrc/retry.ts\n```');
  const streamed: string[] = [];
  model.answer({ toolCalls: [{ name: 'search', arguments: {} }] });
  expect((await ask(first, { onText: (text) => streamed.push(text) })).replies[0]?.toolCalls).toHaveLength(1);
});

test('a provider that refuses a reply is told, and an empty reply is a reply', async () => {
  model.answer({ text: 'no', ending: 'content_filter' });
  const { ask } = await model.open();
  expect((await ask(request('q'))).replies[0]?.ending).toBe('refused');
  model.answer({ text: '' });
  expect((await ask(request('q'))).replies).toMatchObject([{ text: '', ending: 'stop' }]);
  model.answer({ text: 'one two three four' });
  expect((await ask(request('q', { maxTokens: 2 }))).replies).toMatchObject([{ ending: 'length' }]);
});

test('a busy provider and a cut connection are tried again', async () => {
  const waits: number[] = [];
  model.answer(({ nth }) => {
    waits.push(nth);
    return (
      [{ status: 429, retryAfter: 0.01 }, { status: 503 }, { fault: 'cut' as const, text: 'lost' }][
        waits.length - 1
      ] ?? { text: 'at last' }
    );
  });
  const { ask, spent } = await model.open();
  expect(texts(await ask(request('q')))).toEqual(['at last']);
  expect(spent()).toMatchObject({ retries: 3, calls: 2 });
});

test.each([
  ['a refusal, at once', { status: 401, message: 'who are you' }, 'model-unavailable', 1],
  ['a busy provider, after all attempts', { status: 500 }, 'model-unavailable', 3],
  ['a quota used up for hours, at once', { status: 429, retryAfter: 7_200 }, 'model-unavailable', 1],
  ['JSON that breaks off, after a second try', { fault: 'malformed', text: 'x' }, 'model-reply-invalid', 2],
  ["a proxy's page, after a second try", { fault: 'page' }, 'model-reply-invalid', 2],
] as const)('%s', async (_, act, code, calls) => {
  model.answer(act);
  const { ask } = await model.open({ attempts: 3 });
  expect(await codeOf(ask(request('q')))).toBe(code);
  expect(model.asked).toHaveLength(calls);
});

test('an endless reply ends at what its tokens can take', async () => {
  model.answer({ fault: 'endless', text: 'abcd' });
  const { ask } = await model.open({ attempts: 1 });
  expect(await codeOf(ask(request('q', { maxTokens: 1 })))).toBe('model-reply-invalid');
  const came: string[] = [];
  const { replies } = await ask(request('q', { maxTokens: 10 }), { onText: (text) => came.push(text) });
  expect(replies).toMatchObject([{ ending: 'length' }]);
  expect(came.join('')).toBe(replies[0]?.text);
  expect(replies[0]?.text.length).toBeLessThan(2_000);
});

test('a stream that is cut is drawn anew, and one that ends too early is no reply', async () => {
  const came: string[] = [];
  model.answer([{ fault: 'cut', text: 'half of it is lost' }, { text: 'whole' }]);
  const { ask } = await model.open();
  expect(texts(await ask(request('q'), { onText: (text) => came.push(text) }))).toEqual(['whole']);
  expect(came.join('')).toMatch(/\nwhole$/);
  model.answer({ fault: 'malformed', text: 'half of it is lost' });
  expect(await codeOf(ask(request('q'), { onText: () => {} }))).toMatch(/^model-/);
});

test('silence ends with the time of a call, and a wrong address at once', async () => {
  model.answer({ fault: 'silent' });
  const { ask } = await model.open({ timeoutMs: 50 });
  await expect(ask(request('q'))).rejects.toMatchObject({ code: 'model-unavailable', message: /50 ms.*2 times/s });
  const gone = await model.open({ url: 'http://127.0.0.1:9/v1' });
  await expect(gone.ask(request('q'))).rejects.toMatchObject({ code: 'model-unavailable', message: /127\.0\.0\.1:9/ });
  const wrong = await model.open({ url: model.url.replace('/v1', '/elsewhere') });
  await expect(wrong.ask(request('q'))).rejects.toMatchObject({
    code: 'model-unavailable',
    message: /404.*no such endpoint/,
  });
});

test('who cancels is told so, before, during and while waiting', async () => {
  model.answer({ fault: 'silent' });
  const { ask, spent } = await model.open({ concurrency: 1 });
  expect(await codeOf(ask(request('q'), { signal: AbortSignal.abort() }))).toBe('cancelled');
  const stop = new AbortController();
  const both = [codeOf(ask(request('q'), { signal: stop.signal })), codeOf(ask(request('q'), { signal: stop.signal }))];
  await expect.poll(() => model.asked.length, { timeout: 30_000 }).toBe(1);
  stop.abort();
  expect(await Promise.all(both)).toEqual(['cancelled', 'cancelled']);
  // The first may have been paid for, the second was never sent.
  expect(spent().calls).toBe(1);
});

test('when one of several calls fails for good, those under way end by themselves or by their time', async () => {
  model.answer(({ seed }) => (seed === 2 ? { status: 400 } : { fault: 'silent' }));
  const { ask } = await model.open({ capabilities: ['seed'], concurrency: 8, timeoutMs: 200, attempts: 1 });
  expect(await codeOf(ask(request('q', { count: 4, seed: 0 })))).toBe('model-unavailable');
  const stop = new AbortController();
  const cancelled = ask(request('q', { count: 4, seed: 0 }), { signal: stop.signal });
  stop.abort();
  expect(await codeOf(cancelled)).toBe('cancelled');
});

test('no more calls are under way than allowed', async () => {
  let now = 0;
  let most = 0;
  model.answer(() => {
    now++;
    most = Math.max(most, now);
    setTimeout(() => now--, 5);
    return { text: 'x', delayMs: 5 };
  });
  const { ask } = await model.open({ concurrency: 3 });
  await Promise.all(Array.from({ length: 20 }, (_, at) => ask(request(`q${at}`))));
  expect(most).toBeLessThanOrEqual(3);
});

test('what no provider takes is refused before anything is sent', async () => {
  model.answer({ text: 'x' });
  const { ask } = await model.open();
  for (const sampling of [
    { count: 0 },
    { count: 1.5 },
    { maxTokens: 0 },
    { temperature: -1 },
    { topP: 0 },
    { stop: [''] },
    { seed: 0.5 },
  ])
    expect(await codeOf(ask(request('q', sampling)))).toBe('bad-usage');
  expect(await codeOf(ask({ messages: [] }))).toBe('bad-usage');
  expect(await codeOf(ask(request('q', {}, { schema: { type: 'nonsense' } })))).toBe('bad-usage');
  expect(model.asked).toHaveLength(0);
});

test('a key goes to the server and nowhere else', async () => {
  const key = 'canary-7f3a9c';
  const config = { providers: { mine: { url: model.url, key: 'MINE_KEY' } } };
  const told: unknown[] = [];
  const options = {
    id: 'mine/m',
    url: undefined,
    config,
    variable: (name: string) => (name === 'MINE_KEY' ? key : undefined),
    onNotice: (text: string) => told.push(text),
  };
  model.answer([
    { status: 401, message: `the key ${key} is wrong` },
    { text: `I was given ${key}` },
    { fault: 'page' },
  ]);
  const { ask } = await model.open({ ...options, attempts: 1 });
  for (let i = 0; i < 3; i++)
    told.push(
      await ask(request('q')).catch((cause: Error & { details: unknown }) => [
        cause.message,
        cause.stack,
        cause.details,
        String(cause.cause),
      ]),
    );
  expect(model.asked.every(({ keyed }) => keyed)).toBe(true);
  expect(told).toHaveLength(3);
  expect(JSON.stringify(told)).not.toContain(key);
  await expect(model.open({ ...options, variable: () => undefined })).rejects.toMatchObject({
    code: 'no-model-key',
    message: /MINE_KEY/,
  });
});

test('budgets are held before a call, also by many at once, and are shared', async () => {
  model.answer({ text: 'one two three' });
  const { ask, spent } = await model.open({ budget: { calls: 2 } });
  const codes = await Promise.all(Array.from({ length: 5 }, () => codeOf(ask(request('q')))));
  expect(codes.filter((code) => code === 'over-budget')).toHaveLength(3);
  expect(model.asked).toHaveLength(2);
  expect(spent().calls).toBe(2);

  const tokens = await model.open({ budget: { tokens: 100 } });
  await expect(tokens.ask(request('q', { maxTokens: 100 }))).rejects.toMatchObject({
    code: 'over-budget',
    details: { limit: 'tokens' },
  });
  // 5 tokens each, reserved as up to 67: all five fit, one after another.
  await Promise.all(Array.from({ length: 5 }, () => tokens.ask(request('q', { maxTokens: 50 }))));
  expect(tokens.spent().inputTokens + tokens.spent().outputTokens).toBeLessThanOrEqual(100);

  const prices = { 'scripted/*': { input: 1e6, output: 1e6 } };
  const budget = openBudget({ costUsd: 70 });
  const [one, other] = [await model.open({ budget, prices }), await model.open({ budget, prices })];
  expect((await one.ask(request('q', { maxTokens: 40 }))).cost).toBe(5);
  await other.ask(request('q', { maxTokens: 40 }));
  expect(budget.spent().costUsd).toBe(10);
  expect(await codeOf(other.ask(request('q', { maxTokens: 60 })))).toBe('over-budget');
  await expect(model.open({ id: 'unpriced/m', budget: { costUsd: 1 } })).rejects.toMatchObject({
    code: 'bad-usage',
    message: /models\.json/,
  });
});

test('time that is over ends a call that is under way, and makes no other', async () => {
  model.answer({ fault: 'silent' });
  const { ask } = await model.open({ budget: { wallMs: 40 } });
  const ended = await ask(request('q')).catch((error) => error);
  expect(ended).toMatchObject({ code: 'over-budget' });
  await expect(ask(request('q'))).rejects.toMatchObject({ code: 'over-budget', details: { made: false } });
  // On a machine that is busy the time may be over before the first is out.
  expect(model.asked.length).toBeLessThanOrEqual(1);
  if (model.asked.length === 1) expect(ended.message).toContain('The call was broken off.');
});

test('what is not counted is taken for the most it can be', async () => {
  model.answer({ text: 'x', usage: false });
  const { ask, spent } = await model.open();
  const { usage } = await ask(request('q', { maxTokens: 10 }));
  expect(usage).toEqual({ inputTokens: null, outputTokens: null });
  expect(spent()).toMatchObject({ outputTokens: 10 });
  expect(spent().inputTokens).toBeGreaterThanOrEqual(1);
});
