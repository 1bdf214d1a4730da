/** The person's view of a search: hits, then one line of how they were found. */

import { answerText, type Clarification } from '../../search/mod.ts';
import type { SearchOutput } from '../operations/search.ts';
import type { Settings } from '../operations/types.ts';
import { count, grouped, harmless, painter } from '../paint.ts';
import { hitView } from './hit.ts';

export function searchView(output: SearchOutput, settings: Settings): string {
  // Within a budget exactly the text that was counted is printed; the rest goes to standard error.
  if (output.tokens !== null)
    return answerText({ hits: output.hits, notices: [] }).split('\n').map(harmless).join('\n');
  const paint = painter(settings);
  const hits = output.hits.map((hit) => `${hitView(hit, settings)}\n`).join('');
  const asked = output.clarification === null ? '' : `${clarificationLines(output.clarification).join('\n')}\n\n`;
  return hits + asked + paint.dim(`${footer(output)}\n`);
}

/** The question, and on a line of its own what to put behind the query, likeliest first. */
export function clarificationLines({ question, choices }: Clarification): readonly [string, string] {
  const filters = choices.map(({ narrowing }) => harmless(narrowing));
  return [`${question} Add one of these to the query:`, `  ${filters.join('   ')}`];
}

/** `10 of 1,240 matches · words search (inferred) · 1,024 files · 14 ms`. */
function footer({ root, hits, total, query, rewritten, completeness, elapsedMs }: SearchOutput): string {
  const all = `${total.moreThan ? 'more than ' : ''}${grouped(total.count)}`;
  const parts = [
    `${grouped(hits.length)} of ${all} match${total.count === 1 ? '' : 'es'}${hits.length === 0 ? ` in ${harmless(root)}` : ''}`,
    `${query.mode} search${query.inferred ? ' (inferred)' : ''}`,
    count(completeness.indexedFiles, 'file'),
    `${grouped(elapsedMs.search)} ms`,
  ];
  if (rewritten !== null && rewritten.words.length > 0)
    parts.push(`with ${rewritten.words.map(harmless).join(' ')} by ${harmless(rewritten.model)}`);
  if (elapsedMs.refresh >= 1000) parts.push(`${(elapsedMs.refresh / 1000).toFixed(1)} s to bring the index up to date`);
  return parts.join(' · ');
}
