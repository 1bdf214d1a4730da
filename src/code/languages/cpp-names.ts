/**
 * Names of C++: taking `ns::Foo<T>::bar` apart where it is defined, reporting it where it is used.
 */
import type { ReferenceKind } from '../facts.ts';
import type { Scan, ScannedSymbol } from '../scan.ts';
import { none } from '../tree/tree.ts';
import { isLocal, silence } from './bindings.ts';

export interface Named {
  readonly name: number | { start: number; end: number };
  /** Names before the last, with dots; empty when there are none. */
  readonly scope: string;
  /** Kind of the node that ends the path. */
  readonly form: string;
}

/** Takes `ns::Foo<T>::bar` apart; every part counts as dealt with. */
export function namedBy(scan: Scan, node: number): Named {
  const { tree } = scan;
  let at = node;
  const scopes: string[] = [];
  for (;;) {
    const form = tree.kind(at);
    if (form === 'qualified_identifier') {
      const scope = tree.field(at, 'scope');
      scan.report(at);
      if (scope >= 0) {
        const bare = tree.kind(scope) === 'template_type' ? tree.field(scope, 'name') : scope;
        if (bare >= 0) scopes.push(tree.textOf(bare));
        scan.report(scope);
        scan.report(bare);
      }
      const inner = tree.field(at, 'name');
      if (inner < 0) return { name: none, scope: scopes.join('.'), form };
      at = inner;
    } else if (form === 'template_function' || form === 'template_type') {
      scan.report(at);
      const inner = tree.field(at, 'name');
      if (inner < 0) return { name: none, scope: scopes.join('.'), form };
      at = inner;
    } else if (form === 'operator_cast') {
      // The name is what stands before the parameters: `operator bool`.
      const declarator = tree.field(at, 'declarator');
      const end = declarator < 0 ? tree.end(at) : tree.start(declarator);
      const text = scan.text.slice(tree.start(at), end).trimEnd();
      return { name: { start: tree.start(at), end: tree.start(at) + text.length }, scope: scopes.join('.'), form };
    } else {
      if (form === 'destructor_name') silence(scan, at);
      return { name: at, scope: scopes.join('.'), form };
    }
  }
}

/** What a scope makes of a name: nothing, or a qualifier behind the namespaces around. */
export function qualified(scan: Scan, scope: string): { qualifier?: string } {
  if (scope === '') return {};
  const around = scan.enclosing < 0 ? '' : `${(scan.symbols[scan.enclosing] as ScannedSymbol).qualifiedName}.`;
  return { qualifier: around + scope };
}

export const textOfName = (scan: Scan, name: Named['name']): string =>
  typeof name === 'number' ? scan.tree.textOf(name) : scan.text.slice(name.start, name.end);

/** Casts look like calls of templates. */
const casts = new Set(['static_cast', 'dynamic_cast', 'reinterpret_cast', 'const_cast']);

/** Reports what a path names, what stands before it as receiver. */
export function referPath(scan: Scan, kind: ReferenceKind, node: number): void {
  const { tree } = scan;
  let at = node;
  let receiverStart = -1;
  let receiverEnd = -1;
  while (at >= 0) {
    const form = tree.kind(at);
    if (form === 'qualified_identifier') {
      const scope = tree.field(at, 'scope');
      scan.report(at);
      if (scope >= 0) {
        if (receiverStart < 0) receiverStart = tree.start(scope);
        receiverEnd = tree.end(scope);
        scan.report(scope);
        if (tree.kind(scope) === 'template_type') scan.report(tree.field(scope, 'name'));
      }
      at = tree.field(at, 'name');
    } else if (form === 'template_type' || form === 'template_function') {
      scan.report(at);
      at = tree.field(at, 'name');
    } else break;
  }
  if (at < 0 || scan.isReported(at)) return;
  const form = tree.kind(at);
  if (form !== 'identifier' && form !== 'type_identifier' && form !== 'field_identifier') return;
  scan.report(at);
  const isPlain = receiverStart < 0;
  if (isPlain && (isLocal(scan, at) || casts.has(tree.textOf(at)))) return;
  const receiver = isPlain ? null : scan.text.slice(Math.max(receiverStart, receiverEnd - 80), receiverEnd);
  scan.referAt(kind, { start: tree.start(at), end: tree.end(at) }, receiver);
}
