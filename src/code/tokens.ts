/**
 * Words of code and prose, and the terms they are found by.
 *
 * One maximal word (`getReadyCount`, `Indexing`, `café`) gives the stems of its parts
 * and, when it has several, the stem of the whole with separators removed, so that
 * `getReadyCount` and `get_ready_count` are found by `ready`, by each other, and rank
 * above texts that merely hold the same parts. Documents and queries both pass through
 * `wordTerms`; nothing else may make terms.
 *
 * Scanning is apart from term-making and makes no strings: an indexer visits hundreds
 * of times more words than there are distinct ones, and caches from bytes to terms.
 * Stop words are not removed here: they are the query's business.
 */
import { decodeUtf8, encodeUtf8 } from './encoding.ts';
import { stem } from './stem.ts';

/** Bytes of words: letters, digits, `_`, `$`, and every byte beyond ASCII. */
const wordByte = new Uint8Array(256);
for (let byte = 0; byte < 256; byte++) {
  wordByte[byte] = byte >= 0x80 || /[A-Za-z0-9_$]/.test(String.fromCharCode(byte)) ? 1 : 0;
}

/** Calls `visit` with the half-open byte range of each maximal word within `[start, end)`, in order. */
export function forEachWord(
  bytes: Uint8Array,
  start: number,
  end: number,
  visit: (start: number, end: number) => void,
): void {
  let at = start;
  while (at < end) {
    while (at < end && wordByte[bytes[at] as number] === 0) at++;
    if (at >= end) return;
    const from = at;
    while (at < end && wordByte[bytes[at] as number] === 1) at++;
    visit(from, at);
  }
}

/** Longer words are data or machine-made; the longest identifiers by hand we met (Java tests) have about 120. */
const longestWord = 128;
/** Longer wholes are nobody's query and each would be a term of its own. */
const longestWhole = 64;
/** The groups of a UUID start with 8; shorter runs are names more often (`face2face`). */
const shortestHex = 8;
/** Shorter runs of mixed case and digits are names more often than base64. */
const shortestEncoded = 20;

const separator = 0;
const lower = 1;
const upper = 2;
const digit = 3;
type CharClass = 0 | 1 | 2 | 3;

function classOf(word: string, at: number): CharClass {
  const code = word.charCodeAt(at);
  if (code >= 97 && code <= 122) return lower;
  if (code >= 65 && code <= 90) return upper;
  if (code >= 48 && code <= 57) return digit;
  if (code < 0x80) return separator;
  const char = word[at] as string;
  return char.toLowerCase() === char ? lower : upper;
}

/** Letters after which digits stay: `utf8`, `sha256`, `uint32`, `http2`; `server2` is a server and a 2. */
const lettersKeepingDigits = 4;

/** Where the part that starts at `from` ends. `from` is at a letter or digit. */
function partEnd(word: string, from: number): number {
  const length = word.length;
  let at = from;
  const first = classOf(word, at);
  if (first === digit) {
    while (at < length && classOf(word, at) === digit) at++;
    return withLowerTail(word, at, 2); // 2nd, 3d, 10ms
  }
  while (at < length && classOf(word, at) === upper) at++;
  const capitals = at - from;
  if (at < length && classOf(word, at) === lower) {
    if (capitals > 1) {
      const pluralEnd = at + 1;
      const plural = word[at] === 's' && (pluralEnd === length || classOf(word, pluralEnd) !== lower);
      if (plural) return pluralEnd; // URLs, IDs
      return at - 1; // XMLFile: the last capital opens the next part
    }
    while (at < length && classOf(word, at) === lower) at++;
  }
  if (at - from <= lettersKeepingDigits && at < length && classOf(word, at) === digit) {
    while (at < length && classOf(word, at) === digit) at++;
    return withLowerTail(word, at, 1); // i18n, k8s, mp3s
  }
  return at;
}

/** Takes in lower-case letters after digits when there are at most `most` of them and no digit follows (`int8x16`). */
function withLowerTail(word: string, from: number, most: number): number {
  let at = from;
  while (at < word.length && at - from <= most && classOf(word, at) === lower) at++;
  const closed = at === word.length || classOf(word, at) !== digit;
  return closed && at - from <= most ? at : from;
}

/**
 * Lower-cased parts of an identifier, whatever its convention: `parseXMLFile` → parse,
 * xml, file; `MAX_LEN` → max, len; `getURLs` → get, urls. Digits stay with up to four
 * letters before them (`sha256sum` → sha256, sum) and stand alone otherwise
 * (`HTTPServer2` → http, server, 2). ASCII that is neither letter nor digit separates;
 * no letter or digit is lost.
 */
export function splitIdentifier(word: string): string[] {
  const parts: string[] = [];
  let at = 0;
  while (at < word.length) {
    if (classOf(word, at) === separator) {
      at++;
      continue;
    }
    const end = partEnd(word, at);
    parts.push(word.slice(at, end).toLowerCase());
    at = end;
  }
  return parts;
}

const hexLiteral = /^0x[0-9a-f_]+$/i;
const hexDigits = /^[0-9a-f]+$/i;

/** Hashes and hex literals: kept as one term, so that a commit id or an error code can be found. */
function looksHex(word: string): boolean {
  if (word.charCodeAt(0) === 48 && hexLiteral.test(word)) return true;
  return word.length >= shortestHex && hexDigits.test(word) && /[0-9].*[0-9]/.test(word);
}

/** Encoded data has a new case or digit at every second or third character; names do not. */
function looksEncoded(word: string, parts: readonly string[]): boolean {
  return word.length >= shortestEncoded && /[0-9]/.test(word) && word.length / parts.length < 3 && !word.includes('_');
}

/**
 * Terms of one maximal word: stems of its parts, then, when there are several, the stem
 * of the whole. Repeated parts repeat. Encoded data and words over 128 characters give
 * nothing; long hex gives only itself.
 */
export function wordTerms(word: string): string[] {
  for (let i = 0; i < word.length; i++) if (word.charCodeAt(i) >= 0x80) return foreignTerms(word);
  return asciiTerms(word);
}

function asciiTerms(word: string): string[] {
  if (word.length > longestWord) return [];
  if (looksHex(word)) return word.length <= longestWhole ? [word.toLowerCase()] : [];
  const parts = splitIdentifier(word);
  if (parts.length < 2) {
    const only = parts[0];
    return only === undefined || only.length > longestWhole ? [] : [stem(only)];
  }
  if (looksEncoded(word, parts)) return [];
  const terms: string[] = [];
  let length = 0;
  for (const part of parts) {
    length += part.length;
    if (part.length <= longestWhole) terms.push(stem(part));
  }
  if (length <= longestWhole) terms.push(stem(parts.join('')));
  return terms;
}

const wordRuns = /[\p{L}\p{M}\p{N}_$]+/gu;
const marks = /\p{M}+/gu;
/** Scripts written without spaces between words. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]+/gu;

/** Words with bytes beyond ASCII: punctuation splits, accents fold, unspaced scripts give pairs of characters. */
function foreignTerms(word: string): string[] {
  const terms: string[] = [];
  for (const [run] of word.normalize('NFC').matchAll(wordRuns)) {
    let from = 0;
    for (const match of run.matchAll(unspaced)) {
      pushSpaced(run.slice(from, match.index), terms);
      pushPairs(match[0], terms);
      from = match.index + match[0].length;
    }
    pushSpaced(run.slice(from), terms);
  }
  return terms;
}

function pushSpaced(run: string, terms: string[]): void {
  if (run === '') return;
  const folded = run.normalize('NFD').replace(marks, '').normalize('NFC');
  for (const term of asciiTerms(folded)) terms.push(term);
}

function pushPairs(run: string, terms: string[]): void {
  const chars = [...run];
  if (chars.length === 1) terms.push(run);
  for (let i = 1; i < chars.length; i++) terms.push(`${chars[i - 1]}${chars[i]}`);
}

/** Terms of a text, in order: the words of `forEachWord` over its UTF-8, each through `wordTerms`. */
export function termsOf(text: string): string[] {
  const bytes = encodeUtf8(text);
  const terms: string[] = [];
  forEachWord(bytes, 0, bytes.length, (start, end) => {
    for (const term of wordTerms(decodeUtf8(bytes, start, end))) terms.push(term);
  });
  return terms;
}

/**
 * Terms that a question may drop: stems of articles, pronouns, auxiliaries, question
 * words and the commonest prepositions (no `us`: it is the stem of `use`). Words that name things in code stay searchable
 * (`not`, `all`, `any`, `new`, `before`, `after`, `use`, `get`).
 */
export const stopWords: ReadonlySet<string> = new Set(
  `a an the this that these those it its i me my we our you your they them their he she his her
   is are was were be been being am do does did doing done has have had having
   can could should would will shall may might must
   how what where which who whom whose why when there here
   to of in on at by as for from with into onto via and or but if than then so such
   about please want need way`
    .split(/\s+/)
    .map(stem),
);
