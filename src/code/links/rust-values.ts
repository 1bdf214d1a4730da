/**
 * Values of Rust's expressions.
 *
 * `Option`, `Result`, iterators and collections are all one thing here, a container: what unwraps, loops over or looks into it
 * gives its elements. The standard library's methods of containers are spelled out; a method of that name that a type of the
 * repository has comes first. What stands in a block, an arm or a closure is read when its names are bound (`later`).
 */
import type { LinkBuilder } from './builder.ts';
import type { LinkLanguage, ValueRule } from './language.ts';
import { later, nameAt, ownOf } from './rust-notes.ts';
import { lastNode, path, typeValues, valueOfType } from './rust-types.ts';
import { literal, truthOrLeft } from './value-rules.ts';

/** Type of containers whose elements are known, as the resolver knows it: unwrapping gives an element. */
const some = 'some';

/** What a loop over the value binds. */
export const elementOf = (links: LinkBuilder, value: number): number => links.expressions.element(value, 'iterate');

/** What is in an `Option` or a `Result`. */
export const unwrapped = (links: LinkBuilder, value: number): number => links.expressions.element(value, 'unwrap');

const boxed = (links: LinkBuilder, value: number): number =>
  value < 0 ? -1 : links.expressions.collection(some, [value]);

type Method = (links: LinkBuilder, object: number, args: readonly number[]) => number;

const same: Method = (_, object) => object;
const unwraps: Method = (links, object) => unwrapped(links, object);
const next: Method = (links, object) => boxed(links, elementOf(links, object));
const looked: Method = (links, object) => boxed(links, links.expressions.element(object, 'subscript'));
/** What a closure gives, which is a container as well. */
const given: Method = (links, _, args) => bodyOf(links, args.at(-1) ?? -1);
const mapped: Method = (links, _object, args) => boxed(links, bodyOf(links, args.at(-1) ?? -1));

const tabulate = (rows: readonly (readonly [string, Method])[]): ReadonlyMap<string, Method> =>
  new Map(rows.flatMap(([names, method]) => names.split(/\s+/).map((name) => [name, method] as const)));

/** What methods of containers and of what holds values give. */
const methods = tabulate([
  [
    `iter iter_mut into_iter as_ref as_mut as_deref as_deref_mut clone cloned copied to_owned borrow borrow_mut filter skip take rev
     inspect skip_while take_while peekable fuse by_ref cycle step_by sorted sorted_by sorted_by_key dedup drain as_slice
     as_mut_slice to_vec ok ok_or ok_or_else map_err or or_else context with_context collect deref deref_mut into_inner as_path
     chain windows chunks collect_vec sorted_unstable unique entry split_off get_ref into_boxed_slice par_iter unbounded`,
    same,
  ],
  [
    'unwrap expect unwrap_or unwrap_or_else unwrap_or_default unwrap_unchecked get_or_insert_with get_or_insert get_or_init',
    unwraps,
  ],
  ['next last nth peek find min max min_by_key max_by_key min_by max_by next_back reduce', next],
  [
    'get get_mut first last_mut first_mut pop pop_front pop_back front back front_mut back_mut remove swap_remove',
    looked,
  ],
  ['lock try_lock read write try_read try_write upgrade replace take', (links, object) => boxed(links, object)],
  ['or_insert or_insert_with or_default', (links, object) => links.expressions.element(object, 'subscript')],
  ['values values_mut into_values', looked],
  ['keys into_keys', next],
  ['map', mapped],
  ['and_then filter_map flat_map map_while find_map then', given],
  ['map_or map_or_else', given],
  ['fold try_fold', (links, _, args) => links.value(args[0] ?? -1)],
  [
    'enumerate',
    (links, object) => {
      const { expressions } = links;
      return boxed(links, expressions.collection('tuple', [expressions.literal('usize'), elementOf(links, object)]));
    },
  ],
  [
    'zip',
    (links, object, args) => {
      const other = elementOf(links, links.value(args[0] ?? -1));
      return boxed(links, links.expressions.collection('tuple', [elementOf(links, object), other]));
    },
  ],
]);

/** The scope of a closure, opened once. */
export const closureScope = (links: LinkBuilder, node: number): number => links.scopeOf(node, 'block');

/** What calling a closure or a function that is an argument gives. */
function bodyOf(links: LinkBuilder, argument: number): number {
  const { tree, expressions } = links;
  if (argument < 0) return -1;
  if (tree.kind(argument) !== 'closure_expression') return expressions.call(links.value(argument));
  const type = tree.field(argument, 'return_type');
  if (type >= 0) return valueOfType(links, type);
  return later(links, argument, tree.field(argument, 'body'));
}

export const argumentsOf = (links: LinkBuilder, call: number): number[] => {
  const { tree } = links;
  const list = tree.field(call, 'arguments');
  if (list < 0) return [];
  return tree.namedChildren(list).filter((child) => !/comment|attribute/.test(tree.kind(child)));
};

/** Functions that give what they are called on: their types often derive them, or have them from a library's trait. */
const constructors = new Set(['new', 'default', 'from', 'from_iter', 'with_capacity', 'try_from', 'from_str', 'empty']);

const call: ValueRule = (links, node) => {
  const { tree, expressions } = links;
  let callee = tree.field(node, 'function');
  if (callee >= 0 && tree.kind(callee) === 'generic_function') callee = tree.field(callee, 'function');
  if (callee < 0) return -1;
  const last = lastNode(links, callee);
  const name = last < 0 ? '' : tree.textOf(last);
  const kind = tree.kind(callee);
  if (kind === 'identifier' && (name === 'Some' || name === 'Ok')) {
    return boxed(links, links.value(argumentsOf(links, node)[0] ?? -1));
  }
  const target = links.value(callee);
  const result = expressions.call(target);
  if (kind === 'field_expression') {
    const method = methods.get(name);
    if (method === undefined) return result;
    const object = links.value(tree.field(callee, 'value'));
    return expressions.first([result, method(links, object, argumentsOf(links, node))]);
  }
  // A variant of an enumeration is a value of it.
  if (/^\p{Lu}/u.test(name)) return expressions.first([result, unwrapped(links, target)]);
  if (kind === 'scoped_identifier' && constructors.has(name)) {
    return expressions.first([result, expressions.instance(links.value(tree.field(callee, 'path')))]);
  }
  return result;
};

const field: ValueRule = (links, node) => {
  const { tree, expressions } = links;
  const name = tree.field(node, 'field');
  if (name < 0) return -1;
  const written = tree.textOf(name);
  const object = links.value(tree.field(node, 'value'));
  // `pair.0` of a tuple, or of a struct whose fields have numbers.
  if (tree.kind(name) !== 'integer_literal') return expressions.member(object, written);
  return expressions.first([
    expressions.member(object, written),
    expressions.element(object, 'iterate', Number(written)),
  ]);
};

const identifier: ValueRule = (links, node) => {
  const name = links.tree.textOf(node);
  if (name === 'None') return -1;
  if (name === 'Self') return ownOf(links)?.type ?? -1;
  return links.name(nameAt(links, name, node));
};

/** The last expression of a block, which is its value; -1 when there is none. */
export function tailOf(links: LinkBuilder, block: number): number {
  const { tree } = links;
  if (block < 0) return -1;
  if (tree.kind(block) !== 'block') return block;
  const last = tree.namedChildren(block).at(-1) ?? -1;
  if (last < 0) return -1;
  const kind = tree.kind(last);
  // `match` and `if` at the end are statements to the grammar; with a semicolon they are none to the language either.
  if (kind === 'expression_statement') return tree.child(last, "';'") < 0 ? (tree.namedChildren(last)[0] ?? -1) : -1;
  return kind.endsWith('_declaration') || kind.endsWith('_item') || kind.endsWith('_comment') ? -1 : last;
}

const block: ValueRule = (links, node) => later(links, node, tailOf(links, node));

const first: ValueRule = (links, node) => links.value(links.tree.namedChildren(node)[0] ?? -1);

const last: ValueRule = (links, node) => links.value(links.tree.namedChildren(node).at(-1) ?? -1);

const conditional: ValueRule = (links, node) => {
  const { tree } = links;
  const otherwise = tree.field(node, 'alternative');
  return links.expressions.either([
    links.value(tree.field(node, 'consequence')),
    otherwise < 0 ? -1 : first(links, otherwise),
  ]);
};

/** Arms that are asked for their values. */
const maxArms = 8;

const match: ValueRule = (links, node) => {
  const { tree } = links;
  const body = tree.field(node, 'body');
  const arms = body < 0 ? [] : tree.namedChildren(body).filter((arm) => tree.kind(arm) === 'match_arm');
  const values = arms.slice(0, maxArms).map((arm) => {
    const value = tree.field(arm, 'value');
    return value < 0 || leaves.has(tree.kind(value)) ? -1 : later(links, arm, value);
  });
  return links.expressions.either(values);
};

/** Expressions that give no value where they stand. */
const leaves = new Set(['return_expression', 'continue_expression', 'break_expression']);

const index: ValueRule = (links, node) => {
  const { tree } = links;
  const [object = -1, at = -1] = tree.namedChildren(node);
  const value = links.value(object);
  if (at >= 0 && tree.kind(at) === 'range_expression') return value;
  return links.expressions.element(value, 'subscript');
};

/** What macros of the standard library give. */
const macros = new Map([
  ['format', 'String'],
  ['concat', 'str'],
  ['stringify', 'str'],
  ['include_str', 'str'],
  ['env', 'str'],
  ['vec', 'Vec'],
  ['matches', 'bool'],
]);

const macro: ValueRule = (links, node) => {
  const name = links.tree.field(node, 'macro');
  const type = name < 0 ? undefined : macros.get(links.tree.textOf(name));
  return type === undefined ? -1 : links.expressions.literal(type);
};

const items: ValueRule = (links, node) => {
  const parts = links.tree.namedChildren(node).slice(0, maxArms);
  return links.expressions.collection(
    some,
    parts.map((part) => links.value(part)),
  );
};

export const values: LinkLanguage['values'] = {
  ...typeValues,
  identifier,
  self: (links) => ownOf(links)?.value ?? -1,
  crate: path,
  super: path,
  scoped_identifier: path,
  generic_function: (links, node) => links.value(links.tree.field(node, 'function')),
  call_expression: call,
  field_expression: field,
  struct_expression: (links, node) => {
    const named = typeOfPath(links, links.tree.field(node, 'name'));
    return links.expressions.first([links.expressions.call(named), unwrapped(links, named)]);
  },
  reference_expression: (links, node) => links.value(links.tree.field(node, 'value')),
  unary_expression: first,
  parenthesized_expression: first,
  await_expression: first,
  try_expression: (links, node) => unwrapped(links, first(links, node)),
  type_cast_expression: (links, node) => valueOfType(links, links.tree.field(node, 'type')),
  index_expression: index,
  binary_expression: truthOrLeft,
  if_expression: conditional,
  match_expression: match,
  block,
  unsafe_block: last,
  async_block: last,
  const_block: last,
  // What calling it gives is known; the code that runs is that of the function around.
  closure_expression: (links, node) => {
    const given = bodyOf(links, node);
    return links.expressions.collection('closure', [given]);
  },
  tuple_expression: (links, node) =>
    links.expressions.collection(
      'tuple',
      links.tree.namedChildren(node).map((part) => links.value(part)),
    ),
  array_expression: items,
  macro_invocation: macro,
  string_literal: literal('str'),
  raw_string_literal: literal('str'),
  char_literal: literal('char'),
  boolean_literal: literal('bool'),
  integer_literal: literal('usize'),
  float_literal: literal('f64'),
};

const typeOfPath = (links: LinkBuilder, node: number): number => (node < 0 ? -1 : path(links, node));
