/**
 * Likeness of meaning as evidence: how near the issue's vectors are to those of the chunks.
 *
 * Symptom and cause often share no word. Cosines of one issue lie close together, so each is counted in standard deviations above
 * the mean of the repository's code, and what lies below the mean says nothing.
 */
import type { AskedMeaning, Meaning } from '../meaning/open.ts';
import { type Corpus, role } from './corpus.ts';
import { type Evidence, symbolKey } from './evidence.ts';
import { parseIssue } from './issue.ts';
import { perFile } from './textscores.ts';

/** The parts of an issue whose meaning is asked; `null` where no word is known to the encoder. */
export interface IssueMeaning {
  readonly all: AskedMeaning | null;
  readonly title: AskedMeaning | null;
}

/** Characters of an issue that have a meaning of their own; the rest of a long one is output and code. */
const longestText = 4_000;

/** @param text as given to `locate` */
export async function askIssue(meaning: Meaning, text: string, signal?: AbortSignal): Promise<IssueMeaning> {
  const { title, prose } = parseIssue(text);
  const all = `${title}\n${prose === '' ? text : prose}`.slice(0, longestText);
  return { all: await meaning.ask(all, signal), title: await meaning.ask(title === '' ? all : title, signal) };
}

/** Scores of documents by meaning; all zero without. */
export interface NearDocs {
  readonly all: Float64Array;
  readonly title: Float64Array;
}

export function nearDocs(corpus: Corpus, meaning: IssueMeaning | undefined): NearDocs {
  const of = (asked: AskedMeaning | null | undefined): Float64Array =>
    asked === null || asked === undefined ? new Float64Array(corpus.fileOfDoc.length) : standardised(corpus, asked);
  return { all: of(meaning?.all), title: of(meaning?.title) };
}

function standardised(corpus: Corpus, { vectors, query }: AskedMeaning): Float64Array {
  const { views, offsets, fileOfDoc, roles } = corpus;
  const firstDoc = new Map<number, number>();
  for (const [at, { segment, live }] of views.entries())
    for (const [v, version] of segment.versions.entries())
      if (live === null || live[v] === 1)
        firstDoc.set(version, (offsets[at] as number) + (segment.firstDoc[v] as number));
  const scores = new Float64Array(fileOfDoc.length);
  vectors.forEachVersion(query, (version, cosines) => {
    const first = firstDoc.get(version);
    if (first !== undefined) scores.set(cosines, first);
  });
  let count = 0;
  let sum = 0;
  let squares = 0;
  for (const [doc, score] of scores.entries()) {
    const file = fileOfDoc[doc] as number;
    if (file < 0 || roles[file] !== role.source) continue;
    count++;
    sum += score;
    squares += score * score;
  }
  const mean = sum / Math.max(1, count);
  const deviation = Math.sqrt(Math.max(0, squares / Math.max(1, count) - mean * mean));
  return deviation === 0 ? scores.fill(0) : scores.map((score) => Math.max(0, (score - mean) / deviation));
}

/** Signals of files. */
export function fileNearness(evidence: Evidence, near: NearDocs): void {
  const all = perFile(evidence.corpus, near.all);
  evidence.setFiles('meaningTop', all.top);
  evidence.setFiles('meaningMax', all.max);
  evidence.setFiles('meaningTitle', perFile(evidence.corpus, near.title).max);
}

/**
 * Signals of symbols: a symbol's best piece.
 *
 * @param ownerOf the symbol that a document counts for, or -1
 */
export function symbolNearness(evidence: Evidence, near: NearDocs, ownerOf: (doc: number) => number): void {
  const { fileOfDoc } = evidence.corpus;
  for (let doc = 0; doc < fileOfDoc.length; doc++) {
    const [all, title] = [near.all[doc] as number, near.title[doc] as number];
    if (all === 0 && title === 0) continue;
    const owner = ownerOf(doc);
    if (owner < 0) continue;
    const key = symbolKey(fileOfDoc[doc] as number, owner);
    if (all > 0) evidence.raiseSymbol('meaning', key, all);
    if (title > 0) evidence.raiseSymbol('meaningTitle', key, title);
  }
}
