/**
 * Bytes of a file as text, and the way back from text offsets to byte offsets.
 *
 * ASCII needs no map, other UTF-8 a table, UTF-16 (known by its mark) a factor of two.
 * Bytes that are not UTF-8 are read as Latin-1, one unit a byte, so that offsets still
 * hold and the ASCII part of the file is found; that is reported as `wrong-encoding`.
 */

import type { Span } from '../base/mod.ts';
import { decodeUtf8 } from './encoding.ts';

declare class TextDecoder {
  constructor(label: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(input: Uint8Array): string;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const utf16le = new TextDecoder('utf-16le', { ignoreBOM: true });
const utf16be = new TextDecoder('utf-16be', { ignoreBOM: true });
const latin1 = new TextDecoder('latin1', { ignoreBOM: true });

export interface SourceText {
  readonly text: string;
  /** Byte offset of a unit offset in [0, text.length]. */
  readonly toByte: (unit: number) => number;
  readonly encoding: 'utf-8' | 'utf-16' | 'latin-1';
}

/** One character a byte: what a file that is not UTF-8 is read as. */
export const decodeLatin1 = (bytes: Uint8Array): string => latin1.decode(bytes);

const identity = (unit: number): number => unit;

export function decodeSource(bytes: Uint8Array): SourceText {
  if (bytes.length >= 2 && bytes.length % 2 === 0) {
    const mark = ((bytes[0] as number) << 8) | (bytes[1] as number);
    if (mark === 0xfffe) return { text: utf16le.decode(bytes), toByte: (unit) => unit * 2, encoding: 'utf-16' };
    if (mark === 0xfeff) return { text: utf16be.decode(bytes), toByte: (unit) => unit * 2, encoding: 'utf-16' };
  }
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    // Not UTF-8. The caller records it; nothing is lost, since Latin-1 accepts every byte.
    return { text: decodeLatin1(bytes), toByte: identity, encoding: 'latin-1' };
  }
  // Valid UTF-8 takes as many units as bytes only when every character is ASCII.
  if (text.length === bytes.length) return { text, toByte: identity, encoding: 'utf-8' };
  const map = byteOffsets(text);
  return { text, toByte: (unit) => map[unit] as number, encoding: 'utf-8' };
}

/** Byte offset of each unit; the second half of a surrogate pair counts as inside the character. */
function byteOffsets(text: string): Uint32Array {
  const map = new Uint32Array(text.length + 1);
  let at = 0;
  for (let i = 0; i < text.length; i++) {
    map[i] = at;
    const unit = text.charCodeAt(i);
    if (unit < 0x80) at += 1;
    else if (unit < 0x800) at += 2;
    else if (unit >= 0xd800 && unit < 0xdc00) {
      // A pair is four bytes: none of its halves alone is a character, so the second maps to the end.
      at += 4;
      i++;
      map[i] = at;
    } else at += 3;
  }
  map[text.length] = at;
  return map;
}

/** What a file has in a span, as `decodeSource` reads it. */
export function textOfSpan(bytes: Uint8Array, encoding: SourceText['encoding'], { start, end }: Span): string {
  const part = bytes.subarray(start, end);
  if (encoding === 'latin-1') return decodeLatin1(part);
  if (encoding === 'utf-8') return decodeUtf8(bytes, start, end);
  return bytes[0] === 0xff ? utf16le.decode(part) : utf16be.decode(part);
}
