import { expect, test } from 'vitest';
import { WinnowError } from '../../base/mod.ts';
import { painter } from '../paint.ts';
import { failureText, noticeText } from './failure.ts';

const paint = painter({ color: false });
const how = { json: false, debug: true, paint };
const evil = 'a\u001b[31mred\n\u202egpj.\u009b2Jpy';

test('no name in a message reaches the terminal as it is', () => {
  const text = failureText(new WinnowError('unknown-id', `Nearest: ${evil}.`), { ...how, debug: false });
  expect(text).toBe('error[unknown-id]: Nearest: a␛[31mred␊�gpj.�2Jpy.\n');
  expect(noticeText(`${evil} was taken`, paint)).toBe('note: a␛[31mred␊�gpj.�2Jpy was taken\n');
});

test('nor with its stack and causes, whatever failed', () => {
  const cause = new Error(evil);
  const errors = [
    new WinnowError('bad-query', evil, { cause }),
    new WinnowError('path-not-found', evil, { cause }),
    new Error(evil, { cause }),
  ];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  for (const error of errors) expect(failureText(error, how)).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
});

test('a caret stays below what it points at', () => {
  const text = failureText(new WinnowError('bad-query', 'Expected (. (line 1, column 1)\n  MATCH x\n  ^'), {
    ...how,
    debug: false,
  });
  expect(text).toBe('error[bad-query]: Expected (. (line 1, column 1)\n  MATCH x\n  ^\n');
});
