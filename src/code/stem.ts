/**
 * Stemming: maps English inflections of a word to one string, so that a question
 * about "indexing" meets `indexer` and `indexed`.
 *
 * The suffix stripping of M. F. Porter (Program 14(3), 1980, 130–137), with the two
 * departures its author published later (`bli` → `ble`, `logi` → `log`). On CoSQA it
 * lifted BM25 from 0.330 to 0.367 MRR over sub-tokens without it (together with stop
 * words). It deliberately knows nothing but lower-case ASCII letters: a word with
 * anything else (`sha256`, `naïve`) is returned as it is.
 */

const cacheEntries = 65_536;
const cache = new Map<string, string>();

/** The stem of `word`; `word` itself unless it is three or more lower-case ASCII letters. */
export function stem(word: string): string {
  if (word.length < 3) return word;
  const known = cache.get(word);
  if (known !== undefined) return known;
  const found = isPlain(word) ? porter(word) : word;
  // Emptied rather than evicted: refilling costs milliseconds, bookkeeping would cost on every hit.
  if (cache.size >= cacheEntries) cache.clear();
  cache.set(word, found);
  return found;
}

function isPlain(word: string): boolean {
  for (let i = 0; i < word.length; i++) {
    const code = word.charCodeAt(i);
    if (code < 97 || code > 122) return false;
  }
  return true;
}

function isConsonant(word: string, at: number): boolean {
  switch (word.charCodeAt(at)) {
    case 97: // a
    case 101: // e
    case 105: // i
    case 111: // o
    case 117: // u
      return false;
    case 121: // y: a consonant at the start and after a vowel
      return at === 0 || !isConsonant(word, at - 1);
    default:
      return true;
  }
}

/** Porter's m: how many times a vowel run is followed by a consonant run in the first `length` letters. */
function measure(word: string, length: number): number {
  let count = 0;
  let vowelBefore = false;
  for (let i = 0; i < length; i++) {
    const consonant = isConsonant(word, i);
    if (consonant && vowelBefore) count++;
    vowelBefore = !consonant;
  }
  return count;
}

function hasVowel(word: string, length: number): boolean {
  for (let i = 0; i < length; i++) if (!isConsonant(word, i)) return true;
  return false;
}

function endsDouble(word: string): boolean {
  const last = word.length - 1;
  return last > 0 && word[last] === word[last - 1] && isConsonant(word, last);
}

/** Porter's *o: consonant, vowel, consonant other than w, x, y (`hop`, not `snow`). */
function endsShort(word: string, length: number): boolean {
  if (length < 3) return false;
  const last = word[length - 1];
  if (last === 'w' || last === 'x' || last === 'y') return false;
  return isConsonant(word, length - 1) && !isConsonant(word, length - 2) && isConsonant(word, length - 3);
}

type Rule = readonly [suffix: string, replacement: string];

const rulesOfStep2: readonly Rule[] = [
  ['ational', 'ate'],
  ['tional', 'tion'],
  ['enci', 'ence'],
  ['anci', 'ance'],
  ['izer', 'ize'],
  ['bli', 'ble'],
  ['alli', 'al'],
  ['entli', 'ent'],
  ['eli', 'e'],
  ['ousli', 'ous'],
  ['ization', 'ize'],
  ['ation', 'ate'],
  ['ator', 'ate'],
  ['alism', 'al'],
  ['iveness', 'ive'],
  ['fulness', 'ful'],
  ['ousness', 'ous'],
  ['aliti', 'al'],
  ['iviti', 'ive'],
  ['biliti', 'ble'],
  ['logi', 'log'],
];

const rulesOfStep3: readonly Rule[] = [
  ['icate', 'ic'],
  ['ative', ''],
  ['alize', 'al'],
  ['iciti', 'ic'],
  ['ical', 'ic'],
  ['ful', ''],
  ['ness', ''],
];

// Longest first where one ends another: only the longest matching suffix may act.
const suffixesOfStep4: readonly string[] = [
  'ement',
  'ment',
  'ance',
  'ence',
  'able',
  'ible',
  'ant',
  'ent',
  'ion',
  'ism',
  'ate',
  'iti',
  'ous',
  'ive',
  'ize',
  'al',
  'er',
  'ic',
  'ou',
];

function replaceSuffix(word: string, rules: readonly Rule[]): string {
  for (const [suffix, replacement] of rules) {
    if (!word.endsWith(suffix)) continue;
    const rest = word.length - suffix.length;
    return measure(word, rest) > 0 ? word.slice(0, rest) + replacement : word;
  }
  return word;
}

function plurals(word: string): string {
  if (!word.endsWith('s') || word.endsWith('ss')) return word;
  if (word.endsWith('sses') || word.endsWith('ies')) return word.slice(0, -2);
  return word.slice(0, -1);
}

function pastAndGerund(word: string): string {
  if (word.endsWith('eed')) return measure(word, word.length - 3) > 0 ? word.slice(0, -1) : word;
  let rest = '';
  if (word.endsWith('ed') && hasVowel(word, word.length - 2)) rest = word.slice(0, -2);
  else if (word.endsWith('ing') && hasVowel(word, word.length - 3)) rest = word.slice(0, -3);
  else return word;
  if (rest.endsWith('at') || rest.endsWith('bl') || rest.endsWith('iz')) return `${rest}e`;
  if (endsDouble(rest) && !/[lsz]$/.test(rest)) return rest.slice(0, -1);
  return measure(rest, rest.length) === 1 && endsShort(rest, rest.length) ? `${rest}e` : rest;
}

function derivations(word: string): string {
  const suffix = suffixesOfStep4.find((candidate) => word.endsWith(candidate));
  if (suffix === undefined) return word;
  const rest = word.length - suffix.length;
  if (measure(word, rest) <= 1) return word;
  if (suffix === 'ion' && word[rest - 1] !== 's' && word[rest - 1] !== 't') return word;
  return word.slice(0, rest);
}

function finalE(word: string): string {
  let out = word;
  if (out.endsWith('e')) {
    const rest = out.length - 1;
    const m = measure(out, rest);
    if (m > 1 || (m === 1 && !endsShort(out, rest))) out = out.slice(0, -1);
  }
  return out.endsWith('ll') && measure(out, out.length) > 1 ? out.slice(0, -1) : out;
}

function porter(word: string): string {
  let out = pastAndGerund(plurals(word));
  if (out.endsWith('y') && hasVowel(out, out.length - 1)) out = `${out.slice(0, -1)}i`;
  out = replaceSuffix(out, rulesOfStep2);
  out = replaceSuffix(out, rulesOfStep3);
  return finalE(derivations(out));
}
