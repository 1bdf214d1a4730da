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

/** `example * 2`, plus 1 where the name asks. */
export type Pair = number;

/** Names say little of what code does, and there are many: this share of them is asked each epoch. */
const namedShare = 0.15;
export const groupSize = 8;
const leastBody = 4;
const dropped = 0.1;
/** Distinct words of a field that are shown. */
export const mostDistinct = 64;
export const mostDocumentWords = 5 * mostDistinct;
export const mostQueryWords = 64;

const lengthOf = ({ ends }: Examples, example: number, field: number): number =>
  (ends[5 * example + field] as number) - startOf(ends, example, field);
const startOf = (ends: Uint32Array, example: number, field: number): number =>
  example + field === 0 ? 0 : (ends[5 * example + field - 1] as number);

export interface Pairs {
  readonly asked: Uint32Array;
  readonly named: Uint32Array;
}

/** All pairs of some examples. */
export function pairsOf(examples: Examples, chosen: Iterable<number>): Pairs {
  const asked: number[] = [];
  const named: number[] = [];
  for (const example of chosen) {
    if (lengthOf(examples, example, 4) < leastBody) continue;
    if (lengthOf(examples, example, 2) >= 2) asked.push(2 * example);
    if (lengthOf(examples, example, 0) >= 2) named.push(2 * example + 1);
  }
  return { asked: Uint32Array.from(asked), named: Uint32Array.from(named) };
}

/** The pairs of an epoch in the order of training: groups of neighbours, shuffled. */
export function epochOf({ asked, named }: Pairs, random: Random): Pair[] {
  const pairs: { readonly pair: Pair; readonly place: number }[] = [];
  const put = (pair: Pair): void => {
    // Neighbours change from epoch to epoch: places are shaken by three groups.
    pairs.push({ pair, place: (pair >>> 1) + 3 * groupSize * random.next() });
  };
  for (const pair of asked) put(pair);
  for (const pair of named) if (random.next() < namedShare) put(pair);
  pairs.sort((one, other) => one.place - other.place);
  const groups: number[] = [];
  for (let at = 0; at + groupSize <= pairs.length; at += groupSize) groups.push(at);
  return random.shuffle(groups).flatMap((at) => pairs.slice(at, at + groupSize).map(({ pair }) => pair));
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

export class Reader {
  readonly #examples: Examples;
  readonly #counts: Uint16Array;
  readonly #distinct = new Int32Array(mostDistinct);

  constructor(examples: Examples, vocabulary: number) {
    this.#examples = examples;
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
      if (mayDrop && random.next() < dropped) continue;
      bags.add(words[at] as number, 1, 0);
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

  #addField(bags: Bags, example: number, field: number, random: Random | null): void {
    const { words, ends } = this.#examples;
    const counts = this.#counts;
    const distinct = this.#distinct;
    const end = ends[5 * example + field] as number;
    let found = 0;
    for (let at = startOf(ends, example, field); at < end; at++) {
      if (random !== null && random.next() < dropped) continue;
      const word = words[at] as number;
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
