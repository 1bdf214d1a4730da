/**
 * Expressions of ECMAScript's source as expressions of the graph.
 *
 * What methods of the language's containers give is spelled out, so that the resolver needs no list of them. Where an object may be
 * the repository's or the language's, `first` takes the repository's word before the container's.
 */
import type { LinkBuilder } from './builder.ts';
import { classValue } from './ecmascript-classes.ts';
import { valueOfType, withArguments } from './ecmascript-declared.ts';
import { castTold } from './ecmascript-docs.ts';
import { exportedValue, required, requiredMember } from './ecmascript-exports.ts';
import { functionValue, resultOf } from './ecmascript-functions.ts';
import { createdScope, mixTarget, objectScope, scopeOfValue } from './ecmascript-holders.ts';
import {
  argumentsOf,
  bracketed,
  firstNamed,
  isRequire,
  lastName,
  nameNode,
  notesOf,
  unwrapped,
} from './ecmascript-notes.ts';
import { narrowByOperands } from './ecmascript-tests.ts';
import { thisHere } from './ecmascript-this.ts';
import { typeOf } from './ecmascript-types.ts';
import type { LinkLanguage, ValueRule } from './language.ts';
import { field, literal, narrowedName } from './value-rules.ts';

const inner: ValueRule = (links, node) => links.value(firstNamed(links, node));

const member: ValueRule = (links, node) => {
  const { tree, expressions } = links;
  const narrowed = links.narrowings.of(node);
  if (narrowed >= 0) return narrowed;
  const property = tree.field(node, 'property');
  if (property < 0) return -1;
  const exported = exportedValue(links, node);
  if (exported >= 0) return exported;
  const call = requiredMember(links, node);
  if (call >= 0) return required(links, call);
  const name = tree.textOf(property);
  const object = links.value(tree.field(node, 'object'));
  // Who has a prototype's members has them by its own name here.
  if (name === 'prototype') return object;
  if (name === 'constructor' && object >= 0 && expressions.list[object]?.kind === 'self') {
    return expressions.self('self-type', scopeOfValue(links, object));
  }
  return expressions.member(object, name);
};

const subscript: ValueRule = (links, node) => {
  const { tree, expressions } = links;
  const object = links.value(tree.field(node, 'object'));
  const index = tree.field(node, 'index');
  const text = nameNode(links, index);
  if (object < 0 || index < 0) return -1;
  if (tree.kind(index) === 'string') return text < 0 ? -1 : expressions.member(object, tree.textOf(text));
  const named = bracketed(links, index);
  if (named !== null) {
    return expressions.first([expressions.member(object, named), expressions.element(object, 'subscript')]);
  }
  const place = tree.kind(index) === 'number' ? Number(tree.textOf(index)) : -1;
  return expressions.element(object, 'subscript', Number.isSafeInteger(place) && place >= 0 ? place : -1);
};

/** Elements of an array that are looked at: an array of thousands is data. */
const maxElements = 16;

const array: ValueRule = (links, node) => {
  const { tree, expressions } = links;
  const elements: number[] = [];
  let seen = 0;
  for (let child = tree.firstChild(node); child >= 0 && seen < maxElements; child = tree.nextSibling(child)) {
    if (!tree.isNamed(child) || tree.kind(child) === 'comment') continue;
    seen++;
    const isSpread = tree.kind(child) === 'spread_element';
    elements.push(
      isSpread ? expressions.element(links.value(firstNamed(links, child)), 'iterate') : links.value(child),
    );
  }
  return expressions.collection('Array', elements);
};

const object: ValueRule = (links, node) => links.expressions.self('object', objectScopeOf(links, node));

function objectScopeOf(links: LinkBuilder, node: number): number {
  const scope = objectScope(links, node);
  return scope < 0 || !notesOf(links).objects.has(scope) ? -1 : scope;
}

const construct: ValueRule = (links, node) => {
  const { tree, expressions } = links;
  const list = tree.field(node, 'type_arguments');
  const args = list < 0 ? [] : tree.namedChildren(list).map((arg) => typeOf(links, arg));
  return expressions.new(withArguments(links, links.value(tree.field(node, 'constructor')), args));
};

const conditional: ValueRule = (links, node) => {
  const { tree } = links;
  narrowByOperands(links, node);
  return links.expressions.either([
    links.value(tree.field(node, 'consequence')),
    links.value(tree.field(node, 'alternative')),
  ]);
};

const binary: ValueRule = (links, node) => {
  const { tree, expressions } = links;
  const operator = tree.field(node, 'operator');
  const written = operator < 0 ? '' : tree.textOf(operator);
  const right = tree.field(node, 'right');
  narrowByOperands(links, node);
  switch (written) {
    case '||':
    case '??':
      return expressions.either([links.value(tree.field(node, 'left')), links.value(right)]);
    case '&&':
      return links.value(right);
    case '+':
      return expressions.literal('string');
    case '-':
    case '*':
    case '/':
    case '%':
    case '**':
    case '|':
    case '&':
      return expressions.literal('number');
    default:
      return expressions.literal('boolean');
  }
};

/** `x as T`; of `as const` and `as any` it is `x`. */
const cast: ValueRule = (links, node) => {
  const { tree } = links;
  const [value = -1, type = -1] = tree.namedChildren(node).filter((child) => tree.kind(child) !== 'comment');
  const told = type < 0 ? -1 : valueOfType(links, typeOf(links, type), type);
  const isQuery = type >= 0 && tree.kind(type) === 'type_query';
  // To have the type of another function is not to be that function.
  return told >= 0 && !isQuery ? told : links.expressions.first([links.value(value), told]);
};

/** `<T>x` */
const assertion: ValueRule = (links, node) => {
  const { tree } = links;
  const [list = -1, value = -1] = tree.namedChildren(node);
  const type = firstNamed(links, list);
  const told = valueOfType(links, typeOf(links, type), type);
  return told >= 0 ? told : links.value(value);
};

/** Functions of the language by what they give, of their arguments. */
const languageCalls: Readonly<Record<string, (links: LinkBuilder, args: readonly number[]) => number>> = {
  'Object.values': (links, args) => listOf(links, links.expressions.element(first(links, args), 'subscript')),
  'Object.entries': (links, args) =>
    listOf(links, pair(links, links.expressions.element(first(links, args), 'subscript'))),
  'Object.freeze': (links, args) => first(links, args),
  'Object.seal': (links, args) => first(links, args),
  'Array.from': (links, args) => listOf(links, links.expressions.element(first(links, args), 'iterate')),
  'Array.of': (links, args) => listOf(links, first(links, args)),
  'Promise.all': (links, args) => first(links, args),
  'Promise.resolve': (links, args) => first(links, args),
  structuredClone: (links, args) => first(links, args),
};

const first = (links: LinkBuilder, args: readonly number[]): number => links.value(args[0] ?? -1);

const listOf = (links: LinkBuilder, element: number): number => links.expressions.collection('Array', [element]);

const pair = (links: LinkBuilder, value: number): number =>
  links.expressions.collection('tuple', [links.expressions.literal('string'), value]);

/** What methods of the language's containers, promises and functions give; -1 for others. */
function containerCall(links: LinkBuilder, object: number, method: string, args: readonly number[]): number {
  const { expressions } = links;
  if (object < 0) return -1;
  switch (method) {
    case 'at':
    case 'pop':
    case 'shift':
    case 'find':
    case 'findLast':
    case 'get':
      return expressions.element(object, 'subscript');
    case 'filter':
    case 'slice':
    case 'concat':
    case 'reverse':
    case 'sort':
    case 'splice':
    case 'toSorted':
    case 'toReversed':
      return listOf(links, expressions.element(object, 'iterate'));
    case 'values':
      return listOf(links, expressions.element(object, 'subscript'));
    case 'entries':
      return listOf(links, pair(links, expressions.element(object, 'subscript')));
    case 'map':
      return listOf(links, resultOf(links, args[0] ?? -1));
    case 'then':
      return resultOf(links, args[0] ?? -1);
    case 'bind':
      return object;
    default:
      return -1;
  }
}

const call: ValueRule = (links, node) => {
  const { tree, expressions } = links;
  const callee = unwrapped(links, tree.field(node, 'function'));
  if (callee < 0) return -1;
  if (isRequire(links, node)) return required(links, node);
  const kind = tree.kind(callee);
  const args = argumentsOf(links, node);
  if (tree.end(callee) - tree.start(callee) < 24) {
    const written = tree.textOf(callee);
    if (Object.hasOwn(languageCalls, written))
      return (languageCalls[written] as (typeof languageCalls)[string])(links, args);
    if (written === 'Object.create') return expressions.self('object', createdScope(links, node));
  }
  const target = mixTarget(links, node);
  if (target >= 0) return links.value(target);
  if (kind !== 'member_expression') return expressions.call(links.value(callee));
  const name = lastName(links, callee);
  const object = links.value(tree.field(callee, 'object'));
  if (name === 'call' || name === 'apply') {
    return expressions.first([expressions.call(links.value(callee)), expressions.call(object)]);
  }
  const result = expressions.call(links.value(callee));
  const element = containerCall(links, object, name, args);
  return expressions.first([result, element]);
};

const self: ValueRule = (links) => thisHere(links);

const parent: ValueRule = (links) => links.expressions.self('super', scopeOfValue(links, thisHere(links)));

export const values: LinkLanguage['values'] = {
  identifier: narrowedName,
  shorthand_property_identifier: narrowedName,
  member_expression: member,
  nested_identifier: member,
  subscript_expression: subscript,
  call_expression: call,
  new_expression: construct,
  this: self,
  super: parent,
  arrow_function: functionValue,
  function_expression: functionValue,
  generator_function: functionValue,
  class: classValue,
  object,
  array,
  string: literal('string'),
  template_string: literal('string'),
  number: literal('number'),
  regex: literal('RegExp'),
  true: literal('boolean'),
  false: literal('boolean'),
  null: literal('null'),
  undefined: literal('undefined'),
  unary_expression: literal('boolean'),
  update_expression: literal('number'),
  parenthesized_expression: (links, node) => {
    const type = castTold(links, node);
    return type < 0 ? inner(links, node) : links.expressions.instance(type);
  },
  non_null_expression: inner,
  instantiation_expression: inner,
  satisfies_expression: inner,
  as_expression: cast,
  type_assertion: assertion,
  await_expression: (links, node) => links.expressions.element(inner(links, node), 'unwrap'),
  assignment_expression: field('right'),
  augmented_assignment_expression: field('right'),
  sequence_expression: (links, node) => links.value(links.tree.namedChildren(node).at(-1) ?? -1),
  ternary_expression: conditional,
  binary_expression: binary,
};
