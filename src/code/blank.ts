/** White space in source text: what chunks leave out and comments may be separated by. */

const isSpace = (unit: number): boolean => unit === 32 || (unit >= 9 && unit <= 13) || unit === 0xfeff || unit === 0xa0;

export function isBlank(text: string, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (!isSpace(text.charCodeAt(i))) return false;
  return true;
}

/** End of `[start, end)` without the white space it ends with. */
export function trimEnd(text: string, start: number, end: number): number {
  let at = end;
  while (at > start && isSpace(text.charCodeAt(at - 1))) at--;
  return at;
}

/** Start of `[start, end)` without the white space it begins with. */
export function trimStart(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && isSpace(text.charCodeAt(at))) at++;
  return at;
}

/** Only white space between, with at most `blankLines` blank lines. */
export function isJoined(text: string, start: number, end: number, blankLines: number): boolean {
  let newlines = 0;
  for (let i = start; i < end; i++) {
    const unit = text.charCodeAt(i);
    if (!isSpace(unit)) return false;
    if (unit === 10 && ++newlines > blankLines + 1) return false;
  }
  return true;
}

/** Whether only white space stands before `at` on its line. */
export function beginsLine(text: string, at: number): boolean {
  for (let i = at - 1; i >= 0; i--) {
    const unit = text.charCodeAt(i);
    if (unit === 10) return true;
    if (!isSpace(unit)) return false;
  }
  return true;
}
