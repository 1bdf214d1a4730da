/** What all checkers of ours share: bytes as words and lines, and where two of them part. */

/** The first place where an output is wrong: offsets in key and output, and one sentence. */
export interface Found {
  readonly e: number;
  readonly a: number;
  readonly reason: string;
}

/** What `isspace` of C knows in the plain locale: tab, line feed, vertical tab, form feed, return, space. */
export const isSpace = (byte: number): boolean => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);

/** @param ignoreCase takes A to Z for a to z, and no other letters */
export function equalBytes(one: Uint8Array, other: Uint8Array, ignoreCase: boolean): boolean {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at++) {
    const [x, y] = [one[at] as number, other[at] as number];
    if (x !== y && !(ignoreCase && lower(x) === lower(y))) return false;
  }
  return true;
}

export const lower = (byte: number): number => (byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte);

/** Bytes of a word that a reason quotes. */
const quoted = 40;

export function shownWord(word: Uint8Array): string {
  const text = new TextDecoder().decode(word.subarray(0, quoted));
  return JSON.stringify(word.length > quoted ? `${text}…` : text);
}
