/**
 * References of C#: which names in its syntax are uses of something, and as what.
 *
 * Which of a type's bases is a class is not written; what is named as .NET names interfaces (`I` and a capital) is taken for one.
 */

import type { ReferenceKind } from '../facts.ts';
import type { Scan } from '../scan.ts';
import { none } from '../tree/tree.ts';
import { isLocal, silence } from './bindings.ts';
import type { Rule } from './language.ts';

/** The name of `Foo`, `Foo<T>` and `A.B.Foo<T>`, and what stands before its last dot. */
export function lastName({ tree }: Scan, node: number): { name: number; qualifier: number } {
  let at = node;
  let qualifier = none;
  if (tree.kind(at) === 'qualified_name' || tree.kind(at) === 'alias_qualified_name') {
    qualifier = tree.field(at, 'qualifier');
    if (qualifier < 0) qualifier = tree.field(at, 'alias');
    at = tree.field(at, 'name');
  }
  if (at >= 0 && tree.kind(at) === 'generic_name') at = tree.firstChild(at);
  return { name: at >= 0 && tree.kind(at) === 'identifier' ? at : none, qualifier };
}

/** Reports the name of a type, the names before it as receiver. Type arguments follow as `type`. */
export function referType(scan: Scan, kind: ReferenceKind, node: number): void {
  if (node < 0) return;
  const { name, qualifier } = lastName(scan, node);
  if (name < 0 || (qualifier < 0 && isLocal(scan, name))) return;
  if (qualifier >= 0) silence(scan, qualifier);
  scan.refer(kind, name, qualifier);
}

/** By .NET's design guidelines, which nearly all code keeps. */
const isInterfaceName = (name: string): boolean => /^I\p{Lu}/u.test(name);

export const baseList: Rule = (scan, node) => {
  const { tree } = scan;
  const owner = tree.parent(node);
  if (owner < 0 || tree.kind(owner) === 'enum_declaration') return;
  const isInterface = tree.kind(owner) === 'interface_declaration';
  for (const child of tree.namedChildren(node)) {
    if (tree.kind(child) === 'argument_list') continue;
    const type = tree.kind(child) === 'primary_constructor_base_type' ? tree.field(child, 'type') : child;
    if (type < 0) continue;
    const { name } = lastName(scan, type);
    const implemented = !isInterface && name >= 0 && isInterfaceName(tree.textOf(name));
    referType(scan, implemented ? 'implement' : 'inherit', type);
  }
};

export const usingDirective: Rule = (scan, node) => {
  const { tree } = scan;
  silence(scan, node);
  const alias = tree.field(node, 'name');
  const path = tree.namedChildren(node).find((child) => child !== alias) ?? none;
  if (path < 0) return;
  const written = tree.textOf(path).replaceAll(/\s+|^global::/g, '');
  if (alias < 0) {
    scan.importName(written, '*', null, node);
    return;
  }
  const bare = written.replace(/<.*$/, '');
  const dot = bare.lastIndexOf('.');
  scan.importName(dot < 0 ? '' : bare.slice(0, dot), bare.slice(dot + 1), tree.textOf(alias), node);
};

export const namespace: Rule = (scan, node) => silence(scan, scan.tree.field(node, 'name'));

/** A field or property before a dot is not worth a row: types are, for their static members. */
function silenceObject(scan: Scan, object: number): void {
  const { tree } = scan;
  if (object >= 0 && tree.kind(object) === 'identifier' && !/^\p{Lu}/u.test(tree.textOf(object))) scan.report(object);
}

export const invocation: Rule = (scan, node) => {
  const { tree } = scan;
  let called = tree.field(node, 'function');
  if (called < 0) return;
  let object = none;
  if (tree.kind(called) === 'member_access_expression') {
    object = tree.field(called, 'expression');
    called = tree.field(called, 'name');
  } else if (tree.kind(called) === 'conditional_access_expression') {
    object = tree.field(called, 'condition');
    const binding = tree.namedChildren(called).at(-1) ?? none;
    called = binding >= 0 ? tree.field(binding, 'name') : none;
  }
  if (called < 0) return;
  const { name } = lastName(scan, called);
  if (name < 0) return;
  if (object < 0 && tree.textOf(name) === 'nameof') {
    scan.report(name);
    return;
  }
  if (object < 0 && isLocal(scan, name)) return;
  scan.refer('call', name, object);
  silenceObject(scan, object);
};

export const memberAccess: Rule = (scan, node) => {
  const { tree } = scan;
  const object = tree.field(node, 'expression');
  const written = tree.field(node, 'name');
  if (written < 0) return;
  const { name } = lastName(scan, written);
  if (name < 0) return;
  if (object >= 0 && tree.kind(object) === 'identifier' && !isLocal(scan, object)) scan.refer('use', name, object);
  else scan.report(name);
  silenceObject(scan, object);
};

/** Names of members where an object is made or matched, of arguments and labels: they mean nothing around them. */
export const silentFirst: Rule = (scan, node) => {
  const first = scan.tree.namedChildren(node)[0] ?? none;
  if (first >= 0 && scan.tree.kind(first) === 'identifier') scan.report(first);
};

export const initializer: Rule = (scan, node) => {
  const { tree } = scan;
  for (const child of tree.namedChildren(node)) {
    if (tree.kind(child) !== 'assignment_expression') continue;
    const left = tree.field(child, 'left');
    if (left >= 0 && tree.kind(left) === 'identifier') scan.report(left);
  }
};

/** `Level = 2` and `level: 2` name a property and a parameter of the attribute. */
export const attributeArgument: Rule = (scan, node) => {
  const { tree } = scan;
  const [first = none, value = none] = tree.namedChildren(node);
  if (value >= 0) scan.report(first);
  else initializer(scan, node);
};

/** Lists whose children are types. */
const typeLists = new Set(['type_argument_list', 'base_list', 'explicit_interface_specifier']);

export function isTypePlace({ tree }: Scan, node: number): boolean {
  if (tree.isField(node, 'type') || tree.isField(node, 'returns')) return true;
  const parent = tree.parent(node);
  if (parent < 0) return false;
  const kind = tree.kind(parent);
  return typeLists.has(kind) || (kind === 'as_expression' && tree.isField(node, 'right'));
}

export const qualified: Rule = (scan, node) => {
  if (!scan.isReported(node)) referType(scan, isTypePlace(scan, node) ? 'type' : 'use', node);
};

export const name: Rule = (scan, node) => {
  if (scan.isReported(node) || isLocal(scan, node)) return;
  // What a setter is given.
  if (scan.enclosingKind === 'property' && scan.tree.textOf(node) === 'value') return;
  scan.refer(isTypePlace(scan, node) ? 'type' : 'use', node);
};
