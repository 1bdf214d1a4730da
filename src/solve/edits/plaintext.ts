/**
 * Bytes of a source file as text and back: line breaks, byte order mark and encoding stay what they were.
 *
 * What is no UTF-8 is taken as Latin-1, which gives every byte back; what has a NUL is binary. A file with both kinds of line breaks keeps each line's own, since none is translated there.
 */
import { decodeUtf8, encodeUtf8 } from '../../code/mod.ts';
import type { PlainText } from './types.ts';

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @returns null when it is binary */
export function plainOf(bytes: Uint8Array): PlainText | null {
  if (bytes.includes(0)) return null;
  const [whole, encoding] = decoded(bytes);
  const mark = whole.startsWith('\ufeff');
  const text = mark ? whole.slice(1) : whole;
  const lineBreak = /\r\n/.test(text) && !/(^|[^\r])\n/.test(text) ? '\r\n' : '\n';
  return { text: lineBreak === '\n' ? text : text.replaceAll('\r\n', '\n'), encoding, mark, lineBreak };
}

/** @returns null when the text has characters that the file's encoding has not */
export function bytesOf({ text, encoding, mark, lineBreak }: PlainText): Uint8Array | null {
  const whole = (mark ? '\ufeff' : '') + (lineBreak === '\n' ? text : text.replaceAll('\n', '\r\n'));
  if (encoding === 'utf-8') return encodeUtf8(whole);
  return [...whole].some((letter) => (letter.codePointAt(0) ?? 0) > 0xff) ? null : Buffer.from(whole, 'latin1');
}

function decoded(bytes: Uint8Array): [string, PlainText['encoding']] {
  try {
    return [strict.decode(bytes), 'utf-8'];
  } catch {
    return [Buffer.from(bytes).toString('latin1'), 'latin1'];
  }
}

/** A text as bytes of a new file. */
export const newFile = (text: string): PlainText => ({ text, encoding: 'utf-8', mark: false, lineBreak: '\n' });

/** For reading only: what cannot be read stands as replacement characters. */
export const shownText = (bytes: Uint8Array): string => plainOf(bytes)?.text ?? decodeUtf8(bytes);
