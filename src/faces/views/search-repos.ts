/** The person's view of a search through a set of repositories: hits with whole ids, then one line of how they were found. */
import { answerText, nameEnd } from '../../search/mod.ts';
import type { SearchReposOutput } from '../operations/search-repos.ts';
import type { Settings } from '../operations/types.ts';
import { count, grouped, harmless, painter } from '../paint.ts';
import { hitView } from './hit.ts';
import { clarificationLines } from './search.ts';

export function searchReposView(output: SearchReposOutput, settings: Settings): string {
  // An id stands whole, so that it can be copied into `winnow show`.
  const hits = output.hits.map(({ repository, ...hit }) => ({ ...hit, path: repository + nameEnd + hit.path }));
  // Within a budget exactly the text that was counted is printed; the rest goes to standard error.
  if (output.tokens !== null) return answerText({ hits, notices: [] }).split('\n').map(harmless).join('\n');
  const paint = painter(settings);
  const asked = output.clarification === null ? '' : `${clarificationLines(output.clarification).join('\n')}\n\n`;
  return hits.map((hit) => `${hitView(hit, settings)}\n`).join('') + asked + paint.dim(`${footer(output)}\n`);
}

/** `10 of 1,240 matches · words search (inferred) · 3 of 4 repositories · 1,024 files · 14 ms`. */
function footer({ set, hits, total, query, repositories, elapsedMs }: SearchReposOutput): string {
  const all = `${total.moreThan ? 'more than ' : ''}${grouped(total.count)}`;
  const answered = repositories.filter(({ indexedFiles }) => indexedFiles > 0).length;
  const parts = [
    `${grouped(hits.length)} of ${all} match${total.count === 1 ? '' : 'es'}${hits.length === 0 ? ` in ${set}` : ''}`,
    `${query.mode} search${query.inferred ? ' (inferred)' : ''}`,
    answered === repositories.length
      ? repositories.length === 1
        ? '1 repository'
        : `${grouped(answered)} repositories`
      : `${grouped(answered)} of ${grouped(repositories.length)} repositories`,
    count(
      repositories.reduce((sum, { indexedFiles }) => sum + indexedFiles, 0),
      'file',
    ),
    `${grouped(elapsedMs.search)} ms`,
  ];
  if (elapsedMs.gather >= 1000) parts.push(`${(elapsedMs.gather / 1000).toFixed(1)} s to bring the indexes up to date`);
  return parts.join(' · ');
}
