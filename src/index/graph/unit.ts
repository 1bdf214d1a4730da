/**
 * One file as resolution reads it: its links and the part of its facts that they point into, with the indexes that
 * look-up needs, made when first asked for.
 */
import type {
  Binding,
  Symbol as CodeSymbol,
  Expression,
  FileLinks,
  Import,
  Scope,
  SymbolLinks,
} from '../../code/mod.ts';
import { namespaceOfSymbol } from './csharp-namespaces.ts';
import { hashOf, mixText } from './hash.ts';
import { comparedIn } from './php-case.ts';

export interface UnitParts {
  /** Number of the file: its place among all files by path. */
  readonly file: number;
  readonly path: string;
  readonly language: string;
  readonly test: boolean;
  readonly symbols: readonly CodeSymbol[];
  readonly imports: readonly Import[];
  readonly links: FileLinks;
}

const none: readonly number[] = [];

export class Unit {
  readonly file: number;
  readonly path: string;
  readonly language: string;
  readonly test: boolean;
  readonly symbols: readonly CodeSymbol[];
  readonly imports: readonly Import[];
  readonly links: FileLinks;
  /** Hash of the path: what all keys of the file start from. */
  readonly key: number;
  #byScope: (Map<string, number[]> | undefined)[] | null = null;
  #bySymbol: Int32Array | null = null;
  #functionScopes: Int32Array | null = null;
  #symbolLinks: Map<number, SymbolLinks> | null = null;
  #scopeKeys: Float64Array | null = null;
  #symbolKeys: Float64Array | null = null;
  #starImports: readonly number[] | null = null;
  #exports: ReadonlyMap<string, string> | null = null;

  constructor(parts: UnitParts) {
    this.file = parts.file;
    this.path = parts.path;
    this.language = parts.language;
    this.test = parts.test;
    this.symbols = parts.symbols;
    this.imports = parts.imports;
    this.links = parts.links;
    this.key = hashOf(parts.path);
  }

  symbol(symbol: number): CodeSymbol {
    return this.symbols[symbol] as CodeSymbol;
  }

  scope(scope: number): Scope {
    return this.links.scopes[scope] as Scope;
  }

  binding(binding: number): Binding {
    return this.links.bindings[binding] as Binding;
  }

  expression(expression: number): Expression {
    return this.links.expressions[expression] as Expression;
  }

  /** Bindings of a name in a scope, in the order of the source; members of a class scope included. */
  bindings(scope: number, name: string): readonly number[] {
    return this.#scopeNames(scope)?.get(comparedIn(this.language, name)) ?? none;
  }

  /** All bindings of a scope, those of one name together. */
  bindingsIn(scope: number): readonly number[] {
    return [...(this.#scopeNames(scope)?.values() ?? [])].flat();
  }

  /** Declared types of a class scope's fields, in the order of the source. */
  fieldTypes(scope: number): readonly number[] {
    return this.bindingsIn(scope)
      .map((index) => this.binding(index))
      .filter(({ kind, type }) => kind === 'symbol' && type >= 0)
      .map(({ type }) => type);
  }

  #scopeNames(scope: number): ReadonlyMap<string, number[]> | undefined {
    if (this.#byScope === null) {
      const byScope: (Map<string, number[]> | undefined)[] = [];
      this.links.bindings.forEach((binding, index) => {
        let names = byScope[binding.scope];
        if (names === undefined) {
          names = new Map();
          byScope[binding.scope] = names;
        }
        const name = comparedIn(this.language, binding.name);
        const known = names.get(name);
        if (known === undefined) names.set(name, [index]);
        else known.push(index);
      });
      this.#byScope = byScope;
    }
    return this.#byScope[scope];
  }

  /** A binding that binds the symbol, or -1. */
  bindingOf(symbol: number): number {
    if (this.#bySymbol === null) {
      this.#bySymbol = new Int32Array(this.symbols.length).fill(-1);
      for (let at = this.links.bindings.length - 1; at >= 0; at--) {
        const { symbol } = this.binding(at);
        if (symbol >= 0) this.#bySymbol[symbol] = at;
      }
    }
    return this.#bySymbol[symbol] ?? -1;
  }

  /** The scope that is a callable's body, or -1. */
  functionScope(symbol: number): number {
    if (this.#functionScopes === null) {
      this.#functionScopes = new Int32Array(this.symbols.length).fill(-1);
      this.links.scopes.forEach(({ kind, symbol: of }, scope) => {
        if (kind === 'function' && of >= 0) (this.#functionScopes as Int32Array)[of] = scope;
      });
    }
    return this.#functionScopes[symbol] ?? -1;
  }

  linksOf(symbol: number): SymbolLinks | undefined {
    this.#symbolLinks ??= new Map(this.links.symbols.map((links) => [links.symbol, links]));
    return this.#symbolLinks.get(symbol);
  }

  /** What others see of the file under names of their own: the name here. */
  get exports(): ReadonlyMap<string, string> {
    this.#exports ??= new Map(this.links.exports.map(({ name, local }) => [name, local]));
    return this.#exports;
  }

  /** Imports that bring in all names of a module: they have no name here. */
  get starImports(): readonly number[] {
    this.#starImports ??= this.imports.flatMap(({ name, alias }, index) =>
      name === '*' && alias === null ? [index] : [],
    );
    return this.#starImports;
  }

  /**
   * Star imports that stand behind all of the bindings and may bind their name anew; none where names have no order.
   *
   * @param bindings of the file's own scope
   */
  starsAfter(bindings: readonly number[]): readonly number[] {
    if (this.language !== 'python' || this.starImports.length === 0) return none;
    const ends = bindings.map((index) => {
      const { symbol, import: imported } = this.binding(index);
      return symbol >= 0 ? this.symbol(symbol).span.end : imported >= 0 ? this.#importEnd(imported) : 0;
    });
    const end = Math.max(...ends);
    return end === 0 ? none : this.starImports.filter((index) => this.#importEnd(index) > end);
  }

  #importEnd(index: number): number {
    return (this.imports[index] as Import).span.end;
  }

  /** Stands for the names of a scope, whatever their places: of a class its own, of all that is inside one function the same. */
  scopeKey(scope: number): number {
    this.#scopeKeys ??= new Float64Array(this.links.scopes.length).fill(-1);
    const known = this.#scopeKeys[scope] as number;
    if (known >= 0) return known;
    const { kind, symbol, parent } = this.scope(scope);
    let key: number;
    if (scope === 0 || parent < 0) key = this.key;
    else if (kind === 'function' && symbol >= 0) key = mixText(this.symbolKey(symbol), '#locals');
    else if (kind === 'function' || kind === 'block') key = mixText(this.scopeKey(parent), '#locals');
    else key = symbol >= 0 ? this.symbolKey(symbol) : mixText(this.scopeKey(parent), kind);
    this.#scopeKeys[scope] = key;
    return key;
  }

  /** Whether names of the scope are told apart by `nameKey`. */
  isShared(scope: number): boolean {
    const { kind } = this.scope(scope);
    return kind === 'function' || kind === 'block';
  }

  /** Stands for what a name means in a scope. */
  nameKey(scope: number, name: string): number {
    const key = this.scopeKey(scope);
    return this.isShared(scope) ? key : mixText(key, comparedIn(this.language, name));
  }

  /** Stands for what is known of a symbol: bases, results, what kind it is. */
  symbolKey(symbol: number): number {
    this.#symbolKeys ??= new Float64Array(this.symbols.length).fill(-1);
    let key = this.#symbolKeys[symbol] as number;
    if (key < 0) {
      const around = this.language === 'csharp' ? namespaceOfSymbol(this, symbol) : '';
      key = mixText(around === '' ? this.key : mixText(this.key, around), this.symbol(symbol).qualifiedName);
      this.#symbolKeys[symbol] = key;
    }
    return key;
  }
}
