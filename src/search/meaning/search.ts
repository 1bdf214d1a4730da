/**
 * Searching with meaning where it helps: a query of words, with a word that the encoder knows.
 *
 * A name is searched as a name, without a vector being made or loaded. What is missing of the vectors is made when the
 * first query of words comes.
 */
import type { Snapshot } from '../../index/mod.ts';
import { isDefined } from '../names.ts';
import { parseQuery } from '../query.ts';
import { search } from '../search.ts';
import type { SearchAnswer, SearchOptions } from '../types.ts';
import type { Meaning } from './open.ts';

export interface MeaningfulOptions extends SearchOptions {
  /** `only`: rank by meaning alone. Default `auto`: with words. */
  readonly by?: 'auto' | 'only';
}

/**
 * As `search`, with meaning.
 *
 * @param open gives the meaning of the snapshot, or `null` when there is none to be had; called when it is needed
 * @throws as `search`, and what `open` and the encoder throw
 */
export async function searchWithMeaning(
  snapshot: Snapshot,
  queryText: string,
  options: MeaningfulOptions,
  open: () => Promise<Meaning | null>,
): Promise<SearchAnswer> {
  const { by = 'auto', ...plain } = options;
  const query = parseQuery(queryText, {
    ...(plain.mode === undefined ? {} : { mode: plain.mode }),
    isName: (word) => isDefined(snapshot.segments(null), word),
  });
  if (query.words.length === 0) return search(snapshot, queryText, plain);
  const saying = (notice: string): SearchAnswer => search(snapshot, queryText, { ...plain, notices: [notice] });
  if (query.mode === 'identifier')
    return by === 'auto'
      ? search(snapshot, queryText, plain)
      : saying('The query was read as a name; with --mode words it is ranked by meaning.');
  const meaning = await open();
  if (meaning === null) return search(snapshot, queryText, plain);
  const asked = await meaning.ask(query.words.join(' '), options.signal);
  if (asked !== null) return search(snapshot, queryText, { ...plain, meaning: asked, words: by === 'auto' });
  const how =
    by === 'auto' ? 'it was ranked by words alone' : 'there is no meaning to rank by, so it was ranked by words';
  return saying(`The encoder knows no word of the query; ${how}.`);
}
