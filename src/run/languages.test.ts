import { describe, expect, test } from 'vitest';
import { detectLanguage, runLanguage } from './languages.ts';
import { runLanguages } from './languagetable.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('the table', () => {
  const everyWord = (pick: (row: (typeof runLanguages)[number]) => readonly string[]): string[] =>
    runLanguages.flatMap(pick);
  test('no name, alias, ending or interpreter means two languages', () => {
    for (const words of [
      everyWord((row) => [row.name, ...row.aliases]),
      everyWord((row) => row.extensions),
      everyWord((row) => row.interpreters),
    ])
      expect(words.length).toBe(new Set(words).size);
  });
  test.each(runLanguages.map((row) => [row.name, row] as const))('%s is written as the table wants it', (_, row) => {
    for (const word of [row.name, ...row.aliases]) expect(word).toBe(word.toLowerCase());
    for (const ending of row.extensions) expect(ending).toMatch(/^\.[a-z0-9+]+$/);
    expect(detectLanguage(row.defaultEntry, bytes(''))).toBe(row);
    const known = Buffer.from(row.known);
    if (typeof row.known === 'string') expect(row.known).toMatch(/\n$/);
    expect(known.includes('5050')).toBe(false);
  });
});

describe('by name', () => {
  const check = (word: string, name: string) =>
    test(`${word} is ${name}`, () => expect(runLanguage(word).name).toBe(name));
  check('python', 'python');
  check(' PY ', 'python');
  check('.py', 'python');
  check('C++', 'cpp');
  check('golang', 'go');
  check('sh', 'bash');
  check('R', 'r');
  check('mjs', 'javascript');
  test('a misspelt one is told the nearest', () => {
    expect(() => runLanguage('pyhton')).toThrow(
      expect.objectContaining({
        code: 'unknown-language',
        message: expect.stringContaining('Did you mean python?'),
        details: { language: 'pyhton', nearest: ['python'] },
      }),
    );
  });
  test('a strange one is told all', () => expect(() => runLanguage('klingon')).toThrow(/There are: python, /));
  test('an empty one too', () => expect(() => runLanguage('')).toThrow(/There are: /));
});

describe('by file', () => {
  const check = (path: string | null, source: string, name: string | null) =>
    test(`${path} ${JSON.stringify(source.slice(0, 40))}`, () =>
      expect(detectLanguage(path, bytes(source))?.name ?? null).toBe(name));
  check('a/b.py', '', 'python');
  check('B.PY', '', 'python');
  check('x.R', '', 'r');
  check('Makefile', 'all:\n', null);
  check('archive.tar', '', null);
  check('.py', '', 'python');
  check('dir.py/file', '', null);
  check(null, '#!/usr/bin/python3.11\n', 'python');
  check('script', '#!/usr/bin/env python3\n', 'python');
  check('script', '#!/usr/bin/env -S LANG=C node --no-warnings\n', 'javascript');
  check('script', '#! /bin/sh -e\n', 'bash');
  check('script', '#!/usr/bin/Rscript\r\n', 'r');
  check('script', '#!/opt/unknown\n', null);
  check('script', '#!', null);
  check('tool.py', '#!/bin/bash\n', 'python');
  check(null, `#!/usr/bin/env${' '.repeat(300)}python\n`, null);
});
