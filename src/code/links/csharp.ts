/**
 * Links of C#: the rules by node kind. What they do stands beside: `csharp-definitions.ts` (types and
 * values of theirs), `csharp-callables.ts` (methods), `csharp-bindings.ts`
 * (everything else that binds), `csharp-values.ts` and `csharp-calls.ts` (expressions), `csharp-types.ts`, `csharp-names.ts` (what things are called), and
 * `csharp-library.ts` (what the library's sequences, mappings and tasks give).
 *
 * Absent: which of several methods with equally many parameters the types of arguments choose (the graph does that), what type parameters
 * of methods stand for, names of a tuple's parts, operators of one operand, and what generators write.
 */
import type { LinkBuilder } from './builder.ts';
import { callableName, constructorName } from './callables.ts';
import {
  block,
  catchDeclaration,
  declarationExpression,
  firstIsNoUse,
  foreachStatement,
  fromClause,
  joinClause,
  joinInto,
  lambda,
  letClause,
  namespace,
  pattern,
  tuplePattern,
  usingDirective,
  whicheverName,
} from './csharp-bindings.ts';
import { bindLater, callable, unnamed } from './csharp-callables.ts';
import { argumentsOf, calledBy, calleeOf, constructed, valueOf, withArguments } from './csharp-calls.ts';
import {
  accessor,
  delegateDeclaration,
  enumMember,
  property,
  typeDeclaration,
  variableDeclarator,
} from './csharp-definitions.ts';
import { indexerName } from './csharp-names.ts';
import { isMethodName } from './csharp-notes.ts';
import { isTypePlace, lastTypeName, typeUse } from './csharp-types.ts';
import { operatorsOf, values } from './csharp-values.ts';
import type { LinkLanguage, LinkRule } from './language.ts';

/** What an operator runs, of types that have it. */
const binary: LinkRule = (links, node) => {
  const { tree, expressions } = links;
  const operator = tree.field(node, 'operator');
  const meant = operatorsOf(links, node);
  if (operator < 0 || meant.length === 0) return;
  links.useAt('operate', { start: tree.start(operator), end: tree.end(operator) }, expressions.first(meant));
};

const invocation: LinkRule = (links, node) => {
  const { tree } = links;
  const parent = tree.parent(node);
  // `is Point(var x, _)` is read as a call.
  if (parent >= 0 && tree.kind(parent) === 'constant_pattern') {
    typeUse(links, tree.field(node, 'function'));
    return;
  }
  const called = calledBy(links, node);
  if (called === null) return;
  if (!called.hasObject && tree.textOf(called.name) === 'nameof') links.markUsed(called.name);
  else links.use('call', called.name, withArguments(links, calleeOf(links, node, called), node));
};

/** An object's first token, where it has no name: `new` without a type. */
const creation: LinkRule = (links, node) => {
  const { tree } = links;
  const made = constructed(links, node);
  const type = tree.kind(node) === 'object_creation_expression' ? tree.field(node, 'type') : -1;
  const name = type < 0 ? -1 : lastTypeName(links, type);
  if (name >= 0) links.use('call', name, made);
  else if (type < 0) links.use('call', tree.firstChild(node), made);
};

/** `: this(…)` and `: base(…)`. */
const constructorCall: LinkRule = (links, node) => {
  const { tree, expressions } = links;
  const scope = links.nearest(['class']);
  const own = tree.child(node, "'this'");
  const name = own >= 0 ? own : tree.child(node, "'base'");
  if (name < 0 || scope < 0) return;
  const of = expressions.self(own >= 0 ? 'self-type' : 'super', scope);
  const constructor = expressions.member(of, constructorName(argumentsOf(links, node).length));
  links.use('call', name, withArguments(links, constructor, node));
};

/** Whether what stands there is passed on: what is named may be a method. */
function isPassed(links: LinkBuilder, node: number): boolean {
  const { tree } = links;
  const parent = tree.parent(node);
  if (parent < 0) return false;
  const kind = tree.kind(parent);
  return kind === 'argument' || kind === 'variable_declarator' || tree.isField(node, 'right');
}

/** A member that is read or written; of an unknown object it would say nothing. */
const memberAccess: LinkRule = (links, node) => {
  const { tree, expressions } = links;
  let name = tree.field(node, 'name');
  const isGeneric = name >= 0 && tree.kind(name) === 'generic_name';
  if (isGeneric) name = tree.firstChild(name);
  if (name < 0 || links.isUsed(name)) return;
  const object = valueOf(links, tree.field(node, 'expression'));
  if (object < 0) {
    links.markUsed(name);
    return;
  }
  const text = tree.textOf(name);
  const plain = expressions.member(object, text);
  const asMethod = isPassed(links, node) ? expressions.member(object, whicheverName(text)) : -1;
  links.use('use', name, isGeneric ? links.value(node) : expressions.first([plain, asMethod]));
};

const memberBinding: LinkRule = (links, node) => {
  const { tree, expressions } = links;
  const parent = tree.parent(node);
  const name = tree.field(node, 'name');
  if (name < 0 || parent < 0 || links.isUsed(name) || tree.kind(name) !== 'identifier') return;
  const object = valueOf(links, tree.field(parent, 'condition'));
  if (object < 0) links.markUsed(name);
  else links.use('use', name, expressions.member(object, tree.textOf(name)));
};

/** What reading or writing an element runs, of an object that has an indexer. */
const elementAccess: LinkRule = (links, node) => {
  const { tree, expressions } = links;
  const object = valueOf(links, tree.field(node, 'expression'));
  const list = tree.field(node, 'subscript');
  if (object < 0 || list < 0) return;
  const asked = callableName(indexerName, argumentsOf(links, node).length);
  const expression = withArguments(links, expressions.member(object, asked), node);
  links.useAt('use', { start: tree.start(list), end: tree.start(list) + 1 }, expression);
};

/** A plain name. What stands before a dot and begins with a capital is a type or a namespace, which other files have. */
const identifier: LinkRule = (links, node) => {
  const { tree } = links;
  if (links.isUsed(node)) return;
  const text = tree.textOf(node);
  if (isTypePlace(links, node)) {
    typeUse(links, node);
  } else if (isMethodName(links, text)) {
    links.use('use', node, links.name(whicheverName(text)));
  } else if (tree.isField(node, 'expression') && /^\p{Lu}.*\p{Ll}/u.test(text)) {
    links.use('use', node, links.value(node));
  } else links.read(node);
};

const generic: LinkRule = (links, node) => {
  if (isTypePlace(links, node)) typeUse(links, node);
  else links.use('use', lastTypeName(links, node), links.value(node));
};

const attribute: LinkRule = (links, node) => {
  const { tree, expressions } = links;
  const name = tree.field(node, 'name');
  const last = name < 0 ? -1 : lastTypeName(links, name);
  if (last < 0) return;
  const text = tree.textOf(last);
  const whole = links.value(name);
  const long = expressions.list[whole];
  const asWritten = `${text}Attribute`;
  const longName =
    long?.kind === 'member' ? expressions.member(long.object, asWritten) : expressions.name(asWritten, links.scope);
  for (let at = name; at < tree.next(name); at++) if (at !== last) links.markUsed(at);
  links.use('decorate', last, text.endsWith('Attribute') ? whole : expressions.first([longName, whole]));
};

/** Members that are set where an object is made are the object's. */
const initializer: LinkRule = (links, node) => {
  const { tree } = links;
  for (const child of tree.namedChildren(node)) {
    if (tree.kind(child) !== 'assignment_expression') continue;
    const left = tree.field(child, 'left');
    if (left >= 0 && tree.kind(left) === 'identifier') links.markUsed(left);
  }
};

const label: LinkRule = (links, node) => links.markUsed(links.tree.field(node, 'name'));

const attributeArgument: LinkRule = (links, node) => {
  const { tree } = links;
  const [first = -1, value = -1] = tree.namedChildren(node);
  if (value >= 0) links.markUsed(first);
  else initializer(links, node);
};

export const csharp: LinkLanguage = {
  classScopesAreSeen: true,
  seesOtherFiles: true,
  rules: {
    using_directive: usingDirective,
    extern_alias_directive: (links, node) => links.skip(node),
    namespace_declaration: namespace,
    file_scoped_namespace_declaration: namespace,
    class_declaration: typeDeclaration,
    struct_declaration: typeDeclaration,
    record_declaration: typeDeclaration,
    interface_declaration: typeDeclaration,
    enum_declaration: typeDeclaration,
    delegate_declaration: delegateDeclaration,
    enum_member_declaration: enumMember,
    method_declaration: callable,
    local_function_statement: callable,
    constructor_declaration: callable,
    destructor_declaration: unnamed("'~'"),
    operator_declaration: unnamed("'operator'"),
    conversion_operator_declaration: unnamed("'operator'"),
    property_declaration: property,
    event_declaration: property,
    indexer_declaration: property,
    accessor_declaration: accessor,
    variable_declarator: variableDeclarator,
    block,
    for_statement: block,
    using_statement: block,
    fixed_statement: block,
    catch_clause: block,
    switch_section: block,
    switch_expression_arm: block,
    query_expression: block,
    foreach_statement: foreachStatement,
    tuple_pattern: tuplePattern,
    catch_declaration: catchDeclaration,
    declaration_pattern: pattern,
    recursive_pattern: pattern,
    var_pattern: pattern,
    list_pattern: pattern,
    declaration_expression: declarationExpression,
    lambda_expression: lambda,
    anonymous_method_expression: lambda,
    from_clause: fromClause,
    let_clause: letClause,
    join_clause: joinClause,
    join_into_clause: joinInto,
    subpattern: firstIsNoUse,
    with_initializer: firstIsNoUse,
    labeled_statement: firstIsNoUse,
    goto_statement: firstIsNoUse,
    tuple_element: label,
    argument: label,
    attribute_argument: attributeArgument,
    initializer_expression: initializer,
    binary_expression: binary,
    invocation_expression: invocation,
    object_creation_expression: creation,
    implicit_object_creation_expression: creation,
    constructor_initializer: constructorCall,
    member_access_expression: memberAccess,
    member_binding_expression: memberBinding,
    element_access_expression: elementAccess,
    attribute,
    qualified_name: typeUse,
    alias_qualified_name: typeUse,
    generic_name: generic,
    identifier,
  },
  values,
  finish: bindLater,
};
