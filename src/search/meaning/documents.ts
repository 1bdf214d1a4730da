/** A chunk of a file as an encoder reads it. Its path is not told: the same content has the same vector wherever it lies. */
import type { Span } from '../../base/mod.ts';
import { decodeUtf8, type FileFacts } from '../../code/mod.ts';
import { type DocumentText, documentOf } from '../../embed/mod.ts';

/**
 * @param chunk index in the file's chunks
 * @param source bytes of the file
 * @param offset where in the file these begin
 */
export function documentText(facts: FileFacts, chunk: number, source: Uint8Array, offset = 0): DocumentText {
  const found = facts.chunks[chunk];
  if (found === undefined) throw new Error(`chunk ${chunk} asked of a file that has ${facts.chunks.length}`);
  return documentOf(found, facts.symbols, (start, end) =>
    decodeUtf8(source, start - offset, Math.min(end - offset, source.length)),
  );
}

/** What of its file a chunk's text is taken from. */
export function extentOf({ chunks, symbols }: FileFacts, chunk: number): Span {
  const { parts = [], symbol = -1 } = chunks[chunk] ?? {};
  const found = symbols[symbol];
  const spans = found === undefined ? parts : [...parts, found.signature, found.doc ?? found.signature];
  return {
    start: spans.reduce((least, { start }) => Math.min(least, start), Number.POSITIVE_INFINITY),
    end: spans.reduce((most, { end }) => Math.max(most, end), 0),
  };
}
