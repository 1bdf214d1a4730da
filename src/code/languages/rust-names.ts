/**
 * Paths and patterns of Rust: what `a::b::<T>::c` refers to, and what `Some((x, ref y))` binds.
 */
import type { ReferenceKind } from '../facts.ts';
import type { Scan } from '../scan.ts';
import { bindLocal, isLocal } from './bindings.ts';

/** Reports what a path names: its last part, what stands before it as receiver. */
export function referPath(scan: Scan, kind: ReferenceKind, node: number): void {
  const { tree } = scan;
  if (node < 0) return;
  switch (tree.kind(node)) {
    case 'identifier':
    case 'type_identifier':
      if (isLocal(scan, node) || tree.textOf(node) === 'Self') scan.report(node);
      else scan.refer(kind, node);
      break;
    case 'scoped_identifier':
    case 'scoped_type_identifier': {
      const path = tree.field(node, 'path');
      scan.report(node);
      scan.refer(kind, tree.field(node, 'name'), path);
      silencePath(scan, path);
      break;
    }
    case 'generic_type':
      referPath(scan, kind, tree.field(node, 'type'));
      break;
    case 'generic_function':
      referPath(scan, kind, tree.field(node, 'function'));
      break;
    case 'field_expression': {
      const field = tree.field(node, 'field');
      if (field >= 0 && tree.kind(field) === 'field_identifier') scan.refer(kind, field, tree.field(node, 'value'));
      break;
    }
    default:
  }
}

/** The receiver says what stands in a path; only type arguments in it are further references. */
function silencePath(scan: Scan, path: number): void {
  const { tree } = scan;
  let at = path;
  while (at >= 0) {
    const kind = tree.kind(at);
    scan.report(at);
    if (kind === 'generic_type') at = tree.field(at, 'type');
    else if (kind === 'scoped_identifier' || kind === 'scoped_type_identifier') {
      scan.report(tree.field(at, 'name'));
      at = tree.field(at, 'path');
    } else return;
  }
}

/** Parts of a pattern that name something that exists. */
const notBinding = new Set(['scoped_identifier', 'type_identifier', 'scoped_type_identifier', 'field_identifier']);

export function bindPattern(scan: Scan, node: number): void {
  const { tree } = scan;
  if (node < 0) return;
  const end = tree.next(node);
  for (let at = node; at < end; ) {
    const kind = tree.kind(at);
    if (notBinding.has(kind) || tree.isField(at, 'type') || tree.isField(at, 'condition')) {
      at = tree.next(at);
      continue;
    }
    // By convention a capital names a constant or a variant.
    if (kind === 'identifier' && !/^\p{Lu}/u.test(tree.textOf(at))) bindLocal(scan, at);
    else if (kind === 'shorthand_field_identifier') bindLocal(scan, at);
    at++;
  }
}
