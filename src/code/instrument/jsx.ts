/**
 * JSX in the place of which calls stand: `<Card size={2}>Hi</Card>` becomes `$yj(React,Card,{"size":2},"Hi")`.
 *
 * Which function a compiler would call is read from the file: a pragma (`@jsx h`), an import (`React`, `h`), else the runtime that compilers import themselves. Whether it is there is
 * found when the program runs, so the call is one of ours that is handed what the function belongs to (`run/partial/ecmascript/jsx.cjs`). Lines stay as they are; columns do not, so the text
 * knows from where in the source it comes.
 *
 * What text and attributes mean follows the JSX specification (https://facebook.github.io/jsx/) and Babel's treatment of blanks: lines are trimmed and joined by one blank. Entities are the common ones
 * and those by number; another stays as it is written.
 */
import { none, type SyntaxTree } from '../tree/tree.ts';
import { endOf } from './ecmascriptnodes.ts';
import { functionKinds } from './variables.ts';

/** What rewritten files call for an element. */
export const elementHook = '$yj';

/** What a compiler would have elements made by. */
export interface ElementFactory {
  /** What names it: `React.createElement`, `h`, `react/jsx-runtime`. */
  readonly what: string;
  /** The member of what is handed to the hook; empty: that itself. */
  readonly member: string;
  /** Compilers import it themselves, and the file says nothing of it. */
  readonly isImplied: boolean;
  /** Of the file's first element, from 1. */
  readonly line: number;
  readonly column: number;
}

export interface WithoutElements {
  readonly text: string;
  readonly factory: ElementFactory;
  /** Column from 1, in UTF-16 units, that what stands at an offset of the text has in the source; its line is the same. */
  columnOf(offset: number): number;
}

const reserved =
  'break|case|catch|class|const|continue|debugger|default|delete|do|else|enum|export|extends|false|finally|for|function|if|import|in|instanceof|new|null|return|super|switch|this|throw|true|try|typeof|var|void|while|with';
/** `class="a"`; nothing of JavaScript looks like it. */
const reservedNames = new RegExp(`(?<=[\\s"'}])(?:${reserved})(?=\\s*=\\s*["'{])`, 'g');
const bareDefault = /(?<!export\s*)(?<=\s)default(?=\s+[\w-]+=["'{]|\s*\/?>)/g;
const quotedValues = /=\s*"[^"\n]*"/g;

/**
 * The same source, unit for unit, with other names for attributes that are words of the language (`class`, `for`), and without `&` in their texts: the grammar stumbles over both.
 * It is only there to be parsed, where the source itself does not.
 */
export const withPlainAttributes = (text: string): string =>
  text
    .replace(reservedNames, (name) => `_${name.slice(1)}`)
    .replace(bareDefault, '_efault')
    .replace(quotedValues, (value) => value.replaceAll('&', '_'));

const elementKinds = new Set(['jsx_element', 'jsx_self_closing_element']);

/** @returns null when the tree has no element */
export function withoutElements(tree: SyntaxTree): WithoutElements | null {
  let first: number = none;
  for (let node = 1; node < tree.size && first < 0; node++) if (elementKinds.has(tree.kind(node))) first = node;
  return first < 0 ? null : new Lowering(tree, first).run();
}

class Lowering {
  readonly #tree: SyntaxTree;
  readonly #first: number;
  readonly #named: Named;
  readonly #parts: string[] = [];
  /** Where each part begins in the text, and in the source; what is put in has the place that it stands for. */
  readonly #starts: number[] = [];
  readonly #sources: number[] = [];
  readonly #isCopied: boolean[] = [];
  #length = 0;
  /** Up to here the source is copied, or left out but for the ends of its lines. */
  #at = 0;

  constructor(tree: SyntaxTree, first: number) {
    this.#tree = tree;
    this.#first = first;
    this.#named = namedFactory(tree);
  }

  run(): WithoutElements {
    const { text } = this.#tree;
    this.#copyNode(0, 0, text.length);
    const start = this.#tree.start(this.#first);
    const before = text.lastIndexOf('\n', start - 1);
    const { what, member, holder } = this.#named;
    return {
      text: this.#parts.join(''),
      factory: {
        ...{ what, member, isImplied: holder === null },
        line: text.slice(0, start).split('\n').length,
        column: start - before,
      },
      columnOf: (offset) => {
        const source = this.#sourceOf(offset);
        return source - text.lastIndexOf('\n', source - 1);
      },
    };
  }

  #sourceOf(offset: number): number {
    let [low, high] = [0, this.#starts.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] as number) <= offset) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return offset;
    const [start, source] = [this.#starts[low - 1] as number, this.#sources[low - 1] as number];
    return this.#isCopied[low - 1] === true ? source + offset - start : source;
  }

  #write(text: string, source: number, isCopied: boolean): void {
    if (text === '') return;
    this.#starts.push(this.#length);
    this.#sources.push(source);
    this.#isCopied.push(isCopied);
    this.#parts.push(text);
    this.#length += text.length;
  }

  #put(text: string): void {
    this.#write(text, this.#at, false);
  }

  /** Leaves the source out up to an offset, but for the ends of its lines. */
  #skip(to: number): void {
    const ends = this.#tree.text.slice(this.#at, to).match(/\r?\n/g) ?? [];
    this.#write(ends.join(''), this.#at, false);
    this.#at = Math.max(this.#at, to);
  }

  #copy(from: number, to: number): void {
    this.#skip(from);
    this.#write(this.#tree.text.slice(from, to), from, true);
    this.#at = Math.max(this.#at, to);
  }

  /** A stretch of the source with its elements as calls. */
  #copyNode(node: number, from: number, to: number): void {
    const tree = this.#tree;
    let begin = from;
    for (let at = node; at < tree.next(node); at++) {
      if (!elementKinds.has(tree.kind(at))) continue;
      this.#copy(begin, tree.start(at));
      this.#element(at);
      begin = tree.end(at);
      at = tree.next(at) - 1;
    }
    this.#copy(begin, to);
  }

  #element(node: number): void {
    const tree = this.#tree;
    const isOpen = tree.kind(node) === 'jsx_element';
    const opening = isOpen ? tree.firstChild(node) : node;
    this.#skip(tree.start(node));
    this.#put(`${elementHook}(${this.#named.holder ?? 0},`);
    this.#type(tree.field(opening, 'name'));
    const given = tree.namedChildren(opening).filter((one) => /^jsx_(attribute|expression)$/.test(tree.kind(one)));
    this.#put(given.length === 0 ? ',null' : ',{');
    for (const one of given) this.#attribute(one);
    if (given.length > 0) this.#put('}');
    if (isOpen) this.#children(node, opening);
    this.#skip(tree.end(node));
    this.#put(')');
  }

  #type(name: number): void {
    const tree = this.#tree;
    if (name < 0) {
      this.#put(this.#named.fragment ?? 'null');
      return;
    }
    this.#skip(tree.start(name));
    const text = tree.textOf(name).replace(/\s+/g, '');
    const isOwn = tree.kind(name) === 'identifier' ? /^[^\p{Ll}]/u.test(text) && !text.includes('-') : true;
    if (isOwn && tree.kind(name) !== 'jsx_namespace_name') this.#copy(tree.start(name), tree.end(name));
    else this.#put(JSON.stringify(text));
  }

  #attribute(node: number): void {
    const tree = this.#tree;
    this.#skip(tree.start(node));
    if (tree.kind(node) === 'jsx_expression') {
      this.#expression(node, '', ',');
      return;
    }
    const [name, value] = tree
      .namedChildren(node)
      .filter((one) => tree.kind(one) !== 'comment')
      .slice(0, 2);
    if (name === undefined) return;
    this.#put(`${JSON.stringify(tree.textOf(name).replace(/\s+/g, ''))}:`);
    if (value === undefined) {
      this.#put('true,');
      return;
    }
    this.#skip(tree.start(value));
    const kind = tree.kind(value);
    if (kind === 'jsx_expression') this.#expression(value, '', ',');
    else if (elementKinds.has(kind)) {
      this.#element(value);
      this.#put(',');
    } else this.#put(`${JSON.stringify(decoded(tree.textOf(value).slice(1, -1)))},`);
  }

  /** What stands in braces; nothing, where only a comment does. */
  #expression(node: number, before: string, after: string): void {
    const tree = this.#tree;
    const inner = tree.namedChildren(node).find((one) => tree.kind(one) !== 'comment');
    if (inner === undefined) return;
    const isList = tree.kind(inner) === 'sequence_expression';
    this.#put(before + (isList ? '(' : ''));
    this.#copyNode(inner, tree.start(inner), endOf(tree, inner));
    this.#put((isList ? ')' : '') + after);
  }

  #children(node: number, opening: number): void {
    const tree = this.#tree;
    let from = tree.end(opening);
    for (const child of tree.namedChildren(node)) {
      const kind = tree.kind(child);
      if (child === opening || kind === 'jsx_text' || kind === 'html_character_reference') continue;
      const text = joined(tree.text.slice(from, tree.start(child)));
      if (text !== '') this.#put(`,${JSON.stringify(decoded(text))}`);
      this.#skip(tree.start(child));
      if (elementKinds.has(kind)) {
        this.#put(',');
        this.#element(child);
      } else if (kind === 'jsx_expression') this.#expression(child, ',', '');
      from = tree.end(child);
    }
  }
}

/** Blanks of a text between elements, as Babel has them (`cleanJSXElementLiteralChild`). */
function joined(text: string): string {
  const lines = text.split(/\r\n|\n|\r/);
  return lines
    .map((line, at) => {
      const plain = line.replace(/\t/g, ' ');
      const left = at === 0 ? plain : plain.replace(/^ +/, '');
      return at === lines.length - 1 ? left : left.replace(/ +$/, '');
    })
    .filter((line) => line !== '')
    .join(' ');
}

const entities: Readonly<Record<string, string>> = {
  ...{ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0', copy: '©', reg: '®', trade: '™' },
  ...{ mdash: '—', ndash: '–', hellip: '…', laquo: '«', raquo: '»', times: '×', middot: '·', bull: '•' },
  ...{
    lsquo: '‘',
    rsquo: '’',
    ldquo: '“',
    rdquo: '”',
    larr: '←',
    rarr: '→',
    uarr: '↑',
    darr: '↓',
    deg: '°',
    euro: '€',
  },
};

const decoded = (text: string): string =>
  text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w+));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return Object.hasOwn(entities, name) ? (entities[name] as string) : whole;
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });

interface Named {
  readonly what: string;
  /** What is handed to the hook; null: compilers import the function themselves. */
  readonly holder: string | null;
  readonly member: string;
  /** What stands for `<>`; null: the hook knows. */
  readonly fragment: string | null;
}

/** Libraries with a runtime of their own for elements, where a file takes anything of theirs. */
const runtimes = /^(preact|solid-js|hono\/jsx|@emotion\/react|@builder\.io\/qwik|inferno)\b/;

/** As compilers choose: by pragma, by what the file has under the usual names, else their own import. */
function namedFactory(tree: SyntaxTree): Named {
  const { names, sources } = boundAtTop(tree);
  const pragmas = new Map<string, string>();
  for (let node = 1; node < tree.size; node++)
    if (tree.kind(node) === 'comment')
      for (const [, pragma, value] of tree.textOf(node).matchAll(/@(jsx\w*)\s+([\w$.@/-]+)/g))
        pragmas.set(pragma as string, value as string);
  const asked = pragmas.get('jsx');
  const frag = pragmas.get('jsxFrag') ?? (names.has('Fragment') ? 'Fragment' : null);
  if (asked !== undefined) return named(asked, frag);
  const isAutomatic = pragmas.has('jsxImportSource') || pragmas.get('jsxRuntime') === 'automatic';
  if (!isAutomatic && (names.has('React') || pragmas.get('jsxRuntime') === 'classic'))
    return named('React.createElement', null);
  const usual = isAutomatic ? undefined : ['h', 'createElement'].find((one) => names.has(one));
  if (usual !== undefined) return named(usual, frag);
  const source = pragmas.get('jsxImportSource') ?? sources.map((one) => runtimes.exec(one)?.[1]).find(Boolean);
  return { what: `${source ?? 'react'}/jsx-runtime`, holder: null, member: '', fragment: null };
}

function named(what: string, fragment: string | null): Named {
  const dot = what.lastIndexOf('.');
  const [holder, member] = dot < 0 ? [what, ''] : [what.slice(0, dot), what.slice(dot + 1)];
  return { what, holder, member, fragment };
}

/** Names that may be a library or a function of one: imports, functions, and variables that are given such. */
function boundAtTop(tree: SyntaxTree): { readonly names: ReadonlySet<string>; readonly sources: readonly string[] } {
  const names = new Set<string>();
  const sources: string[] = [];
  const take = (node: number): void => {
    for (let at = node; at < tree.next(node); at++)
      if (/^(identifier|shorthand_property_identifier_pattern)$/.test(tree.kind(at))) names.add(tree.textOf(at));
  };
  for (const statement of tree.namedChildren(0)) {
    const kind = tree.kind(statement);
    if (kind === 'import_statement' && !/^import\s+type\b/.test(tree.textOf(statement))) {
      take(statement);
      const source = tree.field(statement, 'source');
      if (source >= 0) sources.push(tree.textOf(source).slice(1, -1));
    } else if (kind === 'function_declaration') take(tree.field(statement, 'name'));
    else if (/^(lexical|variable)_declaration$/.test(kind))
      for (const one of tree.namedChildren(statement)) {
        const value = tree.kind(one) === 'variable_declarator' ? tree.field(one, 'value') : none;
        if (value < 0) continue;
        const isTaken =
          functionKinds.has(tree.kind(value)) || /^(await |require\s*\(|[A-Za-z_$][\w$.]*$)/.test(tree.textOf(value));
        if (isTaken) take(tree.field(one, 'name'));
      }
  }
  return { names, sources };
}
