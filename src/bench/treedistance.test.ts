import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TreeShape } from '../code/mod.ts';
import { treeDistance, treeDistanceWork } from './treedistance.ts';

interface Tree {
  readonly kind: string;
  readonly children: readonly Tree[];
}

/** `a(b c(d))`. */
function parsed(text: string): Tree {
  let at = 0;
  const node = (): Tree => {
    const kind = text[at++] as string;
    const children: Tree[] = [];
    if (text[at] !== '(') return { kind, children };
    at++;
    while (text[at] !== ')') {
      if (text[at] === ' ') at++;
      else children.push(node());
    }
    at++;
    return { kind, children };
  };
  return node();
}

function shapeOf(tree: Tree): TreeShape {
  const kinds: string[] = [];
  const ends: number[] = [];
  const add = ({ kind, children }: Tree): void => {
    const at = kinds.push(kind) - 1;
    for (const child of children) add(child);
    ends[at] = kinds.length;
  };
  add(tree);
  return { kinds, ends: Uint32Array.from(ends) };
}

/** By its definition: the last roots of two forests are taken out, put in, or matched. */
function slowDistance(one: readonly Tree[], other: readonly Tree[]): number {
  const size = (trees: readonly Tree[]): number => trees.reduce((sum, { children }) => sum + 1 + size(children), 0);
  const [a, b] = [one.at(-1), other.at(-1)];
  if (a === undefined) return size(other);
  if (b === undefined) return size(one);
  const [restA, restB] = [one.slice(0, -1), other.slice(0, -1)];
  return Math.min(
    slowDistance([...restA, ...a.children], other) + 1,
    slowDistance(one, [...restB, ...b.children]) + 1,
    slowDistance(restA, restB) + slowDistance(a.children, b.children) + (a.kind === b.kind ? 0 : 1),
  );
}

test.each([
  ['a', 'a', 0],
  ['a', 'b', 1],
  ['a(b)', 'a', 1],
  ['a(b c)', 'a(c b)', 2],
  ['a(b(c d) e)', 'a(c d e)', 1],
  // The example of Zhang and Shasha's paper.
  ['f(d(a c(b)) e)', 'f(c(d(a b)) e)', 2],
])('from %s to %s take %i steps', (one, other, steps) => {
  expect(treeDistance(shapeOf(parsed(one)), shapeOf(parsed(other)))).toBe(steps);
});

/** A tree from the depths of its nodes: each at most one below the one before it. */
const trees = fc
  .array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.nat(3)), { minLength: 1, maxLength: 6 })
  .map((nodes): Tree => {
    const path: { kind: string; children: Tree[] }[] = [];
    for (const [kind, depth] of nodes) {
      path.length = Math.min(path.length, path.length === 0 ? 0 : Math.max(1, depth));
      const node = { kind, children: [] };
      path.at(-1)?.children.push(node);
      path.push(node);
    }
    return path[0] as Tree;
  });

test('is the least number of steps', () => {
  fc.assert(
    fc.property(trees, trees, (one, other) => {
      expect(treeDistance(shapeOf(one), shapeOf(other))).toBe(slowDistance([one], [other]));
    }),
    { numRuns: 300 },
  );
});

test('is 0 to itself, the same both ways, and its work is known', () => {
  fc.assert(
    fc.property(trees, trees, (one, other) => {
      const [a, b] = [shapeOf(one), shapeOf(other)];
      expect(treeDistance(a, a)).toBe(0);
      expect(treeDistance(a, b)).toBe(treeDistance(b, a));
      expect(treeDistanceWork(a, b)).toBeGreaterThanOrEqual(a.kinds.length * b.kinds.length);
    }),
    { numRuns: 100 },
  );
});
