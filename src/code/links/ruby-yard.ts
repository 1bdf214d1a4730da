/**
 * Types in YARD's comments: `@param user [User]`, `@return [Array<User>, nil]`.
 *
 * Only what names one type counts, beside `nil`: comments promise nothing, and several types say little.
 */
import type { Extent } from '../scan.ts';
import type { LinkBuilder } from './builder.ts';

export interface Documented {
  /** Types as written, by the parameter's name. */
  readonly parameters: ReadonlyMap<string, string>;
  readonly result: string | null;
}

const nothing: Documented = { parameters: new Map(), result: null };

/** Comments are read up to this many units. */
const mostUnits = 8_000;

export function documented(links: LinkBuilder, symbol: number): Documented {
  const found = links.scan.symbols[symbol];
  if (found === undefined) return nothing;
  const doc: Extent = { start: found.docStart, end: Math.min(found.docEnd, found.docStart + mostUnits) };
  if (doc.end <= doc.start) return nothing;
  const text = links.text.slice(doc.start, doc.end);
  if (!text.includes('@')) return nothing;
  const parameters = new Map<string, string>();
  for (const [, before, name = '', behind] of text.matchAll(
    /@param[ \t]+(?:\[([^\]\n]*)\][ \t]+)?\*{0,2}&?(\w+)(?:[ \t]+\[([^\]\n]*)\])?/g,
  )) {
    const type = before ?? behind;
    if (type !== undefined && !parameters.has(name)) parameters.set(name, type);
  }
  return { parameters, result: /@return[ \t]+\[([^\]\n]*)\]/.exec(text)?.[1] ?? null };
}

/** The type that is written, as an expression in the scope at hand, or -1. */
export function typeNamed(links: LinkBuilder, written: string): number {
  const { expressions } = links;
  const [only, ...more] = written
    .split(/,(?![^<{(]*[>})])/)
    .map((one) => one.trim())
    .filter((one) => one !== '' && one !== 'nil' && one !== 'NilClass');
  if (only === undefined || more.length > 0) return -1;
  const applied = /^(?:::)?(Array|Set|Enumerable|Enumerator)<([\w:]+)>$/.exec(only);
  if (applied !== null) {
    return expressions.applied(links.name(applied[1] as string), [constant(links, applied[2] as string)]);
  }
  if (only === 'self') return -1;
  if (only === 'Boolean' || only === 'true' || only === 'false' || only === 'void') return -1;
  return constant(links, only);
}

function constant(links: LinkBuilder, written: string): number {
  if (!/^(::)?[A-Z]\w*(::[A-Z]\w*)*$/.test(written)) return -1;
  const [first = '', ...rest] = written.replace(/^::/, '').split('::');
  let value = links.name(written.startsWith('::') ? `::${first}` : first);
  for (const name of rest) value = links.expressions.member(value, name);
  return value;
}
