/**
 * Who refers to what in other files: the edges of the graph where names are resolved, and names alone in languages where they are not.
 * What a file says of itself is left out: a file that refers to itself alone would keep all rank that comes to it.
 *
 * Of an ambiguous site only its best candidate counts. A name alone counts for every definition of it in files of the same language.
 */
import type { EdgeKind, FileRecord } from '../../index/mod.ts';
import { isResolved } from './ask.ts';
import type { GraphView } from './view.ts';

export interface Mentions {
  /** Place of the file that refers, in `graph.files`. */
  readonly from: number;
  /** Node of the definition. */
  readonly to: number;
  readonly count: number;
}

const referring: readonly EdgeKind[] = ['calls', 'uses', 'inherits', 'implements', 'imports'];

/** A name that so many definitions share says nothing about any of them. */
const mostNamesakes = 20;

export function mentionsIn(view: GraphView, signal?: AbortSignal): Mentions[] {
  const { graph } = view;
  const resolved = new Map<string, boolean>();
  const all: Mentions[] = [];
  for (const [from, file] of graph.files.entries()) {
    signal?.throwIfAborted();
    const known = resolved.get(file.language) ?? isResolved(view, file.language);
    resolved.set(file.language, known);
    const counts = known ? byEdges(view, file.path) : byNames(view, file);
    for (const [to, count] of counts) all.push({ from, to, count });
  }
  return all;
}

function byEdges(view: GraphView, path: string): Map<number, number> {
  const { graph } = view;
  const counts = new Map<number, number>();
  const waiting = [graph.nodeOf(path, -1)];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node < 0) continue;
    for (const { to, rule } of graph.out(node, { kinds: ['contains'] })) if (rule === 'structure') waiting.push(to);
    for (const { to, rank } of graph.out(node, { kinds: referring })) {
      if (rank > 0) continue;
      const target = graph.node(to);
      if (target.symbol < 0 || target.path === path) continue;
      counts.set(to, (counts.get(to) ?? 0) + 1);
    }
  }
  return counts;
}

function byNames(view: GraphView, { version, language, path }: FileRecord): Map<number, number> {
  const names = new Map<string, number>();
  for (const { name } of view.reader.facts(version).references) names.set(name, (names.get(name) ?? 0) + 1);
  const counts = new Map<number, number>();
  for (const [name, count] of names) {
    const found = view.graph
      .named(name)
      .filter((node) => view.reader.snapshot.file(view.graph.node(node).path)?.language === language);
    if (found.length > mostNamesakes) continue;
    // A name that the file defines itself is its own.
    if (found.some((node) => view.graph.node(node).path === path)) continue;
    for (const node of found) counts.set(node, count);
  }
  return counts;
}
