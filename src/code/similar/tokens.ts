/**
 * A file as the sequence of tokens that copies are told by, each in two strengths: as written, and with names and literals replaced.
 *
 * Comments and white space are no tokens, a literal is one, however it is made up. Lists of imports are left out: they are alike in
 * files that have nothing else in common; in their place stands a token that only files of equal text share, so that nothing is found across them.
 * Interpolated strings are told by what they are made of.
 */
import { classOfKinds } from '../syntax/tokens.ts';
import type { GrammarNames, SyntaxTree } from '../tree/tree.ts';
import { mixed, textHash } from './hash.ts';

/** Columns, one entry per token. Offsets are UTF-16 units of the text that was parsed. */
export interface TokenColumns {
  readonly count: number;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  /** Hash of the token as written. */
  readonly exact: Uint32Array;
  /** The same, of a name or literal that of its class. */
  readonly blind: Uint32Array;
}

/** What a node is to this reading, beyond a token or a holder of tokens. */
const role = { plain: 0, comment: 1, literal: 2, imports: 3 } as const;

const literalKind = /string|char(?:acter)?_literal|rune_literal|heredoc_body|regex|template_literal/;
const importKind =
  /^(?:(?:future_)?import_(?:statement|declaration|from_statement|header|list)|package_(?:clause|declaration|header)|using_(?:directive|declaration)|use_declaration|namespace_use_declaration|preproc_include|extern_crate_declaration)$/;

/** Stand for all names, numbers and strings. */
const classHash = { identifier: textHash('name'), number: textHash('number'), string: textHash('string') } as const;

const rolesByGrammar = new WeakMap<GrammarNames, Uint8Array>();

function rolesOf(names: GrammarNames): Uint8Array {
  const known = rolesByGrammar.get(names);
  if (known !== undefined) return known;
  const roles = Uint8Array.from(names.kinds, (kind, symbol) => {
    if (/comment/.test(kind)) return role.comment;
    if (names.named[symbol] === 0) return role.plain;
    if (importKind.test(kind)) return role.imports;
    return literalKind.test(kind) ? role.literal : role.plain;
  });
  rolesByGrammar.set(names, roles);
  return roles;
}

export function tokensOf(tree: SyntaxTree): TokenColumns {
  const { text } = tree;
  const roles = rolesOf(tree.names);
  const columns = new TokenBuilder();
  let seed = -1;
  for (let node = 0; node < tree.size; ) {
    const end = tree.next(node);
    const what = roles[tree.symbols[node] as number] ?? role.plain;
    if (what === role.comment) node = end;
    else if (what === role.imports) {
      if (seed < 0) seed = textHash(text);
      const own = mixed(seed ^ tree.start(node));
      columns.add(tree.start(node), tree.end(node), own, own);
      node = end;
    } else if (what === role.literal && isPlainLiteral(tree, node)) {
      if (tree.end(node) > tree.start(node))
        columns.add(
          tree.start(node),
          tree.end(node),
          textHash(text, tree.start(node), tree.end(node)),
          classHash.string,
        );
      node = end;
    } else {
      if (end === node + 1) addLeaf(columns, tree, node);
      node++;
    }
  }
  return columns.build();
}

/** Nothing in it is code: its parts are pieces of text, escapes and quotes. */
function isPlainLiteral(tree: SyntaxTree, node: number): boolean {
  const end = tree.next(node);
  for (let at = node + 1; at < end; at++) {
    const kind = tree.kind(at);
    if (tree.isNamed(at) && !/string|char|escape|content|fragment|text|pattern|flags|heredoc|regex|quote/.test(kind))
      return false;
    if (/interpolation|substitution|expansion/.test(kind)) return false;
  }
  return true;
}

function addLeaf(columns: TokenBuilder, tree: SyntaxTree, node: number): void {
  const [start, end] = [tree.start(node), tree.end(node)];
  if (end <= start) return;
  const first = tree.text.charCodeAt(start);
  // New lines and indents that the grammar made tokens of.
  if (first <= 32) return;
  const exact = textHash(tree.text, start, end);
  const parent = tree.parent(node);
  const known = classOfKinds(tree.kind(node), parent < 0 ? '' : tree.kind(parent));
  const found = known ?? (isNameStart(first) ? 'identifier' : 'operator');
  const blind = found === 'keyword' || found === 'operator' || found === 'comment' ? exact : classHash[found];
  columns.add(start, end, exact, blind);
}

const isNameStart = (unit: number): boolean =>
  (unit >= 97 && unit <= 122) || (unit >= 64 && unit <= 90) || unit === 95 || unit === 36 || unit === 92 || unit > 127;

class TokenBuilder {
  #count = 0;
  #starts = new Uint32Array(1024);
  #ends = new Uint32Array(1024);
  #exact = new Uint32Array(1024);
  #blind = new Uint32Array(1024);

  add(start: number, end: number, exact: number, blind: number): void {
    if (this.#count === this.#starts.length) {
      this.#starts = doubled(this.#starts);
      this.#ends = doubled(this.#ends);
      this.#exact = doubled(this.#exact);
      this.#blind = doubled(this.#blind);
    }
    this.#starts[this.#count] = start;
    this.#ends[this.#count] = end;
    this.#exact[this.#count] = exact;
    this.#blind[this.#count++] = blind;
  }

  build(): TokenColumns {
    const count = this.#count;
    return {
      count,
      starts: this.#starts.subarray(0, count),
      ends: this.#ends.subarray(0, count),
      exact: this.#exact.subarray(0, count),
      blind: this.#blind.subarray(0, count),
    };
  }
}

function doubled(from: Uint32Array): Uint32Array<ArrayBuffer> {
  const to = new Uint32Array(from.length * 2);
  to.set(from);
  return to;
}

/** The tokens that lie whole in `[start, end)`. */
export function tokensWithin(tokens: TokenColumns, start: number, end: number): TokenColumns {
  let from = 0;
  while (from < tokens.count && (tokens.starts[from] as number) < start) from++;
  let to = from;
  while (to < tokens.count && (tokens.ends[to] as number) <= end) to++;
  return tokenRange(tokens, from, to);
}

export const tokenRange = ({ starts, ends, exact, blind }: TokenColumns, from: number, to: number): TokenColumns => ({
  count: to - from,
  starts: starts.subarray(from, to),
  ends: ends.subarray(from, to),
  exact: exact.subarray(from, to),
  blind: blind.subarray(from, to),
});
