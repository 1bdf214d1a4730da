import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { referencePage } from './reference.ts';

test('docs/cli.md is what the table says; `npm run docs` writes it', async () => {
  expect(readFileSync(new URL('../../../docs/cli.md', import.meta.url), 'utf8')).toBe(await referencePage());
});
