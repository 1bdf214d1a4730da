/**
 * Go. Methods hang on their receiver's type, without star and type arguments
 * (`Set.Add`); what a struct or interface embeds is inherited. Exported is what begins
 * with a capital.
 */
import type { ReferenceKind, SymbolKind } from '../facts.ts';
import type { Scan } from '../scan.ts';
import { none } from '../tree/tree.ts';
import { bindLocal, isLocal, silence } from './bindings.ts';
import type { GrammarLanguage, Rule } from './language.ts';

/** Predeclared: references to them say nothing. */
const predeclaredTypes = new Set(
  `any bool byte comparable complex64 complex128 error float32 float64 int int8 int16 int32 int64 rune string
   uint uint8 uint16 uint32 uint64 uintptr`.split(/\s+/),
);
const predeclaredFunctions = new Set(
  'append cap clear close complex copy delete imag len make max min new panic print println real recover'.split(' '),
);

const isExported = (scan: Scan, name: number): boolean => name >= 0 && /^\p{Lu}/u.test(scan.tree.textOf(name));

/** The declaration when it holds one specification, the specification when they are grouped. */
function specNode(scan: Scan, spec: number): number {
  const { tree } = scan;
  const parent = tree.parent(spec);
  if (parent < 0 || tree.kind(parent) === 'var_spec_list') return spec;
  return tree.child(parent, "'('") < 0 ? parent : spec;
}

const isTopLevel = ({ tree }: Scan, spec: number): boolean => {
  let at = tree.parent(spec);
  if (at >= 0 && tree.kind(at) === 'var_spec_list') at = tree.parent(at);
  const outer = at < 0 ? none : tree.parent(at);
  return outer >= 0 && tree.kind(outer) === 'source_file';
};

function namesOf(scan: Scan, node: number): number[] {
  const { tree } = scan;
  return tree.children(node).filter((child) => tree.isField(child, 'name') && tree.isNamed(child));
}

const functionDeclaration: Rule = (scan, node) => {
  const { tree } = scan;
  const name = tree.field(node, 'name');
  scan.define({ kind: 'function', name, node, body: tree.field(node, 'body'), exported: isExported(scan, name) });
};

const methodDeclaration: Rule = (scan, node) => {
  const { tree } = scan;
  const name = tree.field(node, 'name');
  const qualifier = receiverType(scan, tree.field(node, 'receiver'));
  const exported = isExported(scan, name);
  scan.define({ kind: 'method', name, node, body: tree.field(node, 'body'), exported, qualifier });
  bindTypeArguments(scan, tree.field(node, 'receiver'));
};

/** `func (s *Set[K, V]) …` names the type parameters anew. */
function bindTypeArguments(scan: Scan, receiver: number): void {
  const { tree } = scan;
  if (receiver < 0) return;
  for (let at = receiver; at < tree.next(receiver); at++) {
    if (tree.kind(at) !== 'type_elem') continue;
    for (const name of tree.namedChildren(at)) if (tree.kind(name) === 'type_identifier') bindLocal(scan, name);
  }
}

function receiverType(scan: Scan, list: number): string {
  const { tree } = scan;
  const parameter = list < 0 ? none : tree.child(list, 'parameter_declaration');
  let type = parameter < 0 ? none : tree.field(parameter, 'type');
  while (type >= 0) {
    const kind = tree.kind(type);
    if (kind === 'type_identifier') return tree.textOf(type);
    type = kind === 'generic_type' ? tree.field(type, 'type') : (tree.namedChildren(type)[0] ?? none);
  }
  return '';
}

const typeSpec: Rule = (scan, node) => {
  const { tree } = scan;
  const name = tree.field(node, 'name');
  const type = tree.field(node, 'type');
  const form = type < 0 ? '' : tree.kind(type);
  const kind: SymbolKind = form === 'struct_type' ? 'struct' : form === 'interface_type' ? 'interface' : 'type';
  const body =
    kind === 'struct'
      ? tree.child(type, 'field_declaration_list')
      : kind === 'interface'
        ? tree.child(type, "'{'")
        : none;
  const value = kind === 'type' ? type : none;
  scan.define({ kind, name, node: specNode(scan, node), body, value, exported: isExported(scan, name) });
};

const valueSpec =
  (kind: SymbolKind): Rule =>
  (scan, node) => {
    const { tree } = scan;
    const names = namesOf(scan, node);
    if (!isTopLevel(scan, node)) {
      for (const name of names) bindLocal(scan, name);
      return;
    }
    const value = tree.field(node, 'value');
    const only = value >= 0 ? tree.namedChildren(value) : [];
    const literal = names.length === 1 && only.length === 1 ? (only[0] as number) : none;
    const isFunction = literal >= 0 && tree.kind(literal) === 'func_literal';
    for (const name of names) {
      scan.define({
        kind: isFunction ? 'function' : kind,
        name,
        node: specNode(scan, node),
        value,
        body: isFunction ? tree.field(literal, 'body') : none,
        leaf: names.length > 1,
        exported: isExported(scan, name),
      });
    }
  };

const fieldDeclaration: Rule = (scan, node) => {
  const { tree } = scan;
  const kind = scan.enclosingKind;
  // Fields of types in passing (`var x struct { … }`) have no name of their own.
  const isMember = kind === 'struct' || kind === 'field';
  const names = namesOf(scan, node);
  if (names.length === 0) {
    referType(scan, 'inherit', tree.field(node, 'type'));
    return;
  }
  if (!isMember) return;
  for (const name of names) {
    scan.define({ kind: 'field', name, node, leaf: names.length > 1, exported: isExported(scan, name) });
  }
};

const methodElement: Rule = (scan, node) => {
  const { tree } = scan;
  const name = tree.field(node, 'name');
  if (scan.enclosingKind === 'interface') {
    scan.define({ kind: 'method', name, node, exported: isExported(scan, name) });
  }
};

/** An interface embeds another when the element is one plain type. */
const typeElement: Rule = (scan, node) => {
  const { tree } = scan;
  const parent = tree.parent(node);
  const types = tree.namedChildren(node);
  if (parent >= 0 && tree.kind(parent) === 'interface_type' && types.length === 1) {
    referType(scan, 'inherit', types[0] as number);
  }
};

/** Reports the name of a type expression; what it is made of (`[]T`, `map[K]V`) reports itself. */
function referType(scan: Scan, kind: ReferenceKind, node: number): void {
  const { tree } = scan;
  if (node < 0) return;
  const form = tree.kind(node);
  if (form === 'type_identifier') {
    if (predeclaredTypes.has(tree.textOf(node)) || isLocal(scan, node)) scan.report(node);
    else scan.refer(kind, node);
  } else if (form === 'qualified_type') scan.refer(kind, tree.field(node, 'name'), tree.field(node, 'package'));
  else if (form === 'generic_type') referType(scan, kind, tree.field(node, 'type'));
  else if (form === 'pointer_type') referType(scan, kind, tree.namedChildren(node)[0] ?? none);
}

const call: Rule = (scan, node) => {
  const { tree } = scan;
  let callee = tree.field(node, 'function');
  while (callee >= 0) {
    const form = tree.kind(callee);
    if (form === 'identifier') {
      const text = tree.textOf(callee);
      if (predeclaredFunctions.has(text) || predeclaredTypes.has(text) || isLocal(scan, callee)) scan.report(callee);
      else scan.refer('call', callee);
    } else if (form === 'selector_expression') {
      scan.refer('call', tree.field(callee, 'field'), tree.field(callee, 'operand'));
      silencePackage(scan, tree.field(callee, 'operand'));
    } else if (form === 'parenthesized_expression') {
      callee = tree.namedChildren(callee)[0] ?? none;
      continue;
    } else if (form === 'index_expression' || form === 'type_instantiation_expression') {
      callee = tree.firstChild(callee);
      continue;
    }
    return;
  }
};

/** `a.b` read as a value: reported when `a` is a package or something of this package. */
const selector: Rule = (scan, node) => {
  const { tree } = scan;
  const field = tree.field(node, 'field');
  const operand = tree.field(node, 'operand');
  if (field < 0 || scan.isReported(field) || operand < 0) return;
  if (tree.kind(operand) === 'identifier' && !isLocal(scan, operand)) scan.refer('use', field, operand);
  silencePackage(scan, operand);
};

/** A package before a dot is no use of its own: the name after the dot carries it as receiver. */
function silencePackage(scan: Scan, operand: number): void {
  const { tree } = scan;
  if (operand < 0 || tree.kind(operand) !== 'identifier') return;
  const text = tree.textOf(operand);
  if (scan.imports.some((imported) => imported.alias === text)) scan.report(operand);
}

const importSpec: Rule = (scan, node) => {
  const { tree } = scan;
  const path = tree.field(node, 'path');
  if (path < 0) return;
  const module = tree.textOf(path).slice(1, -1);
  const name = tree.field(node, 'name');
  if (name < 0) {
    // The package's own name is not in the path for certain; by custom it is its last part without a version.
    const base = module.replace(/\/v\d+$/, '').replace(/\.v\d+$/, '');
    scan.importName(module, '*', base.slice(base.lastIndexOf('/') + 1), node);
    return;
  }
  silence(scan, name);
  scan.importName(module, '*', tree.kind(name) === 'package_identifier' ? tree.textOf(name) : null, node);
};

const bindNames: Rule = (scan, node) => {
  for (const name of namesOf(scan, node)) bindLocal(scan, name);
};

/** Binds plain names on the left: `a, b := …`, `for k, v := range …`, `switch v := x.(type)`. */
const bindLeft =
  (field: string): Rule =>
  (scan, node) => {
    const { tree } = scan;
    const left = tree.field(node, field);
    if (left < 0 || (tree.kind(node) !== 'short_var_declaration' && !declares(scan, node, field))) return;
    for (const name of tree.namedChildren(left)) if (tree.kind(name) === 'identifier') bindLocal(scan, name);
  };

const declares = (scan: Scan, node: number, field: string): boolean =>
  field === 'alias' || scan.tree.child(node, "':='") >= 0;

const compositeLiteral: Rule = (scan, node) => {
  const { tree } = scan;
  const type = tree.field(node, 'type');
  if (type < 0) return;
  const form = tree.kind(type);
  if (form === 'type_identifier' || form === 'qualified_type' || form === 'generic_type') referType(scan, 'call', type);
};

/** Keys of struct literals are fields; those of map literals are values. */
const keyedElement: Rule = (scan, node) => {
  const { tree } = scan;
  const key = tree.field(node, 'key');
  const body = tree.parent(node);
  const literal = body < 0 ? none : tree.parent(body);
  if (key < 0 || literal < 0) return;
  const type = tree.kind(literal) === 'composite_literal' ? tree.field(literal, 'type') : none;
  const hasKeys = type >= 0 && /^(map|array|slice|implicit_length_array)_type$/.test(tree.kind(type));
  const name = tree.namedChildren(key);
  if (!hasKeys && name.length === 1 && tree.kind(name[0] as number) === 'identifier') scan.report(name[0] as number);
};

export const go: GrammarLanguage = {
  form: 'grammar',
  code: true,
  name: 'go',
  displayName: 'Go',
  extensions: ['go'],
  grammar: 'tree-sitter-go.wasm',
  blocks: [
    'source_file',
    'block',
    'statement_list',
    'expression_switch_statement',
    'type_switch_statement',
    'select_statement',
    'field_declaration_list',
    'interface_type',
    'const_declaration',
    'var_spec_list',
    'type_declaration',
  ],
  comments: ['comment'],
  rules: {
    import_spec: importSpec,
    function_declaration: functionDeclaration,
    method_declaration: methodDeclaration,
    type_spec: typeSpec,
    type_alias: typeSpec,
    const_spec: valueSpec('constant'),
    var_spec: valueSpec('variable'),
    field_declaration: fieldDeclaration,
    method_elem: methodElement,
    type_elem: typeElement,
    parameter_declaration: bindNames,
    variadic_parameter_declaration: bindNames,
    type_parameter_declaration: bindNames,
    short_var_declaration: bindLeft('left'),
    range_clause: bindLeft('left'),
    receive_statement: bindLeft('left'),
    type_switch_statement: bindLeft('alias'),
    call_expression: call,
    type_conversion_expression: (scan, node) => {
      const { tree } = scan;
      const type = tree.field(node, 'type');
      if (type >= 0 && tree.kind(type) === 'generic_type') referType(scan, 'call', type);
    },
    selector_expression: selector,
    composite_literal: compositeLiteral,
    keyed_element: keyedElement,
    qualified_type: (scan, node) => referType(scan, 'type', node),
    type_identifier: (scan, node) => {
      if (!scan.isReported(node)) referType(scan, 'type', node);
    },
    identifier: (scan, node) => {
      if (!scan.isReported(node) && !isLocal(scan, node)) scan.refer('use', node);
    },
  },
};
