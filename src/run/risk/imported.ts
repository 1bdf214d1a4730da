/**
 * Files of its own that a program imports: the paths at which a module that it names may lie.
 *
 * Packages are not looked for; a path where nothing lies is no finding. Names that are put together are not followed: what imports by such a name is told by
 * the calls that do it. Bash has no modules; what it runs is followed by `follow.ts`.
 */
import type { RiskLanguage } from './nested.ts';
import type { RiskTree } from './risktree.ts';

export interface ImportedPath {
  /** Without `.` and `..` only where it begins with none. */
  readonly path: string;
  /** Where the path begins: the directory of the program that was started, or that of the file that imports. */
  readonly from: 'program' | 'file';
}

/** Paths of one file past these are not told: generated lists of imports. */
const mostPaths = 2000;

export function importedPaths(tree: RiskTree, language: RiskLanguage): ImportedPath[] {
  if (language === 'bash') return [];
  const found = new Map<string, ImportedPath>();
  for (let node = 0; node < tree.size && found.size < mostPaths; node++)
    for (const one of language === 'python' ? pythonPaths(tree, node) : ecmascriptPaths(tree, node))
      found.set(`${one.from} ${one.path}`, one);
  return [...found.values()];
}

function* pythonPaths(tree: RiskTree, node: number): Generator<ImportedPath> {
  const kind = tree.kind(node);
  if (kind === 'import_statement')
    for (const name of namesIn(tree, node)) yield* modulePaths(name.split('.'), '', 'program');
  if (kind !== 'import_from_statement') return;
  const module = tree.field(node, 'module_name');
  const written = tree.text(module).replaceAll(/\s/g, '');
  const dots = /^\.*/.exec(written)?.[0].length ?? 0;
  const parts = written.slice(dots).split('.').filter(Boolean);
  const [above, from] = dots === 0 ? ['', 'program' as const] : ['../'.repeat(dots - 1), 'file' as const];
  yield* modulePaths(parts, above, from);
  // A name may be a module of the package.
  for (const name of namesIn(tree, node, module)) yield* modulePaths([...parts, ...name.split('.')], above, from);
}

/** Dotted names that a statement lists, without their aliases. */
function namesIn(tree: RiskTree, statement: number, besides = -1): string[] {
  return tree.children(statement).flatMap((child) => {
    if (child === besides) return [];
    const name = tree.kind(child) === 'aliased_import' ? tree.field(child, 'name') : child;
    return tree.kind(name) === 'dotted_name' ? [tree.text(name).replaceAll(/\s/g, '')] : [];
  });
}

/** A module, and the packages around it, whose `__init__.py` runs first. */
function* modulePaths(parts: readonly string[], above: string, from: ImportedPath['from']): Generator<ImportedPath> {
  for (let length = parts.length === 0 ? 0 : 1; length <= parts.length; length++) {
    const path = above + parts.slice(0, length).join('/');
    yield { path: path === '' || path.endsWith('/') ? `${path}__init__.py` : `${path}/__init__.py`, from };
    if (length === parts.length && length > 0) yield { path: `${path}.py`, from };
  }
}

/** As Node and the tools for TypeScript complete a path; `./a.js` may be written for `a.ts`. */
const endings = [
  '',
  '.js',
  '.mjs',
  '.cjs',
  '.jsx',
  '.ts',
  '.mts',
  '.cts',
  '.tsx',
  '/index.js',
  '/index.mjs',
  '/index.cjs',
  '/index.ts',
];

function* ecmascriptPaths(tree: RiskTree, node: number): Generator<ImportedPath> {
  const path = tree.kind(node) === 'call_expression' ? calledPath(tree, node) : sourcePath(tree, node);
  if (path === null || !/^\.{1,2}(?:\/|$)/.test(path)) return;
  for (const ending of endings) yield { path: path.replace(/\/$/, '') + ending, from: 'file' };
  const [, stem, mark] = /^(.*)\.([mc]?)jsx?$/.exec(path) ?? [];
  if (stem !== undefined) for (const ending of [`.${mark}ts`, '.tsx']) yield { path: stem + ending, from: 'file' };
}

function sourcePath(tree: RiskTree, node: number): string | null {
  const kind = tree.kind(node);
  return kind === 'import_statement' || kind === 'export_statement' ? stringOf(tree, tree.field(node, 'source')) : null;
}

/** `require('./a')`, `import('./a')`. */
function calledPath(tree: RiskTree, node: number): string | null {
  if (!/^(?:require|import)$/.test(tree.text(tree.field(node, 'function')))) return null;
  const [only] = tree.children(tree.field(node, 'arguments'));
  return only === undefined ? null : stringOf(tree, only);
}

const stringOf = (tree: RiskTree, node: number): string | null =>
  tree.kind(node) === 'string' ? tree.text(node).slice(1, -1) : null;
