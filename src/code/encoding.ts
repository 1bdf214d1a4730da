/**
 * Bytes and text: the few conversions `code` needs. It compiles without the types of
 * any platform, so the two standard classes are declared here, once.
 */
declare class TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>;
}
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(bytes?: Uint8Array): string;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** UTF-8 of `text`; lone surrogates become U+FFFD. */
export const encodeUtf8 = (text: string): Uint8Array<ArrayBuffer> => encoder.encode(text);

/** Short ASCII runs, which most names are, are put together faster than the decoder is called. */
const shortRun = 24;

/** Text of bytes `[start, end)`; what is not UTF-8 becomes U+FFFD. */
export function decodeUtf8(bytes: Uint8Array, start = 0, end = bytes.length): string {
  if (end - start <= shortRun) {
    let text = '';
    let at = start;
    while (at < end && (bytes[at] as number) < 0x80) text += String.fromCharCode(bytes[at++] as number);
    if (at === end) return text;
  }
  return decoder.decode(bytes.subarray(start, end));
}

/** Offset of the first byte that is not part of well-formed UTF-8 in `[0, end)`, or -1. */
export function firstInvalidUtf8(bytes: Uint8Array, end = bytes.length): number {
  let at = 0;
  while (at < end) {
    const lead = bytes[at] as number;
    if (lead < 0x80) {
      at++;
      continue;
    }
    const length = sequenceLength(bytes, at, lead, end);
    if (length === 0) return at;
    at += length;
  }
  return -1;
}

/** Length of the well-formed sequence at `at` (RFC 3629: no overlong forms, no surrogates), or 0. */
function sequenceLength(bytes: Uint8Array, at: number, lead: number, end: number): number {
  const second = at + 1 < end ? (bytes[at + 1] as number) : 0;
  if (lead >= 0xc2 && lead <= 0xdf) return isTail(second) ? 2 : 0;
  if (lead >= 0xe0 && lead <= 0xef) {
    const least = lead === 0xe0 ? 0xa0 : 0x80;
    const most = lead === 0xed ? 0x9f : 0xbf;
    return second >= least && second <= most && at + 2 < end && isTail(bytes[at + 2] as number) ? 3 : 0;
  }
  if (lead < 0xf0 || lead > 0xf4 || at + 3 >= end) return 0;
  const least = lead === 0xf0 ? 0x90 : 0x80;
  const most = lead === 0xf4 ? 0x8f : 0xbf;
  const tails = isTail(bytes[at + 2] as number) && isTail(bytes[at + 3] as number);
  return second >= least && second <= most && tails ? 4 : 0;
}

const isTail = (byte: number): boolean => (byte & 0xc0) === 0x80;
