/**
 * Every document of the repository scored against each part of the issue, in one walk through the postings.
 *
 * BM25F as in ranked text, with the levels that the index stores; but all documents get their score, because files are
 * judged by several of their pieces, and the same postings serve the issue as a whole, its title, prose,
 * code and error lines. Documents of tests are scored apart, with frequencies of their own.
 */
import { saturation, wtfOfLevel } from '../../index/mod.ts';
import { type Corpus, role } from './corpus.ts';
import { type Issue, termCounts } from './issue.ts';

export const textParts = ['all', 'title', 'prose', 'code', 'errors'] as const;
export type TextPart = (typeof textParts)[number];

export interface QueryTerm {
  readonly term: string;
  /** Weight in each part's query, 0 where the part does not hold it. */
  readonly weights: Readonly<Record<TextPart, number>>;
  /** Over source documents. */
  readonly idf: number;
}

export interface TextScores {
  readonly terms: readonly QueryTerm[];
  /** Per part, per document. Of test documents only `all`. */
  readonly docs: Readonly<Record<TextPart, Float64Array>>;
  /** Per file: whole files as documents. */
  readonly files: Float64Array;
}

/** Longer queries keep their heaviest terms; the longest issues of SWE-bench Lite have some 700. */
const mostTerms = 1_200;
/** What a word of the title counts beside one of the text; halving it or leaving it out costs points at 1. */
const titleWeight = 2;
/** k1 of whole files: they hold a word more often than a function does. */
const fileSaturation = 12;

/** @param without parts whose words do not count */
export function scoreText(corpus: Corpus, issue: Issue): TextScores {
  const { views, offsets, fileOfDoc, roles, docsOfFile, files } = corpus;
  const weighted = queryTerms(issue);
  const empty = (): Float64Array => new Float64Array(fileOfDoc.length);
  const docs = { all: empty(), title: empty(), prose: empty(), code: empty(), errors: empty() };
  const fileScores = new Float64Array(files.length);
  const inFile = new Float64Array(files.length);
  const counts = [0, 0, 0];
  for (const file of fileOfDoc) {
    const of = file < 0 ? role.none : (roles[file] as number);
    counts[of] = (counts[of] as number) + 1;
  }
  const sourceFiles = roles.reduce((sum, of) => sum + (of === role.source ? 1 : 0), 0);
  const meanDocs = (counts[role.source] ?? 0) / Math.max(1, sourceFiles);
  const gains = wtfOfLevel.map((wtf) => ((saturation + 1) * wtf) / (saturation + wtf));
  const terms: QueryTerm[] = [];
  for (const [term, weights] of weighted) {
    const lists = views.map(({ segment }) => segment.postings(term));
    const holding = [0, 0, 0];
    const touched: number[] = [];
    for (const [at, list] of lists.entries()) {
      if (list === null) continue;
      const offset = offsets[at] as number;
      for (let i = 0; i < list.docs.length; i++) {
        const file = fileOfDoc[offset + (list.docs[i] as number)] as number;
        if (file < 0) continue;
        const of = roles[file] as number;
        holding[of] = (holding[of] as number) + 1;
        if (of !== role.source) continue;
        if (inFile[file] === 0) touched.push(file);
        inFile[file] = (inFile[file] as number) + (wtfOfLevel[list.levels[i] as number] as number);
      }
    }
    const idf = inverse(counts[role.source] as number, holding[role.source] as number);
    const idfTest = inverse(counts[role.test] as number, holding[role.test] as number);
    const idfFile = inverse(sourceFiles, touched.length);
    terms.push({ term, weights, idf: holding[role.source] === 0 ? 0 : idf });
    for (const file of touched) {
      const wtf = inFile[file] as number;
      inFile[file] = 0;
      const length = 0.5 + (0.5 * (docsOfFile[file] as number)) / meanDocs;
      fileScores[file] = (fileScores[file] as number) + (weights.all * idfFile * wtf) / (wtf + fileSaturation * length);
    }
    for (const [at, list] of lists.entries()) {
      if (list === null) continue;
      const offset = offsets[at] as number;
      for (let i = 0; i < list.docs.length; i++) {
        const doc = offset + (list.docs[i] as number);
        const file = fileOfDoc[doc] as number;
        if (file < 0 || roles[file] === role.none) continue;
        const gain = gains[list.levels[i] as number] as number;
        if (roles[file] === role.test) {
          docs.all[doc] = (docs.all[doc] as number) + weights.all * idfTest * gain;
          continue;
        }
        for (const part of textParts) {
          const weight = weights[part];
          if (weight > 0) docs[part][doc] = (docs[part][doc] as number) + weight * idf * gain;
        }
      }
    }
  }
  return { terms, docs, files: fileScores };
}

const inverse = (documents: number, holding: number): number =>
  Math.log(1 + (documents - holding + 0.5) / (holding + 0.5));

function queryTerms(issue: Issue): [string, Record<TextPart, number>][] {
  const counted = {
    all: termCounts(issue.text),
    title: termCounts(issue.title),
    prose: termCounts(issue.prose),
    code: termCounts(issue.code),
    errors: termCounts(issue.errors),
  };
  const log = (count: number | undefined): number => (count === undefined ? 0 : 1 + Math.log(count));
  const terms = new Set([...counted.all.keys(), ...counted.title.keys()]);
  const weighted = [...terms].map((term): [string, Record<TextPart, number>] => {
    const title = counted.title.has(term) ? titleWeight : 0;
    return [
      term,
      {
        all: log(counted.all.get(term)) + title,
        title: title === 0 ? 0 : 1,
        prose: counted.prose.has(term) ? log(counted.prose.get(term)) + title : 0,
        code: log(counted.code.get(term)),
        errors: log(counted.errors.get(term)),
      },
    ];
  });
  return weighted.length <= mostTerms ? weighted : weighted.sort((a, b) => b[1].all - a[1].all).slice(0, mostTerms);
}

/** Decay of the second and third best piece of a file, measured for file localization: dropping both costs five points at 1. */
const decay = 0.6;

/** Per file: its best document, and the decayed sum of its best three. */
export function perFile(
  corpus: Corpus,
  scores: Float64Array,
  wanted: number = role.source,
): { max: Float64Array; top: Float64Array } {
  const { files, fileOfDoc, roles } = corpus;
  const first = new Float64Array(files.length);
  const second = new Float64Array(files.length);
  const third = new Float64Array(files.length);
  for (let doc = 0; doc < scores.length; doc++) {
    const score = scores[doc] as number;
    if (score === 0) continue;
    const file = fileOfDoc[doc] as number;
    if (file < 0 || roles[file] !== wanted || score <= (third[file] as number)) continue;
    if (score > (first[file] as number)) {
      third[file] = second[file] as number;
      second[file] = first[file] as number;
      first[file] = score;
    } else if (score > (second[file] as number)) {
      third[file] = second[file] as number;
      second[file] = score;
    } else third[file] = score;
  }
  const top = first.map((score, at) => score + decay * (second[at] as number) + decay * decay * (third[at] as number));
  return { max: first, top };
}
