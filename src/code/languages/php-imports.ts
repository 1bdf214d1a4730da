/** What PHP takes from elsewhere: the clauses of `use`, and the paths of `include` and `require`. */
import { none, type SyntaxTree } from '../tree/tree.ts';

/** Classes, functions and constants have names of their own each: `use function` binds none of the others. */
type UsedKind = 'class' | 'function' | 'const';

/** One clause of `use Foo\{Bar, function baz as qux}`. */
interface UsedName {
  readonly kind: UsedKind;
  /** Without a backslash at either end. */
  readonly namespace: string;
  readonly name: string;
  readonly alias: string;
  /** The clause. */
  readonly node: number;
}

const kindWord = /^(function|const)$/i;

/** @param node a `namespace_use_declaration` */
export function usedNames(tree: SyntaxTree, node: number): UsedName[] {
  const group = tree.child(node, 'namespace_use_group');
  const before = group < 0 ? none : tree.child(node, 'namespace_name');
  const prefix = before < 0 ? '' : tree.textOf(before);
  const found: UsedName[] = [];
  let kind = kindAt(tree, node) ?? 'class';
  for (const clause of tree.namedChildren(group < 0 ? node : group)) {
    if (tree.kind(clause) !== 'namespace_use_clause') continue;
    const own = kindAt(tree, clause);
    // Of several clauses without braces the first says for all of them what they name; in braces each says it for itself.
    if (own !== null && group < 0) kind = own;
    const [written = none, alias = none] = tree.namedChildren(clause);
    if (written < 0) continue;
    const words = [...prefix.split('\\'), ...tree.textOf(written).split('\\')].filter((word) => word !== '');
    const name = words.at(-1)?.trim() ?? '';
    if (name === '') continue;
    found.push({
      kind: own ?? kind,
      namespace: words.slice(0, -1).join('\\'),
      name,
      alias: alias < 0 ? name : tree.textOf(alias),
      node: clause,
    });
  }
  return found;
}

function kindAt(tree: SyntaxTree, node: number): UsedKind | null {
  const word = tree.field(node, 'type');
  const written = word < 0 ? '' : tree.textOf(word).toLowerCase();
  return kindWord.test(written) ? (written as UsedKind) : null;
}

/** Longer sums are no paths that anybody wrote out. */
const maxParts = 8;

/**
 * The path that an `include` or `require` names: from the file's directory where it says so (`./x.php`), else as written. What
 * stands before the first literal (a constant that holds a directory) is left out.
 *
 * @returns null when the path's end is no literal
 */
export function includedPath(tree: SyntaxTree, node: number): string | null {
  let at = unwrapped(tree, tree.namedChildren(node)[0] ?? none);
  let path = '';
  for (let parts = 0; parts < maxParts && at >= 0; parts++) {
    const isSum = tree.kind(at) === 'binary_expression';
    const last = isSum ? unwrapped(tree, tree.field(at, 'right')) : at;
    const text = literalText(tree, last);
    if (text === null) {
      const start = isSum ? null : directoryOf(tree, at);
      if (path === '') return null;
      return start === null ? path.replace(/^\/+/, '') : `${start}/${path.replace(/^\/+/, '')}`;
    }
    path = text + path;
    if (!isSum) return path === '' ? null : path;
    at = unwrapped(tree, tree.field(at, 'left'));
  }
  return null;
}

function unwrapped(tree: SyntaxTree, node: number): number {
  let at = node;
  while (at >= 0 && tree.kind(at) === 'parenthesized_expression') at = tree.namedChildren(at)[0] ?? none;
  return at;
}

/** Text of a string without anything put in, or `null`. */
export function literalText(tree: SyntaxTree, node: number): string | null {
  const kind = node < 0 ? '' : tree.kind(node);
  if (kind !== 'string' && kind !== 'encapsed_string') return null;
  const parts = tree.namedChildren(node);
  if (parts.some((part) => !literalParts.has(tree.kind(part)))) return null;
  return parts
    .map((part) => tree.textOf(part))
    .join('')
    .replaceAll('\\\\', '\\');
}

const literalParts = new Set(['string_content', 'escape_sequence']);

/** `__DIR__`, `dirname(__FILE__)`, `dirname(__DIR__, 2)`: `.`, `.`, `./../..`. */
function directoryOf(tree: SyntaxTree, node: number): string | null {
  const written = tree.textOf(node).slice(0, 200).replaceAll(/\s+/g, '');
  if (written === '__DIR__') return '.';
  let levels = 0;
  let inner = written;
  for (let call = dirname.exec(inner); call !== null && levels < maxParts; call = dirname.exec(inner)) {
    levels += Number(call[2] ?? 1);
    inner = call[1] as string;
  }
  if (inner === '__FILE__' && levels > 0) levels--;
  else if (inner !== '__DIR__' || levels === 0) return null;
  return ['.', ...Array<string>(Math.min(levels, maxParts)).fill('..')].join('/');
}

const dirname = /^\\?dirname\((.*?)(?:,([1-9]))?\)$/;
