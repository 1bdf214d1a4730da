/**
 * C#. Types qualify their members (`Outer.Inner.Run`); namespaces do not, as packages of Java do not. Delegates are types,
 * positional parameters of records are properties, an indexer is a property called `this`.
 */

import type { SymbolKind } from '../facts.ts';
import type { Extent, Scan } from '../scan.ts';
import { none } from '../tree/tree.ts';
import { bindLocal, isLocal, silence } from './bindings.ts';
import { maskForGrammar } from './csharp-directives.ts';
import {
  attributeArgument,
  baseList,
  initializer,
  invocation,
  isTypePlace,
  lastName,
  memberAccess,
  name,
  namespace,
  qualified,
  referType,
  silentFirst,
  usingDirective,
} from './csharp-uses.ts';
import type { GrammarLanguage, Rule } from './language.ts';

interface Head {
  readonly decorators: string[];
  readonly words: string;
  /** First node after leading attributes. */
  readonly signature: number;
}

/** Attributes and modifiers before a declaration. */
function headOf({ tree }: Scan, declaration: number): Head {
  const decorators: string[] = [];
  let words = ' ';
  let signature = none;
  for (const child of tree.children(declaration)) {
    const kind = tree.kind(child);
    if (kind === 'attribute_list') {
      for (const attribute of tree.namedChildren(child)) {
        const name = tree.field(attribute, 'name');
        if (name >= 0) decorators.push(tree.textOf(name));
      }
      continue;
    }
    if (signature < 0) signature = child;
    if (kind !== 'modifier') break;
    words += `${tree.textOf(child)} `;
  }
  return { decorators, words, signature };
}

function isInInterface({ tree }: Scan, node: number): boolean {
  const list = tree.parent(node);
  const owner = list < 0 ? none : tree.parent(list);
  return owner >= 0 && tree.kind(owner) === 'interface_declaration';
}

const isPublic = (scan: Scan, node: number, words: string): boolean =>
  words.includes(' public ') || (isInInterface(scan, node) && !words.includes(' private '));

/** A block, an arrow and its expression, or accessors of which some have code. */
function bodyOf({ tree }: Scan, node: number): number {
  const body = tree.field(node, 'body');
  if (body >= 0) return body;
  const value = tree.field(node, 'value');
  if (value >= 0 && tree.kind(value) === 'arrow_expression_clause') return value;
  const accessors = tree.field(node, 'accessors');
  const hasCode = accessors >= 0 && tree.namedChildren(accessors).some((one) => tree.field(one, 'body') >= 0);
  return hasCode ? accessors : none;
}

function define(
  scan: Scan,
  node: number,
  kind: SymbolKind,
  name: number | Extent,
  more: { value?: number } = {},
): void {
  const { tree } = scan;
  const { decorators, words, signature } = headOf(scan, node);
  const body = bodyOf(scan, node);
  const exported = isPublic(scan, node, words);
  scan.define({ kind, name, node, body, signature, decorators, exported, ...more });
  // They stand behind what a method gives, which may be one of them.
  const parameters = tree.field(node, 'type_parameters');
  for (const one of parameters < 0 ? [] : tree.namedChildren(parameters)) bindLocal(scan, tree.field(one, 'name'));
}

const definitionOf =
  (kind: SymbolKind): Rule =>
  (scan, node) =>
    define(scan, node, kind, scan.tree.field(node, 'name'));

/** Names that are more than one node: `operator +`, `~Store`. */
const spelled =
  (kind: SymbolKind, from: string, to: (scan: Scan, node: number) => number): Rule =>
  (scan, node) => {
    const { tree } = scan;
    const first = tree.child(node, from);
    const last = to(scan, node);
    if (first >= 0 && last >= 0) define(scan, node, kind, { start: tree.start(first), end: tree.end(last) });
  };

function destroyed(scan: Scan, node: number): number {
  const name = scan.tree.field(node, 'name');
  if (name >= 0) scan.report(name);
  return name;
}

/** The last token before the parameters. */
function beforeParameters({ tree }: Scan, node: number): number {
  const parameters = tree.field(node, 'parameters');
  return tree.children(node).findLast((child) => child < parameters) ?? none;
}

const recordDeclaration: Rule = (scan, node) => {
  const isStruct = scan.tree.child(node, "'struct'") >= 0;
  define(scan, node, isStruct ? 'struct' : 'class', scan.tree.field(node, 'name'));
};

const property: Rule = (scan, node) => {
  const { tree } = scan;
  const value = tree.field(node, 'value');
  const isArrow = value >= 0 && tree.kind(value) === 'arrow_expression_clause';
  define(scan, node, 'property', tree.field(node, 'name'), isArrow ? {} : { value });
};

/** Fields, events without accessors, and locals. */
const declarator: Rule = (scan, node) => {
  const { tree } = scan;
  const list = tree.parent(node);
  const declaration = list < 0 ? none : tree.parent(list);
  const form = declaration < 0 ? '' : tree.kind(declaration);
  const name = tree.field(node, 'name');
  if (form !== 'field_declaration' && form !== 'event_field_declaration') {
    bindLocal(scan, name);
    return;
  }
  const { decorators, words, signature } = headOf(scan, declaration);
  const isFixed = words.includes(' const ') || (words.includes(' static ') && words.includes(' readonly '));
  const declarators = tree.namedChildren(list).filter((child) => tree.kind(child) === 'variable_declarator');
  scan.define({
    kind: isFixed ? 'constant' : 'field',
    name,
    node: declaration,
    leaf: declarators.length > 1,
    value: tree.namedChildren(node).find((child) => child > name) ?? none,
    signature,
    decorators,
    exported: isPublic(scan, declaration, words),
  });
};

const parameter: Rule = (scan, node) => {
  const { tree } = scan;
  const list = tree.parent(node);
  const owner = list < 0 ? none : tree.parent(list);
  const name = tree.field(node, 'name');
  if (owner >= 0 && tree.kind(owner) === 'record_declaration') {
    const { decorators, signature } = headOf(scan, node);
    scan.define({ kind: 'property', name, node, signature, decorators, exported: true });
  } else bindLocal(scan, name);
};

/** `params int[] rest`, which the grammar leaves loose in the list. */
const parameterList: Rule = (scan, node) => bindLocal(scan, scan.tree.field(node, 'name'));

const bindName: Rule = (scan, node) => bindLocal(scan, scan.tree.field(node, 'name'));

const bindNames: Rule = (scan, node) => {
  const { tree } = scan;
  for (const child of tree.namedChildren(node)) if (tree.isField(child, 'name')) bindLocal(scan, child);
};

/** Binds the first name among the children: `join x in …`, `let x = …`. */
const bindFirst: Rule = (scan, node) => bindLocal(scan, scan.tree.child(node, 'identifier'));

const foreachStatement: Rule = (scan, node) => {
  const left = scan.tree.field(node, 'left');
  if (left >= 0 && scan.tree.kind(left) === 'identifier') bindLocal(scan, left);
};

export const csharp: GrammarLanguage = {
  form: 'grammar',
  code: true,
  name: 'csharp',
  displayName: 'C#',
  extensions: ['cs', 'csx'],
  grammar: 'tree-sitter-c_sharp.wasm',
  mask: maskForGrammar,
  blocks: [
    'compilation_unit',
    'declaration_list',
    'enum_member_declaration_list',
    'accessor_list',
    'block',
    'switch_body',
    'switch_section',
  ],
  comments: ['comment'],
  rules: {
    using_directive: usingDirective,
    extern_alias_directive: (scan, node) => silence(scan, node),
    namespace_declaration: namespace,
    file_scoped_namespace_declaration: namespace,
    class_declaration: definitionOf('class'),
    struct_declaration: definitionOf('struct'),
    record_declaration: recordDeclaration,
    interface_declaration: definitionOf('interface'),
    enum_declaration: definitionOf('enum'),
    delegate_declaration: definitionOf('type'),
    enum_member_declaration: (scan, node) => {
      const { tree } = scan;
      const { decorators, signature } = headOf(scan, node);
      const value = tree.field(node, 'value');
      scan.define({
        kind: 'enum-member',
        name: tree.field(node, 'name'),
        node,
        value,
        signature,
        decorators,
        exported: true,
      });
    },
    method_declaration: definitionOf('method'),
    constructor_declaration: definitionOf('constructor'),
    destructor_declaration: spelled('method', "'~'", destroyed),
    operator_declaration: spelled('method', "'operator'", beforeParameters),
    conversion_operator_declaration: spelled('method', "'operator'", beforeParameters),
    local_function_statement: definitionOf('function'),
    property_declaration: property,
    event_declaration: property,
    indexer_declaration: spelled('property', "'this'", (scan, node) => scan.tree.child(node, "'this'")),
    variable_declarator: declarator,
    parameter,
    parameter_list: parameterList,
    bracketed_parameter_list: parameterList,
    type_parameter: bindName,
    implicit_parameter: (scan, node) => bindLocal(scan, node),
    declaration_pattern: bindName,
    recursive_pattern: bindName,
    var_pattern: bindName,
    list_pattern: bindName,
    declaration_expression: bindName,
    catch_declaration: bindName,
    from_clause: bindName,
    tuple_pattern: bindNames,
    parenthesized_variable_designation: bindNames,
    join_clause: bindFirst,
    join_into_clause: bindFirst,
    let_clause: bindFirst,
    foreach_statement: foreachStatement,
    base_list: baseList,
    attribute: (scan, node) => referType(scan, 'decorate', scan.tree.field(node, 'name')),
    invocation_expression: invocation,
    object_creation_expression: (scan, node) => referType(scan, 'call', scan.tree.field(node, 'type')),
    member_access_expression: memberAccess,
    member_binding_expression: (scan, node) => {
      const { name } = lastName(scan, scan.tree.field(node, 'name'));
      if (name >= 0) scan.report(name);
    },
    qualified_name: qualified,
    alias_qualified_name: qualified,
    generic_name: (scan, node) => {
      const first = scan.tree.firstChild(node);
      if (first < 0 || scan.isReported(first) || isLocal(scan, first)) return;
      scan.refer(isTypePlace(scan, node) ? 'type' : 'use', first);
    },
    initializer_expression: initializer,
    with_initializer: silentFirst,
    subpattern: silentFirst,
    labeled_statement: silentFirst,
    goto_statement: silentFirst,
    argument: (scan, node) => {
      const label = scan.tree.field(node, 'name');
      if (label >= 0) scan.report(label);
    },
    attribute_argument: attributeArgument,
    tuple_element: bindName,
    identifier: name,
  },
};
