/**
 * What one file says about names: which are bound in which scope, where they are used, and what is plainly
 * known of their types. Nothing is resolved here, because that takes other files; `index/graph` does it.
 *
 * The idea: every language's syntax becomes the same few nouns (scopes, bindings, uses, and small expressions
 * that say where a value comes from), so that one resolver serves all languages and only the finding of
 * modules differs between them. Indices into `FileFacts` tie links to symbols and imports of the same parse.
 *
 * Absent on purpose: flow (the order of assignments; what a test such as `isinstance` says of a name is already in the expressions it guards) and the parameters of generic types. A name
 * with several values has them all; who needs one of them gets an ambiguous answer with its candidates.
 */
import type { Span } from '../../base/mod.ts';
import type { FileFacts, SkipReason } from '../facts.ts';

export const scopeKinds = ['file', 'namespace', 'class', 'function', 'block'] as const;

/** `class`: names in it are members, and in most languages are not seen from functions inside it (`FileLinks.classScopesAreSeen`). */
export type ScopeKind = (typeof scopeKinds)[number];

export interface Scope {
  readonly kind: ScopeKind;
  /** Index of the enclosing scope; -1 for the file's own, which is scope 0. Parents come before children. */
  readonly parent: number;
  /** The symbol whose body this is, as an index of `FileFacts.symbols`, or -1 (blocks, lambdas, the file). */
  readonly symbol: number;
  readonly span: Span;
}

export const bindingKinds = ['symbol', 'import', 'parameter', 'variable', 'member'] as const;

/**
 * `symbol`: a definition. `import`: what an import binds. `parameter`, `variable`: locals and file-level values that
 * are no symbols. `member`: an attribute of the class scope it stands in, set from code (`self.x = …`, `this.x = …`).
 */
export type BindingKind = (typeof bindingKinds)[number];

export interface Binding {
  readonly kind: BindingKind;
  readonly name: string;
  /** Scope in which the name is visible; for `member` the class scope. */
  readonly scope: number;
  /** Index of `FileFacts.symbols`, or -1. */
  readonly symbol: number;
  /** Index of `FileFacts.imports`, or -1. */
  readonly import: number;
  /** What is assigned or passed by default: an expression, or -1. */
  readonly value: number;
  /** The declared type: an expression that names a type, or -1. */
  readonly type: number;
}

export const elementKinds = ['subscript', 'iterate', 'unwrap', 'parameter'] as const;

/**
 * Objects whose class has a method for it (`__getitem__`, `__iter__`) are asked. `subscript`: `x[k]`, a value of a mapping. `iterate`: what a loop or unpacking gives, a key of a mapping. `unwrap`: `await`
 * and dereference; of what is no applied type it is the value itself. `parameter`: what a function is given at the place `index`: of a value of
 * a function's type (`Function`, applied) that argument, of a definition what it binds as `(0)`, `(1)`… in its scope.
 */
export type ElementKind = (typeof elementKinds)[number];

/** Where a value or a type comes from. Numbers are indices of `FileLinks.expressions`; operands come before what uses them, at most 32 deep. */
export type Expression =
  /** A name, looked up outwards from `scope`. */
  | { readonly kind: 'name'; readonly name: string; readonly scope: number }
  /** `object.name`, also `object::name` and `object->name`. `object` is -1 when nothing is known of it: the name is still used. */
  | { readonly kind: 'member'; readonly object: number; readonly name: string }
  /** What calling gives: an instance for a class, the declared or inferred result for a function. */
  | { readonly kind: 'call'; readonly callee: number }
  /** A new instance of what `callee` names, in languages that say so. */
  | { readonly kind: 'new'; readonly callee: number }
  /** A value of the type that `type` names: what an annotation says. */
  | { readonly kind: 'instance'; readonly type: number }
  /** The object the code belongs to (`self`, `this`): the class scope around it. */
  | { readonly kind: 'self'; readonly scope: number }
  /** The class itself (`cls`, `Self`, `static`). */
  | { readonly kind: 'self-type'; readonly scope: number }
  /** `super`: members are looked up behind the class around `scope`. */
  | { readonly kind: 'super'; readonly scope: number }
  /**
   * A generic type with arguments: `List[Foo]`, `Map<string, Foo>`, `Callable[…, Foo]`. Of a value of one that the repository
   * does not define, the last argument is what elements are, and what calling and unwrapping gives.
   */
  | { readonly kind: 'applied'; readonly base: number; readonly args: readonly number[] }
  /**
   * A part of `object`, as `how` says. `index` is its place where that is plain (unpacking, `x[0]`), else -1:
   * of `Tuple[A, B]` or a collection it picks one, of anything else it says nothing.
   */
  | { readonly kind: 'element'; readonly object: number; readonly how: ElementKind; readonly index: number }
  /**
   * A container of the language's own, `[Foo(), Bar()]`, `{'a': Foo}`: some of its elements (values, of a mapping), at most 8.
   * Of type `tuple` they are the first in order, -1 where nothing is known. `type` as in `literal`.
   */
  | { readonly kind: 'collection'; readonly type: string; readonly elements: readonly number[] }
  /** One of several. At most 8. */
  | { readonly kind: 'either'; readonly options: readonly number[] }
  /** The first of these of which anything is known, better what the repository defines: what `__enter__` gives, or else the object itself. At most 8. */
  | { readonly kind: 'first'; readonly options: readonly number[] }
  /**
   * An object written out, `{ save() {}, db }`, or a type that is: its members are the bindings of the class scope `scope`. What
   * is bound there as `...` is looked into after them: a spread, a prototype, something mixed in.
   */
  | { readonly kind: 'object'; readonly scope: number }
  /** A value of a type that is part of the language: `str`, `list`, `number`, `regexp`. */
  | { readonly kind: 'literal'; readonly type: string };

export const useKinds = ['call', 'inherit', 'implement', 'type', 'decorate', 'use', 'operate'] as const;

/**
 * As `ReferenceKind` in `facts.ts`; constructing is a call. `operate`: what an operator, a loop, `with` or a function of the
 * language calls on an object: the method is called if the object is known to have it, and nothing is said otherwise.
 */
export type UseKind = (typeof useKinds)[number];

export interface Use {
  readonly kind: UseKind;
  /** What is used: a `name`, `member`, `super`… expression; for a call, its callee. */
  readonly expression: number;
  /**
   * Innermost symbol around the use, as an index of `FileFacts.symbols`, or -1 for the file itself. Of a call, and inside callables,
   * the innermost that is no plain value: `self.db = Db()` calls from the method, not from the field it sets.
   */
  readonly from: number;
  /** Span of the last name: `save` in `repo.db.save()`; of a callee without one, its last character. Ascending by start. */
  readonly span: Span;
}

/** More about a symbol than `FileFacts` has. Only for symbols that have any of it. */
export interface SymbolLinks {
  readonly symbol: number;
  /** The scope that is its body, or -1. */
  readonly scope: number;
  /** Base classes, interfaces, embedded types, in order: expressions that name types. */
  readonly bases: readonly number[];
  /** What a call of it gives: declared (`instance` expressions), else what its `return`s give, at most 8. */
  readonly results: readonly number[];
  /** Called without an instance: looked up on the class (static, classmethod). */
  readonly static: boolean;
  /** Reading it calls it (a property, an accessor). */
  readonly accessor: boolean;
  /** Go and Rust methods, extension methods: the type it belongs to when that is not the scope around it; an expression, or -1. */
  readonly receiver: number;
  /** Parameters of a method, of languages whose types are held against interfaces by them (Go); else -1. */
  readonly takes: number;
}

export interface FileLinks {
  /** Whether a function inside a class sees the class's names bare: Java, C#, C++ yes; Python, JavaScript no. */
  readonly classScopesAreSeen: boolean;
  /** What the file says it belongs to: Java and Kotlin `package`, PHP and C# `namespace`, Go `package` name, Rust modules whose files `#[path]` names (`name=path`, one a line); `null` elsewhere. */
  readonly package: string | null;
  readonly scopes: readonly Scope[];
  readonly bindings: readonly Binding[];
  readonly expressions: readonly Expression[];
  readonly uses: readonly Use[];
  readonly symbols: readonly SymbolLinks[];
  /** Python: what `__all__` lists, which alone `import *` takes; empty without one. Elsewhere names of the file scope that others may import under another name, `export { a as b }`: name outside → binding's name here. Re-exports from elsewhere are imports with a binding. */
  readonly exports: readonly { readonly name: string; readonly local: string }[];
  /** `export * from`, `from x import *` in a package file, `pub use x::*`: indices of `FileFacts.imports` whose names all pass on. */
  readonly passedOn: readonly number[];
  /** Something was dropped because of `limits.symbolsPerFile`. */
  readonly cut: boolean;
}

export const noLinks: FileLinks = {
  classScopesAreSeen: false,
  package: null,
  scopes: [],
  bindings: [],
  expressions: [],
  uses: [],
  symbols: [],
  exports: [],
  passedOn: [],
  cut: false,
};

/** As `ParseResult`, with links. */
export type LinkResult =
  | { readonly kind: 'facts'; readonly facts: FileFacts; readonly links: FileLinks }
  | { readonly kind: 'skipped'; readonly reason: SkipReason };
