/**
 * Links of Rust: the rules by node kind. What they do stands beside: `rust-items.ts` (definitions), `rust-patterns.ts` (what
 * patterns bind), `rust-values.ts` (expressions), `rust-types.ts` (types and paths), `rust-tokens.ts` (arguments of macros).
 *
 * Absent: operators and `for` are no calls of the traits behind them, macros are not expanded (`rust-tokens.ts` reads their arguments),
 * and `impl` blocks for all types at once (`impl<T: A> B for T`) give no type its methods.
 */
import type { LinkBuilder } from './builder.ts';
import type { LinkLanguage, LinkRule } from './language.ts';
import {
  aliasItem,
  attributeItem,
  enumVariant,
  fieldDeclaration,
  finish,
  functionItem,
  implItem,
  macroDefinition,
  modItem,
  traitItem,
  typeItem,
  useDeclaration,
  valueItem,
} from './rust-items.ts';
import { nameAt } from './rust-notes.ts';
import { bindParameter, bindPattern, placed } from './rust-patterns.ts';
import { tokenTree } from './rust-tokens.ts';
import { lastNode, path, typeName, typeOf, typeParameter, valueOfType } from './rust-types.ts';
import { closureScope, elementOf, values } from './rust-values.ts';

/** Constructors of the prelude, in every function. */
const prelude = new Set(['Some', 'None', 'Ok', 'Err']);

const call: LinkRule = (links, node) => {
  const { tree } = links;
  let callee = tree.field(node, 'function');
  if (callee >= 0 && tree.kind(callee) === 'generic_function') callee = tree.field(callee, 'function');
  if (callee < 0) return;
  const kind = tree.kind(callee);
  if (kind === 'identifier' || kind === 'scoped_identifier' || kind === 'field_expression') {
    const name = lastNode(links, callee);
    if (name < 0 || (kind === 'identifier' && prelude.has(tree.textOf(name)))) links.markUsed(name);
    else links.use('call', name, links.value(callee));
    return;
  }
  const end = tree.end(callee);
  links.useAt('call', { start: end - 1, end }, links.value(callee));
};

const structExpression: LinkRule = (links, node) => {
  const named = links.tree.field(node, 'name');
  const name = lastNode(links, named);
  if (name >= 0) links.use('call', name, path(links, named));
};

const macroInvocation: LinkRule = (links, node) => {
  const { tree } = links;
  const written = tree.field(node, 'macro');
  const name = lastNode(links, written);
  if (name < 0) return;
  const called = `${tree.textOf(name)}!`;
  const isPath = tree.kind(written) === 'scoped_identifier';
  const before = isPath ? tree.field(written, 'path') : -1;
  // A macro that is exported stands at the top of its crate, wherever it was written.
  const inCrate = before >= 0 && (tree.kind(before) === 'crate' || tree.textOf(before) === '$crate');
  const expression = isPath && !inCrate ? links.expressions.member(links.value(before), called) : links.name(called);
  links.use('call', name, expression);
};

/** `a.b` and `a::b` that are not called. */
const member: LinkRule = (links, node) => {
  const { tree } = links;
  const name = lastNode(links, node);
  if (name < 0 || links.isUsed(name)) return;
  const value = links.value(node);
  if (value < 0 || tree.kind(name) === 'integer_literal') links.markUsed(name);
  else links.use('use', name, value);
};

const letDeclaration: LinkRule = (links, node) => {
  const { tree } = links;
  const pattern = tree.field(node, 'pattern');
  const type = tree.field(node, 'type');
  const from = tree.next(node);
  if (type >= 0 && pattern >= 0 && tree.kind(pattern) === 'identifier') {
    bindPattern(links, pattern, { value: links.value(tree.field(node, 'value')), type: typeOf(links, type), from });
    return;
  }
  const value = type >= 0 ? valueOfType(links, type) : links.value(tree.field(node, 'value'));
  bindPattern(links, pattern, { value, from });
};

const letCondition: LinkRule = (links, node) => {
  const { tree } = links;
  const value = links.value(tree.field(node, 'value'));
  bindPattern(links, tree.field(node, 'pattern'), { value, from: tree.next(node) });
};

const opened: LinkRule = (links, node) => {
  links.scopeOf(node, 'block');
};

/** Conditions bind names for what depends on them. */
const conditional: LinkRule = (links, node) => {
  const condition = links.tree.field(node, 'condition');
  if (condition >= 0 && links.tree.kind(condition).startsWith('let_')) opened(links, node);
};

const forExpression: LinkRule = (links, node) => {
  const { tree } = links;
  const value = elementOf(links, links.value(tree.field(node, 'value')));
  const from = Math.max(0, tree.field(node, 'body'));
  const scope = links.scopeOf(node, 'block');
  links.within(scope, () => bindPattern(links, tree.field(node, 'pattern'), { value, from }));
};

const matchArm: LinkRule = (links, node) => {
  const { tree } = links;
  const list = tree.parent(node);
  const around = list < 0 ? -1 : tree.parent(list);
  const value = around < 0 ? -1 : links.value(tree.field(around, 'value'));
  const pattern = tree.field(node, 'pattern');
  links.within(links.scopeOf(node, 'block'), () => bindPattern(links, pattern, { value, from: pattern }));
};

/** Methods that call a closure with what the object holds, with the place of that parameter. */
const visitors = new Map<string, number>([
  ...`map for_each filter find any all position take_while skip_while inspect filter_map flat_map and_then map_or map_or_else is_some_and
  is_ok_and map_while partition min_by_key max_by_key sort_by_key sort_by sort_unstable_by sort_unstable_by_key retain find_map max_by min_by
  sorted_by sorted_by_key dedup_by_key binary_search_by binary_search_by_key partition_point count_by rposition`
    .split(/\s+/)
    .map((name) => [name, 0] as const),
  ['fold', 1],
  ['try_fold', 1],
]);

/** What a closure that is an argument is called with, and as which parameter. */
function passed(links: LinkBuilder, closure: number): { readonly place: number; readonly value: number } {
  const { tree } = links;
  const list = tree.parent(closure);
  const around = list < 0 || tree.kind(list) !== 'arguments' ? -1 : tree.parent(list);
  const callee = around < 0 ? -1 : tree.field(around, 'function');
  if (callee < 0 || tree.kind(callee) !== 'field_expression') return { place: 0, value: -1 };
  const name = tree.field(callee, 'field');
  const place = name < 0 ? undefined : visitors.get(tree.textOf(name));
  if (place === undefined) return { place: 0, value: -1 };
  return { place, value: elementOf(links, links.value(tree.field(callee, 'value'))) };
}

const closure: LinkRule = (links, node) => {
  const { tree } = links;
  const { place, value } = passed(links, node);
  const parameters = tree.field(node, 'parameters');
  const scope = closureScope(links, node);
  if (parameters < 0) return;
  links.within(scope, () => {
    for (const [parameter, index] of placed(links, parameters)) {
      bindParameter(links, parameter, index === place ? value : -1);
    }
  });
};

export const rust: LinkLanguage = {
  classScopesAreSeen: false,
  rules: {
    function_item: functionItem,
    function_signature_item: functionItem,
    struct_item: typeItem,
    union_item: typeItem,
    enum_item: typeItem,
    enum_variant: enumVariant,
    field_declaration: fieldDeclaration,
    trait_item: traitItem,
    impl_item: implItem,
    type_item: aliasItem,
    associated_type: aliasItem,
    const_item: valueItem,
    static_item: valueItem,
    mod_item: modItem,
    macro_definition: macroDefinition,
    use_declaration: useDeclaration,
    extern_crate_declaration: useDeclaration,
    attribute_item: attributeItem,
    inner_attribute_item: (links, node) => links.skip(node),
    type_parameter: typeParameter,
    block: opened,
    let_declaration: letDeclaration,
    let_condition: letCondition,
    if_expression: conditional,
    while_expression: conditional,
    for_expression: forExpression,
    match_arm: matchArm,
    closure_expression: closure,
    call_expression: call,
    struct_expression: structExpression,
    macro_invocation: macroInvocation,
    token_tree: tokenTree,
    field_expression: member,
    scoped_identifier: member,
    scoped_type_identifier: typeName,
    type_identifier: typeName,
    identifier: (links, node) => {
      const name = links.tree.textOf(node);
      // A local may have the name of a function, also of the one that its value comes from.
      if (!prelude.has(name) && nameAt(links, name, node) === name) links.read(node);
    },
    field_initializer: (links, node) => links.markUsed(links.tree.field(node, 'field')),
    lifetime: (links, node) => links.skip(node),
    label: (links, node) => links.skip(node),
  },
  values,
  finish,
};
