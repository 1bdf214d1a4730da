/**
 * The repository's most important definitions within a number of tokens.
 *
 * Files are ranked by personalised PageRank from those that refer to those that define; each file's rank then flows to the
 * definitions that it refers to, in proportion to the weights of its references (Aider's repository map). The best ones are printed, as
 * many as fit, by file and in the order of the source.
 */
import { WinnowError } from '../../base/mod.ts';
import { stopWords, termsOf, wordTerms } from '../../code/mod.ts';
import type { Completeness } from '../../index/mod.ts';
import { largest } from '../largest.ts';
import { estimateTokens } from '../tokens.ts';
import { mapText } from './map-text.ts';
import { type Mentions, mentionsIn } from './mentions.ts';
import { rankNodes } from './rank.ts';
import type { NodeInfo } from './types.ts';
import type { GraphView } from './view.ts';
import { mapWeights } from './weights.ts';

export interface MapOptions {
  /** Walks start here instead of everywhere. */
  readonly focus?: (path: string) => boolean;
  /** Names and words that are asked for. */
  readonly words?: readonly string[];
  /** Only definitions in files that pass are printed; all files count. */
  readonly admit?: (path: string) => boolean;
  /** Most tokens of the text, at least 50; default 1,000. */
  readonly budgetTokens?: number;
  readonly signal?: AbortSignal;
}

export interface MapSymbol {
  readonly node: NodeInfo;
  readonly rank: number;
  /** How many definitions it is within, for indentation. */
  readonly depth: number;
  /** Printed for what is in it, not by its own rank. */
  readonly around: boolean;
}

export interface MapFile {
  readonly path: string;
  readonly rank: number;
  /** In the order of the source. */
  readonly symbols: readonly MapSymbol[];
}

export interface MapAnswer {
  readonly files: readonly MapFile[];
  /** Definitions that were ranked, printed or not. */
  readonly ranked: number;
  readonly tokens: number;
  readonly completeness: Completeness;
  readonly notices: readonly string[];
}

interface Ranked {
  readonly node: number;
  readonly rank: number;
}

const defaultBudget = 1_000;

/** @throws WinnowError `bad-usage` for a budget that holds no map, or a focus that no file is in */
export function mapOf(view: GraphView, options: MapOptions = {}): MapAnswer {
  const { budgetTokens = defaultBudget, admit } = options;
  if (budgetTokens < 50)
    throw new WinnowError('bad-usage', `A budget of ${budgetTokens} tokens cannot hold a map; the least is 50.`);
  const words = wordSet(options.words ?? []);
  const mentions = mentionsIn(view, options.signal);
  const asked = askedFor(view, words);
  const files = rankFiles(view, mentions, options.focus, words, asked);
  const definitions = rankDefinitions(view, mentions, files, words, asked).filter(
    ({ node }) => admit?.(view.graph.node(node).path) ?? true,
  );
  const order = view.graph.files
    .map(({ path }, file) => ({ path, rank: files[file] as number }))
    .filter(({ path }) => admit?.(path) ?? true)
    .sort((a, b) => b.rank - a.rank || (a.path < b.path ? -1 : 1));
  const chosen = fittedTo(view, definitions, order, budgetTokens);
  const { completeness } = view.graph;
  return { ...chosen, ranked: definitions.length, completeness, notices: view.reader.changeNotices() };
}

function wordSet(words: readonly string[]): Set<string> {
  return new Set(termsOf(words.join(' ')).filter((term) => !stopWords.has(term)));
}

/** Definitions whose names bear one of the words, by path. */
function askedFor({ graph }: GraphView, words: ReadonlySet<string>): Map<string, number[]> {
  const asked = new Map<string, number[]>();
  if (words.size === 0) return asked;
  for (let node = 0; node < graph.nodeCount; node++) {
    const { symbol, name, path } = graph.node(node);
    if (symbol < 0 || !wordTerms(name).some((term) => words.has(term))) continue;
    const nodes = asked.get(path);
    if (nodes === undefined) asked.set(path, [node]);
    else nodes.push(node);
  }
  return asked;
}

function rankFiles(
  view: GraphView,
  mentions: readonly Mentions[],
  focus: MapOptions['focus'],
  words: ReadonlySet<string>,
  asked: ReadonlyMap<string, readonly number[]>,
): Float64Array {
  const { graph } = view;
  const { files } = graph;
  const fileOf = new Map(files.map(({ path }, file) => [path, file]));
  const weights = weightsOf(view, mentions, words);
  const edges = {
    from: Uint32Array.from(mentions, ({ from }) => from),
    to: Uint32Array.from(mentions, ({ to }) => fileOf.get(graph.node(to).path) as number),
    weight: Float64Array.from(weights),
  };
  const starts = Float64Array.from(files, ({ path }) =>
    Number((focus?.(path) ?? false) || asked.has(path) || speaksOf(path, words)),
  );
  const any = starts.some((one) => one > 0);
  if (focus !== undefined && !files.some(({ path }) => focus(path)))
    throw new WinnowError('bad-usage', 'Expected a focus within the repository; no file of the index is in it.');
  return files.length === 0 ? starts : rankNodes(edges, any ? starts : starts.fill(1));
}

/** Whether the file's name or a folder on its path is one of the words. */
function speaksOf(path: string, words: ReadonlySet<string>): boolean {
  return (
    words.size > 0 &&
    path.split('/').some((part) => wordTerms(part.replace(/\..*$/, '')).some((term) => words.has(term)))
  );
}

/** Weight of each mention: the name's, times the square root of how often it is mentioned. */
function weightsOf({ graph }: GraphView, mentions: readonly Mentions[], words: ReadonlySet<string>): number[] {
  const byName = new Map<string, number>();
  return mentions.map(({ to, count }) => {
    const { name } = graph.node(to);
    let weight = byName.get(name);
    if (weight === undefined) {
      const definedIn = new Set(graph.named(name).map((node) => graph.node(node).path)).size;
      weight = nameWeight(name, definedIn, words);
      byName.set(name, weight);
    }
    return weight * Math.sqrt(count);
  });
}

function nameWeight(name: string, definedIn: number, words: ReadonlySet<string>): number {
  const isCompound = /[\p{L}\d][_-]+[\p{L}\d]/u.test(name) || /\p{Ll}\p{Lu}/u.test(name);
  let weight = 1;
  if (words.size > 0 && wordTerms(name).some((term) => words.has(term))) weight *= mapWeights.mentioned;
  if (isCompound && name.length >= mapWeights.longName) weight *= mapWeights.compound;
  if (name.startsWith('_')) weight *= mapWeights.hidden;
  if (definedIn > mapWeights.manyFiles) weight *= mapWeights.common;
  return weight;
}

/** Each file's rank, divided among the definitions it refers to. Definitions that nothing refers to come last, by their file's rank. */
function rankDefinitions(
  view: GraphView,
  mentions: readonly Mentions[],
  files: Float64Array,
  words: ReadonlySet<string>,
  asked: ReadonlyMap<string, readonly number[]>,
): Ranked[] {
  const { graph } = view;
  const weights = weightsOf(view, mentions, words);
  const out = new Float64Array(files.length);
  for (const [at, { from }] of mentions.entries()) out[from] = (out[from] as number) + (weights[at] as number);
  const ranks = new Map<number, number>();
  for (const [at, { from, to }] of mentions.entries()) {
    const share = ((files[from] as number) * (weights[at] as number)) / (out[from] as number);
    ranks.set(to, (ranks.get(to) ?? 0) + share);
  }
  const fileOf = new Map(graph.files.map(({ path }, file) => [path, file]));
  // A walk that starts in a file for what it defines arrives there.
  for (const [path, nodes] of asked) {
    const share = (files[fileOf.get(path) as number] as number) / nodes.length;
    for (const node of nodes) ranks.set(node, (ranks.get(node) ?? 0) + share);
  }
  for (let node = 0; node < graph.nodeCount; node++) {
    const { kind, path, name } = graph.node(node);
    if (ranks.has(node) || (kind !== 'class' && kind !== 'function' && kind !== 'method')) continue;
    const weight = nameWeight(name, 1, words) / mapWeights.compound;
    // Less than anything that is referred to, and in proportion to how much its file is.
    ranks.set(node, (files[fileOf.get(path) as number] as number) * weight * mapWeights.unused * 1e-3);
  }
  return [...ranks].map(([node, rank]) => ({ node, rank })).sort((a, b) => b.rank - a.rank || a.node - b.node);
}

/** As many of the best definitions as fit, then names of files by rank. */
function fittedTo(
  view: GraphView,
  definitions: readonly Ranked[],
  order: readonly { readonly path: string; readonly rank: number }[],
  budgetTokens: number,
): { files: MapFile[]; tokens: number } {
  const rankOf = new Map(order.map(({ path, rank }) => [path, rank]));
  const infos = new Map<number, NodeInfo>();
  const info = (node: number): NodeInfo => {
    const known = infos.get(node) ?? view.info(node);
    infos.set(node, known);
    return known;
  };
  const made = (symbols: number, bare: number): MapFile[] => {
    const listed = filesOf(view, definitions.slice(0, symbols), info, rankOf);
    const known = new Set(listed.map(({ path }) => path));
    const rest = order.filter(({ path }) => !known.has(path)).slice(0, bare);
    return [...listed, ...rest.map((file) => ({ ...file, symbols: [] }))];
  };
  const cost = (files: readonly MapFile[]): number => estimateTokens(mapText({ files }));
  // No line of a definition takes less than two tokens.
  const most = Math.min(definitions.length, Math.ceil(budgetTokens / 2));
  const symbols = largest(most, (count) => cost(made(count, 0)) <= budgetTokens);
  const bare =
    symbols < definitions.length ? 0 : largest(order.length, (count) => cost(made(symbols, count)) <= budgetTokens);
  const files = made(symbols, bare);
  return { files, tokens: cost(files) };
}

function filesOf(
  view: GraphView,
  chosen: readonly Ranked[],
  info: (node: number) => NodeInfo,
  rankOf: ReadonlyMap<string, number>,
): MapFile[] {
  const byPath = new Map<string, Map<number, Ranked & { readonly around: boolean }>>();
  for (const one of chosen) {
    const { path } = view.graph.node(one.node);
    const nodes = byPath.get(path) ?? new Map();
    byPath.set(path, nodes);
    nodes.set(one.node, { ...one, around: false });
    for (let parent = parentOf(view, one.node); parent >= 0; parent = parentOf(view, parent))
      if (!nodes.has(parent)) nodes.set(parent, { node: parent, rank: 0, around: true });
  }
  return [...byPath].map(([path, nodes]) => {
    const symbols = [...nodes.values()].sort((a, b) => a.node - b.node);
    const depth = (node: number): number => {
      const parent = parentOf(view, node);
      return parent < 0 ? 0 : depth(parent) + 1;
    };
    return {
      path,
      rank: rankOf.get(path) ?? 0,
      symbols: symbols.map(({ node, rank, around }) => ({ node: info(node), rank, around, depth: depth(node) })),
    };
  });
}

/** The definition around one, or -1. */
function parentOf({ graph }: GraphView, node: number): number {
  const edge = graph.in(node, { kinds: ['contains'] }).find(({ rule }) => rule === 'structure');
  return edge === undefined || graph.node(edge.from).symbol < 0 ? -1 : edge.from;
}
