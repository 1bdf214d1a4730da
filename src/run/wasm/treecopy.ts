/**
 * Copies of a tree of files in memory: new nodes with the old contents, which both sides share until one changes them.
 *
 * One copier makes one copy: whatever points to a node (names, links between directories, open files) asks the same
 * copier and gets the same new node. What cannot be written to is not copied. Nothing recurses: a program may
 * make directories deeper than our stack.
 */
import type { DirectoryNode, FileNode, Node } from './filetree.ts';

export class TreeCopier {
  readonly #made = new Map<Node, Node>();
  readonly #open: { readonly from: DirectoryNode; readonly to: DirectoryNode }[] = [];

  directory(node: DirectoryNode): DirectoryNode {
    return this.#copy(node) as DirectoryNode;
  }

  file(node: FileNode): FileNode {
    return this.#copy(node) as FileNode;
  }

  #copy(node: Node): Node {
    const made = this.#begin(node);
    for (let next = this.#open.pop(); next !== undefined; next = this.#open.pop()) {
      const { from, to } = next;
      to.parent = from.parent === null ? null : (this.#begin(from.parent) as DirectoryNode);
      for (const [name, child] of from.entries) to.entries.set(name, this.#begin(child));
    }
    return made;
  }

  #begin(node: Node): Node {
    if (node.kind === 'null' || (node.kind !== 'link' && node.readOnly)) return node;
    const known = this.#made.get(node);
    if (known !== undefined) return known;
    let made: Node;
    if (node.kind === 'link') made = { ...node };
    else if (node.kind === 'file') {
      node.shared = true;
      made = { ...node };
    } else {
      made = { ...node, entries: new Map(), parent: null };
      this.#open.push({ from: node, to: made });
    }
    this.#made.set(node, made);
    return made;
  }
}
