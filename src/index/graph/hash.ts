/**
 * Small hashes for telling whether something changed. 32 bits: two things that hash alike cost a needless look, or,
 * for fingerprints of one name's two versions, a change missed once in four billion edits.
 */

/** Mixes one more number into a hash; the order of calls matters. */
export function mix(hash: number, value: number): number {
  // The finaliser of MurmurHash3, over a sum that keeps (a, b) and (b, a) apart.
  let mixed = Math.imul(hash ^ 0x9e3779b9, 0x85ebca6b) + value;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** FNV-1a over UTF-16 units. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

export const mixText = (hash: number, text: string): number => mix(hash, hashOf(text));
