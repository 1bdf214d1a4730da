/** Expressions of PHP's source as expressions of the graph. */
import { literalText } from '../languages/php-imports.ts';
import type { LinkBuilder } from './builder.ts';
import type { LinkLanguage, ValueRule } from './language.ts';
import { namelessClass } from './php-classes.ts';
import { openClosure } from './php-functions.ts';
import { libraryMethod, libraryResult, methodOf } from './php-library.ts';
import { calledOn, classAround, classAt, constantName, meant, named, ownObject } from './php-names.ts';
import { narrowByArm, narrowByOperands } from './php-tests.ts';
import { field, literal } from './value-rules.ts';

const inner: ValueRule = (links, node) => {
  const { tree } = links;
  return links.value(tree.namedChildren(node).find((one) => tree.kind(one) !== 'comment') ?? -1);
};

/** Something of which nothing is known but what it is called. */
export const unknownNamed = (links: LinkBuilder, node: number): number =>
  links.expressions.member(-1, links.tree.textOf(node).slice(0, 40));

/** `f(...)` is the function, and no call. */
export const isReference = (links: LinkBuilder, call: number): boolean => {
  const list = links.tree.child(call, 'arguments');
  return list >= 0 && links.tree.child(list, 'variadic_placeholder') >= 0;
};

const variable: ValueRule = (links, node) => {
  const text = links.tree.textOf(node);
  const narrowed = links.narrowings.of(node);
  if (narrowed >= 0) return narrowed;
  return text === '$this' ? ownObject(links) : links.name(text);
};

const property: ValueRule = (links, node) => {
  const { tree, expressions } = links;
  const narrowed = links.narrowings.of(node);
  if (narrowed >= 0) return narrowed;
  const name = tree.field(node, 'name');
  const object = links.value(tree.field(node, 'object'));
  return name < 0 || object < 0 || tree.kind(name) !== 'name'
    ? -1
    : expressions.member(object, `$${tree.textOf(name)}`);
};

const staticProperty: ValueRule = (links, node) => {
  const { tree, expressions } = links;
  const narrowed = links.narrowings.of(node);
  if (narrowed >= 0) return narrowed;
  const name = tree.field(node, 'name');
  const holder = classAt(links, tree.field(node, 'scope'));
  return name < 0 || holder < 0 || tree.kind(name) !== 'variable_name'
    ? -1
    : expressions.member(holder, tree.textOf(name));
};

/** `Foo::class` stands for the class: who is given it makes objects of it. */
const classConstant: ValueRule = (links, node) => {
  const { tree, expressions } = links;
  const parts = tree.namedChildren(node);
  const [holder = -1] = parts;
  const name = parts.at(-1) ?? -1;
  if (parts.length < 2 || tree.kind(name) !== 'name') return -1;
  const type = classAt(links, holder);
  const written = tree.textOf(name);
  return written.toLowerCase() === 'class' ? type : type < 0 ? -1 : expressions.member(type, constantName(written));
};

/** The name of a method as it is called: written out, or a string in braces; `null` when it is put together. */
export function methodName(links: LinkBuilder, node: number): string | null {
  if (node < 0) return null;
  return links.tree.kind(node) === 'name' ? links.tree.textOf(node) : literalText(links.tree, node);
}

/** What a call of a method calls, `-1` when its name is not written. */
export function calledMethod(links: LinkBuilder, call: number): number {
  const { tree } = links;
  const name = methodName(links, tree.field(call, 'name'));
  if (name === null) return -1;
  const holder = tree.field(call, 'scope');
  const object = holder >= 0 ? calledOn(links, holder) : links.value(tree.field(call, 'object'));
  return methodOf(links, object, name);
}

/** What a call of a function calls. */
export function calledFunction(links: LinkBuilder, call: number): number {
  const { tree } = links;
  const callee = tree.field(call, 'function');
  switch (callee < 0 ? '' : tree.kind(callee)) {
    case 'name':
    case 'qualified_name':
    case 'relative_name':
      return named(links, meant(links, 'function', tree.textOf(callee)));
    case 'array_creation_expression':
      return callableArray(links, callee)?.method ?? -1;
    default:
      return links.value(callee);
  }
}

/** `[$this, 'save']`, `[Foo::class, 'make']`: the method, and where its name stands. */
export function callableArray(links: LinkBuilder, node: number): { method: number; name: number } | null {
  const { tree, expressions } = links;
  const parts = tree.namedChildren(node);
  if (parts.length !== 2) return null;
  const [object = -1, name = -1] = parts.map((part) => tree.firstChild(part));
  const text = literalText(tree, name);
  if (object < 0 || text === null || !/^\w+$/.test(text)) return null;
  if (tree.kind(object) === 'string' || tree.kind(object) === 'encapsed_string') return null;
  const held = links.value(object);
  const content = lastContent(links, name);
  return held < 0 || content < 0 ? null : { method: expressions.member(held, text), name: content };
}

/** Where the end of a literal string's text stands: the name of a method is there. */
export function lastContent(links: LinkBuilder, string: number): number {
  const { tree } = links;
  return tree.namedChildren(string).findLast((part) => tree.kind(part) === 'string_content') ?? -1;
}

const functionCall: ValueRule = (links, node) => {
  const { tree, expressions } = links;
  const callee = calledFunction(links, node);
  if (isReference(links, node)) return callee;
  const written = tree.field(node, 'function');
  const name = written < 0 ? '' : tree.textOf(written).replace(/^\\/, '').slice(0, 60).toLowerCase();
  return expressions.first([libraryResult(links, node, name), expressions.call(callee)]);
};

const methodCall: ValueRule = (links, node) => {
  const { tree, expressions } = links;
  const callee = calledMethod(links, node);
  if (isReference(links, node)) return callee;
  const name = methodName(links, tree.field(node, 'name')) ?? '';
  return expressions.first([expressions.call(callee), libraryMethod(links, node, name)]);
};

/** The class that `new` makes an object of, or the object that is made of a class without a name. */
export function createdClass(links: LinkBuilder, node: number): number {
  const { tree } = links;
  const type = tree.namedChildren(node).find((one) => tree.kind(one) !== 'comment') ?? -1;
  return type < 0 || tree.kind(type) === 'anonymous_class' ? -1 : classAt(links, type);
}

const creation: ValueRule = (links, node) => {
  const { tree, expressions } = links;
  const anonymous = tree.child(node, 'anonymous_class');
  return anonymous >= 0 ? namelessClass(links, anonymous) : expressions.new(createdClass(links, node));
};

/** Elements of an array that are looked at: one of thousands is data. */
const maxElements = 64;

const array: ValueRule = (links, node) => {
  const { tree, expressions } = links;
  const elements = tree.namedChildren(node).slice(0, maxElements);
  // Without elements it is as good as nothing: it will be filled elsewhere.
  if (elements.length === 0) return expressions.literal('null');
  const values = elements.flatMap((element) => {
    const parts = tree.namedChildren(element);
    const last = parts.at(-1) ?? -1;
    if (last >= 0 && tree.kind(last) === 'variadic_unpacking') {
      return [expressions.element(links.value(tree.namedChildren(last)[0] ?? -1), 'iterate')];
    }
    return [links.value(last)];
  });
  return expressions.collection('array', values);
};

const subscript: ValueRule = (links, node) => {
  const { tree, expressions } = links;
  const narrowed = links.narrowings.of(node);
  if (narrowed >= 0) return narrowed;
  const [object = -1, index = -1] = tree.namedChildren(node);
  const place = index >= 0 && tree.kind(index) === 'integer' ? Number.parseInt(tree.textOf(index), 10) : -1;
  return expressions.element(links.value(object), 'subscript', Number.isSafeInteger(place) ? place : -1);
};

const binary: ValueRule = (links, node) => {
  const { tree, expressions } = links;
  const operator = tree.field(node, 'operator');
  switch (operator < 0 ? '' : tree.textOf(operator)) {
    case '??':
      return expressions.either([links.value(tree.field(node, 'left')), links.value(tree.field(node, 'right'))]);
    case '.':
      return expressions.literal('string');
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
    case '**':
      return expressions.literal('int');
    default:
      return expressions.literal('bool');
  }
};

const closure: ValueRule = (links, node) => {
  const { expressions } = links;
  const result = openClosure(links, node);
  return result < 0 ? expressions.literal('Closure') : expressions.collection('closure', [result]);
};

const match: ValueRule = (links, node) => {
  const { tree, expressions } = links;
  const block = tree.field(node, 'body');
  const arms = block < 0 ? [] : tree.namedChildren(block);
  for (const arm of arms) if (tree.kind(arm) === 'match_conditional_expression') narrowByArm(links, arm);
  return expressions.either(arms.map((arm) => links.value(tree.field(arm, 'return_expression'))));
};

const constant: ValueRule = (links, node) => {
  const text = links.tree.textOf(node);
  if (text === '__CLASS__') {
    const scope = classAround(links);
    return links.symbolOf(Math.max(0, scope)) < 0 ? -1 : links.expressions.self('self-type', scope);
  }
  return /^__\w+__$/.test(text) ? links.expressions.literal('string') : named(links, meant(links, 'const', text));
};

export const values: LinkLanguage['values'] = {
  variable_name: variable,
  member_access_expression: property,
  nullsafe_member_access_expression: property,
  scoped_property_access_expression: staticProperty,
  class_constant_access_expression: classConstant,
  function_call_expression: functionCall,
  member_call_expression: methodCall,
  nullsafe_member_call_expression: methodCall,
  scoped_call_expression: methodCall,
  object_creation_expression: creation,
  array_creation_expression: array,
  subscript_expression: subscript,
  binary_expression: binary,
  conditional_expression: (links, node) => {
    const { tree, expressions } = links;
    narrowByOperands(links, node);
    const then = tree.field(node, 'body');
    return expressions.either([
      links.value(then >= 0 ? then : tree.field(node, 'condition')),
      links.value(tree.field(node, 'alternative')),
    ]);
  },
  match_expression: match,
  assignment_expression: field('right'),
  reference_assignment_expression: field('right'),
  augmented_assignment_expression: (links, node) => {
    const { tree, expressions } = links;
    return tree.child(node, "'??='") >= 0
      ? expressions.either([links.value(tree.field(node, 'left')), links.value(tree.field(node, 'right'))])
      : expressions.literal('int');
  },
  anonymous_function: closure,
  arrow_function: closure,
  clone_expression: inner,
  parenthesized_expression: inner,
  error_suppression_expression: inner,
  by_ref: inner,
  cast_expression: (links, node) => {
    const type = links.tree.field(node, 'type');
    const isOpen = type >= 0 && /^(object|array)$/i.test(links.tree.textOf(type));
    return isOpen ? links.value(links.tree.field(node, 'value')) : links.expressions.literal('scalar');
  },
  unary_op_expression: literal('int'),
  update_expression: literal('int'),
  integer: literal('int'),
  float: literal('float'),
  string: literal('string'),
  encapsed_string: literal('string'),
  heredoc: literal('string'),
  nowdoc: literal('string'),
  boolean: literal('bool'),
  null: literal('null'),
  name: constant,
  qualified_name: constant,
  relative_name: constant,
};
