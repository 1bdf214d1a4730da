/** A chunk of a file as an encoder reads it. Its path is not told: the same content has the same vector wherever it lies. */
import { decodeUtf8, type FileFacts } from '../../code/mod.ts';
import { type DocumentText, documentOf } from '../../embed/mod.ts';

/** @param chunk index in the file's chunks */
export function documentText(facts: FileFacts, chunk: number, source: Uint8Array): DocumentText {
  const found = facts.chunks[chunk];
  if (found === undefined) throw new Error(`chunk ${chunk} asked of a file that has ${facts.chunks.length}`);
  return documentOf(found, facts.symbols, (start, end) => decodeUtf8(source, start, Math.min(end, source.length)));
}
