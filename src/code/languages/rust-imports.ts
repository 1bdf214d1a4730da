/** Imports of Rust: one per leaf of a `use` tree, and `extern crate`. */
import type { Scan } from '../scan.ts';
import { none } from '../tree/tree.ts';
import { silence } from './bindings.ts';
import type { Rule } from './language.ts';

export const useDeclaration: Rule = (scan, node) => {
  importTree(scan, scan.tree.field(node, 'argument'), '', node);
  silence(scan, node);
};

/** One import per leaf of a use tree. @param prefix what stands before, without the last `::` */
function importTree(scan: Scan, node: number, prefix: string, declaration: number): void {
  const { tree } = scan;
  if (node < 0) return;
  const join = (path: string): string => (prefix === '' ? path : path === '' ? prefix : `${prefix}::${path}`);
  const textOf = (at: number): string => (at < 0 ? '' : tree.textOf(at).replaceAll(/\s+/g, ''));
  /** @param path whole path of the leaf */
  const leaf = (path: string, alias: string | null): void => {
    const cut = path.lastIndexOf('::');
    const name = cut < 0 ? path : path.slice(cut + 2);
    scan.importName(cut < 0 ? path : path.slice(0, cut), cut < 0 ? '*' : name, alias === null ? name : alias, node);
  };
  switch (tree.kind(node)) {
    case 'use_list':
      for (const child of tree.namedChildren(node)) importTree(scan, child, prefix, declaration);
      break;
    case 'scoped_use_list':
      importTree(scan, tree.field(node, 'list'), join(textOf(tree.field(node, 'path'))), declaration);
      break;
    case 'use_as_clause': {
      const path = textOf(tree.field(node, 'path'));
      const alias = textOf(tree.field(node, 'alias'));
      if (path === 'self') leaf(prefix, alias);
      else leaf(join(path), alias);
      break;
    }
    case 'use_wildcard':
      scan.importName(join(textOf(tree.namedChildren(node)[0] ?? none)), '*', null, node);
      break;
    case 'self':
      leaf(prefix === '' ? 'self' : prefix, null);
      break;
    case 'line_comment':
    case 'block_comment':
      break;
    default:
      leaf(join(textOf(node)), null);
  }
}

export const externCrate: Rule = (scan, node) => {
  const { tree } = scan;
  const name = tree.field(node, 'name');
  const alias = tree.field(node, 'alias');
  if (name >= 0) scan.importName(tree.textOf(name), '*', tree.textOf(alias < 0 ? name : alias), node);
  silence(scan, node);
};
