/**
 * Stems of a name's words, remembered: the same few thousand names are asked for by every
 * query, and stemming them was a tenth of a query's time.
 */
import { splitIdentifier, stem } from '../code/mod.ts';

/** Names remembered, at most; then all are forgotten, which costs one slow query. */
const mostKnown = 20_000;
const known = new Map<string, ReadonlySet<string>>();

export function nameTerms(name: string): ReadonlySet<string> {
  let terms = known.get(name);
  if (terms === undefined) {
    terms = new Set(splitIdentifier(name).map(stem));
    if (known.size >= mostKnown) known.clear();
    known.set(name, terms);
  }
  return terms;
}
