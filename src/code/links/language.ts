/**
 * The port of a language's links: what a file of this folder gives, and nothing else.
 *
 * Adding a language
 * 1. `links/<name>.ts` exports a `LinkLanguage`, and `table.ts` gets a line with the name that the language has in
 *    `languages/table.ts`. The parser walks the tree a second time, in preorder, after the walk for facts.
 * 2. `rules` maps kinds of named nodes to functions that report what the node says: `links.scopeOf` opens a scope for
 *    what is below a node, `bind` binds a name, `use` reports a use, `describe` adds to a symbol. `symbolAt` and
 *    `importAt` lead from a node to what facts have of it, so a definition that facts lack is bound as a variable.
 * 3. `values` maps kinds of nodes to functions that turn an expression of the source into one of `types.ts`.
 *    `links.value(node)` calls them, remembers what each gave, and gives -1 when a kind has none or the source is
 *    nested too deeply: so a rule asks for any value anywhere and pays once. Types are the language's own affair.
 * 4. A rule that has dealt with all that is below its node says `links.skip(node)`.
 * 5. Beside it a test of small sources, each with the bindings, uses and results it must give (`python.test.ts` shows how), and
 *    the shared test `conformance.test.ts`, which holds the promises of `types.ts` for injured sources, takes it from the table.
 *
 * What a language must remember from rule to rule it keeps in a `WeakMap` by builder. Names are looked up when everything is bound, so the order of rules matters only for `narrow`. No rule may throw on
 * any input, or recurse over the depth of the source other than through `links.value`: broken code gives trees with
 * holes, and hostile code gives trees ten thousand levels deep.
 */
import type { LinkBuilder } from './builder.ts';

/** Called once for each node of its kind, in preorder. */
export type LinkRule = (links: LinkBuilder, node: number) => void;

/** @returns an expression, or -1 when nothing is known */
export type ValueRule = (links: LinkBuilder, node: number) => number;

export interface LinkLanguage {
  /** As `FileLinks.classScopesAreSeen`. */
  readonly classScopesAreSeen: boolean;
  /** A name that the file does not bind may be another file's: of its package, or inherited. */
  readonly seesOtherFiles?: boolean;
  /** An import of everything (`*` without an alias) brings no names into the file. */
  readonly starsBindNothing?: boolean;
  /** By kind of named node. */
  readonly rules: Readonly<Record<string, LinkRule>>;
  /** By kind of named node. */
  readonly values: Readonly<Record<string, ValueRule>>;
  /** Called after the walk, before uses are settled. */
  readonly finish?: (links: LinkBuilder) => void;
}
