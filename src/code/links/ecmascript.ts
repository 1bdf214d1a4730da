/**
 * Links of JavaScript, JSX, TypeScript and TSX: the rules by node kind. What they do stands beside, in `ecmascript-…`: `functions`,
 * `this`, `contexts` (what callbacks are given), `classes` (types that are defined), `holders` (who has members), `hanging` (what is
 * hung on them later), `bindings` (everything else that binds), `exports`, `values` (expressions), `types` (annotations), `tests`
 * (what conditions say), `declarations` and `notes` (what is remembered of a file).
 *
 * Absent: members with computed names, what `with` and `eval` do, and the types that
 * conditional and mapped types come to.
 */
import { definer, type LinkBuilder } from './builder.ts';
import {
  assignment,
  augmentedAssignment,
  block,
  catchClause,
  declarator,
  forInStatement,
  forStatement,
  switchBody,
} from './ecmascript-bindings.ts';
import {
  classNode,
  enumDeclaration,
  field,
  interfaceBody,
  interfaceDeclaration,
  methodSignature,
  namespace,
  staticBlock,
  typeAlias,
} from './ecmascript-classes.ts';
import { bindTypedefs } from './ecmascript-docs.ts';
import { bindAssignedExports, exportStatement, importAlias, importStatement } from './ecmascript-exports.ts';
import {
  bindReturned,
  bindSignatures,
  functionDeclaration,
  functionExpression,
  functionSignature,
  methodDefinition,
  returnStatement,
  yieldExpression,
} from './ecmascript-functions.ts';
import { addingCall, definingCall, mixingCall } from './ecmascript-hanging.ts';
import { firstNamed, isRequire, isWritten, unwrapped, useLast } from './ecmascript-notes.ts';
import { narrowByBranches, narrowByOperands } from './ecmascript-tests.ts';
import { typeArguments, typeNode, typeParameters } from './ecmascript-type-rules.ts';
import { values } from './ecmascript-values.ts';
import type { LinkLanguage, LinkRule } from './language.ts';

const call: LinkRule = (links, node) => {
  const { tree, expressions } = links;
  const callee = unwrapped(links, tree.field(node, 'function'));
  if (callee < 0) return;
  mixingCall(links, node);
  definingCall(links, node);
  addingCall(links, node);
  switch (tree.kind(callee)) {
    case 'identifier':
      if (isRequire(links, node)) links.markUsed(callee);
      else useLast(links, 'call', callee);
      return;
    case 'member_expression': {
      const name = tree.field(callee, 'property');
      if (!isWritten(links, name, 'call') && !isWritten(links, name, 'apply')) {
        useLast(links, 'call', callee);
        return;
      }
      // `f.call(…)` calls `f`, unless it has a method of that name.
      const called = links.value(tree.field(callee, 'object'));
      links.use('call', name, expressions.first([links.value(callee), called]));
      return;
    }
    case 'super':
      links.use('call', callee, expressions.member(links.value(callee), 'constructor'));
      return;
    case 'import':
      return;
    default: {
      const end = tree.end(callee);
      links.useAt('call', { start: end - 1, end }, links.value(callee));
    }
  }
};

const construct: LinkRule = (links, node) => {
  const { tree } = links;
  const callee = unwrapped(links, tree.field(node, 'constructor'));
  if (callee < 0) return;
  const kind = tree.kind(callee);
  if (kind === 'identifier' || kind === 'member_expression') {
    useLast(links, 'call', callee);
    return;
  }
  const end = tree.end(callee);
  links.useAt('call', { start: end - 1, end }, links.value(callee));
};

/** A member that is read or written; of an unknown object it would say nothing. */
const member: LinkRule = (links, node) => {
  const { tree } = links;
  const name = tree.field(node, 'property');
  if (name < 0 || links.isUsed(name)) return;
  const value = links.value(tree.field(node, 'object'));
  if (value < 0) links.markUsed(name);
  else links.use('use', name, links.value(node));
};

/** `<Button>` calls `Button`; `<div>` calls nothing. */
const element: LinkRule = (links, node) => {
  const { tree } = links;
  const name = tree.field(node, 'name');
  if (name < 0) return;
  if (tree.kind(name) === 'identifier' && !/^[A-Z_$]/.test(tree.textOf(name))) links.markUsed(name);
  else useLast(links, 'call', name);
};

/** A use by what is decorated, and a call by whoever defines that: of what stands there, and of what that gives where it is called itself. */
const decorator: LinkRule = (links, node) => {
  const { tree } = links;
  const named = firstNamed(links, node);
  const target = named >= 0 && tree.kind(named) === 'call_expression' ? tree.field(named, 'function') : named;
  useLast(links, 'decorate', target);
  const at = unwrapped(links, target);
  const callee = at < 0 ? -1 : links.value(at);
  if (callee < 0) return;
  const name = tree.kind(at) === 'member_expression' ? tree.field(at, 'property') : at;
  const site = { start: tree.start(name), end: tree.end(name) };
  links.useAt('operate', site, callee, definer);
  if (target !== named) links.useAt('operate', site, links.expressions.call(callee), definer);
};

const read: LinkRule = (links, node) => links.read(node);

/** Kinds of nodes that are types wherever they stand. */
const typeKinds = [
  'type_annotation',
  'type_identifier',
  'nested_type_identifier',
  'generic_type',
  'union_type',
  'intersection_type',
  'array_type',
  'tuple_type',
  'function_type',
  'constructor_type',
  'object_type',
  'type_query',
  'lookup_type',
  'conditional_type',
  'literal_type',
  'predefined_type',
  'parenthesized_type',
  'readonly_type',
  'index_type_query',
  'template_literal_type',
  'type_predicate_annotation',
  'asserts_annotation',
  'this_type',
] as const;

function finish(links: LinkBuilder): void {
  bindSignatures(links);
  bindReturned(links);
  bindAssignedExports(links);
}

export const ecmascript: LinkLanguage = {
  classScopesAreSeen: false,
  starsBindNothing: true,
  rules: {
    ...Object.fromEntries(typeKinds.map((kind) => [kind, typeNode])),
    function_declaration: functionDeclaration,
    generator_function_declaration: functionDeclaration,
    function_signature: functionSignature,
    function_expression: functionExpression,
    generator_function: functionExpression,
    arrow_function: functionExpression,
    method_definition: methodDefinition,
    method_signature: methodSignature,
    abstract_method_signature: methodSignature,
    class_declaration: classNode,
    abstract_class_declaration: classNode,
    class: classNode,
    field_definition: field,
    public_field_definition: field,
    class_static_block: staticBlock,
    interface_declaration: interfaceDeclaration,
    interface_body: interfaceBody,
    enum_declaration: enumDeclaration,
    type_alias_declaration: typeAlias,
    internal_module: namespace,
    module: namespace,
    type_parameters: typeParameters,
    type_arguments: typeArguments,
    decorator,
    comment: bindTypedefs,
    return_statement: returnStatement,
    yield_expression: yieldExpression,
    call_expression: call,
    new_expression: construct,
    member_expression: member,
    jsx_opening_element: element,
    jsx_self_closing_element: element,
    jsx_closing_element: (links, node) => links.skip(node),
    identifier: read,
    shorthand_property_identifier: read,
    variable_declarator: declarator,
    assignment_expression: assignment,
    augmented_assignment_expression: augmentedAssignment,
    for_in_statement: forInStatement,
    for_statement: forStatement,
    catch_clause: catchClause,
    statement_block: block,
    switch_body: switchBody,
    import_statement: importStatement,
    import_alias: importAlias,
    export_statement: exportStatement,
    if_statement: narrowByBranches,
    while_statement: narrowByBranches,
    ternary_expression: narrowByOperands,
    binary_expression: narrowByOperands,
  },
  values,
  finish,
};
