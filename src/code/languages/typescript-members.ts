/**
 * Signatures without a name that stand behind a member without a semicolon:
 *
 *     interface Handlers {
 *       <A>(first: A): [A]
 *       <A, B>(first: A, second: B): [A, B]
 *     }
 *
 * The grammar takes the second `<` for a part of the type before it, and what follows may be lost up to the end of the file: in Hono's
 * `helper/factory` a class and two functions that everybody imports. Of 359 files there 8 had syntax errors, and 2 have. A semicolon in
 * the white space before it ends the member before. Only what reads `<…>(…):` at the beginning of a line is such a signature; expressions
 * and elements of JSX are left alone.
 */

/** Names and types of a signature's parameters; one of eleven handlers, each with four types, has some 1,500 characters. */
const longestUnits = 8_000;
/** What reading may cost in all, per character of the text, so that a hostile one takes no square of its length. */
const readings = 8;
const commentLines = 50;

const begins = /\n[ \t]+(?=<\s*[\p{L}_$])/gu;

/** The text in its length, with members ended. */
export function endMembers(text: string): string {
  const parts: string[] = [];
  let at = 0;
  let left = text.length * readings;
  for (const { 0: space, index } of text.matchAll(begins)) {
    const start = index + space.length;
    const end = signatureEnd(text, start);
    left -= (end < 0 ? Math.min(longestUnits, text.length - start) : end - start) + 1;
    if (left < 0) break;
    if (end < 0 || !endsMember(lineBefore(text, index))) continue;
    parts.push(text.slice(at, start - 1), ';');
    at = start;
  }
  return parts.length === 0 ? text : parts.join('') + text.slice(at);
}

/** @returns the place of the colon behind `<…>(…)`, or -1 */
function signatureEnd(text: string, start: number): number {
  const piece = text.slice(start, start + longestUnits);
  const open = afterSpace(piece, afterBrackets(piece, 0));
  if (piece[open] !== '(') return -1;
  const colon = afterSpace(piece, afterBrackets(piece, open));
  return piece[colon] === ':' ? start + colon : -1;
}

const space = /\s*/y;

function afterSpace(text: string, at: number): number {
  if (at < 0) return at;
  space.lastIndex = at;
  space.test(text);
  return space.lastIndex;
}

/** Brackets of all kinds, arrows, and what no bracket counts in: strings and comments. Unclosed ones reach to the end, so that nothing is read twice. */
const bracket =
  /=>|[<([{]|[>)\]}]|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|(?![\s\S]))/g;

/** @returns the place behind the bracket that closes the one at `start`, or -1 */
function afterBrackets(text: string, start: number): number {
  bracket.lastIndex = start;
  let depth = 0;
  for (let found = bracket.exec(text); found !== null; found = bracket.exec(text)) {
    const [sign] = found;
    if (sign.length > 1) continue;
    depth += '<([{'.includes(sign) ? 1 : -1;
    if (depth === 0) return bracket.lastIndex;
  }
  return -1;
}

/** The line that ends at `newline` or the nearest above it that is no comment, without white space and comments at its ends. */
function lineBefore(text: string, newline: number): string {
  let end = newline;
  for (let lines = 0; lines < commentLines && end > 0; lines++) {
    const start = text.lastIndexOf('\n', end - 1) + 1;
    const line = text.slice(Math.max(start, end - 200), end).trim();
    if (line !== '' && !/^(?:\/\/|\/?\*)|\*\/$/.test(line)) return line.replace(/\s*\/\/.*$/, '');
    end = start - 1;
  }
  return '';
}

/** Words behind which an expression goes on. */
const goesOn =
  /\b(?:as|async|await|case|default|extends|in|instanceof|is|keyof|new|of|return|satisfies|throw|typeof|yield)$/;

const endsMember = (line: string): boolean => /(?:[\])}'"`\w$]|(?:^|[^=])>)$/.test(line) && !goesOn.test(line);
