/**
 * Whether a node meets a pattern.
 *
 * The pattern's children are gone through beside the node's, once and from left to right, as ast-grep does: `$$$` ends at the first node
 * that what follows it meets, and never tries a later one. So a match costs about as many steps as there are nodes, but for patterns in
 * which `$$$` stands within what follows another `$$$`; those are held by the budget of steps. Deliberately absent: search for
 * another way to bind, which would find a little more and could take forever.
 */
import type { SyntaxTree } from '../tree/tree.ts';
import type { Bindings } from './bindings.ts';
import type { Goal, Pattern } from './goal.ts';
import type { Strictness } from './spec.ts';

/** Steps that matching one file may take. */
export interface Steps {
  left: number;
}

/** Thrown when the steps are spent; told as a partial answer. */
export class OutOfSteps extends Error {}

export function spend(steps: Steps): void {
  if (--steps.left < 0) throw new OutOfSteps('matching takes too long');
}

type Met = 'both' | 'skip-both' | 'skip-goal' | 'skip-node' | 'no';

/** Binds what the pattern's metavariables stand for; what a failure bound is taken back. */
export function meets(pattern: Pattern, tree: SyntaxTree, node: number, bindings: Bindings, steps: Steps): boolean {
  const { goal, strictness, selected } = pattern;
  if (selected !== null && tree.symbols[node] !== selected) return false;
  const mark = bindings.mark;
  const meeting = new Meeting(tree, bindings, strictness, steps);
  // A metavariable alone stands for whatever is tried, comments too.
  const met =
    goal.kind === 'metavariable' && strictness === 'smart'
      ? meeting.bind(goal, node)
      : meeting.node(goal, node) === 'both';
  if (!met) bindings.back(mark);
  return met;
}

class Meeting {
  readonly #tree: SyntaxTree;
  readonly #bindings: Bindings;
  readonly #strictness: Strictness;
  readonly #steps: Steps;

  constructor(tree: SyntaxTree, bindings: Bindings, strictness: Strictness, steps: Steps) {
    this.#tree = tree;
    this.#bindings = bindings;
    this.#strictness = strictness;
    this.#steps = steps;
  }

  bind({ variable }: Goal & { kind: 'metavariable' }, node: number): boolean {
    if (variable.kind === 'many') return variable.name === null || this.#bindings.bindMany(variable.name, [node]);
    if (variable.named && !this.#tree.isNamed(node)) return false;
    return variable.name === null || this.#bindings.bind(variable.name, node);
  }

  node(goal: Goal, node: number): Met {
    spend(this.#steps);
    if (goal.kind === 'leaf') return this.#leaf(goal, node);
    if (goal.kind === 'metavariable') {
      if (this.#skipsComments && this.#tree.isExtra(node)) return 'skip-node';
      return this.bind(goal, node) ? 'both' : 'no';
    }
    if (this.#strictness !== 'template' && !this.#kindMet(goal.symbol, node)) return 'no';
    return this.#children(goal.children, node) ? 'both' : 'no';
  }

  get #skipsComments(): boolean {
    return this.#strictness !== 'cst' && this.#strictness !== 'ast';
  }

  #kindMet(symbol: number, node: number): boolean {
    return symbol === this.#tree.symbols[node];
  }

  #leaf({ symbol, named, text }: Goal & { kind: 'leaf' }, node: number): Met {
    const tree = this.#tree;
    const strictness = this.#strictness;
    const kindMet = this.#kindMet(symbol, node);
    // Of tokens the kind is the text; but a word that the parser only supposed is not there (and not in the index).
    if (kindMet && (named ? this.#hasText(node, text) : !(tree.isMissing(node) && isWord(text)))) return 'both';
    if (this.#skipsComments && tree.isExtra(node)) return 'skip-node';
    const skipNode = !tree.isNamed(node);
    switch (strictness) {
      case 'cst':
        return 'no';
      case 'smart':
        return skipNode ? 'skip-node' : 'no';
      case 'template':
        return this.#hasText(node, text) ? 'both' : skipNode ? 'skip-node' : 'no';
      default: {
        if (strictness === 'signature' && kindMet) return 'both';
        if (!named) return skipNode ? 'skip-both' : 'skip-goal';
        return skipNode ? 'skip-node' : 'no';
      }
    }
  }

  #hasText(node: number, text: string): boolean {
    const tree = this.#tree;
    return tree.end(node) - tree.start(node) === text.length && tree.text.startsWith(text, tree.start(node));
  }

  #children(goals: readonly Goal[], parent: number): boolean {
    const tree = this.#tree;
    const end = tree.next(parent);
    let at = 0;
    let node = parent + 1;
    if (node >= end) return false;
    while (at < goals.length) {
      let goal = goals[at] as Goal;
      let met = false;
      if (isMany(goal)) {
        const { variable } = goal;
        at++;
        // Tokens behind `$$$` are left out of what is met, and off the end of what is bound.
        let tokens = 0;
        for (; at < goals.length && isToken(goals[at] as Goal); at++) tokens++;
        if (at === goals.length) return this.#bindMany(variable.name, from(tree, node, end), tokens);
        goal = goals[at] as Goal;
        const nodes: number[] = [];
        if (isMany(goal)) {
          nodes.push(node);
          node = tree.next(node);
          if (node >= end || !this.#bindMany(variable.name, nodes, tokens)) return false;
          continue;
        }
        for (;;) {
          const mark = this.#bindings.mark;
          if (this.node(goal, node) === 'both') break;
          this.#bindings.back(mark);
          nodes.push(node);
          node = tree.next(node);
          if (node >= end) return false;
        }
        if (!this.#bindMany(variable.name, nodes, tokens)) return false;
        met = true;
      }
      while (!met && at < goals.length) {
        if (node >= end) return goals.slice(at).every((rest) => this.#mayLack(rest));
        const one = this.node(goals[at] as Goal, node);
        if (one === 'no') return false;
        if (one === 'both') met = true;
        else {
          if (one !== 'skip-node') at++;
          if (one !== 'skip-goal') node = tree.next(node);
        }
      }
      if (met) {
        at++;
        node = tree.next(node);
      }
      if (at < goals.length && node >= end) return false;
    }
    for (; node < end; node = tree.next(node)) if (!this.#mayFollow(node)) return false;
    return true;
  }

  #bindMany(name: string | null, nodes: readonly number[], tokens: number): boolean {
    if (name === null) return true;
    return this.#bindings.bindMany(name, tokens === 0 ? nodes : nodes.slice(0, Math.max(0, nodes.length - tokens)));
  }

  /** Whether a part of the pattern may be absent at the end. */
  #mayLack(goal: Goal): boolean {
    if (isMany(goal)) return true;
    if (this.#strictness === 'cst' || this.#strictness === 'smart' || this.#strictness === 'template') return false;
    if (goal.kind === 'metavariable') return goal.variable.kind === 'one' && !goal.variable.named;
    return goal.kind === 'leaf' && !goal.named;
  }

  /** Whether code may go on with this after the pattern's end. */
  #mayFollow(node: number): boolean {
    const tree = this.#tree;
    switch (this.#strictness) {
      case 'cst':
        return false;
      case 'smart':
        return true;
      case 'ast':
        return !tree.isNamed(node);
      case 'template':
        return tree.isExtra(node);
      default:
        return !tree.isNamed(node) || tree.isExtra(node);
    }
  }
}

type Many = Goal & { kind: 'metavariable'; variable: { kind: 'many' } };

const isMany = (goal: Goal): goal is Many => goal.kind === 'metavariable' && goal.variable.kind === 'many';

const isToken = (goal: Goal): boolean => goal.kind === 'leaf' && !goal.named;

/** Words of a language: tokens that are looked for in the index. */
export const isWord = (token: string): boolean => /^[A-Za-z]{3,}$/.test(token);

function from(tree: SyntaxTree, first: number, end: number): number[] {
  const nodes: number[] = [];
  for (let node = first; node < end; node = tree.next(node)) nodes.push(node);
  return nodes;
}
