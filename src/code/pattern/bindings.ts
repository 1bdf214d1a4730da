/**
 * What metavariables stand for while a match is tried.
 *
 * A name that occurs again must stand for the same code: equal texts where one of the two has no named children, else the same
 * kinds with children that are equal in turn, so that layout does not count. What a failed try bound is taken back by a journal, which costs nothing
 * where nothing was bound; most tries fail at once.
 */
import type { SyntaxTree } from '../tree/tree.ts';

type Held = number | readonly number[];

interface Entry {
  readonly name: string;
  readonly held: Held | undefined;
  readonly single: boolean;
}

export class Bindings {
  readonly #tree: SyntaxTree;
  /** One node by name. */
  readonly ones = new Map<string, number>();
  /** Several nodes, in order, by name. */
  readonly many = new Map<string, readonly number[]>();
  readonly #journal: Entry[] = [];

  constructor(tree: SyntaxTree) {
    this.#tree = tree;
  }

  get mark(): number {
    return this.#journal.length;
  }

  /** Takes back what was bound since `mark`. */
  back(mark: number): void {
    while (this.#journal.length > mark) {
      const { name, held, single } = this.#journal.pop() as Entry;
      const into = (single ? this.ones : this.many) as Map<string, Held>;
      if (held === undefined) into.delete(name);
      else into.set(name, held);
    }
  }

  /** @returns whether the name may stand for this node */
  bind(name: string, node: number): boolean {
    const held = this.ones.get(name);
    if (held !== undefined && !same(this.#tree, held, node)) return false;
    this.#journal.push({ name, held, single: true });
    this.ones.set(name, node);
    return true;
  }

  /** Of several nodes only the named ones are compared. */
  bindMany(name: string, nodes: readonly number[]): boolean {
    const held = this.many.get(name);
    if (held !== undefined) {
      const named = (list: readonly number[]) => list.filter((node) => this.#tree.isNamed(node));
      const [before, now] = [named(held), named(nodes)];
      if (before.length !== now.length) return false;
      if (!before.every((node, at) => same(this.#tree, node, now[at] as number))) return false;
    }
    this.#journal.push({ name, held, single: false });
    this.many.set(name, nodes);
    return true;
  }
}

function same(tree: SyntaxTree, a: number, b: number): boolean {
  if (a === b) return true;
  if (!hasNamedChild(tree, a) || !hasNamedChild(tree, b)) {
    return tree.end(a) - tree.start(a) === tree.end(b) - tree.start(b) && tree.textOf(a) === tree.textOf(b);
  }
  if (tree.symbols[a] !== tree.symbols[b]) return false;
  let [left, right] = [a + 1, b + 1];
  const [leftEnd, rightEnd] = [tree.next(a), tree.next(b)];
  for (; left < leftEnd && right < rightEnd; left = tree.next(left), right = tree.next(right))
    if (!same(tree, left, right)) return false;
  return left === leftEnd && right === rightEnd;
}

function hasNamedChild(tree: SyntaxTree, node: number): boolean {
  const end = tree.next(node);
  for (let child = node + 1; child < end; child = tree.next(child)) if (tree.isNamed(child)) return true;
  return false;
}
