/**
 * Links of Go: the rules by node kind. What they do stands beside: `go-definitions.ts` (functions, methods, types),
 * `go-bindings.ts` (everything else that binds), `go-values.ts` (expressions), `go-types.ts`.
 *
 * Methods hang on the type that their receiver names; what a struct or an interface embeds are its bases, which promote their
 * members. Functions in variables have no names of their own.
 *
 * Absent: what type variables stand for, the methods that constraints ask for, and which types implement an interface: no word of
 * the source says so, and `index/graph/method-sets.ts` finds it by comparing. A call through an interface leads to the interface's method.
 */
import type { LinkBuilder } from './builder.ts';
import {
  assignment,
  block,
  importSpec,
  rangeClause,
  receiveStatement,
  shortDeclaration,
  typeCase,
  typeSwitch,
  valueSpec,
} from './go-bindings.ts';
import {
  fieldDeclaration,
  functionDeclaration,
  functionLiteral,
  methodDeclaration,
  methodElement,
  structType,
  typeSpec,
} from './go-definitions.ts';
import { namesOf, predeclaredTypes, typeRules, useType } from './go-types.ts';
import { calleeOf, predeclaredFunctions, values } from './go-values.ts';
import type { LinkLanguage, LinkRule } from './language.ts';

const call: LinkRule = (links, node) => {
  const { tree } = links;
  const callee = calleeOf(links, node);
  if (callee < 0) return;
  switch (tree.kind(callee)) {
    case 'identifier': {
      const name = tree.textOf(callee);
      if (predeclaredFunctions.has(name) || predeclaredTypes.has(name)) links.markUsed(callee);
      else links.use('call', callee, links.value(callee));
      return;
    }
    case 'selector_expression':
      links.use('call', tree.field(callee, 'field'), links.value(callee));
      return;
    case 'unary_expression':
      // `(*T)(x)`: a conversion.
      links.use(
        'call',
        lastIdentifier(links, tree.field(callee, 'operand')),
        links.value(tree.field(callee, 'operand')),
      );
      return;
    case 'func_literal':
      return;
    default: {
      const end = tree.end(callee);
      links.useAt('call', { start: end - 1, end }, links.value(callee));
    }
  }
};

function lastIdentifier(links: LinkBuilder, node: number): number {
  const { tree } = links;
  if (node < 0) return -1;
  return tree.kind(node) === 'selector_expression'
    ? tree.field(node, 'field')
    : tree.kind(node) === 'identifier'
      ? node
      : -1;
}

/** A member that is read or written; of an unknown object it would say nothing. */
const selector: LinkRule = (links, node) => {
  const { tree } = links;
  const name = tree.field(node, 'field');
  if (name < 0 || links.isUsed(name)) return;
  if (links.value(tree.field(node, 'operand')) < 0) links.markUsed(name);
  else links.use('use', name, links.value(node));
};

const compositeLiteral: LinkRule = (links, node) => {
  const type = links.tree.field(node, 'type');
  if (type >= 0 && madeOf.has(links.tree.kind(type))) useType(links, 'call', type);
};

const madeOf = new Set(['type_identifier', 'qualified_type', 'generic_type']);

/** Of a function's own they are bound with it; those of a type are nobody's. */
const parameterNames: LinkRule = (links, node) => {
  for (const name of namesOf(links, node)) links.markUsed(name);
};

/** Keys of struct literals are its fields. */
const keyedElement: LinkRule = (links, node) => {
  const { tree, expressions } = links;
  const key = tree.field(node, 'key');
  const body = tree.parent(node);
  const composite = body < 0 ? -1 : tree.parent(body);
  const name = key < 0 ? -1 : (tree.namedChildren(key)[0] ?? -1);
  if (name < 0 || composite < 0 || tree.kind(name) !== 'identifier') return;
  const type = tree.kind(composite) === 'composite_literal' ? tree.field(composite, 'type') : -1;
  if (type >= 0 && !madeOf.has(tree.kind(type))) return;
  if (type < 0) links.markUsed(name);
  else links.use('use', name, expressions.member(links.value(type), tree.textOf(name)));
};

const identifier: LinkRule = (links, node) => {
  const { tree } = links;
  if (links.isUsed(node)) return;
  const name = tree.textOf(node);
  if (predeclaredTypes.has(name) || name === '_') links.markUsed(node);
  else links.read(node);
};

export const go: LinkLanguage = {
  classScopesAreSeen: false,
  seesOtherFiles: true,
  rules: {
    ...typeRules,
    package_clause: (links, node) => {
      const { tree } = links;
      const name = tree.child(node, 'package_identifier');
      if (name >= 0) links.package = tree.textOf(name);
      links.skip(node);
    },
    import_spec: importSpec,
    function_declaration: functionDeclaration,
    method_declaration: methodDeclaration,
    func_literal: functionLiteral,
    type_spec: typeSpec,
    type_alias: typeSpec,
    struct_type: structType,
    field_declaration: fieldDeclaration,
    method_elem: methodElement,
    const_spec: valueSpec,
    var_spec: valueSpec,
    short_var_declaration: shortDeclaration,
    assignment_statement: assignment,
    range_clause: rangeClause,
    receive_statement: receiveStatement,
    type_case: typeCase,
    default_case: typeCase,
    block,
    if_statement: block,
    for_statement: block,
    expression_switch_statement: block,
    type_switch_statement: typeSwitch,
    parameter_declaration: parameterNames,
    variadic_parameter_declaration: parameterNames,
    type_parameter_declaration: parameterNames,
    expression_case: block,
    communication_case: block,
    call_expression: call,
    type_conversion_expression: (links, node) => useType(links, 'call', links.tree.field(node, 'type')),
    selector_expression: selector,
    composite_literal: compositeLiteral,
    keyed_element: keyedElement,
    identifier,
  },
  values,
};
