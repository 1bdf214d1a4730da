/**
 * How many nodes have to be put in, taken out or given another kind to make one ordered tree of another.
 *
 * Zhang and Shasha 1989, "Simple fast algorithms for the editing distance between trees and related problems", each step at cost 1:
 * subtrees whose root has a sibling before it (key roots) are solved one by one, each from those inside it. The work is known beforehand, so a caller can
 * leave out what would take too long.
 */
import type { TreeShape } from '../code/mod.ts';

/** A tree in postorder. */
interface Postorder {
  readonly kinds: Int32Array;
  /** For each node the leftmost leaf below it. */
  readonly leftmost: Int32Array;
  readonly keyRoots: readonly number[];
}

/** Table cells that are filled: some 300 million in a second. */
export function treeDistanceWork(one: TreeShape, other: TreeShape): number {
  const sizes = (shape: TreeShape): number => {
    const { leftmost, keyRoots } = postorder(shape, new Map());
    return keyRoots.reduce((sum, root) => sum + root - (leftmost[root] as number) + 1, 0);
  };
  return sizes(one) * sizes(other);
}

/** @returns 0 to the sum of nodes */
export function treeDistance(one: TreeShape, other: TreeShape): number {
  const names = new Map<string, number>();
  const [a, b] = [postorder(one, names), postorder(other, names)];
  const [m, n] = [a.kinds.length, b.kinds.length];
  if (m === 0 || n === 0) return m + n;
  /** Between subtrees, by their roots. */
  const trees = new Int32Array(m * n);
  const width = n + 1;
  /** Between forests that begin where the key roots' do. */
  const forests = new Int32Array((m + 1) * width);
  for (const rootA of a.keyRoots)
    for (const rootB of b.keyRoots) {
      const startA = a.leftmost[rootA] as number;
      const startB = b.leftmost[rootB] as number;
      const [rows, columns] = [rootA - startA + 1, rootB - startB + 1];
      for (let i = 0; i <= rows; i++) forests[i * width] = i;
      for (let j = 0; j <= columns; j++) forests[j] = j;
      for (let i = 1; i <= rows; i++) {
        const nodeA = startA + i - 1;
        const leftA = a.leftmost[nodeA] as number;
        const kind = a.kinds[nodeA] as number;
        for (let j = 1; j <= columns; j++) {
          const nodeB = startB + j - 1;
          const leftB = b.leftmost[nodeB] as number;
          const at = i * width + j;
          const edited = Math.min(forests[at - width] as number, forests[at - 1] as number) + 1;
          if (leftA === startA && leftB === startB) {
            const same = (forests[at - width - 1] as number) + (kind === b.kinds[nodeB] ? 0 : 1);
            const least = Math.min(edited, same);
            forests[at] = least;
            trees[nodeA * n + nodeB] = least;
          } else {
            const apart =
              (forests[(leftA - startA) * width + leftB - startB] as number) + (trees[nodeA * n + nodeB] as number);
            forests[at] = Math.min(edited, apart);
          }
        }
      }
    }
  return trees[m * n - 1] as number;
}

/** @param names numbers of kinds, shared by the trees that are compared */
function postorder({ kinds, ends }: TreeShape, names: Map<string, number>): Postorder {
  const size = kinds.length;
  const found: Postorder = { kinds: new Int32Array(size), leftmost: new Int32Array(size), keyRoots: [] };
  /** Nodes that are open, and the leftmost leaf of each once there is one. */
  const open: { readonly node: number; leaf: number }[] = [];
  let next = 0;
  const close = (): void => {
    const { node, leaf } = open.pop() as { node: number; leaf: number };
    const at = next++;
    const kind = kinds[node] as string;
    const number = names.get(kind) ?? names.size;
    names.set(kind, number);
    found.kinds[at] = number;
    found.leftmost[at] = leaf < 0 ? at : leaf;
    const outer = open.at(-1);
    if (outer !== undefined && outer.leaf < 0) outer.leaf = found.leftmost[at] as number;
  };
  for (let node = 0; node < size; node++) {
    while (open.length > 0 && (ends[(open.at(-1) as { node: number }).node] as number) <= node) close();
    open.push({ node, leaf: -1 });
  }
  while (open.length > 0) close();
  // The highest node of each leftmost leaf.
  const highest = new Map<number, number>();
  for (let at = 0; at < size; at++) highest.set(found.leftmost[at] as number, at);
  return { ...found, keyRoots: [...highest.values()].sort((one, other) => one - other) };
}
