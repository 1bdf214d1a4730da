/**
 * The encoder that ships with Winnow: a table with one vector for each stem, summed.
 *
 * A document's vector is the sum of its words' rows, each weighed by a weight learned for words of documents, by how often the word
 * occurs in its field (1 + ln) and by a weight learned for the field; then length 1. A query is the same without fields, with a weight
 * learned for words of queries. No order, no attention: what is given up in meaning is had back in speed, some 30 µs a chunk.
 *
 * A word that occurs in no row counts for nothing; a text of such words alone has the zero vector, which is near to nothing.
 */
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { WinnowError } from '../base/mod.ts';
import { checkTableStart, readTable, tableStart } from './table-file.ts';
import { createTableKernel } from './tablekernel.ts';
import type { DocumentText, WordEncoder } from './types.ts';
import { createWordReader, oftenness } from './words.ts';

/**
 * Words of a field that are read: what follows in a longer one changes its vector little and costs as much. In training, fields end
 * sooner (`train/examples.ts`); CoSQA dev does not tell 300 words of a body from 600.
 */
const fieldWords = [12, 40, 80, 300] as const;
const longestQuery = 256;
/** Stems of names of languages: in a question they say where to look and not what for. */
const languageStems = new Set(['python', 'java', 'javascript', 'typescript', 'golang', 'rust', 'ruby', 'rubi', 'php']);

/**
 * Opens a word table.
 *
 * @param source a path, or the file's bytes
 * @throws WinnowError `path-not-found`, `path-unreadable`, or `bad-model` when the file is damaged, of another version or no table
 */
export function openTable(source: string | Uint8Array): WordEncoder {
  const bytes = typeof source === 'string' ? tableBytes(source) : source;
  const table = readTable(bytes, typeof source === 'string' ? source : 'The model');
  const { dimension, queryWeights, documentWeights, fields, vocabulary } = table;
  const words = createWordReader(vocabulary);
  const read = new Int32Array(longestQuery + Math.max(...fieldWords));
  const isLanguage = Uint8Array.from(vocabulary, (word) => (languageStems.has(word) ? 1 : 0));
  const counts = new Uint16Array(vocabulary.length);
  const weights = new Float64Array(vocabulary.length);
  const most = Math.max(
    longestQuery,
    fieldWords.reduce((sum, count) => sum + count, 0),
  );
  const kernel = createTableKernel(table.rows, dimension, most, longestQuery);
  const { rows, words: distinct, sum } = kernel;
  const fieldBuffers = fieldWords.map((count) => read.subarray(0, count));
  const lengths = rowLengths(rows, dimension);

  /** Distinct words of a document to `distinct`, their weights to `weights`; @returns how many */
  const weigh = (document: DocumentText): number => {
    let found = 0;
    for (let field = 0; field < 4; field++) {
      const text = textOf(document, field);
      if (text === '') continue;
      const buffer = fieldBuffers[field] as Int32Array;
      const count = words.read(text, buffer);
      for (let i = 0; i < count; i++) (counts[buffer[i] as number] as number)++;
      const scalar = fields[field] as number;
      for (let i = 0; i < count; i++) {
        const word = buffer[i] as number;
        const times = counts[word] as number;
        if (times === 0) continue;
        counts[word] = 0;
        if (weights[word] === 0) distinct[found++] = word;
        // Never 0, so that a word of no weight is not taken for a new one.
        const weight = scalar * (documentWeights[word] as number) * oftenness(times);
        weights[word] = (weights[word] as number) + Math.max(weight, Number.MIN_VALUE);
      }
    }
    return found;
  };

  const encodeDocumentsNow = (documents: readonly DocumentText[]): Float32Array => {
    const vectors = new Float32Array(documents.length * dimension);
    documents.forEach((document, index) => {
      const found = weigh(document);
      for (let i = 0; i < found; i++) {
        const word = distinct[i] as number;
        kernel.weights[i] = weights[word] as number;
        weights[word] = 0;
      }
      kernel.run(found);
      writeUnit(sum, vectors, index * dimension);
    });
    return vectors;
  };

  /** Words of a query; names of languages only when there is nothing else. */
  const queryWords = (text: string): number[] => {
    const all = [...read.subarray(0, words.read(text, read.subarray(0, longestQuery)))];
    const rest = all.filter((word) => isLanguage[word] === 0);
    return rest.length > 0 ? rest : all;
  };

  const encodeQueryNow = (text: string): Float32Array => {
    const vector = new Float32Array(dimension);
    const asked = queryWords(text);
    for (const [i, word] of asked.entries()) {
      distinct[i] = word;
      kernel.weights[i] = queryWeights[word] as number;
    }
    kernel.run(asked.length);
    writeUnit(sum, vector, 0);
    return vector;
  };

  const nearestWords = (query: string, documents: readonly DocumentText[]): Float32Array => {
    const asked = queryWords(query).filter((word) => (lengths[word] as number) > 0);
    const importance = asked.map((word) => (queryWeights[word] as number) * (lengths[word] as number));
    const whole = importance.reduce((total, weight) => total + weight, 0);
    const scores = new Float32Array(documents.length);
    if (whole === 0) return scores;
    kernel.ask(asked);
    /** By word of a document: its likenesses to the asked words. */
    const known = new Map<number, Float64Array>();
    const likenessesOf = (word: number): Float64Array => {
      const products = kernel.products(word);
      return Float64Array.from(asked, (other, j) => {
        if (other === word) return 1;
        const size = (lengths[word] as number) * (lengths[other] as number);
        return size === 0 ? 0 : (products[j] as number) / size;
      });
    };
    const best = new Float64Array(asked.length);
    documents.forEach((document, index) => {
      const found = weigh(document);
      best.fill(found === 0 ? 0 : -1);
      for (let i = 0; i < found; i++) {
        const word = distinct[i] as number;
        weights[word] = 0;
        const likenesses = known.get(word) ?? likenessesOf(word);
        known.set(word, likenesses);
        for (let j = 0; j < asked.length; j++) best[j] = Math.max(best[j] as number, likenesses[j] as number);
      }
      let score = 0;
      for (let j = 0; j < asked.length; j++) score += (importance[j] as number) * (best[j] as number);
      scores[index] = score / whole;
    });
    return scores;
  };

  return {
    id: `table:${table.checksum.slice(0, 16)}`,
    dimension,
    encodeDocumentsNow,
    encodeQueryNow,
    nearestWords,
    encodeDocuments: async (documents, signal) => {
      signal?.throwIfAborted();
      return encodeDocumentsNow(documents);
    },
    encodeQuery: async (text, signal) => {
      signal?.throwIfAborted();
      return encodeQueryNow(text);
    },
  };
}

function textOf(document: DocumentText, field: number): string {
  switch (field) {
    case 0:
      return document.name;
    case 1:
      return withoutName(document);
    case 2:
      return document.doc;
    default:
      return document.body;
  }
}

/** The name stands in a field of its own; training sees signatures without it as well. */
function withoutName({ name, signature }: DocumentText): string {
  const at = name === '' ? -1 : signature.indexOf(name);
  return at < 0 ? signature : `${signature.slice(0, at)} ${signature.slice(at + name.length)}`;
}

function writeUnit(sum: Float32Array, vectors: Float32Array, at: number): void {
  let squares = 0;
  for (let i = 0; i < sum.length; i++) squares += (sum[i] as number) ** 2;
  if (squares === 0) return;
  const scale = 1 / Math.sqrt(squares);
  for (let i = 0; i < sum.length; i++) vectors[at + i] = (sum[i] as number) * scale;
}

function rowLengths(rows: Int8Array, dimension: number): Float32Array {
  const lengths = new Float32Array(rows.length / dimension);
  for (let word = 0; word < lengths.length; word++) {
    let squares = 0;
    for (let at = word * dimension; at < (word + 1) * dimension; at++) squares += (rows[at] as number) ** 2;
    lengths[word] = Math.sqrt(squares);
  }
  return lengths;
}

/** A hundred times what ships: more is no table, and not worth the memory. */
const mostTableBytes = 512 * 1024 * 1024;

/** As `tableBytes`. */
export function tableBytes(path: string): Uint8Array {
  checkTableFile(path);
  return reading(path, () => readFileSync(path));
}

/**
 * By its first bytes alone.
 *
 * @throws WinnowError `path-not-found`, `path-unreadable`, `bad-model` for what is no file (a device never ends), too large or no table
 */
export function checkTableFile(path: string): void {
  const stats = reading(path, () => statSync(path));
  if (!stats.isFile() || stats.size > mostTableBytes) {
    const what = stats.isDirectory() ? 'a directory' : stats.isFile() ? `a file of ${stats.size} bytes` : 'no file';
    throw new WinnowError('bad-model', `Expected a word table at ${path}; it is ${what}.`);
  }
  const start = reading(path, () => startOf(path));
  checkTableStart(start, path);
}

function startOf(path: string): Uint8Array {
  const descriptor = openSync(path, 'r');
  try {
    const start = new Uint8Array(tableStart);
    return start.subarray(0, readSync(descriptor, start));
  } finally {
    closeSync(descriptor);
  }
}

function reading<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw missing
      ? new WinnowError('path-not-found', `No model at ${path}. Give the path of a file that \`winnow train\` wrote.`, {
          cause,
        })
      : new WinnowError('path-unreadable', `Cannot read the model ${path}: ${(cause as Error).message}.`, { cause });
  }
}
