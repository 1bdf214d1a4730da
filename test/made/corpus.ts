/**
 * Small corpora made from seeds, for properties of ranked text: files of a few chunks
 * whose words come from a short list, so that terms, names and ties repeat.
 */
import fc from 'fast-check';
import { type Chunk, chunkKinds, encodeUtf8, type FileFacts, symbolKinds } from '../../src/code/mod.ts';
import type { TextInput } from '../../src/index/text/mod.ts';

export const words = [
  ...['get', 'getReadyCount', 'get_ready_count', 'ready', 'count', 'indexing', 'indexer', 'URLs', 'url', 'sha256sum'],
  ...['return', 'value', 'of', 'the', 'list', 'café', 'naïve', '数据库', '𝒳y', 'x', 'Sum', 'SUM', 'HTTPServer2', 'a1'],
];

interface MadeChunk {
  readonly kind: number;
  readonly symbol: null | {
    readonly name: string;
    readonly outer: string;
    readonly kind: number;
    readonly exported: boolean;
  };
  readonly signature: readonly string[];
  readonly doc: readonly string[] | null;
  readonly body: readonly string[];
  readonly pieces: number;
}

const word = fc.constantFrom(...words);
const madeChunk: fc.Arbitrary<MadeChunk> = fc.record({
  kind: fc.nat(chunkKinds.length - 1),
  symbol: fc.option(
    fc.record({ name: word, outer: word, kind: fc.nat(symbolKinds.length - 1), exported: fc.boolean() }),
  ),
  signature: fc.array(word, { minLength: 1, maxLength: 4 }),
  doc: fc.option(fc.array(word, { minLength: 1, maxLength: 6 })),
  body: fc.array(word, { minLength: 0, maxLength: 30 }),
  pieces: fc.integer({ min: 1, max: 2 }),
});

const traits = fc.record({
  test: fc.boolean(),
  vendored: fc.boolean(),
  generated: fc.boolean(),
  example: fc.boolean(),
  documentation: fc.boolean(),
});

/** A file version; `version` is to be set by who uses it. */
export const madeFile: fc.Arbitrary<Omit<TextInput, 'version'>> = fc
  .record({ chunks: fc.array(madeChunk, { maxLength: 6 }), folder: word, file: word, traits })
  .map(({ chunks, folder, file, traits }) => {
    let text = '';
    const symbols: FileFacts['symbols'][number][] = [];
    const pieces: Chunk[] = [];
    const put = (what: readonly string[]) => {
      const start = encodeUtf8(text).length;
      text += `${what.join(' ')}\n`;
      return { start, end: encodeUtf8(text).length };
    };
    for (const chunk of chunks) {
      const start = encodeUtf8(text).length;
      const doc = chunk.doc === null ? null : put(chunk.doc);
      const signature = put(chunk.signature);
      let part = { start, end: put(chunk.body).end };
      if (chunk.symbol !== null) {
        const { name, outer, kind, exported } = chunk.symbol;
        symbols.push({
          kind: symbolKinds[kind] ?? 'class',
          name,
          qualifiedName: `${outer}.${name}`,
          span: { start: signature.start, end: part.end },
          nameSpan: signature,
          signature,
          doc,
          parent: -1,
          exported,
          decorators: [],
        });
      }
      for (let piece = 0; piece < chunk.pieces; piece++) {
        const symbol = chunk.symbol === null ? -1 : symbols.length - 1;
        pieces.push({ kind: chunkKinds[chunk.kind] ?? 'text', symbol, parts: [part], piece });
        part = { start: part.end, end: put(chunk.body).end };
      }
    }
    const facts: FileFacts = {
      language: 'text',
      lines: 1,
      traits,
      symbols,
      references: [],
      imports: [],
      chunks: pieces,
      problems: [],
    };
    return { path: `${folder}/${file}.py`, source: encodeUtf8(text), facts };
  });

/** Files with ascending version ids, not consecutive. */
export const madeFiles: fc.Arbitrary<TextInput[]> = fc
  .array(fc.tuple(madeFile, fc.integer({ min: 1, max: 300 })), { maxLength: 25 })
  .map((files) => {
    let version = 0;
    return files.map(([file, step]) => {
      version += step;
      return { ...file, version };
    });
  });
