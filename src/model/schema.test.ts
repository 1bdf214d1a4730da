/** JSON by a schema: what is read, what is asked again, what is refused. */
import { expect, test } from 'vitest';
import { codeOf, request, useScript } from './asking.testing.ts';
import { jsonIn } from './schema.ts';

const model = useScript();
const schema = {
  type: 'object',
  properties: { name: { type: 'string' }, age: { type: 'integer' } },
  required: ['name'],
  additionalProperties: false,
};

test.each([
  ['{"a": 1}', { value: { a: 1 } }],
  [' null\n', { value: null }],
  ['Here it is:\n```json\n{"a": 1}\n```\nDone.', { value: { a: 1 } }],
  ['````\n["```"]\n````', { value: ['```'] }],
  ['```json\n{"a": 1}\n```\n```json\n{"a": 2}\n```', null],
  ['The answer is {"a": 1}', null],
  ['{"a": 1', null],
  ['', null],
] as const)('of %j', (text, expected) => expect(jsonIn(text)).toEqual(expected));

test('a value that fits is taken, however the provider was told', async () => {
  for (const capabilities of [['schema'], []] as const) {
    model.answer({ text: '{"name": "Ada", "age": 36}' });
    const { ask } = await model.open({ capabilities });
    const { replies } = await ask(request('who?', {}, { schema }));
    expect(replies[0]?.value).toEqual({ name: 'Ada', age: 36 });
    expect(model.asked[0]?.text.includes('JSON schema')).toBe(capabilities.length === 0);
  }
});

test('one that does not fit is sent back once, as data, with what is wrong', async () => {
  model.answer([{ text: ['{"name": 1}', '{"name": "b"}'] }, { text: '{"name": "a"}' }]);
  const { ask, spent } = await model.open();
  const { replies, usage } = await ask(request('who?', { count: 2 }, { schema }));
  expect(replies.map(({ value }) => value)).toEqual([{ name: 'a' }, { name: 'b' }]);
  expect(model.asked).toHaveLength(2);
  expect(model.asked[1]?.last).toMatch(/your last reply, as data:\n```\n\{"name": 1\}\n```/);
  expect(model.asked[1]?.last).toMatch(/name: .*expected string/);
  expect(usage.outputTokens).toBe(spent().outputTokens);
});

test.each([
  'prose and nothing else',
  '',
  '{"name": "a", "more": 1}',
  '```json\n{"name": "a"}\n```\n```json\n{"name": "b"}\n```',
])('and refused when it still does not: %j', async (text) => {
  model.answer({ text });
  const { ask } = await model.open();
  expect(await codeOf(ask(request('who?', {}, { schema })))).toBe('model-reply-invalid');
  expect(model.asked).toHaveLength(2);
});

test('what the provider refuses is not asked again', async () => {
  model.answer({ text: 'I cannot', ending: 'content_filter' });
  const { ask } = await model.open();
  const [reply] = (await ask(request('who?', {}, { schema }))).replies;
  expect(reply).toMatchObject({ ending: 'refused' });
  expect(reply && 'value' in reply).toBe(false);
  expect(model.asked).toHaveLength(1);
});
