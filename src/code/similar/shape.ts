/**
 * The shape of a piece of code, free of its names and nearly free of its language: a vector whose cosine with another says how alike two pieces work.
 *
 * Two parts of equal weight. *Tree*: constructs under constructs, operators and literals, by the neutral table. *Flow*: edges of values from
 * statement to statement ("comes from", "computed from": GraphCodeBERT, Guo et al. 2021, arXiv:2009.08366, §3) and ways of control, both
 * with neutral kinds at their ends and no name of a variable. Features are counted by logarithm and hashed into as many numbers as a part has, each
 * with a sign (Weinberger et al. 2009, arXiv:0902.2206), so that what falls together cancels out on average. A language without flow has the
 * tree part alone, and its cosine with others counts that part.
 */
import type { CodeFlow } from '../flow/types.ts';
import type { SyntaxTree } from '../tree/tree.ts';
import { mixed, textHash } from './hash.ts';
import { type NeutralKind, neutralKindOf, neutralOperator } from './neutral.ts';

/** Numbers of each part. */
export const shapePart = 128;
export const shapeLength = 2 * shapePart;

/** A function of fewer constructs, operators and literals is like thousands of others. */
export const leastShape = 8;

export interface Shape {
  /** Tree, then flow, each of length √½ where it is not empty. */
  readonly vector: Float32Array;
  /** Features of the tree, with repeats. */
  readonly size: number;
}

type Counts = Map<string, number>;

const count = (counts: Counts, feature: string): void => {
  counts.set(feature, (counts.get(feature) ?? 0) + 1);
};

/**
 * @param start units, with `end` half-open: what counts of the tree
 * @param flows those of the tree, in units; `null` where the language's flow is not known
 */
export function shapeOf(tree: SyntaxTree, start: number, end: number, flows: readonly CodeFlow[] | null): Shape {
  const treeFeatures = featuresOfTree(tree, start, end);
  const flowFeatures: Counts = new Map();
  const inner = innerKinds(tree, start, end);
  for (const flow of flows ?? [])
    if (flow.span.start >= start && flow.span.end <= end) addFlow(flowFeatures, flow, inner);
  const vector = new Float32Array(shapeLength);
  hashInto(vector.subarray(0, shapePart), treeFeatures);
  hashInto(vector.subarray(shapePart), flowFeatures);
  let size = 0;
  for (const times of treeFeatures.values()) size += times;
  return { vector, size };
}

/** Cosine of two shapes, by the parts that both have. */
export function shapeCosine(one: Float32Array, other: Float32Array): { tree: number; flow: number | null } {
  const dot = (from: number): number => {
    let sum = 0;
    for (let i = from; i < from + shapePart; i++) sum += (one[i] as number) * (other[i] as number);
    return 2 * sum;
  };
  const hasFlow = (vector: Float32Array): boolean => vector.subarray(shapePart).some((value) => value !== 0);
  return { tree: dot(0), flow: hasFlow(one) && hasFlow(other) ? dot(shapePart) : null };
}

const computes: ReadonlySet<NeutralKind> = new Set(['binary', 'unary', 'assign']);

function featuresOfTree(tree: SyntaxTree, start: number, end: number): Counts {
  const counts: Counts = new Map();
  /** Neutral constructs that are open, innermost last. */
  const open: { readonly kind: string; readonly next: number }[] = [];
  for (let node = 0; node < tree.size; ) {
    if (tree.end(node) <= start || tree.start(node) >= end) {
      node = tree.next(node);
      continue;
    }
    while (open.length > 0 && (open.at(-1)?.next as number) <= node) open.pop();
    const kind = tree.kind(node);
    if (tree.start(node) >= start && tree.end(node) <= end) {
      const parent = open.at(-1)?.kind ?? '';
      if (tree.isNamed(node)) {
        if (/comment/.test(kind)) {
          node = tree.next(node);
          continue;
        }
        const neutral = neutralKindOf(kind);
        if (neutral !== null) {
          count(counts, neutral);
          count(counts, `${parent}>${neutral}`);
          count(counts, `${open.at(-2)?.kind ?? ''}>${parent}>${neutral}`);
          open.push({ kind: neutral, next: tree.next(node) });
        } else addLiteral(counts, tree, node, kind, parent);
      } else {
        // Brackets of type parameters are written as comparisons are.
        const holder = neutralKindOf(tree.kind(Math.max(0, tree.parent(node))));
        const operator = holder !== null && computes.has(holder) ? neutralOperator(kind.slice(1, -1)) : null;
        if (operator !== null) {
          count(counts, `op ${operator}`);
          count(counts, `${parent} ${operator}`);
        }
      }
    }
    node++;
  }
  return counts;
}

/** Numbers and short texts are written alike in most languages. */
function addLiteral(counts: Counts, tree: SyntaxTree, node: number, kind: string, parent: string): void {
  if (tree.next(node) === node + 1 && /integer|float|number|int_literal|decimal/.test(kind)) {
    const value = Number(tree.textOf(node).replace(/_|(?:[lLuU]+|[iu](?:8|16|32|64|size)|f(?:32|64)?)$/g, ''));
    if (!Number.isNaN(value)) {
      count(counts, `number ${value}`);
      count(counts, `${parent} number ${value}`);
    }
  } else if (/string|char(?:acter)?_literal|rune_literal/.test(kind)) {
    const outer = tree.parent(node);
    if (outer >= 0 && /string|char(?:acter)?_literal/.test(tree.kind(outer))) return;
    const text = tree.textOf(node).replace(/^[a-zA-Z]*["'`]+|["'`]+$/g, '');
    if (text.length > 0 && text.length <= 40) count(counts, `text ${text}`);
  }
}

/** What statements that are only a frame hold, by the unit they begin at: languages differ in which statements have a frame. */
function innerKinds(tree: SyntaxTree, start: number, end: number): Map<number, NeutralKind> {
  const inner = new Map<number, NeutralKind>();
  for (let node = 0; node < tree.size; node++) {
    if (tree.end(node) <= start || tree.start(node) >= end) {
      node = tree.next(node) - 1;
      continue;
    }
    if (tree.start(node) < start || !framed.test(tree.kind(node))) continue;
    for (let at = node + 1; at < tree.next(node); at++) {
      const found = tree.isNamed(at) ? neutralKindOf(tree.kind(at)) : null;
      if (found === null) continue;
      inner.set(tree.start(node), found);
      break;
    }
  }
  return inner;
}

const framed = /^expression_statement$|(?<!function_|class_|method_)declaration$/;

function addFlow(counts: Counts, flow: CodeFlow, inner: ReadonlyMap<number, NeutralKind>): void {
  const kinds = flow.statements.map(({ kind, span }) => inner.get(span.start) ?? neutralKindOf(kind) ?? 'other');
  const kindOf = (statement: number): string => (statement < 0 ? 'parameter' : (kinds[statement] ?? 'other'));
  for (const name of flow.names ?? []) {
    const to = `${name.use} ${kindOf(name.statement)}`;
    for (const source of name.sources) {
      const from = flow.names?.[source];
      if (from === undefined) continue;
      const edge = `${from.use} ${kindOf(from.statement)}>${to}`;
      count(counts, edge);
      // One step further back: where a value that is read was computed of.
      for (const before of from.sources.slice(0, 4)) {
        const origin = flow.names?.[before];
        if (origin !== undefined) count(counts, `${kindOf(origin.statement)}>${edge}`);
      }
    }
  }
  const blockKind = flow.blocks.map(({ statements }) => kindOf(statements.at(-1) ?? -1));
  for (const { from, to, kind } of flow.edges) count(counts, `${blockKind[from]} ${kind} ${blockKind[to]}`);
}

function hashInto(part: Float32Array, counts: Counts): void {
  for (const [feature, times] of counts) {
    const hash = textHash(feature);
    const at = hash % part.length;
    part[at] = (part[at] as number) + (mixed(hash) & 1 ? 1 : -1) * (1 + Math.log(times));
  }
  let sum = 0;
  for (const value of part) sum += value * value;
  if (sum === 0) return;
  const scale = Math.SQRT1_2 / Math.sqrt(sum);
  for (let i = 0; i < part.length; i++) part[i] = (part[i] as number) * scale;
}
