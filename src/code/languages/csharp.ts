/**
 * C#. Types qualify their members (`Outer.Inner.Run`); namespaces do not, as packages of Java do not. Delegates are types,
 * positional parameters of records are properties, an indexer is a property called `this`.
 *
 * Which of a type's bases is a class is not written; what is named as .NET names interfaces (`I` and a capital) is taken for one.
 */

import type { ReferenceKind, SymbolKind } from '../facts.ts';
import type { Extent, Scan } from '../scan.ts';
import { none } from '../tree/tree.ts';
import { bindLocal, isLocal, silence } from './bindings.ts';
import { maskForGrammar } from './csharp-directives.ts';
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

/** The name of `Foo`, `Foo<T>` and `A.B.Foo<T>`, and what stands before its last dot. */
function lastName({ tree }: Scan, node: number): { name: number; qualifier: number } {
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
function referType(scan: Scan, kind: ReferenceKind, node: number): void {
  if (node < 0) return;
  const { name, qualifier } = lastName(scan, node);
  if (name < 0 || (qualifier < 0 && isLocal(scan, name))) return;
  if (qualifier >= 0) silence(scan, qualifier);
  scan.refer(kind, name, qualifier);
}

/** By .NET's design guidelines, which nearly all code keeps. */
const isInterfaceName = (name: string): boolean => /^I\p{Lu}/u.test(name);

const baseList: Rule = (scan, node) => {
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

const usingDirective: Rule = (scan, node) => {
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

const namespace: Rule = (scan, node) => silence(scan, scan.tree.field(node, 'name'));

/** A field or property before a dot is not worth a row: types are, for their static members. */
function silenceObject(scan: Scan, object: number): void {
  const { tree } = scan;
  if (object >= 0 && tree.kind(object) === 'identifier' && !/^\p{Lu}/u.test(tree.textOf(object))) scan.report(object);
}

const invocation: Rule = (scan, node) => {
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

const memberAccess: Rule = (scan, node) => {
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
const silentFirst: Rule = (scan, node) => {
  const first = scan.tree.namedChildren(node)[0] ?? none;
  if (first >= 0 && scan.tree.kind(first) === 'identifier') scan.report(first);
};

const initializer: Rule = (scan, node) => {
  const { tree } = scan;
  for (const child of tree.namedChildren(node)) {
    if (tree.kind(child) !== 'assignment_expression') continue;
    const left = tree.field(child, 'left');
    if (left >= 0 && tree.kind(left) === 'identifier') scan.report(left);
  }
};

/** `Level = 2` and `level: 2` name a property and a parameter of the attribute. */
const attributeArgument: Rule = (scan, node) => {
  const { tree } = scan;
  const [first = none, value = none] = tree.namedChildren(node);
  if (value >= 0) scan.report(first);
  else initializer(scan, node);
};

/** Lists whose children are types. */
const typeLists = new Set(['type_argument_list', 'base_list', 'explicit_interface_specifier']);

function isTypePlace({ tree }: Scan, node: number): boolean {
  if (tree.isField(node, 'type') || tree.isField(node, 'returns')) return true;
  const parent = tree.parent(node);
  if (parent < 0) return false;
  const kind = tree.kind(parent);
  return typeLists.has(kind) || (kind === 'as_expression' && tree.isField(node, 'right'));
}

const qualified: Rule = (scan, node) => {
  if (!scan.isReported(node)) referType(scan, isTypePlace(scan, node) ? 'type' : 'use', node);
};

const name: Rule = (scan, node) => {
  if (scan.isReported(node) || isLocal(scan, node)) return;
  // What a setter is given.
  if (scan.enclosingKind === 'property' && scan.tree.textOf(node) === 'value') return;
  scan.refer(isTypePlace(scan, node) ? 'type' : 'use', node);
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
