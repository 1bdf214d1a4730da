/**
 * Java. Nested types qualify their members (`Outer.Inner.run`); packages do not. The
 * components of a record are fields, a type of annotations is an interface.
 */

import type { ReferenceKind, SymbolKind } from '../facts.ts';
import type { Scan } from '../scan.ts';
import { none } from '../tree/tree.ts';
import { bindLocal, isLocal, silence } from './bindings.ts';
import type { GrammarLanguage, Rule } from './language.ts';

interface Modifiers {
  readonly decorators: string[];
  readonly words: string;
  /** First node after leading annotations. */
  readonly signature: number;
}

const noModifiers: Modifiers = { decorators: [], words: '', signature: none };

function modifiersOf({ tree }: Scan, declaration: number): Modifiers {
  const first = tree.firstChild(declaration);
  if (first < 0 || tree.kind(first) !== 'modifiers') return noModifiers;
  const decorators: string[] = [];
  let words = ' ';
  let signature = none;
  for (const child of tree.children(first)) {
    if (isAnnotation(tree.kind(child))) {
      const name = tree.field(child, 'name');
      if (name >= 0) decorators.push(tree.textOf(name));
    } else {
      if (signature < 0) signature = child;
      words += `${tree.textOf(child)} `;
    }
  }
  return { decorators, words, signature: signature < 0 ? tree.nextSibling(first) : signature };
}

const isAnnotation = (kind: string): boolean => kind === 'annotation' || kind === 'marker_annotation';

/** Members of interfaces are public without saying so. */
function isInInterface({ tree }: Scan, node: number): boolean {
  const parent = tree.parent(node);
  if (parent < 0) return false;
  const kind = tree.kind(parent);
  return kind === 'interface_body' || kind === 'annotation_type_body';
}

const definitionOf =
  (kind: SymbolKind): Rule =>
  (scan, node) => {
    const { tree } = scan;
    const { decorators, words, signature } = modifiersOf(scan, node);
    scan.define({
      kind,
      name: tree.field(node, 'name'),
      node,
      body: tree.field(node, 'body'),
      signature,
      decorators,
      exported: words.includes(' public ') || (isInInterface(scan, node) && !words.includes(' private ')),
    });
  };

/** Reports the name of a type expression, its outer names as receiver. Type arguments follow as `type`. */
function referType(scan: Scan, kind: ReferenceKind, node: number): void {
  const { tree } = scan;
  if (node < 0) return;
  const form = tree.kind(node);
  if (form === 'generic_type') referType(scan, kind, tree.firstChild(node));
  else if (form === 'annotated_type' || form === 'array_type')
    referType(scan, kind, tree.namedChildren(node).at(-1) ?? none);
  else if (form === 'scoped_type_identifier') {
    const parts = tree.namedChildren(node);
    const name = parts.at(-1) ?? none;
    if (parts.length > 1) silence(scan, parts[0] as number);
    scan.refer(kind, name, parts.length > 1 ? (parts[0] as number) : none);
  } else if (form === 'type_identifier') scan.refer(kind, node);
}

const supertypes =
  (kind: ReferenceKind): Rule =>
  (scan, node) => {
    const { tree } = scan;
    for (const child of tree.namedChildren(node)) {
      if (tree.kind(child) !== 'type_list') referType(scan, kind, child);
      else for (const type of tree.namedChildren(child)) referType(scan, kind, type);
    }
  };

const annotation: Rule = (scan, node) => {
  const { tree } = scan;
  const name = tree.field(node, 'name');
  if (name < 0) return;
  if (tree.kind(name) !== 'scoped_identifier') {
    scan.refer('decorate', name);
    return;
  }
  const scope = tree.field(name, 'scope');
  silence(scan, scope);
  scan.refer('decorate', tree.field(name, 'name'), scope);
};

const importDeclaration: Rule = (scan, node) => {
  const { tree } = scan;
  silence(scan, node);
  const path = tree.namedChildren(node).find((child) => /identifier$/.test(tree.kind(child))) ?? none;
  if (path < 0) return;
  const written = tree.textOf(path).replaceAll(/\s+/g, '');
  if (tree.child(node, 'asterisk') >= 0) {
    scan.importName(written, '*', null, node);
    return;
  }
  const dot = written.lastIndexOf('.');
  const name = written.slice(dot + 1);
  scan.importName(dot < 0 ? '' : written.slice(0, dot), name, name, node);
};

const declarator: Rule = (scan, node) => {
  const { tree } = scan;
  const declaration = tree.parent(node);
  const form = declaration < 0 ? '' : tree.kind(declaration);
  const name = tree.field(node, 'name');
  if (form !== 'field_declaration' && form !== 'constant_declaration') {
    bindLocal(scan, name);
    return;
  }
  const { decorators, words, signature } = modifiersOf(scan, declaration);
  const inInterface = isInInterface(scan, declaration);
  const alone = tree.children(declaration).filter((child) => tree.kind(child) === 'variable_declarator').length === 1;
  scan.define({
    kind: inInterface || (words.includes(' static ') && words.includes(' final ')) ? 'constant' : 'field',
    name,
    node: declaration,
    leaf: !alone,
    value: tree.field(node, 'value'),
    signature,
    decorators,
    exported: inInterface || words.includes(' public '),
  });
};

const parameter: Rule = (scan, node) => {
  const { tree } = scan;
  const list = tree.parent(node);
  const owner = list < 0 ? none : tree.parent(list);
  const name = tree.field(node, 'name');
  if (owner >= 0 && tree.kind(owner) === 'record_declaration') {
    const { decorators, signature } = modifiersOf(scan, node);
    scan.define({ kind: 'field', name, node, signature, decorators, exported: true });
  } else bindLocal(scan, name);
};

const bindName: Rule = (scan, node) => bindLocal(scan, scan.tree.field(node, 'name'));

/** Binds plain names among the children: `(a, b) -> …`, `case Point p`. */
const bindChildren: Rule = (scan, node) => {
  const { tree } = scan;
  for (const child of tree.namedChildren(node)) if (tree.kind(child) === 'identifier') bindLocal(scan, child);
};

/** A field before a dot is not worth a row: types are, for their static members. */
function silenceField(scan: Scan, object: number): void {
  const { tree } = scan;
  if (object >= 0 && tree.kind(object) === 'identifier' && !/^\p{Lu}/u.test(tree.textOf(object))) scan.report(object);
}

const use: Rule = (scan, node) => {
  if (!scan.isReported(node) && !isLocal(scan, node)) scan.refer('use', node);
};

const silent: Rule = (scan, node) => silence(scan, node);

/** `@Nullable ...` before a variable number of arguments: legal Java that the grammar does not know. */
const annotatedDots = /@\w+(?:\.\w+)*(?=\s*\.\.\.)/g;

export const java: GrammarLanguage = {
  form: 'grammar',
  code: true,
  name: 'java',
  displayName: 'Java',
  extensions: ['java'],
  grammar: 'tree-sitter-java.wasm',
  mask: (text) => text.replace(annotatedDots, (annotation) => ' '.repeat(annotation.length)),
  blocks: [
    'program',
    'class_body',
    'interface_body',
    'enum_body',
    'enum_body_declarations',
    'annotation_type_body',
    'block',
    'constructor_body',
    'switch_block',
    'switch_block_statement_group',
  ],
  comments: ['line_comment', 'block_comment'],
  rules: {
    package_declaration: silent,
    import_declaration: importDeclaration,
    module_declaration: silent,
    class_declaration: definitionOf('class'),
    record_declaration: definitionOf('class'),
    interface_declaration: definitionOf('interface'),
    annotation_type_declaration: definitionOf('interface'),
    enum_declaration: definitionOf('enum'),
    method_declaration: definitionOf('method'),
    annotation_type_element_declaration: definitionOf('method'),
    constructor_declaration: definitionOf('constructor'),
    compact_constructor_declaration: definitionOf('constructor'),
    enum_constant: (scan, node) => {
      const { decorators, signature } = modifiersOf(scan, node);
      scan.define({
        kind: 'enum-member',
        name: scan.tree.field(node, 'name'),
        node,
        value: scan.tree.field(node, 'body'),
        signature,
        decorators,
        exported: true,
      });
    },
    variable_declarator: declarator,
    formal_parameter: parameter,
    catch_formal_parameter: bindName,
    resource: bindName,
    enhanced_for_statement: bindName,
    inferred_parameters: bindChildren,
    type_pattern: bindChildren,
    record_pattern_component: bindChildren,
    instanceof_expression: bindName,
    lambda_expression: (scan, node) => {
      const parameters = scan.tree.field(node, 'parameters');
      if (parameters >= 0 && scan.tree.kind(parameters) === 'identifier') bindLocal(scan, parameters);
    },
    type_parameter: (scan, node) => {
      const { tree } = scan;
      bindLocal(scan, tree.child(node, 'type_identifier'));
    },
    superclass: supertypes('inherit'),
    super_interfaces: supertypes('implement'),
    extends_interfaces: supertypes('inherit'),
    annotation,
    marker_annotation: annotation,
    method_invocation: (scan, node) => {
      const { tree } = scan;
      const object = tree.field(node, 'object');
      scan.refer('call', tree.field(node, 'name'), object);
      silenceField(scan, object);
    },
    object_creation_expression: (scan, node) => referType(scan, 'call', scan.tree.field(node, 'type')),
    method_reference: (scan, node) => {
      const { tree } = scan;
      const parts = tree.namedChildren(node);
      const name = parts.at(-1) ?? none;
      if (parts.length > 1 && tree.kind(name) === 'identifier') scan.refer('use', name, parts[0] as number);
    },
    field_access: (scan, node) => {
      const { tree } = scan;
      const object = tree.field(node, 'object');
      const field = tree.field(node, 'field');
      if (field < 0) return;
      if (object >= 0 && tree.kind(object) === 'identifier' && !isLocal(scan, object)) scan.refer('use', field, object);
      else scan.report(field);
      silenceField(scan, object);
    },
    scoped_type_identifier: (scan, node) => {
      if (!scan.isReported(node)) referType(scan, 'type', node);
    },
    type_identifier: (scan, node) => {
      if (!scan.isReported(node) && !isLocal(scan, node)) scan.refer('type', node);
    },
    element_value_pair: (scan, node) => {
      const key = scan.tree.field(node, 'key');
      if (key >= 0) scan.report(key);
    },
    labeled_statement: bindChildren,
    break_statement: bindChildren,
    continue_statement: bindChildren,
    identifier: use,
  },
};
