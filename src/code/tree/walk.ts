/**
 * The slow truth about a tree: the same columns by tree-sitter's public cursor, 30 times
 * slower than reading memory. What `memory.ts` is compared with, and what stands in when
 * the comparison fails.
 */
import type { Node, Tree } from 'web-tree-sitter';
import { errorSymbol, type GrammarNames, maxErrors, newColumns, nodeFlag, SyntaxTree } from './tree.ts';

export function walkTree(tree: Tree, text: string, names: GrammarNames): SyntaxTree {
  const flat = new SyntaxTree(text, names, newColumns(1024));
  const cursor = tree.walk();
  const open: number[] = [];
  for (let done = false; !done; ) {
    const node: Node = cursor.currentNode;
    const { typeId, startIndex, endIndex } = node;
    const flags = (node.isExtra ? nodeFlag.extra : 0) | (node.isMissing ? nodeFlag.missing : 0);
    const at = flat.add(typeId, cursor.currentFieldId, startIndex, endIndex, open.at(-1) ?? -1, flags);
    if ((node.typeId === errorSymbol || node.isMissing) && flat.errors.length < maxErrors) flat.errors.push(at);
    if (cursor.gotoFirstChild()) {
      open.push(at);
      continue;
    }
    while (!cursor.gotoNextSibling()) {
      if (!cursor.gotoParent()) {
        done = true;
        break;
      }
      flat.close(open.pop() as number);
    }
  }
  cursor.delete();
  return flat;
}

export function sameTree(a: SyntaxTree, b: SyntaxTree): boolean {
  if (a.size !== b.size) return false;
  for (let node = 0; node < a.size; node++) {
    if (a.symbols[node] !== b.symbols[node] || a.fieldIds[node] !== b.fieldIds[node]) return false;
    if (a.starts[node] !== b.starts[node] || a.ends[node] !== b.ends[node]) return false;
    if (a.parents[node] !== b.parents[node] || a.nexts[node] !== b.nexts[node]) return false;
    if (a.flags[node] !== b.flags[node]) return false;
  }
  return true;
}
