/**
 * A recording laid over a graph: what was called where, in the graph's own nodes.
 *
 * Places of calls are compared by path, line and column of the called name, not by who encloses them: what a nameless function calls
 * belongs, for a graph, to what is around it. A class and its constructor are one callee, and so are several definitions of one qualified name
 * in a file (overloads): a person who asks for callers means all of them.
 */
import { lineAt, lineStarts } from '../src/base/mod.ts';
import type { Graph, GraphEdge, GraphNode } from '../src/index/mod.ts';
import type { CallPlace, CallRow } from '../src/run/mod.ts';

/** A place in the text where a call is written, and what it entered. */
export interface ExecutedSite {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  /** Callees of the project, by key. Empty: it entered nothing of the project. */
  readonly callees: Set<string>;
  /** What the language or a library entered there besides: `__len__` where `len(x)` is written. */
  readonly besides: Set<string>;
  count: number;
}

/** Which function called which, once, however often and from however many places. */
export interface CallPair {
  readonly caller: string;
  readonly callee: string;
  /** `call`: written in the text. `implicit`, `through`: see `CallWay`. */
  readonly how: 'call' | 'implicit' | 'through';
  readonly path: string;
  readonly line: number;
  readonly column: number;
  /** Keys of all places in the text where it was called. */
  readonly sites: string[];
  readonly fromTest: boolean;
  readonly toTest: boolean;
}

export interface Truth {
  readonly sites: ReadonlyMap<string, ExecutedSite>;
  readonly pairs: readonly CallPair[];
  /** Callees that are no node of the graph: functions without a name. */
  readonly nameless: number;
  /** Callees that have a name and are not in the graph. */
  readonly unknown: ReadonlyMap<string, number>;
}

interface LineColumn {
  readonly line: number;
  readonly column: number;
}

/** Bytes that may stand between the end of a function and that of the statement that names it: `});`. */
const mostAfterFunction = 4;

export const siteKey = (path: string, line: number, column: number): string => `${path}:${line}:${column}`;

const isTestPath = (path: string): boolean =>
  /(^|\/)(tests?|testing|test-utils|__tests__|examples?|spec)\/|(^|\/)(test_|conftest\.py)|[._-](test|spec|case)\.[^/]*$/.test(
    path,
  );

const constructors = new Set(['constructor', '__init__', '__new__', '__construct']);

/** Nodes of a graph by place. @param source bytes of a file of the graph, by path */
export class Places {
  readonly #graph: Graph;
  readonly #source: (path: string) => Uint8Array;
  readonly #starts = new Map<string, Uint32Array>();
  readonly #callables = new Map<string, GraphNode[]>();

  constructor(graph: Graph, source: (path: string) => Uint8Array) {
    this.#graph = graph;
    this.#source = source;
    for (let id = 0; id < graph.nodeCount; id++) {
      const node = graph.node(id);
      if (node.symbol < 0) continue;
      const list = this.#callables.get(node.path);
      if (list === undefined) this.#callables.set(node.path, [node]);
      else list.push(node);
    }
  }

  starts(path: string): Uint32Array {
    const known = this.#starts.get(path) ?? lineStarts(this.#source(path));
    this.#starts.set(path, known);
    return known;
  }

  lineColumn(path: string, offset: number): { line: number; column: number } {
    const starts = this.starts(path);
    const line = lineAt(starts, offset);
    return { line, column: offset - (starts[line - 1] as number) + 1 };
  }

  /** Innermost function, method or class around a line; the file when there is none. */
  around(path: string, line: number): string {
    let best: GraphNode | null = null;
    for (const node of this.#callables.get(path) ?? []) {
      if (node.kind === 'field' || node.kind === 'global' || !this.#holds(node, line)) continue;
      if (best === null || node.span.end - node.span.start <= best.span.end - best.span.start) best = node;
    }
    return best === null ? path : this.key(best);
  }

  /** Key of the definition that a recorder names, or null. */
  defined({ path, line, name }: CallPlace): string | null {
    if (line === 0) return path;
    const last = name.slice(name.lastIndexOf('.') + 1);
    let best: GraphNode | null = null;
    let bestStart = -1;
    for (const node of this.#callables.get(path) ?? []) {
      if (node.name.replace(/^#/, '') !== last.replace(/^#/, '') || !this.#holds(node, line)) continue;
      const start = lineAt(this.starts(path), node.span.start);
      if (start > bestStart) [best, bestStart] = [node, start];
    }
    return best === null ? this.#beginning(path, line) : this.key(best);
  }

  /** A function may have a name of its own beside the one that it is called by: then its line tells. */
  #beginning(path: string, line: number): string | null {
    const here = (this.#callables.get(path) ?? []).filter(
      ({ kind, span }) => (kind === 'function' || kind === 'method') && lineAt(this.starts(path), span.start) === line,
    );
    return here.length === 1 ? this.key(here[0] as GraphNode) : null;
  }

  /** Key of the definition that a function's text belongs to: the smallest around it that ends where it does, a bracket or two apart. */
  spanning(path: string, start: LineColumn, end: LineColumn): string | null {
    const from = this.#offset(path, start);
    const to = this.#offset(path, end);
    let best: GraphNode | null = null;
    for (const node of this.#callables.get(path) ?? []) {
      const { span } = node;
      if (span.start > from || span.end < to || span.end - to > mostAfterFunction) continue;
      if (best === null || span.end - span.start < best.span.end - best.span.start) best = node;
    }
    return best === null ? null : this.key(best);
  }

  #offset(path: string, { line, column }: LineColumn): number {
    return (this.starts(path)[line - 1] ?? 0) + column - 1;
  }

  /** Name under which a callee is compared: constructors count as their class, overloads as one. */
  key(node: GraphNode): string {
    if (node.symbol < 0) return node.path;
    const isNamed = constructors.has(node.name) || (node.name === 'initialize' && node.path.endsWith('.rb'));
    const isConstructor = isNamed && node.qualifiedName.includes('.');
    const name = isConstructor ? node.qualifiedName.slice(0, node.qualifiedName.lastIndexOf('.')) : node.qualifiedName;
    return `${node.path}::${name}`;
  }

  keyOf(edge: GraphEdge): string {
    return this.key(this.#graph.node(edge.to));
  }

  #holds(node: GraphNode, line: number): boolean {
    const starts = this.starts(node.path);
    return (
      lineAt(starts, node.span.start) <= line && line <= lineAt(starts, Math.max(node.span.start, node.span.end - 1))
    );
  }
}

export function truthOf(rows: readonly CallRow[], places: Places): Truth {
  const sites = new Map<string, ExecutedSite>();
  const pairs = new Map<string, CallPair>();
  const unknown = new Map<string, number>();
  const besides: (readonly [site: string, callee: string])[] = [];
  let nameless = 0;
  for (const { caller, callee, callLine, callColumn, count, how } of rows) {
    const isCall = how === 'direct' || how === 'class' || how === 'construct';
    const key = callee === null ? null : places.defined(callee);
    if (callee !== null && key === null && !/<[a-z]+>$/.test(callee.name)) {
      const shown = `${callee.path}:${callee.line} ${callee.name}`;
      unknown.set(shown, (unknown.get(shown) ?? 0) + count);
    } else if (callee !== null && key === null) nameless++;
    if (isCall && callColumn > 0) {
      const at = siteKey(caller.path, callLine, callColumn);
      const site = sites.get(at) ?? {
        path: caller.path,
        line: callLine,
        column: callColumn,
        callees: new Set(),
        besides: new Set(),
        count: 0,
      };
      sites.set(at, site);
      site.count += count;
      // What has no node cannot be found nor be wrong, but something was entered: the site is no call of a library.
      if (callee !== null) site.callees.add(key ?? `${callee.path}::${callee.name}`);
    }
    if (key === null || callee === null) continue;
    if (!isCall && callColumn > 0) besides.push([siteKey(caller.path, callLine, callColumn), key]);
    const from = callLine > 0 ? places.around(caller.path, callLine) : (places.defined(caller) ?? caller.path);
    const pair: CallPair = {
      caller: from,
      callee: key,
      how: isCall ? 'call' : (how as 'implicit' | 'through'),
      path: caller.path,
      line: callLine,
      column: callColumn,
      sites: isCall && callColumn > 0 ? [siteKey(caller.path, callLine, callColumn)] : [],
      fromTest: isTestPath(caller.path),
      toTest: isTestPath(callee.path),
    };
    const known = pairs.get(`${from} ${key}`);
    if (known === undefined || (known.how !== 'call' && pair.how === 'call')) pairs.set(`${from} ${key}`, pair);
    else known.sites.push(...pair.sites);
  }
  for (const [site, callee] of besides) sites.get(site)?.besides.add(callee);
  return { sites, pairs: [...pairs.values()], nameless, unknown };
}
