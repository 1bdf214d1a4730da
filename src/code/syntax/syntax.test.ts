import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadGrammarFile } from '../../../test/grammarfiles.ts';
import { createSyntaxReader, type SyntaxNode } from './reader.ts';
import { type SequencePart, sequenceOf, tokenClassOf } from './tokens.ts';

const reader = await createSyntaxReader(loadGrammarFile);

async function read(file: string, bytes: Uint8Array): Promise<readonly SyntaxNode[]> {
  const result = await reader.read(file, bytes);
  if (result.kind !== 'read') throw new Error(JSON.stringify(result));
  return result.nodes;
}

/** The tree that a sequence is of: kinds, places in it and texts of leaves. */
function treeOf(parts: readonly SequencePart[]): { kind: string; parent: number; text: string | null }[] {
  const nodes: { kind: string; parent: number; text: string | null }[] = [];
  const open: number[] = [];
  for (const part of parts) {
    if ('close' in part) open.pop();
    else if ('open' in part) open.push(nodes.push({ kind: part.open, parent: open.at(-1) ?? -1, text: null }) - 1);
    else nodes.push({ kind: part.kind, parent: open.at(-1) ?? -1, text: part.leaf });
  }
  return nodes;
}

const fixtures = path.resolve(import.meta.dirname, '../../../test/fixtures/languages');

test.each([
  'python.py',
  'typescript.ts',
  'java.java',
  'go.go',
  'rust.rs',
  'cpp.cpp',
  'csharp.cs',
  'ruby.rb',
  'php.php',
])('the tree of %s can be made again from its sequence', async (file) => {
  const bytes = new Uint8Array(readFileSync(path.join(fixtures, file)));
  const nodes = await read(file, bytes);
  const textOf = ({ span }: SyntaxNode): string => new TextDecoder().decode(bytes.subarray(span.start, span.end));
  const again = treeOf(sequenceOf(nodes, textOf));
  expect(again).toEqual(
    nodes.map((node) => ({ kind: node.kind, parent: node.parent, text: node.leaf ? textOf(node) : null })),
  );
  expect(nodes.length).toBeGreaterThan(100);
});

describe('classes of tokens', () => {
  const classes = async (file: string, source: string): Promise<string> => {
    const nodes = await read(file, new TextEncoder().encode(source));
    return nodes
      .filter(({ leaf, span }) => leaf && span.end > span.start)
      .map(
        (node) =>
          `${source.slice(node.span.start, node.span.end)}/${tokenClassOf(node, source.slice(node.span.start, node.span.end), nodes)}`,
      )
      .join(' ');
  };
  test('of Python and C', async () => {
    expect(await classes('a.py', 'if x: y = 1.5 # z\n')).toBe(
      'if/keyword x/identifier :/operator y/identifier =/operator 1.5/number # z/comment',
    );
    expect(await classes('a.py', 'f("a", None)')).toBe(
      'f/identifier (/operator "/string a/string "/string ,/operator None/keyword )/operator',
    );
    expect(await classes('a.c', 'int x = 7;')).toBe('int/identifier x/identifier =/operator 7/number ;/operator');
  });
});
