/**
 * Phrases and exclusions: first by postings, then on the source text itself.
 *
 * A phrase fits where its text stands between word borders, without regard to letter
 * case and to how much white space lies between. Its words are whole words there, so
 * every place that fits holds the term of each word, and postings rule out the rest
 * without reading anything. An excluded word leaves out each chunk that holds its term
 * in any field, the path included; an excluded phrase is checked on the text.
 */
import { wordTerms } from '../code/mod.ts';
import type { SegmentView } from '../index/mod.ts';
import { docsWithAll, indexIn, narrowed } from './views.ts';

const wordRuns = /[A-Za-z0-9_$]+/g;
const spaces = /\s+/gu;

const folded = (text: string): string => text.toLowerCase().replace(spaces, ' ');

/** Test of a chunk's text for a phrase. */
export function phraseTest(phrase: string): (text: string) => boolean {
  const sought = folded(phrase.trim());
  const opens = isWord(sought.charCodeAt(0));
  const closes = isWord(sought.charCodeAt(sought.length - 1));
  return (text) => {
    const within = folded(text);
    for (let at = within.indexOf(sought); at >= 0; at = within.indexOf(sought, at + 1)) {
      const end = at + sought.length;
      if (opens && at > 0 && isWord(within.charCodeAt(at - 1))) continue;
      if (closes && end < within.length && isWord(within.charCodeAt(end))) continue;
      return true;
    }
    return false;
  };
}

/** Whether a character belongs to words; `_`, `$` and all beyond ASCII do. */
function isWord(code: number): boolean {
  return (
    code >= 0x80 ||
    (code >= 48 && code <= 57) ||
    (code >= 65 && code <= 90) ||
    (code >= 97 && code <= 122) ||
    code === 95 ||
    code === 36
  );
}

/** Terms that every text with the phrase holds: of each ASCII word, that of the whole. */
export function phraseTerms(phrase: string): string[] {
  // Words that touch characters beyond ASCII are left to the text: their terms depend on folding.
  if (/[^\0-~]/.test(phrase)) return [];
  const terms = (phrase.match(wordRuns) ?? []).map((word) => wordTerms(word).at(-1) ?? '');
  return [...new Set(terms)].filter((term) => term !== '');
}

/** Documents of a view that may hold all of the phrases; `null` when postings cannot tell. */
export function phraseDocs(view: SegmentView, phrases: readonly string[]): Uint32Array | null {
  const terms = [...new Set(phrases.flatMap(phraseTerms))];
  return terms.length === 0 ? null : docsWithAll(view, terms);
}

/** The view, narrowed to files that have one of the documents. */
export function narrowedTo(view: SegmentView, docs: Uint32Array): SegmentView {
  const indexes = new Set<number>();
  for (const doc of docs) indexes.add(view.segment.versionIndex(doc));
  return narrowed(view, (_version, index) => indexes.has(index));
}

export interface Exclusion {
  /** Whether postings alone leave the document out. */
  readonly byTerms: (view: SegmentView, doc: number) => boolean;
  /** Whether the text leaves it out; `null` when there is no phrase to look for. */
  readonly byText: ((text: string) => boolean) | null;
}

export function exclusionOf(excluded: readonly string[]): Exclusion {
  const words: string[][] = [];
  const phrases: ((text: string) => boolean)[] = [];
  for (const text of excluded) {
    const terms = [
      ...new Set((text.match(/[\p{L}\p{M}\p{N}_$]+/gu) ?? []).map((word) => wordTerms(word).at(-1) ?? '')),
    ];
    const known = terms.filter((term) => term !== '');
    if (/\s/u.test(text) || known.length === 0) phrases.push(phraseTest(text));
    else words.push(known);
  }
  const docs = new Map<SegmentView, Uint32Array[]>();
  return {
    byTerms: (view, doc) => {
      let lists = docs.get(view);
      if (lists === undefined) {
        lists = words.map((terms) => docsWithAll(view, terms));
        docs.set(view, lists);
      }
      return lists.some((list) => indexIn(list, doc) >= 0);
    },
    byText: phrases.length === 0 ? null : (text) => phrases.some((test) => test(text)),
  };
}
