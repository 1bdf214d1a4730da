/**
 * A second look at pairs with a first model: which are no pairs after all, and which wrong answers are the hardest.
 *
 * CoRNStack's two steps (Suresh et al. 2025, arXiv:2412.01007). Consistency: a sentence that does not find its own code among the nearest of
 * some thousand others of its language says something else than its code does. Hard wrong answers: the nearest codes that are not its own,
 * but for those as near as its own, which are likely right too. Wrong answers need no place of their own here: they are asked in the same
 * group, where each is the other's wrong answer.
 */
import { type Random, seededRandom } from '../../base/mod.ts';
import type { TableData } from '../table-file.ts';
import { type Pair, type Pairs, Reader } from './batch.ts';
import type { Corpus } from './corpus.ts';
import { encodeAll } from './evaluate.ts';
import { askedAtOnce, askingModel, type Model } from './model.ts';
import { compare } from './step.ts';

export interface RefineSettings {
  /** Pairs whose code is not among the nearest this many are left out; 0 keeps all. */
  readonly consistent: number;
  /** Share of groups that are of hard wrong answers instead of neighbours of a file, 0 to 1. */
  readonly hard: number;
}

/** Pieces of code that a sentence is asked among: a multiple of `block`. */
const pool = 4096;
const block = askedAtOnce;
/** Hard wrong answers kept of each pair. */
const hardest = 3;
/** A code nearer than this share of the own one's likeness is likely right too: CoRNStack has 95%. */
export const falseNegativeShare = 0.95;

export interface Looked {
  /** By place in `pairs.asked`: how many codes are at least as near as the own one, from 1. */
  readonly ranks: Uint16Array;
  /** `hardest` a pair: places in `pairs.asked`, -1 for none. */
  readonly hard: Int32Array;
}

/** Asks every sentence among codes of its language. */
export function look(corpus: Corpus, pairs: Pairs, first: TableData, seed: number, signal?: AbortSignal): Looked {
  const { train } = corpus;
  const model = askingModel(first, corpus.rarity);
  const reader = new Reader(train, first.vocabulary.length);
  const ranks = new Uint16Array(pairs.asked.length).fill(1);
  const hard = new Int32Array(hardest * pairs.asked.length).fill(-1);
  for (const places of pools(pairs, corpus, seededRandom(seed))) {
    signal?.throwIfAborted();
    lookAt(model, reader, places, { pairs, of: train.of, ranks, hard });
  }
  return { ranks, hard };
}

/** Places in `pairs.asked`, drawn, by language. The last pool of a language is filled up from its beginning. */
function pools(pairs: Pairs, { train }: Corpus, random: Random): number[][] {
  return train.languageNames.flatMap((_, language) => {
    const places: number[] = [];
    for (const [place, pair] of pairs.asked.entries()) {
      if (train.languages[pair >>> 1] === language) places.push(place);
    }
    random.shuffle(places);
    const found: number[][] = [];
    for (let from = 0; from < places.length; from += pool) {
      const own = places.slice(from, from + pool);
      found.push(own.length === pool ? own : [...own, ...places.slice(0, Math.min(from, pool - own.length))]);
    }
    return found;
  });
}

interface Looking extends Looked {
  readonly pairs: Pairs;
  readonly of: Uint32Array;
}

function lookAt(model: Model, reader: Reader, places: readonly number[], { pairs, of, ranks, hard }: Looking): void {
  const { floats, at, shape } = model;
  const { dimension } = shape;
  const asked: Pair[] = places.map((place) => pairs.asked[place] as number);
  const documents = encodeAll(model, asked, 'document', reader);
  const queries = encodeAll(model, asked, 'query', reader);
  const codeOf = (i: number): number => of[(asked[i] as number) >>> 1] as number;
  for (let top = 0; top < asked.length; top += block) {
    const rows = Math.min(block, asked.length - top);
    floats.set(queries.subarray(top * dimension, (top + rows) * dimension), at.queries);
    const own = new Float64Array(rows);
    for (let i = 0; i < rows; i++) own[i] = dot(queries, documents, top + i, dimension);
    const above = new Uint16Array(rows);
    const best = Array.from({ length: rows }, () => [] as { likeness: number; place: number }[]);
    for (let left = 0; left < asked.length; left += block) {
      const columns = Math.min(block, asked.length - left);
      floats.set(documents.subarray(left * dimension, (left + columns) * dimension), at.documents);
      compare(model);
      for (let i = 0; i < rows; i++) {
        const nearest = best[i] as { likeness: number; place: number }[];
        const limit = falseNegativeShare * (own[i] as number);
        for (let j = 0; j < columns; j++) {
          const likeness = floats[at.likeness + i * block + j] as number;
          if (likeness >= (own[i] as number)) {
            if (codeOf(left + j) !== codeOf(top + i)) above[i] = (above[i] as number) + 1;
          } else if (likeness < limit && likeness > (nearest[hardest - 1]?.likeness ?? 0)) {
            nearest.push({ likeness, place: places[left + j] as number });
            nearest.sort((one, other) => other.likeness - one.likeness);
            nearest.length = Math.min(nearest.length, hardest);
          }
        }
      }
    }
    for (let i = 0; i < rows; i++) {
      const place = places[top + i] as number;
      ranks[place] = 1 + (above[i] as number);
      for (const [k, near] of (best[i] as { place: number }[]).entries()) hard[hardest * place + k] = near.place;
    }
  }
}

function dot(one: Float32Array, other: Float32Array, row: number, dimension: number): number {
  let sum = 0;
  for (let i = row * dimension; i < (row + 1) * dimension; i++) sum += (one[i] as number) * (other[i] as number);
  return sum;
}

/** What is left of the pairs, with groups of hard wrong answers. */
export function refined(pairs: Pairs, { ranks, hard }: Looked, settings: RefineSettings): Pairs {
  const keeps = (place: number): boolean =>
    settings.consistent === 0 || (ranks[place] as number) <= settings.consistent;
  const kept: number[] = [];
  const now = new Int32Array(pairs.asked.length).fill(-1);
  for (const place of pairs.asked.keys()) if (keeps(place)) now[place] = kept.push(place) - 1;
  const asked = Uint32Array.from(kept, (place) => pairs.asked[place] as number);
  if (settings.hard === 0) return { asked, named: pairs.named };
  const near = new Int32Array(hardest * kept.length).fill(-1);
  for (const [to, place] of kept.entries()) {
    for (let k = 0; k < hardest; k++) {
      const other = hard[hardest * place + k] as number;
      near[hardest * to + k] = other < 0 ? -1 : (now[other] as number);
    }
  }
  return { asked, named: pairs.named, hard: { near, each: hardest, share: settings.hard } };
}
