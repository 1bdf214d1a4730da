/**
 * Which words of the issue a document holds, as the issue writes them.
 *
 * A document is known by its terms, and a word of several parts gives a term for each and one for the whole: of `handle_retry` a document
 * may hold `retry` alone. So each term stands for the part that makes it, and for the whole word only where that is held.
 */
import { splitIdentifier, wordTerms } from '../../code/mod.ts';
import type { Evidence } from './evidence.ts';
import type { Issue } from './issue.ts';
import type { TextScores } from './textscores.ts';

/** Words shown as held. */
const mostWords = 5;
/** Heaviest terms that are looked for. */
const termsLookedFor = 60;

export class HeldWords {
  readonly #evidence: Evidence;
  readonly #terms: { readonly word: string; readonly docs: readonly (Uint32Array | null)[] }[];

  constructor(evidence: Evidence, text: TextScores, issue: Issue) {
    this.#evidence = evidence;
    const heaviest = [...text.terms]
      .sort((a, b) => b.weights.all * b.idf - a.weights.all * a.idf)
      .slice(0, termsLookedFor)
      .map(({ term }) => term);
    const written = spellings(`${issue.title}\n${issue.text}`, new Set(heaviest));
    this.#terms = heaviest.map((term) => ({
      word: written.get(term) ?? term,
      docs: evidence.corpus.views.map(({ segment }) => segment.postings(term)?.docs ?? null),
    }));
  }

  /**
   * @param doc number of the document in the corpus
   * @returns heaviest first; no part of a word that is there as a whole
   */
  in(doc: number): string[] {
    const { offsets } = this.#evidence.corpus;
    const view = offsets.findLastIndex((offset) => offset <= doc);
    const within = doc - (offsets[view] as number);
    const found: string[] = [];
    for (const { word, docs } of this.#terms) {
      const list = docs[view];
      if (!list || !holds(list, within) || found.some((known) => isWithin(word, known))) continue;
      found.splice(0, found.length, ...found.filter((known) => !isWithin(known, word)), word);
      if (found.length >= mostWords) break;
    }
    return found;
  }
}

const isWithin = (part: string, whole: string): boolean => whole.toLowerCase().includes(part.toLowerCase());

/** Each term as a text first writes it. */
export function spellings(text: string, wanted: ReadonlySet<string>): Map<string, string> {
  const found = new Map<string, string>();
  for (const [word] of text.matchAll(/[\p{L}_$][\p{L}\p{M}\p{N}_$]*/gu)) {
    const open = wordTerms(word).filter((term) => wanted.has(term) && !found.has(term));
    if (open.length === 0) continue;
    const pieces = piecesOf(word);
    for (const term of open) {
      const piece = pieces.find((one) => wordTerms(one).at(-1) === term);
      found.set(term, piece ?? (word.includes(term) ? term : word));
    }
  }
  return found;
}

/** A word's parts as it writes them, the shortest first, then all of it: of scripts without spaces, what Latin letters stand between. */
function piecesOf(word: string): string[] {
  const runs = [word, ...(word.match(/[\p{Script=Latin}\p{M}\p{N}_$]+/gu) ?? [])];
  const folded = word.toLowerCase();
  const parts = runs.flatMap(splitIdentifier).map((part) => {
    const at = folded.indexOf(part);
    return at < 0 ? part : word.slice(at, at + part.length);
  });
  return [...parts, ...runs].sort((a, b) => a.length - b.length);
}

function holds(docs: Uint32Array, wanted: number): boolean {
  let low = 0;
  let high = docs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((docs[middle] as number) < wanted) low = middle + 1;
    else high = middle;
  }
  return docs[low] === wanted;
}
