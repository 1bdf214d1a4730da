/**
 * Links of Python: the rules by node kind. What they do stands beside: `python-definitions.ts` (functions, classes),
 * `python-bindings.ts` (everything else that binds), `python-values.ts` (expressions), `python-operators.ts` (what these
 * call), `python-types.ts` (annotations),
 * `python-tests.ts` (what conditions say).
 *
 * Absent: names that are put together while running (`getattr(self, 'visit_' + kind)`) are no members.
 */
import type { LinkBuilder } from './builder.ts';
import type { LinkLanguage, LinkRule } from './language.ts';
import {
  addedBy,
  asPattern,
  assignment,
  augmentedAssignment,
  caseClause,
  elsewhere,
  forInClause,
  forStatement,
  importStatement,
  keywordPattern,
  namedExpression,
  patternName,
  splatPattern,
  testedBy,
  typeAlias,
  typeParameters,
} from './python-bindings.ts';
import {
  bindReturned,
  classDefinition,
  decorator,
  functionDefinition,
  lambda,
  returnStatement,
  useLast,
  yieldExpression,
} from './python-definitions.ts';
import { positional, stringContent } from './python-notes.ts';
import {
  augmentedOperation,
  binaryOperation,
  builtinCall,
  comparison,
  interpolation,
  iteration,
  subscription,
  truth,
  unaryOperation,
  withItem,
} from './python-operators.ts';
import { narrowByAssertion, narrowByBranches, narrowByOperands } from './python-tests.ts';
import { annotation } from './python-types.ts';
import { openComprehension, values } from './python-values.ts';

const call: LinkRule = (links, node) => {
  const { tree } = links;
  const callee = tree.field(node, 'function');
  if (callee < 0) return;
  const kind = tree.kind(callee);
  if (kind === 'identifier' || kind === 'attribute') {
    useLast(links, 'call', callee);
    if (tree.textOf(callee) === 'getattr') nameInString(links, node);
    builtinCall(links, node, callee);
    addedBy(links, node);
    testedBy(links, node);
    return;
  }
  const end = tree.end(callee);
  links.useAt('call', { start: end - 1, end }, links.value(callee));
};

/** `getattr(self, 'save')` uses `save`. */
function nameInString(links: LinkBuilder, call: number): void {
  const { tree, expressions } = links;
  const [object = -1, name = -1] = positional(links, call);
  const content = stringContent(links, name);
  if (content >= 0) links.use('use', content, expressions.member(links.value(object), tree.textOf(content)));
}

/** A member that is read or written; of an unknown object it would say nothing. */
const attribute: LinkRule = (links, node) => {
  const { tree } = links;
  const name = tree.field(node, 'attribute');
  if (name < 0 || links.isUsed(name)) return;
  const object = links.value(tree.field(node, 'object'));
  if (object < 0) links.markUsed(name);
  else links.use('use', name, links.expressions.member(object, tree.textOf(name)));
};

const branches: LinkRule = (links, node) => {
  narrowByBranches(links, node);
  truth(links, links.tree.field(node, 'condition'));
};

const comprehension: LinkRule = (links, node) => {
  openComprehension(links, node);
};

const type: LinkRule = (links, node) => {
  annotation(links, node);
  links.skip(node);
};

export const python: LinkLanguage = {
  classScopesAreSeen: false,
  finish: bindReturned,
  rules: {
    function_definition: functionDefinition,
    class_definition: classDefinition,
    lambda,
    decorator,
    return_statement: returnStatement,
    yield: yieldExpression,
    call,
    attribute,
    identifier: (links, node) => links.read(node),
    keyword_argument: (links, node) => links.markUsed(links.tree.field(node, 'name')),
    type,
    type_alias_statement: typeAlias,
    type_parameter: typeParameters,
    assignment,
    augmented_assignment: (links, node) => {
      augmentedAssignment(links, node);
      augmentedOperation(links, node);
    },
    named_expression: namedExpression,
    for_statement: (links, node) => {
      forStatement(links, node);
      iteration(links, node);
    },
    for_in_clause: (links, node) => {
      forInClause(links, node);
      iteration(links, node);
    },
    with_item: withItem,
    subscript: subscription,
    binary_operator: binaryOperation,
    comparison_operator: comparison,
    unary_operator: unaryOperation,
    interpolation,
    not_operator: (links, node) => truth(links, links.tree.field(node, 'argument')),
    as_pattern: asPattern,
    case_clause: caseClause,
    dotted_name: patternName,
    splat_pattern: splatPattern,
    keyword_pattern: keywordPattern,
    global_statement: elsewhere,
    nonlocal_statement: elsewhere,
    import_statement: importStatement,
    import_from_statement: importStatement,
    future_import_statement: (links, node) => links.skip(node),
    list_comprehension: comprehension,
    set_comprehension: comprehension,
    dictionary_comprehension: comprehension,
    generator_expression: comprehension,
    if_statement: branches,
    elif_clause: branches,
    while_statement: branches,
    if_clause: (links, node) => truth(links, links.tree.namedChildren(node)[0] ?? -1),
    assert_statement: narrowByAssertion,
    conditional_expression: (links, node) => {
      narrowByOperands(links, node);
      truth(links, links.tree.namedChildren(node)[1] ?? -1);
    },
    boolean_operator: (links, node) => {
      narrowByOperands(links, node);
      truth(links, links.tree.field(node, 'left'));
    },
  },
  values,
};
