/**
 * Python literals as data: what a model predicts is read by this and by nothing else.
 *
 * `read` knows numbers, texts, bytes, the four collections and what `repr` writes of classes (`Counter({'a': 1})`, `inf`). It runs nothing, and
 * nothing that is no literal is read: names, operators, calls of functions. Two literals are compared by a text that is the same for both
 * (`keyOf`), at three strengths. Not a number equals itself here, because a prediction of it is right.
 */
export type Literal =
  | { readonly kind: 'None' }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'int'; readonly value: bigint }
  | { readonly kind: 'float'; readonly value: number }
  /** Of `bytes` each character is a byte. */
  | { readonly kind: 'str' | 'bytes'; readonly value: string }
  | { readonly kind: 'list' | 'tuple' | 'set' | 'frozenset'; readonly items: readonly Literal[] }
  | { readonly kind: 'dict'; readonly entries: readonly (readonly [Literal, Literal])[] }
  /** A value of a class, as its `repr` says it. */
  | { readonly kind: 'object'; readonly name: string; readonly items: readonly Literal[] };

/**
 * `exact`: types are the same all the way down. `equal`: as Python's `==`, so that `1`, `1.0` and `True` are one, and a `Counter` is a `dict`.
 * `lenient`: besides, lists and tuples are one, numbers agree in six digits, and of texts neither case nor white space counts.
 */
export const strengths = ['exact', 'equal', 'lenient'] as const;
export type Strength = (typeof strengths)[number];

/** A predicted answer longer than this is no answer. */
const mostCharacters = 1_000_000;
/** Collections one inside the other; CPython's own parser stops at 200. */
const mostDepth = 200;
/** `int` reads no more (CPython 3.11, `sys.set_int_max_str_digits`). */
const mostDigits = 4300;

class NoLiteral extends Error {}

/** @returns null when the text is no literal */
export function readLiteral(text: string): Literal | null {
  return attempt(text, (reader) => reader.alone());
}

/** Arguments of a call, `1, [2], key='x'`, with or without `name(…)` around them. @returns null when one is no literal */
export function readArguments(text: string, name: string): readonly Argument[] | null {
  const inside = new RegExp(`^\\s*${escaped(name)}\\s*\\(([\\s\\S]*)\\)\\s*$`).exec(text)?.[1];
  return attempt(inside ?? text, (reader) => reader.arguments());
}

export interface Argument {
  readonly name: string | null;
  readonly value: Literal;
}

const escaped = (text: string): string => text.replace(/[^\w]/g, '\\$&');

function attempt<T>(text: string, read: (reader: Reader) => T): T | null {
  if (text.length > mostCharacters) return null;
  try {
    return read(new Reader(text));
  } catch (cause) {
    if (cause instanceof NoLiteral) return null;
    throw cause;
  }
}

const tokens =
  /(?<space>[\s]+|#[^\n]*)|(?<string>[rRbBuU]{0,2}(?:"""|'''|"|'))|(?<number>0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?)|(?<name>[A-Za-z_][\w.]*)|(?<mark>[()[\]{},:=+-])/y;

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  alone(): Literal {
    const items = [this.#value(0)];
    let isTuple = false;
    while (this.#takes(',')) {
      isTuple = true;
      if (this.#peek() !== null) items.push(this.#value(0));
    }
    if (this.#peek() !== null) throw new NoLiteral();
    return isTuple ? { kind: 'tuple', items } : (items[0] as Literal);
  }

  arguments(): Argument[] {
    const found: Argument[] = [];
    while (this.#peek() !== null) {
      const from = this.#at;
      const name = this.#next();
      const isNamed = name?.kind === 'name' && this.#takes('=');
      if (!isNamed) this.#at = from;
      if (!isNamed && found.some((one) => one.name !== null)) throw new NoLiteral();
      found.push({ name: isNamed ? name.text : null, value: this.#value(0) });
      if (!this.#takes(',') && this.#peek() !== null) throw new NoLiteral();
    }
    return found;
  }

  #next(): { readonly kind: string; readonly text: string } | null {
    for (;;) {
      if (this.#at >= this.#text.length) return null;
      tokens.lastIndex = this.#at;
      const found = tokens.exec(this.#text);
      if (found?.groups === undefined) throw new NoLiteral();
      this.#at = tokens.lastIndex;
      const [kind, text] = Object.entries(found.groups).find(([, value]) => value !== undefined) as [string, string];
      if (kind !== 'space') return { kind, text };
    }
  }

  #peek(): { readonly kind: string; readonly text: string } | null {
    const from = this.#at;
    const found = this.#next();
    this.#at = from;
    return found;
  }

  #takes(mark: string): boolean {
    const found = this.#peek();
    if (found?.kind !== 'mark' || found.text !== mark) return false;
    this.#next();
    return true;
  }

  #value(depth: number): Literal {
    if (depth > mostDepth) throw new NoLiteral();
    const token = this.#next();
    if (token === null) throw new NoLiteral();
    switch (token.kind) {
      case 'number':
        return numberOf(token.text);
      case 'string':
        return this.#strings(token.text);
      case 'name':
        return this.#named(token.text, depth);
      default:
    }
    if (token.text === '-' || token.text === '+') return signed(token.text, this.#value(depth + 1));
    if (token.text === '[') return { kind: 'list', items: this.#items(']', depth) };
    if (token.text === '{') return this.#braces(depth);
    if (token.text !== '(') throw new NoLiteral();
    const from = this.#at;
    const items = this.#items(')', depth);
    const isTuple = items.length !== 1 || /,\s*(?:#[^\n]*\s*)*\)$/.test(this.#text.slice(from, this.#at));
    return isTuple ? { kind: 'tuple', items } : (items[0] as Literal);
  }

  #items(close: string, depth: number): Literal[] {
    const items: Literal[] = [];
    while (!this.#takes(close)) {
      items.push(this.#value(depth + 1));
      if (!this.#takes(',')) {
        if (!this.#takes(close)) throw new NoLiteral();
        return items;
      }
    }
    return items;
  }

  #braces(depth: number): Literal {
    if (this.#takes('}')) return { kind: 'dict', entries: [] };
    const first = this.#value(depth + 1);
    if (!this.#takes(':')) {
      if (this.#takes(',')) return { kind: 'set', items: [first, ...this.#items('}', depth)] };
      if (!this.#takes('}')) throw new NoLiteral();
      return { kind: 'set', items: [first] };
    }
    const entries: [Literal, Literal][] = [[first, this.#value(depth + 1)]];
    while (!this.#takes('}')) {
      if (!this.#takes(',')) throw new NoLiteral();
      if (this.#takes('}')) break;
      const key = this.#value(depth + 1);
      if (!this.#takes(':')) throw new NoLiteral();
      entries.push([key, this.#value(depth + 1)]);
    }
    return { kind: 'dict', entries };
  }

  #named(name: string, depth: number): Literal {
    if (name === 'None') return { kind: 'None' };
    if (name === 'True' || name === 'False') return { kind: 'bool', value: name === 'True' };
    if (name === 'inf' || name === 'nan') return { kind: 'float', value: name === 'inf' ? Infinity : Number.NaN };
    if (!this.#takes('(')) throw new NoLiteral();
    const items = this.#items(')', depth);
    const [only] = items;
    if (items.length > 1) return { kind: 'object', name, items };
    if (name === 'float' && only?.kind === 'str' && /^[+-]?(inf|nan)$/.test(only.value))
      return {
        kind: 'float',
        value: only.value.endsWith('nan') ? Number.NaN : only.value[0] === '-' ? -Infinity : Infinity,
      };
    if (name === 'dict' && only === undefined) return { kind: 'dict', entries: [] };
    if (name === 'set' || name === 'frozenset' || name === 'list' || name === 'tuple') {
      if (only === undefined) return { kind: name, items: [] };
      if ('items' in only && only.kind !== 'object') return { kind: name, items: only.items };
      throw new NoLiteral();
    }
    return { kind: 'object', name, items };
  }

  /** Texts that follow each other are one. */
  #strings(first: string): Literal {
    const parts = [this.#string(first)];
    while (this.#peek()?.kind === 'string') parts.push(this.#string(this.#next()?.text as string));
    const kind = parts[0]?.kind as 'str' | 'bytes';
    if (parts.some((part) => part.kind !== kind)) throw new NoLiteral();
    return { kind, value: parts.map(({ value }) => value).join('') };
  }

  #string(opening: string): { kind: 'str' | 'bytes'; value: string } {
    const [, prefix = '', quote = ''] = /^([a-zA-Z]*)(.*)$/s.exec(opening) ?? [];
    const isRaw = /r/i.test(prefix);
    const isBytes = /b/i.test(prefix);
    let value = '';
    for (;;) {
      if (this.#at >= this.#text.length) throw new NoLiteral();
      if (this.#text.startsWith(quote, this.#at)) break;
      const letter = this.#text[this.#at] as string;
      if (letter === '\n' && quote.length === 1) throw new NoLiteral();
      if (letter !== '\\') {
        value += letter;
        this.#at++;
        continue;
      }
      const [length, meant] = isRaw
        ? [2, this.#text.slice(this.#at, this.#at + 2)]
        : escapeAt(this.#text, this.#at, isBytes);
      value += meant;
      this.#at += length;
    }
    this.#at += quote.length;
    return { kind: isBytes ? 'bytes' : 'str', value };
  }
}

const simpleEscapes: Readonly<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

function escapeAt(text: string, at: number, isBytes: boolean): readonly [length: number, meant: string] {
  const letter = text[at + 1] ?? '';
  const simple = simpleEscapes[letter];
  if (simple !== undefined) return [2, simple];
  const octal = /^[0-7]{1,3}/.exec(text.slice(at + 1, at + 4))?.[0];
  if (octal !== undefined) return [1 + octal.length, String.fromCharCode(Number.parseInt(octal, 8))];
  const digits = letter === 'x' ? 2 : isBytes ? 0 : letter === 'u' ? 4 : letter === 'U' ? 8 : 0;
  if (digits === 0) {
    // A character's name would need the table of all names.
    if (letter === 'N' && !isBytes) throw new NoLiteral();
    return [2, `\\${letter}`];
  }
  const code = text.slice(at + 2, at + 2 + digits);
  if (code.length !== digits || !/^[0-9a-fA-F]+$/.test(code)) throw new NoLiteral();
  const point = Number.parseInt(code, 16);
  if (point > 0x10ffff) throw new NoLiteral();
  return [2 + digits, String.fromCodePoint(point)];
}

function numberOf(written: string): Literal {
  if (/__|_$|_\.|\._|_[eE]/.test(written)) throw new NoLiteral();
  const text = written.replaceAll('_', '');
  if (text.length > mostDigits) throw new NoLiteral();
  if (/^(0[xXoObB]|\d+$)/.test(text)) {
    if (/^0\d*[1-9]/.test(text)) throw new NoLiteral();
    return { kind: 'int', value: BigInt(text) };
  }
  return { kind: 'float', value: Number(text) };
}

function signed(sign: string, literal: Literal): Literal {
  if (literal.kind === 'bool') return { kind: 'int', value: BigInt(literal.value) * (sign === '-' ? -1n : 1n) };
  if (literal.kind !== 'int' && literal.kind !== 'float') throw new NoLiteral();
  if (sign === '+') return literal;
  return literal.kind === 'int' ? { kind: 'int', value: -literal.value } : { kind: 'float', value: -literal.value };
}

/** The same text for literals that are alike at this strength, and for no others. */
export function keyOf(literal: Literal, strength: Strength): string {
  const isExact = strength === 'exact';
  const keys = (items: readonly Literal[]): string[] => items.map((item) => keyOf(item, strength));
  switch (literal.kind) {
    case 'None':
      return 'None';
    case 'bool':
      return isExact ? `bool ${literal.value}` : `number ${literal.value ? 1 : 0}`;
    case 'int':
      return isExact
        ? `int ${literal.value}`
        : strength === 'equal'
          ? `number ${literal.value}`
          : rounded(Number(literal.value));
    case 'float':
      if (isExact) return `float ${Object.is(literal.value, -0) ? '-0' : literal.value}`;
      if (strength === 'lenient') return rounded(literal.value);
      return `number ${Number.isInteger(literal.value) ? BigInt(literal.value) : literal.value}`;
    case 'str':
    case 'bytes':
      return `${literal.kind} ${JSON.stringify(strength === 'lenient' ? plainText(literal.value) : literal.value)}`;
    case 'list':
    case 'tuple':
      return `${strength === 'lenient' ? 'sequence' : literal.kind}(${keys(literal.items).join(',')})`;
    case 'set':
    case 'frozenset':
      return `${isExact ? literal.kind : 'set'}{${[...new Set(keys(literal.items))].sort().join(',')}}`;
    case 'dict': {
      const entries = new Map(literal.entries.map(([key, value]) => [keyOf(key, strength), keyOf(value, strength)]));
      return `dict{${[...entries]
        .map(([key, value]) => `${key}:${value}`)
        .sort()
        .join(',')}}`;
    }
    case 'object': {
      const held = heldBy(literal);
      if (!isExact && held !== null) return keyOf(held, strength);
      return `${literal.name}(${keys(literal.items).join(',')})`;
    }
  }
}

/** Classes of the standard library on top of a collection, which `==` takes for it. */
function heldBy({ name, items }: Literal & { kind: 'object' }): Literal | null {
  const last = items.at(-1);
  if (!/^(collections\.)?(Counter|OrderedDict|defaultdict)$/.test(name)) return null;
  if (last === undefined) return { kind: 'dict', entries: [] };
  if (last.kind === 'dict') return last;
  if (last.kind !== 'list') return null;
  const entries = last.items.flatMap((item): [Literal, Literal][] =>
    item.kind === 'tuple' && item.items.length === 2 ? [[item.items[0] as Literal, item.items[1] as Literal]] : [],
  );
  return entries.length === last.items.length ? { kind: 'dict', entries } : null;
}

const rounded = (value: number): string => `number ${Object.is(value, -0) ? 0 : Number(value.toPrecision(6))}`;

/** Of a text what is left when neither case nor white space counts. */
export const plainText = (text: string): string => text.trim().replace(/\s+/g, ' ').toLowerCase();

/** A literal as `repr` writes it; sets in the order that they have here. */
export function literalText(literal: Literal): string {
  const list = (items: readonly Literal[]): string => items.map(literalText).join(', ');
  switch (literal.kind) {
    case 'None':
      return 'None';
    case 'bool':
      return literal.value ? 'True' : 'False';
    case 'int':
      return String(literal.value);
    case 'float':
      return fractionText(literal.value);
    case 'str':
      return textOf(literal.value);
    case 'bytes':
      return `b${textOf(literal.value).replace(/[\x80-\xff]/g, (letter) => `\\x${letter.charCodeAt(0).toString(16)}`)}`;
    case 'list':
      return `[${list(literal.items)}]`;
    case 'tuple':
      return `(${list(literal.items)}${literal.items.length === 1 ? ',' : ''})`;
    case 'set':
      return literal.items.length === 0 ? 'set()' : `{${list(literal.items)}}`;
    case 'frozenset':
      return literal.items.length === 0 ? 'frozenset()' : `frozenset({${list(literal.items)}})`;
    case 'dict':
      return `{${literal.entries.map(([key, value]) => `${literalText(key)}: ${literalText(value)}`).join(', ')}}`;
    case 'object':
      return `${literal.name}(${list(literal.items)})`;
  }
}

/** Python goes over to exponents from 1e16 and below 1e-4. */
function fractionText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf';
  if (Object.is(value, -0)) return '-0.0';
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e16 || size < 1e-4)) return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
  const text = String(value);
  return text.includes('.') ? text : `${text}.0`;
}

function textOf(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const named: Readonly<Record<string, string>> = {
    '\n': '\\n',
    '\r': '\\r',
    '\t': '\\t',
    '\\': '\\\\',
    [quote]: `\\${quote}`,
  };
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones that are written by their numbers
  return `${quote}${text.replace(/[\x00-\x1f\x7f\\'"\ud800-\udfff]/gu, (letter) => {
    const code = letter.codePointAt(0) as number;
    if (letter === '"' || letter === "'") return letter === quote ? `\\${letter}` : letter;
    return named[letter] ?? (code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16)}`);
  })}${quote}`;
}

/** Whether a literal can stand in a program as an argument: nothing in it is a call. */
export function isPlain(literal: Literal): boolean {
  if (literal.kind === 'object') return false;
  if (literal.kind === 'float') return Number.isFinite(literal.value);
  if ('items' in literal) return literal.items.every(isPlain);
  return literal.kind !== 'dict' || literal.entries.every(([key, value]) => isPlain(key) && isPlain(value));
}
