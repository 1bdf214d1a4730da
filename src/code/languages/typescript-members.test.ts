import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadGrammarFile } from '../../../test/grammarfiles.ts';
import { encodeUtf8 } from '../encoding.ts';
import { createParser } from '../parser.ts';
import { endMembers } from './typescript-members.ts';

describe('endMembers', () => {
  it.each([
    ['a generic signature behind a member', 'a: B\n  <T>(x: T): T', 'a: B\n ;<T>(x: T): T'],
    ['over comments and lines', '<A>(a: A): [A]\n\n  // two\n  <\n    A,\n  >(\n    a: A\n  ): X', ';<\n    A,'],
    ['behind a type of several lines', 'a: B<\n    C\n  >\n  <T>(x: T): T', '>\n ;<T>(x: T): T'],
    [
      'with functions and objects among its types',
      'a: B // c\n\t<T extends () => { a: "<" }>(x: T): T',
      'a: B // c\n;<T',
    ],
  ])('ends what stands before %s', (_, text, part) => {
    const masked = endMembers(text);
    expect(masked).toContain(part);
    expect(masked.length).toBe(text.length);
  });
  it.each([
    ['the first member', 'interface A {\n  <T>(x: T): T\n}'],
    ['an arrow function', 'const f =\n  <T,>(x: T): T => x;\nf(\n  <T,>(x: T): T => x,\n  <T,>(x: T): T => x,\n)'],
    ['a default export', 'export default\n  <T>(x: T): T => x'],
    ['a comparison', 'const x = a\n  <b;\nf(a\n  <b, c> (d))'],
    ['an assertion', 'f()\n  <any>(x).y()'],
    ['elements', 'return (\n  <div>\n    text\n    <b>(bold)</b>\n  </div>\n)'],
    ['what has no end', 'a: B\n  <T>(x: T'],
  ])('leaves %s', (_, text) => expect(endMembers(text)).toBe(text));
  it('keeps length and lines', () => {
    const part = fc.constantFrom('\n  <', 'T', '>(', '): ', 'x', '\n', ' ', ',', '{', '}', '=>', '"', '//', '/*', '*/');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 60 }), (parts) => {
        const text = parts.join('');
        const masked = endMembers(text);
        expect(masked.replaceAll(/;/g, ' ')).toBe(text.replaceAll(/\t/g, ' '));
      }),
    );
  });
  it('reads a hostile text in time', () => {
    const start = performance.now();
    for (const line of ['\n <a', '\n <a>(', '\n <a>(b):', '\n <a>(b): c', '\n <a /*', '\n <a "\\"'])
      endMembers(line.repeat(200_000));
    // 2.4 s on two free cores; anything that grows with the square takes minutes.
    expect(performance.now() - start).toBeLessThan(30_000);
  });
});

it('what stands behind several signatures without names and semicolons is found', async () => {
  const handlers = (count: number): string => {
    const types = Array.from({ length: count }, (_, i) => `\n    I${i} extends Input = {},`).join('');
    const parameters = Array.from({ length: count }, (_, i) => `\n    handler${i}: H<I${i}>`).join(',');
    return `  <${types}\n  >(${parameters}\n  ): [H<I0>, H<any>]\n`;
  };
  const source = `export interface Handlers {\n${[1, 2, 3, 4, 5, 6].map(handlers).join('\n  // one more\n')}}\n\nexport class Factory {\n  make = () => 1\n}\n`;
  const parser = await createParser(loadGrammarFile);
  for (const path of ['a.ts', 'a.tsx']) {
    const result = await parser.parse(path, encodeUtf8(source));
    if (result.kind !== 'facts') throw new Error(result.reason);
    expect(result.facts.problems).toEqual([]);
    expect(result.facts.symbols.map(({ qualifiedName }) => qualifiedName)).toContain('Factory.make');
  }
});
