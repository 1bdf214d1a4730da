/** What holds for every language without a grammar, on fragments thrown together at random. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asciidoc } from '../languages/asciidoc.ts';
import { json } from '../languages/json.ts';
import type { TextFacts, TextLanguage } from '../languages/language.ts';
import { markdown } from '../languages/markdown.ts';
import { plain } from '../languages/plain.ts';
import { rst } from '../languages/rst.ts';
import { toml } from '../languages/toml.ts';
import { yaml } from '../languages/yaml.ts';
import { pieceUnits } from './split.ts';

function check(text: string, { symbols, chunks }: TextFacts): void {
  symbols.forEach((symbol, at) => {
    expect(symbol.parent).toBeLessThan(at);
    expect(text.slice(symbol.nameStart, symbol.nameEnd)).toBe(symbol.name);
    const ordered = [symbol.start, symbol.nameStart, symbol.nameEnd, symbol.signatureEnd, symbol.end];
    expect(ordered).toEqual(ordered.toSorted((a, b) => a - b));
    const parent = symbols[symbol.parent];
    if (parent === undefined) return;
    expect(parent.start).toBeLessThanOrEqual(symbol.start);
    expect(parent.end).toBeGreaterThanOrEqual(symbol.end);
    expect(symbol.qualifiedName).toBe(`${parent.qualifiedName}.${symbol.name}`);
  });
  let at = 0;
  for (const { parts, symbol } of chunks) {
    expect(symbol).toBeLessThan(symbols.length);
    for (const { start, end } of parts) {
      expect(text.slice(at, start).trim()).toBe('');
      expect(end).toBeGreaterThan(start);
      expect(end - start).toBeLessThanOrEqual(pieceUnits);
      at = end;
    }
  }
  expect(text.slice(at).trim()).toBe('');
}

const fragments = fc.constantFrom(
  ...['\n', '\n\n', '  ', '    ', '\t', '# A', '## B c ##', '===', '---', '```', '~~~', '= A', '== B', 'Title', 'a: 1'],
  ...[
    '- b: 2',
    'key:',
    ' |',
    '"q"',
    '"',
    "'",
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '[t]',
    '[t.u]',
    '[[v]]',
    'x = 1',
    'y = """',
  ],
  ...['"""', '\\', '/*', '//', '😀', 'é', 'word '.repeat(200), 'x'.repeat(5000), '\r\n', '\ufeff', '-', '----'],
);

describe.each<TextLanguage>([asciidoc, json, markdown, plain, rst, toml, yaml])('$name', (language) => {
  it('nests what it finds and chunks everything, whatever comes in', () => {
    const texts = fc.array(fragments, { maxLength: 40 }).map((parts) => parts.join(''));
    fc.assert(fc.property(texts, (text) => check(text, language.read(text, 'file'))));
  });

  it('takes time in proportion to size, even on one huge line', () => {
    for (const unit of ['x', 'x ', '"a":{', '[', '=', '#', 'a: ', '\n- ', '"', '{"a":1,', '```\n', 'a = [\n']) {
      const text = unit.repeat(400_000 / unit.length);
      const started = performance.now();
      language.read(text, 'file');
      // The slowest takes 60 ms here; anything quadratic takes minutes.
      expect(performance.now() - started).toBeLessThan(2_000);
    }
  });
});
