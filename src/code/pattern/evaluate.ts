/**
 * Whether a node meets a rule.
 *
 * Metavariables are shared by all conditions of a rule, in the order in which they are asked; what a failed condition bound is taken back.
 * Relations look at the nearest node first and keep what the first that fits binds.
 */
import type { SyntaxTree } from '../tree/tree.ts';
import { Bindings } from './bindings.ts';
import type { CompiledRule } from './compile.ts';
import { meets, type Steps, spend } from './meets.ts';
import type { Relation, Rule } from './rule.ts';

/** @returns what the metavariables stand for; null when the node does not meet the rule */
export function evaluate(
  { rule, constraints }: CompiledRule,
  tree: SyntaxTree,
  node: number,
  steps: Steps,
): Bindings | null {
  const bindings = new Bindings(tree);
  const evaluation = new Evaluation(tree, bindings, steps);
  if (!evaluation.rule(rule, node)) return null;
  for (const [name, constraint] of constraints) {
    const bound = bindings.ones.get(name);
    if (bound !== undefined && !evaluation.rule(constraint, bound)) return null;
  }
  return bindings;
}

class Evaluation {
  readonly #tree: SyntaxTree;
  readonly #bindings: Bindings;
  readonly #steps: Steps;

  constructor(tree: SyntaxTree, bindings: Bindings, steps: Steps) {
    this.#tree = tree;
    this.#bindings = bindings;
    this.#steps = steps;
  }

  rule(rule: Rule, node: number): boolean {
    spend(this.#steps);
    const tree = this.#tree;
    switch (rule.kind) {
      case 'pattern': {
        const { symbol } = rule.pattern;
        if (symbol !== null && symbol !== tree.symbols[node]) return false;
        return meets(rule.pattern, tree, node, this.#bindings, this.#steps);
      }
      case 'kind':
        return rule.symbols.has(tree.symbols[node] as number);
      case 'regex':
        return rule.test(tree.textOf(node));
      case 'nth-child':
        return this.#nthChild(rule, node);
      case 'all':
        return this.#kept(() => rule.rules.every((part) => this.rule(part, node)));
      case 'any':
        return rule.rules.some((part) => this.#kept(() => this.rule(part, node)));
      case 'not':
        return !this.#apart(() => this.rule(rule.rule, node));
      case 'matches':
        return this.rule(rule.utility.rule as Rule, node);
      case 'inside':
        return this.#inside(rule.relation, node);
      case 'has':
        return this.#has(rule.relation, node);
      case 'precedes':
        return this.#along(rule.relation, this.#after(node));
      case 'follows':
        return this.#along(rule.relation, this.#before(node));
    }
  }

  /** What it binds stays when it holds. */
  #kept(holds: () => boolean): boolean {
    const mark = this.#bindings.mark;
    if (holds()) return true;
    this.#bindings.back(mark);
    return false;
  }

  /** What it binds never stays. */
  #apart(holds: () => boolean): boolean {
    const mark = this.#bindings.mark;
    const held = holds();
    this.#bindings.back(mark);
    return held;
  }

  /** Asks nodes from near to far, up to where the relation ends; the node at its end is asked too. */
  #along({ rule, stopBy }: Relation, nodes: Iterable<number>): boolean {
    for (const node of nodes) {
      const last = stopBy === 'neighbor' || (stopBy !== 'end' && this.#apart(() => this.#alone(stopBy, node)));
      if (this.#kept(() => this.rule(rule, node))) return true;
      if (last) return false;
    }
    return false;
  }

  /** A rule that only says where to stop knows nothing of what is bound. */
  #alone(rule: Rule, node: number): boolean {
    return new Evaluation(this.#tree, new Bindings(this.#tree), this.#steps).rule(rule, node);
  }

  #inside(relation: Relation, node: number): boolean {
    const { field } = relation;
    if (field === null) return this.#along(relation, this.#ancestors(node));
    const { rule, stopBy } = relation;
    let child = node;
    for (const parent of this.#ancestors(node)) {
      const last = stopBy === 'neighbor' || (stopBy !== 'end' && this.#alone(stopBy, parent));
      if (this.#fieldOf(parent, field) === child && this.#kept(() => this.rule(rule, parent))) return true;
      if (last) return false;
      child = parent;
    }
    return false;
  }

  #has({ rule, stopBy, field }: Relation, node: number): boolean {
    if (field !== null) {
      const child = this.#fieldOf(node, field);
      return child >= 0 && this.#within(rule, stopBy, child);
    }
    const tree = this.#tree;
    const end = tree.next(node);
    if (stopBy === 'end') {
      for (let below = node + 1; below < end; below++) if (this.#kept(() => this.rule(rule, below))) return true;
      return false;
    }
    for (let child = node + 1; child < end; child = tree.next(child))
      if (this.#within(rule, stopBy, child)) return true;
    return false;
  }

  /** Whether a node or, as far as the relation reaches, one below it meets the rule. */
  #within(rule: Rule, stopBy: Relation['stopBy'], node: number): boolean {
    const tree = this.#tree;
    const end = tree.next(node);
    for (let at = node; at < end; ) {
      if (this.#kept(() => this.rule(rule, at))) return true;
      if (stopBy === 'neighbor') return false;
      at = stopBy !== 'end' && this.#alone(stopBy, at) ? tree.next(at) : at + 1;
    }
    return false;
  }

  #fieldOf(parent: number, field: number): number {
    const tree = this.#tree;
    const end = tree.next(parent);
    for (let child = parent + 1; child < end; child = tree.next(child))
      if (tree.fieldIds[child] === field) return child;
    return -1;
  }

  *#ancestors(node: number): Iterable<number> {
    for (let parent = this.#tree.parent(node); parent >= 0; parent = this.#tree.parent(parent)) yield parent;
  }

  *#after(node: number): Iterable<number> {
    for (let next = this.#tree.nextSibling(node); next >= 0; next = this.#tree.nextSibling(next)) yield next;
  }

  *#before(node: number): Iterable<number> {
    const parent = this.#tree.parent(node);
    if (parent < 0) return;
    const siblings: number[] = [];
    for (let child = parent + 1; child < node; child = this.#tree.next(child)) siblings.push(child);
    while (siblings.length > 0) yield siblings.pop() as number;
  }

  #nthChild({ step, offset, ofRule, reverse }: Rule & { kind: 'nth-child' }, node: number): boolean {
    const tree = this.#tree;
    const parent = tree.parent(node);
    if (parent < 0) return false;
    let siblings = tree.namedChildren(parent);
    if (ofRule !== null) siblings = siblings.filter((sibling) => this.#apart(() => this.rule(ofRule, sibling)));
    if (reverse) siblings.reverse();
    const index = siblings.indexOf(node) + 1;
    if (index === 0) return false;
    const left = index - offset;
    if (step === 0 ? left !== 0 : left % step !== 0 || left / step < 0) return false;
    return ofRule === null || this.rule(ofRule, node);
  }
}
