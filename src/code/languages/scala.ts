/**
 * Scala, 2 and 3. An object is a class of its one value; members of both share a name's space, as the language has it. Methods
 * of an `extension` hang on the type that they extend.
 */
import type { ReferenceKind, SymbolKind } from '../facts.ts';
import type { Scan } from '../scan.ts';
import { none } from '../tree/tree.ts';
import { bindLocal, bindWithin, silence } from './bindings.ts';
import type { GrammarLanguage, Rule } from './language.ts';
import { childOf, holdLocals, isInType, kindOf, maybeUse, textOf, typeName } from './shapes.ts';

function isExported({ tree }: Scan, node: number): boolean {
  const modifiers = tree.child(node, 'modifiers');
  // `private[cart]` is for a package, not for one class.
  return modifiers < 0 || !/\bprivate\b(?!\[(?!this))/.test(tree.textOf(modifiers));
}

function decoratorsOf({ tree }: Scan, node: number): string[] {
  return tree
    .children(node)
    .filter((child) => tree.kind(child) === 'annotation')
    .map((child) => textOf(tree, tree.field(child, 'name')).replace(/\[[\s\S]*$/, ''))
    .filter((name) => name !== '');
}

/** The first part that is no annotation. */
function signatureOf({ tree }: Scan, node: number): number {
  return tree.children(node).find((child) => tree.kind(child) !== 'annotation') ?? none;
}

const typeDefinition =
  (kind: SymbolKind): Rule =>
  (scan, node) => {
    const { tree } = scan;
    scan.define({
      kind,
      name: tree.field(node, 'name'),
      node,
      body: tree.field(node, 'body'),
      signature: signatureOf(scan, node),
      decorators: decoratorsOf(scan, node),
      exported: isExported(scan, node) && !scan.insideCallable,
    });
  };

function extended({ tree }: Scan, node: number): { qualifier?: string } {
  let around = tree.parent(node);
  if (kindOf(tree, around) === 'template_body') around = tree.parent(around);
  if (kindOf(tree, around) !== 'extension_definition') return {};
  const parameter = childOf(tree, tree.field(around, 'parameters'), 'parameter');
  const type = parameter < 0 ? none : tree.field(parameter, 'type');
  const name = textOf(tree, type).replace(/[^\w.][\s\S]*$/, '');
  return name === '' ? {} : { qualifier: name };
}

const functionDefinition: Rule = (scan, node) => {
  const { tree } = scan;
  const name = tree.field(node, 'name');
  const qualified = extended(scan, node);
  const isMethod = isInType(scan) || qualified.qualifier !== undefined;
  const isConstructor = textOf(tree, name) === 'this';
  const equals = tree.child(node, "'='");
  scan.define({
    kind: isConstructor ? 'constructor' : isMethod ? 'method' : 'function',
    name,
    node,
    body: equals < 0 ? tree.field(node, 'body') : equals,
    signature: signatureOf(scan, node),
    decorators: decoratorsOf(scan, node),
    exported: isExported(scan, node) && !scan.insideCallable,
    ...qualified,
  });
};

const valueDefinition =
  (field: 'pattern' | 'name', isFixed: boolean): Rule =>
  (scan, node) => {
    const { tree } = scan;
    const name = tree.field(node, field);
    if (kindOf(tree, name) !== 'identifier') return;
    if (scan.insideCallable) {
      bindLocal(scan, name);
      return;
    }
    const value = tree.field(node, 'value');
    const isConstant = isFixed && /^[A-Z]/.test(tree.textOf(name));
    scan.define({
      kind: isConstant ? 'constant' : isInType(scan) ? 'property' : 'variable',
      name,
      node,
      value,
      signature: signatureOf(scan, node),
      decorators: decoratorsOf(scan, node),
      exported: isExported(scan, node),
    });
    if (value >= 0) scan.holdLocals(value);
  };

function referType(scan: Scan, kind: ReferenceKind, node: number): void {
  const { tree } = scan;
  const form = kindOf(tree, node);
  if (form === 'type_identifier') scan.refer(kind, node);
  else if (form === 'generic_type' || form === 'annotated_type') referType(scan, kind, tree.firstChild(node));
  else if (form === 'stable_type_identifier') {
    const name = childOf(tree, node, 'type_identifier');
    const before = tree.firstChild(node);
    scan.refer(kind, name, before === name ? none : before);
  } else if (form === 'compound_type') for (const child of tree.namedChildren(node)) referType(scan, kind, child);
}

const importDeclaration: Rule = (scan, node) => {
  const { tree } = scan;
  silence(scan, node);
  const selectors = childOf(tree, node, 'namespace_selectors', 'as_renamed_identifier', 'arrow_renamed_identifier');
  const path = tree
    .children(node)
    .filter((child) => tree.isField(child, 'path'))
    .map((child) => tree.textOf(child))
    .join('')
    .replace(/\.$/, '');
  if (childOf(tree, node, 'namespace_wildcard') >= 0) scan.importName(path, '*', null, node);
  else if (selectors < 0) {
    const dot = path.lastIndexOf('.');
    const name = path.slice(dot + 1);
    scan.importName(path.slice(0, Math.max(0, dot)), name, name, node);
  } else {
    const list = tree.kind(selectors) === 'namespace_selectors' ? tree.namedChildren(selectors) : [selectors];
    for (const one of list) {
      const form = tree.kind(one);
      if (form === 'identifier') scan.importName(path, tree.textOf(one), tree.textOf(one), one);
      else if (form.endsWith('renamed_identifier'))
        scan.importName(path, textOf(tree, tree.field(one, 'name')), textOf(tree, tree.field(one, 'alias')), one);
      else scan.importName(path, '*', null, one);
    }
  }
};

function referCallee(scan: Scan, callee: number): void {
  const { tree } = scan;
  const form = kindOf(tree, callee);
  if (form === 'identifier') scan.refer('call', callee);
  else if (form === 'field_expression') scan.refer('call', tree.field(callee, 'field'), tree.field(callee, 'value'));
  else if (form === 'generic_function') referCallee(scan, tree.field(callee, 'function'));
}

export const scala: GrammarLanguage = {
  form: 'grammar',
  code: true,
  name: 'scala',
  displayName: 'Scala',
  extensions: ['scala', 'sc', 'sbt'],
  interpreters: ['scala', 'amm', 'scala-cli'],
  grammar: 'tree-sitter-scala.wasm',
  blocks: [
    'compilation_unit',
    'template_body',
    'with_template_body',
    'enum_body',
    'block',
    'indented_block',
    'case_block',
  ],
  comments: ['comment', 'block_comment'],
  rules: {
    package_clause: (scan, node) => {
      silence(scan, scan.tree.field(node, 'name'));
    },
    import_declaration: importDeclaration,
    class_definition: typeDefinition('class'),
    object_definition: typeDefinition('class'),
    package_object: typeDefinition('module'),
    trait_definition: typeDefinition('trait'),
    enum_definition: typeDefinition('enum'),
    simple_enum_case: typeDefinition('enum-member'),
    full_enum_case: typeDefinition('enum-member'),
    given_definition: (scan, node) => {
      const { tree } = scan;
      if (tree.field(node, 'name') >= 0) typeDefinition('class')(scan, node);
      else referType(scan, 'inherit', tree.field(node, 'return_type'));
    },
    type_definition: typeDefinition('type'),
    function_definition: functionDefinition,
    function_declaration: functionDefinition,
    val_definition: valueDefinition('pattern', true),
    var_definition: valueDefinition('pattern', false),
    val_declaration: valueDefinition('name', false),
    var_declaration: valueDefinition('name', false),
    class_parameter: (scan, node) => {
      const { tree } = scan;
      const name = tree.field(node, 'name');
      const of = tree.parent(tree.parent(node));
      const isCase = tree.child(of, "'case'") >= 0;
      if (!isCase && tree.child(node, "'val'") < 0 && tree.child(node, "'var'") < 0) bindLocal(scan, name);
      else scan.define({ kind: 'property', name, node, leaf: true, exported: isExported(scan, node) });
    },
    parameter: (scan, node) => bindLocal(scan, scan.tree.field(node, 'name')),
    binding: (scan, node) => bindLocal(scan, scan.tree.field(node, 'name')),
    type_parameters: (scan, node) => {
      const { tree } = scan;
      for (const child of tree.namedChildren(node))
        if (tree.isField(child, 'name')) bindWithin(scan, child, tree.parent(node));
    },
    lambda_expression: holdLocals,
    case_clause: holdLocals,
    extends_clause: (scan, node) => {
      const { tree } = scan;
      for (const child of tree.namedChildren(node)) if (tree.isField(child, 'type')) referType(scan, 'inherit', child);
    },
    annotation: (scan, node) => referType(scan, 'decorate', scan.tree.field(node, 'name')),
    call_expression: (scan, node) => referCallee(scan, scan.tree.field(node, 'function')),
    infix_expression: (scan, node) => {
      const operator = scan.tree.field(node, 'operator');
      if (kindOf(scan.tree, operator) === 'identifier') scan.refer('call', operator, scan.tree.field(node, 'left'));
    },
    instance_expression: (scan, node) => {
      const { tree } = scan;
      const type = tree.firstChild(node);
      referType(scan, 'call', tree.namedChildren(node)[0] ?? type);
    },
    field_expression: (scan, node) => {
      const { tree } = scan;
      const before = tree.field(node, 'value');
      const name = tree.field(node, 'field');
      if (name >= 0 && kindOf(tree, before) === 'identifier') scan.useIfKnown(name, before);
    },
    type_identifier: typeName,
    identifier: (scan, node) => {
      if (!scan.tree.isField(node, 'field')) maybeUse(scan, node);
    },
  },
};
