/**
 * Bytes as text and back without loss, for an interpreter that joins the outputs of commands as text.
 *
 * A byte that is no UTF-8 becomes a lone surrogate, U+DC80 to U+DCFF, and is the same byte again when encoded: what
 * Python calls `surrogateescape` (PEP 383). Sound text never holds a lone surrogate, so the two cannot be confused. A
 * byte order mark is text like any other.
 */

const whole = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const plain = new TextEncoder();
const escapes = /((?:(?<![\ud800-\udbff])[\udc80-\udcff])+)/;

/** The part of `TextDecoder` that a realm needs. Encodings other than UTF-8 are Node's own. Never fails on UTF-8. */
export class ByteTextDecoder extends TextDecoder {
  override decode(input?: ArrayBuffer | NodeJS.ArrayBufferView | null, options?: { stream?: boolean }): string {
    if (this.encoding !== 'utf-8' || options?.stream === true || input === undefined || input === null)
      return super.decode(input, options);
    const [buffer, from] = ArrayBuffer.isView(input) ? [input.buffer, input.byteOffset] : [input, 0];
    return decodeBytes(new Uint8Array(buffer, from, input.byteLength));
  }
}

export class ByteTextEncoder extends TextEncoder {
  override encode(text = ''): Uint8Array<ArrayBuffer> {
    return encodeBytes(text);
  }
}

export function decodeBytes(bytes: Uint8Array): string {
  try {
    return whole.decode(bytes);
  } catch {
    // Some byte is no UTF-8: run by run.
  }
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const from = at;
    for (let length = sequenceLength(bytes, at); length > 0; length = sequenceLength(bytes, at)) at += length;
    text += whole.decode(bytes.subarray(from, at));
    if (at < bytes.length) text += String.fromCharCode(0xdc00 | (bytes[at++] as number));
  }
  return text;
}

export function encodeBytes(text: string): Uint8Array<ArrayBuffer> {
  if (text.isWellFormed()) return plain.encode(text);
  const parts = text
    .split(escapes)
    .map((part, index) =>
      index % 2 === 0 ? plain.encode(part) : Uint8Array.from(part, (escape) => escape.charCodeAt(0) & 0xff),
    );
  return new Uint8Array(Buffer.concat(parts));
}

/** Bytes of the character that begins here, by table 3-7 of the Unicode Standard; 0 where none does. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at];
  if (lead === undefined) return 0;
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  for (let i = 1; i < length; i++) {
    const low = i > 1 ? 0x80 : lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
    const high = i > 1 ? 0xbf : lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
    const byte = bytes[at + i] ?? 0;
    if (byte < low || byte > high) return 0;
  }
  return length;
}
