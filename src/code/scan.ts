/**
 * One walk over one tree: collects what rules report into symbols, references and
 * imports.
 *
 * Rules run in preorder, so a definition is reported before anything inside it and
 * the stack of open definitions gives every parent. Which symbol a reference belongs to is
 * settled at the end, from spans alone, so a rule may report ahead of the walk.
 * Offsets are UTF-16 units here; `parser.ts` turns them into bytes.
 */
import { limits } from '../base/mod.ts';
import { beginsLine, isJoined, trimEnd } from './blank.ts';
import type { ReferenceKind, SymbolKind } from './facts.ts';
import { innermost } from './innermost.ts';
import type { GrammarLanguage, Rule } from './languages/language.ts';
import { type GrammarNames, none, type SyntaxTree } from './tree/tree.ts';

export interface Extent {
  readonly start: number;
  readonly end: number;
}

/** What a rule says about a definition; nodes are numbers of the tree, `none` where there is none. */
export interface Definition {
  readonly kind: SymbolKind;
  /** Node of the name, or its extent when the name is part of a node. */
  readonly name: number | Extent;
  /** The whole definition: modifiers, decorators, `export`. Encloses what is defined inside it. */
  readonly node: number;
  /** An earlier sibling that the definition begins with: its first decorator, where grammars keep those outside. */
  readonly first?: number;
  /** Nothing can be defined inside: several definitions may share the node. */
  readonly leaf?: boolean;
  /** The body of a callable or type: the signature ends before it. Only callables with a body become chunks. */
  readonly body?: number;
  /** A signature whose implementation follows, under the same name: it goes into that chunk. */
  readonly overload?: boolean;
  /** The value of a variable or field: part of the signature only when short. */
  readonly value?: number;
  /** First node of the signature, when decorators come before it. */
  readonly signature?: number;
  /** Docstring inside the definition; when absent the comment above counts. */
  readonly doc?: number | Extent;
  readonly exported?: boolean;
  readonly decorators?: readonly string[];
  /** What the qualified name begins with instead of the parent's: a receiver type. */
  readonly qualifier?: string;
}

/** A symbol while scanning. */
export interface ScannedSymbol {
  readonly kind: SymbolKind;
  readonly name: string;
  readonly qualifiedName: string;
  readonly start: number;
  readonly end: number;
  readonly nameStart: number;
  readonly nameEnd: number;
  readonly signatureStart: number;
  readonly signatureEnd: number;
  docStart: number;
  /** Equal to `docStart` when there is no doc. */
  docEnd: number;
  /** Start of the comments directly above, whether they are the doc or not; `start` when there are none. */
  readonly leadStart: number;
  readonly parent: number;
  exported: boolean;
  readonly decorators: readonly string[];
  readonly node: number;
  readonly hasBody: boolean;
  readonly isOverload: boolean;
}

export interface ScannedReference {
  readonly kind: ReferenceKind;
  readonly name: string;
  readonly receiver: string | null;
  readonly start: number;
  readonly end: number;
  from: number;
}

export interface ScannedImport {
  readonly module: string;
  readonly name: string;
  readonly alias: string | null;
  readonly start: number;
  readonly end: number;
}

/** The initialiser of a constant is shown in its signature up to this many units, on one line. */
const shortValueUnits = 160;

/** Longest receiver kept, as `facts.ts` promises: its end. */
const receiverBytes = 80;

/** Names longer than this are data (a minified key, a message), unless they are one word of a program; of these generated code has some of several hundred. */
const nameUnits = 200;
const word = /^[\p{L}\p{N}_$]+$/u;

/** Definitions nested deeper are generated (hand-written code stays under ten), and would make names of any length. */
const openDefinitions = 100;

const noDecorators: readonly string[] = [];

export class Scan {
  readonly tree: SyntaxTree;
  readonly text: string;
  readonly symbols: ScannedSymbol[] = [];
  readonly references: ScannedReference[] = [];
  readonly imports: ScannedImport[] = [];
  /** Something was dropped because of `limits.symbolsPerFile`. */
  overflowed = false;
  readonly #reported: Uint8Array;
  /** Pairs of nodes, name and receiver, that count only if the file knows the first of them. */
  readonly #candidates: number[] = [];
  /** Open definitions: symbol index and the node number at which each closes. */
  readonly #open: number[] = [];
  readonly #closes: number[] = [];
  /** Node the walk is at, and the end of the anonymous functions around it. */
  #at = 0;
  #localsEnd = 0;
  /** The run of comments last met. */
  #commentStart = 0;
  #commentEnd = -1;

  constructor(tree: SyntaxTree) {
    this.tree = tree;
    this.text = tree.text;
    this.#reported = new Uint8Array(tree.size);
  }

  /** Walks the whole tree. @param rules by public symbol id; @param comments 1 for symbol ids of comments */
  run(rules: readonly (Rule | undefined)[], comments: Uint8Array): void {
    const { tree } = this;
    const { symbols, size } = tree;
    for (let node = 0; node < size; node++) {
      const symbol = symbols[node] as number;
      if (comments[symbol] === 1) {
        this.#comment(node);
        rules[symbol]?.(this, node);
        continue;
      }
      const rule = rules[symbol];
      if (rule === undefined) continue;
      while (this.#closes.length > 0 && node >= (this.#closes.at(-1) as number)) {
        this.#closes.pop();
        this.#open.pop();
      }
      this.#at = node;
      rule(this, node);
    }
    this.#open.length = 0;
    this.#closes.length = 0;
  }

  /** Index of the innermost definition around the node the walk is at, or -1. */
  get enclosing(): number {
    return this.#open.at(-1) ?? -1;
  }

  /** Kind of the innermost definition, or null at the top. */
  get enclosingKind(): SymbolKind | null {
    const at = this.enclosing;
    return at < 0 ? null : (this.symbols[at] as ScannedSymbol).kind;
  }

  /** Whether anything around the walk's place is callable: what is defined here is local. */
  get insideCallable(): boolean {
    return this.#at < this.#localsEnd || this.#open.some((at) => holdsCode(this.symbols[at] as ScannedSymbol));
  }

  /** Says that what the node holds is local: it is a callable without a name. */
  holdLocals(node: number): void {
    this.#localsEnd = Math.max(this.#localsEnd, this.tree.next(node));
  }

  /** @returns the symbol's index, or -1 when it was dropped (no name, too many) */
  define(definition: Definition): number {
    const { tree, text } = this;
    const { name: at, node } = definition;
    const nameStart = typeof at === 'number' ? (at < 0 ? 0 : tree.start(at)) : at.start;
    const nameEnd = typeof at === 'number' ? (at < 0 ? 0 : tree.end(at)) : at.end;
    if (typeof at === 'number' && at >= 0) this.report(at);
    if (!isName(text, nameStart, nameEnd) || this.#open.length >= openDefinitions) return -1;
    if (this.symbols.length >= limits.symbolsPerFile) {
      this.overflowed = true;
      return -1;
    }
    const name = text.slice(nameStart, nameEnd);
    const parent = this.enclosing;
    const prefix = definition.qualifier ?? this.symbols[parent]?.qualifiedName;
    const { first = none, signature = none } = definition;
    // Broken code gives trees in which a definition may reach beyond its parent or back over its
    // neighbour; what is promised about order and nesting is kept by cutting it there.
    const outer = this.symbols[parent];
    const start = Math.max(tree.start(first < 0 ? node : first), this.symbols.at(-1)?.start ?? 0);
    const end = outer === undefined ? tree.end(node) : Math.min(tree.end(node), outer.end);
    if (nameStart < start || nameEnd > end) return -1;
    const lead = this.#leadOf(start);
    const doc = this.#docOf(definition, lead);
    const signatureStart = Math.max(start, tree.start(signature < 0 ? node : signature));
    const index = this.symbols.length;
    const isOverload = definition.overload === true;
    const hasBody = definition.body !== undefined && definition.body >= 0 && !isOverload;
    this.symbols.push({
      kind: definition.kind,
      name,
      qualifiedName: prefix === undefined || prefix === '' ? name : `${prefix}.${name}`,
      start,
      end,
      nameStart,
      nameEnd,
      signatureStart,
      signatureEnd: this.#signatureEnd(definition, signatureStart, end),
      docStart: doc.start,
      docEnd: doc.end,
      leadStart: lead.start,
      parent,
      exported: definition.exported ?? false,
      decorators: definition.decorators ?? noDecorators,
      node,
      hasBody,
      isOverload,
    });
    if (definition.leaf !== true) {
      this.#open.push(index);
      this.#closes.push(tree.next(node));
    }
    return index;
  }

  /** Reports a use of a name. @param receiver node of what stands before the last dot */
  refer(kind: ReferenceKind, name: number, receiver: number = none): void {
    if (name < 0 || this.isReported(name)) return;
    this.report(name);
    const { tree } = this;
    const before = receiver < 0 ? null : this.#receiverText(receiver);
    this.referAt(kind, { start: tree.start(name), end: tree.end(name) }, before);
  }

  /**
   * Reports a `use` if, at the end, the file imports or defines at its top level the name (or
   * the receiver, when given): the cheap way to tell such names from locals.
   */
  useIfKnown(name: number, receiver: number = none): void {
    this.#candidates.push(name, receiver);
  }

  /** Reports a use of a name that is only part of a node. */
  referAt(kind: ReferenceKind, name: Extent, receiver: string | null = null): void {
    if (!isName(this.text, name.start, name.end)) return;
    if (this.references.length >= limits.symbolsPerFile) {
      this.overflowed = true;
      return;
    }
    const { start, end } = name;
    this.references.push({ kind, name: this.text.slice(start, end), receiver, start, end, from: -1 });
  }

  importName(module: string, name: string, alias: string | null, node: number): void {
    // Broken code: a parser's guess at a missing name.
    if (name === '') return;
    if (this.imports.length >= limits.symbolsPerFile) {
      this.overflowed = true;
      return;
    }
    this.imports.push({ module, name, alias, start: this.tree.start(node), end: this.tree.end(node) });
  }

  /** Marks a node as dealt with, so that the rule for its kind can stay silent. */
  report(node: number): void {
    this.#reported[node] = 1;
  }

  isReported(node: number): boolean {
    return this.#reported[node] === 1;
  }

  #addKnownUses(): void {
    const known = new Set<string>();
    for (const { alias } of this.imports) if (alias !== null) known.add(alias);
    for (const { parent, name } of this.symbols) if (parent < 0) known.add(name);
    if (known.size === 0) return;
    for (let i = 0; i < this.#candidates.length; i += 2) {
      const name = this.#candidates[i] as number;
      const receiver = this.#candidates[i + 1] as number;
      if (this.isReported(name)) continue;
      if (known.has(this.tree.textOf(receiver < 0 ? name : receiver))) this.refer('use', name, receiver);
    }
  }

  /** Sorts references and gives each the innermost symbol around it. */
  settle(): void {
    this.#addKnownUses();
    this.references.sort((a, b) => a.start - b.start || a.end - b.end);
    const owner = innermost(this.symbols);
    for (const reference of this.references) reference.from = owner(reference.start, reference.end);
  }

  #comment(node: number): void {
    const { text, tree } = this;
    const start = tree.start(node);
    if (!beginsLine(text, start)) return;
    if (!(this.#commentEnd >= 0 && isJoined(text, this.#commentEnd, start, 0))) this.#commentStart = start;
    this.#commentEnd = trimEnd(text, start, tree.end(node));
  }

  #docOf({ doc }: Definition, lead: Extent): Extent {
    if (doc === undefined) return isDirective(this.text, lead) ? { start: lead.start, end: lead.start } : lead;
    if (typeof doc !== 'number') return doc;
    return doc < 0 ? lead : { start: this.tree.start(doc), end: this.tree.end(doc) };
  }

  /** The run of comments that ends directly above `start`; empty when there is none. */
  #leadOf(start: number): Extent {
    const end = this.#commentEnd;
    // Older JavaScript leaves a blank line under its doc comments.
    const isDoc = this.text.startsWith('/**', this.#commentStart);
    const joined = end >= 0 && end <= start && isJoined(this.text, end, start, isDoc ? 1 : 0);
    return joined ? { start: this.#commentStart, end } : { start, end: start };
  }

  #signatureEnd(definition: Definition, start: number, end: number): number {
    const { tree, text } = this;
    const { body, value } = definition;
    if (body !== undefined && body >= 0) return trimEnd(text, start, tree.start(body));
    if (value !== undefined && value >= 0) {
      const short = end - start <= shortValueUnits && !text.slice(start, end).includes('\n');
      if (!short) return trimEnd(text, start, tree.start(value));
    }
    return trimEnd(text, start, end);
  }

  #receiverText(node: number): string | null {
    const { tree, text } = this;
    const start = tree.start(node);
    const end = tree.end(node);
    if (end <= start) return null;
    let bytes = 0;
    let from = end;
    while (from > start) {
      const unit = text.charCodeAt(from - 1);
      // The second half of a pair counts for both, so that a pair is kept or dropped as one.
      const isPair = unit >= 0xdc00 && unit < 0xe000 && from - 1 > start;
      bytes += isPair ? 4 : unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3;
      if (bytes > receiverBytes) break;
      from -= isPair ? 2 : 1;
    }
    return from < end ? text.slice(from, end) : null;
  }
}

const isName = (text: string, start: number, end: number): boolean =>
  end > start &&
  (end - start <= nameUnits || (end - start <= limits.identifierUnits && word.test(text.slice(start, end))));

export const isCallable = (kind: SymbolKind): boolean =>
  kind === 'function' || kind === 'method' || kind === 'constructor' || kind === 'macro';

/** Callables, and accessors with a body. */
export const holdsCode = (symbol: ScannedSymbol): boolean =>
  isCallable(symbol.kind) || (symbol.kind === 'property' && symbol.hasBody);

/** A comment to a tool (linter, coverage, bundler, type checker) documents nothing. */
function isDirective(text: string, { start, end }: Extent): boolean {
  return end - start < 120 && directive.test(text.slice(start, end));
}

const directive =
  /^(#!|\/\*\s*[@#]__|(\/\*|\/\/)\s*(eslint|@ts-|biome-ignore|prettier-|istanbul|c8|v8 |nolint|go:)|#\s*(type:|noqa|pylint:|pragma:|fmt:|mypy:|rubocop:|shellcheck |frozen_string_literal:|typed:|:nodoc:))[^\n]*$/;

/** The rules of a language by the symbol ids of a grammar. */
export function rulesById(
  language: GrammarLanguage,
  names: GrammarNames,
): {
  rules: (Rule | undefined)[];
  comments: Uint8Array;
  blocks: Uint8Array;
} {
  const { kinds, named } = names;
  const rules: (Rule | undefined)[] = new Array(kinds.length);
  const comments = new Uint8Array(65_536);
  const blocks = new Uint8Array(65_536);
  kinds.forEach((kind, id) => {
    if (named[id] !== 1) return;
    if (Object.hasOwn(language.rules, kind)) rules[id] = language.rules[kind];
    if (language.comments.includes(kind)) comments[id] = 1;
    if (language.blocks.includes(kind)) blocks[id] = 1;
  });
  return { rules, comments, blocks };
}
