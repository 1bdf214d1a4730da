/**
 * Expressions of Python's source as expressions of the graph.
 *
 * The language's containers and functions are spelled out (`d.values()`, `zip`, `enumerate`, what operators and `with` ask of
 * an object), so that the resolver needs no list of them. Where an object may be the repository's or the language's, `first`
 * takes the repository's word before the container's.
 */
import type { LinkBuilder } from './builder.ts';
import { maxOptions } from './expressions.ts';
import type { LinkLanguage, ValueRule } from './language.ts';
import { keyword, lastName, memberScope, positional, receiverNamed, stringContent } from './python-notes.ts';
import { narrowByComprehension, narrowByOperands } from './python-tests.ts';
import { genericNames, typeOf, valueOfType } from './python-types.ts';
import { field, literal, narrowedName } from './value-rules.ts';

/** What a loop over the value binds. */
export const iterated = (links: LinkBuilder, value: number): number => links.expressions.element(value, 'iterate');

/** What `with` binds: what `__enter__` gives, or else the object. */
export function entered(links: LinkBuilder, value: number, isAsync: boolean): number {
  const { expressions } = links;
  if (value < 0) return -1;
  if (!isAsync) return expressions.first([asked(links, value, '__enter__'), value]);
  return expressions.first([expressions.element(asked(links, value, '__aenter__'), 'unwrap'), value]);
}

/** What a method of the object gives. */
const asked = (links: LinkBuilder, object: number, method: string): number =>
  links.expressions.call(links.expressions.member(object, method));

/** Literals and displays: no class of the repository answers for them. */
function isPlain(links: LinkBuilder, value: number): boolean {
  const kind = links.expressions.list[value]?.kind;
  return kind === 'literal' || kind === 'collection';
}

/** Opens the scope of a comprehension and says what its conditions tell of its body. */
export function openComprehension(links: LinkBuilder, node: number): number {
  const scope = links.scopeOf(node, 'block');
  links.within(scope, () => narrowByComprehension(links, node));
  return scope;
}

const display =
  (type: string): ValueRule =>
  (links, node) => {
    const { tree, expressions } = links;
    // A display of thousands is data: its first elements tell its kind.
    const parts = tree.namedChildren(node).slice(0, maxParts);
    if (parts.some((part) => tree.kind(part) === 'list_splat') && type === 'tuple') return expressions.literal(type);
    return expressions.collection(
      type,
      parts.map((part) => (tree.kind(part) === 'pair' ? links.value(tree.field(part, 'value')) : links.value(part))),
    );
  };

/** Elements of a display that are looked at. */
const maxParts = 64;

const comprehension =
  (type: string): ValueRule =>
  (links, node) => {
    const { tree } = links;
    const body = tree.field(node, 'body');
    if (body < 0) return links.expressions.literal(type);
    const scope = openComprehension(links, node);
    const value = tree.kind(body) === 'pair' ? tree.field(body, 'value') : body;
    return links.expressions.collection(type, [links.within(scope, () => links.value(value))]);
  };

const inner: ValueRule = (links, node) => {
  const { tree } = links;
  for (let child = tree.firstChild(node); child >= 0; child = tree.nextSibling(child)) {
    if (tree.isNamed(child) && tree.kind(child) !== 'comment') return links.value(child);
  }
  return -1;
};

const attribute: ValueRule = (links, node) => {
  const { tree, expressions } = links;
  const narrowed = links.narrowings.of(node);
  if (narrowed >= 0) return narrowed;
  const name = tree.field(node, 'attribute');
  if (name < 0) return -1;
  const written = tree.textOf(name);
  const own = written === '__class__' ? memberScope(links, node) : -1;
  if (own >= 0) return expressions.self('self-type', own);
  return expressions.member(links.value(tree.field(node, 'object')), written);
};

const subscript: ValueRule = (links, node) => {
  const { tree, expressions } = links;
  const value = tree.field(node, 'value');
  if (genericNames.has(lastName(links, value))) {
    return typeOf(links, node);
  }
  const object = links.value(value);
  const index = tree.field(node, 'subscript');
  const kind = index < 0 ? '' : tree.kind(index);
  if (object < 0 || kind === 'slice') return object;
  const place = kind === 'integer' ? Number.parseInt(tree.textOf(index), 10) : -1;
  return expressions.element(object, 'subscript', Number.isSafeInteger(place) ? place : -1);
};

const conditional: ValueRule = (links, node) => {
  const { tree } = links;
  narrowByOperands(links, node);
  const [then, , otherwise] = tree.namedChildren(node);
  return links.expressions.either([links.value(then ?? -1), links.value(otherwise ?? -1)]);
};

const booleanOperator: ValueRule = (links, node) => {
  const { tree } = links;
  narrowByOperands(links, node);
  const right = links.value(tree.field(node, 'right'));
  if (tree.child(node, "'and'") >= 0) return right;
  return links.expressions.either([links.value(tree.field(node, 'left')), right]);
};

/** Methods that the operators ask of their left side. */
export const operatorMethods: Readonly<Record<string, string>> = {
  '+': '__add__',
  '-': '__sub__',
  '*': '__mul__',
  '/': '__truediv__',
  '//': '__floordiv__',
  '%': '__mod__',
  '**': '__pow__',
  '@': '__matmul__',
  '&': '__and__',
  '|': '__or__',
  '^': '__xor__',
  '<<': '__lshift__',
  '>>': '__rshift__',
};

const binaryOperator: ValueRule = (links, node) => {
  const { tree, expressions } = links;
  const left = links.value(tree.field(node, 'left'));
  if (left < 0 || isPlain(links, left)) return left;
  const operator = tree.field(node, 'operator');
  const method = operator < 0 ? undefined : operatorMethods[tree.textOf(operator)];
  return method === undefined ? -1 : expressions.first([asked(links, left, method), left]);
};

/** Built-in functions by what they give, of their positional arguments. */
const builtinCalls: Readonly<Record<string, (links: LinkBuilder, args: readonly number[], call: number) => number>> = {
  super: (links) => links.expressions.self('super', links.nearest(['class'])),
  type: (links, args) => {
    const name = args.length === 1 ? lastName(links, args[0] as number) : '';
    const own = name === '' ? null : receiverNamed(links, name);
    return own === null ? -1 : links.expressions.self('self-type', own.classScope);
  },
  getattr: (links, [object = -1, name = -1, otherwise = -1]) => {
    const content = stringContent(links, name);
    if (content < 0) return -1;
    const found = links.expressions.member(links.value(object), links.tree.textOf(content));
    return links.expressions.either([found, links.value(otherwise)]);
  },
  cast: (links, [type = -1]) => (type < 0 ? -1 : valueOfType(links, typeOf(links, type))),
  partial: (links, args) => first(links, args),
  staticmethod: (links, args) => first(links, args),
  classmethod: (links, args) => first(links, args),
  wraps: () => -1,
  copy: (links, args) => first(links, args),
  deepcopy: (links, args) => first(links, args),
  replace: (links, args) => first(links, args),
  iter: (links, args) => container(links, 'iterator', args),
  list: (links, args) => container(links, 'list', args),
  tuple: (links, args) => container(links, 'list', args),
  sorted: (links, args) => container(links, 'list', args),
  reversed: (links, args) => container(links, 'iterator', args),
  set: (links, args) => container(links, 'set', args),
  frozenset: (links, args) => container(links, 'set', args),
  deque: (links, args) => container(links, 'deque', args),
  filter: (links, args) => container(links, 'iterator', args.slice(1)),
  next: (links, args) => iterated(links, first(links, args)),
  min: (links, args) => (args.length === 1 ? iterated(links, first(links, args)) : eitherOf(links, args)),
  max: (links, args) => (args.length === 1 ? iterated(links, first(links, args)) : eitherOf(links, args)),
  map: (links, args) => links.expressions.collection('iterator', [links.expressions.call(first(links, args))]),
  defaultdict: (links, args) => links.expressions.collection('dict', [links.expressions.call(first(links, args))]),
  enumerate: (links, args) => {
    const { expressions } = links;
    const pair = expressions.collection('tuple', [expressions.literal('int'), iterated(links, first(links, args))]);
    return expressions.collection('iterator', [pair]);
  },
  zip: (links, args) => rows(links, args),
  TypeVar: (links, args, call) => {
    const bound = keyword(links, call, 'bound');
    if (bound >= 0) return typeOf(links, bound);
    return links.expressions.either(args.slice(1).map((arg) => typeOf(links, arg)));
  },
  NewType: (links, [, type = -1]) => (type < 0 ? -1 : typeOf(links, type)),
};

/** Functions of `itertools` likewise; their names are words that others use as well. */
const iterationTools: typeof builtinCalls = {
  zip_longest: (links, args) => rows(links, args),
  product: (links, args) => rows(links, args),
  pairwise: (links, [arg = -1]) => rows(links, [arg, arg]),
  chain: (links, args) =>
    links.expressions.collection(
      'iterator',
      args.slice(0, maxOptions).map((arg) => iterated(links, links.value(arg))),
    ),
  islice: (links, args) => container(links, 'iterator', args),
  cycle: (links, args) => container(links, 'iterator', args),
  takewhile: (links, args) => container(links, 'iterator', args.slice(1)),
  dropwhile: (links, args) => container(links, 'iterator', args.slice(1)),
  filterfalse: (links, args) => container(links, 'iterator', args.slice(1)),
  permutations: (links, args) => groups(links, args),
  combinations: (links, args) => groups(links, args),
  batched: (links, args) => groups(links, args),
  groupby: (links, args) => {
    const { expressions } = links;
    const pair = expressions.collection('tuple', [-1, container(links, 'iterator', args)]);
    return expressions.collection('iterator', [pair]);
  },
  starmap: (links, args) => links.expressions.collection('iterator', [links.expressions.call(first(links, args))]),
};

/** Tuples of one element of each. */
function rows(links: LinkBuilder, args: readonly number[]): number {
  const row = args.slice(0, maxOptions).map((arg) => iterated(links, links.value(arg)));
  return links.expressions.collection('iterator', [links.expressions.collection('tuple', row)]);
}

/** Tuples of several elements of one. */
const groups = (links: LinkBuilder, args: readonly number[]): number =>
  links.expressions.collection('iterator', [container(links, 'list', args)]);

const first = (links: LinkBuilder, args: readonly number[]): number => links.value(args[0] ?? -1);

const eitherOf = (links: LinkBuilder, args: readonly number[]): number =>
  links.expressions.either(args.map((arg) => links.value(arg)));

const container = (links: LinkBuilder, type: string, args: readonly number[]): number =>
  links.expressions.collection(type, [iterated(links, first(links, args))]);

/** What methods of the language's containers give; the repository's own of these names come first. */
function containerCall(links: LinkBuilder, object: number, method: string): number {
  const { expressions } = links;
  if (object < 0) return -1;
  switch (method) {
    case 'get':
    case 'pop':
    case 'setdefault':
    case 'popleft':
      return expressions.element(object, 'subscript');
    case 'values':
      return expressions.collection('iterator', [expressions.element(object, 'subscript')]);
    case 'items': {
      const key = expressions.element(object, 'iterate');
      const pair = expressions.collection('tuple', [key, expressions.element(object, 'subscript')]);
      return expressions.collection('iterator', [pair]);
    }
    case 'copy':
      return object;
    default:
      return -1;
  }
}

const call: ValueRule = (links, node) => {
  const { tree, expressions } = links;
  const callee = tree.field(node, 'function');
  if (callee < 0) return -1;
  const kind = tree.kind(callee);
  const name = lastName(links, callee);
  // A method of the repository may be called `copy`; a function of that name is as good as always the library's.
  const isModule = kind === 'attribute' && modules.has(tree.textOf(tree.field(callee, 'object')));
  if ((kind === 'identifier' || isModule) && Object.hasOwn(builtinCalls, name)) {
    return (builtinCalls[name] as (typeof builtinCalls)[string])(links, positional(links, node), node);
  }
  if (Object.hasOwn(iterationTools, name) && isOf(links, callee, 'itertools')) {
    return (iterationTools[name] as (typeof builtinCalls)[string])(links, positional(links, node), node);
  }
  const target = links.value(callee);
  if (kind !== 'attribute') return expressions.call(target);
  if (name === '__new__') return expressions.new(links.value(positional(links, node)[0] ?? -1));
  const object = links.value(tree.field(callee, 'object'));
  return expressions.first([expressions.call(target), containerCall(links, object, name)]);
};

/** Whether a callee is a function of a module: `module.f`, or `f` imported from it. */
function isOf({ tree, scan }: LinkBuilder, callee: number, module: string): boolean {
  if (tree.kind(callee) === 'attribute') return tree.textOf(tree.field(callee, 'object')) === module;
  const name = tree.textOf(callee);
  return scan.imports.some((one) => one.module === module && (one.alias ?? one.name) === name);
}

/** Modules whose functions `builtinCalls` knows. */
const modules = new Set('functools typing typing_extensions copy dataclasses collections t'.split(' '));

export const values: LinkLanguage['values'] = {
  identifier: narrowedName,
  attribute,
  call,
  subscript,
  string: literal('str'),
  concatenated_string: literal('str'),
  integer: literal('int'),
  float: literal('float'),
  true: literal('bool'),
  false: literal('bool'),
  none: literal('None'),
  comparison_operator: literal('bool'),
  not_operator: literal('bool'),
  list: display('list'),
  tuple: display('tuple'),
  expression_list: display('tuple'),
  set: display('set'),
  dictionary: display('dict'),
  list_comprehension: comprehension('list'),
  set_comprehension: comprehension('set'),
  dictionary_comprehension: comprehension('dict'),
  generator_expression: comprehension('iterator'),
  parenthesized_expression: inner,
  named_expression: field('value'),
  assignment: field('right'),
  unary_operator: field('argument'),
  await: (links, node) => links.expressions.element(inner(links, node), 'unwrap'),
  conditional_expression: conditional,
  boolean_operator: booleanOperator,
  binary_operator: binaryOperator,
};
