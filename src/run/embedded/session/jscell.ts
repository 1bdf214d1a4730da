/**
 * A cell of JavaScript as a script whose names stay: what the language declares for one script only becomes what outlives it.
 *
 * `let`, `const` and `class` at the top become `var`, so that a cell can be run again, as people and agents do; `import` becomes an awaited call, and `export`
 * is left out. Nothing is parsed: a scanner finds the words that stand where a statement begins, outside of all brackets. Lines stay as they are. Where it is
 * mistaken about a corner of the grammar the result may not compile; whoever calls it then takes the cell as it was written.
 */

import { boundNames } from './jsnames.ts';
import { goesOn, scan, type Token } from './jsscan.ts';

export interface RewrittenCell {
  readonly source: string;
  /** Names that `const` declares at the top, which nothing but another declaration may set again. */
  readonly constants: readonly string[];
  /** Names that are declared at the top and may be set; some more may be among them. */
  readonly variables: readonly string[];
  /** Whether the last statement is an expression, whose value is the cell's. */
  readonly givesValue: boolean;
}

/** Words with which a statement begins that has no value worth showing. */
const noValue = new Set(
  'var let const class function if for while do switch try throw import export return with break continue debugger'.split(
    ' ',
  ),
);

export function rewriteCell(source: string): RewrittenCell {
  const tokens = scan(source);
  const edits: { at: number; end: number; text: string }[] = [];
  const constants: string[] = [];
  const variables: string[] = [];
  let last: Token | null = null;
  for (const [i, token] of tokens.entries()) {
    if (token.depth !== 0 || !begins(token, tokens[i - 1])) continue;
    const next = tokens[i + 1];
    if (token.text !== '}' && token.text !== ';' && !isContinued(token)) last = token;
    if (token.kind !== 'word' || next === undefined) continue;
    const edit = editOf(source, tokens, i);
    if (edit !== null) edits.push(...edit);
    const declared = token.text === 'export' ? i + 1 : i;
    (tokens[declared]?.text === 'const' ? constants : variables).push(...declaredBy(tokens, declared));
  }
  let made = '';
  let at = 0;
  for (const edit of edits) {
    made += source.slice(at, edit.at) + edit.text;
    at = edit.end;
  }
  return { source: made + source.slice(at), constants, variables, givesValue: last !== null && hasValue(last, tokens) };
}

/** Of imports and functions it is every word of the head: a name too many is harmless among those that may be set. */
function declaredBy(tokens: readonly Token[], i: number): readonly string[] {
  const word = tokens[i]?.text;
  if (word === 'const' || word === 'let' || word === 'var') return boundNames(tokens, i + 1, begins);
  if (word !== 'class' && word !== 'function' && word !== 'async' && word !== 'import') return [];
  const rest = tokens.slice(i + 1);
  const end = rest.findIndex(
    ({ text, kind }) => kind === 'text' || text === '(' || (text === '{' && word !== 'import'),
  );
  return rest.slice(0, end === -1 ? rest.length : end).flatMap(({ kind, text }) => (kind === 'word' ? [text] : []));
}

/** Parts of statements that stand at the beginning of a line, or behind a block. */
const isContinued = ({ text }: Token): boolean => ['else', 'catch', 'finally'].includes(text);

function hasValue(token: Token, tokens: readonly Token[]): boolean {
  if (token.text === '{') return false;
  if (token.kind !== 'word') return true;
  const next = tokens[tokens.indexOf(token) + 1];
  if (token.text === 'async' && next?.text === 'function') return false;
  if (token.text === 'import' && (next?.text === '(' || next?.text === '.')) return true;
  if (token.text === 'let' && (next === undefined || !startsBinding(next))) return true;
  return !noValue.has(token.text);
}

/** Whether a statement can begin with this token. */
function begins(token: Token, before: Token | undefined): boolean {
  if (before === undefined) return true;
  if (before.text === ';') return before.depth === 0;
  if (before.text === '}' && before.depth === 0)
    return token.isFirst || /^(?:let|const|class|import|export)$/.test(token.text);
  if (!token.isFirst) return false;
  if (before.kind === 'word') return !goesOn.has(before.text);
  const ends = before.kind !== 'mark' || /^(?:\)|\]|\}|\+\+|--)$/.test(before.text);
  // A line that begins so goes on with the one before.
  return ends && !(token.kind === 'mark' && !/^(?:\{|\+\+|--|!|~|#|@)$/.test(token.text));
}

const startsBinding = (token: Token): boolean =>
  token.kind === 'word' ? token.text !== 'in' && token.text !== 'instanceof' : token.text === '[' || token.text === '{';

function editOf(
  source: string,
  tokens: readonly Token[],
  i: number,
): { at: number; end: number; text: string }[] | null {
  const token = tokens[i] as Token;
  const next = tokens[i + 1] as Token;
  const { at, end } = token;
  switch (token.text) {
    case 'let':
      return startsBinding(next) ? [{ at, end, text: 'var' }] : null;
    case 'const':
      return [{ at, end, text: 'var  ' }];
    case 'class':
      return next.kind === 'word' ? [{ at, end, text: `var ${next.text}=class` }, ...closed(tokens, i)] : null;
    case 'export': {
      const rest = next.text === 'default' ? (tokens[i + 2] as Token | undefined) : next;
      if (rest === undefined) return null;
      if (next.text === '{' || next.text === '*') {
        const stop = statementEnd(source, tokens, i);
        return [{ at, end: stop, text: blank(source.slice(at, stop)) }];
      }
      const inner = editOf(source, tokens, tokens.indexOf(rest));
      return [{ at, end: rest.at, text: blank(source.slice(at, rest.at)) }, ...(inner ?? [])];
    }
    case 'import': {
      if (next.text === '(' || next.text === '.') return null;
      const stop = statementEnd(source, tokens, i);
      const call = importCall(source.slice(at, stop));
      return call === null ? null : [{ at, end: stop, text: call }];
    }
    default:
      return null;
  }
}

/** A class as a value needs the semicolon that one as a statement does not. */
function closed(tokens: readonly Token[], i: number): { at: number; end: number; text: string }[] {
  const open = tokens.findIndex((token, at) => at > i && token.depth === 0 && token.text === '{');
  const close =
    open === -1 ? -1 : tokens.findIndex((token, at) => at > open && token.depth === 0 && token.text === '}');
  const token = tokens[close];
  return token === undefined ? [] : [{ at: token.end, end: token.end, text: ';' }];
}

/** As many lines as before, and nothing in them. */
const blank = (text: string): string => text.replace(/[^\n]/g, ' ');

/** Where an import or a list of exports ends: behind its last text or bracket. */
function statementEnd(source: string, tokens: readonly Token[], i: number): number {
  for (let at = i + 1; at < tokens.length; at++) {
    const token = tokens[at] as Token;
    const next = tokens[at + 1];
    if (token.depth !== 0) continue;
    const isLast = token.kind === 'text' || (token.text === '}' && next?.text !== 'from');
    if (!isLast) continue;
    // `with { type: 'json' }`
    if (next?.text === 'with' || next?.text === 'assert') continue;
    return token.end;
  }
  return source.length;
}

/** @param statement of the form `import … from '…'` @returns null when it is of no known form */
function importCall(statement: string): string | null {
  const found = /^import\s*(?:(.*?)\s*\bfrom\s*)?(['"])([^'"\n]+)\2/s.exec(statement);
  if (found === null) return null;
  const [, clause = '', , specifier = ''] = found;
  const lines = '\n'.repeat(statement.split('\n').length - 1);
  const call = `await import(${JSON.stringify(specifier)})`;
  if (clause === '') return `${call}${lines}`;
  const parts = /^(?:([\w$]+)\s*,?\s*)?(?:\*\s*as\s+([\w$]+)|\{([^}]*)\})?$/s.exec(clause.trim());
  if (parts === null) return null;
  const [, usual, whole, named] = parts;
  const names = [
    ...(usual === undefined ? [] : [`default:${usual}`]),
    ...(named ?? '')
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '')
      .map((name) => name.replace(/\s+as\s+/, ':')),
  ];
  if (whole === undefined) return `var {${names.join(',')}}=${call}${lines}`;
  return `var ${whole}=${call}${usual === undefined ? '' : `,${usual}=${whole}.default`}${lines}`;
}
