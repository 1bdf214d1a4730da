/** The error table and its page hold each other: no code without a page, no page without a code. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { errorTable } from '../src/base/mod.ts';

const page = readFileSync(new URL('../docs/errors.md', import.meta.url), 'utf8');
const rows = [...page.matchAll(/^\| `([a-z-]+)` \| (\d) \| (\d{3}) \| (.+) \| (.+) \|$/gm)].map(
  ([, code, exit, http]) => [code, Number(exit), Number(http)] as const,
);

test('each code is documented and each documented code exists, with its exit code and status', () => {
  const expected = Object.entries(errorTable).map(([code, { exit, http }]) => [code, exit, http]);
  expect([...rows].sort()).toEqual(expected.sort());
});
