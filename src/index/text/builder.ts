/**
 * Builds a segment from parsed files.
 *
 * Each chunk is counted once into small arrays reused from chunk to chunk; what leaves
 * is one row (term, level) a distinct term, appended to a log in the order of documents.
 * A counting sort by term at the end turns the log into postings. No object is made per
 * word, and a word's bytes are split and stemmed once (`vocabulary.ts`).
 *
 * The builder is deliberately deaf to deletes: what is live is the store's business.
 */
import { encodeUtf8, type FileTraits, forEachWord } from '../../code/mod.ts';
import { forEachFieldRange, pathText } from './fields.ts';
import { NamesLog } from './names-log.ts';
import { docFlag, type FieldName, fieldNames, type TextInput } from './types.ts';
import { currentVocabulary, type Vocabulary } from './vocabulary.ts';
import { fieldShare, levelOf } from './weights.ts';
import { collector, kindNumber, SegmentWriter } from './writer.ts';

export interface SegmentBuilder {
  /**
   * Adds the chunks of a file version.
   *
   * @throws Error when `version` is not above that of the call before
   */
  add(input: TextInput): void;
  readonly docCount: number;
  /** Bytes of source added. */
  readonly sourceBytes: number;
  /** Memory held, without the thread's vocabulary, in bytes; the segment will be about half of it. */
  readonly estimatedBytes: number;
  /** The segment. The builder is spent. */
  finish(): Uint8Array;
}

export function createSegmentBuilder(): SegmentBuilder {
  return new Builder();
}

const fields = fieldNames.length;
const fieldNumber = Object.fromEntries(fieldNames.map((name, i) => [name, i])) as Record<FieldName, number>;
const body = fieldNumber.body;

/** Frequencies of a term that occurs in the body alone, up to this one, have their level worked out once a chunk. */
const cachedFrequencies = 64;

class Builder implements SegmentBuilder {
  docCount = 0;
  sourceBytes = 0;
  readonly #vocabulary: Vocabulary = currentVocabulary();
  readonly #names = new NamesLog();
  readonly #versions: number[] = [];
  readonly #chunks: number[] = [];
  #kinds = new Uint8Array(1024);
  #flags = new Uint8Array(1024);

  /** The log: rows of document `d` end at `#logEnd[d]`. */
  #logTerm = new Uint32Array(1 << 16);
  #logLevel = new Uint8Array(1 << 16);
  #logEnd = new Uint32Array(1024);
  #rows = 0;

  /** Per term: the chunk that last held it, and its slot there. */
  #seenIn = new Int32Array(1 << 16);
  #slotOf = new Int32Array(1 << 16);
  /** Per slot: term, and how often it occurs in each field. */
  #slotTerm = new Uint32Array(1024);
  #frequencies = new Uint32Array(1024 * fields);
  #slots = 0;
  readonly #lengths = new Float64Array(fields);
  readonly #bodyLevels = new Uint8Array(cachedFrequencies);
  #field = 0;
  #bytes: Uint8Array = new Uint8Array(0);

  get estimatedBytes(): number {
    return this.#rows * 5 + this.docCount * 6 + this.#names.bytes;
  }

  add(input: TextInput): void {
    const last = this.#versions.at(-1);
    if (last !== undefined && input.version <= last)
      throw new Error(`versions must ascend: ${input.version} came after ${last}`);
    const { facts } = input;
    this.#names.add(facts, this.#versions.length);
    this.#versions.push(input.version);
    this.#chunks.push(facts.chunks.length);
    this.sourceBytes += input.source.length;
    const pathBytes = encodeUtf8(pathText(input.path));
    const traits = traitFlags(facts.traits);
    for (const [at, chunk] of facts.chunks.entries()) {
      this.#slots = 0;
      this.#lengths.fill(0);
      this.#countRange('path', pathBytes, 0, pathBytes.length);
      forEachFieldRange(input, at, this.#countRange);
      const exported = facts.symbols[chunk.symbol]?.exported === true ? docFlag.exported : 0;
      this.#endDocument(kindNumber[chunk.kind], traits | exported | (chunk.piece > 0 ? docFlag.continued : 0));
    }
  }

  finish(): Uint8Array {
    const { terms } = this.#vocabulary;
    const start = new Uint32Array(terms.length + 1);
    const logTerm = this.#logTerm;
    const rows = this.#rows;
    for (let i = 0; i < rows; i++) {
      const term = (logTerm[i] as number) + 1;
      start[term] = (start[term] as number) + 1;
    }
    const used: number[] = [];
    for (let term = 0; term < terms.length; term++) {
      const count = start[term + 1] as number;
      if (count > 0) used.push(term);
      start[term + 1] = (start[term] as number) + count;
    }
    const next = start.slice();
    const docs = new Uint32Array(rows);
    const levels = new Uint8Array(rows);
    for (let doc = 0, i = 0; doc < this.docCount; doc++) {
      const end = this.#logEnd[doc] as number;
      for (; i < end; i++) {
        const term = logTerm[i] as number;
        const at = next[term] as number;
        next[term] = at + 1;
        docs[at] = doc;
        levels[at] = this.#logLevel[i] as number;
      }
    }
    const output = collector();
    const writer = new SegmentWriter(output.write);
    const key = new Uint8Array(1024);
    for (const term of inByteOrder(used, terms)) {
      const { written } = encoder.encodeInto(terms[term] as string, key);
      writer.addTerm(key, written, docs, levels, start[term] as number, start[term + 1] as number);
    }
    writer.endTerms();
    this.#names.writeTo(writer);
    writer.finish({
      versions: this.#versions,
      chunks: this.#chunks,
      kinds: this.#kinds.subarray(0, this.docCount),
      flags: this.#flags.subarray(0, this.docCount),
    });
    return output.bytes();
  }

  #countRange = (field: FieldName, bytes: Uint8Array, start: number, end: number): void => {
    this.#field = fieldNumber[field];
    this.#bytes = bytes;
    forEachWord(bytes, start, end, this.#countWord);
  };

  #countWord = (start: number, end: number): void => {
    const vocabulary = this.#vocabulary;
    const word = vocabulary.wordAt(this.#bytes, start, end);
    if (word < 0) {
      for (const term of vocabulary.passing) this.#countTerm(term);
      return;
    }
    const last = vocabulary.termStart[word + 1] as number;
    const { termNumbers } = vocabulary;
    for (let i = vocabulary.termStart[word] as number; i < last; i++) this.#countTerm(termNumbers[i] as number);
  };

  #countTerm(term: number): void {
    const field = this.#field;
    this.#lengths[field] = (this.#lengths[field] as number) + 1;
    if (term >= this.#seenIn.length) {
      this.#seenIn = grown(this.#seenIn, term);
      this.#slotOf = grown(this.#slotOf, term);
    }
    const document = this.docCount + 1;
    let slot: number;
    if (this.#seenIn[term] === document) slot = this.#slotOf[term] as number;
    else {
      slot = this.#slots++;
      if (slot === this.#slotTerm.length) {
        this.#slotTerm = grown(this.#slotTerm, slot);
        this.#frequencies = grown(this.#frequencies, slot * fields);
      }
      this.#seenIn[term] = document;
      this.#slotOf[term] = slot;
      this.#slotTerm[slot] = term;
      this.#frequencies.fill(0, slot * fields, (slot + 1) * fields);
    }
    const at = slot * fields + field;
    this.#frequencies[at] = (this.#frequencies[at] as number) + 1;
  }

  #endDocument(kind: number, flags: number): void {
    const doc = this.docCount++;
    if (doc === this.#kinds.length) {
      this.#kinds = grown(this.#kinds, doc);
      this.#flags = grown(this.#flags, doc);
      this.#logEnd = grown(this.#logEnd, doc);
    }
    this.#kinds[doc] = kind;
    this.#flags[doc] = flags;
    const rows = this.#rows + this.#slots;
    if (rows > this.#logTerm.length) {
      this.#logTerm = grown(this.#logTerm, rows);
      this.#logLevel = grown(this.#logLevel, rows);
    }
    this.#bodyLevels.fill(0);
    for (let slot = 0, row = this.#rows; slot < this.#slots; slot++, row++) {
      this.#logTerm[row] = this.#slotTerm[slot] as number;
      this.#logLevel[row] = this.#levelAt(slot * fields);
    }
    this.#rows = rows;
    this.#logEnd[doc] = rows;
  }

  /** Level of the slot whose frequencies begin at `at`. */
  #levelAt(at: number): number {
    const frequencies = this.#frequencies;
    const inBody = frequencies[at + body] as number;
    let elsewhere = 0;
    for (let field = 0; field < fields; field++) if (field !== body) elsewhere |= frequencies[at + field] as number;
    if (elsewhere === 0 && inBody < cachedFrequencies) {
      const known = this.#bodyLevels[inBody] as number;
      if (known > 0) return known;
    }
    let sum = 0;
    for (let field = 0; field < fields; field++)
      sum += fieldShare(
        fieldNames[field] as FieldName,
        frequencies[at + field] as number,
        this.#lengths[field] as number,
      );
    const level = levelOf(sum);
    if (elsewhere === 0 && inBody < cachedFrequencies) this.#bodyLevels[inBody] = level;
    return level;
  }
}

const encoder = new TextEncoder();

function traitFlags(traits: FileTraits): number {
  return (
    (traits.test ? docFlag.test : 0) |
    (traits.vendored ? docFlag.vendored : 0) |
    (traits.generated ? docFlag.generated : 0) |
    (traits.example ? docFlag.example : 0) |
    (traits.documentation ? docFlag.documentation : 0)
  );
}

/** Term numbers by the bytes of their terms. UTF-16 order is that but for units from 0xD800 on. */
function inByteOrder(used: number[], terms: readonly string[]): number[] {
  const high = used.some((term) => /[\ud800-\uffff]/.test(terms[term] as string));
  const compare = high ? compareByCodePoint : compareByUnit;
  return used.sort((a, b) => compare(terms[a] as string, terms[b] as string));
}

function compareByUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareByCodePoint(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    // Surrogates stand for code points above all others.
    if (x !== y) return (x >= 0xd800 && x < 0xe000 ? x + 0x10000 : x) - (y >= 0xd800 && y < 0xe000 ? y + 0x10000 : y);
  }
  return a.length - b.length;
}

/** At least twice as long and long enough for index `at`, same content. */
function grown<A extends Uint8Array | Int32Array | Uint32Array>(from: A, at: number): A {
  const to = new (from.constructor as new (length: number) => A)(Math.max(from.length * 2, at + 1));
  to.set(from);
  return to;
}
