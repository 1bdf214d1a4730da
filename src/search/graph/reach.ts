/**
 * What may behave differently when something changes: walks against the direction of dependence.
 *
 * Two breadth-first walks: first over sure edges alone, then over all from everything found. So what is said to be sure is reached by
 * sure edges only, and what is reached by a doubtful one anywhere on its way says so.
 */
import { type EdgeKind, type EdgeState, edgeStates } from '../../index/mod.ts';
import type { GraphView } from './view.ts';

/** How a step leads on: `calls` to a caller, `inherits` to a derived class, `dispatch` by an override to callers of what it replaces. */
export type Step = Exclude<EdgeKind, 'contains'> | 'dispatch';

export interface ReachedNode {
  readonly node: number;
  readonly distance: number;
  /** Whether every step on the way is resolved or observed. */
  readonly sure: boolean;
  readonly step: Step;
  /** The node before it on the way. */
  readonly from: number;
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
  const found = new Map<number, ReachedNode>();
  const started = new Set(starts);
  const sure = walk(
    view,
    starts.map((node) => ({ node, distance: 0 })),
    started,
    found,
    hops,
    true,
    signal,
  );
  const from = [...starts.map((node) => ({ node, distance: 0 })), ...[...found.values()]];
  const all = walk(view, from, started, found, hops, false, signal);
  const reached = [...found.values()].sort((a, b) => Number(b.sure) - Number(a.sure) || a.distance - b.distance);
  return { reached, partial: sure || all };
}

/** @param from in order of distance @returns whether it was cut */
function walk(
  view: GraphView,
  from: readonly { readonly node: number; readonly distance: number }[],
  started: ReadonlySet<number>,
  found: Map<number, ReachedNode>,
  hops: number,
  sure: boolean,
  signal: AbortSignal | undefined,
): boolean {
  const buckets: number[][] = [];
  const put = (node: number, distance: number): void => {
    buckets[distance] ??= [];
    buckets[distance].push(node);
  };
  for (const { node, distance } of from) put(node, distance);
  const states = sure ? edgeStates.filter((state) => state !== 'ambiguous') : edgeStates;
  for (let distance = 0; distance < Math.min(hops, buckets.length); distance++) {
    for (const node of buckets[distance] ?? []) {
      signal?.throwIfAborted();
      for (const [other, step] of dependents(view, node, states, !sure)) {
        if (started.has(other) || found.has(other)) continue;
        if (found.size >= mostReached) return true;
        found.set(other, { node: other, distance: distance + 1, sure, step, from: node });
        put(other, distance + 1);
      }
    }
  }
  return false;
}

/** @param guesses whether to go on to what depends on a method that this one replaces: a call of that may come here */
function dependents(view: GraphView, node: number, states: readonly EdgeState[], guesses: boolean): [number, Step][] {
  const { graph } = view;
  const steps: [number, Step][] = [];
  for (const { from, kind } of graph.in(node, { kinds: dependence, states })) steps.push([from, kind as Step]);
  for (const { from } of graph.in(node, { kinds: ['overrides'], states })) steps.push([from, 'overrides']);
  if (!guesses) return steps;
  for (const replaced of replacedBy(view, node)) {
    for (const { from } of graph.in(replaced, { kinds: ['calls'] })) steps.push([from, 'dispatch']);
  }
  return steps;
}

/** All that a method replaces, directly or not; chains of overrides are short, and a faulty tree's cycles end. */
function replacedBy(view: GraphView, node: number): Set<number> {
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
