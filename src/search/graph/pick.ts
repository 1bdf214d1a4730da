/**
 * From what someone gives to a node of the graph: ids and their ends as `show` takes them, directories, and lines, which stand
 * for the innermost definition that holds them.
 */
import { type LineRange, WinnowError } from '../../base/mod.ts';
import type { FileRecord, NodeKind } from '../../index/mod.ts';
import { linesId } from '../ids.ts';
import { resolve, type Target } from '../resolve.ts';
import type { GraphView } from './view.ts';

export type Picked =
  | { readonly kind: 'one'; readonly node: number; readonly exact: boolean }
  | { readonly kind: 'several'; readonly nodes: readonly number[] };

/**
 * @param preferred the only kind of node that what is asked has answers for; taken where what was given fits such and others
 * @throws WinnowError `unknown-id` with the nearest ids when nothing fits, or nothing of what fits is in the graph
 */
export function pickNode(view: GraphView, given: string, preferred: NodeKind | null = null): Picked {
  const id = given.trim().replace(/^\.\//, '');
  if (id === '') throw new WinnowError('unknown-id', 'Expected an id; there is nothing but white space.');
  const directory = view.graph.directory(id.replace(/\/+$/, '').replace(/^\.$/, ''));
  if (directory >= 0 && (id.endsWith('/') || id === '.')) return { kind: 'one', node: directory, exact: true };
  let found: ReturnType<typeof resolve>;
  try {
    found = resolve(view.reader, id);
  } catch (cause) {
    if (directory >= 0) return { kind: 'one', node: directory, exact: true };
    throw cause;
  }
  if (found.kind === 'one') return { kind: 'one', ...nodeOf(view, id, found.target, found.exact) };
  const fitting = found.candidates
    .map(({ file, symbol }) => view.graph.nodeOf(file.path, symbol))
    .filter((node) => node >= 0);
  const nodes = ofKind(view, withoutConstructors(view, fitting), preferred);
  const [only] = nodes;
  if (only !== undefined && nodes.every((node) => isSameName(view, node, only)))
    return { kind: 'one', node: mostUsed(view, nodes), exact: false };
  if (only === undefined) throw noNode(id, 'only values inside functions, headings or keys have this name');
  return { kind: 'several', nodes };
}

/** A class and its constructor share a name in some languages: the class is meant, whose id the constructor's begins with. */
function withoutConstructors({ graph }: GraphView, nodes: readonly number[]): number[] {
  const constructors = new Set<string>();
  for (const node of nodes) {
    const { kind, path, qualifiedName, name } = graph.node(node);
    if (kind === 'class') constructors.add(`${path}:${qualifiedName}.${name}`);
  }
  return nodes.filter((node) => {
    const { kind, path, qualifiedName } = graph.node(node);
    return kind !== 'method' || !constructors.has(`${path}:${qualifiedName}`);
  });
}

function ofKind({ graph }: GraphView, nodes: readonly number[], preferred: NodeKind | null): readonly number[] {
  const fitting = nodes.filter((node) => graph.node(node).kind === preferred);
  return fitting.length > 0 ? fitting : nodes;
}

const isSameName = ({ graph }: GraphView, a: number, b: number): boolean =>
  graph.node(a).path === graph.node(b).path && graph.node(a).qualifiedName === graph.node(b).qualifiedName;

/** Of overloads, getters and setters, and definitions by platform: the one that names lead to; the last where none does. */
function mostUsed({ graph }: GraphView, nodes: readonly number[]): number {
  let best = nodes.at(-1) as number;
  for (const node of nodes) if (graph.countIn(node) > graph.countIn(best)) best = node;
  return best;
}

/** All definitions in the file with the qualified name of one. */
function namesakes({ graph }: GraphView, node: number): number[] {
  return graph
    .named(graph.node(node).name)
    .filter(
      (one) =>
        graph.node(one).symbol >= 0 &&
        graph.node(one).path === graph.node(node).path &&
        graph.node(one).qualifiedName === graph.node(node).qualifiedName,
    );
}

function nodeOf(view: GraphView, id: string, target: Target, exact: boolean): { node: number; exact: boolean } {
  const { file } = target;
  if (target.kind === 'symbol') {
    const own = enclosingNode(view, file, target.symbol);
    // An id without a number stands for the first; an overload's declaration is seldom what is meant.
    const node =
      exact && !/#\d+$/.test(id) && view.graph.node(own).symbol >= 0 ? mostUsed(view, namesakes(view, own)) : own;
    return { node, exact: exact && view.graph.node(node).symbol === target.symbol };
  }
  if (target.kind === 'file') {
    const node = view.graph.nodeOf(file.path, -1);
    if (node < 0) throw noNode(id, 'the file is not in it');
    return { node, exact };
  }
  // As `show` reads it: lines may be given from the last to the first.
  const ends = [target.lines.first, target.lines.last];
  const lines = { first: Math.min(...ends), last: Math.max(...ends) };
  const touched = nodesTouched(view, file, [lines]);
  if (touched === null) throw noNode(linesId(file.path, lines), 'the file has changed since it was indexed');
  if (touched.length === 0) throw noNode(linesId(file.path, lines), 'the file ends before');
  return { node: touched[0] as number, exact: false };
}

/** The symbol's node, or that of the innermost definition around it, or the file's. */
function enclosingNode(view: GraphView, file: FileRecord, symbol: number): number {
  const { symbols } = view.reader.facts(file.version);
  for (let at = symbol; at >= 0; at = symbols[at]?.parent ?? -1) {
    const node = view.graph.nodeOf(file.path, at);
    if (node >= 0) return node;
  }
  return view.graph.nodeOf(file.path, -1);
}

/**
 * The innermost definitions that hold any of the lines, in the order of the source; the file's own node for lines outside of all.
 *
 * @returns `null` when the file has changed since it was indexed
 */
export function nodesTouched(view: GraphView, file: FileRecord, ranges: readonly LineRange[]): number[] | null {
  const text = view.reader.text(file);
  if (text === null) return null;
  const { starts, bytes } = text;
  const { symbols } = view.reader.facts(file.version);
  const nodes = symbols.map((_, symbol) => view.graph.nodeOf(file.path, symbol));
  const touched = new Set<number>();
  for (const { first, last } of ranges) {
    for (let line = Math.max(1, first); line <= Math.min(last, starts.length); line++) {
      const from = starts[line - 1] as number;
      const to = starts[line] ?? bytes.length;
      let inner = -1;
      // Parents come before children, so the last that overlaps the line and is within the one before is the innermost.
      symbols.forEach(({ span }, symbol) => {
        if ((nodes[symbol] as number) >= 0 && span.start < to && span.end > from) inner = nodes[symbol] as number;
      });
      touched.add(inner >= 0 ? inner : view.graph.nodeOf(file.path, -1));
    }
  }
  return [...touched].filter((node) => node >= 0).sort((a, b) => a - b);
}

function noNode(id: string, why: string): WinnowError {
  return new WinnowError(
    'unknown-id',
    `${id} has no node in the graph: ${why}. Nodes are directories, files, classes, functions, methods, fields and globals.`,
    { details: { id, near: [] } },
  );
}
