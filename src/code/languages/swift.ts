/**
 * Swift. Members of an `extension` hang on the type that it extends, wherever it stands; the extension itself defines
 * nothing. What is not `private` or `fileprivate` counts as exported: the module sees it.
 */
import type { SymbolKind } from '../facts.ts';
import type { Scan } from '../scan.ts';
import { none } from '../tree/tree.ts';
import { bindLocal, bindWithin, silence } from './bindings.ts';
import type { GrammarLanguage, Rule } from './language.ts';
import { childOf, holdLocals, isInType, kindOf, lastChildOf, maybeUse, textOf, typeName } from './shapes.ts';

interface Modifiers {
  readonly decorators: string[];
  readonly exported: boolean;
  readonly signature: number;
}

function modifiersOf({ tree }: Scan, node: number): Modifiers {
  const list = tree.child(node, 'modifiers');
  if (list < 0) return { decorators: [], exported: true, signature: none };
  const decorators: string[] = [];
  let exported = true;
  let signature = none;
  for (const child of tree.children(list)) {
    if (tree.kind(child) === 'attribute')
      decorators.push(
        tree
          .textOf(child)
          .replace(/^@/, '')
          .replace(/\([\s\S]*$/, ''),
      );
    else {
      if (signature < 0) signature = child;
      if (/^(file)?private$/.test(tree.textOf(child))) exported = false;
    }
  }
  return { decorators, exported, signature: signature < 0 ? tree.nextSibling(list) : signature };
}

/** The type whose extension a node stands in directly. */
function extended({ tree }: Scan, node: number): { qualifier?: string } {
  const body = tree.parent(node);
  const around = body < 0 ? none : tree.parent(body);
  if (around < 0 || textOf(tree, tree.field(around, 'declaration_kind')) !== 'extension') return {};
  const name = textOf(tree, tree.field(around, 'name'))
    .replace(/<[\s\S]*$/, '')
    .replaceAll(/\s/g, '');
  return name === '' ? {} : { qualifier: name };
}

const define =
  (kind: SymbolKind, nameOf: (scan: Scan, node: number) => number): Rule =>
  (scan, node) => {
    const { tree } = scan;
    const { decorators, exported, signature } = modifiersOf(scan, node);
    scan.define({
      kind,
      name: nameOf(scan, node),
      node,
      body: tree.field(node, 'body'),
      signature,
      decorators,
      exported: exported && !scan.insideCallable,
      ...extended(scan, node),
    });
  };

const named = ({ tree }: Scan, node: number): number => tree.field(node, 'name');

const kinds: Readonly<Record<string, SymbolKind>> = { class: 'class', struct: 'struct', enum: 'enum', actor: 'class' };

const classDeclaration: Rule = (scan, node) => {
  const { tree } = scan;
  const kind = kinds[textOf(tree, tree.field(node, 'declaration_kind'))];
  if (kind !== undefined) {
    define(kind, named)(scan, node);
    return;
  }
  const type = tree.field(node, 'name');
  if (kindOf(tree, type) === 'user_type') scan.refer('type', lastChildOf(tree, type, 'type_identifier'));
};

const functionDeclaration: Rule = (scan, node) => {
  const isMethod = isInType(scan) || extended(scan, node).qualifier !== undefined;
  define(isMethod ? 'method' : 'function', named)(scan, node);
};

const token =
  (word: string) =>
  ({ tree }: Scan, node: number): number =>
    tree.child(node, `'${word}'`);

const property: Rule = (scan, node) => {
  const { tree } = scan;
  const names = tree.namedChildren(node).filter((child) => tree.kind(child) === 'pattern');
  const inType = isInType(scan) || extended(scan, node).qualifier !== undefined;
  const isFixed = tree
    .textOf(tree.child(node, 'value_binding_pattern') < 0 ? node : tree.child(node, 'value_binding_pattern'))
    .startsWith('let');
  const body = childOf(tree, node, 'computed_property');
  const { decorators, exported, signature } = modifiersOf(scan, node);
  for (const pattern of names) {
    const name = tree.field(pattern, 'bound_identifier');
    if (name < 0) continue;
    if (scan.insideCallable) {
      bindLocal(scan, name);
      continue;
    }
    scan.define({
      kind: inType ? 'property' : isFixed ? 'constant' : 'variable',
      name,
      node,
      leaf: names.length > 1,
      ...(body >= 0 ? { body } : { value: tree.field(node, 'value') }),
      signature,
      decorators,
      exported,
      ...extended(scan, node),
    });
  }
};

/** Lines that are for the compiler alone: both branches of a condition are read, one after the other. */
const directive = /^[ \t]*#(?:if|elseif|else|endif|warning|error|sourceLocation)\b[^\n]*/gm;
/** `#available(iOS 15, *)` is a condition. */
const availability = /#(?:un)?available\([^()\n]{0,200}\)/g;
/** `#expect(…)`, `#file`: to the grammar, any name. */
const macro = /#(?=[A-Za-z])/g;

/** The grammar as WebAssembly reads no `#` but those of strings; what is behind it is found all the same. */
function withoutHashes(text: string): string {
  if (!text.includes('#')) return text;
  return text
    .replaceAll(directive, (line) => ' '.repeat(line.length))
    .replaceAll(availability, (condition) => 'true'.padEnd(condition.length))
    .replaceAll(macro, '_');
}

const call: Rule = (scan, node) => {
  const { tree } = scan;
  const callee = tree.firstChild(node);
  const form = kindOf(tree, callee);
  if (form === 'simple_identifier' && tree.text[tree.start(callee)] === '#') {
    scan.report(callee);
    scan.referAt('call', { start: tree.start(callee) + 1, end: tree.end(callee) });
  } else if (form === 'simple_identifier') scan.refer('call', callee);
  else if (form === 'navigation_expression') {
    const suffix = tree.field(callee, 'suffix');
    const name = suffix < 0 ? none : tree.field(suffix, 'suffix');
    if (kindOf(tree, name) === 'simple_identifier') scan.refer('call', name, tree.field(callee, 'target'));
  }
};

export const swift: GrammarLanguage = {
  form: 'grammar',
  code: true,
  name: 'swift',
  displayName: 'Swift',
  extensions: ['swift', 'swiftinterface'],
  interpreters: ['swift'],
  grammar: 'tree-sitter-swift.wasm',
  mask: withoutHashes,
  blocks: [
    'source_file',
    'class_body',
    'enum_class_body',
    'protocol_body',
    'statements',
    'function_body',
    'computed_property',
  ],
  comments: ['comment', 'multiline_comment'],
  rules: {
    import_declaration: (scan, node) => {
      const path = scan.tree.child(node, 'identifier');
      if (path < 0) return;
      const written = scan.tree.textOf(path).replaceAll(/\s+/g, '');
      scan.importName(written, '*', written.slice(written.lastIndexOf('.') + 1), node);
      silence(scan, path);
    },
    class_declaration: classDeclaration,
    protocol_declaration: define('interface', named),
    function_declaration: functionDeclaration,
    protocol_function_declaration: define('method', named),
    init_declaration: define('constructor', token('init')),
    deinit_declaration: define('method', token('deinit')),
    subscript_declaration: (scan, node) => {
      const { tree } = scan;
      const { decorators, exported, signature } = modifiersOf(scan, node);
      const body = tree.child(node, 'computed_property');
      const name = tree.child(node, "'subscript'");
      scan.define({ kind: 'method', name, node, body, signature, decorators, exported, ...extended(scan, node) });
    },
    property_declaration: property,
    protocol_property_declaration: (scan, node) => {
      const name = scan.tree.field(node, 'name');
      const bound = name < 0 ? none : scan.tree.field(name, 'bound_identifier');
      if (bound >= 0) scan.define({ kind: 'property', name: bound, node, exported: true });
    },
    typealias_declaration: define('type', named),
    associatedtype_declaration: define('type', named),
    enum_entry: (scan, node) => {
      const { tree } = scan;
      const names = tree
        .namedChildren(node)
        .filter((child) => tree.kind(child) === 'simple_identifier' && tree.isField(child, 'name'));
      for (const name of names) scan.define({ kind: 'enum-member', name, node, leaf: true, exported: true });
    },
    operator_declaration: silence,
    parameter: (scan, node) => bindLocal(scan, scan.tree.field(node, 'name')),
    lambda_parameter: (scan, node) => bindLocal(scan, scan.tree.field(node, 'name')),
    pattern: (scan, node) => {
      if (scan.insideCallable) bindLocal(scan, scan.tree.field(node, 'bound_identifier'));
    },
    type_parameter: (scan, node) => {
      const { tree } = scan;
      bindWithin(scan, tree.child(node, 'type_identifier'), tree.parent(tree.parent(node)));
    },
    lambda_literal: holdLocals,
    inheritance_specifier: (scan, node) => {
      const type = scan.tree.field(node, 'inherits_from');
      if (type >= 0) scan.refer('inherit', lastChildOf(scan.tree, type, 'type_identifier'));
    },
    attribute: (scan, node) => {
      const type = scan.tree.child(node, 'user_type');
      if (type >= 0) scan.refer('decorate', lastChildOf(scan.tree, type, 'type_identifier'));
    },
    value_argument_label: silence,
    call_expression: call,
    navigation_expression: (scan, node) => {
      const { tree } = scan;
      const suffix = tree.field(node, 'suffix');
      const name = suffix < 0 ? none : tree.field(suffix, 'suffix');
      const target = tree.field(node, 'target');
      if (kindOf(tree, name) === 'simple_identifier' && kindOf(tree, target) === 'simple_identifier')
        scan.useIfKnown(name, target);
    },
    type_identifier: typeName,
    simple_identifier: (scan, node) => {
      if (kindOf(scan.tree, scan.tree.parent(node)) !== 'navigation_suffix') maybeUse(scan, node);
    },
  },
};
