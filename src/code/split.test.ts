import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadGrammarFile } from '../../test/grammarfiles.ts';
import { limits, type Random, seededRandom } from '../base/mod.ts';
import { decodeUtf8, encodeUtf8 } from './encoding.ts';
import type { Chunk, FileFacts } from './facts.ts';
import { createParser, type Parser } from './parser.ts';

let parser: Parser;
beforeAll(async () => {
  parser = await createParser(loadGrammarFile);
  await parser.prepare('javascript');
  await parser.prepare('python');
});

function facts(path: string, text: string): FileFacts {
  const result = parser.parseNow(path, encodeUtf8(text));
  if (result?.kind !== 'facts') throw new Error(`not parsed: ${JSON.stringify(result)}`);
  return result.facts;
}

const textOf = (text: string, chunk: Chunk): string =>
  chunk.parts.map((part) => decodeUtf8(encodeUtf8(text), part.start, part.end)).join('\n…\n');

const sizeOf = (chunk: Chunk): number => chunk.parts.reduce((sum, part) => sum + part.end - part.start, 0);

/** A statement on lines of its own, with a number that tells it apart. */
function statement(random: Random, depth: number, indent: string): string {
  const id = random.int(1_000_000);
  if (depth === 0 || random.int(3) > 0) return `${indent}call${id}(${'argument, '.repeat(random.int(12))}${id});\n`;
  const inner = Array.from({ length: 1 + random.int(12) }, () => statement(random, depth - 1, `${indent}  `)).join('');
  const comment = random.int(2) === 0 ? `${indent}// about ${id}\n` : '';
  return `${comment}${indent}if (test${id}) {\n${inner}${indent}}\n`;
}

describe('long chunks', () => {
  it('are cut between statements, comments staying with what follows, and join to the whole', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const random = seededRandom(seed);
        const body = Array.from({ length: 5 + random.int(60) }, () => statement(random, 3, '  ')).join('');
        const text = `/** Doc. */\nfunction long(a) {\n${body}}\n`;
        const { chunks, symbols } = facts('src/a.js', text);
        expect(symbols.map((symbol) => symbol.name)).toEqual(['long']);
        expect(chunks.map((chunk) => chunk.piece)).toEqual(chunks.map((_, index) => index));
        chunks.forEach((chunk, index) => {
          const [part] = chunk.parts;
          if (part === undefined || chunk.parts.length !== 1) throw new Error('one part expected');
          const piece = text.slice(part.start, part.end);
          // Every statement here begins its line: so does every piece, and it begins with one.
          if (index > 0) {
            expect(text.slice(0, part.start)).toMatch(/[;}{]\n *$/);
            expect(piece).toMatch(/^(call|if|\/\/ about)/);
          }
          if (index < chunks.length - 1) expect(piece).toMatch(/[;}{]$/);
          expect(piece.length).toBeLessThanOrEqual(limits.chunkBytes + 200);
        });
        const joined = chunks.map((chunk) => textOf(text, chunk)).join('');
        expect(joined.replace(/\s/g, '') === text.replace(/\s/g, '')).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it('are well filled', () => {
    const body = '  call(one, two, three);\n'.repeat(2_000);
    const { chunks } = facts('src/a.js', `function long() {\n${body}}\n`);
    const filled = chunks.slice(0, -1).map(sizeOf);
    expect(Math.min(...filled)).toBeGreaterThan(limits.chunkBytes * 0.9);
  });

  it('keep a simple statement whole up to four limits', () => {
    const table = `const table = [\n${'  [1, 2, 3, "four"],\n'.repeat(600)}];\n`;
    expect(table.length).toBeGreaterThan(limits.chunkBytes * 2);
    const { chunks } = facts('src/a.js', table);
    expect(chunks.map(sizeOf)).toEqual([table.length - 1]);
  });

  it('cut a longer one between its elements', () => {
    const table = `const table = [\n${'  [1, 2, 3, "four"],\n'.repeat(3_000)}];\n`;
    const { chunks } = facts('src/a.js', table);
    expect(chunks.length).toBeGreaterThan(10);
    for (const chunk of chunks.slice(1)) expect(textOf(table, chunk)).toMatch(/^\[1, 2, 3, "four"\]/);
  });

  it('cut a long string at line ends, and a line without any at the limit', () => {
    const prose = `x = """${'some words on a line\n'.repeat(2_000)}"""\n`;
    const { chunks } = facts('src/a.py', prose);
    expect(Math.max(...chunks.map(sizeOf))).toBeLessThanOrEqual(limits.chunkBytes);
    for (const chunk of chunks.slice(1)) expect(textOf(prose, chunk)).toMatch(/^some words on a line|^"""/);
    const blob = `x = "${'🎉'.repeat(10_000)}"\n`;
    const split = facts('src/a.py', blob).chunks;
    expect(
      split
        .map((chunk) => textOf(blob, chunk))
        .join('')
        .replace(/\s/g, '') === blob.replace(/\s/g, ''),
    ).toBe(true);
  });

  it('give nested functions of more than ten lines their own chunks', () => {
    const filler = '    call(one, two);\n';
    const inner = `  function inner() {\n${filler.repeat(12)}  }\n`;
    const small = '  const small = () => {\n    return 1;\n  };\n';
    const short = `function outer() {\n${inner}${small}}\n`;
    const symbolsOf = (text: string): string[] => {
      const { chunks, symbols } = facts('src/a.js', text);
      return [...new Set(chunks.map((chunk) => symbols[chunk.symbol]?.qualifiedName ?? '·'))];
    };
    expect(symbolsOf(short)).toEqual(['outer']);
    expect(symbolsOf(`function outer() {\n${inner}${small}${filler.repeat(300)}}\n`)).toEqual(['outer', 'outer.inner']);
  });
});

describe('chunks', () => {
  it('separate methods from the head of their class', () => {
    const text = 'class A:\n    """Doc."""\n    x = 1\n\n    def f(self):\n        return 1\n\n    y = 2\n\nz = 3\n';
    const { chunks, symbols } = facts('src/a.py', text);
    expect(chunks.map((chunk) => [chunk.kind, symbols[chunk.symbol]?.qualifiedName, textOf(text, chunk)])).toEqual([
      ['class', 'A', 'class A:\n    """Doc."""\n    x = 1\n…\ny = 2'],
      ['function', 'A.f', 'def f(self):\n        return 1'],
      ['module', undefined, 'z = 3'],
    ]);
  });

  it('join the rest of a module across definitions until the limit', () => {
    const text = Array.from({ length: 200 }, (_, i) => `const value${i} = ${i};\nfunction f${i}() {}\n`).join('');
    const rest = facts('src/a.js', text).chunks.filter((chunk) => chunk.kind === 'module');
    expect(rest.map((chunk) => chunk.parts.length)).toEqual([200]);
  });

  it('begin with the comments and decorators above a definition', () => {
    const text = 'import a\n\n# About f.\n# More.\n@a.b\ndef f():\n    """Doc."""\n';
    const { chunks } = facts('src/a.py', text);
    expect(chunks.map((chunk) => textOf(text, chunk))).toEqual(['import a', text.slice(10, -1)]);
  });
});
