/** Who sees a definition of C++: by access, by `static`, by namespaces without a name. */
import type { Scan } from '../scan.ts';
import { none } from '../tree/tree.ts';
import { isStatic } from './cfamily.ts';
import type { Rule } from './language.ts';

/** The list of members around a node, or `none`. */
export function memberList({ tree }: Scan, node: number): number {
  for (let at = tree.parent(node); at >= 0; at = tree.parent(at)) {
    const kind = tree.kind(at);
    if (kind === 'field_declaration_list') return at;
    if (kind !== 'template_declaration' && !kind.startsWith('preproc_')) return none;
  }
  return none;
}

/** Access by list of members, as of the walk's place: true while public. */
const access = new WeakMap<Scan, Map<number, boolean>>();

export const accessSpecifier: Rule = (scan, node) => {
  const list = memberList(scan, node);
  if (list < 0) return;
  let lists = access.get(scan);
  if (lists === undefined) {
    lists = new Map();
    access.set(scan, lists);
  }
  lists.set(list, scan.tree.textOf(node).startsWith('public'));
};

export function isPublic(scan: Scan, list: number): boolean {
  const said = access.get(scan)?.get(list);
  if (said !== undefined) return said;
  const type = scan.tree.parent(list);
  return type < 0 || scan.tree.kind(type) !== 'class_specifier';
}

/** First node past the last namespace without a name: what stands in one is seen by its file alone. */
const anonymousEnd = new WeakMap<Scan, number>();

export const isVisible = (scan: Scan, node: number): boolean => {
  if (node < (anonymousEnd.get(scan) ?? 0)) return false;
  const list = memberList(scan, node);
  return list >= 0 ? isPublic(scan, list) : !isStatic(scan, node);
};

/** Reports a namespace without a name. */
export const hideWithin = (scan: Scan, node: number): void => {
  anonymousEnd.set(scan, scan.tree.next(node));
};
