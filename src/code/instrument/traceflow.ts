/** What a rewriting asks of a function's control flow: where blocks begin, and on which line each way of a condition goes on. */
import type { FlowLanguage } from '../flow/constructs.ts';
import { controlFlowOf } from '../flow/control.ts';
import type { TreeFlow } from '../flow/ways.ts';
import { exit } from '../flow/ways.ts';
import type { SyntaxTree } from '../tree/tree.ts';
import type { Insertions } from './insertions.ts';

export class FunctionFlow {
  readonly #flow: TreeFlow;
  readonly #line: number;
  readonly #beginnings = new Set<number>();
  /** Blocks that a statement decides the way out of, by its node. */
  readonly #deciding = new Map<number, number>();

  /** @param line of the function: a way that leads out of it is told as its negative */
  constructor(tree: SyntaxTree, language: FlowLanguage, body: number, line: number) {
    const flow = controlFlowOf(tree, language, body);
    this.#flow = flow;
    this.#line = line;
    for (const block of flow.blocks) {
      const first = flow.statements[block[0] ?? -1];
      if (first !== undefined) this.#beginnings.add(first.node);
    }
    for (const { from, kind } of flow.edges) {
      const last = flow.statements[flow.blocks[from]?.at(-1) ?? -1];
      if (kind !== 'next' && kind !== 'exception' && last !== undefined) this.#deciding.set(last.node, from);
    }
  }

  beginsBlock(node: number): boolean {
    return this.#beginnings.has(node);
  }

  /** @returns 0 when it is not known, the negative line of the function when it leads out */
  lineAfter(node: number, way: 'true' | 'false', places: Pick<Insertions, 'lineOf'>): number {
    const from = this.#deciding.get(node);
    const edge = this.#flow.edges.find((one) => one.from === from && one.kind === way);
    if (edge === undefined) return 0;
    if (edge.to === exit) return -this.#line;
    const first = this.#flow.statements[this.#flow.blocks[edge.to]?.[0] ?? -1];
    return first === undefined ? 0 : places.lineOf(first.start);
  }
}
