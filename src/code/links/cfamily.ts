/**
 * Links of C, and the part of them that C++ shares: the rules by node kind. What they do stands beside: `cfamily-definitions.ts`,
 * `cfamily-types.ts`, `cfamily-values.ts`; C++ adds its own in `cpp.ts`.
 *
 * Absent: the preprocessor does not run, so both branches of an `#if` count and a macro is a function that calls what its body
 * names; calls through pointers to functions are unknown, while what is assigned to them is used.
 */
import type { LinkBuilder } from './builder.ts';
import {
  declaration,
  enumerator,
  functionDefinition,
  macroConstant,
  macroFunction,
  typeDefinition,
  typeSpecifier,
} from './cfamily-definitions.ts';
import { lastName, makesArgument, typeName } from './cfamily-types.ts';
import { values } from './cfamily-values.ts';
import type { LinkLanguage, LinkRule } from './language.ts';

const call: LinkRule = (links, node) => {
  const { tree } = links;
  const callee = tree.field(node, 'function');
  if (callee < 0) return;
  const name = lastName(links, callee);
  const kind = name < 0 ? '' : tree.kind(name);
  if (kind === 'identifier' || kind === 'field_identifier' || kind === 'operator_name' || kind === 'type_identifier') {
    if (makesArgument(tree.textOf(name))) {
      links.markUsed(name);
      madeType(links, callee);
    } else links.use('call', name, links.value(callee));
    return;
  }
  // `(*callback)(x)`, `int(x)`: what has no name of the repository is no call of one.
  if (kind === 'primitive_type' || kind === 'destructor_name' || kind === 'sized_type_specifier') return;
  const end = tree.end(callee);
  links.useAt('call', { start: end - 1, end }, links.value(callee));
};

/** `make_unique<Foo>(…)` constructs a `Foo`; a cast makes nothing. */
function madeType(links: LinkBuilder, callee: number): void {
  const { tree } = links;
  for (let at = callee; at < tree.next(callee); at++) {
    if (tree.kind(at) !== 'template_argument_list') continue;
    const [descriptor = -1] = tree.namedChildren(at);
    const type = descriptor < 0 ? -1 : tree.field(descriptor, 'type');
    const name = lastName(links, type);
    if (name >= 0 && !tree.textOf(callee).includes('_cast<')) links.use('call', name, links.value(type));
    return;
  }
}

/** A member that is read. */
const member: LinkRule = (links, node) => {
  const name = lastName(links, node);
  if (name < 0 || links.isUsed(name)) return;
  const value = links.value(node);
  if (value < 0) links.markUsed(name);
  else links.use('use', name, value);
};

const block: LinkRule = (links, node) => {
  links.scopeOf(node, 'block');
};

export const cfamilyRules: LinkLanguage['rules'] = {
  preproc_function_def: macroFunction,
  preproc_def: macroConstant,
  preproc_include: (links, node) => {
    links.passOn(links.importAt(node));
    links.skip(node);
  },
  preproc_call: (links, node) => links.skip(node),
  preproc_defined: (links, node) => links.skip(node),
  attribute_specifier: (links, node) => links.skip(node),
  function_definition: functionDefinition,
  declaration,
  field_declaration: declaration,
  type_definition: typeDefinition,
  struct_specifier: typeSpecifier,
  union_specifier: typeSpecifier,
  enum_specifier: typeSpecifier,
  enumerator,
  compound_statement: block,
  for_statement: block,
  call_expression: call,
  field_expression: member,
  type_identifier: typeName,
  identifier: (links, node) => links.read(node),
  field_designator: (links, node) => links.skip(node),
};

export const c: LinkLanguage = {
  classScopesAreSeen: false,
  rules: cfamilyRules,
  values,
};
