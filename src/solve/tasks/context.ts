/** Code of a repository that may help with a task: found by its words, within a budget of tokens, without the function that is asked for. */
import type { Snapshot } from '../../index/mod.ts';
import { search } from '../../search/mod.ts';
import type { ContextPiece, Task } from '../types.ts';

/** Enough for a few functions, and little beside what a model reads anyway. */
const usualTokens = 1_500;
const mostPieces = 5;
/** A query is a question; a page of documentation has its point in its first lines. */
const mostWords = 60;

/** @param path of the task's own file, relative to the root, whose text the task has already; empty: none */
export function contextFor(snapshot: Snapshot, task: Task, path: string, signal: AbortSignal): readonly ContextPiece[] {
  const words = task.text
    .replace(/[^\p{L}\p{N}_]+/gu, ' ')
    .trim()
    .split(' ')
    .slice(0, mostWords)
    .join(' ');
  if (words === '') return [];
  const { hits } = search(snapshot, words, {
    mode: 'words',
    limit: mostPieces + 5,
    body: true,
    budgetTokens: usualTokens,
    signal,
  });
  return hits
    .filter((hit) => hit.body !== null && (path === '' || hit.path !== path))
    .slice(0, mostPieces)
    .map(({ id, language, body }) => ({ label: id, language, text: body ?? '' }));
}
