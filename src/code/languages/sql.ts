/**
 * SQL of any dialect, as far as they are alike: what `CREATE` makes, the columns of tables, and the tables, views and routines
 * that statements name. Nothing is known of types and scopes.
 *
 * Statements end at semicolons and at `GO`; inside a routine, between `BEGIN` and `END` and between dollar quotes, semicolons do
 * not end them. No grammar for SQL installs as WebAssembly from the registry, and dialects would break one anyway.
 */
import type { SymbolKind } from '../facts.ts';
import { Definitions } from '../text/definitions.ts';
import { Lexer } from '../text/lexer.ts';
import type { TextLanguage } from './language.ts';

const created: Readonly<Record<string, SymbolKind>> = {
  TABLE: 'struct',
  VIEW: 'struct',
  FUNCTION: 'function',
  PROCEDURE: 'function',
  PROC: 'function',
  TRIGGER: 'function',
  TYPE: 'type',
  DOMAIN: 'type',
  SCHEMA: 'namespace',
  DATABASE: 'namespace',
  PACKAGE: 'module',
  INDEX: 'key',
  SEQUENCE: 'key',
  POLICY: 'key',
  RULE: 'key',
  EVENT: 'key',
  EXTENSION: 'key',
  ROLE: 'key',
  USER: 'key',
};
/** Between `CREATE` and what is created. */
const modifier =
  /^(OR|REPLACE|ALTER|TEMP|TEMPORARY|GLOBAL|LOCAL|UNLOGGED|EXTERNAL|FOREIGN|VIRTUAL|MATERIALIZED|RECURSIVE|UNIQUE|FULLTEXT|SPATIAL|CLUSTERED|NONCLUSTERED|CONSTRAINT|AGGREGATE|DEFINER|SQL|SECURITY|INVOKER|EDITIONABLE|NONEDITIONABLE|FORCE|NO|TRANSIENT|SECURE|HYPERTABLE|EVENT|BODY|CONCURRENTLY|IF|NOT|EXISTS)$/;
const routine = /^(FUNCTION|PROCEDURE|PROC|TRIGGER|PACKAGE|EVENT)$/;
/** After these a table or view is named. */
const beforeTable = /^(FROM|JOIN|INTO|UPDATE|TABLE|REFERENCES|VIEW)$/;
const beforeRoutine = /^(CALL|EXEC|EXECUTE|PERFORM)$/;
/** Words after which a name may stand that are not names. */
const passed = /^(ONLY|LATERAL|IF|EXISTS|NOT|TABLE|IGNORE|LOW_PRIORITY|FUNCTION|PROCEDURE)$/;
const noColumn =
  /^(CONSTRAINT|PRIMARY|FOREIGN|UNIQUE|CHECK|INDEX|KEY|EXCLUDE|LIKE|FULLTEXT|SPATIAL|PERIOD|PARTITION|SELECT|WITH|AS)$/;
const reserved =
  /^(SELECT|SET|VALUES|WHERE|ON|USING|AS|INNER|LEFT|RIGHT|FULL|CROSS|NATURAL|OUTER|GROUP|ORDER|BY|HAVING|LIMIT|UNION|ALL|DISTINCT|CASE|WHEN|THEN|ELSE|END|BEGIN|UPDATE|DELETE|INSERT|STATEMENT|ROW|OF|CASCADE|RESTRICT|NULL|DEFAULT|FOR|FROM|WITH|IN|UNNEST|DUAL|NEW|OLD)$/i;

interface Statement {
  /** Words so far in upper case, the first few only. */
  words: string[];
  start: number;
  symbol: number;
  parent: number;
  what: string;
  isRoutine: boolean;
  /** `BEGIN` and `CASE` that are open. */
  depth: number;
  parentheses: number;
  /** In the list of a table's columns: whether the next word begins one. */
  beginsColumn: boolean;
  headEnd: number;
  expects: 'table' | 'routine' | 'name' | null;
}

const fresh = (): Statement => ({
  words: [],
  start: -1,
  symbol: -1,
  parent: -1,
  what: '',
  isRoutine: false,
  depth: 0,
  parentheses: 0,
  beginsColumn: false,
  headEnd: -1,
  expects: null,
});

export const sql: TextLanguage = {
  form: 'text',
  code: false,
  name: 'sql',
  displayName: 'SQL',
  extensions: ['sql', 'psql', 'pgsql', 'mysql', 'plsql', 'tsql', 'ddl', 'pks', 'pkb'],
  read: (text) => {
    const found = new Definitions(text);
    const rules = {
      lineComments: ['--'],
      word: /[\p{L}_@#][\p{L}\p{N}_$@#]*|\d[\w.]*/uy,
      quotes: '\'"`',
      escapes: false,
      newlines: false,
    };
    const lexer = new Lexer(text, rules, (start, end) => found.comment(start, end));
    let state = fresh();
    /** The tag of the dollar quote that is open, with its dollars. */
    let dollar = '';
    let last = 0;

    const finish = (end: number): void => {
      if (state.symbol >= 0) found.close(state.symbol, end, state.headEnd < 0 ? end : state.headEnd);
      state = fresh();
    };
    /** Reads `a.b.c`, quoted or not, from the token at hand on. @returns the last part and what stands before it */
    const name = (): { start: number; end: number; before: string } | null => {
      const whole = namePart(text, lexer.start);
      if (whole === null) return null;
      let part: NamePart = whole;
      const first = part.start;
      for (;;) {
        lexer.skipTo(part.after);
        const dot = /^\s{0,8}\.\s{0,8}/.exec(text.slice(part.after, part.after + 20));
        const next: NamePart | null = dot === null ? null : namePart(text, part.after + dot[0].length);
        if (next === null) break;
        part = next;
      }
      const before = text
        .slice(first, part.start)
        .replace(/[\s."`[\]]+$/g, '')
        .replaceAll(/["`[\]\s]/g, '');
      return { start: part.start, end: part.end, before };
    };
    const define = (start: number): void => {
      const kind = Object.hasOwn(created, state.what) ? created[state.what] : undefined;
      const named = name();
      if (kind === undefined || named === null) return;
      const { before } = named;
      state.symbol = found.open({
        kind,
        nameStart: named.start,
        nameEnd: named.end,
        start: state.start < 0 ? start : state.start,
        parent: -1,
        ...(before === '' ? {} : { qualifier: before }),
      });
      state.expects = null;
      state.headEnd = -1;
    };
    const word = (upper: string, start: number): void => {
      if (state.start < 0) state.start = start;
      if (state.words.length < 12) state.words.push(upper);
      if (state.words[0] === 'CREATE' && state.what === '') {
        if (
          state.words.length > 1 &&
          Object.hasOwn(created, upper) &&
          !(upper === 'EVENT' && /^TRIGGER\b/i.test(text.slice(lexer.end + 1, lexer.end + 9)))
        ) {
          state.what = upper;
          state.isRoutine = routine.test(upper);
          state.expects = 'name';
        } else if (state.words.length > 1 && !modifier.test(upper)) state.what = '?';
        return;
      }
      if (state.expects === 'name') {
        if (!modifier.test(upper)) define(start);
        return;
      }
      if (state.isRoutine || state.depth > 0) blockWord(upper, start);
      if (state.beginsColumn) {
        state.beginsColumn = false;
        if (!noColumn.test(upper)) {
          const part = namePart(text, start);
          if (part !== null) column(part);
          return;
        }
      }
      if (state.expects !== null) {
        if (passed.test(upper)) return;
        const expected = state.expects;
        state.expects = null;
        if (!reserved.test(upper)) {
          refer(expected === 'routine' ? 'call' : 'use');
          return;
        }
      }
      if (beforeTable.test(upper)) state.expects = 'table';
      else if (beforeRoutine.test(upper)) state.expects = 'routine';
      else if (upper === 'ON' && (state.what === 'INDEX' || state.what === 'TRIGGER' || state.what === 'POLICY'))
        state.expects = 'table';
      else if (state.headEnd < 0 && state.symbol >= 0 && (upper === 'AS' || upper === 'BEGIN' || upper === 'IS'))
        state.headEnd = last;
    };
    const blockWord = (upper: string, start: number): void => {
      if (upper === 'BEGIN' || upper === 'CASE') {
        const after = text.slice(lexer.end, lexer.end + 40);
        // `END CASE` was counted at its `END`.
        const isEnd = /\bEND\s+$/i.test(text.slice(Math.max(0, start - 12), start));
        if (!isEnd && !(upper === 'BEGIN' && /^\s*(;|TRAN)/i.test(after))) state.depth++;
      } else if (upper === 'END' && !/^\s+(IF|LOOP|WHILE|REPEAT|FOR)\b/i.test(text.slice(lexer.end, lexer.end + 20)))
        state.depth = Math.max(0, state.depth - 1);
    };
    const refer = (kind: 'use' | 'call'): void => {
      const named = name();
      if (named !== null) found.refer(kind, named.start, named.end, named.before);
    };
    const column = (part: NamePart): void => {
      const index = found.open({
        kind: 'field',
        nameStart: part.start,
        nameEnd: part.end,
        start: part.start - (part.after > part.end ? 1 : 0),
        parent: state.symbol,
      });
      const rest = /^[^,\n)]*/.exec(text.slice(part.after, part.after + 60))?.[0] ?? '';
      if (part.after > lexer.end) lexer.skipTo(part.after);
      found.close(index, part.after + rest.trimEnd().length);
    };

    while (lexer.next()) {
      const { start, kind, value } = lexer;
      if (value === '$' && (dollar === '' || text.startsWith(dollar, start))) {
        const tag = /^\$(?:[A-Za-z_]\w*)?\$/.exec(text.slice(start, start + 70))?.[0];
        if (tag !== undefined) {
          if (dollar === '' && state.symbol >= 0 && state.headEnd < 0) state.headEnd = last;
          dollar = dollar === '' ? tag : '';
          lexer.skipTo(start + tag.length);
        }
      } else if (value === ';') {
        if (dollar === '' && state.depth === 0) finish(lexer.end);
        else state.expects = null;
      } else if (kind === 'word') {
        const upper = value.toUpperCase();
        const isAlone = upper === 'GO' && /(^|\n)\s*$/.test(text.slice(Math.max(0, start - 20), start));
        if (isAlone && dollar === '' && /^[ \t]*(\r?\n|$)/.test(text.slice(lexer.end, lexer.end + 20))) finish(last);
        else if (/^\d/.test(value)) state.beginsColumn = false;
        else word(upper, start);
      } else if (value === '[' || (kind === 'string' && !value.startsWith("'"))) {
        if (state.expects === 'name') define(start);
        else if (state.beginsColumn) {
          state.beginsColumn = false;
          const part = namePart(text, start);
          if (part !== null) column(part);
        } else if (state.expects !== null) {
          refer(state.expects === 'routine' ? 'call' : 'use');
          state.expects = null;
        }
      } else if (value === '(') {
        state.parentheses++;
        const isColumns = state.what === 'TABLE' && state.symbol >= 0 && state.parentheses === 1 && state.headEnd < 0;
        if (isColumns) {
          state.headEnd = last;
          state.beginsColumn = true;
        }
        state.expects = null;
      } else if (value === ')') {
        state.parentheses = Math.max(0, state.parentheses - 1);
        state.beginsColumn = false;
      } else if (value === ',')
        state.beginsColumn = state.what === 'TABLE' && state.symbol >= 0 && state.parentheses === 1;
      last = Math.max(last, lexer.end);
    }
    finish(last);
    return found.facts();
  },
};

const plainName = /[\p{L}_@#][\p{L}\p{N}_$@#]*/uy;

interface NamePart {
  readonly start: number;
  readonly end: number;
  /** One past its closing quote, if it has one. */
  readonly after: number;
}

/** A name at a place: plain, or in quotes or brackets. */
function namePart(text: string, at: number): NamePart | null {
  const open = text[at] ?? '';
  if (open === '"' || open === '`' || open === '[') {
    const end = text.slice(at + 1, at + 200).indexOf(open === '[' ? ']' : open);
    return end <= 0 ? null : { start: at + 1, end: at + 1 + end, after: at + 2 + end };
  }
  plainName.lastIndex = at;
  const word = plainName.exec(text)?.[0];
  return word === undefined ? null : { start: at, end: at + word.length, after: at + word.length };
}
