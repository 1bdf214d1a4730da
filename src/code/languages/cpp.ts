/**
 * C++: C with namespaces, classes and templates. What is defined outside its class
 * (`Foo<T>::bar`) hangs on it as `ns.Foo.bar`. Members are exported when public.
 *
 * Macros between `class` and its name, or before a type (`class LIB_API Foo`, `LIB_API void f()`), are
 * not C++ before the preprocessor ran and would cost the whole class: `maskMacros` blanks them.
 */
import type { ReferenceKind, SymbolKind } from '../facts.ts';
import type { Scan, ScannedSymbol } from '../scan.ts';
import { none } from '../tree/tree.ts';
import { bindLocal, bindWithin, silence } from './bindings.ts';
import {
  cfamilyBlocks,
  cfamilyRules,
  declaratorOf,
  declaratorsOf,
  defineByMacro,
  hasWord,
  isConstant,
  isMacroDefinition,
} from './cfamily.ts';
import { maskMacros } from './cmacros.ts';
import { type Named, namedBy, qualified, referPath, textOfName } from './cpp-names.ts';
import { accessSpecifier, hideWithin, isPublic, isVisible, memberList } from './cpp-visibility.ts';
import type { GrammarLanguage, Rule } from './language.ts';

/** A definition with the `template<…>` around it. */
function outerOf({ tree }: Scan, node: number): number {
  let outer = node;
  for (let parent = tree.parent(node); parent >= 0; parent = tree.parent(parent)) {
    if (tree.kind(parent) !== 'template_declaration') break;
    outer = parent;
  }
  return outer;
}

/** Function, method or constructor, from where it stands and what it is called. */
function callableKind(scan: Scan, node: number, { name, scope, form }: Named): SymbolKind {
  const text = textOfName(scan, name);
  const inClass = memberList(scan, node) >= 0 && scan.enclosing >= 0;
  const owner = scope !== '' ? scope : inClass ? (scan.symbols[scan.enclosing] as ScannedSymbol).name : '';
  if (owner === '') return 'function';
  if (form === 'identifier' && owner.slice(owner.lastIndexOf('.') + 1) === text) return 'constructor';
  return 'method';
}

const functionDefinition: Rule = (scan, node) => {
  const { tree } = scan;
  const declarator = tree.field(node, 'declarator');
  const { name } = declaratorOf(scan, declarator);
  if (name < 0) return;
  const body = tree.field(node, 'body');
  if (memberList(scan, node) < 0 && isMacroDefinition(scan, node, name)) {
    if (defineByMacro(scan, tree.field(declarator, 'parameters'), node, none, body)) {
      scan.refer('call', name);
      return;
    }
  }
  const named = namedBy(scan, name);
  scan.define({
    kind: callableKind(scan, node, named),
    name: named.name,
    node: outerOf(scan, node),
    body: Math.max(body, tree.child(node, 'try_statement')),
    exported: isVisible(scan, node),
    ...qualified(scan, named.scope),
  });
};

const declaration: Rule = (scan, node) => {
  const { tree } = scan;
  const parent = tree.parent(node);
  if (parent >= 0 && tree.kind(parent) === 'friend_declaration') {
    for (const declarator of declaratorsOf(scan, node)) silence(scan, declaratorOf(scan, declarator).name);
    return;
  }
  const declarators = declaratorsOf(scan, node);
  const local = scan.insideCallable && memberList(scan, node) < 0;
  for (const declarator of declarators) {
    const { name, isFunction } = declaratorOf(scan, declarator);
    if (name < 0) continue;
    if (local) {
      bindNames(scan, name);
      continue;
    }
    const named = namedBy(scan, name);
    if (named.form === 'structured_binding_declarator') continue;
    const callable = isFunction || named.form === 'operator_cast' || named.form === 'operator_name';
    const constant = isConstant(scan, node, declarator);
    const field: SymbolKind = memberList(scan, node) >= 0 ? 'field' : 'variable';
    const kind = callable ? callableKind(scan, node, named) : constant ? 'constant' : field;
    const value = tree.kind(declarator) === 'init_declarator' ? tree.field(declarator, 'value') : none;
    const leaf = declarators.length > 1;
    const exported = isVisible(scan, node);
    scan.define({
      kind,
      name: named.name,
      node: leaf ? node : outerOf(scan, node),
      value,
      leaf,
      exported,
      ...qualified(scan, named.scope),
    });
  }
};

function bindNames(scan: Scan, name: number): void {
  const { tree } = scan;
  const kind = tree.kind(name);
  if (kind === 'identifier') bindLocal(scan, name);
  else if (kind === 'structured_binding_declarator') {
    for (const each of tree.namedChildren(name)) if (tree.kind(each) === 'identifier') bindLocal(scan, each);
  }
}

const fieldDeclaration: Rule = (scan, node) => {
  const { tree } = scan;
  const declarators = declaratorsOf(scan, node);
  const list = memberList(scan, node);
  if (list < 0 || scan.enclosing < 0) return;
  for (const declarator of declarators) {
    const { name, isFunction } = declaratorOf(scan, declarator);
    if (name < 0) continue;
    const isFixed = hasWord(scan, node, 'storage_class_specifier', 'static') && isConstant(scan, node, declarator);
    const named = namedBy(scan, name);
    scan.define({
      kind: isFunction ? callableKind(scan, node, named) : isFixed ? 'constant' : 'field',
      name: named.name,
      node: declarators.length > 1 ? node : outerOf(scan, node),
      value: tree.field(node, 'default_value'),
      leaf: declarators.length > 1,
      exported: isPublic(scan, list),
    });
  }
};

const typeKinds: Readonly<Record<string, SymbolKind>> = {
  struct_specifier: 'struct',
  union_specifier: 'struct',
  class_specifier: 'class',
  enum_specifier: 'enum',
};

const typeSpecifier: Rule = (scan, node) => {
  const { tree } = scan;
  const body = tree.field(node, 'body');
  const name = tree.field(node, 'name');
  if (body < 0 || name < 0 || scan.isReported(node)) return;
  const named = namedBy(scan, name);
  scan.define({
    kind: typeKinds[tree.kind(node)] ?? 'type',
    name: named.name,
    node: outerOf(scan, node),
    body,
    exported: isVisible(scan, node),
    ...qualified(scan, named.scope),
  });
};

const namespaceDefinition: Rule = (scan, node) => {
  const { tree } = scan;
  const name = tree.field(node, 'name');
  const body = tree.field(node, 'body');
  if (name < 0) {
    hideWithin(scan, node);
    return;
  }
  const parts = tree.kind(name) === 'nested_namespace_specifier' ? tree.namedChildren(name) : [name];
  const last = parts.at(-1) as number;
  const scope = parts
    .slice(0, -1)
    .map((part) => tree.textOf(part))
    .join('.');
  silence(scan, name);
  scan.define({ kind: 'namespace', name: last, node, body, exported: true, ...qualified(scan, scope) });
};

/** Type parameters hold until the template ends. */
const templateDeclaration: Rule = (scan, node) => {
  const { tree } = scan;
  const list = tree.field(node, 'parameters');
  if (list < 0) return;
  for (const parameter of tree.namedChildren(list)) {
    const name = tree.field(parameter, 'name');
    if (name >= 0) bindWithin(scan, name, node);
    else if (tree.kind(parameter).includes('type_parameter_declaration')) {
      bindWithin(scan, tree.child(parameter, 'type_identifier'), node);
    } else bindWithin(scan, declaratorOf(scan, tree.field(parameter, 'declarator')).name, node);
  }
};

const aliasDeclaration: Rule = (scan, node) => {
  const { tree } = scan;
  if (scan.insideCallable) {
    bindLocal(scan, tree.field(node, 'name'));
    return;
  }
  const [name, value] = [tree.field(node, 'name'), tree.field(node, 'type')];
  scan.define({ kind: 'type', name, node: outerOf(scan, node), value, exported: isVisible(scan, node) });
};

const usingDeclaration: Rule = (scan, node) => {
  const { tree } = scan;
  const path = tree.namedChildren(node)[0] ?? none;
  if (path < 0) return;
  const written = tree.textOf(path).replaceAll(/\s+/g, '');
  silence(scan, node);
  if (tree.child(node, "'namespace'") >= 0) {
    scan.importName(written, '*', null, node);
    return;
  }
  const cut = written.lastIndexOf('::');
  if (cut > 0) scan.importName(written.slice(0, cut), written.slice(cut + 2), written.slice(cut + 2), node);
};

const namespaceAlias: Rule = (scan, node) => {
  const { tree } = scan;
  const name = tree.field(node, 'name');
  const target = tree.namedChildren(node).at(-1) ?? none;
  if (name >= 0 && target >= 0) scan.importName(tree.textOf(target), '*', tree.textOf(name), node);
  silence(scan, node);
};

const bases: Rule = (scan, node) => {
  const { tree } = scan;
  for (const base of tree.namedChildren(node)) {
    if (tree.kind(base) !== 'access_specifier') referPath(scan, 'inherit', base);
  }
};

const call: Rule = (scan, node) => {
  const { tree } = scan;
  const callee = tree.field(node, 'function');
  if (callee < 0) return;
  if (tree.kind(callee) !== 'field_expression') {
    referPath(scan, 'call', callee);
    return;
  }
  let field = tree.field(callee, 'field');
  if (field >= 0 && tree.kind(field) === 'dependent_name') field = tree.namedChildren(field)[0] ?? none;
  if (field >= 0 && tree.kind(field) === 'template_method') field = tree.field(field, 'name');
  if (field >= 0 && tree.kind(field) === 'field_identifier') scan.refer('call', field, tree.field(callee, 'argument'));
};

const referSelf =
  (kind: ReferenceKind): Rule =>
  (scan, node) => {
    if (!scan.isReported(node)) referPath(scan, kind, node);
  };

/** Of a path, whether it stands where a type does is told by the grammar's last part. */
const qualifiedIdentifier: Rule = (scan, node) => {
  if (scan.isReported(node)) return;
  const { tree } = scan;
  let at = node;
  while (at >= 0 && tree.kind(at) === 'qualified_identifier') at = tree.field(at, 'name');
  const isType = at >= 0 && (tree.kind(at) === 'type_identifier' || tree.kind(at) === 'template_type');
  referPath(scan, isType ? 'type' : 'use', node);
};

const bindDeclarator: Rule = (scan, node) => {
  const { name } = declaratorOf(scan, scan.tree.field(node, 'declarator'));
  if (name >= 0) bindNames(scan, name);
};

export const cpp: GrammarLanguage = {
  form: 'grammar',
  code: true,
  name: 'cpp',
  displayName: 'C++',
  extensions: ['cpp', 'cc', 'cxx', 'c++', 'hpp', 'hh', 'hxx', 'h++', 'ipp', 'tpp', 'inl', 'cu', 'cuh', 'ino'],
  grammar: 'tree-sitter-cpp.wasm',
  mask: maskMacros,
  blocks: [...cfamilyBlocks, 'declaration_list'],
  comments: ['comment'],
  rules: {
    ...cfamilyRules,
    namespace_definition: namespaceDefinition,
    namespace_alias_definition: namespaceAlias,
    using_declaration: usingDeclaration,
    alias_declaration: aliasDeclaration,
    template_declaration: templateDeclaration,
    concept_definition: (scan, node) => {
      const name = scan.tree.field(node, 'name');
      scan.define({ kind: 'type', name, node: outerOf(scan, node), exported: true });
    },
    access_specifier: accessSpecifier,
    class_specifier: typeSpecifier,
    struct_specifier: typeSpecifier,
    union_specifier: typeSpecifier,
    enum_specifier: typeSpecifier,
    function_definition: functionDefinition,
    declaration,
    field_declaration: fieldDeclaration,
    optional_parameter_declaration: cfamilyRules.parameter_declaration as Rule,
    for_range_loop: bindDeclarator,
    lambda_capture_initializer: (scan, node) => bindLocal(scan, scan.tree.child(node, 'identifier')),
    base_class_clause: bases,
    call_expression: call,
    new_expression: (scan, node) => {
      const type = scan.tree.field(node, 'type');
      if (type >= 0) referPath(scan, 'call', type);
    },
    qualified_identifier: qualifiedIdentifier,
    template_type: referSelf('type'),
    namespace_identifier: (scan, node) => scan.report(node),
  },
};
