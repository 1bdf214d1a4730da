/** Text to bytes and back: UTF-8, Latin-1, hexadecimal, base 64. The engine has none of them. */

/** What does the same faster, for text without zeros; null where there is none. */
interface Codec {
  encode(text: string): Uint8Array;
  decode(bytes: Uint8Array): string;
}
let fast: Codec | null = null;
export function setCodec(codec: Codec): void {
  fast = codec;
}
/** Shorter is done here: a call of the host costs as much as some hundred bytes. */
const worthBytes = 256;

export function utf8Encode(text: string): Uint8Array {
  if (fast !== null && text.length >= worthBytes && !text.includes('\0')) return fast.encode(text.toWellFormed());
  const bytes = new Uint8Array(utf8Length(text));
  utf8EncodeInto(text, bytes);
  return bytes;
}

export function utf8Length(text: string): number {
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) length += 1;
    else if (unit < 0x800) length += 2;
    else if (unit >= 0xd800 && unit < 0xdc00 && isLow(text.charCodeAt(i + 1))) {
      length += 4;
      i++;
    } else length += 3;
  }
  return length;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}

/** Whole characters only. @returns units read and bytes written */
export function utf8EncodeInto(text: string, into: Uint8Array): { read: number; written: number } {
  let at = 0;
  let i = 0;
  for (; i < text.length; i++) {
    let code = text.charCodeAt(i);
    const isPair = code >= 0xd800 && code < 0xdc00 && isLow(text.charCodeAt(i + 1));
    if (isPair) code = text.codePointAt(i) as number;
    else if (code >= 0xd800 && code < 0xe000) code = 0xfffd;
    const size = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    if (at + size > into.length) break;
    if (size === 1) into[at++] = code;
    else {
      into[at++] = (size === 2 ? 0xc0 : size === 3 ? 0xe0 : 0xf0) | (code >> ((size - 1) * 6));
      for (let shift = (size - 2) * 6; shift >= 0; shift -= 6) into[at++] = 0x80 | ((code >> shift) & 0x3f);
    }
    if (isPair) i++;
  }
  return { read: i, written: at };
}

const chunkUnits = 4096;

/**
 * Each wrong sequence becomes one U+FFFD. WHATWG Encoding Standard, 8.1.1.
 *
 * @param fatal throw instead
 */
export function utf8Decode(bytes: Uint8Array, fatal = false): string {
  if (fast !== null && !fatal && bytes.length >= worthBytes && !bytes.includes(0)) return fast.decode(bytes);
  const parts: string[] = [];
  let units: number[] = [];
  const bad = () => {
    if (fatal) throw new TypeError('The encoded data was not valid for encoding utf-8');
    units.push(0xfffd);
  };
  for (let i = 0; i < bytes.length; ) {
    const first = bytes[i++] as number;
    if (first < 0x80) units.push(first);
    else {
      const need =
        first >= 0xc2 && first < 0xe0 ? 1 : first >= 0xe0 && first < 0xf0 ? 2 : first >= 0xf0 && first < 0xf5 ? 3 : 0;
      let low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
      let high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
      let code = first & (0x3f >> need);
      let seen = 0;
      for (; seen < need; seen++) {
        const next = bytes[i] as number;
        if (i >= bytes.length || next < low || next > high) break;
        code = (code << 6) | (next & 0x3f);
        low = 0x80;
        high = 0xbf;
        i++;
      }
      if (need === 0 || seen < need) bad();
      else if (code < 0x10000) units.push(code);
      else units.push(0xd800 + ((code - 0x10000) >> 10), 0xdc00 + ((code - 0x10000) & 0x3ff));
    }
    if (units.length >= chunkUnits) {
      parts.push(String.fromCharCode(...units));
      units = [];
    }
  }
  parts.push(String.fromCharCode(...units));
  return parts.join('');
}

/** Bytes at the end that may be the start of a character: 0 to 3. */
export function unfinishedBytes(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) > back ? back : 0;
  }
  return 0;
}

export function latin1Decode(bytes: Uint8Array, mask = 0xff): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += chunkUnits)
    text += String.fromCharCode(...Array.from(bytes.subarray(i, i + chunkUnits), (byte) => byte & mask));
  return text;
}

export function latin1Encode(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

export function hexEncode(text: string): Uint8Array {
  const pairs = /^([0-9a-fA-F]{2})*/.exec(text)?.[0] ?? '';
  return Uint8Array.from({ length: pairs.length / 2 }, (_, i) => Number.parseInt(pairs.slice(i * 2, i * 2 + 2), 16));
}

export function hexDecode(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

export function base64Decode(bytes: Uint8Array, isUrl = false): string {
  const alphabet = letters + (isUrl ? '-_' : '+/');
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const word = ((bytes[i] as number) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    text += `${alphabet[word >> 18]}${alphabet[(word >> 12) & 63]}`;
    if (i + 1 < bytes.length) text += alphabet[(word >> 6) & 63];
    else if (!isUrl) text += '=';
    if (i + 2 < bytes.length) text += alphabet[word & 63];
    else if (!isUrl) text += '=';
  }
  return text;
}

export function base64Encode(text: string): Uint8Array {
  const bytes: number[] = [];
  let word = 0;
  let bits = 0;
  for (const char of text) {
    if (char === '=') break;
    const value = char === '-' ? 62 : char === '_' ? 63 : `${letters}+/`.indexOf(char);
    if (value < 0) continue;
    word = ((word << 6) | value) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((word >> bits) & 0xff);
    }
  }
  return Uint8Array.from(bytes);
}
