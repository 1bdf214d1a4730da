/** Graphs of a few files in memory, for tests of resolution, and their edges as lines that are easy to compare. */
import { createParser, type FileFacts, type FileLinks } from '../src/code/mod.ts';
import { type BuiltGraph, buildGraph } from '../src/index/graph/build.ts';
import { TableGraph } from '../src/index/graph/view.ts';
import {
  type EdgeKind,
  edgeKinds,
  type FileRecord,
  type Graph,
  type GraphEdge,
  loadGrammarFile,
} from '../src/index/mod.ts';

const parser = createParser(loadGrammarFile);

interface Parsed {
  readonly record: FileRecord;
  readonly facts: FileFacts;
  readonly links: FileLinks;
}

/** By path and text: what was parsed is the same for ever, and so is its version. */
const known = new Map<string, Parsed>();

async function parsed(path: string, text: string): Promise<Parsed | null> {
  const key = `${path}\0${text}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  const bytes = new TextEncoder().encode(text);
  const result = await (await parser).link(path, bytes);
  if (result.kind !== 'facts') return null;
  const { facts, links } = result;
  const record = { path, version: known.size + 1, language: facts.language, bytes: bytes.length, lines: facts.lines };
  const made = { record, facts, links };
  known.set(key, made);
  return made;
}

export interface Made extends BuiltGraph {
  readonly graph: Graph;
}

/** @param before a graph to build on */
export async function makeGraph(files: Readonly<Record<string, string>>, before: Made | null = null): Promise<Made> {
  const all: Parsed[] = [];
  for (const path of Object.keys(files).sort()) {
    const one = await parsed(path, files[path] as string);
    if (one !== null) all.push(one);
  }
  const byVersion = new Map(all.map((one) => [one.record.version, one]));
  const records = all.map(({ record }) => record);
  const built = buildGraph({
    files: records,
    load: ({ version }) => ({ ...(byVersion.get(version) as Parsed), packedBytes: 0 }),
    read: (path) => files[path] ?? null,
    before,
  });
  const completeness = { pendingFiles: 0, indexedFiles: records.length, leftOut: {}, stale: false };
  return { ...built, graph: new TableGraph(built.tables, records, completeness) };
}

/** `path:Qualified.name`, or the path. */
export function nameOf(graph: Graph, id: number): string {
  const { path, qualifiedName } = graph.node(id);
  return qualifiedName === '' ? path : `${path}:${qualifiedName}`;
}

export function nodeNamed(graph: Graph, name: string): number {
  for (let id = 0; id < graph.nodeCount; id++) if (nameOf(graph, id) === name) return id;
  throw new Error(`no node ${name}`);
}

/** An edge as `target state rule`, with its rank where it is not the best. */
const lineOf = (graph: Graph, { to, state, rule, rank }: GraphEdge): string =>
  `${nameOf(graph, to)} ${state} ${rule}${rank > 0 ? ` ${rank}` : ''}`;

/** Edges out of a node, in the order of the source. */
export const edgesOf = (graph: Graph, from: string, kind: EdgeKind = 'calls'): string[] =>
  graph.out(nodeNamed(graph, from), { kinds: [kind] }).map((edge) => lineOf(graph, edge));

/** Everything that a graph says, in an order of its own: equal graphs give equal text. */
export function describeGraph(graph: Graph): string {
  const lines: string[] = [];
  const names = new Set<string>();
  for (let id = 0; id < graph.nodeCount; id++) {
    const { kind, span, symbol } = graph.node(id);
    names.add(graph.node(id).name);
    lines.push(`${id} ${nameOf(graph, id)} ${kind} ${symbol} ${span.start}-${span.end}`);
    for (const edge of graph.out(id, { kinds: edgeKinds })) {
      const { kind, site } = edge;
      lines.push(`  ${edge.id} ${kind} ${lineOf(graph, edge)} ${site === null ? '' : `${site.start}-${site.end}`}`);
    }
    lines.push(`  in ${graph.in(id, { kinds: edgeKinds }).map((edge) => edge.id)}`);
  }
  for (const name of [...names].sort()) {
    lines.push(
      `${name}: ${JSON.stringify(graph.unresolvedCalls(name))} ${JSON.stringify(graph.unresolvedSites(name))}`,
    );
  }
  lines.push(JSON.stringify(graph.statistics()));
  return lines.join('\n');
}
