/** A language is added in `code`; what other layers know of languages must follow. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { knownLanguages } from '../src/code/mod.ts';
import { parseQuery } from '../src/search/mod.ts';

test('lang: takes the name of every language and of no other', async () => {
  const names = (await knownLanguages()).map(({ name }) => name);
  for (const name of names) expect(parseQuery(`x lang:${name}`).languages).toEqual([name]);
  expect(() => parseQuery('x lang:klingon')).toThrow(new RegExp(`Known: ${names.join(', ')}\\.`));
});

test('the README names every language that is parsed', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  for (const { form, displayName } of await knownLanguages()) {
    if (form === 'grammar') expect(readme).toContain(displayName);
  }
});
