/** The search that an address asks for. */
import type { Place } from '../shell/repositories.ts';

/** How the query can be read; `auto` is inferred. */
export const readings = ['auto', 'words', 'identifier', 'regex'] as const;

/** @returns the operation's input; null where nothing is asked */
export function questionOf(params: URLSearchParams, place: Place, limit: number): Record<string, unknown> | null {
  const query = (params.get('q') ?? '').trim();
  if (query === '') return null;
  const reading = params.get('read') ?? 'auto';
  const filters = {
    lang: params.getAll('lang').filter((one) => one !== ''),
    kind: params.getAll('kind').filter((one) => one !== ''),
    path: params.getAll('path').filter((one) => one !== ''),
  };
  const where = place.isSet
    ? { repos: place.name.slice('set:'.length), deadline: '5s' }
    : { directory: place.directory };
  if (reading === 'regex' && !place.isSet)
    return { regex: query, directory: place.directory, limit, body: true, ...filters };
  return {
    query,
    ...where,
    limit,
    body: true,
    clarify: true,
    ...(reading === 'words' || reading === 'identifier' ? { mode: reading } : {}),
    ...filters,
  };
}
