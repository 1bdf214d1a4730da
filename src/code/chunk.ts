/**
 * Chunks for retrieval: callables whole, heads of types, and the rest grouped.
 *
 * Owners are the definitions that become chunks of their own: callables with a body
 * (not inside another callable, unless that one is long) and types. An owner's chunk is
 * its extent, doc comment included, without the extents of owners inside it. What no
 * owner holds is the module's, joined across owners until the limit. Long chunks are cut where
 * `split.ts` says. So chunks are disjoint and hold everything but white space.
 */
import { limits } from '../base/mod.ts';
import { isBlank, trimEnd, trimStart } from './blank.ts';
import type { ChunkKind } from './facts.ts';
import { type Extent, holdsCode, type Scan, type ScannedSymbol } from './scan.ts';
import { cutAtLines, cutsIn, type SplitOptions } from './split.ts';

export interface ScannedChunk {
  readonly kind: ChunkKind;
  readonly symbol: number;
  readonly parts: readonly Extent[];
  readonly piece: number;
}

/** Callables inside a long callable become chunks of their own from this many lines. */
const nestedLines = 10;

interface Owner {
  readonly symbol: number;
  readonly node: number;
  readonly kind: ChunkKind;
  readonly start: number;
  readonly end: number;
  readonly inner: Owner[];
}

/** @param blocks 1 for symbol ids of blocks; @param comments 1 for those of comments */
export function chunksOf(scan: Scan, blocks: Uint8Array, comments: Uint8Array): ScannedChunk[] {
  const { tree } = scan;
  const options: SplitOptions = { tree, blocks, comments, limit: limits.chunkBytes };
  const file: Owner = { symbol: -1, node: 0, kind: 'module', start: 0, end: tree.text.length, inner: [] };
  const owners = ownersOf(scan, file);
  const chunks: ScannedChunk[] = [];
  for (const owner of [file, ...owners]) addChunks(options, owner, chunks);
  return chunks.sort((a, b) => (a.parts[0] as Extent).start - (b.parts[0] as Extent).start);
}

/** Nests owners under `file` and lists them. */
function ownersOf(scan: Scan, file: Owner): Owner[] {
  const owners: Owner[] = [];
  /** Owner of each symbol, or of what encloses it. */
  const around: Owner[] = [];
  scan.symbols.forEach((symbol, index) => {
    const outer = symbol.parent < 0 ? file : (around[symbol.parent] as Owner);
    around[index] = outer;
    const kind = ownKind(scan, symbol, outer);
    if (kind === null) return;
    const before = outer.inner.at(-1)?.end ?? outer.start;
    const start = Math.max(leadOf(scan, index), outer.start);
    // Two names of one node (`[a, b] = …`) or a definition around an earlier one: the first keeps it.
    if (symbol.start < before || symbol.end > outer.end) return;
    const owner: Owner = {
      symbol: index,
      node: symbol.node,
      kind,
      start: Math.max(start, before),
      end: symbol.end,
      inner: [],
    };
    outer.inner.push(owner);
    owners.push(owner);
    around[index] = owner;
  });
  return owners;
}

/** Where a definition's chunk begins: its comments and, for an implementation, its overloads above it. */
function leadOf(scan: Scan, index: number): number {
  const symbol = scan.symbols[index] as ScannedSymbol;
  let { leadStart } = symbol;
  for (let at = index - 1; at >= 0; at--) {
    const before = scan.symbols[at] as ScannedSymbol;
    const isSame = before.isOverload && before.qualifiedName === symbol.qualifiedName;
    if (!isSame || before.parent !== symbol.parent || !isSeparator(scan.text, before.end, leadStart)) break;
    leadStart = before.leadStart;
  }
  return leadStart;
}

/** White space and the semicolon of a declaration. */
const isSeparator = (text: string, start: number, end: number): boolean =>
  end - start < 200 && /^[\s;]*$/.test(text.slice(start, end));

function ownKind(scan: Scan, symbol: ScannedSymbol, outer: Owner): ChunkKind | null {
  if (holdsCode(symbol)) {
    if (!symbol.hasBody) return null;
    if (outer.kind !== 'function') return 'function';
    const long = outer.end - outer.start > limits.chunkBytes;
    return long && lineCount(scan.text, symbol.start, symbol.end) > nestedLines ? 'function' : null;
  }
  if (outer.kind === 'function') return null;
  return isType(symbol) ? 'class' : null;
}

function isType({ kind }: ScannedSymbol): boolean {
  return kind === 'class' || kind === 'interface' || kind === 'struct' || kind === 'enum' || kind === 'trait';
}

function lineCount(text: string, start: number, end: number): number {
  let lines = 1;
  for (let at = text.indexOf('\n', start); at >= 0 && at < end; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}

function addChunks(options: SplitOptions, owner: Owner, chunks: ScannedChunk[]): void {
  const { limit, tree } = options;
  const { text } = tree;
  let parts: Extent[] = [];
  let units = 0;
  let piece = 0;
  const flush = (): void => {
    if (parts.length === 0) return;
    const isModule = owner.symbol < 0;
    chunks.push({ kind: owner.kind, symbol: owner.symbol, parts, piece: isModule ? 0 : piece++ });
    parts = [];
    units = 0;
  };
  for (const fragment of fragmentsOf(options, owner)) {
    const { start, end, mayOpen } = fragment;
    // What may not open a chunk (closing brackets after the last member) stays with what came before.
    if (units > 0 && units + (end - start) > limit && mayOpen) flush();
    const last = parts.at(-1);
    if (last !== undefined && isBlank(text, last.end, start)) parts[parts.length - 1] = { start: last.start, end };
    else parts.push({ start, end });
    units += end - start;
  }
  flush();
}

interface Fragment extends Extent {
  readonly mayOpen: boolean;
}

/** The owner's extent without those of its inner owners, cut where needed, without white space at the ends. */
function fragmentsOf(options: SplitOptions, owner: Owner): Fragment[] {
  const fragments: Fragment[] = [];
  let from = owner.start;
  for (const inner of owner.inner) {
    addFragments(options, owner, from, inner.start, fragments);
    from = inner.end;
  }
  addFragments(options, owner, from, owner.end, fragments);
  return fragments;
}

/** Left-overs this short (brackets, commas, a semicolon) do not start a chunk. */
const scrapUnits = 8;

function addFragments(options: SplitOptions, owner: Owner, from: number, to: number, fragments: Fragment[]): void {
  const { text } = options.tree;
  const start = trimStart(text, from, to);
  const end = trimEnd(text, start, to);
  if (end <= start) return;
  let at = start;
  for (const cut of cutsIn(options, owner.node, { start, end })) {
    const pieceEnd = trimEnd(text, at, cut);
    const pieceStart = trimStart(text, at, pieceEnd);
    if (pieceEnd > pieceStart) fragments.push({ start: pieceStart, end: pieceEnd, mayOpen: true });
    at = cut;
  }
  const last = trimStart(text, at, end);
  if (end > last) fragments.push({ start: last, end, mayOpen: end - last > scrapUnits });
}

/** Chunks of a file whose tree is missing: its lines, grouped. */
export function plainChunks(text: string): ScannedChunk[] {
  const cuts: number[] = [];
  cutAtLines(text, { start: 0, end: text.length }, limits.chunkBytes, cuts);
  const chunks: ScannedChunk[] = [];
  let at = 0;
  for (const cut of [...cuts, text.length]) {
    const start = trimStart(text, at, cut);
    const end = trimEnd(text, start, cut);
    if (end > start) chunks.push({ kind: 'text', symbol: -1, parts: [{ start, end }], piece: 0 });
    at = cut;
  }
  return chunks;
}
