/**
 * Links of PHP: the rules by node kind. What they do stands beside: `php-names.ts` (whole names), `php-classes.ts`, `php-functions.ts`,
 * `php-bindings.ts` (everything else that binds), `php-values.ts` (expressions), `php-types.ts`, `php-docs.ts` and `php-doc-types.ts`
 * (declared and documented types), `php-tests.ts` (what conditions say), and `php-library.ts` (what functions of the language and
 * test libraries give).
 *
 * Absent: names that are put together while running (`$this->$name()`, `new $class` of an unknown string), which are counted as
 * unknown; what `__call` and facades pass on unless a comment says so; and what `extract` and `$$name` bind.
 */
import { literalText } from '../languages/php-imports.ts';
import type { LinkBuilder } from './builder.ts';
import type { LinkLanguage, LinkRule } from './language.ts';
import {
  assignment,
  augmentedAssignment,
  catchClause,
  comment,
  foreachStatement,
  globalDeclaration,
  staticVariable,
} from './php-bindings.ts';
import {
  aliasClass,
  anonymousClass,
  classDeclaration,
  constElement,
  defineConstant,
  enumCase,
  insteadOf,
  propertyElement,
  useAs,
} from './php-classes.ts';
import { closure, functionDefinition, methodDeclaration, propertyHook, returnStatement } from './php-functions.ts';
import { argumentsOf, calledBack, pushedBy } from './php-library.ts';
import {
  classAt,
  lastName,
  meant,
  named,
  namedByText,
  namespaceDefinition,
  useClass,
  useDeclaration,
} from './php-names.ts';
import { asks, cast, doneTo, interpolated, joined, printed } from './php-operators.ts';
import { narrowByArm, narrowByAssertion, narrowByBranches, narrowByOperands } from './php-tests.ts';
import {
  callableArray,
  calledFunction,
  calledMethod,
  createdClass,
  isReference,
  lastContent,
  methodName,
  unknownNamed,
  values,
} from './php-values.ts';

/** A call of what has no name: it stands at the callee's last character. */
function callAt(links: LinkBuilder, node: number, callee: number): void {
  if (node < 0) return;
  const end = links.tree.end(node);
  const isPair = (links.text.codePointAt(end - 2) ?? 0) > 0xffff;
  links.useAt('call', { start: Math.max(links.tree.start(node), end - (isPair ? 2 : 1)), end }, callee);
}

const functionCall: LinkRule = (links, node) => {
  const { tree } = links;
  const callee = tree.field(node, 'function');
  if (callee < 0) return;
  const called = calledFunction(links, node);
  const name = lastName(links, callee);
  if (name < 0) {
    const kind = tree.kind(callee);
    const whole = kind === 'variable_name';
    const known = called >= 0 ? called : unknownNamed(links, callee);
    if (whole) links.useAt('call', { start: tree.start(callee), end: tree.end(callee) }, known);
    else callAt(links, callee, known);
    return;
  }
  links.use(isReference(links, node) ? 'use' : 'call', name, called);
  byName(links, node, tree.textOf(callee).replace(/^\\/, '').toLowerCase());
};

/** What functions of the language do to names. */
function byName(links: LinkBuilder, call: number, name: string): void {
  const { tree } = links;
  const [first = -1, second = -1] = argumentsOf(links, call);
  const text = second < 0 ? null : literalText(tree, second);
  if (name === 'define') defineConstant(links, first < 0 ? -1 : tree.child(first, 'string_content'), second);
  else if (name === 'class_alias' && text !== null) {
    const named = literalText(tree, first);
    aliasClass(links, named === null ? links.value(first) : namedByText(links, named), text);
  } else if (name === 'count') asks(links, call, first, ['count']);
  else if (name === 'array_push' || name === 'array_unshift') pushedBy(links, call);
  const back = calledBack(links, call, name);
  const written = back < 0 ? null : literalText(tree, back);
  const content = back < 0 || written === null ? -1 : lastContent(links, back);
  if (content >= 0 && written !== null) links.use('use', content, callableText(links, written));
}

/** `'strlen'`, `'Foo::bar'`: what a string names where a function is wanted. */
function callableText(links: LinkBuilder, text: string): number {
  const [type = '', method] = text.split('::', 2);
  if (!/^[\w\\]+$/.test(type)) return -1;
  return method === undefined
    ? namedByText(links, type, 'function')
    : links.expressions.member(namedByText(links, type), method);
}

const methodCall: LinkRule = (links, node) => {
  const { tree } = links;
  const name = tree.field(node, 'name');
  const holder = tree.field(node, 'scope');
  if (holder >= 0) useClass(links, 'use', holder);
  if (name < 0) return;
  const called = calledMethod(links, node);
  if (tree.kind(name) === 'name') links.use(isReference(links, node) ? 'use' : 'call', name, called);
  else callAt(links, name, methodName(links, name) === null ? unknownNamed(links, name) : called);
};

const creation: LinkRule = (links, node) => {
  const { tree } = links;
  const [type = -1] = tree.namedChildren(node).filter((one) => tree.kind(one) !== 'comment');
  if (type < 0) return;
  if (tree.kind(type) === 'anonymous_class') {
    asks(links, node, node, ['__construct']);
    return;
  }
  const made = createdClass(links, node);
  const name = lastName(links, type);
  if (name >= 0) links.use('call', name, made);
  else callAt(links, type, made >= 0 ? made : unknownNamed(links, type));
};

/** A property that is read or written; of an unknown object it would say nothing. */
const property: LinkRule = (links, node) => {
  const { tree, expressions } = links;
  const name = tree.field(node, 'name');
  const holder = tree.field(node, 'scope');
  if (holder >= 0) useClass(links, 'use', holder);
  const last = name >= 0 && tree.kind(name) === 'variable_name' ? tree.child(name, 'name') : name;
  if (last < 0 || tree.kind(last) !== 'name') return;
  const object = tree.field(node, 'object');
  const done = object < 0 ? '' : doneTo(links, node);
  const whole =
    done === '' ? links.value(node) : expressions.member(links.value(object), `$${tree.textOf(last)}${done}`);
  links.use('use', last, whole);
};

const classConstant: LinkRule = (links, node) => {
  const { tree } = links;
  const parts = tree.namedChildren(node);
  const [holder = -1] = parts;
  const name = parts.at(-1) ?? -1;
  useClass(links, 'use', holder);
  if (parts.length < 2 || tree.kind(name) !== 'name') return;
  if (tree.textOf(name).toLowerCase() === 'class') links.markUsed(name);
  else links.use('use', name, links.value(node));
};

const array: LinkRule = (links, node) => {
  const found = callableArray(links, node);
  if (found !== null) links.use('use', found.name, found.method);
};

const binary: LinkRule = (links, node) => {
  const { tree } = links;
  const operator = tree.field(node, 'operator');
  if (operator >= 0 && /^instanceof$/i.test(tree.textOf(operator))) useClass(links, 'type', tree.field(node, 'right'));
  joined(links, node);
  narrowByOperands(links, node);
};

/** Parents of names that are no constants: whoever asks for those says so itself, or nobody does. */
const noConstants = new Set(
  `variable_name dynamic_variable_name namespace_name qualified_name relative_name named_type class_declaration interface_declaration
   trait_declaration enum_declaration function_definition method_declaration enum_case attribute base_clause class_interface_clause
   use_declaration use_as_clause use_instead_of_clause function_call_expression member_call_expression nullsafe_member_call_expression
   scoped_call_expression member_access_expression nullsafe_member_access_expression scoped_property_access_expression
   class_constant_access_expression object_creation_expression goto_statement named_label_statement property_hook namespace_definition
   namespace_use_clause ERROR`.split(/\s+/),
);

const constant: LinkRule = (links, node) => {
  const { tree } = links;
  const parent = tree.parent(node);
  if (parent < 0 || links.isUsed(node) || noConstants.has(tree.kind(parent)) || tree.isField(node, 'name')) return;
  const text = tree.textOf(node);
  const last = lastName(links, node);
  if (!/^__\w+__$/.test(text) && last >= 0) links.use('use', last, named(links, meant(links, 'const', text)));
};

export const php: LinkLanguage = {
  classScopesAreSeen: false,
  rules: {
    namespace_definition: namespaceDefinition,
    namespace_use_declaration: useDeclaration,
    class_declaration: classDeclaration,
    interface_declaration: classDeclaration,
    trait_declaration: classDeclaration,
    enum_declaration: classDeclaration,
    anonymous_class: anonymousClass,
    use_as_clause: useAs,
    use_instead_of_clause: insteadOf,
    function_definition: functionDefinition,
    method_declaration: methodDeclaration,
    anonymous_function: closure,
    arrow_function: closure,
    return_statement: returnStatement,
    const_element: constElement,
    property_element: propertyElement,
    property_hook: propertyHook,
    enum_case: enumCase,
    assignment_expression: assignment,
    reference_assignment_expression: assignment,
    augmented_assignment_expression: augmentedAssignment,
    foreach_statement: foreachStatement,
    catch_clause: catchClause,
    static_variable_declaration: staticVariable,
    global_declaration: globalDeclaration,
    comment,
    clone_expression: (links, node) => asks(links, node, links.tree.namedChildren(node)[0] ?? -1, ['__clone']),
    cast_expression: cast,
    echo_statement: printed,
    print_intrinsic: printed,
    encapsed_string: interpolated,
    heredoc_body: interpolated,
    function_call_expression: functionCall,
    member_call_expression: methodCall,
    nullsafe_member_call_expression: methodCall,
    scoped_call_expression: methodCall,
    object_creation_expression: creation,
    member_access_expression: property,
    nullsafe_member_access_expression: property,
    scoped_property_access_expression: property,
    class_constant_access_expression: classConstant,
    array_creation_expression: array,
    named_type: (links, node) => useClass(links, 'type', node),
    attribute: (links, node) => {
      const [name = -1] = links.tree.namedChildren(node);
      const last = lastName(links, name);
      if (last >= 0) links.use('decorate', last, classAt(links, name));
    },
    binary_expression: binary,
    conditional_expression: narrowByOperands,
    if_statement: narrowByBranches,
    else_if_clause: narrowByBranches,
    while_statement: narrowByBranches,
    match_conditional_expression: narrowByArm,
    expression_statement: narrowByAssertion,
    name: constant,
    qualified_name: constant,
    relative_name: constant,
  },
  values,
};
