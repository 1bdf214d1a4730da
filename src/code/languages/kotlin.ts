/**
 * Kotlin. Functions and properties that extend a type hang on it (`Basket.total`), as do members of a companion without a
 * name. What a primary constructor declares with `val` or `var` is a property.
 */
import type { ReferenceKind, SymbolKind } from '../facts.ts';
import type { Scan } from '../scan.ts';
import { none } from '../tree/tree.ts';
import { bindLocal, bindWithin, silence } from './bindings.ts';
import { maskMembers } from './kotlin-mask.ts';
import type { GrammarLanguage, Rule } from './language.ts';
import { childOf, holdLocals, isInType, kindOf, lastChildOf, maybeUse, textOf, typeName } from './shapes.ts';

interface Modifiers {
  readonly decorators: string[];
  readonly words: string;
  readonly signature: number;
}

function modifiersOf({ tree }: Scan, node: number): Modifiers {
  const list = tree.child(node, 'modifiers');
  if (list < 0) return { decorators: [], words: '', signature: none };
  const decorators: string[] = [];
  const words: string[] = [];
  let signature = none;
  for (const child of tree.children(list)) {
    if (tree.kind(child) === 'annotation')
      decorators.push(
        tree
          .textOf(child)
          .replace(/^@(\w+:)?/, '')
          .replace(/[(<][\s\S]*$/, ''),
      );
    else {
      words.push(tree.textOf(child));
      if (signature < 0) signature = child;
    }
  }
  return { decorators, words: ` ${words.join(' ')} `, signature: signature < 0 ? tree.nextSibling(list) : signature };
}

const isExported = ({ words }: Modifiers): boolean => !words.includes(' private ');

/** The type that a function or property extends. */
function receiverOf({ tree }: Scan, node: number, name: number): { qualifier?: string } {
  const type = childOf(tree, node, 'user_type', 'nullable_type', 'parenthesized_type');
  if (type < 0 || type > name) return {};
  const written = tree
    .textOf(type)
    .replace(/<[\s\S]*$/, '')
    .replaceAll(/[?()\s]/g, '');
  return written === '' ? {} : { qualifier: written };
}

const classKind = ({ tree }: Scan, node: number): SymbolKind => {
  if (tree.child(node, "'interface'") >= 0) return 'interface';
  return tree.child(node, "'enum'") >= 0 || tree.child(node, 'enum_class_body') >= 0 ? 'enum' : 'class';
};

const classDefinition: Rule = (scan, node) => {
  const { tree } = scan;
  const modifiers = modifiersOf(scan, node);
  const body = childOf(tree, node, 'class_body', 'enum_class_body');
  const { signature, decorators } = modifiers;
  const name = tree.child(node, 'type_identifier');
  const exported = isExported(modifiers) && !scan.insideCallable;
  scan.define({ kind: classKind(scan, node), name, node, body, signature, decorators, exported });
};

const functionDefinition: Rule = (scan, node) => {
  const { tree } = scan;
  const name = tree.child(node, 'simple_identifier');
  if (name < 0) return;
  const receiver = receiverOf(scan, node, name);
  const modifiers = modifiersOf(scan, node);
  scan.define({
    kind: isInType(scan) || receiver.qualifier !== undefined ? 'method' : 'function',
    name,
    node,
    body: tree.child(node, 'function_body'),
    signature: modifiers.signature,
    decorators: modifiers.decorators,
    exported: isExported(modifiers) && !scan.insideCallable,
    ...receiver,
  });
};

const propertyDefinition: Rule = (scan, node) => {
  const { tree } = scan;
  const declared = tree.child(node, 'variable_declaration');
  const name = tree.child(declared < 0 ? node : declared, 'simple_identifier');
  if (declared < 0 || name < 0) return;
  if (scan.insideCallable) {
    bindLocal(scan, name);
    return;
  }
  const modifiers = modifiersOf(scan, node);
  const receiver = receiverOf(scan, node, declared);
  const inType = isInType(scan) || receiver.qualifier !== undefined;
  const isConstant = modifiers.words.includes(' const ');
  scan.define({
    kind: isConstant ? 'constant' : inType ? 'property' : 'variable',
    name,
    node,
    value: tree.nextSibling(declared),
    signature: modifiers.signature,
    decorators: modifiers.decorators,
    exported: isExported(modifiers),
    ...receiver,
  });
};

const classParameter: Rule = (scan, node) => {
  const { tree } = scan;
  const name = tree.child(node, 'simple_identifier');
  if (tree.child(node, 'binding_pattern_kind') < 0) {
    bindLocal(scan, name);
    return;
  }
  const modifiers = modifiersOf(scan, node);
  const { signature, decorators } = modifiers;
  scan.define({ kind: 'property', name, node, signature, decorators, leaf: true, exported: isExported(modifiers) });
};

function referType(scan: Scan, kind: ReferenceKind, node: number): void {
  const { tree } = scan;
  const form = kindOf(tree, node);
  if (form === 'constructor_invocation' || form === 'explicit_delegation' || form === 'delegation_specifier')
    referType(scan, kind, childOf(tree, node, 'user_type', 'constructor_invocation', 'explicit_delegation'));
  if (form !== 'user_type') return;
  const name = lastChildOf(tree, node, 'type_identifier');
  const first = tree.child(node, 'type_identifier');
  scan.refer(kind, name, first === name ? none : first);
  if (first !== name) scan.report(first);
}

const importHeader: Rule = (scan, node) => {
  const { tree } = scan;
  const path = tree.child(node, 'identifier');
  if (path < 0) return;
  silence(scan, path);
  const written = tree.textOf(path).replaceAll(/\s+/g, '');
  if (tree.child(node, 'wildcard_import') >= 0) {
    scan.importName(written, '*', null, path);
    return;
  }
  const alias = tree.child(node, 'import_alias');
  if (alias >= 0) silence(scan, alias);
  const dot = written.lastIndexOf('.');
  const name = written.slice(dot + 1);
  const bound = alias < 0 ? name : textOf(tree, childOf(tree, alias, 'type_identifier', 'simple_identifier'));
  scan.importName(written.slice(0, Math.max(0, dot)), name, bound, path);
};

const call: Rule = (scan, node) => {
  const { tree } = scan;
  const callee = tree.firstChild(node);
  if (kindOf(tree, callee) === 'simple_identifier') scan.refer('call', callee);
  if (kindOf(tree, callee) !== 'navigation_expression') return;
  const suffix = lastChildOf(tree, callee, 'navigation_suffix');
  if (suffix >= 0) scan.refer('call', tree.child(suffix, 'simple_identifier'), tree.firstChild(callee));
};

const navigation: Rule = (scan, node) => {
  const { tree } = scan;
  const before = tree.firstChild(node);
  const suffix = lastChildOf(tree, node, 'navigation_suffix');
  const name = suffix < 0 ? none : tree.child(suffix, 'simple_identifier');
  if (name >= 0 && kindOf(tree, before) === 'simple_identifier') scan.useIfKnown(name, before);
};

export const kotlin: GrammarLanguage = {
  form: 'grammar',
  code: true,
  name: 'kotlin',
  displayName: 'Kotlin',
  extensions: ['kt', 'kts'],
  interpreters: ['kotlin', 'kotlinc'],
  grammar: 'tree-sitter-kotlin.wasm',
  mask: maskMembers,
  blocks: ['source_file', 'class_body', 'enum_class_body', 'statements', 'function_body', 'control_structure_body'],
  comments: ['line_comment', 'multiline_comment'],
  rules: {
    package_header: silence,
    import_header: importHeader,
    class_declaration: classDefinition,
    object_declaration: classDefinition,
    companion_object: classDefinition,
    function_declaration: functionDefinition,
    property_declaration: propertyDefinition,
    class_parameter: classParameter,
    parameter: (scan, node) => bindLocal(scan, scan.tree.child(node, 'simple_identifier')),
    variable_declaration: (scan, node) => {
      if (scan.insideCallable) bindLocal(scan, scan.tree.child(node, 'simple_identifier'));
    },
    secondary_constructor: (scan, node) => {
      const { tree } = scan;
      const name = tree.child(node, "'constructor'");
      const { decorators, signature } = modifiersOf(scan, node);
      scan.define({
        kind: 'constructor',
        name,
        node,
        body: tree.child(node, "'{'"),
        signature,
        decorators,
        exported: true,
      });
    },
    enum_entry: (scan, node) => {
      const name = scan.tree.child(node, 'simple_identifier');
      scan.define({ kind: 'enum-member', name, node, body: scan.tree.child(node, 'class_body'), exported: true });
    },
    type_alias: (scan, node) => {
      const name = scan.tree.child(node, 'type_identifier');
      scan.define({ kind: 'type', name, node, exported: isExported(modifiersOf(scan, node)) });
    },
    type_parameter: (scan, node) => {
      const { tree } = scan;
      bindWithin(scan, tree.child(node, 'type_identifier'), tree.parent(tree.parent(node)));
    },
    delegation_specifier: (scan, node) => referType(scan, 'inherit', node),
    annotation: (scan, node) =>
      referType(scan, 'decorate', childOf(scan.tree, node, 'user_type', 'constructor_invocation')),
    anonymous_initializer: holdLocals,
    lambda_literal: holdLocals,
    getter: holdLocals,
    setter: holdLocals,
    call_expression: call,
    navigation_expression: navigation,
    type_identifier: typeName,
    simple_identifier: (scan, node) => {
      if (kindOf(scan.tree, scan.tree.parent(node)) !== 'navigation_suffix') maybeUse(scan, node);
    },
  },
};
