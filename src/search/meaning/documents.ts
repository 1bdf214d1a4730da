/**
 * A chunk as an encoder reads it: name, signature, prose and body apart.
 *
 * A later piece of a long definition repeats name and signature, so that it is known whose piece it is; a chunk that
 * defines nothing is body alone. The path is not told: the same content has the same vector wherever it lies.
 */
import type { Span } from '../../base/mod.ts';
import { decodeUtf8, type FileFacts } from '../../code/mod.ts';
import type { DocumentText } from '../../embed/mod.ts';

/** @param chunk index in the file's chunks */
export function documentText(facts: FileFacts, chunk: number, source: Uint8Array): DocumentText {
  const found = facts.chunks[chunk];
  if (found === undefined) throw new Error(`chunk ${chunk} asked of a file that has ${facts.chunks.length}`);
  const symbol = facts.symbols[found.symbol];
  const text = ({ start, end }: Span): string => decodeUtf8(source, start, Math.min(end, source.length));
  if (symbol === undefined) return { name: '', signature: '', doc: '', body: found.parts.map(text).join('\n') };
  const doc = symbol.doc !== null && found.piece === 0 ? symbol.doc : null;
  const holes = [symbol.signature, ...(symbol.doc === null ? [] : [symbol.doc])].sort((a, b) => a.start - b.start);
  return {
    name: symbol.name,
    signature: text(symbol.signature),
    doc: doc === null ? '' : text(doc),
    body: found.parts
      .flatMap((part) => without(part, holes))
      .map(text)
      .join('\n'),
  };
}

/** What a part holds outside of both holes, which may overlap. @param holes in the order of their starts */
function without(part: Span, holes: readonly Span[]): Span[] {
  const left: Span[] = [];
  let { start } = part;
  for (const hole of holes) {
    if (hole.end <= start || hole.start >= part.end) continue;
    if (hole.start > start) left.push({ start, end: hole.start });
    start = hole.end;
  }
  if (start < part.end) left.push({ start, end: part.end });
  return left;
}
