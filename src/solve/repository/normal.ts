/**
 * A normal form of what a patch makes of files: the tokens of their trees, without comments and docstrings.
 *
 * Agentless groups patches by their text after Python's `ast` has taken comments and docstrings away (agentless/util/postprocess_data.py); here the tree is of any language that has a grammar. A
 * Python block's depth is a token of its own, since only its indentation tells it.
 */
import { createHash } from 'node:crypto';
import { decodeUtf8, type SyntaxNode, type SyntaxReader } from '../../code/mod.ts';
import type { EditedFile } from '../edits/types.ts';

/** @returns equal for patches that do the same but for comments, docstrings and layout */
export async function normalForm(syntax: SyntaxReader, files: readonly EditedFile[]): Promise<string> {
  const parts: string[] = [];
  for (const { path, after } of [...files].sort((one, other) => (one.path < other.path ? -1 : 1)))
    parts.push(path, await tokensOf(syntax, path, after));
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 32);
}

export async function tokensOf(syntax: SyntaxReader, path: string, bytes: Uint8Array): Promise<string> {
  const read = await syntax.read(path, bytes, { flows: false });
  if (read.kind !== 'read')
    return decodeUtf8(bytes)
      .split('\n')
      .map((line) => line.trimEnd())
      .filter((line) => line !== '')
      .join('\n');
  const { nodes } = read;
  const dropped = nodes.map(() => false);
  const depth = nodes.map(() => 0);
  const tokens: string[] = [];
  for (const [at, node] of nodes.entries()) {
    const parent = node.parent;
    dropped[at] = (parent >= 0 && dropped[parent] === true) || /comment/.test(node.kind) || isDocstring(nodes, at);
    depth[at] = (depth[parent] ?? 0) + (node.kind === 'block' ? 1 : 0);
    if (!node.leaf || dropped[at]) continue;
    const text = decodeUtf8(bytes.subarray(node.span.start, node.span.end));
    if (text.trim() !== '') tokens.push(`${depth[at]} ${text}`);
  }
  return tokens.join('\n');
}

/** A string that is a statement by itself does nothing, wherever it stands. */
function isDocstring(nodes: readonly SyntaxNode[], at: number): boolean {
  const node = nodes[at];
  if (node?.kind !== 'expression_statement') return false;
  const child = nodes[at + 1];
  if (child?.parent !== at || child.kind !== 'string') return false;
  return child.span.start === node.span.start && child.span.end === node.span.end;
}
