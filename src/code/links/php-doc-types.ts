/**
 * Types as PHP's doc comments write them: those of PHPStan and Psalm, as far as they name classes: unions, generics, `Foo[]`, shapes, callables.
 *
 * Absent: conditional types, and what type variables stand for in a class that is applied.
 */
import type { LinkBuilder } from './builder.ts';
import { meant, named, notesOf, ownObject } from './php-names.ts';
import { anything, arrayOf, languageType, primitive } from './php-types.ts';

/** Types in types: real ones stay below five. */
const maxDepth = 8;

const namePattern = /\\?[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*(?:[\\-][A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)*/y;
const variablePattern = /\$this\b/y;
const literalPattern = /-?\d[\d_.]*|'[^'\n]*'|"[^"\n]*"/y;

/** A value that says nothing of what it is: dropped from unions. */
const nothing = -2;
const nothings = new Set(['null', 'void', 'false', 'never']);
const scalars =
  /^(int|integer|float|double|string|bool|boolean|true|numeric|scalar|resource)$|-(string|int|resource|float|bool)$|^array-key$/;
const arrays = /^(array|list|iterable|non-empty-(array|list))$/;

/** Reads one type from a place in a comment. */
export class TypeReader {
  readonly #links: LinkBuilder;
  readonly #text: string;
  #at: number;

  constructor(links: LinkBuilder, text: string, at: number) {
    this.#links = links;
    this.#text = text;
    this.#at = at;
  }

  /** @returns an expression that names the type; -1 where there is none */
  read(): number {
    const type = this.#union(0);
    return type === nothing ? languageType(this.#links, 'null') : type;
  }

  /** What stands behind the type, to the end of the line. */
  rest(): string {
    const end = this.#text.indexOf('\n', this.#at);
    return this.#text.slice(this.#at, end < 0 ? undefined : end);
  }

  #union(depth: number): number {
    const options: number[] = [];
    let unread = false;
    do {
      const option = this.#intersection(depth);
      if (option === -1) unread = true;
      else if (option !== nothing) options.push(option);
    } while (this.#take('|', true));
    if (unread) return -1;
    return options.length === 0 ? nothing : this.#links.expressions.either(options);
  }

  #intersection(depth: number): number {
    const options: number[] = [];
    do options.push(this.#postfix(depth));
    while (
      // `Foo &$x` is a reference, no intersection.
      !/^\s*&\s*(\.|\$)/.test(this.#text.slice(this.#at, this.#at + 40)) &&
      this.#take('&', true)
    );
    return options.length === 1 ? (options[0] as number) : this.#links.expressions.first(options);
  }

  #postfix(depth: number): number {
    let type = this.#primary(depth);
    while (type !== -1 && this.#text.startsWith('[', this.#at)) {
      const end = this.#text.indexOf(']', this.#at);
      if (end < 0 || end - this.#at > 40) return -1;
      type = end === this.#at + 1 ? arrayOf(this.#links, type === nothing ? -1 : type) : anything(this.#links);
      this.#at = end + 1;
    }
    return type;
  }

  #primary(depth: number): number {
    if (depth > maxDepth) return -1;
    if (this.#take('?', false)) return this.#primary(depth + 1);
    if (this.#take('(', false)) {
      const type = this.#union(depth + 1);
      return this.#take(')', true) ? type : -1;
    }
    if (this.#match(variablePattern) !== null) return this.#own();
    if (this.#match(literalPattern) !== null) return languageType(this.#links, 'scalar');
    const name = this.#match(namePattern);
    return name === null ? -1 : this.#named(name, depth);
  }

  #named(name: string, depth: number): number {
    const links = this.#links;
    const word = name.toLowerCase();
    const args = this.#arguments(depth);
    if (args === null) return -1;
    if (word === 'callable' || word === 'closure' || word === '\\closure') return this.#callable(depth);
    if (this.#text.startsWith('::', this.#at)) return this.#constants();
    if (nothings.has(word)) return nothing;
    if (arrays.test(word)) {
      const shape = this.#text.startsWith('{', this.#at) ? this.#shape(depth) : (args.at(-1) ?? -1);
      return arrayOf(links, shape);
    }
    if (word.startsWith('class-string') || word === 'key-of' || word === 'value-of') return anything(links);
    if (scalars.test(word)) return languageType(links, 'scalar');
    if (word === 'mixed' || word === 'object') return primitive(links, word);
    if (word === 'self' || word === 'static') return this.#own();
    const template = templateNamed(links, name);
    if (template !== undefined) return template < 0 ? anything(links) : template;
    const type = named(links, meant(links, 'class', name));
    return links.expressions.applied(type, args);
  }

  #own(): number {
    const own = ownObject(this.#links);
    const known = this.#links.expressions.list[own];
    return known?.kind === 'self' ? this.#links.expressions.self('self-type', known.scope) : own;
  }

  /** `Foo::BAR_*` names values. */
  #constants(): number {
    while (/[\w:*]/.test(this.#text[this.#at] ?? '')) this.#at++;
    return anything(this.#links);
  }

  /** `<A, B>`; empty without any, `null` when it is not closed. */
  #arguments(depth: number): number[] | null {
    if (!this.#take('<', false)) return [];
    const args: number[] = [];
    do {
      const type = this.#union(depth + 1);
      args.push(type < 0 ? anything(this.#links) : type);
    } while (this.#take(',', true));
    return this.#take('>', true) ? args : null;
  }

  /** `{a: Foo, b?: Bar}`: which of them is asked for is not known. */
  #shape(depth: number): number {
    this.#at++;
    const types: number[] = [];
    do {
      this.#space();
      const key = /^(?:'[^'\n]*'|"[^"\n]*"|[\w-]+)\??\s*:(?!:)\s*/.exec(this.#text.slice(this.#at, this.#at + 200));
      if (key !== null) this.#at += key[0].length;
      if (this.#take('...', true) || this.#text[this.#at] === '}') continue;
      types.push(this.#union(depth + 1));
    } while (this.#take(',', true));
    return this.#take('}', true) ? this.#links.expressions.either(types) : -1;
  }

  /** `(A, B): C`: what calling gives comes last. */
  #callable(depth: number): number {
    const links = this.#links;
    if (!this.#take('(', false)) return anything(links);
    const types: number[] = [];
    while (!this.#take(')', true)) {
      const type = this.#union(depth + 1);
      types.push(type < 0 ? anything(links) : type);
      this.#space();
      const name = /^(=|&?(\.\.\.)?(\$\w+)?=?)/.exec(this.#text.slice(this.#at, this.#at + 100));
      this.#at += name?.[0].length ?? 0;
      if (!this.#take(',', true) && this.#text[this.#at] !== ')') return -1;
    }
    const result = this.#take(':', true) ? this.#union(depth + 1) : -1;
    return links.expressions.applied(languageType(links, 'Callable'), [
      ...types,
      result < 0 ? anything(links) : result,
    ]);
  }

  /** @param spaced white space, and the start of a comment's line, may stand around it */
  #take(token: string, spaced: boolean): boolean {
    const before = this.#at;
    if (spaced) this.#space();
    if (!this.#text.startsWith(token, this.#at)) {
      this.#at = before;
      return false;
    }
    this.#at += token.length;
    if (token !== '?') this.#space();
    return true;
  }

  #space(): void {
    const found = /^(?:[ \t]|\r?\n[ \t]*\*(?!\/))*/.exec(this.#text.slice(this.#at, this.#at + 200));
    this.#at += found?.[0].length ?? 0;
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) return null;
    this.#at += found[0].length;
    return found[0];
  }
}

/** What a type variable is bound to around the place; `undefined` when the name is none. */
function templateNamed(links: LinkBuilder, name: string): number | undefined {
  const { templates } = notesOf(links);
  if (templates.size === 0) return undefined;
  for (let scope = links.scope; scope >= 0; scope = links.parentOf(scope)) {
    const found = templates.get(scope)?.get(name);
    if (found !== undefined) return found;
  }
  return undefined;
}
