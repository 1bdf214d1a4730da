/**
 * What may behave differently when something changes: walks against the direction of dependence.
 *
 * Two breadth-first walks, over sure edges alone and over all. So what is said to be sure is reached by sure edges only, what is reached
 * by a doubtful one anywhere on its way says so, and what is sure tells of a doubtful way that is shorter.
 */
import { type EdgeKind, type EdgeState, edgeStates } from '../../index/mod.ts';
import type { GraphView } from './view.ts';

/** How a step leads on: `calls` to a caller, `inherits` to a derived class, `dispatch` by an override to callers of what it replaces. */
export type Step = Exclude<EdgeKind, 'contains'> | 'dispatch';

export interface Way {
  readonly distance: number;
  readonly step: Step;
  /** The node before it on the way. */
  readonly from: number;
  /** A step of the way was seen in partial runs alone, whose values may be guessed. */
  readonly partial: boolean;
}

/** A node by its shortest way, of those that are sure if there is one. */
export interface ReachedNode extends Way {
  readonly node: number;
  /** Whether every step on the way is resolved or observed. */
  readonly sure: boolean;
  /** The shortest of all ways, where that is shorter than the sure one: somewhere on it a step is doubtful. */
  readonly nearer: Way | null;
}

/** Kinds of edges whose source depends on their target. */
const dependence: readonly EdgeKind[] = ['calls', 'uses', 'inherits', 'implements', 'tests'];

/** Nodes that one walk may reach; more is not a list that anybody reads. */
const mostReached = 100_000;

export interface Reach {
  /** Sure ones first, each half by distance. */
  readonly reached: readonly ReachedNode[];
  readonly partial: boolean;
}

export function reachFrom(view: GraphView, starts: readonly number[], hops: number, signal?: AbortSignal): Reach {
  const sure = walk(view, starts, hops, true, signal);
  const all = walk(view, starts, hops, false, signal);
  const reached: ReachedNode[] = [];
  for (const [node, way] of sure.found) {
    const other = all.found.get(node);
    const nearer = other !== undefined && other.distance < way.distance ? other : null;
    reached.push({ node, ...way, sure: true, nearer });
  }
  for (const [node, way] of all.found) {
    if (!sure.found.has(node)) reached.push({ node, ...way, sure: false, nearer: null });
  }
  reached.sort((a, b) => Number(b.sure) - Number(a.sure) || a.distance - b.distance);
  return { reached, partial: sure.cut || all.cut };
}

function walk(
  view: GraphView,
  starts: readonly number[],
  hops: number,
  sure: boolean,
  signal: AbortSignal | undefined,
): { readonly found: Map<number, Way>; readonly cut: boolean } {
  const found = new Map<number, Way>();
  const started = new Set(starts);
  const states = sure ? edgeStates.filter((state) => state !== 'ambiguous') : edgeStates;
  let frontier: readonly number[] = starts;
  for (let distance = 1; distance <= hops && frontier.length > 0; distance++) {
    const next: number[] = [];
    for (const node of frontier) {
      signal?.throwIfAborted();
      const before = found.get(node)?.partial ?? false;
      for (const [other, step, partial] of dependents(view, node, states, !sure)) {
        if (started.has(other) || found.has(other)) continue;
        if (found.size >= mostReached) return { found, cut: true };
        found.set(other, { distance, step, from: node, partial: partial || before });
        next.push(other);
      }
    }
    frontier = next;
  }
  return { found, cut: false };
}

/** @param guesses whether to go on to what depends on a method that this one replaces: a call of that may come here */
function dependents(
  view: GraphView,
  node: number,
  states: readonly EdgeState[],
  guesses: boolean,
): [number, Step, boolean][] {
  const { graph } = view;
  const steps: [number, Step, boolean][] = [];
  for (const { from, kind, partial } of graph.in(node, { kinds: dependence, states }))
    steps.push([from, kind as Step, partial]);
  for (const { from } of graph.in(node, { kinds: ['overrides'], states })) steps.push([from, 'overrides', false]);
  // Of two ways over one step, the one that a real run or the text tells of.
  steps.sort(([, , a], [, , b]) => Number(a) - Number(b));
  if (!guesses) return steps;
  for (const replaced of replacedBy(view, node)) {
    for (const { from, partial } of graph.in(replaced, { kinds: ['calls'] })) steps.push([from, 'dispatch', partial]);
  }
  return steps;
}

/** All that a method replaces, directly or not; chains of overrides are short, and a faulty tree's cycles end. */
export function replacedBy(view: GraphView, node: number): Set<number> {
  const all = new Set<number>();
  const waiting = [node];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    for (const { to } of view.graph.out(at, { kinds: ['overrides'] })) {
      if (all.has(to) || to === node) continue;
      all.add(to);
      waiting.push(to);
    }
  }
  return all;
}
