/** Brings what was guessed together with what was recorded: an injected value with its site, and both into the same words. */
import type { GuessType, Injection, SizeClass, ValueSite } from '../../run/mod.ts';

/** What a value is, in the words of a recording; null: it has none, or it cannot be told. */
export interface Words {
  readonly type: GuessType;
  readonly truth: boolean | null;
  readonly size: SizeClass | null;
}

/**
 * The site that an injected value stands for: of its kind and line, by what the source says, then by column.
 *
 * @returns null when nothing was recorded there: the line never ran in the suite, or what stands there is no site
 */
export function siteOf(injection: Injection, sites: readonly ValueSite[]): ValueSite | null {
  const what = withoutArguments(injection.what);
  let best: ValueSite | null = null;
  let most = 0;
  for (const site of sites) {
    if (site.kind !== injection.kind || site.at.line > injection.line || site.at.endLine < injection.line) continue;
    const says = withoutArguments(site.what) === what ? 4 : 0;
    const at = site.at.column === injection.column ? 2 : 0;
    const line = site.at.line === injection.line ? 1 : 0;
    if (says + at + line > most && (says > 0 || at + line === 3)) {
      best = site;
      most = says + at + line;
    }
  }
  return best;
}

/** `a.load( path, 3 ).x` as `a.load().x`. */
export function withoutArguments(what: string): string {
  let depth = 0;
  let text = '';
  for (const letter of what.replaceAll(/\s+/g, '')) {
    if (letter === ')') depth = Math.max(0, depth - 1);
    if (depth === 0) text += letter;
    if (letter === '(') depth++;
  }
  return text;
}

/** Types whose values have a length. */
const sized: ReadonlySet<GuessType> = new Set(['text', 'bytes', 'list', 'tuple', 'set', 'mapping']);

/**
 * An injected value in words, from its notation in Python, which is cut to 100 characters.
 *
 * An instance of a class that is not known is true: that is what the first round makes of its conditions.
 */
export function wordsOf({ type, value }: Pick<Injection, 'type' | 'value'>): Words {
  if (type === 'none') return { type, truth: false, size: null };
  if (type === 'boolean') return { type, truth: value !== 'False', size: null };
  if (type === 'integer' || type === 'float') {
    const number = Number(value);
    if (Number.isNaN(number)) return { type, truth: null, size: null };
    return {
      type,
      truth: number !== 0,
      size: number < 0 ? 'negative' : number === 0 ? 'zero' : number <= 1 ? 'one' : 'more',
    };
  }
  if (!sized.has(type)) return { type, truth: true, size: null };
  const length = lengthOf(type, value);
  return { type, truth: length > 0, size: length === 0 ? 'empty' : length === 1 ? 'one' : 'many' };
}

/** 0, 1 or more of a notation; more than one stands for all above. */
function lengthOf(type: GuessType, value: string): number {
  if (type === 'text' || type === 'bytes') {
    const [, inside = ''] = /^[A-Za-z]{0,2}(?:'''|"""|'|")([\s\S]*?)(?:'''|"""|'|"|…|\.\.\.)?$/.exec(value) ?? [];
    return inside.replaceAll(/\\(x..|u....|U........|.)/g, '_').length;
  }
  const inside = value.replace(/^[^[({]*[[({]+/, '').replace(/[\])}]+$/, '');
  if (inside.trim() === '') return 0;
  return 1 + commas(value);
}

/** Commas between items: not those within brackets or texts, nor one behind the last. */
function commas(value: string): number {
  let depth = 0;
  let found = 0;
  let quote = '';
  const begin = value.search(/[[({]/);
  const text = value.slice(begin).replace(/,\s*[\])}]+$/, '');
  for (let at = 0; at < text.length; at++) {
    const letter = text[at] as string;
    if (quote !== '') {
      if (letter === '\\') at++;
      else if (letter === quote) quote = '';
    } else if (letter === '"' || letter === "'") quote = letter;
    else if ('[({'.includes(letter)) depth++;
    else if ('])}'.includes(letter)) depth--;
    else if (letter === ',' && depth === 1) found++;
  }
  return found;
}
