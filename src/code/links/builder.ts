/**
 * One walk over one tree for its links: collects what a language's rules report, and settles it when all names are bound.
 *
 * The idea: a scope belongs to a node and holds all that is below it, so the walk knows the scope of everything by
 * counting, and a scope may be opened before the walk is there (a value is asked for ahead of its place). What depends
 * on all bindings (is this name a local; which scope does that hint belong to) is put off to the end.
 *
 * It runs after the scan of the same tree, so symbols and imports are known and found by where they stand.
 */
import { limits } from '../../base/mod.ts';
import { innermost } from '../innermost.ts';
import { type Extent, holdsCode, type Scan, type ScannedSymbol } from '../scan.ts';
import type { GrammarNames, SyntaxTree } from '../tree/tree.ts';
import { BoundNames } from './bound-names.ts';
import { doersOf } from './doers.ts';
import {
  type BindingDetail,
  type Description,
  type DraftBinding,
  type DraftScope,
  type DraftSymbolLinks,
  type DraftUse,
  draftBinding,
} from './drafts.ts';
import { Expressions, maxOptions } from './expressions.ts';
import type { LinkLanguage, LinkRule, ValueRule } from './language.ts';
import { Narrowings } from './narrowings.ts';
import type { BindingKind, FileLinks, ScopeKind, SymbolLinks, UseKind } from './types.ts';

/** Levels of source that one value may be read through: a longer one is data, and the walk recurses here. */
const maxValueDepth = 40;

/** Values that were given up for depth are asked for again where they stand, but no more often than this: hostile sources. */
const maxGivenUp = 10_000;

/** Not asked for yet, in the column of values. */
const unasked = -2;

/** Rules of a language by the symbol ids of its grammar. */
export interface LinkRules {
  readonly language: LinkLanguage;
  readonly rules: readonly (LinkRule | undefined)[];
  readonly values: readonly (ValueRule | undefined)[];
}

export function linkRulesById(language: LinkLanguage, { kinds, named }: GrammarNames): LinkRules {
  const byId = <Kind>(table: Readonly<Record<string, Kind>>): (Kind | undefined)[] =>
    kinds.map((kind, id) => (named[id] === 1 && Object.hasOwn(table, kind) ? table[kind] : undefined));
  return { language, rules: byId(language.rules), values: byId(language.values) };
}

export class LinkBuilder {
  readonly tree: SyntaxTree;
  readonly text: string;
  readonly scan: Scan;
  readonly expressions = new Expressions();
  /** What tests around the walk's place say of names. */
  readonly narrowings: Narrowings;
  package: string | null = null;
  readonly #rules: LinkRules;
  readonly #scopes: DraftScope[] = [];
  readonly #bindings: DraftBinding[] = [];
  /** Bindings of a name in whichever scope around `scope` binds it. */
  readonly #hints: DraftBinding[] = [];
  readonly #uses: DraftUse[] = [];
  /** Uses that count only if their name turns out to be bound to a definition or an import. */
  readonly #candidates: (DraftUse & { readonly name: string; readonly scope: number })[] = [];
  readonly #symbolLinks = new Map<number, DraftSymbolLinks>();
  readonly #exports: { name: string; local: string }[] = [];
  readonly #passedOn: number[] = [];
  readonly #reported: Uint8Array;
  readonly #values: Int32Array;
  readonly #scopeByNode = new Map<number, number>();
  readonly #opened: Uint8Array;
  /** Open scopes and the node number at which each closes. */
  readonly #open: number[] = [0];
  readonly #closes: number[] = [];
  readonly #symbolByName = new Map<number, number>();
  readonly #importByStart = new Map<number, number>();
  #skipTo = 0;
  #depth = 0;
  #givenUp = 0;
  #cut = false;

  constructor(scan: Scan, rules: LinkRules) {
    const { tree } = scan;
    this.scan = scan;
    this.tree = tree;
    this.text = tree.text;
    this.narrowings = new Narrowings(tree);
    this.#rules = rules;
    this.#reported = new Uint8Array(tree.size);
    this.#opened = new Uint8Array(tree.size);
    this.#values = new Int32Array(tree.size).fill(unasked);
    scan.symbols.forEach((symbol, index) => {
      if (!this.#symbolByName.has(symbol.nameStart)) this.#symbolByName.set(symbol.nameStart, index);
    });
    scan.imports.forEach((found, index) => {
      if (!this.#importByStart.has(found.start)) this.#importByStart.set(found.start, index);
    });
    this.#scopes.push({ kind: 'file', parent: -1, symbol: -1, start: 0, end: tree.text.length });
  }

  /** Walks the whole tree. */
  run(): void {
    const { tree } = this;
    const { symbols, size } = tree;
    const { rules, language } = this.#rules;
    for (let node = 0; node < size; node++) {
      if (node < this.#skipTo) {
        node = this.#skipTo - 1;
        continue;
      }
      while (this.#closes.length > 0 && node >= (this.#closes.at(-1) as number)) {
        this.#closes.pop();
        this.#open.pop();
      }
      const wasOpened = this.#opened[node] === 1;
      if (wasOpened) this.#enter(node);
      rules[symbols[node] as number]?.(this, node);
      if (!wasOpened && this.#opened[node] === 1) this.#enter(node);
    }
    this.#open.length = 1;
    this.#closes.length = 0;
    language.finish?.(this);
  }

  /** Does not walk what is below the node. */
  skip(node: number): void {
    this.#skipTo = Math.max(this.#skipTo, this.tree.next(node));
  }

  // Scopes

  /** The innermost scope around the walk's place; inside `within`, that one. */
  get scope(): number {
    return this.#open.at(-1) as number;
  }

  /** Opens a scope for what is below the node, once; its parent is the scope at hand. @returns its number */
  scopeOf(node: number, kind: ScopeKind, symbol = -1): number {
    const known = this.#scopeByNode.get(node);
    if (known !== undefined) return known;
    if (this.#scopes.length >= limits.symbolsPerFile) {
      this.#cut = true;
      return this.scope;
    }
    const index = this.#scopes.length;
    this.#scopes.push({ kind, parent: this.scope, symbol, start: this.tree.start(node), end: this.tree.end(node) });
    this.#scopeByNode.set(node, index);
    this.#opened[node] = 1;
    return index;
  }

  /** Reads something as if the walk were in that scope. */
  within<Result>(scope: number, read: () => Result): Result {
    this.#open.push(scope);
    try {
      return read();
    } finally {
      this.#open.pop();
    }
  }

  kindOf(scope: number): ScopeKind {
    return (this.#scopes[scope] as DraftScope).kind;
  }

  parentOf(scope: number): number {
    return (this.#scopes[scope] as DraftScope).parent;
  }

  /** The symbol whose body the scope is, or -1. */
  symbolOf(scope: number): number {
    return (this.#scopes[scope] as DraftScope).symbol;
  }

  /** The scope itself or the nearest around it of one of the kinds; -1 when there is none. */
  nearest(kinds: readonly ScopeKind[], from: number = this.scope): number {
    for (let at = from; at >= 0; at = this.parentOf(at)) if (kinds.includes(this.kindOf(at))) return at;
    return -1;
  }

  // What facts have

  /** The symbol whose name stands at the node, or -1. */
  symbolAt(name: number): number {
    return name < 0 ? -1 : this.symbolFrom(this.tree.start(name));
  }

  /** As `symbolAt`, for a name that is only part of a node. */
  symbolFrom(start: number): number {
    return this.#symbolByName.get(start) ?? -1;
  }

  /** The import whose span begins at the node, or -1. */
  importAt(node: number): number {
    return this.#importByStart.get(this.tree.start(node)) ?? -1;
  }

  // Reports

  bind(kind: BindingKind, name: string, detail: BindingDetail = {}): void {
    if (name === '' || this.#full(this.#bindings)) return;
    const scope = detail.scope ?? this.nearest(['file', 'namespace', 'class', 'function']);
    this.#bindings.push(draftBinding(kind, name, { ...detail, scope }));
  }

  /** As `bind`, for a name that is bound elsewhere: in whichever scope around the walk's place does so, or nowhere. */
  hint(name: string, detail: { readonly value?: number; readonly type?: number }): void {
    if (!this.#full(this.#hints)) this.#hints.push(draftBinding('variable', name, { ...detail, scope: this.scope }));
  }

  /** Reports a use once per node. @param name node of the last name @param from as of `useAt` */
  use(kind: UseKind, name: number, expression: number, from = -1): void {
    if (name < 0 || this.isUsed(name)) return;
    this.markUsed(name);
    this.useAt(kind, { start: this.tree.start(name), end: this.tree.end(name) }, expression, from);
  }

  /** Reports a use of what is only part of a node. @param from the symbol that uses it, where that is not the one around */
  useAt(kind: UseKind, { start, end }: Extent, expression: number, from = -1): void {
    if (expression < 0 || end <= start || this.#full(this.#uses)) return;
    this.#uses.push({ kind, expression, start, end, from });
  }

  /** Reports a read of a plain name, which counts if the name is bound to a definition or import, or not bound in this file at all while `import *` may bind it. */
  read(name: number): void {
    if (this.isUsed(name) || this.#full(this.#candidates)) return;
    this.markUsed(name);
    const { tree, scope } = this;
    const [start, end] = [tree.start(name), tree.end(name)];
    if (end > start) {
      this.#candidates.push({ kind: 'use', expression: -1, start, end, from: -1, name: tree.textOf(name), scope });
    }
  }

  /** Says that a node needs no use: it is a binding, or was reported in another way. */
  markUsed(node: number): void {
    if (node >= 0) this.#reported[node] = 1;
  }

  isUsed(node: number): boolean {
    return this.#reported[node] === 1;
  }

  /** Adds to what is known of a symbol; -1 is ignored. */
  describe(symbol: number, more: Description): void {
    if (symbol < 0) return;
    let known = this.#symbolLinks.get(symbol);
    if (known === undefined) {
      known = { scope: -1, bases: [], results: [], static: false, accessor: false, receiver: -1, takes: -1 };
      this.#symbolLinks.set(symbol, known);
    }
    const { results, bases, ...rest } = more;
    for (const result of results ?? []) {
      if (result >= 0 && known.results.length < maxOptions && !known.results.includes(result)) {
        known.results.push(result);
      }
    }
    if (bases !== undefined) known.bases = bases.filter((base) => base >= 0);
    Object.assign(known, rest);
  }

  export(name: string, local: string): void {
    if (name !== '' && !this.#full(this.#exports)) this.#exports.push({ name, local });
  }

  passOn(index: number): void {
    if (index >= 0) this.#passedOn.push(index);
  }

  // Values

  /** What an expression of the source is worth, in the scope at hand; -1 when nothing is known or it is nested too deeply. */
  value(node: number): number {
    if (node < 0) return -1;
    const known = this.#values[node] as number;
    if (known !== unasked) return known;
    const rule = this.#rules.values[this.tree.symbols[node] as number];
    if (rule === undefined) return -1;
    if (this.#depth >= maxValueDepth) {
      this.#givenUp++;
      return -1;
    }
    const before = this.#givenUp;
    this.#depth++;
    const found = rule(this, node);
    this.#depth--;
    // What was given up for its depth below another value may be known when it is asked for itself.
    const forDepth = found < 0 && this.#depth > 0 && this.#givenUp > before && this.#givenUp < maxGivenUp;
    if (!forDepth) this.#values[node] = found;
    return found;
  }

  name(name: string): number {
    return this.expressions.name(name, this.scope);
  }

  /** Links with offsets in bytes. */
  settle(at: (unit: number) => number): FileLinks {
    const bound = new BoundNames(this.#bindings);
    this.#placeHints(bound);
    this.#addReads(bound);
    const uses = this.#uses.sort((a, b) => a.start - b.start || a.end - b.end);
    const owner = innermost(this.scan.symbols);
    const doers = doersOf(this.scan.symbols);
    for (const use of uses) {
      if (use.from >= 0) continue;
      const around = owner(use.start, use.end);
      if (use.from === definer) {
        const holder = this.scan.symbols[around]?.parent ?? -1;
        use.from = holder < 0 ? -1 : (doers[holder] ?? -1);
        continue;
      }
      const doer = doers[around] ?? -1;
      const isInside = doer >= 0 && holdsCode(this.scan.symbols[doer] as ScannedSymbol);
      use.from = use.kind === 'call' || isInside ? doer : around;
    }
    return {
      classScopesAreSeen: this.#rules.language.classScopesAreSeen,
      package: this.package,
      scopes: this.#scopes.map(({ kind, parent, symbol, start, end }) => {
        return { kind, parent, symbol, span: { start: at(start), end: at(end) } };
      }),
      bindings: this.#bindings,
      expressions: this.expressions.list,
      uses: uses.map(({ kind, expression, from, start, end }) => {
        return { kind, expression, from, span: { start: at(start), end: at(end) } };
      }),
      symbols: [...this.#symbolLinks].map(([symbol, more]): SymbolLinks => ({ symbol, ...more })).sort(bySymbol),
      exports: this.#exports,
      passedOn: this.#passedOn,
      cut: this.#cut || this.expressions.cut,
    };
  }

  #placeHints(bound: BoundNames): void {
    for (const hint of this.#hints) {
      const scope = this.#scopeBinding(hint.name, hint.scope, bound);
      if (scope < 0 || this.#full(this.#bindings)) continue;
      this.#bindings.push({ ...hint, scope });
    }
  }

  #addReads(bound: BoundNames): void {
    const isStar = ({ name, alias }: { name: string; alias: string | null }): boolean => name === '*' && alias === null;
    const { starsBindNothing, seesOtherFiles } = this.#rules.language;
    const anyName = seesOtherFiles === true || (starsBindNothing !== true && this.scan.imports.some(isStar));
    for (const { kind, name, scope, start, end } of this.#candidates) {
      const found = this.#scopeBinding(name, scope, bound);
      if (found < 0 ? anyName : bound.isDefinition(name, found)) {
        this.useAt(kind, { start, end }, this.expressions.name(name, scope));
      }
    }
  }

  /** The innermost scope from which the name is taken, or -1. */
  #scopeBinding(name: string, from: number, bound: BoundNames): number {
    const { classScopesAreSeen } = this.#rules.language;
    let crossed = false;
    for (let at = from; at >= 0; at = this.parentOf(at)) {
      const kind = this.kindOf(at);
      if ((kind !== 'class' || classScopesAreSeen || !crossed) && bound.has(name, at)) return at;
      crossed ||= kind === 'function';
    }
    return -1;
  }

  #enter(node: number): void {
    this.#open.push(this.#scopeByNode.get(node) as number);
    this.#closes.push(this.tree.next(node));
  }

  #full(list: readonly unknown[]): boolean {
    if (list.length < limits.symbolsPerFile) return false;
    this.#cut = true;
    return true;
  }
}

/** In place of who uses something: whoever defines what it stands in, which calls its decorators. */
export const definer = -2;

const bySymbol = (a: SymbolLinks, b: SymbolLinks): number => a.symbol - b.symbol;
