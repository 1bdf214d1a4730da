import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { hasGrammar, loadGrammarFile } from '../../../test/grammarfiles.ts';
import { seededRandom } from '../../base/mod.ts';
import { encodeUtf8 } from '../encoding.ts';
import type { FileFacts } from '../facts.ts';
import { createParser, type Parser } from '../parser.ts';
import { injure, listing, violations } from './conformance.ts';
import { languages } from './table.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const fixtures = path.join(root, 'test/fixtures/languages');

/** `<name>.<one of its extensions>`. */
function fixtureOf(name: string, extensions: readonly string[]): string {
  const found = extensions.map((extension) => path.join(fixtures, `${name}.${extension}`)).find(existsSync);
  return found ?? path.join(fixtures, `${name}.${extensions[0]}`);
}

const all = languages.map((language) => {
  const lacks = language.form === 'grammar' && !hasGrammar(language.grammar) ? language.optionalPackage : undefined;
  const title = lacks === undefined ? language.name : `${language.name} (skipped: ${lacks} is not installed)`;
  return { title, lacks, name: language.name, language };
});

describe.each(all)('$title', ({ name, language, lacks }) => {
  if (lacks !== undefined) {
    it.skip('keeps its promises', () => {});
    return;
  }

  let parser: Parser;
  const file = fixtureOf(name, language.extensions);
  // A neutral path: "test/fixtures" would mark every file as a test.
  const at = `src/sample${path.extname(file)}`;
  let bytes: Uint8Array;

  beforeAll(async () => {
    bytes = new Uint8Array(readFileSync(file));
    parser = await createParser(loadGrammarFile);
    await parser.prepare(name);
  });

  const factsOf = (source: Uint8Array): FileFacts | null => {
    const result = parser.parseNow(at, source);
    if (result === null) throw new Error(`${at} is not ${name}`);
    return result.kind === 'facts' ? result.facts : null;
  };
  const hold = (source: Uint8Array): void => {
    const facts = factsOf(source);
    if (facts !== null) expect(violations(source, facts)).toEqual([]);
  };

  it('lists what its fixture defines, uses and imports', async () => {
    const facts = factsOf(bytes) as FileFacts;
    expect(facts.language).toBe(name);
    expect(violations(bytes, facts)).toEqual([]);
    await expect(listing(bytes, facts)).toMatchFileSnapshot(path.join(fixtures, `${name}.golden.txt`));
  });

  it('answers the same twice', () => {
    expect(factsOf(bytes)).toEqual(factsOf(bytes));
  });

  it('keeps its promises for characters of every width and Windows line ends', () => {
    const source = new TextDecoder().decode(bytes);
    hold(encodeUtf8(source.replaceAll('s', 'ß').replaceAll('t', '日').replaceAll('o', '🎉')));
    hold(encodeUtf8(`\ufeff${source.replaceAll('\n', '\r\n')}`));
  });

  it('keeps its promises for injured sources', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => hold(injure(bytes, seededRandom(seed)))),
      { numRuns: 60 },
    );
  });

  it('keeps its promises for nothing, deep nesting, one long line and many lines', () => {
    const source = new TextDecoder().decode(bytes);
    for (const text of [
      '',
      '\n',
      'x',
      '('.repeat(10_000),
      `${'('.repeat(10_000)}1${')'.repeat(10_000)}`,
      '{'.repeat(3_000) + '}'.repeat(3_000),
    ]) {
      hold(encodeUtf8(text));
    }
    const line = encodeUtf8(`${source.replaceAll('\n', ' ')} `.repeat(Math.ceil(1_000_000 / (source.length + 1))));
    expect(factsOf(line)).toSatisfy((facts) => facts === null || chunksHold(line, facts));
    const spread = source.replaceAll('\n', '\n\n\n\n\n\n\n\n\n\n');
    const lines = encodeUtf8(`${spread}\n`.repeat(Math.ceil(100_000 / spread.split('\n').length)));
    expect(factsOf(lines)).toSatisfy((facts) => facts === null || chunksHold(lines, facts));
  }, 60_000);
});

/** The chunk promises alone: the others are slow on purpose. */
function chunksHold(source: Uint8Array, facts: FileFacts): boolean {
  expect(
    violations(source, {
      ...facts,
      symbols: [],
      references: [],
      chunks: facts.chunks.map((chunk) => ({ ...chunk, symbol: -1 })),
    }),
  ).toEqual([]);
  return true;
}
