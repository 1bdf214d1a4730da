/**
 * Protocol buffers: messages, enums, services and their parts. A package is not part of names, as in other languages, nor is a `oneof` of
 * the names of its fields, which are the message's; types that fields and calls name are uses. Options are text.
 */
import type { SymbolKind } from '../facts.ts';
import { Definitions } from '../text/definitions.ts';
import { Lexer } from '../text/lexer.ts';
import type { TextLanguage } from './language.ts';

type BlockKind = 'message' | 'enum' | 'service' | 'oneof' | 'extend' | 'other';

interface Block {
  readonly kind: BlockKind;
  /** Its definition, or that around it. */
  readonly symbol: number;
  readonly own: boolean;
  readonly headEnd: number;
  /** Of a `oneof`: the message that its fields are of. */
  readonly qualifier?: string;
}

interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const blockSymbols: Readonly<Record<string, SymbolKind>> = { message: 'struct', enum: 'enum', service: 'interface' };
const scalar = /^(double|float|u?int(32|64)|s(int|fixed)(32|64)|fixed(32|64)|bool|string|bytes)$/;
const label = /^(repeated|optional|required|stream)$/;
/** Tokens of a statement's head that are looked at. */
const mostTokens = 64;
const mostDepth = 100;

export const proto: TextLanguage = {
  form: 'text',
  code: false,
  name: 'proto',
  displayName: 'Protocol Buffers',
  extensions: ['proto'],
  read: (text) => {
    const found = new Definitions(text);
    const rules = { lineComments: ['//'], word: /[\w.]+/y, quotes: '"\'', escapes: true, newlines: false };
    const lexer = new Lexer(text, rules, (start, end) => found.comment(start, end));
    const blocks: Block[] = [];
    let head: Word[] = [];
    const around = (): number => blocks.at(-1)?.symbol ?? -1;

    const referType = ({ text: written, start, end }: Word): void => {
      const name = written.replace(/^\./, '');
      if (scalar.test(name) || name === '' || !/^[A-Za-z_]/.test(name)) return;
      const dot = written.lastIndexOf('.');
      found.refer('type', start + dot + 1, end, dot > 0 ? written.slice(0, dot) : null);
    };

    /** A statement without a block. @returns its definition, or -1 */
    const statement = (end: number): number => {
      const [first, second] = head;
      if (first === undefined) return -1;
      const kind = blocks.at(-1)?.kind ?? null;
      const define = (as: SymbolKind, { start, end: nameEnd }: Word): number => {
        const message = kind === 'oneof' ? { qualifier: blocks.at(-1)?.qualifier ?? '' } : {};
        const index = found.open({
          kind: as,
          nameStart: start,
          nameEnd,
          start: first.start,
          parent: around(),
          ...message,
        });
        found.close(index, end);
        return index;
      };
      if (first.text === 'import') {
        const path = head.find((word) => /^["']/.test(word.text));
        if (path !== undefined) found.import(path.text.slice(1, -1), path.start, path.end);
      } else if (kind === 'service' && first.text === 'rpc' && second !== undefined) {
        const index = define('method', second);
        for (const word of head.slice(2))
          if (!label.test(word.text) && word.text !== 'returns' && /^[\w.]+$/.test(word.text)) referType(word);
        return index;
      } else if (kind === 'enum' && head[1]?.text === '=' && first.text !== 'option') define('enum-member', first);
      else if (
        (kind === 'message' || kind === 'oneof' || kind === 'extend') &&
        !/^(option|reserved|extensions)$/.test(first.text)
      ) {
        const equals = head.findIndex((word) => word.text === '=');
        const name = head[equals - 1];
        if (equals < 2 || name === undefined || !/^[A-Za-z_]\w*$/.test(name.text)) return -1;
        define('field', name);
        for (const word of head.slice(0, equals - 1))
          if (!label.test(word.text) && word.text !== 'map' && word.text !== 'group' && /^[\w.]+$/.test(word.text))
            referType(word);
      }
      return -1;
    };

    const openBlock = (end: number): void => {
      const [first, second] = head;
      const kind = first?.text ?? '';
      const headEnd = lexer.start;
      const symbolKind = Object.hasOwn(blockSymbols, kind) ? blockSymbols[kind] : undefined;
      if (
        first !== undefined &&
        second !== undefined &&
        symbolKind !== undefined &&
        /^[A-Za-z_]\w*$/.test(second.text)
      ) {
        const index = found.open({
          kind: symbolKind,
          nameStart: second.start,
          nameEnd: second.end,
          start: first.start,
          parent: around(),
        });
        found.close(index, end, headEnd);
        blocks.push({ kind: kind as BlockKind, symbol: index < 0 ? around() : index, own: index >= 0, headEnd });
        return;
      }
      if (kind === 'rpc') {
        const index = statement(end);
        found.close(index, end, headEnd);
        blocks.push({ kind: 'other', symbol: index < 0 ? around() : index, own: index >= 0, headEnd });
        return;
      }
      if (kind === 'extend' && second !== undefined) referType(second);
      if (kind === 'oneof' && first !== undefined && second !== undefined && /^[A-Za-z_]\w*$/.test(second.text)) {
        const { start, end: nameEnd } = second;
        const qualifier = found.qualifiedName(around());
        const index = found.open({ kind: 'field', nameStart: start, nameEnd, start: first.start, parent: around() });
        found.close(index, end, headEnd);
        blocks.push({ kind, symbol: index < 0 ? around() : index, own: index >= 0, headEnd, qualifier });
        return;
      }
      blocks.push({ kind: kind === 'extend' ? kind : 'other', symbol: around(), own: false, headEnd });
    };

    while (lexer.next()) {
      const value = lexer.value;
      if (value === '{' && blocks.length < mostDepth) {
        openBlock(lexer.end);
        head = [];
      } else if (value === '}') {
        const block = blocks.pop();
        if (block?.own) found.close(block.symbol, lexer.end, block.headEnd);
        head = [];
      } else if (value === ';') {
        statement(lexer.end);
        head = [];
      } else if (head.length < mostTokens) head.push({ text: value, start: lexer.start, end: lexer.end });
    }
    return found.facts();
  },
};
