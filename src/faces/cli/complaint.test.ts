import { expect, test } from 'vitest';
import { z } from 'zod';
import { complaint } from './complaint.ts';

function told(schema: z.ZodType, given: unknown): string {
  const checked = z.strictObject({ it: schema }).safeParse({ it: given });
  const [issue] = checked.error?.issues ?? [];
  if (issue === undefined) throw new Error('expected a complaint');
  return complaint('--it', issue, given);
}

const check = (schema: z.ZodType, given: unknown, sentence: string): void => expect(told(schema, given)).toBe(sentence);

test('bounds of numbers', () => {
  check(z.int().min(1), 0, '--it must be at least 1; it was 0.');
  check(z.int().max(1000), 5000, '--it must be at most 1000; it was 5000.');
  check(z.number().positive(), 0, '--it must be more than 0; it was 0.');
  check(z.number().lt(1), 1, '--it must be less than 1; it was 1.');
});

test('kinds of values', () => {
  check(z.int(), 'many', '--it must be a number; it was "many".');
  check(z.int(), 1.5, '--it must be a whole number; it was 1.5.');
  check(z.string(), 3, '--it must be text; it was 3.');
});

test('choices', () => {
  check(z.enum(['words']), 'x', '--it must be words; it was "x".');
  check(z.enum(['words', 'identifier']), 'x', '--it must be words or identifier; it was "x".');
  check(z.enum(['a', 'b', 'c']), 'x', '--it must be a, b or c; it was "x".');
});

test('of a list, the value that is wrong', () => {
  check(z.array(z.enum(['a', 'b'])), ['a', 'x'], '--it must be a or b; it was "x".');
});

test('text that is missing, empty or too long', () => {
  check(z.string(), undefined, '--it is required.');
  check(z.string().min(1), '', '--it must not be empty; it was "".');
  check(z.string().max(2), 'abc', '--it must be at most 2 characters long; it was "abc".');
});

test('what is not known here is told in the words of the schema', () => {
  const even = z.int().refine((number) => number % 2 === 0, 'expected an even number');
  check(even, 3, '--it is not right (expected an even number); it was 3.');
});
