/**
 * A chunk as an encoder wants it: name, signature, documentation and body apart.
 *
 * Training and search both come here, so that a table meets what it learned from. The body is what is left of the chunk without
 * documentation and signature. Later pieces of a long definition keep its name and signature, which say what they are part of, but not
 * its documentation, which is about the whole.
 */
import type { Chunk, Symbol } from '../code/mod.ts';
import type { DocumentText } from './types.ts';

/**
 * @param symbols of the chunk's file
 * @param decode text of a half-open range of the file's bytes
 */
export function documentOf(
  chunk: Chunk,
  symbols: readonly Symbol[],
  decode: (start: number, end: number) => string,
): DocumentText {
  const symbol = symbols[chunk.symbol];
  if (symbol === undefined) {
    return {
      name: '',
      signature: '',
      doc: '',
      body: chunk.parts.map(({ start, end }) => decode(start, end)).join('\n'),
    };
  }
  const { doc, signature } = symbol;
  const cuts = [doc, signature].filter((span) => span !== null).sort((one, other) => one.start - other.start);
  const body: string[] = [];
  for (const { start, end } of chunk.parts) {
    let from = start;
    for (const cut of cuts) {
      if (cut.end <= from || cut.start >= end) continue;
      if (cut.start > from) body.push(decode(from, cut.start));
      from = Math.min(cut.end, end);
    }
    if (from < end) body.push(decode(from, end));
  }
  return {
    name: symbol.name,
    signature: decode(signature.start, signature.end),
    doc: doc === null || chunk.piece > 0 ? '' : decode(doc.start, doc.end),
    body: body.join('\n'),
  };
}
