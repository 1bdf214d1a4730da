/**
 * Lengths and parts of texts in characters as openCypher counts them: code points, so that no half of a surrogate pair is ever given.
 * A text without such pairs, as nearly all are, costs one look for them. What a reader takes for one character may still be several.
 */
const pair = /[\ud800-\udbff][\udc00-\udfff]/;
const pairs = new RegExp(pair, 'g');

export function lengthOf(text: string): number {
  let length = text.length;
  if (pair.test(text)) for (const _ of text.matchAll(pairs)) length--;
  return length;
}

/** As `String.slice`, in code points. */
export function sliceOf(text: string, start = 0, end = Number.POSITIVE_INFINITY): string {
  if (!pair.test(text)) return text.slice(start, end);
  const length = start < 0 || end < 0 ? lengthOf(text) : 0;
  const from = unitsBefore(text, start < 0 ? length + start : start);
  return text.slice(from, Math.max(from, unitsBefore(text, end < 0 ? length + end : end)));
}

/** UTF-16 units of the first `count` code points. */
function unitsBefore(text: string, count: number): number {
  let units = 0;
  for (let left = Math.trunc(count); left > 0 && units < text.length; left--)
    units += (text.codePointAt(units) as number) > 0xffff ? 2 : 1;
  return units;
}

/** As `String.split`; an empty text splits into code points. */
export const splitBy = (text: string, by: string): string[] => (by === '' ? [...text] : text.split(by));
