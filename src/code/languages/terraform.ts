/**
 * Terraform and other files in HCL: blocks by the names that expressions use for them (`aws_instance.web`, `var.region`,
 * `module.network`, `local.tags`), and those uses, also inside strings. Nested blocks and attributes are text.
 */
import type { SymbolKind } from '../facts.ts';
import { Definitions } from '../text/definitions.ts';
import { Lexer } from '../text/lexer.ts';
import type { TextLanguage } from './language.ts';

interface Word {
  readonly text: string;
  readonly isString: boolean;
  readonly start: number;
  readonly end: number;
}

const kinds: Readonly<Record<string, SymbolKind>> = {
  resource: 'struct',
  data: 'struct',
  variable: 'variable',
  output: 'property',
  module: 'module',
};
/** What a block's names begin with in expressions. */
const prefixes: Readonly<Record<string, string>> = { variable: 'var', data: 'data', resource: '' };

const reference = /(?<![\w.-])(?:(var|local|module|data\.[\w-]+|[a-z][a-z0-9]*_[\w-]+))\.([A-Za-z_][\w-]*)/g;
const mostWords = 8;
const mostDepth = 200;

export const terraform: TextLanguage = {
  form: 'text',
  code: false,
  name: 'terraform',
  displayName: 'Terraform',
  extensions: ['tf', 'tfvars', 'hcl', 'tofu', 'nomad'],
  read: (text) => {
    const found = new Definitions(text);
    const rules = { lineComments: ['#', '//'], word: /[\w.-]+/y, quotes: '"', escapes: true, newlines: true };
    const lexer = new Lexer(text, rules, (start, end) => found.comment(start, end));
    /** Open brackets: a definition for blocks at the top, -1 for others. */
    const open: { symbol: number; headEnd: number; isLocals: boolean }[] = [];
    let head: Word[] = [];
    let isExpression = false;
    let expressionDepth = 0;
    let attribute = -1;

    const referTo = (start: number, end: number): void => {
      const written = text.slice(start, Math.min(end, start + 10_000));
      for (const match of written.matchAll(reference)) {
        const at = start + match.index + match[0].length - (match[2] as string).length;
        found.refer('use', at, at + (match[2] as string).length, match[1] as string);
      }
    };
    const endLine = (end: number): void => {
      if (isExpression && open.length > expressionDepth) return;
      isExpression = false;
      if (attribute >= 0) found.close(attribute, end);
      attribute = -1;
      head = [];
    };
    const beginAttribute = (): void => {
      const name = head.at(-1);
      isExpression = true;
      expressionDepth = open.length;
      if (name === undefined || head.length !== 1) return;
      const isLocal = open.at(-1)?.isLocals === true;
      if (!isLocal && open.length > 0) return;
      const [nameStart, nameEnd] = name.isString ? [name.start + 1, name.end - 1] : [name.start, name.end];
      const kind: SymbolKind = isLocal ? 'constant' : 'key';
      attribute = found.open({
        kind,
        nameStart,
        nameEnd,
        start: name.start,
        parent: -1,
        ...(isLocal ? { qualifier: 'local' } : {}),
      });
    };
    const beginBlock = (): void => {
      const [type, ...labels] = head;
      const headEnd = lexer.start;
      const last = labels.at(-1);
      const isTop = open.length === 0 && !isExpression;
      let symbol = -1;
      if (isTop && type !== undefined && last !== undefined) {
        const before = Object.hasOwn(prefixes, type.text) ? [prefixes[type.text] ?? ''] : [type.text];
        for (const one of labels.slice(0, -1)) before.push(one.isString ? one.text.slice(1, -1) : one.text);
        symbol = found.open({
          kind: (Object.hasOwn(kinds, type.text) ? kinds[type.text] : undefined) ?? 'key',
          nameStart: last.isString ? last.start + 1 : last.start,
          nameEnd: last.isString ? last.end - 1 : last.end,
          start: type.start,
          qualifier: before.filter((part) => part !== '').join('.'),
          parent: -1,
        });
        found.close(symbol, lexer.end, headEnd);
      }
      open.push({ symbol, headEnd, isLocals: isTop && labels.length === 0 && type?.text === 'locals' });
    };

    while (lexer.next()) {
      const { kind, start, end, value } = lexer;
      if (kind === 'newline') endLine(start);
      else if (kind === 'string') {
        if (value.includes('${')) referTo(start, end);
        if (!isExpression && head.length < mostWords) head.push({ text: value, isString: true, start, end });
      } else if (kind === 'word') {
        if (isExpression) referTo(start, end);
        else if (head.length < mostWords) head.push({ text: value, isString: false, start, end });
      } else if (value === '<' && text[start + 1] === '<') {
        const heredoc = /^<<[-~]?"?(\w+)"?[^\n]*\n/.exec(text.slice(start, start + 200));
        if (heredoc === null) continue;
        const close = new RegExp(`^[ \\t]*${heredoc[1]}[ \\t]*\\r?$`, 'm');
        const bodyStart = start + heredoc[0].length;
        const length = close.exec(text.slice(bodyStart))?.index ?? text.length - bodyStart;
        referTo(bodyStart, bodyStart + length);
        const line = text.indexOf('\n', bodyStart + length);
        lexer.skipTo(line < 0 ? text.length : line);
      } else if (value === '{' && !isExpression) {
        if (open.length >= mostDepth) continue;
        beginBlock();
        head = [];
      } else if (value === '{' || value === '[' || value === '(') {
        if (open.length < mostDepth) open.push({ symbol: -1, headEnd: 0, isLocals: false });
      } else if (value === '}' || value === ']' || value === ')') {
        if (isExpression && open.length <= expressionDepth) endLine(start);
        const closed = open.pop();
        if (closed !== undefined && closed.symbol >= 0) found.close(closed.symbol, end, closed.headEnd);
        if (!isExpression) head = [];
      } else if (value === '=' && !isExpression) beginAttribute();
    }
    endLine(text.length);
    return found.facts();
  },
};
