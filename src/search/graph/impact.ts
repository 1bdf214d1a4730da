/**
 * What a change may affect: from changed symbols or lines to what depends on them, at any distance, and the tests among it.
 *
 * Importers are a last resort: whoever imports a definition and uses it is found by the use; only where nothing depends on a changed
 * definition, the files that import it, or its file, are named.
 */
import type { Completeness, GraphEdge, GraphNode } from '../../index/mod.ts';
import { unresolvedCalls } from './ask.ts';
import { askedNodes, diffNodes } from './changed.ts';
import { parseDiff } from './diff.ts';
import { type Reach, type ReachedNode, reachFrom, type Step } from './reach.ts';
import type { NodeInfo, UnresolvedCount } from './types.ts';
import type { GraphView } from './view.ts';

export interface ImpactOptions {
  /** Steps, in [1, 50]; default 20. */
  readonly hops?: number;
  /** Affected nodes to list, default 50; tests are listed up to ten times as many. */
  readonly limit?: number;
  readonly signal?: AbortSignal;
}

export interface Affected {
  readonly node: NodeInfo;
  readonly distance: number;
  /** `resolved` when every step on the way is resolved or observed, else `ambiguous`. */
  readonly state: 'resolved' | 'ambiguous';
  readonly step: Step;
  /** Id of the node before it on the way. */
  readonly from: string;
  /** A step of the way was seen in partial runs alone, whose values may be guessed. */
  readonly partial: boolean;
  /** What is resolved may be reached by a shorter way too that is ambiguous somewhere. */
  readonly nearer: { readonly distance: number; readonly step: Step; readonly from: string } | null;
}

export interface TestFile {
  readonly path: string;
  /** Empty when only the file as a whole is known to reach the change. */
  readonly tests: readonly Pick<Affected, 'node' | 'distance' | 'state'>[];
  readonly distance: number;
  readonly state: 'resolved' | 'ambiguous';
}

export interface ImpactAnswer {
  readonly changed: readonly NodeInfo[];
  /** Definitions that what was given fits, when it fits several; then nothing else is said. */
  readonly candidates: readonly NodeInfo[];
  readonly affected: readonly Affected[];
  /** How many are affected in all, tests included. */
  readonly total: { readonly resolved: number; readonly ambiguous: number };
  readonly tests: readonly TestFile[];
  /** Of the names of what changed: callers that may be missing. */
  readonly unresolved: readonly UnresolvedCount[];
  /** Files of the diff that are not in the graph. */
  readonly outside: readonly string[];
  readonly partial: boolean;
  readonly completeness: Completeness;
  readonly notices: readonly string[];
}

/** @throws WinnowError `unknown-id` when nothing fits the id */
export function impactOf(view: GraphView, given: string, options: ImpactOptions = {}): ImpactAnswer {
  const { nodes, candidates, notices } = askedNodes(view, given);
  return answer(view, { nodes, whole: nodes, candidates, outside: [], notices }, options);
}

/** @throws WinnowError `bad-data` when the text holds no diff */
export function impactOfDiff(view: GraphView, text: string, options: ImpactOptions = {}): ImpactAnswer {
  return answer(view, { ...diffNodes(view, parseDiff(text)), candidates: [] }, options);
}

interface Question {
  readonly nodes: readonly number[];
  /** Those of them that change with all their members: a class that someone names, not one of whose lines some changed. */
  readonly whole: readonly number[];
  readonly candidates: readonly number[];
  readonly outside: readonly string[];
  readonly notices: readonly string[];
}

/** Changed nodes that are listed; a diff of a whole tree has thousands. */
const mostChanged = 200;

const noTests =
  'No test is known to reach this. What a framework calls, fixtures that go by name and calls through data are not seen.';

function answer(view: GraphView, question: Question, options: ImpactOptions): ImpactAnswer {
  const { hops = 20, limit = 50, signal } = options;
  const starts = [...new Set([...question.nodes, ...withMembers(view, question.whole)])];
  const { reached, partial } = withImporters(view, starts, reachFrom(view, starts, hops, signal), hops, signal);
  const tests = testFiles(view, starts, reached);
  const inTests = new Set(tests.map(({ path }) => path));
  const others = reached.filter(({ node }) => !inTests.has(view.graph.node(node).path));
  const ambiguous = reached.filter(({ sure }) => !sure).length;
  const shown = question.nodes.slice(0, mostChanged);
  const more = question.nodes.length - shown.length;
  return {
    changed: shown.map((node) => view.info(node)),
    candidates: question.candidates.map((node) => view.info(node)),
    affected: others.slice(0, limit).map((one) => affected(view, one)),
    total: { resolved: reached.length - ambiguous, ambiguous },
    tests: tests.slice(0, limit * 10),
    unresolved: unresolvedOf(view, starts),
    outside: question.outside,
    partial: partial || others.length > limit || tests.length > limit * 10,
    completeness: view.graph.completeness,
    notices: [
      ...question.notices,
      ...(more > 0 ? [`${more} more changed definitions are not listed.`] : []),
      ...(tests.length === 0 && starts.length > 0 ? [noTests] : []),
      ...view.reader.changeNotices(),
    ],
  };
}

/** A class that changes changes its methods wherever they are written, a file or directory what is written in it. */
function withMembers(view: GraphView, nodes: readonly number[]): Set<number> {
  const all = new Set(nodes);
  const isClass = (node: number): boolean => view.graph.node(node).kind === 'class';
  addMembers(view, nodes.filter(isClass), () => true, all);
  addMembers(
    view,
    nodes.filter((node) => !isClass(node)),
    ({ rule }) => rule === 'structure',
    all,
  );
  return all;
}

function addMembers(
  view: GraphView,
  nodes: readonly number[],
  follows: (edge: GraphEdge) => boolean,
  all: Set<number>,
): void {
  const waiting = [...nodes];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const { kind } = view.graph.node(at);
    if (kind !== 'class' && kind !== 'file' && kind !== 'directory') continue;
    for (const edge of view.graph.out(at, { kinds: ['contains'] })) {
      if (!follows(edge) || all.has(edge.to)) continue;
      all.add(edge.to);
      waiting.push(edge.to);
    }
  }
}

function withImporters(
  view: GraphView,
  starts: readonly number[],
  reach: Reach,
  hops: number,
  signal: AbortSignal | undefined,
): Reach {
  const led = new Set(reach.reached.map(({ from }) => from));
  const known = new Set([...starts, ...reach.reached.map(({ node }) => node)]);
  const extra: ReachedNode[] = [];
  for (const start of starts) {
    if (led.has(start)) continue;
    const { path, symbol } = view.graph.node(start);
    const own = view.graph.in(start, { kinds: ['imports'] });
    const whole = symbol < 0 ? [] : view.graph.in(view.graph.nodeOf(path, -1), { kinds: ['imports'] });
    for (const { from, state } of own.length > 0 || symbol < 0 ? own : whole) {
      if (known.has(from)) continue;
      known.add(from);
      extra.push({
        node: from,
        distance: 1,
        sure: own.length > 0 && state !== 'ambiguous',
        step: 'imports',
        from: start,
        partial: false,
        nearer: null,
      });
    }
  }
  if (extra.length === 0 || hops < 1) return reach;
  signal?.throwIfAborted();
  const reached = [...reach.reached, ...extra];
  reached.sort((a, b) => Number(b.sure) - Number(a.sure) || a.distance - b.distance);
  return { reached, partial: reach.partial };
}

function affected(view: GraphView, { node, distance, sure, step, from, partial, nearer }: ReachedNode): Affected {
  return {
    node: view.info(node),
    distance,
    state: sure ? 'resolved' : 'ambiguous',
    step,
    from: view.id(from),
    partial,
    nearer: nearer === null ? null : { distance: nearer.distance, step: nearer.step, from: view.id(nearer.from) },
  };
}

/** Test functions of the frameworks of all languages begin or end so, or carry the word in an annotation. */
const testName = /^(?:test|Test|Benchmark|Example|Fuzz|it_|should)|(?:Test|Spec)$/;

function testFiles(view: GraphView, starts: readonly number[], reached: readonly ReachedNode[]): TestFile[] {
  const byPath = new Map<string, { node: number; distance: number; sure: boolean }[]>();
  const all = [...starts.map((node) => ({ node, distance: 0, sure: true })), ...reached];
  for (const { node, distance, sure } of all) {
    const { path, kind } = view.graph.node(node);
    const file = kind === 'directory' ? null : view.reader.snapshot.file(path);
    if (file === null || !view.reader.facts(file.version).traits.test) continue;
    const group = byPath.get(path);
    if (group === undefined) byPath.set(path, [{ node, distance, sure }]);
    else group.push({ node, distance, sure });
  }
  const files = [...byPath].map(([path, found]): TestFile => {
    const tests = found.filter(({ node }) => isTest(view, view.graph.node(node), node));
    const nearest = found[0] as (typeof found)[number];
    const state = (sure: boolean) => (sure ? 'resolved' : 'ambiguous');
    return {
      path,
      tests: tests.map(({ node, distance, sure }) => ({ node: view.info(node), distance, state: state(sure) })),
      distance: nearest.distance,
      state: state(nearest.sure),
    };
  });
  return files.sort(
    (a, b) =>
      (a.state === b.state ? 0 : a.state === 'resolved' ? -1 : 1) ||
      a.distance - b.distance ||
      (a.path < b.path ? -1 : 1),
  );
}

function isTest(view: GraphView, { kind, name }: GraphNode, node: number): boolean {
  if (kind !== 'function' && kind !== 'method') return false;
  return testName.test(name) || (view.symbol(node)?.decorators.some((one) => /\btest\b|Test$/i.test(one)) ?? false);
}

/** Names of what changed, those with the most call sites that are missing first. */
function unresolvedOf(view: GraphView, nodes: readonly number[]): UnresolvedCount[] {
  const counts = new Map<string, UnresolvedCount>();
  for (const node of nodes) {
    const found = unresolvedCalls(view, node);
    if (found !== null && found.external + found.unknown + found.ambiguous > 0) counts.set(found.name, found);
  }
  const missing = (one: UnresolvedCount): number => one.external + one.unknown + one.ambiguous;
  return [...counts.values()].sort((a, b) => missing(b) - missing(a)).slice(0, mostNames);
}

const mostNames = 20;
