/**
 * BM25F over segments: the k best documents and the statistics that explain them.
 *
 * Statistics are those of all views together, so that a score depends neither on what was
 * deleted nor on how documents are spread. How most documents are left unscored is the
 * business of `rank-view.ts`.
 */
import { chunkKinds } from '../../code/mod.ts';
import { BestDocs } from './best.ts';
import { rankView, type Walk } from './rank-view.ts';
import { inverseFrequency, liveDocuments, liveHolding, liveRanges } from './statistics.ts';
import type { SegmentView, TextAnswer, TextQuery } from './types.ts';
import { gainOfLevel } from './weights.ts';

/**
 * Ranks the documents of the views for a query.
 *
 * score(doc) = factor of its flags · factor of its kind · Σ over terms of
 * weight · idf · `gainOfLevel`. Equal scores stand in the order of version
 * (or the query's own) and chunk. Documents without any of the terms are not in the answer.
 */
export function rankText(views: readonly SegmentView[], query: TextQuery): TextAnswer {
  const ranges = views.map(liveRanges);
  const documents = ranges.reduce((sum, range) => sum + liveDocuments(range), 0);
  const cursors = views.map(({ segment }) => query.terms.map(({ term }) => segment.cursor(term)));
  const terms = query.terms.map(({ term }, t) => {
    const holding = ranges.reduce((sum, range, at) => sum + liveHolding(range, cursors[at]?.[t] ?? null), 0);
    return { term, documents: holding, idf: inverseFrequency(documents, holding) };
  });
  const gains = query.terms.map(({ weight }, at) => {
    const idf = terms[at]?.idf ?? 0;
    return gainOfLevel.map((gain) => weight * idf * gain);
  });
  const factors = documentFactors(query);
  const best = new BestDocs(views, query.k, query.order ?? null);
  // The largest first: its documents raise the bar for the others.
  const order = views.map((_, at) => at).sort((a, b) => docsOf(views, b) - docsOf(views, a));
  for (const at of order) {
    const walks: Walk[] = [];
    for (const [t, cursor] of (cursors[at] ?? []).entries())
      if (cursor !== null) walks.push({ cursor, gains: gains[t] as Float64Array });
    best.enter(at);
    if (walks.length > 0) rankView(views[at] as SegmentView, walks, factors, best);
  }
  return { docs: best.sorted(), documents, terms };
}

const docsOf = (views: readonly SegmentView[], at: number): number => views[at]?.segment.docCount ?? 0;

/** By kind number × 256 + flags; 0 for kinds not admitted. */
function documentFactors(query: TextQuery): Float64Array {
  const factors = new Float64Array(256 * chunkKinds.length);
  for (const [number, kind] of chunkKinds.entries()) {
    if (query.kinds !== null && !query.kinds.includes(kind)) continue;
    const ofKind = query.kindFactors[kind];
    for (let flags = 0; flags < 256; flags++) factors[number * 256 + flags] = ofKind * (query.factors[flags] as number);
  }
  return factors;
}
