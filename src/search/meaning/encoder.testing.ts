/**
 * For tests: an encoder whose words have rows by a hash of their stems, so that equal words are near and all others are not; words of one
 * group of `alike` share a row.
 */
import { termsOf } from '../../code/mod.ts';
import type { DocumentText, WordEncoder } from '../../embed/mod.ts';

export interface TestEncoder extends WordEncoder {
  /** Names of all documents encoded so far. */
  readonly encoded: string[];
}

/** @param known only these stems are known; `null`: all */
export function testEncoder(
  alike: readonly string[] = [],
  dimension = 64,
  known: readonly string[] | null = null,
): TestEncoder {
  const group = new Map(alike.flatMap((words) => termsOf(words).map((term) => [term, termsOf(words)[0] as string])));
  const row = (term: string): Float32Array => {
    let state = 17;
    for (const letter of group.get(term) ?? term) state = (Math.imul(state, 31) + letter.charCodeAt(0)) >>> 0;
    return Float32Array.from({ length: dimension }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 31 - 1;
    });
  };
  const unit = (vector: Float32Array): Float32Array => {
    const length = Math.hypot(...vector);
    return length === 0 ? vector : vector.map((value) => value / length);
  };
  const wordsOf = (text: string): string[] => termsOf(text).filter((term) => known === null || known.includes(term));
  const encode = (text: string): Float32Array => {
    const sum = new Float32Array(dimension);
    for (const word of wordsOf(text)) for (const [i, value] of row(word).entries()) sum[i] = (sum[i] as number) + value;
    return unit(sum);
  };
  const textOf = ({ name, signature, doc, body }: DocumentText): string =>
    `${name} ${name} ${signature} ${doc} ${body}`;
  const encoded: string[] = [];
  const encodeDocumentsNow = (documents: readonly DocumentText[]): Float32Array => {
    const vectors = new Float32Array(documents.length * dimension);
    for (const [at, document] of documents.entries()) {
      encoded.push(document.name);
      vectors.set(encode(textOf(document)), at * dimension);
    }
    return vectors;
  };
  return {
    id: `test:${dimension}:${alike}`,
    dimension,
    encoded,
    encodeDocumentsNow,
    encodeQueryNow: encode,
    encodeDocuments: async (documents) => encodeDocumentsNow(documents),
    encodeQuery: async (text) => encode(text),
    nearestWords: (query, documents) =>
      Float32Array.from(documents, (document) => {
        const rows = wordsOf(textOf(document)).map((word) => unit(row(word)));
        const asked = wordsOf(query).map((word) => unit(row(word)));
        const best = asked.map((one) =>
          Math.max(0, ...rows.map((other) => one.reduce((sum, v, i) => sum + v * (other[i] as number), 0))),
        );
        return best.length === 0 ? 0 : best.reduce((sum, value) => sum + value, 0) / best.length;
      }),
  };
}
