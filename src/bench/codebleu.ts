/**
 * CodeBLEU: how near code is to a reference by its words, its tree and its flow of data, where neither can be run.
 *
 * Ren et al. 2020, arXiv:2009.10297, §3: ¼ BLEU + ¼ n-grams in which keywords weigh more + ¼ subtrees of the reference that the code has + ¼ its edges of data flow. Tokens, trees and data flow
 * are those of our `code` layer, where the paper's come from tree-sitter and its own rules, so figures are of the published kind and not the same to the digit. A part that the reference has
 * nothing for (code without variables) is left out of the mean; the published code counts it 0.
 */

import { createSyntaxReader, encodeUtf8, type SyntaxNode, type SyntaxReader, tokenClassOf } from '../code/mod.ts';
import { loadGrammarFile } from '../index/mod.ts';

export interface CodeBleu {
  /** The mean of the parts that there are, [0, 1]. */
  readonly score: number;
  readonly bleu: number;
  readonly weighted: number;
  /** Null: the reference has no tree, or no flow of data. */
  readonly tree: number | null;
  readonly flow: number | null;
}

/** What a keyword weighs, and every other word: `keywords_weight`, the paper's code. */
const [keywordWeight, wordWeight] = [1, 0.2];
const longest = 4;
/** Put in the place of no match of an order: smoothing method 1 of Chen and Cherry 2014, as the paper's code has it. */
const smoothing = 0.1;

interface Facts {
  readonly tokens: readonly string[];
  readonly keywords: ReadonlySet<string>;
  readonly subtrees: readonly string[];
  readonly edges: readonly string[];
}

let reader: Promise<SyntaxReader> | undefined;

/** @param ending of a file of the language, `.py`: what it is parsed as */
export async function codeBleu(reference: string, code: string, ending: string): Promise<CodeBleu> {
  const [wanted, came] = [await factsOf(reference, ending), await factsOf(code, ending)];
  const bleu = bleuOf(wanted.tokens, came.tokens);
  const weighted = weightedOf(wanted, came.tokens);
  const tree = shareFound(wanted.subtrees, came.subtrees);
  const flow = shareFound(wanted.edges, came.edges);
  const parts = [bleu, weighted, tree, flow].filter((part) => part !== null);
  return { score: parts.reduce((sum, part) => sum + part, 0) / parts.length, bleu, weighted, tree, flow };
}

/** Of the wanted, each as often as it is there, the share that came; null when nothing is wanted. */
function shareFound(wanted: readonly string[], came: readonly string[]): number | null {
  if (wanted.length === 0) return null;
  const left = countOf(came);
  let found = 0;
  for (const one of wanted) {
    const times = left.get(one) ?? 0;
    if (times > 0) found++;
    left.set(one, times - 1);
  }
  return found / wanted.length;
}

/**
 * BLEU-4 of one pair: geometric mean of n-gram precisions, n from 1 to 4, times exp(1 − wanted / came) where the code is shorter. Papineni et al. 2002. An order that the code is too short for is
 * left out.
 */
export function bleuOf(wanted: readonly string[], came: readonly string[]): number {
  const orders = Array.from({ length: longest }, (_, at) => at + 1).filter((n) => came.length >= n);
  const precisions = orders.map((n) => {
    const [left, right] = [countOf(gramsOf(wanted, n)), countOf(gramsOf(came, n))];
    let matched = 0;
    for (const [gram, times] of right) matched += Math.min(times, left.get(gram) ?? 0);
    return { matched, total: came.length - n + 1 };
  });
  return meanOf(precisions, wanted.length, came.length);
}

/** As the paper's code: recall of the reference's n-grams, single words weighed. */
function weightedOf({ tokens: wanted, keywords }: Facts, came: readonly string[]): number {
  const orders = Array.from({ length: longest }, (_, at) => at + 1).filter((n) => wanted.length >= n);
  const recalls = orders.map((n) => {
    const right = countOf(gramsOf(came, n));
    const weightOf = (gram: string): number => (n > 1 ? 1 : keywords.has(gram) ? keywordWeight : wordWeight);
    let [matched, total] = [0, 0];
    for (const [gram, times] of countOf(gramsOf(wanted, n))) {
      matched += weightOf(gram) * Math.min(times, right.get(gram) ?? 0);
      total += weightOf(gram) * times;
    }
    return { matched, total };
  });
  return meanOf(recalls, wanted.length, came.length);
}

function meanOf(
  parts: readonly { readonly matched: number; readonly total: number }[],
  wanted: number,
  came: number,
): number {
  if (parts.length === 0 || came === 0 || parts[0]?.matched === 0) return 0;
  const logs = parts.map(({ matched, total }) => Math.log((matched === 0 ? smoothing : matched) / total));
  const brevity = came >= wanted ? 0 : 1 - wanted / came;
  return Math.exp(brevity + logs.reduce((sum, one) => sum + one, 0) / logs.length);
}

const gramsOf = (tokens: readonly string[], n: number): readonly string[] =>
  tokens.slice(0, Math.max(0, tokens.length - n + 1)).map((_, at) => tokens.slice(at, at + n).join('\u0000'));

function countOf(items: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}

async function factsOf(source: string, ending: string): Promise<Facts> {
  reader ??= createSyntaxReader(loadGrammarFile);
  const bytes = encodeUtf8(source);
  const result = await (await reader).read(`code${ending}`, bytes);
  if (result.kind !== 'read')
    return { tokens: source.split(/\s+/).filter(Boolean), keywords: new Set(), subtrees: [], edges: [] };
  const { nodes, flows } = result;
  const decoder = new TextDecoder();
  const tokens: string[] = [];
  const keywords = new Set<string>();
  for (const node of nodes) {
    const text = node.leaf ? decoder.decode(bytes.subarray(node.span.start, node.span.end)) : '';
    if (text.trim() === '') continue;
    const kind = tokenClassOf(node, text, nodes);
    if (kind === 'comment') continue;
    tokens.push(text);
    if (kind === 'keyword') keywords.add(text);
  }
  return { tokens, keywords, subtrees: subtreesOf(nodes), edges: (flows ?? []).flatMap(edgesOf) };
}

/** Each tree below a node with children, named by its kinds; equal trees get equal names. */
function subtreesOf(nodes: readonly SyntaxNode[]): readonly string[] {
  const below: string[][] = nodes.map(() => []);
  const found: string[] = [];
  for (let at = nodes.length - 1; at >= 0; at--) {
    const { kind, leaf, parent } = nodes[at] as SyntaxNode;
    // Children stand behind their parents and are met from the last.
    const name = leaf ? kind : `(${kind} ${(below[at] as string[]).reverse().join(' ')})`;
    if (!leaf) found.push(name);
    if (parent >= 0) below[parent]?.push(name.length > 4096 ? hashOf(name) : name);
  }
  return found;
}

/** FNV-1a: the name of a large tree, so that names stay short. */
function hashOf(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (let at = 0; at < text.length; at++)
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(at))) * 0x100000001b3n);
  return `#${hash.toString(36)}`;
}

/** Variables by the order in which they appear, so that names do not matter; each with where its value comes from. */
function edgesOf({
  names,
}: {
  readonly names:
    | readonly { readonly name: string; readonly use: string; readonly sources: readonly number[] }[]
    | null;
}): readonly string[] {
  const numbers = new Map<string, number>();
  const numberOf = (name: string): number => {
    const known = numbers.get(name) ?? numbers.size;
    numbers.set(name, known);
    return known;
  };
  const all = (names ?? []).map(({ name }) => numberOf(name));
  return (names ?? []).flatMap(({ use, sources }, at) =>
    sources.length === 0
      ? []
      : [`${all[at]} ${use === 'read' ? 'comes from' : 'is computed of'} ${sources.map((one) => all[one]).join(' ')}`],
  );
}
