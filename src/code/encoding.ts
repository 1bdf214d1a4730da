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
