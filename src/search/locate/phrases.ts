/**
 * The signal of phrases: words that stand side by side in the issue and in a function, however they are written.
 *
 * `separability matrix` in an issue is `_separability_matrix` in code: split into its parts, a name is a phrase. Pairs of neighbouring
 * stems say more than the two words apart, which large functions hold by chance. A pair counts the more the fewer of the
 * candidates hold it. The order within a pair does not count. Only the likeliest functions are read.
 */
import { decodeUtf8, splitIdentifier, stem, stopWords } from '../../code/mod.ts';
import { type Evidence, fileOfKey, symbolOfKey } from './evidence.ts';
import { spellings } from './heldwords.ts';
import type { Issue } from './issue.ts';
import { isCallable } from './names.ts';

/** Functions that are read: some 50 ms of processor time. */
const mostRead = 400;
/** Of a longer function the beginning is read. */
const longestRead = 12_000;
const longestWord = 60;

const piece = /[A-Za-z_]\w*|[^\sA-Za-z_]/g;
/** Signs between the words of one phrase; any other sign ends it. */
const joins = /[.,;()[\]{}'"`:=]/;

/** @param keys of symbols, likeliest first */
export function phraseSignals(evidence: Evidence, issue: Issue, keys: readonly number[]): void {
  const wanted = pairsIn(issue.text);
  if (wanted.size === 0) return;
  const inTitle = pairsIn(issue.title);
  const held = new Map<number, readonly string[]>();
  const holding = new Map<string, number>();
  for (const key of keys.slice(0, mostRead)) {
    const text = textOf(evidence, key);
    if (text === null) continue;
    const pairs = [...pairsIn(text).keys()].filter((pair) => wanted.has(pair));
    held.set(key, pairs);
    for (const pair of pairs) holding.set(pair, (holding.get(pair) ?? 0) + 1);
  }
  for (const [key, pairs] of held) {
    for (const pair of pairs) {
      const rarity = Math.log(1 + mostRead / (holding.get(pair) as number));
      evidence.addSymbol('phrases', key, rarity * (1 + Math.log(wanted.get(pair) as number)));
      if (inTitle.has(pair)) evidence.addSymbol('phrasesTitle', key, rarity);
    }
  }
  tell(evidence, issue, held, holding);
}

/** The rarest phrase of each function, as the issue writes it. */
function tell(
  evidence: Evidence,
  issue: Issue,
  held: ReadonlyMap<number, readonly string[]>,
  holding: ReadonlyMap<string, number>,
): void {
  const rarest = new Map<number, string>();
  for (const [key, pairs] of held) {
    const told = pairs.toSorted((a, b) => (holding.get(a) as number) - (holding.get(b) as number))[0];
    if (told !== undefined) rarest.set(key, told);
  }
  const written = spellings(
    `${issue.title}\n${issue.text}`,
    new Set([...rarest.values()].flatMap((pair) => pair.split(' '))),
  );
  for (const [key, pair] of rarest)
    evidence.note(
      'phrases',
      `${key}`,
      pair
        .split(' ')
        .map((term) => written.get(term) ?? term)
        .join(' '),
    );
}

function textOf({ corpus }: Evidence, key: number): string | null {
  const file = fileOfKey(key);
  const record = corpus.files[file];
  const symbol = corpus.facts(file).symbols[symbolOfKey(key)];
  if (record === undefined || symbol === undefined || !isCallable(symbol.kind)) return null;
  const source = corpus.snapshot.source(record);
  if (source.kind !== 'source') return null;
  const { start, end } = symbol.span;
  return decodeUtf8(source.bytes, start, Math.min(end, start + longestRead, source.bytes.length));
}

/** Pairs of neighbouring stems and how often each comes. */
export function pairsIn(text: string): Map<string, number> {
  const pairs = new Map<string, number>();
  let before: string | null = null;
  for (const [word] of text.matchAll(piece)) {
    if (!/[A-Za-z]/.test(word)) {
      if (!joins.test(word)) before = null;
      continue;
    }
    if (word.length > longestWord) continue;
    for (const part of splitIdentifier(word)) {
      const term = stem(part);
      if (term.length < 2 || stopWords.has(term)) continue;
      if (before !== null && before !== term) {
        const pair = before < term ? `${before} ${term}` : `${term} ${before}`;
        pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
      }
      before = term;
    }
  }
  return pairs;
}
