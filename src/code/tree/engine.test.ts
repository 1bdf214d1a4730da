import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { Language, Parser } from 'web-tree-sitter';
import { hasGrammar, loadGrammarFile } from '../../../test/grammarfiles.ts';
import { seededRandom } from '../../base/mod.ts';
import { injure } from '../languages/conformance.ts';
import { languages } from '../languages/table.ts';
import { createEngine, namesOf, runtimeFile } from './engine.ts';
import { copyTree, GrammarTables } from './memory.ts';
import { newColumns, SyntaxTree } from './tree.ts';
import { sameTree, walkTree } from './walk.ts';

const fixtures = path.resolve(import.meta.dirname, '../../../test/fixtures/languages');

const grammars = languages.flatMap((language) => {
  // Optional grammars are compared where they are installed.
  if (language.form !== 'grammar' || !hasGrammar(language.grammar)) return [];
  const file = language.extensions.map((extension) => path.join(fixtures, `${language.name}.${extension}`));
  return [{ name: language.name, grammar: language.grammar, file: file.find(existsSync) ?? '' }];
});

describe('a tree read from memory is the tree that a cursor walks', () => {
  const runtime: { wasmBinary?: Uint8Array; HEAPU32?: Uint32Array } = {};
  beforeAll(async () => {
    runtime.wasmBinary = await loadGrammarFile(runtimeFile);
    await Parser.init(runtime);
  });

  it.each(grammars)('$name, whole and injured', async ({ grammar, file }) => {
    const language = await Language.load(await loadGrammarFile(grammar));
    const names = namesOf(language);
    const heap = (): Uint32Array => runtime.HEAPU32 as Uint32Array;
    const tables = new GrammarTables(heap(), (language as unknown as { 0: number })[0], names);
    const parser = new Parser().setLanguage(language);
    const source = new Uint8Array(readFileSync(file));
    for (let seed = 0; seed < 15; seed++) {
      const bytes = seed === 0 ? source : injure(source, seededRandom(seed));
      const text = new TextDecoder().decode(bytes);
      const tree = parser.parse(text);
      if (tree === null) throw new Error('no tree');
      const copied = new SyntaxTree(text, names, newColumns(16));
      copyTree(heap(), tree.rootNode.id, tables, copied);
      const walked = walkTree(tree, text, names);
      expect(copied.size).toBe(walked.size);
      expect(sameTree(copied, walked)).toBe(true);
      expect(copied.errors).toEqual(walked.errors);
      tree.delete();
    }
    parser.delete();
  });
});

describe('memory that is not a tree', () => {
  it.each([0x00, 0x01, 0x02, 0x10, 0x7f, 0xff])(
    'filled with byte %i ends in an error, not in a walk without end',
    (byte) => {
      const memory = new Uint32Array(new Uint8Array(1 << 16).fill(byte).buffer);
      const names = { kinds: [], named: new Uint8Array(0), fields: new Map<string, number>() };
      const walk = (): void => {
        const tables = new GrammarTables(memory, 1024, names);
        const tree = new SyntaxTree('text', names, newColumns(16));
        for (let root = 0; root < 4096; root += 4) copyTree(memory, root, tables, tree);
        // What did not end in an error found next to nothing.
        expect(tree.size).toBeLessThan(100_000);
      };
      try {
        walk();
      } catch (cause) {
        expect(cause).toBeInstanceOf(RangeError);
      }
    },
  );
});

describe('the engine', () => {
  it('gives up after the time it was given, and goes on with the next file', async () => {
    const grammar = await (await createEngine(loadGrammarFile)).loadGrammar('tree-sitter-javascript.wasm');
    const long = 'f(a, [b, {c: d}]);\n'.repeat(50_000);
    expect(grammar.parse(long, 1).kind).toBe('timeout');
    const next = grammar.parse('let a = 1;', 1_000);
    expect(next.kind === 'tree' && next.tree.kind(0)).toBe('program');
  });

  it('survives a failure inside the parser', async () => {
    const engine = await createEngine(loadGrammarFile);
    const grammar = await engine.loadGrammar('tree-sitter-javascript.wasm');
    expect(engine.trapped()).toBe(false);
    const trap = {
      length: 1,
      charCodeAt: () => {
        throw new RangeError('memory access out of bounds');
      },
    };
    const failed = grammar.parse(trap as unknown as string, 1_000);
    expect(failed).toEqual({ kind: 'failed', message: 'memory access out of bounds' });
    expect(engine.trapped()).toBe(true);
    expect(grammar.parse('let a = 1;', 1_000).kind).toBe('tree');
  });

  it('does not let memory grow with the number of files', async () => {
    const engine = await createEngine(loadGrammarFile);
    const grammar = await engine.loadGrammar('tree-sitter-javascript.wasm');
    const text = readFileSync(path.join(fixtures, 'javascript.js'), 'utf8');
    for (let i = 0; i < 50; i++) grammar.parse(text, 1_000);
    const before = engine.heapBytes();
    for (let i = 0; i < 300; i++) grammar.parse(text, 1_000);
    expect(engine.heapBytes()).toBe(before);
  });
});
