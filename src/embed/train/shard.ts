/**
 * What one repository teaches, as numbers: a shard.
 *
 * Mining is the slow half of training, and it is the same for every vocabulary, dimension and seed. So each repository is mined once, by
 * a worker, into a shard that is kept in a file; whatever is done afterwards reads shards. Words are stems numbered within the shard, since no
 * vocabulary is known yet.
 */
import { deserialize, serialize } from 'node:v8';
import { WinnowError } from '../../base/mod.ts';
import { stemsOf } from '../words.ts';
import type { MinedExample } from './mine.ts';
import { nearKeys, textKey } from './near.ts';
import { plainWords } from './prose.ts';

/** Raised when mining changes, so that older shards are made anew. */
export const shardFormat = 4;

/** Fields of an example, in this order everywhere in training. */
export const exampleFields = ['name', 'signature', 'sentence', 'rest', 'body'] as const;
/** Words of each field that are kept. */
const fieldWords = [12, 40, 50, 60, 300] as const;

export interface Shard {
  readonly format: number;
  /** What was mined, and how: a shard of another key is made anew. */
  readonly key: string;
  readonly files: number;
  readonly stems: readonly string[];
  /** Numbers of `stems`, field after field, example after example. */
  readonly words: Uint32Array;
  /** Ends in `words` of each example's five fields. */
  readonly ends: Uint32Array;
  /** Two near-duplicate keys an example. */
  readonly keys: Float64Array;
  /** Key of the sentence's plain words; 0 where there is none. */
  readonly sentences: Float64Array;
  /** Keys of name with the beginning of its documentation, and of a longer beginning alone; 0 where there is too little of it. */
  readonly says: Float64Array;
  /** Places in `exampleKinds`. */
  readonly kinds: Uint8Array;
  /** The example whose code this one asks for: itself, or for what tests, commits and titles say an earlier one. */
  readonly of: Uint32Array;
  /** Numbers of `languageNames`. */
  readonly languages: Uint8Array;
  readonly languageNames: readonly string[];
}

/** Who asks: a definition's documentation, a comment inside one, a test of it, a commit that changed it, a guide that shows it. */
export const exampleKinds = ['definition', 'comment', 'test', 'change', 'guide'] as const;
export type ExampleKind = (typeof exampleKinds)[number];

/** Letters of documentation that, with the name, tell a copied function; and those that do so alone. As in the trial of design. */
const saidWithName = 30;
const saidAlone = 50;
const leastWithName = 15;
const leastAlone = 25;

export class ShardBuilder {
  readonly #numbers = new Map<string, number>();
  readonly #known = new Map<string, readonly number[]>();
  readonly #words: number[] = [];
  readonly #ends: number[] = [];
  readonly #keys: number[] = [];
  readonly #sentences: number[] = [];
  readonly #says: number[] = [];
  readonly #kinds: number[] = [];
  readonly #of: number[] = [];
  readonly #languages: number[] = [];
  readonly #languageNames: string[] = [];
  files = 0;

  get count(): number {
    return this.#kinds.length;
  }

  add(example: MinedExample, language: string): void {
    for (const [field, name] of exampleFields.entries()) {
      this.#addWords(example[name], fieldWords[field] as number);
      this.#ends.push(this.#words.length);
    }
    this.#keys.push(...nearKeys(`${example.signature} ${example.body}`));
    this.#sentences.push(example.sentence === '' ? 0 : textKey(plainWords(example.sentence)));
    this.#says.push(...saysKeys(example));
    this.#of.push(this.#kinds.length);
    this.#kinds.push(exampleKinds.indexOf(example.kind));
    let number = this.#languageNames.indexOf(language);
    if (number < 0) number = this.#languageNames.push(language) - 1;
    this.#languages.push(number);
  }

  /** One more sentence that asks for the code of an example; what the example's own documentation says is shown with it. */
  addQuestion(kind: 'test' | 'change' | 'guide', sentence: string, of: number): void {
    const copy = (field: number, room: number): void => {
      const at = 5 * of + field;
      const from = at === 0 ? 0 : (this.#ends[at - 1] as number);
      const to = Math.min(this.#ends[at] as number, from + room);
      for (let word = from; word < to; word++) this.#words.push(this.#words[word] as number);
    };
    for (let field = 0; field < 5; field++) {
      if (field === 2) this.#addWords(sentence, fieldWords[2]);
      else if (field === 3) for (const other of [2, 3]) copy(other, fieldWords[3] / 2);
      else copy(field, fieldWords[field] as number);
      this.#ends.push(this.#words.length);
    }
    this.#keys.push(this.#keys[2 * of] as number, this.#keys[2 * of + 1] as number);
    this.#sentences.push(textKey(plainWords(sentence)));
    this.#says.push(0, 0);
    this.#of.push(of);
    this.#kinds.push(exampleKinds.indexOf(kind));
    this.#languages.push(this.#languages[of] as number);
  }

  #addWords(text: string, most: number): void {
    let room = most;
    for (const [word] of text.matchAll(/[A-Za-z0-9_$\u0080-\uffff]+/g)) {
      let numbers = this.#known.get(word);
      if (numbers === undefined) {
        numbers = stemsOf(word).map((stem) => this.#numberOf(stem));
        this.#known.set(word, numbers);
      }
      for (const number of numbers) {
        if (room-- <= 0) return;
        this.#words.push(number);
      }
    }
  }

  #numberOf(stem: string): number {
    let number = this.#numbers.get(stem);
    if (number === undefined) {
      number = this.#numbers.size;
      this.#numbers.set(stem, number);
    }
    return number;
  }

  build(key: string): Shard {
    return {
      format: shardFormat,
      key,
      files: this.files,
      stems: [...this.#numbers.keys()],
      words: Uint32Array.from(this.#words),
      ends: Uint32Array.from(this.#ends),
      keys: Float64Array.from(this.#keys),
      sentences: Float64Array.from(this.#sentences),
      says: Float64Array.from(this.#says),
      kinds: Uint8Array.from(this.#kinds),
      of: Uint32Array.from(this.#of),
      languages: Uint8Array.from(this.#languages),
      languageNames: this.#languageNames,
    };
  }
}

function saysKeys({ name, sentence, rest }: MinedExample): [number, number] {
  const said = plainWords(`${sentence} ${rest}`);
  const withName = name !== '' && said.length > leastWithName ? textKey(`${name} ${said.slice(0, saidWithName)}`) : 0;
  return [withName, said.length > leastAlone ? textKey(said.slice(0, saidAlone)) : 0];
}

export const shardBytes = (shard: Shard): Uint8Array => serialize(shard);

/** @throws WinnowError `bad-data` when the file is no shard of this format */
export function shardOf(bytes: Uint8Array, name: string): Shard {
  let shard: Partial<Shard> | null = null;
  try {
    shard = deserialize(bytes) as Partial<Shard> | null;
  } catch {
    // Said below, with what to do.
  }
  if (shard?.format !== shardFormat) {
    throw new WinnowError('bad-data', `${name} does not hold mined pairs of this version. Delete it and train again.`);
  }
  return shard as Shard;
}
