/**
 * Lines of a notebook as its cells say them: where the file has `"def f(a):\n",`, `def f(a):` is shown.
 *
 * Programs that write notebooks put each line of a cell on a line of the file, as a string, so lines keep their numbers. A string that holds several
 * lines stays as it is: shown as what it says, everything after it would have a wrong number.
 */

/** A string alone on its line, or the first or only one of a cell's source. */
const cellLine = /^\s*(?:"(?:source|input)"\s*:\s*\[?\s*)?("(?:[^"\\]|\\.)*")\s*\]?\s*,?\s*$/;

/** @param lines of a notebook's file */
export const cellText = (lines: string): string => lines.split('\n').map(saidBy).join('\n');

function saidBy(line: string): string {
  const written = cellLine.exec(line)?.[1];
  if (written === undefined) return line;
  try {
    const said = String(JSON.parse(written)).replace(/\r?\n$/, '');
    return said.includes('\n') ? line : said;
  } catch {
    return line;
  }
}
