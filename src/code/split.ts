/**
 * Where a stretch of source may be cut: positions between statements, members or
 * elements, never inside them.
 *
 * A stretch is cut at the children of its outermost blocks, greedily; a child that is
 * itself too long is cut at the children of the blocks inside it. What holds no block
 * is a simple statement and stays whole up to `wholeFactor` limits; a longer one (a table of
 * data) is cut between its elements, and in the end between lines. Comments stay with what
 * follows them.
 */
import type { Extent } from './scan.ts';
import type { SyntaxTree } from './tree/tree.ts';

/** A simple statement stays whole up to this many limits: data up to about 500 lines reads as one thing. */
const wholeFactor = 4;

/** Blocks nested deeper are cut at lines: generated code, where statements say nothing. */
const maxDepth = 40;

export interface SplitOptions {
  readonly tree: SyntaxTree;
  /** 1 for symbol ids of blocks. */
  readonly blocks: Uint8Array;
  /** 1 for symbol ids of comments. */
  readonly comments: Uint8Array;
  readonly limit: number;
}

/** Positions strictly inside `extent`, ascending, at which `node` may be cut into pieces of about the limit. */
export function cutsIn(options: SplitOptions, node: number, extent: Extent): number[] {
  const cuts: number[] = [];
  if (extent.end - extent.start > options.limit) cut(options, node, extent, cuts, 0);
  return cuts;
}

function cut(options: SplitOptions, node: number, extent: Extent, cuts: number[], depth: number): void {
  const { tree, limit } = options;
  let atoms = depth < maxDepth ? statementsOf(options, node, extent) : [];
  if (atoms.length === 0) {
    if (extent.end - extent.start <= limit * wholeFactor) return;
    atoms = depth < maxDepth ? elementsOf(options, node, extent) : [];
    if (atoms.length === 0) {
      cutAtLines(tree.text, extent, limit, cuts);
      return;
    }
  }
  let pieceStart = extent.start;
  let holdsAtom = false;
  /** Start of the comments directly before the next atom, or -1. */
  let glued = -1;
  for (const atom of atoms) {
    const start = Math.max(extent.start, tree.start(atom));
    const end = Math.min(extent.end, tree.end(atom));
    if (options.comments[tree.symbols[atom] as number] === 1 && start !== extent.start) {
      if (glued < 0) glued = start;
      continue;
    }
    const from = glued < 0 ? start : glued;
    glued = -1;
    if (end - pieceStart > limit && from > pieceStart && holdsAtom) {
      cuts.push(from);
      pieceStart = from;
    }
    holdsAtom = true;
    if (end - pieceStart <= limit) continue;
    const before = cuts.length;
    cut(options, atom, { start: pieceStart, end }, cuts, depth + 1);
    if (cuts.length > before) pieceStart = cuts.at(-1) as number;
  }
}

/** Children of the outermost blocks at or under `node` that touch `extent`, in order. */
function statementsOf(options: SplitOptions, node: number, extent: Extent): number[] {
  const { tree, blocks } = options;
  const { symbols, nexts, starts, ends } = tree;
  const atoms: number[] = [];
  const end = nexts[node] as number;
  for (let at = node; at < end; ) {
    const next = nexts[at] as number;
    if ((ends[at] as number) <= extent.start || (starts[at] as number) >= extent.end) {
      at = next;
    } else if (blocks[symbols[at] as number] === 1) {
      addChildren(tree, at, extent, atoms);
      at = next;
    } else at++;
  }
  return atoms;
}

/** Children of the first node on the way down that has more than one of them. */
function elementsOf(options: SplitOptions, node: number, extent: Extent): number[] {
  const { tree } = options;
  let at = node;
  for (;;) {
    const atoms: number[] = [];
    addChildren(tree, at, extent, atoms);
    if (atoms.length > 1) {
      // One child that is nearly everything (the value of a long assignment) is where to look.
      const whole = atoms.find((atom) => tree.end(atom) - tree.start(atom) > (extent.end - extent.start) * 0.9);
      if (whole === undefined) return atoms;
      at = whole;
    } else if (atoms.length === 1) at = atoms[0] as number;
    else return [];
  }
}

function addChildren(tree: SyntaxTree, node: number, extent: Extent, atoms: number[]): void {
  const end = tree.next(node);
  for (let child = node + 1; child < end; child = tree.next(child)) {
    if (tree.isNamed(child) && tree.end(child) > extent.start && tree.start(child) < extent.end) atoms.push(child);
  }
}

/** Cuts after line ends; a single line over the limit is cut at white space, or anywhere if there is none. */
export function cutAtLines(text: string, extent: Extent, limit: number, cuts: number[]): void {
  let start = extent.start;
  while (extent.end - start > limit) {
    const most = start + limit;
    // A search in the window alone: in the text it would run back over all of a long line, each time.
    const window = text.slice(start, most);
    let at = start + window.lastIndexOf('\n') + 1;
    if (at <= start) at = start + Math.max(window.lastIndexOf(' '), window.lastIndexOf('\t')) + 1;
    if (at <= start) at = most;
    // Never between the halves of a surrogate pair.
    const unit = text.charCodeAt(at);
    if (unit >= 0xdc00 && unit < 0xe000) at++;
    if (at >= extent.end) return;
    cuts.push(at);
    start = at;
  }
}
