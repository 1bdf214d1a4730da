/**
 * Which pairs a training step looks at, and what it lets them show.
 *
 * A pair is an example with what asks for it: its sentence, or its name. Of the code, fields are shown or hidden by chance and one word in
 * ten is dropped, so that nothing is learned by heart; the sentence is shown only where the name asks. Pairs stand in groups of
 * neighbours of one file, who are each other's hardest wrong answers. Recipe and chances are the trial's.
 */
import type { Random } from '../../base/mod.ts';
import { oftenness } from '../words.ts';
import type { Examples } from './corpus.ts';
import { type ExampleKind, exampleKinds } from './shard.ts';

/** `example * 2`, plus 1 where the name asks. */
export type Pair = number;

/** What training shows of a pair, and how often it asks by name. */
export interface Showing {
  /** Share of words that are hidden, 0 to 1. */
  readonly dropped: number;
  /**
   * Share of words that give their place to a word that stands in the same field of another example, 0 to 1: CoCoSoDa's soft data augmentation,
   * dynamic replacement within a type (Shi et al. 2023, arXiv:2204.03293).
   */
  readonly replaced: number;
  /** Names say little of what code does, and there are many: this share of them is asked each epoch. */
  readonly named: number;
}

export const groupSize = 8;
export const leastBody = 4;
/** Distinct words of a field that are shown. */
export const mostDistinct = 64;
export const mostDocumentWords = 5 * mostDistinct;
export const mostQueryWords = 64;

const lengthOf = ({ ends }: Examples, example: number, field: number): number =>
  (ends[5 * example + field] as number) - startOf(ends, example, field);
const startOf = (ends: Uint32Array, example: number, field: number): number =>
  example + field === 0 ? 0 : (ends[5 * example + field - 1] as number);

const all: ReadonlySet<ExampleKind> = new Set(exampleKinds);

export interface Pairs {
  readonly asked: Uint32Array;
  readonly named: Uint32Array;
  /** The hardest wrong answers of `asked`, where a first model has told them (`refine.ts`). */
  readonly hard?: Hard;
}

export interface Hard {
  /** Places in `asked`, `each` a pair; -1 for none. */
  readonly near: Int32Array;
  readonly each: number;
  /** Share of groups that begin with a pair and its hardest wrong answers, 0 to 1. */
  readonly share: number;
}

/**
 * All pairs of some examples.
 *
 * @param kinds who may ask; names always may
 */
export function pairsOf(examples: Examples, chosen: Iterable<number>, kinds: ReadonlySet<ExampleKind> = all): Pairs {
  const asked: number[] = [];
  const named: number[] = [];
  for (const example of chosen) {
    if (lengthOf(examples, example, 4) < leastBody) continue;
    const kind = exampleKinds[examples.kinds[example] as number] as ExampleKind;
    if (kinds.has(kind) && lengthOf(examples, example, 2) >= 2) asked.push(2 * example);
    // What a test or a commit says is one more question for code whose name has asked already.
    if (examples.of[example] === example && lengthOf(examples, example, 0) >= 2) named.push(2 * example + 1);
  }
  return { asked: Uint32Array.from(asked), named: Uint32Array.from(named) };
}

/** The pairs of an epoch in the order of training: groups of neighbours, shuffled. */
export function epochOf(
  { asked, named, hard }: Pairs,
  { of }: Pick<Examples, 'of'>,
  namedShare: number,
  random: Random,
): Pair[] {
  const pairs: { readonly pair: Pair; readonly place: number }[] = [];
  const put = (pair: Pair): void => {
    // Neighbours change from epoch to epoch: places are shaken by three groups.
    pairs.push({ pair, place: (of[pair >>> 1] as number) + 3 * groupSize * random.next() });
  };
  const groups = hard === undefined ? [] : hardGroups(hard, asked.length, random);
  const isTaken = new Set(groups.flat());
  for (const [place, pair] of asked.entries()) if (!isTaken.has(place)) put(pair);
  for (const pair of named) if (random.next() < namedShare) put(pair);
  pairs.sort((one, other) => one.place - other.place);
  const all: Pair[][] = groups.map((group) => group.map((place) => asked[place] as number));
  for (let at = 0; at + groupSize <= pairs.length; at += groupSize) {
    all.push(pairs.slice(at, at + groupSize).map(({ pair }) => pair));
  }
  return random.shuffle(all).flat();
}

/**
 * Groups of pairs that are each other's hardest wrong answers: from one pair to its nearest, to theirs, until the group is full.
 *
 * @returns groups of places in `asked`; a pair is in one at most
 */
function hardGroups(hard: Hard, count: number, random: Random): number[][] {
  const taken = new Uint8Array(count);
  const groups: number[][] = [];
  for (const start of random.shuffle(Array.from({ length: count }, (_, i) => i))) {
    if (taken[start] === 1 || random.next() >= hard.share) continue;
    const group = [start];
    for (let i = 0; i < group.length && group.length < groupSize; i++) {
      for (let k = 0; k < hard.each && group.length < groupSize; k++) {
        const next = hard.near[hard.each * (group[i] as number) + k] as number;
        if (next >= 0 && taken[next] === 0 && !group.includes(next)) group.push(next);
      }
    }
    if (group.length < groupSize) continue;
    for (const place of group) taken[place] = 1;
    groups.push(group);
  }
  return groups;
}

/** Words with their weights, before what is learned of them: several lists, one after the other. */
export class Bags {
  readonly words: Int32Array;
  /** How often a word occurs, as it counts. */
  readonly often: Float32Array;
  /** 0 to 3: name, signature, documentation, body. */
  readonly fields: Uint8Array;
  readonly ends: Int32Array;
  count = 0;
  size = 0;

  constructor(bags: number, words: number) {
    this.words = new Int32Array(words);
    this.often = new Float32Array(words);
    this.fields = new Uint8Array(words);
    this.ends = new Int32Array(bags);
  }

  clear(): void {
    this.count = 0;
    this.size = 0;
  }

  add(word: number, often: number, field: number): void {
    this.words[this.size] = word;
    this.often[this.size] = often;
    this.fields[this.size++] = field;
  }

  close(): void {
    this.ends[this.count++] = this.size;
  }
}

/** Fields of examples as the four of a document: sentence and rest are both documentation. */
const fieldOf = [0, 1, 2, 2, 3] as const;

const whole = { dropped: 0, replaced: 0 };

export class Reader {
  readonly #examples: Examples;
  readonly #counts: Uint16Array;
  readonly #distinct = new Int32Array(mostDistinct);
  readonly #showing: Pick<Showing, 'dropped' | 'replaced'>;

  constructor(examples: Examples, vocabulary: number, showing: Pick<Showing, 'dropped' | 'replaced'> = whole) {
    this.#examples = examples;
    this.#showing = showing;
    this.#counts = new Uint16Array(vocabulary);
  }

  /** @param random null shows everything */
  addQuery(bags: Bags, pair: Pair, random: Random | null): void {
    const { words, ends } = this.#examples;
    const [example, field] = [pair >>> 1, (pair & 1) === 1 ? 0 : 2];
    const from = startOf(ends, example, field);
    const to = Math.min(ends[5 * example + field] as number, from + mostQueryWords);
    const start = bags.size;
    const mayDrop = random !== null && to - from > 3;
    for (let at = from; at < to; at++) {
      const word = mayDrop ? this.#shown(words[at] as number, field, random) : (words[at] as number);
      if (word >= 0) bags.add(word, 1, 0);
    }
    if (bags.size === start && to > from) bags.add(words[from] as number, 1, 0);
    bags.close();
  }

  /** @param random null shows name, signature and body */
  addDocument(bags: Bags, pair: Pair, random: Random | null): void {
    const example = pair >>> 1;
    const isNamed = (pair & 1) === 1;
    const start = bags.size;
    for (let field = 0; field < 5; field++) {
      if (random === null ? field !== 2 && field !== 3 : random.next() < shownShare(field, isNamed)) {
        if (!(isNamed && field === 0)) this.#addField(bags, example, field, random);
      }
    }
    if (bags.size === start) this.#addField(bags, example, 4, null);
    bags.close();
  }

  /** The word, another in its place, or -1 for none. */
  #shown(word: number, field: number, random: Random): number {
    const { dropped, replaced } = this.#showing;
    const draw = random.next();
    if (draw < dropped) return -1;
    if (draw >= dropped + replaced) return word;
    const { words, ends, count } = this.#examples;
    const other = random.int(count);
    const from = startOf(ends, other, field);
    const length = (ends[5 * other + field] as number) - from;
    return length === 0 ? word : (words[from + random.int(length)] as number);
  }

  #addField(bags: Bags, example: number, field: number, random: Random | null): void {
    const { words, ends } = this.#examples;
    const counts = this.#counts;
    const distinct = this.#distinct;
    const end = ends[5 * example + field] as number;
    let found = 0;
    for (let at = startOf(ends, example, field); at < end; at++) {
      const word = random === null ? (words[at] as number) : this.#shown(words[at] as number, field, random);
      if (word < 0) continue;
      if (counts[word] === 0) {
        if (found === mostDistinct) continue;
        distinct[found++] = word;
      }
      (counts[word] as number)++;
    }
    for (let i = 0; i < found; i++) {
      const word = distinct[i] as number;
      bags.add(word, oftenness(counts[word] as number), fieldOf[field] as number);
      counts[word] = 0;
    }
  }
}

function shownShare(field: number, isNamed: boolean): number {
  switch (field) {
    case 0:
    case 1:
      return 0.9;
    case 2:
      return isNamed ? 0.6 : 0;
    case 3:
      return isNamed ? 0.5 : 0.4;
    default:
      return 0.97;
  }
}
