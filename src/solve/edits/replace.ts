/**
 * Lines that a model quotes are found in a file and replaced; where they are not there, the nearest are shown with what differs.
 *
 * First as they are; then without spaces at ends of lines; then with another indentation, which the replacement is given too. A search that fits several places is refused: which of them was meant
 * cannot be told.
 */

export type Placed =
  | { readonly kind: 'placed'; readonly text: string }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * @param text line breaks `\n`
 * @param search whole lines, at least one that is not blank
 */
export function replaceLines(text: string, search: string, replace: string): Placed {
  const lines = text.split('\n');
  const wanted = trimmedLines(search);
  const fresh = trimmedLines(replace);
  if (wanted.every((line) => line.trim() === ''))
    return { kind: 'refused', reason: 'the search part is blank, and the file is not empty' };
  const ways = [(line: string) => line, (line: string) => line.trimEnd(), (line: string) => line.trim()];
  for (const [index, way] of ways.entries()) {
    const places = placesOf(lines, wanted, way).filter((at) => index < 2 || shiftAt(lines, wanted, at) !== null);
    if (places.length > 1)
      return {
        kind: 'refused',
        reason: `the search part stands at lines ${places.map((at) => at + 1).join(', ')}; quote more lines around the one that is meant`,
      };
    const [at] = places;
    if (at === undefined) continue;
    const shift = index < 2 ? null : shiftAt(lines, wanted, at);
    const put = shift === null ? fresh : fresh.map(shift);
    return { kind: 'placed', text: [...lines.slice(0, at), ...put, ...lines.slice(at + wanted.length)].join('\n') };
  }
  return { kind: 'refused', reason: `the search part is not in the file. ${nearestHint(lines, wanted)}` };
}

/** The line break before a fence or marker is no line of its own; nothing at all is no line. */
const trimmedLines = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));

function placesOf(lines: readonly string[], wanted: readonly string[], way: (line: string) => string): number[] {
  const sought = wanted.map(way);
  const places: number[] = [];
  for (let at = 0; at + sought.length <= lines.length; at++)
    if (sought.every((line, offset) => way(lines[at + offset] as string) === line)) places.push(at);
  return places;
}

/** How quoted lines are indented anew so that they are those of the file; null where no one shift does. */
function shiftAt(lines: readonly string[], wanted: readonly string[], at: number): ((line: string) => string) | null {
  const first = wanted.findIndex((line) => line.trim() !== '');
  const [quoted, found] = [indentOf(wanted[first] ?? ''), indentOf(lines[at + first] ?? '')];
  const shift = (line: string): string | null => {
    if (line.trim() === '') return '';
    if (found.startsWith(quoted)) return found.slice(0, found.length - quoted.length) + line;
    const less = quoted.slice(0, quoted.length - found.length);
    return quoted.endsWith(found) && line.startsWith(less) ? line.slice(less.length) : null;
  };
  const fits = wanted.every((line, offset) => shift(line)?.trimEnd() === (lines[at + offset] ?? '').trimEnd());
  return fits ? (line) => shift(line) ?? line : null;
}

const indentOf = (line: string): string => /^[ \t]*/.exec(line)?.[0] ?? '';

/** Lines that are compared at most, for a hint is worth no more than some milliseconds. */
const mostCompared = 400_000;

/** The place where most quoted lines stand, and the first that differs there. */
function nearestHint(lines: readonly string[], wanted: readonly string[]): string {
  let best = { at: -1, same: 0 };
  if (lines.length * wanted.length <= mostCompared)
    for (let at = 0; at < lines.length; at++) {
      let same = 0;
      for (const [offset, line] of wanted.entries())
        if (line.trim() !== '') same += likeness(lines[at + offset] ?? '', line);
      if (same > best.same) best = { at, same };
    }
  const asked = wanted.filter((line) => line.trim() !== '').length;
  if (best.at < 0 || best.same < asked / 2) return 'Nothing there is like it.';
  const offset = wanted.findIndex((line, index) => line.trimEnd() !== (lines[best.at + index] ?? '').trimEnd());
  return `The nearest begins at line ${best.at + 1}; the first difference is at line ${best.at + offset + 1}, which is ${JSON.stringify(lines[best.at + offset] ?? '')} and was quoted as ${JSON.stringify(wanted[offset] ?? '')}.`;
}

/** Share of words that two lines have in common, in [0, 1]. */
function likeness(one: string, other: string): number {
  if (one.trim() === other.trim()) return 1;
  const [a, b] = [wordsOf(one), wordsOf(other)];
  if (a.size === 0 || b.size === 0) return 0;
  let shared = 0;
  for (const word of a) if (b.has(word)) shared++;
  return (2 * shared) / (a.size + b.size);
}

const wordsOf = (line: string): Set<string> => new Set(line.match(/\w+|[^\s\w]+/g) ?? []);
