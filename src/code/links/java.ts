/**
 * Links of Java: the rules by node kind. What they do stands beside: `java-definitions.ts` (types, methods, fields),
 * `java-bindings.ts` (everything else that binds), `java-values.ts` (expressions), `java-types.ts`, and `java-library.ts` (what the
 * library's containers and streams give).
 *
 * Absent: which of several methods with equally many parameters the types of arguments choose, what type variables stand
 * for in a class that is applied (`Box<Foo>.get()`), and what annotation processors write.
 */
import { callableName, constructorName, whicheverNumber } from './callables.ts';
import {
  block,
  catchParameter,
  enhancedFor,
  importDeclaration,
  instanceofExpression,
  label,
  lambda,
  packageDeclaration,
  recordPattern,
  resource,
  typedName,
} from './java-bindings.ts';
import {
  bodyOf,
  constructorDeclaration,
  enumConstant,
  methodDeclaration,
  typeDeclaration,
  typeParameter,
  variableDeclarator,
} from './java-definitions.ts';
import { lastTypeName, typeRules } from './java-types.ts';
import { argumentCount, calleeOf, createdType, values } from './java-values.ts';
import type { LinkLanguage, LinkRule } from './language.ts';

const methodInvocation: LinkRule = (links, node) => {
  links.use('call', links.tree.field(node, 'name'), calleeOf(links, node));
};

const objectCreation: LinkRule = (links, node) => {
  const { tree, expressions } = links;
  const type = createdType(links, node);
  const made = expressions.member(type, constructorName(argumentCount(links, node)));
  links.use('call', lastTypeName(links, tree.field(node, 'type')), made);
  bodyOf(links, tree.child(node, 'class_body'), expressions.new(type));
};

/** `this(…)` and `super(…)`. */
const constructorCall: LinkRule = (links, node) => {
  const { tree, expressions } = links;
  const name = tree.field(node, 'constructor');
  const scope = links.nearest(['class']);
  if (name < 0 || scope < 0) return;
  const of = expressions.self(tree.kind(name) === 'super' ? 'super' : 'self-type', scope);
  links.use('call', name, expressions.member(of, constructorName(argumentCount(links, node))));
};

const methodReference: LinkRule = (links, node) => {
  const { tree, expressions } = links;
  const parts = tree.namedChildren(node);
  const [object = -1] = parts;
  const name = parts.at(-1) ?? -1;
  if (object < 0) return;
  if (parts.length > 1 && tree.kind(name) === 'identifier') {
    links.use('use', name, expressions.member(links.value(object), callableName(tree.textOf(name), whicheverNumber)));
  } else if (parts.length === 1) {
    const type = lastTypeName(links, object);
    links.use('use', type, links.value(object));
  }
};

/** A field that is read or written; of an unknown object it would say nothing. */
const fieldAccess: LinkRule = (links, node) => {
  const { tree } = links;
  const name = tree.field(node, 'field');
  if (name < 0 || links.isUsed(name) || tree.kind(name) !== 'identifier') return;
  if (links.value(tree.field(node, 'object')) < 0) links.markUsed(name);
  else links.use('use', name, links.value(node));
};

/** A plain name. What stands before a dot and begins with a capital is a type, which its package may have. */
const identifier: LinkRule = (links, node) => {
  const { tree } = links;
  if (links.isUsed(node)) return;
  if (tree.isField(node, 'object') && /^\p{Lu}.*\p{Ll}/u.test(tree.textOf(node)))
    links.use('use', node, links.value(node));
  else links.read(node);
};

const annotation: LinkRule = (links, node) => {
  const { tree } = links;
  const name = tree.field(node, 'name');
  if (name < 0) return;
  const last = tree.kind(name) === 'scoped_identifier' ? tree.field(name, 'name') : name;
  if (tree.kind(name) === 'scoped_identifier') {
    for (let at = name; at < tree.next(name); at++) if (at !== last) links.markUsed(at);
  }
  links.use('decorate', last, links.value(name));
};

export const java: LinkLanguage = {
  classScopesAreSeen: true,
  seesOtherFiles: true,
  rules: {
    ...typeRules,
    package_declaration: packageDeclaration,
    import_declaration: importDeclaration,
    module_declaration: (links, node) => links.skip(node),
    class_declaration: typeDeclaration,
    interface_declaration: typeDeclaration,
    enum_declaration: typeDeclaration,
    record_declaration: typeDeclaration,
    annotation_type_declaration: typeDeclaration,
    type_parameter: typeParameter,
    method_declaration: methodDeclaration,
    annotation_type_element_declaration: methodDeclaration,
    constructor_declaration: constructorDeclaration,
    compact_constructor_declaration: constructorDeclaration,
    variable_declarator: variableDeclarator,
    enum_constant: enumConstant,
    block,
    constructor_body: block,
    static_initializer: block,
    if_statement: block,
    while_statement: block,
    ternary_expression: block,
    for_statement: block,
    enhanced_for_statement: enhancedFor,
    try_with_resources_statement: block,
    catch_clause: block,
    switch_rule: block,
    switch_block_statement_group: block,
    resource,
    catch_formal_parameter: catchParameter,
    instanceof_expression: instanceofExpression,
    type_pattern: typedName,
    record_pattern: recordPattern,
    record_pattern_component: typedName,
    lambda_expression: lambda,
    labeled_statement: label,
    break_statement: label,
    continue_statement: label,
    element_value_pair: (links, node) => links.markUsed(links.tree.field(node, 'key')),
    method_invocation: methodInvocation,
    object_creation_expression: objectCreation,
    explicit_constructor_invocation: constructorCall,
    method_reference: methodReference,
    field_access: fieldAccess,
    annotation,
    marker_annotation: annotation,
    identifier,
  },
  values: {
    ...values,
    scoped_identifier: (links, node) => {
      const { tree } = links;
      const name = tree.field(node, 'name');
      return name < 0 ? -1 : links.expressions.member(links.value(tree.field(node, 'scope')), tree.textOf(name));
    },
  },
};
