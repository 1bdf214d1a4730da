/**
 * The words of a piece of JavaScript, without a parser: where each stands, and in how many brackets.
 *
 * Comments are left out; texts, templates and regular expressions are one word each. What begins with a slash is told by the word before it, which is right but
 * for corners of the grammar.
 */

export interface Token {
  readonly kind: 'word' | 'number' | 'text' | 'regex' | 'mark';
  readonly text: string;
  readonly at: number;
  readonly end: number;
  /** A line ended before it. */
  readonly isFirst: boolean;
  /** Brackets around it. */
  readonly depth: number;
}

/** Words after which an expression goes on, so that no statement begins and a slash begins a regular expression. */
export const goesOn = new Set(
  'return typeof instanceof in of new delete void throw case do else await yield extends default let const var'.split(
    ' ',
  ),
);
export function scan(source: string): readonly Token[] {
  const tokens: Token[] = [];
  let depth = 0;
  let isFirst = true;
  const push = (kind: Token['kind'], at: number, end: number, level = depth): void => {
    tokens.push({ kind, text: source.slice(at, end), at, end, isFirst, depth: level });
    isFirst = false;
  };
  for (let at = 0; at < source.length; ) {
    const char = source[at] as string;
    if (/\s/.test(char)) {
      if (/[\n\r\u2028\u2029]/.test(char)) isFirst = true;
      at++;
    } else if (source.startsWith('//', at) || (at === 0 && source.startsWith('#!'))) {
      const end = source.indexOf('\n', at);
      at = end === -1 ? source.length : end;
    } else if (source.startsWith('/*', at)) {
      const end = source.indexOf('*/', at + 2);
      const next = end === -1 ? source.length : end + 2;
      if (source.slice(at, next).includes('\n')) isFirst = true;
      at = next;
    } else if (/[\p{ID_Start}$_#\\]/u.test(char) || char.charCodeAt(0) > 0xd7ff) {
      const end =
        at + ((/^(?:[\p{ID_Continue}$_#\\]|\u200c|\u200d)+/u.exec(source.slice(at, at + 1000))?.[0].length ?? 0) || 1);
      push('word', at, end);
      at = end;
    } else if (/\d/.test(char) || (char === '.' && /\d/.test(source[at + 1] ?? ''))) {
      const end = at + (/^[\w.]+/.exec(source.slice(at, at + 1000))?.[0].length ?? 1);
      push('number', at, end);
      at = end;
    } else if (char === '"' || char === "'") {
      const end = quoteEnd(source, at);
      push('text', at, end);
      at = end;
    } else if (char === '`') {
      const end = templateEnd(source, at);
      push('text', at, end);
      at = end;
    } else if (char === '/' && beginsRegex(tokens.at(-1))) {
      const end = regexEnd(source, at);
      push('regex', at, end);
      at = end;
    } else {
      const mark = /^(?:\+\+|--|=>|\.\.\.)/.exec(source.slice(at, at + 3))?.[0] ?? char;
      if (')]}'.includes(mark)) depth = Math.max(0, depth - 1);
      push('mark', at, at + mark.length);
      if ('([{'.includes(mark)) depth++;
      at += mark.length;
    }
  }
  return tokens;
}

/** Behind a closing brace it is taken for one: a block is likelier there than an object that is divided. */
function beginsRegex(before: Token | undefined): boolean {
  if (before === undefined) return true;
  if (before.kind === 'word') return goesOn.has(before.text);
  if (before.kind !== 'mark') return false;
  return !/^(?:\)|\]|\+\+|--)$/.test(before.text);
}

function quoteEnd(source: string, from: number): number {
  const quote = source[from];
  for (let at = from + 1; at < source.length; at++) {
    if (source[at] === '\\') at++;
    else if (source[at] === quote || source[at] === '\n') return at + 1;
  }
  return source.length;
}

function regexEnd(source: string, from: number): number {
  let isClass = false;
  for (let at = from + 1; at < source.length; at++) {
    const char = source[at];
    if (char === '\\') at++;
    else if (char === '\n') return at;
    else if (char === '[') isClass = true;
    else if (char === ']') isClass = false;
    else if (char === '/' && !isClass) return at + 1 + (/^[a-z]*/.exec(source.slice(at + 1, at + 20))?.[0].length ?? 0);
  }
  return source.length;
}

/** Templates hold code, which may hold templates. */
function templateEnd(source: string, from: number): number {
  const open: ('template' | 'code')[] = ['template'];
  for (let at = from + 1; at < source.length; at++) {
    const char = source[at];
    const inTemplate = open.at(-1) === 'template';
    if (char === '\\') at++;
    else if (inTemplate && char === '`') {
      open.pop();
      if (open.length === 0) return at + 1;
    } else if (inTemplate && source.startsWith('${', at)) {
      open.push('code');
      at++;
    } else if (!inTemplate && char === '`') open.push('template');
    else if (!inTemplate && char === '{') open.push('code');
    else if (!inTemplate && char === '}') open.pop();
    else if (!inTemplate && (char === '"' || char === "'")) at = quoteEnd(source, at) - 1;
  }
  return source.length;
}
