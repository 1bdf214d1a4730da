/**
 * Which bytes of a chunk belong to which field. The builder and the explanation of a
 * score both ask here, so that they cannot disagree.
 *
 * A symbol's name, enclosing names and signature count for every piece of its chunk, its
 * doc comment for the first only; the body is what the chunk's parts hold beyond
 * signature and doc. The path goes without its extension, which would make `py` the
 * commonest term.
 */
import type { Span } from '../../base/mod.ts';
import type { FileFacts } from '../../code/mod.ts';
import { decodeUtf8, encodeUtf8, forEachWord, termsOf, wordTerms } from '../../code/mod.ts';
import type { FieldName, TextInput } from './types.ts';
import type { PerField } from './weights.ts';

/** Calls `visit` for each range of bytes that belongs to a field of the chunk; a field may come in several. */
export function forEachFieldRange(
  input: TextInput,
  chunk: number,
  visit: (field: FieldName, bytes: Uint8Array, start: number, end: number) => void,
): void {
  const { facts, source } = input;
  const { symbol: index, parts, piece } = chunkAt(facts, chunk);
  const symbol = facts.symbols[index];
  if (symbol !== undefined) {
    visitText('name', symbol.name, visit);
    visitText('qualified', enclosingNames(symbol.qualifiedName, symbol.name), visit);
    visit('signature', source, symbol.signature.start, Math.min(symbol.signature.end, source.length));
    if (symbol.doc !== null && piece === 0)
      visit('doc', source, symbol.doc.start, Math.min(symbol.doc.end, source.length));
  }
  const first = symbol === undefined ? null : symbol.signature;
  const second = symbol === undefined ? null : symbol.doc;
  for (const part of parts) visitWithout(source, part, first, second, visit);
}

/** The path's text that is indexed. */
export function pathText(path: string): string {
  const slash = path.lastIndexOf('/');
  const dot = path.lastIndexOf('.');
  return dot > slash + 1 ? path.slice(0, dot) : path;
}

/**
 * Occurrences of a term in each field of a chunk, counted from the source.
 *
 * @param chunk index in `input.facts.chunks`
 */
export function fieldFrequencies(input: TextInput, chunk: number, term: string): Record<FieldName, number> {
  return count(input, chunk, (found) => found === term);
}

/** Terms in each field of a chunk. @param chunk index in `input.facts.chunks` */
export function fieldLengths(input: TextInput, chunk: number): PerField {
  return count(input, chunk, () => true);
}

function count(input: TextInput, chunk: number, counts: (term: string) => boolean): Record<FieldName, number> {
  const counted = { name: 0, qualified: 0, path: 0, signature: 0, doc: 0, body: 0 };
  for (const term of termsOf(pathText(input.path))) if (counts(term)) counted.path++;
  forEachFieldRange(input, chunk, (field, bytes, start, end) => {
    forEachWord(bytes, start, end, (from, to) => {
      for (const term of wordTerms(decodeUtf8(bytes, from, to))) if (counts(term)) counted[field]++;
    });
  });
  return counted;
}

function chunkAt(facts: FileFacts, chunk: number) {
  const found = facts.chunks[chunk];
  if (found === undefined) throw new Error(`chunk ${chunk} asked of a file that has ${facts.chunks.length}`);
  return found;
}

function enclosingNames(qualifiedName: string, name: string): string {
  return qualifiedName.endsWith(name) ? qualifiedName.slice(0, qualifiedName.length - name.length) : qualifiedName;
}

function visitText(
  field: FieldName,
  text: string,
  visit: (field: FieldName, bytes: Uint8Array, start: number, end: number) => void,
): void {
  if (text === '') return;
  const bytes = encodeUtf8(text);
  visit(field, bytes, 0, bytes.length);
}

/** Visits what `part` holds outside of both holes, which may overlap each other. */
function visitWithout(
  source: Uint8Array,
  part: Span,
  a: Span | null,
  b: Span | null,
  visit: (field: FieldName, bytes: Uint8Array, start: number, end: number) => void,
): void {
  const swap = a !== null && b !== null && b.start < a.start;
  const end = Math.min(part.end, source.length);
  let at = part.start;
  for (const hole of swap ? [b, a] : [a, b]) {
    if (hole === null || hole.end <= at || hole.start >= end) continue;
    if (hole.start > at) visit('body', source, at, hole.start);
    at = hole.end;
  }
  if (at < end) visit('body', source, at, end);
}
