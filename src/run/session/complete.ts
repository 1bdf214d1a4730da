/**
 * Whether what was typed is a whole cell, or a prompt should ask for another line.
 *
 * Told from the text alone: brackets, quotes and words that open something and are not closed. It does not say whether the code is
 * right: what no further line can mend is a whole cell too, and the language tells what is wrong with it. It is the caller's affair
 * to offer a way out (two empty lines), for a scanner of this size can be wrong about rare corners, such as a regular expression
 * of JavaScript with a bracket in it.
 */
import type { SessionLanguage } from './types.ts';

/** @returns whether the language would wait for more */
export function wantsMore(language: SessionLanguage, code: string): boolean {
  switch (language) {
    case 'python':
      return pythonWantsMore(code);
    case 'bash':
      return bashWantsMore(code);
    case 'sql':
      return sqlWantsMore(code);
    default:
      return scriptWantsMore(code);
  }
}

/** What is still open at the end of a text, and the text with all literals and comments blanked out. */
interface Scanned {
  readonly open: boolean;
  readonly plain: string;
}

interface Syntax {
  readonly lineComments: readonly string[];
  /** A comment begins after a space or a separator only: `$#` is none. */
  readonly commentsStandApart?: true;
  readonly blockComment: readonly [open: string, close: string] | null;
  /** Longest first. A short one ends with its line where `endsWithLine`. */
  readonly quotes: readonly { readonly mark: string; readonly escapes: boolean; readonly endsWithLine: boolean }[];
  readonly brackets: boolean;
}

function scan(code: string, { lineComments, commentsStandApart, blockComment, quotes, brackets }: Syntax): Scanned {
  let plain = '';
  let depth = 0;
  for (let at = 0; at < code.length; ) {
    const rest = code.slice(at, at + 3);
    const mayComment = !commentsStandApart || at === 0 || /[\s;(|&]/.test(code[at - 1] ?? '');
    if (mayComment && lineComments.some((mark) => rest.startsWith(mark))) {
      const end = code.indexOf('\n', at);
      at = end < 0 ? code.length : end;
      continue;
    }
    if (blockComment !== null && rest.startsWith(blockComment[0])) {
      const end = code.indexOf(blockComment[1], at + blockComment[0].length);
      if (end < 0) return { open: true, plain };
      at = end + blockComment[1].length;
      continue;
    }
    const quote = quotes.find(({ mark }) => rest.startsWith(mark));
    if (quote !== undefined) {
      const end = endOfQuote(code, at + quote.mark.length, quote);
      if (end < 0) return { open: true, plain };
      plain += '""';
      at = end;
      continue;
    }
    const sign = code[at] as string;
    if (sign === '\\') {
      if (at + 1 >= code.length || code.slice(at + 1).trim() === '') return { open: true, plain };
      plain += '  ';
      at += 2;
      continue;
    }
    if (brackets && '([{'.includes(sign)) depth++;
    if (brackets && ')]}'.includes(sign)) depth--;
    plain += sign;
    at++;
  }
  return { open: depth > 0, plain };
}

/** @returns where it goes on behind the quote; −1 when it is open. One that may not pass its line is an error, and over there. */
function endOfQuote(code: string, from: number, { mark, escapes, endsWithLine }: Syntax['quotes'][number]): number {
  for (let at = from; at < code.length; at++) {
    if (escapes && code[at] === '\\') at++;
    else if (code.startsWith(mark, at)) return at + mark.length;
    else if (endsWithLine && code[at] === '\n') return at;
  }
  return endsWithLine ? code.length : -1;
}

const python: Syntax = {
  lineComments: ['#'],
  blockComment: null,
  quotes: [
    { mark: '"""', escapes: true, endsWithLine: false },
    { mark: "'''", escapes: true, endsWithLine: false },
    { mark: '"', escapes: true, endsWithLine: true },
    { mark: "'", escapes: true, endsWithLine: true },
  ],
  brackets: true,
};

/** As Python's own prompt: a block is over with an empty line, as nothing else tells that no `else` follows. */
function pythonWantsMore(code: string): boolean {
  const { open, plain } = scan(code, python);
  if (open) return true;
  const lines = plain.split('\n');
  const last = lines.findLastIndex((line) => line.trim() !== '');
  if (last < 0) return false;
  const text = (lines[last] as string).trimEnd();
  if (text.endsWith(':') || /^@/.test(text)) return true;
  const isInBlock = /^[ \t]/.test(text) || /^(else|elif|except|finally|case)\b/.test(text);
  const isOneLineBlock = /^(if|for|while|with|try|def|class|async)\b.*:/.test(text);
  return (isInBlock || isOneLineBlock) && last === lines.length - 1;
}

function scriptWantsMore(code: string): boolean {
  const { open, plain } = scan(code, {
    lineComments: ['//'],
    blockComment: ['/*', '*/'],
    quotes: [
      { mark: '"', escapes: true, endsWithLine: true },
      { mark: "'", escapes: true, endsWithLine: true },
      { mark: '`', escapes: true, endsWithLine: false },
    ],
    brackets: true,
  });
  return (
    open ||
    /(=>|[^+-]\+|[^+-]-|[=*%&|^?:,.]|\b(else|return|extends|of|in|typeof|await))\s*$/.test(
      plain.trimEnd() && ` ${plain.trimEnd()}`,
    )
  );
}

function bashWantsMore(code: string): boolean {
  const here = [...code.matchAll(/<<-?\s*(["']?)([A-Za-z_]\w*)\1/g)];
  if (
    here.some(
      ([, , word]) =>
        !new RegExp(`^\\s*${word}$`, 'm').test(code.slice(code.indexOf('\n') + 1)) || !code.includes('\n'),
    )
  )
    return true;
  const { open, plain } = scan(here.length > 0 ? (code.split('\n')[0] as string) : code, {
    lineComments: ['#'],
    commentsStandApart: true,
    blockComment: null,
    quotes: [
      { mark: '"', escapes: true, endsWithLine: false },
      { mark: "'", escapes: false, endsWithLine: false },
      { mark: '`', escapes: true, endsWithLine: false },
    ],
    brackets: false,
  });
  if (open || /(\|\|?|&&)\s*$/.test(plain)) return true;
  // A word opens where a command may begin.
  const words = [
    ...plain.matchAll(
      /(?:^|[\n;&|(){}]|\b(?:then|do|else|elif|if|while|until)\s)\s*(if|for|while|until|case|select|fi|done|esac|\{|\})(?=[\s;)&|]|$)/g,
    ),
  ];
  let depth = 0;
  for (const [, word = ''] of words) depth += /^(fi|done|esac|\})$/.test(word) ? -1 : 1;
  const parens =
    (plain.match(/\$?\(/g)?.length ?? 0) - (plain.replaceAll(/^\s*[^()\n]+\)(?!.*\()/gm, '').match(/\)/g)?.length ?? 0);
  return depth > 0 || (parens > 0 && !/\bcase\b/.test(plain)) || /\b\w+\s*\(\)\s*$/.test(plain);
}

function sqlWantsMore(code: string): boolean {
  const { open, plain } = scan(code, {
    lineComments: ['--'],
    blockComment: ['/*', '*/'],
    quotes: [
      { mark: "'", escapes: false, endsWithLine: false },
      { mark: '"', escapes: false, endsWithLine: false },
      { mark: '`', escapes: false, endsWithLine: false },
    ],
    brackets: false,
  });
  const text = plain.trim();
  if (open) return true;
  if (text === '' || text.startsWith('.')) return false;
  // The body of a trigger holds statements of its own.
  if (/\bcreate\s+(temp\w*\s+)?trigger\b/i.test(text)) return !/\bend\s*;$/i.test(text);
  return !text.endsWith(';');
}
