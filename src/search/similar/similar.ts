/**
 * Code like a given piece, in four groups: exact, renamed and near copies, and code that is related.
 *
 * Copies come from fingerprints and are held against their files, token by token. *Related* is what a person would call the same work written otherwise, or in another
 * language: functions near in shape (constructs, flow of values; without names) and in meaning (words), by one sum of the three cosines. Each hit says what
 * of it was compared and how much was in common; `null` says that it was not compared, never 0.
 */
import { type LineRange, linesOf, type Span, WinnowError } from '../../base/mod.ts';
import { shapeLength, type TokenColumns, tokensWithin } from '../../code/mod.ts';
import { RowBlock, type ScanQuery, scanQuery } from '../../embed/mod.ts';
import type { FileRecord, Snapshot } from '../../index/mod.ts';
import { docFlag } from '../../index/mod.ts';
import { idOf, linesId } from '../ids.ts';
import { type Block, bytesOf, ChunkVectors, loadBlock, mostExact, type NearChunk } from '../meaning/blocks.ts';
import type { Meaning } from '../meaning/open.ts';
import { settled } from '../meaning/settled.ts';
import { fileSorts, flagFactor } from '../prior.ts';
import { Reader, slice } from '../reader.ts';
import { commonTokens, occurrences } from './align.ts';
import type { AskedCode } from './asked.ts';
import { renamingOf } from './extend.ts';
import { type Gathered, type GatherOptions, gather } from './gather.ts';
import { type MatchedFile, matchPrints } from './printmatch.ts';
import { FileTokens } from './tokensof.ts';

export const likenessGroups = ['exact', 'renamed', 'near', 'related'] as const;
export type LikenessGroup = (typeof likenessGroups)[number];

export interface SimilarOptions extends GatherOptions {
  readonly limit: number;
  readonly groups: readonly LikenessGroup[];
  /** Files that count; `null`: all. */
  readonly admits: ((file: FileRecord) => boolean) | null;
  /** Gives the meaning of the snapshot; `null`: not to be asked. */
  readonly openMeaning: (() => Promise<Meaning | null>) | null;
}

/** What was compared, each 0 to 1; `null`: not compared. */
export interface LikenessReasons {
  /** Tokens in common and in order, of both pieces' tokens. */
  readonly tokens: number | null;
  /** The same with names and literals replaced. */
  readonly renamedTokens: number | null;
  /** Of an exact or renamed copy: each name stands for one name throughout. */
  readonly consistent: boolean | null;
  /** Fingerprints of the given piece that are there. */
  readonly fingerprints: number | null;
  /** Cosine of constructs, operators and literals. */
  readonly tree: number | null;
  /** Cosine of the edges of data and control flow; `null` where a side's language has none. */
  readonly flow: number | null;
  /** Cosine of what words and names say. */
  readonly meaning: number | null;
}

export interface SimilarHit {
  readonly group: LikenessGroup;
  /** For `show`. */
  readonly id: string;
  readonly path: string;
  readonly language: string;
  readonly kind: string | null;
  readonly name: string | null;
  readonly span: Span;
  readonly lines: LineRange;
  /** Compares hits of a group. */
  readonly score: number;
  readonly why: LikenessReasons;
  readonly source: string;
}

export interface SimilarAnswer {
  readonly hits: readonly SimilarHit[];
  readonly notices: readonly string[];
}

/** Files with the most fingerprints in common that are read. 60 of small programs take a tenth of a second. */
const readFiles = 60;
/** Chunks nearest in shape, and in meaning, that are looked at. */
const nearChunks = 100;
/**
 * A near copy has so many tokens in common as written, or more with names replaced: unrelated short functions reach 0.8 in that alone. From the development
 * half of docs/measurements/similar.md, where programs and the same with a bug begin at 0.72.
 */
const leastNear = { written: 0.7, renamed: 0.9 };
/** Parts of what related code is ordered by; from the same half. */
export const relatedWeights = { tree: 0.2, flow: 0.05, meaning: 0.75 };
/** Related code that scores less is unlike in most; where words were not compared, what is left is alike sooner. */
const leastRelated = { all: 0.35, withoutMeaning: 0.5 };

/** @throws WinnowError `cancelled`, and what `openMeaning` throws */
export async function findSimilar(
  snapshot: Snapshot,
  asked: AskedCode,
  options: SimilarOptions,
): Promise<SimilarAnswer> {
  const { groups, admits, limit } = options;
  const wantsRelated = groups.includes('related');
  const gathered = await gather(snapshot, wantsRelated ? ['prints', 'shapes'] : ['prints'], options);
  const fileOf = (version: number): FileRecord | null => {
    const file = snapshot.fileOfVersion(version);
    return file !== null && (admits === null || admits(file)) ? file : null;
  };
  const search = new Search(snapshot, asked);
  const meaning = wantsRelated && options.openMeaning !== null ? await options.openMeaning() : null;
  const matches = matchPrints(gathered.prints, asked, fileOf, readFiles);
  for (const match of matches) {
    if (options.signal?.aborted) throw new WinnowError('cancelled', 'Looking for similar code was cancelled.');
    await search.copies(match);
  }
  if (wantsRelated) {
    const counts = (version: number): boolean => fileOf(version) !== null;
    await search.related(new ChunkVectors(shapeLength, shapeBlocks(gathered.shapes), counts), meaning, fileOf);
  }
  return search.answer(groups, limit, meaning !== null);
}

function shapeBlocks({ files, unkept }: Gathered): Block[] {
  const rows = files.reduce((sum, file) => sum + file.rows, 0);
  const kept = files.flatMap((file) => loadBlock(file, shapeLength, rows <= mostExact) ?? []);
  const others = unkept.map(({ versions, firstRow, columns }): Block => {
    const block = new RowBlock(shapeLength, firstRow.at(-1) as number);
    bytesOf(block.scales).set(columns[0] as Uint8Array);
    bytesOf(block.bytes).set(columns[2] as Uint8Array);
    return { versions, firstRow, rows: block, signs: null, file: null };
  });
  return [...kept, ...others];
}

/** A piece of a file that may be like the given one. */
interface Piece {
  readonly file: FileRecord;
  readonly span: Span;
  /** Index in the file's symbols, or -1. */
  readonly symbol: number;
}

interface Found extends Piece {
  readonly group: LikenessGroup;
  readonly score: number;
  readonly why: LikenessReasons;
}

const unasked: LikenessReasons = {
  tokens: null,
  renamedTokens: null,
  consistent: null,
  fingerprints: null,
  tree: null,
  flow: null,
  meaning: null,
};

class Search {
  readonly #asked: AskedCode;
  readonly #reader: Reader;
  readonly #tokens: FileTokens;
  readonly #found: Found[] = [];

  constructor(snapshot: Snapshot, asked: AskedCode) {
    this.#asked = asked;
    this.#reader = new Reader(snapshot);
    this.#tokens = new FileTokens(this.#reader);
  }

  /** Copies in a file: where all of it stands, else the definitions with most fingerprints of it. */
  async copies(match: MatchedFile): Promise<void> {
    const { file } = match;
    const tokens = await this.#tokens.of(file);
    if (tokens === null) return;
    const { tokens: own } = this.#asked;
    for (const at of occurrences(tokens.blind, own.blind, 20)) {
      const span = { start: tokens.starts[at] as number, end: tokens.ends[at + own.count - 1] as number };
      const place = { tokens, from: at, to: at + own.count };
      const { asWritten, consistent } = renamingOf({ tokens: own, from: 0, to: own.count }, place);
      const group = asWritten === 1 ? 'exact' : 'renamed';
      const why = { ...unasked, tokens: asWritten, renamedTokens: 1, consistent, fingerprints: 1 };
      this.#add({ ...this.#named(file, span), group, score: asWritten, why });
    }
    const told = this.#found.filter((found) => found.file === file);
    for (const piece of this.#bestPieces(match)) {
      if (told.some(({ span }) => span.start < piece.span.end && piece.span.start < span.end)) continue;
      this.#near(piece, tokens, fingerprintShare(match, piece.span, this.#asked));
    }
  }

  /** Definitions, and the file as a whole, whose fingerprints are most those of the piece; none lies in another. */
  #bestPieces({ file, starts, matched }: MatchedFile): Piece[] {
    const { prints } = this.#asked;
    const sums = new Uint32Array(matched.length + 1);
    for (let i = 0; i < matched.length; i++) sums[i + 1] = (sums[i] as number) + (matched[i] as number);
    const { symbols } = this.#reader.facts(file.version);
    const spans = [
      ...symbols.map(({ span }, symbol) => ({ span, symbol })),
      { span: { start: 0, end: file.bytes }, symbol: -1 },
    ];
    const ranked = spans
      .map(({ span, symbol }) => {
        const [from, to] = [firstAtLeast(starts, span.start), firstAtLeast(starts, span.end)];
        const common = Math.min((sums[to] as number) - (sums[from] as number), prints.count);
        return { file, span, symbol, dice: (2 * common) / Math.max(1, prints.count + to - from) };
      })
      .filter(({ dice }) => dice >= leastDice)
      .sort((a, b) => b.dice - a.dice);
    const chosen: Piece[] = [];
    for (const piece of ranked) {
      if (chosen.length === mostPieces) break;
      if (!chosen.some(({ span }) => span.start < piece.span.end && piece.span.start < span.end)) chosen.push(piece);
    }
    return chosen;
  }

  #near(piece: Piece, tokens: TokenColumns, fingerprints: number): void {
    const other = tokensWithin(tokens, piece.span.start, piece.span.end);
    const { tokens: own } = this.#asked;
    const both = own.count + other.count;
    if (both === 0) return;
    const exact = commonTokens(own.exact, other.exact);
    const blind = commonTokens(own.blind, other.blind);
    const written = exact === null ? null : (2 * exact) / both;
    const renamed = blind === null ? null : (2 * blind) / both;
    const isNear =
      written === null || renamed === null
        ? fingerprints >= leastNear.written
        : written >= leastNear.written || renamed >= leastNear.renamed;
    if (!isNear) return;
    const score = written === null || renamed === null ? fingerprints : (3 * written + renamed) / 4;
    const why = { ...unasked, tokens: written, renamedTokens: renamed, fingerprints };
    this.#add({ ...piece, group: 'near', score, why });
  }

  /** Functions near in shape or in meaning. */
  async related(
    shapes: ChunkVectors,
    meaning: Meaning | null,
    fileOf: (version: number) => FileRecord | null,
  ): Promise<void> {
    const { shape, document } = this.#asked;
    const admits = (version: number): boolean => fileOf(version) !== null;
    const half = (from: number): Float32Array => {
      const part = new Float32Array(shapeLength);
      part.set(shape.vector.subarray(from, from + shapeLength / 2), from);
      return part;
    };
    const near: { version: number; chunk: number }[] = [];
    const pathOf = (version: number): string => fileOf(version)?.path ?? '';
    const byPath = (a: number, b: number): number => (pathOf(a) === pathOf(b) ? a - b : pathOf(a) < pathOf(b) ? -1 : 1);
    const add = (vectors: ChunkVectors, query: ScanQuery): void => {
      const nearest = (asked: number): NearChunk[] => vectors.nearest(query, asked, admits);
      near.push(...settled(nearest(nearChunks + 1), nearChunks, nearest, byPath));
    };
    if (shape.size > 0) add(shapes, scanQuery(shape.vector));
    const vector = meaning === null ? null : await meaning.encoder.encodeDocuments([document]);
    const said = vector === null || vector.every((value) => value === 0) ? null : scanQuery(vector);
    if (said !== null && meaning !== null) add(meaning.vectors, said);
    const chunks = [...new Map(near.map((one) => [`${one.version} ${one.chunk}`, one])).values()];
    const tree = shapes.cosines(scanQuery(half(0)), chunks);
    const flow = shapes.cosines(scanQuery(half(shapeLength / 2)), chunks);
    const means = said === null || meaning === null ? null : meaning.vectors.cosines(said, chunks);
    for (const [i, { version, chunk }] of chunks.entries()) {
      const file = fileOf(version);
      const found = this.#reader.facts(version).chunks[chunk];
      if (file === null || found === undefined || found.kind === 'text') continue;
      const symbol = this.#reader.facts(version).symbols[found.symbol];
      const first = found.parts[0] as Span;
      const span = symbol?.span ?? { start: first.start, end: first.end };
      const why = {
        ...unasked,
        // Both halves of a shape have length √½.
        tree: shape.size > 0 && tree[i] !== 0 ? Math.max(0, 2 * (tree[i] as number)) : null,
        flow: shape.size > 0 && this.#asked.flow && flow[i] !== 0 ? Math.max(0, 2 * (flow[i] as number)) : null,
        meaning: means === null ? null : (means[i] as number),
      };
      this.#add({ file, span, symbol: found.symbol, group: 'related', score: relatedScore(why), why });
    }
  }

  /** The innermost definition that is this very piece, or the lines. */
  #named(file: FileRecord, span: Span): Piece {
    const { symbols } = this.#reader.facts(file.version);
    const symbol = symbols.findLastIndex(
      (one) => one.span.start === span.start && Math.abs(one.span.end - span.end) <= 2,
    );
    return { file, span, symbol };
  }

  /** What overlaps the piece itself, or what is told already, is passed over. */
  #add(found: Found): void {
    const { self } = this.#asked;
    const meets = ({ span }: { readonly span: Span }): boolean =>
      span.start < found.span.end && found.span.start < span.end;
    if (self !== null && self.path === found.file.path && meets(self)) return;
    const known = this.#found.find((one) => one.file === found.file && meets(one));
    if (known === undefined) this.#found.push(found);
    else if (found.group === 'related' && known.group === 'related' && found.score > known.score)
      this.#found[this.#found.indexOf(known)] = found;
    else if (found.group === 'related' && known.group !== 'related')
      this.#found[this.#found.indexOf(known)] = {
        ...known,
        why: { ...known.why, tree: found.why.tree, flow: found.why.flow, meaning: found.why.meaning },
      };
  }

  answer(groups: readonly LikenessGroup[], limit: number, hasMeaning: boolean): SimilarAnswer {
    const { tokens, shape, flow, language } = this.#asked;
    const least = hasMeaning ? leastRelated.all : leastRelated.withoutMeaning;
    const rank = ({ group }: Found): number => likenessGroups.indexOf(group);
    const lowered = ({ file, score }: Found): number => {
      const { traits } = this.#reader.facts(file.version);
      return (
        score *
        flagFactor(
          fileSorts.reduce((flags, sort) => (traits[sort] ? flags | docFlag[sort] : flags), 0),
          none,
        ) **
          0.1
      );
    };
    const hits = this.#found
      .filter(({ group, score }) => groups.includes(group) && (group !== 'related' || score >= least))
      .sort((a, b) => rank(a) - rank(b) || lowered(b) - lowered(a) || (a.file.path < b.file.path ? -1 : 1))
      .flatMap((found) => this.#hit(found))
      .slice(0, limit);
    const notices = this.#reader.changeNotices();
    if (tokens.count < 8)
      notices.push(
        'The piece has too few tokens for copies to be told from chance; it was compared by shape and meaning alone.',
      );
    if (groups.includes('related')) {
      if (shape.size === 0)
        notices.push(
          'The piece is too small to have a shape, or no grammar reads it; related code was not found by how it works.',
        );
      else if (!flow) notices.push(`The flow of ${language} is not known; shapes were compared by their trees alone.`);
      if (!hasMeaning) notices.push('What words say was not compared.');
    }
    return { hits, notices };
  }

  #hit({ file, span, symbol, group, score, why }: Found): SimilarHit[] {
    const text = this.#reader.text(file);
    if (text === null) return [];
    const facts = this.#reader.facts(file.version);
    const lines = linesOf(text.starts, span);
    const named = facts.symbols[symbol];
    return [
      {
        group,
        id: named === undefined ? linesId(file.path, lines) : idOf(file.path, facts, symbol),
        path: file.path,
        language: file.language,
        kind: named?.kind ?? null,
        name: named?.qualifiedName ?? null,
        span,
        lines,
        score,
        why,
        source: slice(text, { start: text.starts[lines.first - 1] as number, end: span.end }),
      },
    ];
  }
}

const none: ReadonlySet<never> = new Set();
/** Pieces of a file that are held against it, and the share of fingerprints from which on. */
const mostPieces = 5;
const leastDice = 0.15;

function relatedScore({ tree, flow, meaning }: LikenessReasons): number {
  let [sum, weights] = [0, 0];
  for (const [value, weight] of [
    [tree, relatedWeights.tree],
    [flow, relatedWeights.flow],
    [meaning, relatedWeights.meaning],
  ] as const) {
    if (value === null) continue;
    sum += weight * value;
    weights += weight;
  }
  return weights === 0 ? 0 : sum / weights;
}

function fingerprintShare({ starts, matched }: MatchedFile, { start, end }: Span, { prints }: AskedCode): number {
  let common = 0;
  for (let i = firstAtLeast(starts, start); i < firstAtLeast(starts, end); i++) common += matched[i] as number;
  return Math.min(1, common / Math.max(1, prints.count));
}

function firstAtLeast(ascending: Uint32Array, value: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
