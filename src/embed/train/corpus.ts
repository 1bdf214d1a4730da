/**
 * Shards of many repositories as one corpus: without copies, with a vocabulary, in numbers of that vocabulary.
 *
 * Held-out repositories come first, so that what is in them and elsewhere is held out; what is near to texts that are kept away (those of
 * a benchmark) is left out of everything. Shards are read twice, once to count words and once to number them, so that only
 * one of them is in memory at a time beside the corpus.
 */
import { readFileSync } from 'node:fs';
import { WinnowError } from '../../base/mod.ts';
import { createPieces } from '../words.ts';
import { type ExampleKind, exampleKinds, type Shard, shardOf } from './shard.ts';

/** Sentences that were seen this often say nothing ("Returns the value."): their code keeps only its name. */
const mostRepeats = 3;
/** Rarer stems are typing errors and names of one place. */
const leastDocuments = 4;
const longestStem = 24;
/** What people ask with counts beyond what code is made of. From the trial, with the rest of the choice. */
const askedFactor = 3;

export interface Corpus {
  readonly vocabulary: readonly string[];
  /** ln(examples / examples with the word). */
  readonly rarity: Float32Array;
  readonly train: Examples;
  readonly held: Examples;
  readonly counts: CorpusCounts;
}

export interface CorpusCounts {
  readonly mined: number;
  readonly copies: number;
  readonly keptAway: number;
  readonly repeatedSentences: number;
  readonly byLanguage: Readonly<Record<string, LanguageCounts>>;
}

/** Examples with a sentence of documentation, a comment, a test's, a commit's or a guide's sentence, a name of several words. */
export interface LanguageCounts {
  documented: number;
  commented: number;
  tested: number;
  changed: number;
  guided: number;
  named: number;
}

const guideKind = exampleKinds.indexOf('guide');

const countedAs: Readonly<Record<ExampleKind, keyof LanguageCounts>> = {
  definition: 'documented',
  comment: 'commented',
  test: 'tested',
  change: 'changed',
  guide: 'guided',
};

/** Field `f` of example `i` is `words[ends[5i + f - 1], ends[5i + f])`. */
export interface Examples {
  readonly count: number;
  readonly words: Uint16Array;
  readonly ends: Uint32Array;
  /** Places in `exampleKinds`. */
  readonly kinds: Uint8Array;
  /** The example whose code this one asks for. */
  readonly of: Uint32Array;
  readonly languages: Uint8Array;
  readonly languageNames: readonly string[];
}

export interface CorpusOptions {
  readonly train: readonly string[];
  readonly held: readonly string[];
  /** What nothing near to is learned from. */
  readonly away: readonly Shard[];
  /** Guides, whose code stands nowhere else, are left out where they do not ask. */
  readonly guided?: boolean | undefined;
  /** At most this many words, at most 65,535. */
  readonly vocabulary: number;
  /** Words that come first whatever occurs: those of a table that is trained further. `vocabulary` then counts those added. */
  readonly base?: readonly string[] | undefined;
}

export function buildCorpus({ train, held, away, vocabulary, guided = true, base = [] }: CorpusOptions): Corpus {
  const filter = new Filter(guided);
  for (const shard of away) filter.keepAway(shard);
  const shards = [...held.map((path) => ({ path, isHeld: true })), ...train.map((path) => ({ path, isHeld: false }))];
  const kept = shards.map(({ path }) => filter.choose(read(path)));
  const count = countWords(shards, kept);
  if (count.documents === 0) {
    const why = 'no function has documentation, comments or a name of several words, or all of them are copies';
    throw new WinnowError('too-little', `There is nothing to learn from: ${why}. Give more repositories.`);
  }
  const chosen = [...base, ...count.choose(vocabulary, new Set(base))];
  const languageNames: string[] = [];
  const builders = { train: new ExamplesBuilder(languageNames), held: new ExamplesBuilder(languageNames) };
  const pieces = createPieces(chosen);
  for (const [i, { path, isHeld }] of shards.entries()) {
    builders[isHeld ? 'held' : 'train'].add(read(path), kept[i] as Kept, pieces);
  }
  return {
    vocabulary: chosen,
    rarity: Float32Array.from(chosen, (stem) => Math.log((count.documents + 1) / (count.byStem(stem) + 1))),
    train: builders.train.build(),
    held: builders.held.build(),
    counts: { ...filter.counts(), byLanguage: count.byLanguage() },
  };
}

const read = (path: string): Shard => shardOf(readFileSync(path), path);

/** Per example: 0 left out, 1 without its sentence, 2 whole. */
type Kept = Uint8Array;

class Filter {
  readonly #seen = new Set<number>();
  readonly #away = new Set<number>();
  readonly #sentences = new Map<number, number>();
  /** Of tests and commits: they have no say in what is learned of documentation. */
  readonly #told = new Map<number, number>();
  readonly #guided: boolean;
  #mined = 0;
  #copies = 0;
  #keptAway = 0;
  #repeated = 0;

  constructor(guided: boolean) {
    this.#guided = guided;
  }

  keepAway({ keys, says }: Shard): void {
    for (const key of keys) this.#away.add(key);
    for (const key of says) if (key !== 0) this.#away.add(key);
  }

  choose({ kinds, keys, says, sentences, ends, of }: Shard): Kept {
    const kept = new Uint8Array(kinds.length);
    for (let i = 0; i < kinds.length; i++) {
      if (!this.#guided && kinds[i] === guideKind) continue;
      this.#mined++;
      const code = of[i] as number;
      if (code !== i) {
        // Goes where its code goes, which comes before it.
        const isKept = kept[code] !== 0 && repeatsOf(this.#told, sentences[i] as number) <= mostRepeats;
        if (isKept && !this.#away.has(sentences[i] as number)) kept[i] = 2;
        continue;
      }
      const own = [keys[2 * i] as number, keys[2 * i + 1] as number];
      const said = [says[2 * i] as number, says[2 * i + 1] as number];
      if ([...own, ...said].some((key) => key !== 0 && this.#away.has(key))) {
        this.#keptAway++;
        continue;
      }
      if (own.some((key) => this.#seen.has(key))) {
        this.#copies++;
        continue;
      }
      for (const key of own) this.#seen.add(key);
      const sentence = sentences[i] as number;
      const repeats = repeatsOf(this.#sentences, sentence);
      if (repeats > mostRepeats) this.#repeated++;
      const nameWords = (ends[5 * i] as number) - (i === 0 ? 0 : (ends[5 * i - 1] as number));
      if (sentence !== 0 && repeats <= mostRepeats) kept[i] = 2;
      else if (nameWords >= 2) kept[i] = 1;
    }
    return kept;
  }

  counts(): Omit<CorpusCounts, 'byLanguage'> {
    return {
      mined: this.#mined,
      copies: this.#copies,
      keptAway: this.#keptAway,
      repeatedSentences: this.#repeated,
    };
  }
}

/** How often a sentence was met, this time included; 0 for none. */
function repeatsOf(sentences: Map<number, number>, sentence: number): number {
  if (sentence === 0) return 0;
  const repeats = (sentences.get(sentence) ?? 0) + 1;
  sentences.set(sentence, repeats);
  return repeats;
}

interface WordCounts {
  readonly documents: number;
  byStem(stem: string): number;
  byLanguage(): CorpusCounts['byLanguage'];
  /** The words that matter most, without those that are there already. */
  choose(most: number, known: ReadonlySet<string>): string[];
}

function countWords(shards: readonly { path: string; isHeld: boolean }[], kept: readonly Kept[]): WordCounts {
  const numbers = new Map<string, number>();
  const documents: number[] = [];
  const asked: number[] = [];
  const repositories: number[] = [];
  const languages: Record<string, LanguageCounts> = {};
  let total = 0;
  let trained = 0;
  for (const [at, { path, isHeld }] of shards.entries()) {
    // Held-out repositories have no say in the vocabulary.
    if (isHeld) continue;
    const shard = read(path);
    const chosen = kept[at] as Kept;
    if (chosen.some((how) => how > 0)) trained++;
    const global = Uint32Array.from(shard.stems, (stem) => {
      let number = numbers.get(stem);
      if (number === undefined) {
        number = numbers.size;
        numbers.set(stem, number);
        documents.push(0);
        asked.push(0);
        repositories.push(0);
      }
      return number;
    });
    const seen = new Int32Array(shard.stems.length).fill(-1);
    const seenAsked = new Int32Array(shard.stems.length).fill(-1);
    const inShard = new Uint8Array(shard.stems.length);
    for (let i = 0; i < chosen.length; i++) {
      if (chosen[i] === 0) continue;
      const language = shard.languageNames[shard.languages[i] as number] as string;
      languages[language] ??= { documented: 0, commented: 0, tested: 0, changed: 0, guided: 0, named: 0 };
      const row = languages[language];
      if (chosen[i] === 2) row[countedAs[exampleKinds[shard.kinds[i] as number] as ExampleKind]]++;
      // Code counts once, however many ask for it.
      if (shard.of[i] !== i) continue;
      total++;
      const [from, nameEnd] = [i === 0 ? 0 : (shard.ends[5 * i - 1] as number), shard.ends[5 * i] as number];
      if (nameEnd - from >= 2) row.named++;
      const [askedFrom, askedTo] = [shard.ends[5 * i + 1] as number, shard.ends[5 * i + 2] as number];
      for (let word = from; word < (shard.ends[5 * i + 4] as number); word++) {
        const stem = shard.words[word] as number;
        const isAsked = word < nameEnd || (word >= askedFrom && word < askedTo && chosen[i] === 2);
        const number = global[stem] as number;
        if (seen[stem] !== i) (documents[number] as number)++;
        if (isAsked && seenAsked[stem] !== i) (asked[number] as number)++;
        seen[stem] = i;
        if (isAsked) seenAsked[stem] = i;
        inShard[stem] = 1;
      }
    }
    for (let stem = 0; stem < inShard.length; stem++)
      if (inShard[stem] === 1) (repositories[global[stem] as number] as number)++;
  }
  // A word of one repository alone is its own; where there is but one, so are all.
  const leastRepositories = Math.min(2, trained);
  return {
    documents: total,
    byStem: (stem) => documents[numbers.get(stem) ?? -1] ?? 0,
    byLanguage: () => languages,
    choose: (most, known) =>
      [...numbers]
        .filter(
          ([stem, number]) =>
            stem.length <= longestStem &&
            !known.has(stem) &&
            (documents[number] as number) >= leastDocuments &&
            (repositories[number] as number) >= leastRepositories,
        )
        .map(([stem, number]) => ({
          stem,
          weight: (documents[number] as number) + askedFactor * (asked[number] as number),
        }))
        .sort((one, other) => other.weight - one.weight || (one.stem < other.stem ? -1 : 1))
        .slice(0, most)
        .map(({ stem }) => stem),
  };
}

class ExamplesBuilder {
  readonly #languageNames: string[];
  readonly #words: Uint16Array[] = [];
  readonly #ends: Uint32Array[] = [];
  readonly #kinds: number[] = [];
  readonly #of: number[] = [];
  readonly #languages: number[] = [];
  #total = 0;

  constructor(languageNames: string[]) {
    this.#languageNames = languageNames;
  }

  add(shard: Shard, kept: Kept, pieces: (stem: string) => readonly number[]): void {
    const found = shard.stems.map(pieces);
    const words: number[] = [];
    const ends: number[] = [];
    const places = new Uint32Array(kept.length);
    for (let i = 0; i < kept.length; i++) {
      if (kept[i] === 0) continue;
      places[i] = this.#kinds.length;
      this.#of.push(places[shard.of[i] as number] as number);
      for (let field = 0; field < 5; field++) {
        const end = shard.ends[5 * i + field] as number;
        let at = 5 * i + field === 0 ? 0 : (shard.ends[5 * i + field - 1] as number);
        // A sentence that is everywhere asks for nothing.
        if (field === 2 && kept[i] === 1) at = end;
        for (; at < end; at++)
          for (const number of found[shard.words[at] as number] as readonly number[]) words.push(number);
        ends.push(this.#total + words.length);
      }
      this.#kinds.push(shard.kinds[i] as number);
      const language = shard.languageNames[shard.languages[i] as number] as string;
      let number = this.#languageNames.indexOf(language);
      if (number < 0) number = this.#languageNames.push(language) - 1;
      this.#languages.push(number);
    }
    this.#total += words.length;
    this.#words.push(Uint16Array.from(words));
    this.#ends.push(Uint32Array.from(ends));
  }

  build(): Examples {
    const words = new Uint16Array(this.#total);
    const ends = new Uint32Array(5 * this.#kinds.length);
    let at = 0;
    for (const part of this.#words) {
      words.set(part, at);
      at += part.length;
    }
    at = 0;
    for (const part of this.#ends) {
      ends.set(part, at);
      at += part.length;
    }
    return {
      count: this.#kinds.length,
      words,
      ends,
      kinds: Uint8Array.from(this.#kinds),
      of: Uint32Array.from(this.#of),
      languages: Uint8Array.from(this.#languages),
      languageNames: this.#languageNames,
    };
  }
}
