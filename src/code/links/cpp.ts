/**
 * Links of C++: those of C with classes, namespaces, templates and lambdas.
 *
 * Absent: which of several overloads a call means (all are candidates), specialisations of templates, operators and conversions that
 * run unseen, and destructors.
 */

import { cfamilyRules } from './cfamily.ts';
import { bindParameters, declaration, rangeLoop, typeDefinition, typeSpecifier } from './cfamily-definitions.ts';
import { lastName, partsOf, typeOf } from './cfamily-types.ts';
import { values } from './cfamily-values.ts';
import type { LinkLanguage, LinkRule } from './language.ts';

const namespaceDefinition: LinkRule = (links, node) => {
  const { tree } = links;
  const name = tree.field(node, 'name');
  // What has no name is seen around it.
  if (name < 0) return;
  const last = tree.kind(name) === 'nested_namespace_specifier' ? (tree.namedChildren(name).at(-1) ?? name) : name;
  const symbol = links.symbolAt(last);
  for (let at = name; at < tree.next(name); at++) links.markUsed(at);
  if (symbol >= 0) links.bind('symbol', tree.textOf(last), { symbol, scope: links.scope });
  const scope = links.scopeOf(node, 'namespace', symbol);
  links.describe(symbol, { scope });
};

/** Parameters of a template stand for anything. */
const templateDeclaration: LinkRule = (links, node) => {
  const { tree } = links;
  const scope = links.scopeOf(node, 'block');
  const list = tree.field(node, 'parameters');
  if (list < 0) return;
  for (const parameter of tree.namedChildren(list)) {
    const written = tree.field(parameter, 'name');
    const name = written >= 0 ? written : tree.child(parameter, 'type_identifier');
    if (name < 0 || !tree.kind(parameter).includes('type_parameter')) continue;
    links.markUsed(name);
    links.bind('variable', tree.textOf(name), { scope });
  }
};

const usingDeclaration: LinkRule = (links, node) => {
  const index = links.importAt(node);
  const found = links.scan.imports[index];
  if (found !== undefined && found.alias !== null) links.bind('import', found.alias, { import: index });
  links.skip(node);
};

const lambda: LinkRule = (links, node) => {
  const { tree } = links;
  const scope = links.scopeOf(node, 'block');
  const declarator = tree.field(node, 'declarator');
  if (declarator >= 0) links.within(scope, () => bindParameters(links, tree.field(declarator, 'parameters')));
};

const catchClause: LinkRule = (links, node) => {
  const scope = links.scopeOf(node, 'block');
  links.within(scope, () => bindParameters(links, links.tree.field(node, 'parameters')));
};

const newExpression: LinkRule = (links, node) => {
  const type = links.tree.field(node, 'type');
  const name = lastName(links, type);
  if (name >= 0) links.use('call', name, typeOf(links, type));
};

/** `ns::f` and `Foo::x` that are not called. */
const qualified: LinkRule = (links, node) => {
  const { tree } = links;
  const name = lastName(links, node);
  if (name >= 0 && !links.isUsed(name)) {
    const isType = tree.kind(name) === 'type_identifier';
    links.use(isType ? 'type' : 'use', name, links.value(node));
  }
  for (const part of partsOf(links, node)) if (tree.kind(part) === 'namespace_identifier') links.markUsed(part);
};

/** `: member(x), Base(y)`. */
const fieldInitializer: LinkRule = (links, node) => {
  const { tree } = links;
  const name = lastName(links, tree.namedChildren(node)[0] ?? -1);
  if (name >= 0) links.use('use', name, links.name(tree.textOf(name)));
};

export const cpp: LinkLanguage = {
  classScopesAreSeen: true,
  rules: {
    ...cfamilyRules,
    class_specifier: typeSpecifier,
    namespace_definition: namespaceDefinition,
    template_declaration: templateDeclaration,
    using_declaration: usingDeclaration,
    namespace_alias_definition: usingDeclaration,
    alias_declaration: typeDefinition,
    for_range_loop: rangeLoop,
    lambda_expression: lambda,
    catch_clause: catchClause,
    new_expression: newExpression,
    qualified_identifier: qualified,
    field_initializer: fieldInitializer,
    friend_declaration: (links, node) => links.skip(node),
    condition_clause: (links, node) => {
      links.scopeOf(node, 'block');
    },
    init_statement: declaration,
  },
  values,
};
