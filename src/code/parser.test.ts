import { beforeAll, describe, expect, it } from 'vitest';
import { loadGrammarFile } from '../../test/grammarfiles.ts';
import { encodeUtf8 } from './encoding.ts';
import type { FileFacts, ParseResult } from './facts.ts';
import { createParser, type Parser } from './parser.ts';

let parser: Parser;
beforeAll(async () => {
  parser = await createParser(loadGrammarFile);
});

const parse = (path: string, bytes: Uint8Array | string): Promise<ParseResult> =>
  parser.parse(path, typeof bytes === 'string' ? encodeUtf8(bytes) : bytes);

async function facts(path: string, bytes: Uint8Array | string): Promise<FileFacts> {
  const result = await parse(path, bytes);
  if (result.kind !== 'facts') throw new Error(`skipped: ${result.reason}`);
  return result.facts;
}

describe('spans are bytes of the file', () => {
  const source = '# größe 日本 🎉\ndef länge(s):\n    return "é" + s.größe()\n';

  it('in UTF-8, with and without a mark', async () => {
    for (const text of [source, `\ufeff${source}`]) {
      const bytes = encodeUtf8(text);
      const { symbols, references, problems } = await facts('a.py', bytes);
      const cut = (span: { start: number; end: number } | undefined): string =>
        new TextDecoder().decode(bytes.slice(span?.start, span?.end));
      expect(symbols.map((symbol) => cut(symbol.nameSpan))).toEqual(['länge']);
      expect(cut(symbols[0]?.doc ?? undefined)).toBe('# größe 日本 🎉');
      expect(references.map((reference) => cut(reference.span))).toEqual(['größe']);
      expect(problems).toEqual([]);
    }
  });

  it('in UTF-16 of both orders', async () => {
    for (const littleEndian of [true, false]) {
      const text = `\ufeff${source}`;
      const bytes = new Uint8Array(text.length * 2);
      const view = new DataView(bytes.buffer);
      for (let i = 0; i < text.length; i++) view.setUint16(i * 2, text.charCodeAt(i), littleEndian);
      const { symbols, problems } = await facts('a.py', bytes);
      const span = symbols[0]?.nameSpan;
      expect(new TextDecoder(littleEndian ? 'utf-16le' : 'utf-16be').decode(bytes.slice(span?.start, span?.end))).toBe(
        'länge',
      );
      expect(problems.map((problem) => problem.kind)).toEqual(['wrong-encoding']);
    }
  });

  it('in Latin-1, which is reported', async () => {
    const bytes = Uint8Array.from('def gr\xf6\xdfe(): pass\ndef after(): pass\n', (unit) => unit.charCodeAt(0));
    const { symbols, problems } = await facts('a.py', bytes);
    expect(symbols.map((symbol) => symbol.name)).toEqual(['größe', 'after']);
    expect(symbols[1]?.nameSpan).toEqual({ start: 22, end: 27 });
    expect(problems.map((problem) => problem.kind)).toEqual(['wrong-encoding']);
  });
});

describe('what goes wrong is a problem, never an exception', () => {
  it('broken syntax: what is around it is found', async () => {
    const { symbols, problems } = await facts('a.ts', 'function a() {}\nfunction ( {\nclass B { m() {} }\n');
    expect(symbols.map((symbol) => symbol.name)).toContain('a');
    expect(problems.map((problem) => problem.kind)).toContain('syntax-error');
  });

  it('a parser that runs out of time: chunks without symbols', async () => {
    const hurried = await createParser(loadGrammarFile, { parseMs: 1 });
    const result = await hurried.parse('a.js', encodeUtf8('f(a, [b, {c: d}]);\n'.repeat(50_000)));
    if (result.kind !== 'facts') throw new Error('skipped');
    expect(result.facts.problems.map((problem) => problem.kind)).toEqual(['parse-timeout']);
    expect(result.facts.symbols).toEqual([]);
    expect(result.facts.chunks.length).toBeGreaterThan(100);
  });

  it.each([
    ['empty.py', '', 'empty'],
    ['blank.py', ' \n\t\n', 'empty'],
    ['binary.py', 'a\0b', 'binary'],
    ['huge.py', 'x = 1\n'.repeat(800_000), 'too-large'],
  ])('%s is skipped as %s', async (path, text, reason) => {
    expect(await parse(path, text)).toEqual({ kind: 'skipped', reason });
  });
});

describe('the parser', () => {
  it('parses without waiting once a language is prepared', async () => {
    const fresh = await createParser(loadGrammarFile);
    const bytes = encodeUtf8('let a = 1;\n');
    expect(fresh.parseNow('a.ts', bytes)).toBeNull();
    await fresh.prepare('typescript');
    expect(fresh.parseNow('a.ts', bytes)?.kind).toBe('facts');
    expect(fresh.worn()).toBe(false);
    expect(fresh.heapBytes()).toBeGreaterThan(1024 * 1024);
  });

  it('says when the installation lacks a grammar, and recovers when it is there', async () => {
    let broken = true;
    const fresh = await createParser((file) =>
      broken && file.includes('python') ? Promise.reject(new Error('no such file')) : loadGrammarFile(file),
    );
    await expect(fresh.parse('a.py', encodeUtf8('x = 1\n'))).rejects.toThrow('no such file');
    broken = false;
    expect((await fresh.parse('a.py', encodeUtf8('x = 1\n'))).kind).toBe('facts');
  });

  it('reads text of no known language as plain chunks', async () => {
    const { language, chunks, symbols } = await facts('notes.xyz', 'one\ntwo\n');
    expect([language, chunks.length, symbols.length]).toEqual(['text', 1, 0]);
  });
});
