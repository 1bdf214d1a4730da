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
import { encodeUtf8, type FileTraits } from '../../code/mod.ts';
import { forEachFieldRange, pathText } from './fields.ts';
import { NamesLog } from './names-log.ts';
import { docFlag, type FieldName, fieldNames, type TextInput } from './types.ts';
import { currentVocabulary, type Vocabulary } from './vocabulary.ts';
import { lengthDivisor, levelOf, weightOf } from './weights.ts';
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
  /** Memory held, without the thread's vocabulary, in bytes. The segment is about half of it; `finish` needs it one and a half times again. */
  readonly estimatedBytes: number;
  /** The segment. The builder is spent. */
  finish(): Uint8Array;
}

export function createSegmentBuilder(): SegmentBuilder {
  return new Builder();
}

const fields = fieldNames.length;
const fieldNumber = Object.fromEntries(fieldNames.map((name, i) => [name, i])) as Record<FieldName, number>;

/** Frequencies below this have their level worked out once a document: most terms occur in one field, a few times. */
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

  /** Per term: at 2t the document that last held it, counted from 1, at 2t + 1 its slot there. */
  #seen: Int32Array;
  /** Per slot: term, bits of the fields that hold it, and how often each of those does. */
  #slotTerm = new Uint32Array(1024);
  #slotFields = new Uint8Array(1024);
  #frequencies = new Uint32Array(1024 * fields);
  #slots = 0;
  readonly #lengths = new Float64Array(fields);
  /** What each field's frequencies are divided by, in the current document. */
  readonly #divisors = new Float64Array(fields);
  /** Levels of terms that occur in one field alone, by field and frequency, in the current document. */
  readonly #loneLevels = new Uint8Array(fields * cachedFrequencies);
  /** Terms of the current file's path. */
  #pathTerms: number[] = [];

  constructor() {
    this.#seen = new Int32Array(2 * this.#vocabulary.terms.length + (1 << 14));
  }

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
    this.#readPath(input.path);
    const traits = traitFlags(facts.traits);
    for (const [at, chunk] of facts.chunks.entries()) {
      this.#slots = 0;
      this.#lengths.fill(0);
      for (const term of this.#pathTerms) this.#countTerm(term, fieldNumber.path);
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

  #readPath(path: string): void {
    const vocabulary = this.#vocabulary;
    const bytes = encodeUtf8(pathText(path));
    const words = vocabulary.wordsIn(bytes, 0, bytes.length);
    this.#pathTerms = [...vocabulary.passing];
    const { found, data } = vocabulary;
    for (let i = 0; i < words; i++) {
      const word = found[i] as number;
      const last = word + 2 + ((data[word + 1] as number) >>> 8);
      for (let at = word + 2; at < last; at++) this.#pathTerms.push(data[at] as number);
    }
  }

  #countRange = (field: FieldName, bytes: Uint8Array, start: number, end: number): void => {
    const number = fieldNumber[field];
    const vocabulary = this.#vocabulary;
    const words = vocabulary.wordsIn(bytes, start, end);
    for (const term of vocabulary.passing) this.#countTerm(term, number);
    const { found, data } = vocabulary;
    for (let i = 0; i < words; i++) {
      const word = found[i] as number;
      const last = word + 2 + ((data[word + 1] as number) >>> 8);
      for (let at = word + 2; at < last; at++) this.#countTerm(data[at] as number, number);
    }
  };

  #countTerm(term: number, field: number): void {
    this.#lengths[field] = (this.#lengths[field] as number) + 1;
    if (term * 2 >= this.#seen.length) this.#seen = grown(this.#seen, term * 2 + 1);
    const seen = this.#seen;
    const document = this.docCount + 1;
    const bit = 1 << field;
    let slot: number;
    if (seen[term * 2] === document) {
      slot = seen[term * 2 + 1] as number;
      const held = this.#slotFields[slot] as number;
      if ((held & bit) !== 0) {
        const at = slot * fields + field;
        this.#frequencies[at] = (this.#frequencies[at] as number) + 1;
        return;
      }
      this.#slotFields[slot] = held | bit;
    } else {
      slot = this.#slots++;
      if (slot === this.#slotTerm.length) {
        this.#slotTerm = grown(this.#slotTerm, slot);
        this.#slotFields = grown(this.#slotFields, slot);
        this.#frequencies = grown(this.#frequencies, slot * fields + fields);
      }
      seen[term * 2] = document;
      seen[term * 2 + 1] = slot;
      this.#slotTerm[slot] = term;
      this.#slotFields[slot] = bit;
    }
    this.#frequencies[slot * fields + field] = 1;
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
    for (let field = 0; field < fields; field++)
      this.#divisors[field] = lengthDivisor(fieldNames[field] as FieldName, this.#lengths[field] as number);
    this.#loneLevels.fill(0);
    const logTerm = this.#logTerm;
    const logLevel = this.#logLevel;
    for (let slot = 0, row = this.#rows; slot < this.#slots; slot++, row++) {
      logTerm[row] = this.#slotTerm[slot] as number;
      logLevel[row] = this.#levelOfSlot(slot);
    }
    this.#rows = rows;
    this.#logEnd[doc] = rows;
  }

  #levelOfSlot(slot: number): number {
    const held = this.#slotFields[slot] as number;
    if ((held & (held - 1)) !== 0) return levelOf(this.#weighted(slot, held));
    const field = 31 - Math.clz32(held);
    const frequency = this.#frequencies[slot * fields + field] as number;
    if (frequency >= cachedFrequencies) return levelOf(this.#weighted(slot, held));
    const at = field * cachedFrequencies + frequency;
    let level = this.#loneLevels[at] as number;
    if (level === 0) {
      level = levelOf(this.#weighted(slot, held));
      this.#loneLevels[at] = level;
    }
    return level;
  }

  /** `weightedFrequency` of the slot's term, operation for operation. */
  #weighted(slot: number, held: number): number {
    let sum = 0;
    for (let field = 0; field < fields; field++)
      if ((held & (1 << field)) !== 0) {
        const frequency = this.#frequencies[slot * fields + field] as number;
        sum += weightOf(fieldNames[field] as FieldName, frequency) / (this.#divisors[field] as number);
      }
    return sum;
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
