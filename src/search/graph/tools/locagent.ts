/**
 * The three tools of LocAgent (arXiv 2503.09089) over the graph: SearchEntity, TraverseGraph and RetrieveEntity, also by the names that its
 * code gives them. Ids are ours, which have the same form: `path:Class.method`.
 *
 * Its `invokes` is our `calls`; its `downstream` follows edges, `upstream` goes against them.
 */
import { WinnowError } from '../../../base/mod.ts';
import { type EdgeKind, type EdgeState, edgeKinds, type NodeKind, nodeKinds } from '../../../index/mod.ts';
import { pathTest } from '../../filters.ts';
import { search } from '../../search.ts';
import type { Hit } from '../../types.ts';
import { type Picked, pickNode } from '../pick.ts';
import type { GraphView } from '../view.ts';
import { nothing, type Piece, pieceOfNode, type ToolAnswer } from './answer.ts';
import { getCodeAroundLine } from './autocoderover.ts';

export interface SearchEntityInput {
  readonly terms: readonly string[];
  readonly lines: readonly number[];
  /** File or pattern that results must be in; a file when lines are given. */
  readonly filePattern?: string;
  readonly signal?: AbortSignal;
}

/** Entities of a term that are shown whole, and those that are listed. */
const shownWhole = 1;
const listed = 10;
/** Lines shown on each side of a line that was asked for. */
const lineContext = 10;

/** Each term as an id, then as a name, then by ranked search. */
export function searchEntity(view: GraphView, input: SearchEntityInput): ToolAnswer {
  const { terms, lines, filePattern } = input;
  if (terms.length === 0 && lines.length === 0)
    throw new WinnowError('bad-usage', 'Expected search terms, or line numbers with a file.');
  if (lines.length > 0 && filePattern === undefined)
    throw new WinnowError('bad-usage', 'Expected a file with the line numbers: --file-path-or-pattern FILE.');
  const admits = filePattern === undefined ? () => true : pathTest(filePattern);
  const answers: ToolAnswer[] = [];
  for (const line of lines) answers.push(getCodeAroundLine(view, filePattern ?? '', line, lineContext));
  for (const term of terms) answers.push(ofTerm(view, term, admits, input.signal));
  return {
    found: answers.some(({ found }) => found),
    text: answers.map(({ text }) => text).join('\n'),
    pieces: answers.flatMap(({ pieces }) => pieces),
    total: answers.reduce((sum, { total }) => sum + total, 0),
  };
}

function ofTerm(
  view: GraphView,
  term: string,
  admits: (path: string) => boolean,
  signal: AbortSignal | undefined,
): ToolAnswer {
  const nodes = nodesOf(view, term).filter((node) => admits(view.graph.node(node).path));
  if (nodes.length > 0) {
    const shown = nodes.length > shownWhole ? [] : whole(view, nodes);
    const body =
      shown.length > 0
        ? shown.map(entityText).join('\n')
        : nodes
            .slice(0, listed)
            .map((node) => lineOf(view, node))
            .join('');
    const more = nodes.length > listed ? `… and ${nodes.length - listed} more\n` : '';
    return {
      found: true,
      text: `Entities of the name \`${term}\` (${nodes.length}):\n${body}${more}`,
      pieces: shown,
      total: nodes.length,
    };
  }
  const { hits } = search(view.reader.snapshot, term, {
    limit: listed * 2,
    ...(signal === undefined ? {} : { signal }),
  });
  const fitting = hits.filter(({ path }) => admits(path)).slice(0, listed);
  if (fitting.length === 0) return nothing(`Nothing was found for \`${term}\`.`);
  const body = fitting.map(hitText).join('');
  return {
    found: true,
    text: `Found by search for \`${term}\` (${fitting.length}):\n${body}`,
    pieces: [],
    total: fitting.length,
  };
}

function hitText({ id, kind, lines, signature, snippet }: Hit): string {
  const head = `- ${kind}: \`${id}\` (lines ${lines.first}-${lines.last})\n`;
  const code = snippet.map(({ line, text }) => `    ${line} ${text}\n`).join('');
  return `${head}${signature === null ? '' : `    ${signature}\n`}${code}`;
}

/** Nodes of an id or name; none when nothing fits. */
function nodesOf(view: GraphView, term: string): readonly number[] {
  let picked: Picked;
  try {
    picked = pickNode(view, term);
  } catch (cause) {
    if (cause instanceof WinnowError && cause.code === 'unknown-id') return [];
    throw cause;
  }
  return picked.kind === 'one' ? [picked.node] : picked.nodes;
}

function whole(view: GraphView, nodes: readonly number[]): Piece[] {
  return nodes.map((node) => pieceOfNode(view, node)).filter((piece) => piece !== null);
}

const entityText = ({ id, lines, code }: Piece): string =>
  `\`${id}\` (lines ${lines.first}-${lines.last})\n\`\`\`\n${code.replace(/\s+$/, '')}\n\`\`\`\n`;

function lineOf(view: GraphView, node: number): string {
  const signature = view.signature(node);
  return `- ${view.graph.node(node).kind}: \`${view.id(node)}\`${signature === null ? '' : `  ${signature}`}\n`;
}

/** Whole code of each; where an id fits nothing, the nearest ids. */
export function retrieveEntity(view: GraphView, ids: readonly string[]): ToolAnswer {
  const texts: string[] = [];
  const pieces: Piece[] = [];
  for (const id of ids) {
    let picked: Picked;
    try {
      picked = pickNode(view, id);
    } catch (cause) {
      if (!(cause instanceof WinnowError) || cause.code !== 'unknown-id') throw cause;
      texts.push(`${cause.message}\n`);
      continue;
    }
    if (picked.kind === 'several') {
      const lines = picked.nodes.slice(0, listed).map((node) => lineOf(view, node));
      texts.push(`${id} fits several entities:\n${lines.join('')}`);
      continue;
    }
    const found = whole(view, [picked.node]);
    pieces.push(...found);
    texts.push(found.length > 0 ? found.map(entityText).join('') : membersText(view, picked.node));
  }
  return { found: pieces.length > 0, text: texts.join('\n'), pieces, total: pieces.length };
}

/** A directory has no code, but files. */
function membersText(view: GraphView, node: number): string {
  const members = view.graph.out(node, { kinds: ['contains'] });
  return `${view.id(node)} holds:\n${members.map(({ to }) => lineOf(view, to)).join('')}`;
}

export interface TraverseInput {
  readonly starts: readonly string[];
  readonly direction: 'upstream' | 'downstream' | 'both';
  /** -1 for all, up to what may be printed. */
  readonly depth: number;
  readonly entityTypes: readonly string[];
  readonly dependencyTypes: readonly string[];
}

/** Lines of a tree; longer ones are no help to a model. */
const mostLines = 300;
const mostDepth = 20;

/** LocAgent's words, beside which ours are accepted. */
const typeNames: Readonly<Record<string, EdgeKind>> = { invokes: 'calls' };
/** Those of its graph; ours has more, which are followed when they are asked for. */
const defaultTypes: readonly EdgeKind[] = ['contains', 'imports', 'calls', 'inherits'];

/** A tree below each start, each entity once; edges written as LocAgent names them. */
export function traverseGraph(view: GraphView, input: TraverseInput): ToolAnswer {
  const kinds = input.dependencyTypes.length === 0 ? defaultTypes : input.dependencyTypes.map(edgeKindOf);
  const entities = new Set(input.entityTypes.flatMap(entityKinds));
  const texts: string[] = [];
  let found = false;
  for (const start of input.starts) {
    const [node, ...more] = nodesOf(view, start);
    if (node === undefined || more.length > 0) {
      texts.push(retrieveEntity(view, [start]).text);
      continue;
    }
    found = true;
    const directions = input.direction === 'both' ? (['downstream', 'upstream'] as const) : [input.direction];
    for (const direction of directions) {
      const tree = treeOf(view, node, direction, input.depth < 0 ? mostDepth : input.depth, kinds, entities);
      texts.push(directions.length > 1 ? `${direction}:\n${tree}` : tree);
    }
  }
  return { found, text: texts.join('\n'), pieces: [], total: input.starts.length };
}

function edgeKindOf(type: string): EdgeKind {
  const kind = typeNames[type] ?? edgeKinds.find((one) => one === type);
  if (kind !== undefined) return kind;
  const known = ['contains', 'imports', 'invokes', 'inherits', ...edgeKinds].filter(
    (one, at, all) => all.indexOf(one) === at,
  );
  throw new WinnowError('bad-usage', `Expected a dependency type out of ${known.join(', ')}; found ${type}.`);
}

/** LocAgent's functions are functions and methods. */
function entityKinds(type: string): NodeKind[] {
  if (type === 'function') return ['function', 'method'];
  const kind = nodeKinds.find((one) => one === type);
  if (kind === undefined)
    throw new WinnowError('bad-usage', `Expected an entity type out of ${nodeKinds.join(', ')}; found ${type}.`);
  return [kind];
}

function treeOf(
  view: GraphView,
  start: number,
  direction: 'upstream' | 'downstream',
  depth: number,
  kinds: readonly EdgeKind[],
  entities: ReadonlySet<NodeKind>,
): string {
  const { graph } = view;
  const lines = [view.id(start)];
  const seen = new Set([start]);
  let cut = 0;
  const visit = (node: number, level: number, indent: string): void => {
    if (level > depth) return;
    const children = new Map<string, { readonly other: number; readonly kind: EdgeKind; readonly state: EdgeState }>();
    for (const { from, to, kind, state } of direction === 'downstream'
      ? graph.out(node, { kinds })
      : graph.in(node, { kinds })) {
      const other = direction === 'downstream' ? to : from;
      const key = `${kind} ${other}`;
      if (children.has(key) || (entities.size > 0 && !entities.has(graph.node(other).kind))) continue;
      children.set(key, { other, kind, state });
    }
    let left = children.size;
    for (const { other, kind, state } of children.values()) {
      left--;
      if (lines.length >= mostLines) {
        cut++;
        continue;
      }
      const name = kind === 'calls' ? 'invokes' : kind;
      const arrow = direction === 'downstream' ? `── ${name} ──` : `── ${name} by ──`;
      const [branch, below] = left === 0 ? ['└', '    '] : ['├', '│   '];
      lines.push(`${indent}${branch}${arrow} ${view.id(other)}${state === 'ambiguous' ? ' (ambiguous)' : ''}`);
      if (seen.has(other)) continue;
      seen.add(other);
      visit(other, level + 1, `${indent}${below}`);
    }
  };
  visit(start, 1, '');
  if (cut > 0) lines.push(`… ${cut} more edges are not shown; ask for fewer types or a lesser depth.`);
  return `${lines.join('\n')}\n`;
}
