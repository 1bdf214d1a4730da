/**
 * Annotations of Python as expressions that name types, and their names as uses.
 *
 * They are read from the text instead of the tree, because the same words may stand bare, in quotes (to look ahead), in a
 * comment (`# type:`), or as arguments of `cast` and `TypeVar`: one reader for all. What is no type, it skips.
 */
import type { Extent } from '../scan.ts';
import type { LinkBuilder } from './builder.ts';
import { notesOf } from './python-notes.ts';

/** As `expressions.ts`: deeper ones could not be kept. */
const maxDepth = 32;

/** Built-in types: no file defines them, so a use would say nothing. */
const builtin = new Set(
  'None bool bytearray bytes complex dict float frozenset int list object set str tuple type'.split(' '),
);

/** `X[T]` is `T`, for these. */
const transparent = new Set(
  'Optional Annotated Final ClassVar Required NotRequired ReadOnly InitVar Unpack Mapped'.split(' '),
);

/** Generics whose first argument is what comes out of them. */
const firstCounts = new Set(['Generator', 'AsyncGenerator', 'AbstractContextManager', 'AbstractAsyncContextManager']);

/** Names that make a subscript an alias of a type where a value may stand: `Handlers = Dict[str, Handler]`. */
export const genericNames = new Set(
  (
    'Optional Union Annotated Type Tuple List Dict Set FrozenSet Callable Iterable Iterator Sequence Mapping MutableMapping ' +
    'DefaultDict OrderedDict Deque Awaitable Coroutine Generator list dict set tuple type frozenset'
  ).split(' '),
);

const token =
  /\s+|#[^\n]*|(?<quote>[rRbBuUfF]{0,2}("""|'''|"|'))|(?<name>[\p{L}_][\p{L}\p{N}_]*)|(?<mark>\.\.\.|[.[\](),|])|./suy;

/** As `token`, for names alone. */
const bareName = /(?<name>[\p{L}_][\p{L}\p{N}_]*)/suy;

/** The type that an annotation node names, or -1; reports its uses once. */
export function annotation(links: LinkBuilder, node: number): number {
  if (node < 0) return -1;
  const { annotations } = notesOf(links);
  const known = annotations.get(node);
  if (known !== undefined) return known;
  const found = typeAt(links, { start: links.tree.start(node), end: links.tree.end(node) });
  annotations.set(node, found);
  return found;
}

/** What a declaration with this type gives a name: an instance of it, or for `Type[X]` the class itself. */
export function declared(links: LinkBuilder, type: number): { value: number; type: number } {
  const named = classOf(links, type);
  return named >= 0 ? { value: named, type: -1 } : { value: -1, type };
}

/** A value of the type, as an expression. */
export function valueOfType(links: LinkBuilder, type: number): number {
  const named = classOf(links, type);
  return named >= 0 ? named : links.expressions.instance(type);
}

/** `X` of `Type[X]`, or -1. */
function classOf(links: LinkBuilder, type: number): number {
  const found = links.expressions.list[type];
  if (found?.kind !== 'applied' || found.args.length !== 1) return -1;
  const base = links.expressions.list[found.base];
  const isType = (base?.kind === 'name' || base?.kind === 'member') && (base.name === 'Type' || base.name === 'type');
  return isType ? (found.args[0] as number) : -1;
}

/** The type that an expression of the source names where no annotation stands: an argument of `cast`, a base, an alias. */
export function typeOf(links: LinkBuilder, node: number): number {
  if (node < 0) return -1;
  const { tree } = links;
  for (let at = node; at < tree.next(node); at++) if (tree.kind(at) === 'identifier') links.markUsed(at);
  return annotation(links, node);
}

/** The type that a piece of the text names, or -1; its names are reported as uses. */
export function typeAt(links: LinkBuilder, extent: Extent): number {
  return new TypeReader(links, extent, 0).union();
}

interface Token {
  readonly kind: 'name' | 'string' | 'mark' | 'other' | 'end';
  readonly text: string;
  readonly start: number;
  /** Of a string, where its content ends. */
  readonly end: number;
}

class TypeReader {
  readonly #links: LinkBuilder;
  readonly #end: number;
  #at: number;
  #depth: number;
  #token: Token = { kind: 'end', text: '', start: 0, end: 0 };

  constructor(links: LinkBuilder, { start, end }: Extent, depth: number) {
    this.#links = links;
    this.#at = start;
    this.#end = end;
    this.#depth = depth;
    this.#advance();
  }

  union(): number {
    const options = [this.#primary()];
    while (this.#take('|')) options.push(this.#primary());
    return this.#links.expressions.either(options);
  }

  #primary(): number {
    const { kind, text } = this.#token;
    if (kind === 'name') return this.#named();
    if (kind === 'string') return this.#quoted();
    if (text === '(' || text === '[') {
      const inner = this.#list(text === '(' ? ')' : ']');
      return inner[0] ?? -1;
    }
    if (kind !== 'end' && text !== ']' && text !== ')' && text !== ',') this.#advance();
    return -1;
  }

  #named(): number {
    const { expressions } = this.#links;
    let { text, start, end } = this.#token;
    this.#advance();
    let type = this.#plain(text);
    let dotted = false;
    while (this.#token.text === '.') {
      if (type >= 0) this.#links.useAt('use', { start, end }, type);
      this.#advance();
      if (this.#token.kind !== 'name') break;
      ({ text, start, end } = this.#token);
      this.#advance();
      type = expressions.member(type, text);
      dotted = true;
    }
    if (dotted || !builtin.has(text)) this.#links.useAt('type', { start, end }, type);
    if (this.#token.text !== '[') return type;
    if (text === 'Literal') {
      this.#skipBrackets();
      return -1;
    }
    return this.#applied(type, text, this.#list(']'));
  }

  #plain(name: string): number {
    const { expressions, scope } = this.#links;
    if (name === 'None' || name === 'Any') return -1;
    if (name === 'Self') {
      const own = this.#links.nearest(['class']);
      if (own >= 0) return expressions.self('self-type', own);
    }
    return expressions.name(name, scope);
  }

  #applied(base: number, name: string, args: readonly number[]): number {
    const { expressions } = this.#links;
    if (transparent.has(name)) return args[0] ?? -1;
    if (name === 'Union') return expressions.either(args);
    const counted = firstCounts.has(name) ? args.slice(0, 1) : name === 'Callable' ? args.slice(-1) : args;
    if (counted.every((arg) => arg < 0)) return base;
    // Places count, so what is no type keeps its own.
    return expressions.applied(
      base,
      counted.map((arg) => (arg < 0 ? expressions.literal('object') : arg)),
    );
  }

  /** Types between brackets, the opening one at hand; -1 for what is no type. */
  #list(close: string): number[] {
    const found: number[] = [];
    this.#advance();
    if (this.#depth >= maxDepth) {
      this.#token = { kind: 'end', text: '', start: this.#end, end: this.#end };
      this.#at = this.#end;
      return found;
    }
    this.#depth++;
    while (this.#token.kind !== 'end' && this.#token.text !== close) {
      const before = this.#token.start;
      if (!this.#take('...')) found.push(this.union());
      if (!this.#take(',') && this.#token.start === before) this.#advance();
    }
    this.#depth--;
    this.#take(close);
    return found;
  }

  #skipBrackets(): void {
    let open = 0;
    do {
      if (this.#token.text === '[') open++;
      else if (this.#token.text === ']') open--;
      this.#advance();
    } while (open > 0 && this.#token.kind !== 'end');
  }

  #quoted(): number {
    const { start, end } = this.#token;
    const inner = this.#depth < maxDepth ? new TypeReader(this.#links, { start, end }, this.#depth + 1).union() : -1;
    this.#advance();
    return inner;
  }

  #take(mark: string): boolean {
    if (this.#token.kind !== 'mark' || this.#token.text !== mark) return false;
    this.#advance();
    return true;
  }

  #advance(): void {
    const { text } = this.#links;
    while (this.#at < this.#end) {
      token.lastIndex = this.#at;
      let found = token.exec(text);
      if (found?.[1] !== undefined && token.lastIndex > this.#end) {
        // The last letter of `'A | B'` and the quote behind it are no beginning of a string.
        bareName.lastIndex = this.#at;
        found = bareName.exec(text);
        token.lastIndex = bareName.lastIndex;
      }
      if (found === null) break;
      const start = this.#at;
      const end = Math.min(this.#end, token.lastIndex);
      this.#at = end;
      const { name, quote, mark } = found.groups as { name?: string; quote?: string; mark?: string };
      if (name !== undefined) {
        this.#token = { kind: 'name', text: text.slice(start, end), start, end };
      } else if (mark !== undefined) {
        this.#token = { kind: 'mark', text: mark, start, end };
      } else if (quote !== undefined) {
        this.#token = this.#string(end, found[2] as string);
      } else if (/\s|#/.test(found[0][0] as string)) {
        continue;
      } else {
        this.#token = { kind: 'other', text: found[0], start, end };
      }
      return;
    }
    this.#token = { kind: 'end', text: '', start: this.#end, end: this.#end };
  }

  /** The string whose content starts at `start`. */
  #string(start: number, quote: string): Token {
    const found = this.#links.text.slice(start, this.#end).indexOf(quote);
    const end = found < 0 ? this.#end : start + found;
    this.#at = Math.min(this.#end, end + quote.length);
    return { kind: 'string', text: '', start, end };
  }
}
