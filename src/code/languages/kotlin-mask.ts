/**
 * What the grammar of Kotlin cannot read, put so that it can: `fun interface`, and several members on one line.
 *
 * The grammar ends a member at a newline or a semicolon only, where the language lets the brace of the body end it too: of
 * `class A { companion object { fun b() = 1 } }` nothing was found. So a space before such a brace, or behind one, becomes a newline. Lines with quotes or comments
 * are left alone, since there a newline would be read; in a string over many lines it changes nothing that is looked at.
 */

const functionalInterface = /\bfun(?=[ \t]+interface\b)/g;
/** Where a line can be told to have no text in it. */
const plainLine = /^[^"'/\n]*\}[^"'/\n]*$/gm;
/** A space before a closing brace, or between one and a member. */
const memberEnd =
  /[ \t](?=\})|(?<=\})[ \t](?=(?:(?:public|private|protected|internal|override|open|abstract|final|suspend|inline|operator|companion|data|lateinit|const) )*(?:fun|val|var|class|object|interface)\b)/g;

/** @returns text of the same length */
export const maskMembers = (text: string): string =>
  text
    .replace(functionalInterface, '   ')
    .replace(plainLine, (line) => (closesTwice.test(line) ? line.replace(memberEnd, '\n') : line));

/** One brace that closes ends its line, or stands where a newline changes nothing. */
const closesTwice = /\}.*\}/;
