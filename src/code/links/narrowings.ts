/**
 * What tests say of names where they hold: inside `if isinstance(node, Call):` the words `node` mean a `Call`.
 *
 * Places are ranges of nodes. A narrowing is found by the text of an expression, so `self.parent` can be narrowed as
 * well as a name; it ends early when what it speaks of, or the beginning of that, is assigned to.
 */
import type { SyntaxTree } from '../tree/tree.ts';

interface Narrowing {
  readonly value: number;
  readonly from: number;
  until: number;
}

/** Longer expressions are not what people narrow. */
const maxUnits = 120;

export class Narrowings {
  readonly #tree: SyntaxTree;
  readonly #byText = new Map<string, Narrowing[]>();

  constructor(tree: SyntaxTree) {
    this.#tree = tree;
  }

  /**
   * Where nodes are in [from, until), an expression with the text of `subject` has that value.
   *
   * @param value expression; -1 is ignored
   */
  add(subject: number, value: number, from: number, until: number): void {
    if (value < 0 || subject < 0 || from < 0 || this.#tree.end(subject) - this.#tree.start(subject) > maxUnits) return;
    const text = this.#tree.textOf(subject);
    const known = this.#byText.get(text);
    if (known === undefined) this.#byText.set(text, [{ value, from, until }]);
    else known.push({ value, from, until });
  }

  /** From the node on, nothing is known any more of the expression with its text, nor of its members. */
  end(node: number): void {
    if (this.#byText.size === 0) return;
    const text = this.#tree.textOf(node);
    for (const [subject, narrowings] of this.#byText) {
      if (subject !== text && !subject.startsWith(`${text}.`)) continue;
      for (const one of narrowings) if (one.until > node && one.from <= node) one.until = node;
    }
  }

  /** @returns what the innermost test around the node says of it, or -1 */
  of(node: number): number {
    if (this.#byText.size === 0) return -1;
    const narrowings = this.#byText.get(this.#tree.textOf(node));
    if (narrowings === undefined) return -1;
    for (let i = narrowings.length - 1; i >= 0; i--) {
      const { value, from, until } = narrowings[i] as Narrowing;
      if (node >= from && node < until) return value;
    }
    return -1;
  }
}
