/**
 * Keys that near-duplicates of code share.
 *
 * Code is taken as the sequence of its names; every four neighbours are hashed, and the four smallest hashes make a key (MinHash: Broder
 * 1997). Two orders of smallness give two keys, and texts that share either are taken for copies: with nine tenths of their
 * neighbours in common they do so nearly always, with half of them hardly ever. Formatting, comments without words and literals
 * do not matter.
 */

const names = /[A-Za-z_][A-Za-z0-9_]+/g;
const neighbours = 4;
const smallest = 4;

/** @returns two whole numbers below 2^53 */
export function nearKeys(code: string): readonly [number, number] {
  const hashes = (code.match(names) ?? []).map(hashOf);
  if (hashes.length < neighbours) {
    const key = fold(hashes);
    return [key, key];
  }
  const first: number[] = [];
  const second: number[] = [];
  for (let i = neighbours; i <= hashes.length; i++) {
    let shingle = 0x9747b28c;
    for (let j = i - neighbours; j < i; j++) shingle = mix(shingle ^ (hashes[j] as number));
    keepSmallest(first, shingle >>> 0);
    keepSmallest(second, mix(shingle ^ 0x5bd1e995) >>> 0);
  }
  return [fold(first), fold([1, ...second])];
}

function hashOf(word: string): number {
  let hash = 0x811c9dc5; // FNV-1a
  for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), 0x01000193);
  return mix(hash);
}

/** MurmurHash3's finish: every bit depends on every other. */
function mix(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** Keeps the few smallest distinct values, in order. */
function keepSmallest(kept: number[], value: number): void {
  if (kept.length === smallest && value >= (kept[smallest - 1] as number)) return;
  let at = kept.length;
  while (at > 0 && (kept[at - 1] as number) > value) at--;
  if (kept[at - 1] === value) return;
  kept.splice(at, 0, value);
  if (kept.length > smallest) kept.pop();
}

/** 53 bits of a list of numbers. */
function fold(values: readonly number[]): number {
  let low = 0x2545f491;
  let high = 0x27d4eb2f;
  for (const value of values) {
    low = mix(low ^ value);
    high = mix(Math.imul(high, 31) ^ value);
  }
  return (high >>> 11) * 2 ** 32 + (low >>> 0);
}

/** 53 bits of a text. */
export function textKey(text: string): number {
  return fold([...(text.match(/\S+/g) ?? [])].map(hashOf));
}
