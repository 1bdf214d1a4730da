import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Operation } from '../operations/types.ts';
import { inParameters } from './parameters.ts';

const input = z.strictObject({
  ...{ limit: z.int(), budgetTokens: z.int(), refresh: z.boolean(), noIgnore: z.boolean(), regex: z.string() },
});
const operation = { name: 'search', input } as unknown as Operation;
const same = (property: string): string => property;
const renamed = (property: string): string | null =>
  ({ limit: 'limit', budgetTokens: 'budget', refresh: 'refresh' })[property] ?? null;

test.each([
  ['There are more: --limit 20 shows them.', 'There are more: `limit` 20 shows them.', null],
  ['Raise `--budget-tokens N`.', 'Raise `budgetTokens N`.', 'Raise `budget N`.'],
  ['Ask without --no-refresh.', 'Ask without `refresh: false`.', null],
  ['Once as --no-ignore.', 'Once as `noIgnore`.', 'Once as `winnow search --no-ignore`.'],
  ['Use --regex.', 'Use `regex`.', 'Use `winnow search --regex`.'],
  // Whole commands, and flags of others, stay.
  ['Build it anew with `winnow index --limit PATH`.', 'Build it anew with `winnow index --limit PATH`.', null],
  ['winnow fix --regex goes on with it.', 'winnow fix --regex goes on with it.', null],
  ['A server with --allow-write offers it.', 'A server with --allow-write offers it.', null],
  ['a--limit, x---limit and -- end', 'a--limit, x---limit and -- end', null],
])('%s', (text, over, tool) => {
  expect(inParameters(text, operation, same)).toBe(over);
  expect(inParameters(text, operation, renamed)).toBe(tool ?? over);
});
