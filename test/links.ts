/** Links of a source as lines that are easy to compare, for tests of one language after the other. */
import { beforeAll, expect } from 'vitest';
import { encodeUtf8 } from '../src/code/encoding.ts';
import { bindingLines, symbolLines, useLines } from '../src/code/links/conformance.ts';
import type { FileFacts, FileLinks } from '../src/code/mod.ts';
import { createParser, type Parser } from '../src/code/parser.ts';
import { loadGrammarFile } from './grammarfiles.ts';

export interface Linked {
  linksOf(source: string): { readonly facts: FileFacts; readonly links: FileLinks };
  /** Its bindings, uses, symbols and exports. */
  linesOf(source: string): string[];
  /** Each of the lines must be among the bindings, uses, symbols and exports of the source. */
  has(source: string, ...expected: string[]): void;
  hasNot(source: string, unexpected: string): void;
}

/**
 * @param languages those of the paths that are asked of what comes back
 * @returns for a path, and what stands before every source, what asks of sources there
 */
export function linkedIn(...languages: readonly string[]): (path: string, before?: string) => Linked {
  let parser: Parser;
  beforeAll(async () => {
    parser = await createParser(loadGrammarFile);
    for (const name of languages) await parser.prepare(name);
  });
  return (path, before = '') => {
    const linksOf: Linked['linksOf'] = (source) => {
      const result = parser.linkNow(path, encodeUtf8(before + source));
      if (result?.kind !== 'facts') throw new Error('no links');
      return result;
    };
    const linesOf = (source: string): string[] => {
      const { facts, links } = linksOf(source);
      const exported = links.exports.map(({ name, local }) => `export ${name} = ${local}`);
      return [...bindingLines(facts, links), ...useLines(facts, links), ...symbolLines(facts, links), ...exported];
    };
    return {
      linksOf,
      linesOf,
      has: (source, ...expected) => expect(linesOf(source)).toEqual(expect.arrayContaining(expected)),
      hasNot: (source, unexpected) => expect(linesOf(source)).not.toContain(unexpected),
    };
  };
}
