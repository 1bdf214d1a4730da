import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadGrammarFile } from '../../../test/grammarfiles.ts';
import { limits, seededRandom } from '../../base/mod.ts';
import { encodeUtf8 } from '../encoding.ts';
import { injure } from '../languages/conformance.ts';
import { languages } from '../languages/table.ts';
import { createParser, type Parser } from '../parser.ts';
import { violations } from './conformance.ts';
import { linkLanguageNamed } from './table.ts';
import type { LinkResult } from './types.ts';

const fixtures = path.resolve(import.meta.dirname, '../../../test/fixtures/languages');
const linked = languages.filter((language) => linkLanguageNamed(language.name) !== null);

describe.each(linked.map((language) => ({ name: language.name, language })))('links of $name', ({ name, language }) => {
  let parser: Parser;
  const extension = language.extensions.find((one) => existsSync(path.join(fixtures, `${name}.${one}`)));
  const at = `src/sample.${extension}`;
  const bytes = new Uint8Array(readFileSync(path.join(fixtures, `${name}.${extension}`)));
  const source = new TextDecoder().decode(bytes);

  beforeAll(async () => {
    parser = await createParser(loadGrammarFile);
    await parser.prepare(name);
  });

  const hold = (given: Uint8Array): LinkResult | null => {
    const result = parser.linkNow(at, given);
    if (result?.kind === 'facts') {
      expect(violations(given, result.facts, result.links)).toEqual([]);
    }
    return result;
  };

  it('are found in its fixture, twice the same', () => {
    const first = hold(bytes);
    expect(first?.kind === 'facts' && first.links.uses.length).toBeGreaterThan(10);
    expect(hold(bytes)).toEqual(first);
    expect(parser.parseNow(at, bytes)).toEqual({ kind: 'facts', facts: first?.kind === 'facts' && first.facts });
  });

  it('keep their promises for characters of every width', () => {
    hold(encodeUtf8(source.replaceAll('s', 'ß').replaceAll('t', '日').replaceAll('o', '🎉')));
    hold(encodeUtf8(`\ufeff${source.replaceAll('\n', '\r\n')}`));
  });

  it('keep their promises for injured and cut sources', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat({ max: bytes.length }), (seed, length) => {
        hold(injure(bytes, seededRandom(seed)));
        hold(bytes.subarray(0, length));
      }),
      { numRuns: 40 },
    );
  });

  it('keep their promises for pieces of it in any order', () => {
    const pieces = source.split(/(?<=[\s()[\]{}.,:;])/);
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 200 }), (chosen) => {
        hold(encodeUtf8(chosen.join('')));
      }),
      { numRuns: 60 },
    );
  });

  it('keep their promises however deep the source is nested', () => {
    const depth = 1_000;
    for (const [open, close] of [
      ['(', ')'],
      ['[', ']'],
      ['f(', ')'],
      ['a.b(', ')'],
      ['{ a: ', '}'],
      ['x = [a for b in ', ']'],
      ['(a) => ', ''],
      ['x.y[', ']'],
      ['a and not ', ''],
      ['if (isinstance(a, B)) { ', '}'],
      ['List<', '>'],
    ] as const) {
      hold(encodeUtf8(`x = ${open.repeat(depth)}y${close.repeat(depth)}\n`));
    }
  });

  // The cut is one for all languages; fifty thousand calls in each would take most of this file's time.
  it.runIf(['python', 'typescript', 'c'].includes(name))('are cut, and say so, when there are too many', () => {
    const result = hold(encodeUtf8('f(g(h()))\n'.repeat(limits.symbolsPerFile / 2 + 1)));
    if (result?.kind !== 'facts') throw new Error('no links');
    expect(result.links.uses.length).toBeLessThanOrEqual(limits.symbolsPerFile);
    expect(result.links.cut).toBe(result.links.uses.length === limits.symbolsPerFile);
  });
});
