/**
 * What the grammar of C# does not know, replaced for it: directives, of which it knows `#if` around whole statements and members
 * alone (in a base list, a condition or a `switch` it costs the type around it), types without a body, and a few others.
 * Of the 1,102 files of Newtonsoft.Json and Dapper 75 had syntax errors without this, and 3 have one with it.
 *
 * What stands between directives is kept, so all variants are indexed. Only where the branches of one `#if` are no whole
 * statements or members, so that they cannot follow each other, the first stands for all. Symbols that are defined
 * are not asked for, and no condition is read.
 */

/** Comments, strings and characters, so that nothing in them is taken for a directive or a bracket; and directives. Unclosed ones reach to the end. */
const tokens =
  /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|(?![\s\S]))|("{3,})[\s\S]*?(?:\1|(?![\s\S]))|(?:@\$?|\$@)"(?:[^"]|"")*"?|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)+'|^\ufeff?[ \t]*#[^\n]*/gm;

interface Directive {
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

/** Deeper ones are not looked into for whole branches: reading them again at each level would take the square of a hostile file. */
const maxDepth = 16;

/** `class Foo(int a) : Bar(a);`. Bounded, so that a hostile file is not read again from each of its words. */
const withoutBody =
  /\b(?:class|struct|interface)\s+\w+\s*(?:<[^<>;{}]{0,200}>\s*)?(?:\([^;{}]{0,400}\)\s*)?(?::[^;{}=]{0,400})?;(?=\s)/g;

/** A value that has the name of a modifier: `if (async)`, `async ? a : b`. It costs the whole file. */
const asyncValue = /\basync(?=\s*[?),;=&|.:}\]!])/g;
/** An empty list behind a condition, which is taken for an element of what may lack: `a ? [] : b`. */
const emptyList = /(\?\s{1,40})\[\](?=\s*:)/g;

/** The text in its length, as the grammar reads it: names are read from the file itself. */
export function maskForGrammar(text: string): string {
  const masked = maskDirectives(text).replace(asyncValue, 'asynk').replace(emptyList, '$1""');
  const bodies = [...masked.matchAll(withoutBody)].map(({ 0: head, index }) => index + head.length - 1);
  if (bodies.length === 0) return masked;
  const parts: string[] = [];
  let at = 0;
  for (const semicolon of bodies) {
    // The white space that follows gives the place for the second brace.
    parts.push(masked.slice(at, semicolon), '{}');
    at = semicolon + 2;
  }
  return parts.join('') + masked.slice(at);
}

/** The text in its length, without directives. */
function maskDirectives(text: string): string {
  if (!/^\ufeff?[ \t]*#/m.test(text)) return text;
  const blanked: { start: number; end: number }[] = [];
  const open: Directive[][] = [];
  for (const { 0: token, index: start } of text.matchAll(tokens)) {
    const word = /^\ufeff?[ \t]*#[ \t]*(\w*)/.exec(token)?.[1];
    if (word === undefined) continue;
    const directive = { word, start, end: start + token.length };
    blanked.push(directive);
    if (word === 'if') open.push([directive]);
    else if (word === 'elif' || word === 'else') open.at(-1)?.push(directive);
    else if (word === 'endif') {
      const group = [...(open.pop() ?? []), directive];
      if (group.length > 2 && !areWhole(text, group, open.length)) {
        blanked.push({ start: (group[1] as Directive).start, end: directive.end });
      }
    }
  }
  return withBlanks(text, blanked);
}

/** Whether each branch is statements or members: it closes what it opens, and ends where one ends. */
function areWhole(text: string, group: readonly Directive[], depth: number): boolean {
  if (depth >= maxDepth) return false;
  return group.slice(1).every(({ start }, at) => {
    const code = text
      .slice((group[at] as Directive).end, start)
      .replace(tokens, ' ')
      .trim();
    if (code === '') return true;
    let level = 0;
    for (const character of code) {
      if ('([{'.includes(character)) level++;
      else if (')]}'.includes(character) && --level < 0) return false;
    }
    return level === 0 && /[;}]$/.test(code) && !/^else\b/.test(code);
  });
}

/** Ranges may lie in each other; line ends stay, so that lines keep their numbers. */
function withBlanks(text: string, ranges: { start: number; end: number }[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const { start, end } of ranges.sort((a, b) => a.start - b.start)) {
    if (end <= at) continue;
    const from = Math.max(at, start);
    parts.push(text.slice(at, from), text.slice(from, end).replace(/[^\n]/g, ' '));
    at = end;
  }
  return parts.join('') + text.slice(at);
}
