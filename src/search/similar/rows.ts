/**
 * How fingerprints and shapes of files lie in rows of bytes beside the store.
 *
 * Fingerprints: one row for each, in the order of the file. Shapes: one row per chunk, as vectors of an encoder are kept, so that the same
 * scan finds the nearest. Both are caches by content.
 */

import { lineAt, lineStarts } from '../../base/mod.ts';
import { gramTokens, printsOf, type Shape, shapeLength, type TokenColumns } from '../../code/mod.ts';
import { RowBlock, rowBytes, signBytes, writeRow } from '../../embed/mod.ts';
import type { VectorLabel } from '../../index/mod.ts';

/** Raise the numbers when rows are laid out or made in another way. */
export const printLabel: VectorLabel = { label: '1 prints', widths: [4, 4, 4, 4, 4], family: 'prints' };
export const shapeLabel: VectorLabel = {
  label: '2 shapes',
  widths: [4, signBytes(shapeLength), rowBytes(shapeLength)],
  family: 'shapes',
};

/** Columns of a fingerprint: both hashes, byte and line that its gram begins at, and what `packed` holds. */
export const printColumn = { blind: 0, exact: 1, start: 2, line: 3, packed: 4 } as const;

/** Tokens from the fingerprint before (of a file's first from the file's beginning), lines of the gram beyond its first, and its bytes. */
const packed = (gap: number, lines: number, bytes: number): number =>
  (Math.min(gap, 0xff) | (Math.min(lines, 0xff) << 8) | (Math.min(bytes, 0xffff) << 16)) >>> 0;
export const gapOf = (value: number): number => value & 0xff;
export const gramLines = (value: number): number => (value >>> 8) & 0xff;

const bytesOf = ({ buffer, byteOffset, byteLength }: Uint32Array | Float32Array | Int8Array): Uint8Array =>
  new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);

export interface MadeRows {
  readonly rows: number;
  readonly columns: readonly Uint8Array[];
}

/** @param source the file that the tokens are of */
export function printRows(tokens: TokenColumns, source: Uint8Array): MadeRows {
  const { count, blind, exact, tokens: firsts } = printsOf(tokens);
  const lines = lineStarts(source);
  const starts = firsts.map((token) => tokens.starts[token] as number);
  const lineNumbers = starts.map((start) => lineAt(lines, start));
  const rest = firsts.map((token, i) => {
    const gap = token - (i === 0 ? 0 : (firsts[i - 1] as number));
    const end = tokens.ends[Math.min(token + gramTokens, tokens.count) - 1] as number;
    const last = lineAt(lines, Math.max(0, end - 1));
    return packed(gap, last - (lineNumbers[i] as number), end - (starts[i] as number));
  });
  return { rows: count, columns: [blind, exact, starts, lineNumbers, rest].map(bytesOf) };
}

export function shapeRows(shapes: readonly Shape[]): MadeRows {
  const block = new RowBlock(shapeLength, shapes.length);
  const signs = new Uint8Array(shapes.length * signBytes(shapeLength));
  for (const [row, { vector }] of shapes.entries())
    writeRow(vector, row, { bytes: block.bytes, scales: block.scales, signs });
  const columns = [bytesOf(block.scales), signs, bytesOf(block.bytes)];
  return {
    rows: shapes.length,
    columns: columns.map((column, i) => column.subarray(0, shapes.length * (shapeLabel.widths[i] as number))),
  };
}
