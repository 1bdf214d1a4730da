/**
 * Taking in calls that recorded runs took: places of a run become definitions by name, which is what is kept.
 *
 * A recorder knows a file, a line and the bare name of a function. The definition is the one of that name whose span has the
 * line; code without a name of its own (a lambda, a comprehension, a module) belongs to what is around it.
 */
import { lineStarts, WinnowError } from '../../base/mod.ts';
import type { ObservedRow, PartialRun } from '../store/graph-rows.ts';
import { takeLock } from '../store/lock.ts';
import { StoreWriter } from '../store/writer.ts';
import type { Repository, Snapshot } from '../types.ts';
import { openGraph } from './open.ts';
import type { Graph, GraphNode, ObservedCall } from './types.ts';

export interface ObserveReport {
  /** Calls between definitions of the repository, which the next graph shows as observed. */
  readonly kept: number;
  /** Calls of which one end is no definition that the repository has. */
  readonly unknown: number;
}

export interface ObserveOptions {
  /** Calls were seen in a run with guessed values: they are marked, and forgotten when either file changes. */
  readonly partial?: boolean;
  /** What that run ran of which file; paths are relative to the worktree's root. */
  readonly coverage?: readonly (PartialRun & { readonly path: string })[];
}

/** As for a refresh: another process writes for seconds at most. */
const waitMs = 10_000;

/**
 * Adds calls to what is known of runs. They outlive changes of the files as long as both definitions keep their names.
 *
 * @throws WinnowError `index-busy` when another process writes for ten seconds; as `openGraph`
 */
export async function observeCalls(
  repository: Repository,
  calls: readonly ObservedCall[],
  { partial = false, coverage = [] }: ObserveOptions = {},
): Promise<ObserveReport> {
  const graph = await openGraph(repository);
  const snapshot = repository.snapshot();
  const rows = new Map<string, ObservedRow>();
  let unknown = 0;
  try {
    const places = new Places(graph, snapshot);
    for (const { caller, callee, count } of calls) {
      const [from, to] = [places.find(caller), places.find(callee)];
      if (from === null || to === null) {
        unknown++;
        continue;
      }
      const key = `${from.path}\0${from.qualifiedName}\0${to.path}\0${to.qualifiedName}`;
      rows.set(key, {
        callerPath: from.path,
        caller: from.qualifiedName,
        calleePath: to.path,
        callee: to.qualifiedName,
        count: (rows.get(key)?.count ?? 0) + Math.max(1, Math.trunc(count)),
        partial,
      });
    }
  } finally {
    snapshot.close();
  }
  if (rows.size > 0 || coverage.length > 0) await write(repository, [...rows.values()], coverage);
  return { kept: calls.length - unknown, unknown };
}

async function write(
  { storeDir, root }: Repository,
  rows: readonly ObservedRow[],
  coverage: NonNullable<ObserveOptions['coverage']>,
): Promise<void> {
  const lock = await takeLock(storeDir, waitMs);
  if (lock === null) {
    const message = `Another process is writing the index in ${storeDir}. Try again when it is done.`;
    throw new WinnowError('index-busy', message);
  }
  let writer: StoreWriter | null = null;
  try {
    writer = new StoreWriter(storeDir);
    writer.putObserved(root, rows);
    writer.putCoverage(root, coverage);
  } finally {
    writer?.close();
    lock.release();
  }
}

class Places {
  readonly #graph: Graph;
  readonly #snapshot: Snapshot;
  readonly #files = new Map<
    string,
    { readonly starts: readonly number[]; readonly nodes: readonly GraphNode[] } | null
  >();

  constructor(graph: Graph, snapshot: Snapshot) {
    this.#graph = graph;
    this.#snapshot = snapshot;
  }

  find({ path, line, name }: ObservedCall['caller']): GraphNode | null {
    const file = this.#file(path);
    // A file's own code has no line.
    if (file !== null && name === '<module>') return file.nodes[0] ?? null;
    const start = file?.starts[line - 1];
    if (file === null || start === undefined) return null;
    const end = file.starts[line] ?? Number.POSITIVE_INFINITY;
    const last = name.slice(name.lastIndexOf('.') + 1);
    let found: GraphNode | null = null;
    // Later nodes are deeper or further on: the last that fits is the innermost.
    for (const node of file.nodes) {
      if (node.span.start >= end || node.span.end <= start) continue;
      if (last.startsWith('<') ? node.span.start <= start : node.name === last) found = node;
    }
    return found;
  }

  #file(path: string) {
    const known = this.#files.get(path);
    if (known !== undefined) return known;
    const record = this.#snapshot.file(path);
    const source = record === null ? null : this.#snapshot.source(record);
    const first = this.#graph.nodeOf(path, -1);
    let found: { starts: readonly number[]; nodes: readonly GraphNode[] } | null = null;
    if (source?.kind === 'source' && first >= 0) {
      const nodes = [this.#graph.node(first)];
      for (let id = first + 1; id < this.#graph.nodeCount && this.#graph.node(id).path === path; id++) {
        const node = this.#graph.node(id);
        if (node.symbol < 0) break;
        nodes.push(node);
      }
      found = { starts: Array.from(lineStarts(source.bytes)), nodes };
    }
    this.#files.set(path, found);
    return found;
  }
}
