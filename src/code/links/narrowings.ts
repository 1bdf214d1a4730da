/**
 * What tests say of names where they hold: inside `if isinstance(node, Call):` the words `node` mean a `Call`.
 *
 * Places are ranges of nodes. A narrowing is found by the text of an expression, so `self.parent` can be narrowed as
 * well as a name; it ends early when what it speaks of, or the beginning of that, is assigned to. Those of one first name
 * are kept together and are few, so that neither asking nor ending looks at many.
 */
import type { SyntaxTree } from '../tree/tree.ts';

interface Narrowing {
  readonly text: string;
  readonly value: number;
  readonly from: number;
  until: number;
}

/** Longer expressions are not what people narrow. */
const maxUnits = 120;

/** Kept of one first name, so that a file of nothing but tests takes no time of its square; past this the oldest go. */
const maxOfName = 128;

export class Narrowings {
  readonly #tree: SyntaxTree;
  readonly #byFirst = new Map<string, Narrowing[]>();

  constructor(tree: SyntaxTree) {
    this.#tree = tree;
  }

  /**
   * Where nodes are in [from, until), an expression with the text of `subject` has that value.
   *
   * @param value expression; -1 is ignored
   */
  add(subject: number, value: number, from: number, until: number): void {
    const text = subject < 0 ? null : this.#textOf(subject);
    if (text !== null) this.addText(text, value, from, until);
  }

  /** As `add`, of what is written so. */
  addText(text: string, value: number, from: number, until: number): void {
    if (value < 0 || from < 0 || from >= until || text.length > maxUnits) return;
    const first = firstOf(text);
    const known = this.#byFirst.get(first);
    if (known === undefined) {
      this.#byFirst.set(first, [{ text, value, from, until }]);
      return;
    }
    if (known.length >= maxOfName) known.shift();
    known.push({ text, value, from, until });
  }

  /** From node `at` on, nothing is known any more of what `subject` names, nor of its members: it was assigned to. */
  end(subject: number, at: number): void {
    if (this.#byFirst.size === 0) return;
    const text = this.#textOf(subject);
    for (const one of (text === null ? undefined : this.#byFirst.get(firstOf(text))) ?? []) {
      const isPart = one.text === text || one.text.startsWith(`${text}.`);
      if (isPart && one.from < at && one.until > at) one.until = at;
    }
  }

  /** @returns what the innermost test around the node says of it, or -1 */
  of(node: number): number {
    if (this.#byFirst.size === 0) return -1;
    const text = this.#textOf(node);
    const known = text === null ? undefined : this.#byFirst.get(firstOf(text));
    for (let i = (known?.length ?? 0) - 1; i >= 0; i--) {
      const one = (known as Narrowing[])[i] as Narrowing;
      if (one.text === text && node >= one.from && node < one.until) return one.value;
    }
    return -1;
  }

  #textOf(node: number): string | null {
    const tree = this.#tree;
    return tree.end(node) - tree.start(node) > maxUnits ? null : tree.textOf(node);
  }
}

const firstOf = (text: string): string => {
  const dot = text.indexOf('.');
  return dot < 0 ? text : text.slice(0, dot);
};
