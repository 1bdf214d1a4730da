/**
 * Dart. The grammar keeps a signature beside its body, so a definition begins with the one and ends with the other. A
 * constructor with a name of its own has that name; names that begin with `_` are the library's own.
 */
import type { SymbolKind } from '../facts.ts';
import type { Scan } from '../scan.ts';
import { none } from '../tree/tree.ts';
import { bindLocal, bindWithin, silence } from './bindings.ts';
import type { GrammarLanguage, Rule } from './language.ts';
import {
  childOf,
  holdLocals,
  isInType,
  kindOf,
  lastChildOf,
  maybeUse,
  siblingBefore,
  textOf,
  typeName,
} from './shapes.ts';

const isExported = (scan: Scan, name: number): boolean =>
  !textOf(scan.tree, name).startsWith('_') && !scan.insideCallable;

/** Annotations stand before what they belong to, as siblings. */
function annotationsBefore({ tree }: Scan, node: number): { first: number; decorators: string[] } {
  const decorators: string[] = [];
  let first = none;
  for (let at = siblingBefore(tree, node); kindOf(tree, at) === 'annotation'; at = siblingBefore(tree, at)) {
    decorators.unshift(textOf(tree, tree.field(at, 'name')));
    first = at;
  }
  return { first, decorators: decorators.filter((name) => name !== '') };
}

const typeDefinition =
  (kind: SymbolKind): Rule =>
  (scan, node) => {
    const { tree } = scan;
    const field = tree.field(node, 'name');
    const name = field < 0 ? tree.child(node, 'identifier') : field;
    const body = childOf(tree, node, 'class_body', 'enum_body', 'extension_body');
    const annotations = tree.children(node).filter((child) => tree.kind(child) === 'annotation');
    const signature = tree.children(node).find((child) => tree.kind(child) !== 'annotation') ?? none;
    scan.define({
      kind,
      name,
      node,
      body,
      signature,
      decorators: annotations.map((one) => textOf(tree, tree.field(one, 'name'))).filter((one) => one !== ''),
      exported: isExported(scan, name),
    });
  };

const signatureKinds = new Set([
  'function_signature',
  'getter_signature',
  'setter_signature',
  'operator_signature',
  'constructor_signature',
  'constant_constructor_signature',
  'factory_constructor_signature',
  'redirecting_factory_constructor_signature',
]);

interface Named {
  readonly kind: SymbolKind;
  readonly name: number;
}

function namedBy(scan: Scan, signature: number): Named {
  const { tree } = scan;
  const form = tree.kind(signature);
  if (form.includes('constructor')) return { kind: 'constructor', name: lastChildOf(tree, signature, 'identifier') };
  if (form === 'operator_signature') {
    const name = childOf(tree, signature, 'binary_operator', "'~'", "'[]'", "'[]='", "'=='");
    return { kind: 'method', name };
  }
  const inType = isInType(scan);
  const isAccessor = form === 'getter_signature' || form === 'setter_signature';
  const name = tree.field(signature, 'name');
  return { kind: isAccessor ? (inType ? 'property' : 'variable') : inType ? 'method' : 'function', name };
}

/** A signature with the body that follows it, or one that has none. */
function defineCallable(scan: Scan, node: number, signature: number): void {
  const { tree } = scan;
  const { kind, name } = namedBy(scan, signature);
  if (name < 0) return;
  const next = tree.nextSibling(node);
  const body = kindOf(tree, next) === 'function_body' ? next : none;
  const { first, decorators } = annotationsBefore(scan, node);
  scan.define({
    kind,
    name,
    node: body < 0 ? node : body,
    ...(first >= 0 || body >= 0 ? { first: first < 0 ? node : first } : {}),
    signature: node,
    ...(body >= 0 ? { body } : {}),
    decorators,
    exported: isExported(scan, name),
  });
}

const signatureOf = (scan: Scan, node: number): number =>
  scan.tree.namedChildren(node).find((child) => signatureKinds.has(scan.tree.kind(child))) ?? none;

const topSignature: Rule = (scan, node) => {
  const parent = kindOf(scan.tree, scan.tree.parent(node));
  if (parent === 'method_signature' || parent === 'declaration') return;
  if (parent === 'lambda_expression') bindLocal(scan, scan.tree.field(node, 'name'));
  else defineCallable(scan, node, node);
};

const fields: Rule = (scan, node) => {
  const { tree } = scan;
  const name = tree.child(node, 'identifier');
  if (name < 0) return;
  if (scan.insideCallable) {
    bindLocal(scan, name);
    return;
  }
  const list = tree.parent(node);
  const declaration = tree.parent(list);
  const inType = isInType(scan);
  const alone = tree.namedChildren(list).length === 1 && kindOf(tree, declaration) === 'declaration';
  const isConstant = siblingBefore(tree, list) >= 0 && tree.child(declaration, 'const_builtin') >= 0 && inType;
  const isTopConstant = kindOf(tree, siblingBefore(tree, list)) === 'const_builtin';
  const { first, decorators } = annotationsBefore(scan, alone ? declaration : list);
  scan.define({
    kind: isConstant || isTopConstant ? 'constant' : inType ? 'field' : 'variable',
    name,
    node: alone ? declaration : node,
    ...(first >= 0 && alone ? { first } : {}),
    leaf: !alone,
    value: tree.nextSibling(name),
    decorators,
    exported: isExported(scan, name),
  });
};

const uriOf = (text: string): string => text.replace(/^[^'"]*['"]+|['"]+[^'"]*$/g, '');

const importDirective: Rule = (scan, node) => {
  const { tree } = scan;
  const specification = childOf(tree, node, 'import_specification');
  const of = specification < 0 ? node : specification;
  const uri = childOf(tree, of, 'configurable_uri', 'uri');
  if (uri < 0) return;
  silence(scan, node);
  const module = uriOf(tree.textOf(uri));
  const alias = tree.child(of, 'identifier');
  const shown = tree.namedChildren(of).filter((child) => tree.kind(child) === 'combinator');
  const names = shown.filter((one) => tree.textOf(one).startsWith('show')).flatMap((one) => tree.namedChildren(one));
  if (alias >= 0 || names.length === 0) scan.importName(module, '*', alias < 0 ? null : tree.textOf(alias), node);
  else for (const name of names) scan.importName(module, tree.textOf(name), tree.textOf(name), name);
};

/** `a.b.c(…)`: what stands before the arguments is called. */
const argumentPart: Rule = (scan, node) => {
  const { tree } = scan;
  const selector = tree.parent(node);
  if (kindOf(tree, selector) !== 'selector') return;
  const before = siblingBefore(tree, selector);
  if (kindOf(tree, before) === 'identifier') scan.refer('call', before);
  if (kindOf(tree, before) !== 'selector') return;
  const access = childOf(tree, before, 'unconditional_assignable_selector', 'conditional_assignable_selector');
  const receiver = siblingBefore(tree, before);
  if (access >= 0) scan.refer('call', tree.child(access, 'identifier'), receiver);
};

export const dart: GrammarLanguage = {
  form: 'grammar',
  code: true,
  name: 'dart',
  displayName: 'Dart',
  extensions: ['dart'],
  interpreters: ['dart'],
  grammar: 'tree-sitter-dart.wasm',
  blocks: ['program', 'class_body', 'enum_body', 'extension_body', 'block'],
  comments: ['comment', 'documentation_comment'],
  rules: {
    library_name: silence,
    library_import: importDirective,
    library_export: importDirective,
    part_directive: importDirective,
    part_of_directive: silence,
    class_definition: typeDefinition('class'),
    mixin_declaration: typeDefinition('trait'),
    enum_declaration: typeDefinition('enum'),
    extension_declaration: typeDefinition('class'),
    extension_type_declaration: typeDefinition('class'),
    enum_constant: (scan, node) =>
      void scan.define({ kind: 'enum-member', name: scan.tree.field(node, 'name'), node, exported: true }),
    type_alias: (scan, node) => {
      const { tree } = scan;
      const list = tree.child(node, 'formal_parameter_list');
      const name = list < 0 ? tree.child(node, 'type_identifier') : siblingBefore(tree, list);
      if (kindOf(tree, name) === 'type_identifier')
        scan.define({ kind: 'type', name, node, exported: isExported(scan, name) });
    },
    method_signature: (scan, node) => {
      const signature = signatureOf(scan, node);
      if (signature >= 0) defineCallable(scan, node, signature);
    },
    declaration: (scan, node) => {
      const signature = signatureOf(scan, node);
      if (signature >= 0) defineCallable(scan, node, signature);
    },
    function_signature: topSignature,
    getter_signature: topSignature,
    setter_signature: topSignature,
    static_final_declaration: fields,
    initialized_identifier: fields,
    initialized_variable_definition: (scan, node) => {
      const name = scan.tree.field(node, 'name');
      if (kindOf(scan.tree, scan.tree.parent(node)) !== 'program') bindLocal(scan, name);
      else if (name >= 0)
        scan.define({
          kind: 'variable',
          name,
          node,
          value: scan.tree.field(node, 'value'),
          exported: isExported(scan, name),
        });
    },
    formal_parameter: (scan, node) => {
      const field = scan.tree.field(node, 'name');
      bindLocal(scan, field < 0 ? scan.tree.child(node, 'identifier') : field);
    },
    block: holdLocals,
    function_expression: holdLocals,
    constructor_param: silence,
    label: silence,
    type_parameter: (scan, node) => {
      const { tree } = scan;
      bindWithin(scan, tree.child(node, 'type_identifier'), tree.parent(tree.parent(node)));
    },
    superclass: (scan, node) => scan.refer('inherit', scan.tree.child(node, 'type_identifier')),
    interfaces: (scan, node) => {
      for (const child of scan.tree.namedChildren(node))
        if (scan.tree.kind(child) === 'type_identifier') scan.refer('implement', child);
    },
    mixins: (scan, node) => {
      for (const child of scan.tree.namedChildren(node))
        if (scan.tree.kind(child) === 'type_identifier') scan.refer('inherit', child);
    },
    annotation: (scan, node) => scan.refer('decorate', scan.tree.field(node, 'name')),
    argument_part: argumentPart,
    unconditional_assignable_selector: (scan, node) => {
      const { tree } = scan;
      const name = tree.child(node, 'identifier');
      const before = siblingBefore(tree, tree.parent(node));
      if (name >= 0 && kindOf(tree, before) === 'identifier') scan.useIfKnown(name, before);
    },
    type_identifier: typeName,
    identifier: (scan, node) => {
      if (!/assignable_selector$/.test(kindOf(scan.tree, scan.tree.parent(node)))) maybeUse(scan, node);
    },
  },
};
