/**
 * What a query's filters let through: files by language and path, symbols and chunks by
 * kind, definitions by name. Alternatives within one filter, all filters together.
 *
 * `path:` values with `*`, `?`, `[` or `{a,b}` are globs, others are found anywhere in the path;
 * letter case does not count. A glob without a slash is held against the file's name, one
 * with a slash against the whole path or what follows any folder. `*` stops at a slash,
 * `**` does not.
 */
import type { ChunkKind, SymbolKind } from '../code/mod.ts';
import type { FileRecord } from '../index/mod.ts';
import type { Query } from './types.ts';

export type PathTest = (path: string) => boolean;

const braces = /^\{[^{}]*,[^{}]*\}/;

const isGlob = (pattern: string): boolean => /[*?[]|\{[^{}]*,[^{}]*\}/.test(pattern);

/** Test for one `path:` value. */
export function pathTest(pattern: string): PathTest {
  const folded = pattern.toLowerCase();
  if (!isGlob(folded)) return (path) => path.toLowerCase().includes(folded);
  const anchored = folded.startsWith('/');
  const expression = new RegExp(
    `^${anchored ? '' : '(?:.*/)?'}${globSource(anchored ? folded.slice(1) : folded)}$`,
    'su',
  );
  return (path) => expression.test(path.toLowerCase());
}

/** Regular expression of a glob: `*`, `**`, `?`, `[a-z]`, `[!a-z]`, `{ts,tsx}`. */
function globSource(glob: string): string {
  let source = '';
  for (let at = 0; at < glob.length; at++) {
    const char = glob[at] as string;
    if (char === '*' && glob[at + 1] === '*') {
      at++;
      if (glob[at + 1] === '/') {
        at++;
        source += '(?:.*/)?';
      } else source += '.*';
    } else if (char === '*') source += '[^/]*';
    else if (char === '?') source += '[^/]';
    else if (char === '[' && /^\[[!^]?[^\]\\]+\]/.test(glob.slice(at))) {
      const end = glob.indexOf(']', at + 2);
      source += `[${glob
        .slice(at + 1, end)
        .replace(/^!/, '^')
        .replace(/[[&~|]/g, '\\$&')}]`;
      at = end;
    } else if (char === '{' && braces.test(glob.slice(at))) {
      const end = glob.indexOf('}', at);
      source += `(?:${glob
        .slice(at + 1, end)
        .split(',')
        .map(globSource)
        .join('|')})`;
      at = end;
    } else source += char.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
  }
  return source;
}

/**
 * Files that a query lets through, or `null` when it lets all.
 *
 * @param under folder relative to the root, or empty
 */
export function fileFilter(query: Query, under: string): ((file: FileRecord) => boolean) | null {
  const folder = under.replace(/^\.?\/+|^\.$|\/+$/g, '');
  if (query.languages.length + query.paths.length + query.excludedPaths.length === 0 && folder === '') return null;
  const languages = new Set(query.languages);
  const wanted = query.paths.map(pathTest);
  const unwanted = query.excludedPaths.map(pathTest);
  return (file) =>
    (folder === '' || file.path === folder || file.path.startsWith(`${folder}/`)) &&
    (languages.size === 0 || languages.has(file.language)) &&
    (wanted.length === 0 || wanted.some((test) => test(file.path))) &&
    !unwanted.some((test) => test(file.path));
}

const callables: ReadonlySet<string> = new Set<SymbolKind>(['function', 'method', 'constructor']);

/** Whether `kind:` lets this kind through. `function` stands for any callable, `text` for sections too. */
export function kindAdmitted(kinds: Query['kinds'], kind: SymbolKind | ChunkKind): boolean {
  if (kinds.length === 0) return true;
  return kinds.some(
    (wanted) =>
      wanted === kind || (wanted === 'function' && callables.has(kind)) || (wanted === 'text' && kind === 'section'),
  );
}

/** Whether `name:` lets this name through: any value found anywhere in it, or a glob over all of it. */
export function nameTest(names: readonly string[]): ((name: string) => boolean) | null {
  if (names.length === 0) return null;
  const tests = names.map((name): PathTest => {
    const folded = name.toLowerCase();
    if (!isGlob(folded)) return (found) => found.includes(folded);
    const expression = new RegExp(`^${globSource(folded)}$`, 'su');
    return (found) => expression.test(found);
  });
  return (name) => {
    const folded = name.toLowerCase();
    return tests.some((test) => test(folded));
  };
}

/** What the filters of a query look at in a definition, or in a piece of code that defines nothing. */
export interface Definition {
  readonly path: string;
  readonly kind: SymbolKind | ChunkKind;
  /** Its last part; `null` where nothing is defined. */
  readonly name: string | null;
}

/** Whether a query's filters by path, kind and name let a definition through. */
export function definitionTest(query: Query): (definition: Definition) => boolean {
  const wanted = query.paths.map(pathTest);
  const unwanted = query.excludedPaths.map(pathTest);
  const named = nameTest(query.names);
  return ({ path, kind, name }) =>
    (wanted.length === 0 || wanted.some((test) => test(path))) &&
    !unwanted.some((test) => test(path)) &&
    kindAdmitted(query.kinds, kind) &&
    (named === null || (name !== null && named(name)));
}
