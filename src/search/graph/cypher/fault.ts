/** Faults of a query, shown where they are: the line of the query and a caret below it. */
import { WinnowError } from '../../../base/mod.ts';

/** Longest part of a line that is shown. */
const shownUnits = 100;

/** @param at offset in `text`, in UTF-16 units */
export function fault(text: string, at: number, message: string): WinnowError {
  const place = Math.min(at, text.length);
  const start = text.lastIndexOf('\n', place - 1) + 1;
  const newline = text.indexOf('\n', place);
  const end = newline < 0 ? text.length : newline;
  const from = place - start > shownUnits / 2 ? place - shownUnits / 2 : start;
  const line = text.slice(from, Math.min(end, from + shownUnits)).replaceAll('\t', ' ');
  const lineNumber = text.slice(0, start).split('\n').length;
  const where = `line ${lineNumber}, column ${place - start + 1}`;
  const details = { at: place, line: lineNumber, column: place - start + 1 };
  return new WinnowError('bad-query', `${message} (${where})\n  ${line}\n  ${' '.repeat(place - from)}^`, { details });
}
