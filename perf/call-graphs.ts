/** What Winnow and its peers say of calls, in one form, so that one truth measures all. */
import type { Graph, GraphEdge } from '../src/index/mod.ts';
import type { CallRow } from '../src/run/mod.ts';
import { type ExecutedSite, type Places, siteKey } from './call-truth.ts';

/** 0 resolved, 1 ambiguous and ranked first, 2 ambiguous further down. */
export type PairState = 0 | 1 | 2;

export interface CallGraph {
  /** Best state by `caller callee`. */
  readonly pairs: ReadonlyMap<string, PairState>;
  /** Resolved edges by site. */
  readonly resolved: ReadonlyMap<string, readonly { readonly callee: string; readonly rule: string }[]>;
  /** Sites with any edge, and whether the first is ambiguous. */
  readonly known: ReadonlyMap<string, boolean>;
}

class Collected implements CallGraph {
  readonly pairs = new Map<string, PairState>();
  readonly resolved = new Map<string, { callee: string; rule: string }[]>();
  readonly known = new Map<string, boolean>();

  add(pair: string, state: PairState): void {
    this.pairs.set(pair, Math.min(state, this.pairs.get(pair) ?? 2) as PairState);
  }

  at(site: string, callee: string, rule: string): void {
    const list = this.resolved.get(site);
    if (list === undefined) this.resolved.set(site, [{ callee, rule }]);
    else if (!list.some((one) => one.callee === callee)) list.push({ callee, rule });
  }
}

export function graphOfWinnow(graph: Graph, places: Places): CallGraph {
  const collected = new Collected();
  for (let id = 0; id < graph.nodeCount; id++) {
    for (const edge of graph.out(id, { kinds: ['calls'] })) addEdge(edge);
  }
  function addEdge(edge: GraphEdge): void {
    if (edge.site === null) return;
    const { path } = graph.node(edge.from);
    const { line, column } = places.lineColumn(path, edge.site.start);
    const site = siteKey(path, line, column);
    const callee = places.keyOf(edge);
    const isAmbiguous = edge.state === 'ambiguous';
    if (!collected.known.has(site)) collected.known.set(site, isAmbiguous);
    if (!isAmbiguous) collected.at(site, callee, edge.rule);
    collected.add(`${places.around(path, line)} ${callee}`, isAmbiguous ? (edge.rank === 0 ? 1 : 2) : 0);
  }
  return collected;
}

/** Calls as rows of winnow.calls/1 (`call-peers.py`). */
export function graphOfRows(rows: readonly CallRow[], places: Places): CallGraph {
  const collected = new Collected();
  for (const { caller, callee, callLine, callColumn } of rows) {
    const key = callee === null ? null : places.defined(callee);
    if (key === null) continue;
    const from = callLine > 0 ? places.around(caller.path, callLine) : places.defined(caller);
    if (from !== null) collected.add(`${from} ${key}`, 0);
    if (callColumn > 0) collected.at(siteKey(caller.path, callLine, callColumn), key, 'peer');
  }
  return collected;
}

/** A call graph of Jelly (`--callgraph-json`): places are `file:line:column:endLine:endColumn`, from 1, the end past the last character. */
export function graphOfJelly(json: string, places: Places, sites: Iterable<ExecutedSite>): CallGraph {
  const { files, functions, calls, call2fun } = JSON.parse(json) as {
    files: string[];
    functions: Record<string, string>;
    calls: Record<string, string>;
    call2fun: [number, number][];
  };
  const placeOf = (text: string): JellyPlace => {
    const [file = 0, line = 0, column = 0, endLine = 0, endColumn = 0] = text.split(':').map(Number);
    return { path: files[file] as string, line, column, endLine, endColumn };
  };
  const callees = new Map<number, Set<string>>();
  for (const [call, callee] of call2fun) {
    const { path, line, column, endLine, endColumn } = placeOf(functions[callee] as string);
    const key = places.spanning(path, { line, column }, { line: endLine, column: endColumn });
    if (key !== null) callees.set(call, (callees.get(call) ?? new Set()).add(key));
  }
  // A site is the name that is called; the smallest call around it is the one that calls it.
  const byFile = new Map<string, { readonly place: JellyPlace; readonly targets: ReadonlySet<string> }[]>();
  const collected = new Collected();
  for (const [number, text] of Object.entries(calls)) {
    const place = placeOf(text);
    const targets = callees.get(Number(number)) ?? new Set();
    byFile.set(place.path, [...(byFile.get(place.path) ?? []), { place, targets }]);
    for (const target of targets) collected.add(`${places.around(place.path, place.line)} ${target}`, 0);
  }
  for (const { path, line, column } of sites) {
    const around = (byFile.get(path) ?? []).filter(({ place }) => holds(place, line, column));
    const smallest = around.sort((a, b) => extent(a.place) - extent(b.place))[0];
    for (const target of smallest?.targets ?? []) collected.at(siteKey(path, line, column), target, 'peer');
  }
  return collected;
}

interface JellyPlace {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

const holds = ({ line, column, endLine, endColumn }: JellyPlace, atLine: number, atColumn: number): boolean =>
  (line < atLine || (line === atLine && column <= atColumn)) &&
  (atLine < endLine || (atLine === endLine && atColumn < endColumn));

const extent = ({ line, column, endLine, endColumn }: JellyPlace): number =>
  (endLine - line) * 10_000 + endColumn - column;
